//! The member `confirm` of a linkage schema: how borderline pairs are decided under encryption
//! (`protocols/01-linkage-schema.md` §2.5, `protocols/06-confirm.md` §2).

use serde_json::Value;

use crate::fault::{Object, Walk};
use crate::fields::Field;
use crate::limits::Filter;

/// Bits of all filters of a record together, at most: they must fit one ciphertext beside a few digits.
const MAX_BITS: u64 = 1_920;

/// Filters at most.
const MAX_FILTERS: usize = 12;

/// Fields of one filter at most.
const MAX_FIELDS: usize = 64;

/// Default share of set bits in a complete record's filter.
const FILL: f64 = 0.45;

/// Dice coefficients are whole ten-thousandths, so that the rule needs whole numbers only.
const UNIT: f64 = 10_000.0;

/// How borderline pairs are decided: the filters to compare, and the rule.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Confirm {
    /// The filters of a record, in order.
    pub filters: Vec<ConfirmFilter>,
    /// The rule that is computed over them.
    pub rule: ConfirmRule,
}

/// A filter that some fields are hashed into.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ConfirmFilter {
    /// Bits, a multiple of 8.
    pub bits: usize,
    /// Expected share of set bits for a complete record.
    pub fill: f64,
    /// The fields by their index in the schema, with their weights.
    pub fields: Vec<(usize, f64)>,
}

/// The rule over a record's filters. All numbers are whole: Dice coefficients are in ten-thousandths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfirmRule {
    /// A weighted sum of the filters' overlaps reaches a Dice coefficient.
    Sum {
        /// A weight for each filter, 1..=15.
        weights: Vec<u32>,
        /// A pair is accepted at this Dice coefficient or above, 1..=10000.
        dice: u32,
    },
    /// Each filter agrees or disagrees by its own Dice coefficient; a pair is accepted if the weights of
    /// agreements and disagreements sum to `accept` or more (Fellegi and Sunter).
    FellegiSunter {
        /// A filter agrees at this Dice coefficient or above, each 1..=10000.
        dice: Vec<u32>,
        /// The weight added where a filter agrees, each 0..=255.
        agree: Vec<u32>,
        /// The weight subtracted where it disagrees, each 0..=255. A missing value neither adds nor
        /// subtracts.
        disagree: Vec<u32>,
        /// A pair is accepted at this sum or above.
        accept: i32,
    },
}

impl Confirm {
    fn starves(&self) -> bool {
        self.filters.iter().flat_map(ConfirmFilter::budgets).any(|budget| budget < 8)
    }
}

impl ConfirmFilter {
    /// Size and fill.
    #[must_use]
    pub const fn filter(&self) -> Filter {
        Filter { bits: self.bits, fill: self.fill }
    }

    /// Bits that a complete value of each field sets, as for search tokens (`protocols/03-tokens.md` §6).
    #[must_use]
    pub fn budgets(&self) -> Vec<usize> {
        let total: f64 = self.fields.iter().map(|(_, weight)| weight).sum();
        self.fields.iter().map(|(_, weight)| self.filter().budget(weight / total)).collect()
    }

    /// Maximum number of set bits.
    #[must_use]
    pub fn most(&self) -> u32 {
        self.budgets().iter().sum::<usize>().min(self.bits) as u32
    }
}

/// Reads the member `confirm`; without it, all fields of a record are compared in one filter. `Some(None)` if
/// there are too many fields for that.
pub(crate) fn read_confirm(
    root: &Object<'_>,
    walk: &mut Walk,
    fields: Option<&[Field]>,
) -> Option<Option<Confirm>> {
    let Some((value, path)) = root.optional("confirm") else {
        let confirm = whole_record(fields?, 1_024, FILL, 7_000);
        return Some((!confirm.starves()).then_some(confirm));
    };
    let confirm = read_member(value, &path, walk, fields?)?;
    let bits: usize = confirm.filters.iter().map(|filter| filter.bits).sum();
    if bits as u64 > MAX_BITS {
        walk.fault(&path, format!("{bits} bits in all filters"), format!("stay within {MAX_BITS}"));
        return None;
    }
    if confirm.starves() {
        walk.fault(
            &path,
            "a field would set fewer than 8 bits",
            "give it more weight, or its filter more bits",
        );
        return None;
    }
    Some(Some(confirm))
}

fn read_member(value: &Value, path: &str, walk: &mut Walk, fields: &[Field]) -> Option<Confirm> {
    let object = walk.object(value, path)?;
    let rule = object.text(walk, "rule", "write \"record\", \"fields\" or \"fellegi-sunter\"")?;
    let fill = object.number_or(walk, "fill", (0.05, 0.6), FILL)?;
    let confirm = match rule {
        "record" => {
            object.only(walk, &["rule", "fill", "bits", "dice", "fields"]);
            let bits = object.integer_or(walk, "bits", 64..=MAX_BITS, 1_024)? as usize / 8 * 8;
            let dice = read_dice(&object, walk)?;
            let mut confirm = whole_record(fields, bits, fill, dice);
            if object.optional("fields").is_some() {
                let weigh = |field: &Object<'_>, walk: &mut Walk| {
                    field.number_or(walk, "weight", (0.001, 1_000.0), 1.0)
                };
                confirm.filters[0].fields =
                    read_items(&object, walk, fields, &["weight"], MAX_FIELDS, weigh)?;
            }
            confirm
        }
        "fields" => {
            object.only(walk, &["rule", "fill", "dice", "fields"]);
            let dice = read_dice(&object, walk)?;
            let (filters, weights) =
                read_filters(&object, walk, fields, fill, &["weight"], |field, walk| {
                    field.integer_or(walk, "weight", 1..=15, 1).map(|weight| weight as u32)
                })?;
            Confirm { filters, rule: ConfirmRule::Sum { weights, dice } }
        }
        "fellegi-sunter" => {
            object.only(walk, &["rule", "fill", "accept", "fields"]);
            let (accept, accept_path) =
                object.required(walk, "accept", "write the sum of weights at which a pair is accepted")?;
            let accept = walk.number(accept, &accept_path, -3_000.0, 3_000.0)?;
            if accept.fract() != 0.0 {
                walk.fault(&accept_path, "not a whole number", "write a whole number");
            }
            let names = ["dice", "agree", "disagree"];
            let (filters, weights) = read_filters(&object, walk, fields, fill, &names, |field, walk| {
                let mut weight = |name: &str| {
                    let (value, path) = field.required(walk, name, "write a whole number from 0 to 255")?;
                    walk.integer(value, &path, 0..=255).map(|weight| weight as u32)
                };
                let (agree, disagree) = (weight("agree")?, weight("disagree")?);
                Some((read_dice(field, walk)?, agree, disagree))
            })?;
            let rule = ConfirmRule::FellegiSunter {
                dice: weights.iter().map(|weights| weights.0).collect(),
                agree: weights.iter().map(|weights| weights.1).collect(),
                disagree: weights.iter().map(|weights| weights.2).collect(),
                accept: accept as i32,
            };
            Confirm { filters, rule }
        }
        _ => {
            walk.fault(
                &object.path("rule"),
                "unknown rule",
                "write \"record\", \"fields\" or \"fellegi-sunter\"",
            );
            return None;
        }
    };
    Some(confirm)
}

fn whole_record(fields: &[Field], bits: usize, fill: f64, dice: u32) -> Confirm {
    let fields = fields.iter().enumerate().map(|(index, field)| (index, field.weight)).collect();
    Confirm {
        filters: vec![ConfirmFilter { bits, fill, fields }],
        // Weight 2 halves the rounding of the threshold, and still fits two steps of clamping.
        rule: ConfirmRule::Sum { weights: vec![2], dice },
    }
}

fn read_dice(object: &Object<'_>, walk: &mut Walk) -> Option<u32> {
    let (value, path) = object.required(walk, "dice", "write a Dice coefficient, such as 0.75")?;
    let dice = walk.number(value, &path, 0.0001, 1.0)?;
    let whole = (dice * UNIT).round();
    if (dice * UNIT - whole).abs() > 1e-6 {
        walk.fault(&path, "more than four decimals", "write a Dice coefficient with at most four decimals");
    }
    Some(whole as u32)
}

/// Reads `fields`: each gets its own filter, with the weights that `weigh` reads from an item.
fn read_filters<T>(
    object: &Object<'_>,
    walk: &mut Walk,
    fields: &[Field],
    fill: f64,
    more: &[&str],
    mut weigh: impl FnMut(&Object<'_>, &mut Walk) -> Option<T>,
) -> Option<(Vec<ConfirmFilter>, Vec<T>)> {
    let with_bits = |item: &Object<'_>, walk: &mut Walk| {
        let bits = item.integer_or(walk, "bits", 64..=MAX_BITS, 192)? as usize / 8 * 8;
        Some((bits, weigh(item, walk)?))
    };
    let items = read_items(object, walk, fields, &[&["bits"], more].concat(), MAX_FILTERS, with_bits)?;
    let filter = |field, bits| ConfirmFilter { bits, fill, fields: vec![(field, 1.0)] };
    Some(items.into_iter().map(|(field, (bits, weight))| (filter(field, bits), weight)).unzip())
}

/// Reads `fields`: indices of fields, each once, with what `read` returns for an item.
fn read_items<T>(
    object: &Object<'_>,
    walk: &mut Walk,
    fields: &[Field],
    more: &[&str],
    most: usize,
    mut read: impl FnMut(&Object<'_>, &mut Walk) -> Option<T>,
) -> Option<Vec<(usize, T)>> {
    let (value, path) = object.required(walk, "fields", "list the fields that are compared")?;
    let items = walk.array(value, &path)?;
    if items.is_empty() || items.len() > most {
        walk.fault(&path, format!("{} fields", items.len()), format!("list 1 to {most} fields"));
        return None;
    }
    let mut found: Vec<(usize, T)> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let item = walk.object(item, &format!("{path}[{index}]"))?;
        item.only(walk, &[&["field"], more].concat());
        let name = item.text(walk, "field", "name a field of the schema")?;
        let Some(field) = fields.iter().position(|field| field.name == name) else {
            walk.fault(&item.path("field"), "no field has this name", "name a field of the schema");
            return None;
        };
        if found.iter().any(|(earlier, _)| *earlier == field) {
            walk.fault(&item.path("field"), "listed twice", "list a field once");
        }
        found.push((field, read(&item, walk)?));
    }
    Some(found)
}
