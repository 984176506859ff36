//! A linkage schema proposed from a file's header and values.

use mizuhiki_columnar::{ReadOptions, Source, TableReader, TextChunk};
use mizuhiki_encode::tables_digest;
use mizuhiki_locale::{Kind, Normalization, Pack, Role, WILDCARD, packs};
use serde_json::{Value, json};

use crate::error::CustodianError;
use crate::people::ids::is_id_header;

/// Number of values of a column that are inspected.
const SAMPLE_ROWS: usize = 1_000;

/// Maximum number of views.
const MAX_VIEWS: usize = 16;

/// With more views than this, each has half as many symbols.
const FEW_VIEWS: usize = 8;

/// The guessed content of a column.
pub(crate) struct Guess {
    /// Name of the field.
    pub(crate) name: String,
    pub(crate) column: String,
    pub(crate) kind: &'static Kind,
    /// Whether it is a part of a whole name.
    pub(crate) is_part: bool,
}

/// The guessed content of a table's columns.
pub(crate) struct Guessed {
    pub(crate) pack: &'static dyn Pack,
    pub(crate) guesses: Vec<Guess>,
    /// Numbers of the other columns, from 1.
    pub(crate) left_out: Vec<usize>,
}

/// A proposed schema, for review.
pub struct Proposal {
    /// The schema, as pretty JSON with a line end.
    pub schema: String,
    /// Numbers of the columns that it does not use, from 1; not names, which would be values if there is no
    /// header.
    pub left_out: Vec<usize>,
}

/// Proposes a hardened schema for `input`.
///
/// # Errors
/// [`CustodianError`] if the file cannot be read, its first line seems not to be a header, or no column is
/// recognized.
pub fn propose_schema(input: &Source, options: &ReadOptions) -> Result<Proposal, CustodianError> {
    let Guessed { pack, guesses, left_out } = guess_columns(input, options, false)?;
    let mut schema = serde_json::to_string_pretty(&document(pack, &guesses)).unwrap_or_default();
    schema.push('\n');
    Ok(Proposal { schema, left_out })
}

/// Guesses the content of the columns of `input`. Of columns with the same information, only the first
/// counts; with `both_names`, names as written and their readings both do.
///
/// # Errors
/// As [`propose_schema`].
pub(crate) fn guess_columns(
    input: &Source,
    options: &ReadOptions,
    both_names: bool,
) -> Result<Guessed, CustodianError> {
    let mut reader = TableReader::open(input, options)?;
    let file = reader.name().to_owned();
    let columns = reader.columns().to_vec();
    if let Some((column, what)) = columns.iter().zip(1..).find_map(|(name, at)| Some((at, value_like(name)?)))
    {
        return Err(CustodianError::NoHeader { file, column, what });
    }
    let all: Vec<usize> = (0..columns.len()).collect();
    let chunk = reader.next_chunk(&all)?;
    let nothing = || CustodianError::NothingToPropose { file: file.clone() };
    let pack = native_pack(&columns, chunk.as_ref()).ok_or_else(nothing)?;
    let mut guesses: Vec<Guess> = Vec::new();
    for (index, column) in columns.iter().enumerate().filter(|(_, column)| !is_id_header(column)) {
        let values = sample(chunk.as_ref(), index);
        let kind = pack.guess(column, &values).and_then(|kind| pack.kind(kind));
        let Some(kind) = kind.filter(|kind| weight(kind.role).is_some()) else { continue };
        let guess = Guess { name: field_name(column, kind), column: column.clone(), kind, is_part: false };
        let place = |kind: &Kind| pack.kinds().iter().position(|known| known.name == kind.name);
        let says_the_same = |earlier: &&mut Guess| {
            earlier.kind.role == kind.role && (!both_names || earlier.kind.reading == kind.reading)
        };
        match guesses.iter_mut().find(says_the_same) {
            None => guesses.push(guess),
            // The kind that the pack lists first is more informative.
            Some(earlier) if place(kind) < place(earlier.kind) => *earlier = guess,
            Some(_) => {}
        }
    }
    let has = |role: Role| guesses.iter().any(|guess| guess.kind.role == role);
    let (parts, address) = (has(Role::FamilyName) && has(Role::GivenName), has(Role::Address));
    // Redundant: a whole name beside its parts, or a town beside an address that contains it.
    guesses.retain(|guess| match guess.kind.role {
        Role::FullName => !parts,
        Role::Place | Role::Postcode => !address,
        _ => true,
    });
    let mut guesses: Vec<Guess> = guesses
        .into_iter()
        .flat_map(|guess| {
            let index = columns.iter().position(|column| *column == guess.column).unwrap_or_default();
            take_apart(pack, guess, &sample(chunk.as_ref(), index))
        })
        .collect();
    if guesses.is_empty() {
        return Err(nothing());
    }
    for place in 1..guesses.len() {
        while guesses[..place].iter().any(|earlier| earlier.name == guesses[place].name) {
            guesses[place].name.push('_');
        }
    }
    let used = |column: &String| guesses.iter().any(|guess| guess.column == *column) || is_id_header(column);
    let left_out = columns.iter().zip(1..).filter(|(column, _)| !used(column)).map(|(_, at)| at).collect();
    Ok(Guessed { pack, guesses, left_out })
}

/// What the name of a column looks like, if it seems to be a value. Schemas are shared, including column
/// names.
fn value_like(name: &str) -> Option<&'static str> {
    let digits = name.chars().filter(|character| character.is_numeric()).count();
    let mut out = String::new();
    let mut is = |kind: &str, level: &str| {
        // Only complete dates: a year may be the name of a column.
        packs().iter().any(|pack| {
            pack.normalize(kind, level, name, &mut out) == Normalization::Value && !out.contains(WILDCARD)
        })
    };
    if digits >= 3 && (is("date", "day") || is("date_receipt", "day")) {
        Some("a date")
    } else if name.contains('@') {
        Some("an e-mail address")
    } else if digits >= 5 && !name.chars().any(char::is_alphabetic) {
        Some("a number")
    } else if digits > 0 && is("address", "municipality") {
        Some("an address")
    } else if matches!(name, "男" | "女") {
        Some("a sex")
    } else {
        None
    }
}

fn sample(chunk: Option<&TextChunk>, column: usize) -> Vec<&str> {
    let values = |chunk: &'_ TextChunk| (0..chunk.rows().min(SAMPLE_ROWS)).collect::<Vec<_>>();
    chunk
        .map(|chunk| values(chunk).into_iter().map(|row| chunk.get(row, column)).collect())
        .unwrap_or_default()
}

/// The pack for the script of most letters; of several, the one that recognizes the most columns, or the
/// first.
fn native_pack(columns: &[String], chunk: Option<&TextChunk>) -> Option<&'static dyn Pack> {
    let samples: Vec<Vec<&str>> = (0..columns.len()).map(|index| sample(chunk, index)).collect();
    let letters = || samples.iter().flatten().flat_map(|value| value.chars());
    let suits = |pack: &dyn Pack| {
        let written = letters().filter(|letter| pack.writes(*letter)).count();
        let known = columns.iter().zip(&samples).filter(|(name, values)| pack.guess(name, values).is_some());
        (written, known.count())
    };
    // `max_by_key` returns the last of equals, hence the reverse order.
    packs().iter().copied().rev().max_by_key(|pack| suits(*pack))
}

/// Family and given name of a column of whole names, if at least half of its values can be split.
fn take_apart(pack: &dyn Pack, guess: Guess, values: &[&str]) -> Vec<Guess> {
    let [Some(family), Some(given)] =
        guess.kind.parts.map_or([None; 2], |parts| parts.map(|part| pack.kind(part)))
    else {
        return vec![guess];
    };
    let (mut one, mut other) = (String::new(), String::new());
    let part = |kind: &Kind, value: &str, out: &mut String| {
        pack.normalize(kind.name, kind.default_level, value, out) == Normalization::Value
    };
    let parted = values
        .iter()
        .filter(|value| part(family, value, &mut one) && part(given, value, &mut other) && one != other)
        .count();
    if parted == 0 || parted * 2 < values.len() {
        return vec![guess];
    }
    let of =
        |name: &str, kind| Guess { name: name.to_owned(), column: guess.column.clone(), kind, is_part: true };
    vec![of("family", family), of("given", given)]
}

/// Name of the field of a column.
fn field_name(column: &str, kind: &Kind) -> String {
    if !column.is_ascii() {
        return kind.name.to_owned();
    }
    let plain: String = column.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    plain.to_ascii_lowercase().chars().take(48).collect()
}

/// Weight of a field; `None` if it is not used in proposed schemas.
fn weight(role: Role) -> Option<f64> {
    match role {
        Role::FamilyName | Role::GivenName | Role::FullName | Role::Street | Role::Phone | Role::Email => {
            Some(1.0)
        }
        Role::Address => Some(1.2),
        // A date of birth never changes and distinguishes people; addresses change, and many people share
        // them.
        Role::Date => Some(2.0),
        Role::Place => Some(0.6),
        Role::Postcode => Some(0.4),
        Role::Sex => Some(0.2),
        Role::Other => None,
    }
}

fn features(kind: &Kind) -> Value {
    match kind.role {
        // The digits that differ between people; those of the century rarely do.
        Role::Date => json!([
            { "type": "ngram", "n": 2, "positional": true, "padded": false, "positions": [1, 2, 3, 4, 5, 6] },
            { "type": "ngram", "n": 1, "positional": true, "positions": [2, 3, 5, 7] }
        ]),
        Role::Postcode | Role::Phone => json!([
            { "type": "ngram", "n": 1, "positional": true },
            { "type": "ngram", "n": 2, "positional": true, "padded": false }
        ]),
        Role::Sex => json!([{ "type": "exact" }]),
        _ => kind.grams.iter().map(|n| json!({ "type": "ngram", "n": n })).collect(),
    }
}

/// Views of all fields, of all but one, and of all but two, if the rest still distinguishes people. Without two, that is
/// a date of birth with an address or two names or places; or a whole name and a place. Surname and address only identify
/// a household, and names alone, or one with a date of birth, namesakes. (`protocols/threat-model.md`, Parameters:
/// fewer symbols of more views find more, at the same leakage.)
fn views(guesses: &[Guess]) -> Vec<Value> {
    let names: Vec<&str> = guesses.iter().map(|guess| guess.name.as_str()).collect();
    let mut views = vec![json!({ "name": "whole", "fields": names, "minPresentWeight": 0.6 })];
    if guesses.len() < 3 {
        return views;
    }
    let omissible: Vec<usize> =
        (0..guesses.len()).filter(|&field| guesses[field].kind.role != Role::Sex).collect();
    let mut omitted: Vec<Vec<usize>> = omissible.iter().map(|&field| vec![field]).collect();
    for (at, &first) in omissible.iter().enumerate() {
        omitted.extend(omissible[at + 1..].iter().map(|&second| vec![first, second]));
    }
    for omitted in omitted.into_iter().filter(|omitted| tells(guesses, omitted)).take(MAX_VIEWS - 1) {
        let name = |&field: &usize| guesses[field].name.as_str();
        let rest: Vec<usize> = (0..guesses.len()).filter(|field| !omitted.contains(field)).collect();
        let without: Vec<&str> = omitted.iter().map(name).collect();
        views.push(json!({
            "name": format!("without-{}", without.join("-")),
            "fields": rest.iter().map(name).collect::<Vec<_>>(),
            "minPresentWeight": 0.73
        }));
    }
    views
}

/// Whether people are distinguished without these fields.
fn tells(guesses: &[Guess], omitted: &[usize]) -> bool {
    let rest: Vec<Role> = guesses
        .iter()
        .enumerate()
        .filter(|(field, _)| !omitted.contains(field))
        .map(|(_, guess)| guess.kind.role)
        .collect();
    let count = |roles: &[Role]| rest.iter().filter(|role| roles.contains(role)).count();
    let has = |role: Role| rest.contains(&role);
    let name = has(Role::FullName) || (has(Role::FamilyName) && has(Role::GivenName));
    let places = [Role::Address, Role::Street, Role::Place, Role::Postcode, Role::Phone, Role::Email];
    let distinct = count(&[Role::FamilyName, Role::GivenName]) + 2 * count(&[Role::FullName, Role::Address]);
    let with_date = omitted.len() < 2 || distinct + count(&places) >= 2;
    (has(Role::Date) && with_date) || (name && count(&places) > 0)
}

fn document(pack: &dyn Pack, guesses: &[Guess]) -> Value {
    let field = |guess: &Guess| {
        let weight = weight(guess.kind.role).unwrap_or(1.0);
        let mut field = json!({
            "name": guess.name, "kind": guess.kind.name, "weight": weight, "features": features(guess.kind)
        });
        if guess.name != guess.column {
            field["column"] = json!(guess.column);
        }
        // Exchanged names still agree, because equal grams get equal positions.
        if matches!(guess.kind.role, Role::FamilyName | Role::GivenName) {
            field["keyGroup"] = json!("name");
        }
        field
    };
    let digest: String = tables_digest(pack).iter().map(|byte| format!("{byte:02x}")).collect();
    let views = views(guesses);
    let mut symbols = json!({ "perView": if views.len() > FEW_VIEWS { 32 } else { 64 } });
    // Measured with so many people; those of Japan with the default, a million.
    if pack.name() != "ja" {
        symbols["population"] = json!(10_000);
    }
    json!({
        "format": "mizuhiki-linkage-schema",
        "version": 2,
        "name": "proposed",
        "profile": "hardened",
        "locale": { "pack": pack.name(), "digest": digest },
        "fields": guesses.iter().map(field).collect::<Vec<_>>(),
        "symbols": symbols,
        "views": views,
        "thresholds": { "accept": 0.95, "borderline": 0.93, "calibrate": true }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposal(name: &str, text: &str) -> Value {
        let path = std::env::temp_dir().join(format!("mizuhiki-propose-{}-{name}.csv", std::process::id()));
        std::fs::write(&path, text).unwrap();
        let proposed = propose_schema(&Source::Path(path.clone()), &ReadOptions::default());
        let _ = std::fs::remove_file(&path);
        let proposed = proposed.unwrap();
        serde_json::from_str(&proposed.schema).unwrap()
    }

    fn kinds(document: &Value) -> Vec<String> {
        let fields = document["fields"].as_array().unwrap();
        fields.iter().map(|field| field["kind"].as_str().unwrap().to_owned()).collect()
    }

    fn view_names(document: &Value) -> Vec<&str> {
        document["views"].as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap()).collect()
    }

    #[test]
    fn a_japanese_table_gets_the_japanese_pack() {
        let document = proposal(
            "insurer",
            "番号,フリガナ,氏名,生年月日,性別,郵便番号,住所\n1,ﾔﾏﾀﾞ ﾀﾛｳ,山田　太郎,3600401,1,1000013,東京都千代田区霞が関2-1-6\n",
        );
        assert_eq!(document["locale"]["pack"], "ja");
        assert_eq!(kinds(&document), ["kanji_family", "kanji_given", "date_receipt", "sex", "address"]);
        // A name with date of birth and sex is no view: namesakes are born on one day.
        assert_eq!(
            view_names(&document),
            [
                "whole",
                "without-family",
                "without-given",
                "without-date_receipt",
                "without-address",
                "without-family-given"
            ]
        );
    }

    #[test]
    fn many_fields_give_views_without_two_of_them() {
        let document = proposal(
            "english-five",
            "id,given_name,surname,date_of_birth,suburb,postcode\n1,Ann,Smith,19800229,Perth,6000\n2,Bob,Jones,19810301,Perth,6000\n",
        );
        let names = view_names(&document);
        assert_eq!((names.len(), document["symbols"]["perView"].as_u64()), (14, Some(32)), "{names:?}");
        assert_eq!(document["symbols"]["population"], 10_000);
        assert!(names.iter().any(|name| name.contains("-suburb-postcode")), "{names:?}");
        // Surname, suburb and postcode are a household.
        assert!(!names.contains(&"without-given_name-date_of_birth"), "{names:?}");
    }

    #[test]
    fn views_that_are_households_or_namesakes_are_not_proposed() {
        let document = proposal("bank", "name_kana,address\nﾔﾏﾀﾞ ﾀﾛｳ,東京都千代田区霞が関2-1-6\n");
        assert_eq!(kinds(&document), ["kana_family", "kana_given", "address"]);
        assert_eq!(view_names(&document), ["whole"]);
        let document = proposal("english", "surname,given_name,suburb\nSmith,Ann,Perth\nJones,Bob,Perth\n");
        assert_eq!(document["locale"]["pack"], "en-Latn");
        assert_eq!(view_names(&document), ["whole"]);
    }

    #[test]
    fn a_name_that_is_not_parted_stays_whole() {
        let document = proposal("whole", "氏名,生年月日\n山田太郎,1985-04-01\n佐藤花子,1990-01-02\n");
        assert_eq!(kinds(&document), ["kanji", "date"]);
    }

    #[test]
    fn values_in_the_first_line_are_noticed() {
        for (name, like) in [
            ("1996/11/20", true),
            ("S60.4.1", true),
            ("3600401", true),
            ("12/04/1985", true),
            ("03-1234-5678", true),
            ("a@b.jp", true),
            ("埼玉県さいたま市岩槻区尾ヶ崎三丁目3番9号", true),
            ("男", true),
            ("2019", false),
            ("1985年", false),
            ("住所1", false),
            ("電話番号2", false),
            ("生年月日", false),
            ("address_2", false),
            ("M", false),
        ] {
            assert_eq!(value_like(name).is_some(), like, "{name}");
        }
    }
}
