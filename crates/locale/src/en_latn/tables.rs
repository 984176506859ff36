//! The tables of `tables.txt`, prepared for lookups.

use std::sync::LazyLock;

use crate::outcome::WILDCARD;

/// The tables as text. The code depends on this text alone.
pub(super) const TEXT: &str = include_str!("tables.txt");

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables::parse(TEXT));

/// The tables, read once.
pub(super) fn tables() -> &'static Tables {
    &TABLES
}

/// What folding does with a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Keep,
    Ignored,
    Accent,
    Dropped,
    Blank,
    Wildcard,
    Latin(&'static str),
}

/// In [`Tables::ascii`]: the byte is removed.
pub(super) const ASCII_DROP: u8 = 0;
/// In [`Tables::ascii`]: the byte stands for an unknown character.
pub(super) const ASCII_WILDCARD: u8 = 1;
/// In [`Tables::ascii`]: the byte makes the value invalid.
pub(super) const ASCII_CONTROL: u8 = 2;

/// Which kinds a placeholder belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Every,
    NotSurname,
    Given,
}

/// Asks for the placeholders of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    Given,
    Surname,
    Other,
}

/// Pairs of a word and what replaces it, sorted by word.
pub(super) type Words = Vec<(&'static str, &'static str)>;

pub(super) struct Tables {
    /// What an ASCII byte folds to, or one of the `ASCII_` codes. Blanks are `b' '`.
    pub(super) ascii: [u8; 128],
    /// Ranges of code points, sorted, without overlap.
    ranges: Vec<(u32, u32, Class)>,
    titles: Vec<&'static str>,
    placeholders: Vec<(&'static str, Scope)>,
    /// Beginnings of given names that stand for "no name".
    given_beginnings: Vec<&'static str>,
    longest_placeholder: usize,
    dates: Vec<&'static str>,
    phones: Vec<&'static str>,
    /// Letters of other scripts, one or two, and their Latin form; `-` for nothing.
    pub(super) transliterated: Words,
    pub(super) nicknames: Words,
    prefixes: Vec<&'static str>,
    particles: Vec<&'static str>,
    pub(super) sex: Words,
    pub(super) place: Words,
    pub(super) address: Words,
}

impl Tables {
    fn parse(text: &'static str) -> Self {
        let mut tables = Self {
            ascii: [ASCII_CONTROL; 128],
            ranges: Vec::new(),
            titles: Vec::new(),
            placeholders: Vec::new(),
            given_beginnings: Vec::new(),
            longest_placeholder: 0,
            dates: Vec::new(),
            phones: Vec::new(),
            transliterated: Vec::new(),
            nicknames: Vec::new(),
            prefixes: Vec::new(),
            particles: Vec::new(),
            sex: Vec::new(),
            place: Vec::new(),
            address: Vec::new(),
        };
        for (section, line) in lines(text) {
            tables.take(section, line);
        }
        tables.ranges.sort_unstable_by_key(|range| range.0);
        tables.titles.sort_unstable();
        tables.placeholders.sort_unstable_by_key(|entry| entry.0);
        for words in [
            &mut tables.transliterated,
            &mut tables.nicknames,
            &mut tables.sex,
            &mut tables.place,
            &mut tables.address,
        ] {
            words.sort_unstable();
        }
        tables.longest_placeholder = tables.placeholders.iter().map(|entry| entry.0.len()).max().unwrap_or(0);
        tables.fill_ascii();
        tables
    }

    fn take(&mut self, section: &str, line: &'static str) {
        let words = || line.split(' ');
        match section {
            "ignored" => self.take_ranges(line, Class::Ignored),
            "accent-as-apostrophe" => self.take_ranges(line, Class::Accent),
            "dropped" => self.take_ranges(line, Class::Dropped),
            "wildcard" => self.take_ranges(line, Class::Wildcard),
            "blank" => self.take_ranges(line, Class::Blank),
            "latin" => {
                if let Some((letter, to)) = line.split_once(' ') {
                    self.ranges
                        .extend(letter.chars().map(|c| (u32::from(c), u32::from(c), Class::Latin(to))));
                }
            }
            "title" => self.titles.extend(words()),
            "transliterated" => self.transliterated.extend(line.split_once(' ')),
            "nickname" => {
                let formal = words().next().unwrap_or_default();
                self.nicknames.extend(words().skip(1).map(|name| (name, formal)));
            }
            "prefix" => self.prefixes.extend(words()),
            "particle" => self.particles.extend(words()),
            "placeholder" => self.placeholders.push((line, Scope::Every)),
            "placeholder-not-surname" => self.placeholders.push((line, Scope::NotSurname)),
            "placeholder-given" => match line.strip_suffix('*') {
                Some(beginning) => self.given_beginnings.push(beginning),
                None => self.placeholders.push((line, Scope::Given)),
            },
            "placeholder-date" => self.dates.extend(words()),
            "placeholder-phone" => self.phones.extend(words()),
            // Keys of these sections may contain blanks, replacements may not.
            "sex" => self.sex.extend(line.rsplit_once(' ')),
            "place" => self.place.extend(line.rsplit_once(' ')),
            "address" => self.address.extend(line.rsplit_once(' ')),
            _ => {}
        }
    }

    fn take_ranges(&mut self, line: &str, class: Class) {
        for item in line.split(' ') {
            let (first, last) = item.split_once('-').unwrap_or((item, item));
            if let (Ok(first), Ok(last)) = (u32::from_str_radix(first, 16), u32::from_str_radix(last, 16)) {
                self.ranges.push((first, last, class));
            }
        }
    }

    fn fill_ascii(&mut self) {
        for byte in 0..128_u8 {
            self.ascii[usize::from(byte)] = match self.class(char::from(byte)) {
                Class::Blank => b' ',
                Class::Dropped => ASCII_DROP,
                Class::Wildcard => ASCII_WILDCARD,
                _ if byte.is_ascii_control() => ASCII_CONTROL,
                _ => byte.to_ascii_uppercase(),
            };
        }
    }

    /// What folding does with `character`.
    pub(super) fn class(&self, character: char) -> Class {
        let point = u32::from(character);
        let at = self.ranges.partition_point(|range| range.1 < point);
        match self.ranges.get(at) {
            Some(&(first, _, class)) if first <= point => class,
            _ => Class::Keep,
        }
    }

    /// The character as passed to NFKC and NFKD; `None` if it is ignored.
    pub(super) fn prepare(&self, character: char) -> Option<char> {
        if character.is_ascii() {
            return Some(character);
        }
        match self.class(character) {
            Class::Ignored => None,
            Class::Accent => Some('\''),
            _ => Some(character),
        }
    }

    pub(super) fn is_title(&self, part: &str) -> bool {
        part.len() <= 4 && self.titles.binary_search(&part).is_ok()
    }

    /// Whether a part of a surname is a prefix of the next part.
    pub(super) fn is_prefix(&self, part: &str) -> bool {
        self.prefixes.contains(&part)
    }

    /// Whether a part of a surname is a particle that is often omitted.
    pub(super) fn is_particle(&self, part: &str) -> bool {
        self.particles.contains(&part)
    }

    /// Whether a folded value means "no value": it is in the tables, or consists of wildcards.
    pub(super) fn is_placeholder(&self, holder: Holder, folded: &str) -> bool {
        if holder == Holder::Given
            && self.given_beginnings.iter().any(|beginning| folded.starts_with(beginning))
        {
            return true;
        }
        if folded.len() <= self.longest_placeholder
            && let Ok(at) = self.placeholders.binary_search_by_key(&folded, |entry| entry.0)
        {
            return match self.placeholders[at].1 {
                Scope::Every => true,
                Scope::NotSurname => holder != Holder::Surname,
                Scope::Given => holder == Holder::Given,
            };
        }
        let first = folded.as_bytes().first();
        (first == Some(&b'X') && folded.len() >= 2 && folded.bytes().all(|byte| byte == b'X'))
            || (!first.is_some_and(u8::is_ascii_alphanumeric)
                && folded.chars().all(|character| character == ' ' || character == WILDCARD))
    }

    pub(super) fn is_placeholder_date(&self, digits: &[u8]) -> bool {
        self.dates.iter().any(|date| date.as_bytes() == digits)
    }

    pub(super) fn is_placeholder_phone(&self, digits: &str) -> bool {
        self.phones.contains(&digits)
    }
}

/// What replaces `word`, if it is in the table.
pub(super) fn replacement(words: &Words, word: &str) -> Option<&'static str> {
    words.binary_search_by_key(&word, |entry| entry.0).ok().map(|at| words[at].1)
}

/// The lines of the tables with their sections, remarks and empty lines left out.
pub(crate) fn lines(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut section = "";
    text.lines().filter_map(move |line| {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name;
            return None;
        }
        (!line.is_empty() && !line.starts_with("# ")).then_some((section, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        let (mut items, mut words) = (0, 0);
        for (section, line) in lines(TEXT) {
            match section {
                "ignored" | "accent-as-apostrophe" | "dropped" | "wildcard" | "blank" => {
                    items += line.split(' ').count();
                }
                "latin" => items += 1,
                "title" | "placeholder-date" | "placeholder-phone" | "prefix" | "particle" => {
                    words += line.split(' ').count();
                }
                "nickname" => words += line.split(' ').count() - 1,
                "transliterated"
                | "placeholder"
                | "placeholder-not-surname"
                | "placeholder-given"
                | "sex"
                | "place"
                | "address" => {
                    words += 1;
                }
                _ => panic!("unknown section {section}"),
            }
        }
        let t = tables();
        assert_eq!(t.ranges.len(), items);
        let lists = [&t.titles, &t.dates, &t.phones, &t.given_beginnings, &t.prefixes, &t.particles];
        let pairs = [&t.transliterated, &t.nicknames, &t.sex, &t.place, &t.address];
        let read: usize =
            lists.iter().map(|list| list.len()).chain(pairs.iter().map(|pairs| pairs.len())).sum();
        assert_eq!(read + t.placeholders.len(), words);
    }

    #[test]
    fn ranges_and_keys_are_distinct() {
        let t = tables();
        for pair in t.ranges.windows(2) {
            assert!(pair[0].1 < pair[1].0, "{:X?} {:X?}", pair[0], pair[1]);
        }
        assert!(t.placeholders.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for words in [&t.transliterated, &t.nicknames, &t.sex, &t.place, &t.address] {
            assert!(words.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
    }

    /// Otherwise normalizing twice would replace twice.
    #[test]
    fn replacements_are_final() {
        for words in [&tables().transliterated, &tables().nicknames, &tables().place, &tables().address] {
            for (from, to) in words {
                assert_eq!(replacement(words, to), None, "{from} {to}");
            }
        }
    }
}
