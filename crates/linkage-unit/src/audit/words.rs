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
