//! Confirmation (`protocols/06-confirm.md`).

use mizuhiki_confirm::{
    AuthorityKeyId, Batch, CheckedHeader, CiphertextsHeader, Circuit, Commitment, CustodianLedger,
    DocumentKind, DocumentReader, DocumentWriter, Filters, Hash, Header, Hex, Ledger, MasksHeader,
    OpenedHeader, PartyKey, PublicHeader, Reason, Rule, Seal, SealedHeader, Ticket, TicketsHeader, binding,
    key_id, tree,
};
use mizuhiki_encode::{ConfirmEncoder, LinkageKey};
use mizuhiki_exchange::{CustodianId, Task};
use mizuhiki_schema::LinkageSchema;
use serde_json::Value;

use crate::{cases, hex, list, number, text};

#[test]
fn schemas() {
    for case in cases("confirm/schema.json") {
        let parsed = LinkageSchema::parse(text(&case, "document"));
        match case["faults"].as_array() {
            None => {
                let schema = parsed.unwrap_or_else(|error| panic!("{}: {error}", case["name"]));
                assert_eq!(schema.digest().to_string(), text(&case, "digest"), "{}", case["name"]);
                let digest = Rule::of_schema(&schema).map(|rule| Hash::from(rule.digest()).to_string());
                assert_eq!(digest.as_deref(), case["rule"].as_str(), "{}", case["name"]);
            }
            Some(faults) => {
                let error = parsed.expect_err(text(&case, "name"));
                let found: Vec<&str> = error.faults().iter().map(|fault| fault.path.as_str()).collect();
                let expected: Vec<&str> = faults.iter().filter_map(Value::as_str).collect();
                assert_eq!(found, expected, "{}", case["name"]);
            }
        }
    }
}

#[test]
fn rules() {
    for case in cases("confirm/rules.json") {
        let schema = LinkageSchema::parse(text(&case, "schema")).unwrap();
        let written: Value = serde_json::from_str(text(&case, "schema")).unwrap();
        assert_eq!(written["confirm"]["rule"], case["confirm"]["rule"], "{}", case["name"]);
        let rule = Rule::of_schema(&schema).unwrap();
        assert_eq!(Hash::from(rule.digest()).to_string(), text(&case, "digest"), "{}", case["name"]);
        let circuit = Circuit::new(rule.clone()).unwrap();
        let sizes = (rule.bits(), circuit.slots(), circuit.rows());
        assert_eq!(sizes, (number(&case, "bits"), number(&case, "slots"), number(&case, "rows")));
        for (at, pair) in list(&case, "pairs").iter().enumerate() {
            let filters = |side: &str| Filters::new(&rule, hex(text(pair, side))).unwrap();
            let (left, right) = (filters("left"), filters("right"));
            let score = rule.score(&left, &right);
            assert_eq!(Some(score), pair["score"].as_i64(), "{} pair {at}", case["name"]);
            assert_eq!(Some(score >= 0), pair["accept"].as_bool(), "{} pair {at}", case["name"]);
            let bits: String = circuit.right(&right).bits().iter().map(|bit| bit.to_string()).collect();
            assert_eq!(bits, text(pair, "right_bits"), "{} pair {at}", case["name"]);
            if let Some(rows) = pair["left_rows"].as_array() {
                let input = circuit.left(&left);
                let found: Vec<Value> = input.rows().map(|row| row.to_vec().into()).collect();
                assert_eq!(&found, rows, "{} pair {at}", case["name"]);
            }
        }
    }
}

#[test]
fn filters() {
    for case in cases("confirm/filters.json") {
        let schema = LinkageSchema::parse(text(&case, "schema")).unwrap();
        let key = LinkageKey::from_bytes(&hex(text(&case, "key"))).unwrap();
        let run = crate::run(&case, Task::Link);
        let custodian = CustodianId::new(text(&case, "custodian")).unwrap();
        let encoder = ConfirmEncoder::new(&schema, &key, &run, &custodian).unwrap().unwrap();
        assert_eq!(encoder.signing_seed().to_vec(), hex(text(&case, "signing_seed")), "{}", case["name"]);
        let columns: Vec<&str> = list(&case, "columns").iter().filter_map(Value::as_str).collect();
        let values: Vec<&str> = list(&case, "values").iter().filter_map(Value::as_str).collect();
        let place = |column: &String| columns.iter().position(|other| other == column);
        let value = |column: usize| place(&encoder.columns()[column]).map_or("", |at| values[at]);
        let rows = encoder.worker().encode(1, &value).unwrap().rows;
        let expected = list(&case, "rows");
        assert_eq!(rows.len(), expected.len(), "{}", case["name"]);
        for (row, expected) in rows.iter().zip(expected) {
            assert_eq!(row.filters.to_vec(), hex(text(expected, "filters")), "{}", case["name"]);
            if schema.symbols().is_none() {
                let digest = Commitment::row_digest(row.tokens.iter().map(Option::as_deref));
                assert_eq!(digest.to_string(), text(expected, "row_digest"), "{}", case["name"]);
            }
        }
        for pick in case["picks"].as_array().into_iter().flatten() {
            let mut symbol = [0; 8];
            let bytes = hex(text(pick, "symbol"));
            symbol[..bytes.len()].copy_from_slice(&bytes);
            let wide = u64::from_be_bytes(symbol);
            let found = rows.iter().position(|row| row.symbols.binary_search(&wide).is_ok());
            assert_eq!(found.map(|row| row as u64), pick["row"].as_u64(), "{}", case["name"]);
        }
    }
}

#[test]
fn tickets() {
    for case in cases("confirm/tickets.json") {
        if case["batch"].is_null() {
            if let Some(token) = case["token"].as_str() {
                let digest = Commitment::row_digest(std::iter::once(Some(hex(token).as_slice())));
                assert_eq!(case["rows"], serde_json::json!([digest.to_string()]), "{}", case["name"]);
            }
            let rows: Vec<Hash> =
                list(&case, "rows").iter().map(|row| Hash::parse(row.as_str().unwrap()).unwrap()).collect();
            let key = AuthorityKeyId::parse(text(&case, "key_id")).unwrap();
            let custodian = text(&case, "custodian");
            let salt = Hash::parse(text(&case, "salt")).unwrap();
            let commitment = Commitment::new(key, (custodian, salt), &rows, number(&case, "row"));
            assert_eq!(commitment.record.to_string(), text(&case, "record"), "{}", case["name"]);
            assert_eq!(commitment.row.to_string(), text(&case, "commitment"), "{}", case["name"]);
            let found = commitment.find(key, (custodian, salt), &rows).map(|row| rows[row]);
            assert_eq!(found, Some(rows[number(&case, "row")]), "{}", case["name"]);
            continue;
        }
        let tickets: Vec<Ticket> = list(&case, "tickets")
            .iter()
            .map(|ticket| Ticket::from_bytes(&hex(ticket.as_str().unwrap()).try_into().unwrap()))
            .collect();
        assert_eq!(tree(&tickets).to_string(), text(&case, "root"), "{}", case["name"]);
        let batch: Batch = serde_json::from_value(case["batch"].clone()).unwrap();
        assert_eq!(batch.digest().to_string(), text(&case, "digest"), "{}", case["name"]);
        assert_eq!(batch.root.to_string(), text(&case, "root"), "{}", case["name"]);
    }
}

/// Reads a document, writes it again, and compares it with all members of the case.
fn document<H: Header>(case: &Value) -> Seal {
    let bytes = hex(text(case, "document"));
    let mut input = DocumentReader::<_, H>::new(bytes.as_slice()).unwrap();
    let body = input.read_body(1 << 20).unwrap();
    let (header, seal) = input.finish().unwrap_or_else(|error| panic!("{}: {error}", case["name"]));
    assert_eq!(body, hex(text(case, "body")), "{}", case["name"]);
    assert_eq!(seal.header, text(case, "header"), "{}", case["name"]);
    assert_eq!(seal.digest(H::KIND).to_string(), text(case, "digest"), "{}", case["name"]);
    let key = PartyKey::from_seed(&crate::key(text(case, "seed")));
    assert_eq!(key.id().0.to_string(), text(case, "signer"), "{}", case["name"]);
    assert_eq!(key.id().fingerprint(), text(case, "fingerprint"), "{}", case["name"]);
    let mut out = DocumentWriter::new(Vec::new(), &header, &key).unwrap();
    out.write(&body).unwrap();
    let (written, _) = out.finish().unwrap();
    assert_eq!(written, bytes, "{}", case["name"]);
    seal
}

#[test]
fn documents() {
    for case in cases("confirm/documents.json") {
        match number(&case, "kind") {
            1 => {
                let seal = document::<PublicHeader>(&case);
                assert_eq!(key_id(&seal).to_string(), text(&case, "key_id"), "{}", case["name"]);
            }
            4 => drop(document::<TicketsHeader>(&case)),
            6 => drop(document::<CiphertextsHeader>(&case)),
            7 => {
                let seal = document::<SealedHeader>(&case);
                let header = seal.verify::<SealedHeader>().unwrap();
                for approval in [&header.left, &header.right] {
                    approval.verify::<CiphertextsHeader>().unwrap();
                }
                assert_eq!(seal.digest(DocumentKind::Sealed).to_string(), text(&case, "digest"));
                assert_eq!(header.binding().to_string(), text(&case, "binding"), "{}", case["name"]);
            }
            8 => drop(document::<OpenedHeader>(&case)),
            9 => drop(document::<MasksHeader>(&case)),
            10 => {
                let seal = document::<CheckedHeader>(&case);
                let header = seal.verify::<CheckedHeader>().unwrap();
                let made_of = binding(header.batch, header.key_id, &header.left, &header.right);
                assert_eq!(made_of.to_string(), text(&case, "binding"), "{}", case["name"]);
            }
            kind => panic!("{}: kind {kind}", case["name"]),
        }
    }
}

#[test]
fn logs() {
    for case in cases("confirm/logs.json") {
        let key = AuthorityKeyId::parse(text(&case, "key_id")).unwrap();
        let log = text(&case, "log");
        // The policy of the first line, except in the case in which it was changed.
        let policy = log.lines().next().and_then(|line| {
            let line: Value = serde_json::from_str(line).ok()?;
            serde_json::from_value(line["event"]["key"]["policy"].clone()).ok()
        });
        match Ledger::read(log.as_bytes(), key, policy.unwrap_or_default()) {
            Ok((ledger, _)) => {
                assert_eq!(case["good"], Value::Bool(true), "{}", case["name"]);
                assert_eq!(ledger.lines(), number(&case, "lines") as u64, "{}", case["name"]);
                assert_eq!(ledger.openings(), number(&case, "openings") as u64, "{}", case["name"]);
                assert_eq!(ledger.head().to_string(), text(&case, "head"), "{}", case["name"]);
            }
            Err(error) => {
                assert_eq!(case["good"], Value::Bool(false), "{}: {error}", case["name"]);
                match (error.reason(), case["bad_line"].as_u64()) {
                    (Some(Reason::Chain { line }), Some(expected)) => {
                        assert_eq!(*line, expected, "{}", case["name"]);
                    }
                    (Some(Reason::Key { .. }), None) => {}
                    (reason, expected) => panic!("{}: {reason:?}, line {expected:?}", case["name"]),
                }
            }
        }
    }
    // A key's log begins with the first line of the vectors.
    let fresh = &cases("confirm/logs.json")[0];
    let line: Value = serde_json::from_str(text(fresh, "log").trim_end()).unwrap();
    let policy = serde_json::from_value(line["event"]["key"]["policy"].clone()).unwrap();
    let key = Hex::parse(text(fresh, "key_id")).unwrap();
    assert_eq!(Ledger::first_line(key, policy, line["time"].as_u64().unwrap()), text(fresh, "log"));
}

#[test]
fn ledgers() {
    for case in cases("confirm/ledgers.json") {
        let key = LinkageKey::from_bytes(&hex(text(&case, "linkage_key"))).unwrap();
        let custodian = text(&case, "custodian");
        for (id, mark) in list(&case, "ids").iter().zip(list(&case, "marks")) {
            let found = Hash::from(key.ledger_mark(custodian, id.as_str().unwrap()));
            assert_eq!(found.to_string(), mark.as_str().unwrap(), "{}", case["name"]);
        }
        match CustodianLedger::read(text(&case, "log").as_bytes()) {
            Ok((ledger, _)) => {
                assert_eq!(case["good"], Value::Bool(true), "{}", case["name"]);
                assert_eq!(ledger.approved(), number(&case, "approved") as u64, "{}", case["name"]);
            }
            Err(error) => assert_eq!(case["good"], Value::Bool(false), "{}: {error}", case["name"]),
        }
    }
}
