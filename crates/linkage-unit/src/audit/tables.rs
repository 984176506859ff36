//! Tables of an audit: findings, the review list, batches.

use mizuhiki_columnar::{Cell, ColumnKind, Format, ResultColumn, ResultWriter};
use mizuhiki_exchange::{Language, Side};
use mizuhiki_files::Target;
use mizuhiki_match::audit::wilson;

use crate::audit::audited::Audit;
use crate::audit::error::AuditError;

/// Columns of a table of findings (`protocols/08-file-formats.md` §12).
pub(crate) const FINDING_COLUMNS: &[ResultColumn<'static>] = &[
    ("handle", ColumnKind::Text),
    ("class", ColumnKind::Text),
    ("weight_bits", ColumnKind::Number),
    ("probability", ColumnKind::Number),
    ("reason", ColumnKind::Text),
    ("reason_ja", ColumnKind::Text),
    ("evidence", ColumnKind::Text),
    ("cluster_type", ColumnKind::Text),
    ("label", ColumnKind::Text),
    ("proposal", ColumnKind::Text),
];

/// Columns of a review list.
const REVIEW_COLUMNS: &[ResultColumn<'static>] = &[
    ("rank", ColumnKind::Integer),
    ("handle", ColumnKind::Text),
    ("class", ColumnKind::Text),
    ("probability", ColumnKind::Number),
    ("reason", ColumnKind::Text),
    ("reason_ja", ColumnKind::Text),
    ("proposal", ColumnKind::Text),
    ("verdict", ColumnKind::Text),
];

/// Columns of a table of findings on batches.
const BATCH_COLUMNS: &[ResultColumn<'static>] = &[
    ("kind", ColumnKind::Text),
    ("label", ColumnKind::Text),
    ("first_handle", ColumnKind::Text),
    ("last_handle", ColumnKind::Text),
    ("links", ColumnKind::Integer),
    ("concerned", ColumnKind::Integer),
    ("expected_wrong", ColumnKind::Number),
    ("share_low", ColumnKind::Number),
    ("share_high", ColumnKind::Number),
    ("reason", ColumnKind::Text),
];

impl Audit<'_> {
    pub(crate) fn write_findings(&self) -> Result<ResultWriter, AuditError> {
        let mut writer = ResultWriter::create(&self.job.output, Format::Csv, FINDING_COLUMNS)?;
        for finding in &self.found.findings {
            let weight = finding.pattern.map(|pattern| self.found.grades[pattern as usize].weight_bits);
            writer.push(&[
                Cell::Text(self.handle(finding.row)),
                Cell::Text(finding.class.name()),
                Cell::Number(weight),
                Cell::Number(finding.pattern.map(|_| finding.probability)),
                Cell::Text(&self.reason(Language::English, finding)),
                Cell::Text(&self.reason(Language::Japanese, finding)),
                Cell::Text(&finding.pattern.map_or_else(String::new, |pattern| self.evidence(pattern))),
                Cell::Text(self.cluster_type(finding)),
                Cell::Text(self.label(finding.row)),
                Cell::Text(self.proposal(finding)),
            ])?;
        }
        Ok(writer)
    }

    pub(crate) fn write_review(&self, target: &Target, length: u64) -> Result<ResultWriter, AuditError> {
        let mut writer = ResultWriter::create(target, Format::Csv, REVIEW_COLUMNS)?;
        for (finding, rank) in self.found.findings.iter().zip(1..=length) {
            writer.push(&[
                Cell::Integer(rank),
                Cell::Text(self.handle(finding.row)),
                Cell::Text(finding.class.name()),
                Cell::Number(Some(finding.probability)),
                Cell::Text(&self.reason(Language::English, finding)),
                Cell::Text(&self.reason(Language::Japanese, finding)),
                Cell::Text(self.proposal(finding)),
                Cell::Text(""),
            ])?;
        }
        Ok(writer)
    }

    pub(crate) fn write_batches(&self, target: &Target) -> Result<ResultWriter, AuditError> {
        let mut writer = ResultWriter::create(target, Format::Csv, BATCH_COLUMNS)?;
        let mut push =
            |kind: &str, label: &str, handles: (&str, &str), counts: (u64, u64), wrong: f64, reason: &str| {
                let (low, high) = wilson(wrong, counts.0 as f64);
                writer.push(&[
                    Cell::Text(kind),
                    Cell::Text(label),
                    Cell::Text(handles.0),
                    Cell::Text(handles.1),
                    Cell::Integer(counts.0),
                    Cell::Integer(counts.1),
                    Cell::Number(Some(wrong)),
                    Cell::Number(Some(low)),
                    Cell::Number(Some(high)),
                    Cell::Text(reason),
                ])
            };
        for shift in &self.found.shifts {
            let links = u64::from(shift.last - shift.first + 1);
            let label = self.label(self.found.left_rows[shift.first as usize]);
            let reason = format!(
                "the right records agree with the left ones {:+} rows away in {} of {links} rows",
                shift.offset, shift.agreeing
            );
            let handles = (self.left_handle(shift.first), self.left_handle(shift.last));
            push("shift", label, handles, (links, u64::from(shift.agreeing)), links as f64, &reason)?;
        }
        for group in &self.found.groups {
            for &(flag, comparison, concerned) in &group.flags {
                let label = &self.links.labels()[group.label as usize];
                let (kind, reason) = self.flag_words(flag, comparison, concerned, group.links);
                push(kind, label, ("", ""), (group.links, concerned), group.expected_wrong, &reason)?;
            }
        }
        for (kind, shared, what) in [
            ("shared_left", self.links.shared(Side::Left), "one left record is linked to several right ones"),
            (
                "shared_right",
                self.links.shared(Side::Right),
                "one right record is linked to several left ones",
            ),
        ] {
            for rows in shared.groups() {
                let wrong: f64 = rows.iter().map(|row| self.probability(*row)).sum();
                let handles = (self.handle(rows[0]), self.handle(rows[rows.len() - 1]));
                let links = rows.len() as u64;
                push(kind, self.label(rows[0]), handles, (links, links), wrong, what)?;
            }
        }
        Ok(writer)
    }
}
