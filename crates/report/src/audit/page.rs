//! The data for the template of an audit: every number as text, every decision made.

use serde::Serialize;

use mizuhiki_exchange::{AuditClass, Language, role_words};

use crate::audit::batch::Batches;
use crate::audit::finding::Card;
use crate::audit::report::{
    AuditReport, AuditSide, ClassCount, ComparisonRow, FeedbackSection, HypothesisShare, ReliabilityBin,
};
use crate::audit::review::Review;
use crate::number;

#[derive(Debug, Serialize)]
pub(super) struct Page<'a> {
    report: Basics<'a>,
    figures: Vec<Figure>,
    lead: String,
    classes: Vec<Class>,
    variants: Option<String>,
    review: Review,
    review_length: Option<String>,
    feedback: Option<Feedback>,
    batches: Batches<'a>,
    findings: Vec<Card<'a>>,
    comparisons: Vec<Comparison<'a>>,
    hypotheses: Vec<Explanation>,
    rounds: String,
    one_round: bool,
    decoys: Option<String>,
    least_evidence: String,
    files: [File<'a>; 2],
}

/// Texts that are shown unchanged.
#[derive(Debug, Serialize)]
struct Basics<'a> {
    title: &'a str,
    generated_by: &'a str,
    schema_name: &'a str,
    schema_digest: &'a str,
    key_id: &'a str,
    epoch: u32,
    warnings: &'a [String],
}

/// A headline number.
#[derive(Debug, Serialize)]
struct Figure {
    label: &'static str,
    value: String,
    note: String,
}

#[derive(Debug, Serialize)]
struct Class {
    name: &'static str,
    title: &'static str,
    japanese: &'static str,
    meaning: &'static str,
    action: &'static str,
    links: String,
    wrong: String,
    is_wrong: bool,
}

#[derive(Debug, Serialize)]
struct Feedback {
    reviewed: String,
    wrong: String,
    right: String,
    cannot_tell: String,
    precision: String,
    range: String,
    bins: Vec<Bin>,
}

#[derive(Debug, Serialize)]
struct Bin {
    predicted: String,
    observed: String,
    range: String,
    links: String,
}

#[derive(Debug, Serialize)]
struct Comparison<'a> {
    name: &'a str,
    role: &'a str,
    missing: String,
    same: String,
    different: String,
    agree: String,
    differ: String,
}

#[derive(Debug, Serialize)]
struct Explanation {
    name: &'static str,
    share: String,
    right: bool,
}

#[derive(Debug, Serialize)]
struct File<'a> {
    side: &'static str,
    name: &'a str,
    custodian: &'a str,
    rows: String,
    alone: String,
}

impl<'a> Page<'a> {
    pub(super) fn new(report: &'a AuditReport) -> Self {
        Self {
            report: Basics {
                title: &report.title,
                generated_by: &report.generated_by,
                schema_name: &report.schema_name,
                schema_digest: &report.schema_digest,
                key_id: &report.key_id,
                epoch: report.epoch,
                warnings: &report.warnings,
            },
            figures: figures(report),
            lead: lead(report),
            classes: report.classes.iter().map(Class::new).collect(),
            variants: variants(&report.classes),
            review: Review::new(report),
            review_length: (report.review_length > 0).then(|| number::count(report.review_length)),
            feedback: report.feedback.as_ref().map(Feedback::new),
            batches: Batches::new(report),
            findings: report.findings.iter().map(Card::new).collect(),
            comparisons: report.comparisons.iter().map(Comparison::new).collect(),
            hypotheses: report.hypotheses.iter().map(Explanation::new).collect(),
            rounds: number::count(report.rounds),
            one_round: report.rounds == 1,
            decoys: (report.decoys > 0).then(|| number::count(report.decoys)),
            least_evidence: number::expected(report.least_evidence_bits),
            files: [
                File::new("Left", &report.left, report.left_only),
                File::new("Right", &report.right, report.right_only),
            ],
        }
    }
}

fn figures(report: &AuditReport) -> Vec<Figure> {
    let wrong = &report.expected_wrong;
    let share = |wrong: f64| wrong / report.links as f64;
    let per = |wrong: f64| number::per_ten_thousand(share(wrong));
    let interval = |text: String| format!("95% interval: {text}");
    let alone = report.left_only.saturating_add(report.right_only);
    let figure = |label, value, note| Figure { label, value, note };
    vec![
        figure("Links compared", number::short_count(report.links), "both files have the handle".to_owned()),
        figure(
            "Expected wrong links",
            number::expected(wrong.value),
            interval(number::range(wrong.low, wrong.high, number::expected)),
        ),
        figure(
            "Wrong per 10,000 links",
            per(wrong.value),
            interval(number::range(wrong.low, wrong.high, per)),
        ),
        figure(
            "Not compared",
            number::short_count(alone),
            format!(
                "{} left only, {} right only",
                number::count(report.left_only),
                number::count(report.right_only)
            ),
        ),
        figure(
            "Entries in the review list",
            number::short_count(report.review_length),
            if report.review_length == 0 { "no list was written" } else { "most urgent first" }.to_owned(),
        ),
    ]
}

/// The result in two sentences.
fn lead(report: &AuditReport) -> String {
    if report.links == 0 {
        return "No links were compared, so there is no result.".to_owned();
    }
    let wrong = &report.expected_wrong;
    if !wrong.value.is_finite() {
        return "The number of wrong links could not be estimated.".to_owned();
    }
    let mut lead = format!(
        "Of {} links that were compared, {} are expected to be wrong ({} of all).",
        number::count(report.links),
        number::expected(wrong.value),
        number::rare(wrong.value / report.links as f64),
    );
    let range = number::range(wrong.low, wrong.high, number::expected);
    if range != number::NONE {
        lead.push_str(&format!(" The number is an estimate; the true one is probably in the range {range}."));
    }
    lead
}

/// Number of harmless differences, compared with links found wrong.
fn variants(classes: &[ClassCount]) -> Option<String> {
    let sum = |wanted: &dyn Fn(&ClassCount) -> bool| {
        classes.iter().filter(|class| wanted(class)).fold(0_u64, |sum, class| sum.saturating_add(class.links))
    };
    let variants = sum(&|class| class.class == AuditClass::EntryVariant);
    let wrong = sum(&|class| class.class.is_wrong());
    (variants > 0).then(|| {
        format!(
            "{} links differ in an entry and are still found to be right; {} are found to be wrong. An entry that \
             differs is therefore not a sign of a wrong link by itself.",
            number::count(variants),
            number::count(wrong)
        )
    })
}

impl Class {
    fn new(count: &ClassCount) -> Self {
        let class = count.class;
        Self {
            name: class.name(),
            title: class.title(Language::English),
            japanese: class.title(Language::Japanese),
            meaning: class.meaning(),
            action: class.action(),
            links: number::count(count.links),
            wrong: match class {
                AuditClass::LeftOnly | AuditClass::RightOnly => number::NONE.to_owned(),
                _ => number::expected(count.expected_wrong),
            },
            is_wrong: class.is_wrong(),
        }
    }
}

impl Feedback {
    fn new(feedback: &FeedbackSection) -> Self {
        Self {
            reviewed: number::count(feedback.reviewed),
            wrong: number::count(feedback.wrong),
            right: number::count(feedback.right),
            cannot_tell: number::count(feedback.cannot_tell),
            precision: number::percent(feedback.precision.value),
            range: number::range(feedback.precision.low, feedback.precision.high, number::percent),
            bins: feedback.bins.iter().map(Bin::new).collect(),
        }
    }
}

impl Bin {
    fn new(bin: &ReliabilityBin) -> Self {
        Self {
            predicted: number::percent(bin.predicted),
            observed: number::percent(bin.observed.value),
            range: number::range(bin.observed.low, bin.observed.high, number::percent),
            links: number::count(bin.links),
        }
    }
}

impl<'a> Comparison<'a> {
    fn new(row: &'a ComparisonRow) -> Self {
        Self {
            name: &row.name,
            role: role_words(row.role, Language::English, "other"),
            missing: number::percent(row.missing_share),
            same: number::percent(row.agree_share_same),
            different: number::rare(row.agree_share_different),
            agree: number::bits(row.agree_bits),
            differ: number::bits(row.differ_bits),
        }
    }
}

impl Explanation {
    fn new(share: &HypothesisShare) -> Self {
        Self {
            name: share.hypothesis.title(),
            share: number::rare(share.share),
            right: share.hypothesis.is_right(),
        }
    }
}

impl<'a> File<'a> {
    fn new(side: &'static str, file: &'a AuditSide, alone: u64) -> Self {
        Self {
            side,
            name: &file.name,
            custodian: &file.custodian,
            rows: number::count(file.rows),
            alone: number::count(alone),
        }
    }
}
