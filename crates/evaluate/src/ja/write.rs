//! How clerks record names, dates and addresses.

use super::lists::LOOKALIKES;
use super::names::{NameId, Names};
use super::people::Person;
use super::places::{Address, Places};
use super::rates::Rates;
use super::script::{full_width, kanji_number};
use crate::date::Date;
use crate::draw::Draw;

/// Why an entry differs from the registry's. Ground truth; never in a custodian's file.
pub(crate) type Causes = Vec<&'static str>;

/// Variants that JIS X 0208 lacks, so that older systems cannot display them.
const OUTSIDE_JIS: &str = "倂俠俱內剝勛卽𠮷吳吿吞噓嚙囯圡塡增姸娛寬尙屛屢㠀㟢﨑巢秊彥德徵悅戶戾揭摑搔擊敎旣昻曻晚曆栁桺桒橫槗𣘺步歲歷每毗濵淚淸渴涉溫潑瀨焰狀甁產畱瘦硏禱稅簞絕綠緖緣繫繡脫荆萊蔣薰虛蟬蠟說軀郞鄉鄕醱醬銳錄閒閱頰賴顚驒髙鷗雞靍靏鹼麴麵黃黑罇";

/// Whether a system limited to JIS X 0208 cannot display a character of a name; selectors count.
pub(crate) fn outside_jis(c: char) -> bool {
    OUTSIDE_JIS.contains(c) || ('\u{E000}'..='\u{F8FF}').contains(&c) || c > '\u{FFFF}'
}

/// Which name of a person is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NameOf {
    pub(crate) family: NameId,
    pub(crate) given: NameId,
}

impl NameOf {
    /// The current name, or the one before marriage if `old` is set and there is one.
    pub(crate) fn of(person: &Person, old: bool, causes: &mut Causes) -> Self {
        match person.former.filter(|_| old) {
            Some(former) => {
                causes.push("old_name");
                Self { family: former, given: person.given }
            }
            None => Self { family: person.family, given: person.given },
        }
    }

    /// Family and given name in kana, separated by a blank.
    pub(crate) fn kana(self, names: &Names) -> String {
        format!("{} {}", names.get(self.family).kana, names.get(self.given).kana)
    }

    /// As the registry writes it, separated by a full-width blank; Latin names by an ASCII one.
    pub(crate) fn written(self, names: &Names) -> String {
        let (family, given) = (names.get(self.family), names.get(self.given));
        let blank = if family.written.is_ascii() { ' ' } else { '　' };
        format!("{}{blank}{}", family.written, given.written)
    }
}

/// A name as displayed by a system with fewer characters.
pub(crate) fn in_jis(
    written: &str,
    common: &str,
    rates: &Rates,
    draw: &mut Draw,
    causes: &mut Causes,
) -> String {
    if written == common {
        return written.to_owned();
    }
    let mut bare: String = written.chars().filter(|c| !('\u{E0100}'..='\u{E01EF}').contains(c)).collect();
    if bare.chars().any(outside_jis) {
        if draw.chance(rates.insurer_damage) {
            causes.push("damaged");
            bare = bare.chars().map(|c| if outside_jis(c) { '●' } else { c }).collect();
            return bare;
        }
        causes.push("common_form");
        return common.to_owned();
    }
    if bare != common && !draw.chance(rates.insurer_variant_kept) {
        causes.push("common_form");
        return common.to_owned();
    }
    bare
}

/// A name with one character replaced by a similar one, or omitted.
pub(crate) fn kanji_slip(written: &str, draw: &mut Draw) -> String {
    let mut characters: Vec<char> = written.chars().collect();
    let places: Vec<usize> = (0..characters.len()).filter(|&at| characters[at] != '　').collect();
    let Some(&at) = places.get(draw.position(places.len().max(1))) else { return written.to_owned() };
    let alike = LOOKALIKES.split(' ').find_map(|pair| {
        let (a, b) = (pair.chars().next()?, pair.chars().nth(1)?);
        let other = if characters[at] == a {
            Some(b)
        } else if characters[at] == b {
            Some(a)
        } else {
            None
        };
        other.filter(|other| *other != characters[at])
    });
    characters[at] =
        alike.unwrap_or_else(|| *draw.one(&['一', '田', '子', '美', '太', '本', '郎', '和', '正', '明']));
    characters.into_iter().collect()
}

/// A date of birth as a form asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateStyle {
    /// `1985-04-01`.
    Iso,
    /// `昭和60年4月1日`.
    Era,
    /// `S60.04.01`.
    Letter,
    /// `3600401`, as on receipts.
    Receipt,
    /// `1985/4/1`.
    Slashes,
}

/// Eras from the newest: kanji, letter, code on receipts, first day as YYYYMMDD, year before the first.
const ERAS: [(&str, char, char, u32, u16); 5] = [
    ("令和", 'R', '5', 20_190_501, 2018),
    ("平成", 'H', '4', 19_890_108, 1988),
    ("昭和", 'S', '3', 19_261_225, 1925),
    ("大正", 'T', '2', 19_120_730, 1911),
    ("明治", 'M', '1', 0, 1867),
];

/// The date as recorded, including errors; empty if missing.
pub(crate) fn write_date(
    birth: Date,
    style: DateStyle,
    rates: &Rates,
    draw: &mut Draw,
    causes: &mut Causes,
) -> String {
    let mut date = birth;
    if draw.chance(rates.date_missing) {
        causes.push("date_missing");
        return String::new();
    }
    let mut record = |happens: bool, changed: Date, cause: &'static str| {
        if happens && changed != date {
            date = changed;
            causes.push(cause);
        }
    };
    let digit = birth.other_digit(draw);
    record(draw.chance(rates.date_digit), digit, "date_digit");
    let forward = draw.below(2) == 0;
    record(draw.chance(rates.date_day), birth.next_to(forward), "date_day");
    record(draw.chance(rates.date_swap), birth.swapped(), "date_swap");
    let whole = u32::from(date.year) * 10_000 + u32::from(date.month) * 100 + u32::from(date.day);
    let mut era = ERAS.iter().position(|era| whole >= era.3).unwrap_or(4);
    let year = date.year - ERAS[era].4;
    if draw.chance(rates.date_era) && style != DateStyle::Iso && style != DateStyle::Slashes {
        era = if era == 0 { 1 } else { era - 1 };
        causes.push("date_era");
    }
    let (name, letter, code, _, _) = ERAS[era];
    let Date { month, day, .. } = date;
    match style {
        DateStyle::Iso => format!("{:04}-{month:02}-{day:02}", date.year),
        DateStyle::Slashes => format!("{}/{month}/{day}", date.year),
        DateStyle::Era if year == 1 => format!("{name}元年{month}月{day}日"),
        DateStyle::Era => format!("{name}{year}年{month}月{day}日"),
        DateStyle::Letter => format!("{letter}{year:02}.{month:02}.{day:02}"),
        DateStyle::Receipt => format!("{code}{year:02}{month:02}{day:02}"),
    }
}

/// How a custodian writes addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddressStyle {
    /// As the registry: `一丁目2番3号`.
    Registry,
    /// Any of the ways that people write.
    Mixed,
    /// Without the block, as in some handbooks.
    Partial,
}

/// The address as recorded.
pub(crate) fn write_address(
    places: &Places,
    address: &Address,
    style: AddressStyle,
    rates: &Rates,
    draw: &mut Draw,
) -> String {
    let town = &places.towns[address.town as usize];
    let way = if style == AddressStyle::Mixed { draw.below(5) } else { 0 };
    let mut area = format!("{}{}{}", town.prefecture, town.municipality, town.name);
    if style == AddressStyle::Mixed && draw.chance(rates.prefecture_dropped) {
        area = format!("{}{}", town.municipality, town.name);
    }
    if style == AddressStyle::Partial {
        return area;
    }
    if way > 0 {
        area = other_spelling(&area, draw);
    }
    let block = write_block(address, way);
    let building = places.building(address);
    if building.is_empty() || (style == AddressStyle::Mixed && draw.chance(rates.building_dropped)) {
        return format!("{area}{block}");
    }
    match way {
        0 => format!("{area}{block}　{building}{}号室", address.room),
        1 | 2 => format!("{area}{block} {building}{}", address.room),
        3 => format!("{area}{block}{building}{}号室", address.room),
        _ if address.chome > 0 => format!("{area}{block}-{}", address.room),
        _ => format!("{area}{block} {building} {}", address.room),
    }
}

/// Small kana between kanji and similar variants, as people write them.
fn other_spelling(area: &str, draw: &mut Draw) -> String {
    let area = if area.contains('ケ') || area.contains('ヶ') {
        let form = *draw.one(&["ケ", "ヶ", "が"]);
        let small = |c: char| matches!(c, 'ケ' | 'ヶ');
        area.chars().map(|c| if small(c) { form.to_owned() } else { c.to_string() }).collect()
    } else {
        area.to_owned()
    };
    if area.contains('ノ') && draw.below(2) == 0 { area.replace('ノ', "の") } else { area }
}

fn write_block(address: &Address, way: u64) -> String {
    let Address { chome, block, house, .. } = *address;
    let digits = if chome > 0 {
        format!("{chome}-{block}-{house}")
    } else if house > 0 {
        format!("{block}-{house}")
    } else {
        block.to_string()
    };
    match (way, chome, house) {
        (0, 0, 0) => format!("{block}番地"),
        (0, 0, _) => format!("{block}番地の{house}"),
        (0, ..) => format!("{}丁目{block}番{house}号", kanji_number(chome)),
        (1, 1.., _) => format!("{chome}丁目{block}-{house}"),
        (2, ..) => full_width(&digits),
        (3, ..) => digits.replace('-', "ー"),
        _ => digits,
    }
}
