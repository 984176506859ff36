//! How common names are (`protocols/02-ja.md` §10).

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use super::names::{given_names, surnames};
use super::{kana_level, kanji_level, prepare::prepare};

/// People who bear a surname, from which it is very common, and common.
const VERY_COMMON: u64 = 300_000;
const COMMON: u64 = 30_000;

const IN_NO_LIST: u8 = 3;

/// Bands of the names that the lists have, by kind of name and its default level.
struct Lists {
    kanji_family: HashMap<String, u8>,
    kanji_given: HashMap<String, u8>,
    kana_family: HashMap<String, u8>,
    kana_given: HashMap<String, u8>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let mut lists = Lists {
        kanji_family: HashMap::new(),
        kanji_given: HashMap::new(),
        kana_family: HashMap::new(),
        kana_given: HashMap::new(),
    };
    let (mut by_kanji, mut by_kana): (HashMap<String, u64>, HashMap<String, u64>) = Default::default();
    for name in surnames() {
        *by_kanji.entry(kanji(name.spelling)).or_insert(0) += u64::from(name.people);
        *by_kana.entry(kana(name.reading)).or_insert(0) += u64::from(name.people);
    }
    let band = |people: u64| match people {
        VERY_COMMON.. => 0,
        COMMON.. => 1,
        _ => 2,
    };
    lists.kanji_family = by_kanji.into_iter().map(|(name, people)| (name, band(people))).collect();
    lists.kana_family = by_kana.into_iter().map(|(name, people)| (name, band(people))).collect();
    let popular: BTreeSet<&str> =
        given_names().filter(|name| name.popular).map(|name| name.reading).collect();
    for name in given_names() {
        let band = u8::from(!popular.contains(name.reading));
        let keep = |lists: &mut HashMap<String, u8>, name: String| {
            let known = lists.entry(name).or_insert(band);
            *known = band.min(*known);
        };
        keep(&mut lists.kana_given, kana(name.reading));
        name.spellings().for_each(|spelling| keep(&mut lists.kanji_given, kanji(spelling)));
    }
    lists
});

pub(super) fn rarity(kind: &str, value: &str) -> u8 {
    let list = match kind {
        "kanji_family" => &LISTS.kanji_family,
        "kanji_given" => &LISTS.kanji_given,
        "kana_family" => &LISTS.kana_family,
        "kana_given" => &LISTS.kana_given,
        _ => return 0,
    };
    list.get(value).copied().unwrap_or(IN_NO_LIST)
}

fn kanji(name: &str) -> String {
    at_level(name, |prepared, out| kanji_level("itaiji", prepared, out))
}

fn kana(name: &str) -> String {
    at_level(name, |prepared, out| kana_level("zengin", prepared, out))
}

fn at_level(name: &str, level: impl Fn(&str, &mut String)) -> String {
    let (mut prepared, mut out) = (String::new(), String::new());
    if prepare(name, &mut prepared).is_ok() {
        level(&prepared, &mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_follow_the_lists() {
        let cases = [
            ("kanji_family", "佐藤", 0),
            ("kana_family", "サトウ", 0),
            ("kanji_family", "江村", 2),
            ("kanji_family", "南万丁目", 3),
            ("kana_given", "ヒロシ", 0),
            ("kana_given", "アアス", 1),
            ("address", "東京都", 0),
        ];
        for (kind, value, band) in cases {
            assert_eq!(rarity(kind, value), band, "{kind}");
        }
    }
}
