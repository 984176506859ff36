//! Profile, filter, views and limits of a native schema.

use serde::Serialize;
use serde_json::Value;

use crate::fault::{Object, Walk};
use crate::fields::Field;
use crate::names::identifier;

const MAX_VIEWS: usize = 32;
const MIN_PRESENT_WEIGHT: f64 = 0.6;

/// The profile of a native schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Filters as they are, for experiments: anyone with a similar file re-identifies them.
    Plain,
    /// Sealed symbols of several views (default).
    Hardened,
    /// Sealed symbols with more positions, drawn from a larger filter.
    MaxPrivacy,
}

impl Profile {
    /// The name in documents, files and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Hardened => "hardened",
            Self::MaxPrivacy => "max-privacy",
        }
    }
}

/// Size and fill of the filter.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Filter {
    /// Bits, a multiple of 64 and at most 65,536.
    pub bits: usize,
    /// Expected share of set bits for a complete record.
    pub fill: f64,
}

impl Filter {
    /// Bits that a complete value sets if its field has this share of the weight. With uniform positions,
    /// −ln(1 − fill) · bits insertions set the wanted share of bits (`protocols/03-tokens.md` §6).
    #[must_use]
    pub fn budget(&self, share: f64) -> usize {
        (-(1.0 - self.fill).ln() * self.bits as f64 * share).round() as usize
    }
}

/// A subset of the fields that is encoded together.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct View {
    /// Name of the view, unique in the schema.
    pub name: String,
    /// A record has a token in this view only if its present fields carry this share of the view's weight.
    pub min_present_weight: f64,
    /// Indices into [`TokenSchema::fields`](crate::TokenSchema::fields), ascending and distinct.
    pub fields: Vec<usize>,
    /// Files for deduplication have no tokens in this view.
    pub link_only: bool,
}

/// Limits of an attacker's success (`protocols/01-linkage-schema.md` §2.7).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AttackLimits {
    /// Maximum share of tokens assigned their person, 0..=1; chance where that is more.
    pub reidentification: f64,
    /// Maximum share of correct values, as a multiple of the base rate, 1..=100.
    pub inference: f64,
    /// Maximum share of neighbors found, as a multiple of chance, 1..=1000.
    pub neighbors: f64,
    /// Maximum size of a correlation, 0..=1.
    pub correlation: f64,
}

impl Default for AttackLimits {
    fn default() -> Self {
        Self { reidentification: 0.0005, inference: 1.2, neighbors: 3.0, correlation: 0.05 }
    }
}

impl AttackLimits {
    /// The limits of a document that states none.
    fn of_profile(profile: Option<Profile>) -> Self {
        match profile {
            Some(Profile::MaxPrivacy) => {
                Self { reidentification: 0.0003, inference: 1.1, neighbors: 2.0, ..Self::default() }
            }
            _ => Self::default(),
        }
    }
}

/// Limits of a native document.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// Maximum share of records whose token in a view repeats another record's.
    pub max_repeated_share: f64,
    /// Maximum rows of tokens per record, where its inputs have alternatives.
    pub max_alternatives: usize,
    /// Maximum success of attacks on a file.
    pub attacks: AttackLimits,
}

pub(crate) fn read_profile(root: &Object<'_>, walk: &mut Walk) -> Option<Profile> {
    let fix = "write \"hardened\", \"max-privacy\" or \"plain\"";
    match root.text(walk, "profile", fix)? {
        "plain" => Some(Profile::Plain),
        "hardened" => Some(Profile::Hardened),
        "max-privacy" => Some(Profile::MaxPrivacy),
        _ => {
            walk.fault(&root.path("profile"), "unknown profile", fix);
            None
        }
    }
}

pub(crate) fn read_filter(root: &Object<'_>, walk: &mut Walk, profile: Option<Profile>) -> Option<Filter> {
    let default_bits = if profile == Some(Profile::MaxPrivacy) { 2048 } else { 1024 };
    let Some((value, path)) = root.optional("filter") else {
        return Some(Filter { bits: default_bits as usize, fill: 0.45 });
    };
    let filter = walk.object(value, &path)?;
    filter.only(walk, &["bits", "fill"]);
    let bits = filter.integer_or(walk, "bits", 64..=65_536, default_bits);
    let fill = filter.number_or(walk, "fill", (0.01, 0.6), 0.45);
    Some(Filter { bits: multiple_of_64(walk, &filter.path("bits"), bits?)?, fill: fill? })
}

fn multiple_of_64(walk: &mut Walk, path: &str, bits: u64) -> Option<usize> {
    if !bits.is_multiple_of(64) {
        walk.fault(path, format!("{bits} is not a multiple of 64"), "round it up to a multiple of 64");
        return None;
    }
    Some(bits as usize)
}

pub(crate) fn read_views(root: &Object<'_>, walk: &mut Walk, fields: Option<&[Field]>) -> Option<Vec<View>> {
    let Some((value, path)) = root.optional("views") else {
        let fields = (0..fields?.len()).collect();
        let (name, min_present_weight) = ("whole".to_owned(), MIN_PRESENT_WEIGHT);
        return Some(vec![View { name, min_present_weight, fields, link_only: false }]);
    };
    let items = walk.array(value, &path)?;
    if items.is_empty() || items.len() > MAX_VIEWS {
        walk.fault(&path, format!("{} views", items.len()), format!("list 1 to {MAX_VIEWS} views"));
        return None;
    }
    let fields = fields?;
    let mut views: Vec<View> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let view = read_view(item, &format!("{path}[{index}]"), walk, fields)?;
        if views.iter().any(|earlier| earlier.name == view.name) {
            walk.fault(
                &format!("{path}[{index}].name"),
                "two views have this name",
                "give each view its own name",
            );
        }
        if views.iter().any(|earlier| earlier.fields == view.fields) {
            walk.fault(
                &format!("{path}[{index}].fields"),
                "another view has these fields",
                "remove one of them",
            );
        }
        views.push(view);
    }
    Some(views)
}

fn read_view(value: &Value, path: &str, walk: &mut Walk, fields: &[Field]) -> Option<View> {
    let object = walk.object(value, path)?;
    object.only(walk, &["name", "fields", "minPresentWeight", "linkOnly"]);
    let name = identifier(&object, walk, "name");
    let min_present_weight = object.number_or(walk, "minPresentWeight", (0.01, 1.0), MIN_PRESENT_WEIGHT);
    let link_only = object.boolean_or(walk, "linkOnly", false);
    let (value, path) = object.required(walk, "fields", "list names of fields")?;
    let items = walk.array(value, &path)?;
    if items.is_empty() {
        walk.fault(&path, "a view without fields", "list at least one field");
        return None;
    }
    let mut indices = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let wanted = walk.text(item, &path)?;
        match fields.iter().position(|field| field.name == wanted) {
            Some(found) if indices.contains(&found) => walk.fault(&path, "listed twice", "list a field once"),
            Some(found) => indices.push(found),
            None => walk.fault(&path, "no field has this name", "list names from $.fields"),
        }
    }
    indices.sort_unstable();
    Some(View {
        name: name?,
        min_present_weight: min_present_weight?,
        fields: indices,
        link_only: link_only?,
    })
}

pub(crate) fn read_limits(root: &Object<'_>, walk: &mut Walk, profile: Option<Profile>) -> Option<Limits> {
    let attacks = AttackLimits::of_profile(profile);
    let defaults = Limits { max_repeated_share: 0.1, max_alternatives: 8, attacks };
    let Some((value, path)) = root.optional("limits") else {
        return Some(defaults);
    };
    let limits = walk.object(value, &path)?;
    limits.only(walk, &["maxRepeatedShare", "maxAlternatives", "attacks"]);
    let repeated = limits.number_or(walk, "maxRepeatedShare", (0.0, 1.0), defaults.max_repeated_share);
    let alternatives = limits.integer_or(walk, "maxAlternatives", 1..=64, defaults.max_alternatives as u64);
    let attacks = read_attacks(&limits, walk, attacks);
    Some(Limits {
        max_repeated_share: repeated?,
        max_alternatives: alternatives? as usize,
        attacks: attacks?,
    })
}

fn read_attacks(limits: &Object<'_>, walk: &mut Walk, defaults: AttackLimits) -> Option<AttackLimits> {
    let Some((value, path)) = limits.optional("attacks") else { return Some(defaults) };
    let attacks = walk.object(value, &path)?;
    attacks.only(walk, &["reidentification", "inference", "neighbors", "correlation"]);
    let reidentification = attacks.number_or(walk, "reidentification", (0.0, 1.0), defaults.reidentification);
    let inference = attacks.number_or(walk, "inference", (1.0, 100.0), defaults.inference);
    let neighbors = attacks.number_or(walk, "neighbors", (1.0, 1000.0), defaults.neighbors);
    let correlation = attacks.number_or(walk, "correlation", (0.0, 1.0), defaults.correlation);
    Some(AttackLimits {
        reidentification: reidentification?,
        inference: inference?,
        neighbors: neighbors?,
        correlation: correlation?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::LinkageSchema;

    fn limits(profile: &str, attacks: &str) -> AttackLimits {
        let text = format!(
            r#"{{"format":"mizuhiki-linkage-schema","version":2,"name":"m","profile":"{profile}","locale":{{"pack":"en-Latn"}},
            "fields":[{{"name":"a","kind":"text","features":[{{"type":"exact"}}]}}],"limits":{{"attacks":{attacks}}},
            "thresholds":{{"accept":1,"borderline":0}}}}"#
        );
        LinkageSchema::parse(&text).map(|schema| schema.attack_limits()).unwrap_or_default()
    }

    #[test]
    fn defaults_depend_on_the_profile() {
        let hardened =
            AttackLimits { reidentification: 0.0005, inference: 1.2, neighbors: 3.0, correlation: 0.05 };
        let strict =
            AttackLimits { reidentification: 0.0003, inference: 1.1, neighbors: 2.0, correlation: 0.05 };
        for (profile, expected) in [("hardened", hardened), ("plain", hardened), ("max-privacy", strict)] {
            assert_eq!(limits(profile, "null"), expected, "{profile}");
            assert_eq!(limits(profile, "{}"), expected, "{profile}");
            let stated = AttackLimits { inference: 4.5, neighbors: 1000.0, ..expected };
            assert_eq!(limits(profile, r#"{"inference":4.5,"neighbors":1e3}"#), stated, "{profile}");
        }
    }
}
