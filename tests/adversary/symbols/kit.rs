//! Synthetic people, and their tokens as made by custodians.

use std::collections::HashMap;
use std::path::Path;
use std::sync::LazyLock;

use mizuhiki_columnar::{Format, ReadOptions, Source, TableReader, read_pairs, read_tokens};
use mizuhiki_custodian::{EncodeJob, IdPolicy, encode_file};
use mizuhiki_encode::conformance::row_symbols;
use mizuhiki_encode::{Encoder, LinkageKey};
use mizuhiki_evaluate::{JapanSpec, Rates, make_japan};
use mizuhiki_exchange::{CustodianId, Run, RunName, SymbolReader as _, Task};
use mizuhiki_files::Target;
use mizuhiki_schema::LinkageSchema;
use serde_json::Value;

pub(crate) const KANJI: &str = include_str!("../../../protocols/schema/examples/people-ja-kanji.json");

/// Symbols of a view, and of a record, in that schema.
pub(super) static PER_VIEW: LazyLock<usize> =
    LazyLock::new(|| kanji_schema(|_| ()).symbols().unwrap().per_view);
pub(super) static PER_RECORD: LazyLock<usize> =
    LazyLock::new(|| kanji_schema(|_| ()).symbols().unwrap().per_record);

/// People of the registry.
const PEOPLE: u32 = 8_000;

/// A plaintext table in memory.
#[derive(Clone)]
pub(crate) struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn read(path: &Path) -> Self {
        let mut reader = TableReader::open(&Source::Path(path.to_owned()), &ReadOptions::default()).unwrap();
        let columns = reader.columns().to_vec();
        let wanted: Vec<usize> = (0..columns.len()).collect();
        let mut rows = Vec::new();
        while let Some(chunk) = reader.next_chunk(&wanted).unwrap() {
            let row = |row| wanted.iter().map(|&column| chunk.get(row, column).to_owned()).collect();
            rows.extend((0..chunk.rows()).map(row));
        }
        Self { columns, rows }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }

    /// A value; empty where the table has no such column.
    pub(crate) fn get(&self, row: usize, column: &str) -> &str {
        self.place(column).map_or("", |place| &self.rows[row][place])
    }

    pub(super) fn set(&mut self, row: usize, column: &str, value: &str) {
        let place = self.place(column).unwrap();
        value.clone_into(&mut self.rows[row][place]);
    }

    /// Some of the rows.
    pub(super) fn take(&self, rows: impl IntoIterator<Item = usize>) -> Self {
        let rows = rows.into_iter().map(|row| self.rows[row].clone()).collect();
        Self { columns: self.columns.clone(), rows }
    }

    /// The first part of the name in kanji.
    pub(super) fn surname(&self, row: usize) -> &str {
        self.get(row, "name_kanji").split(['　', ' ']).next().unwrap_or_default()
    }

    /// Number of rows per record: every name with every address.
    pub(super) fn alternatives(&self, row: usize) -> usize {
        let more = |column| 1 + usize::from(!self.get(row, column).is_empty());
        more("alias") * more("previous_address")
    }

    pub(crate) fn index(&self) -> HashMap<&str, usize> {
        (0..self.len()).map(|row| (self.get(row, "record_id"), row)).collect()
    }
}

/// Sets of symbols, in the order of a table.
pub(super) struct Tokens {
    pub(super) per_record: usize,
    symbols: Vec<u64>,
}

impl Tokens {
    pub(super) fn len(&self) -> usize {
        self.symbols.len() / self.per_record
    }

    pub(super) fn of(&self, row: usize) -> &[u64] {
        &self.symbols[row * self.per_record..(row + 1) * self.per_record]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u64]> {
        self.symbols.chunks_exact(self.per_record)
    }

    /// Every symbol with the record that has it, in order of symbols.
    pub(super) fn holders(&self) -> Vec<(u64, u32)> {
        let each = self.symbols.iter().enumerate();
        let mut holders: Vec<(u64, u32)> =
            each.map(|(at, &symbol)| (symbol, (at / self.per_record) as u32)).collect();
        holders.sort_unstable();
        holders
    }
}

/// Common symbols of two ascending sets: their positions in each.
pub(super) fn common(left: &[u64], right: &[u64]) -> Vec<(usize, usize)> {
    let (mut a, mut b, mut found) = (0, 0, Vec::new());
    while a < left.len() && b < right.len() {
        if left[a] == right[b] {
            found.push((a, b));
        }
        let (next_a, next_b) = (left[a] <= right[b], right[b] <= left[a]);
        a += usize::from(next_a);
        b += usize::from(next_b);
    }
    found
}

/// People of Japan in two custodians' tables, and the rows of those in both.
pub(super) struct Japan {
    pub(super) registry: Table,
    pub(super) insurer: Table,
    /// Why each of the insurer's records differs from the registry's.
    pub(super) causes: Vec<String>,
    pub(super) linked: Vec<(usize, usize)>,
    /// Files of task `link` and run `a`, and one of task `dedupe`.
    pub(super) registry_tokens: Tokens,
    pub(super) insurer_tokens: Tokens,
    pub(super) registry_dedupe: Tokens,
}

/// The same people for all attacks.
pub(super) static JAPAN: LazyLock<Japan> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let spec = JapanSpec {
        people: PEOPLE,
        seed: 23,
        rates: Rates::default(),
        municipality: None,
        format: Format::Csv,
    };
    make_japan(&spec, folder, &|_, _| {}).unwrap();
    let table = |name: &str| Table::read(&folder.join(format!("{name}.csv")));
    let (registry, insurer) = (table("registry"), table("insurer"));
    let (left, right) = (insurer.index(), registry.index());
    let pairs = read_pairs(&Source::Path(folder.join("truth-insurer-registry.csv"))).unwrap();
    let linked = pairs.iter().map(|(a, b)| (left[a.as_str()], right[b.as_str()])).collect();
    let entries = table("truth-entries-insurer");
    let entry = entries.index();
    let causes =
        (0..insurer.len()).map(|row| entries.get(entry[insurer.get(row, "record_id")], "causes").to_owned());
    let causes = causes.collect();
    let schema = LinkageSchema::parse(KANJI).unwrap();
    let encode = |name: &str, table: &Table, task| {
        encode_csv(&schema, &folder.join(format!("{name}.csv")), table, name, &run(task, "a"))
    };
    Japan {
        registry_tokens: encode("registry", &registry, Task::Link),
        insurer_tokens: encode("insurer", &insurer, Task::Link),
        registry_dedupe: encode("registry", &registry, Task::Dedupe),
        registry,
        insurer,
        causes,
        linked,
    }
});

/// The registry's people with one name and one address, and their labeled symbols, for attacks on the symbols
/// themselves.
pub(super) static ONE_ROW: LazyLock<(Table, Vec<Labelled>)> = LazyLock::new(|| {
    let mut table = JAPAN.registry.clone();
    for row in 0..table.len() {
        table.set(row, "alias", "");
        table.set(row, "previous_address", "");
    }
    // As many bits per view as diffused tokens had, for comparison.
    let schema = kanji_schema(|schema| {
        schema["symbols"]["perView"] = 32.into();
        schema["symbols"]["perRecord"] = 512.into();
    });
    let symbols = labelled(&schema, &table);
    (table, symbols)
});

pub(super) fn run(task: Task, name: &str) -> Run {
    Run { task, name: RunName::new(name).unwrap(), ..Run::default() }
}

fn key() -> LinkageKey {
    LinkageKey::from_bytes(&[9; 32]).unwrap()
}

/// A table's tokens as sent by its custodian.
pub(super) fn encode(schema: &LinkageSchema, table: &Table, custodian: &str, run: &Run) -> Tokens {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.tsv");
    let line = |row: &Vec<String>| format!("{}\n", row.join("\t"));
    let text: String = std::iter::once(&table.columns).chain(&table.rows).map(line).collect();
    std::fs::write(&path, text).unwrap();
    encode_csv(schema, &path, table, custodian, run)
}

fn encode_csv(schema: &LinkageSchema, path: &Path, table: &Table, custodian: &str, run: &Run) -> Tokens {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("tokens.arrow");
    let job = EncodeJob {
        input: Source::Path(path.to_owned()),
        options: ReadOptions::default(),
        schema,
        key: &key(),
        output: Target::Path(output.clone()),
        custodian: CustodianId::new(custodian).unwrap(),
        run: run.clone(),
        id_column: Some("record_id".to_owned()),
        ids: IdPolicy::Keep,
        threads: 1,
    };
    encode_file(job, &|_, _| {}).unwrap();
    let file = read_tokens(&Source::Path(output)).unwrap();
    let symbols = file.symbols.unwrap();
    let per_record = symbols.per_record();
    let rows = table.index();
    let mut found = vec![0; table.len() * per_record];
    let mut take = |records: &[u32], symbols: &[u64]| {
        for (&record, symbols) in records.iter().zip(symbols.chunks_exact(per_record)) {
            let row = rows[file.set.ids().get(record as usize)];
            found[row * per_record..(row + 1) * per_record].copy_from_slice(symbols);
        }
    };
    symbols.read(&mut take).unwrap();
    Tokens { per_record, symbols: found }
}

/// A changed schema of people in kanji.
pub(super) fn kanji_schema(change: impl FnOnce(&mut Value)) -> LinkageSchema {
    let mut document: Value = serde_json::from_str(KANJI).unwrap();
    change(&mut document);
    LinkageSchema::parse(&document.to_string()).unwrap()
}

/// One row per record, with all fields in one plain filter: the tokens that are attacked in the literature.
pub(crate) fn plain_schema() -> LinkageSchema {
    kanji_schema(|document| {
        document["profile"] = "plain".into();
        document.as_object_mut().unwrap().remove("symbols");
        document.as_object_mut().unwrap().remove("confirm");
        document["limits"]["maxAlternatives"] = 1.into();
        document["views"].as_array_mut().unwrap().truncate(1);
    })
}

/// Plain filters under a key, as words.
pub(super) fn filters(table: &Table, secret: u8) -> Vec<Vec<u64>> {
    let schema = plain_schema();
    let key = LinkageKey::from_bytes(&[secret; 32]).unwrap();
    let encoder = Encoder::new(&schema, &key, &Run::default(), &CustodianId::new("a").unwrap()).unwrap();
    let columns = encoder.columns().to_vec();
    let value = |row: usize, column: usize| table.get(row, &columns[column]);
    let rows = encoder.worker().encode(table.len(), 1, &value).unwrap();
    let bytes = rows.views[0].chunks_exact(schema.filter_bits() / 8);
    bytes.map(|row| row.as_chunks().0.iter().map(|word| u64::from_be_bytes(*word)).collect()).collect()
}

/// The real symbols of each record, as a set, before suppression and padding.
pub(super) fn real_symbols(schema: &LinkageSchema, table: &Table, run: &Run) -> Vec<Vec<u64>> {
    let encoder = Encoder::new(schema, &key(), run, &CustodianId::new("a").unwrap()).unwrap();
    let columns = encoder.columns().to_vec();
    let value = |row: usize, column: usize| table.get(row, &columns[column]);
    let rows = encoder.worker().encode(table.len(), 1, &value).unwrap();
    rows.symbols.iter().map(<[u64]>::to_vec).collect()
}

/// Symbols of a record with their labels: for each view those with number 0, 1, …, or none without a token.
/// No party receives this much.
pub(super) type Labelled = Vec<Option<Vec<u64>>>;

/// The labeled symbols of each record; of its first row if it has several.
pub(super) fn labelled(schema: &LinkageSchema, table: &Table) -> Vec<Labelled> {
    let run = run(Task::Link, "a");
    let encoder = Encoder::new(schema, &key(), &run, &CustodianId::new("a").unwrap()).unwrap();
    let columns = encoder.columns();
    let first = |row: usize| {
        let mut rows = row_symbols(&encoder, &|column| table.get(row, &columns[column])).unwrap();
        rows.swap_remove(0)
    };
    (0..table.len()).map(first).collect()
}
