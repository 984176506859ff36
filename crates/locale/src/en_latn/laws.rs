//! Properties that hold for every value.

use proptest::prelude::*;

use super::*;
use crate::laws::{normalize_twice, relate_both_ways};

#[test]
fn every_character_is_normalized_once_and_for_all() {
    for character in ('\0'..='\u{323af}').chain('\u{e0000}'..='\u{e01ff}') {
        // CJK ideographs behave alike.
        if ('\u{4e10}'..'\u{9fa0}').contains(&character) || ('\u{20010}'..'\u{2a6d0}').contains(&character) {
            continue;
        }
        normalize_twice(&EnLatn, &format!("A{character}\u{301}b {character}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_normalized_once_and_for_all(value in any::<String>()) {
        normalize_twice(&EnLatn, &value);
        relate_both_ways(&EnLatn, &value, &value.to_lowercase());
    }

    #[test]
    fn awkward_text_is_normalized_once_and_for_all(
        value in "([a-cA-CxX0-9]|[ '´`?*.,/+@\u{fffd}-]|[\u{301}\u{308}\u{345}\u{3099}\u{200d}\u{ad}]|[ßıİΣςǰﬁÅØŉΐᾳが각각½Ⅷ]){0,20}"
    ) {
        normalize_twice(&EnLatn, &value);
    }

    #[test]
    fn dates_are_normalized_once_and_for_all(
        value in "([0-9?x]{4}[-/.]?[01?][0-9?][-/.]?[0-3?][0-9?]|[0-3]?[0-9][-/. ]([01]?[0-9]|Feb|MAY)[-/. ][12][089][0-9]{2})( 10:00)?"
    ) {
        normalize_twice(&EnLatn, &value);
    }

    #[test]
    fn words_of_the_tables_are_normalized_once_and_for_all(
        words in prop::collection::vec(
            prop::sample::select(TEXT_WORDS.as_slice()), 0..5),
        joint in prop::sample::select(&[" ", "-", "/", "", "´"][..]),
    ) {
        normalize_twice(&EnLatn, &words.join(joint));
    }

    #[test]
    fn codes_are_normalized_once_and_for_all(value in "[+(]{0,2}[0-9?A-BX]{0,4}[ -]?(00|44|1|0)?[0-9AB?]{0,12}( ?x1)?") {
        normalize_twice(&EnLatn, &value);
    }
}

static TEXT_WORDS: std::sync::LazyLock<Vec<&'static str>> =
    std::sync::LazyLock::new(|| tables::TEXT.split_whitespace().collect());
