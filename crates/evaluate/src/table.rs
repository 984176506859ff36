//! Made tables as files.

use std::io::{self, Write};

use mizuhiki_columnar::{ColumnarError, Format, Target, WriteFile};

use crate::population::Holder;

const COLUMNS: [&str; 6] = ["rec_id", "given_name", "surname", "date_of_birth", "suburb", "postcode"];

impl Holder {
    /// Writes the table with the columns `rec_id`, `given_name`, `surname`, `date_of_birth`, `suburb` and
    /// `postcode`, as CSV or, by the extension, TSV. The person numbers are left out.
    ///
    /// # Errors
    /// [`ColumnarError`] if the target is neither CSV nor TSV or cannot be written; no file is left then.
    pub fn write_csv(&self, target: &Target) -> Result<(), ColumnarError> {
        let rows = self.people.iter().map(|record| {
            [
                record.id.as_str(),
                &record.given_name,
                &record.surname,
                &record.date_of_birth,
                &record.suburb,
                &record.postcode,
            ]
        });
        write_table(COLUMNS, rows, target)
    }
}

/// Writes true links with the columns `left_id` and `right_id`, as CSV or, by the extension, TSV.
///
/// # Errors
/// [`ColumnarError`] if the target is neither CSV nor TSV or cannot be written; no file is left then.
pub fn write_truth(pairs: &[(String, String)], target: &Target) -> Result<(), ColumnarError> {
    write_table(["left_id", "right_id"], pairs.iter().map(|(left, right)| [left.as_str(), right]), target)
}

fn write_table<'a, const N: usize>(
    columns: [&'static str; N],
    rows: impl Iterator<Item = [&'a str; N]>,
    target: &Target,
) -> Result<(), ColumnarError> {
    let delimiter = match target.format(Format::Csv)? {
        Format::Csv => ',',
        Format::Tsv => '\t',
        other => {
            return Err(ColumnarError::UnsuitableFormat {
                file: target.name(),
                what: "made people and their links",
                format: other.name(),
                fix: "name a .csv or .tsv file",
            });
        }
    };
    let mut file = WriteFile::create(target, 0o666)?;
    let write = || {
        write_row(&mut file, delimiter, columns)?;
        for row in rows {
            write_row(&mut file, delimiter, row)?;
        }
        Ok(())
    };
    write().map_err(|reason| ColumnarError::Io { file: target.name(), action: "write", reason })?;
    file.commit()
}

fn write_row<const N: usize>(file: &mut impl Write, delimiter: char, row: [&str; N]) -> io::Result<()> {
    let mut line = String::with_capacity(80);
    for (index, value) in row.into_iter().enumerate() {
        if index > 0 {
            line.push(delimiter);
        }
        if value.contains([delimiter, '"', '\n', '\r']) {
            line.push('"');
            line.push_str(&value.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(value);
        }
    }
    line.push('\n');
    file.write_all(line.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use mizuhiki_columnar::{Source, read_pairs};

    use super::*;
    use crate::population::{Population, PopulationSpec, Record};

    /// A file of this test alone, removed at the end.
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
        for name in ["truth.csv", "truth.tsv"] {
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
        Holder { name: "hospital", people: vec![record] }.write_csv(&file.target()).unwrap();
        let text = fs::read_to_string(&file.0).unwrap();
        assert_eq!(
            text,
            "rec_id,given_name,surname,date_of_birth,suburb,postcode\n\
             H000001,\"Anne, \"\"Annie\"\"\",O'Brien,19800229,,0800\n"
        );
    }

    #[test]
    fn other_formats_are_refused() {
        let file = Scratch::new("truth.parquet");
        let error = write_truth(&[], &file.target()).unwrap_err();
        assert!(matches!(error, ColumnarError::UnsuitableFormat { .. }), "{error}");
        assert!(!file.0.exists());
    }
}
