//! A synthetic population without errors.

use std::collections::HashSet;

use super::names::Names;
use super::numbers;
use super::people::{self, Person};
use super::places::{Address, Places};
use super::rates::Rates;
use crate::draw::Draw;

/// A synthetic population without errors.
pub(super) struct World {
    pub(super) rates: Rates,
    /// Rates without any error: the registry's records.
    pub(super) exact: Rates,
    pub(super) names: Names,
    pub(super) places: Places,
    pub(super) people: Vec<Person>,
    /// Personal numbers, by person.
    pub(super) numbers: Vec<String>,
    /// People whose numbers are similar by design; they are not changed further.
    pub(super) alike: HashSet<u32>,
    /// Addresses of employers.
    pub(super) employers: Vec<Address>,
    pub(super) offset: u64,
}

impl World {
    pub(super) fn make(
        people: usize,
        rates: Rates,
        municipality: Option<&str>,
        draw: &mut Draw,
    ) -> Option<Self> {
        let mut names = Names::new();
        let places = Places::new(municipality, draw)?;
        let made = people::make(people, &rates, &mut names, &places, draw);
        let employers = (0..300).map(|_| places.draw(&rates, false, draw)).collect();
        let offset = draw.below(100_000_000_000);
        let exact = Rates { date_missing: 0, date_digit: 0, date_day: 0, date_swap: 0, date_era: 0, ..rates };
        let numbers = (0..made.len() as u32).map(|person| numbers::number(person, offset)).collect();
        Some(Self {
            rates,
            exact,
            names,
            places,
            people: made,
            numbers,
            alike: HashSet::new(),
            employers,
            offset,
        })
    }

    /// A person with the kana name, date of birth and sex of another, who lives elsewhere and usually has a
    /// given name in different kanji.
    pub(super) fn add_homonym(&mut self, of: u32, draw: &mut Draw) -> u32 {
        let original = self.people[of as usize];
        let given = self.names.other_spelling(original.given, draw);
        let household = self.people.last().map_or(0, |last| last.household + 1);
        let address = self.places.draw(&self.rates, true, draw);
        self.people.push(Person {
            given,
            household,
            address,
            previous: None,
            forgotten: address,
            former: None,
            ..original
        });
        let person = self.people.len() as u32 - 1;
        self.numbers.push(numbers::number(person, self.offset));
        person
    }

    /// A person whose number is a typo of another's that the check digit does not detect.
    pub(super) fn mistype_number(&mut self, of: u32, draw: &mut Draw) -> Option<u32> {
        let number = numbers::mistyped(&self.numbers[of as usize], draw)?;
        let other = draw.below(self.people.len() as u64) as u32;
        let household = |person: u32| self.people[person as usize].household;
        if household(other) == household(of) || [of, other].iter().any(|person| self.alike.contains(person)) {
            return None;
        }
        self.alike.extend([of, other]);
        self.numbers[other as usize] = number;
        Some(other)
    }
}
