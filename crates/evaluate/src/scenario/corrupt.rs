//! Errors in the columns of a table, at given rates.

use mizuhiki_columnar::{ColumnarError, ReadOptions, Source, TableReader};
use mizuhiki_files::Target;
use serde::Serialize;

use crate::draw::Draw;
use crate::en_latn::{by_ear, typo};
use crate::links::{id_column, script_of};
use crate::scenario::spec::{ColumnErrors, Corruption, DataSide};
use crate::table::TextTable;

/// Errors of one kind that were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppliedError {
    /// The table.
    pub side: DataSide,
    /// The column, or both columns of an exchange.
    pub columns: Vec<String>,
    /// `typo`, `by_ear`, `missing` or `swap`.
    pub error: &'static str,
    /// Number of values that were changed.
    pub count: u64,
}

/// An error that is made with a rate.
struct Step {
    applied: AppliedError,
    /// Positions of its columns.
    places: Vec<usize>,
    /// In units of 10⁻⁹.
    rate: u64,
    draw: Draw,
}

/// Copies one side's table with its errors. Every error has draws of its own: one more at the end of a list
/// leaves the others as they are. Exchanges come first, then typos, spelling by ear and gaps, column by column.
///
/// # Errors
/// [`ColumnarError`] if a column is missing or is that of the ids, or if a value is of a kind to which the error
/// does not apply: typos are for Latin letters and digits, spelling by ear for Latin letters.
pub fn corrupt_table(
    source: &Source,
    target: &Target,
    corruption: &Corruption,
    side: DataSide,
    id: Option<&str>,
) -> Result<Vec<AppliedError>, ColumnarError> {
    let mut reader = TableReader::open(source, &ReadOptions::default())?;
    let (columns, name) = (reader.columns().to_vec(), reader.name().to_owned());
    let id = id_column(&reader, id)?;
    let mut steps = steps(corruption, side, |column| {
        let place = reader.column(column)?;
        if place == id {
            return Err(ColumnarError::File {
                file: reader.name().to_owned(),
                problem: format!("column {column:?} has the ids of the records, by which results are judged"),
                fix: "corrupt other columns".to_owned(),
            });
        }
        Ok(place)
    })?;
    let all: Vec<usize> = (0..columns.len()).collect();
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut table = TextTable::create(target, &names)?;
    while let Some(chunk) = reader.next_chunk(&all)? {
        for row in 0..chunk.rows() {
            let mut values: Vec<String> =
                all.iter().map(|&column| chunk.get(row, column).to_owned()).collect();
            for step in &mut steps {
                step.apply(&mut values).map_err(|(place, problem)| ColumnarError::Cell {
                    file: name.clone(),
                    row: chunk.first_row() + row as u64,
                    column: columns[place].clone(),
                    problem: problem.to_owned(),
                    fix: "use missing or swap for this column".to_owned(),
                })?;
            }
            table.push(values.iter().map(String::as_str))?;
        }
    }
    table.finish()?;
    Ok(steps.into_iter().map(|step| step.applied).collect())
}

/// The errors of a side whose rate is above 0.
fn steps(
    corruption: &Corruption,
    side: DataSide,
    place: impl Fn(&str) -> Result<usize, ColumnarError>,
) -> Result<Vec<Step>, ColumnarError> {
    // Streams of draws by side, kind and place in its list.
    let first = if side == DataSide::Left { 0 } else { 1 << 32 };
    let mut wanted: Vec<(Vec<String>, &'static str, f64, u64)> = Vec::new();
    for (swap, number) in corruption.swaps.iter().filter(|swap| swap.side == side).zip(0..) {
        wanted.push((swap.columns.to_vec(), "swap", swap.rate, first + number));
    }
    for (errors, number) in corruption.columns.iter().filter(|errors| errors.side == side).zip(0..) {
        let ColumnErrors { column, typo, by_ear, missing, .. } = errors;
        for ((error, rate), kind) in
            [("typo", typo), ("by_ear", by_ear), ("missing", missing)].into_iter().zip(0..)
        {
            wanted.push((vec![column.clone()], error, *rate, first + (1 << 16) + 3 * number + kind));
        }
    }
    let step = |(columns, error, rate, stream): (Vec<String>, &'static str, f64, u64)| {
        let places = columns.iter().map(|column| place(column)).collect::<Result<Vec<_>, _>>()?;
        let applied = AppliedError { side, columns, error, count: 0 };
        Ok(Step {
            applied,
            places,
            rate: (rate * 1e9 + 0.5) as u64,
            draw: Draw::new(corruption.seed, stream),
        })
    };
    let steps = wanted.into_iter().map(step).collect::<Result<Vec<Step>, ColumnarError>>()?;
    Ok(steps.into_iter().filter(|step| step.rate > 0).collect())
}

impl Step {
    /// Makes the error with its probability; otherwise the place and the reason that it does not apply.
    fn apply(&mut self, values: &mut [String]) -> Result<(), (usize, &'static str)> {
        let happens = self.draw.chance(self.rate);
        let place = self.places[0];
        let before = values[place].clone();
        match self.applied.error {
            "swap" => {
                if happens {
                    values.swap(place, self.places[1]);
                }
            }
            "missing" => {
                if happens {
                    values[place].clear();
                }
            }
            error => {
                // Every value is looked at, so that an unsuitable column is noticed at any rate.
                let changed = misspell(&before, error == "typo", happens, &mut self.draw);
                values[place] = changed.map_err(|problem| (place, problem))?;
            }
        }
        self.applied.count += u64::from(values[place] != before);
        Ok(())
    }
}

/// A value with a typo or spelled by ear, if that happens.
fn misspell(value: &str, is_typo: bool, happens: bool, draw: &mut Draw) -> Result<String, &'static str> {
    match script_of(value) {
        Some("Latin") if happens => Ok(if is_typo { typo(value, draw) } else { by_ear(value, draw) }),
        Some("Latin") => Ok(value.to_owned()),
        None if !is_typo && value.chars().any(|letter| letter.is_ascii_digit()) => {
            Err("a number cannot be spelled by ear")
        }
        None => Ok(if happens { other_digit(value, draw) } else { value.to_owned() }),
        Some(_) => Err("the value has letters other than Latin ones, for which no errors are known here"),
    }
}

/// `value` with one of its digits replaced; as it is if it has none.
fn other_digit(value: &str, draw: &mut Draw) -> String {
    let digits: Vec<usize> =
        value.bytes().enumerate().filter(|(_, b)| b.is_ascii_digit()).map(|(at, _)| at).collect();
    if digits.is_empty() {
        return value.to_owned();
    }
    let at = *draw.one(&digits);
    let old = value.as_bytes()[at] - b'0';
    let new = (old + 1 + draw.below(9) as u8) % 10;
    let mut changed = value.to_owned();
    changed.replace_range(at..=at, &new.to_string());
    changed
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::scenario::spec::SwapErrors;

    fn corruption(typo: f64, missing: f64, swap: f64) -> Corruption {
        let column = |column: &str| ColumnErrors {
            side: DataSide::Right,
            column: column.to_owned(),
            typo,
            by_ear: 0.0,
            missing,
        };
        Corruption {
            rates: Vec::new(),
            seed: 5,
            columns: vec![column("surname"), column("born")],
            swaps: vec![SwapErrors {
                side: DataSide::Right,
                columns: ["given".to_owned(), "surname".to_owned()],
                rate: swap,
            }],
        }
    }

    fn corrupt(
        text: &str,
        corruption: &Corruption,
        side: DataSide,
    ) -> Result<(String, Vec<AppliedError>), String> {
        let folder = std::env::temp_dir().join(format!(
            "mizuhiki-evaluate-corrupt-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        ));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("in.csv"), text).unwrap();
        let (source, target) = (Source::Path(folder.join("in.csv")), Target::Path(folder.join("out.csv")));
        let done = corrupt_table(&source, &target, corruption, side, None);
        let written = fs::read_to_string(folder.join("out.csv"));
        fs::remove_dir_all(&folder).unwrap();
        done.map(|applied| (written.unwrap(), applied)).map_err(|error| error.to_string())
    }

    fn people(rows: usize) -> String {
        let row = |n| format!("{n},Anna,Miller,1980-02-29\n");
        "id,given,surname,born\n".to_owned() + &(0..rows).map(row).collect::<String>()
    }

    #[test]
    fn errors_come_at_their_rates_and_the_same_every_time() {
        let text = people(2000);
        let (written, applied) = corrupt(&text, &corruption(0.2, 0.1, 0.0), DataSide::Right).unwrap();
        assert_eq!(corrupt(&text, &corruption(0.2, 0.1, 0.0), DataSide::Right).unwrap().0, written);
        for (error, expected) in [("typo", 400_u64), ("missing", 200)] {
            for found in applied.iter().filter(|applied| applied.error == error) {
                assert!(found.count.abs_diff(expected) < 70, "{found:?}");
            }
        }
        let names = |text: &str| -> Vec<String> {
            text.lines().skip(1).map(|line| line.split(',').nth(2).unwrap().to_owned()).collect()
        };
        let (before, after) = (names(&text), names(&written));
        // Another error leaves the draws of these as they are.
        let (swapped, _) = corrupt(&text, &corruption(0.2, 0.1, 1e-9), DataSide::Right).unwrap();
        assert_eq!(names(&swapped), after);
        let changed = before.iter().zip(&after).filter(|(a, b)| a != b).count();
        assert!((480..640).contains(&changed), "{changed}");
        let left = corrupt(&text, &corruption(0.2, 0.1, 0.0), DataSide::Left).unwrap();
        assert_eq!((left.0, left.1.len()), (text, 0));
    }

    #[test]
    fn everything_and_nothing() {
        let text = people(20);
        assert_eq!(corrupt(&text, &corruption(0.0, 0.0, 0.0), DataSide::Right).unwrap().0, text);
        let (all, applied) = corrupt(&text, &corruption(0.0, 0.0, 1.0), DataSide::Right).unwrap();
        assert!(all.lines().skip(1).all(|line| line.contains("Miller,Anna")), "{all}");
        assert_eq!((applied.len(), applied[0].count), (1, 20));
        let (gone, _) = corrupt(&text, &corruption(0.0, 1.0, 0.0), DataSide::Right).unwrap();
        assert!(gone.lines().skip(1).all(|line| line.ends_with("Anna,,")), "{gone}");
    }

    #[test]
    fn dates_get_another_digit_and_nothing_else() {
        let mut draw = Draw::new(1, 0);
        for _ in 0..500 {
            let changed = misspell("1980-02-29", true, true, &mut draw).unwrap();
            let differ = changed.bytes().zip("1980-02-29".bytes()).filter(|(a, b)| a != b).count();
            assert!(changed.len() == 10 && differ == 1, "{changed}");
        }
        assert_eq!(misspell("", true, true, &mut draw).unwrap(), "");
        assert_eq!(misspell("Anna", true, false, &mut draw).unwrap(), "Anna");
        assert!(misspell("1980", false, false, &mut draw).is_err());
    }

    #[test]
    fn unsuitable_columns_are_refused_without_a_value() {
        let refused =
            corrupt("id,given,surname,born\n1,x,田中,1980\n", &corruption(0.1, 0.0, 0.0), DataSide::Right);
        let error = refused.unwrap_err();
        assert!(error.contains("row 1, column \"surname\"") && !error.contains("田中"), "{error}");
        let missing = corrupt("id,given,born\n1,x,1980\n", &corruption(0.1, 0.0, 0.0), DataSide::Right);
        assert!(missing.unwrap_err().contains("no column \"surname\""));
        let ids = Corruption { swaps: Vec::new(), ..corruption(0.1, 0.0, 0.0) };
        let mut ids = ids;
        ids.columns.truncate(1);
        ids.columns[0].column = "id".to_owned();
        let error = corrupt("id,given\n1,x\n", &ids, DataSide::Right).unwrap_err();
        assert!(error.contains("column \"id\" has the ids of the records"), "{error}");
    }
}
