//! Keyed block ids of a record (`protocols/03-tokens.md` §10).

use hmac::{Hmac, Mac as _};
use mizuhiki_bits::BitColumns;
use mizuhiki_exchange::BlockId;
use mizuhiki_locale::{Form, Normalization, Pack, WILDCARD};
use mizuhiki_schema::{BlockingKey, BlockingPart, TokenSchema};
use rustc_hash::FxHashMap;
use sha2::Sha256;

use crate::error::EncodeError;
use crate::fields::{FieldPlan, resolve_form};
use crate::key::SchemaKeys;
use crate::positions::{KeyedStream, keyed};

/// Maximum number of memoized ids of a pass; then the memo is emptied.
const MAX_REMEMBERED: usize = 1 << 17;

/// The passes of a schema, resolved.
#[derive(Default)]
pub(crate) struct BlockPlan {
    /// Values that rules use: field and level, each once.
    values: Vec<BlockValue>,
    passes: Vec<Pass>,
}

/// A value that rules use.
struct BlockValue {
    field: usize,
    level: String,
    /// Forms of the field's columns at the level.
    forms: Vec<Form>,
}

struct Pass {
    mac: Hmac<Sha256>,
    key: PassKey,
}

enum PassKey {
    Parts {
        parts: Vec<Part>,
        any_order: bool,
    },
    Lsh {
        view: usize,
        table: u16,
        /// Filter positions, in the order drawn.
        positions: Vec<usize>,
    },
}

struct Part {
    /// Index into [`BlockPlan::values`].
    value: usize,
    /// Code points that are used; all if empty.
    characters: Vec<u16>,
}

pub(crate) fn plan_blocks(
    schema: &TokenSchema,
    pack: &dyn Pack,
    fields: &[FieldPlan],
    keys: &SchemaKeys,
) -> Result<BlockPlan, EncodeError> {
    let mut plan = BlockPlan::default();
    let rules = schema.blocking.iter().flat_map(|blocking| &blocking.rules);
    for (index, rule) in rules.enumerate() {
        match &rule.key {
            BlockingKey::Lsh { view, bits, tables } => {
                let key = keys.expand("search/block", &schema.views[*view].name, &rule.name, schema.epoch);
                let mut stream = KeyedStream::new(&key);
                for table in 1..=*tables as u16 {
                    let positions = distinct(&mut stream, schema.filter.bits, *bits);
                    let lsh = PassKey::Lsh { view: *view, table, positions };
                    plan.passes.push(Pass { mac: keyed(&key), key: lsh });
                }
            }
            BlockingKey::Parts { parts, any_order } => {
                let key = keys.expand("search/block", "", &rule.name, schema.epoch);
                let parts = parts
                    .iter()
                    .enumerate()
                    .map(|(part, given)| {
                        let path = || format!("$.blocking.rules[{index}].parts[{part}]");
                        plan.part(pack, fields, given, &path)
                    })
                    .collect::<Result<_, _>>()?;
                let any_order = *any_order;
                plan.passes.push(Pass { mac: keyed(&key), key: PassKey::Parts { parts, any_order } });
            }
        }
    }
    Ok(plan)
}

/// `count` distinct numbers below `limit`, or all numbers below it.
fn distinct(stream: &mut KeyedStream, limit: usize, count: usize) -> Vec<usize> {
    let mut found = Vec::with_capacity(count);
    while found.len() < count.min(limit) {
        let position = stream.uniform(limit as u32) as usize;
        if !found.contains(&position) {
            found.push(position);
        }
    }
    found
}

impl BlockPlan {
    fn part(
        &mut self,
        pack: &dyn Pack,
        fields: &[FieldPlan],
        given: &BlockingPart,
        path: &dyn Fn() -> String,
    ) -> Result<Part, EncodeError> {
        let field = &fields[given.field];
        let level = given.level.as_ref().unwrap_or(&field.level);
        let known = |value: &BlockValue| value.field == given.field && value.level == *level;
        let value = match self.values.iter().position(known) {
            Some(value) => value,
            None => {
                // Every column's kind must have the level.
                let form = |kind: &String| resolve_form(pack, path, kind, level);
                let forms = field.kinds.iter().map(form).collect::<Result<_, _>>()?;
                self.values.push(BlockValue { field: given.field, level: level.clone(), forms });
                self.values.len() - 1
            }
        };
        Ok(Part { value, characters: given.characters.clone() })
    }

    /// Number of passes.
    pub(crate) const fn len(&self) -> usize {
        self.passes.len()
    }
}

/// One thread's block ids of the current block of records.
pub(crate) struct BlockWorker {
    /// Ids by pass and lane.
    ids: Vec<Vec<Option<BlockId>>>,
    memos: Vec<FxHashMap<Box<[u8]>, BlockId>>,
    /// Normalized values of one record, in the plan's order; empty where a value is missing.
    values: Vec<String>,
    texts: Vec<String>,
    message: Vec<u8>,
}

impl BlockWorker {
    pub(crate) fn new(plan: &BlockPlan) -> Self {
        Self {
            ids: vec![Vec::new(); plan.len()],
            memos: (0..plan.len()).map(|_| FxHashMap::default()).collect(),
            values: vec![String::new(); plan.values.len()],
            texts: Vec::new(),
            message: Vec::new(),
        }
    }

    /// Takes the next row: `raw(field)` is column and text of its value, or `None` if the schema lists it as
    /// missing.
    pub(crate) fn add_row<'v>(&mut self, plan: &BlockPlan, raw: &dyn Fn(usize) -> Option<(usize, &'v str)>) {
        for (of, value) in plan.values.iter().zip(&mut self.values) {
            let form = |(column, text): (usize, &str)| of.forms[column].normalize(text, value);
            let outcome = raw(of.field).map_or(Normalization::Missing, form);
            if outcome != Normalization::Value {
                value.clear();
            }
        }
        for (index, pass) in plan.passes.iter().enumerate() {
            let id = match &pass.key {
                PassKey::Parts { parts, any_order } => {
                    self.write_parts(parts, *any_order).then(|| self.id(index, pass))
                }
                PassKey::Lsh { .. } => None,
            };
            self.ids[index].push(id);
        }
    }

    /// Takes the LSH ids of a view from its filters.
    pub(crate) fn add_filters(&mut self, plan: &BlockPlan, of: usize, filter: &BitColumns, present: &[bool]) {
        for (index, pass) in plan.passes.iter().enumerate() {
            let PassKey::Lsh { view, table, positions } = &pass.key else { continue };
            if *view != of {
                continue;
            }
            for lane in (0..present.len()).filter(|&lane| present[lane]) {
                self.message.clear();
                self.message.push(b'l');
                self.message.extend(table.to_be_bytes());
                for bits in positions.chunks(8) {
                    let byte = (0..8).fold(0, |byte, bit| {
                        byte << 1
                            | u8::from(bits.get(bit).is_some_and(|&position| filter.get(position, lane)))
                    });
                    self.message.push(byte);
                }
                self.ids[index][lane] = Some(self.id(index, pass));
            }
        }
    }

    /// Appends the ids of the current block of records to the output.
    pub(crate) fn finish_block(&mut self, out: &mut [Vec<Option<BlockId>>]) {
        for (out, ids) in out.iter_mut().zip(&mut self.ids) {
            out.append(ids);
        }
    }

    /// Writes the message of a record's parts; false if the record has no id.
    fn write_parts(&mut self, parts: &[Part], any_order: bool) -> bool {
        self.texts.resize_with(parts.len(), String::new);
        for (part, text) in parts.iter().zip(&mut self.texts) {
            let value = &self.values[part.value];
            text.clear();
            if part.characters.is_empty() {
                text.push_str(value);
            } else {
                let taken = |at: usize| part.characters.contains(&(at as u16));
                text.extend(value.chars().enumerate().filter(|(at, _)| taken(*at)).map(|(_, char)| char));
            }
            if text.is_empty() || text.contains(WILDCARD) {
                return false;
            }
        }
        if any_order {
            self.texts.sort_unstable();
        }
        self.message.clear();
        self.message.push(b'b');
        for text in &self.texts {
            self.message.extend((text.len() as u16).to_be_bytes());
            self.message.extend_from_slice(text.as_bytes());
        }
        true
    }

    /// The id of the message under a pass's key.
    fn id(&mut self, index: usize, pass: &Pass) -> BlockId {
        let memo = &mut self.memos[index];
        if let Some(&id) = memo.get(self.message.as_slice()) {
            return id;
        }
        let mut mac = pass.mac.clone();
        mac.update(&self.message);
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&mac.finalize().into_bytes()[..8]);
        let id = BlockId::from_bytes(bytes);
        if memo.len() >= MAX_REMEMBERED {
            memo.clear();
        }
        memo.insert(self.message.as_slice().into(), id);
        id
    }
}
