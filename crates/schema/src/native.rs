//! Native schema documents (`protocols/01-linkage-schema.md`).

use serde_json::Value;

use crate::blocking::{Blocking, read_blocking};
use crate::confirm::{Confirm, read_confirm};
use crate::digest::SchemaDigest;
use crate::fault::{Object, Walk};
use crate::fields::{Field, read_fields};
use crate::inputs::{Input, read_inputs};
use crate::limits::{Filter, Limits, Profile, View, read_filter, read_limits, read_profile, read_views};
use crate::names::{read_locale, read_statutory_basis};
use crate::symbols::{Symbols, read_symbols};
use crate::threshold::{ThresholdError, Thresholds};

/// Value of the member `format`.
pub(crate) const FORMAT: &str = "mizuhiki-linkage-schema";

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
    /// Limits that `encode` enforces, and those of attacks.
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
    let limits = read_limits(&root, walk, profile);
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
