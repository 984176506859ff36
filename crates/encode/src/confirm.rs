//! What a custodian needs to have a pair of a record confirmed: the tokens that identify its rows, and the
//! filters to encrypt (`protocols/06-confirm.md` §2).

use mizuhiki_exchange::{CustodianId, Run};
use mizuhiki_schema::{LinkageSchema, SchemaBody};
use zeroize::Zeroizing;

use crate::error::EncodeError;
use crate::key::{LinkageKey, SchemaKeys};
use crate::plan::Encoder;
use crate::worker::Worker;

/// The encoding of a record for confirmation.
pub struct ConfirmRecord {
    /// Its rows, in their order.
    pub rows: Vec<ConfirmRow>,
    /// The sealed symbols of its token, ascending, before any is suppressed; none where tokens are filters.
    pub symbols: Vec<u64>,
}

/// Encodes records for a confirmation.
pub struct ConfirmEncoder {
    tokens: Encoder,
    /// One per filter of the schema.
    filters: Vec<Encoder>,
    /// The key from which signing keys of this schema, project and run are derived.
    signing: (SchemaKeys, u32),
    custodian: String,
    symbol_bytes: usize,
}

/// One of a record's rows.
pub struct ConfirmRow {
    /// For each view, the filter that is the row's token, if it has one; empty where tokens are sealed
    /// symbols.
    pub tokens: Vec<Option<Vec<u8>>>,
    /// The sealed symbols of the row, ascending; none where tokens are filters.
    pub symbols: Vec<u64>,
    /// The filters, packed and concatenated.
    pub filters: Zeroizing<Vec<u8>>,
}

/// Scratch memory of one thread.
pub struct ConfirmWorker<'e> {
    rows: Worker<'e>,
    tokens: Worker<'e>,
    filters: Vec<Worker<'e>>,
}

impl ConfirmEncoder {
    /// Resolves `schema` and derives the keys of `run`; `custodian` will sign. `None` if the schema does not
    /// define how pairs are confirmed.
    ///
    /// # Errors
    /// As [`Encoder::new`].
    pub fn new(
        schema: &LinkageSchema,
        key: &LinkageKey,
        run: &Run,
        custodian: &CustodianId,
    ) -> Result<Option<Self>, EncodeError> {
        let SchemaBody::Tokens(body) = schema.body() else { return Ok(None) };
        let Some(confirm) = &body.confirm else { return Ok(None) };
        let filter = |(index, filter): (usize, _)| {
            Encoder::of_filter(schema, body, (key, run), (&index.to_string(), filter))
        };
        let filters = confirm.filters.iter().enumerate().map(filter).collect::<Result<_, _>>()?;
        Ok(Some(Self {
            tokens: Encoder::new(schema, key, run, custodian)?,
            filters,
            signing: (key.for_run(schema.digest(), run, ""), body.epoch),
            custodian: custodian.as_str().to_owned(),
            symbol_bytes: body.symbols.map_or(0, |symbols| symbols.bytes()),
        }))
    }

    /// Bytes of a sealed symbol; 0 where tokens are filters.
    #[must_use]
    pub const fn symbol_bytes(&self) -> usize {
        self.symbol_bytes
    }

    /// Columns that records may have, in the order in which values are asked for.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        self.tokens.columns()
    }

    /// As [`Encoder::column_groups`].
    #[must_use]
    pub fn column_groups(&self) -> Vec<Vec<usize>> {
        self.tokens.column_groups()
    }

    /// Seed of the custodian's signing key for this schema, epoch, project and run.
    #[must_use]
    pub fn signing_seed(&self) -> Zeroizing<[u8; 32]> {
        self.signing_seed_of(&self.custodian)
    }

    /// The seed of another custodian; anyone with the linkage key can derive it.
    #[must_use]
    pub fn signing_seed_of(&self, custodian: &str) -> Zeroizing<[u8; 32]> {
        self.signing.0.expand("confirm/sign", custodian, "", self.signing.1)
    }

    /// Scratch memory of one thread.
    #[must_use]
    pub fn worker(&self) -> ConfirmWorker<'_> {
        ConfirmWorker {
            rows: self.tokens.worker().with_rows_apart(),
            tokens: self.tokens.worker(),
            filters: self.filters.iter().map(Encoder::worker).collect(),
        }
    }
}

impl ConfirmWorker<'_> {
    /// The sealed symbols of one record's token, as in [`ConfirmRecord::symbols`]; arguments as in
    /// [`ConfirmWorker::encode`].
    ///
    /// # Errors
    /// As [`Worker::encode`].
    pub fn symbols<'v>(
        &mut self,
        row: u64,
        value: &dyn Fn(usize) -> &'v str,
    ) -> Result<Vec<u64>, EncodeError> {
        let whole = self.tokens.encode(1, row, &|_, column| value(column))?;
        Ok(whole.symbols.iter().next().unwrap_or_default().to_vec())
    }

    /// Encodes one record, row `row` of the input (from 1); `value` gives the text in a column of
    /// [`ConfirmEncoder::columns`].
    ///
    /// # Errors
    /// As [`Worker::encode`].
    pub fn encode<'v>(
        &mut self,
        row: u64,
        value: &dyn Fn(usize) -> &'v str,
    ) -> Result<ConfirmRecord, EncodeError> {
        let of_record = |_: usize, column: usize| value(column);
        let symbols_of_record = self.symbols(row, value)?;
        let tokens = self.rows.encode(1, row, &of_record)?;
        let rows = tokens.records.len();
        let mut filters: Vec<Vec<u8>> = vec![Vec::new(); rows];
        for worker in &mut self.filters {
            let encoded = worker.encode(1, row, &of_record)?;
            let bytes = Zeroizing::new(encoded.views.into_iter().next().unwrap_or_default());
            let each = bytes.len() / rows.max(1);
            filters
                .iter_mut()
                .zip(bytes.chunks_exact(each))
                .for_each(|(all, one)| all.extend_from_slice(one));
        }
        let token = |row: usize, view: usize| {
            let bytes = &tokens.views[view];
            let each = bytes.len() / rows;
            tokens.present[view][row].then(|| bytes[row * each..(row + 1) * each].to_vec())
        };
        let mut symbols = tokens.symbols.iter();
        let row = |(row, filters): (usize, Vec<u8>)| ConfirmRow {
            tokens: (0..tokens.views.len()).map(|view| token(row, view)).collect(),
            symbols: symbols.next().unwrap_or_default().to_vec(),
            filters: Zeroizing::new(filters),
        };
        let rows = filters.into_iter().enumerate().map(row).collect();
        Ok(ConfirmRecord { rows, symbols: symbols_of_record })
    }
}
