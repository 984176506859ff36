//! Findings in words.

use mizuhiki_exchange::{AuditClass, Language};
use mizuhiki_match::audit::{Finding, GroupFlag, Outcomes, reason};

use crate::audit::audited::Audit;

impl Audit<'_> {
    /// The reason of a finding, in words.
    pub(crate) fn reason(&self, language: Language, finding: &Finding) -> String {
        let japanese = language == Language::Japanese;
        let Some(pattern) = finding.pattern else {
            let side = match (finding.class, japanese) {
                (AuditClass::LeftOnly, false) => {
                    "the handle is only in the left file; the link was not checked"
                }
                (AuditClass::LeftOnly, true) => "左の側にのみある紐付け。未点検",
                (_, false) => "the handle is only in the right file; the link was not checked",
                (_, true) => "右の側にのみある紐付け。未点検",
            };
            return side.to_owned();
        };
        let (vector, hints) = self.links.patterns().pattern(pattern);
        let mut grade = self.found.grades[pattern as usize].clone();
        grade.class = finding.class;
        let mut text = reason(language, self.schema, &grade, vector, hints);
        if let Some(shift) = finding.shift {
            let shift = &self.found.shifts[shift as usize];
            let (first, last) = (self.left_handle(shift.first), self.left_handle(shift.last));
            text.push_str(&if japanese {
                format!("。{first}から{last}まで{}行ずれ", shift.offset)
            } else {
                format!("; rows {first} to {last} are shifted by {:+}", shift.offset)
            });
        }
        if finding.class == AuditClass::Unrelated
            && let Some(offset) = self.found.neighbors.get(&finding.row)
        {
            text.push_str(&if japanese {
                format!("。{offset}行隣の記録と一致（前の利用者の操作の続きの可能性）")
            } else {
                format!("; the right record agrees with the left one {offset:+} rows away, as when a session was left open")
            });
        }
        text
    }

    /// Outcome and evidence in bits of each comparison.
    pub(crate) fn evidence(&self, pattern: u32) -> String {
        let (vector, _) = self.links.patterns().pattern(pattern);
        let grade = &self.found.grades[pattern as usize];
        let comparisons = self.schema.body().comparisons.iter().enumerate();
        let mut parts: Vec<String> = comparisons
            .map(|(at, comparison)| {
                let name = Outcomes::new(comparison).outcome(vector[at]).name();
                format!("{} {name} {:+.1}", comparison.name, grade.evidence[at])
            })
            .collect();
        if grade.hint_bits.abs() >= 0.05 {
            parts.push(format!("hints {:+.1}", grade.hint_bits));
        }
        parts.join("; ")
    }

    /// The vocabulary of the Australian Institute of Health and Welfare (METeOR 638720 and 638741): *intertwined*, two
    /// people under one number; *duplicate*, one person under several.
    pub(crate) fn cluster_type(&self, finding: &Finding) -> &'static str {
        let Some(pattern) = finding.pattern else { return "" };
        let (_, hints) = self.links.patterns().pattern(pattern);
        if finding.class.is_wrong() {
            "intertwined"
        } else if hints.shared_right.is_shared() {
            "duplicate"
        } else {
            ""
        }
    }

    /// Kind and reason of a group that stands out.
    pub(crate) fn flag_words(
        &self,
        flag: GroupFlag,
        comparison: Option<usize>,
        concerned: u64,
        links: u64,
    ) -> (&'static str, String) {
        let name = comparison.map_or("", |at| self.schema.body().comparisons[at].name.as_str());
        match flag {
            GroupFlag::ErrorRate => (
                "error_rate",
                format!("about {concerned} of {links} links are wrong, many more than elsewhere"),
            ),
            GroupFlag::Stale => (
                "stale",
                format!("{name} differs in {concerned} of {links} links: the addresses may be outdated"),
            ),
            GroupFlag::Differs => (
                "comparison",
                format!(
                    "{name} differs in {concerned} of {links} links: possibly a placeholder, another column or another format"
                ),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use mizuhiki_match::audit::{HandleState, Shift};

    use super::*;
    use crate::fixtures::{Handles, audit_job, with_audit};

    /// What is found of a link, whatever the audit thinks of it.
    fn finding(audit: &Audit<'_>, row: u32, class: AuditClass) -> Finding {
        let pattern = match audit.links.state(row) {
            HandleState::Compared(pattern) => Some(pattern),
            HandleState::LeftOnly | HandleState::RightOnly => None,
        };
        Finding { row, class, probability: 0.5, pattern, shift: None }
    }

    #[test]
    fn handles_of_one_side_are_said_to_be_unchecked_in_both_languages() {
        let of = Handles { left_only: 1, right_only: 1, ..Handles::default() };
        with_audit(&audit_job(), of, None, |audit| {
            let said = |row, class, language| audit.reason(language, &finding(&audit, row, class));
            let (left, right) = (AuditClass::LeftOnly, AuditClass::RightOnly);
            assert!(said(0, left, Language::English).contains("only in the left file"));
            assert!(said(1, right, Language::English).contains("only in the right file"));
            assert!(said(0, left, Language::Japanese).starts_with("左の側にのみ"));
            assert!(said(1, right, Language::Japanese).starts_with("右の側にのみ"));
            assert_eq!(audit.cluster_type(&finding(&audit, 0, left)), "");
        });
    }

    #[test]
    fn two_people_under_one_number_are_intertwined_and_one_under_two_is_a_duplicate() {
        let of = Handles { links: 1, shared: 2, ..Handles::default() };
        with_audit(&audit_job(), of, None, |audit| {
            let of = |row, class| audit.cluster_type(&finding(&audit, row, class));
            assert_eq!(of(0, AuditClass::Match), "", "its record has no other link");
            assert_eq!((of(1, AuditClass::Match), of(2, AuditClass::Match)), ("duplicate", "duplicate"));
            assert_eq!(of(0, AuditClass::Homonym), "intertwined");
            assert_eq!(of(1, AuditClass::Unrelated), "intertwined");
        });
    }

    #[test]
    fn evidence_names_each_comparison_with_its_outcome() {
        with_audit(&audit_job(), Handles { links: 1, ..Handles::default() }, None, |audit| {
            let evidence = audit.evidence(0);
            let comparisons = &audit.schema.body().comparisons;
            let parts: Vec<&str> = evidence.split("; ").collect();
            assert!(parts.len() >= comparisons.len(), "{evidence}");
            for (part, comparison) in parts.iter().zip(comparisons) {
                assert!(part.starts_with(&format!("{} agree(0,0) ", comparison.name)), "{part}");
            }
        });
    }

    #[test]
    fn a_shifted_row_and_a_session_left_open_say_how_far_off_the_other_record_is() {
        with_audit(&audit_job(), Handles { links: 2, ..Handles::default() }, None, |mut audit| {
            audit.found.shifts = vec![Shift { offset: 2, first: 0, last: 1, agreeing: 2 }];
            let shifted = Finding { shift: Some(0), ..finding(&audit, 0, AuditClass::BlockShift) };
            assert!(audit.reason(Language::English, &shifted).ends_with("are shifted by +2"));
            assert!(audit.reason(Language::Japanese, &shifted).ends_with("2行ずれ"));
            audit.found.neighbors.insert(1, -1);
            let open = finding(&audit, 1, AuditClass::Unrelated);
            assert!(audit.reason(Language::English, &open).contains(" -1 rows away"));
            assert!(audit.reason(Language::Japanese, &open).contains("-1行隣"));
            // What a neighboring row tells is nothing to a row of another class.
            let same = finding(&audit, 1, AuditClass::Match);
            assert!(!audit.reason(Language::English, &same).contains("rows away"));
        });
    }

    #[test]
    fn what_stands_out_in_a_batch_names_the_comparison_and_the_count() {
        with_audit(&audit_job(), Handles::default(), None, |audit| {
            let said = |flag, comparison| audit.flag_words(flag, comparison, 30, 40);
            let suburb = audit.schema.body().comparisons.iter().position(|of| of.name == "suburb");
            let (kind, reason) = said(GroupFlag::ErrorRate, None);
            assert!(kind == "error_rate" && reason.starts_with("about 30 of 40 links"), "{reason}");
            let (kind, reason) = said(GroupFlag::Stale, suburb);
            assert!(kind == "stale" && reason.starts_with("suburb differs in 30 of 40 links"), "{reason}");
            let (kind, reason) = said(GroupFlag::Differs, suburb);
            assert!(kind == "comparison" && reason.starts_with("suburb differs in 30 of 40"), "{reason}");
        });
    }
}
