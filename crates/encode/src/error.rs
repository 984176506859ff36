//! Errors of encoding, and issues that are only counted.

use std::fmt;

/// Why encoding cannot start or continue. Messages contain fields and rows, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The schema asks for a locale pack that this build lacks.
    #[error("$.locale.pack: unknown locale pack {pack:?}; known packs: {known}")]
    UnknownPack {
        /// The name in the schema.
        pack: String,
        /// Names of the packs of this build.
        known: String,
    },
    /// The schema pins tables that differ from this build's.
    #[error(
        "$.locale.digest: the schema pins normalization tables {pinned}, but this build has {found}; \
         use the release that the parties agreed on, or agree on a new schema"
    )]
    PackDigest {
        /// Digest in the schema.
        pinned: String,
        /// Digest of this build's tables.
        found: String,
    },
    /// A field's kind is unknown to the pack.
    #[error("{path}.kind: pack {pack} has no kind {kind:?}; known kinds: {known}")]
    UnknownKind {
        /// JSON path of the field, or of the part of a blocking rule.
        path: Box<str>,
        /// Name of the pack.
        pack: String,
        /// The kind in the schema.
        kind: String,
        /// Kinds of the pack.
        known: String,
    },
    /// A field's level is unknown to its kind.
    #[error("{path}.level: kind {kind} has no level {level:?}; known levels: {known}")]
    UnknownLevel {
        /// JSON path of the field, or of the part of a blocking rule.
        path: Box<str>,
        /// The kind of the field.
        kind: String,
        /// The level in the schema.
        level: String,
        /// Levels of the kind.
        known: String,
    },
    /// A field would encode national numbers.
    #[error(
        "{path}.kind: an encoded My Number is legally still one (My Number Act, art. 2(8)); \
         remove the field, or state \"statutoryBasis\" in the schema"
    )]
    NationalNumberField {
        /// JSON path of the field or comparison.
        path: Box<str>,
    },
    /// The schema asks for readings from a pack that has none.
    #[error(
        "$.inputs[{input}].columns[{column}].readings: pack {pack} does not know how names are read; \
         remove the member"
    )]
    NoReadings {
        /// Index of the input.
        input: usize,
        /// Index of its column.
        column: usize,
        /// Name of the pack.
        pack: String,
    },
    /// A symbol would need more filter positions of a field than it has.
    #[error(
        "$.fields[{index}].weight: the field has {bits} filter bits in view {view:?}, but a symbol needs {drawn} of \
         them; raise filter.bits, or lower symbols.positions"
    )]
    ShortSegment {
        /// Index of the field.
        index: usize,
        /// Name of the view.
        view: String,
        /// Positions of its segment.
        bits: usize,
        /// Positions that are drawn from it.
        drawn: usize,
    },
    /// A field has so little weight that it would set no bit.
    #[error(
        "$.fields[{index}].weight: the field gets {bits} filter bits in view {view:?}; \
         raise its weight or omit it from the view"
    )]
    NoBudget {
        /// Index of the field.
        index: usize,
        /// Name of the view.
        view: String,
        /// Bits that it would get.
        bits: usize,
    },
    /// A clkhash schema has a regular expression that cannot be used.
    #[error(
        "$.features[{index}].format.pattern: not a usable regular expression; use the syntax without look-around"
    )]
    Pattern {
        /// Index of the feature.
        index: usize,
    },
    /// A clkhash date format has an unknown directive.
    #[error(
        "$.features[{index}].format.format: directive %{directive} is not supported; use %Y %y %m %d %b %B %j %H %M %S"
    )]
    DateFormat {
        /// Index of the feature.
        index: usize,
        /// The directive.
        directive: char,
    },
    /// A value that the schema forbids: in clkhash mode all values must have their format.
    #[error("row {row}, column {column:?}: {reason}")]
    Value {
        /// Row of the input, from 1, header not counted.
        row: u64,
        /// Name of the column.
        column: String,
        /// The problem with the value, without the value.
        reason: String,
    },
    /// A value is a national number that may not be encoded.
    #[error(
        "row {row}, column {column:?}: the value is a valid My Number (12 digits with check digit). \
         An encoded My Number is legally still one: remove it, or state \"statutoryBasis\" in the schema"
    )]
    NationalNumber {
        /// Row of the input, from 1, header not counted.
        row: u64,
        /// Name of the column.
        column: String,
    },
    /// A key of the wrong size.
    #[error("a linkage key has 32 bytes; this one has {0}. Make one with `mizuhiki key new -o FILE`")]
    KeySize(usize),
    /// A clkhash secret must not be empty.
    #[error("the secret is empty; write a long random text into the file")]
    EmptySecret,
}

/// Why a value was masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IssueKind {
    /// The value was missing.
    Missing,
    /// The value was not valid for its kind.
    Invalid,
}

/// A masked value, counted by field and reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Issue {
    /// Index of the field in the schema.
    pub field: usize,
    /// Why it was masked.
    pub kind: IssueKind,
    /// The reason in words; empty for [`IssueKind::Missing`].
    pub reason: &'static str,
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            IssueKind::Missing => f.write_str("missing"),
            IssueKind::Invalid => f.write_str(self.reason),
        }
    }
}
