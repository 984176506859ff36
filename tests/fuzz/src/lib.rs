//! Code shared by the targets: bytes as a file, and properties of anything read from it.

use std::io::Write as _;

use mizuhiki_columnar::{ReadOptions, Source, TableReader, read_tokens};
use mizuhiki_locale::{Normalization, Pack};

/// `bytes` as a file with this extension.
pub fn with_file(extension: &str, bytes: &[u8], read: impl FnOnce(&Source)) {
    let mut file =
        tempfile::Builder::new().suffix(&format!(".{extension}")).tempfile().expect("a temporary file");
    file.write_all(bytes).expect("room for a temporary file");
    read(&Source::Path(file.path().to_owned()));
}

/// Lets the product turn a decoder's panic into its error, as in production. libFuzzer's own hook ends the
/// process at the first panic, caught or not. An uncaught panic still ends the run.
pub fn let_panics_be_caught() {
    std::panic::set_hook(Box::new(|_| {}));
}

/// Reads a table of people to its end.
pub fn table(source: &Source, encoding: Option<&str>) {
    let options = ReadOptions { encoding: encoding.map(str::to_owned), mask_unreadable: encoding.is_none() };
    let Ok(mut reader) = TableReader::open(source, &options) else {
        return;
    };
    let wanted: Vec<usize> = (0..reader.columns().len()).rev().collect();
    let mut rows = 0;
    // A small file may legitimately declare very many rows without values.
    while let Ok(Some(chunk)) = reader.next_chunk(&wanted) {
        assert_eq!(chunk.first_row(), rows + 1);
        rows += chunk.rows() as u64;
        for row in 0..chunk.rows() {
            for column in 0..wanted.len() {
                assert!(!chunk.get(row, column).contains('\0'));
            }
        }
        if rows > 1 << 16 {
            break;
        }
    }
}

/// Reads a token file; if it is not refused, it must be complete.
pub fn tokens(source: &Source) {
    let Ok(file) = read_tokens(source) else {
        return;
    };
    let set = file.set;
    for view in set.views() {
        assert_eq!((view.rows.len(), view.present.len()), (set.len(), set.len()));
        if let Some(meta) = set.meta() {
            assert_eq!(view.rows.width(), meta.schema.filter_bits());
        }
    }
}

/// Normalizes any text at every kind and level: a result is not empty and is its own normal form. The
/// relation of two texts, separated by a tab, is symmetric.
pub fn normalise(pack: &dyn Pack, text: &str) {
    let (mut once, mut twice) = (String::new(), String::new());
    let (left, right) = text.split_once('\t').unwrap_or((text, text));
    for kind in pack.kinds() {
        for level in kind.levels {
            if pack.normalize(kind.name, level, text, &mut once) == Normalization::Value {
                assert!(!once.is_empty());
                assert_eq!(pack.normalize(kind.name, level, &once, &mut twice), Normalization::Value);
                assert_eq!(once, twice, "{} at {level}", kind.name);
            }
        }
        assert_eq!(
            pack.relation(kind.name, left, right),
            pack.relation(kind.name, right, left),
            "{}: a relation has no direction",
            kind.name
        );
        let _ = pack.canonical(kind.name, text, &mut once);
    }
    let readings = pack.readings(text, 8);
    assert!(readings.len() <= 8 && readings.iter().all(|reading| (0.0..=1.0).contains(&reading.probability)));
    let _ = pack.guess(text, &[text]);
}
