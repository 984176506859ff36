#![no_main]

use libfuzzer_sys::fuzz_target;
use mizuhiki_locale::{Outcome, Pack as _};

fuzz_target!(|text: &str| {
    let pack = mizuhiki_locale::EnLatn;
    let (mut once, mut twice) = (String::new(), String::new());
    for kind in pack.kinds() {
        for level in kind.levels {
            if pack.normalise(kind.name, level, text, &mut once) == Outcome::Value {
                assert!(!once.is_empty());
                // A result is its own result.
                assert_eq!(pack.normalise(kind.name, level, &once, &mut twice), Outcome::Value);
                assert_eq!(once, twice, "{} at {level}", kind.name);
            }
        }
    }
    let _ = pack.guess(text, &[text]);
});
