//! Reads files of filters into memory.

use std::fs::File;
use std::io::BufReader;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::FileReader;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mizuhiki_bits::BitRows;
use mizuhiki_exchange::{BlockId, RecordIds, TokenMeta, TokenSet, ViewTokens};

use crate::decode::damage::{arrow_problem, damaged};
use crate::decode::hostile::{Parquet, check_arrow};
use crate::error::ColumnarError;
use crate::tokens::columns::{BLOCK_PREFIX, COUNT_KEY, ID_COLUMN, token_columns};
use crate::tokens::stated::{of_set, stated_count};
use crate::tokens::text_rows::TextRows;

/// Collects rows and checks them against the metadata.
struct Gather<'n> {
    name: &'n str,
    meta: TokenMeta,
    ids: RecordIds,
    views: Vec<ViewTokens>,
    /// Block ids by pass; none if the file omits them.
    blocks: Vec<Vec<Option<BlockId>>>,
    /// Maximum number of rows of the file: ids differ, so each takes at least a byte.
    most_rows: u64,
}

impl<'n> Gather<'n> {
    fn new(name: &'n str, meta: TokenMeta, columns: &[&str]) -> Result<Self, ColumnarError> {
        let expected = token_columns(&meta);
        let views = meta.schema.view_names().len();
        // All block ids may be omitted.
        if columns != expected && columns != &expected[..=views] {
            let problem =
                format!("its columns are not those of its schema, which are {}", expected.join(", "));
            return Err(ColumnarError::file(name, problem, "ask the custodian for an intact file"));
        }
        let bits = meta.schema.filter_bits();
        let view =
            |name: &str| ViewTokens { name: name.to_owned(), rows: BitRows::new(bits), present: Vec::new() };
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

    /// `token` is a token of the latest record.
    fn push_token(&mut self, view: usize, token: Option<&[u8]>) -> Result<(), ColumnarError> {
        let view = &mut self.views[view];
        view.present.push(token.is_some());
        let Some(token) = token else {
            view.rows.push_zero();
            return Ok(());
        };
        view.rows.push_bytes(token).map_err(|error| {
            let problem = format!(
                "a token of {} bytes instead of {}, as the schema requires",
                error.found, error.expected
            );
            ColumnarError::cell(
                self.name,
                self.ids.len() as u64,
                &view.name,
                problem,
                "ask the custodian for an intact file",
            )
        })
    }

    /// `id` is a block id of the latest record.
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
            return Err(damaged(self.name, "it states more rows than it can contain"));
        }
        let Some(ids) = batch.column(0).as_string_opt::<i32>() else {
            return Err(ColumnarError::file(self.name, "its record ids are not text", again));
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
        stated_count(self.name, stated, self.ids.len())?;
        of_set(self.name, TokenSet::new(Some(self.meta), self.ids, self.views, self.blocks))
    }
}

pub(crate) fn read_parquet(name: &str, file: File, meta: TokenMeta) -> Result<TokenSet, ColumnarError> {
    let bytes = file.metadata().map_err(ColumnarError::io(name, "read"))?.len();
    let parquet = Parquet::open(name, file)?;
    let count = parquet
        .metadata
        .metadata()
        .file_metadata()
        .key_value_metadata()
        .and_then(|pairs| pairs.iter().find(|pair| pair.key == COUNT_KEY))
        .and_then(|pair| pair.value.clone());
    let mut gather = begin(name, meta, parquet.metadata.schema(), bytes)?;
    for batch in parquet.batches(name)? {
        gather.push_batch(&batch.map_err(|error| damaged(name, arrow_problem(&error)))?)?;
    }
    gather.finish(count.as_deref())
}

pub(crate) fn read_arrow(name: &str, mut file: File, meta: TokenMeta) -> Result<TokenSet, ColumnarError> {
    let bytes = file.metadata().map_err(ColumnarError::io(name, "read"))?.len();
    check_arrow(name, &mut file)?;
    let reader =
        FileReader::try_new_buffered(file, None).map_err(|error| damaged(name, arrow_problem(&error)))?;
    let count = reader.custom_metadata().get(COUNT_KEY).cloned();
    let mut gather = begin(name, meta, &reader.schema(), bytes)?;
    for batch in reader {
        gather.push_batch(&batch.map_err(|error| damaged(name, arrow_problem(&error)))?)?;
    }
    gather.finish(count.as_deref())
}

fn begin<'n>(
    name: &'n str,
    meta: TokenMeta,
    schema: &arrow_schema::Schema,
    bytes: u64,
) -> Result<Gather<'n>, ColumnarError> {
    let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    Ok(Gather { most_rows: bytes, ..Gather::new(name, meta, &columns)? })
}

pub(crate) fn read_text(
    name: &str,
    file: File,
    meta: TokenMeta,
    delimiter: char,
) -> Result<TokenSet, ColumnarError> {
    let mut rows = TextRows::open(name, BufReader::with_capacity(1 << 17, file), delimiter)?;
    let columns: Vec<String> = rows.columns().into_iter().map(str::to_owned).collect();
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut gather = Gather::new(name, meta, &names)?;
    let views = gather.views.len();
    let (mut token, mut row) = (Vec::new(), 0);
    while let Some(record) = rows.next()? {
        row += 1;
        gather.push_id(record.get(0).unwrap_or_default())?;
        for (index, text) in record.iter().skip(1).enumerate() {
            token.clear();
            STANDARD.decode_vec(text, &mut token).map_err(|_| {
                let again = "copy the file again";
                ColumnarError::cell(name, row, names[index + 1], "the value is not base64", again)
            })?;
            let value = (!text.is_empty()).then_some(token.as_slice());
            if index < views {
                gather.push_token(index, value)?;
            } else {
                gather.push_block(index - views, value)?;
            }
        }
    }
    gather.finish(rows.stated().as_deref())
}
