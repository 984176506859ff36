//! An audit schema proposed from a file's header and values.

use mizuhiki_columnar::{ReadOptions, Source};
use mizuhiki_encode::tables_digest;
use mizuhiki_locale::{Kind, Pack, Role};
use serde_json::{Value, json};

use crate::error::CustodianError;
use crate::schema::propose::{Guess, Guessed, Proposal, guess_columns};

/// Maximum number of levels of a comparison.
const MAX_LEVELS: usize = 3;

/// Maximum number of readings that replace a name in kana.
const READINGS: usize = 8;

/// Proposes an audit schema for `input`, which may be of either side of the links.
///
/// # Errors
/// Same as [`crate::schema::propose::propose_schema`].
pub fn propose_audit_schema(input: &Source, options: &ReadOptions) -> Result<Proposal, CustodianError> {
    let guessed = guess_columns(input, options, true)?;
    let document = document(&guessed);
    let mut schema = serde_json::to_string_pretty(&document).unwrap_or_default();
    schema.push('\n');
    Ok(Proposal { schema, left_out: guessed.left_out })
}

/// The role of a comparison (`protocols/01-linkage-schema.md` §5).
const fn role(kind: &Kind) -> &'static str {
    match (kind.role, kind.reading) {
        (Role::FamilyName, true) => "family_reading",
        (Role::GivenName, true) => "given_reading",
        (Role::FamilyName, false) => "family_name",
        (Role::GivenName, false) => "given_name",
        (Role::FullName, _) => "full_name",
        (Role::Date, _) => "birth_date",
        (Role::Sex, _) => "sex",
        (Role::Address | Role::Street | Role::Place | Role::Postcode, _) => "address",
        _ => "other",
    }
}

/// All levels of a kind with few; otherwise some, starting with its default level. For dates, only levels
/// that include the day: months and years often agree, and would hide an error.
fn levels(kind: &Kind) -> Vec<&'static str> {
    if kind.role == Role::Date {
        return kind.levels.iter().copied().filter(|level| matches!(*level, "day" | "in_era")).collect();
    }
    if kind.levels.len() <= MAX_LEVELS {
        return kind.levels.to_vec();
    }
    let from = kind.levels.iter().position(|level| *level == kind.default_level).unwrap_or(0);
    kind.levels[from..].iter().copied().take(MAX_LEVELS).collect()
}

fn filter(kind: &Kind) -> Option<Value> {
    let features = match kind.role {
        Role::Sex | Role::Email | Role::Address => return None,
        Role::Date | Role::Postcode | Role::Phone => {
            json!([{ "type": "ngram", "n": 1, "positional": true, "padded": false }])
        }
        _ => kind.grams.iter().map(|n| json!({ "type": "ngram", "n": n })).collect(),
    };
    Some(json!({ "level": kind.default_level, "features": features }))
}

fn comparison(guess: &Guess) -> Value {
    let kind = guess.kind;
    let mut comparison = json!({
        "name": guess.name, "role": role(kind), "kind": kind.name, "levels": levels(kind)
    });
    if let Some(filter) = filter(kind) {
        comparison["filter"] = filter;
    }
    match kind.role {
        Role::Date => comparison["slips"] = json!(["day_month", "next_day"]),
        // The other part is in the same column only if a whole name was split.
        Role::FamilyName | Role::GivenName if guess.is_part && !kind.reading => {
            comparison["slips"] = json!(["exchanged"]);
        }
        Role::Address => comparison["partial"] = json!(true),
        _ => {}
    }
    if guess.name != guess.column {
        comparison["column"] = json!(guess.column);
    }
    comparison
}

/// Readings of a written name, if the pack knows how names are read.
fn readings(pack: &dyn Pack, guesses: &[Guess]) -> Option<(Value, Vec<Value>)> {
    let written = guesses.iter().find(|guess| guess.is_part && !guess.kind.reading)?;
    let kana = guesses.iter().find(|guess| guess.is_part && guess.kind.reading);
    let [family, given] = pack.kinds().iter().find(|kind| kind.reading && kind.parts.is_some())?.parts?;
    let mut columns: Vec<Value> = kana.iter().map(|guess| json!({ "column": guess.column })).collect();
    columns.push(json!({ "column": written.column, "readings": READINGS }));
    let input = json!({ "name": "reading", "columns": columns, "take": "first" });
    let of = |name: &str, kind: &str| {
        let kind = pack.kind(kind)?;
        let mut comparison = json!({
            "name": name, "input": "reading", "role": role(kind), "kind": kind.name, "levels": levels(kind),
            "values": READINGS
        });
        if let Some(filter) = filter(kind) {
            comparison["filter"] = filter;
        }
        Some(comparison)
    };
    Some((input, vec![of("family_reading", family)?, of("given_reading", given)?]))
}

fn document(guessed: &Guessed) -> Value {
    let (pack, guesses) = (guessed.pack, &guessed.guesses);
    let readings = if pack.reads() { readings(pack, guesses) } else { None };
    let mut comparisons: Vec<Value> = guesses
        .iter()
        .filter(|guess| readings.is_none() || !(guess.is_part && guess.kind.reading))
        .map(comparison)
        .collect();
    let digest: String = tables_digest(pack).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut document = json!({
        "format": "mizuhiki-audit-schema",
        "version": 2,
        "name": "proposed",
        "locale": { "pack": pack.name(), "digest": digest },
    });
    if let Some((input, of_reading)) = readings {
        document["inputs"] = json!([input]);
        comparisons.extend(of_reading);
    }
    let is = |comparison: &Value, roles: &[&str]| roles.iter().any(|role| comparison["role"] == *role);
    let find = |roles: &[&str]| comparisons.iter().find(|comparison| is(comparison, roles));
    let neighbors: Vec<Value> = [
        find(&["given_name"]).or_else(|| find(&["full_name"])).or_else(|| find(&["given_reading"])),
        find(&["birth_date"]).or_else(|| find(&["address"])),
    ]
    .into_iter()
    .flatten()
    .map(|comparison| json!({ "comparison": comparison["name"], "level": comparison["levels"][0] }))
    .collect();
    // Without readings, people are looked up by their written names.
    let lookup = ["family_name", "given_name", "full_name", "birth_date", "sex"];
    if find(&["family_reading", "given_reading"]).is_none() && find(&["address", "other"]).is_some() {
        let searched: Vec<&Value> =
            comparisons.iter().filter(|comparison| is(comparison, &lookup)).map(|of| &of["name"]).collect();
        document["searched"] = json!(searched);
    }
    document["neighbours"] = json!({ "reach": 3, "comparisons": neighbors });
    document["comparisons"] = json!(comparisons);
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposal(name: &str, text: &str) -> Value {
        let path = std::env::temp_dir().join(format!("mizuhiki-audit-{}-{name}.csv", std::process::id()));
        std::fs::write(&path, text).unwrap();
        let proposed = propose_audit_schema(&Source::Path(path.clone()), &ReadOptions::default());
        let _ = std::fs::remove_file(&path);
        let schema = proposed.unwrap().schema;
        // Every proposal is accepted as a schema.
        let parsed = mizuhiki_schema::AuditSchema::parse(&schema).unwrap();
        mizuhiki_encode::PairEncoder::check(&parsed).unwrap();
        serde_json::from_str(&schema).unwrap()
    }

    fn roles(document: &Value) -> Vec<&str> {
        let comparisons = document["comparisons"].as_array().unwrap();
        comparisons.iter().map(|comparison| comparison["role"].as_str().unwrap()).collect()
    }

    #[test]
    fn written_and_read_names_are_both_compared() {
        let insurer = proposal(
            "insurer",
            "番号,フリガナ,氏名,生年月日,性別,住所\n1,ﾔﾏﾀﾞ ﾀﾛｳ,山田　太郎,3600401,1,東京都千代田区霞が関2-1-6\n",
        );
        let expected =
            ["family_name", "given_name", "birth_date", "sex", "address", "family_reading", "given_reading"];
        assert_eq!(roles(&insurer), expected);
        let registry = proposal(
            "registry",
            "name_kanji,birth_date,address\n山田　太郎,1985-04-01,東京都千代田区霞が関2-1-6\n",
        );
        assert!(roles(&registry).contains(&"given_reading"));
        let bank = proposal("bank", "name_kana,address\nﾔﾏﾀﾞ ﾀﾛｳ,東京都千代田区霞が関2-1-6\n");
        assert_eq!(roles(&bank), ["family_reading", "given_reading", "address"]);
    }

    #[test]
    fn without_readings_names_are_what_people_are_looked_up_by() {
        let document = proposal(
            "english",
            "surname,given_name,date_of_birth,postcode\nSmith,Ann,1985-04-12,6000\nJones,Bob,1970-01-02,6001\n",
        );
        assert_eq!(document["searched"], json!(["surname", "given_name", "date_of_birth"]));
        assert_eq!(document["comparisons"][2]["levels"], json!(["day"]));
    }
}
