//! Addresses (`protocols/02-ja.md` §6): area, block, and what is in the building.

mod compare;
mod fold;
mod gazetteer;
mod parse;

pub(super) use compare::relation;

use super::prepare::compose;
use crate::Outcome;
use gazetteer::gazetteer;

/// Rounds after which even the oddest text stands still.
const MAX_ROUNDS: usize = 8;

/// A level of a prepared address: normalised until nothing changes.
pub(super) fn normalise(level: &str, prepared: &str, out: &mut String) -> Result<(), Outcome> {
    once(level, prepared, out)?;
    for _ in 0..MAX_ROUNDS {
        let before = std::mem::take(out);
        once(level, &before, out)?;
        if *out == before {
            return Ok(());
        }
    }
    Err(Outcome::Invalid("not an address"))
}

fn once(level: &str, prepared: &str, out: &mut String) -> Result<(), Outcome> {
    if level == "municipality" && gazetteer().by_code(prepared.trim()).is_some() {
        out.push_str(prepared.trim());
        return Ok(());
    }
    let address = parse::Address::parse(prepared);
    match level {
        "eq" => {
            out.push_str(&address.area());
            out.push_str(&address.block.join("-"));
            address.rest.write(out);
        }
        "prefix" => {
            out.push_str(&address.area());
            out.push_str(&address.block.join("-"));
        }
        "municipality" => match address.resolve_today().municipalities[..] {
            [one] => out.push_str(gazetteer().code(one)),
            _ => return Err(Outcome::Missing),
        },
        _ => {
            let resolved = address.resolve_today();
            out.push_str(&resolved.area());
            if level == "gaz" {
                out.push_str(&resolved.block.join("-"));
            }
        }
    }
    compose(out);
    Ok(())
}
