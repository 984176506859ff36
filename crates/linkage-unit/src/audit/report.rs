//! The report of an audit.

use std::io::Write as _;

use mizuhiki_exchange::{AuditClass, Hypothesis, Language, Outcome, PairMeta, Side};
use mizuhiki_files::{Access, Target, WriteError, WriteFile};
use mizuhiki_match::audit::{Finding, LEAST_EVIDENCE, LinkGroup, Outcomes, SharedRecords};
use mizuhiki_report::{
    AuditReport, AuditSide, ClassCount, ComparisonRow, EvidenceBar, FindingCard, GroupRow, HypothesisShare,
    Interval, ReviewPoint, SharedRow, ShiftRow, render_audit,
};

use crate::audit::audited::Audit;
use crate::audit::error::AuditError;
use crate::audit::job::AuditSummary;

/// Number of findings that are shown in full.
const CARDS: usize = 25;

/// Points of the curve for each doubling of the list.
const POINTS_PER_DOUBLING: u32 = 4;

/// Writes the report, which becomes visible when it is committed.
pub(crate) fn write(
    audit: &Audit<'_>,
    summary: &AuditSummary,
    sides: (&PairMeta, &PairMeta),
    review: u64,
    target: &Target,
) -> Result<WriteFile, AuditError> {
    let html = render_audit(&report(audit, summary, sides, review))?;
    let mut file = WriteFile::create(target, Access::Shared)?;
    file.write_all(html.as_bytes()).map_err(|reason| WriteError::Io {
        file: target.name(),
        action: "write",
        reason,
    })?;
    Ok(file)
}

fn report(
    audit: &Audit<'_>,
    summary: &AuditSummary,
    (left, right): (&PairMeta, &PairMeta),
    review: u64,
) -> AuditReport {
    let side = |meta: &PairMeta, name: String, alone: u64| AuditSide {
        name,
        custodian: meta.custodian.to_string(),
        rows: summary.links + alone,
    };
    let body = audit.schema.body();
    AuditReport {
        title: "Audit of links".to_owned(),
        generated_by: concat!("mizuhiki ", env!("CARGO_PKG_VERSION")).to_owned(),
        left: side(left, audit.job.left.name(), summary.left_only),
        right: side(right, audit.job.right.name(), summary.right_only),
        schema_name: body.name.clone(),
        schema_digest: audit.schema.digest().to_string(),
        key_id: left.key_id.to_string(),
        epoch: body.epoch,
        links: summary.links,
        left_only: summary.left_only,
        right_only: summary.right_only,
        decoys: summary.decoys,
        expected_wrong: Interval {
            value: summary.expected_wrong,
            low: summary.expected_wrong_low,
            high: summary.expected_wrong_high,
        },
        classes: classes(audit),
        review: curve(audit, summary, review),
        review_length: review,
        shifts: shifts(audit),
        groups: groups(audit),
        shared: [("left", audit.links.shared(Side::Left)), ("right", audit.links.shared(Side::Right))]
            .into_iter()
            .filter_map(|(side, shared)| shared_row(audit, side, shared))
            .collect(),
        label: audit.job.label.clone(),
        findings: cards(audit),
        comparisons: (0..body.comparisons.len()).map(|at| comparison(audit, at)).collect(),
        hypotheses: Hypothesis::ALL
            .into_iter()
            .zip(audit.model.shares())
            .map(|(hypothesis, &share)| HypothesisShare { hypothesis, share })
            .collect(),
        rounds: audit.model.rounds() as u64,
        least_evidence_bits: LEAST_EVIDENCE,
        feedback: None,
        warnings: summary.warnings.clone(),
    }
}

fn classes(audit: &Audit<'_>) -> Vec<ClassCount> {
    AuditClass::ALL
        .into_iter()
        .zip(audit.found.classes)
        .filter(|(_, (links, _))| *links > 0)
        .map(|(class, (links, expected_wrong))| ClassCount { class, links, expected_wrong })
        .collect()
}

fn shifts(audit: &Audit<'_>) -> Vec<ShiftRow> {
    audit
        .found
        .shifts
        .iter()
        .map(|shift| ShiftRow {
            first_handle: audit.left_handle(shift.first).to_owned(),
            last_handle: audit.left_handle(shift.last).to_owned(),
            links: u64::from(shift.last - shift.first + 1),
            offset: i64::from(shift.offset),
            label: audit.label(audit.found.left_rows[shift.first as usize]).to_owned(),
        })
        .collect()
}

/// The first findings with both sides, in full.
fn cards(audit: &Audit<'_>) -> Vec<FindingCard> {
    audit
        .found
        .findings
        .iter()
        .filter(|finding| finding.pattern.is_some())
        .zip(1..)
        .take(CARDS)
        .map(|(finding, rank)| card(audit, finding, rank))
        .collect()
}

/// Expected number of wrong links among the first entries of the list, at increasing lengths, and in the
/// rest.
fn curve(audit: &Audit<'_>, summary: &AuditSummary, review: u64) -> Vec<ReviewPoint> {
    let findings: Vec<&Finding> =
        audit.found.findings.iter().filter(|finding| finding.pattern.is_some()).collect();
    let last = findings.len() as u64;
    let mut lengths: Vec<u64> = (0..)
        .map(|step| 2_f64.powf(f64::from(step) / f64::from(POINTS_PER_DOUBLING)) as u64)
        .take_while(|length| *length < last)
        .chain((0..=19).map(|power| 10_u64.pow(power)).take_while(|length| *length < last))
        .chain([0, last, review.min(last)])
        .collect();
    lengths.sort_unstable();
    lengths.dedup();
    let mut found = vec![0.0; findings.len() + 1];
    for (at, finding) in findings.iter().enumerate() {
        found[at + 1] = found[at] + finding.probability;
    }
    lengths
        .into_iter()
        .map(|entries| ReviewPoint {
            entries,
            expected_found: found[entries as usize],
            expected_left: (summary.expected_wrong - found[entries as usize]).max(0.0),
        })
        .collect()
}

fn groups(audit: &Audit<'_>) -> Vec<GroupRow> {
    let row = |group: &LinkGroup| GroupRow {
        label: audit.links.labels()[group.label as usize].clone(),
        links: group.links,
        expected_wrong: group.expected_wrong,
        share: Interval {
            value: group.expected_wrong / (group.links as f64).max(1.0),
            low: group.interval.0,
            high: group.interval.1,
        },
        findings: group
            .flags
            .iter()
            .map(|&(flag, comparison, concerned)| {
                audit.flag_words(flag, comparison, concerned, group.links).1
            })
            .collect(),
    };
    audit.found.groups.iter().map(row).collect()
}

fn shared_row(audit: &Audit<'_>, side: &str, shared: &SharedRecords) -> Option<SharedRow> {
    let groups = shared.groups();
    let most = groups.iter().map(|rows| rows.len() as u64).max()?;
    Some(SharedRow {
        side: side.to_owned(),
        records: groups.len() as u64,
        links: groups.iter().map(|rows| rows.len() as u64).sum(),
        most_links: most,
        expected_wrong: groups.iter().flat_map(|rows| rows.iter()).map(|row| audit.probability(*row)).sum(),
    })
}

fn card(audit: &Audit<'_>, finding: &Finding, rank: u64) -> FindingCard {
    let grade = finding.pattern.map(|pattern| (pattern, &audit.found.grades[pattern as usize]));
    let evidence = grade.map_or_else(Vec::new, |(pattern, grade)| {
        let (vector, _) = audit.links.patterns().pattern(pattern);
        let comparisons = audit.schema.body().comparisons.iter().enumerate();
        comparisons
            .map(|(at, comparison)| EvidenceBar {
                comparison: comparison.name.clone(),
                outcome: Outcomes::new(comparison).outcome(vector[at]),
                levels: comparison.levels.clone(),
                bits: grade.evidence[at],
            })
            .collect()
    });
    let share = |hypothesis: Hypothesis| audit.model.shares()[hypothesis as usize];
    FindingCard {
        rank,
        handle: audit.handle(finding.row).to_owned(),
        class: finding.class,
        probability: finding.probability,
        weight_bits: grade.map_or(0.0, |(_, grade)| grade.weight_bits),
        prior_bits: grade
            .map_or(0.0, |(_, grade)| (share(grade.hypotheses.0) / share(grade.hypotheses.1)).log2()),
        reason: audit.reason(Language::English, finding),
        reason_ja: audit.reason(Language::Japanese, finding),
        evidence,
        proposal: Some(audit.proposal(finding).to_owned()).filter(|proposal| !proposal.is_empty()),
    }
}

/// How often a comparison agrees, and the weights of agreement and difference.
fn comparison(audit: &Audit<'_>, at: usize) -> ComparisonRow {
    let comparison = &audit.schema.body().comparisons[at];
    let outcomes = Outcomes::new(comparison);
    let (mut missing, mut links) = (0, 0);
    for pattern in 0..audit.links.patterns().len() as u32 {
        let count = audit.links.patterns().count(pattern);
        links += count;
        missing += if audit.links.patterns().pattern(pattern).0[at] == 0 { count } else { 0 };
    }
    let agrees = |number: u8| {
        matches!(outcomes.outcome(number), Outcome::Agree { .. } | Outcome::Partial { .. } | Outcome::Wild)
    };
    let (mut same, mut others) = (0.0, 0.0);
    for number in (1..outcomes.count() as u8).filter(|number| agrees(*number)) {
        let (m, u) = audit.model.probabilities(at, number);
        same += m;
        others += u;
    }
    let different = audit.model.probabilities(at, outcomes.number(Outcome::Different));
    ComparisonRow {
        name: comparison.name.clone(),
        role: comparison.role,
        missing_share: missing as f64 / (links as f64).max(1.0),
        agree_share_same: same.min(1.0),
        agree_share_different: others.min(1.0),
        agree_bits: (same / others).log2(),
        differ_bits: (different.0 / different.1).log2(),
    }
}
