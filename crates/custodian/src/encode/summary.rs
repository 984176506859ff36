//! The summary of an encoding: counts and leakage, never values.

use std::collections::BTreeMap;

use mizuhiki_columnar::UnreadableValues;
use mizuhiki_encode::{Issue, IssueKind};
use mizuhiki_schema::{LinkageSchema, SchemaBody};
use serde::Serialize;

use crate::encode::blocks::BlockingReport;
use crate::encode::counts::Counts;
use crate::encode::symbols::SymbolReport;

/// Figures of an encoded file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EncodeSummary {
    /// Records encoded.
    pub records: u64,
    /// Digest of the linkage schema.
    pub schema_digest: String,
    /// Fingerprint of the key.
    pub key_id: String,
    /// Name of the profile.
    pub profile: String,
    /// One report per view.
    pub views: Vec<ViewReport>,
    /// Blocks and what was suppressed; absent if the schema has no blocking.
    pub blocking: Option<BlockingReport>,
    /// Sealed symbols and what was suppressed; absent if tokens are filters.
    pub symbols: Option<SymbolReport>,
    /// Rows of tokens for the alternatives of records; absent if the schema has none.
    pub alternatives: Option<Alternatives>,
    /// Masked values, by field and reason.
    pub masked: Vec<FieldIssue>,
    /// Values that could not be read and were masked, by column of the input.
    pub unreadable: Vec<UnreadableValues>,
    /// Warnings.
    pub warnings: Vec<String>,
}

/// Figures of alternatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Alternatives {
    /// Rows of tokens, over all records.
    pub rows: u64,
    /// Records with more alternatives than the schema permits.
    pub cut: u64,
}

/// Figures of a view.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ViewReport {
    /// Name of the view.
    pub view: String,
    /// Records with a token in this view.
    pub tokens: u64,
    /// Mean share of set filter bits, 0..=1.
    pub fill: f64,
    /// Share of records with the same token as another record, 0..=1.
    pub repeated_share: f64,
}

/// Masked values of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldIssue {
    /// Name of the field.
    pub field: String,
    /// Why the values were masked.
    pub reason: String,
    /// Number of masked values.
    pub count: u64,
}

impl FieldIssue {
    /// Issues, with the names of their fields.
    pub(crate) fn all(issues: &BTreeMap<Issue, u64>, fields: &[&str]) -> Vec<Self> {
        issues
            .iter()
            .map(|(issue, &count)| Self {
                field: fields.get(issue.field).copied().unwrap_or_default().to_owned(),
                reason: if issue.kind == IssueKind::Missing { "missing" } else { issue.reason }.to_owned(),
                count,
            })
            .collect()
    }
}

impl EncodeSummary {
    pub(crate) fn new(schema: &LinkageSchema, key_id: String, records: u64, counts: &Counts) -> Self {
        let fields: Vec<&str> = match schema.body() {
            SchemaBody::Tokens(body) => body.fields.iter().map(|f| f.name.as_str()).collect(),
            SchemaBody::Clkhash(body) => body.features.iter().map(|f| f.identifier.as_str()).collect(),
        };
        let views = schema.view_names().into_iter().zip(&counts.views).map(|(view, stats)| {
            let summary = stats.summary();
            ViewReport {
                view: view.to_owned(),
                tokens: summary.tokens,
                fill: summary.fill,
                repeated_share: summary.repeated_share,
            }
        });
        Self {
            records,
            schema_digest: schema.digest().to_string(),
            key_id,
            profile: schema.profile_name().to_owned(),
            views: views.collect(),
            blocking: None,
            symbols: None,
            alternatives: None,
            masked: FieldIssue::all(&counts.issues, &fields),
            unreadable: Vec::new(),
            warnings: Vec::new(),
        }
    }
}
