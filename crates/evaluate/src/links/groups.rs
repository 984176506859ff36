//! Accuracy by groups of people, so that errors that hit some more than others are seen.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::accuracy::{Accuracy, PairSet};
use crate::links::fisher::{fisher, holm};
use crate::links::people::{Attribute, GroupLabel, MISSING, PeopleTable, PeopleTables, size_band};
use crate::links::rows::JudgedRow;

/// Groups of fewer records are merged.
const SMALL_CELL: u64 = 10;

/// Label of the merged ones.
const SMALL: &str = "fewer than 10";

/// Level of significance of the tests, after correction.
const SIGNIFICANCE: f64 = 0.05;

/// The groups of one attribute.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Subgroups {
    /// The attribute: a column, or what was derived from it.
    pub attribute: String,
    /// Its groups, in order.
    pub groups: Vec<GroupAccuracy>,
}

/// Accuracy of the matches in one group. A pair belongs to the group of its left record, or of its right record
/// if the left table lacks the column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupAccuracy {
    /// The group: a value, a band, `missing`, or `fewer than 10` for all groups of fewer than 10 records.
    pub group: String,
    /// Records of the group, at least 10.
    pub records: u64,
    /// Accuracy of its links of class match.
    pub accuracy: Accuracy,
    /// P value of Fisher's exact test that the share of missed true pairs is that of the attribute's other
    /// groups, after Holm's correction for all groups of all attributes; `None` if the group or all others have no
    /// true pair.
    pub p_value: Option<f64>,
    /// Whether that value is at most 0.05: more or fewer true pairs are missed than elsewhere, beyond chance.
    pub differs: bool,
}

/// The group of a pair, an index of the labels.
type GroupOf<'a> = dyn Fn((&str, &str)) -> u32 + 'a;

/// The label of each record and pair, for one attribute.
struct Labelling<'a> {
    title: String,
    labels: Vec<GroupLabel>,
    /// Records by label.
    records: Vec<u64>,
    group_of: Box<GroupOf<'a>>,
}

/// Accuracy by every attribute of the tables, and by the number of a person's records.
pub(crate) fn subgroups(
    rows: &[JudgedRow<'_>],
    truth: &PairSet<'_>,
    people: &PeopleTables,
    unordered: bool,
) -> Vec<Subgroups> {
    let mut titles: Vec<&str> = Vec::new();
    for table in [&people.left, &people.right].into_iter().flatten() {
        for attribute in &table.attributes {
            if !titles.contains(&attribute.title.as_str()) {
                titles.push(&attribute.title);
            }
        }
    }
    let mut labellings: Vec<Labelling<'_>> =
        titles.into_iter().filter_map(|title| of_tables(title, people, unordered)).collect();
    labellings.push(by_records_per_person(rows, truth, people, unordered));
    let mut all: Vec<Subgroups> =
        labellings.into_iter().filter_map(|labelling| judge_groups(labelling, rows, truth)).collect();
    test_groups(&mut all);
    all
}

/// The labels of a column: those of the left table if it has the column, else those of the right one.
fn of_tables<'a>(title: &str, people: &'a PeopleTables, unordered: bool) -> Option<Labelling<'a>> {
    let found = |table: &'a Option<PeopleTable>| {
        table.as_ref().and_then(|table| table.attribute(title).map(|attribute| (table, attribute)))
    };
    let (on_left, (table, attribute)) = match found(&people.left) {
        Some(found) => (true, found),
        None => (unordered, found(&people.right)?),
    };
    let Attribute { title, labels, of } = attribute;
    let mut labels = labels.clone();
    let mut records = vec![0; labels.len()];
    of.iter().for_each(|&group| records[group as usize] += 1);
    // Pairs of records that the table lacks.
    let missing = labels.iter().position(|label| label.1 == MISSING).unwrap_or_else(|| {
        labels.push((u32::MAX, MISSING.to_owned()));
        records.push(0);
        labels.len() - 1
    }) as u32;
    let group_of = move |(left, right): (&str, &str)| {
        let id = if on_left { left } else { right };
        table.rows.get(id).map_or(missing, |&row| of[row as usize])
    };
    Some(Labelling { title: title.clone(), labels, records, group_of: Box::new(group_of) })
}

/// Labels by the number of records of a person, of both files together.
fn by_records_per_person<'a>(
    rows: &[JudgedRow<'_>],
    truth: &PairSet<'_>,
    people: &PeopleTables,
    unordered: bool,
) -> Labelling<'a> {
    let right_side = u8::from(!unordered);
    let mut numbers: BTreeMap<(u8, &str), usize> = BTreeMap::new();
    for &(left, right) in truth {
        for key in [(0, left), (right_side, right)] {
            let next = numbers.len();
            numbers.entry(key).or_insert(next);
        }
    }
    let mut roots = Roots::new(numbers.len());
    for &(left, right) in truth {
        roots.join(numbers[&(0, left)], numbers[&(right_side, right)]);
    }
    let mut sizes = vec![0_u32; numbers.len()];
    for at in 0..numbers.len() {
        sizes[roots.find(at)] += 1;
    }
    let mut size_of: HashMap<String, u32> = HashMap::new();
    for (&(side, id), &number) in &numbers {
        if side == 0 {
            size_of.insert(id.to_owned(), sizes[roots.find(number)]);
        }
    }
    let labels: Vec<GroupLabel> = (1..=5).map(size_band).collect();
    let group = |size: u32| size.clamp(1, 5) - 1;
    let mut records = vec![0_u64; labels.len()];
    size_of.values().for_each(|&size| records[group(size) as usize] += 1);
    // The others have one record: those of the table, or at least those that were linked.
    let mut others: Vec<&str> =
        rows.iter().map(|row| row.pair.0).filter(|id| !size_of.contains_key(*id)).collect();
    others.sort_unstable();
    others.dedup();
    let known = people.left.as_ref().map_or(0, |table| table.rows.len().saturating_sub(size_of.len()));
    records[0] += others.len().max(known) as u64;
    let group_of = move |pair: (&str, &str)| group(size_of.get(pair.0).copied().unwrap_or(1));
    Labelling { title: "records per person".to_owned(), labels, records, group_of: Box::new(group_of) }
}

/// Sets of numbers that are joined.
struct Roots(Vec<usize>);

impl Roots {
    fn new(len: usize) -> Self {
        Self((0..len).collect())
    }

    fn find(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        self.0[a.max(b)] = a.min(b);
    }
}

/// Counts of a group.
#[derive(Debug, Clone, Default)]
struct Cell {
    labels: Vec<GroupLabel>,
    records: u64,
    true_links: u64,
    found: u64,
    correct: u64,
}

impl Cell {
    fn add(&mut self, other: Self) {
        self.labels.extend(other.labels);
        self.records += other.records;
        self.true_links += other.true_links;
        self.found += other.found;
        self.correct += other.correct;
    }
}

/// Accuracy by group; `None` if fewer than two groups remain, so that nothing can be compared.
fn judge_groups(labelling: Labelling<'_>, rows: &[JudgedRow<'_>], truth: &PairSet<'_>) -> Option<Subgroups> {
    let Labelling { title, labels, records, group_of } = labelling;
    let mut cells: Vec<Cell> = labels
        .into_iter()
        .zip(records)
        .map(|(label, records)| Cell { labels: vec![label], records, ..Cell::default() })
        .collect();
    for &pair in truth {
        cells[group_of(pair) as usize].true_links += 1;
    }
    for row in rows.iter().filter(|row| row.is_match()) {
        let cell = &mut cells[group_of(row.pair) as usize];
        cell.found += 1;
        cell.correct += u64::from(row.is_true);
    }
    cells.retain(|cell| cell.records + cell.true_links + cell.found > 0);
    let cells = merge_small(cells);
    let group = |cell: Cell| GroupAccuracy {
        group: if cell.labels.len() == 1 { cell.labels[0].1.clone() } else { SMALL.to_owned() },
        records: cell.records,
        accuracy: Accuracy::of(cell.true_links, cell.found, cell.correct),
        p_value: None,
        differs: false,
    };
    let groups: Vec<GroupAccuracy> = cells.into_iter().map(group).collect();
    (groups.len() > 1).then_some(Subgroups { attribute: title, groups })
}

/// Cells in order of their labels. Those of fewer than ten records become one, with as many of the next smallest as
/// it takes to have ten.
fn merge_small(mut cells: Vec<Cell>) -> Vec<Cell> {
    cells.sort_by(|a, b| b.records.cmp(&a.records).then_with(|| a.labels.cmp(&b.labels)));
    let mut merged = Cell::default();
    while cells.last().is_some_and(|cell| {
        cell.records < SMALL_CELL || (!merged.labels.is_empty() && merged.records < SMALL_CELL)
    }) {
        merged.add(cells.pop().unwrap_or_default());
    }
    cells.sort_by(|a, b| a.labels.cmp(&b.labels));
    if merged.records >= SMALL_CELL {
        // A merged group has at least two labels, and its own name.
        merged.labels.push((u32::MAX, SMALL.to_owned()));
        cells.push(merged);
    }
    cells
}

/// Tests the share of missed true pairs of each group against the others of its attribute.
fn test_groups(all: &mut [Subgroups]) {
    let (mut places, mut values) = (Vec::new(), Vec::new());
    for (at, of) in all.iter().enumerate() {
        let sum = |count: fn(&Accuracy) -> u64| of.groups.iter().map(|group| count(&group.accuracy)).sum();
        let (all_true, all_correct): (u64, u64) = (sum(|a| a.true_links), sum(|a| a.correct));
        for (number, group) in of.groups.iter().enumerate() {
            let Accuracy { true_links, correct, .. } = group.accuracy;
            let others = all_true - true_links;
            if true_links > 0 && others > 0 {
                let missed = (true_links - correct, others - (all_correct - correct));
                places.push((at, number));
                values.push(fisher(missed, (true_links, others)));
            }
        }
    }
    for ((at, number), corrected) in places.into_iter().zip(holm(&values)) {
        let group = &mut all[at].groups[number];
        group.p_value = Some(corrected);
        group.differs = corrected <= SIGNIFICANCE;
    }
}

#[cfg(test)]
mod tests {
    use mizuhiki_columnar::Member;
    use mizuhiki_exchange::{Classification, Link, RecordId};
    use mizuhiki_schema::Similarity;
    use proptest::prelude::*;

    use super::*;
    use crate::links::rows::judged_rows;

    fn link(left: &str, right: &str) -> Link {
        Link {
            left: RecordId::new(left).unwrap(),
            right: RecordId::new(right).unwrap(),
            similarity: Similarity::new(0.9).unwrap(),
            class: Classification::Match,
            probability: None,
            flag: None,
            evidence: None,
        }
    }

    /// A table whose record `n` has group `groups[n]`.
    fn table(groups: &[u32]) -> PeopleTable {
        let rows = (0..groups.len() as u32).map(|row| (format!("l{row}"), row)).collect();
        let labels = (0..=groups.iter().copied().max().unwrap_or(0)).map(|g| (0, format!("g{g}"))).collect();
        let attribute = Attribute { title: "sex".to_owned(), labels, of: groups.to_vec() };
        PeopleTable { rows, attributes: vec![attribute] }
    }

    fn pairs(ids: &[(String, String)]) -> PairSet<'_> {
        let mut set: PairSet<'_> = ids.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        set.sort_unstable();
        set
    }

    #[test]
    fn a_group_that_is_missed_stands_out() {
        // 40 records of g0, of which all are found, and 40 of g1, of which half are; 4 of g2.
        let groups: Vec<u32> = (0..84)
            .map(|n| {
                if n < 40 {
                    0
                } else if n < 80 {
                    1
                } else {
                    2
                }
            })
            .collect();
        let ids: Vec<(String, String)> = (0..84).map(|n| (format!("l{n}"), format!("r{n}"))).collect();
        let truth = pairs(&ids);
        let links: Vec<Link> = (0..60).map(|n| link(&ids[n].0, &ids[n].1)).collect();
        let rows = judged_rows(&links, &truth, false);
        let people = PeopleTables { left: Some(table(&groups)), right: None };
        let all = subgroups(&rows, &truth, &people, false);
        // All persons have two records, so that there is nothing to compare by their number.
        assert_eq!(all.len(), 1);
        let seen: Vec<(&str, u64, u64, bool)> = all[0]
            .groups
            .iter()
            .map(|group| (group.group.as_str(), group.records, group.accuracy.correct, group.differs))
            .collect();
        // The four of g2 are too few; with the smallest other group they are 44.
        assert_eq!(seen, [("g0", 40, 40, true), ("fewer than 10", 44, 20, true)]);
    }

    #[test]
    fn few_people_have_no_groups() {
        let ids = [("l0".to_owned(), "r0".to_owned()), ("l1".to_owned(), "r1".to_owned())];
        let truth = pairs(&ids);
        let people = PeopleTables { left: Some(table(&[0, 1])), right: None };
        assert!(subgroups(&[], &truth, &people, false).is_empty());
        assert!(subgroups(&[], &Vec::new(), &PeopleTables::default(), false).is_empty());
    }

    proptest! {
        #[test]
        fn small_cells_are_never_shown_and_nothing_is_lost(records in prop::collection::vec(0_u64..30, 0..8)) {
            let cells: Vec<Cell> = records.iter().zip(0..).map(|(&records, place)| {
                Cell { labels: vec![(place, format!("g{place}"))], records, true_links: records, ..Cell::default() }
            }).collect();
            let merged = merge_small(cells);
            let total: u64 = records.iter().sum();
            let shown: u64 = merged.iter().map(|cell| cell.records).sum();
            prop_assert!(merged.iter().all(|cell| cell.records >= SMALL_CELL));
            prop_assert!(shown == total || (shown == 0 && total < SMALL_CELL));
            prop_assert!(merged.iter().all(|cell| cell.records == cell.true_links));
        }

        #[test]
        fn groups_count_as_one_by_one(
            groups in prop::collection::vec(0_u32..3, 1..60),
            found in prop::collection::vec((0_usize..60, 0_usize..60), 0..60),
        ) {
            let ids: Vec<(String, String)> = (0..groups.len()).map(|n| (format!("l{n}"), format!("r{n}"))).collect();
            let truth = pairs(&ids);
            let in_range = |n: usize| n % groups.len();
            let links: Vec<Link> =
                found.iter().map(|&(a, b)| link(&ids[in_range(a)].0, &ids[in_range(b)].1)).collect();
            let rows = judged_rows(&links, &truth, false);
            let people = PeopleTables { left: Some(table(&groups)), right: None };
            for group in subgroups(&rows, &truth, &people, false).iter().filter(|s| s.attribute == "sex").flat_map(|s| &s.groups) {
                let Some(number) = group.group.strip_prefix('g').and_then(|n| n.parse::<u32>().ok()) else { continue };
                let of_group = |n: usize| groups[n] == number;
                let mut distinct: Vec<(usize, usize)> = found.iter().map(|&(a, b)| (in_range(a), in_range(b))).collect();
                distinct.sort_unstable();
                distinct.dedup();
                let counted = distinct.iter().filter(|pair| of_group(pair.0)).count() as u64;
                let correct = distinct.iter().filter(|pair| of_group(pair.0) && pair.0 == pair.1).count() as u64;
                let true_links = (0..groups.len()).filter(|&n| of_group(n)).count() as u64;
                prop_assert_eq!(
                    (group.accuracy.true_links, group.accuracy.found, group.accuracy.correct),
                    (true_links, counted, correct)
                );
            }
        }

        #[test]
        fn persons_have_as_many_records_as_their_groups(pairs_of in prop::collection::vec((0_u8..9, 0_u8..9), 1..25)) {
            let ids: Vec<(String, String)> =
                pairs_of.iter().filter(|(a, b)| a != b).map(|(a, b)| (a.min(b).to_string(), a.max(b).to_string())).collect();
            let mut truth = pairs(&ids);
            truth.dedup();
            let labelling = by_records_per_person(&[], &truth, &PeopleTables::default(), true);
            let to_id = |text: &str| RecordId::new(text).unwrap();
            let list: Vec<(RecordId, RecordId)> = truth.iter().map(|(a, b)| (to_id(a), to_id(b))).collect();
            let members: Vec<Member> = crate::clusters::persons_of_pairs(&list);
            for &(left, right) in &truth {
                let person = &members.iter().find(|member| member.record.as_str() == left).unwrap().group;
                let size = members.iter().filter(|member| member.group == *person).count() as u32;
                let label = &labelling.labels[(labelling.group_of)((left, right)) as usize];
                prop_assert_eq!(label, &size_band(size));
            }
        }
    }
}
