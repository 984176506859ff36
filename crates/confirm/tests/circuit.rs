//! The circuit computes the rule, and stays within the ranges declared to back ends.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use mizuhiki_confirm::{Circuit, Filters, Rule, Shape};
use mizuhiki_schema::LinkageSchema;
use proptest::collection::vec;
use proptest::prelude::*;

/// A rule of any kind, as in a schema.
fn confirm() -> impl Strategy<Value = String> {
    let bits = || (8_u32..=32).prop_map(|eighths| 8 * eighths);
    let dice = || (1_u32..=10_000).prop_map(|dice| f64::from(dice) / 1e4);
    let fill = || 0.05..0.6;
    let record = (bits(), dice(), fill()).prop_map(|(bits, dice, fill)| {
        format!(r#"{{"rule":"record","bits":{bits},"dice":{dice},"fill":{fill},"fields":[{{"field":"a"}}]}}"#)
    });
    let field = |(name, text): (usize, String)| format!(r#"{{"field":"{}",{text}}}"#, ["a", "b", "c"][name]);
    let fields = (vec((bits(), 1_u32..=15), 1..=3), dice(), fill()).prop_map(move |(list, dice, fill)| {
        let list = list.into_iter().map(|(bits, weight)| format!(r#""bits":{bits},"weight":{weight}"#));
        let list: Vec<String> = list.enumerate().map(field).collect();
        format!(r#"{{"rule":"fields","dice":{dice},"fill":{fill},"fields":[{}]}}"#, list.join(","))
    });
    let weighed = vec((bits(), dice(), 0_u32..=255, 0_u32..=255), 1..=3);
    let votes = (weighed, -700_i32..=700, fill()).prop_map(move |(list, accept, fill)| {
        let list = list.into_iter().map(|(bits, dice, agree, disagree)| {
            format!(r#""bits":{bits},"dice":{dice},"agree":{agree},"disagree":{disagree}"#)
        });
        let list: Vec<String> = list.enumerate().map(field).collect();
        format!(
            r#"{{"rule":"fellegi-sunter","accept":{accept},"fill":{fill},"fields":[{}]}}"#,
            list.join(",")
        )
    });
    prop_oneof![record, fields, votes]
}

fn rule(confirm: &str) -> Option<Rule> {
    let field =
        |name: &str| format!(r#"{{"name":"{name}","kind":"surname","features":[{{"type":"ngram","n":2}}]}}"#);
    let document = format!(
        r#"{{"format":"mizuhiki-linkage-schema","version":2,"name":"test","profile":"hardened",
            "locale":{{"pack":"en-Latn"}},"fields":[{}],
            "views":[{{"name":"whole","fields":["a","b","c"]}}],"thresholds":{{"accept":0.8,"borderline":0.7}},
            "confirm":{confirm}}}"#,
        ["a", "b", "c"].map(field).join(",")
    );
    // A small filter may be refused because a field would set too few bits.
    let schema = LinkageSchema::parse(&document).ok()?;
    Rule::of_schema(&schema)
}

/// Packed filters with some bits set; `None` if too many are set for the rule.
fn filters(rule: &Rule, bytes: &[u8], sparse: &[u8], keep: bool) -> Option<Filters> {
    let length = rule.bits() / 8;
    let packed = (0..length).map(|at| {
        let byte = bytes[at % bytes.len()] & sparse[at % sparse.len()];
        if keep { byte } else { 0 }
    });
    Filters::new(rule, packed.collect()).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn circuits_compute_their_rules(
        confirm in confirm(),
        left in vec(any::<u8>(), 97..=97),
        right in vec(any::<u8>(), 89..=89),
        common in vec(any::<u8>(), 83..=83),
        keep in (prop::bool::weighted(0.95), prop::bool::weighted(0.95)),
    ) {
        let Some(rule) = rule(&confirm) else { return Ok(()) };
        let (Some(a), Some(b)) = (filters(&rule, &left, &common, keep.0), filters(&rule, &right, &common, keep.1))
        else {
            return Ok(());
        };
        let circuit = Circuit::new(rule.clone()).unwrap();
        let (input, bits) = (circuit.left(&a), circuit.right(&b));
        prop_assert_eq!((input.rows().len(), bits.bits().len()), (circuit.rows(), circuit.slots()));
        prop_assert!(bits.bits().iter().map(|&bit| usize::from(bit)).sum::<usize>() <= circuit.most_ones());
        let product =
            |row: &[i64]| row.iter().zip(bits.bits()).map(|(number, &bit)| number * i64::from(bit)).sum::<i64>();
        let products: Vec<i64> = input.rows().map(product).collect();
        let inside = |value: i64, low: i64, high: i64| value % 2 != 0 && (low..=high).contains(&value);
        let doubled = match circuit.shape() {
            Shape::Threshold(range) => {
                prop_assert!(inside(products[0], range.low, range.high), "{} {range:?}", products[0]);
                products[0]
            }
            Shape::Votes { steps, constant, sum } => {
                let mut total = products[steps.len()] + constant;
                for (product, (range, step)) in products.iter().zip(steps) {
                    prop_assert!(inside(*product, range.low, range.high), "{product} {range:?}");
                    total += if *product > 0 { *step } else { -step };
                }
                prop_assert!(inside(total, sum.low, sum.high), "{total} {sum:?}");
                total
            }
        };
        prop_assert_eq!(doubled, 2 * rule.score(&a, &b) + 1);
    }
}
