//! Warnings about an encoded file.

use mizuhiki_schema::{LinkageSchema, SchemaBody, TokenSchema, View};

use crate::encode::blocks::SettledBlocks;
use crate::encode::summary::{EncodeSummary, ViewReport};
use crate::error::CustodianError;

/// Minimum number of records for enforcing the limit on repeated tokens; a share of few records means little.
const MIN_RECORDS_FOR_LIMIT: u64 = 1_000;

/// Views without the fields in which duplicates often differ repeat more than others: up to this factor times
/// the share that repeats in half of the views.
const AS_DUPLICATES: f64 = 2.0;

/// A file in which more records than this repeat in most views does not contain persons.
const MOST_DUPLICATES: f64 = 0.9;

/// Share of suppressed symbols above which there is a warning.
const MUCH_SUPPRESSED: f64 = 0.05;

/// Warns about suppressed block ids.
pub(crate) fn warn_of_blocks(blocks: &SettledBlocks, summary: &mut EncodeSummary) {
    for pass in blocks.passes() {
        let all = pass.records + pass.rare_records + pass.frequent_records;
        if 2 * pass.rare_records > all {
            summary.warnings.push(format!(
                "blocking pass {:?}: {:.0} % of its ids were rare and are suppressed; the pass finds few pairs \
                 in a file of this size, unless the linkage unit compares every pair, as it does with small files",
                pass.pass,
                pass.rare_records as f64 / all as f64 * 100.0
            ));
        }
        if pass.frequent_records > 0 {
            summary.warnings.push(format!(
                "blocking pass {:?}: the ids of {} records are suppressed, because their block exceeds the schema's \
                 maxBlockShare; look for a placeholder that the schema should list as missing",
                pass.pass, pass.frequent_records
            ));
        }
    }
}

/// Warns if a file is larger than the population of the schema.
pub(crate) fn warn_of_population(schema: &LinkageSchema, summary: &mut EncodeSummary) {
    if let Some(symbols) = schema.symbols().filter(|symbols| summary.records > symbols.population) {
        summary.warnings.push(format!(
            "{} records, but the schema's symbols are for a population of at most {}: more people share a symbol by \
             their names alone; agree on more positions per symbol (protocols/03-tokens.md §8)",
            summary.records, symbols.population
        ));
    }
}

/// Warns if many symbols were suppressed.
pub(crate) fn warn_of_suppressed(summary: &mut EncodeSummary) {
    let Some(symbols) = summary.symbols else { return };
    let share = symbols.suppressed as f64 / symbols.real.max(1) as f64;
    if share > MUCH_SUPPRESSED {
        summary.warnings.push(format!(
            "{:.1} % of the symbols are suppressed, because several records of this file have them: such records are \
             found less reliably; deduplicate the file first (--for dedupe), and look for a placeholder that the schema \
             should list as missing",
            share * 100.0
        ));
    }
}

pub(crate) fn check_repeats(
    name: &str,
    schema: &LinkageSchema,
    summary: &mut EncodeSummary,
) -> Result<(), CustodianError> {
    let SchemaBody::Tokens(body) = schema.body() else { return Ok(()) };
    let duplicates = duplicates(body, &summary.views);
    for view in &summary.views {
        let limit = body.limits.max_repeated_share;
        if view.repeated_share <= limit {
            continue;
        }
        let (share, percent) = (view.repeated_share * 100.0, limit * 100.0);
        if view.repeated_share - AS_DUPLICATES * duplicates <= limit {
            summary.warnings.push(format!(
                "view {:?} repeats: {share:.1} % of the records share their token with another record (limit {percent:.1} \
                 %), as in most views, so they are taken for duplicates of persons",
                view.view
            ));
        } else if summary.records >= MIN_RECORDS_FOR_LIMIT {
            return Err(CustodianError::RepeatedView {
                file: name.to_owned(),
                view: view.view.clone(),
                share,
                limit: percent,
            });
        } else {
            summary.warnings.push(format!(
                "view {:?} repeats: {share:.1} % of the records share their token with another record (limit {percent:.1} \
                 %, enforced for {MIN_RECORDS_FOR_LIMIT} records or more)",
                view.view
            ));
        }
    }
    Ok(())
}

/// The share of duplicate records: the share that repeats in at least half of the views. Duplicates of a
/// person repeat in all views but those with a field in which they differ; household members repeat only in
/// the views that identify the household. 0 if no view distinguishes household members and namesakes, as a
/// given name together with a field other than names does.
fn duplicates(schema: &TokenSchema, views: &[ViewReport]) -> f64 {
    let name = |kind: &str| ["given", "surname", "family", "name"].iter().any(|part| kind.contains(part));
    let kinds =
        |view: &View| view.fields.iter().map(|&field| schema.fields[field].kind.as_str()).collect::<Vec<_>>();
    let tells = |view: &View| {
        let kinds = kinds(view);
        kinds.iter().any(|kind| kind.contains("given"))
            && kinds.iter().any(|kind| !name(kind) && *kind != "sex")
    };
    let made = views.iter().filter(|view| view.tokens > 0);
    let mut shares: Vec<f64> = made.map(|view| view.repeated_share).collect();
    shares.sort_by(f64::total_cmp);
    let median = shares.len().checked_sub(1).map_or(0.0, |last| shares[last / 2]);
    if schema.views.iter().any(tells) && median <= MOST_DUPLICATES { median } else { 0.0 }
}
