//! Synthetic tables as files.

use mizuhiki_columnar::{Cell, ColumnKind, ColumnarError, Format, ResultWriter};
use mizuhiki_files::Target;

/// Writes true links with the columns `left_id` and `right_id`, in the format that the extension names.
///
/// # Errors
/// [`ColumnarError`] if the target cannot be written; no file is left then.
pub fn write_truth(pairs: &[(String, String)], target: &Target) -> Result<(), ColumnarError> {
    let mut table = TextTable::create(target, &["left_id", "right_id"])?;
    for (left, right) in pairs {
        table.push([left.as_str(), right])?;
    }
    table.finish()
}

/// A text table under construction.
pub(crate) struct TextTable(ResultWriter);

impl TextTable {
    pub(crate) fn create(target: &Target, columns: &[&str]) -> Result<Self, ColumnarError> {
        let columns: Vec<(&str, ColumnKind)> = columns.iter().map(|name| (*name, ColumnKind::Text)).collect();
        ResultWriter::create(target, Format::Csv, &columns).map(Self)
    }

    pub(crate) fn push<'a>(
        &mut self,
        values: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), ColumnarError> {
        let cells: Vec<Cell<'_>> = values.into_iter().map(Cell::Text).collect();
        self.0.push(&cells)
    }

    pub(crate) fn finish(self) -> Result<(), ColumnarError> {
        self.0.finish()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use mizuhiki_columnar::{Source, read_pairs};

    use super::*;
    use crate::en_latn::{Holder, Population, PopulationSpec, Record};

    /// A file of this test only, removed at the end.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            Self(std::env::temp_dir().join(format!("mizuhiki-evaluate-{}-{name}", std::process::id())))
        }

        fn target(&self) -> Target {
            Target::Path(self.0.clone())
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.0);
        }
    }

    #[test]
    fn true_links_are_read_back() {
        let truth = Population::make(&PopulationSpec { people: 500, seed: 1 }).truth(0, 2);
        for name in ["truth.csv", "truth.tsv", "truth.parquet"] {
            let file = Scratch::new(name);
            write_truth(&truth, &file.target()).unwrap();
            let read = read_pairs(&Source::Path(file.0.clone())).unwrap();
            let read: Vec<(String, String)> =
                read.into_iter().map(|(left, right)| (left.to_string(), right.to_string())).collect();
            assert_eq!(read, truth);
        }
    }

    #[test]
    fn a_table_has_its_columns_and_quotes() {
        let record = Record {
            id: "H000001".to_owned(),
            person: 77,
            given_name: "Anne, \"Annie\"".to_owned(),
            surname: "O'Brien".to_owned(),
            date_of_birth: "19800229".to_owned(),
            suburb: String::new(),
            postcode: "0800".to_owned(),
        };
        let file = Scratch::new("people.csv");
        Holder { name: "hospital", people: vec![record] }.write(&file.target()).unwrap();
        let text = fs::read_to_string(&file.0).unwrap();
        assert_eq!(
            text,
            "rec_id,given_name,surname,date_of_birth,suburb,postcode\n\
             H000001,\"Anne, \"\"Annie\"\"\",O'Brien,19800229,,0800\n"
        );
    }
}
