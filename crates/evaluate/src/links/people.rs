//! Groups of people, from the tables that were linked. Only ids and the named columns are read; of names, dates
//! and households nothing is kept but a group.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash as _, Hasher as _};

use mizuhiki_columnar::{ColumnarError, ReadOptions, Source, TableReader};
use mizuhiki_locale::{Normalization, packs};

use crate::links::script::script_of;

/// Maximum number of distinct values of a column whose values name the groups.
const MAX_VALUES: usize = 50;

/// Names of id columns that are found without being named; letters and digits only, in lower case.
const ID_HEADERS: [&str; 8] = ["id", "recid", "recordid", "uid", "uuid", "patientid", "personid", "rowid"];

/// The columns by which people are grouped; each must be in at least one of the tables.
#[derive(Debug, Clone, Default)]
pub struct GroupColumns {
    /// Column of the records' ids, in every table that is given; found by its name if `None`.
    pub id: Option<String>,
    /// Columns of at most 50 distinct values, each of which is a group, such as sex.
    pub by: Vec<String>,
    /// Column of the household: groups by the number of records of a table with the same value.
    pub household: Option<String>,
    /// Column of a name: groups by its script, and by the number of records of a table with the same name.
    pub names: Option<String>,
    /// Column of the date of birth: groups by decade.
    pub birth_date: Option<String>,
}

impl GroupColumns {
    /// The named columns, each once, in order.
    fn wanted(&self) -> Vec<&str> {
        let mut wanted: Vec<&str> = Vec::new();
        let single = [&self.names, &self.birth_date, &self.household];
        for column in self.by.iter().chain(single.into_iter().flatten()) {
            if !wanted.contains(&column.as_str()) {
                wanted.push(column);
            }
        }
        wanted
    }
}

/// Label of a value that is missing or cannot be read.
pub(crate) const MISSING: &str = "missing";

/// A group: its place among those of an attribute, and its label.
pub(crate) type GroupLabel = (u32, String);

/// An attribute of a table's records.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) title: String,
    /// The groups.
    pub(crate) labels: Vec<GroupLabel>,
    /// The group of each record, an index of `labels`.
    pub(crate) of: Vec<u32>,
}

/// The records of one side.
#[derive(Debug)]
pub(crate) struct PeopleTable {
    /// Row of each id, from 0.
    pub(crate) rows: HashMap<String, u32>,
    pub(crate) attributes: Vec<Attribute>,
}

impl PeopleTable {
    /// Reads the ids and the columns that the table has; also returns the names of these.
    pub(crate) fn read(
        source: &Source,
        columns: &GroupColumns,
    ) -> Result<(Self, Vec<String>), ColumnarError> {
        let mut reader = TableReader::open(source, &ReadOptions::default())?;
        let id = id_column(&reader, columns.id.as_deref())?;
        let has = |name: &&str| reader.columns().iter().any(|column| column == name);
        let present: Vec<&str> = columns.wanted().into_iter().filter(has).collect();
        let mut wanted = vec![id];
        wanted.extend(reader.columns_named(&present)?);
        let id_name = reader.columns()[id].clone();
        let name = reader.name().to_owned();
        let mut rows = HashMap::new();
        let mut builders = builders(columns, &present);
        while let Some(chunk) = reader.next_chunk(&wanted)? {
            for row in 0..chunk.rows() {
                let at = rows.len() as u32;
                let fault = |problem: &str, fix: &str| ColumnarError::Cell {
                    file: name.clone(),
                    row: chunk.first_row() + row as u64,
                    column: id_name.clone(),
                    problem: problem.to_owned(),
                    fix: fix.to_owned(),
                };
                let id = chunk.get(row, 0).trim();
                if id.is_empty() {
                    return Err(fault("the record id is empty", "give every record an id"));
                }
                if rows.insert(id.to_owned(), at).is_some() {
                    return Err(fault(
                        "the id occurs in an earlier row, too",
                        "give every record its own id",
                    ));
                }
                for builder in &mut builders {
                    builder.take(&name, chunk.get(row, builder.place + 1).trim())?;
                }
            }
        }
        let attributes = builders.into_iter().map(Builder::finish).collect();
        Ok((Self { rows, attributes }, present.into_iter().map(str::to_owned).collect()))
    }

    pub(crate) fn attribute(&self, title: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.title == title)
    }
}

/// The tables of both sides, as far as given.
#[derive(Debug, Default)]
pub(crate) struct PeopleTables {
    pub(crate) left: Option<PeopleTable>,
    pub(crate) right: Option<PeopleTable>,
}

impl PeopleTables {
    /// Reads the tables. A column must be in one of them.
    pub(crate) fn read(
        left: Option<&Source>,
        right: Option<&Source>,
        columns: &GroupColumns,
    ) -> Result<Self, ColumnarError> {
        let mut found = BTreeSet::new();
        let mut read = |source: Option<&Source>| -> Result<Option<PeopleTable>, ColumnarError> {
            let Some(source) = source else { return Ok(None) };
            let (table, present) = PeopleTable::read(source, columns)?;
            found.extend(present);
            Ok(Some(table))
        };
        let tables = Self { left: read(left)?, right: read(right)? };
        if let Some(missing) = columns.wanted().into_iter().find(|column| !found.contains(*column)) {
            let files: Vec<String> = [left, right].into_iter().flatten().map(Source::name).collect();
            return Err(ColumnarError::File {
                file: files.join(", "),
                problem: format!("no column {missing:?}, by which people are to be grouped"),
                fix: "name a column of the left or the right table".to_owned(),
            });
        }
        Ok(tables)
    }
}

/// The column of the ids: the given one, or one with a typical name.
pub(crate) fn id_column(reader: &TableReader, given: Option<&str>) -> Result<usize, ColumnarError> {
    if let Some(column) = given {
        return reader.column(column);
    }
    let plain = |header: &str| -> String {
        header.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
    };
    let is_id = |header: &String| ID_HEADERS.contains(&plain(header).as_str());
    reader.columns().iter().position(is_id).ok_or_else(|| ColumnarError::File {
        file: reader.name().to_owned(),
        problem: "no column is named like a record id".to_owned(),
        fix: "name it with --id-column".to_owned(),
    })
}

/// Makes an attribute out of a column.
struct Builder {
    title: String,
    column: String,
    /// Position among the columns that are read, without the id.
    place: usize,
    kind: BuilderKind,
    of: Vec<u32>,
}

enum BuilderKind {
    /// Labels by value; the numbers are the groups.
    Labels { labels: BTreeMap<GroupLabel, u32>, label: fn(&str) -> GroupLabel, limit: usize },
    /// Digests of values, of which each has a number; how many records have it; whether they are missing.
    Frequency {
        numbers: HashMap<u64, u32>,
        counts: Vec<u32>,
        missing: Option<u32>,
        band: fn(u32) -> GroupLabel,
    },
}

fn builders(columns: &GroupColumns, present: &[&str]) -> Vec<Builder> {
    let labels = |label, limit| BuilderKind::Labels { labels: BTreeMap::new(), label, limit };
    let frequency =
        |band| BuilderKind::Frequency { numbers: HashMap::new(), counts: Vec::new(), missing: None, band };
    let mut wanted: Vec<(String, &str, BuilderKind)> = Vec::new();
    for by in &columns.by {
        wanted.push((by.clone(), by, labels(as_it_is, MAX_VALUES)));
    }
    if let Some(names) = &columns.names {
        wanted.push(("script of the name".to_owned(), names, labels(script, usize::MAX)));
        wanted.push(("frequency of the name".to_owned(), names, frequency(name_band)));
    }
    if let Some(birth) = &columns.birth_date {
        wanted.push(("decade of birth".to_owned(), birth, labels(decade, usize::MAX)));
    }
    if let Some(household) = &columns.household {
        wanted.push(("household size".to_owned(), household, frequency(size_band)));
    }
    let builder = |(title, column, kind): (String, &str, BuilderKind)| {
        let place = present.iter().position(|name| *name == column)?;
        Some(Builder { title, column: column.to_owned(), place, kind, of: Vec::new() })
    };
    wanted.into_iter().filter_map(builder).collect()
}

impl Builder {
    fn take(&mut self, file: &str, value: &str) -> Result<(), ColumnarError> {
        let value = if value == mizuhiki_columnar::UNREADABLE { "" } else { value };
        match &mut self.kind {
            BuilderKind::Labels { labels, label, limit } => {
                let next = labels.len() as u32;
                let group = *labels.entry(label(value)).or_insert(next);
                if labels.len() > *limit {
                    return Err(ColumnarError::File {
                        file: file.to_owned(),
                        problem: format!(
                            "column {:?} has more than {MAX_VALUES} distinct values",
                            self.column
                        ),
                        fix: "group by a column of few values, such as sex; --names, --birth-date and \
                              --household make groups of others"
                            .to_owned(),
                    });
                }
                self.of.push(group);
            }
            BuilderKind::Frequency { numbers, counts, missing, .. } => {
                // Equality is all that is needed of a value, so that none is kept.
                let mut hasher = DefaultHasher::new();
                value.hash(&mut hasher);
                let next = counts.len() as u32;
                let number = *numbers.entry(hasher.finish()).or_insert(next);
                if number == next {
                    counts.push(0);
                }
                counts[number as usize] += 1;
                if value.is_empty() {
                    *missing = Some(number);
                }
                self.of.push(number);
            }
        }
        Ok(())
    }

    fn finish(self) -> Attribute {
        match self.kind {
            BuilderKind::Labels { labels, .. } => {
                let mut by_number: Vec<(u32, GroupLabel)> =
                    labels.into_iter().map(|(label, number)| (number, label)).collect();
                by_number.sort_unstable();
                let labels = by_number.into_iter().map(|(_, label)| label).collect();
                Attribute { title: self.title, labels, of: self.of }
            }
            BuilderKind::Frequency { counts, missing, band, .. } => {
                let mut labels: BTreeMap<GroupLabel, u32> = BTreeMap::new();
                let mut order = Vec::new();
                let groups: Vec<u32> = counts
                    .iter()
                    .zip(0..)
                    .map(|(&count, number)| {
                        let label = if missing == Some(number) { missing_label() } else { band(count) };
                        let next = order.len() as u32;
                        *labels.entry(label.clone()).or_insert_with(|| {
                            order.push(label);
                            next
                        })
                    })
                    .collect();
                let of = self.of.iter().map(|&number| groups[number as usize]).collect();
                Attribute { title: self.title, labels: order, of }
            }
        }
    }
}

fn missing_label() -> GroupLabel {
    (u32::MAX, MISSING.to_owned())
}

fn as_it_is(value: &str) -> GroupLabel {
    if value.is_empty() { missing_label() } else { (0, value.to_owned()) }
}

fn script(name: &str) -> GroupLabel {
    script_of(name).map_or_else(missing_label, |script| (0, script.to_owned()))
}

/// The decade of a date that one of the locale packs can read.
fn decade(date: &str) -> GroupLabel {
    let mut text = String::new();
    let year = packs().iter().find_map(|pack| {
        let read = pack.normalize("date", "day", date, &mut text) == Normalization::Value;
        text.get(..4).filter(|_| read).and_then(|year| year.parse::<u32>().ok())
    });
    year.map_or_else(missing_label, |year| {
        let first = year / 10 * 10;
        (first, format!("born {first}–{}", first + 9))
    })
}

fn name_band(records: u32) -> GroupLabel {
    let (place, label) = match records {
        0..=1 => (0, "1 record has it"),
        2..=5 => (1, "2–5 records have it"),
        6..=20 => (2, "6–20 records have it"),
        21..=100 => (3, "21–100 records have it"),
        _ => (4, "more than 100 records have it"),
    };
    (place, label.to_owned())
}

/// Sizes of households, and numbers of a person's records.
pub(crate) fn size_band(records: u32) -> GroupLabel {
    if records >= 5 { (5, "5 or more".to_owned()) } else { (records, records.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str, columns: &GroupColumns) -> Result<(PeopleTable, Vec<String>), ColumnarError> {
        let folder = std::env::temp_dir().join(format!(
            "mizuhiki-evaluate-people-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        ));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("people.csv");
        std::fs::write(&path, text).unwrap();
        let read = PeopleTable::read(&Source::Path(path), columns);
        std::fs::remove_dir_all(&folder).unwrap();
        read
    }

    fn labels(table: &PeopleTable, title: &str) -> Vec<String> {
        let attribute = table.attribute(title).unwrap();
        attribute.of.iter().map(|group| attribute.labels[*group as usize].1.clone()).collect()
    }

    #[test]
    fn records_have_groups() {
        let columns = GroupColumns {
            id: None,
            by: vec!["sex".to_owned(), "elsewhere".to_owned()],
            household: Some("home".to_owned()),
            names: Some("name".to_owned()),
            birth_date: Some("born".to_owned()),
        };
        let text = "name,Rec_ID,sex,born,home\n佐藤,1,f,1985-02-03,h1\n佐藤,2,m,S60.4.1,h1\nLee,3,,20010230,h2\n,4,f,,\n";
        let (people, present) = table(text, &columns).unwrap();
        assert_eq!(present, ["sex", "name", "born", "home"]);
        assert_eq!((people.rows["1"], people.rows["4"], people.rows.len()), (0, 3, 4));
        assert_eq!(labels(&people, "sex"), ["f", "m", "missing", "f"]);
        assert_eq!(labels(&people, "script of the name"), ["kanji", "kanji", "Latin", "missing"]);
        let frequent = "2–5 records have it";
        assert_eq!(
            labels(&people, "frequency of the name"),
            [frequent, frequent, "1 record has it", "missing"]
        );
        let eighties = "born 1980–1989";
        assert_eq!(labels(&people, "decade of birth"), [eighties, eighties, "missing", "missing"]);
        assert_eq!(labels(&people, "household size"), ["2", "2", "1", "missing"]);
        assert!(people.attribute("elsewhere").is_none());
    }

    #[test]
    fn unusable_tables_are_refused() {
        let by = |column: &str| GroupColumns { by: vec![column.to_owned()], ..GroupColumns::default() };
        let text = |error: ColumnarError| error.to_string();
        let many: String = (0..60).map(|n| format!("{n},Marker{n}\n")).collect();
        let refused = text(table(&format!("id,name\n{many}"), &by("name")).unwrap_err());
        assert!(refused.contains("column \"name\" has more than 50 distinct values"), "{refused}");
        assert!(!refused.contains("Marker"), "{refused}");
        let twice = text(table("id,sex\n1,f\n1,m\n", &by("sex")).unwrap_err());
        assert!(twice.contains("row 2, column \"id\": the id occurs in an earlier row"), "{twice}");
        let empty = text(table("id,sex\n ,f\n", &by("sex")).unwrap_err());
        assert!(empty.contains("row 1, column \"id\": the record id is empty"), "{empty}");
        let without = text(table("number,sex\n1,f\n", &by("sex")).unwrap_err());
        assert!(without.contains("--id-column"), "{without}");
    }
}
