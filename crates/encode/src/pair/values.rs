//! The values of a comparison, normalized at every level, before they are sealed under a handle.

use std::ops::Range;
use std::sync::Arc;

use mizuhiki_exchange::ComparisonLayout;
use mizuhiki_locale::{LevelTexts, Normalization, Pack, WILDCARD, day_after, day_month_exchanged};
use mizuhiki_schema::ErrorVariant;
use rustc_hash::FxHashMap;

use super::plan::ComparisonPlan;
use crate::alternatives::{InputPlan, InputValue};
use crate::features::Features;

/// A comparison's values, ready to be sealed.
#[derive(Default)]
pub(super) struct Prepared {
    /// Texts of all slots.
    text: String,
    pub(super) slots: Vec<Slot>,
    /// Features of all slots: ranges of `feature_bytes`.
    feature_bytes: Vec<u8>,
    feature_ends: Vec<usize>,
    /// Normalized readings, by column: there are few distinct ones, and each name has several.
    remembered: Vec<FxHashMap<String, Arc<LevelTexts>>>,
}

/// Maximum number of readings of a column that are memoized.
const MAX_REMEMBERED: usize = 1 << 15;

/// A value.
pub(super) struct Slot {
    /// Number of the column in its input.
    column: usize,
    /// Whether it contains an unknown character.
    pub(super) wild: bool,
    /// Text at each level, then with each error applied; `None` where there is none.
    texts: Vec<Option<Range<usize>>>,
    /// Levels at which it is compared, one bit each.
    compared: u8,
    /// Features of the filter, by number.
    features: Range<usize>,
}

/// A value before sealing, in plaintext: crate `evaluate` compares it with what pair tokens show.
pub struct PlainValue {
    /// Number of the column in its input.
    pub column: usize,
    /// Whether it contains an unknown character.
    pub wild: bool,
    /// Text of each tag, levels then error variants; `None` where nothing is compared.
    pub tags: Vec<Option<String>>,
    /// Features of the filter; empty without a filter.
    pub features: Vec<Vec<u8>>,
}

/// Reusable memory.
#[derive(Default)]
pub(super) struct Scratch {
    levels: Arc<LevelTexts>,
    normal: String,
    features: Features,
}

impl Prepared {
    /// The values before sealing, in plaintext.
    pub(super) fn plain(&self) -> Vec<PlainValue> {
        let value = |(number, slot): (usize, &Slot)| PlainValue {
            column: slot.column,
            wild: slot.wild,
            tags: (0..slot.texts.len()).map(|tag| self.tag_text(number, tag).map(str::to_owned)).collect(),
            features: self.features(number).map(<[u8]>::to_vec).collect(),
        };
        self.slots.iter().enumerate().map(value).collect()
    }

    fn clear(&mut self) {
        self.text.clear();
        self.slots.clear();
        self.feature_bytes.clear();
        self.feature_ends.clear();
    }

    /// Text of a slot's tag, levels then error variants; `None` where nothing is compared.
    pub(super) fn tag_text(&self, slot: usize, tag: usize) -> Option<&str> {
        let slot = &self.slots[slot];
        let range = slot.texts[tag].clone().filter(|_| slot.compared >> tag & 1 == 1)?;
        Some(&self.text[range])
    }

    /// Whether there is anything to compare, of `levels` levels and the filters of the first `filtered` values.
    pub(super) fn is_compared(&self, levels: usize, filtered: usize) -> bool {
        let at_levels = (1_u16 << levels) - 1;
        let has_variants =
            self.slots.first().is_some_and(|first| first.texts[levels..].iter().any(Option::is_some));
        has_variants
            || self.slots.iter().any(|slot| u16::from(slot.compared) & at_levels != 0)
            || self.slots.iter().take(filtered).any(|slot| !slot.features.is_empty())
    }

    /// Text of the first slot at a level.
    pub(super) fn first_at(&self, level: usize) -> Option<&str> {
        if self.slots.is_empty() { None } else { self.tag_text(0, level) }
    }

    /// Features of a slot's filter.
    pub(super) fn features(&self, slot: usize) -> impl Iterator<Item = &[u8]> {
        let begin = |number: usize| if number == 0 { 0 } else { self.feature_ends[number - 1] };
        self.slots[slot]
            .features
            .clone()
            .map(move |number| &self.feature_bytes[begin(number)..self.feature_ends[number]])
    }

    /// A reading at every level.
    fn remember(&mut self, plan: &ComparisonPlan, column: usize, reading: &str) -> Arc<LevelTexts> {
        if self.remembered.len() <= column {
            self.remembered.resize_with(column + 1, FxHashMap::default);
        }
        let remembered = &mut self.remembered[column];
        if let Some(known) = remembered.get(reading) {
            return Arc::clone(known);
        }
        let mut levels = LevelTexts::default();
        plan.forms[column].normalize(reading, &mut levels);
        let levels = Arc::new(levels);
        if remembered.len() >= MAX_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(reading.to_owned(), Arc::clone(&levels));
        levels
    }

    fn keep(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    /// Whether an earlier slot has the same texts as the last one at every level.
    fn last_repeats(&self, levels: usize) -> bool {
        let Some((last, earlier)) = self.slots.split_last() else { return false };
        let texts = |slot: &Slot| -> Vec<Option<&str>> {
            slot.texts[..levels].iter().map(|range| range.clone().map(|range| &self.text[range])).collect()
        };
        let wanted = texts(last);
        earlier.iter().any(|slot| texts(slot) == wanted)
    }
}

/// Reads the values of a comparison. [`Normalization::Value`] if there is at least one, otherwise the outcome of
/// the first.
pub(super) fn prepare<'v>(
    plan: &ComparisonPlan,
    input: &InputPlan,
    layout: &ComparisonLayout,
    pack: &dyn Pack,
    value: &dyn Fn(usize) -> &'v str,
    scratch: &mut Scratch,
    out: &mut Prepared,
) -> Normalization {
    out.clear();
    let mut why = Normalization::Missing;
    let readings = |column: usize, name: &str, most: usize| match plan.other_parts[column] {
        Some(_) => pack.part_readings(&plan.kinds[column], name, most),
        None => pack.readings(name, most),
    };
    for InputValue { column, text } in input.values(value, &readings) {
        if out.slots.len() == layout.values {
            break;
        }
        if plan.missing.iter().any(|missing| missing == text.trim()) {
            continue;
        }
        let levels = if input.reads(column) {
            out.remember(plan, column, &text)
        } else {
            let levels = Arc::make_mut(&mut scratch.levels);
            plan.forms[column].normalize(&text, levels);
            Arc::clone(&scratch.levels)
        };
        let outcome = push(plan, &InputValue { column, text }, &levels, layout, scratch, out);
        if outcome != Normalization::Value && out.slots.is_empty() && why == Normalization::Missing {
            why = outcome;
        }
    }
    if out.slots.is_empty() { why } else { Normalization::Value }
}

/// Adds a value, normalized in `levels`, as a slot.
fn push(
    plan: &ComparisonPlan,
    value: &InputValue<'_>,
    levels: &LevelTexts,
    layout: &ComparisonLayout,
    scratch: &mut Scratch,
    out: &mut Prepared,
) -> Normalization {
    let (text_length, feature_count) = (out.text.len(), out.feature_ends.len());
    let mut slot = Slot {
        column: value.column,
        wild: false,
        texts: Vec::with_capacity(layout.levels + layout.error_variants),
        compared: 0,
        features: feature_count..feature_count,
    };
    for number in 0..layout.levels {
        let text = levels.text(number);
        slot.texts.push(text.map(|text| out.keep(text)));
        let looser = if number + 1 < layout.levels { levels.text(number + 1) } else { None };
        let known = text.is_some_and(|text| !text.contains(WILDCARD));
        slot.compared |= u8::from(known && !(plan.partial && text == looser)) << number;
    }
    let mut there = levels.text(0).is_some();
    if let Some((level, features)) = &plan.filter
        && let Some(text) = levels.text(*level)
    {
        there = true;
        slot.wild = text.contains(WILDCARD);
        if out.slots.len() < layout.filters {
            scratch.features.take(text, features);
            for feature in scratch.features.iter() {
                out.feature_bytes.extend_from_slice(feature);
                out.feature_ends.push(out.feature_bytes.len());
            }
            slot.features = feature_count..out.feature_ends.len();
        }
    }
    if !there {
        out.text.truncate(text_length);
        return levels.outcome(0);
    }
    for (number, &error) in plan.error_variants.iter().enumerate() {
        let with_error = with_error(plan, value, error, levels, &mut scratch.normal);
        slot.texts.push(with_error.map(|text| out.keep(&text)));
        slot.compared |= 1 << (layout.levels + number);
    }
    out.slots.push(slot);
    if out.last_repeats(layout.levels) {
        out.slots.pop();
        out.text.truncate(text_length);
        out.feature_ends.truncate(feature_count);
        out.feature_bytes.truncate(out.feature_ends.last().copied().unwrap_or(0));
    }
    Normalization::Value
}

/// The error variant of a value, which is normalized in `levels`.
fn with_error(
    plan: &ComparisonPlan,
    value: &InputValue<'_>,
    error: ErrorVariant,
    levels: &LevelTexts,
    normal: &mut String,
) -> Option<String> {
    let tightest = levels.text(0);
    match error {
        ErrorVariant::DayMonth => day_month_exchanged(tightest?),
        ErrorVariant::NextDay => day_after(tightest?),
        ErrorVariant::Exchanged => {
            let other = plan.other_parts[value.column].as_ref()?;
            let outcome = other.normalize(&value.text, normal);
            let there = outcome == Normalization::Value
                && !normal.contains(WILDCARD)
                && tightest != Some(normal.as_str());
            there.then(|| normal.clone())
        }
    }
}
