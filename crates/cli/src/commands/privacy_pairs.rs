//! `mizuhiki evaluate privacy` with an audit schema: encodes both sides of links for two runs, and attacks the files.

use std::path::Path;

use mizuhiki_columnar::{ReadOptions, Source};
use mizuhiki_custodian::{HandleSource, LinkageKey, PairEncoder, PairJob, encode_pairs};
use mizuhiki_evaluate::{
    PairFile, PairPrivacyJob, PrivacyResult, evaluate_pair_privacy, laboratory_key, laboratory_pair_runs,
    write_laboratory_links,
};
use mizuhiki_exchange::{CustodianId, Side};
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
    let people = match &privacy.data {
        Some(data) => own_people(privacy, data)?,
        None => {
            let encoder = PairEncoder::new(schema, &key, &laboratory_pair_runs()[0], ("left", Side::Left))?;
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
    let sides = Sides { schema, key: &key, links: &links, options: &options, folder: folder.path() };
    let job = PairPrivacyJob {
        schema,
        seed: privacy.seed,
        tier: privacy.tier.tier(),
        limits: AttackLimits::default(),
        only: privacy.attack.clone(),
        left: sides.encoded(&left, Side::Left)?,
        right: sides.encoded(&right, Side::Right)?,
        links: links.clone(),
    };
    Ok(evaluate_pair_privacy(&job, &|attack, share| progress.update_of(attack, 0, Some(share)))?)
}

/// What the pair tokens of both sides have in common.
struct Sides<'s> {
    schema: &'s AuditSchema,
    key: &'s LinkageKey,
    links: &'s Source,
    options: &'s ReadOptions,
    folder: &'s Path,
}

impl Sides<'_> {
    /// Encodes a table of people for both runs.
    fn encoded(&self, (table, id_column): &(Source, String), side: Side) -> anyhow::Result<PairFile> {
        let [tokens, again] = laboratory_pair_runs().map(|run| -> anyhow::Result<Source> {
            let name = format!("{}-{}.pairs.arrow", side.name(), run.name.as_str());
            let output = self.folder.join(name);
            let job = PairJob {
                input: table.clone(),
                options: self.options.clone(),
                schema: self.schema,
                key: self.key,
                output: Target::Path(output.clone()),
                custodian: CustodianId::new(side.name())?,
                run,
                side,
                handles: HandleSource::Links {
                    links: self.links.clone(),
                    handle: "handle".to_owned(),
                    record: format!("{}_id", side.name()),
                    id: id_column.clone(),
                },
                labels: Vec::new(),
                number_column: None,
                threads: 1,
            };
            encode_pairs(job, &|_, _| ())?;
            Ok(Source::Path(output))
        });
        Ok(PairFile {
            table: table.clone(),
            options: self.options.clone(),
            id_column: id_column.clone(),
            tokens: tokens?,
            again: again?,
        })
    }
}
