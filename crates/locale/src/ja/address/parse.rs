//! Parsing of an address (`protocols/02-ja.md` §§6.2–6.5).

use super::fold::fold;
use super::gazetteer::{Municipality, gazetteer};
use super::numbers::with_digits;
use crate::ja::kana::katakana;
use crate::ja::kanji::is_kana;

/// An address, its parts folded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) prefecture: Option<&'static str>,
    /// The municipality as it was written; empty if none was recognized.
    pub(super) written: String,
    /// The municipalities it can be.
    pub(super) municipalities: Vec<Municipality>,
    pub(super) town: String,
    pub(super) block: Vec<String>,
    /// Whether the block is one number written with 丁目.
    pub(super) only_chome: bool,
    pub(super) rest: Rest,
}

/// What follows the block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rest {
    pub(super) building: String,
    /// As it was written: `20F` or `20階`.
    pub(super) floor: String,
    pub(super) room: String,
    pub(super) care_of: String,
}

impl Address {
    pub(super) fn parse(prepared: &str) -> Self {
        let text = joined_area(&without_postal_code(fold(prepared)));
        let prefecture = gazetteer().prefecture(&text);
        let after = text[prefecture.map_or(0, str::len)..].trim_start();
        let (written, municipalities) = gazetteer().municipalities(prefecture, after).unwrap_or_default();
        let numbers = with_digits(&after[written.len()..]);
        let start = block_start(&numbers);
        let (town, from_block) = numbers.split_at(start);
        let mut address = Self {
            prefecture,
            written: written.to_owned(),
            municipalities,
            town: town_name(town),
            ..Self::default()
        };
        let rest = address.take_block(from_block);
        address.rest = Rest::parse(rest);
        if address.block.len() > 3 {
            // Further numbers are a room, unless the rest names one.
            if address.rest.room.is_empty() {
                address.rest.room = address.block.split_off(3).join("-");
            }
        }
        address
    }

    /// Reads the block at the beginning of `text`; what follows it.
    fn take_block<'t>(&mut self, text: &'t [char]) -> &'t [char] {
        if text.starts_with(&['無', '番', '地']) {
            self.block.push("無番地".to_owned());
            return &text[3..];
        }
        let mut rest = text;
        loop {
            let length = rest.iter().take_while(|c| c.is_ascii_digit()).count();
            if length == 0 {
                return rest;
            }
            // A number that belongs to a room or a wing.
            if matches!(rest[length..], ['号', '室' | '棟' | '館', ..] | ['番', '館', ..]) {
                return rest;
            }
            let number: String = rest[..length].iter().collect();
            self.block.push(without_zeros(&number).to_owned());
            rest = &rest[length..];
            self.only_chome = self.block.len() == 1 && rest.starts_with(&['丁', '目']);
            match joint(rest) {
                Some(joint) => rest = &rest[joint..],
                None => return &rest[final_mark(rest)..],
            }
        }
    }

    /// Area and block with every number of the block as 1. `None` if the block has more than numbers, or if
    /// the area is unknown and could begin with a postal code.
    pub(super) fn shape(&self) -> Option<String> {
        let number = |part: &&String| part.starts_with(|c: char| c.is_ascii_digit() && c != '0');
        let known = self.prefecture.is_some() && self.municipalities.len() == 1;
        if !known || !matches!(self.block.len(), 1..=3) || !self.block.iter().all(|part| number(&part)) {
            return None;
        }
        Some(format!("{}{}", self.area(), ["1"; 3][..self.block.len()].join("-")))
    }

    /// The area as it was written.
    pub(super) fn area(&self) -> String {
        format!("{}{}{}", self.prefecture.unwrap_or_default(), self.written, self.town)
    }

    /// With prefecture and full name where they are unambiguous, and with spelling variants of the gazetteer
    /// resolved.
    pub(super) fn resolve(&self) -> Self {
        let mut resolved = self.clone();
        if let [one] = self.municipalities[..] {
            resolved.settle(one);
        }
        resolved.take_ward_number();
        resolved.fold_iroha();
        resolved
    }

    /// As [`Address::resolve`], with a former municipality replaced by its successor if it has exactly one.
    pub(super) fn resolve_today(&self) -> Self {
        if !self.municipalities.is_empty() {
            return self.resolve();
        }
        match gazetteer().successors(self.prefecture, &self.town) {
            Some((&[one], length)) => self.in_successor(one, length),
            _ => self.resolve(),
        }
    }

    /// The address in a successor of the former municipality named by the first `length` bytes of the town.
    pub(super) fn in_successor(&self, successor: Municipality, length: usize) -> Self {
        let town = self.town[length..].to_owned();
        Self { town, municipalities: vec![successor], ..self.clone() }.resolve()
    }

    pub(super) fn settle(&mut self, municipality: Municipality) {
        let gazetteer = gazetteer();
        self.prefecture = Some(gazetteer.prefecture_of(municipality));
        self.written = gazetteer.name(municipality).to_owned();
        self.municipalities = vec![municipality];
        if gazetteer.in_kyoto(municipality)
            && let Some(town) = after_street(&self.town)
        {
            self.town = town.to_owned();
        }
    }

    /// 第35地割 at the end of the town is the first number of the block.
    fn take_ward_number(&mut self) {
        let Some(before) = self.town.strip_suffix("地割") else { return };
        let name = before.trim_end_matches(|c: char| c.is_ascii_digit());
        let number = before[name.len()..].trim_start_matches('0').to_owned();
        if !number.is_empty() {
            self.block.insert(0, number);
            self.only_chome = false;
            self.town = name.strip_suffix('第').unwrap_or(name).to_owned();
        }
    }

    fn fold_iroha(&mut self) {
        if self.block.is_empty() {
            return;
        }
        let mut from_end = self.town.char_indices().rev();
        if let Some((at, last)) = from_end.next()
            && from_end.next().is_none_or(|(_, before)| !is_kana(before))
        {
            self.town.replace_range(at.., &katakana(last).to_string());
        }
    }

    /// Whether the town was written with the streets that lead there, as in Kyoto.
    pub(super) fn has_street(&self) -> bool {
        after_street(&self.town).is_some()
    }
}

/// What follows the last street of an address in Kyoto.
fn after_street(town: &str) -> Option<&str> {
    const TURNS: [&str; 6] = ["上ル", "下ル", "東入ル", "西入ル", "東入", "西入"];
    let end = |turn: &&str| town.rfind(*turn).map(|at| at + turn.len());
    let end = TURNS.iter().filter_map(end).max()?;
    Some(&town[end..]).filter(|rest| !rest.is_empty())
}

/// Drops blanks before the first digit, beside hyphens, and between a number and its counter.
fn joined_area(text: &[char]) -> String {
    let end = text.iter().position(char::is_ascii_digit).unwrap_or(text.len());
    let goes = |at: usize| {
        let (before, after) = (text[..at].last(), &text[at + 1..]);
        at < end
            || before == Some(&'-')
            || after.first() == Some(&'-')
            || (before.is_some_and(char::is_ascii_digit) && counts(after))
    };
    (0..text.len()).filter(|&at| text[at] != ' ' || !goes(at)).map(|at| text[at]).collect()
}

/// Whether a text begins with a counter of blocks.
fn counts(text: &[char]) -> bool {
    match text {
        ['丁', '目', ..] | ['番', '地', ..] => true,
        ['番' | '号', rest @ ..] => !matches!(rest.first(), Some('室' | '棟' | '館')),
        _ => false,
    }
}

fn without_postal_code(text: Vec<char>) -> Vec<char> {
    let marked = text.first() == Some(&'〒');
    let mut rest = &text[usize::from(marked)..];
    while let [' ', after @ ..] = rest {
        rest = after;
    }
    let is_digits = |part: &[char]| part.iter().all(char::is_ascii_digit);
    let after = match rest {
        [a, b, c, '-', d, e, f, g, after @ ..] if is_digits(&[*a, *b, *c, *d, *e, *f, *g]) => after,
        [a, b, c, d, e, f, g, after @ ..] if is_digits(&[*a, *b, *c, *d, *e, *f, *g]) => after,
        _ => return text,
    };
    match after {
        [next, ..] if next.is_ascii_digit() || *next == '-' => text,
        [] if !marked => text,
        _ => after.iter().copied().skip_while(|c| *c == ' ').collect(),
    }
}

/// Where the block begins: at the first number that is not part of a name, or at 無番地.
fn block_start(text: &[char]) -> usize {
    const NAMES: [&[char]; 11] = [
        &['条'],
        &['線'],
        &['号', '線'],
        &['地', '割'],
        &['区'],
        &['町'],
        &['番', '町'],
        &['番', '丁'],
        &['丁', '堀'],
        &['軒'],
        &['組'],
    ];
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(&['無', '番', '地']) {
            return at;
        }
        let length = text[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        if length > 0 && !NAMES.iter().any(|name| text[at + length..].starts_with(name)) {
            return at;
        }
        at += length.max(1);
    }
    text.len()
}

/// The town, without 大字, 字 and blanks.
fn town_name(text: &[char]) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    let mut before = None;
    let mut at = 0;
    while at < text.len() {
        match text[at..] {
            ['大', '字', ..] => at += 1,
            ['字', ..] if !matches!(before, Some('文' | '大')) => {}
            [' ', ..] => {}
            [character, ..] => out.push(character),
            [] => {}
        }
        before = Some(text[at]);
        at += 1;
    }
    out.trim_end_matches('-').to_owned()
}

/// A number without its leading zeros.
fn without_zeros(number: &str) -> &str {
    let bare = number.trim_start_matches('0');
    if bare.is_empty() { "0" } else { bare }
}

/// Length of what joins two numbers, a number following; `None` if the block ends here.
fn joint(text: &[char]) -> Option<usize> {
    const JOINTS: [&[char]; 9] = [
        &['丁', '目', 'ノ'],
        &['丁', '目'],
        &['番', '地', 'ノ'],
        &['番', '地'],
        &['番', 'ノ'],
        &['番'],
        &['丁'],
        &['ノ'],
        &['-'],
    ];
    let digit = |at: usize| text.get(at).is_some_and(char::is_ascii_digit);
    for joint in JOINTS {
        if !text.starts_with(joint) {
            continue;
        }
        let length = joint.len();
        if digit(length) {
            return Some(length);
        }
        let blank = text.get(length) == Some(&' ') && digit(length + 1);
        let numbers = || text[length + 1..].iter().take_while(|c| c.is_ascii_digit()).count();
        let house = || {
            let after = &text[length + 1 + numbers()..];
            after.first() == Some(&'号') && !matches!(after.get(1), Some('室' | '棟' | '館'))
        };
        if blank && (joint == ['丁', '目'] || (joint == ['番'] && house())) {
            return Some(length + 1);
        }
    }
    None
}

/// Length of the mark after the last number.
fn final_mark(text: &[char]) -> usize {
    match text {
        ['番', '地', ..] | ['丁', '目', ..] => 2,
        ['号', '室' | '棟' | '館', ..] => 0,
        ['番', '館', ..] => 0,
        ['番' | '丁' | '号', ..] => 1,
        _ => 0,
    }
}

impl Rest {
    fn parse(text: &[char]) -> Self {
        let text: String = text.iter().collect();
        let mut text = text.trim_start_matches(['-', ' ']).trim_end().to_owned();
        let mut rest = Self::default();
        if let Some(name) =
            text.strip_suffix('方').map(|name| name.strip_suffix('様').unwrap_or(name).trim_end())
            && let Some(name) = name.rsplit(' ').next().filter(|name| !name.is_empty())
        {
            rest.care_of = format!("{name}方");
            text.truncate(text.rfind(name).unwrap_or(0));
        }
        let mut text: Vec<char> = text.trim_end_matches(['-', ' ']).chars().collect();
        rest.room = take_room(&mut text);
        rest.floor = take_floor(&mut text);
        rest.building =
            text.into_iter().filter(|c| *c != ' ').collect::<String>().trim_end_matches('-').to_owned();
        rest
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The floor's number, B before it if it is below the ground.
    pub(super) fn floor_number(&self) -> String {
        self.floor.trim_end_matches(['F', '階']).replace("地下", "B")
    }

    /// Appends it to the text that ends with the block.
    pub(super) fn write(&self, out: &mut String) {
        let alone = self.building.is_empty() && self.floor.is_empty();
        if !out.is_empty() && !alone {
            out.push(' ');
        } else if !out.is_empty() && !self.room.is_empty() {
            out.push('-');
        }
        let begin = out.len();
        for part in [&self.building, &self.floor, &self.room] {
            let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            // Adjacent numbers would become one.
            if digit(out[begin..].chars().next_back()) && digit(part.chars().next()) {
                out.push('-');
            }
            out.push_str(part);
        }
        if !self.care_of.is_empty() {
            out.push_str(if out.is_empty() { "" } else { " " });
            out.push_str(&self.care_of);
        }
    }
}

/// Removes a room number from the end.
fn take_room(text: &mut Vec<char>) -> String {
    let marks: [&[char]; 3] = [&['号', '室'], &['号'], &['室']];
    let mark = marks.iter().find(|mark| text.ends_with(mark)).map_or(0, |mark| mark.len());
    let end = text.len() - mark;
    let digits = text[..end].iter().rev().take_while(|c| c.is_ascii_digit()).count();
    if digits == 0 {
        return String::new();
    }
    let mut start = end - digits;
    let number: String = text[start..end].iter().collect();
    let number = without_zeros(&number);
    let hyphen = usize::from(start > 0 && text[start - 1] == '-');
    let letter = start.checked_sub(hyphen + 1).filter(|&at| text[at].is_ascii_uppercase());
    // The F of a floor is not a letter of a room.
    let letter = letter.filter(|&at| text[at] != 'F' || at == 0 || !text[at - 1].is_ascii_digit());
    let letter = letter.map(|at| {
        start = at;
        text[at]
    });
    text.truncate(start);
    trim(text);
    letter.into_iter().chain(number.chars()).collect()
}

/// Removes a floor from the end.
fn take_floor(text: &mut Vec<char>) -> String {
    if !matches!(text.last(), Some('F' | '階')) {
        return String::new();
    }
    let end = text.len() - 1;
    let digits = text[..end].iter().rev().take_while(|c| c.is_ascii_digit()).count();
    if digits == 0 {
        return String::new();
    }
    let below = match &text[..end - digits] {
        [.., 'B'] => 1,
        [.., '地', '下'] => 2,
        _ => 0,
    };
    let floor = text[end - digits - below..].iter().collect();
    text.truncate(end - digits - below);
    trim(text);
    floor
}

fn trim(text: &mut Vec<char>) {
    while matches!(text.last(), Some(' ' | '-')) {
        text.pop();
    }
}
