//! Descriptions of plans, and warnings about files and plans.

use mizuhiki_exchange::Comparable;
use mizuhiki_match::{Plan, PlanKind};

use crate::candidates::options::PassSummary;

/// The passes of a plan, for display.
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

/// Why these pairs are compared, in words.
pub(crate) const fn plan_in_words(kind: PlanKind) -> &'static str {
    match kind {
        PlanKind::ExhaustiveAsked => "every pair, as requested",
        PlanKind::ExhaustiveNoBlocks => "every pair, because a file has no block ids",
        PlanKind::ExhaustiveFew => "every pair, because there are few",
        PlanKind::Blocked => "pairs that share a block id",
    }
}

/// Why symbols are joined, in words.
pub(crate) const JOINED: &str = "pairs with common symbols";

/// Warnings about files.
pub(crate) fn warn_of_files(comparable: &Comparable<'_>) -> Vec<String> {
    let (left, right) = (comparable.left(), comparable.right());
    let mut warnings = Vec::new();
    if left.is_empty() || right.is_empty() {
        warnings.push("a file has no records: there is nothing to link".to_owned());
    }
    match left.meta() {
        None => warnings.push(
            "bare CLKs do not state their key and schema: make sure that both files were made with the same ones"
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

/// Warnings about a plan and its files.
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

/// Warnings about passes without a common block, and about blocks that contain most of the pairs.
fn warn_of_blocks(plan: &Plan<'_>) -> Vec<String> {
    let all = plan.comparable().left().len() as f64 * plan.comparable().right().len() as f64;
    let mut warnings = Vec::new();
    for pass in plan.passes() {
        if pass.pairs == 0 {
            warnings.push(format!("blocking pass {:?}: the files share no block", pass.name));
        } else if pass.largest as f64 > 0.1 * all {
            warnings.push(format!(
                "blocking pass {:?}: one block contains {:.0} % of all pairs; look for a placeholder that the \
                 schema should list as missing",
                pass.name,
                pass.largest as f64 / all * 100.0
            ));
        }
    }
    warnings
}

/// Warnings of several comparisons, without repetition.
pub(crate) fn once_each(warnings: impl Iterator<Item = String>) -> Vec<String> {
    let mut warnings: Vec<String> = warnings.collect();
    warnings.sort();
    warnings.dedup();
    warnings
}

#[cfg(test)]
mod tests {
    use mizuhiki_exchange::Task;
    use mizuhiki_match::Scope;

    use super::*;
    use crate::fixtures::{FIXED, bare, filters, many_filters, schema_of_filters, symbols};

    #[test]
    fn what_several_comparisons_warn_of_is_said_once() {
        let warnings = ["b", "a", "b", "a"].map(str::to_owned);
        assert_eq!(once_each(warnings.into_iter()), ["a", "b"]);
    }

    #[test]
    fn files_are_warned_of_for_what_they_are() {
        let said = |comparable: Comparable<'_>| warn_of_files(&comparable);
        let plain = filters("left", &schema_of_filters(FIXED), &[("1", 1)]);
        let [warning]: [String; 1] = said(Comparable::within(&plain)).try_into().unwrap();
        assert!(warning.starts_with("profile plain: "), "{warning}");
        let [warning]: [String; 1] = said(Comparable::within(&bare(&[("1", 1)]))).try_into().unwrap();
        assert!(warning.starts_with("bare CLKs "), "{warning}");
        let (sealed, _) = symbols("left", 112, Task::Dedupe, &[&[1]]);
        assert!(said(Comparable::within(&sealed)).is_empty());
        let (empty, _) = symbols("right", 112, Task::Dedupe, &[]);
        let [warning]: [String; 1] = said(Comparable::within(&empty)).try_into().unwrap();
        assert!(warning.contains("no records"), "{warning}");
    }

    #[test]
    fn rules_without_block_ids_are_told_unless_every_pair_was_asked_for() {
        let schema = schema_of_filters(FIXED);
        let sets = [many_filters("left", &schema, 2), many_filters("right", &schema, 3)];
        let comparable = Comparable::between(&sets[0], &sets[1]).unwrap();
        let told = |scope| {
            let warnings = warn(&Plan::new(&comparable, scope));
            warnings.iter().any(|warning| warning.contains("the schema has blocking rules"))
        };
        assert!(told(Scope::Auto) && told(Scope::Blocks));
        assert!(!told(Scope::Exhaustive));
    }

    #[test]
    fn every_pair_is_one_pass_of_one_block() {
        let schema = schema_of_filters(FIXED);
        let sets = [many_filters("left", &schema, 2), many_filters("right", &schema, 3)];
        let comparable = Comparable::between(&sets[0], &sets[1]).unwrap();
        let pass = PassSummary {
            pass: "all pairs".to_owned(),
            blocks: 1,
            pairs: 6,
            left_rows: 2,
            right_rows: 3,
            largest_block: 6,
        };
        assert_eq!(passes(&Plan::new(&comparable, Scope::Exhaustive)), [pass]);
    }
}
