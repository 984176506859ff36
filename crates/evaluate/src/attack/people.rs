//! People as an attacker's list shows them: values as the schema reads them, and what could be inferred.

use std::collections::BTreeMap;

use mizuhiki_columnar::{ColumnarError, ReadOptions, Source, TableReader};
use mizuhiki_encode::Encoder;
use mizuhiki_locale::{Normalization, Pack, Role, pack};
use mizuhiki_schema::{InputColumn, LinkageSchema, SchemaBody, TokenSchema};

/// Class of a person without a value.
pub(crate) const NO_CLASS: u32 = u32::MAX;

/// An attribute that an attacker wants to infer.
pub(crate) struct Attribute {
    pub(crate) name: String,
    /// Class of each person; [`NO_CLASS`] without a value.
    pub(crate) classes: Vec<u32>,
    /// Number of classes.
    pub(crate) count: usize,
}

/// Where the ids of people's tokens are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeopleIds {
    /// In a column of the table.
    Column(String),
    /// Here, in the order of the table's rows.
    InOrder(Vec<String>),
}

/// A table of people, as the schema reads it.
pub struct PeopleList {
    ids: Vec<String>,
    /// Names of the columns that the schema reads.
    columns: Vec<String>,
    /// Values of those columns, row by row.
    values: Vec<Vec<String>>,
    /// Normalized values of the fields, row by row; empty without one.
    normal: Vec<Vec<String>>,
    fields: Vec<FieldForm>,
}

/// How a field's value is normalized, and the attribute that it gives.
#[derive(Clone)]
struct FieldForm {
    name: String,
    role: Role,
    columns: Vec<(usize, String)>,
    level: Option<String>,
    municipality: bool,
}

impl PeopleList {
    /// Reads a table of people: ids, and the columns that `schema` reads. Columns that the table lacks count
    /// as empty, as they do when it is encoded.
    ///
    /// # Errors
    /// [`ColumnarError`] if the table cannot be read, lacks the column of ids, or has another number of rows than
    /// there are ids.
    ///
    /// # Panics
    /// If `encoder` is not of `schema`.
    pub fn read(
        source: &Source,
        options: &ReadOptions,
        (schema, encoder): (&LinkageSchema, &Encoder),
        ids: &PeopleIds,
    ) -> Result<Self, ColumnarError> {
        let mut reader = TableReader::open(source, options)?;
        let columns = encoder.columns().to_vec();
        let mut wanted = match ids {
            PeopleIds::Column(name) => vec![reader.column(name)?],
            PeopleIds::InOrder(_) => Vec::new(),
        };
        let places: Vec<Option<usize>> = columns
            .iter()
            .map(|column| {
                let index = reader.columns().iter().position(|name| name == column)?;
                wanted.push(index);
                Some(wanted.len() - 1)
            })
            .collect();
        let fields = fields_of(schema, &columns);
        let mut list = Self { ids: Vec::new(), columns, values: Vec::new(), normal: Vec::new(), fields };
        while let Some(chunk) = reader.next_chunk(&wanted)? {
            for row in 0..chunk.rows() {
                if let PeopleIds::Column(_) = ids {
                    list.ids.push(chunk.get(row, 0).to_owned());
                }
                let value =
                    |place: &Option<usize>| place.map_or("", |place| chunk.get(row, place)).to_owned();
                list.values.push(places.iter().map(value).collect());
            }
        }
        if let PeopleIds::InOrder(ids) = ids {
            list.ids.clone_from(ids);
        }
        if list.ids.len() != list.values.len() {
            return Err(ColumnarError::File {
                file: source.name(),
                problem: format!("{} rows, but {} tokens", list.values.len(), list.ids.len()),
                fix: "encode again, and do not change the table meanwhile".to_owned(),
            });
        }
        let pack = match schema.body() {
            SchemaBody::Tokens(body) => pack(&body.pack),
            SchemaBody::Clkhash(_) => None,
        };
        list.normal = list.values.iter().map(|row| normalized(pack, &list.fields, row)).collect();
        Ok(list)
    }

    /// Number of people.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    pub(crate) fn ids(&self) -> &[String] {
        &self.ids
    }

    /// Only the rows `rows`, in this order.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        let take = |table: &[Vec<String>]| rows.iter().map(|&row| table[row].clone()).collect();
        Self {
            ids: rows.iter().map(|&row| self.ids[row].clone()).collect(),
            columns: self.columns.clone(),
            values: take(&self.values),
            normal: take(&self.normal),
            fields: self.fields.clone(),
        }
    }

    /// Records with these values, in the order of the columns of the schema's encoder, without ids of their own.
    pub(crate) fn made_up(&self, values: Vec<Vec<String>>) -> Self {
        Self {
            ids: (0..values.len()).map(|row| row.to_string()).collect(),
            columns: self.columns.clone(),
            normal: vec![Vec::new(); values.len()],
            values,
            fields: self.fields.clone(),
        }
    }

    /// The values of row `row` with an attribute of row `donor`; of a date, only the year. `None` if
    /// no field has the attribute.
    pub(crate) fn with_attribute_of(
        &self,
        (row, donor): (usize, usize),
        attribute: &str,
    ) -> Option<Vec<String>> {
        let at = self.fields.iter().position(|field| field.attribute() == Some(attribute))?;
        let mut values = self.values[row].clone();
        let place = self.fields[at].place(&values)?;
        let new = |field: usize| {
            let (own, donors) = (&self.normal[row][field], &self.normal[donor][field]);
            match self.fields[field].role {
                _ if field != at => own.clone(),
                Role::Date => donors.chars().take(4).chain(own.chars().skip(4)).collect(),
                _ => donors.clone(),
            }
        };
        // A column with a whole name is read by several fields.
        let parts: Vec<String> = (0..self.fields.len())
            .filter(|&field| self.fields[field].place(&values) == Some(place))
            .map(new)
            .collect();
        values[place] = parts.join("\u{3000}");
        Some(values)
    }

    /// A value of a row by the number of a column of the schema's encoder.
    pub(crate) fn value(&self, row: usize, column: usize) -> &str {
        &self.values[row][column]
    }

    /// Normalized values of a row, one per field.
    pub(crate) fn texts(&self, row: usize) -> &[String] {
        &self.normal[row]
    }

    /// Number of characters of a row's normalized values: what a filter's weight could disclose.
    pub(crate) fn letters(&self, row: usize) -> usize {
        self.normal[row].iter().map(|text| text.chars().count()).sum()
    }

    /// Several lists have one numbering of classes.
    pub(crate) fn attributes(lists: &[&Self]) -> Vec<Vec<Attribute>> {
        let mut all: Vec<Vec<Attribute>> = lists.iter().map(|_| Vec::new()).collect();
        for (number, field) in lists[0].fields.iter().enumerate() {
            let Some(name) = field.attribute() else { continue };
            if all[0].iter().any(|attribute| attribute.name == name) {
                continue;
            }
            let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
            let texts = |list: &Self| -> Vec<String> {
                list.normal.iter().map(|row| field.shown(&row[number])).collect()
            };
            let of_lists: Vec<Vec<String>> = lists.iter().map(|list| texts(list)).collect();
            of_lists.iter().flatten().filter(|text| !text.is_empty()).for_each(|text| {
                numbers.entry(text.clone()).or_default();
            });
            numbers.values_mut().zip(0..).for_each(|(number, next)| *number = next);
            for (attributes, texts) in all.iter_mut().zip(&of_lists) {
                let classes = texts.iter().map(|text| numbers.get(text).copied().unwrap_or(NO_CLASS));
                attributes.push(Attribute {
                    name: name.to_owned(),
                    classes: classes.collect(),
                    count: numbers.len(),
                });
            }
        }
        all
    }

    /// A number for each person that is equal for people of one household: of equal values in all fields that
    /// say where somebody lives, and in the family name. `None` if the schema does not read these.
    pub(crate) fn households(&self) -> Option<Vec<u32>> {
        let where_it_is = |role: Role| {
            matches!(role, Role::Address | Role::Street | Role::Place | Role::Postcode | Role::FamilyName)
        };
        let fields: Vec<usize> =
            (0..self.fields.len()).filter(|&field| where_it_is(self.fields[field].role)).collect();
        let home = |field: &usize| self.fields[*field].role != Role::FamilyName;
        if !fields.iter().any(home) {
            return None;
        }
        let mut numbers: BTreeMap<Vec<&str>, u32> = BTreeMap::new();
        let mut of_row = Vec::with_capacity(self.len());
        for row in &self.normal {
            let texts: Vec<&str> = fields.iter().map(|&field| row[field].as_str()).collect();
            if texts.iter().any(|text| text.is_empty()) {
                of_row.push(NO_CLASS);
                continue;
            }
            let next = numbers.len() as u32;
            of_row.push(*numbers.entry(texts).or_insert(next));
        }
        Some(of_row)
    }
}

impl FieldForm {
    /// The column from which a record's value comes: the first that is not empty.
    fn place(&self, values: &[String]) -> Option<usize> {
        let filled = |place: &usize| !values[*place].trim().is_empty();
        self.columns.iter().map(|(place, _)| *place).find(filled)
    }

    /// The name of the attribute that the field gives.
    fn attribute(&self) -> Option<&str> {
        match self.role {
            Role::FamilyName => Some("family name"),
            Role::GivenName => Some("given name"),
            Role::Date => Some("year of birth"),
            Role::Sex => Some("sex"),
            Role::Address if self.municipality => Some("municipality"),
            Role::Place => Some("place"),
            Role::Postcode => Some("postcode"),
            Role::FullName | Role::Street | Role::Address => None,
            _ => Some(&self.name),
        }
    }

    /// The part of a normalized value that is the attribute.
    fn shown(&self, text: &str) -> String {
        match self.role {
            Role::Date => text.chars().take(4).collect(),
            Role::Address => municipality(text),
            _ => text.to_owned(),
        }
    }
}

/// The first part of a normalized Japanese address: prefecture and municipality.
fn municipality(text: &str) -> String {
    let end = text.char_indices().skip(3).find(|(_, letter)| "市区町村".contains(*letter));
    end.map_or_else(String::new, |(at, letter)| text[..at + letter.len_utf8()].to_owned())
}

fn fields_of(schema: &LinkageSchema, columns: &[String]) -> Vec<FieldForm> {
    let place = |name: &str| columns.iter().position(|column| column == name);
    match schema.body() {
        SchemaBody::Tokens(body) => body.fields.iter().map(|field| field_form(body, field, &place)).collect(),
        SchemaBody::Clkhash(_) => columns
            .iter()
            .enumerate()
            .map(|(at, column)| FieldForm {
                name: column.clone(),
                role: Role::Other,
                columns: vec![(at, String::new())],
                level: None,
                municipality: false,
            })
            .collect(),
    }
}

fn field_form(
    body: &TokenSchema,
    field: &mizuhiki_schema::Field,
    place: &dyn Fn(&str) -> Option<usize>,
) -> FieldForm {
    let pack = pack(&body.pack);
    let known = |kind: &str| pack.and_then(|pack| pack.kinds().iter().find(|known| known.name == kind));
    let kind_of = |column: &InputColumn| column.kind.clone().unwrap_or_else(|| field.kind.clone());
    let columns = body.inputs[field.input].columns.iter();
    let columns = columns.filter_map(|column| Some((place(&column.column)?, kind_of(column)))).collect();
    let kind = known(&field.kind);
    FieldForm {
        name: field.name.clone(),
        role: kind.map_or(Role::Other, |kind| kind.role),
        columns,
        level: field.level.clone().or_else(|| kind.map(|kind| kind.default_level.to_owned())),
        municipality: kind.is_some_and(|kind| kind.levels.contains(&"municipality")),
    }
}

/// The first value of each field, normalized.
fn normalized(pack: Option<&dyn Pack>, fields: &[FieldForm], row: &[String]) -> Vec<String> {
    let mut out = String::new();
    let of_field = |field: &FieldForm| {
        let found = field.columns.iter().find(|(place, _)| !row[*place].trim().is_empty());
        let Some((place, kind)) = found else { return String::new() };
        let (Some(pack), Some(level)) = (pack, &field.level) else {
            return row[*place].trim().to_lowercase();
        };
        match pack.normalize(kind, level, &row[*place], &mut out) {
            Normalization::Value => out.clone(),
            _ => String::new(),
        }
    };
    fields.iter().map(of_field).collect()
}
