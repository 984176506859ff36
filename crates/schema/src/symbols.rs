//! Sealed symbols of native documents (`protocols/01-linkage-schema.md` §2.6).

use serde_json::Value;

use crate::fault::{Object, Walk};
use crate::inputs::Input;
use crate::limits::{Filter, Limits, Profile, View};
use crate::measure::Measure;

/// Maximum symbols in a record's token.
const MAX_PER_RECORD: u64 = 16_384;

/// With fewer positions, similar but different people share symbols.
const FEW_POSITIONS: usize = 24;

/// How filters become sealed symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Symbols {
    /// Symbols per view, 4..=1024.
    pub per_view: usize,
    /// Filter positions that a symbol seals: a multiple of 8, 8..=112.
    pub positions: usize,
    /// Bits of a symbol: a multiple of 8, 32..=64.
    pub bits: usize,
    /// How positions are drawn.
    pub draw: Draw,
    /// Symbols in a record's token, padding included.
    pub per_record: usize,
    /// Symbols of one row in all views: the maximum of real ones for a record without alternatives.
    pub per_row: usize,
    /// The same in files for deduplication, which have fewer views.
    pub per_row_within: usize,
    /// Population size for which the parameters were measured.
    pub population: u64,
}

/// How the positions of a symbol are drawn from a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draw {
    /// From the whole filter.
    Plain,
    /// From each key group's segment of the filter, in proportion to its weight: every symbol depends on every field.
    Stratified,
}

impl Symbols {
    /// Bytes of a symbol in files.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bits / 8
    }

    /// How tokens of these symbols are compared; if `within`, with tokens of the same file.
    #[must_use]
    pub const fn measure(&self, within: bool) -> Measure {
        Measure::Symbols { positions: self.positions as u32, per_row: self.in_row(within) as u32 }
    }

    /// Symbols of one row in the views that are compared; fewer `within` a file for deduplication.
    #[must_use]
    pub const fn in_row(&self, within: bool) -> usize {
        if within { self.per_row_within } else { self.per_row }
    }
}

/// `Some(None)` where the profile has no symbols.
pub(crate) fn read_symbols(
    root: &Object<'_>,
    walk: &mut Walk,
    profile: Option<Profile>,
    (filter, views, inputs): (Option<Filter>, Option<&[View]>, Option<&[Input]>),
    limits: Option<Limits>,
) -> Option<Option<Symbols>> {
    let given = root.optional("symbols");
    let profile = profile?;
    if profile == Profile::Plain {
        return refuse_in_plain(walk, given.map(|(_, path)| path), views?);
    }
    let empty = Value::Object(serde_json::Map::new());
    let (value, path) = given.unwrap_or_else(|| (&empty, root.path("symbols")));
    let symbols = walk.object(value, &path)?;
    symbols.only(walk, &["perView", "positions", "bits", "draw", "perRecord", "population"]);
    let per_view = symbols.integer_or(walk, "perView", 4..=1024, 64);
    let default = if profile == Profile::MaxPrivacy { 96 } else { 64 };
    let positions = symbols.integer_or(walk, "positions", 8..=112, default);
    let positions = positions.and_then(|positions| multiple_of_8(&symbols, walk, "positions", positions));
    let bits = symbols.integer_or(walk, "bits", 32..=64, 64);
    let bits = bits.and_then(|bits| multiple_of_8(&symbols, walk, "bits", bits));
    let draw = read_draw(&symbols, walk);
    let population = symbols.integer_or(walk, "population", 1..=10_000_000_000, 1_000_000);
    let (per_view, positions) = (per_view? as usize, positions?);
    if positions > filter?.bits {
        walk.fault(&symbols.path("positions"), "more positions than the filter has bits", "use fewer");
        return None;
    }
    let per_row = per_view * views?.len();
    let per_row_within = per_view * views?.iter().filter(|view| !view.link_only).count();
    if per_row_within == 0 && walk.is_good() {
        walk.fault("$.views", "no view is left for deduplication", "have at least one without linkOnly");
        return None;
    }
    let rows = if inputs?.iter().any(Input::has_alternatives) { limits?.max_alternatives } else { 1 };
    let most = ((per_row * rows) as u64).min(MAX_PER_RECORD);
    let per_record = symbols.integer_or(walk, "perRecord", 4..=MAX_PER_RECORD, most)? as usize;
    // Views with faults may be counted twice.
    if per_record < per_row && walk.is_good() {
        let problem = format!("{per_record} symbols per record, but {per_row} in all views together");
        walk.fault(&symbols.path("perRecord"), problem, "raise it, or lower perView");
        return None;
    }
    if positions < FEW_POSITIONS {
        walk.warn(
            &symbols.path("positions"),
            "few positions per symbol: similar but different people share symbols",
            "use 24 or more (protocols/03-tokens.md §7)",
        );
    }
    Some(Some(Symbols {
        per_view,
        positions,
        bits: bits?,
        draw: draw?,
        per_record,
        per_row,
        per_row_within,
        population: population?,
    }))
}

/// `Some(None)`: profile plain has no symbols, and the same tokens for every task.
fn refuse_in_plain(walk: &mut Walk, given: Option<String>, views: &[View]) -> Option<Option<Symbols>> {
    if let Some(path) = given {
        let fix = "remove the member, or choose profile \"hardened\"";
        walk.fault(&path, "profile plain has no symbols", fix);
        return None;
    }
    if let Some(view) = views.iter().position(|view| view.link_only) {
        let path = format!("$.views[{view}].linkOnly");
        walk.fault(&path, "profile plain has the same tokens for every task", "remove the member");
        return None;
    }
    Some(None)
}

fn read_draw(symbols: &Object<'_>, walk: &mut Walk) -> Option<Draw> {
    let Some((value, path)) = symbols.optional("draw") else { return Some(Draw::Stratified) };
    match walk.text(value, &path)? {
        "plain" => Some(Draw::Plain),
        "stratified" => Some(Draw::Stratified),
        _ => {
            walk.fault(&path, "unknown way to draw", "write \"plain\" or \"stratified\"");
            None
        }
    }
}

fn multiple_of_8(symbols: &Object<'_>, walk: &mut Walk, key: &str, number: u64) -> Option<usize> {
    if !number.is_multiple_of(8) {
        let problem = format!("{number} is not a multiple of 8");
        walk.fault(&symbols.path(key), problem, "round it to a multiple of 8");
        return None;
    }
    Some(number as usize)
}
