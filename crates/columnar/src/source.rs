//! Sources of tables: files and standard input.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;

use crate::error::ColumnarError;
use crate::format::Format;

/// The source of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file, with the format of its extension.
    Path(PathBuf),
    /// A file that is still to appear under the name of its target.
    Unfinished {
        /// Where it is now.
        path: PathBuf,
        /// Its format, which its name does not show.
        format: Format,
        /// Name of the target, for messages.
        target: String,
    },
    /// Standard input, with the format of its first bytes.
    Stdin,
}

impl Source {
    /// `-` is standard input, anything else a path.
    #[must_use]
    pub fn from_argument(argument: &str) -> Self {
        if argument == "-" { Self::Stdin } else { Self::Path(argument.into()) }
    }

    /// Name for messages.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Unfinished { target, .. } => target.clone(),
            Self::Stdin => "standard input".to_owned(),
        }
    }

    /// Bytes of the file, if known.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        match self {
            Self::Path(path) | Self::Unfinished { path, .. } => {
                fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|data| data.len())
            }
            Self::Stdin => None,
        }
    }

    /// Opens the source and determines its format.
    pub(crate) fn open(&self) -> Result<Opened, ColumnarError> {
        let name = self.name();
        match self {
            Self::Path(path) | Self::Unfinished { path, .. } => {
                let file = File::open(path).map_err(ColumnarError::io(&name, "open"))?;
                let metadata = file.metadata().map_err(ColumnarError::io(&name, "open"))?;
                if metadata.is_dir() {
                    return Err(ColumnarError::file(&name, "this is a folder", "name a file"));
                }
                let format = match self {
                    Self::Unfinished { format, .. } => Some(*format),
                    _ => Format::of_path(path),
                };
                let format = format.ok_or_else(|| ColumnarError::UnknownFormat { file: name.clone() })?;
                Ok(Opened { name, format, bytes: Some(metadata.len()), content: Content::File(file) })
            }
            Self::Stdin => {
                let mut start = Vec::new();
                io::stdin().take(64).read_to_end(&mut start).map_err(ColumnarError::io(&name, "read"))?;
                let format = Format::of_bytes(&start);
                let content = Content::Pipe(Box::new(io::Cursor::new(start).chain(io::stdin())));
                Ok(Opened { name, format, bytes: None, content })
            }
        }
    }
}

/// An opened source.
pub(crate) struct Opened {
    pub(crate) name: String,
    pub(crate) format: Format,
    pub(crate) bytes: Option<u64>,
    pub(crate) content: Content,
}

pub(crate) enum Content {
    File(File),
    Pipe(Box<dyn Read + Send>),
}

impl Opened {
    /// The content as a stream.
    pub(crate) fn into_read(self) -> Box<dyn Read + Send> {
        match self.content {
            Content::File(file) => Box::new(file),
            Content::Pipe(read) => read,
        }
    }

    /// The content as a file that can be read in any order; a pipe is spooled to an unnamed file first.
    pub(crate) fn into_file(self) -> Result<File, ColumnarError> {
        match self.content {
            Content::File(file) => Ok(file),
            Content::Pipe(mut read) => {
                let action = "spool to a temporary file";
                let mut file = tempfile::tempfile().map_err(ColumnarError::io(&self.name, action))?;
                io::copy(&mut read, &mut file).map_err(ColumnarError::io(&self.name, action))?;
                io::Seek::rewind(&mut file).map_err(ColumnarError::io(&self.name, action))?;
                Ok(file)
            }
        }
    }
}
