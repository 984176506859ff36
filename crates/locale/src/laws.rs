//! What every pack promises of every value.

use crate::{Outcome, Pack};

/// Normalises at every kind and level, and again: a value is not empty, and is its own result.
pub(crate) fn normalise_twice(pack: &dyn Pack, value: &str) {
    let (mut once, mut twice) = (String::new(), String::new());
    for kind in pack.kinds() {
        for level in kind.levels {
            let outcome = pack.normalise(kind.name, level, value, &mut once);
            assert_eq!(outcome == Outcome::Value, !once.is_empty());
            if outcome == Outcome::Value {
                let again = pack.normalise(kind.name, level, &once, &mut twice);
                assert_eq!((again, &twice), (outcome, &once), "{} {level} {value:?}", kind.name);
            }
        }
    }
}
