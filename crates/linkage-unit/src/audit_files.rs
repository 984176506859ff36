//! An audit, from two files of pair tokens to findings, lists and a report.

use std::collections::HashMap;

use mizuhiki_columnar::{Cell, ColumnKind, Format, PairTokenReader, ResultColumn, ResultWriter, read_links};
use mizuhiki_exchange::RecordIds;
use mizuhiki_files::Target;
use mizuhiki_match::audit::{
    AuditClass, HYPOTHESES, Language, Model, PairComparison, outcome_name, reason, wilson,
};
use mizuhiki_schema::AuditSchema;

use crate::audit_grade::{Finding, Graded};
use crate::audit_groups::GroupFlag;
use crate::audit_job::{
    AuditJob, AuditStage, AuditSummary, ClassSummary, HypothesisSummary, OnAuditProgress, ReviewLength,
};
use crate::audit_merge::{Merge, Sides};
use crate::audit_read::{Links, read};
use crate::{LinkError, audit_report, memory};

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

/// Columns of a list to work through.
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

/// Pairs of strangers below which estimates are called rough.
const FEW_DECOYS: u64 = 1_000;

/// Bytes that the audit remembers of a handle.
const BYTES_PER_LINK: u64 = 24;

/// Audits links. Outputs appear whole, or not at all.
///
/// # Errors
/// [`LinkError`] if the files cannot be read, compared or written.
pub fn audit_files(job: &AuditJob, on_progress: OnAuditProgress<'_>) -> Result<AuditSummary, LinkError> {
    let (left, right) = (PairTokenReader::open(&job.left)?, PairTokenReader::open(&job.right)?);
    left.meta().comparable_with(right.meta()).map_err(|reason| LinkError::Incomparable {
        left: job.left.name(),
        right: job.right.name(),
        reason,
    })?;
    let needed = left.stated_rows().max(right.stated_rows()).saturating_mul(BYTES_PER_LINK);
    let allowed = memory::budget(job.memory);
    if needed > allowed {
        return Err(LinkError::AuditMemory { needed, allowed });
    }
    let (left_meta, right_meta) = (left.meta().clone(), right.meta().clone());
    let schema = &left_meta.schema;
    let proposals = job.proposals.as_ref().map(proposals).transpose()?;
    let comparison = PairComparison::new(schema);
    let mut links = read(&comparison, left, right, job.label.as_deref(), on_progress)?;
    on_progress(AuditStage::Fit, 0, 0);
    let mut model = Model::fit(schema, &links.patterns, &links.strangers);
    if links.tell_holders(&model) {
        model = Model::fit(schema, &links.patterns, &links.strangers);
    }
    let graded = Graded::new(schema, &comparison, &model, &mut links, job.all);
    let mut audit = Audit {
        job,
        schema,
        model,
        links,
        graded,
        spoken: Vec::new(),
        handles: RecordIds::default(),
        proposals,
    };
    audit.find_handles(on_progress)?;
    let summary = audit.summary();
    // Nothing is visible until everything is written.
    let mut files = vec![audit.write_findings()?];
    let review = audit.review_length(&summary);
    if let (Some((_, target)), Some(length)) = (&job.review, review) {
        files.push(audit.write_review(target, length)?);
    }
    if let Some(target) = &job.batch_output {
        files.push(audit.write_batches(target)?);
    }
    let sides = (&left_meta, &right_meta);
    let report = job
        .report
        .as_ref()
        .map(|target| audit_report::write(&audit, &summary, sides, review.unwrap_or(0), target));
    let report = report.transpose()?;
    for file in files {
        file.finish()?;
    }
    if let Some(report) = report {
        report.commit()?;
    }
    Ok(summary)
}

/// An audit, graded.
pub(crate) struct Audit<'a> {
    pub(crate) job: &'a AuditJob,
    pub(crate) schema: &'a AuditSchema,
    pub(crate) model: Model,
    pub(crate) links: Links<'a>,
    pub(crate) graded: Graded,
    /// Rows that are spoken of, ascending, and their handles: in one text, as many small ones among the large buffers of
    /// the files would scatter the memory.
    spoken: Vec<u32>,
    handles: RecordIds,
    proposals: Option<HashMap<String, String>>,
}

/// Best proposal for each handle.
fn proposals(source: &mizuhiki_columnar::Source) -> Result<HashMap<String, String>, LinkError> {
    let mut best: HashMap<String, (f64, String)> = HashMap::new();
    for link in read_links(source)? {
        let similarity = link.similarity.get();
        let known = best.entry(link.left.as_str().to_owned()).or_insert_with(|| (-1.0, String::new()));
        if similarity > known.0 {
            *known = (similarity, link.right.as_str().to_owned());
        }
    }
    Ok(best.into_iter().map(|(handle, (_, right))| (handle, right)).collect())
}

impl Audit<'_> {
    /// Reads the handles of the rows that will be spoken of.
    fn find_handles(&mut self, on_progress: OnAuditProgress<'_>) -> Result<(), LinkError> {
        let mut wanted: Vec<u32> = self.graded.findings.iter().map(|finding| finding.row).collect();
        for shift in &self.graded.shifts {
            wanted.extend([shift.first, shift.last].map(|row| self.graded.left_rows[row as usize]));
        }
        for rows in self.links.shared_left.groups().into_iter().chain(self.links.shared_right.groups()) {
            wanted.extend(rows.first().into_iter().chain(rows.last()));
        }
        wanted.sort_unstable();
        wanted.dedup();
        let (left, right) =
            (PairTokenReader::open_handles(&self.job.left)?, PairTokenReader::open_handles(&self.job.right)?);
        let total = self.links.rows.len() as u64;
        let (mut row, mut next) = (0_u32, 0);
        let handles = &mut self.handles;
        Merge::new(left, right)?.run::<LinkError>(|sides, left, right| {
            let side = if sides == Sides::Right { right } else { left };
            let Some((batch, at)) = side.current() else { return Ok(()) };
            if batch.is_decoy(at) {
                return Ok(());
            }
            if wanted.get(next) == Some(&row) {
                // The reader has checked it.
                let _ = handles.push(batch.handle(at));
                next += 1;
            }
            row += 1;
            if row.is_multiple_of(1 << 14) {
                on_progress(AuditStage::Write, u64::from(row), total);
            }
            Ok(())
        })?;
        self.spoken = wanted;
        Ok(())
    }

    pub(crate) fn handle(&self, row: u32) -> &str {
        self.spoken.binary_search(&row).map_or("", |at| self.handles.get(at))
    }

    pub(crate) fn label(&self, row: u32) -> &str {
        let number = self.links.label_of.get(row as usize);
        number.map_or("", |number| &self.links.labels[*number as usize])
    }

    pub(crate) fn proposal(&self, finding: &Finding) -> &str {
        let proposals = self.proposals.as_ref().filter(|_| finding.class.is_wrong());
        proposals.and_then(|of| of.get(self.handle(finding.row))).map_or("", String::as_str)
    }

    /// Why a finding is what it is, in words.
    pub(crate) fn reason(&self, language: Language, finding: &Finding) -> String {
        let japanese = language == Language::Japanese;
        let Some(pattern) = finding.pattern else {
            let side = match (finding.class, japanese) {
                (AuditClass::LeftOnly, false) => {
                    "the handle is in the left file alone; the link was not checked"
                }
                (AuditClass::LeftOnly, true) => "左の側にのみある紐付け。未点検",
                (_, false) => "the handle is in the right file alone; the link was not checked",
                (_, true) => "右の側にのみある紐付け。未点検",
            };
            return side.to_owned();
        };
        let (vector, hints) = self.links.patterns.pattern(pattern);
        let mut grade = self.graded.grades[pattern as usize].clone();
        grade.class = finding.class;
        let mut text = reason(language, self.schema, &grade, vector, hints);
        if let Some(shift) = finding.shift {
            let shift = &self.graded.shifts[shift as usize];
            let (first, last) = (self.left_handle(shift.first), self.left_handle(shift.last));
            text.push_str(&if japanese {
                format!("。{first}から{last}まで{}行ずれ", shift.offset)
            } else {
                format!("; rows {first} to {last} stand {:+} off", shift.offset)
            });
        }
        if finding.class == AuditClass::Unrelated
            && let Some(offset) = self.graded.neighbours.get(&finding.row)
        {
            text.push_str(&if japanese {
                format!("。{offset}行隣の記録と一致（前の利用者の操作の続きの可能性）")
            } else {
                format!("; the right record agrees with the left one {offset:+} rows away, as where a session was left open")
            });
        }
        text
    }

    pub(crate) fn left_handle(&self, row: u32) -> &str {
        self.handle(self.graded.left_rows[row as usize])
    }

    /// Outcome and bits of each comparison.
    fn evidence(&self, pattern: u32) -> String {
        let (vector, _) = self.links.patterns.pattern(pattern);
        let grade = &self.graded.grades[pattern as usize];
        let comparisons = self.schema.body().comparisons.iter().enumerate();
        let mut parts: Vec<String> = comparisons
            .map(|(at, comparison)| {
                let outcome = mizuhiki_match::audit::Outcomes::new(comparison).outcome(vector[at]);
                let name = outcome_name(outcome, &comparison.slips);
                format!("{} {name} {:+.1}", comparison.name, grade.evidence[at])
            })
            .collect();
        if grade.hint_bits.abs() >= 0.05 {
            parts.push(format!("hints {:+.1}", grade.hint_bits));
        }
        parts.join("; ")
    }

    fn write_findings(&self) -> Result<ResultWriter, LinkError> {
        let mut writer = ResultWriter::create(&self.job.output, Format::Csv, FINDING_COLUMNS)?;
        for finding in &self.graded.findings {
            let weight = finding.pattern.map(|pattern| self.graded.grades[pattern as usize].weight_bits);
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

    /// The vocabulary of the Australian Institute of Health and Welfare (METeOR 638720 and 638741): *intertwined*, two
    /// people under one number; *duplicate*, one person under several.
    fn cluster_type(&self, finding: &Finding) -> &'static str {
        let Some(pattern) = finding.pattern else { return "" };
        let (_, hints) = self.links.patterns.pattern(pattern);
        if finding.class.is_wrong() {
            "intertwined"
        } else if hints.shared_right.is_shared() {
            "duplicate"
        } else {
            ""
        }
    }

    fn review_length(&self, summary: &AuditSummary) -> Option<u64> {
        let (wanted, _) = self.job.review.as_ref()?;
        let there = self.graded.findings.iter().filter(|finding| finding.pattern.is_some()).count() as u64;
        Some(match wanted {
            ReviewLength::Auto => summary.review_auto,
            ReviewLength::Entries(entries) => (*entries).min(there),
        })
    }

    fn write_review(&self, target: &Target, length: u64) -> Result<ResultWriter, LinkError> {
        let mut writer = ResultWriter::create(target, Format::Csv, REVIEW_COLUMNS)?;
        for (finding, rank) in self.graded.findings.iter().zip(1..=length) {
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

    /// Probability that each row is wrong.
    pub(crate) fn probability(&self, row: u32) -> f64 {
        let grade = self.graded.grades.get(self.links.rows[row as usize] as usize);
        grade.map_or(0.0, |grade| grade.probability)
    }

    fn write_batches(&self, target: &Target) -> Result<ResultWriter, LinkError> {
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
        for shift in &self.graded.shifts {
            let links = u64::from(shift.last - shift.first + 1);
            let label = self.label(self.graded.left_rows[shift.first as usize]);
            let reason = format!(
                "the right records agree with left ones {:+} rows further on in {} of {links} rows",
                shift.offset, shift.agreeing
            );
            let handles = (self.left_handle(shift.first), self.left_handle(shift.last));
            push("shift", label, handles, (links, u64::from(shift.agreeing)), links as f64, &reason)?;
        }
        for group in &self.graded.groups {
            for &(flag, comparison, concerned) in &group.flags {
                let label = &self.links.labels[group.label as usize];
                let (kind, reason) = self.flag_words(flag, comparison, concerned, group.links);
                push(kind, label, ("", ""), (group.links, concerned), group.expected_wrong, &reason)?;
            }
        }
        for (kind, shared, what) in [
            ("shared_left", &self.links.shared_left, "one left record is tied to several right ones"),
            ("shared_right", &self.links.shared_right, "one right record is tied to several left ones"),
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

    /// Kind and reason of what stands out in a group.
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
            GroupFlag::Stale => {
                ("stale", format!("{name} differs in {concerned} of {links} links: the addresses may be old"))
            }
            GroupFlag::Differs => (
                "comparison",
                format!(
                    "{name} differs in {concerned} of {links} links: a placeholder, another column or another form"
                ),
            ),
        }
    }

    fn summary(&self) -> AuditSummary {
        let classes: Vec<ClassSummary> = AuditClass::ALL
            .into_iter()
            .zip(self.graded.classes)
            .filter(|(_, (links, _))| *links > 0)
            .map(|(class, (links, expected_wrong))| ClassSummary {
                class: class.name(),
                links,
                expected_wrong,
            })
            .collect();
        let of = |class: AuditClass| self.graded.classes[class as usize].0;
        let (left_only, right_only) = (of(AuditClass::LeftOnly), of(AuditClass::RightOnly));
        let links = self.links.rows.len() as u64 - left_only - right_only;
        // An empty sum is −0.
        let expected_wrong: f64 = classes.iter().map(|class| class.expected_wrong).sum::<f64>() + 0.0;
        let (low, high) = wilson(expected_wrong, links as f64);
        let mut summary = AuditSummary {
            links,
            left_only,
            right_only,
            decoys: self.links.decoys,
            expected_wrong,
            expected_wrong_low: low * links as f64,
            expected_wrong_high: high * links as f64,
            classes,
            hypotheses: HYPOTHESES
                .into_iter()
                .zip(self.model.shares())
                .map(|(hypothesis, &share)| HypothesisSummary { hypothesis: hypothesis.name(), share })
                .collect(),
            rounds: self.model.rounds() as u64,
            findings: self.graded.findings.len() as u64,
            review_auto: self.graded.auto_length(),
            review_written: None,
            shifts: self.graded.shifts.len() as u64,
            shifted_links: of(AuditClass::BlockShift),
            batches_flagged: self.graded.groups.iter().filter(|group| !group.flags.is_empty()).count() as u64,
            shared_left: self.links.shared_left.groups().len() as u64,
            shared_right: self.links.shared_right.groups().len() as u64,
            proposals: self.proposals.as_ref().map(|_| {
                self.graded.findings.iter().filter(|finding| !self.proposal(finding).is_empty()).count()
                    as u64
            }),
            warnings: Vec::new(),
        };
        summary.review_written = self.review_length(&summary);
        summary.warnings = self.warnings(&summary);
        summary
    }

    fn warnings(&self, summary: &AuditSummary) -> Vec<String> {
        let mut warnings = Vec::new();
        if summary.left_only + summary.right_only > 0 {
            warnings.push(format!(
                "{} handles are in the left file alone and {} in the right file alone: these links were not checked",
                summary.left_only, summary.right_only
            ));
        }
        if summary.links > 0 && summary.decoys < FEW_DECOYS {
            warnings.push(format!(
                "only {} pairs of strangers were compared: weights are rough where links are few",
                summary.decoys
            ));
        }
        let insufficient = self.graded.classes[AuditClass::Insufficient as usize].0;
        if let Some(proposals) = summary.proposals.filter(|proposals| *proposals == 0) {
            warnings.push(format!(
                "{proposals} proposals are of a link found wrong: their left ids must be handles (`mizuhiki audit select`)"
            ));
        }
        if insufficient * 10 > summary.links {
            warnings.push(format!(
                "{insufficient} of {} links have too little to go by: ask for more columns, or look for a wrong one",
                summary.links
            ));
        }
        warnings
    }
}
