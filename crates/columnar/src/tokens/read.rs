//! Reads token files into memory, with all checks before work starts.

use std::fs::File;
use std::io::{BufReader, Read, Seek as _};

use arrow_ipc::reader::FileReader;
use mizuhiki_exchange::{TokenMeta, TokenSet};

use crate::decode::damage::{arrow_problem, damaged, guarded};
use crate::decode::hostile::{Parquet, check_arrow};
use crate::error::ColumnarError;
use crate::format::Format;
use crate::pairs::meta::PAIR_META_KEY;
use crate::source::Source;
use crate::tokens::clks::read_clks;
use crate::tokens::columns::{ENCODE_FIRST, META_KEY, NO_TOKENS};
use crate::tokens::filters::{read_arrow, read_parquet, read_text};
use crate::tokens::meta::from_json;
use crate::tokens::symbol_file::SymbolFile;
use crate::tokens::text_rows::TextRows;

/// A token file that has been read and checked.
#[derive(Debug)]
pub struct TokenFile {
    /// The records, with their tokens if these are filters.
    pub set: TokenSet,
    /// The tokens if they are sealed symbols, which stay in the file.
    pub symbols: Option<SymbolFile>,
}

/// A token file with its metadata read.
pub struct OpenTokens {
    name: String,
    format: Format,
    bytes: u64,
    content: OpenContent,
}

enum OpenContent {
    /// A list of CLKs has no metadata.
    Clks(Box<dyn Read + Send>),
    File(File, TokenMeta),
}

impl OpenTokens {
    /// Opens `.parquet`, `.arrow`, `.csv`, `.tsv`, or clkhash's `.json`.
    ///
    /// # Errors
    /// [`ColumnarError`] if the file is not a token file.
    pub fn open(source: &Source) -> Result<Self, ColumnarError> {
        let opened = source.open()?;
        let (name, format) = (opened.name.clone(), opened.format);
        if format == Format::Json {
            let bytes = opened.bytes.unwrap_or(0);
            return Ok(Self { name, format, bytes, content: OpenContent::Clks(opened.into_read()) });
        }
        let mut file = opened.into_file()?;
        let bytes = file.metadata().map_err(ColumnarError::io(&name, "read"))?.len();
        let meta = read_meta(&name, format, &mut file)?;
        Ok(Self { name, format, bytes, content: OpenContent::File(file, meta) })
    }

    /// The file's metadata; `None` for a list of CLKs.
    #[must_use]
    pub const fn meta(&self) -> Option<&TokenMeta> {
        match &self.content {
            OpenContent::File(_, meta) => Some(meta),
            OpenContent::Clks(_) => None,
        }
    }

    /// Approximate bytes of memory for the tokens; 0 if they stay in the file.
    #[must_use]
    pub fn bytes_in_memory(&self) -> u64 {
        match &self.content {
            OpenContent::File(_, meta) if meta.schema.symbols().is_some() => 0,
            _ => self.bytes,
        }
    }

    /// Reads and checks the file; `on_rows` gets the number of rows of sealed symbols read so far.
    ///
    /// # Errors
    /// [`ColumnarError`] if the file is damaged, or does not match its metadata.
    pub fn read(self, on_rows: &mut dyn FnMut(u64)) -> Result<TokenFile, ColumnarError> {
        let (name, format) = (self.name, self.format);
        let (file, meta) = match self.content {
            OpenContent::Clks(read) => return read_clks(&name, read).map(of_filters),
            OpenContent::File(file, meta) => (file, meta),
        };
        if meta.schema.symbols().is_some() {
            let (set, symbols) = SymbolFile::read(&name, format, file, meta, on_rows)?;
            return Ok(TokenFile { set, symbols: Some(symbols) });
        }
        let set = match format {
            Format::Arrow => guarded(&name, || read_arrow(&name, file, meta)),
            Format::Parquet => guarded(&name, || read_parquet(&name, file, meta)),
            Format::Tsv => read_text(&name, file, meta, '\t'),
            Format::Csv => read_text(&name, file, meta, ','),
            Format::Json => unreachable!("lists of CLKs are not token files"),
        };
        set.map(of_filters)
    }
}

/// Opens and reads a token file.
///
/// # Errors
/// Same as [`OpenTokens::open`] and [`OpenTokens::read`].
pub fn read_tokens(source: &Source) -> Result<TokenFile, ColumnarError> {
    OpenTokens::open(source)?.read(&mut |_| ())
}

const fn of_filters(set: TokenSet) -> TokenFile {
    TokenFile { set, symbols: None }
}

/// The file's metadata; the file is at its beginning before and after.
fn read_meta(name: &str, format: Format, file: &mut File) -> Result<TokenMeta, ColumnarError> {
    let clone = file.try_clone().map_err(ColumnarError::io(name, "read"))?;
    let text = match format {
        Format::Arrow => guarded(name, || arrow_meta(name, clone))?,
        Format::Parquet => guarded(name, || {
            let parquet = Parquet::open(name, clone)?;
            Ok(parquet.metadata.schema().metadata().get(META_KEY).cloned())
        })?,
        _ => {
            let delimiter = if format == Format::Tsv { '\t' } else { ',' };
            Some(TextRows::open(name, BufReader::new(clone), delimiter)?.meta().to_owned())
        }
    };
    file.rewind().map_err(ColumnarError::io(name, "read"))?;
    from_json(name, &text.ok_or_else(|| ColumnarError::file(name, NO_TOKENS, ENCODE_FIRST))?)
}

fn arrow_meta(name: &str, mut file: File) -> Result<Option<String>, ColumnarError> {
    check_arrow(name, &mut file)?;
    let reader =
        FileReader::try_new_buffered(file, None).map_err(|error| damaged(name, arrow_problem(&error)))?;
    let schema = reader.schema();
    if schema.metadata().contains_key(PAIR_META_KEY) {
        let fix = "audit these links with `mizuhiki audit`; to link, encode again without --for audit";
        return Err(ColumnarError::file(
            name,
            "this is a file of pair tokens, for an audit of existing links",
            fix,
        ));
    }
    Ok(schema.metadata().get(META_KEY).cloned())
}
