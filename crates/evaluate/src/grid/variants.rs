//! The schemas of a grid.

use mizuhiki_schema::{LinkageSchema, SchemaBody, SchemaError, TokenSchema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::grid::spec::{GridAxes, GridViews};

/// Maximum number of points.
const MAX_POINTS: usize = 1_000;

/// Share of the weight that a view without some fields needs, so that a minor field alone is none.
const LEAST_WEIGHT: f64 = 0.45;

/// Share of a view's weight that a record needs in it: of the whole record, and of other views, as in the
/// shipped schemas.
const PRESENT: (f64, f64) = (0.6, 0.73);

/// Why a grid has no schemas.
#[derive(Debug, thiserror::Error)]
pub enum GridError {
    /// The schema has no symbols.
    #[error(
        "profile {profile} has no symbols, so there is nothing to vary; take a schema of profile hardened"
    )]
    NoSymbols {
        /// Name of the profile.
        profile: &'static str,
    },
    /// The grid is too large.
    #[error("grid: {points} points are more than {MAX_POINTS}; give fewer values")]
    TooMany {
        /// Their number.
        points: usize,
    },
    /// A point is not a schema.
    #[error("grid: not a linkage schema with {values}: {error}")]
    Schema {
        /// The values.
        values: String,
        /// Its faults.
        error: SchemaError,
    },
}

/// The parameters of a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GridSettings {
    /// `hardened` or `max-privacy`.
    pub profile: String,
    /// The rule of the views; `schema`: as the schema lists them.
    pub views: String,
    /// Number of views.
    pub view_count: usize,
    /// Filter positions that a symbol seals.
    pub positions: usize,
    /// Symbols per view.
    pub per_view: usize,
    /// Bits of a symbol.
    pub bits: usize,
    /// Share of set bits of a filter, 0..=1.
    pub fill: f64,
    /// Alternatives of a record.
    pub alternatives: usize,
    /// Symbols in a record's token.
    pub per_record: usize,
}

/// A schema of the grid.
pub struct GridVariant {
    /// Its parameters.
    pub settings: GridSettings,
    /// The schema.
    pub schema: LinkageSchema,
    /// The document.
    pub document: String,
}

/// All combinations of the values, the last parameter changing first. Where views, symbols per view or alternatives
/// change, and the grid names no rows, a token keeps room for as many rows as in `base`.
///
/// # Errors
/// [`GridError`] if there are too many, or one of them is not a schema.
pub fn grid_variants(base: &LinkageSchema, axes: &GridAxes) -> Result<Vec<GridVariant>, GridError> {
    let profile = base.profile_name();
    let (SchemaBody::Tokens(body), Some(_)) = (base.body(), base.symbols()) else {
        return Err(GridError::NoSymbols { profile });
    };
    let views: Vec<Value> = axes.views.iter().map(|views| views.name().into()).collect();
    let whole = |values: &[i64]| -> Vec<Value> { values.iter().map(|value| (*value).into()).collect() };
    let lists: [(&'static str, Vec<Value>); 8] = [
        ("profile", axes.profile.iter().map(|profile| (*profile).into()).collect()),
        ("views", views),
        ("fill", axes.fill.iter().map(|fill| (*fill).into()).collect()),
        ("alternatives", whole(&axes.alternatives)),
        ("bits", whole(&axes.bits)),
        ("positions", whole(&axes.positions)),
        ("per_view", whole(&axes.per_view)),
        ("rows", whole(&axes.rows)),
    ];
    let points = lists.iter().map(|(_, values)| values.len().max(1)).product();
    if points > MAX_POINTS {
        return Err(GridError::TooMany { points });
    }
    let mut combinations: Vec<Vec<(&'static str, &Value)>> = vec![Vec::new()];
    for (name, values) in lists.iter().filter(|(_, values)| !values.is_empty()) {
        let with = |of: &Vec<(&'static str, _)>| {
            let of = of.clone();
            values.iter().map(move |value| [of.clone(), vec![(*name, value)]].concat()).collect::<Vec<_>>()
        };
        combinations = combinations.iter().flat_map(with).collect();
    }
    combinations.iter().map(|values| variant((base, body), values)).collect()
}

fn variant(
    (base, body): (&LinkageSchema, &TokenSchema),
    values: &[(&'static str, &Value)],
) -> Result<GridVariant, GridError> {
    let failed = |error| {
        let values: Vec<String> = values.iter().map(|(name, value)| format!("{name} {value}")).collect();
        GridError::Schema { values: values.join(", "), error }
    };
    let value = |wanted| values.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
    // A schema's canonical text is JSON.
    let mut document: Value = serde_json::from_str(base.canonical()).unwrap_or_default();
    let places = [
        ("profile", "", "profile"),
        ("fill", "filter", "fill"),
        ("alternatives", "limits", "maxAlternatives"),
        ("bits", "symbols", "bits"),
        ("positions", "symbols", "positions"),
        ("per_view", "symbols", "perView"),
    ];
    for (name, within, member) in places {
        let Some(value) = value(name) else { continue };
        match within {
            "" => document[member] = value.clone(),
            within => document[within][member] = value.clone(),
        }
    }
    let rule = value("views").and_then(Value::as_str).unwrap_or("schema");
    let rule = GridViews::NAMES.iter().find(|(name, _)| *name == rule).map_or(GridViews::Schema, |of| of.1);
    if let Some(views) = views(body, rule) {
        document["views"] = views;
    }
    // The rows for which the base has room, unless its number follows from alternatives.
    let base_rows = base.symbols().map_or(1, |symbols| symbols.per_record.div_ceil(symbols.per_row));
    let set = body.inputs.iter().any(mizuhiki_schema::Input::has_alternatives)
        || document["symbols"].get("perRecord").is_some();
    if let Some(symbols) = document["symbols"].as_object_mut() {
        symbols.remove("perRecord");
    }
    let parse = |document: &Value| LinkageSchema::parse(&document.to_string()).map_err(failed);
    let mut schema = parse(&document)?;
    let rows = value("rows").and_then(Value::as_u64).or_else(|| set.then_some(base_rows as u64));
    if let (Some(rows), Some(symbols)) = (rows, schema.symbols()) {
        document["symbols"]["perRecord"] = json!(rows * symbols.per_row as u64);
        schema = parse(&document)?;
    }
    let document = serde_json::to_string_pretty(&document).unwrap_or_default() + "\n";
    Ok(GridVariant { settings: settings(&schema, rule), schema, document })
}

fn settings(schema: &LinkageSchema, rule: GridViews) -> GridSettings {
    let fill = match schema.body() {
        SchemaBody::Tokens(body) => body.filter.fill,
        SchemaBody::Clkhash(_) => 0.0,
    };
    let symbols = schema.symbols();
    let of = |part: fn(&mizuhiki_schema::Symbols) -> usize| symbols.as_ref().map_or(0, part);
    GridSettings {
        profile: schema.profile_name().to_owned(),
        views: rule.name().to_owned(),
        view_count: schema.view_names().len(),
        positions: of(|symbols| symbols.positions),
        per_view: of(|symbols| symbols.per_view),
        bits: of(|symbols| symbols.bits),
        fill,
        alternatives: schema.max_alternatives(),
        per_record: of(|symbols| symbols.per_record),
    }
}

/// The views of a rule; `None`: those of the schema.
fn views(body: &TokenSchema, rule: GridViews) -> Option<Value> {
    let most = match rule {
        GridViews::Schema => return None,
        GridViews::Whole => 0,
        GridViews::OneLeftOut => 1,
        GridViews::TwoLeftOut => 2,
    };
    let fields = &body.fields;
    let all: f64 = fields.iter().map(|field| field.weight).sum();
    let mut left_out: Vec<Vec<usize>> = vec![Vec::new()];
    if most > 0 {
        left_out.extend((0..fields.len()).map(|field| vec![field]));
    }
    if most > 1 {
        let second = |first: usize| (first + 1..fields.len()).map(move |second| vec![first, second]);
        left_out.extend((0..fields.len()).flat_map(second));
    }
    let kept = |without: &Vec<usize>| {
        let kept = fields.iter().enumerate().filter(|(field, _)| !without.contains(field));
        kept.map(|(_, field)| field).collect::<Vec<_>>()
    };
    let enough = |kept: &[&mizuhiki_schema::Field]| {
        kept.iter().map(|field| field.weight).sum::<f64>() >= LEAST_WEIGHT * all
    };
    let view = |without: Vec<usize>| {
        let kept = kept(&without);
        if !enough(&kept) {
            return None;
        }
        let names: Vec<&str> = without.iter().map(|&field| fields[field].name.as_str()).collect();
        let whole = without.is_empty();
        Some(json!({
            "name": if whole { "whole".to_owned() } else { format!("without-{}", names.join("-")) },
            "fields": kept.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(),
            "minPresentWeight": if whole { PRESENT.0 } else { PRESENT.1 },
        }))
    };
    Some(left_out.into_iter().filter_map(view).collect())
}
