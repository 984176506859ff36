//! `mizuhiki schema`.

use std::io::{Read as _, Write as _};
use std::path::Path;

use anyhow::Context as _;
use mizuhiki_columnar::{ReadOptions, Source};
use mizuhiki_custodian::{Encoder, PairEncoder, Proposal, propose_audit_schema, propose_schema};
use mizuhiki_exchange::{PairLayout, Side};
use mizuhiki_files::{Access, Target, WriteFile};
use mizuhiki_schema::{
    AuditSchema, Draw, Input, InputColumn, LinkageSchema, MAX_SCHEMA_BYTES, SchemaBody, SchemaError, Take,
};
use serde_json::json;

use crate::args::encode::Purpose;
use crate::args::tools::Schema;
use crate::commands::common::keep_inputs;
use crate::say::Say;

pub(super) fn run(schema: Schema, say: &Say) -> anyhow::Result<()> {
    match schema {
        Schema::Init { purpose, input, output, encoding } => init(purpose, &input, &output, encoding, say),
        Schema::Check { file } => check(&file, say),
        Schema::Digest { file } => {
            let text = read_text(&file)?;
            let digest = if AuditSchema::names_itself(&text) {
                let parsed = AuditSchema::parse(&text);
                parsed.map_err(|error| faults(&file, "not an audit schema", &error))?.digest()
            } else {
                read_schema(&file)?.digest()
            }
            .to_string();
            say.result(&json!({ "file": file.display().to_string(), "digest": digest }), &digest, false);
            Ok(())
        }
    }
}

/// Reads and checks a linkage schema.
pub(super) fn read_schema(path: &Path) -> anyhow::Result<LinkageSchema> {
    LinkageSchema::parse(&read_text(path)?).map_err(|error| faults(path, "not a linkage schema", &error))
}

/// Whether a document says that it is an audit schema; whoever reads it as one finds what is wrong with it.
pub(super) fn is_audit_schema(path: &Path) -> anyhow::Result<bool> {
    let document: Result<serde_json::Value, _> = serde_json::from_str(&read_text(path)?);
    Ok(document.is_ok_and(|document| document["format"] == "mizuhiki-audit-schema"))
}

/// Reads an audit schema and checks that this build can encode with it.
pub(super) fn read_audit_schema(path: &Path) -> anyhow::Result<AuditSchema> {
    let schema =
        AuditSchema::parse(&read_text(path)?).map_err(|error| faults(path, "not an audit schema", &error))?;
    PairEncoder::check(&schema)
        .map_err(|error| anyhow::anyhow!("{}: not usable\n  {error}", path.display()))?;
    Ok(schema)
}

fn faults(path: &Path, what: &str, error: &SchemaError) -> anyhow::Error {
    let faults: Vec<String> = error.faults().iter().map(|fault| format!("  {fault}")).collect();
    anyhow::anyhow!("{}: {what}\n{}", path.display(), faults.join("\n"))
}

/// The text of a schema file.
fn read_text(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    let file = std::fs::File::open(path).with_context(|| format!("{name}: cannot open the schema"))?;
    let mut bytes = Vec::new();
    // One byte more than the limit, so that the reader of the text sees the excess.
    let limit = MAX_SCHEMA_BYTES as u64 + 1;
    file.take(limit).read_to_end(&mut bytes).with_context(|| format!("{name}: cannot read the schema"))?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| anyhow::anyhow!("{name}: the schema is not UTF-8 text; save it as UTF-8"))?;
    Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text).to_owned())
}

/// As [`read_schema`], and checks that this build can encode with it.
pub(super) fn read_usable_schema(path: &Path) -> anyhow::Result<LinkageSchema> {
    let schema = read_schema(path)?;
    Encoder::check(&schema).map_err(|error| anyhow::anyhow!("{}: not usable\n  {error}", path.display()))?;
    Ok(schema)
}

fn init(
    purpose: Purpose,
    input: &str,
    output: &str,
    encoding: Option<String>,
    say: &Say,
) -> anyhow::Result<()> {
    keep_inputs(output, &[input])?;
    // A sample skips values that cannot be read; `encode` lists them.
    let (source, options) = (Source::from_argument(input), ReadOptions { encoding, mask_unreadable: true });
    let Proposal { schema: text, left_out } = match purpose {
        Purpose::Link | Purpose::Dedupe => propose_schema(&source, &options)?,
        Purpose::Audit => propose_audit_schema(&source, &options)?,
    };
    if !left_out.is_empty() {
        let columns: Vec<String> = left_out.iter().map(usize::to_string).collect();
        say.warn(&format!(
            "columns that the schema does not use, by number: {}; their content is unknown, or another column has it",
            columns.join(", ")
        ));
    }
    // A proposed schema must be valid.
    let not_valid = "internal error: the proposed schema is not valid";
    let digest = match purpose {
        Purpose::Link | Purpose::Dedupe => LinkageSchema::parse(&text).context(not_valid)?.digest(),
        Purpose::Audit => AuditSchema::parse(&text).context(not_valid)?.digest(),
    };
    let target = Target::from_argument(output);
    let mut file = WriteFile::create(&target, Access::Shared)?;
    file.write_all(text.as_bytes()).with_context(|| format!("{}: cannot write", target.name()))?;
    file.commit()?;
    if output != "-" {
        let value = json!({ "file": output, "digest": digest.to_string() });
        let check = match purpose {
            Purpose::Link | Purpose::Dedupe => "Check fields, weights and views",
            Purpose::Audit => "Check comparisons, roles and the columns of the other side",
        };
        let text = format!(
            "wrote {output}\ndigest {digest}\n{check}, then agree on the file with the other parties."
        );
        say.result(&value, &text, false);
    }
    Ok(())
}

fn check(path: &Path, say: &Say) -> anyhow::Result<()> {
    if AuditSchema::names_itself(&read_text(path)?) {
        return check_audit(path, say);
    }
    let schema = read_usable_schema(path)?;
    let warnings: Vec<String> = schema.warnings().iter().map(ToString::to_string).collect();
    let thresholds = schema.thresholds();
    let fields: Vec<&str> = match schema.body() {
        SchemaBody::Tokens(body) => body.fields.iter().map(|field| field.name.as_str()).collect(),
        SchemaBody::Clkhash(body) => {
            body.features.iter().map(|feature| feature.identifier.as_str()).collect()
        }
    };
    let inputs: Vec<String> = match schema.body() {
        SchemaBody::Tokens(body) => {
            body.inputs.iter().filter(|input| input.columns.len() > 1).map(describe_input).collect()
        }
        _ => Vec::new(),
    };
    let symbols = schema.symbols().map(|symbols| {
        json!({
            "per_view": symbols.per_view, "positions": symbols.positions, "bits": symbols.bits,
            "draw": if symbols.draw == Draw::Plain { "plain" } else { "stratified" },
            "per_record": symbols.per_record, "population": symbols.population,
        })
    });
    let value = json!({
        "file": path.display().to_string(), "name": schema.name(), "profile": schema.profile_name(),
        "digest": schema.digest().to_string(), "fields": fields, "inputs": inputs, "views": schema.view_names(),
        "blocking_passes": schema.pass_names(), "symbols": symbols,
        "token_bytes": schema.token_bytes(), "accept": thresholds.accept().get(),
        "borderline": thresholds.borderline().get(), "warnings": warnings,
    });
    let passes = schema.pass_names();
    let text = format!(
        "{}: good\nname       {}\nprofile    {}\ndigest     {}\nfields     {}{}\nviews      {}\ntokens     {}\nsearch     {}\nthresholds match ≥ {}, borderline ≥ {}",
        path.display(),
        schema.name(),
        schema.profile_name(),
        schema.digest(),
        fields.join(", "),
        inputs.iter().map(|input| format!("\ninput      {input}")).collect::<String>(),
        schema.view_names().join(", "),
        describe_tokens(&schema),
        match schema.symbols() {
            Some(_) => "pairs with common symbols".to_owned(),
            None if passes.is_empty() => "every pair is compared".to_owned(),
            None => format!("blocking passes {}", passes.join(", ")),
        },
        thresholds.accept().get(),
        thresholds.borderline().get(),
    );
    say.result(&value, &text, false);
    warnings.iter().for_each(|warning| say.warn(warning));
    Ok(())
}

/// Description of a record's token.
fn describe_tokens(schema: &LinkageSchema) -> String {
    match schema.symbols() {
        Some(symbols) => format!(
            "{} sealed symbols of {} bits per record, {} per view of {} positions each; for up to {} people",
            symbols.per_record, symbols.bits, symbols.per_view, symbols.positions, symbols.population
        ),
        None => format!("a filter of {} bits per view", schema.filter_bits()),
    }
}

fn check_audit(path: &Path, say: &Say) -> anyhow::Result<()> {
    let schema = read_audit_schema(path)?;
    let body = schema.body();
    let searched: Vec<&str> = body
        .comparisons
        .iter()
        .zip(&body.searched)
        .filter(|(_, searched)| **searched)
        .map(|(comparison, _)| comparison.name.as_str())
        .collect();
    let inputs: Vec<String> =
        body.inputs.iter().filter(|input| input.columns.len() > 1).map(describe_input).collect();
    let [left, right] = [Side::Left, Side::Right].map(|side| PairLayout::new(&schema, side).row_bytes());
    let comparisons: Vec<String> = body
        .comparisons
        .iter()
        .map(|comparison| {
            format!("{} ({}: {})", comparison.name, comparison.role.name(), comparison.levels.join(", "))
        })
        .collect();
    let value = json!({
        "file": path.display().to_string(), "name": body.name, "digest": schema.digest().to_string(),
        "comparisons": body.comparisons.iter().map(|comparison| comparison.name.as_str()).collect::<Vec<_>>(),
        "inputs": inputs, "searched": searched, "row_bytes": { "left": left, "right": right },
    });
    let text = format!(
        "{}: good\nname        {}\ndigest      {}\n{}{}\nsearched    {}\nbytes       {left} per left row, {right} per right row",
        path.display(),
        body.name,
        schema.digest(),
        comparisons
            .iter()
            .map(|comparison| format!("comparison  {comparison}"))
            .collect::<Vec<_>>()
            .join("\n"),
        inputs.iter().map(|input| format!("\ninput       {input}")).collect::<String>(),
        if searched.is_empty() { "by nothing that is compared".to_owned() } else { searched.join(", ") },
    );
    say.result(&value, &text, false);
    if searched.len() == body.comparisons.len() {
        say.warn(
            "all comparisons are marked as searched: no link can be distinguished from a namesake's, and every correct \
             one is insufficient; also compare something else, such as an address",
        );
    }
    Ok(())
}

/// An input of several columns, as text.
fn describe_input(input: &Input) -> String {
    let column = |column: &InputColumn| match column.readings {
        Some(readings) => format!("{} (up to {} readings)", column.column, readings.most),
        None => column.column.clone(),
    };
    let columns: Vec<String> = input.columns.iter().map(column).collect();
    let take = match input.take {
        Take::All => "every value present",
        _ => "the first value present",
    };
    format!("{}: {} of {}", input.name, take, columns.join(", "))
}
