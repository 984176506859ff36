//! The page about a grid, and its Markdown.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use mizuhiki_report::{GridReport, GridRow, GridRowFigures, render_grid, render_grid_markdown};

fn row(number: usize, t: usize, figures: Result<GridRowFigures, String>) -> GridRow {
    let fixed = ["hardened", "schema (6)", &t.to_string(), "64", "64", "0.45", "1", "384"];
    GridRow { number, settings: fixed.map(str::to_owned), efficient: number == 2, figures }
}

fn figures(f1: f64, index: f64) -> GridRowFigures {
    GridRowFigures {
        precision: f1,
        recall: f1,
        f1,
        best_f1: f1,
        bytes_per_record: 3_084.0,
        encode_seconds: 1.25,
        link_seconds: 0.5,
        index: Some(index),
        beyond: u64::from(index > 1.0),
        unproven: 7,
        worst: if index > 1.0 { "who <lives> together".to_owned() } else { String::new() },
        shared: Some(0.011),
    }
}

fn report() -> GridReport {
    GridReport {
        name: "names & <places>".to_owned(),
        generated_by: "mizuhiki".to_owned(),
        digest: "ab".repeat(32),
        origin: "10000 synthetic people".to_owned(),
        tier: Some("quick".to_owned()),
        seed: 1,
        rows: vec![
            row(1, 24, Ok(figures(0.99, 47.6))),
            row(2, 40, Ok(figures(0.985, 0.0))),
            row(3, 48, Err("view \"whole\" repeats".to_owned())),
            row(4, 64, Ok(figures(f64::NAN, 0.0))),
        ],
        preferred: Some(2),
        reason: "the smallest tokens".to_owned(),
    }
}

#[test]
fn the_page_shows_every_point_and_the_preferred_one() {
    let page = render_grid(&report()).unwrap();
    assert!(page.contains("Preferred: point 2 (profile hardened, views schema (6), t 40, n 64"), "{page}");
    assert!(page.contains("names &amp; &lt;places&gt;") && !page.contains("<places>"));
    assert!(page.contains("point 3 (profile hardened"), "what did not work is said");
    assert!(page.contains("who &lt;lives&gt; together") && page.contains("47.60"));
    assert!(page.contains("Unproven</th>") && page.contains("<td class=\"n\">7</td>"));
    // A dot for every point with figures, and the limit; only t differs between points.
    assert_eq!(page.matches("<circle class=").count(), 2 + 3);
    assert_eq!(page.matches("<line class=\"limit\"").count(), 1);
    assert!(
        page.contains("<th scope=\"col\" class=\"n\">t</th>") && !page.contains("class=\"n\">profile</th>")
    );
    for pair in ["section", "figure", "table", "svg", "dl", "ul", "tr", "div"] {
        let open = page.matches(&format!("<{pair}>")).count() + page.matches(&format!("<{pair} ")).count();
        assert_eq!(open, page.matches(&format!("</{pair}>")).count(), "{pair}");
    }
}

#[test]
fn markdown_holds_the_same_and_nothing_is_not_a_number() {
    let text = render_grid_markdown(&report());
    assert!(text.contains("| 2 | 40 | 0.9850 |") && text.contains("who &lt;lives&gt; together"), "{text}");
    let page = render_grid(&report()).unwrap();
    assert!(![text, page].iter().any(|text| text.contains("NaN")));
}

#[test]
fn without_attacks_nothing_is_said_about_leakage() {
    let mut report = report();
    report.tier = None;
    for row in &mut report.rows {
        if let Ok(of) = &mut row.figures {
            (of.index, of.shared) = (None, None);
        }
    }
    let page = render_grid(&report).unwrap();
    assert!(page.contains("so nothing is said about leakage") && !page.contains("class=\"limit\""));
    assert!(
        render_grid(&GridReport { rows: Vec::new(), preferred: None, ..report })
            .unwrap()
            .contains("No point could be measured")
    );
}
