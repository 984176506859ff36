//! Reads files of pair tokens, batch by batch.

use std::cmp::Ordering;
use std::fs::File;
use std::io::BufReader;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, BooleanArray, FixedSizeBinaryArray, RecordBatch, StringArray};
use arrow_ipc::reader::FileReader;
use mizuhiki_exchange::{PairLayout, PairMeta, RecordId, compare_ids};

use crate::decode::damage::{arrow_problem, damaged, guarded};
use crate::decode::hostile::check_arrow;
use crate::error::ColumnarError;
use crate::format::Format;
use crate::pairs::meta::{PAIR_META_KEY, from_json};
use crate::pairs::write::{DECOY, HANDLE, LABEL_PREFIX, NEAR_NUMBER, PAIR, SHARED, SHARED_BYTES};
use crate::source::Source;
use crate::tokens::columns::COUNT_KEY;

const INTACT: &str = "ask the custodian for an intact file";

/// A file of pair tokens, read sequentially. First come the handles of links, then those of decoys, each in
/// ascending order without repetition.
pub struct PairTokenReader {
    name: String,
    meta: PairMeta,
    labels: Vec<String>,
    near_number: bool,
    row_bytes: i32,
    stated: u64,
    reader: FileReader<BufReader<File>>,
    handles_only: bool,
    rows: u64,
    last: Option<(bool, RecordId)>,
}

/// A batch of rows.
pub struct PairTokenBatch {
    handles: StringArray,
    decoys: BooleanArray,
    /// `None` if only handles are read.
    columns: Option<PairColumns>,
}

struct PairColumns {
    pairs: FixedSizeBinaryArray,
    shared: FixedSizeBinaryArray,
    near_number: Option<BooleanArray>,
    labels: Vec<StringArray>,
}

impl PairTokenReader {
    /// Opens a file and checks its metadata.
    ///
    /// # Errors
    /// [`ColumnarError`] if the file contains no pair tokens, is damaged, or does not match its metadata.
    pub fn open(source: &Source) -> Result<Self, ColumnarError> {
        Self::open_with(source, false)
    }

    /// Opens a file for reading only its handles; [`PairTokenBatch::pair`] and the methods after it are not
    /// available.
    ///
    /// # Errors
    /// Same as [`PairTokenReader::open`].
    pub fn open_handles(source: &Source) -> Result<Self, ColumnarError> {
        Self::open_with(source, true)
    }

    fn open_with(source: &Source, handles_only: bool) -> Result<Self, ColumnarError> {
        let opened = source.open()?;
        let name = opened.name.clone();
        if opened.format != Format::Arrow {
            return Err(ColumnarError::UnsuitableFormat {
                file: name,
                what: "a file of pair tokens",
                format: opened.format.name(),
                fix: "use the .arrow file that `mizuhiki encode --for audit` made",
            });
        }
        guarded(&name.clone(), || {
            let mut file = opened.into_file()?;
            check_arrow(&name, &mut file)?;
            let whole = FileReader::try_new_buffered(file, None)
                .map_err(|error| damaged(&name, arrow_problem(&error)))?;
            let begun = Self::begin(name.clone(), whole)?;
            if !handles_only {
                return Ok(begun);
            }
            let file = source.open()?.into_file()?;
            let reader = FileReader::try_new_buffered(file, Some(vec![0, 1]))
                .map_err(|error| damaged(&name, arrow_problem(&error)))?;
            Ok(Self { reader, handles_only, ..begun })
        })
    }

    fn begin(name: String, reader: FileReader<BufReader<File>>) -> Result<Self, ColumnarError> {
        let schema = reader.schema();
        let no_pairs = || {
            let problem = "this is not a file of pair tokens: it has no audit schema";
            ColumnarError::file(&name, problem, "use a file that `mizuhiki encode --for audit` made")
        };
        let meta = from_json(&name, schema.metadata().get(PAIR_META_KEY).ok_or_else(no_pairs)?)?;
        let row_bytes = PairLayout::new(&meta.schema, meta.side).row_bytes() as i32;
        let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let (fixed, rest) = columns.split_at(columns.len().min(4));
        let near_number = rest.first() == Some(&NEAR_NUMBER);
        let labels = rest.iter().skip(usize::from(near_number)).map(|name| name.strip_prefix(LABEL_PREFIX));
        let labels: Option<Vec<String>> = labels.map(|label| label.map(str::to_owned)).collect();
        let Some(labels) = labels.filter(|_| fixed == [HANDLE, DECOY, PAIR, SHARED]) else {
            return Err(ColumnarError::file(&name, "its columns are not those of pair tokens", INTACT));
        };
        let stated = reader.custom_metadata().get(COUNT_KEY).and_then(|count| count.parse().ok());
        let stated =
            stated.ok_or_else(|| damaged(&name, "its row count is missing, so it was never finished"))?;
        Ok(Self {
            name,
            meta,
            labels,
            near_number,
            row_bytes,
            stated,
            reader,
            handles_only: false,
            rows: 0,
            last: None,
        })
    }

    /// Name for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file's metadata.
    #[must_use]
    pub const fn meta(&self) -> &PairMeta {
        &self.meta
    }

    /// Names of the labels.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Stated number of rows, including decoys.
    #[must_use]
    pub const fn stated_rows(&self) -> u64 {
        self.stated
    }

    /// The next rows; `None` at the end.
    ///
    /// # Errors
    /// [`ColumnarError`] naming the row that is out of order, repeated or damaged, or if rows are missing.
    pub fn next_batch(&mut self) -> Result<Option<PairTokenBatch>, ColumnarError> {
        let name = self.name.clone();
        loop {
            let batch = guarded(&name, || {
                self.reader.next().transpose().map_err(|error| damaged(&name, arrow_problem(&error)))
            })?;
            let Some(batch) = batch else {
                if self.rows != self.stated {
                    let problem = format!("the file states {} rows but has {}", self.stated, self.rows);
                    return Err(ColumnarError::file(&name, problem, "copy the file again"));
                }
                return Ok(None);
            };
            if batch.num_rows() > 0 {
                return self.checked(&batch).map(Some);
            }
        }
    }

    fn checked(&mut self, batch: &RecordBatch) -> Result<PairTokenBatch, ColumnarError> {
        let typed = self.typed(batch).ok_or_else(|| {
            ColumnarError::file(&self.name, "its columns are not of the types of pair tokens", INTACT)
        })?;
        for row in 0..typed.len() {
            let number = self.rows + row as u64 + 1;
            let cell =
                |problem: String, fix: &str| ColumnarError::cell(&self.name, number, HANDLE, problem, fix);
            let handle = RecordId::new(typed.handle(row)).map_err(|error| cell(error.to_string(), INTACT))?;
            if let Some((decoy, last)) = &self.last {
                let order =
                    decoy.cmp(&typed.is_decoy(row)).then_with(|| compare_ids(last.as_str(), handle.as_str()));
                match order {
                    Ordering::Less => {}
                    Ordering::Equal => {
                        let problem = format!("the handle already occurs in row {}", number - 1);
                        return Err(cell(problem, "give each link its own handle and encode again"));
                    }
                    Ordering::Greater => {
                        let problem = "the rows are not in the order of handles".to_owned();
                        return Err(cell(problem, "use the file as `mizuhiki encode --for audit` wrote it"));
                    }
                }
            }
            self.last = Some((typed.is_decoy(row), handle));
        }
        self.rows += typed.len() as u64;
        if self.rows > self.stated {
            return Err(damaged(&self.name, "it has more rows than it states"));
        }
        Ok(typed)
    }

    /// The columns by type, if they have these types, and no nulls where none are allowed.
    fn typed(&self, batch: &RecordBatch) -> Option<PairTokenBatch> {
        let text = |column: usize| batch.column(column).as_string_opt::<i32>().cloned();
        let flags = |column: usize| {
            batch.column(column).as_boolean_opt().filter(|flags| flags.null_count() == 0).cloned()
        };
        let binary = |column: usize, bytes: i32| {
            batch.column(column).as_fixed_size_binary_opt().filter(|of| of.value_length() == bytes).cloned()
        };
        let (handles, decoys) = (text(0).filter(|handles| handles.null_count() == 0)?, flags(1)?);
        if self.handles_only {
            let columns = None;
            return Some(PairTokenBatch { handles, decoys, columns });
        }
        let first_label = 4 + usize::from(self.near_number);
        let columns = PairColumns {
            pairs: binary(2, self.row_bytes).filter(|pairs| pairs.null_count() == 0)?,
            shared: binary(3, SHARED_BYTES)?,
            near_number: if self.near_number { Some(flags(4)?) } else { None },
            labels: (0..self.labels.len()).map(|label| text(first_label + label)).collect::<Option<_>>()?,
        };
        Some(PairTokenBatch { handles, decoys, columns: Some(columns) })
    }
}

impl PairTokenBatch {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.handles.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Handle of a row.
    #[must_use]
    pub fn handle(&self, row: usize) -> &str {
        self.handles.value(row)
    }

    /// Whether a row is a decoy.
    #[must_use]
    pub fn is_decoy(&self, row: usize) -> bool {
        self.decoys.value(row)
    }

    /// The pair tokens of a row.
    #[must_use]
    pub fn pair(&self, row: usize) -> &[u8] {
        self.columns.as_ref().map_or(&[], |columns| columns.pairs.value(row))
    }

    /// The mark that the rows of one record share.
    #[must_use]
    pub fn shared(&self, row: usize) -> Option<[u8; 8]> {
        let shared = &self.columns.as_ref()?.shared;
        if shared.is_null(row) { None } else { shared.value(row).try_into().ok() }
    }

    /// Whether another record's number differs by one typo; `None` if the custodian named no numbers.
    #[must_use]
    pub fn near_number(&self, row: usize) -> Option<bool> {
        self.columns.as_ref()?.near_number.as_ref().map(|near| near.value(row))
    }

    /// A label of a row; empty if it has none.
    #[must_use]
    pub fn label(&self, label: usize, row: usize) -> &str {
        let texts = self.columns.as_ref().map(|columns| &columns.labels[label]);
        texts.filter(|texts| !texts.is_null(row)).map_or("", |texts| texts.value(row))
    }
}

#[cfg(test)]
mod tests {
    use mizuhiki_exchange::{CustodianId, KeyId, PairRows, Run, RunName, Side, Task};
    use mizuhiki_schema::AuditSchema;
    use proptest::prelude::*;

    use super::*;
    use crate::pairs::write::PairTokenWriter;
    use mizuhiki_files::Target;

    const SCHEMA: &str = r#"{"format":"mizuhiki-audit-schema","version":2,"name":"t","locale":{"pack":"en-Latn"},
        "comparisons":[{"name":"s","role":"sex","kind":"sex","levels":["code"]}]}"#;

    /// A file of these rows: handle and whether it is a decoy.
    fn file(rows: &[(&str, bool)]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pairs.arrow");
        let schema = AuditSchema::parse(SCHEMA).unwrap();
        let row_bytes = PairLayout::new(&schema, Side::Left).row_bytes();
        let meta = PairMeta {
            schema,
            key_id: KeyId::from_bytes([1; 8]),
            custodian: CustodianId::new("c").unwrap(),
            run: Run { task: Task::Audit, project: RunName::new("é").unwrap(), ..Run::default() },
            side: Side::Left,
        };
        let labels = ["batch".to_owned()];
        let mut writer = PairTokenWriter::create(&Target::Path(path.clone()), &meta, &labels, true).unwrap();
        let mut batch = PairRows { labels: vec![Vec::new()], ..PairRows::default() };
        for (number, (handle, decoy)) in rows.iter().enumerate() {
            batch.handles.push(handle).unwrap();
            batch.decoys.push(*decoy);
            batch.tokens.extend(std::iter::repeat_n(number as u8, row_bytes));
            batch.shared.push((number % 2 == 0).then_some([number as u8; 8]));
            batch.near_number.push(number % 3 == 0);
            batch.labels[0].push(format!("b{}", number % 2));
        }
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
        std::fs::read(path).unwrap()
    }

    /// Handles of all rows of a file.
    fn read(bytes: &[u8]) -> Result<Vec<String>, ColumnarError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pairs.arrow");
        std::fs::write(&path, bytes).unwrap();
        let source = Source::Path(path);
        let mut handles = Vec::new();
        for mut reader in [PairTokenReader::open(&source)?, PairTokenReader::open_handles(&source)?] {
            handles.clear();
            while let Some(batch) = reader.next_batch()? {
                for row in 0..batch.len() {
                    handles.push(batch.handle(row).to_owned());
                    let _ = (batch.pair(row), batch.shared(row), batch.near_number(row));
                    (0..reader.labels().len()).for_each(|label| drop(batch.label(label, row).to_owned()));
                }
            }
        }
        Ok(handles)
    }

    #[test]
    fn rows_come_back_and_their_order_is_checked() {
        let good = [("a", false), ("b", false), ("aa", false), ("a", true), ("aa", true)];
        assert_eq!(read(&file(&good)).unwrap(), ["a", "b", "aa", "a", "aa"]);
        for (bad, problem) in [
            (&[("b", false), ("a", false)][..], "row 2, column \"handle\": the rows are not in the order"),
            (&[("aa", false), ("b", false)][..], "row 2, column \"handle\": the rows are not in the order"),
            (&[("a", true), ("b", false)][..], "row 2, column \"handle\": the rows are not in the order"),
            (
                &[("a", false), ("b", false), ("b", false)][..],
                "row 3, column \"handle\": the handle already occurs in row 2",
            ),
        ] {
            let error = read(&file(bad)).unwrap_err().to_string();
            assert!(error.contains(problem), "{error}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn changed_and_cut_files_are_refused_or_whole(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
            length in any::<prop::sample::Index>(),
            cut: bool,
        ) {
            let mut bytes = file(&[("a", false), ("b", false), ("a", true)]);
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if cut {
                bytes.truncate(length.index(bytes.len()));
            }
            if let Ok(handles) = read(&bytes) {
                prop_assert_eq!(handles.len(), 3);
            }
        }

        #[test]
        fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(read(&bytes).is_err());
        }
    }
}
