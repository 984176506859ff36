//! `protocols/02-normalisation.md`.

use mizuhiki_locale::{Outcome, pack};
use serde_json::{Value, json};

use crate::{cases, text};

#[test]
fn en_latn() {
    let pack = pack("en-Latn").unwrap();
    let mut out = String::new();
    for case in cases("normalisation/en-latn.json") {
        let outcome =
            pack.normalise(text(&case, "kind"), text(&case, "level"), text(&case, "value"), &mut out);
        let found: Value = match outcome {
            Outcome::Value => json!({ "value": out }),
            Outcome::Missing => json!({ "missing": true }),
            Outcome::Invalid(reason) => json!({ "invalid": reason }),
        };
        assert_eq!(found, case["outcome"], "{}", case["name"]);
    }
}
