#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: mizuhiki_fuzz::let_panics_be_caught(), |bytes: &[u8]| {
    // The first byte chooses the format.
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    let extension = ["csv", "json", "parquet", "arrow", "tsv"][usize::from(first % 5)];
    mizuhiki_fuzz::with_file(extension, bytes, |source| {
        for link in mizuhiki_columnar::read_links(source).unwrap_or_default() {
            assert!((0.0..=1.0).contains(&link.similarity.get()));
            assert!(!link.left.as_str().is_empty() && !link.right.as_str().is_empty());
        }
        let _ = mizuhiki_columnar::read_pairs(source);
    });
});
