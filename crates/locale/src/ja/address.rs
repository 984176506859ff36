//! Addresses (`protocols/02-ja.md` §6): area, block, and building part.

mod compare;
mod fold;
mod gazetteer;
mod numbers;
mod parse;

pub(super) use compare::relation;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::levels::AddressLevel;
use super::prepare::compose;
use crate::outcome::Normalization;
use gazetteer::gazetteer;

const NOT_AN_ADDRESS: &str = "not an address";

/// Maximum number of rounds; even the strangest text is stable by then.
const MAX_ROUNDS: usize = 8;

/// A parsed, prepared address.
pub(super) struct Parsed<'p> {
    prepared: &'p str,
    address: parse::Address,
    today: parse::Address,
}

/// A level of a prepared address, normalized until nothing changes.
pub(super) fn normalize(level: AddressLevel, prepared: &str, out: &mut String) -> Result<(), Normalization> {
    Parsed::new(prepared).normalize(level, out)
}

impl<'p> Parsed<'p> {
    pub(super) fn new(prepared: &'p str) -> Self {
        let address = parse::Address::parse(prepared);
        Self { prepared, today: address.resolve_today(), address }
    }

    /// A level, normalized until nothing changes.
    pub(super) fn normalize(&self, level: AddressLevel, out: &mut String) -> Result<(), Normalization> {
        self.once(level, out)?;
        // A municipality code is its own normal form.
        if level == AddressLevel::Municipality {
            return Ok(());
        }
        let mut shape = if level == AddressLevel::Gaz { self.today.shape() } else { None };
        if shape.as_ref().is_some_and(|shape| SHAPES.with_borrow(|shapes| shapes.contains(shape))) {
            return Ok(());
        }
        for _ in 0..MAX_ROUNDS {
            let before = std::mem::take(out);
            if level == AddressLevel::Area {
                out.push_str(&stable_area(&before)?);
                return Ok(());
            }
            Parsed::new(&before).once(level, out)?;
            if *out == before {
                // Only texts that were stable at once.
                if let Some(shape) = shape {
                    SHAPES.with_borrow_mut(|shapes| {
                        if shapes.len() >= MAX_REMEMBERED {
                            shapes.clear();
                        }
                        shapes.insert(shape);
                    });
                }
                return Ok(());
            }
            shape = None;
        }
        Err(Normalization::Invalid(NOT_AN_ADDRESS))
    }

    fn once(&self, level: AddressLevel, out: &mut String) -> Result<(), Normalization> {
        match level {
            AddressLevel::Municipality if gazetteer().by_code(self.prepared.trim()).is_some() => {
                out.push_str(self.prepared.trim());
            }
            AddressLevel::Municipality => match self.today.municipalities[..] {
                [one] => out.push_str(gazetteer().code(one)),
                _ => return Err(Normalization::Missing),
            },
            AddressLevel::Eq | AddressLevel::Prefix => {
                out.push_str(&self.address.area());
                out.push_str(&self.address.block.join("-"));
                if level == AddressLevel::Eq {
                    self.address.rest.write(out);
                }
            }
            AddressLevel::Gaz | AddressLevel::Area => {
                out.push_str(&self.today.area());
                if level == AddressLevel::Gaz {
                    out.push_str(&self.today.block.join("-"));
                }
            }
        }
        compose(out);
        Ok(())
    }
}

/// Maximum number of areas memoized per thread.
const MAX_REMEMBERED: usize = 1 << 17;

thread_local! {
    /// Areas after one round, and their final form; towns repeat.
    static AREAS: RefCell<HashMap<String, String>> = RefCell::new(HashMap::new());
    /// Areas with a block that are stable whatever the block's numbers, because parsing a block depends on
    /// which characters are digits only.
    static SHAPES: RefCell<HashSet<String>> = RefCell::new(HashSet::new());
}

/// An area after one round, normalized until nothing changes.
fn stable_area(area: &str) -> Result<String, Normalization> {
    if let Some(known) = AREAS.with_borrow(|areas| areas.get(area).cloned()) {
        return Ok(known);
    }
    let mut before = area.to_owned();
    for _ in 0..MAX_ROUNDS {
        let mut after = String::new();
        Parsed::new(&before).once(AddressLevel::Area, &mut after)?;
        if after == before {
            AREAS.with_borrow_mut(|areas| {
                if areas.len() >= MAX_REMEMBERED {
                    areas.clear();
                }
                areas.insert(area.to_owned(), after.clone());
            });
            return Ok(after);
        }
        before = after;
    }
    Err(Normalization::Invalid(NOT_AN_ADDRESS))
}
