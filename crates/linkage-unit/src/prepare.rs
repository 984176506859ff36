//! From files to a plan: reading, checking, and what names the work.

use mizuhiki_columnar::{OpenTokens, Source, SymbolFile, TokenFile};
use mizuhiki_exchange::{Comparable, Task, TokenSet};
use mizuhiki_match::{Join, Plan, PlanKind};
use sha2::{Digest as _, Sha256};

use crate::job::{OnProgress, PassSummary, Stage};
use crate::search_symbols::SymbolJoin;
use crate::{LinkError, memory};

/// Reads token files, each once, if those that are kept in memory fit `budget`; with the bytes that these take.
pub(crate) fn read_all(
    sources: &[&Source],
    budget: u64,
    on_progress: OnProgress<'_>,
) -> Result<(Vec<TokenFile>, u64), LinkError> {
    let open = |source: &&Source| OpenTokens::open(source).map_err(LinkError::from);
    let files = sources.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    let tokens = memory::check_fits(&files, budget)?;
    let read = |(file, source): (OpenTokens, &&Source)| {
        let name = source.name();
        file.read(&mut |rows| on_progress(Stage::Read, &name, rows, 0)).map_err(LinkError::from)
    };
    Ok((files.into_iter().zip(sources).map(read).collect::<Result<_, _>>()?, tokens))
}

/// Whether files hold sealed symbols. Of files that may be compared all do, or none.
pub(crate) fn are_sealed(files: &[TokenFile]) -> bool {
    files.iter().all(|file| file.symbols.is_some())
}

/// The join of two files, or of one with itself.
pub(crate) fn join<'a>(
    comparable: &Comparable<'a>,
    left: &'a TokenFile,
    right: &'a TokenFile,
) -> Option<SymbolJoin<'a>> {
    Join::new(comparable, left.symbols.as_ref()?, right.symbols.as_ref()?)
}

/// One file as what may be compared with itself.
pub(crate) fn compare_within<'a>(set: &'a TokenSet, source: &Source) -> Result<Comparable<'a>, LinkError> {
    match set.meta() {
        Some(meta) if meta.schema.symbols().is_some() && meta.run.task != Task::Dedupe => {
            Err(LinkError::NotForDedupe { file: source.name() })
        }
        _ => Ok(Comparable::within(set)),
    }
}

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

/// Two sets as what may be compared, or the reason why not, with the names of both files.
pub(crate) fn compare<'a>(
    (left, left_source): (&'a TokenSet, &Source),
    (right, right_source): (&'a TokenSet, &Source),
) -> Result<Comparable<'a>, LinkError> {
    Comparable::between(left, right).map_err(|reason| LinkError::Incomparable {
        left: left_source.name(),
        right: right_source.name(),
        reason,
    })
}

/// Digest of everything that the candidates of `plan` from `threshold` on depend on.
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

/// The passes of a plan, for people.
pub(crate) fn passes(plan: &Plan<'_>) -> Vec<PassSummary> {
    let summary = |pass: &mizuhiki_match::PlannedPass| PassSummary {
        pass: pass.name.clone(),
        blocks: pass.blocks,
        pairs: pass.pairs,
        left_rows: pass.records.0,
        right_rows: pass.records.1,
        largest_block: pass.largest,
    };
    plan.passes().iter().map(summary).collect()
}

/// Why a plan compares what it compares, in words.
pub(crate) const fn why(kind: PlanKind) -> &'static str {
    match kind {
        PlanKind::ExhaustiveAsked => "every pair, as asked",
        PlanKind::ExhaustiveNoBlocks => "every pair, because a file has no block ids",
        PlanKind::ExhaustiveFew => "every pair, because they are few",
        _ => "pairs that share a block id",
    }
}

/// Why symbols are joined, in words.
pub(crate) const JOINED: &str = "pairs with common symbols";

/// What to look at in files.
pub(crate) fn warn_of_files(comparable: &Comparable<'_>) -> Vec<String> {
    let (left, right) = (comparable.left(), comparable.right());
    let mut warnings = Vec::new();
    if left.is_empty() || right.is_empty() {
        warnings.push("a file has no records: there is nothing to link".to_owned());
    }
    match left.meta() {
        None => warnings.push(
            "bare CLKs say nothing of key or schema: make sure that both files were made with the same"
                .to_owned(),
        ),
        Some(meta) if matches!(meta.schema.profile_name(), "plain" | "clkhash") => warnings.push(format!(
            "profile {}: anyone who holds a similar file can re-identify these tokens",
            meta.schema.profile_name()
        )),
        Some(_) => {}
    }
    warnings
}

/// What to look at in a plan and its files.
pub(crate) fn warn(plan: &Plan<'_>) -> Vec<String> {
    let mut warnings = warn_of_files(plan.comparable());
    let left = plan.comparable().left();
    let has_rules = left.meta().is_some_and(|meta| !meta.schema.pass_names().is_empty());
    if plan.kind() == PlanKind::ExhaustiveNoBlocks && has_rules {
        warnings.push(
            "the schema has blocking rules, but a file has no block ids: every pair is compared".to_owned(),
        );
    }
    if plan.kind() == PlanKind::Blocked {
        warnings.extend(warn_of_blocks(plan));
    }
    warnings
}

/// Passes that nobody meets in, and blocks that hold most of the pairs.
fn warn_of_blocks(plan: &Plan<'_>) -> Vec<String> {
    let all = plan.comparable().left().len() as f64 * plan.comparable().right().len() as f64;
    let mut warnings = Vec::new();
    for pass in plan.passes() {
        if pass.pairs == 0 {
            warnings.push(format!("blocking pass {:?}: the files share no block", pass.name));
        } else if pass.largest as f64 > 0.1 * all {
            warnings.push(format!(
                "blocking pass {:?}: one block holds {:.0} % of all pairs; look for a placeholder that the \
                 schema should list as missing",
                pass.name,
                pass.largest as f64 / all * 100.0
            ));
        }
    }
    warnings
}
