//! Token files in text form: a line of metadata, a header, rows, an end mark (`protocols/08-file-formats.md` §2).

use std::io::{BufRead as _, BufReader, Read};

use crate::error::ColumnarError;
use crate::tokens::columns::{ENCODE_FIRST, META_KEY, NO_TOKENS};

/// Maximum bytes of a line of a token file in text form.
const MAX_LINE_BYTES: u64 = 8 << 20;

/// Rows of a token file in text form.
pub(crate) struct TextRows<'n, R> {
    name: &'n str,
    input: BufReader<R>,
    delimiter: char,
    line: Vec<u8>,
    meta: String,
    header: String,
    record: csv::StringRecord,
    /// Number of the latest row, from 1.
    row: u64,
    stated: Option<String>,
}

impl<'n, R: Read> TextRows<'n, R> {
    /// Reads metadata and header.
    pub(crate) fn open(name: &'n str, input: BufReader<R>, delimiter: char) -> Result<Self, ColumnarError> {
        let mut rows = Self {
            name,
            input,
            delimiter,
            line: Vec::new(),
            meta: String::new(),
            header: String::new(),
            record: csv::StringRecord::new(),
            row: 0,
            stated: None,
        };
        let no_tokens = || ColumnarError::file(name, NO_TOKENS, ENCODE_FIRST);
        rows.next_line()?;
        let meta = rows.text()?.strip_prefix('#').and_then(|line| line.strip_prefix(META_KEY));
        rows.meta = meta.ok_or_else(no_tokens)?.trim().to_owned();
        rows.next_line()?;
        rows.header = rows.text()?.to_owned();
        Ok(rows)
    }

    /// The metadata, as JSON.
    pub(crate) fn meta(&self) -> &str {
        &self.meta
    }

    /// Names of the columns.
    pub(crate) fn columns(&self) -> Vec<&str> {
        self.header.split(self.delimiter).collect()
    }

    /// The number of the latest row, from 1.
    pub(crate) const fn row(&self) -> u64 {
        self.row
    }

    /// The stated number of rows, available after all have been read.
    pub(crate) fn stated(self) -> Option<String> {
        self.stated
    }

    /// The next row.
    pub(crate) fn next(&mut self) -> Result<Option<&csv::StringRecord>, ColumnarError> {
        let fields = self.columns().len();
        while self.next_line()? {
            let (name, row) = (self.name, self.row + 1);
            let again = |problem: &str| ColumnarError::row(name, row, problem, "copy the file again");
            if self.stated.is_some() {
                return Err(again("there are rows after the end mark"));
            }
            let mut record = std::mem::take(&mut self.record);
            let text = self.text()?;
            // A record has a delimiter and the end mark has none; an id may begin like the end mark.
            if let Some(stated) = text.strip_prefix("#end ").filter(|rest| !rest.contains(self.delimiter)) {
                self.stated = Some(stated.to_owned());
                continue;
            }
            let split = split_line(text, self.delimiter as u8, &mut record);
            if !split || record.len() != fields {
                return Err(again(&format!("the row does not have {fields} fields")));
            }
            (self.record, self.row) = (record, row);
            return Ok(Some(&self.record));
        }
        Ok(None)
    }

    /// Reads the next line; false at the end of the file.
    fn next_line(&mut self) -> Result<bool, ColumnarError> {
        self.line.clear();
        let count = self
            .input
            .by_ref()
            .take(MAX_LINE_BYTES)
            .read_until(b'\n', &mut self.line)
            .map_err(ColumnarError::io(self.name, "read"))?;
        if count as u64 == MAX_LINE_BYTES {
            return Err(ColumnarError::file(self.name, "a line is longer than 8 MiB", ENCODE_FIRST));
        }
        Ok(count > 0)
    }

    /// The line without its end, as text.
    fn text(&self) -> Result<&str, ColumnarError> {
        let text = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        std::str::from_utf8(text)
            .map_err(|_| ColumnarError::file(self.name, "it is not UTF-8 text", ENCODE_FIRST))
    }
}

/// Splits one line into fields; ids may be quoted, tokens never are.
fn split_line(line: &str, delimiter: u8, record: &mut csv::StringRecord) -> bool {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        // A carriage return does not end a record; the text after it would be skipped.
        .terminator(csv::Terminator::Any(b'\n'))
        .buffer_capacity(line.len() + 1)
        // A byte-order mark would be removed from the start, but here it belongs to an id.
        .from_reader(b"\n".chain(line.as_bytes()));
    matches!(reader.read_record(record), Ok(true))
}
