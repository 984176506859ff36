//! Files of the authority: read and written as a whole.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::Path;

use mizuhiki_confirm::{ConfirmError, DocumentWriter, Header, PartyKey, Seal};
use tempfile::NamedTempFile;

use crate::AuthorityError;

pub(crate) fn failed(path: &Path) -> impl Fn(ConfirmError) -> AuthorityError + use<> {
    let file = path.display().to_string();
    move |reason| AuthorityError::Confirm { file: file.clone(), reason }
}

pub(crate) fn io(path: &Path) -> impl Fn(std::io::Error) -> AuthorityError + use<> {
    let failed = failed(path);
    move |reason| failed(reason.into())
}

/// The folder that a path lies in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// Opens a file and reads it.
pub(crate) fn read_file<T>(
    path: &Path,
    read: impl FnOnce(BufReader<File>) -> Result<T, ConfirmError>,
) -> Result<T, AuthorityError> {
    let opened = File::open(path).map_err(ConfirmError::from);
    opened.and_then(|file| read(BufReader::with_capacity(1 << 18, file))).map_err(failed(path))
}

/// Writes a document under a temporary name, then renames it.
pub(crate) fn write_document<H: Header>(
    path: &Path,
    mode: u32,
    header: &H,
    key: &PartyKey,
    body: impl FnOnce(&mut DocumentWriter<'_, BufWriter<NamedTempFile>>) -> Result<(), AuthorityError>,
) -> Result<Seal, AuthorityError> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mizuhiki-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    let file = BufWriter::new(builder.tempfile_in(folder_of(path)).map_err(io(path))?);
    let mut out = DocumentWriter::new(file, header, key).map_err(failed(path))?;
    body(&mut out)?;
    let (mut file, seal) = out.finish().map_err(failed(path))?;
    file.flush().map_err(io(path))?;
    let file = file.into_inner().map_err(|error| io(path)(error.into_error()))?;
    file.as_file().sync_all().map_err(io(path))?;
    file.persist(path).map_err(|error| io(path)(error.error))?;
    Ok(seal)
}
