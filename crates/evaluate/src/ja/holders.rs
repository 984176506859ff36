//! What each custodian records of a synthetic person: its columns, formats and errors.

use super::names::NameId;
use super::people::Person;
use super::places::Address;
use super::script::{half_width, hiragana, kana_typo, large};
use super::world::World;
use super::write::{AddressStyle, Causes, DateStyle, NameOf, in_jis, kanji_slip, write_address, write_date};
use crate::draw::Draw;

/// A custodian of synthetic people in Japan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Registry,
    Insurer,
    Bank,
    Hospital,
    Handbook,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] =
        [Self::Registry, Self::Insurer, Self::Bank, Self::Hospital, Self::Handbook];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Insurer => "insurer",
            Self::Bank => "bank",
            Self::Hospital => "hospital",
            Self::Handbook => "handbook",
        }
    }

    /// First letter of record ids.
    pub(crate) const fn letter(self) -> char {
        match self {
            Self::Registry => 'R',
            Self::Insurer => 'I',
            Self::Bank => 'B',
            Self::Hospital => 'H',
            Self::Handbook => 'D',
        }
    }

    /// Columns after `record_id`.
    pub(crate) const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Registry => &[
                "number",
                "household_id",
                "relation",
                "name_kanji",
                "alias",
                "birth_date",
                "sex",
                "postal_code",
                "address",
                "previous_address",
            ],
            Self::Insurer => &[
                "insurer_no",
                "insured_no",
                "name_kanji",
                "name_kana",
                "birth_date",
                "sex",
                "postal_code",
                "address",
            ],
            Self::Bank => &["account", "name_kana", "postal_code", "address"],
            Self::Hospital => &["name_kanji", "name_kana", "birth_date", "sex", "phone", "address"],
            Self::Handbook => &["handbook_no", "name_kanji", "birth_date", "sex", "address"],
        }
    }

    /// Whether the custodian has a record of a person.
    pub(crate) fn knows(self, person: &Person, world: &World, draw: &mut Draw) -> bool {
        let rates = &world.rates;
        match self {
            Self::Registry => true,
            Self::Insurer => draw.chance(rates.insurer_share),
            Self::Bank => draw.chance(rates.bank_share) && person.age() >= 15,
            Self::Hospital => draw.chance(rates.hospital_share),
            Self::Handbook => draw.chance(rates.handbook_share),
        }
    }

    /// The values of [`Kind::columns`], and the causes of differences from the registry's.
    pub(crate) fn write(self, person: u32, world: &World, draw: &mut Draw) -> (Vec<String>, Causes) {
        let entry = Entry { person: &world.people[person as usize], world, draw, causes: Vec::new() };
        match self {
            Self::Registry => entry.registry(person),
            Self::Insurer => entry.insurer(),
            Self::Bank => entry.bank(),
            Self::Hospital => entry.hospital(),
            Self::Handbook => entry.handbook(),
        }
    }
}

/// A record under construction.
struct Entry<'a> {
    person: &'a Person,
    world: &'a World,
    draw: &'a mut Draw,
    causes: Causes,
}

type Written = (Vec<String>, Causes);

impl Entry<'_> {
    fn registry(self, number: u32) -> Written {
        let Self { person, world, draw, causes } = self;
        let names = &world.names;
        let name = NameOf { family: person.family, given: person.given };
        let kanji = (names.get(person.family).kanji.as_str(), names.get(person.given).kanji.as_str());
        // Foreign residents of countries with kanji may have them on record.
        let written = if person.foreign && !kanji.0.is_empty() && !kanji.1.is_empty() && number % 5 < 3 {
            format!("{}　{}", kanji.0, kanji.1)
        } else {
            name.written(names)
        };
        let alias =
            person.alias.map_or_else(String::new, |(family, given)| NameOf { family, given }.written(names));
        let address = |address: &Address, draw: &mut Draw| {
            write_address(&world.places, address, AddressStyle::Registry, &world.rates, draw)
        };
        let previous = person.previous.map_or_else(String::new, |previous| address(&previous, draw));
        let row = vec![
            world.numbers[number as usize].clone(),
            format!("S{:07}", u64::from(person.household).wrapping_mul(7_368_787) % 9_999_991),
            person.role.written().to_owned(),
            written,
            alias,
            write_date(person.birth, DateStyle::Iso, &world.exact, draw, &mut Vec::new()),
            if person.female { "女" } else { "男" }.to_owned(),
            world.places.towns[person.address.town as usize].postal.to_owned(),
            address(&person.address, draw),
            previous,
        ];
        (row, causes)
    }

    fn insurer(mut self) -> Written {
        let rates = &self.world.rates;
        let name = self.name(rates.insurer_old_name);
        let mut kanji = self.kanji(name);
        if self.draw.chance(rates.insurer_typo) {
            self.causes.push("typo");
            kanji = kanji_slip(&kanji, self.draw);
        }
        let mut kana = self.kana(name);
        if self.draw.chance(rates.insurer_misread) {
            self.causes.push("misread");
            kana = kana_typo(&kana, self.draw);
        }
        // Older offices type large kana, in full or half width.
        let mut kana = match self.draw.below(4) {
            0 => large(&kana),
            1 => half_width(&large(&kana)),
            _ => kana.replace(' ', "　"),
        };
        if self.draw.chance(rates.insurer_swap) {
            self.causes.push("column_swap");
            std::mem::swap(&mut kanji, &mut kana);
        }
        let (postal, address) = if self.draw.chance(rates.insurer_no_address) {
            self.causes.push("no_address");
            (String::new(), String::new())
        } else if self.draw.chance(rates.insurer_employer) {
            self.causes.push("employer_address");
            let employer = self.world.employers[self.draw.position(self.world.employers.len())];
            self.address(&employer)
        } else {
            let held = self.held_address(rates.insurer_stale);
            self.address(&held)
        };
        let insurer = self.draw.between(1, 40);
        let body = format!("0613{insurer:03}");
        let row = vec![
            format!("{body}{}", luhn(&body)),
            format!(
                "{:03}-{:06}-{:02}",
                self.draw.between(1, 999),
                self.draw.below(999_999),
                self.draw.between(0, 4)
            ),
            kanji,
            kana,
            self.date(DateStyle::Receipt),
            self.sex("1", "2"),
            postal,
            address,
        ];
        (row, self.causes)
    }

    fn bank(mut self) -> Written {
        let rates = &self.world.rates;
        let name = self.name(rates.bank_old_name);
        let mut kana = self.kana(name);
        if self.draw.chance(rates.bank_typo) {
            self.causes.push("typo");
            kana = kana_typo(&kana, self.draw);
        }
        let mut kana = half_width(&large(&kana).replace('ー', "-").replace('・', " "));
        if kana.chars().count() > 30 && self.draw.chance(rates.bank_truncated) {
            self.causes.push("truncated");
            kana = kana.chars().take(30).collect();
        }
        let held = self.held_address(rates.bank_stale);
        let (postal, address) = self.address(&held);
        let account = format!(
            "{:04}-{:03}-1-{:07}",
            9_000 + self.draw.between(0, 3),
            self.draw.between(1, 400),
            self.draw.below(9_999_999)
        );
        (vec![account, kana, postal, address], self.causes)
    }

    fn hospital(mut self) -> Written {
        let rates = &self.world.rates;
        let name = self.name(rates.hospital_old_name);
        let mut kanji = self.kanji(name);
        let mut kana = self.kana(name);
        if self.draw.chance(rates.hospital_typo) {
            self.causes.push("typo");
            if self.draw.below(2) == 0 {
                kanji = kanji_slip(&kanji, self.draw);
            } else {
                kana = kana_typo(&kana, self.draw);
            }
        }
        if self.draw.chance(rates.hospital_order) {
            self.causes.push("name_order");
            let exchanged = |text: &str| text.split_once([' ', '　']).map(|(a, b)| format!("{b} {a}"));
            kanji = exchanged(&kanji).unwrap_or(kanji);
            kana = exchanged(&kana).unwrap_or(kana);
        }
        if self.draw.chance(rates.hospital_hiragana) {
            kana = hiragana(&kana);
        }
        let address = if self.draw.chance(rates.hospital_no_address) {
            self.causes.push("no_address");
            String::new()
        } else {
            let held = self.held_address(rates.hospital_stale);
            self.address(&held).1
        };
        let style = if self.draw.below(3) == 0 { DateStyle::Letter } else { DateStyle::Slashes };
        let phone = format!(
            "0{}0-{:04}-{:04}",
            self.draw.between(7, 9),
            self.draw.below(9_999),
            self.draw.below(9_999)
        );
        let row = vec![kanji, kana, self.date(style), self.sex("男", "女"), phone, address];
        (row, self.causes)
    }

    fn handbook(mut self) -> Written {
        let rates = &self.world.rates;
        let name = self.name(0);
        let mut kanji = self.kanji(name);
        if self.draw.chance(rates.handbook_typo) {
            self.causes.push("typo");
            kanji = kanji_slip(&kanji, self.draw);
        }
        let held = self.held_address(rates.handbook_stale);
        let style = if self.draw.chance(rates.handbook_partial) {
            self.causes.push("partial_address");
            AddressStyle::Partial
        } else {
            AddressStyle::Mixed
        };
        let address = write_address(&self.world.places, &held, style, rates, self.draw);
        let sex =
            if self.draw.chance(rates.handbook_no_sex) { String::new() } else { self.sex("男", "女") };
        let row =
            vec![format!("{:06}", self.draw.below(999_999)), kanji, self.date(DateStyle::Era), sex, address];
        (row, self.causes)
    }

    /// The name in use; foreign residents may use their Japanese one.
    fn name(&mut self, old_name: u64) -> NameOf {
        if let Some((family, given)) = self.person.alias
            && self.draw.below(2) == 0
        {
            self.causes.push("alias");
            return NameOf { family, given };
        }
        let old = self.draw.chance(old_name);
        NameOf::of(self.person, old, &mut self.causes)
    }

    /// The name as displayed by a system limited to JIS X 0208.
    fn kanji(&mut self, name: NameOf) -> String {
        let names = &self.world.names;
        let mut shown = |id: NameId| {
            let written = names.get(id);
            let common = &names.get(written.common).written;
            in_jis(&written.written, common, &self.world.rates, self.draw, &mut self.causes)
        };
        let (family, given) = (shown(name.family), shown(name.given));
        let blank = if family.is_ascii() { ' ' } else { '　' };
        format!("{family}{blank}{given}")
    }

    fn kana(&self, name: NameOf) -> String {
        name.kana(&self.world.names)
    }

    /// The recorded address: for a share `stale` of all people a former one. People who never moved have
    /// none.
    fn held_address(&mut self, stale: u64) -> Address {
        let Some(previous) = self.person.previous else { return self.person.address };
        if self.draw.below(self.world.rates.moved) >= stale {
            return self.person.address;
        }
        self.causes.push("stale_address");
        // In 90 % of cases, the former address is the previous one.
        if self.draw.below(10) > 0 { previous } else { self.person.forgotten }
    }

    /// Postal code and address as people write them.
    fn address(&mut self, address: &Address) -> (String, String) {
        let world = self.world;
        let postal = world.places.towns[address.town as usize].postal;
        let postal = if self.draw.below(2) == 0 {
            postal.to_owned()
        } else {
            format!("{}-{}", &postal[..3], &postal[3..])
        };
        (postal, write_address(&world.places, address, AddressStyle::Mixed, &world.rates, self.draw))
    }

    fn date(&mut self, style: DateStyle) -> String {
        write_date(self.person.birth, style, &self.world.rates, self.draw, &mut self.causes)
    }

    fn sex(&mut self, male: &str, female: &str) -> String {
        let rates = &self.world.rates;
        if self.draw.chance(rates.sex_missing) {
            self.causes.push("sex_missing");
            return String::new();
        }
        let wrong = self.draw.chance(rates.sex_wrong);
        if wrong {
            self.causes.push("sex_wrong");
        }
        if self.person.female == wrong { male.to_owned() } else { female.to_owned() }
    }
}

/// Check digit of an insurer's number.
fn luhn(digits: &str) -> u32 {
    let products = digits.bytes().rev().zip([2, 1].into_iter().cycle()).map(|(d, w)| u32::from(d - b'0') * w);
    let sum: u32 = products.map(|product| product / 10 + product % 10).sum();
    (10 - sum % 10) % 10
}
