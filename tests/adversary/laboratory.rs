//! The attacks of `mizuhiki evaluate privacy` on files as sent: each works on its control, and none on sealed symbols.

use std::path::Path;

use mizuhiki_columnar::{Format, ReadOptions, Source};
use mizuhiki_custodian::{EncodeJob, HandleSource, IdPolicy, PairJob, encode_pairs, encode_predictably};
use mizuhiki_evaluate::{
    AttackFinding, Attacker, Goal, JapanSpec, PairFile, PairPrivacyJob, PeopleFile, PeopleIds, PrivacyJob,
    PrivacyResult, Rates, Tier, Verdict, evaluate_pair_privacy, evaluate_privacy, laboratory_key,
    laboratory_pair_runs, laboratory_run, make_japan, write_laboratory_links,
};
use mizuhiki_exchange::{CustodianId, Side};
use mizuhiki_files::Target;
use mizuhiki_schema::{AttackLimits, AuditSchema, LinkageSchema};

use crate::symbols::kit::{KANJI, plain_schema};

const AUDIT_KANJI: &str = include_str!("../../protocols/schema/examples/audit-ja-kanji.json");
const AUDIT_KANA: &str = include_str!("../../protocols/schema/examples/audit-ja-kana.json");

const PEOPLE: u32 = 5_000;
const SEED: u64 = 4;

fn encoded(schema: &LinkageSchema, folder: &Path, table: &str, name: &str) -> PeopleFile {
    let table = Source::Path(folder.join(format!("{table}.csv")));
    let tokens = folder.join(format!("{name}.arrow"));
    let job = EncodeJob {
        input: table.clone(),
        options: ReadOptions::default(),
        schema,
        key: &laboratory_key(SEED).unwrap(),
        output: Target::Path(tokens.clone()),
        custodian: CustodianId::new(name).unwrap(),
        run: laboratory_run(),
        id_column: Some("record_id".to_owned()),
        ids: IdPolicy::Keep,
        threads: 1,
    };
    encode_predictably(job, SEED, &|_, _| ()).unwrap();
    PeopleFile {
        table,
        options: ReadOptions::default(),
        ids: PeopleIds::Column("record_id".to_owned()),
        tokens: Source::Path(tokens),
    }
}

fn people(people: u32, folder: &Path) {
    let rates = Rates::default();
    let spec = JapanSpec { people, seed: SEED, rates, municipality: None, format: Format::Csv };
    make_japan(&spec, folder, &|_, _| {}).unwrap();
}

fn attacked(schema: &LinkageSchema) -> PrivacyResult {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    people(PEOPLE, folder);
    let job = PrivacyJob {
        schema,
        seed: SEED,
        tier: Tier::Quick,
        limits: schema.attack_limits(),
        laboratory_key: true,
        only: Vec::new(),
        left: encoded(schema, folder, "registry", "left"),
        right: Some(encoded(schema, folder, "insurer", "right")),
        truth: Some(Source::Path(folder.join("truth-insurer-registry.csv"))),
    };
    evaluate_privacy(&job, &|_, _| ()).unwrap()
}

#[test]
fn no_attack_of_the_laboratory_works_on_sealed_symbols() {
    let schema = LinkageSchema::parse(KANJI).unwrap();
    let result = attacked(&schema);
    let beyond: Vec<_> = result.exceeding().collect();
    assert!(beyond.is_empty(), "{beyond:#?}");
    // Attacks that found something to work on have shown on their controls that they work. Nearest people have other
    // given names and often another sex, also by filters.
    let not_in_common = |finding: &&AttackFinding| {
        finding.attack == "values of relatives among known people"
            && finding.result.as_ref().is_some_and(|result| {
                result.setting.starts_with("given name,") || result.setting.starts_with("sex,")
            })
    };
    let unproven = result.findings.iter().filter(|finding| finding.verdict == Verdict::Unproven);
    let settings = |finding: &AttackFinding| finding.result.as_ref().map(|result| result.setting.clone());
    let unproven: Vec<_> = unproven
        .filter(|finding| !not_in_common(finding))
        .map(|finding| (finding.attack, settings(finding)))
        .collect();
    assert!(unproven.is_empty(), "fail on their controls: {unproven:?}");
    for (name, least) in [
        ("ridge regression", 0.95),
        ("graph matching by landmarks", 0.95),
        ("co-occurrence of block ids", 0.5),
        ("records of one file that share something", 1.0),
        ("probing: values by made-up records", 0.2),
        ("probing: who is in the other file", 0.99),
        ("dictionary with the key", 0.99),
    ] {
        let finding = result.findings.iter().find(|finding| finding.attack == name).unwrap();
        let shown = finding.control.as_ref().or(finding.result.as_ref()).unwrap();
        assert!(shown.found.value >= least, "{name}: {} on its control", shown.found.value);
    }
    // Two entries read the sex of whoever is known otherwise.
    let sex = result.findings.iter().filter_map(|finding| finding.result.as_ref());
    let sex = sex.filter(|found| found.setting == "sex: 2 entries per person").map(|found| found.found.value);
    assert_eq!(sex.collect::<Vec<_>>(), [1.0]);
    let again = attacked(&schema);
    assert_eq!(again.findings, result.findings, "the same seed gives the same result");
}

#[test]
fn plain_filters_are_beyond_the_limits() {
    let result = attacked(&plain_schema());
    let dictionary = result.findings.iter().find(|finding| finding.attacker == Attacker::KeyHolder).unwrap();
    assert_eq!(dictionary.result.as_ref().unwrap().found.value, 1.0, "the key gives everybody");
    for name in ["ridge regression", "nearest neighbors", "who lives together"] {
        assert!(
            result.exceeding().any(|finding| finding.attack == name),
            "{name}: within limits on plain filters"
        );
    }
}

/// People of an audit.
const AUDITED: u32 = 1_500;

/// Pair tokens of a table of people for both runs.
fn pairs(schema: &AuditSchema, (folder, links): (&Path, &Path), table: &str, side: Side) -> PairFile {
    let table = Source::Path(folder.join(format!("{table}.csv")));
    let [tokens, again] = laboratory_pair_runs().map(|run| {
        let output = folder.join(format!("{}-{}.pairs.arrow", side.name(), run.name.as_str()));
        let record = format!("{}_id", side.name());
        let (handle, id) = ("handle".to_owned(), "record_id".to_owned());
        let job = PairJob {
            input: table.clone(),
            options: ReadOptions::default(),
            schema,
            key: &laboratory_key(SEED).unwrap(),
            output: Target::Path(output.clone()),
            custodian: CustodianId::new(side.name()).unwrap(),
            run,
            side,
            handles: HandleSource::Links { links: Source::Path(links.to_owned()), handle, record, id },
            labels: Vec::new(),
            number_column: None,
            threads: 1,
        };
        encode_pairs(job, &|_, _| ()).unwrap();
        Source::Path(output)
    });
    PairFile { table, options: ReadOptions::default(), id_column: "record_id".to_owned(), tokens, again }
}

/// Attacks on an audit of `left` against the registry; with `one_run`, the second run is the first.
fn audited(schema: &AuditSchema, left: &str, only: &[&str], one_run: bool) -> PrivacyResult {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    people(AUDITED, folder);
    let links = folder.join("laboratory-links.csv");
    let found = Source::Path(folder.join(format!("links-{left}-registry.csv")));
    write_laboratory_links(&found, &Target::Path(links.clone())).unwrap();
    let file = |table: &str, side| {
        let file = pairs(schema, (folder, &links), table, side);
        let again = if one_run { file.tokens.clone() } else { file.again };
        PairFile { again, ..file }
    };
    let job = PairPrivacyJob {
        schema,
        seed: SEED,
        tier: Tier::Quick,
        limits: AttackLimits::default(),
        only: only.iter().map(|name| (*name).to_owned()).collect(),
        left: file(left, Side::Left),
        right: file("registry", Side::Right),
        links: Source::Path(links),
    };
    evaluate_pair_privacy(&job, &|_, _| ()).unwrap()
}

#[test]
fn no_attack_of_the_laboratory_works_on_pair_tokens() {
    for (schema, left) in [(AUDIT_KANJI, "insurer"), (AUDIT_KANA, "bank")] {
        let schema = AuditSchema::parse(schema).unwrap();
        let result = audited(&schema, left, &[], false);
        let beyond: Vec<_> = result.exceeding().collect();
        assert!(beyond.is_empty(), "{beyond:#?}");
        // Each attack works on rows under one handle: on both sides, or between any two runs.
        for (name, least, count) in [
            ("bits of a row that depend on its record", 0.4, 2),
            ("rows of one file that are equal in a window of bytes", 0.99, 2),
            ("rows of one record near each other", 0.9, 2),
            ("lengths of values from sizes of rows", 0.4, 1),
            ("comparisons beyond one link and one run", 0.9, 3),
        ] {
            let of = || result.findings.iter().filter(|finding| finding.attack == name);
            assert_eq!(of().count(), count, "{name}");
            for finding in of() {
                let control = finding.control.as_ref().unwrap();
                assert!(control.found.value >= least, "{name}: {} on its control", control.found.value);
            }
        }
        let is_ridge = |finding: &&AttackFinding| finding.attack.starts_with("ridge regression");
        for finding in result.findings.iter().filter(is_ridge) {
            let (found, control) = (finding.result.as_ref().unwrap(), finding.control.as_ref().unwrap());
            if found.goal == Goal::Reidentification {
                assert!(control.found.value > 0.6, "{}: {}", found.setting, control.found.value);
                assert!(found.found.value < 0.03, "{}: {}", found.setting, found.found.value);
            }
            if found.setting.contains(": sex,") {
                assert!(control.found.value > 0.9, "{}: {}", found.setting, control.found.value);
                assert!((found.found.value - 0.5).abs() < 0.2, "{}: {}", found.setting, found.found.value);
            }
        }
        let disclosed = result.findings.iter().filter(|finding| finding.verdict == Verdict::Disclosed);
        assert_eq!(disclosed.count(), 4, "by comparisons twice, with the key once for each side");
    }
}

#[test]
fn pair_tokens_of_one_run_that_is_used_twice_are_beyond_the_limits() {
    let schema = AuditSchema::parse(AUDIT_KANJI).unwrap();
    let of = |one_run| audited(&schema, "insurer", &["comparisons beyond"], one_run);
    let result = of(true);
    assert_eq!(result.exceeding().count(), 2, "left with right, and right with left");
    assert_eq!(result.findings.len(), 3);
    assert_eq!(result.findings, of(true).findings, "the same seed gives the same result");
    assert_eq!(of(false).exceeding().count(), 0);
}
