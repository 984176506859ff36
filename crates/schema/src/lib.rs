//! The linkage schema: what the parties of a linkage agreed on, with a version and a digest.
//!
//! Normative text: `protocols/01-linkage-schema.md`. A schema is one JSON document; [`LinkageSchema::parse`]
//! is the only way to obtain one. Native documents describe tokens (fields, views, symbols, thresholds);
//! clkhash documents of versions 1, 2 and 3 are read as they are.

#![forbid(unsafe_code)]

mod audit;
mod blocking;
mod clkhash;
mod confirm;
mod digest;
mod fault;
mod fields;
mod inputs;
mod json;
mod limits;
mod linkage;
mod measure;
mod names;
mod native;
mod one_field;
mod side;
mod symbols;
mod threshold;

pub use audit::{AuditBody, AuditComparison, AuditFilter, AuditRole, AuditSchema, ErrorVariant, Neighbours};
pub use blocking::{Blocking, BlockingKey, BlockingPart, BlockingRule};
pub use clkhash::{
    BitStrategy, ClkhashFeature, ClkhashFormat, ClkhashHash, ClkhashSchema, Comparison, Hashing, KdfHash,
    MissingValue, TextEncoding,
};
pub use confirm::{Confirm, ConfirmFilter, ConfirmRule};
pub use digest::{SchemaDigest, first_difference};
pub use fault::{Fault, SchemaError};
pub use fields::{Feature, Field};
pub use inputs::{Input, InputColumn, Readings, Take};
pub use json::MAX_SCHEMA_BYTES;
pub use limits::{AttackLimits, Filter, Limits, Profile, View};
pub use linkage::{LinkageSchema, SchemaBody};
pub use measure::Measure;
pub use native::TokenSchema;
pub use side::Side;
pub use symbols::{Draw, Symbols};
pub use threshold::{Similarity, ThresholdError, Thresholds};
