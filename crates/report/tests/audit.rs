//! The page of an audit, as its readers see it.

use mizuhiki_exchange::{AuditClass, Hypothesis, Outcome};
use mizuhiki_report::{
    AuditReport, AuditSide, ClassCount, ComparisonRow, EvidenceBar, FeedbackSection, FindingCard, GroupRow,
    HypothesisShare, Interval, ReliabilityBin, ReviewPoint, SharedRow, ShiftRow, render_audit,
};
use mizuhiki_schema::AuditRole;

fn side(name: &str, custodian: &str, rows: u64) -> AuditSide {
    AuditSide { name: name.to_owned(), custodian: custodian.to_owned(), rows }
}

const fn class(class: AuditClass, links: u64, expected_wrong: f64) -> ClassCount {
    ClassCount { class, links, expected_wrong }
}

fn bar(comparison: &str, outcome: Outcome, bits: f64) -> EvidenceBar {
    let levels = vec!["eq".to_owned(), "phon".to_owned()];
    EvidenceBar { comparison: comparison.to_owned(), outcome, levels, bits }
}

fn finding(rank: u64) -> FindingCard {
    FindingCard {
        rank,
        handle: format!("M-{rank:06}"),
        class: AuditClass::Homonym,
        probability: 0.9873,
        weight_bits: -21.4,
        prior_bits: 15.1,
        reason: "another person with the same reading, date of birth and sex; differ: address".to_owned(),
        reason_ja: "読み・生年月日・性別が同じ別人。住所は不一致".to_owned(),
        evidence: vec![
            bar("family", Outcome::Different, -9.5),
            bar("reading", Outcome::Agree { level: 1, alternative: 1 }, 0.0),
            bar("birth", Outcome::Missing, 0.0),
            bar("address", Outcome::Different, -11.9),
        ],
        proposal: Some("look at the record under M-000777".to_owned()),
    }
}

fn group(number: u32) -> GroupRow {
    let value = f64::from(number) * 1e-5;
    GroupRow {
        label: format!("load-{number:03}"),
        links: 20_000,
        expected_wrong: 20_000.0 * value,
        share: Interval { value, low: value / 2.0, high: value * 2.0 },
        findings: if number == 30 { vec!["The error rate stands out.".to_owned()] } else { Vec::new() },
    }
}

fn sample() -> AuditReport {
    let point = |entries: u64, expected_found: f64| ReviewPoint {
        entries,
        expected_found,
        expected_left: 96.4 - expected_found,
    };
    AuditReport {
        title: "Audit of links".to_owned(),
        generated_by: "mizuhiki 0.1.0".to_owned(),
        left: side("members.pairs.parquet", "Insurer East", 1_000_210),
        right: side("registry.pairs.parquet", "National Registry", 1_000_035),
        schema_name: "audit-ja-kanji".to_owned(),
        schema_digest: "sha256:38149e6c9971".to_owned(),
        key_id: "b7d1c2a90f3e4d58".to_owned(),
        epoch: 3,
        links: 1_000_000,
        left_only: 210,
        right_only: 35,
        decoys: 32_768,
        expected_wrong: Interval { value: 96.4, low: 80.2, high: 113.1 },
        classes: vec![
            class(AuditClass::Match, 989_000, 4.2),
            class(AuditClass::EntryVariant, 10_400, 3.1),
            class(AuditClass::Insufficient, 508, 0.04),
            class(AuditClass::Homonym, 60, 58.2),
            class(AuditClass::LeftOnly, 210, 0.0),
        ],
        review: [(1, 0.99), (10, 9.7), (100, 71.2), (1_000, 91.0), (5_000, 94.9)]
            .map(|(entries, found)| point(entries, found))
            .to_vec(),
        review_length: 1_000,
        shifts: vec![ShiftRow {
            first_handle: "M-004100".to_owned(),
            last_handle: "M-004180".to_owned(),
            links: 81,
            offset: -2,
            label: "load-030".to_owned(),
        }],
        groups: (1..=30).map(group).collect(),
        shared: vec![SharedRow {
            side: "right".to_owned(),
            records: 14,
            links: 29,
            most_links: 3,
            expected_wrong: 11.5,
        }],
        label: Some("batch".to_owned()),
        findings: (1..=25).map(finding).collect(),
        comparisons: vec![ComparisonRow {
            name: "family".to_owned(),
            role: AuditRole::FamilyName,
            missing_share: 0.012,
            agree_share_same: 0.993,
            agree_share_different: 8.1e-4,
            agree_bits: 10.3,
            differ_bits: -7.2,
        }],
        hypotheses: vec![
            HypothesisShare { hypothesis: Hypothesis::Same, share: 0.9929 },
            HypothesisShare { hypothesis: Hypothesis::Homonym, share: 3e-5 },
        ],
        rounds: 41,
        least_evidence_bits: 10.0,
        feedback: Some(FeedbackSection {
            reviewed: 120,
            wrong: 80,
            right: 30,
            cannot_tell: 10,
            precision: Interval { value: 0.727, low: 0.637, high: 0.802 },
            bins: vec![ReliabilityBin {
                predicted: 0.913,
                observed: Interval { value: 0.897, low: 0.81, high: 0.947 },
                links: 78,
            }],
        }),
        warnings: Vec::new(),
    }
}

fn nothing() -> AuditReport {
    let mut report = sample();
    (report.left, report.right) = (side("empty", "", 0), side("", "nobody", 0));
    (report.schema_digest, report.key_id, report.label, report.feedback) = Default::default();
    (report.links, report.left_only, report.right_only, report.decoys) = Default::default();
    report.expected_wrong = Interval { value: 0.0, low: 0.0, high: 0.0 };
    (report.classes, report.review, report.review_length) = Default::default();
    (report.shifts, report.groups, report.shared) = Default::default();
    (report.findings, report.comparisons, report.hypotheses) = Default::default();
    report
}

#[allow(clippy::unwrap_used, reason = "a helper of tests: a failed step fails the test")]
fn page(report: &AuditReport) -> String {
    render_audit(report).unwrap()
}

/// The text between tags, without attributes.
fn texts(page: &str) -> impl Iterator<Item = &str> {
    page.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text)
}

#[test]
fn the_sample_says_what_it_should() {
    let page = page(&sample());
    for text in [
        "<title>Audit of links</title>",
        "<dd class=\"value\">1,000,000</dd>",
        "<dd class=\"value\">96</dd><dd class=\"note\">95% interval: 80 to 113</dd>",
        "<dd class=\"value\">0.96</dd><dd class=\"note\">95% interval: 0.80 to 1.13</dd>",
        "<dd class=\"value\">245</dd><dd class=\"note\">210 left only, 35 right only</dd>",
        "96 are expected to be wrong (1 in 10,000 of all)",
        "<small lang=\"ja\">同名異人</small><small><code>homonym</code></small><span class=\"tag\">found wrong</span>",
        "10,400 links differ in an entry and are still found to be right; 60 are found to be wrong.",
        "The first 1,000 entries of the list are expected to contain 91 of 96 wrong links (94.4%).",
        "review list: 1,000 entries</text>",
        "80 were wrong, 30 were right, and 10 could not be decided",
        "95% interval 63.7% to 80.2%",
        "M-004100",
        "2 rows earlier",
        "all links: 0.96</text>",
        "The error rate stands out.",
        "Probability that the link is wrong: <strong>98.7%</strong>",
        "読み・生年月日・性別が同じ別人",
        "look at the record under M-000777",
        "agrees at level phon, an alternative value",
        "before comparing: +15.1 bits. family differs: −9.5 bits.",
        "birth not compared: 0.0 bits.",
        "1 in 1,200",
        "+10.3",
        "1 in 33,000",
        "in 41 rounds",
        "32,768 pairs of records",
        "Without 10 bits for one person",
        "Insurer East",
        "sha256:38149e6c9971",
        "epoch 3",
        "No warnings.",
        "prefers-color-scheme: dark",
        "@media print",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(page.ends_with("</html>\n"));
    assert!(texts(&page[page.find("<body>").unwrap()..]).all(|text| !text.contains('!')));
}

#[test]
fn sections_stand_in_order() {
    let page = page(&sample());
    let order = ["classes", "review", "batches", "findings", "comparisons", "method", "files", "absent"];
    let places: Vec<usize> = order.iter().map(|id| page.find(&format!("<h2 id=\"{id}\"")).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn each_finding_has_its_own_chart() {
    let page = page(&sample());
    assert_eq!(page.matches("<article").count(), 25);
    assert_eq!(page.matches("<title id=\"evidence-").count(), 25);
    // Before, four comparisons, after.
    assert_eq!(page.matches("class=\"known\"").count(), 50);
    assert_eq!(page.matches("class=\"wrong\"").count(), 50);
    assert_eq!(page.matches("class=\"step\"").count(), 125);
    let ids: Vec<&str> = page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
}

#[test]
fn the_worst_groups_are_drawn_and_the_rest_counted() {
    let mut report = sample();
    report.groups[0].findings.push("Addresses are stale.".to_owned());
    let page = page(&report);
    assert_eq!(page.matches("class=\"whisker\"").count(), 20);
    assert!(page.find("load-030:").unwrap() < page.find("load-029:").unwrap());
    assert!(!page.contains("load-010"));
    // Not among the worst, but with a finding.
    assert!(page.contains("load-001") && page.contains("Addresses are stale."));
    assert!(page.contains("<p class=\"soft\">9 more are not shown here.</p>"));
}

#[test]
fn the_table_of_lengths_goes_by_tens() {
    let page = page(&sample());
    let rows: Vec<&str> = page
        .split("<tr><th scope=\"row\" class=\"n\">")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap())
        .collect();
    assert_eq!(rows, ["0", "10", "100", "1,000", "5,000", "91.3%"]);
    assert!(page.contains("<td class=\"n\">71</td><td class=\"n\">73.9%</td><td class=\"n\">25</td>"));
}

#[test]
fn nothing_is_fetched_and_nothing_runs() {
    let page = page(&sample()).to_lowercase();
    for text in ["http", "src=", "href=", "@import", "url(", "<script", "<link", "<iframe", "javascript:"] {
        assert!(!page.contains(text), "{text}");
    }
}

#[test]
fn other_peoples_text_is_escaped() {
    let evil = "</style></title><script>alert(1)</script><img src=x onerror='a()'>\" & {{ 7 * 7 }}";
    let text = || evil.to_owned();
    let mut report = sample();
    let clean = page(&report);
    (report.title, report.generated_by, report.key_id) = (text(), text(), text());
    (report.schema_name, report.schema_digest, report.label) = (text(), text(), Some(text()));
    (report.left, report.right) = (side(evil, evil, 3), side(evil, evil, 3));
    (report.shifts[0].first_handle, report.shifts[0].last_handle) = (text(), text());
    report.shifts[0].label = text();
    report.groups[29].label = text();
    report.groups[29].findings = vec![text()];
    report.shared[0].side = text();
    report.comparisons[0].name = text();
    let card = &mut report.findings[0];
    (card.handle, card.reason, card.reason_ja, card.proposal) = (text(), text(), text(), Some(text()));
    card.evidence[1] = bar(evil, Outcome::Agree { level: 0, alternative: 0 }, 0.0);
    card.evidence[1].levels = vec![text()];
    let page = page(&report);
    assert!(!page.contains("<script") && !page.contains("<img"));
    assert!(page.contains("&lt;script&gt;") && page.contains("{{ 7 * 7 }}"));
    assert_eq!(page.matches('<').count(), clean.matches('<').count(), "values add no tags");
    report.warnings = vec![text()];
    let page = render_audit(&report).unwrap();
    assert!(!page.contains("<script") && !page.contains("onerror='"));
}

#[test]
fn warnings_come_first() {
    let mut report = sample();
    report.warnings = vec!["decoys are few".to_owned(), "<b>look</b>".to_owned()];
    let page = page(&report);
    assert!(page.contains("<li>decoys are few</li>") && page.contains("&lt;b&gt;look"));
    assert!(page.find("id=\"warnings\"").unwrap() < page.find("class=\"figures\"").unwrap());
    assert!(!page.contains("No warnings."));
}

#[test]
fn without_links_the_page_says_so() {
    let page = page(&nothing());
    for text in [
        "No links were compared, so there is no result.",
        "no list was written",
        "No links were put into classes.",
        "No review list was written.",
        "There is nothing to review.",
        "No run of shifted rows was found.",
        "The links have no groups such as batches",
        "No record is known to have several links.",
        "There are no findings to show.",
        "There are no comparisons to show.",
        "there were none, so the figures are uncertain",
        "95% interval: –",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("<svg") && !page.contains("What reviewers found"));
    let mut labelled = nothing();
    labelled.label = Some("batch".to_owned());
    assert!(render_audit(&labelled).unwrap().contains("There are no groups to compare."));
}

#[test]
fn no_number_is_printed_that_is_none() {
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.3, 1e300] {
        let interval = Interval { value: odd, low: odd, high: odd };
        for links in [0, 1_000_000] {
            let mut report = sample();
            report.links = links;
            report.expected_wrong = interval;
            report.least_evidence_bits = odd;
            report.classes.iter_mut().for_each(|class| class.expected_wrong = odd);
            report.review.push(ReviewPoint { entries: 77, expected_found: odd, expected_left: odd });
            report.groups[0].share = interval;
            report.groups[1].share = Interval { value: 0.1, low: 0.0, high: odd };
            report.groups[2].expected_wrong = odd;
            report.shared[0].expected_wrong = odd;
            let card = &mut report.findings[0];
            (card.probability, card.weight_bits, card.prior_bits) = (odd, odd, odd);
            card.evidence[0].bits = odd;
            let row = &mut report.comparisons[0];
            (row.missing_share, row.agree_share_same, row.agree_share_different) = (odd, odd, odd);
            (row.agree_bits, row.differ_bits) = (odd, odd);
            report.hypotheses[0].share = odd;
            if let Some(feedback) = &mut report.feedback {
                feedback.precision = interval;
                feedback.bins[0] = ReliabilityBin { predicted: odd, observed: interval, links: 1 };
            }
            let page = page(&report);
            assert!(!page.contains("NaN"), "{odd}");
            let words = page.split(|letter: char| !letter.is_ascii_alphabetic());
            assert_eq!(words.filter(|word| *word == "inf").count(), 0, "{odd}");
        }
    }
}

#[test]
fn equal_reports_give_equal_bytes() {
    assert_eq!(page(&sample()), page(&sample()));
}

/// Elements must nest correctly; whatever a browser would repair is a fault here.
#[test]
fn tags_are_balanced() {
    for report in [sample(), nothing()] {
        let page = page(&report);
        let body = &page[page.find("<body>").unwrap()..];
        let mut open = Vec::new();
        for tag in body.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap();
            if let Some(name) = tag.strip_prefix('/') {
                if name != "html" {
                    assert_eq!(open.pop(), Some(name));
                }
            } else if !tag.ends_with('/') {
                open.push(tag.split(' ').next().unwrap());
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }
}
