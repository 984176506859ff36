//! Properties that every pack guarantees for every value.

use crate::outcome::{LevelTexts, Normalization};
use crate::pack::Pack;

/// Relates two values at every kind, in both orders.
pub(crate) fn relate_both_ways(pack: &dyn Pack, a: &str, b: &str) {
    for kind in pack.kinds() {
        let (one, other) = (pack.relation(kind.name, a, b), pack.relation(kind.name, b, a));
        assert_eq!(one, other, "{}: {a:?} and {b:?}", kind.name);
    }
}

/// Normalizes at every kind and level, twice: a value is not empty and is its own normal form.
pub(crate) fn normalize_twice(pack: &dyn Pack, value: &str) {
    let (mut once, mut twice) = (String::new(), String::new());
    let mut at_levels = LevelTexts::default();
    for kind in pack.kinds() {
        // Several levels at once give the same results as one by one.
        let levels: Vec<String> = kind.levels.iter().map(|level| (*level).to_owned()).collect();
        pack.forms(kind.name, &levels).unwrap().normalize(value, &mut at_levels);
        for (number, level) in levels.iter().enumerate() {
            let outcome = pack.normalize(kind.name, level, value, &mut once);
            assert_eq!(at_levels.outcome(number), outcome, "{} {level} {value:?}", kind.name);
            assert_eq!(at_levels.text(number), (outcome == Normalization::Value).then_some(once.as_str()));
        }
        for level in kind.levels {
            let outcome = pack.normalize(kind.name, level, value, &mut once);
            assert_eq!(outcome == Normalization::Value, !once.is_empty());
            if outcome == Normalization::Value {
                let again = pack.normalize(kind.name, level, &once, &mut twice);
                assert_eq!((again, &twice), (outcome, &once), "{} {level} {value:?}", kind.name);
            }
        }
    }
}
