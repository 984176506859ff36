//! Blocking rules of native documents (`protocols/01-linkage-schema.md` §2.3).

use serde_json::Value;

use crate::fault::{Object, Walk};
use crate::fields::Field;
use crate::limits::View;
use crate::names::{identifier, paths_of_repeated};

const MAX_RULES: usize = 8;
const MAX_PARTS: usize = 8;
const MAX_TABLES: u64 = 32;

/// How records are put into blocks: one id per pass and record, keyed at the data custodian.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Blocking {
    /// The rules, in document order.
    pub rules: Vec<BlockingRule>,
    /// Minimum number of records of one custodian in a block whose id is disclosed, at least 1.
    pub min_block: u64,
    /// Largest share of a custodian's records in one block, 0.001..=1.
    pub max_block_share: f64,
}

/// One blocking rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BlockingRule {
    /// Name of the rule, unique in the schema.
    pub name: String,
    /// What records of one block have in common.
    pub key: BlockingKey,
}

/// What records of one block have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockingKey {
    /// All of these parts.
    Parts {
        /// The parts, in document order.
        parts: Vec<BlockingPart>,
        /// Whether the parts are interchangeable: their texts are sorted.
        any_order: bool,
    },
    /// Sampled bits of a filter, in several tables.
    Lsh {
        /// Index of the view.
        view: usize,
        /// Filter bits that a table reads, 4..=64.
        bits: usize,
        /// Tables, 1..=32; each is a pass.
        tables: usize,
    },
}

/// Characters of a field's value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BlockingPart {
    /// Index into [`crate::TokenSchema::fields`].
    pub field: usize,
    /// Level at which the value is normalized; the field's if absent.
    pub level: Option<String>,
    /// Code points that are taken, from 0, ascending; all if empty.
    pub characters: Vec<u16>,
}

impl Blocking {
    /// Names of the passes, in order: a rule, or each table of an LSH rule.
    #[must_use]
    pub fn pass_names(&self) -> Vec<String> {
        let names = |rule: &BlockingRule| match &rule.key {
            BlockingKey::Parts { .. } => vec![rule.name.clone()],
            BlockingKey::Lsh { tables, .. } => {
                (1..=*tables).map(|table| format!("{}.{table}", rule.name)).collect()
            }
        };
        self.rules.iter().flat_map(names).collect()
    }
}

/// `Some(None)` where the document has no blocking.
pub(crate) fn read_blocking(
    root: &Object<'_>,
    walk: &mut Walk,
    fields: Option<&[Field]>,
    views: Option<&[View]>,
) -> Option<Option<Blocking>> {
    let Some((value, path)) = root.optional("blocking") else {
        return Some(None);
    };
    let blocking = walk.object(value, &path)?;
    blocking.only(walk, &["rules", "minBlock", "maxBlockShare"]);
    let min_block = blocking.integer_or(walk, "minBlock", 1..=1_000_000, 10);
    let max_block_share = blocking.number_or(walk, "maxBlockShare", (0.001, 1.0), 0.25);
    let (value, path) = blocking.required(walk, "rules", "list the blocking rules")?;
    let items = walk.array(value, &path)?;
    if items.is_empty() || items.len() > MAX_RULES {
        walk.fault(&path, format!("{} rules", items.len()), format!("list 1 to {MAX_RULES} rules"));
        return None;
    }
    let (fields, views) = (fields?, views?);
    let mut rules: Vec<BlockingRule> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        rules.push(read_rule(item, &format!("{path}[{index}]"), walk, fields, views)?);
    }
    let names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
    for path in paths_of_repeated(&names, &path) {
        walk.fault(&path, "two rules have this name", "give each rule its own name");
    }
    let tables: usize = rules
        .iter()
        .map(|rule| if let BlockingKey::Lsh { tables, .. } = rule.key { tables } else { 0 })
        .sum();
    if tables > MAX_TABLES as usize {
        walk.fault(&path, format!("{tables} LSH tables"), format!("use at most {MAX_TABLES} in all"));
    }
    Some(Some(Blocking { rules, min_block: min_block?, max_block_share: max_block_share? }))
}

fn read_rule(
    value: &Value,
    path: &str,
    walk: &mut Walk,
    fields: &[Field],
    views: &[View],
) -> Option<BlockingRule> {
    let rule = walk.object(value, path)?;
    rule.only(walk, &["name", "parts", "anyOrder", "lsh"]);
    let name = identifier(&rule, walk, "name");
    let any_order = rule.boolean_or(walk, "anyOrder", false);
    let key = match (rule.optional("parts"), rule.optional("lsh")) {
        (Some((value, path)), None) => {
            let items = walk.array(value, &path)?;
            if items.is_empty() || items.len() > MAX_PARTS {
                walk.fault(&path, format!("{} parts", items.len()), format!("list 1 to {MAX_PARTS} parts"));
                return None;
            }
            let read: Vec<Option<BlockingPart>> = items
                .iter()
                .enumerate()
                .map(|(index, item)| read_part(item, &format!("{path}[{index}]"), walk, fields))
                .collect();
            BlockingKey::Parts { parts: read.into_iter().collect::<Option<_>>()?, any_order: any_order? }
        }
        (None, Some((value, path))) => {
            if let Some((_, path)) = rule.optional("anyOrder") {
                walk.fault(&path, "an LSH rule has no parts to put in order", "remove the member");
            }
            read_lsh(value, &path, walk, views)?
        }
        _ => {
            walk.fault(path, "a rule has either parts or lsh", "write one of the two");
            return None;
        }
    };
    Some(BlockingRule { name: name?, key })
}

fn read_part(value: &Value, path: &str, walk: &mut Walk, fields: &[Field]) -> Option<BlockingPart> {
    let part = walk.object(value, path)?;
    part.only(walk, &["field", "level", "characters"]);
    let wanted = part.text(walk, "field", "name a field")?;
    let field = fields.iter().position(|field| field.name == wanted);
    if field.is_none() {
        walk.fault(&part.path("field"), "no field has this name", "use a name from $.fields");
    }
    let level = match part.optional("level") {
        Some((value, path)) => Some(walk.text(value, &path)?.to_owned()),
        None => None,
    };
    let mut characters = Vec::new();
    if let Some((value, path)) = part.optional("characters") {
        let items = walk.array(value, &path)?;
        if items.is_empty() {
            walk.fault(&path, "no characters", "list at least one, or remove the member to take all");
        }
        for (index, item) in items.iter().enumerate() {
            let path = format!("{path}[{index}]");
            let character = walk.integer(item, &path, 0..=255)? as u16;
            if characters.contains(&character) {
                walk.fault(&path, "listed twice", "list a character once");
            }
            characters.push(character);
        }
        characters.sort_unstable();
    }
    Some(BlockingPart { field: field?, level, characters })
}

fn read_lsh(value: &Value, path: &str, walk: &mut Walk, views: &[View]) -> Option<BlockingKey> {
    let lsh = walk.object(value, path)?;
    lsh.only(walk, &["view", "bits", "tables"]);
    let wanted = lsh.text(walk, "view", "name a view")?;
    let view = views.iter().position(|view| view.name == wanted);
    if view.is_none() {
        walk.fault(&lsh.path("view"), "no view has this name", "use a name from $.views");
    }
    let bits = lsh.integer_or(walk, "bits", 4..=64, 20)? as usize;
    let tables = lsh.integer_or(walk, "tables", 1..=MAX_TABLES, 4)? as usize;
    Some(BlockingKey::Lsh { view: view?, bits, tables })
}
