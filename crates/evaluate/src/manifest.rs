//! The manifest: what a generator made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use mizuhiki_columnar::{ColumnarError, Format};
use mizuhiki_files::{Access, Target, WriteError, WriteFile};
use serde::Serialize;

use crate::ja::figures::Figure;
use crate::ja::rates::SynthRate;

/// Name and version of the generator.
pub(crate) const GENERATOR: &str = concat!("mizuhiki ", env!("CARGO_PKG_VERSION"));

/// Written last: a folder with a manifest is complete.
const MANIFEST: &str = "manifest.json";

/// The content of `manifest.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Manifest {
    /// The generator.
    pub generator: &'static str,
    /// `ja` or `en-Latn`.
    pub locale: &'static str,
    /// Number of people requested.
    pub people: u32,
    /// The seed.
    pub seed: u64,
    /// Code of the only municipality, if any.
    pub municipality: Option<String>,
    /// The files, by name.
    pub files: Vec<ManifestFile>,
    /// Every configurable rate, as used.
    pub rates: Vec<SynthRate>,
    /// Marginal figures compared with their sources.
    pub figures: Vec<Figure>,
}

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManifestFile {
    /// Its name in the folder.
    pub file: String,
    /// Its rows.
    pub rows: u64,
    /// Counts of errors in it, where known.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub causes: BTreeMap<&'static str, u64>,
}

/// Why a population cannot be generated.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Too few or too many people.
    #[error("cannot generate {people} people; ask for 1 to 20,000,000")]
    People {
        /// Number of people requested.
        people: u32,
    },
    /// No municipality has the code.
    #[error(
        "no municipality has the code {code:?}; give the five digits of JIS X 0402, such as 13104 or 26105"
    )]
    Municipality {
        /// The code.
        code: String,
    },
    /// A file of this name exists that no generator made.
    #[error("{file}: would be overwritten; name a new folder, or one made by synth")]
    Occupied {
        /// The file.
        file: PathBuf,
    },
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] ColumnarError),
    /// The folder or the manifest cannot be written.
    #[error("{path}: cannot create: {reason}")]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
}

impl Manifest {
    /// Writes `manifest.json`.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), SynthError> {
        let path = folder.join(MANIFEST);
        let mut file = WriteFile::create(&Target::Path(path.clone()), Access::Shared)?;
        serde_json::to_writer_pretty(&mut file, self)
            .map_err(|error| SynthError::Folder { path, reason: error.into() })?;
        Ok(file.commit()?)
    }
}

/// Creates the folder for these tables. It must not contain files of their names, except those of an earlier
/// generator run, which are deleted.
pub(crate) fn make_folder<'t>(
    folder: &Path,
    tables: impl IntoIterator<Item = &'t str>,
    format: Format,
) -> Result<(), SynthError> {
    let fault = |reason| SynthError::Folder { path: folder.to_owned(), reason };
    fs::create_dir_all(folder).map_err(fault)?;
    let Some(made) = made_before(folder) else {
        let tables = tables.into_iter().map(|table| format!("{table}.{}", format.extension()));
        let mut files = tables.chain([MANIFEST.to_owned()]).map(|file| folder.join(file));
        return files.find(|file| file.exists()).map_or(Ok(()), |file| Err(SynthError::Occupied { file }));
    };
    for path in made.iter().map(String::as_str).chain([MANIFEST]).map(|file| folder.join(file)) {
        fs::remove_file(&path)
            .or_else(|reason| if reason.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(reason) })
            .map_err(|reason| SynthError::Folder { path, reason })?;
    }
    Ok(())
}

/// The files that a generator made in the folder, by its manifest; `None` if there is none.
fn made_before(folder: &Path) -> Option<Vec<String>> {
    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(folder.join(MANIFEST)).ok()?).ok()?;
    let ours = manifest["generator"].as_str()?.starts_with("mizuhiki ");
    let names = manifest["files"].as_array()?.iter().filter_map(|file| file["file"].as_str());
    // File names only: a manifest must not refer to other folders.
    let plain = |name: &&str| Path::new(name).components().count() == 1 && !name.starts_with('.');
    ours.then(|| names.filter(plain).map(str::to_owned).collect())
}
