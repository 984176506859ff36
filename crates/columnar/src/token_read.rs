//! Reading token files into memory, with every check before work starts.

use std::io::{BufRead as _, BufReader, Read};

use arrow_array::cast::AsArray as _;
use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::FileReader;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mizuhiki_bits::BitRows;
use mizuhiki_exchange::{BlockId, RecordIds, TokenMeta, TokenSet, TokenSetError, View};

use crate::arrow_text::{arrow_problem, damaged, guarded};
use crate::clks::read_clks;
use crate::file::Opened;
use crate::hostile::{Parquet, check_arrow};
use crate::token_meta::{META_KEY, from_json};
use crate::token_write::{BLOCK_PREFIX, COUNT_KEY, ID_COLUMN, token_columns};
use crate::{ColumnarError, Format, Source};

/// Longest line of a token file in text form, in bytes.
const MAX_LINE_BYTES: u64 = 8 << 20;

const NO_TOKENS: &str = "this is no token file: it says nothing of its linkage schema";
const ENCODE_FIRST: &str = "give a file that `mizuhiki encode` made";

/// Reads a token file whole: `.parquet`, `.arrow`, `.csv`, `.tsv`, or clkhash's `.json`.
///
/// # Errors
/// [`ColumnarError`] if the file is no token file, is damaged, or is not what it says of itself.
pub fn read_tokens(source: &Source) -> Result<TokenSet, ColumnarError> {
    let opened = source.open()?;
    let name = opened.name.clone();
    match opened.format {
        Format::Json => read_clks(&name, opened.into_read()),
        Format::Csv => read_text(&name, opened.into_read(), ','),
        Format::Tsv => read_text(&name, opened.into_read(), '\t'),
        Format::Arrow => guarded(&name, || read_arrow(&name, opened)),
        Format::Parquet => guarded(&name, || read_parquet(&name, opened)),
    }
}

/// Gathers rows and checks them against the metadata.
struct Gather<'n> {
    name: &'n str,
    meta: TokenMeta,
    ids: RecordIds,
    views: Vec<View>,
    /// Block ids by pass; none if the file leaves them out.
    blocks: Vec<Vec<Option<BlockId>>>,
    /// Rows that the file can hold: ids differ, so each takes a byte.
    most_rows: u64,
}

impl<'n> Gather<'n> {
    fn new(name: &'n str, meta: TokenMeta, columns: &[&str]) -> Result<Self, ColumnarError> {
        let expected = token_columns(&meta);
        let views = meta.schema.view_names().len();
        // Block ids may be left out, all of them.
        if columns != expected && columns != &expected[..=views] {
            let problem =
                format!("its columns are not those of its schema, which are {}", expected.join(", "));
            return Err(ColumnarError::file(name, problem, "ask the custodian for an intact file"));
        }
        let bits = meta.schema.token_bits();
        let view = |name: &str| View { name: name.to_owned(), rows: BitRows::new(bits), present: Vec::new() };
        let blocks = vec![Vec::new(); columns.len() - 1 - views];
        let views = meta.schema.view_names().into_iter().map(view).collect();
        Ok(Self { name, meta, ids: RecordIds::default(), views, blocks, most_rows: u64::MAX })
    }

    fn push_id(&mut self, id: &str) -> Result<(), ColumnarError> {
        let row = self.ids.len() as u64 + 1;
        self.ids.push(id).map_err(|error| {
            ColumnarError::cell(
                self.name,
                row,
                ID_COLUMN,
                error.to_string(),
                "ask the custodian for an intact file",
            )
        })
    }

    /// `token` is the token of the record that was pushed last.
    fn push_token(&mut self, view: usize, token: Option<&[u8]>) -> Result<(), ColumnarError> {
        let view = &mut self.views[view];
        view.present.push(token.is_some());
        let Some(token) = token else {
            view.rows.push_zero();
            return Ok(());
        };
        view.rows.push_bytes(token).map_err(|error| {
            let problem = format!("a token of {} bytes, the schema says {}", error.found, error.expected);
            ColumnarError::cell(
                self.name,
                self.ids.len() as u64,
                &view.name,
                problem,
                "ask the custodian for an intact file",
            )
        })
    }

    /// `id` is the block id of the record that was pushed last.
    fn push_block(&mut self, pass: usize, id: Option<&[u8]>) -> Result<(), ColumnarError> {
        let id = match id.map(<[u8; 8]>::try_from) {
            None => None,
            Some(Ok(bytes)) => Some(BlockId::from_bytes(bytes)),
            Some(Err(_)) => {
                let column = format!("{BLOCK_PREFIX}{}", self.meta.schema.pass_names()[pass]);
                let problem = format!("a block id of {} bytes instead of 8", id.map_or(0, <[u8]>::len));
                let fix = "ask the custodian for an intact file";
                return Err(ColumnarError::cell(self.name, self.ids.len() as u64, &column, problem, fix));
            }
        };
        self.blocks[pass].push(id);
        Ok(())
    }

    fn push_batch(&mut self, batch: &RecordBatch) -> Result<(), ColumnarError> {
        let again = "ask the custodian for an intact file";
        if (self.ids.len() as u64).saturating_add(batch.num_rows() as u64) > self.most_rows {
            return Err(damaged(self.name, "it states more rows than it can hold"));
        }
        let Some(ids) = batch.column(0).as_string_opt::<i32>() else {
            return Err(ColumnarError::file(self.name, "its record ids are no text", again));
        };
        let mut binary = Vec::with_capacity(batch.num_columns() - 1);
        for (column, field) in batch.columns().iter().zip(batch.schema().fields()).skip(1) {
            binary.push(column.as_fixed_size_binary_opt().ok_or_else(|| {
                let problem = format!("column {:?} is not of fixed-size binary values", field.name());
                ColumnarError::file(self.name, problem, again)
            })?);
        }
        let views = self.views.len();
        for row in 0..ids.len() {
            let id = if ids.is_null(row) { "" } else { ids.value(row) };
            self.push_id(id)?;
            for (index, column) in binary.iter().enumerate() {
                let value = (!column.is_null(row)).then(|| column.value(row));
                if index < views {
                    self.push_token(index, value)?;
                } else {
                    self.push_block(index - views, value)?;
                }
            }
        }
        Ok(())
    }

    fn finish(self, stated: Option<&str>) -> Result<TokenSet, ColumnarError> {
        let found = self.ids.len();
        match stated.and_then(|text| text.trim().parse::<usize>().ok()) {
            Some(count) if count == found => {}
            Some(count) => {
                let problem = format!("the file states {count} records but has {found}");
                return Err(ColumnarError::file(self.name, problem, "copy the file again"));
            }
            None => {
                return Err(damaged(self.name, "its record count is missing, so it was not finished"));
            }
        }
        TokenSet::new(Some(self.meta), self.ids, self.views, self.blocks).map_err(|error| match error {
            TokenSetError::RepeatedId { first, second } => ColumnarError::row(
                self.name,
                second as u64,
                format!("the record id stands in row {first} already"),
                "give each record its own id",
            ),
            other => ColumnarError::file(self.name, other.to_string(), "split the file"),
        })
    }
}

fn read_parquet(name: &str, opened: Opened) -> Result<TokenSet, ColumnarError> {
    let file = opened.into_file()?;
    let bytes = file.metadata().map_err(ColumnarError::io(name, "read"))?.len();
    let parquet = Parquet::open(name, file)?;
    let count = parquet
        .metadata
        .metadata()
        .file_metadata()
        .key_value_metadata()
        .and_then(|pairs| pairs.iter().find(|pair| pair.key == COUNT_KEY))
        .and_then(|pair| pair.value.clone());
    let mut gather = begin(name, parquet.metadata.schema(), bytes)?;
    for batch in parquet.batches(name)? {
        gather.push_batch(&batch.map_err(|error| damaged(name, arrow_problem(&error)))?)?;
    }
    gather.finish(count.as_deref())
}

fn read_arrow(name: &str, opened: Opened) -> Result<TokenSet, ColumnarError> {
    let mut file = opened.into_file()?;
    let bytes = file.metadata().map_err(ColumnarError::io(name, "read"))?.len();
    check_arrow(name, &mut file)?;
    let reader =
        FileReader::try_new_buffered(file, None).map_err(|error| damaged(name, arrow_problem(&error)))?;
    let count = reader.custom_metadata().get(COUNT_KEY).cloned();
    let mut gather = begin(name, &reader.schema(), bytes)?;
    for batch in reader {
        gather.push_batch(&batch.map_err(|error| damaged(name, arrow_problem(&error)))?)?;
    }
    gather.finish(count.as_deref())
}

fn begin<'n>(name: &'n str, schema: &arrow_schema::Schema, bytes: u64) -> Result<Gather<'n>, ColumnarError> {
    let meta =
        schema.metadata().get(META_KEY).ok_or_else(|| ColumnarError::file(name, NO_TOKENS, ENCODE_FIRST))?;
    let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let gather = Gather::new(name, from_json(name, meta)?, &columns)?;
    Ok(Gather { most_rows: bytes, ..gather })
}

fn read_text(name: &str, read: Box<dyn Read + Send>, delimiter: char) -> Result<TokenSet, ColumnarError> {
    let mut input = BufReader::with_capacity(1 << 17, read);
    let mut line = Vec::new();
    let first = next_line(name, &mut input, &mut line)?.unwrap_or_default();
    let meta = first
        .strip_prefix('#')
        .and_then(|line| line.strip_prefix(META_KEY))
        .ok_or_else(|| ColumnarError::file(name, NO_TOKENS, ENCODE_FIRST))?;
    let meta = from_json(name, meta.trim())?;
    let header = next_line(name, &mut input, &mut line)?.unwrap_or_default().to_owned();
    let columns: Vec<&str> = header.split(delimiter).collect();
    let mut gather = Gather::new(name, meta, &columns)?;
    let (views, fields) = (gather.views.len(), columns.len());
    let mut token = Vec::new();
    let mut count = None;
    let mut record = csv::StringRecord::new();
    while let Some(text) = next_line(name, &mut input, &mut line)? {
        let row = gather.ids.len() as u64 + 1;
        if count.is_some() {
            return Err(ColumnarError::row(
                name,
                row,
                "there are rows after the end mark",
                "copy the file again",
            ));
        }
        // A record has a delimiter, the end mark none; an id may begin like the end mark.
        if let Some(stated) = text.strip_prefix("#end ").filter(|rest| !rest.contains(delimiter)) {
            count = Some(stated.to_owned());
            continue;
        }
        if !split_line(text, delimiter as u8, &mut record) || record.len() != fields {
            let problem = format!("the row has not {fields} fields");
            return Err(ColumnarError::row(name, row, problem, "copy the file again"));
        }
        gather.push_id(record.get(0).unwrap_or_default())?;
        for (index, text) in record.iter().skip(1).enumerate() {
            token.clear();
            STANDARD.decode_vec(text, &mut token).map_err(|_| {
                ColumnarError::cell(
                    name,
                    row,
                    columns[index + 1],
                    "the value is not base64",
                    "copy the file again",
                )
            })?;
            let value = (!text.is_empty()).then_some(token.as_slice());
            if index < views {
                gather.push_token(index, value)?;
            } else {
                gather.push_block(index - views, value)?;
            }
        }
    }
    gather.finish(count.as_deref())
}

/// Splits one line into fields; ids may be quoted, tokens never are.
fn split_line(line: &str, delimiter: u8, record: &mut csv::StringRecord) -> bool {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        // A carriage return ends no record: what follows it would be passed over.
        .terminator(csv::Terminator::Any(b'\n'))
        .buffer_capacity(line.len() + 1)
        // A byte-order mark would be taken from the start: here it belongs to an id.
        .from_reader(b"\n".chain(line.as_bytes()));
    matches!(reader.read_record(record), Ok(true))
}

/// The next line without its end, as text.
fn next_line<'l>(
    name: &str,
    input: &mut BufReader<Box<dyn Read + Send>>,
    line: &'l mut Vec<u8>,
) -> Result<Option<&'l str>, ColumnarError> {
    line.clear();
    let count = input
        .by_ref()
        .take(MAX_LINE_BYTES)
        .read_until(b'\n', line)
        .map_err(ColumnarError::io(name, "read"))?;
    if count == 0 {
        return Ok(None);
    }
    if count as u64 == MAX_LINE_BYTES {
        return Err(ColumnarError::file(name, "a line is longer than 8 MiB", ENCODE_FIRST));
    }
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    std::str::from_utf8(text)
        .map(Some)
        .map_err(|_| ColumnarError::file(name, "it is not UTF-8 text", ENCODE_FIRST))
}
