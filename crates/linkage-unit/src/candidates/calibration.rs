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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{CALIBRATED, FIXED, file, many_filters, schema_of_filters};

    fn options(accept: Accept, borderline: Option<f64>) -> SearchOptions {
        SearchOptions { accept, borderline, ..SearchOptions::default() }
    }

    fn similarity(number: f64) -> Similarity {
        Similarity::new(number).unwrap()
    }

    #[test]
    fn sealed_symbols_have_one_way_to_be_searched() {
        let refuse = |scope| refuse_scope(&SearchOptions { scope, ..SearchOptions::default() });
        assert!(refuse(Scope::Auto).is_ok());
        for (scope, flag) in [(Scope::Exhaustive, "--exact "), (Scope::Blocks, "--blocks ")] {
            assert!(refuse(scope).unwrap_err().to_string().starts_with(flag));
        }
    }

    #[test]
    fn the_lower_of_the_given_thresholds_is_the_one_to_search_from() {
        let of = |accept, borderline| given(&options(accept, borderline)).unwrap().map(Similarity::get);
        assert_eq!(of(Accept::Schema, None), None);
        assert_eq!(of(Accept::Calibrated, Some(0.6)), Some(0.6));
        assert_eq!(of(Accept::Number(0.9), None), Some(0.9));
        assert_eq!(of(Accept::Number(0.9), Some(0.7)), Some(0.7));
    }

    #[test]
    fn thresholds_that_are_no_similarities_are_refused_before_any_search() {
        let refused = |accept, borderline| {
            matches!(given(&options(accept, borderline)), Err(SearchError::Threshold(_)))
        };
        assert!(refused(Accept::Number(1.5), None));
        assert!(refused(Accept::Number(f64::NAN), None));
        assert!(refused(Accept::Number(0.5), Some(0.7)));
        assert!(refused(Accept::Schema, Some(-0.1)));
        assert!(refused(Accept::Schema, Some(f64::NAN)));
    }

    #[test]
    fn candidates_are_searched_from_the_lowest_similarity_that_anything_needs() {
        let set = many_filters("left", &schema_of_filters(FIXED), 2);
        let from = |accept, sampled: Option<f64>| {
            let sample = sampled.map(similarity);
            let sample = sample.map(|lowest| Sample { files: Vec::new(), lowest, far: lowest });
            lowest(&Comparable::within(&set), &options(accept, None), sample.as_ref()).unwrap().get()
        };
        assert_eq!(from(Accept::Schema, None), 0.8, "the schema's lower threshold");
        assert_eq!(from(Accept::Number(0.95), None), 0.95);
        assert_eq!(from(Accept::Number(0.95), Some(0.65)), 0.65);
        assert_eq!(from(Accept::Number(0.5), Some(0.65)), 0.5);
        assert_eq!(from(Accept::Calibrated, Some(0.85)), 0.85);
    }

    #[test]
    fn too_few_records_are_an_error_only_where_calibration_was_asked_for() {
        let said = |schema, accept, wanted| {
            let set = many_filters("left", &schema_of_filters(schema), 49);
            let mut warnings = Vec::new();
            let comparable = Comparable::within(&set);
            let found = calibrates(&options(accept, None), &comparable, wanted, &mut warnings);
            (found.map_err(|error| error.to_string()), warnings.join("\n"))
        };
        let (found, _) = said(FIXED, Accept::Calibrated, false);
        assert!(found.unwrap_err().contains("--accept"));
        assert_eq!(said(FIXED, Accept::Schema, false), (Ok(false), String::new()));
        assert_eq!(said(FIXED, Accept::Number(0.9), false), (Ok(false), String::new()));
        for (schema, accept, start) in [
            (CALIBRATED, Accept::Schema, "thresholds are the schema's, not calibrated: 49 records"),
            (FIXED, Accept::Schema, "no expected precision and recall: 49 records"),
            (CALIBRATED, Accept::Number(0.9), "no expected precision and recall: 49 records"),
        ] {
            let (found, warning) = said(schema, accept, true);
            assert_eq!(found, Ok(false));
            assert!(warning.starts_with(start), "{warning}");
        }
    }

    #[test]
    fn enough_records_are_calibrated_where_anything_needs_it() {
        let said = |schema, accept, wanted| {
            let set = many_filters("left", &schema_of_filters(schema), 50);
            let mut warnings = Vec::new();
            let found = calibrates(&options(accept, None), &Comparable::within(&set), wanted, &mut warnings);
            assert!(warnings.is_empty(), "{warnings:?}");
            found.unwrap()
        };
        assert!(said(FIXED, Accept::Calibrated, false));
        assert!(said(CALIBRATED, Accept::Schema, false));
        assert!(said(FIXED, Accept::Schema, true), "a report wants it");
        assert!(!said(FIXED, Accept::Schema, false), "nobody asks");
    }

    #[test]
    fn files_that_say_nothing_of_their_own_pairs_are_named_between_files_alone() {
        let schema = schema_of_filters(FIXED);
        let files = ["left", "right"].map(|name| file(many_filters(name, &schema, 2)));
        let mut warnings = Vec::new();
        let within = Comparable::within(&files[0].set);
        assert!(within_files(&within, [&files[0], &files[0]], &mut warnings).is_empty());
        assert!(warnings.is_empty(), "within one file there is nothing to count besides");
        let between = Comparable::between(&files[0].set, &files[1].set).unwrap();
        assert!(within_files(&between, [&files[0], &files[1]], &mut warnings).is_empty());
        assert_eq!(warnings.len(), 1);
    }
}
