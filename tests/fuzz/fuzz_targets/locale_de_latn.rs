#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| mizuhiki_fuzz::normalise(&mizuhiki_locale::DeLatn, text));
