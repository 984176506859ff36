//! Marginal figures of synthetic people, compared with their sources.

use std::collections::HashMap;
use std::ops::Range;

use super::people::{Person, Role};
use super::script::large;
use super::world::World;
use super::write::outside_jis;

/// A figure of the synthetic people and of its source.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Figure {
    /// The name of the figure.
    pub name: &'static str,
    /// Its value among the synthetic people.
    pub made: f64,
    /// Its value in the source.
    pub source_value: f64,
    /// The source.
    pub source: &'static str,
}

/// People of Japan.
const JAPAN: f64 = 125e6;

/// Figures of the first `count` people of a world; later ones were added for wrong links.
pub(super) fn figures(world: &World, count: usize) -> Vec<Figure> {
    let people = &world.people[..count];
    let of_people =
        |is: &dyn Fn(&Person) -> bool| share(people.iter().filter(|person| is(person)).count(), count);
    let households = households(people);
    let of_households = |is: &dyn Fn(&[Person]) -> bool| {
        share(households.iter().filter(|members| is(members)).count(), households.len())
    };
    let mut figures = vec![
        figure(
            "households of one person",
            of_households(&|members| members.len() == 1),
            0.381,
            "census 2020",
        ),
        figure("of two", of_households(&|members| members.len() == 2), 0.281, "census 2020"),
        figure("of three", of_households(&|members| members.len() == 3), 0.166, "census 2020"),
        figure("of four", of_households(&|members| members.len() == 4), 0.119, "census 2020"),
        figure("of five or more", of_households(&|members| members.len() >= 5), 0.053, "census 2020"),
        figure("people in a household", count as f64 / households.len().max(1) as f64, 2.21, "census 2020"),
        figure("households of three generations", of_households(&three_generations), 0.042, "census 2020"),
        figure("women", of_people(&|person| person.female), 0.514, "census 2020"),
        figure("people under 15", of_people(&|person| person.age() < 15), 0.119, "census 2020"),
        figure("people of 65 or more", of_people(&|person| person.age() >= 65), 0.286, "census 2020"),
        figure("foreign residents", of_people(&|person| person.foreign), 0.029, "resident statistics 2024"),
        figure(
            "people with a twin, in 100 children of couples",
            100.0 * twins(&households),
            2.0,
            "vital statistics: 1 % of births",
        ),
    ];
    figures.extend(figures_of_names(world, people, &households));
    figures
}

/// Figures of names, and of what is alike by chance.
fn figures_of_names(world: &World, people: &[Person], households: &[&[Person]]) -> Vec<Figure> {
    let count = people.len();
    let married: Vec<&[Person]> =
        households.iter().copied().filter(|members| couple(members).is_some()).collect();
    let surnames = Surnames::of(world, people);
    let outside = people.iter().filter(|person| outside(world, person)).count();
    vec![
        figure(
            "couples of one surname",
            share(married.iter().filter(|members| one_name(members)).count(), married.len()),
            0.95,
            "one surname by law; unmarried and foreign couples estimated",
        ),
        figure(
            "bearers of the most common surname (佐藤)",
            surnames.first,
            0.015,
            "surname list: 1.86 of 125 million",
        ),
        figure("of the ten most common", surnames.ten, 0.098, "surname list"),
        figure("of the hundred most common", surnames.hundred, 0.33, "surname list"),
        figure("chance that two surnames are read alike", surnames.alike, 0.002_18, "surname list"),
        figure(
            "women born from 1930 to 1949 whose name ends in 子",
            in_ko(world, people, 1930..1950),
            0.78,
            "estimated from the tops of the yearly lists of names",
        ),
        figure(
            "women born from 2000 on whose name ends in 子",
            in_ko(world, people, 2000..3000),
            0.04,
            "estimated from the tops of the yearly lists of names",
        ),
        figure(
            "people with a character outside JIS X 0208",
            share(outside, count),
            0.03,
            "insurers' check of 2023: 3–5 % have an affected character",
        ),
        figure(
            "pairs alike in kana name, date of birth and sex, scaled to Japan (millions)",
            homonym_pairs(world, people) as f64 * (JAPAN / count.max(1) as f64).powi(2) / 1e6,
            1.6,
            "model on the surname list; within a factor of 2",
        ),
    ]
}

const fn figure(name: &'static str, made: f64, source_value: f64, source: &'static str) -> Figure {
    Figure { name, made, source_value, source }
}

/// Share of the Japanese women born in these years whose given name ends in 子.
fn in_ko(world: &World, people: &[Person], years: Range<u16>) -> f64 {
    let of_years = |person: &&Person| person.female && !person.foreign && years.contains(&person.birth.year);
    let women: Vec<&Person> = people.iter().filter(of_years).collect();
    share(
        women.iter().filter(|person| world.names.get(person.given).written.ends_with('子')).count(),
        women.len(),
    )
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn households(people: &[Person]) -> Vec<&[Person]> {
    people.chunk_by(|a, b| a.household == b.household).collect()
}

fn couple(members: &[Person]) -> Option<(&Person, &Person)> {
    let head = members.iter().find(|person| person.role == Role::Head)?;
    let spouse = members.iter().find(|person| person.role == Role::Spouse)?;
    Some((head, spouse))
}

fn one_name(members: &[Person]) -> bool {
    couple(members).is_some_and(|(head, spouse)| head.family == spouse.family)
}

fn three_generations(members: &[Person]) -> bool {
    [Role::Parent, Role::Child].iter().all(|role| members.iter().any(|person| person.role == *role))
}

/// Share of the children of couples who have a twin.
fn twins(households: &[&[Person]]) -> f64 {
    let (mut children, mut twins) = (0, 0);
    for members in households {
        let of_household: Vec<&Person> = members.iter().filter(|person| person.role == Role::Child).collect();
        children += of_household.len();
        twins += of_household
            .iter()
            .filter(|child| of_household.iter().filter(|other| other.birth == child.birth).count() > 1)
            .count();
    }
    share(twins, children)
}

struct Surnames {
    first: f64,
    ten: f64,
    hundred: f64,
    alike: f64,
}

impl Surnames {
    /// Of Japanese people; variants of a character count as one.
    fn of(world: &World, people: &[Person]) -> Self {
        let (mut written, mut read) = (HashMap::new(), HashMap::<&str, u64>::new());
        let mut total = 0_u64;
        for person in people.iter().filter(|person| !person.foreign) {
            let name = world.names.get(person.family);
            *written.entry(name.common).or_insert(0_u64) += 1;
            *read.entry(&name.kana).or_insert(0) += 1;
            total += 1;
        }
        let mut counts: Vec<u64> = written.into_values().collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let whole = total.max(1) as f64;
        let top = |n: usize| counts.iter().take(n).sum::<u64>() as f64 / whole;
        // Whole numbers, so that the order of the map does not matter.
        let squares: u128 = read.values().map(|&count| u128::from(count).pow(2)).sum();
        Self { first: top(1), ten: top(10), hundred: top(100), alike: squares as f64 / (whole * whole) }
    }
}

fn outside(world: &World, person: &Person) -> bool {
    [person.family, person.given].iter().any(|&id| world.names.get(id).written.chars().any(outside_jis))
}

/// Pairs of people with equal kana name, date of birth and sex.
fn homonym_pairs(world: &World, people: &[Person]) -> u64 {
    let mut seen: HashMap<(String, [u16; 3], bool), u64> = HashMap::new();
    let mut pairs = 0;
    for person in people {
        let kana =
            large(&format!("{} {}", world.names.get(person.family).kana, world.names.get(person.given).kana));
        let birth = [person.birth.year, person.birth.month, person.birth.day];
        let count = seen.entry((kana, birth, person.female)).or_insert(0);
        pairs += *count;
        *count += 1;
    }
    pairs
}
