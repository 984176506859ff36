//! Examples of values and their normal forms.

use super::*;
use crate::outcome::WILDCARD;

const MISSING: &str = "(missing)";

fn run(kind: &str, level: &str, value: &str) -> Result<String, &'static str> {
    let mut out = String::from("left over");
    match EnLatn.normalize(kind, level, value, &mut out) {
        Normalization::Value => {
            assert!(!out.is_empty());
            Ok(out.replace(WILDCARD, "_"))
        }
        outcome => {
            assert_eq!(out, "");
            match outcome {
                Normalization::Invalid(reason) => Err(reason),
                _ => Ok(MISSING.to_owned()),
            }
        }
    }
}

/// Unknown characters are written as `_`.
fn check(kind: &str, level: &str, cases: &[(&str, &str)]) {
    for (value, expected) in cases {
        assert_eq!(run(kind, level, value).as_deref(), Ok(*expected), "{kind} {level} {value:?}");
    }
}

fn check_invalid(kind: &str, level: &str, cases: &[(&str, &str)]) {
    for (value, reason) in cases {
        assert_eq!(run(kind, level, value), Err(*reason), "{kind} {level} {value:?}");
    }
}

#[test]
fn names_fold() {
    check(
        "surname",
        "folded",
        &[
            ("Smith", "SMITH"),
            ("  smith \t", "SMITH"),
            ("McDONALD", "MCDONALD"),
            ("O'Brien", "OBRIEN"),
            ("O’Brien", "OBRIEN"),
            ("O´Brien", "OBRIEN"),
            ("O`Brien", "OBRIEN"),
            ("OʼBrien", "OBRIEN"),
            ("O Brien", "O BRIEN"),
            ("D'Angelo", "DANGELO"),
            ("Smith-Jones", "SMITH JONES"),
            ("Smith–Jones", "SMITH JONES"),
            ("Smith - Jones", "SMITH JONES"),
            ("van  der\u{a0}Berg", "VAN DER BERG"),
            ("St. John", "ST JOHN"),
            ("MÜLLER", "MULLER"),
            ("Mu\u{308}ller", "MULLER"),
            ("Mueller", "MUELLER"),
            ("Nguyễn", "NGUYEN"),
            ("Đặng", "DANG"),
            ("Łukasz", "LUKASZ"),
            ("Ångström", "ANGSTROM"),
            ("\u{212b}ngstrom", "ANGSTROM"),
            ("Ö", "O"),
            ("Jørgensen", "JOERGENSEN"),
            ("Ǿrsted", "OERSTED"),
            ("Æsa", "AESA"),
            ("Þórðardóttir", "THORDARDOTTIR"),
            ("Weiß", "WEISS"),
            ("WEIẞ", "WEISS"),
            ("Œuvre", "OEUVRE"),
            ("Dvořák", "DVORAK"),
            ("Şahin", "SAHIN"),
            ("Işık", "ISIK"),
            ("İnönü", "INONU"),
            ("Əliyev", "ELIYEV"),
            ("Nuñez", "NUNEZ"),
            ("Ĳsselmuiden", "IJSSELMUIDEN"),
            ("Col·legi", "COLLEGI"),
            ("ﬁsher", "FISHER"),
            ("ＳＭＩＴＨ", "SMITH"),
            ("Sm\u{200b}ith\u{feff}", "SMITH"),
            ("S\u{301}mith", "SMITH"),
            ("Smith2", "SMITH2"),
            ("山田", "山田"),
            ("ﾊﾞﾝ", "バン"),
            ("Ёлкин", "ЁЛКИН"),
            ("Παπαδόπουλος", "ΠΑΠΑΔΌΠΟΥΛΟΣ"),
            ("כֹּהֵן", "כֹּהֵן"),
            ("محمد", "محمد"),
            ("김", "김"),
            ("John 😀", "JOHN 😀"),
            ("Sm?th", "SM_TH"),
            ("Sm\u{fffd}th", "SM_TH"),
            ("Sm●th", "SM_TH"),
            ("〓田", "_田"),
            ("J***", "J___"),
            ("Ｓｍ？ｔｈ", "SM_TH"),
        ],
    );
}

#[test]
fn titles_go_unless_alone() {
    check(
        "full_name",
        "folded",
        &[
            ("Mr. John Smith", "JOHN SMITH"),
            ("DR JOHN SMITH JR.", "JOHN SMITH"),
            ("Smith, John III", "SMITH JOHN"),
            ("Dr", "DR"),
            ("Mr Dr", "MR DR"),
            ("Miss ?", MISSING),
            ("Mr Unknown", MISSING),
        ],
    );
    check("place", "folded", &[("Dr John", "DR JOHN")]);
}

#[test]
fn names_at_other_levels() {
    check(
        "given_name",
        "exact",
        &[
            ("  Anna   Maria ", "Anna Maria"),
            ("O´Hara", "O'Hara"),
            ("Ａnna", "Anna"),
            ("E\u{301}va", "Éva"),
            ("Ann?", "Ann_"),
            ("n/a", MISSING),
        ],
    );
    check(
        "given_name",
        "sorted",
        &[("Mary Ann", "ANN MARY"), ("Ann-Mary", "ANN MARY"), ("OF BABY", MISSING)],
    );
    check(
        "surname",
        "phonetic",
        &[
            ("Ashcraft", "A261"),
            ("Tymczak", "T522"),
            ("Pfister", "P236"),
            ("McDonald", "M235"),
            ("Mac Donald", "M235"),
            ("O'Hara", "O600"),
            ("Lee", "L000"),
            ("A261", "A261"),
            ("김", MISSING),
            ("Sm?th", MISSING),
        ],
    );
    check("given_name", "initial", &[("Élodie", "E"), ("?lodie", MISSING), ("김", "김")]);
    check("full_name", "sorted", &[("SMITH, John", "JOHN SMITH"), ("Ms John Smith", "JOHN SMITH")]);
}

#[test]
fn names_by_what_they_share() {
    check(
        "given_name",
        "nickname",
        &[("Bill", "WILLIAM"), ("Liz Ann", "ELIZABETH ANN"), ("Саша", "ALEXANDER"), ("Zoltan", "ZOLTAN")],
    );
    check(
        "surname",
        "latin",
        &[
            ("Щукин", "SHCHUKIN"),
            ("Παπαδόπουλος", "PAPADOPOULOS"),
            ("ДР Иванов", "IVANOV"),
            ("Ь", MISSING),
            ("山田", "山田"),
        ],
    );
    check(
        "surname",
        "joined",
        &[
            ("Smith-Jones", "SMITHJONES"),
            ("O Brien", "OBRIEN"),
            ("van der Berg", "VANDERBERG"),
            ("No Ne", MISSING),
        ],
    );
    check(
        "surname",
        "core",
        &[
            ("Smith-Jones", "JONES SMITH"),
            ("Jones Smith", "JONES SMITH"),
            ("van der Berg", "BERG"),
            ("de la", "DE LA"),
            ("McDonald", "MACDONALD"),
            ("Mac Donald", "MACDONALD"),
            ("O’Brien", "OBRIEN"),
            ("Brien O", "BRIEN"),
        ],
    );
    check(
        "surname",
        "nysiis",
        &[("Smith", "SNAT0"), ("Knight", "NAGT0"), ("SNAT0", "SNAT0"), ("As", MISSING), ("Sm?th", MISSING)],
    );
}

#[test]
fn placeholders_are_missing() {
    for kind in KINDS {
        for value in
            ["", "  ", "\u{3000}", "N/A", "n.a", "None", "nil", "UNKNOWN", "unk", "Not known", "NOT STATED"]
                .iter()
                .chain(&["missing", "-", ".", "--", "XXX", "xx", "\u{fffd}"])
        {
            assert_eq!(
                run(kind.name, kind.default_level, value).as_deref(),
                Ok(MISSING),
                "{} {value:?}",
                kind.name
            );
        }
    }
    for kind in ["given_name", "surname", "full_name", "place", "address", "id"] {
        check(
            kind,
            KINDS.iter().find(|known| known.name == kind).unwrap().default_level,
            &[("?", MISSING), ("■ ■", MISSING)],
        );
    }
    check(
        "surname",
        "folded",
        &[("Null", "NULL"), ("NA", "NA"), ("X", "X"), ("Baby", "BABY"), ("Test", "TEST")],
    );
    check("given_name", "folded", &[("Null", MISSING), ("NA", MISSING), ("X", "X"), ("Test", "TEST")]);
    check(
        "given_name",
        "folded",
        &[
            ("Baby", MISSING),
            ("BABY OF", MISSING),
            ("Baby of Sarah", MISSING),
            ("infant", MISSING),
            ("Male Infant", MISSING),
            ("Babyface", "BABYFACE"),
        ],
    );
}

#[test]
fn dates() {
    check(
        "date",
        "day",
        &[
            ("19850412", "19850412"),
            (" 1985-04-12 ", "19850412"),
            ("1985/4/12", "19850412"),
            ("1985.04.12", "19850412"),
            ("１９８５－０４－１２", "19850412"),
            ("1985-04-12T00:00:00Z", "19850412"),
            ("1985-04-12 10:20:30.5+09:00", "19850412"),
            ("19850412 000000", "19850412"),
            ("12/04/1985", "19850412"),
            ("12.4.1985", "19850412"),
            ("12-04-1985 12:00 AM", "19850412"),
            ("04/13/1985", "19850413"),
            ("13/04/1985", "19850413"),
            ("12 Apr 1985", "19850412"),
            ("12th April, 1985", "19850412"),
            ("12APR1985", "19850412"),
            ("12-Apr-1985", "19850412"),
            ("Apr 12, 1985", "19850412"),
            ("April 12th 1985", "19850412"),
            ("Sept 3 1985", "19850903"),
            ("1985 Apr 12", "19850412"),
            ("1985-04", "198504__"),
            ("04/1985", "198504__"),
            ("198504", "198504__"),
            ("Apr 1985", "198504__"),
            ("1985", "1985____"),
            ("1985-01-01", "1985____"),
            ("1985-00-00", "1985____"),
            ("1985-04-00", "198504__"),
            ("1985-99-12", "1985__12"),
            ("1985-04-1?", "1985041_"),
            ("XX/04/1985", "198504__"),
            ("????-04-12", "____0412"),
            ("198?0412", "198_0412"),
            ("1900-01-02", "19000102"),
            ("1900", "1900____"),
            ("2000-02-29", "20000229"),
            ("198?-02-29", "198_0229"),
            ("1850-12-31", "18501231"),
            ("2150-12-31", "21501231"),
            ("1900-01-01", MISSING),
            ("1 Jan 1901", MISSING),
            ("0001-01-01", MISSING),
            ("9999-12-31", MISSING),
            ("99999999", MISSING),
            ("0000-00-00 00:00:00", MISSING),
            ("??/??/????", MISSING),
            ("unknown", MISSING),
        ],
    );
    check(
        "date",
        "month",
        &[("1985-04-12", "198504"), ("1985", "1985__"), ("19850412", "198504"), ("1985-01-01", "1985__")],
    );
    check("date", "year", &[("1985-04-12", "1985"), ("19850101", "1985"), ("????-04-12", MISSING)]);
    check_invalid(
        "date",
        "day",
        &[
            ("2001-02-29", "impossible date"),
            ("1900-02-29", "impossible date"),
            ("1985-13-01", "impossible date"),
            ("31/04/1985", "impossible date"),
            ("32/01/1985", "impossible date"),
            ("13/13/1985", "impossible date"),
            ("19850431", "impossible date"),
            ("1981-02-29", "impossible date"),
            ("1849-12-31", "year out of range"),
            ("2151-01-02", "year out of range"),
            ("12041985", "year out of range"),
            ("12/04/85", "two-digit year"),
            ("12 Apr 85", "two-digit year"),
            ("1985-04/12", "not a date"),
            ("1985-123", "not a date"),
            ("hello", "not a date"),
            ("31079", "not a date"),
            ("1985-04-12 noon", "not a date"),
            ("12 Foo 1985", "not a date"),
            ("1985-04-12\u{0}", "control character"),
        ],
    );
}

#[test]
fn codes() {
    check(
        "postcode",
        "full",
        &[
            ("sw1a 1aa", "SW1A1AA"),
            ("2000", "2000"),
            ("800", "800"),
            ("0800", "0800"),
            ("12345-6789", "12345"),
            ("123456789", "12345"),
            ("K1A 0B6", "K1A0B6"),
            ("20?0", "20_0"),
            ("0000", MISSING),
            ("99999-1234", MISSING),
            ("????", MISSING),
        ],
    );
    check(
        "zip",
        "five",
        &[("12345-6789", "12345"), ("1234", "01234"), ("501", "00501"), ("00000", MISSING), ("???", MISSING)],
    );
    check("zip", "area", &[("90210", "902__"), ("1234?", "123__")]);
    check("nhs_number", "exact", &[("943 476 5919", "9434765919"), ("0000000000", MISSING)]);
    check(
        "postcode",
        "outward",
        &[
            ("SW1A 1AA", "SW1A"),
            ("M1 1AE", "M1"),
            ("SW1A", "SW1A"),
            ("GIR 0AA", "GIR"),
            ("12345", "123"),
            ("99950", "999"),
            ("2000", "20"),
            ("K1A 0B6", "K1A"),
            ("D02 X285", "D02"),
        ],
    );
    check_invalid(
        "postcode",
        "full",
        &[("Sydney NSW 2000", "not a postcode"), ("東京", "not a postcode"), ("1", "not a postcode")],
    );
    check(
        "phone",
        "national",
        &[
            ("+44 (0)7700 900123", "7700900123"),
            ("07700 900-123", "7700900123"),
            ("0044 7700 900123", "7700900123"),
            ("(02) 9123 4567", "291234567"),
            ("+61 2 9123 4567", "291234567"),
            ("+1 (212) 555-0123", "2125550123"),
            ("1-212-555-0123", "2125550123"),
            ("212.555.0123 ext. 45", "2125550123"),
            ("+353 1 234 5678", "12345678"),
            ("+81 3 1234 5678", "81312345678"),
            ("０７７００　９００１２３", "7700900123"),
            ("07700 9001??", "77009001__"),
            ("0000000000", MISSING),
            ("0123456789", MISSING),
        ],
    );
    check_invalid(
        "phone",
        "national",
        &[
            ("1234", "fewer than 5 digits"),
            ("call me", "not a telephone number"),
            ("1234567890123456", "more than 15 digits"),
        ],
    );
    check(
        "sex",
        "code",
        &[
            ("m", "M"),
            ("Female", "F"),
            ("woman", "F"),
            ("1", "M"),
            ("2", "F"),
            ("9", "X"),
            ("x", "X"),
            ("0", MISSING),
            ("U", MISSING),
        ],
    );
    check_invalid("sex", "code", &[("w", "not a sex code"), ("3", "not a sex code")]);
    check("email", "exact", &[(" Anna.Smith@Example.ORG ", "anna.smith@example.org"), ("n/a", MISSING)]);
    check_invalid(
        "email",
        "exact",
        &[
            ("anna", "not an e-mail address"),
            ("a@b@c", "not an e-mail address"),
            ("@b", "not an e-mail address"),
            ("a b@c", "not an e-mail address"),
        ],
    );
    check(
        "id",
        "exact",
        &[
            ("ab-12 34/c", "AB1234C"),
            ("943 476 5919", "9434765919"),
            ("12?4", "12_4"),
            ("000", MISSING),
            ("999999", MISSING),
            ("999", "999"),
        ],
    );
    check(
        "number",
        "exact",
        &[
            ("007", "7"),
            ("+5", "5"),
            ("−5.50", "-5.5"),
            ("-0.0", "0"),
            (".5", "0.5"),
            ("1,234,567.0", "1234567"),
            ("0", "0"),
            ("５", "5"),
        ],
    );
    check_invalid(
        "number",
        "exact",
        &[
            ("1,23", "not a number"),
            ("1e5", "not a number"),
            ("1 2", "not a number"),
            ("1?", "not a number"),
            ("½", "not a number"),
        ],
    );
}

#[test]
fn places_addresses_and_text() {
    check(
        "place",
        "folded",
        &[("Saint Kilda", "ST KILDA"), ("Mount Isa", "MT ISA"), ("São Paulo", "SAO PAULO")],
    );
    check(
        "address",
        "folded",
        &[
            ("12 High Street", "12 HIGH ST"),
            ("Unit 2/14 Smith Rd.", "UNIT 2 14 SMITH RD"),
            ("Flat 3\nNorth Avenue", "FLAT 3 N AVE"),
        ],
    );
    check("address", "exact", &[("12  High\tStreet", "12 High Street")]);
    check("text", "exact", &[("  Why?  Because ", "Why? Because"), ("?!", MISSING)]);
    check("text", "folded", &[("Why? Because", "WHY BECAUSE"), ("●Müller*", "●MULLER")]);
}

#[test]
fn limits_and_unknown_names() {
    for kind in KINDS {
        let long = "a".repeat(MAX_VALUE_BYTES + 1);
        check_invalid(
            kind.name,
            kind.default_level,
            &[(&long, "longer than 4096 bytes"), ("a\0b", "control character")],
        );
        assert_eq!(run(kind.name, "nonsense", "a"), Err("unknown level"));
        assert!(kind.levels.contains(&kind.default_level));
    }
    assert_eq!(run("nonsense", "exact", "a"), Err("unknown kind"));
    assert_eq!(
        run("surname", "folded", &"a".repeat(MAX_VALUE_BYTES)).map(|name| name.len()),
        Ok(MAX_VALUE_BYTES)
    );
    check_invalid("text", "exact", &[(&"\u{fdfa}".repeat(1000), "longer than 4096 bytes")]);
}

#[test]
fn columns_are_guessed() {
    for (header, expected) in [
        ("given_name", Some("given_name")),
        ("First Name", Some("given_name")),
        ("FNAME", Some("given_name")),
        ("surname", Some("surname")),
        ("last-name", Some("surname")),
        ("familyName", Some("surname")),
        ("Name", Some("full_name")),
        ("date_of_birth", Some("date")),
        ("DoB", Some("date")),
        ("dateOfBirth", Some("date")),
        ("Place of birth", Some("place")),
        ("postcode", Some("postcode")),
        ("zip_code", Some("postcode")),
        ("suburb", Some("place")),
        ("state", Some("place")),
        ("address_1", Some("address")),
        ("address2", Some("address")),
        ("street_number", Some("address")),
        ("sex", Some("sex")),
        ("Gender", Some("sex")),
        ("mobile phone", Some("phone")),
        ("e-mail", Some("email")),
        ("EmailAddress", Some("email")),
        ("soc_sec_id", Some("id")),
        ("NHS number", Some("nhs_number")),
        ("rec_id", None),
        ("id", None),
        ("record_id", None),
        ("notes", None),
    ] {
        assert_eq!(EnLatn.guess(header, &[]), expected, "{header}");
    }
    for (values, expected) in [
        (&["1985-04-12", "", "1990-12-31"][..], Some("date")),
        (&["2000", "2010"], None),
        (&["a@b.org", "c@d.com"], Some("email")),
        (&["m", "F"], Some("sex")),
        (&["SW1A 1AA", "m1 1ae"], Some("postcode")),
        (&["+44 7700 900123", "07700900124"], Some("phone")),
        (&["Smith", "Jones"], None),
    ] {
        assert_eq!(EnLatn.guess("c1", values), expected, "{values:?}");
    }
}

/// The specification contains the tables as the code reads them.
#[test]
fn protocol_holds_the_tables() {
    let protocol = include_str!("../../../../protocols/02-normalisation.md");
    assert!(protocol.contains(tables::TEXT));
    for kind in KINDS {
        assert!(protocol.contains(&format!("| `{}` |", kind.name)), "{}", kind.name);
    }
}
