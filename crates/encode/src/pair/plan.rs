//! Comparisons of an audit schema, resolved.

use mizuhiki_locale::{Form, Forms, Pack};
use mizuhiki_schema::{AuditComparison, ErrorVariant, Feature, Input};

use crate::error::EncodeError;
use crate::fields::resolve_level;

/// A comparison, resolved.
pub(super) struct ComparisonPlan {
    pub(super) name: String,
    pub(super) input: usize,
    /// Kind of the values of each column of the input.
    pub(super) kinds: Vec<String>,
    /// Of each column, the forms at the levels of the comparison, then at any others needed.
    pub(super) forms: Vec<Forms>,
    pub(super) error_variants: Vec<ErrorVariant>,
    /// For each column, the tightest form of the other part of the name, if its kind has one.
    pub(super) other_parts: Vec<Option<Form>>,
    /// The filter's level, by number, and its features.
    pub(super) filter: Option<(usize, Vec<Feature>)>,
    pub(super) partial: bool,
    pub(super) missing: Vec<String>,
}

impl ComparisonPlan {
    pub(super) fn new(
        pack: &'static dyn Pack,
        index: usize,
        comparison: &AuditComparison,
        input: &Input,
        refuse_national_numbers: bool,
    ) -> Result<Self, EncodeError> {
        let kinds: Vec<String> = input
            .columns
            .iter()
            .map(|column| column.kind.clone().unwrap_or_else(|| comparison.kind.clone()))
            .collect();
        let path = || format!("$.comparisons[{index}]");
        for kind in kinds.iter().chain([&comparison.kind]) {
            for level in &comparison.levels {
                resolve_level(pack, &path, kind, Some(level))?;
            }
        }
        if refuse_national_numbers && kinds.iter().any(|kind| kind == "mynumber") {
            return Err(EncodeError::NationalNumberField { path: path().into() });
        }
        let mut normalized = comparison.levels.clone();
        let mut number_of = |level: String| {
            normalized.iter().position(|known| *known == level).unwrap_or_else(|| {
                normalized.push(level);
                normalized.len() - 1
            })
        };
        let filter = match &comparison.filter {
            None => None,
            Some(filter) => {
                let path = || format!("$.comparisons[{index}].filter");
                let level = resolve_level(pack, &path, &comparison.kind, Some(&filter.level))?;
                Some((number_of(level), filter.features.clone()))
            }
        };
        let other = |kind: &String| {
            let part = other_part(pack, kind)?;
            pack.form(part, &normalized[0]).ok()
        };
        let other_parts = kinds.iter().map(other).collect();
        let forms_of = |kind: &String| match pack.forms(kind, &normalized) {
            Ok(forms) => forms,
            Err(_) => unreachable!("kinds and levels were resolved above"),
        };
        let forms = kinds.iter().map(forms_of).collect();
        Ok(Self {
            name: comparison.name.clone(),
            input: comparison.input,
            forms,
            error_variants: comparison.error_variants.clone(),
            other_parts,
            filter,
            partial: comparison.partial,
            missing: comparison.missing.iter().map(|value| value.trim().to_owned()).collect(),
            kinds,
        })
    }
}

/// Maps the family-name kind of a full name to its given-name kind, and vice versa.
fn other_part(pack: &'static dyn Pack, kind: &str) -> Option<&'static str> {
    pack.kinds().iter().filter_map(|whole| whole.parts).find_map(|[family, given]| match kind {
        _ if kind == family => Some(given),
        _ if kind == given => Some(family),
        _ => None,
    })
}
