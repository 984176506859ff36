#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    mizuhiki_fuzz::with_file("json", bytes, mizuhiki_fuzz::tokens);
});
