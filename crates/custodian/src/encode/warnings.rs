//! What an encoded file says about itself that its maker should know.

use mizuhiki_schema::{LinkageSchema, SchemaBody, TokenSchema, View};

use crate::encode::blocks::SettledBlocks;
use crate::encode::summary::{EncodeSummary, ViewReport};
use crate::error::CustodianError;

/// Records from which the limit on repeated tokens is enforced; a share of a few records says little.
const MIN_RECORDS_FOR_LIMIT: u64 = 1_000;

/// Views without a field in which duplicates differ often repeat more than others: up to so many times what is in half.
const AS_DUPLICATES: f64 = 2.0;

/// A file of which nearly every record repeats in most views holds something else than persons.
const MOST_DUPLICATES: f64 = 0.9;

/// Share of suppressed symbols from which it is said that linkage suffers.
const MUCH_SUPPRESSED: f64 = 0.05;

/// Says aloud what was taken away.
pub(crate) fn warn_of_blocks(blocks: &SettledBlocks, summary: &mut EncodeSummary) {
    for pass in blocks.passes() {
        let all = pass.records + pass.rare_records + pass.frequent_records;
        if 2 * pass.rare_records > all {
            summary.warnings.push(format!(
                "blocking pass {:?}: {:.0} % of its ids were rare and are not given away; the pass finds little \
                 in a file of this size, unless the linkage unit compares every pair, as it does with small files",
                pass.pass,
                pass.rare_records as f64 / all as f64 * 100.0
            ));
        }
        if pass.frequent_records > 0 {
            summary.warnings.push(format!(
                "blocking pass {:?}: {} records lost their id, because their block held more than the schema's \
                 maxBlockShare; look for a placeholder that the schema should list as missing",
                pass.pass, pass.frequent_records
            ));
        }
    }
}

/// Says that a file is larger than what the schema was measured for.
pub(crate) fn warn_of_population(schema: &LinkageSchema, summary: &mut EncodeSummary) {
    if let Some(symbols) = schema.symbols().filter(|symbols| summary.records > symbols.population) {
        summary.warnings.push(format!(
            "{} records, but the schema's symbols are for a population of at most {}: more people share a symbol by \
             their names alone; agree on more positions per symbol (protocols/03-tokens.md §6)",
            summary.records, symbols.population
        ));
    }
}

/// Says that much was suppressed.
pub(crate) fn warn_of_suppressed(summary: &mut EncodeSummary) {
    let Some(symbols) = summary.symbols else { return };
    let share = symbols.suppressed as f64 / symbols.real.max(1) as f64;
    if share > MUCH_SUPPRESSED {
        summary.warnings.push(format!(
            "{:.1} % of the symbols are suppressed, because several records of this file have them: such records are \
             found less well; deduplicate the file first (--for dedupe), and look for a placeholder that the schema \
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
                 %, enforced from {MIN_RECORDS_FOR_LIMIT} records on)",
                view.view
            ));
        }
    }
    Ok(())
}

/// The share of records that are there several times: what repeats in at least half of the views, as duplicates of a person
/// repeat in all views but those with the field in which they differ, and members of a household in the views that name it. 0 if no view tells the members of a
/// household and namesakes apart, which a given name does together with a field that is no name.
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
