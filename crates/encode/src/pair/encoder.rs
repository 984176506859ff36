//! The encoder of an audit schema: a record is read once, then sealed under each of its handles.

use std::collections::BTreeMap;

use mizuhiki_exchange::{KeyId, PairLayout, Run, Side};
use mizuhiki_locale::Pack;
use mizuhiki_schema::AuditSchema;
use zeroize::Zeroizing;

use super::mac::Mac;
use super::plan::ComparisonPlan;
use super::seal::{self, LinkKey};
use super::values::{self, PlainValue, Prepared, Scratch};
use crate::alternatives::InputPlan;
use crate::error::{EncodeError, Issue, IssueKind};
use crate::fields::{check_tables, columns_of, resolve_pack};
use crate::key::LinkageKey;
use crate::national_id::is_my_number;

/// Makes pair tokens of one audit schema with one key. Make one [`PairWorker`] per thread.
pub struct PairEncoder {
    pack: &'static dyn Pack,
    inputs: Vec<InputPlan>,
    comparisons: Vec<ComparisonPlan>,
    layout: PairLayout,
    columns: Vec<String>,
    refuse_national_numbers: bool,
    key_id: KeyId,
    custodian: String,
    side: Side,
    /// The comparisons and levels that must all agree between neighbors.
    neighbors: Vec<(usize, usize)>,
    /// K_pair.
    pub(super) pair_key: Mac,
    shared_key: Mac,
}

impl PairEncoder {
    /// Resolves `schema` and derives the keys of `run`, whose task is the audit, for a custodian's rows of a side.
    ///
    /// # Errors
    /// [`EncodeError`] if the schema names a pack, kind or level that this build lacks, or a national number.
    pub fn new(
        schema: &AuditSchema,
        key: &LinkageKey,
        run: &Run,
        (custodian, side): (&str, Side),
    ) -> Result<Self, EncodeError> {
        let body = schema.body();
        let pack = resolve_pack(&body.pack, &body.inputs)?;
        let comparisons = body
            .comparisons
            .iter()
            .enumerate()
            .map(|(index, comparison)| {
                ComparisonPlan::new(
                    pack,
                    index,
                    comparison,
                    &body.inputs[comparison.input],
                    body.statutory_basis.is_none(),
                )
            })
            .collect::<Result<Vec<_>, _>>()?;
        let neighbors = neighbors(schema)?;
        check_tables(pack, body.pack_digest)?;
        let columns = columns_of(&body.inputs);
        let keys = key.for_run(schema.digest(), run, "");
        Ok(Self {
            pack,
            inputs: body.inputs.iter().map(|input| InputPlan::new(input, &columns)).collect(),
            comparisons,
            layout: PairLayout::new(schema, side),
            columns,
            refuse_national_numbers: body.statutory_basis.is_none(),
            key_id: key.fingerprint(run),
            custodian: custodian.to_owned(),
            side,
            neighbors,
            pair_key: Mac::new(&keys.expand("pair/link", "", "", body.epoch)),
            shared_key: Mac::new(&keys.expand("pair/shared", custodian, "", body.epoch)),
        })
    }

    /// Checks that this build can encode `schema`, without a key.
    ///
    /// # Errors
    /// As [`PairEncoder::new`].
    pub fn check(schema: &AuditSchema) -> Result<(), EncodeError> {
        let key = LinkageKey::from_bytes(&[0; crate::key::KEY_BYTES])?;
        Self::new(schema, &key, &Run::default(), ("", Side::Right)).map(|_| ())
    }

    /// Columns that records may have, in the order in which values are asked for.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Indices into [`PairEncoder::columns`] of interchangeable columns.
    #[must_use]
    pub fn column_groups(&self) -> Vec<Vec<usize>> {
        self.inputs.iter().map(|input| input.columns().collect()).collect()
    }

    /// The layout of a row.
    #[must_use]
    pub const fn layout(&self) -> &PairLayout {
        &self.layout
    }

    /// Fingerprint of the key.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The value common to all rows of one record, where it has several.
    #[must_use]
    pub fn shared(&self, record: &str) -> [u8; 8] {
        first_eight(&self.shared_key, &[record.as_bytes()])
    }

    /// Scratch memory and counts of one thread.
    #[must_use]
    pub fn worker(&self) -> PairWorker<'_> {
        PairWorker {
            encoder: self,
            scratch: Scratch::default(),
            prepared: (0..self.comparisons.len()).map(|_| Prepared::default()).collect(),
            issues: BTreeMap::new(),
        }
    }
}

/// Comparisons that neighbors are compared by, and the numbers of their levels.
fn neighbors(schema: &AuditSchema) -> Result<Vec<(usize, usize)>, EncodeError> {
    let body = schema.body();
    let place = |(at, (comparison, level)): (usize, &(usize, String))| {
        let of = &body.comparisons[*comparison];
        let number = of.levels.iter().position(|known| known == level);
        number.map(|number| (*comparison, number)).ok_or_else(|| EncodeError::UnknownLevel {
            path: format!("$.neighbors.comparisons[{at}]").into(),
            kind: of.kind.clone(),
            level: level.clone(),
            known: of.levels.join(", "),
        })
    };
    body.neighbors.comparisons.iter().enumerate().map(place).collect()
}

pub(super) fn first_eight(key: &Mac, parts: &[&[u8]]) -> [u8; 8] {
    let mut first = [0; 8];
    first.copy_from_slice(&key.of(parts)[..8]);
    first
}

/// One thread's encoder: reads a record, then seals it under each of its handles.
pub struct PairWorker<'e> {
    encoder: &'e PairEncoder,
    scratch: Scratch,
    prepared: Vec<Prepared>,
    issues: BTreeMap<Issue, u64>,
}

impl PairWorker<'_> {
    /// Reads a record, row `row` of the input (from 1); `value(column)` gives its value in the columns of
    /// [`PairEncoder::columns`].
    ///
    /// # Errors
    /// [`EncodeError::NationalNumber`] if a value is one.
    pub fn read<'v>(&mut self, row: u64, value: &dyn Fn(usize) -> &'v str) -> Result<(), EncodeError> {
        let encoder = self.encoder;
        if encoder.refuse_national_numbers
            && let Some(column) = (0..encoder.columns.len()).find(|&column| is_my_number(value(column)))
        {
            return Err(EncodeError::NationalNumber { row, column: encoder.columns[column].clone() });
        }
        for (index, (plan, layout)) in encoder.comparisons.iter().zip(&encoder.layout.comparisons).enumerate()
        {
            let input = &encoder.inputs[plan.input];
            let prepared = &mut self.prepared[index];
            let outcome =
                values::prepare(plan, input, layout, encoder.pack, value, &mut self.scratch, prepared);
            let (kind, reason) = match outcome {
                mizuhiki_locale::Normalization::Value => continue,
                mizuhiki_locale::Normalization::Missing => (IssueKind::Missing, ""),
                mizuhiki_locale::Normalization::Invalid(reason) => (IssueKind::Invalid, reason),
            };
            *self.issues.entry(Issue { field: index, kind, reason }).or_insert(0) += 1;
        }
        Ok(())
    }

    /// The values of the last record read, by comparison, in plaintext.
    #[must_use]
    pub fn plain(&self) -> Vec<Vec<PlainValue>> {
        self.prepared.iter().map(Prepared::plain).collect()
    }

    /// Appends the row of the last record read under `handle`; `neighbor(k)` is the handle k places later,
    /// which only left rows need.
    pub fn seal<'h>(&self, handle: &str, neighbor: &dyn Fn(isize) -> Option<&'h str>, out: &mut Vec<u8>) {
        let encoder = self.encoder;
        let own = encoder.link_key(b"h", handle);
        let row = self.seal_under(&own, b"x", handle, out);
        let layout = &encoder.layout;
        let texts: Option<Vec<&str>> = encoder
            .neighbors
            .iter()
            .map(|&(comparison, level)| self.prepared[comparison].first_at(level))
            .collect();
        let Some(texts) = texts.filter(|_| layout.reach > 0) else { return };
        let reach = layout.reach as isize;
        for offset in (-reach..=reach).filter(|&offset| offset != 0) {
            let texts = texts.iter().copied();
            let tag = match encoder.side {
                Side::Right => own.neighbor(offset, texts),
                Side::Left => match neighbor(offset) {
                    Some(handle) => encoder.link_key(b"h", handle).neighbor(offset, texts),
                    None => continue,
                },
            };
            row[layout.neighbor(offset)].copy_from_slice(&tag);
        }
    }

    /// Appends the last record read as a decoy under `handle`.
    pub fn seal_decoy(&self, handle: &str, out: &mut Vec<u8>) {
        self.seal_under(&self.encoder.link_key(b"d", handle), b"y", handle, out);
    }

    /// Appends a row: keyed bytes, overwritten with the existing tags and filters.
    fn seal_under<'o>(
        &self,
        key: &LinkKey,
        dummies: &[u8; 1],
        handle: &str,
        out: &'o mut Vec<u8>,
    ) -> &'o mut [u8] {
        let encoder = self.encoder;
        let (start, bytes) = (out.len(), encoder.layout.row_bytes());
        let length = (encoder.custodian.len() as u16).to_be_bytes();
        let parts: [&[u8]; 5] = [
            dummies,
            &length,
            encoder.custodian.as_bytes(),
            encoder.side.name().as_bytes(),
            handle.as_bytes(),
        ];
        let draws: usize = encoder.layout.comparisons.iter().map(|of| of.levels * of.values).sum();
        let mut stream = vec![0; bytes + draws];
        seal::fill(&encoder.pair_key.of(&parts), &mut stream);
        let (row, mut draws) = stream.split_at(bytes);
        out.extend_from_slice(row);
        let row = &mut out[start..];
        for (index, prepared) in self.prepared.iter().enumerate() {
            let layout = &encoder.layout.comparisons[index];
            let (own, rest) = draws.split_at(layout.levels * layout.values);
            draws = rest;
            seal::seal((key, encoder.side), &encoder.comparisons[index].name, layout, prepared, own, row);
        }
        row
    }

    /// Values that were missing or invalid so far, by comparison and reason.
    #[must_use]
    pub const fn issues(&self) -> &BTreeMap<Issue, u64> {
        &self.issues
    }
}

impl PairEncoder {
    /// The key K_h of a link or a decoy.
    fn link_key(&self, what: &[u8; 1], handle: &str) -> LinkKey {
        LinkKey::new(&Zeroizing::new(self.pair_key.of(&[what, handle.as_bytes()])))
    }
}
