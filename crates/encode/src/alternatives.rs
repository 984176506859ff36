//! The values of a record, and its alternatives: several names, addresses or readings
//! (`protocols/03-tokens.md` §3).

use std::borrow::Cow;

use mizuhiki_locale::{Pack, Reading};
use mizuhiki_schema::{Input, InputColumn, Readings, Take};

/// An input of the schema; columns are numbered among those that records have.
pub(crate) struct InputPlan {
    columns: Vec<ColumnPlan>,
    take: Take,
}

struct ColumnPlan {
    place: usize,
    readings: Option<Readings>,
    fallback: bool,
}

impl InputPlan {
    pub(crate) fn new(input: &Input, columns: &[String]) -> Self {
        let place = |wanted: &InputColumn| columns.iter().position(|column| *column == wanted.column);
        let columns = input.columns.iter().map(|column| ColumnPlan {
            place: place(column).unwrap_or_default(),
            readings: column.readings,
            fallback: column.fallback,
        });
        Self { columns: columns.collect(), take: input.take }
    }

    /// Number of the column in the input and text of each value, in order (`protocols/03-tokens.md` §3.1);
    /// `read` lists the readings of a name. Empty if there is no value.
    pub(crate) fn values<'v>(
        &self,
        value: &dyn Fn(usize) -> &'v str,
        read: &dyn Fn(usize, &str, usize) -> Vec<Reading>,
    ) -> Vec<InputValue<'v>> {
        let mut found: Vec<InputValue<'v>> = Vec::with_capacity(1);
        for (column, plan) in self.columns.iter().enumerate() {
            let text = value(plan.place);
            if text.trim().is_empty() || plan.fallback && !found.is_empty() {
                continue;
            }
            for text in read_as(text, plan.readings, &|name, most| read(column, name, most)) {
                let value = InputValue { column, text };
                if !found.contains(&value) {
                    found.push(value);
                }
            }
            if self.take == Take::First {
                break;
            }
        }
        found
    }

    /// Whether the values of a column are readings of its text.
    pub(crate) fn reads(&self, column: usize) -> bool {
        self.columns[column].readings.is_some()
    }

    /// Places of the columns.
    pub(crate) fn columns(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().map(|column| column.place)
    }
}

/// A value of an input: the number of its column in the input, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InputValue<'v> {
    pub(crate) column: usize,
    pub(crate) text: Cow<'v, str>,
}

/// Appends the rows of a record, each with one value per input. `value(column)` is the text in a column.
/// Returns the number of rows, and whether `most` cut them off.
pub(crate) fn expand<'v>(
    inputs: &[InputPlan],
    pack: &dyn Pack,
    most: usize,
    value: &dyn Fn(usize) -> &'v str,
    rows: &mut Vec<InputValue<'v>>,
) -> (usize, bool) {
    let choices: Vec<Vec<InputValue<'v>>> =
        inputs.iter().map(|input| alternatives(input, pack, value)).collect();
    if choices.iter().all(|choice| choice.len() == 1) {
        rows.extend(choices.into_iter().flatten());
        return (1, false);
    }
    let combinations = combinations(&choices.iter().map(Vec::len).collect::<Vec<_>>(), most + 1);
    let cut = combinations.len() > most;
    let taken = combinations.len().min(most);
    for combination in &combinations[..taken] {
        rows.extend(combination.iter().zip(&choices).map(|(&rank, choice)| choice[rank].clone()));
    }
    (taken, cut)
}

/// The values of an input, each once; a blank one if there is none.
fn alternatives<'v>(
    input: &InputPlan,
    pack: &dyn Pack,
    value: &dyn Fn(usize) -> &'v str,
) -> Vec<InputValue<'v>> {
    let mut found = input.values(value, &|_, name, most| pack.readings(name, most));
    if found.is_empty() {
        found.push(InputValue { column: 0, text: Cow::Borrowed("") });
    }
    found
}

/// The readings of a name, as many as the column asks for; the name itself if it has none.
fn read_as<'v>(
    text: &'v str,
    readings: Option<Readings>,
    read: &dyn Fn(&str, usize) -> Vec<Reading>,
) -> Vec<Cow<'v, str>> {
    let Some(readings) = readings else { return vec![Cow::Borrowed(text)] };
    let mut taken = Vec::new();
    let mut mass = 0.0;
    for reading in read(text, readings.most) {
        taken.push(Cow::Owned(reading.text));
        mass += reading.probability;
        if mass >= readings.mass {
            break;
        }
    }
    if taken.is_empty() { vec![Cow::Borrowed(text)] } else { taken }
}

/// Tuples of ranks, each below its entry of `lengths`, ordered by the sum of ranks, then lexicographically;
/// at most `most`.
fn combinations(lengths: &[usize], most: usize) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    let highest: usize = lengths.iter().map(|length| length - 1).sum();
    for sum in 0..=highest {
        extend(lengths, sum, most, &mut Vec::with_capacity(lengths.len()), &mut found);
    }
    found
}

fn extend(lengths: &[usize], sum: usize, most: usize, begun: &mut Vec<usize>, found: &mut Vec<Vec<usize>>) {
    let Some((&length, rest)) = lengths.split_first() else {
        if sum == 0 && found.len() < most {
            found.push(begun.clone());
        }
        return;
    };
    for rank in 0..length.min(sum + 1) {
        begun.push(rank);
        extend(rest, sum - rank, most, begun, found);
        begun.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combinations_are_ordered_by_the_sum_of_ranks() {
        assert_eq!(combinations(&[2, 1, 2], 9), [[0, 0, 0], [0, 0, 1], [1, 0, 0], [1, 0, 1]]);
        assert_eq!(combinations(&[3, 3], 4), [[0, 0], [0, 1], [1, 0], [0, 2]]);
        assert_eq!(combinations(&[1], 4), [[0]]);
    }
}
