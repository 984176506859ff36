//! `mizuhiki encode`.

use std::path::Path;

use mizuhiki_columnar::{Source, Target};
use mizuhiki_custodian::{
    BlockingReport, EncodeJob, EncodeSummary, IdPolicy, KeyKind, KeySource, encode_file, read_key,
};
use mizuhiki_exchange::CustodianId;
use mizuhiki_schema::{LinkageSchema, SchemaBody};

use crate::args::Encode;
use crate::commands::schema::read_usable_schema;
use crate::commands::{describe_unreadable, keep_inputs, threads};
use crate::progress::{Progress, grouped};
use crate::say::{Say, UsageError};

pub(super) fn run(encode: Encode, say: &Say) -> anyhow::Result<()> {
    if encode.audit.handle_column.is_some() {
        return Err(
            UsageError("--handle-column is for --for audit; leave it away, or add that".to_owned()).into()
        );
    }
    let schema_path = encode.schema.display().to_string();
    let inputs = [encode.input.as_str(), schema_path.as_str(), encode.key.as_str()];
    keep_inputs(&encode.output, &inputs)?;
    let id_map = encode.id_map.as_ref().map(|path| path.display().to_string());
    if let Some(map) = &id_map {
        keep_inputs(map, &inputs)?;
        if *map == encode.output {
            return Err(UsageError(format!("{map}: --id-map and -o name one file")).into());
        }
    }
    if encode.input == "-" && encode.key == "-" {
        return Err(
            UsageError("the input and the key cannot both come from standard input".to_owned()).into()
        );
    }
    let schema = read_usable_schema(&encode.schema)?;
    warn(&schema, &encode, say);
    let kind = match schema.body() {
        SchemaBody::Clkhash(_) => KeyKind::ClkhashSecret,
        _ => KeyKind::Linkage,
    };
    let (key, warning) = read_key(&KeySource::from_argument(&encode.key), kind)?;
    warning.iter().for_each(|warning| say.warn(warning));
    let custodian = custodian_name(&encode.input, encode.custodian.as_deref())?;
    let progress = Progress::new("records");
    let job = EncodeJob {
        input: Source::from_argument(&encode.input),
        options: encode.reading.options(),
        schema: &schema,
        key: &key,
        output: Target::from_argument(&encode.output),
        custodian,
        id_column: encode.id_column.clone(),
        ids: if encode.keep_ids {
            IdPolicy::Keep
        } else {
            IdPolicy::Random { map: encode.id_map.map(Target::Path) }
        },
        threads: threads(encode.threads),
    };
    let summary = encode_file(job, &|records, share| progress.update(records, share))?;
    drop(progress);
    summary.warnings.iter().for_each(|warning| say.warn(warning));
    say.result(&summary, &describe(&encode.output, &summary), encode.output == "-");
    Ok(())
}

/// The name of a custodian: as given, or that of its file without extension.
pub(super) fn custodian_name(input: &str, given: Option<&str>) -> anyhow::Result<CustodianId> {
    let stem = Path::new(input).file_stem().and_then(|stem| stem.to_str());
    let name = given.or_else(|| stem.filter(|_| input != "-")).unwrap_or("standard input");
    CustodianId::new(name).map_err(|error| UsageError(format!("--custodian: {error}")).into())
}

fn warn(schema: &LinkageSchema, encode: &Encode, say: &Say) {
    schema.warnings().iter().for_each(|warning| say.warn(&warning.to_string()));
    if matches!(schema.profile_name(), "hardened" | "max-privacy") {
        say.warn(
            "the diffusion of profiles hardened and max-privacy is broken: it is undone from 1,500 tokens in seconds, \
             without a key; treat this file as one of plain filters (protocols/threat-model.md, \"What we found in \
             ourselves\")",
        );
    }
    if schema.profile_name() == "clkhash" {
        say.warn("clkhash filters re-identify nearly every record to anyone who holds a similar file; use them for interoperability only");
    } else if !encode.keep_ids && encode.id_map.is_none() {
        say.warn(
            "record ids are random and no --id-map is written: the links cannot be led back to your records",
        );
    }
}

/// A summary for people.
pub(super) fn describe(output: &str, summary: &EncodeSummary) -> String {
    let mut text = format!(
        "encoded {} records to {output}\nschema {} key {} profile {}\n",
        grouped(summary.records),
        &summary.schema_digest[..16],
        summary.key_id,
        summary.profile
    );
    text.push_str(&format!(
        "{:<28} {:>12} {:>7} {:>16} {:>9}\n",
        "view",
        "tokens",
        "fill",
        format!("Λ({})", grouped(summary.known_pairs)),
        "repeated"
    ));
    for view in &summary.views {
        text.push_str(&format!(
            "{:<28} {:>12} {:>7.3} {:>16.2e} {:>7.2} %\n",
            view.view,
            grouped(view.tokens),
            view.fill,
            view.leak_index,
            view.repeated_share * 100.0
        ));
    }
    if let Some(blocking) = &summary.blocking {
        describe_blocking(blocking, &mut text);
    }
    if let Some(alternatives) = &summary.alternatives {
        text.push_str(&format!(
            "alternatives: {} rows of tokens, {:.2} a record; {} records had more than the schema permits\n",
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

fn describe_blocking(blocking: &BlockingReport, text: &mut String) {
    text.push_str(&format!(
        "{:<28} {:>12} {:>9} {:>9} {:>9} {:>9} {:>10} {:>9}\n",
        "blocking pass", "with id", "blocks", "smallest", "median", "largest", "taken away", "of pairs"
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
        "records with an id, before any was taken away: {:.2} % in one pass or more, {:.2} % in two or more\n",
        blocking.covered_once * 100.0,
        blocking.covered_twice * 100.0
    ));
}
