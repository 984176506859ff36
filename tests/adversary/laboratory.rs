//! The attacks of `mizuhiki evaluate privacy` on files as sent: each works on its control, and none on sealed symbols.

use std::path::Path;

use mizuhiki_columnar::{Format, ReadOptions, Source};
use mizuhiki_custodian::{EncodeJob, IdPolicy, encode_predictably};
use mizuhiki_evaluate::{
    AttackFinding, Attacker, JapanSpec, PeopleFile, PeopleIds, PrivacyJob, PrivacyResult, Rates, Tier,
    Verdict, evaluate_privacy, laboratory_key, laboratory_run, make_japan,
};
use mizuhiki_exchange::CustodianId;
use mizuhiki_files::Target;
use mizuhiki_schema::LinkageSchema;

use crate::symbols::kit::{KANJI, plain_schema};

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

fn attacked(schema: &LinkageSchema) -> PrivacyResult {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let spec = JapanSpec {
        people: PEOPLE,
        seed: SEED,
        rates: Rates::default(),
        municipality: None,
        format: Format::Csv,
    };
    make_japan(&spec, folder, &|_, _| {}).unwrap();
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
        ("dictionary with the key", 0.99),
    ] {
        let finding = result.findings.iter().find(|finding| finding.attack == name).unwrap();
        let shown = finding.control.as_ref().or(finding.result.as_ref()).unwrap();
        assert!(shown.found.value >= least, "{name}: {} on its control", shown.found.value);
    }
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
