//! What the targets share: bytes as a file, and what must hold of whatever is read from it.

use std::io::Write as _;

use mizuhiki_columnar::{ReadOptions, Source, TableReader, read_tokens};

/// `bytes` as a file with this extension.
pub fn with_file(extension: &str, bytes: &[u8], read: impl FnOnce(&Source)) {
    let mut file =
        tempfile::Builder::new().suffix(&format!(".{extension}")).tempfile().expect("a temporary file");
    file.write_all(bytes).expect("room for a temporary file");
    read(&Source::Path(file.path().to_owned()));
}

/// Lets the product turn a decoder's panic into its error, as it does outside: libFuzzer's own hook ends the
/// process at the first panic, caught or not. A panic that nobody catches still ends the run.
pub fn let_panics_be_caught() {
    std::panic::set_hook(Box::new(|_| {}));
}

/// Reads a table of people to its end.
pub fn table(source: &Source, encoding: Option<&str>) {
    let options = ReadOptions { encoding: encoding.map(str::to_owned) };
    let Ok(mut reader) = TableReader::open(source, &options) else {
        return;
    };
    let wanted: Vec<usize> = (0..reader.columns().len()).rev().collect();
    let mut rows = 0;
    // A small file may truly state very many rows without values.
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

/// Reads a token file; what is not refused must be whole.
pub fn tokens(source: &Source) {
    let Ok(set) = read_tokens(source) else {
        return;
    };
    for view in set.views() {
        assert_eq!((view.rows.len(), view.present.len()), (set.len(), set.len()));
        if let Some(meta) = set.meta() {
            assert_eq!(view.rows.width(), meta.schema.token_bits());
        }
    }
}
