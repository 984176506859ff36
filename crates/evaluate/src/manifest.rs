//! What a generator made, for those who use it later.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use mizuhiki_columnar::{ColumnarError, Format};
use mizuhiki_files::{Access, Target, WriteError, WriteFile};
use serde::Serialize;

use crate::ja::{Figure, SynthRate};

/// Name and version of what made a population.
pub(crate) const GENERATOR: &str = concat!("mizuhiki ", env!("CARGO_PKG_VERSION"));

/// Written last: a folder that has it was made whole.
const MANIFEST: &str = "manifest.json";

/// What was made, as it is written to `manifest.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Manifest {
    /// What made it.
    pub generator: &'static str,
    /// `ja` or `en-Latn`.
    pub locale: &'static str,
    /// People asked for.
    pub people: u32,
    /// The seed.
    pub seed: u64,
    /// Code of the one municipality where all live, if any.
    pub municipality: Option<String>,
    /// The files, by name.
    pub files: Vec<MadeFile>,
    /// Every rate that can be set, as it was used.
    pub rates: Vec<SynthRate>,
    /// Marginal figures beside those of their sources.
    pub figures: Vec<Figure>,
}

/// A file that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MadeFile {
    /// Its name in the folder.
    pub file: String,
    /// Its rows.
    pub rows: u64,
    /// How often what went wrong in it, where that is told.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub causes: BTreeMap<&'static str, u64>,
}

/// A population cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// No or too many people.
    #[error("{people} people cannot be made; ask for 1 to 20,000,000")]
    People {
        /// People asked for.
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
    /// A file of this name is there, and no generator made it.
    #[error("{file}: would be written over; name a new folder, or one that was made by synth before")]
    Occupied {
        /// The file.
        file: PathBuf,
    },
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] ColumnarError),
    /// The folder or the manifest cannot be written.
    #[error("{path}: cannot be made: {reason}")]
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

/// Makes the folder for these tables. Where no generator was before, it must have no file of their names; what one
/// made before goes.
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
    // Names alone: a manifest leads nowhere else.
    let plain = |name: &&str| Path::new(name).components().count() == 1 && !name.starts_with('.');
    ours.then(|| names.filter(plain).map(str::to_owned).collect())
}
