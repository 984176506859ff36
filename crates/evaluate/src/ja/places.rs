//! Addresses of synthetic people: real towns, invented blocks.

use mizuhiki_locale::ja_names::municipalities;

use super::lists::{BUILDING_ENDS, BUILDING_STARTS, PREFECTURES};
use super::rates::Rates;
use crate::draw::{Draw, Weighted, items};

/// Towns of each municipality: code, then postal code and name of each. A sample of the postal data of Japan Post;
/// `protocols/tables/ja/make.py` makes it.
const TOWNS: &str = include_str!("towns.tsv");

/// A town with its postal code.
pub(crate) struct Town {
    pub(crate) prefecture: &'static str,
    pub(crate) municipality: &'static str,
    pub(crate) postal: &'static str,
    pub(crate) name: &'static str,
}

/// A synthetic address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Address {
    pub(crate) town: u32,
    /// 丁目, or 0 where blocks are numbered without it.
    pub(crate) chome: u16,
    pub(crate) block: u16,
    /// House or branch number, or 0.
    pub(crate) house: u16,
    /// Building, from 1; 0 for a detached house.
    pub(crate) building: u32,
    pub(crate) room: u16,
}

pub(crate) struct Places {
    pub(crate) towns: Vec<Town>,
    /// First town of each municipality, drawn by its population.
    municipalities: Weighted<(u32, u32)>,
    starts: Vec<&'static str>,
    ends: Vec<&'static str>,
    /// Addresses with many residents.
    dormitories: Vec<Address>,
}

impl Places {
    /// All of Japan, or the one municipality with this code; `None` if there is none.
    pub(crate) fn new(only: Option<&str>, draw: &mut Draw) -> Option<Self> {
        let mut towns = Vec::new();
        let mut weighted = Vec::new();
        let rows: Vec<(&str, &str)> =
            TOWNS.lines().skip(1).filter_map(|line| line.split_once('\t')).collect();
        let mut weights = vec![0_u64; 48];
        let size = |name: &str| match name.chars().next_back() {
            Some('区') => 150_u64,
            Some('市') => 90,
            Some('町') => 15,
            _ => 5,
        };
        let names: Vec<[&'static str; 3]> = municipalities().collect();
        let prefecture = |code: &str| code[..2].parse::<usize>().unwrap_or(0);
        for [code, _, name] in &names {
            weights[prefecture(code)] += size(name);
        }
        for [code, prefecture_name, name] in names {
            let Ok(at) = rows.binary_search_by_key(&code, |row| row.0) else { continue };
            if only.is_some_and(|only| only != code) {
                continue;
            }
            let first = towns.len() as u32;
            towns.extend(rows[at].1.split(' ').filter_map(|town| {
                let (postal, town) = town.split_at_checked(7)?;
                Some(Town { prefecture: prefecture_name, municipality: name, postal, name: town })
            }));
            let of = prefecture(code);
            let weight = PREFECTURES.get(of.wrapping_sub(1)).copied().unwrap_or(0) * 1_000 * size(name)
                / weights[of].max(1);
            weighted.push(((first, towns.len() as u32), weight.max(1)));
        }
        if towns.is_empty() {
            return None;
        }
        let mut places = Self {
            towns,
            municipalities: Weighted::new(weighted),
            starts: items(BUILDING_STARTS),
            ends: items(BUILDING_ENDS),
            dormitories: Vec::new(),
        };
        places.dormitories = (0..64).map(|_| places.house(draw)).collect();
        Some(places)
    }

    /// The address of a household.
    pub(crate) fn draw(&self, rates: &Rates, alone: bool, draw: &mut Draw) -> Address {
        if alone && draw.chance(rates.dormitory) {
            let mut address = *draw.one(&self.dormitories);
            address.building = 1;
            address.room = 101 + draw.between(0, 4) * 100 + draw.between(0, 30);
            return address;
        }
        let mut address = self.house(draw);
        if draw.chance(rates.apartment) {
            address.building = 2 + draw.below((self.starts.len() * self.ends.len() * 2) as u64) as u32;
            address.room = draw.between(1, 9) * 100 + draw.between(1, 12);
        }
        address
    }

    fn house(&self, draw: &mut Draw) -> Address {
        let (first, end) = self.municipalities.draw(draw);
        let town = first + draw.below(u64::from(end - first)) as u32;
        // A town either uses 丁目 or not.
        let name = self.towns[town as usize].name;
        let in_chome =
            name.bytes().fold(0_u32, |sum, byte| sum + u32::from(byte)) % 5 < 3 && !name.ends_with('条');
        let (chome, block, house) = if in_chome {
            (draw.between(1, 6), draw.between(1, 40), draw.between(1, 30))
        } else {
            (0, draw.between(1, 2500), if draw.below(2) == 0 { 0 } else { draw.between(1, 20) })
        };
        Address { town, chome, block, house, building: 0, room: 0 }
    }

    /// Name of a building; empty for none.
    pub(crate) fn building(&self, address: &Address) -> String {
        let Some(number) = address.building.checked_sub(2) else {
            return if address.building == 1 { "学生寮".to_owned() } else { String::new() };
        };
        let (starts, ends) = (self.starts.len() as u32, self.ends.len() as u32);
        let start = self.starts[(number % starts) as usize];
        let end = self.ends[(number / starts % ends) as usize];
        let town = &self.towns[address.town as usize];
        if number / starts / ends == 0 { format!("{start}{}", town.name) } else { format!("{start}{end}") }
    }
}
