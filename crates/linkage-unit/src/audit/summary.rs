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
