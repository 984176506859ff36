//! Synthetic people of an English-speaking country, as recorded by three custodians.

mod channel;
mod miswrite;
mod names;
mod people;
mod places;
mod population;

use std::collections::BTreeMap;
use std::path::Path;

use mizuhiki_columnar::Format;
use mizuhiki_files::Target;

pub(crate) use miswrite::{by_ear, typo};
pub use population::{Holder, Population, PopulationSpec, Record};

use crate::manifest::{GENERATOR, Manifest, ManifestFile, SynthError, make_folder};
use crate::table::write_truth;

/// Generates people of an English-speaking country. Writes to `folder`, which is created if needed: a table
/// for each of three custodians, `truth-LEFT-RIGHT` for each two of them, and `manifest.json`.
///
/// # Errors
/// [`SynthError`]. Files that were complete before the error stay.
pub fn make_english(people: u32, seed: u64, folder: &Path, format: Format) -> Result<Manifest, SynthError> {
    let population = Population::make(&PopulationSpec { people: people as usize, seed });
    make_folder(folder, population.holders.iter().map(|holder| holder.name), format)?;
    let mut files = Vec::new();
    let mut made = |name: String, rows: usize| {
        let file = format!("{name}.{}", format.extension());
        let target = Target::Path(folder.join(&file));
        files.push(ManifestFile { file, rows: rows as u64, causes: BTreeMap::new() });
        target
    };
    for holder in &population.holders {
        holder.write(&made(holder.name.to_owned(), holder.people.len()))?;
    }
    for (left, right) in [(0, 1), (0, 2), (1, 2)] {
        let truth = population.truth(left, right);
        let name = format!("truth-{}-{}", population.holders[left].name, population.holders[right].name);
        write_truth(&truth, &made(name, truth.len()))?;
    }
    let manifest = Manifest {
        generator: GENERATOR,
        locale: "en-Latn",
        people,
        seed,
        municipality: None,
        files,
        rates: Vec::new(),
        figures: Vec::new(),
    };
    manifest.write(folder)?;
    Ok(manifest)
}
