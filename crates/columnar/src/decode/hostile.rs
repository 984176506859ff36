//! Checks stated lengths against the file before a decoder uses them. A decoder that requests more memory
//! than the system has would end the process, without an error to catch.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, RowGroups,
};
use parquet::arrow::{ProjectionMask, parquet_to_arrow_field_levels};
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::serialized_reader::SerializedPageReader;

use crate::decode::damage::{BATCH_ROWS, damaged};
use crate::error::ColumnarError;

/// Maximum nesting of a Parquet schema; tables of text have none.
const MAX_DEPTH: usize = 32;

/// Maximum bytes of a fixed-size value: the longest CLK.
const MAX_FIXED_BYTES: i64 = 1 << 17;

/// The footer of a file, before the `tail` last bytes, which begin with its length. `None` if the file is shorter.
fn footer(file: &mut File, tail: usize) -> io::Result<Option<Vec<u8>>> {
    let size = file.seek(SeekFrom::End(0))?;
    let mut end = vec![0; tail];
    let Some(at) = size.checked_sub(tail as u64) else {
        return Ok(None);
    };
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut end)?;
    let length = u64::from(u32::from_le_bytes([end[0], end[1], end[2], end[3]]));
    let Some(start) = at.checked_sub(length) else {
        return Ok(None);
    };
    file.seek(SeekFrom::Start(start))?;
    let mut footer = vec![0; length as usize];
    file.read_exact(&mut footer)?;
    file.rewind()?;
    Ok(Some(footer))
}

/// Checks that an Arrow IPC file contains the blocks that its footer lists.
pub(crate) fn check_arrow(name: &str, file: &mut File) -> Result<(), ColumnarError> {
    let io = |error| ColumnarError::io(name, "read")(error);
    let size = file.metadata().map_err(io)?.len();
    let fits = |footer: &[u8]| {
        let footer = arrow_ipc::root_as_footer(footer).ok()?;
        let blocks = footer.recordBatches().into_iter().chain(footer.dictionaries()).flatten();
        for block in blocks {
            let start = u64::try_from(block.offset()).ok()?;
            let metadata = u64::try_from(block.metaDataLength()).ok()?;
            let body = u64::try_from(block.bodyLength()).ok()?;
            start.checked_add(metadata)?.checked_add(body).filter(|&end| end <= size)?;
        }
        Some(())
    };
    footer(file, 10)
        .map_err(io)?
        .and_then(|footer| fits(&footer))
        .ok_or_else(|| damaged(name, "its Arrow IPC footer is missing or invalid"))
}

/// A Parquet file whose footer states only lengths that fit the file.
pub(crate) struct Parquet {
    file: Arc<File>,
    pub(crate) metadata: ArrowReaderMetadata,
}

impl Parquet {
    pub(crate) fn open(name: &str, mut file: File) -> Result<Self, ColumnarError> {
        let invalid = || damaged(name, "its Parquet footer is missing or invalid");
        let footer = footer(&mut file, 8).map_err(ColumnarError::io(name, "read"))?.ok_or_else(invalid)?;
        Thrift { bytes: &footer }.check_footer().ok_or_else(invalid)?;
        let metadata =
            ArrowReaderMetadata::load(&file, ArrowReaderOptions::default()).map_err(|_| invalid())?;
        Ok(Self { file: Arc::new(file), metadata })
    }

    /// The rows, dictionaries checked before they are decoded.
    pub(crate) fn batches(&self, name: &str) -> Result<ParquetRecordBatchReader, ColumnarError> {
        self.batches_of(name, ProjectionMask::all())
    }

    /// Like [`Parquet::batches`], for some columns.
    pub(crate) fn batches_of(
        &self,
        name: &str,
        columns: ProjectionMask,
    ) -> Result<ParquetRecordBatchReader, ColumnarError> {
        let groups = Groups { file: Arc::clone(&self.file), metadata: Arc::clone(self.metadata.metadata()) };
        let fields = Some(self.metadata.schema().fields());
        parquet_to_arrow_field_levels(self.metadata.parquet_schema(), columns, fields)
            .and_then(|levels| {
                ParquetRecordBatchReader::try_new_with_row_groups(&levels, &groups, BATCH_ROWS, None)
            })
            .map_err(|_| damaged(name, "its Parquet structure is invalid"))
    }
}

/// A walk over Thrift's compact protocol without allocations. `None` if the bytes are invalid.
struct Thrift<'b> {
    bytes: &'b [u8],
}

const I32: u8 = 5;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const STRUCT: u8 = 12;

impl Thrift<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(first)
    }

    fn drop_bytes(&mut self, count: u64) -> Option<()> {
        self.bytes = self.bytes.get(usize::try_from(count).ok()?..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn integer(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The next field of a structure: its id and type; type 0 ends the structure.
    fn field(&mut self, last: i64) -> Option<(i64, u8)> {
        let head = self.byte()?;
        if head & 0xf == 0 {
            return Some((0, 0));
        }
        let id = if head >> 4 == 0 { self.integer()? } else { last + i64::from(head >> 4) };
        Some((id, head & 0xf))
    }

    /// The head of a list: length and type. Every element takes at least one byte.
    fn list(&mut self) -> Option<(u64, u8)> {
        let head = self.byte()?;
        let length = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        (length <= self.bytes.len() as u64).then_some((length, head & 0xf))
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            // Booleans are encoded in the field's head.
            1 | 2 => Some(()),
            3 => self.drop_bytes(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.drop_bytes(8),
            BINARY => {
                let length = self.varint()?;
                self.drop_bytes(length)
            }
            LIST | SET => {
                let (length, kind) = self.list()?;
                // A Parquet footer contains no list of booleans and no map.
                (length == 0 || kind > 2).then_some(())?;
                (0..length).try_for_each(|_| self.skip(kind, depth))
            }
            STRUCT => {
                let mut last = 0;
                loop {
                    let (id, kind) = self.field(last)?;
                    if kind == 0 {
                        return Some(());
                    }
                    self.skip(kind, depth)?;
                    last = id;
                }
            }
            _ => None,
        }
    }

    /// Walks a `FileMetaData`.
    fn check_footer(&mut self) -> Option<()> {
        let mut last = 0;
        loop {
            let (id, kind) = self.field(last)?;
            match (id, kind) {
                (_, 0) => return Some(()),
                (2, LIST) => self.check_schema()?,
                _ => self.skip(kind, MAX_DEPTH)?,
            }
            last = id;
        }
    }

    /// Walks the list of `SchemaElement`s, a tree in depth-first order that decoders read by recursion.
    fn check_schema(&mut self) -> Option<()> {
        let (length, kind) = self.list()?;
        (length == 0 || kind == STRUCT).then_some(())?;
        // Remaining children of each open group.
        let mut open: Vec<i64> = Vec::new();
        for _ in 0..length {
            let mut children = 0;
            let mut last = 0;
            loop {
                let (id, kind) = self.field(last)?;
                match (id, kind) {
                    (_, 0) => break,
                    (2, I32) => (self.integer()? <= MAX_FIXED_BYTES).then_some(())?,
                    (5, I32) => children = self.integer()?,
                    _ => self.skip(kind, MAX_DEPTH)?,
                }
                last = id;
            }
            if let Some(left) = open.last_mut() {
                *left -= 1;
            }
            if children > 0 {
                open.push(children);
            }
            (open.len() <= MAX_DEPTH && children <= length as i64).then_some(())?;
            while open.last() == Some(&0) {
                open.pop();
            }
        }
        Some(())
    }
}

/// The row groups of a file.
struct Groups {
    file: Arc<File>,
    metadata: Arc<ParquetMetaData>,
}

impl RowGroups for Groups {
    fn num_rows(&self) -> usize {
        let rows = self.metadata.row_groups().iter().map(|group| group.num_rows() as usize);
        rows.fold(0, usize::saturating_add)
    }

    fn column_chunks(&self, column: usize) -> ParquetResult<Box<dyn PageIterator>> {
        let (file, metadata) = (Arc::clone(&self.file), Arc::clone(&self.metadata));
        Ok(Box::new(Chunks { file, metadata, column, next: 0 }))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(self.metadata.row_groups().iter())
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }
}

/// The chunks of one column, one per row group.
struct Chunks {
    file: Arc<File>,
    metadata: Arc<ParquetMetaData>,
    column: usize,
    next: usize,
}

impl Iterator for Chunks {
    type Item = ParquetResult<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        let group = self.metadata.row_groups().get(self.next)?;
        self.next += 1;
        let chunk = group.column(self.column);
        let reader =
            SerializedPageReader::new(Arc::clone(&self.file), chunk, group.num_rows() as usize, None);
        Some(reader.map(|reader| Box::new(Pages(reader)) as Box<dyn PageReader>))
    }
}

impl PageIterator for Chunks {}

/// Pages whose dictionaries contain at most one value per byte, because the decoder allocates all of them at
/// once.
struct Pages(SerializedPageReader<File>);

impl Iterator for Pages {
    type Item = ParquetResult<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> ParquetResult<Option<Page>> {
        match self.0.get_next_page()? {
            Some(Page::DictionaryPage { buf, num_values, .. }) if num_values as usize > buf.len() => {
                Err(ParquetError::General("a dictionary states more values than it contains".to_owned()))
            }
            page => Ok(page),
        }
    }

    fn peek_next_page(&mut self) -> ParquetResult<Option<PageMetadata>> {
        self.0.peek_next_page()
    }

    fn skip_next_page(&mut self) -> ParquetResult<()> {
        self.0.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> ParquetResult<bool> {
        self.0.at_record_boundary()
    }
}
