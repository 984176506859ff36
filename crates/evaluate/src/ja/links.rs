//! Link tables made by institutions, and their errors.

use std::collections::HashMap;

use super::holders::Kind;
use super::people::{Person, Role};
use super::world::World;
use super::write::Causes;
use crate::draw::Draw;

/// The person of each record of a custodian, in the order of its file.
pub(crate) type Members = Vec<u32>;

/// Why a link is wrong; `None` for correct ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    None,
    ParentAccount,
    FamilyNumber,
    Homonym,
    NumberTypo,
    PriorHolder,
    SessionOpen,
    RowShift,
}

impl Cause {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::ParentAccount => "parent_account",
            Self::FamilyNumber => "family_number",
            Self::Homonym => "homonym_picked",
            Self::NumberTypo => "number_typo",
            Self::PriorHolder => "prior_holder",
            Self::SessionOpen => "session_open",
            Self::RowShift => "row_shift",
        }
    }
}

/// A link from a record to a person of the registry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tie {
    /// Position of the record in its custodian's file.
    pub(crate) record: u32,
    /// The person whose number was linked to it.
    pub(crate) tied: u32,
    pub(crate) batch: u32,
    pub(crate) cause: Cause,
}

/// Links per batch, as an office enters them.
const BATCH: usize = 500;

/// The class of a link, as of a finding.
pub(crate) fn class(cause: Cause, record: &Person, tied: &Person, causes: &Causes) -> &'static str {
    match cause {
        Cause::None if causes.iter().any(|cause| is_variant(cause)) => "entry_variant",
        Cause::None => "match",
        Cause::ParentAccount | Cause::FamilyNumber if record.birth == tied.birth => "twin",
        Cause::ParentAccount | Cause::FamilyNumber => "same_household_other",
        Cause::Homonym => "homonym",
        Cause::NumberTypo => "digit_typo",
        Cause::PriorHolder => "prior_holder",
        Cause::SessionOpen => "unrelated",
        Cause::RowShift => "block_shift",
    }
}

/// Errors that make a correct link look wrong.
fn is_variant(cause: &str) -> bool {
    matches!(
        cause,
        "old_name"
            | "typo"
            | "misread"
            | "column_swap"
            | "name_order"
            | "date_digit"
            | "date_day"
            | "date_swap"
            | "date_era"
            | "sex_wrong"
    )
}

/// Generates the links of an institution. People whom a clerk confused with others are added to `world`,
/// misplaced records to `members`.
pub(crate) fn tie(kind: Kind, members: &mut Members, world: &mut World, draw: &mut Draw) -> Vec<Tie> {
    let mut ties: Vec<Tie> = members
        .iter()
        .zip(0..)
        .map(|(&person, record)| Tie {
            record,
            tied: person,
            batch: record / BATCH as u32,
            cause: Cause::None,
        })
        .collect();
    let households = by_household(&world.people);
    let originals = ties.len();
    for at in 0..originals {
        let person = members[at];
        let cause = draw_cause(kind, world, draw);
        let tied = match cause {
            Cause::FamilyNumber => relative(person, &households, world, draw),
            Cause::Homonym => Some(world.add_homonym(person, draw)),
            Cause::NumberTypo => world.mistype_number(person, draw),
            Cause::SessionOpen if at > 0 => Some(members[at - 1]).filter(|other| *other != person),
            Cause::PriorHolder => {
                // Another person's record, kept when the link passed to its next holder.
                let other = draw.below(world.people.len() as u64) as u32;
                members.push(other);
                let record = members.len() as u32 - 1;
                ties.push(Tie { record, tied: person, batch: ties[at].batch, cause });
                None
            }
            _ => None,
        };
        if let Some(tied) = tied {
            ties[at].tied = tied;
            ties[at].cause = cause;
        }
    }
    if kind == Kind::Bank {
        add_children(&mut ties, members, &households, world, draw);
    }
    shift_rows(&mut ties[..originals], members, world.rates.row_shift, draw);
    ties.sort_by_key(|tie| (tie.batch, tie.record, tie.cause));
    ties
}

/// The error of a link, if any.
fn draw_cause(kind: Kind, world: &World, draw: &mut Draw) -> Cause {
    let rates = &world.rates;
    let by_form = if kind == Kind::Bank { 0 } else { rates.family_number };
    let at_kiosk = if kind == Kind::Bank { rates.session_open } else { 0 };
    let causes = [
        (by_form, Cause::FamilyNumber),
        (rates.homonym, Cause::Homonym),
        (rates.number_typo, Cause::NumberTypo),
        (rates.prior_holder, Cause::PriorHolder),
        (at_kiosk, Cause::SessionOpen),
    ];
    let mut point = draw.below(super::rates::WHOLE);
    for (rate, cause) in causes {
        if point < rate {
            return cause;
        }
        point -= rate;
    }
    Cause::None
}

fn by_household(people: &[Person]) -> HashMap<u32, Vec<u32>> {
    let mut households: HashMap<u32, Vec<u32>> = HashMap::new();
    for (person, index) in people.iter().zip(0..) {
        households.entry(person.household).or_default().push(index);
    }
    households
}

/// Another household member.
fn relative(person: u32, households: &HashMap<u32, Vec<u32>>, world: &World, draw: &mut Draw) -> Option<u32> {
    let others: Vec<u32> = households
        .get(&world.people[person as usize].household)?
        .iter()
        .copied()
        .filter(|&other| other != person)
        .collect();
    (!others.is_empty()).then(|| *draw.one(&others))
}

/// Links of children to an account of a parent.
fn add_children(
    ties: &mut Vec<Tie>,
    members: &Members,
    households: &HashMap<u32, Vec<u32>>,
    world: &World,
    draw: &mut Draw,
) {
    let wanted = (ties.len() as u128 * u128::from(world.rates.parent_account)
        / u128::from(super::rates::WHOLE)) as usize;
    let record_of: HashMap<u32, u32> = members.iter().copied().zip(0..).collect();
    let is_child = |person: &Person| person.role == Role::Child && person.age() < 18;
    let mut children: Vec<u32> =
        (0..world.people.len() as u32).filter(|&child| is_child(&world.people[child as usize])).collect();
    draw.shuffle(&mut children);
    let parent_of = |child: &u32| {
        let household = households.get(&world.people[*child as usize].household)?;
        let is_parent =
            |other: &&u32| matches!(world.people[**other as usize].role, Role::Head | Role::Spouse);
        let parent = household.iter().filter(is_parent).find_map(|parent| record_of.get(parent))?;
        Some((*child, *parent))
    };
    let added: Vec<(u32, u32)> = children.iter().filter_map(parent_of).take(wanted).collect();
    for (child, record) in added {
        let batch = ties[record as usize].batch;
        ties.push(Tie { record, tied: child, batch, cause: Cause::ParentAccount });
    }
}

/// Runs of links that were pasted one row off.
fn shift_rows(ties: &mut [Tie], members: &Members, rate: u64, draw: &mut Draw) {
    let mut at = 0;
    while at < ties.len() {
        if !draw.chance(rate) {
            at += 1;
            continue;
        }
        // Short runs are more frequent.
        let doublings = draw.below(3);
        let length = (20 << doublings) + draw.below(20 << doublings) as usize;
        let end = (at + length).min(ties.len());
        if end - at >= 20 {
            let tied: Vec<u32> = ties[at..end].iter().map(|tie| tie.tied).collect();
            for (offset, tie) in ties[at..end].iter_mut().enumerate() {
                tie.tied = tied[(offset + 1) % tied.len()];
                // Two errors may cancel out.
                let right = tie.tied == members[tie.record as usize];
                tie.cause = if right { Cause::None } else { Cause::RowShift };
            }
        }
        at = end;
    }
}
