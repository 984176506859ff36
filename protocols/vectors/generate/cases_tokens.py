"""Cases of vectors/tokens."""
from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

from normalise import TABLE_DIGEST, UNKNOWN
from schema import Feature, canonical, load, parse
from tokens import Encoder, Run, budgets, features, key_id, passes, positions, rows_of

Case = Dict[str, Any]
EXAMPLES = Path(__file__).resolve().parents[2] / "schema" / "examples"


def test_key(label: str) -> bytes:
    """A reproducible key, for tests only."""
    return hashlib.sha256(("mizuhiki test key: " + label).encode()).digest()


def gram(n: int = 2, **members: Any) -> Case:
    return {"type": "ngram", "n": n, **members}


EXACT: Case = {"type": "exact"}
DATE = [
    gram(2, positional=True, padded=False, positions=[1, 2, 3, 4, 5, 6]),
    gram(1, positional=True, positions=[2, 3, 5, 7]),
]


def feature_cases() -> List[Case]:
    u = UNKNOWN
    table = [
        ("bigrams by default", "ANNA", [{"type": "ngram"}]),
        ("padded bigrams of one character", "A", [gram()]),
        ("unpadded bigrams of one character", "A", [gram(padded=False)]),
        ("unpadded trigrams of two characters", "AB", [gram(3, padded=False)]),
        ("unpadded bigrams of two characters", "AB", [gram(padded=False)]),
        ("repeated grams", "BANANA", [gram()]),
        ("repeated grams, positional", "BANANA", [gram(positional=True)]),
        ("single characters", "BANANA", [gram(1)]),
        ("single characters, padding has no part", "AB", [gram(1, padded=True)]),
        ("trigrams, padded", "ANN", [gram(3)]),
        ("four-grams, padded", "O", [gram(4)]),
        ("four-grams, unpadded", "SMITHS", [gram(4, padded=False)]),
        ("blank inside", "O BRIEN", [gram()]),
        ("two blanks in a gram come from padding", "A B", [gram(3)]),
        ("accents and case", "Zoë", [gram()]),
        ("two bytes a character", "ЁЛКИН", [gram()]),
        ("three bytes a character", "山田", [gram()]),
        ("outside the basic plane", "𠮷野", [gram(positional=True)]),
        ("base letter and combining mark are two code points", "Q\u0302", [gram()]),
        ("wildcard masks two bigrams", f"SM{u}TH", [gram()]),
        ("wildcard first", f"{u}LODIE", [gram()]),
        ("wildcard last", f"JO{u}", [gram()]),
        ("wildcards only", u * 3, [gram()]),
        ("masked grams are not counted as earlier ones", f"AN{u}AN", [gram(padded=False)]),
        ("masked grams keep their number", f"19{u}50412", [gram(1, positional=True)]),
        ("exact", "GB123456", [EXACT]),
        ("exact with a wildcard", f"GB12{u}456", [EXACT]),
        ("exact with a blank and accents", "Anna María", [EXACT]),
        ("exact and bigrams", "ANNA", [EXACT, gram()]),
        ("bigrams and exact with a wildcard", f"A{u}NA", [gram(), EXACT]),
        ("bigrams and trigrams", "OTTO", [gram(2), gram(3)]),
        ("same bigrams twice count on", "ABAB", [gram(padded=False), gram(padded=False)]),
        ("padded and unpadded bigrams count together", "AB", [gram(), gram(padded=False)]),
        ("same positional grams twice are equal features", "AB", [gram(1, positional=True), gram(1, positional=True)]),
        ("positional and not positional do not count together", "AA", [gram(1, positional=True), gram(1)]),
        ("date of the examples", "19850412", DATE),
        ("date without day", f"198504{u}{u}", DATE),
        ("date of which only the year is known", f"1985{u * 4}", DATE),
        ("date without year", f"{u * 4}0412", DATE),
        ("birth year of the examples", "19850412", [gram(2, positional=True, padded=False, positions=[1, 2]), gram(1, positional=True, positions=[2, 3])]),
        ("positions that the value does not reach", "AB", [gram(1, positional=True, positions=[0, 5])]),
        ("positions none of which is reached", "AB", [gram(1, positional=True, positions=[8, 9])]),
        ("positions, not positional", "ABAB", [gram(padded=False, positions=[0, 2])]),
        ("positions out of order and twice", "ABCD", [gram(1, positional=True, positions=[3, 0, 3])]),
        ("positions count from the padding", "AB", [gram(positional=True, positions=[0])]),
        ("empty list of positions means all", "AB", [gram(1, positional=True, positions=[])]),
        ("postcode of the examples", "2000", [gram(1, positional=True), gram(2, positional=True, padded=False)]),
        ("postcode with a wildcard", f"20{u}0", [gram(1, positional=True), gram(2, positional=True, padded=False)]),
        ("a gram repeated more than 256 times", "A" * 260, [gram(1)]),
        ("position above 255", "B" * 258, [gram(1, positional=True, positions=[254, 255, 256, 257])]),
        ("eight kinds of feature", "AB", [gram(n, positional=p) for n in (1, 2, 3, 4) for p in (False, True)]),
    ]
    cases = []
    for name, value, kinds in table:
        found, length = features(value, [Feature.of(k) for k in kinds])
        cases.append({"name": name, "value": value, "kinds": kinds, "features": [f.hex() for f in found], "effective_length": length})
    return cases


def position_cases() -> List[Case]:
    cases = []
    bigram, dated, whole = b"g\x02\x00AN", b"p\x01\x00\x00\x071", b"e\0\0" + "Łukasz".encode()
    table = [(m, f, 24) for m in (64, 512, 960, 1024, 2048, 3008) for f in (bigram, dated, whole)]
    table += [
        (64, bigram, 64),
        (64, b"g\x02\x01AN", 1),
        (1024, bigram, 0),
        (1024, bigram, 1),
        (1024, bigram, 612),
        (960, b"g\x02\x00 \xe5\xb1\xb1", 300),
        (65536, bigram, 20),
        (65472, bigram, 20),
        (1024, b"e\0\0" + b"LONG" * 100, 12),
        (192, b"g\x03\x00   ", 192),
    ]
    for i, (m, feature, count) in enumerate(table):
        key = test_key("positions %d" % (i % 4))
        name = "m %d, %d positions, feature of %d bytes, key %d" % (m, count, len(feature), i % 4)
        cases.append({"name": name, "key": key.hex(), "bits": m, "feature": feature.hex(), "count": count, "positions": positions(key, m, feature, count)})
    return cases


def locale() -> Case:
    return {"pack": "en-Latn", "digest": TABLE_DIGEST}


def document(name: str, profile: str, fields: List[Case], **members: Any) -> Case:
    return {
        "format": "mizuhiki-linkage-schema",
        "version": 1 if profile == "plain" else 2,
        "name": name,
        "profile": profile,
        "locale": locale(),
        "fields": fields,
        "thresholds": {"accept": 0.87, "borderline": 0.84},
        **members,
    }


CONTACT_FIELDS: List[Case] = [
    {"name": "id", "column": "patient id", "kind": "id", "weight": 2, "features": [EXACT]},
    {"name": "mail", "kind": "email", "features": [EXACT, gram(4)]},
    {"name": "phone", "kind": "phone", "features": [EXACT]},
    {"name": "cost", "kind": "number", "weight": 0.5, "features": [EXACT]},
    {"name": "note", "kind": "text", "level": "folded", "weight": 0.5, "features": [gram(2, padded=False), EXACT]},
]
CONTACT_VIEWS: List[Case] = [
    {"name": "contact", "fields": ["phone", "mail", "note"], "minPresentWeight": 0.4},
    {"name": "numbers", "fields": ["id", "cost"], "minPresentWeight": 0.8},
]
FULL_NAME: Case = {
    "name": "name",
    "column": "Full name",
    "kind": "full_name",
    "level": "sorted",
    "keyGroup": "people",
    "features": [
        gram(3, positional=True, padded=False, positions=[0, 1, 2, 3, 4, 5, 6, 7]),
        gram(2, padded=False),
    ],
    "missing": ["-", " withheld ", "TBA"],
}
# Blocking in profile plain, for records with alternatives.
JA_BLOCKING: Case = {
    "people-ja-kanji": [
        {"name": "family", "parts": [{"field": "family"}]},
        {"name": "birthday", "parts": [{"field": "birth_date", "characters": [4, 5, 6, 7]}]},
        {"name": "place", "parts": [{"field": "address", "level": "municipality"}]},
        {"name": "given-year", "parts": [{"field": "given"}, {"field": "birth_date", "characters": [0, 1, 2, 3]}]},
    ],
    "people-ja-kana": [
        {"name": "family", "parts": [{"field": "family"}]},
        {"name": "given", "parts": [{"field": "given"}]},
        {"name": "place", "parts": [{"field": "address", "level": "municipality"}]},
    ],
}


def further_schemas() -> Dict[str, str]:
    """Of profile plain."""
    exact = document(
        "exact features", "plain", CONTACT_FIELDS, description=None, filter={"bits": 960, "fill": 0.5}, views=CONTACT_VIEWS
    )
    single = document(
        "one field",
        "plain",
        [FULL_NAME],
        epoch=7,
        filter={"bits": 512, "fill": 0.3},
        views=[{"name": "only", "fields": ["name"]}],
        statutoryBasis=None,
    )
    found = {d["name"]: json.dumps(d) for d in (exact, single)}
    for name, rules in JA_BLOCKING.items():
        example = json.loads(example_schemas()[name])
        example.pop("symbols")
        for view in example["views"]:
            view.pop("linkOnly", None)
        example.update({"name": name + ", plain", "profile": "plain", "blocking": {"rules": rules}})
        found[example["name"]] = json.dumps(example)
    return found


def symbol_schemas() -> Dict[str, str]:
    name = [gram()]
    private = document(
        "max-privacy with all defaults",
        "max-privacy",
        [
            {"name": "first", "kind": "given_name", "keyGroup": "n", "features": name},
            {"name": "last", "kind": "surname", "keyGroup": "n", "features": [{"type": "ngram"}]},
            {"name": "born", "kind": "date", "features": [gram(1, positional=True)]},
            {"name": "sex", "kind": "sex", "weight": 0.25, "features": [EXACT]},
            {"name": "town", "kind": "place", "features": [gram(3)], "missing": ["No fixed abode"]},
        ],
    )
    plain_draw = document(
        "exact features, draw plain, t 32, w 32",
        "hardened",
        CONTACT_FIELDS,
        description=None,
        filter={"bits": 960, "fill": 0.5},
        views=CONTACT_VIEWS,
        symbols={"perView": 12, "positions": 32, "bits": 32, "draw": "plain"},
    )
    stratified = document(
        "exact features, draw stratified, t 24, w 40",
        "hardened",
        CONTACT_FIELDS,
        filter={"bits": 960, "fill": 0.5},
        views=CONTACT_VIEWS,
        symbols={"perView": 12, "positions": 24, "bits": 40, "draw": "stratified"},
    )
    single = document(
        "one field, t 8, w 48",
        "hardened",
        [FULL_NAME],
        epoch=7,
        filter={"bits": 512, "fill": 0.3},
        views=[{"name": "only", "fields": ["name"]}],
        symbols={"perView": 8, "positions": 8, "bits": 48, "perRecord": 8},
        statutoryBasis=None,
    )
    people = [
        {"name": "first", "kind": "given_name", "keyGroup": "n", "weight": 1.1, "features": name},
        {"name": "born", "kind": "date", "weight": 1.7, "features": [gram(1, positional=True)]},
        {"name": "last", "kind": "surname", "keyGroup": "n", "weight": 0.9, "features": name},
    ]
    most = document(
        "t 112, w 56, groups that are not side by side",
        "hardened",
        people,
        filter={"bits": 448, "fill": 0.6},
        views=[
            {"name": "whole", "fields": ["last", "first", "born"]},
            {"name": "names", "fields": ["last", "first"], "minPresentWeight": 0.9},
            {"name": "one", "fields": ["born", "last"], "minPresentWeight": 1, "linkOnly": True},
        ],
        symbols={"perView": 5, "positions": 112, "bits": 56, "draw": None, "perRecord": 40, "population": 10000000000},
    )
    all_of_it = document(
        "all positions, draw plain",
        "hardened",
        people,
        filter={"bits": 64, "fill": 0.45},
        symbols={"perView": 4, "positions": 64, "draw": "plain", "perRecord": 4},
    )
    tight = document(
        "alternatives, cut, t 64, w 64",
        "hardened",
        [
            {"name": "given", "input": "given", "kind": "given_name", "keyGroup": "name", "features": name},
            {"name": "surname", "input": "family", "kind": "surname", "keyGroup": "name", "features": name},
            {"name": "born", "kind": "date", "level": "digits", "features": [gram(1, positional=True)]},
        ],
        inputs=[
            {"name": "family", "columns": [{"column": "surname"}, {"column": "birth surname"}, {"column": "alias"}], "take": "all"},
            {"name": "given", "columns": [{"column": "given"}, {"column": "called"}], "take": "all"},
        ],
        filter={"bits": 512},
        views=[
            {"name": "whole", "fields": ["given", "surname", "born"]},
            {"name": "without-given", "fields": ["surname", "born"], "minPresentWeight": 1},
        ],
        symbols={"perView": 6, "perRecord": 26},
        limits={"maxAlternatives": 5},
    )
    return {d["name"]: json.dumps(d) for d in (private, plain_draw, stratified, single, most, all_of_it, tight)}


def example_schemas() -> Dict[str, str]:
    return {p.stem: p.read_text("utf-8") for p in sorted(EXAMPLES.glob("people-*.json"))}


def plain_examples() -> Dict[str, str]:
    return {name: text for name, text in example_schemas().items() if load(text).symbols is None}


def symbol_examples() -> Dict[str, str]:
    return {name: text for name, text in example_schemas().items() if load(text).symbols}


def part(field: str, *characters: int, **members: Any) -> Case:
    return {"field": field, **({"characters": list(characters)} if characters else {}), **members}


def block_schemas() -> Dict[str, str]:
    name, digits = [gram()], [gram(1, positional=True)]
    fields = [
        {"name": "first", "kind": "given_name", "features": name, "missing": ["-", " Tba "]},
        {"name": "last", "kind": "surname", "features": name, "missing": ["-"]},
        {"name": "born", "kind": "date", "features": digits},
        {"name": "born-digits", "column": "born", "kind": "date", "level": "digits", "features": digits},
        {"name": "town", "kind": "place", "level": "exact", "features": name},
        {"name": "code", "kind": "postcode", "features": digits},
        {"name": "phone", "kind": "phone", "features": digits},
    ]
    levels = document(
        "levels",
        "plain",
        fields,
        epoch=3,
        blocking={
            "rules": [
                {"name": "sound", "parts": [part("first", level="phonetic"), part("last", level="phonetic")]},
                {"name": "sound-any", "parts": [part("first", level="phonetic"), part("last", level="phonetic")], "anyOrder": True},
                {"name": "names", "parts": [part("first", level="sorted"), part("last", level="sorted")], "anyOrder": True},
                {"name": "exact", "parts": [part("first", level="exact"), part("last", level="exact")], "anyOrder": False},
                {"name": "default_levels", "parts": [part("last"), part("born"), part("town"), part("code")]},
                {"name": "outward", "parts": [part("code", level="outward"), part("born", level="year")]},
                {"name": "day-or-digits", "parts": [part("born-digits"), part("last", level="initial")]},
                {"name": "swapped", "parts": [part("born", level="month"), part("first", level="initial")]},
            ],
            "minBlock": 1,
            "maxBlockShare": 1,
        },
    )
    characters = document(
        "characters",
        "plain",
        fields,
        blocking={
            "rules": [
                {"name": "day-month", "parts": [part("born", 4, 5, 6, 7)]},
                {"name": "order", "parts": [part("born", 7, 0, 3.0)]},
                {"name": "second", "parts": [part("first", 1)]},
                {"name": "second-any", "parts": [part("last", 1), part("first", 1)], "anyOrder": True},
                {"name": "far", "parts": [part("last", 0, 254, 255)]},
                {"name": "twice", "parts": [part("last", 0), part("last", 0, 1, 2), part("last", level="phonetic")]},
                {"name": "sound", "parts": [part("last", 0, 1, level="phonetic"), part("town", 0, 1, 2, 3)], "anyOrder": None},
                {"name": "eight", "parts": [part("first", 0), part("last", 0), part("born", 2), part("born", 3), part("born", 5), part("code", 0), part("code", 3), part("phone", 8)], "anyOrder": True},
            ]
        },
        views=[{"name": "all", "fields": ["first", "last", "born", "town", "code"]}],
    )
    lsh = document(
        "lsh",
        "plain",
        fields,
        epoch=5,
        filter={"bits": 960, "fill": 0.4},
        views=[
            {"name": "whole", "fields": ["first", "last", "born", "town", "code"]},
            {"name": "names", "fields": ["last", "first"], "minPresentWeight": 0.5},
            {"name": "strict", "fields": ["born-digits", "phone"], "minPresentWeight": 1},
        ],
        blocking={
            "rules": [
                {"name": "defaults", "lsh": {"view": "whole"}},
                {"name": "birth-year", "parts": [part("born", level="year"), part("last", 0)]},
                {"name": "thirteen", "lsh": {"view": "names", "bits": 13, "tables": 3}},
                {"name": "whole-bytes", "lsh": {"view": "names", "bits": 16, "tables": 2}},
                {"name": "most", "lsh": {"view": "strict", "bits": 64, "tables": 2}},
                {"name": "four", "lsh": {"view": "whole", "bits": 4, "tables": 1}},
            ],
            "minBlock": None,
        },
    )
    small = document(
        "lsh of all bits, 32 tables",
        "plain",
        fields[:3],
        filter={"bits": 64, "fill": 0.5},
        blocking={
            "rules": [
                {"name": "all", "lsh": {"view": "whole", "bits": 64, "tables": 2}},
                {"name": "few", "lsh": {"view": "whole", "bits": 9, "tables": 29}, "parts": None},
                {"name": "one", "lsh": {"view": "whole", "bits": 63.0, "tables": 1}},
            ]
        },
    )
    wide = document(
        "lsh of 2,048 bits",
        "plain",
        fields[:3],
        version=2,
        filter={"bits": 2048},
        blocking={"rules": [{"name": "r", "parts": [part("born", 0, 1, 2, 3), part("first", level="initial")]}, {"name": "s", "lsh": {"view": "whole", "bits": 21, "tables": None}}]},
    )
    return {d["name"]: json.dumps(d) for d in (levels, characters, lsh, small, wide)}


PLAIN_RUNS = [Run(), Run("link", "", "2027-04"), Run("link", "学齢簿"), Run("link", "Vaccinations and admissions", "第２回 № 7")]


def key_cases() -> List[Case]:
    cases = []
    for i, (name, text) in enumerate({**plain_examples(), **further_schemas(), **block_schemas()}.items()):
        schema, run = load(text), PLAIN_RUNS[i % len(PLAIN_RUNS)]
        key = bytes(32) if i == 0 else test_key(name)
        encoder = Encoder(schema, key, run)
        keys = []
        for view in schema.views:
            for group in sorted({f.group for f in view.fields}):
                expanded = encoder.key("positions", view.name, group).hex()
                keys.append({"purpose": "search/positions", "view": view.name, "name": group, "key": expanded})
        for rule in schema.rules:
            view_name = rule.view.name if rule.view else ""
            keys.append({"purpose": "search/block", "view": view_name, "name": rule.name, "key": encoder.key("block", view_name, rule.name).hex()})
        names = {"project": run.project, "run": run.name}
        cases.append({"name": name, "linkage_key": key.hex(), "schema": text, "digest": schema.digest.hex(), "epoch": schema.epoch, **names, "key_id": key_id(key, run).hex(), "keys": keys})
    return cases


PEOPLE = [
    # given name, surname, date of birth, suburb, postcode, sex
    ("Mary-Anne", "O'Brien", "1985-04-12", "North Sydney", "2060", "F"),
    ("Sm?th", "NGUYỄN", "12/04/1985", "?", "20?0", "?"),
    ("", "Łukasz", "", "Mount Isa", "4825", "male"),
    ("A", "Ø", "198?-XX-12", "Ayr", "4807", "2"),
    ("Anne Mary", "O’Brien", "12 APR 1985", "NORTH SYDNEY", " 2060 ", "female"),
    ("NGUYỄN", "Sm?th", "19850412", "St. Kilda", "3182", "X"),
    ("", "", "", "", "", ""),
    ("unknown", "N/A", "1900-01-01", "NOT KNOWN", "0000", "U"),
    ("???", "***", "????-??-??", "??", "????", "9"),
    ("BANANA", "BANANA", "1999-09-09", "Bananana", "9099", "0"),
    ("Lukasz", "", "1985-04-12", "", "", "M"),
    ("", "Lukasz", "1985-04-12", "", "", "1"),
    ("Dr John Smith Jr.", "Smith-Jones", "31/02/1990", "Saint Lucia", "SW1A 1AA", "woman"),
    ("山田", "Ёлкин", "1900", "東京", "100-0001", "W"),
    ("Wolfeschlegelsteinhausenbergerdorff" * 5, "Hubert Blaine " * 20, "29 February 2000", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "LL61 5UJ", "m"),
    ("x", "NA", "1 January 1970", "No Fixed Abode ", "12345-6789", "f"),
    ("Zoë", "A" * 5000, "19811305", "Fort William", "PH33 6", "Non-binary"),
    ("Baby of Sarah", "d’Este", "04/13/1985", "Newtown", "2042", "indeterminate"),
]
CONTACTS = [
    # patient id, mail, phone, cost, note
    ("ab-12 34/c", "Anna.Maria@Example.org", "+44 (0)7700 900123", "1,234.50", "Why? Because"),
    ("AB1234C", "anna.maria@example.ORG", "07700 900-123", "+1234.5", "why because"),
    ("ab1234", "", "", "−0.0", ""),
    ("12?4", "x@y", "07700 9001??", "12", "a"),
    ("", "", "+1 (212) 555-0123", "", "BANANA BANANA"),
    ("000000", "no mail", "0000000000", "1e5", "N/A"),
    ("", "", "", "", ""),
    ("7", "zoë@例え.jp", "(02) 9123 4567 ext. 9", ".5", "山田"),
    ("999999", "?@?", "1234", "12", "? * ?"),
    ("99999", "a@b.c", "", "1,23", "ab"),
    ("id\u00e9", "A@B.C", "0044 7700 900123", "00012.500", "Ab"),
    ("X", "ß@ẞ.de", "+81 3 1234 5678", "-5.50", "\ufffdab"),
]
FULL_NAMES = [
    ("SMITH, John",),
    ("John Smith",),
    ("John Smi?h",),
    ("Nguyễn Văn An",),
    ("-",),
    ("withheld",),
    (" TBA ",),
    ("tba",),
    ("",),
    ("Jo",),
    ("J",),
    ("?o?",),
    ("BANANA BANANA",),
    ("Mr Dr",),
    ("Dr O'Brien",),
    ("J" * 300,),
    ("Anna\u0000Maria",),
    ("山田 太郎",),
    ("Jo?",),
]
JA_COLUMNS = ["name_kanji", "name_kana", "alias", "birth_date", "sex", "address", "previous_address"]
JA_PEOPLE = [
    ("髙橋　太郎", "", "", "S60.4.1", "男", "東京都千代田区一番町１", ""),
    ("高橋 太郎", "ﾀｶﾊｼ ﾀﾛｳ", "", "3600401", "1", "東京都千代田区一番町1番地", "大阪府大阪市北区梅田三丁目1番1号"),
    ("佐藤　陽菜", "", "鈴木　陽菜", "平成23年12月31日", "女", "京都府京都市中京区河原町通三条上る恵比須町427", ""),
    ("NGUYEN VAN AN", "", "グエン　アン", "1990-05-06", "M", "愛知県名古屋市中区三の丸３－１－２", "愛知県一宮市本町2丁目5番6号"),
    ("渡●　健", "ワタナベ　ケン", "", "S99.1.1", "9", "", "北海道札幌市北区北８条西５丁目"),
    ("", "", "", "", "", "", ""),
    ("不明", "", "", "00000000", "", "不詳", ""),
    ("小鳥遊　蓮", "", "", "令和2年2月29日", "２", "沖縄県那覇市泉崎１丁目２－２", "沖縄県那覇市泉崎1-2-2"),
]
COLUMNS = {
    "people": ["given_name", "surname", "date_of_birth", "suburb", "postcode"],
    "names": ["given_name", "surname", "date_of_birth"],
}


BLOCK_PEOPLE = [
    # given name, surname, date of birth, suburb, postcode, phone
    ("Anna", "Smith", "1985-04-12", "North Sydney", "2060", "(02) 9123 4567"),
    ("SMITH", "anna", "12/04/1985", "NORTH SYDNEY", "2065", "+61 2 9123 4567"),
    ("Ann", "Anna", "1985-04-12", "North Sydney", "2060", "02 9123 4560"),
    ("Anna", "Ann", "1985-04-12", "North Sydney", "2060", "02 9123 456?"),
    ("B", "AA", "1970-01-01", "Ayr", "4807", "1234"),
    ("AA", "B", "1 January 1971", "Ay", "80", "no phone"),
    ("AB", "C", "1985-12-04", "A", "SW1A 1AA", "07700 900-123"),
    ("A", "BC", "1985-12-04", "", "sw1a 2bb", ""),
    ("Ann?", "Sm?th", "198?-04-12", "Nor?h Sydney", "20?0", "07700 9001??"),
    ("?nn", "?mith", "????-04-12", "North Sydn?y", "?060", "?7700 900123"),
    ("Anna Maria", "d'Este Smith-Jones", "1985-04", "St. Kilda", "3182", "0414 123 456"),
    ("Maria  Anna", "Smith Jones D’Este", "1985", "Saint Kilda", "3182", "0414 123 456"),
    ("-", "-", "31/04/1985", "-", "12345-6789", "02 9123 4567"),
    (" tba ", "TBA", "19811305", "TBA", "K1A 0B6", "212.555.0123 ext. 45"),
    (" Tba", "NA", "12/04/85", "NA", "0000", "0000000000"),
    ("山田", "Ёлкин", "2000-02-29", "東京", "100-0001", "+81 3 1234 5678"),
    ("Ёлкин", "山田", "2001-02-29", "東京 1", "100", "00"),
    ("\ufe73", "𠮷", "1999-09-09", "\ufe73𠮷é", "9099", "99999"),
    ("𠮷", "\ufe73", "9 SEP 1999", "e\u0301", "9099", "99998"),
    ("Zoë", "Nguyễn", "04/13/1985", "Zoë", "É1 2ÀB", "01234"),
    ("Dr John", "O'Hara Jr", "1945-07-31", "Newtown", "2042", "02 9550 1234"),
    ("Jon", "Ohara", "1945-07-31", "Newton", "2042", "0295501234"),
    ("A261", "Ashcraft", "1960-11-05", "X", "DN55 1PT", "5"),
    ("Ashcroft", "A789", "1960-11-50", "XX", "M1 1AA", "55555"),
    ("", "", "", "", "", ""),
    ("unknown", "N/A", "1900-01-01", "NOT KNOWN", "9999", "NIL"),
    ("???", "***", "????????", "??", "????", "?"),
    ("Anna", "", "1985-04-12", "", "", ""),
    ("", "Smith", "1985-04-12", "", "", ""),
    ("", "", "1985-04-12", "North Sydney", "2060", "02 9123 4567"),
    ("Anna", "Smith", "", "", "", ""),
    ("Baby of Anna", "Smith", "2020-02-20", "North Sydney", "2060", "02 9123 4567"),
    ("Anna\u0001", "Smi\tth", "1985\t04 12", " North  Sydney ", "2060", "02 9123 4567"),
    ("é" * 150, "y" * 300, "1888-08-08", "ﷺ" * 20, "2060", "123456789012345"),
    ("a" * 4097, "山" * 100, "2150-12-31", "b" * 600, "12345678901", "1" * 16),
]


def block_cases() -> List[Case]:
    cases = []
    ja = {name: text for name, text in further_schemas().items() if "-ja-" in name}
    for name, text in {**plain_examples(), **ja, **block_schemas()}.items():
        schema, key = load(text), test_key("blocks: " + name)
        encoder = Encoder(schema, key, Run())
        columns = COLUMNS["people" if "five" in name else "names"]
        if name in block_schemas():
            columns = ["first", "last", "born", "town", "code", "phone"]
        records = [p[: len(columns)] for p in BLOCK_PEOPLE]
        if "-ja-" in name:
            columns, records = JA_COLUMNS, JA_PEOPLE
        rows = [row for r in records for row in rows_of(schema, dict(zip(columns, r)))]
        found = []
        for rule in schema.rules:
            for name_of_pass, ids in zip(passes(rule), zip(*(encoder.blocks(rule, row) for row in rows))):
                found.append({"name": name_of_pass, "ids": [i and i.hex() for i in ids]})
        cases.append({"name": name, "schema": canonical(parse(text)), "linkage_key": key.hex(), "columns": columns, "records": [list(r) for r in records], "passes": found})
    return cases


def stored(token: Optional[bytes], whole: bool) -> Optional[Case]:
    if token is None:
        return None
    return {"base64": base64.b64encode(token).decode()} if whole else {"sha256": hashlib.sha256(token).hexdigest()}


def end_to_end_cases() -> List[Case]:
    tables: Dict[str, Tuple[List[str], Sequence[Sequence[str]]]] = {}
    for name in plain_examples():
        columns = COLUMNS["people" if "five" in name else "names"]
        tables[name] = columns, [p[: len(columns)] for p in PEOPLE]
    for name in JA_BLOCKING:
        tables[name + ", plain"] = JA_COLUMNS, JA_PEOPLE
    tables["exact features"] = ["patient id", "mail", "phone", "cost", "note"], CONTACTS
    tables["one field"] = ["Full name"], FULL_NAMES
    cases = []
    schemas = {**plain_examples(), **further_schemas()}
    of_runs = [(name, name, Run()) for name in schemas]
    for run in PLAIN_RUNS[1:]:
        named = " and ".join(what for what, text in (("a project", run.project), ("a run", run.name)) if text)
        of_runs += [("%s, under %s" % (name, named), name, run) for name in ("people-names-dob-plain", "one field")]
    for title, name, run in of_runs:
        text = schemas[name]
        schema, key = load(text), test_key("end to end: " + name)
        encoder = Encoder(schema, key, run)
        columns, records = tables[name]
        rows = [(number, row) for number, r in enumerate(records) for row in rows_of(schema, dict(zip(columns, r)))]
        tokens = {}
        for view in schema.views:
            found = [encoder.token(view, row) for _, row in rows]
            tokens[view.name] = [stored(t, i < 4 or "-ja-" not in name) for i, t in enumerate(found)]
        cases.append(
            {
                "name": title,
                "schema": canonical(parse(text)),
                "digest": schema.digest.hex(),
                "linkage_key": key.hex(),
                "project": run.project,
                "run": run.name,
                "columns": columns,
                "records": [list(r) for r in records],
                "rows": [number for number, _ in rows],
                "budgets": {v.name: budgets(schema, v) for v in schema.views},
                "tokens": tokens,
            }
        )
    return cases


FILES = {
    "tokens/features.json": feature_cases,
    "tokens/positions.json": position_cases,
    "tokens/keys.json": key_cases,
    "tokens/end-to-end.json": end_to_end_cases,
    "tokens/blocks.json": block_cases,
}
