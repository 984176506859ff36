//! The encoder of one thread: values in, rows of tokens out.

use std::collections::BTreeMap;

use mizuhiki_bits::{BitColumns, LANES};
use mizuhiki_exchange::BlockId;
use mizuhiki_locale::Normalization;
use mizuhiki_schema::Symbols;

use crate::alternatives::{InputValue, expand};
use crate::blocks::{BlockPlan, BlockWorker};
use crate::clkhash::ClkhashMemo;
use crate::error::{EncodeError, Issue, IssueKind};
use crate::features::Features;
use crate::national_id::is_my_number;
use crate::plan::{Encoder, Plan, TokenPlan, ViewPlan};
use crate::positions::{Interner, PositionMemo};
use crate::stats::ViewStats;
use crate::symbols::{Gatherer, Scratch};

/// Tokens of a run of records, view by view: one row per record, or several for its alternatives.
#[derive(Default)]
pub struct EncodedRows {
    /// Serialized tokens of each view, row after row; those of rows without a token are zero.
    pub views: Vec<Vec<u8>>,
    /// For each view and row, whether there is a token.
    pub present: Vec<Vec<bool>>,
    /// For each blocking pass and row, its block id, if it has one.
    pub blocks: Vec<Vec<Option<BlockId>>>,
    /// For each row its record, from 0: ascending; a record with alternatives has several rows.
    pub records: Vec<u32>,
    /// Where tokens are sealed symbols, those of each record (of each row, from a worker that keeps rows
    /// apart), ascending and distinct; all other members are empty then.
    pub symbols: SymbolLists,
}

/// Lists of symbols, one per record.
#[derive(Default)]
pub struct SymbolLists {
    /// The symbols, in the upper bits of their numbers.
    values: Vec<u64>,
    ends: Vec<usize>,
}

impl SymbolLists {
    /// The lists.
    pub fn iter(&self) -> impl Iterator<Item = &[u64]> {
        let start = |list: usize| if list == 0 { 0 } else { self.ends[list - 1] };
        (0..self.ends.len()).map(move |list| &self.values[start(list)..self.ends[list]])
    }

    fn push(&mut self, list: &[u64]) {
        self.values.extend_from_slice(list);
        self.ends.push(self.values.len());
    }
}

impl<'l> FromIterator<&'l [u64]> for SymbolLists {
    fn from_iter<T: IntoIterator<Item = &'l [u64]>>(lists: T) -> Self {
        let mut all = Self::default();
        lists.into_iter().for_each(|list| all.push(list));
        all
    }
}

/// Scratch memory, memos and counts of one thread.
pub struct Worker<'e> {
    encoder: &'e Encoder,
    interner: Interner,
    memos: Vec<PositionMemo>,
    clkhash: ClkhashMemo,
    features: Features,
    normal: String,
    filter: BitColumns,
    scratch: Scratch,
    /// Symbols of the current block: of each view, row after row.
    sealed: Vec<Vec<u64>>,
    gatherer: Gatherer,
    /// Whether symbols are returned per row instead of per record.
    rows_apart: bool,
    block: Vec<FieldValue>,
    block_ids: BlockWorker,
    stats: Vec<ViewStats>,
    issues: BTreeMap<Issue, u64>,
    /// Number of records with more alternatives than permitted.
    cut: u64,
    /// Such records in the current block.
    cut_records: Vec<u32>,
    /// Features of the current block: number and byte string.
    numbers: Vec<u32>,
    texts: Vec<u8>,
    text_ends: Vec<usize>,
}

/// Features of one record's field in the current block.
#[derive(Clone, Copy, Default)]
struct FieldValue {
    first: usize,
    count: usize,
    /// Effective length, including masked features.
    total: usize,
}

impl Encoder {
    /// Scratch memory and memos of one thread.
    #[must_use]
    pub fn worker(&self) -> Worker<'_> {
        Worker::new(self)
    }
}

impl<'e> Worker<'e> {
    pub(crate) fn new(encoder: &'e Encoder) -> Self {
        let (filter_bits, views, block_ids) = match &encoder.plan {
            Plan::Tokens(plan) => (plan.filter_bits, plan.views.len(), BlockWorker::new(&plan.blocks)),
            Plan::Clkhash(_) => (0, 1, BlockWorker::new(&BlockPlan::default())),
        };
        Self {
            encoder,
            interner: Interner::default(),
            memos: (0..views).map(|_| PositionMemo::default()).collect(),
            clkhash: ClkhashMemo::default(),
            features: Features::default(),
            normal: String::new(),
            filter: BitColumns::new(filter_bits),
            scratch: Scratch::new(),
            sealed: vec![Vec::new(); views],
            gatherer: Gatherer::default(),
            rows_apart: false,
            block: Vec::new(),
            block_ids,
            stats: vec![ViewStats::default(); views],
            issues: BTreeMap::new(),
            cut: 0,
            cut_records: Vec::new(),
            numbers: Vec::new(),
            texts: Vec::new(),
            text_ends: Vec::new(),
        }
    }

    /// Encodes `rows` records, whose first is row `first_row` of the input (from 1). `value(row, column)`
    /// gives a record's value in the columns of [`Encoder::columns`].
    ///
    /// # Errors
    /// [`EncodeError`] if a value may not be encoded: a national number, or in clkhash mode a value that
    /// violates its format.
    pub fn encode<'v>(
        &mut self,
        rows: usize,
        first_row: u64,
        value: &dyn Fn(usize, usize) -> &'v str,
    ) -> Result<EncodedRows, EncodeError> {
        let encoder = self.encoder;
        match &encoder.plan {
            Plan::Clkhash(plan) => {
                let row = plan.encode(&mut self.clkhash, rows, first_row, value)?;
                self.count_clks(&row, plan.bits(), rows);
                let records = (0..rows as u32).collect();
                Ok(EncodedRows {
                    views: vec![row],
                    present: vec![vec![true; rows]],
                    records,
                    ..EncodedRows::default()
                })
            }
            Plan::Tokens(plan) => self.encode_tokens(plan, rows, first_row, value),
        }
    }

    /// The symbols of the rows encoded last, in each view in the order of their numbers; at most one block.
    pub(crate) fn sealed(&self) -> &[Vec<u64>] {
        &self.sealed
    }

    /// A worker that returns the symbols of each row separately, however many there are.
    #[must_use]
    pub(crate) fn with_rows_apart(mut self) -> Self {
        self.rows_apart = true;
        self
    }

    /// Counts so far, one entry per view.
    #[must_use]
    pub fn stats(&self) -> &[ViewStats] {
        &self.stats
    }

    /// Masked values so far, by field and reason.
    #[must_use]
    pub const fn issues(&self) -> &BTreeMap<Issue, u64> {
        &self.issues
    }

    /// Number of records so far whose alternatives were cut off.
    #[must_use]
    pub const fn cut_alternatives(&self) -> u64 {
        self.cut
    }

    fn count_clks(&mut self, rows: &[u8], bits: usize, count: usize) {
        let mut set = vec![0; bits];
        for row in rows.chunks_exact(bits / 8) {
            for (counts, &byte) in set.chunks_exact_mut(8).zip(row) {
                for (bit, count) in counts.iter_mut().enumerate() {
                    *count += u32::from(byte >> (7 - bit) & 1);
                }
            }
            self.stats[0].add_token(row);
        }
        self.stats[0].add_filters(count as u64, set.into_iter());
    }

    fn encode_tokens<'v>(
        &mut self,
        plan: &TokenPlan,
        rows: usize,
        first_row: u64,
        value: &dyn Fn(usize, usize) -> &'v str,
    ) -> Result<EncodedRows, EncodeError> {
        let views = plan.views.len();
        let mut out = EncodedRows {
            views: vec![Vec::new(); views],
            present: vec![Vec::new(); views],
            blocks: vec![Vec::new(); plan.blocks.len()],
            records: Vec::with_capacity(rows),
            symbols: SymbolLists::default(),
        };
        let mut values: Vec<InputValue<'v>> = Vec::new();
        let mut next = 0;
        while next < rows {
            // A block of rows holds whole records.
            let first = out.records.len();
            values.clear();
            self.cut_records.clear();
            while next < rows && out.records.len() - first + plan.max_alternatives <= LANES {
                self.refuse_national_number(plan, first_row + next as u64, &|column| value(next, column))?;
                let of_record = |column: usize| value(next, column);
                let (taken, cut) =
                    expand(&plan.inputs, plan.pack, plan.max_alternatives, &of_record, &mut values);
                self.cut_records.extend(cut.then_some(next as u32));
                out.records.extend(std::iter::repeat_n(next as u32, taken));
                next += 1;
            }
            if self.interner.is_full() {
                self.interner.clear();
                self.memos.iter_mut().for_each(PositionMemo::clear);
            }
            self.read_block(plan, &values, &out.records[first..]);
            let lanes = out.records.len() - first;
            for (view, view_plan) in plan.views.iter().enumerate() {
                self.encode_view(plan, (view, view_plan), lanes, &mut out);
            }
            self.block_ids.finish_block(&mut out.blocks);
            if let Some(symbols) = plan.symbols {
                self.gather(&symbols, &mut out, first);
            }
            self.cut += self.cut_records.len() as u64;
        }
        if plan.symbols.is_some() {
            // Rows have become one token per record.
            out.views.clear();
        }
        Ok(out)
    }

    fn refuse_national_number<'v>(
        &self,
        plan: &TokenPlan,
        row: u64,
        value: &dyn Fn(usize) -> &'v str,
    ) -> Result<(), EncodeError> {
        let columns = self.encoder.columns();
        let refused =
            (0..columns.len()).find(|&column| plan.refuse_national_numbers && is_my_number(value(column)));
        refused.map_or(Ok(()), |column| {
            Err(EncodeError::NationalNumber { row, column: columns[column].clone() })
        })
    }

    /// Normalizes a block's values, row after row, and numbers their features; `records` gives the record of
    /// each row.
    fn read_block(&mut self, plan: &TokenPlan, values: &[InputValue<'_>], records: &[u32]) {
        self.block.clear();
        self.numbers.clear();
        self.texts.clear();
        self.text_ends.clear();
        let rows = values.chunks_exact(plan.inputs.len());
        for (lane, row) in rows.enumerate() {
            // A missing value counts once per record, however many alternatives it has.
            let begins = lane == 0 || records[lane - 1] != records[lane];
            let raw_value = |index: usize| {
                let field = &plan.fields[index];
                let value = &row[field.input];
                let listed = field.missing.iter().any(|missing| missing == value.text.trim());
                (!listed).then_some((value.column, &*value.text))
            };
            self.block_ids.add_row(&plan.blocks, &raw_value);
            for (index, field) in plan.fields.iter().enumerate() {
                let outcome = raw_value(index).map_or(Normalization::Missing, |(column, text)| {
                    field.forms[column].normalize(text, &mut self.normal)
                });
                let (kind, reason) = match outcome {
                    Normalization::Value => {
                        self.keep_features(field.group, &field.features);
                        continue;
                    }
                    Normalization::Missing => (IssueKind::Missing, ""),
                    Normalization::Invalid(reason) => (IssueKind::Invalid, reason),
                };
                if begins {
                    *self.issues.entry(Issue { field: index, kind, reason }).or_insert(0) += 1;
                }
                self.block.push(FieldValue::default());
            }
        }
    }

    fn keep_features(&mut self, group: u8, kinds: &[mizuhiki_schema::Feature]) {
        self.features.take(&self.normal, kinds);
        let first = self.numbers.len();
        for feature in self.features.iter() {
            self.numbers.push(self.interner.number(group, feature));
            self.texts.extend_from_slice(feature);
            self.text_ends.push(self.texts.len());
        }
        self.block.push(FieldValue {
            first,
            count: self.numbers.len() - first,
            total: self.features.total(),
        });
    }

    fn encode_view(
        &mut self,
        plan: &TokenPlan,
        (view, view_plan): (usize, &ViewPlan),
        lanes: usize,
        out: &mut EncodedRows,
    ) {
        self.filter.clear();
        let first_present = out.present[view].len();
        for lane in 0..lanes {
            let share = self.present_share(plan, view_plan, lane);
            let enough = share >= view_plan.min_present_weight - 1e-9 && share > 0.0;
            let present = enough && !view_plan.left_out;
            out.present[view].push(present);
            if present {
                for field in &view_plan.fields {
                    let value = self.block[lane * plan.fields.len() + field.field];
                    self.set_field(view, field, value, lane);
                }
            }
        }
        let present = &out.present[view][first_present..];
        let tokens = present.iter().filter(|&&present| present).count();
        let filter = &self.filter;
        self.block_ids.add_filters(&plan.blocks, view, filter, present);
        self.stats[view]
            .add_filters(tokens as u64, (0..filter.width()).map(|position| filter.weight(position)));
        let records = &out.records[first_present..];
        let (tokens, each);
        if let Some(sealer) = &view_plan.sealer {
            let sealed = &mut self.sealed[view];
            sealed.clear();
            sealer.seal(filter, lanes, &mut self.scratch, sealed);
            // The sealed bits distinguish rows as the symbols do.
            (tokens, each) = (self.scratch.sealed_bits(), sealer.width() / 8);
        } else {
            let rows = &mut out.views[view];
            let start = rows.len();
            filter.append_rows(lanes, rows);
            (tokens, each) = (&rows[start..], plan.filter_bits / 8);
        }
        let tokens: &[u8] = tokens;
        let token = |lane: usize| &tokens[lane * each..(lane + 1) * each];
        for lane in (0..lanes).filter(|&lane| present[lane]) {
            // Alternatives of one record have equal tokens where they do not differ in the view.
            let earlier = (0..lane).rev().take_while(|&other| records[other] == records[lane]);
            if !earlier.into_iter().any(|other| token(other) == token(lane)) {
                self.stats[view].add_token(token(lane));
            }
        }
    }

    /// Merges the symbols of each record of a block, over all its rows and their views.
    fn gather(&mut self, symbols: &Symbols, out: &mut EncodedRows, first: usize) {
        let (each, most) = (symbols.per_view, symbols.per_record);
        let mut lane = 0;
        let mut of_record: Vec<&[u64]> = Vec::new();
        for rows in out.records[first..].chunk_by(|a, b| a == b) {
            of_record.clear();
            for lane in lane..lane + rows.len() {
                let present = |view: usize| out.present[view][first + lane];
                let views = self.sealed.iter().enumerate().filter(|(view, _)| present(*view));
                of_record.extend(views.map(|(_, sealed)| &sealed[lane * each..(lane + 1) * each]));
                if self.rows_apart {
                    out.symbols.push(self.gatherer.gather(&of_record, each, usize::MAX).0);
                    of_record.clear();
                }
            }
            lane += rows.len();
            if self.rows_apart {
                continue;
            }
            let (set, left_out) = self.gatherer.gather(&of_record, each, most);
            out.symbols.push(set);
            // Records of a block ascend, so a record that was already cut is found by search.
            if let (true, Err(at)) = (left_out, self.cut_records.binary_search(&rows[0])) {
                self.cut_records.insert(at, rows[0]);
            }
        }
    }

    /// Share of the view's weight that the record's present fields carry.
    fn present_share(&self, plan: &TokenPlan, view: &ViewPlan, lane: usize) -> f64 {
        let present = |field: usize| self.block[lane * plan.fields.len() + field].count > 0;
        view.fields.iter().filter(|field| present(field.field)).map(|field| field.share).sum()
    }

    /// Sets a value's bits. The field's budget is shared over the effective length, so a masked feature loses
    /// its bits and the others keep theirs.
    fn set_field(&mut self, view: usize, field: &crate::plan::ViewField, value: FieldValue, lane: usize) {
        let Some(each) = field.budget.checked_div(value.total) else {
            return;
        };
        let extra = field.budget % value.total;
        for index in 0..value.count {
            let at = value.first + index;
            let text_start = if at == 0 { 0 } else { self.text_ends[at - 1] };
            let text = &self.texts[text_start..self.text_ends[at]];
            let count = each + usize::from(index < extra);
            for &position in self.memos[view].get(self.numbers[at], count, &field.key, text) {
                self.filter.set(usize::from(position), lane);
            }
        }
    }
}
