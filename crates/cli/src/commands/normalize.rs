//! `mizuhiki normalize` and `mizuhiki readings`.

use mizuhiki_columnar::{ReadOptions, Source};
use mizuhiki_custodian::{
    NormalizeJob, NormalizeSummary, NormalizedValue, Pack, normalize_file, normalize_value, pack, packs,
};
use mizuhiki_files::Target;
use serde_json::json;

use crate::args::tools::{Normalize, Readings};
use crate::commands::common::{describe_unreadable, keep_inputs};
use crate::progress::{Progress, grouped};
use crate::say::{Say, UsageError};

pub(super) fn run(normalize: &Normalize, say: &Say) -> anyhow::Result<()> {
    let pack = find_pack(&normalize.pack)?;
    if let (Some(input), Some(output)) = (&normalize.batch, &normalize.output) {
        return batch(pack, input, output, normalize, say);
    }
    let (Some(kind), Some(a)) = (&normalize.kind, &normalize.a) else {
        return Err(UsageError("give --kind and a value, or --batch and -o".to_owned()).into());
    };
    let book = normalize.code_book.as_deref().unwrap_or_default();
    if !book.is_empty() && !matches!(kind.as_str(), "date" | "date_pair") {
        return Err(UsageError(format!("--code-book is for kind date, not for {kind:?}")).into());
    }
    let normalized = normalize_value(pack, kind, book, a, normalize.b.as_deref());
    let Some(normalized) = normalized else { return Err(unknown(pack, kind).into()) };
    say.result(&normalized, &describe(&normalized), false);
    Ok(())
}

fn find_pack(name: &str) -> anyhow::Result<&'static dyn Pack> {
    let known = || packs().iter().map(|pack| pack.name()).collect::<Vec<_>>().join(", ");
    pack(name)
        .ok_or_else(|| UsageError(format!("unknown locale pack {name:?}; known packs: {}", known())).into())
}

/// The error for a kind or code book that the pack does not know.
fn unknown(pack: &dyn Pack, kind: &str) -> UsageError {
    let books: Vec<&str> = pack.kinds().iter().filter_map(|kind| kind.name.strip_prefix("date_")).collect();
    if matches!(kind, "date" | "date_pair") && !books.is_empty() {
        return UsageError(format!("unknown code book; known code books: {}", books.join(", ")));
    }
    let known: Vec<&str> = pack.kinds().iter().map(|kind| kind.name).collect();
    UsageError(format!("pack {} has no kind {kind:?}; known kinds: {}", pack.name(), known.join(", ")))
}

fn describe(normalized: &NormalizedValue) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| text.push_str(&format!("{name:<14} {value}\n"));
    line("normal", &normalized.normal);
    for level in &normalized.levels {
        line(level.level, &level.value);
    }
    if let Some(reason) = normalized.reason {
        line("reason", reason);
    }
    if let Some(level) = normalized.level {
        line("level", level);
    }
    text
}

fn batch(pack: &dyn Pack, input: &str, output: &str, normalize: &Normalize, say: &Say) -> anyhow::Result<()> {
    keep_inputs(output, &[input])?;
    let progress = Progress::new("rows");
    let job = NormalizeJob {
        pack,
        input: Source::from_argument(input),
        options: ReadOptions {
            encoding: normalize.encoding.clone(),
            mask_unreadable: normalize.mask_unreadable,
        },
        output: Target::from_argument(output),
    };
    let summary = normalize_file(&job, &|rows, share| progress.update(rows, share))?;
    drop(progress);
    say.result(&summary, &describe_batch(output, &summary), output == "-");
    Ok(())
}

fn describe_batch(output: &str, summary: &NormalizeSummary) -> String {
    let mut text = format!("normalized {} rows to {output}\n", grouped(summary.rows));
    for problem in &summary.problems {
        let kind = problem.kind.as_ref().map_or(String::new(), |kind| format!("{kind}: "));
        text.push_str(&format!(
            "no value {:>12} × {kind}{} (first in row {})\n",
            grouped(problem.count),
            problem.reason,
            grouped(problem.first_row)
        ));
    }
    describe_unreadable(&summary.unreadable, &mut text);
    text
}

pub(super) fn readings(readings: &Readings, say: &Say) -> anyhow::Result<()> {
    let pack = find_pack(&readings.pack)?;
    let found = pack.readings(&readings.name, usize::from(readings.most));
    let value: Vec<_> = found
        .iter()
        .map(|reading| json!({ "reading": reading.text, "probability": reading.probability }))
        .collect();
    let mut text = String::new();
    for reading in &found {
        text.push_str(&format!("{:.4}  {}\n", reading.probability, reading.text));
    }
    if found.is_empty() {
        say.warn("the pack has no reading for this name");
    }
    say.result(&value, &text, false);
    Ok(())
}
