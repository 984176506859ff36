//! What comes of comparing two rows of pair tokens (`protocols/05-audit.md` §2).

use mizuhiki_exchange::{ComparisonLayout, PAIR_FILTER_BYTES, PairLayout, WILD};
use mizuhiki_schema::{AuditComparison, AuditSchema, Slip};

/// Alternatives that are told apart: the first values, another near the front, one further back.
const ALTERNATIVES: usize = 3;

/// Rarity bands.
const BANDS: usize = 4;

/// Similarities from which an outcome is `similar(3)` (or `wild`), `similar(2)` and `similar(1)`.
const SIMILAR: [f64; 3] = [0.75, 0.5, 0.25];

/// The outcome of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// One side has no value.
    Missing,
    /// The values agree at a level.
    Agree {
        /// Number of the level, 0 the tightest.
        level: usize,
        /// 0: the first value of both; 1 and 2: an alternative, further back.
        alternative: usize,
        /// Rarity of the value, 0 common to 3 rare; 0 where it is not given away.
        band: usize,
    },
    /// The values agree at a level as far as the less complete one goes.
    Partial {
        /// Number of the level.
        level: usize,
    },
    /// A slip makes one value of the other.
    Slip {
        /// Number of the slip in the schema.
        slip: usize,
    },
    /// The values can be the same: one has characters that nobody knows.
    Wild,
    /// The values resemble each other: 3 much, 1 a little.
    Similar(u8),
    /// None of these.
    Different,
}

/// The outcomes that a comparison can have, numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcomes {
    levels: usize,
    slips: usize,
    bands: usize,
    partial: bool,
    wild_and_similar: bool,
}

impl Outcomes {
    /// The outcomes of a comparison.
    #[must_use]
    pub fn new(comparison: &AuditComparison) -> Self {
        Self {
            levels: comparison.levels.len(),
            slips: comparison.slips.len(),
            bands: if comparison.rarity { BANDS } else { 1 },
            partial: comparison.partial,
            wild_and_similar: comparison.filter.is_some(),
        }
    }

    /// Number of outcomes.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.agreements() + self.levels + self.slips + 6
    }

    const fn agreements(&self) -> usize {
        self.levels * ALTERNATIVES * self.bands
    }

    /// The number of an outcome.
    #[must_use]
    pub const fn number(&self, outcome: Outcome) -> u8 {
        let partial = 1 + self.agreements();
        let slip = partial + self.levels;
        let wild = slip + self.slips;
        let number = match outcome {
            Outcome::Missing => 0,
            Outcome::Agree { level, alternative, band } => {
                1 + (level * ALTERNATIVES + alternative) * self.bands + band
            }
            Outcome::Partial { level } => partial + level,
            Outcome::Slip { slip: number } => slip + number,
            Outcome::Wild => wild,
            Outcome::Similar(degree) => wild + 4 - degree as usize,
            Outcome::Different => wild + 4,
        };
        number as u8
    }

    /// The outcome with a number.
    #[must_use]
    pub const fn outcome(&self, number: u8) -> Outcome {
        let number = number as usize;
        let partial = 1 + self.agreements();
        let slip = partial + self.levels;
        let wild = slip + self.slips;
        if number == 0 {
            Outcome::Missing
        } else if number < partial {
            let (rest, band) = ((number - 1) / self.bands, (number - 1) % self.bands);
            Outcome::Agree { level: rest / ALTERNATIVES, alternative: rest % ALTERNATIVES, band }
        } else if number < slip {
            Outcome::Partial { level: number - partial }
        } else if number < wild {
            Outcome::Slip { slip: number - slip }
        } else if number == wild {
            Outcome::Wild
        } else if number < wild + 4 {
            Outcome::Similar((wild + 4 - number) as u8)
        } else {
            Outcome::Different
        }
    }
}

/// Compares rows of one schema.
pub struct PairComparison {
    layout: PairLayout,
    outcomes: Vec<Outcomes>,
}

/// Outcomes of all comparisons of a link, by number; as many as the schema has comparisons.
pub type OutcomeVector = [u8; 16];

impl PairComparison {
    /// For rows of this schema.
    #[must_use]
    pub fn new(schema: &AuditSchema) -> Self {
        Self {
            layout: PairLayout::new(schema),
            outcomes: schema.body().comparisons.iter().map(Outcomes::new).collect(),
        }
    }

    /// Where things stand in the rows.
    #[must_use]
    pub const fn layout(&self) -> &PairLayout {
        &self.layout
    }

    /// The outcomes that each comparison can have.
    #[must_use]
    pub fn outcomes(&self) -> &[Outcomes] {
        &self.outcomes
    }

    /// Compares two rows.
    ///
    /// # Panics
    /// If a row is shorter than the layout.
    #[must_use]
    pub fn compare(&self, left: &[u8], right: &[u8]) -> OutcomeVector {
        let mut vector = [0; 16];
        for ((layout, outcomes), number) in
            self.layout.comparisons.iter().zip(&self.outcomes).zip(&mut vector)
        {
            *number = outcomes.number(compare(layout, outcomes, left, right));
        }
        vector
    }

    /// Whether the first tag of the left row at a level is one of the right row's; `None` if one has none.
    #[must_use]
    pub fn agrees_at(
        &self,
        comparison: usize,
        level: usize,
        tag: Option<[u8; 2]>,
        right: &[u8],
    ) -> Option<bool> {
        let (layout, tag) = (&self.layout.comparisons[comparison], tag?);
        let mut any = None;
        for slot in 0..filled(layout, right) {
            if let Some(other) = tag_of(layout, right, slot, level) {
                any = Some(any == Some(true) || other == tag);
            }
        }
        any
    }

    /// The tag of the first slot of a row at a level.
    #[must_use]
    pub fn first_tag(&self, comparison: usize, level: usize, row: &[u8]) -> Option<[u8; 2]> {
        let layout = &self.layout.comparisons[comparison];
        if filled(layout, row) == 0 { None } else { tag_of(layout, row, 0, level) }
    }
}

/// Slots that are filled; a damaged row states no more than there are.
fn filled(layout: &ComparisonLayout, row: &[u8]) -> usize {
    usize::from(row[layout.start]).min(layout.values)
}

fn tag_of(layout: &ComparisonLayout, row: &[u8], slot: usize, tag: usize) -> Option<[u8; 2]> {
    let mask = row[layout.slot(slot) + 1];
    (mask >> tag & 1 == 1).then(|| {
        let at = layout.tag(slot, tag).start;
        [row[at], row[at + 1]]
    })
}

fn compare(layout: &ComparisonLayout, outcomes: &Outcomes, left: &[u8], right: &[u8]) -> Outcome {
    let (n, m) = (filled(layout, left), filled(layout, right));
    if n == 0 || m == 0 {
        return Outcome::Missing;
    }
    let mut comparable = false;
    for level in 0..layout.levels {
        let mut best: Option<(usize, usize)> = None;
        for i in 0..n {
            let Some(tag) = tag_of(layout, left, i, level) else { continue };
            for j in 0..m {
                let Some(other) = tag_of(layout, right, j, level) else { continue };
                comparable = true;
                if tag == other && best.is_none_or(|(a, b)| (i.max(j), i) < (a.max(b), a)) {
                    best = Some((i, j));
                }
            }
        }
        if let Some((i, j)) = best {
            return agreement(layout, outcomes, (left, i), (right, j), level);
        }
    }
    for slip in 0..layout.slips {
        let slipped = |a: &[u8], b: &[u8]| {
            let tag = tag_of(layout, a, 0, layout.levels + slip);
            tag.is_some() && tag == tag_of(layout, b, 0, 0)
        };
        if slipped(left, right) || slipped(right, left) {
            return Outcome::Slip { slip };
        }
    }
    if !outcomes.wild_and_similar {
        return if comparable { Outcome::Different } else { Outcome::Missing };
    }
    match similarity(layout, left, n, right, m) {
        None if comparable => Outcome::Different,
        None => Outcome::Missing,
        Some(similarity) => {
            let wild = |row: &[u8]| row[layout.slot(0)] & WILD != 0;
            match SIMILAR.iter().position(|least| similarity >= *least) {
                Some(0) if wild(left) || wild(right) => Outcome::Wild,
                Some(place) => Outcome::Similar(3 - place as u8),
                None => Outcome::Different,
            }
        }
    }
}

fn agreement(
    layout: &ComparisonLayout,
    outcomes: &Outcomes,
    (left, i): (&[u8], usize),
    (right, j): (&[u8], usize),
    level: usize,
) -> Outcome {
    let lacks = |row: &[u8], slot: usize| {
        let tighter = (1_u8 << level) - 1;
        row[layout.slot(slot) + 1] & tighter != tighter
    };
    if outcomes.partial && level > 0 && (lacks(left, i) || lacks(right, j)) {
        return Outcome::Partial { level };
    }
    let alternative = match i.max(j) {
        0 => 0,
        1 | 2 => 1,
        _ => 2,
    };
    let band_of = |row: &[u8], slot: usize| usize::from(row[layout.slot(slot)] >> 4 & 3);
    let band = if outcomes.bands == 1 { 0 } else { band_of(left, i).min(band_of(right, j)) };
    Outcome::Agree { level, alternative, band }
}

/// The largest share of features that two filters have in common, unwarped; `None` without two filters.
fn similarity(layout: &ComparisonLayout, left: &[u8], n: usize, right: &[u8], m: usize) -> Option<f64> {
    let mut best: Option<f64> = None;
    for i in 0..n.min(layout.filters) {
        let a = &left[layout.filter(i)];
        let weight_a = weight(a);
        for j in 0..m.min(layout.filters) {
            let b = &right[layout.filter(j)];
            let weight_b = weight(b);
            if weight_a == 0 || weight_b == 0 {
                continue;
            }
            let overlap: u32 = words(a).zip(words(b)).map(|(a, b)| (a & b).count_ones()).sum();
            let chance = f64::from(weight_a) * f64::from(weight_b) / (8 * PAIR_FILTER_BYTES) as f64;
            let range = f64::from(weight_a.min(weight_b)) - chance;
            let share = if range > 0.0 { (f64::from(overlap) - chance) / range } else { 0.0 };
            best = Some(best.map_or(share, |best| best.max(share)));
        }
    }
    best
}

fn words(filter: &[u8]) -> impl Iterator<Item = u64> {
    filter.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes))
}

fn weight(filter: &[u8]) -> u32 {
    words(filter).map(u64::count_ones).sum()
}

/// Name of a slip's outcome and others, for tables: `agree(0,0,0)`, `slip(day_month)`, `similar(2)`.
#[must_use]
pub fn outcome_name(outcome: Outcome, slips: &[Slip]) -> String {
    match outcome {
        Outcome::Missing => "missing".to_owned(),
        Outcome::Agree { level, alternative, band } => format!("agree({level},{alternative},{band})"),
        Outcome::Partial { level } => format!("partial({level})"),
        Outcome::Slip { slip } => format!("slip({})", slips.get(slip).map_or("", |slip| slip.name())),
        Outcome::Wild => "wild".to_owned(),
        Outcome::Similar(degree) => format!("similar({degree})"),
        Outcome::Different => "different".to_owned(),
    }
}
