//! `mizuhiki encode`.

use std::path::Path;

use mizuhiki_columnar::Source;
use mizuhiki_custodian::{
    BlockingReport, EncodeJob, EncodeSummary, IdPolicy, KeyKind, KeySource, SymbolReport, encode_file,
    read_key,
};
use mizuhiki_exchange::{CustodianId, Run, RunName, Task};
use mizuhiki_files::Target;
use mizuhiki_schema::{LinkageSchema, SchemaBody};

use crate::args::encode::{Encode, Purpose};
use crate::commands::check_privacy;
use crate::commands::common::{describe_unreadable, keep_inputs, threads};
use crate::commands::schema::read_usable_schema;
use crate::progress::{Progress, grouped};
use crate::say::{Say, UsageError};

pub(super) fn run(encode: Encode, say: &Say) -> anyhow::Result<()> {
    check_arguments(&encode)?;
    let schema = read_usable_schema(&encode.schema)?;
    warn(&schema, &encode, say);
    let kind = match schema.body() {
        SchemaBody::Clkhash(_) => KeyKind::ClkhashSecret,
        _ => KeyKind::Linkage,
    };
    let (key, warning) = read_key(&KeySource::from_argument(&encode.key), kind)?;
    warning.iter().for_each(|warning| say.warn(warning));
    let custodian = custodian_name(&encode.input, encode.custodian.as_deref())?;
    let run = run_of(&encode, &schema, say)?;
    let progress = Progress::new("records");
    let job = EncodeJob {
        input: Source::from_argument(&encode.input),
        options: encode.reading.options(),
        schema: &schema,
        key: &key,
        output: Target::from_argument(&encode.output),
        custodian,
        run,
        id_column: encode.id_column.clone(),
        ids: if encode.keep_ids {
            IdPolicy::Keep
        } else {
            IdPolicy::Random { map: encode.id_map.map(Target::Path) }
        },
        threads: threads(encode.threads),
    };
    let on_progress = |records, share| progress.update(records, share);
    let (summary, privacy) = match encode.check_privacy {
        None => (encode_file(job, &on_progress)?, None),
        Some(tier) => {
            let (summary, privacy) = check_privacy::encode(job, tier, &on_progress)?;
            (summary, Some(privacy))
        }
    };
    drop(progress);
    if summary.symbols.is_some() && encode.run.is_none() && encode.purpose == Purpose::Link {
        say.warn(
            "no --run name: these tokens can be compared with those of every other unnamed run under this schema and \
             key; agree on a name with the other parties, a new one for every linkage",
        );
    }
    summary.warnings.iter().for_each(|warning| say.warn(warning));
    let mut text = describe(&encode.output, &summary);
    privacy.iter().for_each(|privacy| text.push_str(&check_privacy::describe(privacy)));
    let checked = check_privacy::Checked { summary: &summary, privacy: privacy.as_ref() };
    say.result(&checked, &text, encode.output == "-");
    Ok(())
}

/// Refuses arguments that cannot go together.
fn check_arguments(encode: &Encode) -> anyhow::Result<()> {
    if encode.audit.handle_column.is_some() {
        return Err(UsageError(
            "--handle-column is only for --for audit; omit it, or add --for audit".to_owned(),
        )
        .into());
    }
    check_privacy::refuse(encode)?;
    let schema_path = encode.schema.display().to_string();
    let inputs = [encode.input.as_str(), schema_path.as_str(), encode.key.as_str()];
    keep_inputs(&encode.output, &inputs)?;
    let id_map = encode.id_map.as_ref().map(|path| path.display().to_string());
    if let Some(map) = &id_map {
        keep_inputs(map, &inputs)?;
        if *map == encode.output {
            return Err(UsageError(format!("{map}: --id-map and -o are the same file")).into());
        }
    }
    if encode.input == "-" && encode.key == "-" {
        return Err(
            UsageError("the input and the key cannot both come from standard input".to_owned()).into()
        );
    }
    Ok(())
}

/// The purpose of the tokens.
fn run_of(encode: &Encode, schema: &LinkageSchema, say: &Say) -> anyhow::Result<Run> {
    if schema.profile_name() == "clkhash" {
        if encode.run.is_some() || encode.project.is_some() {
            say.warn("--project and --run have no effect: clkhash filters do not depend on them");
        }
        return Ok(Run::default());
    }
    let within = encode.purpose == Purpose::Dedupe && schema.symbols().is_some();
    named_run(encode, if within { Task::Dedupe } else { Task::Link })
}

/// The run of a task, with its names.
pub(super) fn named_run(encode: &Encode, task: Task) -> anyhow::Result<Run> {
    let name = |flag: &str, given: &Option<String>| {
        let name = RunName::new(given.as_deref().unwrap_or_default());
        name.map_err(|error| UsageError(format!("{flag}: {error}")))
    };
    Ok(Run { task, project: name("--project", &encode.project)?, name: name("--run", &encode.run)? })
}

/// A name in a summary; empty if there is none.
pub(super) fn named(what: &str, name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("{what} {name:?}") }
}

/// The name of a custodian: as given, or that of its file without extension.
pub(super) fn custodian_name(input: &str, given: Option<&str>) -> anyhow::Result<CustodianId> {
    let stem = Path::new(input).file_stem().and_then(|stem| stem.to_str());
    let name = given.or_else(|| stem.filter(|_| input != "-")).unwrap_or("standard input");
    CustodianId::new(name).map_err(|error| UsageError(format!("--custodian: {error}")).into())
}

fn warn(schema: &LinkageSchema, encode: &Encode, say: &Say) {
    schema.warnings().iter().for_each(|warning| say.warn(&warning.to_string()));
    if schema.profile_name() == "clkhash" {
        say.warn("anyone who holds a similar file can re-identify nearly every record from clkhash filters; use them for interoperability only");
    } else if !encode.keep_ids && encode.id_map.is_none() {
        say.warn(
            "record ids are random and no --id-map is written: the links cannot be mapped to your records",
        );
    }
}

/// The summary as text.
pub(super) fn describe(output: &str, summary: &EncodeSummary) -> String {
    let mut text = format!(
        "encoded {} records to {output}\nschema {} key {} profile {}\n",
        grouped(summary.records),
        &summary.schema_digest[..16],
        summary.key_id,
        summary.profile
    );
    text.push_str(&format!("{:<28} {:>12} {:>7} {:>9}\n", "view", "records", "fill", "repeated"));
    for view in &summary.views {
        text.push_str(&format!(
            "{:<28} {:>12} {:>7.3} {:>7.2} %\n",
            view.view,
            grouped(view.tokens),
            view.fill,
            view.repeated_share * 100.0
        ));
    }
    if let Some(symbols) = &summary.symbols {
        text.push_str(&describe_symbols(symbols, summary.records));
    }
    if let Some(blocking) = &summary.blocking {
        describe_blocking(blocking, &mut text);
    }
    if let Some(alternatives) = &summary.alternatives {
        text.push_str(&format!(
            "alternatives: {} rows of tokens, {:.2} per record; {} records had more than the schema permits\n",
            grouped(alternatives.rows),
            alternatives.rows as f64 / summary.records.max(1) as f64,
            grouped(alternatives.cut)
        ));
    }
    for issue in &summary.masked {
        text.push_str(&format!("masked {:>12} × {}: {}\n", grouped(issue.count), issue.field, issue.reason));
    }
    describe_unreadable(&summary.unreadable, &mut text);
    text
}

fn describe_symbols(symbols: &SymbolReport, records: u64) -> String {
    let each = |count: u64| count as f64 / records.max(1) as f64;
    let mut text = format!(
        "symbols: {} per record, of which {:.1} real and {:.1} random\n",
        symbols.per_record,
        each(symbols.real - symbols.suppressed),
        symbols.per_record as f64 - each(symbols.real - symbols.suppressed)
    );
    if symbols.suppressed > 0 {
        text.push_str(&format!(
            "suppressed: {} symbols of {} records ({:.2} %), because another record of this file has them, too\n",
            grouped(symbols.suppressed),
            grouped(symbols.records_touched),
            symbols.suppressed as f64 / symbols.real.max(1) as f64 * 100.0
        ));
    }
    if symbols.records_empty > 0 {
        text.push_str(&format!(
            "{} records have no symbol left and cannot be found\n",
            grouped(symbols.records_empty)
        ));
    }
    text
}

fn describe_blocking(blocking: &BlockingReport, text: &mut String) {
    text.push_str(&format!(
        "{:<28} {:>12} {:>9} {:>9} {:>9} {:>9} {:>10} {:>9}\n",
        "blocking pass", "with id", "blocks", "smallest", "median", "largest", "suppressed", "of pairs"
    ));
    for pass in &blocking.passes {
        text.push_str(&format!(
            "{:<28} {:>12} {:>9} {:>9} {:>9} {:>9} {:>10} {:>7.3} %\n",
            pass.pass,
            grouped(pass.records),
            grouped(pass.blocks),
            grouped(pass.smallest),
            grouped(pass.median),
            grouped(pass.largest),
            grouped(pass.rare_records + pass.frequent_records),
            pass.pair_share * 100.0
        ));
    }
    text.push_str(&format!(
        "records with an id, before suppression: {:.2} % in one or more passes, {:.2} % in two or more\n",
        blocking.covered_once * 100.0,
        blocking.covered_twice * 100.0
    ));
}
