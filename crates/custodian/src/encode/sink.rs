//! The sink for encoded records, in front of the output file.

use mizuhiki_columnar::{TextChunk, TokenRows, TokenWriter};
use mizuhiki_encode::EncodedRows;
use mizuhiki_files::WriteFile;
use mizuhiki_schema::Symbols;

use crate::encode::blocks::{BlockCounts, SettledBlocks};
use crate::encode::shuffle::Shuffle;
use crate::encode::symbols::{Finder, Sealer, Shared, SymbolReport, pack};
use crate::error::CustodianError;
use crate::people::ids::IdSource;
use crate::people::random::Randomness;
use crate::people::spill::SpillOr;

/// The action that fails if a shuffle in temporary files does.
const SHUFFLE: &str = "shuffle in temporary files for it";

/// The sink for encoded records, in row order.
pub(crate) struct Sink {
    pub(crate) ids: IdSource,
    pub(crate) shuffle: Option<Shuffle>,
    pub(crate) writer: TokenWriter,
    pub(crate) blocks: BlockCounts,
    pub(crate) symbols: Option<Symbols>,
    pub(crate) finder: Option<Finder>,
    pub(crate) threads: usize,
    /// For ids, order and padding.
    pub(crate) randomness: Randomness,
    pub(crate) records: u64,
    pub(crate) rows: u64,
    pub(crate) file: String,
}

/// Complete files, which are not yet visible.
pub(crate) struct Finished {
    pub(crate) symbols: Option<SymbolReport>,
    pub(crate) tokens: WriteFile,
    pub(crate) map: Option<WriteFile>,
    /// Ids in row order, if they were remembered.
    pub(crate) ids: Vec<String>,
}

impl Sink {
    pub(crate) fn push(&mut self, chunk: &TextChunk, encoded: EncodedRows) -> Result<(), CustodianError> {
        let EncodedRows { views, present, blocks, records, symbols } = encoded;
        self.blocks.add(&blocks, &records);
        let ids = self.ids.ids(chunk)?;
        self.records += chunk.rows() as u64;
        self.rows += records.len() as u64;
        let rows = match &self.symbols {
            Some(shape) => {
                if let Some(finder) = &mut self.finder {
                    finder.push(&symbols).map_err(|error| SpillOr::from(error).of(&self.file, SHUFFLE))?;
                }
                let present = vec![vec![true; chunk.rows()]];
                TokenRows { ids, views: vec![pack(&symbols, shape)], present, blocks }
            }
            None => TokenRows { ids: ids.repeated(&records), views, present, blocks },
        };
        match &mut self.shuffle {
            Some(shuffle) => {
                shuffle.push(&rows).map_err(|error| SpillOr::from(error).of(&self.file, SHUFFLE))
            }
            None => Ok(self.writer.write(&rows)?),
        }
    }

    pub(crate) fn finish(mut self, blocks: &SettledBlocks) -> Result<Finished, CustodianError> {
        let (map, ids) = self.ids.finish()?;
        let shuffle = |error: SpillOr| error.of(&self.file, SHUFFLE);
        let mut sealer = match &self.symbols {
            Some(symbols) => {
                let mut shared = Shared::none();
                if let Some(finder) = self.finder {
                    let found = finder.finish(self.threads).map_err(|error| shuffle(error.into()))?;
                    shared = found.0;
                    self.writer.state_pairs_within(found.1);
                }
                let random = (0..self.threads).map(|_| self.randomness.next()).collect::<Result<_, _>>()?;
                Some(Sealer::new(symbols, shared, random))
            }
            None => None,
        };
        let mut report = SymbolReport::default();
        if let Some(shuffled) = self.shuffle {
            let write = |rows: &mut TokenRows| {
                blocks.take_away(&mut rows.blocks);
                if let Some(sealer) = &mut sealer {
                    report.add(&sealer.seal(&mut rows.views[0]));
                }
                self.writer.write(rows).map_err(SpillOr::from)
            };
            shuffled.finish(write).map_err(shuffle)?;
        }
        let tokens = self.writer.complete()?;
        let symbols = sealer.map(|sealer| SymbolReport { per_record: sealer.per_record(), ..report });
        Ok(Finished { symbols, tokens, map, ids })
    }
}
