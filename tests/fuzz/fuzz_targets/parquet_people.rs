#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: mizuhiki_fuzz::let_panics_be_caught(), |bytes: &[u8]| {
    mizuhiki_fuzz::with_file("parquet", bytes, |source| mizuhiki_fuzz::table(source, None));
});
