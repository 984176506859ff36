//! Storage for the candidates of a job.

use std::path::{Path, PathBuf};

use mizuhiki_files::Target;
use mizuhiki_match::Candidate;

use crate::candidates::error::SearchError;
use crate::candidates::memory;
use crate::candidates::options::SearchOptions;
use crate::candidates::runs::Key;
use crate::candidates::store::{Store, StoreOptions};

/// The folder beside an output for its unfinished work; `None` for standard output.
fn work_folder(output: &Target, given: Option<&Path>) -> Option<PathBuf> {
    let Target::Path(path) = output else { return None };
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".work");
    Some(given.map_or_else(|| path.with_file_name(&name), |folder| folder.join(&name)))
}

fn store_options<'a>(
    options: &SearchOptions,
    output: &Target,
    tokens: u64,
    digest: &'a (dyn Fn() -> [u8; 32] + Sync),
) -> StoreOptions<'a> {
    StoreOptions {
        folder: work_folder(output, options.work.as_deref()),
        resume: options.resume,
        most: memory::candidates(memory::budget(options.memory), tokens),
        every: options.checkpoint,
        adds_up: false,
        digest,
    }
}

/// Opens the store of a job whose tokens take `tokens` bytes.
pub(crate) fn open_store<'a, K: Fn(&Candidate) -> Key + Sync>(
    options: &SearchOptions,
    output: &Target,
    tokens: u64,
    digest: &'a (dyn Fn() -> [u8; 32] + Sync),
    key: K,
) -> Result<Store<'a, K>, SearchError> {
    let store = store_options(options, output, tokens, digest);
    Store::open(store, key)
}

/// Like [`open_store`], for counts of units that are added up.
pub(crate) fn open_counts<'a, K: Fn(&Candidate) -> Key + Sync>(
    options: &SearchOptions,
    output: &Target,
    tokens: u64,
    digest: &'a (dyn Fn() -> [u8; 32] + Sync),
    key: K,
) -> Result<Store<'a, K>, SearchError> {
    let store = store_options(options, output, tokens, digest);
    Store::open(StoreOptions { most: store.most / 4, adds_up: true, ..store }, key)
}

/// A store that cannot be resumed.
pub(crate) fn passing_store<'a, K: Fn(&Candidate) -> Key + Sync>(
    options: &SearchOptions,
    tokens: u64,
    key: K,
) -> Result<Store<'a, K>, SearchError> {
    let store = StoreOptions {
        folder: None,
        resume: false,
        most: memory::candidates(memory::budget(options.memory), tokens) / 2,
        every: options.checkpoint,
        adds_up: false,
        digest: &|| [0; 32],
    };
    Store::open(store, key)
}

/// Refuses to start if there is an unfinished run, before anything is read.
pub(crate) fn check_folder(options: &SearchOptions, output: &Target) -> Result<(), SearchError> {
    match work_folder(output, options.work.as_deref()) {
        Some(folder) if folder.exists() && !options.resume => {
            Err(SearchError::Unfinished { folder: folder.display().to_string() })
        }
        Some(folder) if !folder.parent().is_none_or(|parent| parent == Path::new("") || parent.is_dir()) => {
            let reason = std::io::Error::from(std::io::ErrorKind::NotFound);
            Err(SearchError::spill(&folder, reason))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::candidates::runs::by_similarity;

    #[test]
    fn unfinished_work_stands_beside_the_output_or_where_it_was_asked_to() {
        let links = Target::Path("out/links.csv".into());
        assert_eq!(work_folder(&links, None), Some("out/links.csv.work".into()));
        assert_eq!(work_folder(&links, Some(Path::new("fast"))), Some("fast/links.csv.work".into()));
        // Two outputs of one folder do not share their work.
        let other = Target::Path("out/links.tsv".into());
        assert_ne!(work_folder(&links, None), work_folder(&other, None));
        assert_eq!(work_folder(&Target::Stdout, Some(Path::new("fast"))), None);
    }

    #[test]
    fn counts_and_what_is_ranked_share_the_memory_of_candidates() {
        let options = SearchOptions { memory: Some(9 << 30), ..SearchOptions::default() };
        let (tokens, digest, output) = (1 << 30, || [0; 32], Target::Stdout);
        let all = memory::candidates(9 << 30, tokens);
        let found = open_store(&options, &output, tokens, &digest, by_similarity).unwrap();
        let counts = open_counts(&options, &output, tokens, &digest, by_similarity).unwrap();
        let ranked = passing_store(&options, tokens, by_similarity).unwrap();
        assert_eq!((found.most(), counts.most(), ranked.most()), (all, all / 4, all / 2));
        assert!(!found.is_resumable() && !counts.is_resumable(), "nothing is kept beside standard output");
    }
}
