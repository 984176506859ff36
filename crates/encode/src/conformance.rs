//! Single steps of `protocols/03-tokens.md`, for the vectors in `protocols/vectors/tokens`. Not a public
//! interface.

use mizuhiki_exchange::Run;
use mizuhiki_schema::{Feature, LinkageSchema, TokenSchema};

use crate::error::EncodeError;
use crate::features::Features;
use crate::key::LinkageKey;
use crate::plan::{Encoder, Plan, view_segments};
use crate::positions::PositionKey;
use crate::symbols::{Sealer, Segment, subsets as draw_subsets};

/// §4: features of a normalized value, and its effective length.
#[must_use]
pub fn features(value: &str, kinds: &[Feature]) -> (Vec<Vec<u8>>, usize) {
    let mut features = Features::default();
    features.take(value, kinds);
    (features.iter().map(<[u8]>::to_vec).collect(), features.total())
}

/// §5: the first `count` positions of a feature, among `bits` positions starting at `start`.
#[must_use]
pub fn positions(key: &[u8; 32], (start, bits): (usize, usize), feature: &[u8], count: usize) -> Vec<u16> {
    PositionKey::new(key, start, bits).positions(feature, count)
}

/// §2: a key of plain filters.
#[must_use]
pub fn plain_key(
    (linkage_key, schema): (&LinkageKey, &LinkageSchema),
    run: &Run,
    (purpose, view, name): (&str, &str, &str),
) -> [u8; 32] {
    *linkage_key.for_plain(schema.digest(), run).expand(purpose, view, name, schema.epoch())
}

/// §2: a key of a run.
#[must_use]
pub fn run_key(
    (linkage_key, schema): (&LinkageKey, &LinkageSchema),
    (run, custodian): (&Run, &str),
    (purpose, view, name): (&str, &str, &str),
) -> [u8; 32] {
    *linkage_key.for_run(schema.digest(), run, custodian).expand(purpose, view, name, schema.epoch())
}

/// §6: for each view its key groups, each with the first position of its segment, the length, and the number
/// of positions that a symbol reads in it; one unnamed segment if symbols are drawn from the whole filter.
#[must_use]
pub fn segments(schema: &TokenSchema) -> Vec<Vec<(String, [usize; 3])>> {
    let of_view = |view| {
        let (groups, segments) = view_segments(schema, view);
        let names = groups.into_iter().map(str::to_owned).chain(std::iter::repeat(String::new()));
        names.zip(segments.iter().map(|segment| [segment.start, segment.length, segment.drawn])).collect()
    };
    schema.views.iter().map(of_view).collect()
}

/// §7: positions of `count` symbols, drawn by segments.
#[must_use]
pub fn subsets(key: &[u8; 32], segments: &[[usize; 3]], count: usize) -> Vec<u16> {
    let segment = |&[start, length, drawn]: &[usize; 3]| Segment { start, length, drawn };
    draw_subsets(key, &segments.iter().map(segment).collect::<Vec<_>>(), count)
}

/// §7: one symbol of `width` bits, in the upper bits: its number, and the filter's bits in the order drawn.
#[must_use]
pub fn symbol(key: &[u8; 32], width: usize, number: u16, bits: &[u8]) -> u64 {
    Sealer::new(key, Vec::new(), bits.len() * 8, width).seal_one(number, bits)
}

/// §7: the symbols of each row of one record, by view in the order of their numbers; `None` where the row has no token.
///
/// # Errors
/// As [`crate::worker::Worker::encode`].
pub fn row_symbols<'v>(
    encoder: &Encoder,
    value: &dyn Fn(usize) -> &'v str,
) -> Result<Vec<Vec<Option<Vec<u64>>>>, EncodeError> {
    let mut worker = encoder.worker();
    let encoded = worker.encode(1, 1, &|_, column| value(column))?;
    let Plan::Tokens(plan) = &encoder.plan else { return Ok(Vec::new()) };
    let each = plan.symbols.map_or(0, |symbols| symbols.per_view);
    let of_view = |row: usize| {
        let sealed = worker.sealed().iter().zip(&encoded.present);
        sealed.map(move |(view, present)| present[row].then(|| view[row * each..(row + 1) * each].to_vec()))
    };
    Ok((0..encoded.records.len()).map(|row| of_view(row).collect()).collect())
}

/// §6: for each view, the budget of each of its fields by name; empty for clkhash schemas.
#[must_use]
pub fn budgets(encoder: &Encoder) -> Vec<Vec<(String, usize)>> {
    let Plan::Tokens(plan) = &encoder.plan else { return Vec::new() };
    let fields = |view: &crate::plan::ViewPlan| {
        view.fields.iter().map(|field| (plan.fields[field.field].name.clone(), field.budget)).collect()
    };
    plan.views.iter().map(fields).collect()
}
