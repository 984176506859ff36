//! Whether thresholds are calibrated, and from which pairs.

use mizuhiki_columnar::TokenFile;
use mizuhiki_exchange::Comparable;
use mizuhiki_match::{Plan, Sample, Scale, Scope, WithinFile, can_calibrate};
use mizuhiki_schema::{Similarity, Thresholds};

use crate::candidates::error::SearchError;
use crate::candidates::options::{Accept, SearchOptions};

/// Refuses search options that do not apply to sealed symbols.
pub(crate) fn refuse_scope(options: &SearchOptions) -> Result<(), SearchError> {
    match options.scope {
        Scope::Exhaustive => Err(SearchError::NoScope { flag: "--exact" }),
        Scope::Blocks => Err(SearchError::NoScope { flag: "--blocks" }),
        Scope::Auto => Ok(()),
    }
}

/// Whether thresholds, probabilities or a report need calibration, and there are enough records. Too few are
/// an error only if calibration was requested.
pub(crate) fn calibrates(
    options: &SearchOptions,
    comparable: &Comparable<'_>,
    wanted: bool,
    warnings: &mut Vec<String>,
) -> Result<bool, SearchError> {
    let by_schema = options.accept == Accept::Schema && comparable.calibrates();
    let by_hand = matches!(options.accept, Accept::Number(_));
    if options.accept == Accept::Schema && !by_schema && !wanted {
        return Ok(false);
    }
    match can_calibrate(comparable) {
        Ok(()) => Ok(true),
        Err(error) if options.accept == Accept::Calibrated => Err(error.into()),
        Err(_) if by_hand && !wanted => Ok(false),
        Err(error) => {
            warnings.push(format!("{}: {error}", not_calibrated(by_schema)));
            Ok(false)
        }
    }
}

/// The effect of missing calibration, for a warning.
const fn not_calibrated(by_schema: bool) -> &'static str {
    if by_schema { "thresholds are the schema's, not calibrated" } else { "no expected precision and recall" }
}

/// Numbers of common symbols of the pairs within each of two files, as counted by their custodians; empty if
/// one did not count.
pub(crate) fn within_files(
    comparable: &Comparable<'_>,
    files: [&TokenFile; 2],
    warnings: &mut Vec<String>,
) -> Vec<WithinFile> {
    if comparable.is_within() {
        return Vec::new();
    }
    let scale = Scale::of(comparable);
    let of = |file: &TokenFile| {
        let pairs = file.symbols.as_ref()?.pairs_within()?;
        Some(WithinFile::of_symbols(&scale, pairs.counts(), file.set.len()))
    };
    files.map(of).into_iter().collect::<Option<_>>().unwrap_or_else(|| {
        warnings.push(
            "a file does not state how many symbols pairs of its records have in common: thresholds and probabilities \
             are based on usual data; encode the file again to base them on these records"
                .to_owned(),
        );
        Vec::new()
    })
}

/// Samples filter files if thresholds or a report need it; too few records are an error only for thresholds.
pub(crate) fn sample(
    plan: &Plan<'_>,
    options: &SearchOptions,
    wanted: bool,
    warnings: &mut Vec<String>,
) -> Result<Option<Sample>, SearchError> {
    if !calibrates(options, plan.comparable(), wanted, warnings)? {
        return Ok(None);
    }
    Ok(Some(Sample::take(plan)?))
}

/// The similarity down to which candidates are searched.
pub(crate) fn lowest(
    comparable: &Comparable<'_>,
    options: &SearchOptions,
    sample: Option<&Sample>,
) -> Result<Similarity, SearchError> {
    let given = given(options)?;
    let calibrated = sample.map(|sample| sample.lowest);
    let both = given.into_iter().chain(calibrated);
    let schema = comparable.thresholds().borderline();
    Ok(both.reduce(|a, b| if b < a { b } else { a }).unwrap_or(schema))
}

/// The lower of the requested thresholds.
pub(crate) fn given(options: &SearchOptions) -> Result<Option<Similarity>, SearchError> {
    Ok(match options.accept {
        Accept::Number(accept) => {
            Some(Thresholds::new(accept, options.borderline.unwrap_or(accept))?.borderline())
        }
        Accept::Schema | Accept::Calibrated => options
            .borderline
            .map(|borderline| Thresholds::new(1.0, borderline))
            .transpose()?
            .map(|t| t.borderline()),
    })
}
