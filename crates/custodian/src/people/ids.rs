//! Record ids: random ones, with a map that the custodian keeps, or the input's own.

use std::io::Write as _;

use mizuhiki_columnar::{ColumnarError, TextChunk, UNREADABLE};
use mizuhiki_exchange::{InvalidIdError, RecordIds};
use mizuhiki_files::{Access, Target, WriteFile};
use rand::RngExt as _;
use rand_chacha::ChaCha20Rng;
use sha2::{Digest as _, Sha256};

use crate::error::CustodianError;

/// Ids of the token file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdPolicy {
    /// Random ids, with a map to the input's ids or row numbers, if an output for it is given.
    Random {
        /// Output for the map.
        map: Option<Target>,
    },
    /// The input's own ids.
    Keep,
    /// Row numbers from 0, in row order, as in a list of CLKs.
    RowNumbers,
}

/// Column of id maps with the ids of the tokens; the other column has the name of the table's id column, or [`MAP_ROW`].
pub(crate) const MAP_ID: &str = "token_id";

/// Column of id maps with row numbers, from 1, if the table has no ids.
pub(crate) const MAP_ROW: &str = "row";

/// Names of columns of id maps that an id column cannot have.
const RESERVED: [&str; 2] = [MAP_ID, MAP_ROW];

/// The name of [`MAP_ID`] in earlier releases, which an id column can have, too.
pub(crate) const OLD_MAP_ID: &str = "record_id";

/// Assigns ids to records, in row order.
pub(crate) struct IdSource {
    file: String,
    policy: IdPolicy,
    /// Name of the id column and its position among the columns that are read.
    column: Option<(String, usize)>,
    random: ChaCha20Rng,
    map: Option<WriteFile>,
    /// First 16 bytes of each kept id's SHA-256, with its row: finds repeated ids with 24 bytes per record.
    seen: Vec<(u128, u64)>,
    /// All ids, in row order, if they are wanted.
    remembered: Option<Vec<String>>,
}

impl IdSource {
    pub(crate) fn new(
        file: &str,
        policy: IdPolicy,
        column: Option<(String, usize)>,
        random: ChaCha20Rng,
    ) -> Result<Self, CustodianError> {
        let mut map = None;
        if let IdPolicy::Random { map: Some(target) } = &policy {
            if let Some((name, _)) = column.as_ref().filter(|(name, _)| RESERVED.contains(&name.as_str())) {
                return Err(ColumnarError::File {
                    file: file.to_owned(),
                    problem: format!(
                        "the id column is called {name:?}, which has a meaning of its own in id maps"
                    ),
                    fix: "rename the column, or omit --id-map".to_owned(),
                }
                .into());
            }
            let mut writer = WriteFile::create(target, Access::Owner)?;
            let original = column.as_ref().map_or(MAP_ROW, |(name, _)| name.as_str());
            write_map_row(&mut writer, MAP_ID, original)?;
            map = Some(writer);
        }
        Ok(Self { file: file.to_owned(), policy, column, random, map, seen: Vec::new(), remembered: None })
    }

    /// The same, with all ids kept in memory.
    pub(crate) fn remembering(self) -> Self {
        Self { remembered: Some(Vec::new()), ..self }
    }

    /// Ids of a chunk's records.
    pub(crate) fn ids(&mut self, chunk: &TextChunk) -> Result<RecordIds, CustodianError> {
        let mut ids = RecordIds::default();
        for index in 0..chunk.rows() {
            let row = chunk.first_row() + index as u64;
            let original = self.column.as_ref().map(|(_, column)| chunk.get(index, *column).trim());
            // Tokens with masked ids could not be traced back.
            let needed = self.map.is_some() || matches!(self.policy, IdPolicy::Keep);
            if needed && original == Some(UNREADABLE) {
                return Err(self.unreadable(row));
            }
            let pushed = match self.policy {
                IdPolicy::RowNumbers => ids.push(&(row - 1).to_string()),
                IdPolicy::Keep => self.keep(original.unwrap_or_default(), row, &mut ids),
                IdPolicy::Random { .. } => {
                    let id = format!("{:020x}", self.random.random::<u128>() >> 48);
                    if let Some(map) = &mut self.map {
                        match original {
                            Some(original) => write_map_row(map, &id, original)?,
                            None => write_map_row(map, &id, &row.to_string())?,
                        }
                    }
                    ids.push(&id)
                }
            };
            pushed.map_err(|error| self.unusable(row, error))?;
        }
        if let Some(remembered) = &mut self.remembered {
            remembered.extend((0..ids.len()).map(|at| ids.get(at).to_owned()));
        }
        Ok(ids)
    }

    fn keep(&mut self, id: &str, row: u64, ids: &mut RecordIds) -> Result<(), InvalidIdError> {
        let digest = Sha256::digest(id.as_bytes());
        let mut start = [0; 16];
        start.copy_from_slice(&digest[..16]);
        self.seen.push((u128::from_be_bytes(start), row));
        ids.push(id)
    }

    fn unreadable(&self, row: u64) -> CustodianError {
        CustodianError::Table(ColumnarError::Cell {
            file: self.file.clone(),
            row,
            column: self.column.as_ref().map_or("", |(name, _)| name.as_str()).to_owned(),
            problem: "the bytes of the record id are invalid in the file's encoding".to_owned(),
            fix: "set the encoding with --encoding, or correct the row".to_owned(),
        })
    }

    fn unusable(&self, row: u64, error: InvalidIdError) -> CustodianError {
        let column = self.column.as_ref().map_or("", |(name, _)| name.as_str());
        CustodianError::Table(ColumnarError::Cell {
            file: self.file.clone(),
            row,
            column: column.to_owned(),
            problem: error.to_string(),
            fix: "give each record an id of 1 to 128 bytes, or omit --keep-ids".to_owned(),
        })
    }

    /// Checks that kept ids are unique; returns the finished map, to be committed with the tokens, and the
    /// remembered ids.
    pub(crate) fn finish(mut self) -> Result<(Option<WriteFile>, Vec<String>), CustodianError> {
        self.seen.sort_unstable();
        let repeated = self.seen.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        if let Some(pair) = repeated.min_by_key(|pair| pair[1].1) {
            let column = self.column.map_or_else(String::new, |(name, _)| name);
            return Err(CustodianError::RepeatedId {
                file: self.file,
                column,
                first: pair[0].1,
                second: pair[1].1,
            });
        }
        Ok((self.map, self.remembered.unwrap_or_default()))
    }
}

fn write_map_row(map: &mut WriteFile, id: &str, original: &str) -> Result<(), CustodianError> {
    let quoted = if original.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", original.replace('"', "\"\""))
    } else {
        original.to_owned()
    };
    writeln!(map, "{id},{quoted}").map_err(|source| {
        CustodianError::Table(ColumnarError::Io {
            file: map.name().to_owned(),
            action: "write",
            reason: source,
        })
    })
}

/// Whether a header names a column of record ids.
#[must_use]
pub fn is_id_header(header: &str) -> bool {
    let plain: String =
        header.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    matches!(
        plain.as_str(),
        "id" | "recid" | "recordid" | "uid" | "uuid" | "patientid" | "personid" | "rowid"
    ) || matches!(
        header.trim(),
        "患者番号"
            | "宛名番号"
            | "被保険者番号"
            | "整理番号"
            | "管理番号"
            | "顧客番号"
            | "会員番号"
            | "患者ID"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_headers_are_recognised() {
        assert!(["id", "rec_id", "Record ID"].into_iter().all(is_id_header));
        assert!(!["surname", "postcode", "idea"].into_iter().any(is_id_header));
    }
}
