//! The page, as its readers see it.

use mizuhiki_report::{
    ExpectationSummary, ExpectedAt, FileSummary, LinkReport, PassFigures, ReportError, SampledPairs,
    SymbolSummary, ThresholdSummary, ViewSection, render,
};

fn view(name: &str, tokens: u64, fill: f64) -> ViewSection {
    ViewSection { name: name.to_owned(), bits: 2_048, tokens, fill, distinct_share: 0.982 }
}

fn file(name: &str, custodian: &str, records: u64) -> FileSummary {
    FileSummary {
        name: name.to_owned(),
        custodian: custodian.to_owned(),
        records,
        views: vec![view("names", records, 0.4997), view("names-birth", records - records / 50, 0.5004)],
    }
}

/// Non-matches around 0.74, links around 0.96.
fn histogram(lowest: f64) -> Vec<u64> {
    let hump = |at: f64, centre: f64, width: f64, size: f64| size * (-((at - centre) / width).powi(2)).exp();
    (0..200)
        .map(|bin| (f64::from(bin) + 0.5) / 200.0)
        .map(|at| if at < lowest { 0.0 } else { hump(at, 0.74, 0.03, 900.0) + hump(at, 0.96, 0.035, 310.0) })
        .map(|count| count as u64)
        .collect()
}

fn sample() -> LinkReport {
    LinkReport {
        title: "Linkage report".to_owned(),
        generated_by: "mizuhiki 0.1.0".to_owned(),
        files: vec![
            file("clinic.tokens.parquet", "Clinic North", 10_000),
            file("registry.tokens.parquet", "Cancer Registry", 9_800),
        ],
        schema_name: "people-five-fields".to_owned(),
        schema_digest: "sha256:6b3a55e0261b0304143f805a24924d0c1c44524821305f31d9277843b8a10f4e".to_owned(),
        key_id: Some("b7d1c2a90f3e4d58".to_owned()),
        profile: "plain".to_owned(),
        measure: "Dice coefficient".to_owned(),
        epoch: Some(3),
        assignment: "greedy one-to-one".to_owned(),
        thresholds: ThresholdSummary { accept: 0.87, borderline: 0.84, origin: "schema".to_owned() },
        plan: "every pair, because there are few".to_owned(),
        passes: vec![PassFigures {
            name: "all pairs".to_owned(),
            blocks: 1,
            pairs: 98_000_000,
            largest: 98_000_000,
        }],
        doubtful: 3,
        symbols: None,
        compared: 98_000_000,
        candidates: 4_310,
        matches: 4_012,
        borderline: 57,
        expectation: Some(ExpectationSummary {
            precision: 0.9973,
            recall: 0.9412,
            prior: 4.2e-5,
            u: 1.1e-7,
            curve: vec![ExpectedAt {
                threshold: 0.9,
                links: 3_900,
                precision: 0.999,
                recall: 0.91,
                probability: 0.98,
            }],
            method:
                "the number of false links is estimated from what records within each file have in common"
                    .to_owned(),
        }),
        histogram: histogram(0.68),
        links_histogram: histogram(0.84),
        warnings: Vec::new(),
    }
}

#[allow(clippy::unwrap_used, reason = "a helper of tests: a failed step fails the test")]
fn page(report: &LinkReport) -> String {
    render(report).unwrap()
}

#[test]
fn the_sample_says_what_it_should() {
    let page = page(&sample());
    for text in [
        "<title>Linkage report</title>",
        "19,800",
        "10,000 left, 9,800 right",
        "98.0 million",
        "98,000,000",
        "4,012",
        ">57<",
        "accept 0.87</text>",
        "borderline 0.84</text>",
        "99.7%",
        "94.1%",
        "Cancer Registry",
        "names-birth",
        "sha256:6b3a55e0261b",
        "b7d1c2a90f3e4d58",
        "epoch 3",
        "No warnings.",
        "What this report does not contain",
        "<svg viewBox=\"0 0 760",
        "<details>",
        "prefers-color-scheme: dark",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(page.ends_with("</html>\n"));
}

#[test]
fn nothing_is_fetched_and_nothing_runs() {
    let page = page(&sample()).to_lowercase();
    for text in
        ["http", "src=", "href=", "@import", "url(", "<script", "<link", "<iframe", "javascript:", " on"]
    {
        let found = page.match_indices(text).any(|(at, _)| text != " on" || is_handler(&page[at + 1..]));
        assert!(!found, "{text}");
    }
}

/// `onload=` and the like, not the word "one".
fn is_handler(rest: &str) -> bool {
    let name = rest.trim_start_matches(|letter: char| letter.is_ascii_lowercase());
    name.starts_with('=')
}

#[test]
fn other_peoples_text_is_escaped() {
    let evil = "</style></title><script>alert(1)</script><img src=x onerror='a()'>\" & {{ 7 * 7 }}";
    let mut report = sample();
    let clean_tags = page(&report).matches('<').count();
    report.title = evil.to_owned();
    report.generated_by = evil.to_owned();
    report.schema_name = evil.to_owned();
    report.schema_digest = evil.to_owned();
    report.key_id = Some(evil.to_owned());
    report.profile = evil.to_owned();
    report.measure = evil.to_owned();
    report.assignment = evil.to_owned();
    report.thresholds.origin = evil.to_owned();
    report.files[0].name = evil.to_owned();
    report.files[0].custodian = evil.to_owned();
    report.files[0].views[0].name = evil.to_owned();
    report.files[1].name = evil.to_owned();
    report.files[1].custodian = evil.to_owned();
    if let Some(expectation) = &mut report.expectation {
        expectation.method = evil.to_owned();
    }
    let page = page(&report);
    assert!(!page.contains("<script") && !page.contains("<img"));
    assert!(page.contains("&lt;script&gt;"));
    assert!(page.contains("{{ 7 * 7 }}"));
    assert_eq!(page.matches('<').count(), clean_tags, "values add no tags");
}

#[test]
fn warnings_are_listed_and_escaped() {
    let mut report = sample();
    report.warnings = vec!["a file has no records".to_owned(), "<b>look</b>".to_owned()];
    let page = page(&report);
    assert!(page.contains("<li>a file has no records</li>"));
    assert!(page.contains("&lt;b&gt;look"));
    assert!(!page.contains("No warnings."));
}

#[test]
fn without_histograms_there_is_no_chart() {
    let mut report = sample();
    report.histogram = Vec::new();
    report.links_histogram = vec![0; 200];
    let page = page(&report);
    assert!(page.contains("There are no links to draw."));
    assert!(!page.contains("<figure>") && !page.contains("<details>"));
}

#[test]
fn links_alone_are_drawn_without_candidates() {
    let mut report = sample();
    report.histogram = Vec::new();
    let page = page(&report);
    assert!(page.contains("class=\"link\"") && !page.contains("class=\"candidate\""));
    assert!(!page.contains("candidate links"));
}

#[test]
fn histograms_of_different_bins_are_refused() {
    let mut report = sample();
    report.histogram.pop();
    assert!(matches!(render(&report), Err(ReportError::Bins { candidates: 199, links: 200 })));
}

#[test]
fn one_file_is_linked_with_itself() {
    let mut report = sample();
    report.files.truncate(1);
    let page = page(&report);
    assert!(page.contains("linked with itself") && page.contains("in one file"));
    assert_eq!(page.matches("<caption>").count(), 1);
    assert!(!page.contains("Right ·"));
}

#[test]
fn zeros_and_gaps_give_a_page() {
    let mut report = sample();
    report.files[0] = FileSummary { views: vec![view("names", 0, f64::NAN)], ..file("empty", "", 0) };
    report.files.truncate(1);
    report.files.push(FileSummary { views: Vec::new(), ..file("", "nobody", 0) });
    (report.compared, report.candidates, report.matches, report.borderline) = (0, 0, 0, 0);
    report.schema_digest = String::new();
    (report.key_id, report.epoch, report.expectation) = (None, None, None);
    report.thresholds = ThresholdSummary { accept: 0.8, borderline: 0.8, origin: "schema".to_owned() };
    (report.histogram, report.links_histogram) = (Vec::new(), Vec::new());
    let page = page(&report);
    assert!(!page.contains("NaN") && !page.contains("inf%"));
    assert!(page.contains("No precision and recall were estimated"));
    assert!(page.contains("no borderline class"));
    assert!(page.contains("No views."));
    assert!(!page.contains("epoch"));
}

#[test]
fn sealed_symbols_are_said_instead_of_views() {
    let mut report = sample();
    let sampled = Some(SampledPairs { pairs: 2_000, found: 1_999 });
    report.profile = "hardened".to_owned();
    report.symbols =
        Some(SymbolSummary { per_record: 384, bits: 64, positions: 48, least_common: 2, sampled });
    report.files[0].views.clear();
    let page = page(&report);
    for text in [
        "<td class=\"n\">384</td>",
        "a number of 64 bits",
        "Symbols joined",
        "97,995,690 pairs</td>",
        "seals 48 positions",
        "if it has at least 2 common symbols",
        "found 1,999 of its 2,000 pairs",
        "(&gt; 99.9%)",
        "sets of sealed symbols",
        "3 links would be matches, but another record is about as similar",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("No views.") && !page.contains("Fill") && !page.contains("household"));
    assert!(page.contains("were suppressed") && !page.contains("which records are similar"));
    report.files.truncate(1);
    let within = self::page(&report);
    assert!(within.contains("which records are similar") && !within.contains("were suppressed"));
}

#[test]
fn a_sample_without_pairs_gives_no_share() {
    let mut report = sample();
    let sampled = Some(SampledPairs { pairs: 0, found: 0 });
    report.symbols =
        Some(SymbolSummary { per_record: 384, bits: 64, positions: 48, least_common: 1, sampled });
    assert!(!page(&report).contains("A sample of records"));
}

#[test]
fn many_to_many_gets_its_caveat() {
    let mut report = sample();
    assert!(!page(&report).contains("Links were written many-to-many here"));
    report.assignment = "many-to-many".to_owned();
    assert!(page(&report).contains("Links were written many-to-many here"));
}

#[test]
fn equal_reports_give_equal_bytes() {
    assert_eq!(page(&sample()), page(&sample()));
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
