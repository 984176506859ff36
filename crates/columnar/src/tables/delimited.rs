//! CSV and TSV: detects delimiter, byte-order mark and encoding, and checks rows one by one.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::ByteRecord;
use encoding_rs::{Encoding, ISO_2022_JP, SHIFT_JIS, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;

use crate::error::{ColumnarError, MAX_COLUMNS, MAX_RECORD_BYTES};
use crate::tables::chunk::TextChunk;
use crate::tables::options::{ReadOptions, UNREADABLE, UnreadableValues};

/// Bytes inspected to detect encoding and delimiter.
const SAMPLE_BYTES: usize = 1 << 16;

const ENCODINGS: &str =
    "utf-8, cp932 (shift_jis), utf-16le, utf-16be, windows-1252, iso-8859-1, euc-jp, iso-2022-jp";

pub(crate) struct Delimited {
    name: String,
    csv: csv::Reader<Counted>,
    header: Vec<String>,
    record: ByteRecord,
    counts: Arc<Counts>,
    transcoded: Option<&'static Encoding>,
    /// Whether the last value of the latest record contains a line end.
    ends_in_lines: bool,
    masks: bool,
    masked: BTreeMap<usize, UnreadableValues>,
}

/// Shared with the reader inside `csv`, which is not accessible from outside.
#[derive(Default)]
struct Counts {
    /// Bytes read from the file.
    total: AtomicU64,
    /// Decoded bytes returned since the last record.
    record: AtomicU64,
    /// Quotes among all bytes.
    quotes: AtomicU64,
}

impl Delimited {
    pub(crate) fn open(
        name: &str,
        mut read: Box<dyn Read + Send>,
        delimiter: Option<u8>,
        options: &ReadOptions,
    ) -> Result<Self, ColumnarError> {
        let mut sample = Vec::new();
        let limit = SAMPLE_BYTES as u64;
        read.by_ref().take(limit).read_to_end(&mut sample).map_err(ColumnarError::io(name, "read"))?;
        if sample.is_empty() {
            return Err(ColumnarError::file(
                name,
                "the file is empty",
                "write a header line that names the columns",
            ));
        }
        let encoding = choose_encoding(name, &sample, options.encoding.as_deref())?;
        let (decoded, _, _) = encoding.decode(&sample);
        if decoded.contains('\0') && !decoded.contains('\n') {
            let fix = "check that this is the right file";
            return Err(ColumnarError::file(name, "the file is not text: it contains NUL bytes", fix));
        }
        let delimiter = delimiter.unwrap_or_else(|| find_delimiter(&decoded));
        let counts = Arc::new(Counts::default());
        let whole = Raw { read: Box::new(io::Cursor::new(sample).chain(read)), counts: Arc::clone(&counts) };
        let transcoded = (encoding != UTF_8).then_some(encoding);
        // Also removes a byte-order mark; UTF-8 itself passes through and is checked row by row.
        let decoder = DecodeReaderBytesBuilder::new()
            .encoding(transcoded)
            .utf8_passthru(true)
            .strip_bom(true)
            .bom_override(false)
            .build(whole);
        let counted = Counted { read: Box::new(decoder), counts: Arc::clone(&counts) };
        let csv =
            csv::ReaderBuilder::new().delimiter(delimiter).buffer_capacity(1 << 17).from_reader(counted);
        let mut this = Self {
            name: name.to_owned(),
            csv,
            header: Vec::new(),
            record: ByteRecord::new(),
            counts,
            transcoded,
            ends_in_lines: false,
            masks: options.mask_unreadable,
            masked: BTreeMap::new(),
        };
        this.read_header()?;
        Ok(this)
    }

    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    pub(crate) fn bytes_read(&self) -> u64 {
        self.counts.total.load(Ordering::Relaxed)
    }

    pub(crate) fn masked(&self) -> impl Iterator<Item = &UnreadableValues> {
        self.masked.values()
    }

    fn read_header(&mut self) -> Result<(), ColumnarError> {
        let header = self.csv.byte_headers().map_err(|error| csv_error(&self.name, 0, &error))?.clone();
        if header.len() > MAX_COLUMNS {
            let problem = format!("{} columns; the limit is {MAX_COLUMNS}", header.len());
            return Err(ColumnarError::file(
                &self.name,
                problem,
                "keep the columns that the linkage schema names",
            ));
        }
        for (index, field) in header.iter().enumerate() {
            let column = format!("column {}", index + 1);
            let text = std::str::from_utf8(field).map_err(|_| {
                let problem = format!("the header of {column} is not UTF-8");
                ColumnarError::file(&self.name, problem, format!("name the encoding, one of {ENCODINGS}"))
            })?;
            let text = text.trim();
            if text.is_empty() {
                let problem = format!("{column} has no name in the header");
                return Err(ColumnarError::file(&self.name, problem, "name every column in the first line"));
            }
            if text.contains('\0') {
                let problem = format!("the header of {column} has a NUL byte");
                let fix = "check that this is the right file, and name its encoding with --encoding, such as utf-16le";
                return Err(ColumnarError::file(&self.name, problem, fix));
            }
            self.header.push(text.to_owned());
        }
        self.counts.record.store(0, Ordering::Relaxed);
        Ok(())
    }

    /// Appends up to `limit` rows to `chunk`, and returns their number.
    pub(crate) fn fill(
        &mut self,
        chunk: &mut TextChunk,
        wanted: &[usize],
        first_row: u64,
        limit: usize,
    ) -> Result<usize, ColumnarError> {
        for index in 0..limit {
            let row = first_row + index as u64;
            let more = self
                .csv
                .read_byte_record(&mut self.record)
                .map_err(|error| csv_error(&self.name, row, &error))?;
            self.counts.record.store(0, Ordering::Relaxed);
            if !more {
                return self.end(row, index);
            }
            self.ends_in_lines = self.record.iter().next_back().is_some_and(|value| value.contains(&b'\n'));
            for &column in wanted {
                let bytes = self.record.get(column).unwrap_or_default();
                match self.check(row, column, bytes) {
                    Ok(text) => chunk.push(text),
                    Err(Fault::Unreadable(_)) if self.masks => {
                        let first = || UnreadableValues {
                            column: self.header.get(column).cloned().unwrap_or_default(),
                            count: 0,
                            first_row: row,
                        };
                        self.masked.entry(column).or_insert_with(first).count += 1;
                        chunk.push(UNREADABLE);
                    }
                    Err(Fault::Unreadable(error) | Fault::Other(error)) => return Err(error),
                }
            }
        }
        Ok(limit)
    }

    /// Handles the end of the file, after `count` rows of the chunk. An open quote has consumed the rows
    /// after it.
    fn end(&self, row: u64, count: usize) -> Result<usize, ColumnarError> {
        if self.ends_in_lines && !self.counts.quotes.load(Ordering::Relaxed).is_multiple_of(2) {
            let problem = "a quote is never closed, so the lines after it became part of one value";
            let fix = "close the quote, and double quotes inside values";
            return Err(ColumnarError::row(&self.name, row - 1, problem, fix));
        }
        Ok(count)
    }

    fn check<'b>(&self, row: u64, column: usize, bytes: &'b [u8]) -> Result<&'b str, Fault> {
        let cell = |problem: String, fix: String| {
            let column = self.header.get(column).map_or("", String::as_str);
            ColumnarError::cell(&self.name, row, column, problem, fix)
        };
        let unreadable = |problem: String, name: &str| {
            let fix = format!(
                "{name} with --encoding, one of {ENCODINGS}; or, if few rows are like this one, keep them with \
                 --mask-unreadable"
            );
            Err(Fault::Unreadable(cell(problem, fix)))
        };
        let Ok(text) = std::str::from_utf8(bytes) else {
            return unreadable("the value is not UTF-8".into(), "name the encoding");
        };
        if let Some(encoding) = self.transcoded {
            // Only bytes that are invalid in the encoding decode to U+FFFD.
            if text.contains(char::REPLACEMENT_CHARACTER) {
                let problem = format!("the value has bytes that are not {}", encoding.name());
                return unreadable(problem, "name another encoding");
            }
        }
        if text.contains('\0') {
            let fix = "remove it, or check how the file was exported".into();
            return Err(Fault::Other(cell("the value has a NUL byte".into(), fix)));
        }
        Ok(text)
    }
}

/// The problem of a value.
enum Fault {
    /// Its bytes are invalid in the encoding.
    Unreadable(ColumnarError),
    Other(ColumnarError),
}

fn choose_encoding(
    name: &str,
    sample: &[u8],
    given: Option<&str>,
) -> Result<&'static Encoding, ColumnarError> {
    if let Some(label) = given {
        let label = match label.to_ascii_lowercase().as_str() {
            "cp932" | "ms932" => "shift_jis".to_owned(),
            "cp1252" => "windows-1252".to_owned(),
            other => other.to_owned(),
        };
        return Encoding::for_label(label.as_bytes())
            .ok_or_else(|| ColumnarError::file(name, "unknown encoding", format!("use one of {ENCODINGS}")));
    }
    if let Some((encoding, _)) = Encoding::for_bom(sample) {
        return Ok(encoding);
    }
    // Escape sequences to JIS X 0208, which are control characters in ASCII otherwise.
    if sample.windows(3).any(|bytes| matches!(bytes, b"\x1b$B" | b"\x1b$@")) {
        return Ok(ISO_2022_JP);
    }
    let valid_utf8 = match std::str::from_utf8(sample) {
        Ok(_) => true,
        // The sample may end inside a character.
        Err(error) => error.error_len().is_none() && sample.len() - error.valid_up_to() < 4,
    };
    if valid_utf8 {
        return Ok(UTF_8);
    }
    // A pair of bytes may be cut at the end of the sample.
    let whole = &sample[..sample.iter().rposition(|&byte| byte == b'\n').map_or(sample.len(), |at| at + 1)];
    let (_, malformed) = SHIFT_JIS.decode_without_bom_handling(whole);
    Ok(if malformed || most_lines_are_utf8(whole) { UTF_8 } else { SHIFT_JIS })
}

/// Whether a file of several encodings is mostly UTF-8. Text other than ASCII is rarely valid UTF-8 by
/// chance.
fn most_lines_are_utf8(text: &[u8]) -> bool {
    let (utf8, other): (Vec<&[u8]>, Vec<&[u8]>) = text
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_ascii())
        .partition(|line| std::str::from_utf8(line).is_ok());
    utf8.len() > other.len()
}

/// The most frequent candidate in the first line; a comma if there is none.
fn find_delimiter(text: &str) -> u8 {
    let line = text.lines().next().unwrap_or_default();
    let count = |delimiter: u8| line.bytes().filter(|&byte| byte == delimiter).count();
    let mut best = b',';
    for candidate in *b"\t;|" {
        if count(candidate) > count(best) {
            best = candidate;
        }
    }
    best
}

fn csv_error(name: &str, row: u64, error: &csv::Error) -> ColumnarError {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => ColumnarError::row(
            name,
            row,
            format!("{len} fields, but the header has {expected_len}"),
            "quote fields that contain the delimiter, or correct the row",
        ),
        csv::ErrorKind::Io(source) => {
            // `io::Error` cannot be cloned; kind and text suffice.
            let source = io::Error::new(source.kind(), source.to_string());
            if source.kind() == io::ErrorKind::InvalidData {
                return ColumnarError::row(
                    name,
                    row,
                    source.to_string(),
                    "look for an unclosed quote in that row",
                );
            }
            ColumnarError::Io { file: name.to_owned(), action: "read", reason: source }
        }
        _ => ColumnarError::row(
            name,
            row,
            "the row cannot be parsed",
            "check quotes and delimiters in that row",
        ),
    }
}

/// Counts bytes read from the file.
struct Raw {
    read: Box<dyn Read + Send>,
    counts: Arc<Counts>,
}

impl Read for Raw {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.read.read(buffer)?;
        self.counts.total.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Stops a record that grows without limit.
struct Counted {
    read: Box<dyn Read + Send>,
    counts: Arc<Counts>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.read.read(buffer)?;
        let quotes = buffer[..count].iter().filter(|&&byte| byte == b'"').count();
        self.counts.quotes.fetch_add(quotes as u64, Ordering::Relaxed);
        let since = self.counts.record.fetch_add(count as u64, Ordering::Relaxed) + count as u64;
        if since > MAX_RECORD_BYTES as u64 + (1 << 17) {
            let text = format!("the record is longer than {MAX_RECORD_BYTES} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        Ok(count)
    }
}
