//! `mizuhiki evaluate privacy`: encodes people as custodians would, and attacks the files.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use mizuhiki_columnar::Source;
use mizuhiki_custodian::{EncodeJob, Encoder, IdPolicy, encode_predictably};
use mizuhiki_evaluate::{
    PeopleFile, PeopleIds, PrivacyJob, PrivacyResult, evaluate_privacy, laboratory_key, laboratory_run,
    privacy_markdown, privacy_page,
};
use mizuhiki_exchange::CustodianId;
use mizuhiki_files::{Access, ScratchFolder, Target, WriteFile};
use mizuhiki_schema::{LinkageSchema, SchemaBody};

use crate::args::privacy::Privacy;
use crate::commands::common::keep_inputs;
use crate::commands::describe_attacks::describe_attacks;
use crate::commands::privacy_pairs::attack_pairs;
use crate::commands::privacy_people::{Columns, Evaluated, own_people, synthetic_people};
use crate::commands::schema::{is_audit_schema, read_audit_schema, read_usable_schema};
use crate::progress::Progress;
use crate::say::{BeyondLimits, Say, UsageError};

pub(super) fn run(privacy: &Privacy, say: &Say) -> anyhow::Result<()> {
    let outputs = Outputs::create(privacy)?;
    let (result, locale) = if is_audit_schema(&privacy.schema)? {
        let schema = read_audit_schema(&privacy.schema)?;
        (attack_pairs(privacy, &schema)?, schema.body().pack.clone())
    } else {
        let schema = read_usable_schema(&privacy.schema)?;
        (attack_tokens(privacy, &schema)?, locale(&schema).to_owned())
    };
    say.result(&result, &describe_attacks(&result), false);
    outputs.write(&result, &origin(privacy, &locale))?;
    judge(&result)
}

/// Attacks token files of a linkage.
fn attack_tokens(privacy: &Privacy, schema: &LinkageSchema) -> anyhow::Result<PrivacyResult> {
    let folder = ScratchFolder::create()?;
    let progress = Progress::new("attacks");
    let people = match &privacy.data {
        Some(data) => own_people(privacy, data)?,
        None => {
            let key = laboratory_key(privacy.seed)?;
            let encoder = Encoder::new(schema, &key, &laboratory_run(), &CustodianId::new("left")?)?;
            let columns = Columns {
                locale: locale(schema).to_owned(),
                names: encoder.columns().to_vec(),
                groups: encoder.column_groups(),
            };
            synthetic_people(privacy, (Evaluated::Linkage, &columns), folder.path())?
        }
    };
    let tokens = |(table, id_column): &(Source, String), name: &str| -> anyhow::Result<PeopleFile> {
        let output = folder.path().join(format!("{name}.arrow"));
        let key = laboratory_key(privacy.seed)?;
        let job = EncodeJob {
            input: table.clone(),
            options: people.options.clone(),
            schema,
            key: &key,
            output: Target::Path(output.clone()),
            custodian: CustodianId::new(name)?,
            run: laboratory_run(),
            id_column: Some(id_column.clone()),
            ids: IdPolicy::Keep,
            threads: 1,
        };
        encode_predictably(job, privacy.seed, &|_, _| ())?;
        Ok(PeopleFile {
            table: table.clone(),
            options: people.options.clone(),
            ids: PeopleIds::Column(id_column.clone()),
            tokens: Source::Path(output),
        })
    };
    let job = PrivacyJob {
        schema,
        seed: privacy.seed,
        tier: privacy.tier.tier(),
        limits: schema.attack_limits(),
        laboratory_key: true,
        only: privacy.attack.clone(),
        left: tokens(&people.left, "left")?,
        right: people.right.as_ref().map(|right| tokens(right, "right")).transpose()?,
        truth: people.pairs,
    };
    Ok(evaluate_privacy(&job, &|attack, share| progress.update_of(attack, 0, Some(share)))?)
}

/// An error that names the attacks beyond the limits.
fn judge(result: &PrivacyResult) -> anyhow::Result<()> {
    let beyond: Vec<&str> = result.exceeding().map(|finding| finding.attack).collect();
    if beyond.is_empty() {
        return Ok(());
    }
    let mut names = beyond.clone();
    names.dedup();
    let count = match beyond.len() {
        1 => "1 result is".to_owned(),
        several => format!("{several} results are"),
    };
    Err(BeyondLimits(format!("{count} beyond the limits: {}", names.join("; "))).into())
}

/// The report and its Markdown, opened before the attacks are run: a folder that cannot be written to is found at
/// once.
struct Outputs {
    report: Option<WriteFile>,
    markdown: Option<WriteFile>,
}

impl Outputs {
    fn create(privacy: &Privacy) -> anyhow::Result<Self> {
        let schema = privacy.schema.display().to_string();
        let tables = [&privacy.data, &privacy.other, &privacy.truth].into_iter().flatten();
        let inputs: Vec<&str> = std::iter::once(schema.as_str()).chain(tables.map(String::as_str)).collect();
        let outputs = [&privacy.report, &privacy.markdown];
        for output in outputs.into_iter().flatten() {
            keep_inputs(&output.display().to_string(), &inputs)?;
        }
        if privacy.report.is_some() && privacy.report == privacy.markdown {
            let problem = "--report and --markdown name the same file".to_owned();
            return Err(UsageError(problem).into());
        }
        let create = |path: &Option<PathBuf>| {
            path.clone().map(|path| WriteFile::create(&Target::Path(path), Access::Shared)).transpose()
        };
        Ok(Self { report: create(&privacy.report)?, markdown: create(&privacy.markdown)? })
    }

    fn write(self, result: &PrivacyResult, origin: &str) -> anyhow::Result<()> {
        let page = self.report.map(|file| Ok::<_, anyhow::Error>((file, privacy_page(result, origin)?)));
        let text = self.markdown.map(|file| (file, privacy_markdown(result, origin)));
        for (mut file, text) in page.transpose()?.into_iter().chain(text) {
            file.write_all(text.as_bytes()).with_context(|| format!("{}: cannot write", file.name()))?;
            file.commit()?;
        }
        Ok(())
    }
}

/// Where the people come from, as reports say it.
fn origin(privacy: &Privacy, locale: &str) -> String {
    match (&privacy.data, &privacy.other) {
        (Some(data), Some(other)) => format!("{data} and {other}"),
        (Some(data), None) => data.clone(),
        (None, _) => format!("synthetic people of locale {locale}; none of them exists"),
    }
}

fn locale(schema: &LinkageSchema) -> &str {
    match schema.body() {
        SchemaBody::Tokens(body) => &body.pack,
        SchemaBody::Clkhash(_) => "en-Latn",
    }
}
