#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The first byte chooses the delimiter.
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    mizuhiki_fuzz::with_file(if first & 1 == 0 { "csv" } else { "tsv" }, bytes, mizuhiki_fuzz::tokens);
});
