//! A linkage schema, whichever family its document is of.

use serde_json::Value;

use crate::audit::AuditSchema;
use crate::blocking::Blocking;
use crate::clkhash::ClkhashSchema;
use crate::digest::{self, SchemaDigest};
use crate::fault::{Fault, SchemaError};
use crate::inputs::Input;
use crate::limits::AttackLimits;
use crate::measure::Measure;
use crate::native::TokenSchema;
use crate::symbols::Symbols;
use crate::threshold::Thresholds;
use crate::{clkhash, fault, json, native};

/// A checked linkage schema.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkageSchema {
    canonical: String,
    digest: SchemaDigest,
    body: SchemaBody,
    warnings: Vec<Fault>,
}

/// The two families of schema documents.
#[derive(Debug, Clone, PartialEq)]
pub enum SchemaBody {
    /// A document of this project: `protocols/01-linkage-schema.md`.
    Tokens(Box<TokenSchema>),
    /// A clkhash document, upgraded to version 3.
    Clkhash(Box<ClkhashSchema>),
}

impl LinkageSchema {
    /// Reads and checks a schema document.
    ///
    /// # Errors
    /// [`SchemaError`] with every fault found: its JSON path, the problem and the remedy.
    pub fn parse(text: &str) -> Result<Self, SchemaError> {
        let value = json::parse(text, "a linkage schema")?;
        let (body, warnings) = Self::read_body(&value)?;
        let canonical = digest::canonical(&value)?;
        Ok(Self { digest: SchemaDigest::of(&canonical), canonical, body, warnings })
    }

    fn read_body(value: &Value) -> Result<(SchemaBody, Vec<Fault>), SchemaError> {
        let Some(object) = value.as_object() else {
            return Err(SchemaError::single("$", "the document is not a JSON object", "write { … }"));
        };
        if object.get("format").and_then(Value::as_str) == Some(native::FORMAT) {
            let mut walk = fault::Walk::default();
            let schema = native::read(value, &mut walk);
            return walk
                .finish(schema)
                .map(|(schema, warnings)| (SchemaBody::Tokens(Box::new(schema)), warnings));
        }
        if object.contains_key("clkConfig") {
            let mut walk = fault::Walk::default();
            let schema = clkhash::read(value, &mut walk);
            return walk
                .finish(schema)
                .map(|(schema, warnings)| (SchemaBody::Clkhash(Box::new(schema)), warnings));
        }
        if AuditSchema::is_audit(value) {
            return Err(SchemaError::single(
                "$.format",
                "this is an audit schema: it says how links are audited, not how records are linked",
                "use it with `mizuhiki encode --for audit`, or give a linkage schema",
            ));
        }
        Err(SchemaError::single(
            "$.format",
            "this is neither a mizuhiki nor a clkhash linkage schema",
            format!("set \"format\": \"{}\", or start from `mizuhiki schema init DATA.csv`", native::FORMAT),
        ))
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
    pub const fn body(&self) -> &SchemaBody {
        &self.body
    }

    /// Settings that are allowed but probably not intended.
    #[must_use]
    pub fn warnings(&self) -> &[Fault] {
        &self.warnings
    }

    /// A short display name.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.body {
            SchemaBody::Tokens(schema) => &schema.name,
            SchemaBody::Clkhash(_) => "clkhash schema",
        }
    }

    /// The profile's name: `clkhash`, `plain`, `hardened` or `max-privacy`.
    #[must_use]
    pub fn profile_name(&self) -> &'static str {
        match &self.body {
            SchemaBody::Tokens(schema) => schema.profile.name(),
            SchemaBody::Clkhash(_) => "clkhash",
        }
    }

    /// Names of the views, in order. A clkhash schema has one view, `clk`.
    #[must_use]
    pub fn view_names(&self) -> Vec<&str> {
        match &self.body {
            SchemaBody::Tokens(schema) => schema.views.iter().map(|view| view.name.as_str()).collect(),
            SchemaBody::Clkhash(_) => vec!["clk"],
        }
    }

    /// How filters become sealed symbols; `None` where tokens are filters.
    #[must_use]
    pub fn symbols(&self) -> Option<Symbols> {
        match &self.body {
            SchemaBody::Tokens(schema) => schema.symbols,
            SchemaBody::Clkhash(_) => None,
        }
    }

    /// Bits of a filter in each view; where tokens are filters, bits of a token.
    #[must_use]
    pub fn filter_bits(&self) -> usize {
        match &self.body {
            SchemaBody::Tokens(schema) => schema.filter.bits,
            SchemaBody::Clkhash(schema) => schema.bits,
        }
    }

    /// Names of the token columns in files: one per view, or the single column of sealed symbols.
    #[must_use]
    pub fn token_columns(&self) -> Vec<&str> {
        if self.symbols().is_some() { vec!["symbols"] } else { self.view_names() }
    }

    /// Bytes of a token in each of these columns.
    #[must_use]
    pub fn token_bytes(&self) -> usize {
        match self.symbols() {
            Some(symbols) => symbols.per_record * symbols.bytes(),
            None => self.filter_bits() / 8,
        }
    }

    /// Names of the blocking passes, in order; empty if every pair is to be compared.
    #[must_use]
    pub fn pass_names(&self) -> Vec<String> {
        match &self.body {
            SchemaBody::Tokens(schema) => {
                schema.blocking.as_ref().map_or_else(Vec::new, Blocking::pass_names)
            }
            SchemaBody::Clkhash(_) => Vec::new(),
        }
    }

    /// Maximum rows of tokens per record; 1 if no input has alternatives.
    #[must_use]
    pub fn max_alternatives(&self) -> usize {
        match &self.body {
            SchemaBody::Tokens(schema) if schema.inputs.iter().any(Input::has_alternatives) => {
                schema.limits.max_alternatives
            }
            _ => 1,
        }
    }

    /// How tokens of this schema are compared; if `within`, with tokens of the same file.
    #[must_use]
    pub fn measure(&self, within: bool) -> Measure {
        match &self.body {
            SchemaBody::Tokens(schema) => {
                schema.symbols.map_or(Measure::Dice, |symbols| symbols.measure(within))
            }
            SchemaBody::Clkhash(_) => Measure::Dice,
        }
    }

    /// The thresholds that the parties agreed on.
    #[must_use]
    pub fn thresholds(&self) -> Thresholds {
        match &self.body {
            SchemaBody::Tokens(schema) => schema.thresholds,
            SchemaBody::Clkhash(_) => Thresholds::CLKHASH,
        }
    }

    /// Whether the linkage unit estimates thresholds from the tokens where it can (`protocols/04-matching.md`
    /// §7).
    #[must_use]
    pub fn calibrates(&self) -> bool {
        matches!(&self.body, SchemaBody::Tokens(schema) if schema.calibrate)
    }

    /// Limits of the success of attacks on a file.
    #[must_use]
    pub fn attack_limits(&self) -> AttackLimits {
        match &self.body {
            SchemaBody::Tokens(schema) => schema.limits.attacks,
            SchemaBody::Clkhash(_) => AttackLimits::default(),
        }
    }

    /// The epoch of the tokens; 0 for clkhash, which has no epochs.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        match &self.body {
            SchemaBody::Tokens(schema) => schema.epoch,
            SchemaBody::Clkhash(_) => 0,
        }
    }
}
