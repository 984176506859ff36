//! Prefectures, municipalities and their former names.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::LazyLock;

use super::fold::fold;
use super::numbers::with_digits;
use crate::ja::tables::{HISTORY, KYOTO, MUNICIPALITIES, columns};

static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(Gazetteer::read);

/// The gazetteer, read once.
pub(super) fn gazetteer() -> &'static Gazetteer {
    &GAZETTEER
}

/// A municipality, by its place in the table.
pub(super) type Municipality = usize;

pub(super) struct Gazetteer {
    rows: Vec<Row>,
    prefectures: Vec<&'static str>,
    /// Municipalities by folded name, with and without the district.
    by_name: BTreeMap<String, Vec<Municipality>>,
    by_code: BTreeMap<&'static str, Municipality>,
    /// Former names, folded: prefecture, name and successors.
    history: Vec<(&'static str, String, Vec<Municipality>)>,
    /// Code and folded town of towns that have a namesake in their ward.
    twins: BTreeSet<(&'static str, String)>,
}

struct Row {
    code: &'static str,
    prefecture: &'static str,
    /// Folded.
    name: String,
}

fn folded(text: &str) -> String {
    fold(text).into_iter().collect()
}

/// A name without its district.
fn without_district(name: &str) -> Option<&str> {
    // 郡山市 and 大和郡山市 are not districts, and 上郡町 is a name.
    let own = name.strip_suffix(['町', '村'])?;
    let before = own.trim_end_matches('郡');
    let at = before.rfind('郡').filter(|at| *at > 0)? + '郡'.len_utf8();
    Some(&name[at..])
}

/// The name of a village without its island, as in 三宅島三宅村.
fn without_island(row: &Row) -> Option<&str> {
    let at = row.name.find('島').filter(|at| *at > 0)? + '島'.len_utf8();
    let rest = &row.name[at..];
    let village = rest.ends_with(['町', '村']) && rest.chars().count() > 2;
    (row.prefecture == "東京都" && village).then_some(rest)
}

impl Gazetteer {
    fn read() -> Self {
        let rows: Vec<Row> = columns::<3>(MUNICIPALITIES)
            .map(|[code, prefecture, name]| Row { code, prefecture, name: folded(name) })
            .collect();
        let mut prefectures: Vec<&str> = rows.iter().map(|row| row.prefecture).collect();
        prefectures.dedup();
        let mut by_name: BTreeMap<String, Vec<Municipality>> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            by_name.entry(row.name.clone()).or_default().push(index);
            if let Some(short) = without_district(&row.name).or_else(|| without_island(row)) {
                by_name.entry(short.to_owned()).or_default().push(index);
            }
        }
        let history = columns::<3>(HISTORY)
            .map(|[prefecture, name, now]| {
                let successors = now.split(' ').filter_map(|now| {
                    let name = folded(now);
                    rows.iter().position(|row| row.prefecture == prefecture && row.name == name)
                });
                (prefecture, folded(name), successors.collect())
            })
            .collect();
        Self {
            by_code: rows.iter().enumerate().map(|(index, row)| (row.code, index)).collect(),
            // As when the town of an address is parsed.
            twins: columns::<2>(KYOTO)
                .map(|[code, town]| (code, with_digits(&folded(town)).into_iter().collect()))
                .collect(),
            rows,
            prefectures,
            by_name,
            history,
        }
    }

    /// The prefecture with which a text begins.
    pub(super) fn prefecture(&self, text: &str) -> Option<&'static str> {
        let first = text.chars().next()?;
        self.prefectures.iter().copied().find(|name| name.starts_with(first) && text.starts_with(name))
    }

    /// The longest name of municipalities, of `prefecture` if there is one, with which a text begins.
    pub(super) fn municipalities<'t>(
        &self,
        prefecture: Option<&str>,
        text: &'t str,
    ) -> Option<(&'t str, Vec<Municipality>)> {
        // Names are sorted: prefixes of the text come before it, longer ones later, with only names in
        // between that share the beginning.
        let mut limit = text;
        loop {
            let (name, of) =
                self.by_name.range::<str, _>((Bound::Unbounded, Bound::Included(limit))).next_back()?;
            let common = common_start(name, text);
            if common < name.len() {
                limit = &text[..common];
                continue;
            }
            let of: Vec<Municipality> = of
                .iter()
                .copied()
                .filter(|&index| prefecture.is_none_or(|name| self.rows[index].prefecture == name))
                .collect();
            if !of.is_empty() {
                return Some((&text[..common], of));
            }
            let (last, _) = name.char_indices().next_back()?;
            limit = &text[..last];
        }
    }

    /// Successors of the former municipality with whose name a text begins, and the name's length in bytes.
    pub(super) fn successors(
        &self,
        prefecture: Option<&str>,
        text: &str,
    ) -> Option<(&[Municipality], usize)> {
        let fits = |(of, name, _): &&(&str, String, Vec<Municipality>)| {
            prefecture.is_none_or(|prefecture| prefecture == *of)
                && (text.starts_with(name.as_str())
                    || without_district(name).is_some_and(|short| text.starts_with(short)))
        };
        let (_, name, successors) = self.history.iter().filter(fits).max_by_key(|(_, name, _)| name.len())?;
        let length = if text.starts_with(name.as_str()) {
            name.len()
        } else {
            without_district(name).map_or(0, str::len)
        };
        Some((successors, length))
    }

    pub(super) fn by_code(&self, code: &str) -> Option<Municipality> {
        self.by_code.get(code).copied()
    }

    pub(super) fn code(&self, municipality: Municipality) -> &'static str {
        self.rows[municipality].code
    }

    pub(super) fn prefecture_of(&self, municipality: Municipality) -> &'static str {
        self.rows[municipality].prefecture
    }

    /// The folded name, with its district.
    pub(super) fn name(&self, municipality: Municipality) -> &str {
        &self.rows[municipality].name
    }

    pub(super) fn in_kyoto(&self, municipality: Municipality) -> bool {
        self.rows[municipality].name.starts_with("京都市")
    }

    /// Whether two towns of the municipality have this name.
    pub(super) fn has_twin(&self, municipality: Municipality, town: &str) -> bool {
        self.twins.contains(&(self.code(municipality), town.to_owned()))
    }
}

/// Bytes of the characters with which both texts begin.
fn common_start(a: &str, b: &str) -> usize {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b);
    same.map(|(character, _)| character.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_is_found_as_by_trying_every_length() {
        let gazetteer = gazetteer();
        let longest = gazetteer.by_name.keys().map(String::len).max().unwrap();
        let mut texts: Vec<String> = gazetteer.by_name.keys().map(|name| format!("{name}本町1-2")).collect();
        texts.extend(gazetteer.by_name.keys().map(|name| name.chars().skip(1).collect()));
        texts.push(String::new());
        for prefecture in [None, Some("東京都"), Some("北海道"), Some("岩手県")] {
            for text in &texts {
                let ends =
                    text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= longest);
                let naive = ends.collect::<Vec<_>>().into_iter().rev().find_map(|end| {
                    let of = gazetteer.by_name.get(&text[..end])?.iter().copied();
                    let of: Vec<Municipality> = of
                        .filter(|&at| prefecture.is_none_or(|name| gazetteer.rows[at].prefecture == name))
                        .collect();
                    (!of.is_empty()).then_some((&text[..end], of))
                });
                assert_eq!(gazetteer.municipalities(prefecture, text), naive, "{text}");
            }
        }
    }

    #[test]
    fn the_gazetteer_is_whole() {
        let gazetteer = gazetteer();
        assert_eq!(gazetteer.prefectures.len(), 47);
        assert_eq!(gazetteer.rows.len(), 1892);
        for (prefecture, name, successors) in &gazetteer.history {
            assert!(gazetteer.prefectures.contains(prefecture) && !successors.is_empty(), "{name}");
            assert!(!gazetteer.by_name.contains_key(name) || name.ends_with('市'), "{name}");
        }
        assert_eq!(gazetteer.municipalities(None, "府中市本町").unwrap().1.len(), 2);
        assert_eq!(gazetteer.municipalities(Some("東京都"), "府中市本町").unwrap().1.len(), 1);
        assert_eq!(gazetteer.municipalities(None, "大和郡山市北郡山町").unwrap().0, "大和郡山市");
        assert_eq!(without_district("西村山郡河北町"), Some("河北町"));
    }
}
