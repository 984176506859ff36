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
