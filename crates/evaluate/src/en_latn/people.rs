//! Synthetic people and their households.

use std::borrow::Cow;

use super::names::{GENERATIONS, RARE_ENDS, RARE_STARTS, SURNAMES};
use super::places::PLACES;
use crate::date::Date;
use crate::draw::{Ages, Draw, Weighted, items, ranked};

/// Frequencies per 10,000 synthetic families. They are assumptions, chosen to resemble an English-speaking
/// country of the 2020s.
mod rates {
    /// A surname is a composed, rare one.
    pub(super) const RARE_SURNAME: u16 = 4_000;
    /// A given name comes from any generation, not the person's own.
    pub(super) const UNFASHIONABLE: u16 = 1_500;
    /// A couple shares a surname.
    pub(super) const SHARED_SURNAME: u16 = 8_200;
    /// Otherwise: one of them has both surnames, hyphenated.
    pub(super) const DOUBLE_SURNAME: u16 = 2_200;
    /// Partners have the same sex.
    pub(super) const SAME_SEX: u16 = 300;
    /// A couple's child has the other parent's surname, or that of a parent who lives elsewhere.
    pub(super) const STEPCHILD: u16 = 500;
    /// The same for a child who lives with one parent.
    pub(super) const OTHER_PARENTS_NAME: u16 = 3_000;
    /// A woman who lives without a partner has had another surname.
    pub(super) const WAS_MARRIED: u16 = 2_500;
    /// A younger child is a twin of the one before.
    pub(super) const TWIN: u16 = 150;
}

const ALONE: Ages = [(20, 39, 30), (40, 64, 35), (65, 96, 35)];
const COUPLE: Ages = [(22, 39, 30), (40, 59, 25), (60, 90, 45)];
const PARENT: Ages = [(24, 34, 25), (35, 49, 60), (50, 60, 15)];
const SHARING: Ages = [(18, 29, 70), (30, 44, 25), (45, 70, 5)];

type Name = Cow<'static, str>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sex {
    Female,
    Male,
}

/// A suburb with its postcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) suburb: &'static str,
    pub(crate) postcode: &'static str,
}

/// A synthetic person without errors, before any custodian records them.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) given_name: &'static str,
    pub(crate) surname: Name,
    /// A former surname.
    pub(crate) former_surname: Option<Name>,
    pub(crate) birth: Date,
    pub(crate) place: Place,
    /// The household's former place.
    pub(crate) former_place: Place,
}

/// Generates `count` people, household by household; the last household may lack members.
pub(crate) fn make_people(count: usize, draw: Draw) -> Vec<Person> {
    let mut maker = Maker::new(draw, count);
    while maker.people.len() < count {
        maker.household();
    }
    maker.people.truncate(count);
    maker.people
}

struct Maker {
    draw: Draw,
    given: Vec<(u16, Weighted<&'static str>, Weighted<&'static str>)>,
    surnames: Weighted<&'static str>,
    starts: Vec<&'static str>,
    ends: Vec<&'static str>,
    places: Weighted<Place>,
    people: Vec<Person>,
    /// Present and former place of the current household.
    home: (Place, Place),
}

impl Maker {
    fn new(mut draw: Draw, count: usize) -> Self {
        let places: Vec<Place> = items(PLACES)
            .into_iter()
            .filter_map(|place| place.rsplit_once(' '))
            .map(|(suburb, postcode)| Place { suburb, postcode })
            .collect();
        let places = ranked(places, 100);
        let home = (places.draw(&mut draw), places.draw(&mut draw));
        let given = GENERATIONS
            .iter()
            .map(|names| (names.until, ranked(items(names.female), 8), ranked(items(names.male), 8)))
            .collect();
        Self {
            draw,
            given,
            surnames: ranked(items(SURNAMES), 20),
            starts: items(RARE_STARTS),
            ends: items(RARE_ENDS),
            places,
            people: Vec::with_capacity(count + 8),
            home,
        }
    }

    /// Generates one household. Shares in percent: alone 28, couple 27, couple with children 28, one parent
    /// 10, sharing 4, three generations 3.
    fn household(&mut self) {
        self.home = (self.places.draw(&mut self.draw), self.places.draw(&mut self.draw));
        match self.draw.below(100) {
            0..28 => {
                let (sex, surname, age) = (self.sex(), self.surname(), self.draw.age(&ALONE));
                self.adult_alone(sex, surname, age);
            }
            28..55 => {
                let age = self.draw.age(&COUPLE);
                self.couple(age);
            }
            55..83 => {
                let age = self.draw.age(&PARENT);
                let (head, partner) = self.couple(age);
                self.children(age, &head, &partner, rates::STEPCHILD);
            }
            83..93 => {
                let sex = if self.draw.below(100) < 80 { Sex::Female } else { Sex::Male };
                let (surname, other, age) = (self.surname(), self.surname(), self.draw.age(&PARENT));
                self.adult_alone(sex, surname.clone(), age);
                self.children(age, &surname, &other, rates::OTHER_PARENTS_NAME);
            }
            93..97 => {
                for _ in 0..self.draw.between(2, 3) {
                    let (sex, surname, age) = (self.sex(), self.surname(), self.draw.age(&SHARING));
                    self.person(sex, surname, None, age);
                }
            }
            _ => {
                let age = self.draw.age(&PARENT);
                let (head, partner) = self.couple(age);
                self.children(age, &head, &partner, rates::STEPCHILD);
                let (sex, older) = (self.sex(), self.draw.between(22, 38));
                self.person(sex, head, None, age + older);
            }
        }
    }

    /// A couple, the second of `age` years; returns the surname of the first and the one the second had at birth.
    fn couple(&mut self, age: u16) -> (Name, Name) {
        let (first_sex, second_sex) = if self.draw.happens(rates::SAME_SEX) {
            let sex = self.sex();
            (sex, sex)
        } else {
            (Sex::Male, Sex::Female)
        };
        let (first, second) = (self.surname(), self.surname());
        let other_age = (age + self.draw.between(0, 9)).saturating_sub(3).max(18);
        self.person(first_sex, first.clone(), None, other_age);
        if self.draw.happens(rates::SHARED_SURNAME) {
            self.person(second_sex, first.clone(), Some(second.clone()), age);
        } else if self.draw.happens(rates::DOUBLE_SURNAME) && !first.contains('-') && !second.contains('-') {
            self.person(second_sex, Cow::Owned(format!("{second}-{first}")), Some(second.clone()), age);
        } else {
            self.person(second_sex, second.clone(), None, age);
        }
        (first, second)
    }

    fn adult_alone(&mut self, sex: Sex, surname: Name, age: u16) {
        let was_married = sex == Sex::Female && age >= 25 && self.draw.happens(rates::WAS_MARRIED);
        let former = was_married.then(|| self.surname());
        self.person(sex, surname, former, age);
    }

    /// One to three children of a parent of `age` years, the eldest first.
    fn children(&mut self, age: u16, surname: &Name, other: &Name, other_rate: u16) {
        let number = match self.draw.below(100) {
            0..40 => 1,
            40..80 => 2,
            _ => 3,
        };
        let name = if self.draw.happens(other_rate) { other } else { surname };
        let mut child_age = self.draw.between(0, age.saturating_sub(19).min(24));
        for child in 0..number {
            if child > 0 && self.draw.happens(rates::TWIN) {
                self.twin();
                continue;
            }
            if child > 0 {
                let gap = self.draw.between(2, 4);
                if child_age < gap {
                    return;
                }
                child_age -= gap;
            }
            let sex = self.sex();
            self.person(sex, name.clone(), None, child_age);
        }
    }

    /// A twin of the last person: everything equal except the given name and perhaps the sex.
    fn twin(&mut self) {
        let Some(mut twin) = self.people.last().cloned() else { return };
        let sex = self.sex();
        let elder = twin.given_name;
        while twin.given_name == elder {
            twin.given_name = self.given_name(sex, twin.birth.year);
        }
        self.people.push(twin);
    }

    fn person(&mut self, sex: Sex, surname: Name, former_surname: Option<Name>, age: u16) {
        let birth = Date::of_age(age.min(105), &mut self.draw);
        let given_name = self.given_name(sex, birth.year);
        let (place, former_place) = self.home;
        self.people.push(Person { given_name, surname, former_surname, birth, place, former_place });
    }

    fn given_name(&mut self, sex: Sex, year: u16) -> &'static str {
        let own = self.given.iter().position(|(until, ..)| year < *until).unwrap_or(0);
        let generation =
            if self.draw.happens(rates::UNFASHIONABLE) { self.draw.position(self.given.len()) } else { own };
        let (_, female, male) = &self.given[generation];
        let names = if sex == Sex::Female { female } else { male };
        names.draw(&mut self.draw)
    }

    fn surname(&mut self) -> Name {
        if self.draw.happens(rates::RARE_SURNAME) {
            Cow::Owned(format!("{}{}", self.draw.one(&self.starts), self.draw.one(&self.ends)))
        } else {
            Cow::Borrowed(self.surnames.draw(&mut self.draw))
        }
    }

    fn sex(&mut self) -> Sex {
        if self.draw.below(2) == 0 { Sex::Female } else { Sex::Male }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::miswrite::without_diacritics;
    use super::super::names::NICKNAMES;
    use super::*;

    #[test]
    fn lists_are_sound() {
        let mut lists = vec![items(SURNAMES), items(RARE_STARTS), items(RARE_ENDS), items(PLACES)];
        for generation in &GENERATIONS {
            lists.push(items(generation.female));
            lists.push(items(generation.male));
        }
        for list in &lists {
            assert_eq!(list.iter().collect::<BTreeSet<_>>().len(), list.len());
            for item in list {
                assert!(item.trim() == *item && !item.is_empty() && !item.contains(['"', ',']), "{item:?}");
                assert!(without_diacritics(item).is_ascii(), "{item:?}");
            }
        }
        for pair in items(NICKNAMES) {
            assert!(pair.split_once('=').is_some_and(|(a, b)| a != b && !b.is_empty()), "{pair:?}");
        }
        assert!(items(PLACES).iter().all(|place| place.rsplit_once(' ').is_some_and(|(_, code)| {
            code.len() == 4 && code.bytes().all(|digit| digit.is_ascii_digit())
        })));
    }

    #[test]
    fn people_look_like_people() {
        let people = make_people(50_000, Draw::new(1, 0));
        assert_eq!(people.len(), 50_000);
        let share = |count: usize| count as f64 / people.len() as f64;
        let children = share(people.iter().filter(|person| person.birth.year > 2006).count());
        let old = share(people.iter().filter(|person| person.birth.year < 1960).count());
        let former = share(people.iter().filter(|person| person.former_surname.is_some()).count());
        let smith = share(people.iter().filter(|person| person.surname == "Smith").count());
        let twins = share(
            people
                .windows(2)
                .filter(|pair| pair[0].birth == pair[1].birth && pair[0].surname == pair[1].surname)
                .count(),
        );
        assert!((0.15..0.30).contains(&children), "{children}");
        assert!((0.12..0.30).contains(&old), "{old}");
        assert!((0.10..0.30).contains(&former), "{former}");
        assert!((0.004..0.015).contains(&smith), "{smith}");
        assert!((0.0005..0.01).contains(&twins), "{twins}");
    }
}
