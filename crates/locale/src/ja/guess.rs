//! The kind of a column, from its header and some values (not normative).

use super::kanji::{is_kana, is_kanji};
use crate::outcome::Normalization;
use crate::pack::Pack;

/// Words in headers, in the order in which they are tried.
const HEADERS: [(&[&str], &str); 22] = [
    (&["個人番号", "マイナンバー", "mynumber", "my_number"], "mynumber"),
    (&["法人番号", "corp_no", "corporate_number"], "corp_no"),
    (&["保険者番号", "insurer_no"], "insurer_no"),
    (&["口座名義", "account_name", "holder_name"], "zengin_name"),
    (
        &["姓カナ", "セイ", "姓_カナ", "kana_family", "family_kana", "surname_kana", "last_name_kana"],
        "kana_family",
    ),
    (&["名カナ", "メイ", "名_カナ", "kana_given", "given_kana", "first_name_kana"], "kana_given"),
    (&["カナ", "フリガナ", "ふりがな", "かな", "ｶﾅ", "kana", "furigana"], "kana"),
    (&["ローマ字", "英字", "romaji", "roman_name"], "romaji"),
    (&["生年月日", "誕生日", "birth", "dob"], "date"),
    (&["性別", "男女", "sex", "gender"], "sex"),
    (&["郵便番号", "postal", "zip", "〒"], "postal"),
    (&["電話", "tel", "phone"], "phone"),
    (&["メール", "email", "e-mail"], "email"),
    (&["住所", "所在地", "address", "addr"], "address"),
    (&["記号番号", "ゆうちょ", "yucho"], "yucho"),
    (&["口座番号", "口座", "bank_account"], "bank"),
    (&["kanji_family", "family_kanji", "surname_kanji", "last_name_kanji"], "kanji_family"),
    (&["kanji_given", "given_kanji", "first_name_kanji"], "kanji_given"),
    (&["氏名", "名前", "漢字", "お名前", "name_kanji", "kanji", "shimei"], "kanji"),
    (&["姓", "氏", "family_name", "surname", "last_name"], "kanji_family"),
    (&["名", "given_name", "first_name"], "kanji_given"),
    (&["name"], "kanji"),
];

pub(super) fn guess(pack: &dyn Pack, header: &str, values: &[&str]) -> Option<&'static str> {
    let header = header.trim().to_lowercase();
    let whole = |word: &&str| {
        matches!(*word, "姓" | "氏" | "名" | "name" | "セイ" | "メイ" | "tel" | "zip" | "dob" | "sex")
    };
    let fits = |word: &&str| if whole(word) { header == **word } else { header.contains(word) };
    let named = HEADERS.iter().find(|(words, _)| words.iter().any(&fits)).map(|(_, kind)| *kind);
    match named {
        // The script of a name follows from its values.
        Some("kanji" | "kanji_family" | "kanji_given" | "kana") => by_script(named?, values),
        Some("date") => Some(by_code_book(pack, values)),
        Some(kind) => Some(kind),
        None => by_values(pack, values),
    }
}

/// The kind under which most values are dates.
fn by_code_book(pack: &dyn Pack, values: &[&str]) -> &'static str {
    let mut out = String::new();
    let mut dates = |kind: &str| {
        values
            .iter()
            .filter(|value| pack.normalize(kind, "day", value, &mut out) == Normalization::Value)
            .count()
    };
    let mut best = ("date", dates("date"));
    for kind in ["date_receipt", "date_nenkin"] {
        let count = dates(kind);
        if count > best.1 {
            best = (kind, count);
        }
    }
    best.0
}

/// The kind for names in the script of most values.
fn by_script(named: &'static str, values: &[&str]) -> Option<&'static str> {
    let mut counts = [0_usize; 3];
    for value in values {
        if value.chars().any(is_kanji) {
            counts[0] += 1;
        } else if value.chars().any(|c| is_kana(c) || ('\u{FF66}'..='\u{FF9D}').contains(&c)) {
            counts[1] += 1;
        } else if value.chars().any(|c| c.is_alphabetic()) {
            counts[2] += 1;
        }
    }
    let [kanji, kana, latin] = counts;
    if latin > kanji + kana {
        return Some("romaji");
    }
    Some(match (named, kana > kanji) {
        ("kanji_family", true) => "kana_family",
        ("kanji_given", true) => "kana_given",
        ("kanji", true) => "kana",
        ("kana", false) if kanji > 0 => "kanji",
        _ => named,
    })
}

/// The kind that at least 80 % of the values look like.
fn by_values(pack: &dyn Pack, values: &[&str]) -> Option<&'static str> {
    let given: Vec<&str> =
        values.iter().map(|value| value.trim()).filter(|value| !value.is_empty()).collect();
    let mut out = String::new();
    let mut is = |kind: &str, level: &str, shape: fn(&str) -> bool| {
        let fitting = given.iter().filter(|value| {
            shape(value) && pack.normalize(kind, level, value, &mut out) == Normalization::Value
        });
        !given.is_empty() && fitting.count() * 5 >= given.len() * 4
    };
    if is("date", "day", |value| value.chars().count() >= 6) {
        Some("date")
    } else if is("sex", "code", |value| matches!(value, "男" | "女" | "男性" | "女性")) {
        Some("sex")
    } else if is("address", "municipality", |value| value.chars().count() >= 5) {
        Some("address")
    } else if is("kana", "eq", |value| {
        value.chars().all(|c| is_kana(c) || ('\u{FF66}'..='\u{FF9F}').contains(&c) || c.is_whitespace())
    }) {
        Some("kana")
    } else {
        None
    }
}
