//! Native schema documents (`protocols/01-linkage-schema.md`).

use serde_json::Value;

use crate::blocking::{Blocking, read_blocking};
use crate::confirm::{Confirm, read_confirm};
use crate::digest::SchemaDigest;
use crate::fault::{Object, Walk};
use crate::inputs::{Input, read_inputs};
use crate::symbols::{Symbols, read_symbols};
use crate::threshold::{ThresholdError, Thresholds};

/// Value of the member `format`.
pub(crate) const FORMAT: &str = "mizuhiki-linkage-schema";

const MAX_FIELDS: usize = 64;
const MAX_VIEWS: usize = 32;
const MAX_FEATURES: usize = 8;
const MIN_PRESENT_WEIGHT: f64 = 0.6;

/// The content of a native schema document.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TokenSchema {
    /// A display name.
    pub name: String,
    /// How strongly tokens are hardened.
    pub profile: Profile,
    /// Name of the locale pack that normalizes values, such as `en-Latn`.
    pub pack: String,
    /// Digest of that pack's tables, if the parties pinned it.
    pub pack_digest: Option<SchemaDigest>,
    /// Key epoch, from 1: tokens of different epochs cannot be compared.
    pub epoch: u32,
    /// Where values come from: the inputs of the document, then one column for each field that names none.
    pub inputs: Vec<Input>,
    /// The fields, in document order.
    pub fields: Vec<Field>,
    /// The filter that features are hashed into.
    pub filter: Filter,
    /// How filters become sealed symbols; `None` in profile `plain`, whose tokens are the filters.
    pub symbols: Option<Symbols>,
    /// The views, in document order.
    pub views: Vec<View>,
    /// How records are put into blocks; `None` if every pair is to be compared.
    pub blocking: Option<Blocking>,
    /// How borderline pairs are decided under encryption; `None` if the document does not define it and has
    /// too many fields for one filter.
    pub confirm: Option<Confirm>,
    /// Limits that `encode` enforces.
    pub limits: Limits,
    /// The thresholds that sort pairs into classes by similarity.
    pub thresholds: Thresholds,
    /// Whether the linkage unit estimates thresholds from the tokens where it can, and uses these only
    /// otherwise.
    pub calibrate: bool,
    /// Statute that permits a national number among the values; without one, such values are refused.
    pub statutory_basis: Option<String>,
}

impl TokenSchema {
    /// A copy with one plain view of some fields under new weights, and without blocks. Filters that never
    /// become tokens are encoded with it.
    #[must_use]
    pub fn with_only_view(mut self, name: &str, weights: &[(usize, f64)], filter: Filter) -> Self {
        weights.iter().for_each(|&(field, weight)| self.fields[field].weight = weight);
        let fields = weights.iter().map(|(field, _)| *field).collect();
        let view = View { name: name.to_owned(), min_present_weight: 0.0, fields, link_only: false };
        Self { views: vec![view], filter, symbols: None, blocking: None, ..self }
    }
}

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

/// One field of the linkage.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Field {
    /// Name of the field.
    pub name: String,
    /// Where the values come from: an index into [`TokenSchema::inputs`].
    pub input: usize,
    /// Kind of value, known to the locale pack (`surname`, `date`, …).
    pub kind: String,
    /// Level of the pack at which values are compared; the pack's default if absent.
    pub level: Option<String>,
    /// Share of the filter, relative to the other fields of a view. Positive.
    pub weight: f64,
    /// Fields of one key group hash equal features to equal positions. The field's name by default.
    pub key_group: String,
    /// Features taken from a value.
    pub features: Vec<Feature>,
    /// Values that mean "missing", besides the empty one; compared before normalization, trimmed.
    pub missing: Vec<String>,
}

/// A kind of feature taken from a normalized value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Feature {
    /// `n`-grams of code points.
    Ngram {
        /// Code points in a gram, 1..=4.
        n: u8,
        /// Whether a gram carries its position, so that equal digits at different places differ.
        positional: bool,
        /// Whether the value is padded with `n − 1` blanks at both ends.
        padded: bool,
        /// Positions (from 0) of the grams that are taken; all if empty.
        positions: Vec<u16>,
    },
    /// The whole value as one feature.
    Exact,
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
    /// Indices into [`TokenSchema::fields`], ascending and distinct.
    pub fields: Vec<usize>,
    /// Files for deduplication have no tokens in this view.
    pub link_only: bool,
}

/// Limits that `encode` enforces.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// Maximum share of records whose token in a view repeats another record's.
    pub max_repeated_share: f64,
    /// Maximum rows of tokens per record, where its inputs have alternatives.
    pub max_alternatives: usize,
}

const MEMBERS: [&str; 17] = [
    "format",
    "version",
    "name",
    "description",
    "profile",
    "epoch",
    "locale",
    "inputs",
    "fields",
    "filter",
    "symbols",
    "views",
    "blocking",
    "confirm",
    "limits",
    "thresholds",
    "statutoryBasis",
];

/// Members of version 1 that no longer have a meaning.
const OLD_MEMBERS: [&str; 1] = ["knownPairs"];

/// The first version whose profiles use sealed symbols.
const SYMBOLS_VERSION: u64 = 2;

pub(crate) fn read(value: &Value, walk: &mut Walk) -> Option<TokenSchema> {
    let root = walk.object(value, "$")?;
    let version = read_version(&root, walk);
    let name = root.text(walk, "name", "give the schema a name");
    if let Some((description, path)) = root.optional("description") {
        walk.text(description, &path);
    }
    let profile = read_profile(&root, walk);
    refuse_diffusion(&root, walk, version, profile);
    let epoch = root.integer_or(walk, "epoch", 1..=u64::from(u32::MAX), 1);
    let locale = read_locale(&root, walk);
    let inputs = read_inputs(&root, walk);
    let (inputs, fields) = read_fields(&root, walk, inputs).unzip();
    let filter = read_filter(&root, walk, profile);
    let views = read_views(&root, walk, fields.as_deref());
    let blocking = read_blocking(&root, walk, fields.as_deref(), views.as_deref());
    let confirm = read_confirm(&root, walk, fields.as_deref());
    let limits = read_limits(&root, walk);
    let symbols = read_symbols(&root, walk, profile, (filter, views.as_deref(), inputs.as_deref()), limits);
    let thresholds = read_thresholds(&root, walk);
    let statutory_basis = read_statutory_basis(&root, walk)?;
    let (pack, pack_digest) = locale?;
    let profile = profile?;
    if profile == Profile::Plain {
        walk.warn(
            "$.profile",
            "anyone who holds a similar file can re-identify nearly every record from plain filters",
            "use profile \"hardened\" for anything but experiments",
        );
    }
    Some(TokenSchema {
        name: name?.to_owned(),
        profile,
        pack,
        pack_digest,
        epoch: epoch? as u32,
        inputs: inputs?,
        fields: fields?,
        filter: filter?,
        symbols: symbols?,
        views: views?,
        blocking: blocking?,
        confirm: confirm?,
        limits: limits?,
        thresholds: thresholds?.0,
        calibrate: thresholds?.1,
        statutory_basis,
    })
}

/// The version, which decides what members the document may have.
fn read_version(root: &Object<'_>, walk: &mut Walk) -> Option<u64> {
    let (value, path) = root.required(walk, "version", "write \"version\": 2")?;
    let version = walk.integer(value, &path, 1..=SYMBOLS_VERSION);
    let mut known = MEMBERS.to_vec();
    // Members of documents for diffused tokens have faults of their own.
    known.push("diffusion");
    if version != Some(SYMBOLS_VERSION) {
        known.extend(OLD_MEMBERS);
    }
    root.only(walk, &known);
    if let Some((value, path)) = root.optional("knownPairs").filter(|_| version == Some(1)) {
        walk.integer(value, &path, 1..=1_000_000_000);
    }
    version
}

/// Reports members that ask for the broken tokens, or for what would break the new ones.
fn refuse_diffusion(root: &Object<'_>, walk: &mut Walk, version: Option<u64>, profile: Option<Profile>) {
    if let Some((_, path)) = root.optional("diffusion") {
        let problem = "linear diffusion is broken: it can be undone from the tokens alone";
        walk.fault(&path, problem, "remove the member; hardened tokens are sealed symbols (CHANGELOG.md)");
    }
    let Some(profile) = profile.filter(|profile| *profile != Profile::Plain) else { return };
    if version == Some(1) {
        let problem =
            format!("version 1 of profile {} asks for linear diffusion, which is broken", profile.name());
        let fix = "write \"version\": 2, remove diffusion, blocking and knownPairs, and encode again (CHANGELOG.md)";
        walk.fault(&root.path("version"), problem, fix);
    }
    if let Some((_, path)) = root.optional("blocking") {
        let problem = "block ids re-identify most records";
        walk.fault(&path, problem, "remove the member; candidates are found by common symbols");
    }
}

fn read_profile(root: &Object<'_>, walk: &mut Walk) -> Option<Profile> {
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

/// `Some(None)` if the document states none.
pub(crate) fn read_statutory_basis(root: &Object<'_>, walk: &mut Walk) -> Option<Option<String>> {
    match root.optional("statutoryBasis") {
        Some((basis, path)) => walk.text(basis, &path).map(|basis| Some(basis.to_owned())),
        None => Some(None),
    }
}

pub(crate) fn read_locale(root: &Object<'_>, walk: &mut Walk) -> Option<(String, Option<SchemaDigest>)> {
    let (value, path) = root.required(walk, "locale", "write \"locale\": { \"pack\": \"en-Latn\" }")?;
    let locale = walk.object(value, &path)?;
    locale.only(walk, &["pack", "digest"]);
    let pack = locale.text(walk, "pack", "name the locale pack, such as \"en-Latn\"")?.to_owned();
    let digest = match locale.optional("digest") {
        None => None,
        Some((value, path)) => {
            let digest = SchemaDigest::from_hex(walk.text(value, &path)?);
            if digest.is_none() {
                walk.fault(&path, "not a SHA-256 digest", "write 64 hexadecimal digits or remove the member");
            }
            Some(digest?)
        }
    };
    Some((pack, digest))
}

fn read_fields(
    root: &Object<'_>,
    walk: &mut Walk,
    inputs: Option<Vec<Input>>,
) -> Option<(Vec<Input>, Vec<Field>)> {
    let mut inputs = inputs?;
    let (value, path) = root.required(walk, "fields", "list the fields to compare")?;
    let items = walk.array(value, &path)?;
    if items.is_empty() || items.len() > MAX_FIELDS {
        walk.fault(&path, format!("{} fields", items.len()), format!("list 1 to {MAX_FIELDS} fields"));
        return None;
    }
    let read: Vec<Option<Field>> = items
        .iter()
        .enumerate()
        .map(|(index, item)| read_field(item, &format!("{path}[{index}]"), walk, &mut inputs))
        .collect();
    let fields: Vec<Field> = read.into_iter().collect::<Option<_>>()?;
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    for path in paths_of_repeated(&names, &path) {
        walk.fault(&path, "two fields have this name", "give each field its own name");
    }
    for index in (0..inputs.len()).filter(|input| fields.iter().all(|field| field.input != *input)) {
        walk.fault(&format!("$.inputs[{index}]"), "no field takes its values from it", "remove it");
    }
    Some((inputs, fields))
}

/// Paths of names that also occur earlier in the list at `path`.
pub(crate) fn paths_of_repeated<'p>(names: &'p [&str], path: &'p str) -> impl Iterator<Item = String> + 'p {
    let repeated = |index: &usize| names[..*index].contains(&names[*index]);
    (0..names.len()).filter(repeated).map(move |index| format!("{path}[{index}].name"))
}

fn read_field(value: &Value, path: &str, walk: &mut Walk, inputs: &mut Vec<Input>) -> Option<Field> {
    let object = walk.object(value, path)?;
    object.only(
        walk,
        &["name", "input", "column", "kind", "level", "weight", "keyGroup", "features", "missing"],
    );
    let name = identifier(&object, walk, "name");
    let kind = object.text(walk, "kind", "say what the values are, such as \"surname\" or \"date\"");
    let weight = object.number_or(walk, "weight", (0.001, 1000.0), 1.0);
    let features = read_features(&object, walk);
    let missing = read_missing(&object, walk)?;
    let level = optional(&object, walk, "level");
    let key_group = match object.optional("keyGroup") {
        Some(_) => Some(identifier(&object, walk, "keyGroup")?),
        None => None,
    };
    let name = name?;
    let input = input_named(&object, walk, &name, inputs)?;
    Some(Field {
        input,
        kind: kind?.to_owned(),
        level,
        weight: weight?,
        key_group: key_group.unwrap_or_else(|| name.clone()),
        features: features?,
        missing,
        name,
    })
}

fn optional(object: &Object<'_>, walk: &mut Walk, key: &str) -> Option<String> {
    let (value, path) = object.optional(key)?;
    walk.text(value, &path).map(str::to_owned)
}

/// Values that mean "missing".
pub(crate) fn read_missing(object: &Object<'_>, walk: &mut Walk) -> Option<Vec<String>> {
    let mut missing = Vec::new();
    if let Some((value, path)) = object.optional("missing") {
        for (index, item) in walk.array(value, &path)?.iter().enumerate() {
            missing.extend(walk.text(item, &format!("{path}[{index}]")).map(str::to_owned));
        }
    }
    Some(missing)
}

/// Where the item named `name` takes its values from: its input, or its column, which defaults to the name.
pub(crate) fn input_named(
    object: &Object<'_>,
    walk: &mut Walk,
    name: &str,
    inputs: &mut Vec<Input>,
) -> Option<usize> {
    let (named, column) = (optional(object, walk, "input"), optional(object, walk, "column"));
    // The value is not text, which is already reported.
    let faulty = |key: &str, read: &Option<String>| object.optional(key).is_some() && read.is_none();
    if faulty("input", &named) || faulty("column", &column) {
        return None;
    }
    match (named, column) {
        (Some(_), Some(_)) => {
            walk.fault(&object.path("column"), "both an input and a column", "keep one of the two");
            None
        }
        (Some(named), None) => {
            let found = inputs.iter().position(|input| input.name == named);
            if found.is_none() {
                walk.fault(&object.path("input"), "no input has this name", "list it in $.inputs");
            }
            found
        }
        (None, column) => Some(input_of_column(column.unwrap_or_else(|| name.to_owned()), inputs)),
    }
}

/// The input that consists of this column alone; added if missing.
fn input_of_column(column: String, inputs: &mut Vec<Input>) -> usize {
    let wanted = Input::of_column(column);
    inputs.iter().position(|input| *input == wanted).unwrap_or_else(|| {
        inputs.push(wanted);
        inputs.len() - 1
    })
}

/// Names become part of key labels and column names: letters, digits, `_`, `-`, at most 64.
pub(crate) fn identifier(object: &Object<'_>, walk: &mut Walk, key: &str) -> Option<String> {
    let text = object.text(walk, key, "give it a name")?;
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if text.is_empty() || text.len() > 64 || !text.chars().all(fine) {
        walk.fault(&object.path(key), "not a usable name", "use 1 to 64 ASCII letters, digits, `_` or `-`");
        return None;
    }
    Some(text.to_owned())
}

pub(crate) fn read_features(object: &Object<'_>, walk: &mut Walk) -> Option<Vec<Feature>> {
    let fix = "write \"features\": [{ \"type\": \"ngram\", \"n\": 2 }]";
    let (value, path) = object.required(walk, "features", fix)?;
    let items = walk.array(value, &path)?;
    if items.is_empty() || items.len() > MAX_FEATURES {
        walk.fault(&path, format!("{} features", items.len()), format!("list 1 to {MAX_FEATURES}"));
        return None;
    }
    let mut features = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let feature = walk.object(item, &path)?;
        let fix = "write \"ngram\" or \"exact\"";
        let read = match feature.text(walk, "type", fix)? {
            "ngram" => read_ngram(&feature, walk)?,
            "exact" => {
                feature.only(walk, &["type"]);
                Feature::Exact
            }
            _ => {
                walk.fault(&feature.path("type"), "unknown type of feature", fix);
                return None;
            }
        };
        features.push(read);
    }
    Some(features)
}

fn read_ngram(feature: &Object<'_>, walk: &mut Walk) -> Option<Feature> {
    feature.only(walk, &["type", "n", "positional", "padded", "positions"]);
    let n = feature.integer_or(walk, "n", 1..=4, 2)? as u8;
    let positional = feature.boolean_or(walk, "positional", false)?;
    let padded = feature.boolean_or(walk, "padded", true)?;
    let mut positions = Vec::new();
    if let Some((value, path)) = feature.optional("positions") {
        for (index, item) in walk.array(value, &path)?.iter().enumerate() {
            let position = walk.integer(item, &format!("{path}[{index}]"), 0..=4095)? as u16;
            positions.push(position);
        }
    }
    Some(Feature::Ngram { n, positional, padded, positions })
}

fn read_filter(root: &Object<'_>, walk: &mut Walk, profile: Option<Profile>) -> Option<Filter> {
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

fn read_views(root: &Object<'_>, walk: &mut Walk, fields: Option<&[Field]>) -> Option<Vec<View>> {
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

fn read_limits(root: &Object<'_>, walk: &mut Walk) -> Option<Limits> {
    let defaults = Limits { max_repeated_share: 0.1, max_alternatives: 8 };
    let Some((value, path)) = root.optional("limits") else {
        return Some(defaults);
    };
    let limits = walk.object(value, &path)?;
    limits.only(walk, &["maxRepeatedShare", "maxAlternatives"]);
    let repeated = limits.number_or(walk, "maxRepeatedShare", (0.0, 1.0), defaults.max_repeated_share);
    let alternatives = limits.integer_or(walk, "maxAlternatives", 1..=64, defaults.max_alternatives as u64);
    Some(Limits { max_repeated_share: repeated?, max_alternatives: alternatives? as usize })
}

fn read_thresholds(root: &Object<'_>, walk: &mut Walk) -> Option<(Thresholds, bool)> {
    let fix = "write \"thresholds\": { \"accept\": 0.95, \"borderline\": 0.88 }";
    let (value, path) = root.required(walk, "thresholds", fix)?;
    let thresholds = walk.object(value, &path)?;
    thresholds.only(walk, &["accept", "borderline", "calibrate"]);
    let calibrate = thresholds.boolean_or(walk, "calibrate", false);
    let (accept, accept_path) = thresholds.required(walk, "accept", fix)?;
    let accept = walk.number(accept, &accept_path, 0.0, 1.0);
    let (borderline, borderline_path) = thresholds.required(walk, "borderline", fix)?;
    let borderline = walk.number(borderline, &borderline_path, 0.0, 1.0);
    match Thresholds::new(accept?, borderline?) {
        Ok(thresholds) => Some((thresholds, calibrate?)),
        Err(ThresholdError::Order { .. } | ThresholdError::OutOfRange { .. }) => {
            walk.fault(&borderline_path, "borderline is above accept", "exchange them");
            None
        }
    }
}
