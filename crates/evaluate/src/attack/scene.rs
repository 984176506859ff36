//! Everything that attacks work on: files as sent, the people behind them, and an attacker's own encodings.

use std::collections::HashMap;

use mizuhiki_columnar::{ColumnarError, Source, read_pairs};
use mizuhiki_encode::EncodeError;
use mizuhiki_schema::LinkageSchema;

use crate::attack::encodings::{KeyOf, clks, filters, whole_filter};
use crate::attack::people::{Attribute, PeopleList};
use crate::attack::sight::{FilterSight, Sight};
use crate::attack::trial::Subjects;
use crate::draw::Draw;

/// A custodian's file and its people.
pub(crate) struct Holder {
    pub(crate) people: PeopleList,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) sight: Sight,
}

/// Files of a run, with the ground truth.
pub(crate) struct Scene<'s> {
    pub(crate) schema: &'s LinkageSchema,
    pub(crate) seed: u64,
    pub(crate) left: Holder,
    pub(crate) right: Option<Holder>,
    /// Rows of the same person, left and right.
    pub(crate) linked: Vec<(usize, usize)>,
    /// The left file as the attacker would encode it under its own key, from its own list of the same people.
    /// Where tokens are symbols, one filter of all fields.
    pub(crate) list: FilterSight,
    /// The left people's values in one filter under the attacker's key: what it computes from plaintext.
    pub(crate) plaintext: FilterSight,
}

/// Why an evaluation cannot run.
#[derive(Debug, thiserror::Error)]
pub enum AttackError {
    /// A file cannot be read.
    #[error(transparent)]
    Columnar(#[from] ColumnarError),
    /// People cannot be encoded.
    #[error("the people cannot be encoded: {0}")]
    Encode(#[from] EncodeError),
    /// Too few people.
    #[error(
        "{file}: {count} people are too few for an attack to show anything; give at least {least}, or synthetic ones \
         with --people"
    )]
    TooFew {
        /// The table.
        file: String,
        /// Its number of people.
        count: usize,
        /// The least number.
        least: usize,
    },
    /// No attack has such a name.
    #[error("no attack has {part:?} in its name; there are: {names}")]
    UnknownAttack {
        /// What was asked for.
        part: String,
        /// All names.
        names: String,
    },
    /// No pair of the ground truth is in the tables.
    #[error("{file}: none of the {count} true pairs is in both tables; do all use the same record ids?")]
    NoPairs {
        /// The ground truth.
        file: String,
        /// Its number of pairs.
        count: usize,
    },
    /// Ids that occur twice.
    #[error("{file}: {count} record ids occur more than once; give each record an id of its own")]
    RepeatedIds {
        /// The table.
        file: String,
        /// Number of repeated ids.
        count: usize,
    },
}

/// Fewest people that can be attacked.
pub(crate) const LEAST_PEOPLE: usize = 100;

/// The files of a scene.
pub(crate) struct SceneFiles<'f> {
    pub(crate) left: (PeopleList, &'f Source),
    pub(crate) right: Option<(PeopleList, &'f Source)>,
    pub(crate) truth: Option<&'f Source>,
}

impl<'s> Scene<'s> {
    /// Reads the files of a run.
    pub(crate) fn read(
        schema: &'s LinkageSchema,
        seed: u64,
        files: SceneFiles<'_>,
    ) -> Result<Self, AttackError> {
        let (people, tokens) = files.left;
        let sight = Sight::read(tokens, people.ids())?;
        let (mut of_left, mut of_right) = match &files.right {
            Some((partner, _)) => {
                let mut both = PeopleList::attributes(&[&people, partner]).into_iter();
                (both.next().unwrap_or_default(), both.next().unwrap_or_default())
            }
            None => (PeopleList::attributes(&[&people]).into_iter().next().unwrap_or_default(), Vec::new()),
        };
        let mut linked = Vec::new();
        if let (Some((partner, _)), Some(truth)) = (&files.right, files.truth) {
            linked = linked_rows(&people, partner, truth)?;
        }
        let list = if matches!(sight, Sight::Filters(_)) {
            filters(schema, (KeyOf::Attacker, seed), &people)?
        } else {
            FilterSight::default()
        };
        let plaintext = filters(&whole_filter(schema), (KeyOf::Attacker, seed), &people)?;
        let right = match files.right {
            Some((people, tokens)) => {
                let sight = Sight::read(tokens, people.ids())?;
                Some(Holder { people, attributes: std::mem::take(&mut of_right), sight })
            }
            None => None,
        };
        let left = Holder { people, attributes: std::mem::take(&mut of_left), sight };
        Ok(Self { schema, seed, left, right, linked, list, plaintext })
    }

    /// The control: CLKs of some of the same people, and the attacker's own CLKs of them.
    pub(crate) fn control(&self, people: usize) -> Result<Self, AttackError> {
        let rows = sample(self.left.people.len(), people, &mut Draw::new(self.seed, 1));
        let list = self.left.people.select(&rows);
        let attributes = PeopleList::attributes(&[&list]).into_iter().next().unwrap_or_default();
        let victims = clks((KeyOf::Custodians, self.seed), &list)?;
        let own = clks((KeyOf::Attacker, self.seed), &list)?;
        Ok(Self {
            schema: self.schema,
            seed: self.seed,
            left: Holder { people: list, attributes, sight: Sight::Filters(victims) },
            right: None,
            linked: Vec::new(),
            plaintext: self.plaintext.select(&rows),
            list: own,
        })
    }

    /// Number of people of the left file.
    pub(crate) const fn len(&self) -> usize {
        self.left.people.len()
    }

    /// The left file, for attacks with known pairs.
    pub(crate) fn subjects(&self) -> Subjects<'_> {
        Subjects {
            sight: &self.left.sight,
            attributes: &self.left.attributes,
            plaintext: &self.plaintext,
            seed: self.seed,
        }
    }

    /// Draws for one attack.
    pub(crate) fn draw(&self, stream: u64) -> Draw {
        Draw::new(self.seed, 100 + stream)
    }
}

/// At most `count` of the numbers below `all`, in ascending order.
pub(crate) fn sample(all: usize, count: usize, draw: &mut Draw) -> Vec<usize> {
    let mut numbers: Vec<usize> = (0..all).collect();
    if count < all {
        draw.shuffle(&mut numbers);
        numbers.truncate(count);
        numbers.sort_unstable();
    }
    numbers
}

fn linked_rows(
    left: &PeopleList,
    right: &PeopleList,
    truth: &Source,
) -> Result<Vec<(usize, usize)>, AttackError> {
    let index = |people: &PeopleList| -> HashMap<String, usize> {
        people.ids().iter().enumerate().map(|(row, id)| (id.clone(), row)).collect()
    };
    let (of_left, of_right) = (index(left), index(right));
    let pairs = read_pairs(truth)?;
    let rows = |(a, b): (&str, &str)| Some((*of_left.get(a)?, *of_right.get(b)?));
    let mut linked: Vec<(usize, usize)> =
        pairs.iter().filter_map(|(a, b)| rows((a.as_str(), b.as_str()))).collect();
    if linked.is_empty() {
        // The sides may be named the other way round.
        linked = pairs.iter().filter_map(|(a, b)| rows((b.as_str(), a.as_str()))).collect();
    }
    if linked.is_empty() {
        return Err(AttackError::NoPairs { file: truth.name(), count: pairs.len() });
    }
    Ok(linked)
}
