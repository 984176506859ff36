//! Both files of an audit as they were sent, those of another run, and the people behind their rows.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use mizuhiki_columnar::{ColumnarError, ReadOptions, Source, TableReader};
use mizuhiki_encode::{EncodeError, LinkageKey, PairEncoder};
use mizuhiki_exchange::{PairLayout, Side};
use mizuhiki_schema::AuditSchema;

use crate::attack::encodings::laboratory_key;
use crate::attack::pairs::known::KnownPeople;
use crate::attack::pairs::links::laboratory_pair_runs;
use crate::attack::pairs::rows::{PairSight, rows_by_handle};
use crate::attack::scene::{AttackError, LEAST_PEOPLE};
use crate::audit::for_rows;
use crate::draw::Draw;

/// A table of people, and the pair tokens made of it for both runs of the laboratory.
pub struct PairFile {
    /// The table.
    pub table: Source,
    /// How it is read.
    pub options: ReadOptions,
    /// Its column of record ids.
    pub id_column: String,
    /// Pair tokens of the first run.
    pub tokens: Source,
    /// Pair tokens of the same links under the same handles in the second run.
    pub again: Source,
}

/// The rows of one side.
pub(crate) struct PairHolder {
    pub(crate) side: Side,
    pub(crate) layout: PairLayout,
    /// Rows in the order of the links.
    pub(crate) rows: PairSight,
    /// The same links in another run.
    pub(crate) again: PairSight,
    /// What a row shows by its size: bytes, or what it holds where it is not padded.
    pub(crate) sizes: Vec<usize>,
    pub(crate) known: Arc<KnownPeople>,
}

/// Both files of an audit, with the ground truth.
pub(crate) struct PairScene<'s> {
    pub(crate) schema: &'s AuditSchema,
    pub(crate) seed: u64,
    pub(crate) left: PairHolder,
    pub(crate) right: PairHolder,
    pub(crate) handles: Vec<String>,
    /// Numbers of the links, each record once.
    pub(crate) first: Vec<usize>,
    /// Numbers of adjacent links of the same two records.
    pub(crate) twice: Vec<(usize, usize)>,
    /// People of both tables.
    pub(crate) people: [usize; 2],
    /// People of the left table who have a link.
    pub(crate) linked: usize,
}

impl<'s> PairScene<'s> {
    /// Reads the files of two runs, and the table `links` behind them.
    ///
    /// # Errors
    /// [`AttackError`] if a file cannot be read, or has too few links.
    pub(crate) fn read(
        schema: &'s AuditSchema,
        seed: u64,
        files: [&PairFile; 2],
        links: &Source,
    ) -> Result<Self, AttackError> {
        let columns = encoder(schema, &laboratory_key(seed)?, Side::Left)?;
        let people = [Table::read(files[0], &columns)?, Table::read(files[1], &columns)?];
        let tokens = [files[0], files[1]].map(|file| [&file.tokens, &file.again]);
        let tokens = tokens.as_flattened().iter().map(|source| rows_by_handle(source, schema));
        let tokens = tokens.collect::<Result<Vec<_>, ColumnarError>>()?;
        let (mut handles, mut records, mut all) = (Vec::new(), Vec::new(), 0);
        for_rows(links, &["handle", "left_id", "right_id"], |_, _, values| {
            all += 1;
            let record = |side: usize| people[side].numbers.get(values[side + 1]).copied();
            if let (Some(left), Some(right)) = (record(0), record(1))
                && tokens.iter().all(|rows| rows.contains_key(values[0]))
            {
                handles.push(values[0].to_owned());
                records.push([left, right]);
            }
            Ok(())
        })?;
        if handles.is_empty() {
            return Err(AttackError::NoPairs { file: links.name(), count: all });
        }
        if handles.len() < LEAST_PEOPLE {
            return Err(AttackError::TooFew {
                file: links.name(),
                count: handles.len(),
                least: LEAST_PEOPLE,
            });
        }
        let again = |link: usize| link > 0 && records[link] == records[link - 1];
        let holder = |side: Side, at: usize| -> Result<PairHolder, AttackError> {
            let values = records.iter().map(|of| people[at].values[of[at]].clone()).collect();
            let rows = |tokens: &HashMap<String, Vec<u8>>| {
                let rows: Vec<&[u8]> = handles.iter().map(|handle| tokens[handle].as_slice()).collect();
                let width = rows.first().map_or(0, |row| row.len());
                (PairSight { width, bytes: rows.concat() }, rows.iter().map(|row| row.len()).collect())
            };
            let own = encoder(schema, &laboratory_key(seed)?, side)?;
            let (sent, sizes) = rows(&tokens[2 * at]);
            Ok(PairHolder {
                side,
                layout: PairLayout::new(schema, side),
                rows: sent,
                again: rows(&tokens[2 * at + 1]).0,
                sizes,
                known: Arc::new(KnownPeople::read(schema, &own, values)?),
            })
        };
        Ok(Self {
            schema,
            seed,
            left: holder(Side::Left, 0)?,
            right: holder(Side::Right, 1)?,
            first: (0..handles.len()).filter(|&link| !again(link)).collect(),
            twice: (0..handles.len()).filter(|&link| again(link)).map(|link| (link - 1, link)).collect(),
            people: people.map(|table| table.values.len()),
            linked: records.iter().map(|of| of[0]).collect::<BTreeSet<usize>>().len(),
            handles,
        })
    }

    /// The control: rows of the same people, all under one handle and in one run.
    ///
    /// # Errors
    /// [`AttackError`] if people cannot be encoded.
    pub(crate) fn weak(&self) -> Result<Self, AttackError> {
        let weak = |of: &PairHolder| -> Result<PairHolder, AttackError> {
            let encoder = encoder(self.schema, &laboratory_key(self.seed)?, of.side)?;
            let rows = sealed(&encoder, &of.known.values, &|_| "one handle for all")?;
            Ok(PairHolder {
                side: of.side,
                layout: of.layout.clone(),
                again: rows.clone(),
                rows,
                sizes: of.known.unpadded.clone(),
                known: Arc::clone(&of.known),
            })
        };
        Ok(Self {
            schema: self.schema,
            seed: self.seed,
            left: weak(&self.left)?,
            right: weak(&self.right)?,
            handles: self.handles.clone(),
            first: self.first.clone(),
            twice: self.twice.clone(),
            people: self.people,
            linked: self.linked,
        })
    }

    pub(crate) const fn holders(&self) -> [&PairHolder; 2] {
        [&self.left, &self.right]
    }

    /// Number of links.
    pub(crate) const fn len(&self) -> usize {
        self.handles.len()
    }

    /// Draws for one attack.
    pub(crate) fn draw(&self, stream: u64) -> Draw {
        Draw::new(self.seed, 200 + stream)
    }
}

/// The encoder of a side in the first run of the laboratory.
///
/// # Errors
/// [`EncodeError`] if this build cannot encode with the schema.
pub(crate) fn encoder(
    schema: &AuditSchema,
    key: &LinkageKey,
    side: Side,
) -> Result<PairEncoder, EncodeError> {
    let [run, _] = laboratory_pair_runs();
    PairEncoder::new(schema, key, &run, (side.name(), side))
}

/// Rows of people, each under its handle, without neighbors.
///
/// # Errors
/// [`EncodeError`] if a value is a national number.
pub(crate) fn sealed<'h>(
    encoder: &PairEncoder,
    people: &[Vec<String>],
    handle: &dyn Fn(usize) -> &'h str,
) -> Result<PairSight, EncodeError> {
    let mut worker = encoder.worker();
    let mut bytes = Vec::with_capacity(people.len() * encoder.layout().row_bytes());
    for (row, values) in people.iter().enumerate() {
        worker.read(row as u64 + 1, &|column| values[column].as_str())?;
        worker.seal(handle(row), &|_| None, &mut bytes);
    }
    Ok(PairSight { width: encoder.layout().row_bytes(), bytes })
}

/// A table of people.
struct Table {
    /// Values in the order of the encoder's columns; empty where the table lacks one.
    values: Vec<Vec<String>>,
    numbers: HashMap<String, usize>,
}

impl Table {
    fn read(file: &PairFile, encoder: &PairEncoder) -> Result<Self, ColumnarError> {
        let mut reader = TableReader::open(&file.table, &file.options)?;
        let mut wanted = vec![reader.column(&file.id_column)?];
        let place = |column: &String| {
            let index = reader.columns().iter().position(|name| name == column)?;
            wanted.push(index);
            Some(wanted.len() - 1)
        };
        let places: Vec<Option<usize>> = encoder.columns().iter().map(place).collect();
        let mut table = Self { values: Vec::new(), numbers: HashMap::new() };
        while let Some(chunk) = reader.next_chunk(&wanted)? {
            for row in 0..chunk.rows() {
                let value =
                    |place: &Option<usize>| place.map_or("", |place| chunk.get(row, place)).to_owned();
                table.numbers.insert(chunk.get(row, 0).to_owned(), table.values.len());
                table.values.push(places.iter().map(value).collect());
            }
        }
        Ok(table)
    }
}
