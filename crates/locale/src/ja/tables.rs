//! The tables of `protocols/tables/ja`, prepared for lookups.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The tables as texts, in the order of their digest. The code depends on these texts alone.
pub(super) const TEXTS: [&str; 9] = [
    include_str!("../../../../protocols/tables/ja/rules.txt"),
    include_str!("../../../../protocols/tables/ja/itaiji.tsv"),
    include_str!("../../../../protocols/tables/ja/radicals.tsv"),
    include_str!("../../../../protocols/tables/ja/municipalities.tsv"),
    include_str!("../../../../protocols/tables/ja/history.tsv"),
    include_str!("../../../../protocols/tables/ja/kyoto.tsv"),
    include_str!("../../../../protocols/tables/ja/surnames.tsv"),
    include_str!("../../../../protocols/tables/ja/given-names.tsv"),
    include_str!("../../../../protocols/tables/ja/kanji-readings.tsv"),
];

pub(super) const MUNICIPALITIES: &str = TEXTS[3];
pub(super) const HISTORY: &str = TEXTS[4];
pub(super) const KYOTO: &str = TEXTS[5];
pub(super) const SURNAMES: &str = TEXTS[6];
pub(super) const GIVEN_NAMES: &str = TEXTS[7];
pub(super) const KANJI_READINGS: &str = TEXTS[8];

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::parse);

/// The tables of characters and words, read once.
pub(super) fn tables() -> &'static Tables {
    &TABLES
}

/// Classes of characters, as bits.
pub(super) const IGNORED: u8 = 1;
pub(super) const WILD: u8 = 2;
pub(super) const DASH: u8 = 4;
pub(super) const SEPARATOR: u8 = 8;

pub(super) struct Tables {
    /// Class bits of the characters of the basic plane.
    classes: Vec<u8>,
    /// Class bits of ranges beyond it.
    beyond: Vec<(u32, u32, u8)>,
    radicals: Vec<(char, char)>,
    /// Tier A: variant and canonical character.
    variants: Vec<(char, char)>,
    /// Tier B: member and head of its group.
    groups: Vec<(char, char)>,
    pub(super) eras: Vec<Era>,
    pub(super) code_books: Vec<(&'static str, Vec<char>)>,
    pub(super) sex: Vec<(&'static str, &'static str)>,
    placeholders: Vec<&'static str>,
    pub(super) placeholder_dates: Vec<&'static str>,
    /// Words for a legal form, and its abbreviation; longest first.
    pub(super) corporate: Vec<(&'static str, &'static str)>,
    /// Words for a kind of account, and its digit.
    pub(super) accounts: Vec<(&'static str, char)>,
    pub(super) latin: Vec<LatinLine>,
}

/// Rules from Latin letters to kana.
pub(super) struct LatinLine {
    pub(super) letters: &'static str,
    /// The kana before A, I, U, E and O, and before anything else.
    pub(super) kana: [&'static str; 6],
}

/// An era of the calendar.
pub(super) struct Era {
    /// Name, kanji and letter.
    pub(super) names: [&'static str; 3],
    /// First and last day as YYYYMMDD.
    pub(super) days: (u32, u32),
    /// The Gregorian year of its year 1.
    pub(super) first_year: u32,
}

impl Era {
    pub(super) fn letter(&self) -> char {
        self.names[2].chars().next().unwrap_or_default()
    }
}

impl Tables {
    fn parse() -> Self {
        let mut tables = Self {
            classes: vec![0; 0x1_0000],
            beyond: Vec::new(),
            radicals: columns::<2>(TEXTS[2]).filter_map(|[a, b]| Some((one(a)?, one(b)?))).collect(),
            variants: Vec::new(),
            groups: Vec::new(),
            eras: Vec::new(),
            code_books: Vec::new(),
            sex: Vec::new(),
            placeholders: Vec::new(),
            placeholder_dates: Vec::new(),
            corporate: Vec::new(),
            accounts: Vec::new(),
            latin: Vec::new(),
        };
        let mut section = "";
        for line in TEXTS[0].lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
            match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                Some(name) => section = name,
                None => tables.take(section, line),
            }
        }
        tables.take_variants();
        tables.radicals.sort_unstable();
        tables.placeholders.sort_unstable();
        tables.corporate.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        tables
    }

    fn take(&mut self, section: &str, line: &'static str) {
        let mut words = line.split(' ');
        match section {
            "ignored" => self.take_ranges(line, IGNORED),
            "wildcard" => self.take_ranges(line, WILD),
            "dash" => self.take_ranges(line, DASH),
            "separator" => self.take_ranges(line, SEPARATOR),
            "era" => self.eras.extend(era(line)),
            "code-book" => {
                if let Some(name) = words.next() {
                    self.code_books.push((name, words.filter_map(one).collect()));
                }
            }
            "sex" => self.sex.extend(line.rsplit_once(' ')),
            "placeholder" => self.placeholders.push(line),
            "placeholder-date" => self.placeholder_dates.extend(words),
            "corporate" => {
                if let Some(short) = words.next() {
                    self.corporate.extend(words.map(|word| (word, short)));
                }
            }
            "account" => {
                if let Some(digit) = words.next().and_then(one) {
                    self.accounts.extend(words.map(|word| (word, digit)));
                }
            }
            "latin" => {
                let mut cells = words.map(|word| if word == "-" { "" } else { word });
                let letters = cells.next().unwrap_or_default();
                self.latin.push(LatinLine {
                    letters,
                    kana: std::array::from_fn(|_| cells.next().unwrap_or_default()),
                });
            }
            _ => {}
        }
    }

    fn take_ranges(&mut self, line: &str, class: u8) {
        for item in line.split(' ') {
            let (first, last) = item.split_once('-').unwrap_or((item, item));
            let (Ok(first), Ok(last)) = (u32::from_str_radix(first, 16), u32::from_str_radix(last, 16))
            else {
                continue;
            };
            match self.classes.get_mut(first as usize..=last as usize) {
                Some(classes) => classes.iter_mut().for_each(|bits| *bits |= class),
                None => self.beyond.push((first, last, class)),
            }
        }
    }

    fn take_variants(&mut self) {
        let rows = || {
            columns::<3>(TEXTS[1])
                .filter_map(|[canonical, variant, tier]| Some((one(variant)?, one(canonical)?, tier)))
        };
        self.variants.extend(rows().filter(|row| row.2 == "A").map(|(variant, to, _)| (variant, to)));
        self.variants.sort_unstable();
        // Groups are few and small: heads move to the smallest member until nothing changes.
        let pairs: Vec<(char, char)> =
            rows().filter(|row| row.2 == "B").map(|(a, b, _)| (self.itaiji(a), self.itaiji(b))).collect();
        let mut head: BTreeMap<char, char> = pairs.iter().flat_map(|&(a, b)| [(a, a), (b, b)]).collect();
        for _ in 0..pairs.len() {
            for (a, b) in &pairs {
                let least = head[a].min(head[b]);
                head.insert(*a, least);
                head.insert(*b, least);
            }
        }
        self.groups = head.into_iter().collect();
    }

    /// The classes of a character, as bits.
    pub(super) fn class(&self, character: char) -> u8 {
        let point = u32::from(character);
        match self.classes.get(point as usize) {
            Some(&class) => class,
            None => {
                let holds = |range: &&(u32, u32, u8)| (range.0..=range.1).contains(&point);
                self.beyond.iter().filter(holds).fold(0, |bits, range| bits | range.2)
            }
        }
    }

    /// Whether a character has a class of `bits`.
    pub(super) fn is(&self, character: char, bits: u8) -> bool {
        self.class(character) & bits != 0
    }

    pub(super) fn radical(&self, character: char) -> char {
        // All radicals are in this range; other characters skip the search.
        if ('\u{2E80}'..='\u{2FDF}').contains(&character) {
            look_up(&self.radicals, character)
        } else {
            character
        }
    }

    /// The canonical character of a variant of tier A; any other character itself.
    pub(super) fn itaiji(&self, character: char) -> char {
        if character < '\u{3400}' { character } else { look_up(&self.variants, character) }
    }

    /// The head of a character's group of tier B, or the character itself.
    pub(super) fn head_of_group(&self, character: char) -> char {
        if character < '\u{3400}' { character } else { look_up(&self.groups, character) }
    }

    /// Whether a placeholder can begin with a character.
    pub(super) fn begins_placeholder(&self, first: char) -> bool {
        let at = self.placeholders.partition_point(|placeholder| placeholder.chars().next() < Some(first));
        self.placeholders.get(at).is_some_and(|placeholder| placeholder.starts_with(first))
    }

    pub(super) fn is_placeholder(&self, value: &str) -> bool {
        self.placeholders.binary_search(&value).is_ok()
    }
}

fn look_up(sorted: &[(char, char)], character: char) -> char {
    sorted.binary_search_by_key(&character, |pair| pair.0).map_or(character, |at| sorted[at].1)
}

fn one(text: &str) -> Option<char> {
    let mut characters = text.chars();
    characters.next().filter(|_| characters.next().is_none())
}

fn era(line: &'static str) -> Option<Era> {
    let words: Vec<&str> = line.split(' ').collect();
    let [name, kanji, letter, first, last, year] = words[..] else { return None };
    let day = |text: &str| text.replace('-', "").parse().ok();
    Some(Era {
        names: [name, kanji, letter],
        days: (day(first)?, day(last)?),
        first_year: year.parse().ok()?,
    })
}

/// The rows of a TSV text, without its header.
pub(super) fn columns<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().skip(1).filter_map(|line| {
        let mut cells = line.split('\t');
        let row = std::array::from_fn(|_| cells.next().unwrap_or_default());
        cells.next().is_none().then_some(row)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        let tables = tables();
        let lines = |section: &str| {
            let text = TEXTS[0].split(&format!("[{section}]\n")).nth(1).unwrap();
            text.split("\n[")
                .next()
                .unwrap()
                .lines()
                .filter(|l| !l.is_empty() && !l.starts_with("# "))
                .count()
        };
        assert_eq!(tables.eras.len(), lines("era"));
        assert_eq!(tables.code_books.len(), lines("code-book"));
        assert_eq!(tables.sex.len(), lines("sex"));
        assert_eq!(tables.placeholders.len(), lines("placeholder"));
        let shorts: std::collections::BTreeSet<&str> =
            tables.corporate.iter().map(|(_, short)| *short).collect();
        assert_eq!(shorts.len(), lines("corporate"));
        assert!(tables.code_books.iter().all(|(_, digits)| digits.len() == tables.eras.len()));
        for (text, columns_of) in TEXTS[1..].iter().zip([3, 2, 3, 3, 2, 3, 4, 3]) {
            assert!(text.lines().all(|line| line.split('\t').count() == columns_of));
        }
    }

    #[test]
    fn variants_lead_to_a_character_that_is_none() {
        let tables = tables();
        for &(variant, canonical) in &tables.variants {
            assert_eq!(tables.itaiji(canonical), canonical, "{variant}");
        }
        for &(member, head) in &tables.groups {
            assert_eq!((tables.head_of_group(head), tables.itaiji(member)), (head, member));
        }
        assert_eq!(tables.head_of_group('碕'), tables.head_of_group('埼'));
    }
}
