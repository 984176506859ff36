//! Levels of similarity, and which of them are solid.

use mizuhiki_exchange::Comparable;
use mizuhiki_schema::LinkageSchema;

use crate::common::CommonLaw;

/// Levels of the similarity of filters between 0 and 1.
const FILTER_LEVELS: usize = 200;

/// The solid threshold is the similarity of records that differ in one field plus this, but at most
/// [`MOST_SOLID`].
const ABOVE_ONE_FIELD: f64 = 0.06;
const MOST_SOLID: f64 = 0.96;

/// Maximum ratio of the numbers of common symbols at the ends of a band; smaller for solid pairs, of which
/// there are more.
const BAND: f64 = 1.6;
const SOLID_BAND: f64 = 1.12;

/// Levels of similarity: numbers of common symbols, or two hundredths of the similarity of filters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    law: Option<CommonLaw>,
    but_for_a_field: usize,
    solid: usize,
}

impl Scale {
    /// The levels of a comparison.
    #[must_use]
    pub fn of(comparable: &Comparable<'_>) -> Self {
        let schema = comparable.left().meta().map(|meta| &meta.schema);
        let of_symbols = schema.zip(CommonLaw::of(comparable));
        let of_symbols =
            of_symbols.and_then(|(schema, law)| Self::of_symbols(law, schema, comparable.is_within()));
        let but_one = || schema.map_or(1.0, |schema| schema.similarity_but_for_a_field());
        of_symbols.unwrap_or_else(|| Self::of_filters(but_one()))
    }

    /// The levels of filters. Two that differ in a whole value have a similarity of at most
    /// `but_for_a_field`, 0..=1.
    #[must_use]
    pub fn of_filters(but_for_a_field: f64) -> Self {
        let solid = (but_for_a_field + ABOVE_ONE_FIELD).min(MOST_SOLID);
        let level = |similarity: f64| (similarity * FILTER_LEVELS as f64).ceil() as usize;
        Self { law: None, but_for_a_field: level(but_for_a_field), solid: level(solid) }
    }

    /// The levels of a schema's symbols under a law, in files of one task; `None` for a schema of filters.
    #[must_use]
    pub fn of_symbols(law: CommonLaw, schema: &LinkageSchema, within: bool) -> Option<Self> {
        let but_for_a_field = schema.views_without_a_field(within) * law.symbols().per_view;
        Some(Self { law: Some(law), but_for_a_field, solid: schema.solid_symbols(within)? })
    }

    /// The level of a similarity.
    #[must_use]
    pub fn level(&self, similarity: f64) -> usize {
        match self.law {
            Some(law) => (law.common(similarity) as usize).min(law.per_row()),
            None => {
                let level = (similarity * FILTER_LEVELS as f64) as usize;
                // Corrects rounding: the level is the highest whose floor is reached.
                level + usize::from(self.floor(level + 1) <= similarity)
                    - usize::from(self.floor(level) > similarity)
            }
        }
    }

    /// The lowest similarity of a level.
    #[must_use]
    pub fn floor(&self, level: usize) -> f64 {
        match self.law {
            Some(law) => law.similarity(level as u32),
            None => level as f64 / FILTER_LEVELS as f64,
        }
    }

    /// Number of levels.
    #[must_use]
    pub fn levels(&self) -> usize {
        self.law.map_or(FILTER_LEVELS, |law| law.per_row()) + 1
    }

    /// The lowest solid level: records at or above it differ in no whole field. Relatives and namesakes stay
    /// below it.
    #[must_use]
    pub const fn solid(&self) -> usize {
        self.solid
    }

    /// The level of two records that differ in one whole field, and in nothing else.
    #[must_use]
    pub const fn but_for_a_field(&self) -> usize {
        self.but_for_a_field
    }

    /// Whether levels are numbers of common symbols.
    pub(crate) const fn is_of_symbols(&self) -> bool {
        self.law.is_some()
    }

    /// Share of pairs of unrelated records that have a level by chance; 0 if the law is unknown.
    pub(crate) fn random_share(&self, level: usize) -> f64 {
        self.law.map_or(0.0, |law| law.random_share(level as u32))
    }

    /// Bands of levels from the highest down, as (first level, level after the last). The first begins at
    /// `core`, a solid level; narrow ones follow as long as pairs are solid, then wider ones down to
    /// `lowest`. The levels of a band are split together.
    pub(crate) fn bands(&self, lowest: usize, core: usize) -> Vec<(usize, usize)> {
        let mut bands = vec![(core.max(lowest), self.levels())];
        let mut end = core;
        while end > lowest {
            let ratio = if end > self.solid { SOLID_BAND } else { BAND };
            let start = match self.law {
                Some(_) if end > 4 => (end as f64 / ratio) as usize,
                Some(_) => end - 1,
                None => end.saturating_sub(2),
            };
            let start = start.max(lowest).max(if end > self.solid { self.solid } else { 0 });
            bands.push((start, end));
            end = start;
        }
        bands
    }
}
