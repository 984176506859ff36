//! Synthetic people in households, without errors.

use super::lists::FOREIGN;
use super::names::{NameId, Names};
use super::places::{Address, Places};
use super::rates::{Rates, WHOLE};
use crate::date::Date;
use crate::draw::Draw;

/// The role of a person in the household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Head,
    Spouse,
    Child,
    Parent,
}

impl Role {
    /// 続柄 as the registry writes it.
    pub(crate) const fn written(self) -> &'static str {
        match self {
            Self::Head => "世帯主",
            Self::Spouse => "配偶者",
            Self::Child => "子",
            Self::Parent => "父母",
        }
    }
}

/// A synthetic person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    pub(crate) household: u32,
    pub(crate) role: Role,
    pub(crate) female: bool,
    pub(crate) family: NameId,
    pub(crate) given: NameId,
    /// The surname before marriage.
    pub(crate) former: Option<NameId>,
    /// The Japanese name of a foreign resident.
    pub(crate) alias: Option<(NameId, NameId)>,
    pub(crate) foreign: bool,
    pub(crate) birth: Date,
    pub(crate) address: Address,
    pub(crate) previous: Option<Address>,
    /// An address that the registry no longer has.
    pub(crate) forgotten: Address,
}

impl Person {
    /// Age at the end of the last birth year.
    pub(crate) const fn age(&self) -> u16 {
        crate::date::LAST_YEAR - self.birth.year
    }
}

/// Generates `count` people, household by household; the last household may lack members.
pub(crate) fn make(
    count: usize,
    rates: &Rates,
    names: &mut Names,
    places: &Places,
    draw: &mut Draw,
) -> Vec<Person> {
    let mut maker = Maker { rates, names, places, draw, people: Vec::with_capacity(count + 8), household: 0 };
    while maker.people.len() < count {
        maker.household();
    }
    let mut people = maker.people;
    people.truncate(count);
    people
}

struct Maker<'a> {
    rates: &'a Rates,
    names: &'a mut Names,
    places: &'a Places,
    draw: &'a mut Draw,
    people: Vec<Person>,
    household: u32,
}

/// The attributes shared by a household.
#[derive(Clone, Copy)]
struct Home {
    address: Address,
    previous: Option<Address>,
    forgotten: Address,
    /// Nationality of foreign residents.
    foreign: Option<u32>,
}

impl Maker<'_> {
    fn household(&mut self) {
        let rates = self.rates;
        let mut point = self.draw.below(WHOLE);
        let mut size = 1_u16;
        for share in [rates.size_1, rates.size_2, rates.size_3, rates.size_4, rates.size_5] {
            if point < share {
                break;
            }
            point -= share;
            size += 1;
        }
        if size == 6 && self.draw.below(4) == 0 {
            size = 7;
        }
        let foreign = self.draw.chance(rates.foreign).then(|| self.names.people(self.draw));
        let address = self.places.draw(rates, size == 1, self.draw);
        let moved = self.draw.chance(rates.moved);
        let other = self.places.draw(rates, false, self.draw);
        let forgotten = self.places.draw(rates, false, self.draw);
        let home = Home { address, previous: moved.then_some(other), forgotten, foreign };
        match size {
            1 => self.single(home),
            2 if self.draw.chance(rates.pair_is_couple) => {
                let age = self.draw.age(&[(25, 39, 15), (40, 64, 24), (65, 88, 61)]);
                self.couple(home, age);
            }
            2 => {
                // A mother with a child, or an old parent with a grown one.
                let age = self.draw.age(&[(28, 49, 40), (60, 70, 15), (71, 92, 45)]);
                self.parent_with_children(home, age, 1);
            }
            3 if self.draw.chance(rates.single_parent) => {
                let age = self.draw.age(&[(28, 54, 70), (55, 69, 15), (70, 88, 15)]);
                self.parent_with_children(home, age, 2);
            }
            3 => {
                let grandparent = self.draw.chance(rates.with_grandparent);
                self.family(home, if grandparent { 0 } else { 1 }, u16::from(grandparent));
            }
            4 => {
                let grandparent = self.draw.chance(rates.with_grandparent);
                self.family(home, if grandparent { 1 } else { 2 }, u16::from(grandparent));
            }
            size => {
                // More than five: three children, or grandparents.
                let grandparents =
                    if size == 5 && self.draw.below(2) == 0 { 0 } else { self.draw.between(1, 2) };
                self.family(home, size - 2 - grandparents, grandparents);
            }
        }
        self.household += 1;
    }

    fn single(&mut self, home: Home) {
        let old = self.draw.chance(self.rates.old_single);
        let age = if old {
            self.draw.between(65, 94)
        } else {
            self.draw.age(&[(18, 29, 38), (30, 49, 34), (50, 64, 28)])
        };
        // Two in three elderly people who live alone are women.
        let female = self.draw.below(100) < if old { 66 } else { 42 };
        let family = self.family_name(home.foreign);
        let former = (female && age >= 25 && self.draw.below(100) < if old { 85 } else { 14 })
            .then(|| self.family_name(home.foreign));
        self.add(home, Role::Head, female, (family, former), age);
    }

    /// The surnames of both, and their former ones.
    fn couple(&mut self, home: Home, age: u16) -> (NameId, NameId) {
        let (his, hers) = (self.family_name(home.foreign), self.family_name(home.foreign));
        let wife_age = (age + 2).saturating_sub(self.draw.between(0, 7)).max(20);
        let two_names = home.foreign.is_some() || self.draw.chance(self.rates.unmarried);
        let old_name = self.draw.chance(self.rates.old_name);
        let (his_now, hers_now) = if two_names {
            (his, hers)
        } else if self.draw.chance(self.rates.husband_changes) {
            (hers, hers)
        } else {
            (his, his)
        };
        let before = |was: NameId, now: NameId| (was != now && old_name).then_some(was);
        self.add(home, Role::Head, false, (his_now, before(his, his_now)), age);
        self.add(home, Role::Spouse, true, (hers_now, before(hers, hers_now)), wife_age);
        (his_now, hers)
    }

    fn family(&mut self, home: Home, children: u16, grandparents: u16) {
        let age = self.draw.age(&[(26, 36, 20), (37, 52, 38), (53, 80, 42)]);
        let (surname, hers) = self.couple(home, age);
        let step = self.draw.chance(self.rates.step_child);
        let name = if step { self.family_name(home.foreign) } else { surname };
        self.children(home, name, age, children);
        // His parents; or hers, with her former name.
        let of_his = self.draw.below(4) > 0;
        for parent in 0..grandparents {
            let older = self.draw.between(22, 36);
            let female = parent == 1 || self.draw.below(100) < 60;
            let former = female.then(|| self.family_name(home.foreign));
            self.add(
                home,
                Role::Parent,
                female,
                (if of_his { surname } else { hers }, former),
                (age + older).min(103),
            );
        }
    }

    fn parent_with_children(&mut self, home: Home, age: u16, children: u16) {
        let female = self.draw.below(100) < 82;
        let surname = self.family_name(home.foreign);
        let former = (female && self.draw.below(100) < 55).then(|| self.family_name(home.foreign));
        self.add(home, Role::Head, female, (surname, former), age);
        self.children(home, surname, age, children);
    }

    /// Children of a parent of `age`, the eldest first.
    fn children(&mut self, home: Home, surname: NameId, age: u16, count: u16) {
        let eldest =
            self.draw.between(age.saturating_sub(40), age.saturating_sub(22).max(age.saturating_sub(40)));
        // An age difference of two years is more than one year in days, so siblings are never born within a
        // few months.
        let mut child_age = eldest.max(2 * count.saturating_sub(1));
        for child in 0..count {
            if child > 0 && self.draw.chance(self.rates.twin) {
                self.twin();
                continue;
            }
            if child > 0 {
                let younger = 2 * (count - 1 - child);
                child_age -= self.draw.between(2, 4).min(child_age - younger);
            }
            let female = self.draw.below(2) == 0;
            self.add(home, Role::Child, female, (surname, None), child_age);
        }
    }

    /// A twin of the last person: everything equal except the given name and perhaps the sex.
    fn twin(&mut self) {
        let Some(&elder) = self.people.last() else { return };
        let female = if self.draw.below(3) == 0 { !elder.female } else { elder.female };
        let people = elder.foreign.then(|| self.draw.below(FOREIGN.len() as u64) as u32);
        let given = self.given(people, female, elder.birth.year);
        self.people.push(Person { female, given, ..elder });
    }

    /// A given name that nobody else in the household has.
    fn given(&mut self, foreign: Option<u32>, female: bool, year: u16) -> NameId {
        loop {
            let given = match foreign {
                Some(people) => self.names.foreign_given(people, female, self.draw),
                None => self.names.given(female, year, self.draw),
            };
            let mut home = self.people.iter().rev().take_while(|person| person.household == self.household);
            if home.all(|person| person.given != given) {
                return given;
            }
        }
    }

    fn add(&mut self, home: Home, role: Role, female: bool, surnames: (NameId, Option<NameId>), age: u16) {
        let birth = Date::of_age(age.min(105), self.draw);
        let mut given = self.given(home.foreign, female, birth.year);
        let alias =
            home.foreign.filter(|&people| self.draw.below(100) < FOREIGN[people as usize].alias).map(|_| {
                (self.names.family(self.rates, self.draw), self.names.given(female, birth.year, self.draw))
            });
        let mut family = surnames.0;
        if home.foreign.is_none() {
            given = self.names.rare_form(given, self.rates, self.draw);
            if self.draw.chance(self.rates.gaiji) {
                family = self.names.with_gaiji(family, self.draw);
            }
        }
        self.people.push(Person {
            household: self.household,
            role,
            female,
            family,
            given,
            former: surnames.1.filter(|former| *former != family),
            alias,
            foreign: home.foreign.is_some(),
            birth,
            address: home.address,
            previous: home.previous,
            forgotten: home.forgotten,
        });
    }

    /// A surname as spelled by its bearer.
    fn family_name(&mut self, foreign: Option<u32>) -> NameId {
        match foreign {
            Some(people) => self.names.foreign_family(people, self.draw),
            None => {
                let name = self.names.family(self.rates, self.draw);
                self.names.rare_form(name, self.rates, self.draw)
            }
        }
    }
}
