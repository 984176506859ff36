"""Cases of vectors/audit, and of the audit documents in vectors/schema."""
from __future__ import annotations

import json
from typing import Any, Dict, List, Optional, Sequence, Tuple

from audit_schema import Comparison, check_audit, load_audit
from cases_audit_schemas import audit_document, compare, filter_at, first_only, people_en, people_kana, people_kanji
from cases_schema import REMOVE, changed, written
from cases_tokens import EXACT, Case, gram, test_key
from outcomes import outcome
from pair import PairEncoder
from schema import Fault, canonical, digest, parse

# Documents --------------------------------------------------------------------------------------


def small() -> Case:
    """A document with one of everything."""
    return {
        "format": "mizuhiki-audit-schema",
        "version": 1,
        "name": "small",
        "description": "For tests.",
        "epoch": 2,
        "locale": {"pack": "ja", "digest": "0123456789abcdef" * 4},
        "inputs": [
            {"name": "name", "columns": [{"column": "kana"}, {"column": "kanji", "readings": 4, "mass": 0.9}], "take": "all"},
            {"name": "born", "columns": [{"column": "birth", "kind": "date_receipt"}, {"column": "dob"}], "take": "first"},
        ],
        "comparisons": [
            {"name": "family", "role": "family_reading", "input": "name", "kind": "kana_family", "levels": ["eq", "zengin"], "slips": ["exchanged"], "filter": {"level": "phon", "features": [gram(2)]}, "values": 4, "filters": 2, "rarity": True},
            {"name": "day", "role": "birth_date", "input": "born", "kind": "date", "levels": ["day", "in_era"], "slips": ["day_month", "next_day"], "missing": ["NA"]},
            {"name": "address", "role": "address", "column": "home address", "kind": "address", "partial": True, "levels": ["eq", "gaz", "area"]},
        ],
        "searched": ["family", "day"],
        "neighbours": {"reach": 2, "comparisons": [{"comparison": "day", "level": "day"}, {"comparison": "family", "level": "eq"}]},
        "statutoryBasis": "none",
    }


MINIMAL = (
    '{"format":"mizuhiki-audit-schema","version":1,"name":"m","locale":{"pack":"en-Latn"},'
    '"comparisons":[{"name":"a","role":"other","kind":"text","levels":["exact"]}]}'
)


def valid() -> Dict[str, str]:
    C, N = "comparisons", "neighbours"
    many = [{"name": "%x" % i, "role": "other", "kind": "text", "levels": ["exact", "folded"], "column": "c"} for i in range(16)]
    nulls = {name: None for name in ("description", "epoch", "inputs", "searched", N, "statutoryBasis")}
    absent = {name: None for name in ("input", "column", "slips", "filter", "values", "filters", "partial", "rarity", "missing")}
    least = parse(MINIMAL)
    return {
        "one of everything": json.dumps(small()),
        "one of everything, indented and out of order": json.dumps(dict(reversed(list(small().items()))), indent=2),
        "the least": MINIMAL,
        "the least, with blanks and numbers as fractions": MINIMAL.replace('"version":1', '\n "version" : 1.0e0\t'),
        "the least, every other member null": json.dumps({**least, **nulls, C: [{**least[C][0], **absent}]}),
        "empty lists": json.dumps({**least, C: [{**least[C][0], "slips": [], "missing": []}], "searched": [], N: {"comparisons": []}}),
        "sixteen comparisons of one column, greatest numbers": json.dumps({**least, "epoch": 4294967295, C: [{**c, "values": 16, "filter": {"level": "exact", "features": [EXACT] * 8}, "filters": 16} for c in many], N: {"reach": 8, "comparisons": [{"comparison": str(i), "level": "exact"} for i in range(4)]}}),
        "least numbers": changed([N, "reach"], 0, small),
        "neighbours without a member": changed([N], {}, small),
        "a name beyond ASCII": changed(["name"], "保険者 \u2028 \U00020bb7", small),
        "six levels and two slips": json.dumps({**least, C: [{"name": "g", "role": "given_name", "kind": "given_name", "levels": ["exact", "folded", "latin", "sorted", "nickname", "nysiis"], "slips": ["next_day", "exchanged"]}]}),
        "people-en of the pair rows": people_en(),
        "people-kanji of the pair rows": people_kanji(),
        "people-kana of the pair rows": people_kana(),
    }


def faulty() -> List[Tuple[str, str, str]]:
    C, N, I = "comparisons", "neighbours", "inputs"
    family, day, address = [C, 0], [C, 1], [C, 2]
    wrong: List[Tuple[List[Any], Any]] = [
        (["format"], "mizuhiki-linkage-schema2"), (["version"], 2), (["version"], "1"), (["name"], 5), (["description"], []), (["epoch"], 0), (["epoch"], 4294967296), (["locale", "pack"], "xx"), (["locale", "digest"], "g" * 64), (["statutoryBasis"], 1),
        ([I], []), ([I, 0, "take"], "any"), ([I, 0, "columns", 1, "readings"], 17), ([I, 0, "columns"], []),
        ([C], []), ([C], {}), ([C, 1], "day"), ([*family, "name"], "a b"), ([*family, "role"], "name"), ([*family, "role"], 1), ([*family, "kind"], 1), ([*family, "input"], "names"), ([*family, "input"], 1), ([*address, "column"], 1),
        ([*family, "levels"], []), ([*family, "levels"], "eq"), ([*family, "levels", 1], 1), ([*family, "slips"], "exchanged"), ([*family, "slips", 0], "swapped"), ([*day, "slips", 1], 1),
        ([*family, "filter"], []), ([*family, "filter", "level"], 1), ([*family, "filter", "features"], []), ([*family, "filter", "features"], [gram()] * 9), ([*family, "filter", "features", 0, "n"], 5), ([*family, "filter", "features", 0, "type"], "skipgram"),
        ([*family, "values"], 0), ([*family, "values"], 17), ([*family, "values"], 4.5), ([*family, "values"], "4"), ([*family, "filters"], 0), ([*family, "filters"], 5), ([*family, "filters"], 1.5), ([*family, "partial"], 1), ([*family, "rarity"], "yes"), ([*day, "missing"], "NA"), ([*day, "missing", 0], 1),
        (["searched"], "family"), (["searched", 0], 1), (["searched", 1], "birth"), ([N], []), ([N, "reach"], -1), ([N, "reach"], 9), ([N, "reach"], 0.5), ([N, "reach"], "2"), ([N, "comparisons"], {}), ([N, "comparisons", 0], "day"), ([N, "comparisons", 0, "comparison"], "birth"), ([N, "comparisons", 1, "level"], 1),
    ]
    table = [("%s is %s" % (written(p), json.dumps(v)[:39]), changed(p, v, small), written(p)) for p, v in wrong]
    required = [["format"], ["version"], ["name"], ["locale"], ["locale", "pack"], [C], [*family, "name"], [*family, "role"], [*family, "kind"], [*family, "levels"], [*family, "filter", "level"], [*family, "filter", "features"], [*family, "filter", "features", 0, "type"], [N, "comparisons", 0, "comparison"], [N, "comparisons", 0, "level"]]
    table += [("%s is missing" % written(p), changed(p, REMOVE, small), written(p)) for p in required]
    unknown = [["profile"], ["fields"], ["views"], ["thresholds"], ["Searched"], [*family, "level"], [*family, "weight"], [*family, "filter", "bits"], [N, "offset"], [N, "comparisons", 0, "name"], [I, 0, "kind"]]
    table += [("%s is unknown" % written(p), changed(p, 2, small), written(p)) for p in unknown]
    one, last = json.dumps(small()), {"name": "sex", "role": "sex", "kind": "sex", "levels": ["code"]}
    near = {"comparison": "day", "level": "day"}
    return table + [
        ("two comparisons of one name", changed([C, "+"], {**last, "name": "day"}, small), "$.comparisons[3].name"),
        ("17 comparisons", changed([C], [*small()[C], *({**last, "name": "s%d" % i} for i in range(14))], small), "$.comparisons"),
        ("7 levels", changed([*family, "levels"], list("abcdefg"), small), "$.comparisons[0].levels"),
        ("6 levels and 3 slips", changed([C, "+"], {**last, "levels": list("abcdef"), "slips": ["day_month", "next_day", "exchanged"]}, small), "$.comparisons[3].slips"),
        ("a level twice", changed([*address, "levels", 2], "eq", small), "$.comparisons[2].levels[2]"),
        ("a slip twice", changed([*day, "slips"], ["next_day", "next_day"], small), "$.comparisons[1].slips[1]"),
        ("an input and a column", changed([*day, "column"], "dob", small), "$.comparisons[1].column"),
        ("an input without a comparison", changed([I, "+"], {"name": "spare", "columns": [{"column": "x"}]}, small), "$.inputs[2]"),
        ("two inputs of one name", changed([I, 1, "name"], "name", small), "$.inputs[1].name"),
        ("filters without a filter", changed([*address, "filters"], 1, small), "$.comparisons[2].filters"),
        ("more filters than values, which is 1 by default", changed([*family, "values"], REMOVE, small), "$.comparisons[0].filters"),
        ("searched twice", changed(["searched", 1], "family", small), "$.searched[1]"),
        ("5 comparisons of neighbours", changed([N, "comparisons"], [{**near, "level": l} for l in "abcde"], small), "$.neighbours.comparisons"),
        ("a comparison of neighbours twice", changed([N, "comparisons", 1], near, small), "$.neighbours.comparisons[1]"),
        ("a member twice", one.replace('"epoch": 2', '"epoch": 2, "epoch": 2'), "$"),
        ("a member twice, further in", one.replace('"reach": 2', '"reach": 2, "reach": 2'), "$"),
        ("cut short", one[:-1], "$"),
    ]


def document_cases() -> List[Case]:
    cases: List[Case] = []
    for name, text in valid().items():
        check_audit(parse(text))
        cases.append({"name": name, "document": text, "digest": digest(text).hex()})
    for name, text, path in faulty():
        try:
            check_audit(parse(text))
            raise AssertionError(name + ": no fault")
        except Fault as fault:
            assert fault.args == (path,), (name, fault.args, path)
        cases.append({"name": name, "document": text, "faults": [path]})
    return cases


# Outcomes ---------------------------------------------------------------------------------------


def slot(levels: Dict[int, int], slips: Optional[Dict[int, int]] = None, source: int = 0, bits: Sequence[int] = ()) -> Case:
    return {"levels": levels, "slips": slips or {}, "source": source, "bits": bits}


def made(c: Comparison, *filled: Case) -> bytes:
    """A row made by hand."""
    row = bytes([len(filled)])
    for i in range(c.values):
        s = filled[i] if i < len(filled) else slot({})
        tags = {**s["levels"], **{len(c.levels) + number: t for number, t in s["slips"].items()}}
        row += bytes([s["source"], sum(1 << t for t in tags)])
        row += b"".join(tags.get(t, 0).to_bytes(2, "big") for t in range(len(c.levels) + len(c.slips)))
        if i < c.filters:
            row += sum(1 << (255 - b) for b in s["bits"]).to_bytes(32, "big")
    return row


def by_hand() -> str:
    levels = ["eq", "itaiji", "itaiji_loose"]
    return audit_document(
        "by hand",
        "ja",
        [
            compare("plain", "family_name", "kanji_family", levels=levels, slips=["next_day", "exchanged"], values=5, filters=2, filter=filter_at("eq", gram())),
            compare("partial", "address", "address", levels=["gaz", "area", "municipality"], values=4, partial=True),
            compare("bare", "other", "idstring"),
        ],
    )


Made = Tuple[str, str, List[Case], List[Case]]


def made_table() -> List[Made]:
    def bits(start: int, count: int) -> range:
        return range(start, start + count)

    def only(start: int, count: int, source: int = 0) -> List[Case]:
        return [slot({}, source=source, bits=bits(start, count))]

    def apart(n: int) -> Case:
        return slot({0: 100 + n, 1: 200 + n, 2: 300 + n})

    same, far = slot({0: 7, 1: 8, 2: 9}), [apart(i) for i in range(10)]
    table: List[Made] = [
        ("first slots agree", "plain", [same, far[0]], [same, far[1]]),
        ("a tag of two zero bytes agrees", "plain", [slot({0: 0})], [slot({0: 0})]),
        ("tags that are not there are no agreement", "plain", [slot({1: 5})], [slot({2: 5})]),
        ("equal tags of two levels are none", "plain", [slot({0: 5, 1: 6})], [slot({0: 6, 1: 5})]),
        ("the tightest level of a later slot before a loose one of the first", "plain", [slot({0: 1, 1: 2, 2: 3}), same], [slot({0: 4, 1: 5, 2: 3}), far[0], far[1], same]),
        ("loose agreement of the first slots", "plain", [slot({0: 1, 1: 2, 2: 3})], [slot({0: 4, 1: 5, 2: 3})]),
        ("slots 1 and 0", "plain", [far[0], same], [same]),
        ("slots 0 and 2", "plain", [same], [far[0], far[1], same]),
        ("slots 3 and 1", "plain", [far[0], far[1], far[2], same], [far[3], same]),
        ("slots 1 and 2, and 4 and 0", "plain", [far[0], same, far[1], far[2], slot({0: 55})], [slot({0: 55}), far[3], same]),
        ("agreement before a slip", "plain", [slot({0: 1, 2: 3}, {1: 4})], [slot({0: 4, 2: 3})]),
        ("a slip of the left side", "plain", [slot({0: 1}, {1: 4})], [slot({0: 4})]),
        ("a slip of the right side", "plain", [slot({0: 4})], [slot({0: 1}, {1: 4})]),
        ("two slips: the first of the schema", "plain", [slot({0: 1}, {1: 4})], [slot({0: 4}, {0: 1})]),
        ("a slip without level 0 of its own side", "plain", [slot({}, {1: 4})], [slot({0: 4})]),
        ("both have the slip, neither the value", "plain", [slot({0: 1}, {1: 4})], [slot({0: 2}, {1: 4})]),
        ("a slip equal to another level", "plain", [slot({0: 1}, {1: 4})], [slot({0: 2, 1: 4})]),
        ("a slip of slot 1", "plain", [far[0], slot({0: 1}, {1: 4})], [slot({0: 4})]),
        ("a slip of zero bytes against no tag", "plain", [slot({0: 1}, {1: 0})], [slot({1: 3})]),
        ("a slip before a filter", "plain", [slot({0: 1}, {1: 4}, bits=bits(0, 64))], [slot({0: 4}, bits=bits(0, 64))]),
        ("bit 7 without filters", "plain", [slot({1: 3}, source=0x80)], [slot({1: 4})]),
        ("wild by slot 1 is none", "plain", [slot({}, bits=bits(0, 64)), slot({}, source=0x80, bits=bits(64, 64))], only(64, 64)),
        ("wild by slot 0, similar by slot 1", "plain", [slot({}, source=0x80, bits=bits(0, 64)), slot({}, bits=bits(64, 64))], only(64, 64)),
        ("the most similar of four pairs", "plain", [*only(0, 64), *only(128, 64)], [*only(64, 64), *only(140, 64)]),
        ("numbers of columns have no part", "plain", [slot({0: 1}, source=1)], [slot({0: 1}, source=7)]),
        ("all 256 bits on both sides", "plain", only(0, 256), only(0, 256)),
        ("all 256 bits on one side", "plain", only(0, 256), only(0, 20)),
        ("one bit, the same", "plain", only(9, 1), only(9, 1)),
        ("a small filter inside a large one", "plain", only(0, 8), only(0, 150)),
        ("an empty filter on one side, no common level", "plain", [slot({0: 1})], [slot({1: 1}, bits=bits(0, 9))]),
        ("an empty filter on one side, a common level", "plain", [slot({0: 1, 1: 3})], [slot({1: 1}, bits=bits(0, 9))]),
        ("a common level of later slots alone", "plain", [slot({0: 1}), slot({1: 3})], [slot({2: 1}), slot({1: 5})]),
        ("slots without anything", "plain", [slot({})], [slot({})]),
        ("no slot on the left", "plain", [], [same]),
        ("no slot on the right", "plain", [same], []),
        ("no slot", "bare", [], []),
        ("without filter, agreement", "bare", [slot({0: 3})], [slot({0: 3})]),
        ("without filter, difference", "bare", [slot({0: 3}, source=0x80)], [slot({0: 4})]),
        ("partial: both lack the tighter level", "partial", [slot({1: 5, 2: 6})], [slot({1: 5, 2: 6})]),
        ("partial: the left lacks the tighter level", "partial", [slot({1: 5, 2: 6})], [slot({0: 4, 1: 5, 2: 6})]),
        ("partial: the right lacks the level between", "partial", [slot({0: 3, 1: 5, 2: 6})], [slot({0: 4, 2: 6})]),
        ("partial: neither lacks one", "partial", [slot({0: 3, 1: 5, 2: 6})], [slot({0: 4, 1: 7, 2: 6})]),
        ("partial: agreement at the tightest level", "partial", [slot({0: 3})], [slot({0: 3, 2: 6})]),
        ("partial: by a later slot", "partial", [slot({0: 1, 1: 2, 2: 3}), slot({1: 5})], [slot({0: 4, 1: 8, 2: 9}), slot({0: 7, 1: 5})]),
        ("partial: the pair of the smallest numbers lacks nothing", "partial", [slot({0: 1, 1: 5}), slot({1: 5})], [slot({0: 2, 1: 5})]),
        ("partial: difference", "partial", [slot({2: 5})], [slot({0: 1, 2: 6})]),
        ("partial: no common level", "partial", [slot({2: 5})], [slot({0: 5})]),
    ]
    for shared in (27, 28, 39, 40, 51, 52, 64, 16, 15):
        table.append(("filters of 64 bits that share %d" % shared, "plain", only(0, 64), only(64 - shared, 64)))
    for shared in (51, 52):
        table.append(("a wildcard, filters of 64 bits that share %d" % shared, "plain", only(0, 64), only(64 - shared, 64, 0x80)))
    return table


def real_table() -> List[Tuple[str, str, str, Case, Case]]:
    en, kanji, kana, first = people_en(), people_kanji(), people_kana(), first_only()
    chiyoda = "東京都千代田区一番町"
    return [
        ("en: one name", en, "given", {"given_name": "Anna"}, {"given_name": "ANNA"}),
        ("en: nicknames", en, "given", {"given_name": "Bob"}, {"given_name": "Robert"}),
        ("en: like names", en, "given", {"given_name": "Christopher"}, {"given_name": "Kristoffer"}),
        ("en: a name with a wildcard", en, "given", {"given_name": "Christ?pher"}, {"given_name": "Christopher"}),
        ("en: two names", en, "given", {"given_name": "Anna"}, {"given_name": "Zoltan"}),
        ("en: a maiden name", en, "family", {"surname": "Smith", "maiden_name": "O'Brien"}, {"surname": "Obrien"}),
        ("en: an alias", en, "family", {"surname": "Smith", "maiden_name": "Jones", "alias": "Lee"}, {"surname": "Lee"}),
        ("en: missing on the left", en, "family", {"surname": "NIL"}, {"surname": "Lee"}),
        ("en: day and month exchanged", en, "born", {"born": "1985-04-12"}, {"born": "1985-12-04"}),
        ("en: the day after", en, "born", {"born": "1985-04-30"}, {"born": "1985-05-01"}),
        ("en: the day before", en, "born", {"born": "2000-03-01"}, {"born": "2000-02-29"}),
        ("en: a date without day", en, "born", {"born": "1985-04"}, {"born": "1985-04-30"}),
        ("en: a date without decade", en, "born", {"born": "198?-04-30"}, {"born": "1985-04-30"}),
        ("en: one digit differs", en, "born", {"born": "1985-04-12"}, {"born": "1985-04-17"}),
        ("en: outward codes agree", en, "postcode", {"postcode": "SW1A 1AA"}, {"postcode": "SW1A 2BB"}),
        ("kanji: variants", kanji, "family", {"name": "髙橋　太郎"}, {"name": "高橋　太郎"}),
        ("kanji: looser variants", kanji, "family", {"name": "齋藤　一"}, {"name": "齊藤　一"}),
        ("kanji: parts exchanged", kanji, "family", {"name": "太郎　山田"}, {"name": "山田　太郎"}),
        ("kanji: given name, parts exchanged", kanji, "given", {"name": "太郎　山田"}, {"name": "山田　太郎"}),
        ("kanji: a wildcard", kanji, "family", {"name": "長谷川●　健"}, {"name": "長谷川原　健"}),
        ("kanji: a wildcard, without a filter", kanji, "given", {"name": "山田　●郎"}, {"name": "山田　太郎"}),
        ("kanji: aliases of both", kanji, "family", {"name": "佐藤　花", "alias": "鈴木　花"}, {"name": "田中　花", "alias": "鈴木　花"}),
        ("kanji: day and month exchanged", kanji, "born", {"birth_date": "S60.4.12"}, {"birth_date": "1985-12-04"}),
        ("kanji: the day after, at the end of February", kanji, "born", {"birth_date": "平成11年3月1日"}, {"birth_date": "平成11年2月28日"}),
        ("kanji: a year alone", kanji, "born", {"birth_date": "1985年"}, {"birth_date": "1985-12-04"}),
        ("kanji: sex", kanji, "sex", {"sex": "男"}, {"sex": "2"}),
        ("kanji: one address", kanji, "address", {"address": chiyoda + "１番地　コーポ山田２０１"}, {"address": chiyoda + "１番地　コーポ山田２０１"}),
        ("kanji: address with and without building", kanji, "address", {"address": chiyoda + "１番地　コーポ山田２０１"}, {"address": chiyoda + "１"}),
        ("kanji: address without building on both sides", kanji, "address", {"address": chiyoda + "１番地"}, {"address": chiyoda + "１"}),
        ("kanji: an area alone", kanji, "address", {"address": chiyoda}, {"address": chiyoda + "１"}),
        ("kanji: two houses", kanji, "address", {"address": chiyoda + "１"}, {"address": chiyoda + "２"}),
        ("kanji: a previous address", kanji, "address", {"address": "東京都千代田区", "previous_address": "大阪府大阪市北区梅田三丁目1番1号"}, {"address": "大阪府大阪市北区梅田3-1-1"}),
        ("kana: readings against kana", kana, "family", {"kanji": "小鳥遊　蓮"}, {"kana": "オトリユ レン"}),
        ("kana: long vowels", kana, "family", {"kana": "オオノ レン"}, {"kana": "オノ レン"}),
        ("kana: the era is wrong", kana, "born", {"born": "昭和60年4月1日"}, {"born": "平成30年4月1日"}),
        ("kana: 16 values", first, "name", {"kanji": "小鳥遊　翔"}, {"kana": "オトリユ ショウ"}),
    ]


def outcome_cases() -> List[Case]:
    cases = []

    def add(name: str, text: str, c: Comparison, left: bytes, right: bytes) -> None:
        found, number = outcome(c, left, right)
        rows = {"left": left.hex(), "right": right.hex()}
        cases.append({"name": name, "schema": text, "comparison": c.name, **rows, "outcome": found, "number": number})

    for name, text, comparison, left, right in real_table():
        schema = load_audit(text)
        c, encoder = schema.comparison(comparison), PairEncoder(schema, test_key("outcomes"), "a")
        key = encoder.key_of(name)
        add(name, text, c, encoder.part(key, c, left), encoder.part(key, c, right))
    for name, comparison, left_slots, right_slots in made_table():
        c = load_audit(by_hand()).comparison(comparison)
        add("by hand: " + name, by_hand(), c, made(c, *left_slots), made(c, *right_slots))
    return cases


FILES = {"schema/audit.json": document_cases, "audit/outcomes.json": outcome_cases}
