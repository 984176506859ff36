//! Formats, determined by the extension or the first bytes.

use std::path::Path;

use mizuhiki_files::Target;

use crate::error::ColumnarError;

/// Format of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated, or with another delimiter, which is detected.
    Csv,
    /// Tab-separated.
    Tsv,
    /// Apache Parquet.
    Parquet,
    /// Arrow IPC file.
    Arrow,
    /// JSON.
    Json,
}

impl Format {
    /// The format's name in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Parquet => "Parquet",
            Self::Arrow => "Arrow IPC",
            Self::Json => "JSON",
        }
    }

    /// The extension of the format.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
            Self::Json => "json",
        }
    }

    /// The format in which to write `target`; standard output gets `default`.
    ///
    /// # Errors
    /// [`ColumnarError::UnknownFormat`] if the extension is unknown.
    pub fn of_target(target: &Target, default: Self) -> Result<Self, ColumnarError> {
        match target {
            Target::Path(path) => {
                Self::of_path(path).ok_or_else(|| ColumnarError::UnknownFormat { file: target.name() })
            }
            Target::Stdout => Ok(default),
        }
    }

    pub(crate) fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "csv" | "txt" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "parquet" | "pq" => Some(Self::Parquet),
            "arrow" | "ipc" | "feather" => Some(Self::Arrow),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// The format according to the first bytes; text is CSV.
    pub(crate) fn of_bytes(start: &[u8]) -> Self {
        let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start();
        if start.starts_with(b"PAR1") {
            Self::Parquet
        } else if start.starts_with(b"ARROW1") {
            Self::Arrow
        } else if text.starts_with(b"{") || text.starts_with(b"[") {
            Self::Json
        } else {
            Self::Csv
        }
    }
}
