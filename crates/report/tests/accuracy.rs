//! The page about accuracy, as its readers see it.

use mizuhiki_report::{
    AccuracyReport, ClassAccuracy, GroupFigures, GroupTable, Proportion, ReliabilityFigures, SweepFigures,
    WrongPairRow, render_accuracy,
};

fn proportion(value: f64) -> Proportion {
    Proportion { value, low: (value - 0.02).max(0.0), high: (value + 0.02).min(1.0) }
}

fn point(threshold: f64, precision: f64, recall: f64) -> SweepFigures {
    SweepFigures { threshold, found: 120, precision, recall, f1: 0.9, f_star: 0.82 }
}

fn group(name: &str, differs: bool) -> GroupFigures {
    GroupFigures {
        group: name.to_owned(),
        records: 1_234,
        true_links: 611,
        recall: Some(proportion(0.9)),
        precision: Some(proportion(0.99)),
        f1: 0.943,
        p_value: Some(if differs { 0.003 } else { 0.8 }),
        differs,
    }
}

fn pair(similarity: Option<f64>) -> WrongPairRow {
    WrongPairRow {
        left: "H000001".to_owned(),
        right: "R000002".to_owned(),
        similarity,
        class: "match".to_owned(),
        probability: similarity,
        evidence: "12 of 384 symbols in common".to_owned(),
    }
}

fn sample() -> AccuracyReport {
    let class = |name: &str| ClassAccuracy {
        name: name.to_owned(),
        found: 1_100,
        correct: 1_080,
        precision: proportion(0.9818),
        recall: proportion(0.9),
        f1: proportion(0.939),
        f_star: proportion(0.885),
    };
    AccuracyReport {
        title: "Accuracy of links".to_owned(),
        generated_by: "mizuhiki 0.1.0".to_owned(),
        links: "links.csv".to_owned(),
        truth: "truth.csv".to_owned(),
        true_links: 1_200,
        classes: vec![class("match"), class("match or borderline")],
        candidates: 1_300,
        pairs_completeness: proportion(0.97),
        reduction_ratio: Some(0.999),
        sweep: vec![point(0.95, 1.0, 0.5), point(0.9, 0.99, 0.8), point(0.82, 0.9, 0.97)],
        best: Some(point(0.9, 0.99, 0.8)),
        average_precision: 0.96,
        reliability: vec![ReliabilityFigures { links: 300, stated: 0.95, right: proportion(0.91) }],
        calibration_error: Some(0.04),
        groups: vec![GroupTable {
            attribute: "sex".to_owned(),
            rows: vec![group("f", true), group("m", false)],
        }],
        false_links: vec![pair(Some(0.9))],
        missed: vec![pair(None)],
        not_candidates: 36,
        notes: vec!["a remark".to_owned()],
    }
}

#[allow(clippy::unwrap_used, reason = "a helper of tests: a failed step fails the test")]
fn page(report: &AccuracyReport) -> String {
    render_accuracy(report).unwrap()
}

#[test]
fn the_page_says_what_was_measured() {
    let page = page(&sample());
    for text in [
        "<h1>Accuracy of links</h1>",
        "<li>a remark</li>",
        "1,200",
        "0.9818 (0.9618 to 1.0000)",
        "<polyline class=\"first\" points=\"401.00,20.00 604.40,22.72 719.66,47.20\"/>",
        "differs beyond chance",
        "12 of 384 symbols in common",
        "Fisher’s exact test",
        "chosen by the ground truth",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert_eq!(page.matches("<figure>").count(), 3);
    assert_eq!(page.matches("differs beyond chance").count(), 1);
    assert!(page.ends_with("</html>\n") && !page.contains("NaN"));
    assert_eq!(page, self::page(&sample()));
}

#[test]
fn other_peoples_text_is_escaped() {
    let evil = "</style></title><script>alert(1)</script><img src=x onerror='a()'>\" & {{ 7 * 7 }}";
    let clean_tags = page(&sample()).matches('<').count();
    let mut report = sample();
    report.links = evil.to_owned();
    report.truth = evil.to_owned();
    report.generated_by = evil.to_owned();
    report.notes = vec![evil.to_owned()];
    report.groups[0].attribute = evil.to_owned();
    report.groups[0].rows[0].group = evil.to_owned();
    report.false_links[0].left = evil.to_owned();
    report.false_links[0].evidence = evil.to_owned();
    report.missed[0].right = evil.to_owned();
    let page = page(&report);
    assert!(!page.contains("<script") && !page.contains("<img") && page.contains("&lt;script&gt;"));
    assert!(page.contains("{{ 7 * 7 }}"));
    assert_eq!(page.matches('<').count(), clean_tags, "values add no tags");
}

#[test]
fn nothing_measured_gives_a_page() {
    let mut report = sample();
    (report.sweep, report.best, report.reliability) = (Vec::new(), None, Vec::new());
    (report.groups, report.false_links, report.missed) = (Vec::new(), Vec::new(), Vec::new());
    (report.notes, report.calibration_error, report.reduction_ratio) = (Vec::new(), None, None);
    report.average_precision = f64::NAN;
    report.classes.clear();
    let page = page(&report);
    for text in ["There are no pairs to draw.", "No groups were compared.", "No true pair is missed."] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("NaN") && !page.contains("<figure>") && !page.contains("reduction ratio"));
}

/// Elements must nest correctly; whatever a browser would repair is a fault here.
#[test]
fn tags_are_balanced() {
    let page = page(&sample());
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
