//! The encoder of one schema and key: everything that does not depend on a record.

use mizuhiki_exchange::{CustodianId, KeyId, Run, Task};
use mizuhiki_locale::Pack;
use mizuhiki_schema::{ConfirmFilter, Draw, LinkageSchema, SchemaBody, Symbols, TokenSchema, View};

use crate::alternatives::InputPlan;
use crate::blocks::{BlockPlan, plan_blocks};
use crate::clkhash::ClkhashPlan;
use crate::error::EncodeError;
use crate::fields::{FieldPlan, check_tables, columns_of, resolve_form, resolve_level, resolve_pack};
use crate::key::{LinkageKey, SchemaKeys};
use crate::positions::PositionKey;
use crate::symbols::{Sealer, Segment, segments, subsets};

/// Encodes records of one schema with one key. Make one [`crate::Worker`] per thread.
pub struct Encoder {
    pub(crate) plan: Plan,
    columns: Vec<String>,
    key_id: KeyId,
}

pub(crate) enum Plan {
    Tokens(TokenPlan),
    Clkhash(ClkhashPlan),
}

/// A native schema, resolved.
pub(crate) struct TokenPlan {
    pub(crate) pack: &'static dyn Pack,
    pub(crate) inputs: Vec<InputPlan>,
    /// Maximum rows per record.
    pub(crate) max_alternatives: usize,
    pub(crate) fields: Vec<FieldPlan>,
    pub(crate) views: Vec<ViewPlan>,
    pub(crate) blocks: BlockPlan,
    pub(crate) filter_bits: usize,
    /// How filters become symbols; `None` where filters are the tokens.
    pub(crate) symbols: Option<Symbols>,
    pub(crate) refuse_national_numbers: bool,
}

pub(crate) struct ViewPlan {
    /// No record has a token in it.
    pub(crate) left_out: bool,
    pub(crate) min_present_weight: f64,
    pub(crate) fields: Vec<ViewField>,
    /// The sealer of its symbols; `None` where the filter is the token.
    pub(crate) sealer: Option<Sealer>,
}

/// One field's part in a view.
pub(crate) struct ViewField {
    pub(crate) field: usize,
    /// Bits that a complete value sets, over all its features.
    pub(crate) budget: usize,
    /// Weight as a share of the view's.
    pub(crate) share: f64,
    pub(crate) key: PositionKey,
}

impl Encoder {
    /// Resolves `schema` and derives the keys of `run`; keys for deduplication also depend on the custodian.
    /// A clkhash schema has no runs.
    ///
    /// # Errors
    /// [`EncodeError`] if the schema names a pack, kind, level, pattern or date format that this build
    /// lacks, or a field would set no bit.
    pub fn new(
        schema: &LinkageSchema,
        key: &LinkageKey,
        run: &Run,
        custodian: &CustodianId,
    ) -> Result<Self, EncodeError> {
        let (plan, columns) = match schema.body() {
            SchemaBody::Tokens(body) => {
                let columns = columns_of(&body.inputs);
                let keys = match body.symbols {
                    Some(_) => key.for_run(schema.digest(), run, custodian.as_str()),
                    None => key.for_plain(schema.digest(), run),
                };
                let most = schema.max_alternatives();
                let mut plan = plan_tokens(body, most, &columns, &keys, "search/positions")?;
                for (view, planned) in body.views.iter().zip(&mut plan.views) {
                    planned.left_out = view.link_only && run.task == Task::Dedupe;
                }
                (Plan::Tokens(plan), columns)
            }
            SchemaBody::Clkhash(body) => {
                let columns = body.features.iter().map(|feature| feature.identifier.clone()).collect();
                (Plan::Clkhash(ClkhashPlan::new(body, key)?), columns)
            }
        };
        Ok(Self { plan, columns, key_id: key.fingerprint(run) })
    }

    /// An encoder of one plain filter instead of views and blocks, under separate keys.
    pub(crate) fn of_filter(
        schema: &LinkageSchema,
        body: &TokenSchema,
        (key, run): (&LinkageKey, &Run),
        (name, filter): (&str, &ConfirmFilter),
    ) -> Result<Self, EncodeError> {
        let only = body.clone().with_only_view(name, &filter.fields, filter.filter());
        let columns = columns_of(&only.inputs);
        let keys = key.for_run(schema.digest(), run, "");
        let most = schema.max_alternatives();
        let plan = plan_tokens(&only, most, &columns, &keys, "confirm/positions")?;
        Ok(Self { plan: Plan::Tokens(plan), columns, key_id: key.fingerprint(run) })
    }

    /// Checks that this build can encode `schema`, without a key.
    ///
    /// # Errors
    /// As [`Encoder::new`].
    pub fn check(schema: &LinkageSchema) -> Result<(), EncodeError> {
        let key = LinkageKey::from_bytes(&[0; crate::key::KEY_BYTES])?;
        match schema.body() {
            SchemaBody::Tokens(body) => {
                let (columns, keys) =
                    (columns_of(&body.inputs), key.for_plain(schema.digest(), &Run::default()));
                plan_tokens(body, schema.max_alternatives(), &columns, &keys, "search/positions").map(|_| ())
            }
            SchemaBody::Clkhash(body) => ClkhashPlan::new(body, &key).map(|_| ()),
        }
    }

    /// Columns that records may have, in the order in which values are asked for.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Indices into [`Encoder::columns`] of interchangeable columns: a table must have at least one of each
    /// group, and missing ones count as empty.
    #[must_use]
    pub fn column_groups(&self) -> Vec<Vec<usize>> {
        match &self.plan {
            Plan::Tokens(plan) => plan.inputs.iter().map(|input| input.columns().collect()).collect(),
            Plan::Clkhash(_) => (0..self.columns.len()).map(|column| vec![column]).collect(),
        }
    }

    /// Whether the columns must be the input's columns, all and in order, as clkhash demands.
    #[must_use]
    pub const fn takes_columns_by_position(&self) -> bool {
        matches!(self.plan, Plan::Clkhash(_))
    }

    /// Fingerprint of the key.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.key_id
    }
}

fn plan_tokens(
    schema: &TokenSchema,
    max_alternatives: usize,
    columns: &[String],
    keys: &SchemaKeys,
    purpose: &str,
) -> Result<TokenPlan, EncodeError> {
    let pack = resolve_pack(&schema.pack, &schema.inputs)?;
    let mut groups: Vec<&str> = schema.fields.iter().map(|field| field.key_group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    let fields = schema
        .fields
        .iter()
        .enumerate()
        .map(|(index, field)| {
            let input = &schema.inputs[field.input];
            let level =
                resolve_level(pack, &|| format!("$.fields[{index}]"), &field.kind, field.level.as_deref())?;
            let kinds = input.columns.iter().enumerate().map(|(column, of)| match &of.kind {
                None => Ok(field.kind.clone()),
                Some(kind) => {
                    let path = || format!("$.inputs[{}].columns[{column}]", field.input);
                    resolve_level(pack, &path, kind, Some(&level))?;
                    Ok(kind.clone())
                }
            });
            let kinds = kinds.collect::<Result<Vec<_>, EncodeError>>()?;
            if schema.statutory_basis.is_none() && kinds.iter().any(|kind| kind == "mynumber") {
                return Err(EncodeError::NationalNumberField { path: format!("$.fields[{index}]").into() });
            }
            let path = || format!("$.fields[{index}]");
            let forms =
                kinds.iter().map(|kind| resolve_form(pack, &path, kind, &level)).collect::<Result<_, _>>()?;
            let group = groups.iter().position(|&group| group == field.key_group).unwrap_or_default();
            Ok(FieldPlan {
                name: field.name.clone(),
                input: field.input,
                kinds,
                forms,
                level,
                group: group as u8,
                features: field.features.clone(),
                missing: field.missing.iter().map(|value| value.trim().to_owned()).collect(),
            })
        })
        .collect::<Result<Vec<_>, EncodeError>>()?;
    check_tables(pack, schema.pack_digest)?;
    let views = schema
        .views
        .iter()
        .map(|view| plan_view(schema, view, keys, purpose))
        .collect::<Result<Vec<_>, _>>()?;
    let blocks = plan_blocks(schema, pack, &fields, keys)?;
    Ok(TokenPlan {
        pack,
        inputs: schema.inputs.iter().map(|input| InputPlan::new(input, columns)).collect(),
        max_alternatives,
        fields,
        views,
        blocks,
        filter_bits: schema.filter.bits,
        symbols: schema.symbols,
        refuse_national_numbers: schema.statutory_basis.is_none(),
    })
}

fn plan_view(
    schema: &TokenSchema,
    view: &View,
    keys: &SchemaKeys,
    purpose: &str,
) -> Result<ViewPlan, EncodeError> {
    let total: f64 = view.fields.iter().map(|&field| schema.fields[field].weight).sum();
    let (groups, segments) = view_segments(schema, view);
    let mut fields = Vec::with_capacity(view.fields.len());
    for &index in &view.fields {
        let field = &schema.fields[index];
        let share = field.weight / total;
        let segment = groups.iter().position(|group| *group == field.key_group).unwrap_or_default();
        let Segment { start, length, drawn } = segments[segment.min(segments.len() - 1)];
        let budget = schema.filter.budget(share);
        if budget.min(length) < 8 {
            return Err(EncodeError::NoBudget { index, view: view.name.clone(), bits: budget.min(length) });
        }
        if drawn > length {
            return Err(EncodeError::ShortSegment { index, view: view.name.clone(), bits: length, drawn });
        }
        let key = keys.expand(purpose, &view.name, &field.key_group, schema.epoch);
        fields.push(ViewField { field: index, budget, share, key: PositionKey::new(&key, start, length) });
    }
    let sealer = schema.symbols.map(|symbols| {
        let key = |purpose: &str| keys.expand(purpose, &view.name, "", schema.epoch);
        let subsets = subsets(&key("search/subsets"), &segments, symbols.per_view);
        Sealer::new(&key("search/symbols"), subsets, symbols.positions, symbols.bits)
    });
    Ok(ViewPlan { left_out: false, min_present_weight: view.min_present_weight, fields, sealer })
}

/// The key groups of a view's fields, in order, each with its segment of the filter; one segment for all
/// unless positions are drawn by segments.
pub(crate) fn view_segments<'s>(schema: &'s TokenSchema, view: &View) -> (Vec<&'s str>, Vec<Segment>) {
    let total: f64 = view.fields.iter().map(|&field| schema.fields[field].weight).sum();
    let positions = schema.symbols.map_or(0, |symbols| symbols.positions);
    let stratified = schema.symbols.is_some_and(|symbols| symbols.draw == Draw::Stratified);
    let (mut groups, mut shares): (Vec<&str>, Vec<f64>) = (Vec::new(), Vec::new());
    for field in view.fields.iter().map(|&field| &schema.fields[field]).filter(|_| stratified) {
        match groups.iter().position(|group| *group == field.key_group) {
            Some(group) => shares[group] += field.weight / total,
            None => {
                groups.push(&field.key_group);
                shares.push(field.weight / total);
            }
        }
    }
    if groups.is_empty() {
        shares.push(1.0);
    }
    let segments = segments(&shares, schema.filter.bits, positions);
    (groups, segments)
}
