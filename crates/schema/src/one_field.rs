//! Similarity of two records that agree in all fields but one, as relatives and namesakes do
//! (`protocols/04-matching.md` §7).

use crate::linkage::{LinkageSchema, SchemaBody};
use crate::native::TokenSchema;

/// Solid pairs have this many times the common symbols of records that differ in one field, plus a few by
/// chance.
const SOLID_SHARE: f64 = 1.1;
const SOLID_BY_CHANCE: f64 = 3.0;

/// Dice coefficient of two unrelated filters of the usual fill.
const UNRELATED: f64 = 0.45;

impl LinkageSchema {
    /// The maximum number of views that omit the same field: records that differ in that field alone have
    /// equal tokens in that many views. `within` files for deduplication, views for linkage alone do not
    /// count. At least 1.
    #[must_use]
    pub fn views_without_a_field(&self, within: bool) -> usize {
        let SchemaBody::Tokens(schema) = self.body() else { return 1 };
        let views = || schema.views.iter().filter(|view| !(within && view.link_only));
        let without = |field: usize| {
            views().filter(move |view| !view.fields.iter().any(|&of| is_of(schema, of, field)))
        };
        (0..schema.fields.len()).map(|field| without(field).count()).max().unwrap_or(1).max(1)
    }

    /// The number of common symbols at which a pair of records is **solid**: more than records have that
    /// differ completely in one field. `None` where tokens are filters.
    #[must_use]
    pub fn solid_symbols(&self, within: bool) -> Option<usize> {
        let symbols = self.symbols()?;
        let rows = (symbols.per_record as f64 / symbols.per_row as f64).round().max(1.0);
        let equal = self.views_without_a_field(within) * symbols.per_view;
        let solid = (equal as f64 * rows * SOLID_SHARE + SOLID_BY_CHANCE) as usize;
        Some(solid.min(symbols.in_row(within)))
    }

    /// Approximately the maximum similarity, 0..=1, of the filters of two records that differ completely in
    /// one field and agree in all others.
    #[must_use]
    pub fn similarity_but_for_a_field(&self) -> f64 {
        let SchemaBody::Tokens(schema) = self.body() else { return 1.0 - (1.0 - UNRELATED) / 4.0 };
        (0..schema.fields.len()).map(|field| but_for(schema, field)).fold(0.0, f64::max)
    }
}

/// Whether two fields come from one value, such as parts of a date.
fn is_of(schema: &TokenSchema, a: usize, b: usize) -> bool {
    let (a, b) = (&schema.fields[a], &schema.fields[b]);
    a.kind == b.kind && schema.inputs[a.input].columns == schema.inputs[b.input].columns
}

/// The root mean square over views of their expected agreements.
fn but_for(schema: &TokenSchema, field: usize) -> f64 {
    let weight = |field: usize| schema.fields[field].weight;
    let squares = schema.views.iter().map(|view| {
        let of = view.fields.iter().filter(|&&of| is_of(schema, of, field));
        let share =
            of.map(|&of| weight(of)).sum::<f64>() / view.fields.iter().map(|&of| weight(of)).sum::<f64>();
        (1.0 - share * (1.0 - UNRELATED)).powi(2)
    });
    (squares.sum::<f64>() / schema.views.len() as f64).sqrt()
}
