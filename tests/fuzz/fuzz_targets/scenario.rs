#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(scenario) = mizuhiki_evaluate::parse_scenario(text) {
        assert!(scenario.expect.iter().all(|bound| bound.min.is_some() || bound.max.is_some()));
    }
});
