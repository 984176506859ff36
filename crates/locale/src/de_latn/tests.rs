//! Properties that the pack guarantees.

use proptest::prelude::*;

use super::*;
use crate::laws::{normalize_twice, relate_both_ways};

proptest! {
    #[test]
    fn any_text_is_normalized_once_and_for_all(value in any::<String>(), code in "[A-Z]{0,2}[ -]?[09?]{0,9}", name in "[A-FHMNOSUÄÖÜäßue\u{308} .0-9?]{0,12}") {
        normalize_twice(&DeLatn, &value);
        normalize_twice(&DeLatn, &name);
        normalize_twice(&DeLatn, &code);
        relate_both_ways(&DeLatn, &name, &value);
        relate_both_ways(&DeLatn, &name, &name.to_lowercase());
    }

    #[test]
    fn words_of_the_tables_are_normalized_once_and_for_all(
        words in prop::collection::vec(prop::sample::select(TEXT.split_whitespace().chain(["*", "?", "UNKNOWN"]).collect::<Vec<_>>()), 0..4),
    ) {
        normalize_twice(&DeLatn, &words.join(" "));
    }
}

#[test]
fn umlauts_meet_at_their_levels() {
    let same = |level: &str, a: &str, b: &str| DeLatn.relation("surname", a, b) == level;
    assert!(same("digraph", "Müller", "MUELLER") && same("base", "Müller", "Muller"));
    assert!(same("digraph", "Weiß", "Weiss") && same("cologne", "Meyer", "Maier"));
}

#[test]
fn the_page_holds_the_tables() {
    let page = include_str!("../../../../protocols/02-de.md");
    assert!(page.contains(TEXT));
    assert!(KINDS.iter().all(|kind| page.contains(&format!("`{}`", kind.name))));
}
