//! Reused handles: rows of another run, project, epoch or purpose cannot be compared.

use mizuhiki_exchange::Outcome;
use mizuhiki_exchange::{Run, Side};
use mizuhiki_match::audit::PairComparison;
use mizuhiki_schema::AuditSchema;

use super::pairs_kit::{KANJI, POPULATION, encoder, named, sealed};

const LINKS: usize = 2_000;

/// Number of comparisons with an outcome other than missing, of a registry's records with themselves under
/// row numbers as handles: left rows of one schema and run, right rows of another.
fn evidence(left: (&str, &Run), right: (&str, &Run)) -> usize {
    let table = &POPULATION.registry;
    let [a, b] =
        [(left, Side::Left), (right, Side::Right)].map(|((schema, run), side)| encoder(schema, side, run));
    let (mut of_left, mut of_right) = (a.worker(), b.worker());
    let comparison = PairComparison::new(&AuditSchema::parse(KANJI).unwrap());
    let mut found = 0;
    for row in 0..LINKS {
        let handle = row.to_string();
        let vector = comparison.compare(
            &sealed(&mut of_left, &a, (table, row), &handle),
            &sealed(&mut of_right, &b, (table, row), &handle),
        );
        let outcomes = comparison.outcomes().iter().zip(vector);
        found += outcomes.filter(|(of, number)| of.outcome(*number) != Outcome::Missing).count();
    }
    found
}

#[test]
fn a_handle_that_is_used_again_in_another_run_compares_with_nothing() {
    let (first, second) = (named("p", "2026"), named("p", "2027"));
    let control = evidence((KANJI, &first), (KANJI, &first));
    assert!(control > 5 * LINKS, "within one run: {control} comparisons");
    // Chance: 2,000 links of seven comparisons, 2⁻²⁴ each.
    assert_eq!(evidence((KANJI, &first), (KANJI, &second)), 0, "another run");
    assert_eq!(evidence((KANJI, &first), (KANJI, &named("q", "2026"))), 0, "another project");
    // Names are not just concatenated: "p" and "2026" differ from "p2026" and "".
    assert_eq!(evidence((KANJI, &first), (KANJI, &named("p2026", ""))), 0, "names joined otherwise");
    let epoch = KANJI.replacen("\"version\": 2,", "\"version\": 2, \"epoch\": 2,", 1);
    assert_eq!(evidence((KANJI, &first), (&epoch, &first)), 0, "another epoch");
}

/// An epoch reused in another run does not give the keys of the first.
#[test]
fn an_epoch_that_is_used_again_in_another_run_compares_with_nothing() {
    let epoch = KANJI.replacen("\"version\": 2,", "\"version\": 2, \"epoch\": 7,", 1);
    assert_eq!(evidence((&epoch, &named("p", "a")), (&epoch, &named("p", "b"))), 0);
    assert!(evidence((&epoch, &named("p", "a")), (&epoch, &named("p", "a"))) > 5 * LINKS);
}

#[test]
fn key_ids_do_not_tell_that_two_projects_have_one_key() {
    let id = |project: &str, run: &str| encoder(KANJI, Side::Left, &named(project, run)).key_id();
    let ids = [id("p", "a"), id("p", "b"), id("q", "a"), id("", "")];
    assert!((1..ids.len()).all(|at| !ids[..at].contains(&ids[at])));
    assert_eq!(id("p", "a"), id("p", "a"));
}
