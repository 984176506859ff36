//! Digests that identify the work of a search, so that checkpoints of other work are refused.

use mizuhiki_columnar::{SymbolFile, TokenFile};
use mizuhiki_exchange::TokenSet;
use mizuhiki_match::Plan;
use sha2::{Digest as _, Sha256};

use crate::candidates::symbols::SymbolJoin;

/// Digest of everything that the counts of `joins` depend on.
pub(crate) fn digest_of_joins(joins: &[SymbolJoin<'_>], files: &[TokenFile]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for join in joins {
        hash.update((join.units() as u64).to_le_bytes());
        hash.update([u8::from(join.comparable().is_within())]);
    }
    for file in files {
        add_set(&mut hash, &file.set);
        hash.update(file.symbols.as_ref().map_or([0; 16], SymbolFile::content));
    }
    hash.finalize().into()
}

/// Digest of everything that the candidates of `plan` at or above `threshold` depend on.
pub(crate) fn digest(plans: &[Plan<'_>], threshold: &[f64]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for (plan, threshold) in plans.iter().zip(threshold) {
        hash.update(threshold.to_bits().to_le_bytes());
        hash.update([plan.kind() as u8]);
        hash.update((plan.units() as u64).to_le_bytes());
        for set in [plan.comparable().left(), plan.comparable().right()] {
            add_set(&mut hash, set);
        }
    }
    hash.finalize().into()
}

fn add_set(hash: &mut Sha256, set: &TokenSet) {
    hash.update((set.len() as u64).to_le_bytes());
    for row in 0..set.len() {
        hash.update(set.ids().get(row).as_bytes());
        hash.update([0]);
    }
    if set.has_alternatives() {
        (0..set.rows() as u32).for_each(|row| hash.update(set.record_of(row).to_le_bytes()));
    }
    let mut bytes = Vec::new();
    for view in set.views() {
        for words in view.rows.words().chunks(1 << 13) {
            bytes.clear();
            words.iter().for_each(|word| bytes.extend_from_slice(&word.to_le_bytes()));
            hash.update(&bytes);
        }
        let present: Vec<u8> = view.present.iter().map(|&present| u8::from(present)).collect();
        hash.update(&present);
    }
    for id in set.blocks().iter().flatten() {
        hash.update(id.map_or([0; 8], mizuhiki_exchange::BlockId::to_bytes));
    }
    if let Some(meta) = set.meta() {
        hash.update(meta.schema.digest().as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use mizuhiki_exchange::Comparable;
    use mizuhiki_match::Scope;

    use super::*;
    use crate::fixtures::{CALIBRATED, FIXED, file, filters, schema_of_filters};

    fn of(set: &TokenSet, scope: Scope, threshold: f64) -> [u8; 32] {
        digest(&[Plan::new(&Comparable::within(set), scope)], &[threshold])
    }

    #[test]
    fn whatever_candidates_depend_on_makes_it_other_work() {
        let (schema, other) = (schema_of_filters(FIXED), schema_of_filters(CALIBRATED));
        let set = filters("left", &schema, &[("1", 1), ("23", 3)]);
        let digests = [
            of(&set, Scope::Auto, 0.8),
            of(&set, Scope::Auto, 0.9),
            of(&set, Scope::Exhaustive, 0.8),
            of(&filters("left", &other, &[("1", 1), ("23", 3)]), Scope::Auto, 0.8),
            of(&filters("left", &schema, &[("1", 1), ("23", 4)]), Scope::Auto, 0.8),
            of(&filters("left", &schema, &[("1", 1), ("23", 0)]), Scope::Auto, 0.8),
            of(&filters("left", &schema, &[("1", 1), ("24", 3)]), Scope::Auto, 0.8),
            // The same letters, cut elsewhere.
            of(&filters("left", &schema, &[("12", 1), ("3", 3)]), Scope::Auto, 0.8),
            of(&filters("left", &schema, &[("1", 1)]), Scope::Auto, 0.8),
        ];
        for (at, one) in digests.iter().enumerate() {
            assert!(!digests[at + 1..].contains(one), "{at}");
        }
    }

    #[test]
    fn the_order_of_rows_is_no_other_work() {
        let schema = schema_of_filters(FIXED);
        let set = filters("left", &schema, &[("1", 1), ("23", 3)]);
        let reversed = filters("left", &schema, &[("23", 3), ("1", 1)]);
        assert_eq!(of(&set, Scope::Auto, 0.8), of(&reversed, Scope::Auto, 0.8));
    }

    #[test]
    fn joins_of_other_files_are_other_work() {
        let schema = schema_of_filters(FIXED);
        let made = |ids: [&str; 2]| {
            let files = ids.map(|id| file(filters("left", &schema, &[(id, 1)])));
            digest_of_joins(&[], &files)
        };
        assert_eq!(made(["1", "2"]), made(["1", "2"]));
        assert_ne!(made(["1", "2"]), made(["2", "1"]), "records are numbered file by file");
        assert_ne!(made(["1", "2"]), made(["1", "3"]));
    }
}
