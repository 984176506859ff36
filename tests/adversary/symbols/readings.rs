//! Graph attack: readings of names that co-occur in records form a graph that public data have, too.
//!
//! Before sealed symbols, each reading was a separate row with block ids and the record's id. The ids of one
//! record, over all records, gave the graph of readings.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use mizuhiki_columnar::Format;
use mizuhiki_encode::conformance::row_symbols;
use mizuhiki_encode::{Encoder, LinkageKey};
use mizuhiki_evaluate::{JapanSpec, Rates, make_japan};
use mizuhiki_exchange::{CustodianId, Task};
use mizuhiki_locale::pack;
use mizuhiki_schema::LinkageSchema;

use super::kit::{JAPAN, Table, Tokens, encode, run};

const KANA: &str = include_str!("../../../protocols/schema/examples/people-ja-kana.json");

/// Maximum number of readings per name.
const READINGS: usize = 16;
/// Minimum number of records of an attacked id.
const LEAST: u32 = 25;

/// Number of records of the attacked file and of a public list of other people.
const PEOPLE: u32 = 30_000;

/// Given names of a registry whose people differ from those of other tests.
fn given_names(seed: u64) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let spec =
        JapanSpec { people: PEOPLE, seed, rates: Rates::default(), municipality: None, format: Format::Csv };
    make_japan(&spec, folder.path(), &|_, _| {}).unwrap();
    let table = Table::read(&folder.path().join("registry.csv"));
    let given =
        |row: usize| table.get(row, "name_kanji").split(['　', ' ']).nth(1).unwrap_or_default().to_owned();
    (0..table.len()).map(given).collect()
}

/// The readings of the given name that a record has.
fn readings(names: &[String]) -> Vec<Vec<String>> {
    let pack = pack("ja").unwrap();
    let mut known: HashMap<&str, Vec<String>> = HashMap::new();
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        let read = || {
            let readings = pack.part_readings("kana_given", name, READINGS);
            readings.into_iter().map(|reading| reading.text).collect()
        };
        found.push(known.entry(name).or_insert_with(read).clone());
    }
    found
}

/// Frequencies of ids in records and of their co-occurrences, in descending order.
struct Graph {
    names: Vec<String>,
    counts: Vec<u32>,
    beside: Vec<Vec<(usize, f64)>>,
}

impl Graph {
    fn new<'r>(records: impl Iterator<Item = &'r [String]>) -> Self {
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut graph = Self { names: Vec::new(), counts: Vec::new(), beside: Vec::new() };
        let mut pairs: Vec<HashMap<usize, u32>> = Vec::new();
        for record in records {
            let ids: Vec<usize> = record
                .iter()
                .map(|name| {
                    *numbers.entry(name.clone()).or_insert_with(|| {
                        graph.names.push(name.clone());
                        graph.counts.push(0);
                        pairs.push(HashMap::new());
                        graph.counts.len() - 1
                    })
                })
                .collect();
            for &id in &ids {
                graph.counts[id] += 1;
                for &other in ids.iter().filter(|&&other| other != id) {
                    *pairs[id].entry(other).or_default() += 1;
                }
            }
        }
        graph.beside = pairs
            .into_iter()
            .zip(&graph.counts)
            .map(|(pairs, &count)| {
                let mut shares: Vec<(usize, f64)> = pairs
                    .into_iter()
                    .map(|(other, times)| (other, f64::from(times) / f64::from(count)))
                    .collect();
                shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                shares.truncate(24);
                shares
            })
            .collect();
        graph
    }

    /// The structural features of an id: its frequency, and the frequencies of its neighbors and of their
    /// co-occurrences.
    fn look(&self, id: usize) -> Vec<f64> {
        let common = |id: usize| f64::from(self.counts[id]).ln();
        let mut look = vec![common(id)];
        for place in 0..8 {
            let (other, share) = self.beside[id].get(place).copied().unwrap_or((id, 0.0));
            look.push(2.0 * share);
            look.push(if share > 0.0 { 0.5 * common(other) } else { 0.0 });
        }
        look
    }
}

/// Assigns names of `public` to ids of `file`: by structural features, then iteratively by the names of their
/// neighbors.
fn decode(file: &Graph, public: &Graph) -> HashMap<usize, usize> {
    let attacked: Vec<usize> = (0..file.counts.len()).filter(|&id| file.counts[id] >= LEAST).collect();
    let candidates: Vec<usize> =
        (0..public.counts.len()).filter(|&name| public.counts[name] >= LEAST / 2).collect();
    let looks: Vec<Vec<f64>> = candidates.iter().map(|&name| public.look(name)).collect();
    let distance = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>();
    let mut found: HashMap<usize, usize> = HashMap::new();
    for &id in &attacked {
        let look = file.look(id);
        let best = (0..candidates.len())
            .min_by(|a, b| distance(&look, &looks[*a]).total_cmp(&distance(&look, &looks[*b])));
        found.extend(best.map(|best| (id, candidates[best])));
    }
    let shares: Vec<HashMap<usize, f64>> =
        candidates.iter().map(|&name| public.beside[name].iter().copied().collect()).collect();
    for _ in 0..8 {
        let mut next = HashMap::new();
        for &id in &attacked {
            let score = |at: usize| {
                let beside = file.beside[id]
                    .iter()
                    .filter_map(|(other, share)| Some(share.min(*shares[at].get(found.get(other)?)?)));
                let common = (f64::from(file.counts[id]) / f64::from(public.counts[candidates[at]])).ln();
                beside.sum::<f64>() - 0.3 * common.abs()
            };
            let best = (0..candidates.len()).max_by(|a, b| score(*a).total_cmp(&score(*b)));
            next.extend(best.map(|best| (id, candidates[best])));
        }
        found = next;
    }
    found
}

static PUBLIC: LazyLock<Graph> = LazyLock::new(|| {
    let names = given_names(32);
    Graph::new(readings(&names).iter().map(Vec::as_slice))
});

/// Control: ids of the readings of a record under the record's id.
#[test]
fn ids_of_readings_are_decoded_by_how_other_people_are_read() {
    let names = given_names(31);
    // The ids are keyed, but equal readings have equal ids.
    let id = |reading: &String| format!("id of {reading}");
    let records: Vec<Vec<String>> =
        readings(&names).iter().map(|record| record.iter().map(id).collect()).collect();
    let file = Graph::new(records.iter().map(Vec::as_slice));
    let found = decode(&file, &PUBLIC);
    let right = found.iter().filter(|(of, name)| file.names[**of] == id(&PUBLIC.names[**name])).count();
    println!("readings as rows: {right} of {} ids decoded", found.len());
    assert!(found.len() > 100 && right * 2 > found.len(), "{right} of {}", found.len());
}

fn kana_schema() -> LinkageSchema {
    LinkageSchema::parse(KANA).unwrap()
}

/// The same attack on sealed symbols: ids are symbols that several records have.
fn symbols_as_ids(tokens: &Tokens) -> Vec<Vec<String>> {
    let mut records: Vec<Vec<String>> = vec![Vec::new(); tokens.len()];
    for holders in tokens.holders().chunk_by(|a, b| a.0 == b.0).filter(|holders| holders.len() > 1) {
        for (symbol, record) in holders {
            records[*record as usize].push(symbol.to_string());
        }
    }
    records
}

#[test]
fn readings_of_a_record_in_one_token_decode_nothing() {
    let table = &JAPAN.registry;
    let schema = kana_schema();
    let sent = encode(&schema, table, "registry", &run(Task::Link, "a"));
    let ids = symbols_as_ids(&sent);
    assert_eq!(
        ids.iter().map(Vec::len).sum::<usize>(),
        0,
        "no symbol occurs in two records, so there is no graph"
    );
    // A file for deduplication has a graph. Records with common symbols have equal names no more often than
    // by chance.
    let own = encode(&schema, table, "registry", &run(Task::Dedupe, "a"));
    let records = symbols_as_ids(&own);
    let file = Graph::new(records.iter().map(Vec::as_slice));
    let given =
        |row: usize| table.get(row, "name_kanji").split(['　', ' ']).nth(1).unwrap_or_default().to_owned();
    let truth = readings(&(0..table.len()).map(given).collect::<Vec<_>>());
    let mut order: Vec<usize> = (0..file.counts.len()).collect();
    order.sort_by(|a, b| file.counts[*b].cmp(&file.counts[*a]).then(file.names[*a].cmp(&file.names[*b])));
    let mut common: Vec<usize> = (0..PUBLIC.counts.len()).collect();
    common.sort_by_key(|name| std::cmp::Reverse(PUBLIC.counts[*name]));
    // No symbol has that many holders; the most common ones get the most common names.
    assert!(file.counts.iter().all(|count| *count < LEAST), "{:?}", file.counts.iter().max());
    let guessed: BTreeMap<&str, &str> = order
        .iter()
        .zip(&common)
        .map(|(id, name)| (file.names[*id].as_str(), PUBLIC.names[*name].as_str()))
        .collect();
    let (mut right, mut all, mut base) = (0, 0, 0.0);
    for (row, ids) in records.iter().enumerate() {
        for name in ids.iter().filter_map(|id| guessed.get(id.as_str())) {
            all += 1;
            right += usize::from(truth[row].iter().any(|reading| reading == name));
            let has =
                truth.iter().step_by(16).filter(|list| list.iter().any(|reading| reading == name)).count();
            base += has as f64 / truth.len().div_ceil(16) as f64;
        }
    }
    let (found, base) = (right as f64 / all as f64, base / all as f64);
    println!(
        "readings in one token, file for deduplication: {found:.4} of {all} guesses right, base rate {base:.4}"
    );
    assert!(found < base + crate::margin(base, all).max(0.01), "{found} of {all}, base rate {base}");
}

/// The symbols of one row cannot be recognized in a set: neighbors in ascending order belong to one row no
/// more often than by chance, by value and by any of their low bits.
#[test]
fn rows_of_one_record_are_not_recognised() {
    let (schema, run) = (kana_schema(), run(Task::Link, "a"));
    let key = LinkageKey::from_bytes(&[9; 32]).unwrap();
    let encoder = Encoder::new(&schema, &key, &run, &CustodianId::new("registry").unwrap()).unwrap();
    let columns = encoder.columns();
    let table = &JAPAN.registry;
    let (mut expected, mut trials) = (0.0, 0);
    let mut seen = [0_u32; 3];
    let mut repeated = 0;
    for row in 0..4_000 {
        let rows = row_symbols(&encoder, &|column| table.get(row, &columns[column])).unwrap();
        let mut of: HashMap<u64, usize> = HashMap::new();
        for (number, views) in rows.iter().enumerate() {
            for symbol in views.iter().flatten().flatten() {
                repeated += usize::from(of.insert(*symbol, number).is_some());
            }
        }
        if rows.len() < 2 {
            continue;
        }
        let sizes = of.values().fold(HashMap::<usize, f64>::new(), |mut sizes, number| {
            *sizes.entry(*number).or_default() += 1.0;
            sizes
        });
        let all = of.len() as f64;
        let chance: f64 = sizes.values().map(|size| size * (size - 1.0)).sum::<f64>() / (all * (all - 1.0));
        let orders: [fn(u64) -> u64; 3] =
            [|symbol| symbol, |symbol| symbol.reverse_bits(), |symbol| symbol.rotate_left(32)];
        for (order, seen) in orders.iter().zip(&mut seen) {
            let mut symbols: Vec<u64> = of.keys().copied().collect();
            symbols.sort_unstable_by_key(|symbol| order(*symbol));
            *seen += symbols.windows(2).filter(|pair| of[&pair[0]] == of[&pair[1]]).count() as u32;
        }
        expected += chance * (all - 1.0);
        trials += of.len() - 1;
    }
    assert!(trials > 10_000 && expected > 1_000.0);
    for seen in seen {
        let deviations = (f64::from(seen) - expected) / expected.sqrt();
        assert!(
            deviations.abs() < 5.0,
            "{seen} neighbors of one row, {expected} by chance: {deviations} deviations"
        );
    }
    println!("rows of one record: {repeated} symbols are of two rows of a record, and count once");
}

/// Disclosed information: two linked records with several agreeing rows have more common symbols than one row
/// has.
#[test]
fn linked_pairs_that_show_several_rows_are_counted() {
    let japan = &*JAPAN;
    let schema = kana_schema();
    let symbols = schema.symbols().unwrap();
    let of_view: HashSet<&str> = schema.view_names().into_iter().collect();
    let most = of_view.len() * symbols.per_view;
    let [left, right] = [&japan.insurer, &japan.registry].map(|table| {
        encode(
            &schema,
            table,
            if table.len() == japan.insurer.len() { "insurer" } else { "registry" },
            &run(Task::Link, "a"),
        )
    });
    let more = japan
        .linked
        .iter()
        .filter(|&&(a, b)| super::kit::common(left.of(a), right.of(b)).len() > most)
        .count();
    println!("{more} of {} linked pairs have more than {most} common symbols", japan.linked.len());
    // The insurer has kana on record, one form per name: few of its records have several rows.
    assert!((more as f64) < 0.02 * japan.linked.len() as f64, "{more} of {}", japan.linked.len());
}
