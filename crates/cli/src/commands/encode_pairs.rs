//! `mizuhiki encode --for audit`.

use mizuhiki_columnar::Source;
use mizuhiki_custodian::{HandleSource, KeyKind, KeySource, PairJob, PairSummary, encode_pairs, read_key};
use mizuhiki_exchange::{Side, Task};
use mizuhiki_files::Target;

use crate::args::encode::{Encode, LinkSide};
use crate::commands::check_privacy;
use crate::commands::common::{describe_unreadable, keep_inputs, threads};
use crate::commands::encode::{custodian_name, named, named_run};
use crate::commands::schema::read_audit_schema;
use crate::progress::{Progress, grouped};
use crate::say::{Say, UsageError};

pub(super) fn run(encode: &Encode, say: &Say) -> anyhow::Result<()> {
    check_privacy::refuse(encode)?;
    let schema_path = encode.schema.display().to_string();
    let links = encode.audit.links.as_deref();
    let inputs: Vec<&str> =
        [encode.input.as_str(), schema_path.as_str(), encode.key.as_str()].into_iter().chain(links).collect();
    keep_inputs(&encode.output, &inputs)?;
    if encode.input == "-" || links == Some("-") {
        let problem =
            "an audit reads the people twice: give people and links as files, not as standard input";
        return Err(UsageError(problem.to_owned()).into());
    }
    if encode.keep_ids || encode.id_map.is_some() {
        let problem = "--keep-ids and --id-map are for linkage: pair tokens have handles and no record ids";
        return Err(UsageError(problem.to_owned()).into());
    }
    let schema = read_audit_schema(&encode.schema)?;
    let (key, warning) = read_key(&KeySource::from_argument(&encode.key), KeyKind::Linkage)?;
    warning.iter().for_each(|warning| say.warn(warning));
    let job = PairJob {
        input: Source::from_argument(&encode.input),
        options: encode.reading.options(),
        schema: &schema,
        key: &key,
        output: Target::from_argument(&encode.output),
        custodian: custodian_name(&encode.input, encode.custodian.as_deref())?,
        run: named_run(encode, Task::Audit)?,
        side: side(encode)?,
        handles: handles(encode)?,
        labels: encode.audit.label.clone(),
        number_column: encode.audit.number_column.clone(),
        threads: threads(encode.threads),
    };
    if encode.run.is_none() {
        say.warn(
            "no --run name: rows of a handle that is used again under this key and schema can be compared with \
             these; agree on a name with the other side, a new one for every audit",
        );
    }
    let progress = Progress::new("records");
    let summary = encode_pairs(job, &|records, share| progress.update(records, share))?;
    drop(progress);
    summary.warnings.iter().for_each(|warning| say.warn(warning));
    say.result(&summary, &describe(&encode.output, &summary), encode.output == "-");
    Ok(())
}

fn handles(encode: &Encode) -> anyhow::Result<HandleSource> {
    let audit = &encode.audit;
    let Some(handle) = audit.handle_column.clone() else {
        let problem =
            "--for audit needs --handle-column: the column of the links' handles, which both sides have";
        return Err(UsageError(problem.to_owned()).into());
    };
    Ok(match (&audit.links, &audit.link_column) {
        (Some(links), Some(record)) => HandleSource::Links {
            links: Source::from_argument(links),
            handle,
            record: record.clone(),
            id: encode.id_column.clone().unwrap_or_else(|| "record_id".to_owned()),
        },
        _ => HandleSource::Table { handle, id: encode.id_column.clone() },
    })
}

/// The side of the links: as given, or from the name of the column of record ids in the table of links.
fn side(encode: &Encode) -> anyhow::Result<Side> {
    match (encode.audit.side, encode.audit.link_column.as_deref()) {
        (Some(LinkSide::Left), _) | (None, Some("left_id")) => Ok(Side::Left),
        (Some(LinkSide::Right), _) | (None, Some("right_id")) => Ok(Side::Right),
        _ => {
            let problem = "--for audit needs --side: left for the party that made the links, right for the party whose records were linked to";
            Err(UsageError(problem.to_owned()).into())
        }
    }
}

/// The summary as text.
fn describe(output: &str, summary: &PairSummary) -> String {
    let mut text = format!(
        "sealed {} links of {} records to {output}, {} side, {} decoys, {} bytes per link\nschema {} key {}{}{}\n",
        grouped(summary.links),
        grouped(summary.records - summary.records_without_link),
        summary.side,
        grouped(summary.decoys),
        summary.row_bytes,
        &summary.schema_digest[..16],
        summary.key_id,
        named(" project", &summary.project),
        named(" run", &summary.run),
    );
    if summary.records_without_link > 0 {
        text.push_str(&format!("{:>12} records have no link\n", grouped(summary.records_without_link)));
    }
    if summary.shared > 0 {
        text.push_str(&format!("{:>12} links share their record with another\n", grouped(summary.shared)));
    }
    if let Some(near) = summary.near_numbers {
        text.push_str(&format!(
            "{:>12} links have a number that differs by one typo from another record's\n",
            grouped(near)
        ));
    }
    for issue in &summary.masked {
        text.push_str(&format!("masked {:>12} × {}: {}\n", grouped(issue.count), issue.field, issue.reason));
    }
    describe_unreadable(&summary.unreadable, &mut text);
    text
}
