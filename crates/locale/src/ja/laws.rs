//! Properties that hold for every value.

use proptest::prelude::*;

use super::date::DATE_PAIR;
use super::*;
use crate::laws::normalize_twice;
use crate::outcome::WILDCARD;

/// Relations are symmetric, and every valid value is equal to itself.
fn relate(a: &str, b: &str) {
    let mut out = String::new();
    for kind in KINDS.iter().map(|kind| kind.name).chain(["date_pair"]) {
        assert_eq!(Ja.relation(kind, a, b), Ja.relation(kind, b, a), "{kind} {a:?} {b:?}");
        if kind != DATE_PAIR
            && Ja.normalize(kind, Ja.kind(kind).unwrap().levels[0], a, &mut out) == Normalization::Value
        {
            let itself = Ja.relation(kind, a, a);
            let unknown = a.chars().any(|c| tables::tables().is(c, tables::WILD)) || out.contains(WILDCARD);
            let expected = itself == "eq"
                || (unknown && itself == "wild")
                || (matches!(kind, "address") && itself == "ambig")
                || matches!(kind, "text" | "email");
            assert!(expected, "{kind} {a:?} {itself}");
        }
    }
}

#[test]
fn every_character_is_normalized_once_and_for_all() {
    for character in ('\0'..='\u{323af}').chain('\u{e0000}'..='\u{e01ff}') {
        // CJK ideographs that are not in the tables behave alike.
        let plain = ('\u{3400}'..'\u{9fff}').contains(&character) || character > '\u{20000}';
        let in_tables =
            || tables::tables().itaiji(character) != character || names::variants().any(|v| v.0 == character);
        if plain && !in_tables() && !(u32::from(character)).is_multiple_of(61) {
            continue;
        }
        normalize_twice(&Ja, &format!("カ{character}\u{3099}ワ {character}1{character}2"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_normalized_once_and_for_all(value in any::<String>(), other in any::<String>()) {
        normalize_twice(&Ja, &value);
        relate(&value, &other);
    }

    #[test]
    fn names_are_normalized_once_and_for_all(
        value in "([ァ-ヾぁ-ゟ]|[ｦ-ﾟ]|[ -~ー・　]|[髙渡邊邉齋々〻辻󠄁之のがヶ●\u{3099}\u{309b}\u{301}0-9]|[A-Za-z]|[オウーエヴアイヤ]){0,14}",
        other in "([ァ-ヾ]|[オウーエヴアイヤ ]|[髙高渡斉斎齋●?]|[A-Z]){0,10}",
    ) {
        normalize_twice(&Ja, &value);
        relate(&value, &other);
        relate(&other, &value);
    }

    #[test]
    fn what_comes_to_touch_is_composed(
        value in "[\u{1100}-\u{1103}\u{1161}-\u{1163}\u{11a8}-\u{11aa}゛゜\u{3099}\u{301}\u{200b}・ー カ々?-]{0,10}",
    ) {
        normalize_twice(&Ja, &value);
        relate(&value, &value);
    }

    #[test]
    fn latin_names_are_normalized_once_and_for_all(value in "[AIUEOHUNMBPSTZDJYCKRŌō ']{0,16}") {
        normalize_twice(&Ja, &value);
    }

    #[test]
    fn dates_are_normalized_once_and_for_all(
        value in "(明治|大|昭和|S|平成|H|R|令和|[12357])?([0-9元一二十X?]{0,4}|[0-9]{0,30})[年./-]?[0-9十二X?]{0,2}[月./-]?[0-9三X?]{0,2}(日|生|不詳)?|[0-9X]{4,8}",
        other in "(S|H)?[0-9]{1,4}-[0-9]{2}-[0-9]{2}",
    ) {
        normalize_twice(&Ja, &value);
        relate(&value, &other);
        relate(&other, &other);
    }

    #[test]
    fn addresses_are_normalized_once_and_for_all(
        parts in prop::collection::vec(prop::sample::select(ADDRESS_PARTS.as_slice()), 0..9),
        others in prop::collection::vec(prop::sample::select(ADDRESS_PARTS.as_slice()), 0..5),
    ) {
        normalize_twice(&Ja, &parts.concat());
        relate(&parts.concat(), &others.concat());
    }

    #[test]
    fn accounts_are_normalized_once_and_for_all(
        parts in prop::collection::vec(prop::sample::select(ACCOUNT_PARTS.as_slice()), 0..7),
        others in prop::collection::vec(prop::sample::select(ACCOUNT_PARTS.as_slice()), 0..7),
    ) {
        normalize_twice(&Ja, &parts.concat());
        relate(&parts.concat(), &others.concat());
    }
}

static ADDRESS_PARTS: [&str; 74] = [
    "〒100-0013",
    "東京都",
    "京都府",
    "埼玉県",
    "府中市",
    "京都市中京区",
    "浦和市",
    "浜松市中区",
    "愛知郡東郷町",
    "東郷町",
    "石橋町",
    "霞が関",
    "大字",
    "字",
    "文字",
    "中島",
    "第",
    "地割",
    "条",
    "北",
    "西",
    "線",
    "区",
    "町",
    "番町",
    "軒",
    "組",
    "一",
    "二十",
    "百",
    "1",
    "2",
    "03",
    "-",
    "ー",
    "−",
    "丁目",
    "丁",
    "番地",
    "番",
    "番地の",
    "の",
    "ノ",
    "号",
    "号室",
    "号棟",
    "室",
    "館",
    "無番地",
    " ",
    "　",
    "メゾン",
    "三田",
    "A",
    "B",
    "F",
    "階",
    "20",
    "101",
    "方",
    "様方",
    "山田",
    "イ",
    "い",
    "ろ",
    "上る",
    "東入",
    "寺町通",
    "ッ",
    "つ",
    "之",
    "ヶ",
    "●",
    "四条畷市",
];

static ACCOUNT_PARTS: [&str; 30] = [
    "カ)",
    "(カ",
    "(カ)",
    "カブシキガイシヤ",
    "(株)",
    "株式会社",
    "ヤマダ",
    "タロウ",
    " ",
    "コ)",
    "シヨウテン",
    "(",
    ")",
    "ｶ",
    "ド)",
    "10530",
    "-",
    "12345671",
    "058",
    "0",
    "普通",
    "1",
    "当座",
    "0005",
    "123",
    "1234567",
    "+81",
    "(0)",
    "内線12",
    "03",
];
