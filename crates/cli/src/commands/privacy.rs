//! `mizuhiki evaluate privacy`: encodes people as custodians would, and attacks the files.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use mizuhiki_columnar::{Format, ReadOptions, Source, TableReader};
use mizuhiki_custodian::{EncodeJob, Encoder, IdPolicy, encode_predictably};
use mizuhiki_evaluate::{
    JapanSpec, PeopleFile, PeopleIds, PrivacyJob, PrivacyResult, Rates, evaluate_privacy, laboratory_key,
    laboratory_run, make_english, make_japan, privacy_markdown, privacy_page,
};
use mizuhiki_exchange::CustodianId;
use mizuhiki_files::{Access, ScratchFolder, Target, WriteFile};
use mizuhiki_schema::{LinkageSchema, SchemaBody};

use crate::args::privacy::Privacy;
use crate::commands::common::{id_column, keep_inputs};
use crate::commands::describe_attacks::describe_attacks;
use crate::commands::schema::read_usable_schema;
use crate::progress::Progress;
use crate::say::{BeyondLimits, Say, UsageError};

/// Tables of people, with the column of their ids.
struct People {
    left: (Source, String),
    right: Option<(Source, String)>,
    truth: Option<Source>,
    options: ReadOptions,
}

pub(super) fn run(privacy: &Privacy, say: &Say) -> anyhow::Result<()> {
    let outputs = Outputs::create(privacy)?;
    let schema = read_usable_schema(&privacy.schema)?;
    let folder = ScratchFolder::create()?;
    let progress = Progress::new("attacks");
    let people = match &privacy.data {
        Some(data) => own_people(privacy, data)?,
        None => synthetic_people(privacy, &schema, folder.path())?,
    };
    let tokens = |(table, id_column): &(Source, String), name: &str| -> anyhow::Result<PeopleFile> {
        let output = folder.path().join(format!("{name}.arrow"));
        let key = laboratory_key(privacy.seed)?;
        let job = EncodeJob {
            input: table.clone(),
            options: people.options.clone(),
            schema: &schema,
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
        schema: &schema,
        seed: privacy.seed,
        tier: privacy.tier.tier(),
        limits: schema.attack_limits(),
        laboratory_key: true,
        only: privacy.attack.clone(),
        left: tokens(&people.left, "left")?,
        right: people.right.as_ref().map(|right| tokens(right, "right")).transpose()?,
        truth: people.truth,
    };
    let result = evaluate_privacy(&job, &|attack, share| progress.update_of(attack, 0, Some(share)))?;
    drop(progress);
    say.result(&result, &describe_attacks(&result), false);
    outputs.write(&result, &origin(privacy, &schema))?;
    judge(&result)
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
fn origin(privacy: &Privacy, schema: &LinkageSchema) -> String {
    match (&privacy.data, &privacy.other) {
        (Some(data), Some(other)) => format!("{data} and {other}"),
        (Some(data), None) => data.clone(),
        (None, _) => format!("synthetic people of locale {}; none of them exists", locale(schema)),
    }
}

fn locale(schema: &LinkageSchema) -> &str {
    match schema.body() {
        SchemaBody::Tokens(body) => &body.pack,
        SchemaBody::Clkhash(_) => "en-Latn",
    }
}

fn own_people(privacy: &Privacy, data: &str) -> anyhow::Result<People> {
    if data == "-" || privacy.other.as_deref() == Some("-") {
        return Err(UsageError("people are read from files, because they are read twice".to_owned()).into());
    }
    let options = privacy.reading.options();
    let table = |path: &str| -> anyhow::Result<(Source, String)> {
        let source = Source::from_argument(path);
        let column = id_column(&source, &options, privacy.id_column.as_deref())?;
        Ok((source, column))
    };
    Ok(People {
        left: table(data)?,
        right: privacy.other.as_deref().map(table).transpose()?,
        truth: privacy.truth.as_deref().map(Source::from_argument),
        options,
    })
}

/// Synthetic people of the schema's locale: a registry, and an institution that has the columns of the schema.
fn synthetic_people(privacy: &Privacy, schema: &LinkageSchema, folder: &Path) -> anyhow::Result<People> {
    let (id_column, holders) = match locale(schema) {
        "ja" => {
            let spec = JapanSpec {
                people: privacy.people,
                seed: privacy.seed,
                rates: Rates::default(),
                municipality: None,
                format: Format::Csv,
            };
            make_japan(&spec, folder, &|_, _| ())?;
            ("record_id", ["insurer", "bank", "hospital"].as_slice())
        }
        "en-Latn" => {
            make_english(privacy.people, privacy.seed, folder, Format::Csv)?;
            ("rec_id", ["insurer", "hospital"].as_slice())
        }
        other => {
            let problem =
                format!("there are no synthetic people of locale {other}; give a table with --data");
            return Err(UsageError(problem).into());
        }
    };
    let path = |name: &str| Source::Path(folder.join(format!("{name}.csv")));
    let encoder =
        Encoder::new(schema, &laboratory_key(privacy.seed)?, &laboratory_run(), &CustodianId::new("left")?)?;
    let fits = |holder: &&str| -> bool {
        let columns =
            TableReader::open(&path(holder), &ReadOptions::default()).map(|reader| reader.columns().to_vec());
        let columns = columns.unwrap_or_default();
        let there = |column: &usize| columns.contains(&encoder.columns()[*column]);
        encoder.column_groups().iter().all(|group| group.iter().any(there))
    };
    let no_table = || {
        UsageError(
            "the synthetic tables lack columns of this schema; give your own people with --data".to_owned(),
        )
    };
    if !fits(&"registry") {
        return Err(no_table().into());
    }
    let partner = holders.iter().find(|holder| fits(holder)).ok_or_else(no_table)?;
    Ok(People {
        left: (path("registry"), id_column.to_owned()),
        right: Some((path(partner), id_column.to_owned())),
        truth: Some(path(&format!("truth-{partner}-registry"))),
        options: ReadOptions::default(),
    })
}
