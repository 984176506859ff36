//! Single steps of `protocols/03-tokens.md`, for the vectors in `protocols/vectors/tokens`. Not an interface.

use mizuhiki_schema::{Feature, LinkageSchema};

use crate::diffusion::tap_positions;
use crate::features::Features;
use crate::plan::Plan;
use crate::positions::PositionKey;
use crate::{Encoder, LinkageKey};

/// §3: features of a normalised value, and its effective length.
#[must_use]
pub fn features(value: &str, kinds: &[Feature]) -> (Vec<Vec<u8>>, usize) {
    let mut features = Features::default();
    features.take(value, kinds);
    (features.iter().map(<[u8]>::to_vec).collect(), features.total())
}

/// §4: the first `count` positions of a feature.
#[must_use]
pub fn positions(key: &[u8; 32], bits: usize, feature: &[u8], count: usize) -> Vec<u16> {
    PositionKey::new(key, bits).positions(feature, count)
}

/// §2: a key of a schema.
#[must_use]
pub fn key(
    linkage_key: &LinkageKey,
    schema: &LinkageSchema,
    purpose: &str,
    view: &str,
    name: &str,
) -> [u8; 32] {
    *linkage_key.for_schema(schema.digest()).expand(purpose, view, name, schema.epoch())
}

/// §6: taps of each token bit, one after the other.
#[must_use]
pub fn taps(key: &[u8; 32], bits: usize, taps: usize, token_bits: usize) -> Vec<u16> {
    tap_positions(key, bits, taps, token_bits)
}

/// §5: for each view, the budget of each of its fields by name; empty for clkhash schemas.
#[must_use]
pub fn budgets(encoder: &Encoder) -> Vec<Vec<(String, usize)>> {
    let Plan::Tokens(plan) = &encoder.plan else { return Vec::new() };
    let fields = |view: &crate::plan::ViewPlan| {
        view.fields.iter().map(|field| (plan.fields[field.field].name.clone(), field.budget)).collect()
    };
    plan.views.iter().map(fields).collect()
}
