//! The summary of an audit.

use mizuhiki_exchange::{AuditClass, Hypothesis, Side};
use mizuhiki_match::audit::wilson;

use crate::audit::audited::Audit;
use crate::audit::job::{AuditSummary, ClassSummary, HypothesisSummary, ReviewLength};

/// With fewer non-matching pairs, a warning calls estimates rough.
const FEW_DECOYS: u64 = 1_000;

impl Audit<'_> {
    pub(crate) fn summary(&self) -> AuditSummary {
        let classes: Vec<ClassSummary> = AuditClass::ALL
            .into_iter()
            .zip(self.found.classes)
            .filter(|(_, (links, _))| *links > 0)
            .map(|(class, (links, expected_wrong))| ClassSummary { class, links, expected_wrong })
            .collect();
        let of = |class: AuditClass| self.found.classes[class as usize].0;
        let (left_only, right_only) = (of(AuditClass::LeftOnly), of(AuditClass::RightOnly));
        let links = self.links.len() as u64 - left_only - right_only;
        // An empty sum of `f64` is −0.
        let expected_wrong: f64 = classes.iter().map(|class| class.expected_wrong).sum::<f64>() + 0.0;
        let (low, high) = wilson(expected_wrong, links as f64);
        let review_auto = self.found.auto_length();
        let proposals = self.proposals.as_ref().map(|_| {
            self.found.findings.iter().filter(|finding| !self.proposal(finding).is_empty()).count() as u64
        });
        AuditSummary {
            links,
            left_only,
            right_only,
            decoys: self.links.decoys(),
            expected_wrong,
            expected_wrong_low: low * links as f64,
            expected_wrong_high: high * links as f64,
            classes,
            hypotheses: Hypothesis::ALL
                .into_iter()
                .zip(self.model.shares())
                .map(|(hypothesis, &share)| HypothesisSummary { hypothesis, share })
                .collect(),
            rounds: self.model.rounds() as u64,
            findings: self.found.findings.len() as u64,
            review_auto,
            review_written: self.review_length(review_auto),
            shifts: self.found.shifts.len() as u64,
            shifted_links: of(AuditClass::BlockShift),
            batches_flagged: self.found.groups.iter().filter(|group| !group.flags.is_empty()).count() as u64,
            shared_left: self.links.shared(Side::Left).groups().len() as u64,
            shared_right: self.links.shared(Side::Right).groups().len() as u64,
            proposals,
            warnings: self.warnings(links, (left_only, right_only), proposals),
        }
    }

    fn warnings(
        &self,
        links: u64,
        (left_only, right_only): (u64, u64),
        proposals: Option<u64>,
    ) -> Vec<String> {
        let decoys = self.links.decoys();
        let mut warnings = Vec::new();
        if left_only + right_only > 0 {
            warnings.push(format!(
                "{left_only} handles are only in the left file and {right_only} only in the right file: these links were \
                 not checked"
            ));
        }
        if links > 0 && decoys < FEW_DECOYS {
            warnings.push(format!(
                "only {decoys} non-matching pairs were compared: weights are rough if there are few links"
            ));
        }
        let insufficient = self.found.classes[AuditClass::Insufficient as usize].0;
        if let Some(proposals) = proposals.filter(|proposals| *proposals == 0) {
            warnings.push(format!(
                "{proposals} proposals belong to a link found wrong: their left ids must be handles (`mizuhiki audit select`)"
            ));
        }
        if insufficient * 10 > links {
            warnings.push(format!(
                "{insufficient} of {links} links have too little evidence: ask for more columns, or check whether one is wrong"
            ));
        }
        warnings
    }

    /// Length of the review list, if one is requested; `auto` is that of the longest of which a third is
    /// expected to be wrong.
    pub(crate) fn review_length(&self, auto: u64) -> Option<u64> {
        let (wanted, _) = self.job.review.as_ref()?;
        let there = self.found.findings.iter().filter(|finding| finding.pattern.is_some()).count() as u64;
        Some(match wanted {
            ReviewLength::Auto => auto,
            ReviewLength::Entries(entries) => (*entries).min(there),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use mizuhiki_files::Target;

    use super::*;
    use crate::audit::job::AuditJob;
    use crate::fixtures::{Handles, audit_job, with_audit};

    #[test]
    fn handles_of_only_one_file_are_stated_and_are_no_links() {
        let of = Handles { links: 3, shared: 0, left_only: 2, right_only: 1 };
        with_audit(&audit_job(), of, None, |audit| {
            let summary = audit.summary();
            assert_eq!((summary.links, summary.left_only, summary.right_only), (3, 2, 1));
            assert_eq!(summary.findings, 6, "all are listed");
            let classes: u64 = summary.classes.iter().map(|class| class.links).sum();
            assert_eq!(classes, 6);
            let told = |text: &str| summary.warnings.iter().any(|warning| warning.starts_with(text));
            assert!(told("2 handles are only in the left file and 1 only in the right file"));
            assert!(told("only 0 non-matching pairs"), "{:?}", summary.warnings);
            assert_eq!((summary.review_written, summary.proposals), (None, None));
        });
    }

    #[test]
    fn an_audit_of_nothing_expects_nothing() {
        with_audit(&audit_job(), Handles::default(), None, |audit| {
            let summary = audit.summary();
            assert_eq!(summary.expected_wrong.to_bits(), 0, "not −0");
            assert_eq!((summary.links, summary.findings, summary.review_auto), (0, 0, 0));
            assert!(summary.classes.is_empty() && summary.warnings.is_empty(), "{:?}", summary.warnings);
        });
    }

    #[test]
    fn a_right_record_of_several_links_is_counted_once() {
        let of = Handles { links: 2, shared: 2, ..Handles::default() };
        with_audit(&audit_job(), of, None, |audit| {
            let summary = audit.summary();
            assert_eq!((summary.links, summary.shared_left, summary.shared_right), (4, 0, 1));
        });
    }

    #[test]
    fn a_review_list_holds_compared_links_alone() {
        let of = Handles { links: 3, left_only: 2, ..Handles::default() };
        for (wanted, expected) in [
            (None, None),
            (Some(ReviewLength::Entries(2)), Some(2)),
            (Some(ReviewLength::Entries(9)), Some(3)),
            (Some(ReviewLength::Auto), Some(1)),
        ] {
            let review = wanted.map(|length| (length, Target::Stdout));
            with_audit(&AuditJob { review, ..audit_job() }, of, None, |audit| {
                assert_eq!(audit.review_length(1), expected, "{wanted:?}");
            });
        }
    }

    #[test]
    fn proposals_of_other_handles_are_told() {
        let of = Handles { links: 1, ..Handles::default() };
        let foreign = HashMap::from([("elsewhere".to_owned(), "r1".to_owned())]);
        with_audit(&audit_job(), of, Some(foreign), |audit| {
            let summary = audit.summary();
            assert_eq!(summary.proposals, Some(0));
            assert!(summary.warnings.iter().any(|warning| warning.contains("mizuhiki audit select")));
        });
    }
}
