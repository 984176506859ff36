//! Pair tokens (`protocols/03-tokens.md` §12) and audits (`protocols/05-audit.md`).

use mizuhiki_encode::{Decoys, LinkageKey, PairEncoder, PairWorker};
use mizuhiki_exchange::{Hypothesis, RecordIds, Side, Task};
use mizuhiki_match::audit::{
    Correction, Hints, Model, NonMatchCounts, PairComparison, Patterns, Sharing, grade, shift_runs,
};
use mizuhiki_schema::AuditSchema;
use serde_json::Value;

use crate::{cases, hex, list, number, text};

fn encoder(case: &Value) -> (AuditSchema, PairEncoder) {
    let schema =
        AuditSchema::parse(text(case, "schema")).unwrap_or_else(|error| panic!("{}: {error}", case["name"]));
    let key = LinkageKey::from_bytes(&hex(text(case, "linkage_key"))).unwrap();
    let side = Side::from_name(text(case, "side")).unwrap();
    let of = (text(case, "custodian"), side);
    let encoder = PairEncoder::new(&schema, &key, &crate::run(case, Task::Audit), of).unwrap();
    (schema, encoder)
}

fn read(worker: &mut PairWorker<'_>, encoder: &PairEncoder, columns: &Value) {
    let columns: Vec<&str> =
        encoder.columns().iter().map(|column| columns[column].as_str().unwrap_or_default()).collect();
    worker.read(1, &|column| columns[column]).unwrap();
}

#[test]
fn rows() {
    for case in cases("tokens/pair-rows.json") {
        let (schema, encoder) = encoder(&case);
        let mut worker = encoder.worker();
        read(&mut worker, &encoder, &case["columns"]);
        let mut row = Vec::new();
        if case["decoy"] == Value::Bool(true) {
            worker.seal_decoy(text(&case, "handle"), &mut row);
        } else {
            worker.seal(text(&case, "handle"), &|_| None, &mut row);
        }
        let layout = encoder.layout();
        assert_eq!(row.len(), layout.row_bytes(), "{}", case["name"]);
        let expected = hex(text(&case["expected"], "row"));
        for (comparison, place) in schema.body().comparisons.iter().zip(&layout.comparisons) {
            assert_eq!(row[place.range()], expected[place.range()], "{}: {}", case["name"], comparison.name);
        }
        assert_eq!(expected.len(), layout.neighbours_start(), "{}", case["name"]);
    }
}

#[test]
fn files() {
    for case in cases("tokens/pair-files.json") {
        let (_, encoder) = encoder(&case);
        let given = list(&case, "rows");
        let mut handles = RecordIds::default();
        given.iter().for_each(|row| handles.push(text(row, "handle")).unwrap());
        let order = handles.ranking();
        let mut sorted = RecordIds::default();
        order.iter().for_each(|&row| sorted.push(handles.get(row as usize)).unwrap());
        let layout = encoder.layout();
        let expected = list(&case["expected"], "rows");
        assert_eq!(expected.len(), given.len(), "{}", case["name"]);
        let mut worker = encoder.worker();
        for (place, (&row, expected)) in order.iter().zip(expected).enumerate() {
            let row = &given[row as usize];
            read(&mut worker, &encoder, &row["columns"]);
            let neighbor = |offset: isize| {
                let at = usize::try_from(place as isize + offset).ok().filter(|at| *at < sorted.len());
                at.map(|at| sorted.get(at))
            };
            let mut sealed = Vec::new();
            worker.seal(text(row, "handle"), &neighbor, &mut sealed);
            assert_eq!(text(row, "handle"), text(expected, "handle"), "{}", case["name"]);
            let tags = &sealed[layout.neighbours_start()..];
            assert_eq!(tags, hex(text(expected, "neighbours")), "{}: {}", case["name"], expected["handle"]);
            let record = text(row, "record");
            let shared = given.iter().filter(|other| text(other, "record") == record).count() > 1;
            let mark = shared.then(|| encoder.shared(record).to_vec());
            assert_eq!(
                mark,
                expected["shared"].as_str().map(hex),
                "{}: {}",
                case["name"],
                expected["handle"]
            );
        }
        let decoys = Decoys::draw(&encoder, text(&case, "custodian"), &sorted);
        let found: Vec<(String, String)> = decoys
            .handles()
            .into_iter()
            .map(|handle| {
                let of = (0..sorted.len() as u32).find(|of| decoys.under(*of) == Some(handle)).unwrap();
                let record = text(&given[order[of as usize] as usize], "record");
                (sorted.get(handle as usize).to_owned(), record.to_owned())
            })
            .collect();
        let expected: Vec<(String, String)> = list(&case["expected"], "decoys")
            .iter()
            .map(|decoy| (text(decoy, "handle").to_owned(), text(decoy, "record").to_owned()))
            .collect();
        assert_eq!(found, expected, "{}", case["name"]);
    }
}

#[test]
fn outcomes() {
    for case in cases("audit/outcomes.json") {
        let schema = AuditSchema::parse(text(&case, "schema")).unwrap();
        let comparison = PairComparison::new(&schema);
        let at =
            schema.body().comparisons.iter().position(|of| of.name == text(&case, "comparison")).unwrap();
        let row = |side: Side| {
            let layout = comparison.layout(side);
            let mut row = vec![0; layout.row_bytes()];
            row[layout.comparisons[at].range()].copy_from_slice(&hex(text(&case, side.name())));
            row
        };
        let vector = comparison.compare(&row(Side::Left), &row(Side::Right));
        let outcome = comparison.outcomes()[at].outcome(vector[at]);
        let found = outcome.name();
        assert_eq!(found, text(&case, "outcome"), "{}", case["name"]);
        assert_eq!(usize::from(vector[at]), number(&case, "number"), "{}", case["name"]);
    }
}

#[test]
fn documents() {
    for case in cases("schema/audit.json") {
        match (AuditSchema::parse(text(&case, "document")), case["digest"].as_str()) {
            (Ok(schema), Some(digest)) => assert_eq!(schema.digest().to_string(), digest, "{}", case["name"]),
            (Err(error), None) => {
                let paths: Vec<&str> = error.faults().iter().map(|fault| fault.path.as_str()).collect();
                let expected: Vec<&str> =
                    list(&case, "faults").iter().map(|path| path.as_str().unwrap()).collect();
                assert_eq!(paths, expected, "{}", case["name"]);
            }
            // Kinds, levels and packs are checked by the locale pack.
            (Ok(schema), None) => {
                let error = PairEncoder::check(&schema).expect_err(text(&case, "name")).to_string();
                let path = list(&case, "faults")[0].as_str().unwrap();
                assert!(error.starts_with(&format!("{path}:")), "{}: {error}", case["name"]);
            }
            (Err(error), Some(_)) => panic!("{}: {error}", case["name"]),
        }
    }
}

/// Equal within a relative error of 10⁻⁶, or an absolute one near 0.
fn close(found: f64, expected: &Value) -> bool {
    let expected = expected.as_f64().unwrap();
    (found - expected).abs() <= 1e-6 * expected.abs().max(1.0)
}

fn vector(outcomes: &Value) -> [u8; 16] {
    let mut vector = [0; 16];
    for (place, outcome) in vector.iter_mut().zip(outcomes.as_array().unwrap()) {
        *place = outcome.as_u64().unwrap() as u8;
    }
    vector
}

#[test]
fn grades() {
    for case in cases("audit/grading.json") {
        let name = text(&case, "name");
        let schema = AuditSchema::parse(text(&case, "schema")).unwrap();
        let comparison = PairComparison::new(&schema);
        let (mut links, mut non_matches) = (Patterns::default(), NonMatchCounts::new(&comparison));
        let hints = |link: &Value| {
            let sharing = |at: usize| match link["hints"][at].as_bool() {
                Some(true) => Sharing::Beside,
                Some(false) => Sharing::Alone,
                None => Sharing::Open,
            };
            let near_number = link["hints"][2].as_bool().unwrap();
            Hints { shared_left: sharing(0), shared_right: sharing(1), near_number }
        };
        for link in list(&case, "links") {
            for _ in 0..number(link, "count") {
                links.add(vector(&link["outcomes"]), hints(link));
            }
        }
        for pair in list(&case, "strangers") {
            (0..number(pair, "count")).for_each(|_| non_matches.add(&vector(&pair["outcomes"])));
        }
        let model = Model::fit(&schema, &links, &non_matches);
        let expected = &case["expected"];
        assert_eq!(model.rounds(), number(expected, "rounds"), "{name}");
        for (hypothesis, share) in Hypothesis::ALL.into_iter().zip(model.shares()) {
            assert!(close(*share, &expected["shares"][hypothesis.name()]), "{name}: {}", hypothesis.name());
        }
        for (link, expected) in list(&case, "links").iter().zip(list(expected, "grades")) {
            let grade = grade(&schema, &model, &vector(&link["outcomes"]), hints(link));
            let at = format!("{name}: {link} {grade:?} {expected}");
            assert!(close(grade.probability, &expected["probability"]), "{at}");
            assert!(close(grade.weight_bits, &expected["weight_bits"]), "{at}");
            assert!(close(grade.class_probability, &expected["class_probability"]), "{at}");
            assert!(close(grade.hint_bits, &expected["hint_bits"]), "{at}");
            assert_eq!(grade.class.name(), text(expected, "class"), "{at}");
            assert_eq!(grade.hypotheses.0.name(), text(expected, "right"), "{at}");
            assert_eq!(grade.hypotheses.1.name(), text(expected, "wrong"), "{at}");
            let evidence = list(expected, "evidence");
            assert_eq!(grade.evidence.len(), evidence.len(), "{at}");
            assert!(
                grade.evidence.iter().zip(evidence).all(|(found, expected)| close(*found, expected)),
                "{at}"
            );
        }
    }
}

#[test]
fn shifts() {
    for case in cases("audit/shifts.json") {
        let hits: Vec<(u32, f64)> = list(&case, "hits")
            .iter()
            .map(|hit| (hit[0].as_u64().unwrap() as u32, hit[1].as_f64().unwrap()))
            .collect();
        let expected: Vec<(u32, u32, u32)> = list(&case, "runs")
            .iter()
            .map(|run| [0, 1, 2].map(|at| run[at].as_u64().unwrap() as u32).into())
            .collect();
        assert_eq!(shift_runs(&hits), expected, "{}", case["name"]);
    }
}

#[test]
fn feedback() {
    for case in cases("audit/feedback.json") {
        let verdicts: Vec<(f64, bool)> = list(&case, "verdicts")
            .iter()
            .map(|verdict| (verdict[0].as_f64().unwrap(), verdict[1].as_bool().unwrap()))
            .collect();
        let found = Correction::fit(&verdicts);
        assert!(
            close(found.intercept, &case["intercept"]) && close(found.slope, &case["slope"]),
            "{} {found:?}",
            case["name"]
        );
    }
}
