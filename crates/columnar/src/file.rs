//! Files: formats by extension, standard input and output, and writing without half-written results.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::NamedTempFile;

use crate::ColumnarError;

/// Format of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Comma-separated (or another delimiter, found by looking).
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

    /// The extension that names the format.
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

    fn of_path(path: &Path) -> Option<Self> {
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

    /// The format by its first bytes; text is CSV.
    fn of_bytes(start: &[u8]) -> Self {
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

/// Where a table is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file, its format by its extension.
    Path(PathBuf),
    /// Standard input, its format by its first bytes.
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
            Self::Stdin => "standard input".to_owned(),
        }
    }

    /// Bytes of the file, if it can be told.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        match self {
            Self::Path(path) => fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|data| data.len()),
            Self::Stdin => None,
        }
    }

    /// Opens the source and finds its format.
    pub(crate) fn open(&self) -> Result<Opened, ColumnarError> {
        let name = self.name();
        match self {
            Self::Path(path) => {
                let file = File::open(path).map_err(ColumnarError::io(&name, "open"))?;
                let metadata = file.metadata().map_err(ColumnarError::io(&name, "open"))?;
                if metadata.is_dir() {
                    return Err(ColumnarError::file(&name, "this is a folder", "name a file"));
                }
                let format = Format::of_path(path)
                    .ok_or_else(|| ColumnarError::UnknownFormat { file: name.clone() })?;
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

/// Where a table is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file, its format by its extension.
    Path(PathBuf),
    /// Standard output.
    Stdout,
}

impl Target {
    /// `-` is standard output, anything else a path.
    #[must_use]
    pub fn from_argument(argument: &str) -> Self {
        if argument == "-" { Self::Stdout } else { Self::Path(argument.into()) }
    }

    /// Name for messages.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Stdout => "standard output".to_owned(),
        }
    }

    /// The format to write; standard output gets `default`.
    ///
    /// # Errors
    /// [`ColumnarError::UnknownFormat`] if the extension names none.
    pub fn format(&self, default: Format) -> Result<Format, ColumnarError> {
        match self {
            Self::Path(path) => {
                Format::of_path(path).ok_or_else(|| ColumnarError::UnknownFormat { file: self.name() })
            }
            Self::Stdout => Ok(default),
        }
    }
}

/// Temporary files in the making, to be removed if the process is interrupted.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Removes every temporary file in the making; for a signal handler that is about to end the process.
pub fn remove_unfinished_files() {
    let mut paths = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    for path in std::mem::take(&mut *paths) {
        // Nothing can be done about a file that cannot be removed while the process ends.
        let _ = fs::remove_file(path);
    }
}

/// A file that comes into being whole: written under a temporary name beside its target, then synced and
/// renamed by [`WriteFile::commit`]. Dropped before that, it leaves no trace.
pub struct WriteFile {
    name: String,
    sink: Sink,
    failure: WriteFailure,
}

/// The system's error number of a failed write, kept where format writers lose it.
#[derive(Clone, Default)]
pub(crate) struct WriteFailure(Arc<AtomicI32>);

impl WriteFailure {
    /// The system's reason if a write failed, else `otherwise`.
    pub(crate) fn reason(&self, otherwise: &'static str) -> io::Error {
        match self.0.load(Ordering::Relaxed) {
            0 => io::Error::other(otherwise),
            number => io::Error::from_raw_os_error(number),
        }
    }

    fn note<T>(&self, result: io::Result<T>) -> io::Result<T> {
        if let Some(number) = result.as_ref().err().and_then(io::Error::raw_os_error) {
            self.0.store(number, Ordering::Relaxed);
        }
        result
    }
}

enum Sink {
    Temporary {
        file: BufWriter<NamedTempFile>,
        target: PathBuf,
    },
    /// Standard output, or an existing device or pipe, which cannot be replaced.
    Direct(Box<dyn Write + Send>),
}

impl WriteFile {
    /// Begins to write `target`. `mode` is the Unix permission before the umask.
    ///
    /// # Errors
    /// [`ColumnarError::Io`] if no file can be made there.
    pub fn create(target: &Target, mode: u32) -> Result<Self, ColumnarError> {
        let name = target.name();
        let Target::Path(path) = target else {
            return Ok(Self {
                name,
                sink: Sink::Direct(Box::new(BufWriter::new(io::stdout()))),
                failure: WriteFailure::default(),
            });
        };
        if let Ok(metadata) = fs::metadata(path) {
            if metadata.is_dir() {
                return Err(ColumnarError::file(&name, "this is a folder", "name a file"));
            }
            if !metadata.is_file() {
                let device =
                    File::options().write(true).open(path).map_err(ColumnarError::io(&name, "open"))?;
                return Ok(Self {
                    name,
                    sink: Sink::Direct(Box::new(BufWriter::new(device))),
                    failure: WriteFailure::default(),
                });
            }
        }
        let folder =
            path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        if !folder.is_dir() {
            return Err(ColumnarError::file(&name, "its folder does not exist", "make the folder first"));
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".mizuhiki-").suffix(".tmp");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
        let file =
            builder.tempfile_in(folder).map_err(ColumnarError::io(&name, "create a file beside it"))?;
        UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).insert(file.path().to_owned());
        Ok(Self {
            name,
            sink: Sink::Temporary { file: BufWriter::with_capacity(1 << 18, file), target: path.clone() },
            failure: WriteFailure::default(),
        })
    }

    /// Name for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Tells later why a write failed.
    pub(crate) fn failure(&self) -> WriteFailure {
        self.failure.clone()
    }

    /// Makes what was written durable, not yet visible: after this [`WriteFile::commit`] hardly fails.
    ///
    /// # Errors
    /// [`ColumnarError::Io`] if the system refuses.
    pub fn sync(&mut self) -> Result<(), ColumnarError> {
        self.flush().map_err(ColumnarError::io(&self.name, "write"))?;
        match &self.sink {
            Sink::Temporary { file, .. } => {
                file.get_ref().as_file().sync_all().map_err(ColumnarError::io(&self.name, "sync"))
            }
            Sink::Direct(_) => Ok(()),
        }
    }

    /// Makes the file durable and visible under its name.
    ///
    /// # Errors
    /// [`ColumnarError::Io`] if the system refuses; the target is then as it was.
    pub fn commit(mut self) -> Result<(), ColumnarError> {
        self.sync()?;
        let name = std::mem::take(&mut self.name);
        let Sink::Temporary { file, target } =
            std::mem::replace(&mut self.sink, Sink::Direct(Box::new(io::sink())))
        else {
            return Ok(());
        };
        let file =
            file.into_inner().map_err(|error| ColumnarError::io(&name, "write")(error.into_error()))?;
        let temporary = file.path().to_owned();
        file.persist(&target).map_err(|error| ColumnarError::io(&name, "rename")(error.error))?;
        UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).remove(&temporary);
        Ok(())
    }
}

impl Write for WriteFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.failure.note(match &mut self.sink {
            Sink::Temporary { file, .. } => file.write(bytes),
            Sink::Direct(sink) => sink.write(bytes),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.failure.note(match &mut self.sink {
            Sink::Temporary { file, .. } => file.flush(),
            Sink::Direct(sink) => sink.flush(),
        })
    }
}

impl Drop for WriteFile {
    fn drop(&mut self) {
        if let Sink::Temporary { file, .. } = &self.sink {
            UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).remove(file.get_ref().path());
        }
    }
}
