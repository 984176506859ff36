//! Error channels: how three custodians record the same person differently.

use super::miswrite::{Nicknames, by_ear, other_punctuation, typo, without_diacritics};
use super::people::{Person, Place};
use crate::draw::Draw;

/// Frequency of each error per 10,000 records. Errors are drawn independently and can occur together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Channels {
    /// Given name: one character inserted, deleted, substituted or transposed.
    given_typo: u16,
    /// The same in the surname.
    surname_typo: u16,
    /// Given name spelled by ear.
    given_by_ear: u16,
    /// Surname spelled by ear.
    surname_by_ear: u16,
    /// A nickname for the given name, if there is one.
    nickname: u16,
    /// A former or later surname, for those who have one.
    former_surname: u16,
    /// Given name and surname in each other's field.
    names_swapped: u16,
    /// Day and month exchanged, if that is a valid date.
    day_month_swapped: u16,
    /// One digit of the date of birth wrong.
    date_digit: u16,
    /// 1 January of the right year.
    first_of_january: u16,
    /// The household's former suburb and postcode.
    moved: u16,
    /// A typo in the suburb.
    suburb_typo: u16,
    /// One digit of the postcode wrong.
    postcode_digit: u16,
    /// Given name missing.
    no_given_name: u16,
    /// Date of birth missing.
    no_date: u16,
    /// Suburb and postcode missing.
    no_address: u16,
    /// The record in upper case (75 %) or lower case.
    letter_case: u16,
    /// Hyphens, apostrophes and blanks of a name omitted or replaced by blanks, where it has any.
    punctuation: u16,
    /// Diacritics omitted, where there are any.
    diacritics: u16,
}

/// A synthetic custodian.
pub(crate) struct Custodian {
    pub(crate) name: &'static str,
    /// First letter of its record ids.
    pub(crate) letter: char,
    /// Share of the people that it has on record, per 10,000.
    pub(crate) share: u16,
    pub(crate) channels: Channels,
}

/// The rates. They are assumptions: about 25 % of the records of hospital and insurer and 3 % of those of the
/// registry contain an error. Hospitals record names by ear and in a hurry. Insurers learn late about
/// weddings and moves. The registry is maintained carefully.
pub(crate) const CUSTODIANS: [Custodian; 3] = [
    Custodian {
        name: "hospital",
        letter: 'H',
        share: 5_000,
        channels: Channels {
            given_typo: 240,
            surname_typo: 240,
            given_by_ear: 120,
            surname_by_ear: 150,
            nickname: 500,
            former_surname: 600,
            names_swapped: 40,
            day_month_swapped: 80,
            date_digit: 130,
            first_of_january: 60,
            moved: 550,
            suburb_typo: 150,
            postcode_digit: 80,
            no_given_name: 30,
            no_date: 80,
            no_address: 150,
            letter_case: 200,
            punctuation: 2_500,
            diacritics: 6_000,
        },
    },
    Custodian {
        name: "insurer",
        letter: 'I',
        share: 6_000,
        channels: Channels {
            given_typo: 130,
            surname_typo: 130,
            given_by_ear: 60,
            surname_by_ear: 70,
            nickname: 400,
            former_surname: 1_200,
            names_swapped: 30,
            day_month_swapped: 60,
            date_digit: 90,
            first_of_january: 120,
            moved: 900,
            suburb_typo: 100,
            postcode_digit: 60,
            no_given_name: 20,
            no_date: 100,
            no_address: 100,
            letter_case: 150,
            punctuation: 3_500,
            diacritics: 9_000,
        },
    },
    Custodian {
        name: "registry",
        letter: 'R',
        share: 10_000,
        channels: Channels {
            given_typo: 20,
            surname_typo: 20,
            given_by_ear: 10,
            surname_by_ear: 10,
            nickname: 20,
            former_surname: 100,
            names_swapped: 5,
            day_month_swapped: 10,
            date_digit: 15,
            first_of_january: 10,
            moved: 150,
            suburb_typo: 10,
            postcode_digit: 5,
            no_given_name: 5,
            no_date: 5,
            no_address: 20,
            letter_case: 0,
            punctuation: 200,
            diacritics: 500,
        },
    },
];

/// A custodian's record of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) given_name: String,
    pub(crate) surname: String,
    pub(crate) date_of_birth: String,
    pub(crate) suburb: String,
    pub(crate) postcode: String,
}

impl Entry {
    /// The person without any error.
    pub(crate) fn true_to(person: &Person) -> Self {
        let Place { suburb, postcode } = person.place;
        Self {
            given_name: person.given_name.to_owned(),
            surname: person.surname.to_string(),
            date_of_birth: person.birth.text(),
            suburb: suburb.to_owned(),
            postcode: postcode.to_owned(),
        }
    }
}

impl Channels {
    /// The person as recorded through these channels.
    pub(crate) fn write(&self, person: &Person, nicknames: &Nicknames, draw: &mut Draw) -> Entry {
        let mut entry = Entry::true_to(person);
        self.names(person, nicknames, &mut entry, draw);
        self.date(person, &mut entry, draw);
        self.address(person, &mut entry, draw);
        self.style(&mut entry, draw);
        entry
    }

    fn names(&self, person: &Person, nicknames: &Nicknames, entry: &mut Entry, draw: &mut Draw) {
        if draw.happens(self.nickname)
            && let Some(other) = nicknames.other(person.given_name, draw)
        {
            other.clone_into(&mut entry.given_name);
        }
        if draw.happens(self.former_surname)
            && let Some(former) = &person.former_surname
        {
            entry.surname = former.to_string();
        }
        if draw.happens(self.given_by_ear) {
            entry.given_name = by_ear(&entry.given_name, draw);
        }
        if draw.happens(self.surname_by_ear) {
            entry.surname = by_ear(&entry.surname, draw);
        }
        if draw.happens(self.given_typo) {
            entry.given_name = typo(&entry.given_name, draw);
        }
        if draw.happens(self.surname_typo) {
            entry.surname = typo(&entry.surname, draw);
        }
        if draw.happens(self.no_given_name) {
            entry.given_name.clear();
        } else if draw.happens(self.names_swapped) {
            std::mem::swap(&mut entry.given_name, &mut entry.surname);
        }
    }

    fn date(&self, person: &Person, entry: &mut Entry, draw: &mut Draw) {
        let mut birth = person.birth;
        if draw.happens(self.first_of_january) {
            birth = birth.first_of_january();
        }
        if draw.happens(self.day_month_swapped) {
            birth = birth.swapped();
        }
        if draw.happens(self.date_digit) {
            birth = birth.other_digit(draw);
        }
        entry.date_of_birth = if draw.happens(self.no_date) { String::new() } else { birth.text() };
    }

    fn address(&self, person: &Person, entry: &mut Entry, draw: &mut Draw) {
        if draw.happens(self.moved) {
            person.former_place.suburb.clone_into(&mut entry.suburb);
            person.former_place.postcode.clone_into(&mut entry.postcode);
        }
        if draw.happens(self.suburb_typo) {
            entry.suburb = typo(&entry.suburb, draw);
        }
        if draw.happens(self.postcode_digit) {
            let at = draw.position(entry.postcode.len());
            let other = b"0123456789"[draw.position(10)];
            let digits = entry.postcode.bytes().enumerate();
            entry.postcode =
                digits.map(|(index, digit)| char::from(if index == at { other } else { digit })).collect();
        }
        if draw.happens(self.no_address) {
            entry.suburb.clear();
            entry.postcode.clear();
        }
    }

    fn style(&self, entry: &mut Entry, draw: &mut Draw) {
        let accented = !(entry.given_name.is_ascii() && entry.surname.is_ascii());
        if accented && draw.happens(self.diacritics) {
            entry.given_name = without_diacritics(&entry.given_name);
            entry.surname = without_diacritics(&entry.surname);
        }
        for name in [&mut entry.given_name, &mut entry.surname] {
            if name.contains(['-', '\'', ' ']) && draw.happens(self.punctuation) {
                *name = other_punctuation(name, draw);
            }
        }
        if draw.happens(self.letter_case) {
            let capitals = draw.below(4) > 0;
            for text in [&mut entry.given_name, &mut entry.surname, &mut entry.suburb] {
                *text = if capitals { text.to_uppercase() } else { text.to_lowercase() };
            }
        }
    }
}
