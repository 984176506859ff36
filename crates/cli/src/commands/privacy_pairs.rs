//! `mizuhiki evaluate privacy` with an audit schema: encodes both sides of links for two runs, and attacks the files.

use mizuhiki_columnar::Source;
use mizuhiki_custodian::{HandleSource, PairEncoder, PairJob, encode_pairs};
use mizuhiki_evaluate::{
    PairFile, PairPrivacyJob, PrivacyResult, evaluate_pair_privacy, laboratory_key, laboratory_pair_runs,
    write_laboratory_links,
};
use mizuhiki_exchange::{CustodianId, Run, Side};
use mizuhiki_files::{ScratchFolder, Target};
use mizuhiki_schema::{AttackLimits, AuditSchema};

use crate::args::privacy::Privacy;
use crate::commands::privacy_people::{Columns, Evaluated, People, own_people, synthetic_people};
use crate::progress::Progress;
use crate::say::UsageError;

/// Attacks pair tokens of an audit.
pub(super) fn attack_pairs(privacy: &Privacy, schema: &AuditSchema) -> anyhow::Result<PrivacyResult> {
    let folder = ScratchFolder::create()?;
    let path = |name: &str| folder.path().join(name);
    let progress = Progress::new("attacks");
    let key = laboratory_key(privacy.seed)?;
    let runs = laboratory_pair_runs();
    let people = match &privacy.data {
        Some(data) => own_people(privacy, data)?,
        None => {
            let encoder = PairEncoder::new(schema, &key, &runs[0], ("left", Side::Left))?;
            let columns = Columns {
                locale: schema.body().pack.clone(),
                names: encoder.columns().to_vec(),
                groups: encoder.column_groups(),
            };
            synthetic_people(privacy, (Evaluated::Audit, &columns), folder.path())?
        }
    };
    let People { left, right: Some(right), pairs: Some(pairs), options } = people else {
        let problem =
            "pair tokens are made of two tables and the links between them: add --other and --truth";
        return Err(UsageError(problem.to_owned()).into());
    };
    let links = path("laboratory-links.csv");
    write_laboratory_links(&pairs, &Target::Path(links.clone()))?;
    let links = Source::Path(links);
    let encoded = |(table, id_column): &(Source, String), side: Side| -> anyhow::Result<PairFile> {
        let record = match side {
            Side::Left => "left_id",
            Side::Right => "right_id",
        };
        let tokens = |run: &Run| -> anyhow::Result<Source> {
            let output = path(&format!("{}-{}.pairs.arrow", side.name(), run.name.as_str()));
            let job = PairJob {
                input: table.clone(),
                options: options.clone(),
                schema,
                key: &key,
                output: Target::Path(output.clone()),
                custodian: CustodianId::new(side.name())?,
                run: run.clone(),
                side,
                handles: HandleSource::Links {
                    links: links.clone(),
                    handle: "handle".to_owned(),
                    record: record.to_owned(),
                    id: id_column.clone(),
                },
                labels: Vec::new(),
                number_column: None,
                threads: 1,
            };
            encode_pairs(job, &|_, _| ())?;
            Ok(Source::Path(output))
        };
        Ok(PairFile {
            table: table.clone(),
            options: options.clone(),
            id_column: id_column.clone(),
            tokens: tokens(&runs[0])?,
            again: tokens(&runs[1])?,
        })
    };
    let job = PairPrivacyJob {
        schema,
        seed: privacy.seed,
        tier: privacy.tier.tier(),
        limits: AttackLimits::default(),
        only: privacy.attack.clone(),
        left: encoded(&left, Side::Left)?,
        right: encoded(&right, Side::Right)?,
        links,
    };
    Ok(evaluate_pair_privacy(&job, &|attack, share| progress.update_of(attack, 0, Some(share)))?)
}
