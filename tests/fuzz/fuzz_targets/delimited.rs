#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    const ENCODINGS: [Option<&str>; 8] = [
        None,
        Some("utf-8"),
        Some("utf-16le"),
        Some("utf-16be"),
        Some("cp932"),
        Some("euc-jp"),
        Some("windows-1252"),
        Some("none"),
    ];
    // The first byte chooses encoding and extension.
    let Some((&first, bytes)) = bytes.split_first() else {
        return;
    };
    let extension = if first & 8 == 0 { "csv" } else { "tsv" };
    let encoding = ENCODINGS[usize::from(first & 7)];
    mizuhiki_fuzz::with_file(extension, bytes, |source| mizuhiki_fuzz::table(source, encoding));
});
