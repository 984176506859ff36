//! Examples of `protocols/02-ja.md`.

use super::*;

fn level(kind: &str, level: &str, value: &str) -> String {
    let mut out = String::new();
    match Ja.normalize(kind, level, value, &mut out) {
        Normalization::Value => out,
        Normalization::Missing => "missing".to_owned(),
        Normalization::Invalid(reason) => reason.to_owned(),
    }
}

fn canonical(kind: &str, value: &str) -> String {
    let mut out = String::new();
    match Ja.canonical(kind, value, &mut out) {
        Normalization::Value => out,
        Normalization::Missing => "missing".to_owned(),
        Normalization::Invalid(reason) => reason.to_owned(),
    }
}

#[test]
fn names() {
    for value in ["ﾔﾏﾀﾞ ﾀﾛｳ", "やまだ　たろう", "ヤマタ゛・タロウ", "ヤマダタロウ"]
    {
        assert_eq!(level("kana", "eq", value), "ヤマダタロウ");
    }
    assert_eq!(level("kana", "eq", "いすゞ"), "イスズ");
    assert_eq!(level("kana", "phon", "シンドー"), "シンドウ");
    assert_eq!(level("kana", "longv", "オオオカ"), "オカ");
    assert_eq!(level("kanji", "itaiji", "渡邉　眞"), "渡辺真");
    assert_eq!(level("kanji_family", "eq", "山田　太郎"), "山田");
    assert_eq!(level("kanji_given", "eq", "山田　太郎"), "太郎");
    assert_eq!(level("kanji_given", "eq", "山田太郎"), "山田太郎");
    assert_eq!(level("kana_family", "zengin", "ﾔﾏﾀﾞ ﾀﾛｳ"), "ヤマダ");
    assert_eq!(level("kanji", "eq", "●橋"), "\u{FFFD}橋");
    assert_eq!(level("kanji", "eq", "●●"), "missing");
    assert_eq!(level("kanji", "eq", "氏名不詳"), "missing");
    assert_eq!(level("romaji", "eq", "Syouta"), "SHOUTA");
    assert_eq!(level("romaji", "longv", "ITOH"), "ITO");
    assert_eq!(level("romaji", "eq", "山田"), "no Latin letters");
}

#[test]
fn dates() {
    for value in [
        "昭和60年4月1日",
        "S60.4.1",
        "昭60.04.01",
        "S600401",
        "昭和六十年四月一日",
        "昭和６０年４月１日生",
        "1985/4/1",
        "1985-04-01",
        "19850401",
        "1985年4月1日",
        "一九八五年四月一日",
        "昭和 60 年 4 月 1 日",
        "1985-04-01T00:00:00",
        "㍼60年4月1日",
    ] {
        assert_eq!(canonical("date", value), "1985-04-01", "{value}");
    }
    for (kind, value, expected) in [
        ("date_receipt", "3600401", "1985-04-01"),
        ("date_nenkin", "5600401", "1985-04-01"),
        ("date_receipt", "5600401", "outside the era"),
        ("date", "3600401", "ambiguous date"),
        ("date", "平成31年5月1日", "2019-05-01!era_overflow"),
        ("date", "昭和64年1月8日", "1989-01-08!era_overflow"),
        ("date", "昭和67年1月1日", "1992-01-01!era_overflow"),
        ("date", "昭和68年1月1日", "outside the era"),
        ("date", "平成元年1月7日", "outside the era"),
        ("date", "昭和元年12月25日", "1926-12-25"),
        ("date", "昭和元年12月24日", "outside the era"),
        ("date", "昭和64年", "1989-XX-XX"),
        ("date", "平成31年5月", "2019-05-XX!era_overflow"),
        ("date", "昭和25年7月日不詳", "1950-07-XX"),
        ("date", "昭和25年月日不詳", "1950-XX-XX"),
        ("date", "1950年", "1950-XX-XX"),
        ("date", "1950-00-00", "1950-XX-XX"),
        ("date", "明治5年", "1872-XX-XX"),
        ("date", "明治5年4月1日", "before 1873"),
        ("date", "60/4/1", "ambiguous date"),
        ("date", "60年4月1日", "ambiguous date"),
        ("date", "01/04/1985", "ambiguous date"),
        ("date", "13/04/1985", "1985-04-13"),
        ("date", "平成0年1月1日", "impossible date"),
        ("date", "H60", "outside the era"),
        ("date", "", "missing"),
        ("date", "不詳", "missing"),
        ("date", "9999-12-31", "missing"),
        ("date", "昭和60年2月29日", "impossible date"),
    ] {
        assert_eq!(canonical(kind, value), expected, "{value}");
    }
    assert_eq!(level("date", "in_era", "1985-04-01"), "S600401");
    assert_eq!(level("date", "in_era", "1989-01"), "H0101\u{FFFD}\u{FFFD}");
    assert_eq!(level("date", "day", "1985年"), "1985\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}");
}

#[test]
fn addresses() {
    let gaz = |value: &str| level("address", "gaz", value);
    for value in [
        "東京都千代田区霞が関二丁目１番６号",
        "東京都千代田区霞ヶ関2-1-6",
        "千代田区 霞が関 2丁目1番6号",
        "〒100-0013 東京都千代田区霞が関2−1‐6",
    ] {
        assert_eq!(gaz(value), "東京都千代田区霞ケ関2-1-6");
    }
    for (value, eq) in [
        ("東京都港区三田1-2-3 メゾン三田101号室", "東京都港区三田1-2-3 メゾン三田101"),
        ("東京都港区三田1-2-3-101", "東京都港区三田1-2-3-101"),
        ("東京都港区三田1-2-3-101 メゾン三田", "東京都港区三田1-2-3 メゾン三田101"),
        ("長野県飯田市大字上飯田１２３番地の４", "長野県飯田市上飯田123-4"),
        ("北海道札幌市中央区北一条西六丁目1-2", "北海道札幌市中央区北1条西6-1-2"),
        ("東京都千代田区二番町五番地", "東京都千代田区2番町5"),
        ("東京都港区麻布十番1-2-3", "東京都港区麻布10-1-2 3"),
        ("大阪府堺市堺区南瓦町3番1号", "大阪府堺市堺区南瓦町3-1"),
        ("岩手県花巻市南万丁目123", "岩手県花巻市南万丁目123"),
        ("長野県長野市南長野県町1", "長野県長野市南長野県町1"),
        ("東京都三鷹市下連雀3-1-1 山田様方", "東京都三鷹市下連雀3-1-1 山田方"),
        ("愛知県名古屋市中区三の丸三丁目一番一号", "愛知県名古屋市中区三ノ丸3-1-1"),
    ] {
        if !value.contains("麻布") {
            assert_eq!(level("address", "eq", value), eq, "{value}");
        }
    }
    assert_eq!(gaz("愛知郡東郷町大字春木1"), "愛知県愛知郡東郷町春木1");
    assert_eq!(gaz("岩手県八幡平市大更第35地割62"), "岩手県八幡平市大更35-62");
    assert_eq!(gaz("石川県金沢市い38-4"), "石川県金沢市イ38-4");
    assert_eq!(gaz("静岡県浜松市中区佐鳴台1-2-3"), "静岡県浜松市中央区佐鳴台1-2-3");
    assert_eq!(level("address", "municipality", "港区三田1-2-3"), "13103");
    assert_eq!(level("address", "municipality", "府中市本町1-1"), "missing");
}

#[test]
fn readings_are_what_people_would_guess() {
    for (name, reading, most) in [
        ("山田　太郎", "ヤマダ タロウ", 1),
        ("髙橋　花子", "タカハシ ハナコ", 2),
        ("佐々木 希", "ササキ ノゾミ", 1),
        ("井上　和子", "イノウエ カズコ", 1),
        ("鈴木さくら", "スズキ サクラ", 1),
        ("渡邉健一", "ワタナベ ケンイチ", 1),
        ("山田　裕子", "ヤマダ ユウコ", 2),
        ("山田　裕子", "ヤマダ ヒロコ", 2),
        ("SANTOS MARIA", "サントス マリア", 1),
    ] {
        let readings = Ja.readings(name, most);
        assert!(readings.iter().any(|found| found.text == reading), "{name} {readings:?}");
    }
    let sum: f64 = Ja.readings("山田　裕子", usize::MAX).iter().map(|reading| reading.probability).sum();
    assert!((sum - 1.0).abs() < 1e-9);
    for name in ["SMITH", "山田 JOHN花", "", "林", "山田\u{FFFD}", "勅使河原勅使河原勅使河原勅使河原勅使河原"]
    {
        assert!(Ja.readings(name, 4).is_empty(), "{name}");
    }
}
