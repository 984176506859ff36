//! `mizuhiki evaluate privacy`: encodes people as custodians would, and attacks the files.

use std::path::Path;

use mizuhiki_columnar::{Format, ReadOptions, Source, TableReader};
use mizuhiki_custodian::{EncodeJob, Encoder, IdPolicy, encode_predictably, is_id_header};
use mizuhiki_evaluate::{
    Finding, JapanSpec, Measured, PeopleFile, PeopleIds, PrivacyJob, PrivacyResult, Rates, Verdict,
    evaluate_privacy, laboratory_key, laboratory_run, make_english, make_japan,
};
use mizuhiki_exchange::CustodianId;
use mizuhiki_files::{ScratchFolder, Target};
use mizuhiki_schema::{LinkageSchema, SchemaBody};

use crate::args::privacy::Privacy;
use crate::commands::schema::read_usable_schema;
use crate::progress::{Progress, grouped};
use crate::say::{BeyondLimits, Say, UsageError};

/// Tables of people, with the column of their ids.
struct People {
    left: (Source, String),
    right: Option<(Source, String)>,
    truth: Option<Source>,
    options: ReadOptions,
}

pub(super) fn run(privacy: Privacy, say: &Say) -> anyhow::Result<()> {
    let schema = read_usable_schema(&privacy.schema)?;
    let folder = ScratchFolder::create()?;
    let progress = Progress::new("attacks");
    let people = match &privacy.data {
        Some(data) => own_people(&privacy, data)?,
        None => synthetic_people(&privacy, &schema, folder.path())?,
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
        only: privacy.attack,
        left: tokens(&people.left, "left")?,
        right: people.right.as_ref().map(|right| tokens(right, "right")).transpose()?,
        truth: people.truth,
    };
    let result = evaluate_privacy(&job, &|attack, share| progress.update_of(attack, 0, Some(share)))?;
    drop(progress);
    say.result(&result, &describe(&result), false);
    let beyond: Vec<&str> = result.exceeding().map(|finding| finding.attack).collect();
    if beyond.is_empty() {
        return Ok(());
    }
    let mut names = beyond.clone();
    names.dedup();
    let text = format!("{} results are beyond the limits: {}", beyond.len(), names.join("; "));
    Err(BeyondLimits(text).into())
}

fn own_people(privacy: &Privacy, data: &str) -> anyhow::Result<People> {
    if data == "-" || privacy.other.as_deref() == Some("-") {
        return Err(UsageError("people are read from files, because they are read twice".to_owned()).into());
    }
    let options = privacy.reading.options();
    let table = |path: &str| -> anyhow::Result<(Source, String)> {
        let source = Source::from_argument(path);
        let reader = TableReader::open(&source, &options)?;
        let found = privacy
            .id_column
            .clone()
            .or_else(|| reader.columns().iter().find(|column| is_id_header(column)).cloned());
        let column = found.ok_or_else(|| {
            UsageError(format!("{path}: no column is named like a record id; name it with --id-column"))
        })?;
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
    let pack = match schema.body() {
        SchemaBody::Tokens(body) => body.pack.as_str(),
        SchemaBody::Clkhash(_) => "en-Latn",
    };
    let (id_column, holders) = match pack {
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

fn describe(result: &PrivacyResult) -> String {
    let partner = result.partner_people.map_or_else(String::new, |people| {
        format!(
            ", and of another file with {} people, {} of them in both",
            grouped(people as u64),
            grouped(result.linked as u64)
        )
    });
    let mut text = format!(
        "{} ({}), {} people{partner}; seed {}\n",
        result.schema,
        result.profile,
        grouped(result.people as u64),
        result.seed
    );
    let mut attacker = None;
    for finding in &result.findings {
        if attacker != Some(finding.attacker) {
            attacker = Some(finding.attacker);
            text.push_str(&format!("\nattacker with {}\n", finding.attacker.has()));
        }
        text.push_str(&line(finding));
    }
    if !result.left_out.is_empty() {
        text.push_str(&format!("\nnot in this tier: {}\n", result.left_out.join("; ")));
    }
    text.push_str(&format!("\nnot tried: {}\n", result.not_tried.join("; ")));
    text.push_str(&format!(
        "whoever has the linkage key tries {} people per second per thread of this machine\n",
        grouped(result.tries_per_second as u64)
    ));
    let exceeding = result.exceeding().count();
    text.push_str(&match exceeding {
        0 => "no result is beyond the limits\n".to_owned(),
        count => format!("{count} results are beyond the limits\n"),
    });
    text
}

fn line(finding: &Finding) -> String {
    let control = finding.control.as_ref().map_or_else(
        || "no control".to_owned(),
        |control| format!("control {} (needs {:.3})", share(control), finding.control_needs),
    );
    let word = finding.verdict.word();
    let Some(result) = &finding.result else {
        return format!("  {word:<13} {}: nothing to work on; {control}\n", finding.attack);
    };
    let limit = finding.limit.map_or_else(String::new, |limit| format!(", limit {limit:.5}"));
    let control = if finding.verdict == Verdict::Disclosed { String::new() } else { format!("; {control}") };
    format!(
        "  {word:<13} {}, {}: {} of {} [{:.5}, {:.5}], chance {:.5}{limit}{control}\n",
        finding.attack,
        result.setting,
        share(result),
        grouped(result.trials),
        result.found.low,
        result.found.high,
        result.chance
    )
}

fn share(measured: &Measured) -> String {
    format!("{:.5}", measured.found.value)
}
