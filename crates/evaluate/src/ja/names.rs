//! Names of synthetic people in Japan, by frequency and cohort.

use std::collections::HashMap;

use mizuhiki_locale::ja_names::{given_names, surnames, variants};

use super::lists::{COHORTS, FOREIGN, SURNAME_ENDS, SURNAME_MIDDLES, SURNAME_STARTS};
use super::rates::Rates;
use crate::draw::{Draw, Weighted, items, ranked};

/// A part of a name, by its place in [`Names`].
pub(crate) type NameId = u32;

/// A family or given name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// As the registry writes it: kanji, kana, or capitals for foreign names.
    pub(crate) written: String,
    /// In katakana.
    pub(crate) kana: String,
    /// The same with common characters; identical for most names.
    pub(crate) common: NameId,
    /// In kanji, for a foreign name that has them; otherwise empty.
    pub(crate) kanji: String,
}

/// Spellings of a given name: indices of the most common one and of the others.
type Spellings = (Vec<NameId>, Weighted<u32>);

pub(crate) struct Names {
    all: Vec<Name>,
    by_text: HashMap<(String, String), NameId>,
    common_families: Weighted<NameId>,
    /// Family names of two and of three parts that the list lacks.
    rare_families: [Vec<NameId>; 2],
    given: Vec<GivenOfCohort>,
    spellings: Vec<Spellings>,
    foreign: Vec<ForeignNames>,
    foreigners: Weighted<u32>,
    /// Rare forms of characters.
    variants: HashMap<char, Vec<char>>,
}

struct GivenOfCohort {
    until: u16,
    /// Places in [`Names::spellings`], by popularity.
    male: Weighted<u32>,
    female: Weighted<u32>,
}

struct ForeignNames {
    families: Weighted<NameId>,
    male: Weighted<NameId>,
    female: Weighted<NameId>,
}

/// How common the spellings of given names are. The list has no frequencies: a spelling counts as common as
/// its rarest character, a reading as common as its number of spellings.
struct Shares {
    /// Spellings with a character, by sex.
    characters: HashMap<(bool, char), u64>,
    /// Ways to write a reading.
    readings: HashMap<(bool, &'static str), u64>,
    /// Sum of these over the readings of a spelling.
    spellings: HashMap<(bool, &'static str), u64>,
}

impl Shares {
    fn new() -> Self {
        let mut shares =
            Self { characters: HashMap::new(), readings: HashMap::new(), spellings: HashMap::new() };
        for name in given_names() {
            let ways = name.spellings().count() as u64;
            shares.readings.insert((name.female, name.reading), ways);
            for spelling in name.spellings() {
                *shares.spellings.entry((name.female, spelling)).or_insert(0) += ways;
                for character in spelling.chars() {
                    *shares.characters.entry((name.female, character)).or_insert(0) += 1;
                }
            }
        }
        shares
    }

    fn of(&self, spelling: &str, female: bool, reading: &str) -> u64 {
        let usual =
            spelling.chars().filter_map(|c| self.characters.get(&(female, c))).min().copied().unwrap_or(1);
        let of_reading = self.readings.get(&(female, reading)).copied().unwrap_or(1);
        let of_spelling = self.spellings.get(&(female, spelling)).copied().unwrap_or(1);
        (usual * of_reading * 1_000 / of_spelling).max(1)
    }
}

impl Names {
    pub(crate) fn new() -> Self {
        let mut names = Self {
            all: Vec::new(),
            by_text: HashMap::new(),
            common_families: Weighted::new(Vec::new()),
            rare_families: Default::default(),
            given: Vec::new(),
            spellings: Vec::new(),
            foreign: Vec::new(),
            foreigners: Weighted::new(Vec::new()),
            variants: HashMap::new(),
        };
        let common = surnames()
            .map(|name| (names.intern(name.spelling, name.reading, ""), u64::from(name.people)))
            .collect();
        names.common_families = Weighted::new(common);
        names.make_rare_families();
        names.make_given();
        names.make_foreign();
        for (canonical, variant, glyph) in variants() {
            if glyph {
                names.variants.entry(canonical).or_default().push(variant);
            }
        }
        names
    }

    pub(crate) fn get(&self, id: NameId) -> &Name {
        &self.all[id as usize]
    }

    fn intern(&mut self, written: &str, kana: &str, kanji: &str) -> NameId {
        let key = (written.to_owned(), kana.to_owned());
        if let Some(&id) = self.by_text.get(&key) {
            return id;
        }
        let id = self.all.len() as NameId;
        let (written, kana) = key.clone();
        self.all.push(Name { written, kana, common: id, kanji: kanji.to_owned() });
        self.by_text.insert(key, id);
        id
    }

    fn make_rare_families(&mut self) {
        let parts = |list: &'static str| -> Vec<(&str, &str)> {
            items(list).into_iter().filter_map(|part| part.split_once(' ')).collect()
        };
        let (starts, middles, ends) = (parts(SURNAME_STARTS), parts(SURNAME_MIDDLES), parts(SURNAME_ENDS));
        let known: std::collections::HashSet<&str> = surnames().map(|name| name.spelling).collect();
        for (start, start_kana) in &starts {
            for (end, end_kana) in &ends {
                let two = (format!("{start}{end}"), format!("{start_kana}{end_kana}"));
                let three =
                    middles.iter().filter(|middle| middle.0 != *start && middle.0 != *end).map(|middle| {
                        (format!("{start}{}{end}", middle.0), format!("{start_kana}{}{end_kana}", middle.1))
                    });
                for (written, kana) in std::iter::once(two).chain(three) {
                    if start != end && !known.contains(written.as_str()) {
                        let id = self.intern(&written, &kana, "");
                        self.rare_families[usize::from(written.chars().count() > 2)].push(id);
                    }
                }
            }
        }
    }

    fn make_given(&mut self) {
        let shares = Shares::new();
        // Every reading with its spellings, popular readings first.
        let mut readings: [Vec<(u32, bool)>; 2] = [Vec::new(), Vec::new()];
        let mut places: HashMap<(bool, &str), u32> = HashMap::new();
        for name in given_names() {
            let spellings: Vec<(NameId, u64)> = name
                .spellings()
                .map(|spelling| {
                    (self.intern(spelling, name.reading, ""), shares.of(spelling, name.female, name.reading))
                })
                .collect();
            let place = self.add_spellings(&spellings);
            places.insert((name.female, name.reading), place);
            readings[usize::from(name.female)].push((place, name.popular));
        }
        for list in &mut readings {
            // By popularity, then by how many spellings are known; stable, so the list's order decides ties.
            list.sort_by_key(|&(place, popular)| {
                (!popular, std::cmp::Reverse(self.spellings[place as usize].0.len()))
            });
        }
        for cohort in &COHORTS {
            let [male, female] = [(false, cohort.male), (true, cohort.female)].map(|(is_female, seeds)| {
                let mut order: Vec<u32> = Vec::new();
                for seed in items(seeds) {
                    let Some((spelling, kana)) = seed.split_once(' ') else { continue };
                    let id = self.intern(spelling, kana, "");
                    // Half of its bearers spell it as in the cohort's list.
                    let others: Vec<(NameId, u64)> = places
                        .get(&(is_female, kana))
                        .map(|&place| self.spellings[place as usize].0.iter().copied())
                        .into_iter()
                        .flatten()
                        .filter(|other| *other != id)
                        .map(|other| (other, shares.of(&self.get(other).written, is_female, kana)))
                        .collect();
                    let half = others.iter().map(|(_, weight)| weight).sum::<u64>().max(1);
                    order.push(self.add_spellings(&[vec![(id, half)], others].concat()));
                }
                let usual =
                    order.len() + readings[usize::from(is_female)].iter().filter(|(_, usual)| *usual).count();
                order.extend(readings[usize::from(is_female)].iter().map(|(place, _)| *place));
                // Names that the list does not mark as usual are rarer than their rank.
                let tops = order.len() - readings[usize::from(is_female)].len();
                let weight = |rank: usize, place: u32| {
                    let rare = if rank < usual { 1 } else { 4 };
                    // The top of the list is per cohort; the rest is the same for every cohort.
                    let ending =
                        self.spellings[place as usize].0.first().map(|&id| self.get(id).kana.as_str());
                    let in_ko = is_female && rank >= tops && ending.is_some_and(|kana| kana.ends_with('コ'));
                    let fashion = if in_ko { cohort.ko } else { 8 };
                    (1 << 32) / (rank as u64 + 1 + cohort.flatness) * fashion / 8 / rare
                };
                Weighted::new(
                    order.into_iter().enumerate().map(|(rank, place)| (place, weight(rank, place))).collect(),
                )
            });
            self.given.push(GivenOfCohort { until: cohort.until, male, female });
        }
    }

    fn add_spellings(&mut self, spellings: &[(NameId, u64)]) -> u32 {
        let ids = spellings.iter().map(|(id, _)| *id).collect();
        let weights = spellings.iter().zip(0..).map(|((_, weight), place)| (place, *weight)).collect();
        self.spellings.push((ids, Weighted::new(weights)));
        self.spellings.len() as u32 - 1
    }

    fn make_foreign(&mut self) {
        for people in &FOREIGN {
            let mut list = |text: &'static str| {
                let ids: Vec<NameId> =
                    items(text).into_iter().map(|item| self.intern_foreign(item)).collect();
                ranked(ids, 4)
            };
            let names = ForeignNames {
                families: list(people.families),
                male: list(people.male),
                female: list(people.female),
            };
            self.foreign.push(names);
        }
        let shares = FOREIGN.iter().zip(0..).map(|(people, index)| (index, people.share)).collect();
        self.foreigners = Weighted::new(shares);
    }

    /// `LATIN NAME カナ ネーム 漢字`: runs of one script.
    fn intern_foreign(&mut self, item: &str) -> NameId {
        let (mut latin, mut kana, mut kanji) = (Vec::new(), Vec::new(), "");
        for word in item.split(' ') {
            match word.chars().next() {
                Some(first) if first.is_ascii() => latin.push(word),
                Some('ァ'..='ヺ') => kana.push(word),
                _ => kanji = word,
            }
        }
        self.intern(&latin.join(" "), &kana.join(" "), kanji)
    }

    pub(crate) fn family(&self, rates: &Rates, draw: &mut Draw) -> NameId {
        if draw.chance(rates.rare_surname) {
            let [two, three] = &self.rare_families;
            let parts = if draw.below(6) > 0 { two } else { three };
            *draw.one(parts)
        } else {
            self.common_families.draw(draw)
        }
    }

    pub(crate) fn given(&self, female: bool, year: u16, draw: &mut Draw) -> NameId {
        let cohort = self.given.iter().find(|cohort| year < cohort.until).unwrap_or(&self.given[0]);
        let names = if female { &cohort.female } else { &cohort.male };
        let (ids, choice) = &self.spellings[names.draw(draw) as usize];
        ids[choice.draw(draw) as usize]
    }

    /// A nationality of foreign residents, by index.
    pub(crate) fn people(&self, draw: &mut Draw) -> u32 {
        self.foreigners.draw(draw)
    }

    pub(crate) fn foreign_family(&self, people: u32, draw: &mut Draw) -> NameId {
        self.foreign[people as usize].families.draw(draw)
    }

    pub(crate) fn foreign_given(&self, people: u32, female: bool, draw: &mut Draw) -> NameId {
        let names = &self.foreign[people as usize];
        if female { names.female.draw(draw) } else { names.male.draw(draw) }
    }

    /// Another name with the same reading, with a different spelling if there is one.
    pub(crate) fn other_spelling(&self, id: NameId, draw: &mut Draw) -> NameId {
        let name = self.get(id);
        let alike = |ids: &[NameId]| {
            let others: Vec<NameId> = ids
                .iter()
                .copied()
                .filter(|&other| self.get(other).kana == name.kana && self.get(other).written != name.written)
                .collect();
            (!others.is_empty()).then_some(others)
        };
        // 75 % of homonyms spell the name differently.
        let lists = self.spellings.iter().find_map(|(ids, _)| alike(ids)).filter(|_| draw.below(4) > 0);
        lists.map_or(id, |others| *draw.one(&others))
    }

    /// The name with a rare form of one of its characters, at the configured rate; unchanged otherwise.
    pub(crate) fn rare_form(&mut self, id: NameId, rates: &Rates, draw: &mut Draw) -> NameId {
        let name = &self.all[id as usize];
        let affected = |character: &char| self.variants.contains_key(character);
        let Some(character) = name.written.chars().find(affected) else { return id };
        if !draw.chance(rates.rare_variant) {
            return id;
        }
        let forms = &self.variants[&character];
        // Forms distinguished by municipalities' fonts carry variation selectors.
        let form = match draw.below(forms.len() as u64 + 1) as usize {
            at if at < forms.len() => forms[at].to_string(),
            _ => format!("{character}\u{E0101}"),
        };
        self.other_form(id, &form, character)
    }

    /// The name with a character that only the registry's own font has.
    pub(crate) fn with_gaiji(&mut self, id: NameId, draw: &mut Draw) -> NameId {
        let Some(first) = self.all[id as usize].written.chars().next() else { return id };
        let gaiji = char::from_u32(0xE000 + draw.below(1_880) as u32).unwrap_or('\u{E000}');
        self.other_form(id, &gaiji.to_string(), first)
    }

    fn other_form(&mut self, id: NameId, form: &str, character: char) -> NameId {
        let name = &self.all[id as usize];
        let (written, kana) = (name.written.replacen(character, form, 1), name.kana.clone());
        let other = self.intern(&written, &kana, "");
        self.all[other as usize].common = id;
        other
    }
}
