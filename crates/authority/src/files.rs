//! Files of the authority: read and written as a whole.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use crate::error::AuthorityError;
use mizuhiki_confirm::{ConfirmError, DocumentWriter, Header, PartyKey, Seal};
use mizuhiki_files::WriteFile;

/// Names of the files in a folder of keys.
pub(crate) const PUBLIC: &str = "public.key";
pub(crate) const EVALUATION: &str = "evaluation.key";
pub(crate) const SECRET: &str = "secret.key";
pub(crate) const LOG: &str = "openings.log";

pub(crate) fn failed(path: &Path) -> impl Fn(ConfirmError) -> AuthorityError + use<> {
    let file = path.display().to_string();
    move |reason| AuthorityError::Confirm { file: file.clone(), reason }
}

pub(crate) fn io(path: &Path) -> impl Fn(std::io::Error) -> AuthorityError + use<> {
    let failed = failed(path);
    move |reason| failed(reason.into())
}

/// Opens a file and reads it.
pub(crate) fn read_file<T>(
    path: &Path,
    read: impl FnOnce(BufReader<File>) -> Result<T, ConfirmError>,
) -> Result<T, AuthorityError> {
    let opened = File::open(path).map_err(ConfirmError::from);
    opened.and_then(|file| read(BufReader::with_capacity(1 << 18, file))).map_err(failed(path))
}

/// Writes a document.
pub(crate) fn write_document<H: Header>(
    file: WriteFile,
    header: &H,
    key: &PartyKey,
    body: impl FnOnce(&mut DocumentWriter<'_, WriteFile>) -> Result<(), ConfirmError>,
) -> Result<Seal, AuthorityError> {
    let failed = failed(Path::new(file.name()));
    let mut out = DocumentWriter::new(file, header, key).map_err(&failed)?;
    body(&mut out).map_err(&failed)?;
    let (file, seal) = out.finish().map_err(&failed)?;
    file.commit()?;
    Ok(seal)
}
