//! One file.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use tempfile::{NamedTempFile, TempPath};

use crate::error::WriteError;
use crate::target::{Access, Target, folder_of, sync_folder_of};
use crate::unfinished;

/// Size of the write buffer in bytes.
const BUFFER: usize = 1 << 18;

/// A file that appears complete, or not at all. It is written under a temporary name beside its target;
/// [`WriteFile::commit`] syncs and renames it. If it is dropped earlier, it leaves no trace.
pub struct WriteFile {
    name: String,
    sink: Sink,
    failure: WriteFailure,
}

/// The system's error number of a failed write, kept because format writers lose it.
#[derive(Clone, Default)]
pub struct WriteFailure(Arc<AtomicI32>);

impl WriteFailure {
    /// The system's reason if a write failed, else `otherwise`.
    #[must_use]
    pub fn reason(&self, otherwise: &'static str) -> io::Error {
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
        /// Whether an existing file of the target's name may be replaced.
        replaces: bool,
    },
    /// Standard output, or an existing device or pipe, which cannot be replaced.
    Direct(Box<dyn Write + Send>),
}

impl WriteFile {
    /// Starts to write `target`. An existing file is replaced when the new one is committed.
    ///
    /// # Errors
    /// [`WriteError`] if no file can be created there.
    pub fn create(target: &Target, access: Access) -> Result<Self, WriteError> {
        Self::begin(target, access, true)
    }

    /// Starts to write a file that must not exist, neither now nor when it is committed.
    ///
    /// # Errors
    /// [`WriteError::Exists`] if it does, or another [`WriteError`] if no file can be created there.
    pub fn create_new(target: &Target, access: Access) -> Result<Self, WriteError> {
        match target {
            Target::Path(path) if fs::symlink_metadata(path).is_ok() => {
                Err(WriteError::Exists { file: target.name() })
            }
            _ => Self::begin(target, access, false),
        }
    }

    fn begin(target: &Target, access: Access, replaces: bool) -> Result<Self, WriteError> {
        let name = target.name();
        let Target::Path(path) = target else { return Ok(Self::direct(name, io::stdout())) };
        if let Ok(metadata) = fs::metadata(path) {
            if metadata.is_dir() {
                return Err(WriteError::IsFolder { file: name });
            }
            if !metadata.is_file() {
                let device = File::options().write(true).open(path).map_err(WriteError::io(&name, "open"))?;
                return Ok(Self::direct(name, device));
            }
        }
        let folder = folder_of(path);
        if !folder.is_dir() {
            return Err(WriteError::NoFolder { file: name });
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".mizuhiki-").suffix(".tmp");
        #[cfg(unix)]
        builder.permissions(access.permissions());
        let file = unfinished::begin(|| builder.tempfile_in(folder), |file| file.path().to_owned())
            .map_err(WriteError::io(&name, "create a file beside it"))?;
        let file = BufWriter::with_capacity(BUFFER, file);
        let sink = Sink::Temporary { file, target: path.clone(), replaces };
        Ok(Self { name, sink, failure: WriteFailure::default() })
    }

    fn direct(name: String, sink: impl Write + Send + 'static) -> Self {
        let sink = Sink::Direct(Box::new(BufWriter::new(sink)));
        Self { name, sink, failure: WriteFailure::default() }
    }

    /// Name for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the file is until it is committed; `None` if it is written directly, as standard output is.
    #[must_use]
    pub fn unfinished(&self) -> Option<&Path> {
        match &self.sink {
            Sink::Temporary { file, .. } => Some(file.get_ref().path()),
            Sink::Direct(_) => None,
        }
    }

    /// A handle that later returns why a write failed.
    #[must_use]
    pub fn failure(&self) -> WriteFailure {
        self.failure.clone()
    }

    /// Syncs the content without making it visible. After this, [`WriteFile::commit`] rarely fails.
    ///
    /// # Errors
    /// [`WriteError::Io`] if the system reports an error.
    pub fn sync(&mut self) -> Result<(), WriteError> {
        self.flush().map_err(WriteError::io(&self.name, "write"))?;
        match &self.sink {
            Sink::Temporary { file, .. } => {
                file.get_ref().as_file().sync_all().map_err(WriteError::io(&self.name, "sync"))
            }
            Sink::Direct(_) => Ok(()),
        }
    }

    /// Makes the file durable and visible under its name.
    ///
    /// # Errors
    /// [`WriteError`] if the system reports an error; the target is then unchanged.
    pub fn commit(mut self) -> Result<(), WriteError> {
        self.sync()?;
        let name = std::mem::take(&mut self.name);
        let Sink::Temporary { file, target, replaces } =
            std::mem::replace(&mut self.sink, Sink::Direct(Box::new(io::sink())))
        else {
            return Ok(());
        };
        let temporary = file.get_ref().path().to_owned();
        let path: TempPath = match file.into_inner() {
            Ok(file) => file.into_temp_path(),
            Err(error) => {
                let (reason, file) = error.into_parts();
                unfinished::end(&temporary, || drop(file));
                return Err(WriteError::io(&name, "write")(reason));
            }
        };
        let renamed = unfinished::end(&temporary, || {
            let renamed = if replaces { path.persist(&target) } else { path.persist_noclobber(&target) };
            renamed.map_err(|error| error.error)
        });
        match renamed {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(WriteError::Exists { file: name })
            }
            Err(error) => Err(WriteError::io(&name, "rename")(error)),
            Ok(()) => {
                sync_folder_of(&target);
                Ok(())
            }
        }
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
        let sink = std::mem::replace(&mut self.sink, Sink::Direct(Box::new(io::sink())));
        if let Sink::Temporary { file, .. } = sink {
            let temporary = file.get_ref().path().to_owned();
            unfinished::end(&temporary, || drop(file));
        }
    }
}
