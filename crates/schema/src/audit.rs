//! Audit documents: what pair tokens carry (`protocols/01-linkage-schema.md` §5).

use serde_json::Value;

use crate::digest::SchemaDigest;
use crate::fault::{Object, SchemaError, Walk};
use crate::fields::{Feature, input_named, read_features, read_missing};
use crate::inputs::{Input, read_inputs};
use crate::names::{identifier, paths_of_repeated, read_locale, read_statutory_basis};
use crate::{digest, json};

/// Value of the member `format`.
pub(crate) const FORMAT: &str = "mizuhiki-audit-schema";

const MAX_COMPARISONS: usize = 16;
const MAX_LEVELS: usize = 6;
/// Levels and error variants share a byte of flags.
const MAX_TAGS: usize = 8;
const MAX_VALUES: u64 = 16;
/// The linkage unit sees how many of them agree.
const MAX_LEFT_VALUES: u64 = 4;
const DEFAULT_LEFT_VALUES: u64 = 2;
/// The version of audit documents.
const VERSION: u64 = 2;
const MAX_REACH: u64 = 8;
const MAX_NEIGHBOUR_COMPARISONS: usize = 4;

/// The agreement behind an audit: which values of a link are compared, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditSchema {
    canonical: String,
    digest: SchemaDigest,
    body: AuditBody,
}

/// The content of an audit document.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AuditBody {
    /// A display name.
    pub name: String,
    /// Name of the locale pack.
    pub pack: String,
    /// Digest of that pack's tables, if the parties pinned it.
    pub pack_digest: Option<SchemaDigest>,
    /// Key epoch, from 1.
    pub epoch: u32,
    /// Where values come from: the inputs of the document, then one column for each comparison that names
    /// none.
    pub inputs: Vec<Input>,
    /// The comparisons, in document order, at most 16.
    pub comparisons: Vec<AuditComparison>,
    /// For each comparison, whether people were looked up by it when the links were made.
    pub searched: Vec<bool>,
    /// How neighboring rows are compared.
    pub neighbors: Neighbours,
    /// Statute that permits a national number among the values.
    pub statutory_basis: Option<String>,
}

/// One comparison of an audit.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AuditComparison {
    /// Name of the comparison.
    pub name: String,
    /// Where the values come from: an index into [`AuditBody::inputs`].
    pub input: usize,
    /// The attribute of a person that it compares.
    pub role: AuditRole,
    /// Kind of value, known to the locale pack.
    pub kind: String,
    /// Levels from tight to loose, at least one.
    pub levels: Vec<String>,
    /// The errors that are typical of the values.
    pub error_variants: Vec<ErrorVariant>,
    /// Graded similarity.
    pub filter: Option<AuditFilter>,
    /// Slots of a right row: how many values of a record are compared.
    pub values: usize,
    /// Slots of a left row, at most `values`: how many of them agree is disclosed.
    pub left_values: usize,
    /// Values of a right row whose similarity with the first left value is computed.
    pub filters: usize,
    /// Whether values are more or less complete, as addresses are.
    pub partial: bool,
    /// Values that mean "missing", besides the empty one.
    pub missing: Vec<String>,
}

/// The filter of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFilter {
    /// Level of the value.
    pub level: String,
    /// Features taken from the value.
    pub features: Vec<Feature>,
}

/// The attribute of a person that a comparison is about; the hypotheses of an audit depend on it
/// (`protocols/05-audit.md` §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditRole {
    /// Family name, as it is written.
    FamilyName,
    /// Given name, as it is written.
    GivenName,
    /// Family and given name in one value.
    FullName,
    /// Family name, as it is read.
    FamilyReading,
    /// Given name, as it is read.
    GivenReading,
    /// Date of birth.
    BirthDate,
    /// Sex.
    Sex,
    /// Address.
    Address,
    /// Anything else of a person, such as a telephone number.
    Other,
}

impl AuditRole {
    /// All roles.
    pub const ALL: [Self; 9] = [
        Self::FamilyName,
        Self::GivenName,
        Self::FullName,
        Self::FamilyReading,
        Self::GivenReading,
        Self::BirthDate,
        Self::Sex,
        Self::Address,
        Self::Other,
    ];

    /// The name in documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FamilyName => "family_name",
            Self::GivenName => "given_name",
            Self::FullName => "full_name",
            Self::FamilyReading => "family_reading",
            Self::GivenReading => "given_reading",
            Self::BirthDate => "birth_date",
            Self::Sex => "sex",
            Self::Address => "address",
            Self::Other => "other",
        }
    }

    /// Whether people are commonly looked up by it.
    const fn is_searched(self) -> bool {
        matches!(self, Self::FamilyReading | Self::GivenReading | Self::BirthDate | Self::Sex)
    }
}

/// A typical error in a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorVariant {
    /// Day and month of a date are exchanged.
    DayMonth,
    /// A date is one day off.
    NextDay,
    /// Family and given name are exchanged.
    Exchanged,
}

impl ErrorVariant {
    /// All known errors.
    pub const ALL: [Self; 3] = [Self::DayMonth, Self::NextDay, Self::Exchanged];

    /// The name in documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DayMonth => "day_month",
            Self::NextDay => "next_day",
            Self::Exchanged => "exchanged",
        }
    }
}

/// How neighboring rows are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbours {
    /// Number of rows on either side; 0 for none.
    pub reach: usize,
    /// Comparisons by index, and the level of their values: neighbors agree where all of these agree.
    pub comparisons: Vec<(usize, String)>,
}

const MEMBERS: [&str; 11] = [
    "format",
    "version",
    "name",
    "description",
    "epoch",
    "locale",
    "inputs",
    "comparisons",
    "searched",
    "neighbours",
    "statutoryBasis",
];

impl AuditSchema {
    /// Reads and checks an audit document.
    ///
    /// # Errors
    /// [`SchemaError`] with every fault found: its JSON path, the problem and the remedy.
    pub fn parse(text: &str) -> Result<Self, SchemaError> {
        let value = json::parse(text, "an audit schema")?;
        if !Self::is_audit(&value) {
            return Err(SchemaError::single(
                "$.format",
                "this is not an audit schema",
                format!(
                    "set \"format\": \"{FORMAT}\", or start from `mizuhiki schema init --for audit DATA.csv`"
                ),
            ));
        }
        let mut walk = Walk::default();
        let body = read(&value, &mut walk);
        let (body, _) = walk.finish(body)?;
        let canonical = digest::canonical(&value)?;
        Ok(Self { digest: SchemaDigest::of(&canonical), canonical, body })
    }

    pub(crate) fn is_audit(value: &Value) -> bool {
        value.get("format").and_then(Value::as_str) == Some(FORMAT)
    }

    /// Whether a document declares itself an audit schema.
    #[must_use]
    pub fn names_itself(text: &str) -> bool {
        serde_json::from_str::<Value>(text).is_ok_and(|value| Self::is_audit(&value))
    }

    /// SHA-256 of the canonical document (RFC 8785).
    #[must_use]
    pub const fn digest(&self) -> SchemaDigest {
        self.digest
    }

    /// The canonical document (RFC 8785), which travels with the tokens.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The content of the document.
    #[must_use]
    pub const fn body(&self) -> &AuditBody {
        &self.body
    }
}

fn read(value: &Value, walk: &mut Walk) -> Option<AuditBody> {
    let root = walk.object(value, "$")?;
    root.only(walk, &MEMBERS);
    read_version(&root, walk);
    let name = root.text(walk, "name", "give the schema a name");
    if let Some((description, path)) = root.optional("description") {
        walk.text(description, &path);
    }
    let epoch = root.integer_or(walk, "epoch", 1..=u64::from(u32::MAX), 1);
    let locale = read_locale(&root, walk);
    let inputs = read_inputs(&root, walk);
    let (inputs, comparisons) = read_comparisons(&root, walk, inputs).unzip();
    let searched = read_searched(&root, walk, comparisons.as_deref());
    let neighbors = read_neighbours(&root, walk, comparisons.as_deref());
    let statutory_basis = read_statutory_basis(&root, walk)?;
    let (pack, pack_digest) = locale?;
    Some(AuditBody {
        name: name?.to_owned(),
        pack,
        pack_digest,
        epoch: epoch? as u32,
        inputs: inputs?,
        comparisons: comparisons?,
        searched: searched?,
        neighbors: neighbors?,
        statutory_basis,
    })
}

fn read_version(root: &Object<'_>, walk: &mut Walk) {
    let Some((version, path)) = root.required(walk, "version", "write \"version\": 2") else { return };
    if version.as_u64() == Some(1) {
        let fix =
            "write \"version\": 2 and remove \"rarity\"; encode the links of both sides again (CHANGELOG.md)";
        walk.fault(&path, "made before pair tokens were sealed: those show values without the key", fix);
    } else {
        walk.integer(version, &path, VERSION..=VERSION);
    }
}

fn read_comparisons(
    root: &Object<'_>,
    walk: &mut Walk,
    inputs: Option<Vec<Input>>,
) -> Option<(Vec<Input>, Vec<AuditComparison>)> {
    let mut inputs = inputs?;
    let (value, path) = root.required(walk, "comparisons", "list what is compared")?;
    let items = walk.array(value, &path)?;
    if items.is_empty() || items.len() > MAX_COMPARISONS {
        let fix = format!("list 1 to {MAX_COMPARISONS} comparisons");
        walk.fault(&path, format!("{} comparisons", items.len()), fix);
        return None;
    }
    let read: Vec<Option<AuditComparison>> = items
        .iter()
        .enumerate()
        .map(|(index, item)| read_comparison(item, &format!("{path}[{index}]"), walk, &mut inputs))
        .collect();
    let comparisons: Vec<AuditComparison> = read.into_iter().collect::<Option<_>>()?;
    let names: Vec<&str> = comparisons.iter().map(|comparison| comparison.name.as_str()).collect();
    for path in paths_of_repeated(&names, &path) {
        walk.fault(&path, "two comparisons have this name", "give each comparison its own name");
    }
    for index in (0..inputs.len()).filter(|input| comparisons.iter().all(|of| of.input != *input)) {
        let path = format!("$.inputs[{index}]");
        walk.fault(&path, "no comparison takes its values from it", "remove it");
    }
    Some((inputs, comparisons))
}

const COMPARISON_MEMBERS: [&str; 13] = [
    "name",
    "input",
    "column",
    "role",
    "kind",
    "levels",
    "slips",
    "filter",
    "values",
    "leftValues",
    "filters",
    "partial",
    "missing",
];

fn read_comparison(
    value: &Value,
    path: &str,
    walk: &mut Walk,
    inputs: &mut Vec<Input>,
) -> Option<AuditComparison> {
    let object = walk.object(value, path)?;
    object.only(walk, &COMPARISON_MEMBERS);
    let name = identifier(&object, walk, "name");
    let role = one_of(&object, walk, "role", &AuditRole::ALL.map(|role| (role.name(), role)));
    let kind = object.text(walk, "kind", "say what the values are, such as \"surname\" or \"date\"");
    let levels = read_levels(&object, walk);
    let error_variants = read_variants(&object, walk);
    let filter = match object.optional("filter") {
        Some((value, path)) => read_filter(value, &path, walk).map(Some),
        None => Some(None),
    };
    let values = object.integer_or(walk, "values", 1..=MAX_VALUES, 1);
    let most = values.unwrap_or(MAX_VALUES).min(MAX_LEFT_VALUES);
    let left_values = object.integer_or(walk, "leftValues", 1..=most, DEFAULT_LEFT_VALUES.min(most));
    let filters = object.integer_or(walk, "filters", 1..=values.unwrap_or(MAX_VALUES), 1);
    if let (Some((_, path)), Some(None)) = (object.optional("filters"), &filter) {
        walk.fault(&path, "filters without a filter", "add \"filter\", or remove it");
    }
    let partial = object.boolean_or(walk, "partial", false);
    let missing = read_missing(&object, walk)?;
    let name = name?;
    let input = input_named(&object, walk, &name, inputs)?;
    let (levels, error_variants) = (levels?, error_variants?);
    if levels.len() + error_variants.len() > MAX_TAGS {
        let fix = format!("use at most {MAX_TAGS} levels and error variants together");
        walk.fault(&object.path("slips"), "too many error variants", fix);
    }
    let filter = filter?;
    Some(AuditComparison {
        input,
        role: role?,
        kind: kind?.to_owned(),
        levels,
        error_variants,
        filters: if filter.is_some() { filters? as usize } else { 0 },
        filter,
        values: values? as usize,
        left_values: left_values? as usize,
        partial: partial?,
        missing,
        name,
    })
}

fn one_of<T: Copy>(object: &Object<'_>, walk: &mut Walk, key: &str, known: &[(&str, T)]) -> Option<T> {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let fix = format!("write one of {}", names.join(", "));
    let text = object.text(walk, key, &fix)?;
    let found = known.iter().find(|(name, _)| *name == text);
    if found.is_none() {
        walk.fault(&object.path(key), format!("unknown {key}"), fix);
    }
    found.map(|(_, value)| *value)
}

/// Texts of a list, each once; `Some(None)` if the member is absent.
fn texts<'v>(
    object: &Object<'v>,
    walk: &mut Walk,
    key: &str,
    most: usize,
) -> Option<Option<Vec<(&'v str, String)>>> {
    let Some((value, path)) = object.optional(key) else { return Some(None) };
    let items = walk.array(value, &path)?;
    if items.len() > most {
        walk.fault(&path, format!("{} entries", items.len()), format!("list at most {most}"));
        return None;
    }
    let mut found: Vec<(&str, String)> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let text = walk.text(item, &path)?;
        if found.iter().any(|(earlier, _)| *earlier == text) {
            walk.fault(&path, "listed twice", "list it once");
            return None;
        }
        found.push((text, path));
    }
    Some(Some(found))
}

fn read_levels(object: &Object<'_>, walk: &mut Walk) -> Option<Vec<String>> {
    let fix = "list levels of the kind, from tight to loose";
    let (_, path) = object.required(walk, "levels", fix)?;
    let levels = texts(object, walk, "levels", MAX_LEVELS)?.unwrap_or_default();
    if levels.is_empty() {
        walk.fault(&path, "no level", fix);
        return None;
    }
    Some(levels.into_iter().map(|(level, _)| level.to_owned()).collect())
}

fn read_variants(object: &Object<'_>, walk: &mut Walk) -> Option<Vec<ErrorVariant>> {
    let mut error_variants = Vec::new();
    for (text, path) in texts(object, walk, "slips", ErrorVariant::ALL.len())?.unwrap_or_default() {
        match ErrorVariant::ALL.into_iter().find(|error| error.name() == text) {
            Some(error) => error_variants.push(error),
            None => {
                walk.fault(&path, "unknown error variant", "write day_month, next_day or exchanged");
                return None;
            }
        }
    }
    Some(error_variants)
}

fn read_filter(value: &Value, path: &str, walk: &mut Walk) -> Option<AuditFilter> {
    let object = walk.object(value, path)?;
    object.only(walk, &["level", "features"]);
    let level = object.text(walk, "level", "name a level of the kind");
    let features = read_features(&object, walk);
    Some(AuditFilter { level: level?.to_owned(), features: features? })
}

/// The comparison with the name at `path`.
fn named(walk: &mut Walk, comparisons: &[AuditComparison], name: &str, path: &str) -> Option<usize> {
    let found = comparisons.iter().position(|comparison| comparison.name == name);
    if found.is_none() {
        walk.fault(path, "no comparison has this name", "list names from $.comparisons");
    }
    found
}

fn read_searched(
    root: &Object<'_>,
    walk: &mut Walk,
    comparisons: Option<&[AuditComparison]>,
) -> Option<Vec<bool>> {
    let comparisons = comparisons?;
    let Some((value, path)) = root.optional("searched") else {
        return Some(comparisons.iter().map(|comparison| comparison.role.is_searched()).collect());
    };
    let mut searched = vec![false; comparisons.len()];
    for (index, item) in walk.array(value, &path)?.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let name = walk.text(item, &path)?;
        let at = named(walk, comparisons, name, &path)?;
        if std::mem::replace(&mut searched[at], true) {
            walk.fault(&path, "listed twice", "list it once");
        }
    }
    Some(searched)
}

fn read_neighbours(
    root: &Object<'_>,
    walk: &mut Walk,
    comparisons: Option<&[AuditComparison]>,
) -> Option<Neighbours> {
    let none = Neighbours { reach: 0, comparisons: Vec::new() };
    let Some((value, path)) = root.optional("neighbours") else { return Some(none) };
    let object = walk.object(value, &path)?;
    object.only(walk, &["reach", "comparisons"]);
    let reach = object.integer_or(walk, "reach", 0..=MAX_REACH, 3)? as usize;
    let mut found = Vec::new();
    if let Some((value, path)) = object.optional("comparisons") {
        let items = walk.array(value, &path)?;
        if items.len() > MAX_NEIGHBOUR_COMPARISONS {
            let fix = format!("list at most {MAX_NEIGHBOUR_COMPARISONS}");
            walk.fault(&path, format!("{} comparisons", items.len()), fix);
            return None;
        }
        for (index, item) in items.iter().enumerate() {
            let path = format!("{path}[{index}]");
            let item = walk.object(item, &path)?;
            item.only(walk, &["comparison", "level"]);
            let name = item.text(walk, "comparison", "name a comparison")?;
            let level = item.text(walk, "level", "name a level of the comparison")?.to_owned();
            let entry = (named(walk, comparisons?, name, &item.path("comparison"))?, level);
            if found.contains(&entry) {
                walk.fault(&path, "listed twice", "list it once");
            }
            found.push(entry);
        }
    }
    Some(if found.is_empty() || reach == 0 { none } else { Neighbours { reach, comparisons: found } })
}
