//! People and their rows.

use std::sync::LazyLock;

use mizuhiki_columnar::Format;
use mizuhiki_encode::{LinkageKey, PairEncoder, PairWorker};
use mizuhiki_evaluate::{JapanSpec, Rates, make_japan};
use mizuhiki_exchange::{Run, RunName, Side, Task};
use mizuhiki_schema::AuditSchema;

use crate::symbols::kit::Table;

pub(super) const KANJI: &str = include_str!("../../../protocols/schema/examples/audit-ja-kanji.json");
pub(super) const KANA: &str = include_str!("../../../protocols/schema/examples/audit-ja-kana.json");

/// People of the population.
const PEOPLE: u32 = 100_000;

/// A registry of 100,000 people with all their names, and the links of others to it.
pub(super) struct Population {
    pub(super) registry: Table,
    pub(super) bank: Table,
    pub(super) insurer: Table,
    pub(super) bank_links: Table,
    pub(super) insurer_links: Table,
}

pub(super) static POPULATION: LazyLock<Population> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let spec = JapanSpec {
        people: PEOPLE,
        seed: 14,
        rates: Rates::default(),
        municipality: None,
        format: Format::Csv,
    };
    make_japan(&spec, folder.path(), &|_, _| {}).unwrap();
    let table = |name: &str| Table::read(&folder.path().join(format!("{name}.csv")));
    Population {
        registry: table("registry"),
        bank: table("bank"),
        insurer: table("insurer"),
        bank_links: table("links-bank-registry"),
        insurer_links: table("links-insurer-registry"),
    }
});

pub(super) fn named(project: &str, run: &str) -> Run {
    let name = |text| RunName::new(text).unwrap();
    Run { task: Task::Audit, project: name(project), name: name(run) }
}

/// An encoder of a side under one key.
pub(super) fn encoder(schema: &str, side: Side, run: &Run) -> PairEncoder {
    let schema = AuditSchema::parse(schema).unwrap();
    let key = LinkageKey::from_bytes(&[3; 32]).unwrap();
    PairEncoder::new(&schema, &key, run, (side.name(), side)).unwrap()
}

/// Reads a row of a table.
pub(super) fn read(worker: &mut PairWorker<'_>, encoder: &PairEncoder, table: &Table, row: usize) {
    let columns = encoder.columns();
    worker.read(1, &|column| table.get(row, &columns[column])).unwrap();
}

/// The row of a record under a handle, without neighbors.
pub(super) fn sealed(
    worker: &mut PairWorker<'_>,
    encoder: &PairEncoder,
    (table, row): (&Table, usize),
    handle: &str,
) -> Vec<u8> {
    read(worker, encoder, table, row);
    let mut sealed = Vec::new();
    worker.seal(handle, &|_| None, &mut sealed);
    sealed
}

/// Naive Bayes over all bits of a row: the most probable class.
pub(super) struct Bayes {
    /// By class, the log-odds of each bit, and the sum of log shares of unset bits with the log prior.
    weights: Vec<(Vec<f64>, f64)>,
}

impl Bayes {
    /// Learns from rows of known classes; with `prior`, also the frequencies of the classes.
    pub(super) fn learn(rows: &[Vec<u8>], classes: &[usize], count: usize, prior: bool) -> Self {
        let bits = rows[0].len() * 8;
        let mut set = vec![vec![0.5_f64; bits]; count];
        let mut of = vec![1.0_f64; count];
        for (row, &class) in rows.iter().zip(classes) {
            of[class] += 1.0;
            for (bit, sum) in set[class].iter_mut().enumerate() {
                *sum += f64::from(row[bit / 8] >> (7 - bit % 8) & 1);
            }
        }
        let weights = set.into_iter().zip(of).map(|(set, of)| {
            let shares: Vec<f64> = set.into_iter().map(|sum| sum / of).collect();
            let base: f64 = shares.iter().map(|share| (1.0 - share).ln()).sum();
            let odds = shares.into_iter().map(|share| (share / (1.0 - share)).ln()).collect();
            (odds, base + if prior { of.ln() } else { 0.0 })
        });
        Self { weights: weights.collect() }
    }

    pub(super) fn guess(&self, row: &[u8]) -> usize {
        let set: Vec<usize> =
            (0..row.len() * 8).filter(|bit| row[bit / 8] >> (7 - bit % 8) & 1 == 1).collect();
        let score = |(odds, base): &(Vec<f64>, f64)| base + set.iter().map(|&bit| odds[bit]).sum::<f64>();
        let scores: Vec<f64> = self.weights.iter().map(score).collect();
        (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap()
    }
}
