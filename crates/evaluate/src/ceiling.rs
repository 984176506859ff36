//! The upper bound of an audit's accuracy: its hypotheses on the plaintext, with true rates.
//!
//! Every value, reading and similarity is compared directly, without a limit on slots, and parameters are
//! fitted to the ground truth. Errors that this misses cannot be detected from these columns, such as a
//! namesake with the same kanji and an address that is not on file.

use std::collections::HashMap;

use mizuhiki_columnar::{ColumnarError, ReadOptions, Source, TableReader, TextChunk};
use mizuhiki_encode::{EncodeError, LinkageKey, PairEncoder, PairWorker, PlainValue};
use mizuhiki_exchange::{Hypothesis, Outcome, Run, Side, alternative_class};
use mizuhiki_match::audit::{
    Hints, Model, NonMatchCounts, OutcomeVector, Outcomes, Patterns, SIMILAR_SHARES, Sharing, WILD_SHARE,
    grade, holders,
};
use mizuhiki_schema::{AuditComparison, AuditSchema, SchemaError};

use crate::audit::{JudgedFinding, LinkTruth, for_rows};

/// Maximum number of non-matching pairs that are compared.
const MAX_NON_MATCHES: usize = 200_000;

/// Step by which different people are paired; a prime.
const NON_MATCH_STEP: usize = 7_919;

/// Tables behind an audit.
#[derive(Debug, Clone)]
pub struct CeilingJob {
    /// The audit schema.
    pub schema: String,
    /// People of the side that made the links.
    pub left: Source,
    /// People of the other side.
    pub right: Source,
    /// The links: columns `handle`, `left_id`, `right_id`.
    pub links: Source,
}

/// Why the upper bound cannot be computed.
#[derive(Debug, thiserror::Error)]
pub enum CeilingError {
    /// A table cannot be read.
    #[error(transparent)]
    Table(#[from] ColumnarError),
    /// The schema is invalid.
    #[error("not an audit schema: {0}")]
    Schema(#[from] SchemaError),
    /// The schema cannot be used.
    #[error("audit schema: {0}")]
    Encode(#[from] EncodeError),
    /// A link without a record.
    #[error("the link with handle number {0} refers to a record that its table lacks")]
    NoRecord(usize),
}

/// The links by descending probability of being wrong, according to the plaintext with true rates.
///
/// # Errors
/// [`CeilingError`].
pub fn audit_ceiling(
    job: &CeilingJob,
    truth: &HashMap<String, LinkTruth>,
) -> Result<Vec<JudgedFinding>, CeilingError> {
    let schema = AuditSchema::parse(&unlimited(&job.schema))?;
    let key = LinkageKey::from_bytes(&[0; 32])?;
    let encoder = PairEncoder::new(&schema, &key, &Run::default(), ("ceiling", Side::Right))?;
    let (left, right) = (People::read(&job.left, &encoder)?, People::read(&job.right, &encoder)?);
    let mut links: Vec<Link> = Vec::new();
    for_rows(&job.links, &["handle", "left_id", "right_id"], |_, row, values| {
        let places = left.rows.get(values[1]).zip(right.rows.get(values[2]));
        let (left, right) = places.map_or((usize::MAX, row as usize), |(left, right)| (*left, *right));
        links.push((values[0].to_owned(), left, right));
        Ok(())
    })?;
    if let Some(at) = links.iter().position(|link| link.1 == usize::MAX) {
        return Err(CeilingError::NoRecord(at + 1));
    }
    let outcomes: Vec<Outcomes> = schema.body().comparisons.iter().map(Outcomes::new).collect();
    let mut compare =
        Compare { outcomes: &outcomes, schema: &schema, left: encoder.worker(), right: encoder.worker() };
    let (non_matches, mut seen) = compare_all(&mut compare, &links, &left, &right)?;
    let fit = |seen: &[(OutcomeVector, Hints)]| {
        let (mut right_links, mut wrong_links) = (Patterns::default(), Groups::default());
        for ((handle, ..), &(vector, hints)) in links.iter().zip(seen) {
            match truth.get(handle).filter(|truth| !truth.cause.is_empty()) {
                None => right_links.add(vector, hints),
                Some(truth) => wrong_links.of(&truth.class).add(vector, hints),
            };
        }
        let mut groups: Vec<(&Patterns, &[Hypothesis])> = vec![(&right_links, &RIGHT)];
        groups.extend(wrong_links.0.iter().map(|(hypotheses, patterns)| (patterns, *hypotheses)));
        Model::fit_labeled(&schema, &groups, &non_matches)
    };
    let (lefts, rights) = (shared(&links, |link| link.1), shared(&links, |link| link.2));
    for link in lefts.iter().flatten() {
        seen[*link].1.shared_left = Sharing::Open;
    }
    for link in rights.iter().flatten() {
        seen[*link].1.shared_right = Sharing::Open;
    }
    let mut model = fit(&seen);
    if !(lefts.is_empty() && rights.is_empty()) {
        let probabilities: Vec<f64> =
            seen.iter().map(|(vector, hints)| model.probability(vector, *hints)).collect();
        let told = |records: &[Vec<usize>]| -> Vec<(usize, Sharing)> {
            records.iter().flat_map(|of| holders(of, |link| probabilities[link])).collect()
        };
        told(&lefts).into_iter().for_each(|(link, sharing)| seen[link].1.shared_left = sharing);
        told(&rights).into_iter().for_each(|(link, sharing)| seen[link].1.shared_right = sharing);
        model = fit(&seen);
    }
    let judged = links.iter().zip(&seen).map(|((handle, ..), (vector, hints))| {
        let grade = grade(&schema, &model, vector, *hints);
        JudgedFinding {
            handle: handle.clone(),
            class: grade.class.name().to_owned(),
            probability: grade.probability,
        }
    });
    let mut found: Vec<JudgedFinding> = judged.collect();
    found.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| a.handle.cmp(&b.handle)));
    Ok(found)
}

type Link = (String, usize, usize);

/// What non-matching pairs and all links compare as.
fn compare_all(
    compare: &mut Compare<'_>,
    links: &[Link],
    left: &People,
    right: &People,
) -> Result<(NonMatchCounts, Vec<(OutcomeVector, Hints)>), EncodeError> {
    let mut non_matches = NonMatchCounts::of(compare.outcomes);
    for at in 0..links.len().min(MAX_NON_MATCHES) {
        let other = (at * NON_MATCH_STEP + links.len() / 2) % links.len();
        if links[other].2 != links[at].2 {
            non_matches.add(&compare.vector((left, links[at].1), (right, links[other].2))?);
        }
    }
    let mut seen = Vec::with_capacity(links.len());
    for (_, a, b) in links {
        seen.push((compare.vector((left, *a), (right, *b))?, Hints::default()));
    }
    Ok((non_matches, seen))
}

/// Links by the record that they share, where several do.
fn shared(links: &[Link], record: fn(&Link) -> usize) -> Vec<Vec<usize>> {
    let mut of: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, link) in links.iter().enumerate() {
        of.entry(record(link)).or_default().push(at);
    }
    of.into_values().filter(|links| links.len() > 1).collect()
}

const RIGHT: [Hypothesis; 6] = [
    Hypothesis::Same,
    Hypothesis::OtherFamilyName,
    Hypothesis::OtherName,
    Hypothesis::OtherWriting,
    Hypothesis::Moved,
    Hypothesis::MovedOtherFamilyName,
];

/// Wrong links by the hypotheses that apply to them.
#[derive(Default)]
struct Groups(Vec<(&'static [Hypothesis], Patterns)>);

impl Groups {
    fn of(&mut self, class: &str) -> &mut Patterns {
        let hypotheses: &'static [Hypothesis] = match class {
            "same_household_other" => &[Hypothesis::Household, Hypothesis::HouseholdOtherName],
            "twin" => &[Hypothesis::Twin],
            "homonym" => &[Hypothesis::Homonym, Hypothesis::Namesake],
            _ => &[Hypothesis::Unrelated],
        };
        let at = self.0.iter().position(|(known, _)| *known == hypotheses).unwrap_or_else(|| {
            self.0.push((hypotheses, Patterns::default()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}

/// The document with the maximum number of values and readings.
fn unlimited(document: &str) -> String {
    let Ok(mut json) = serde_json::from_str::<serde_json::Value>(document) else {
        return document.to_owned();
    };
    let list = |json: &mut serde_json::Value, key: &str| -> Vec<serde_json::Map<String, serde_json::Value>> {
        json.get(key)
            .and_then(serde_json::Value::as_array)
            .map(|items| items.iter().filter_map(|item| item.as_object().cloned()).collect())
            .unwrap_or_default()
    };
    let mut comparisons = list(&mut json, "comparisons");
    for comparison in &mut comparisons {
        comparison.insert("values".to_owned(), 16.into());
        if comparison.contains_key("filter") {
            comparison.insert("filters".to_owned(), 16.into());
        }
    }
    let mut inputs = list(&mut json, "inputs");
    for input in &mut inputs {
        for column in input.get_mut("columns").and_then(serde_json::Value::as_array_mut).into_iter().flatten()
        {
            if let Some(column) = column.as_object_mut().filter(|column| column.contains_key("readings")) {
                column.insert("readings".to_owned(), 16.into());
                column.insert("mass".to_owned(), 1.0.into());
            }
        }
    }
    if let Some(object) = json.as_object_mut() {
        object.insert("comparisons".to_owned(), comparisons.into_iter().collect());
        if !inputs.is_empty() {
            object.insert("inputs".to_owned(), inputs.into_iter().collect());
        }
    }
    json.to_string()
}

/// A table in memory.
struct People {
    chunks: Vec<TextChunk>,
    /// First row of each chunk, from 0.
    starts: Vec<usize>,
    /// Positions of the encoder's columns.
    places: Vec<Option<usize>>,
    rows: HashMap<String, usize>,
}

impl People {
    fn read(source: &Source, encoder: &PairEncoder) -> Result<Self, ColumnarError> {
        let mut reader = TableReader::open(source, &ReadOptions::default())?;
        let columns = encoder.columns();
        let mut wanted = vec![reader.column("record_id")?];
        let mut places = vec![None; columns.len()];
        for (column, place) in columns.iter().zip(&mut places) {
            if let Some(index) = reader.columns().iter().position(|there| there == column) {
                *place = Some(wanted.len());
                wanted.push(index);
            }
        }
        let mut people = Self { chunks: Vec::new(), starts: Vec::new(), places, rows: HashMap::new() };
        while let Some(chunk) = reader.next_chunk(&wanted)? {
            let start = chunk.first_row() as usize - 1;
            for row in 0..chunk.rows() {
                people.rows.insert(chunk.get(row, 0).to_owned(), start + row);
            }
            people.starts.push(start);
            people.chunks.push(chunk);
        }
        Ok(people)
    }

    fn get(&self, row: usize, column: usize) -> &str {
        let at = self.starts.partition_point(|start| *start <= row) - 1;
        self.places[column].map_or("", |place| self.chunks[at].get(row - self.starts[at], place))
    }
}

/// Compares people in plaintext.
struct Compare<'a> {
    outcomes: &'a [Outcomes],
    schema: &'a AuditSchema,
    left: PairWorker<'a>,
    right: PairWorker<'a>,
}

impl Compare<'_> {
    fn vector(
        &mut self,
        (left, a): (&People, usize),
        (right, b): (&People, usize),
    ) -> Result<OutcomeVector, EncodeError> {
        self.left.read(a as u64 + 1, &|column| left.get(a, column))?;
        self.right.read(b as u64 + 1, &|column| right.get(b, column))?;
        let (left, right) = (self.left.plain(), self.right.plain());
        let mut vector = [0; 16];
        for (at, number) in vector.iter_mut().enumerate().take(self.outcomes.len()) {
            let comparison = &self.schema.body().comparisons[at];
            let outcome = plain_outcome(&left[at], &right[at], comparison);
            *number = self.outcomes[at].number(outcome);
        }
        Ok(vector)
    }
}

/// `protocols/05-audit.md` §2 on plaintext: texts in place of tags, sets of features in place of filters.
#[must_use]
pub fn plain_outcome(left: &[PlainValue], right: &[PlainValue], comparison: &AuditComparison) -> Outcome {
    let (levels, partial) = (comparison.levels.len(), comparison.partial);
    let compared = |values: &[PlainValue]| {
        values.iter().any(|value| value.tags.iter().any(Option::is_some) || !value.features.is_empty())
    };
    if !compared(left) || !compared(right) {
        return Outcome::Missing;
    }
    for level in 0..levels {
        let (of_left, of_right) = (texts_at(left, level), texts_at(right, level));
        let mut best: Option<(usize, bool)> = None;
        for (i, text, complete) in &of_left {
            for (j, _, also) in of_right.iter().filter(|other| other.1 == *text) {
                let found = (alternative_class(*i.max(j)), partial && !(*complete && *also));
                best = Some(best.map_or(found, |best| best.min(found)));
            }
        }
        if let Some((alternative, short)) = best {
            return if short { Outcome::Partial { level } } else { Outcome::Agree { level, alternative } };
        }
    }
    let (a, first) = (&left[0], &right[0]);
    for (tag, &error) in (levels..).zip(&comparison.error_variants) {
        let turns_into = |a: &PlainValue, b: &PlainValue| a.tags[tag].is_some() && a.tags[tag] == b.tags[0];
        if turns_into(a, first) || turns_into(first, a) {
            return Outcome::KnownError(error);
        }
    }
    let mut most = 0.0_f64;
    for b in right.iter().filter(|value| !value.features.is_empty()) {
        let common = a.features.iter().filter(|feature| b.features.contains(feature)).count();
        most = most.max(common as f64 / (a.features.len() + b.features.len() - common) as f64);
    }
    if most >= WILD_SHARE && (a.wild || first.wild) {
        return Outcome::Wild;
    }
    let degree = SIMILAR_SHARES.iter().position(|least| most >= *least);
    degree.map_or(Outcome::Different, |place| Outcome::Similar(3 - place as u8))
}

/// Each text of a level once, with its position and whether it has all tighter levels.
fn texts_at(values: &[PlainValue], level: usize) -> Vec<(usize, &str, bool)> {
    let mut found: Vec<(usize, &str, bool)> = Vec::new();
    for (place, value) in values.iter().enumerate() {
        if let Some(text) = value.tags[level].as_deref()
            && found.iter().all(|(_, earlier, _)| *earlier != text)
        {
            found.push((place, text, value.tags[..level].iter().all(Option::is_some)));
        }
    }
    found
}
