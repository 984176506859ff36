"""Cases of vectors/audit: outcomes of a comparison."""
from __future__ import annotations

import hashlib
import itertools
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from audit_schema import Comparison, load_audit
from cases_audit_schemas import audit_document, compare, filter_at, first_only, lodgers, people_en, people_kana, people_kanji
from cases_tokens import Case, gram, test_key
from outcomes import entries_in_common, outcome
from pair import FILTER, Layout, PairEncoder
from tokens import Run

# Rows made by hand ------------------------------------------------------------------------------

PRESENCE, KNOWN = 0xF00001, 0xF00002  # tags of rows made by hand
Tags = Dict[int, int]  # by level or error variant


def slot(levels: Tags, complete: Optional[Tags] = None) -> Dict[str, Tags]:
    return {"levels": levels, "complete": complete or {}}


def row(*slots: Dict[str, Tags], presence: Optional[int] = PRESENCE, known: Optional[int] = KNOWN, slipped: Optional[Tags] = None, targets: Optional[Tags] = None, filters: Sequence[bytes] = ()) -> Case:
    """The written tags; all else are dummies."""
    return {"slots": slots, "presence": presence, "known": known, "slipped": slipped or {}, "targets": targets or {}, "filters": filters}


def dummies(side: str) -> Iterator[bytes]:
    """All are distinct, and none is a tag of a handmade row."""
    return (number.to_bytes(3, "big") for number in itertools.count({"left": 0xD00000, "right": 0xE00000}[side]))


def made(c: Comparison, side: str, of: Case) -> bytes:
    layout, source = Layout(c, side), dummies(side)
    found = b"".join(next(source) for _ in range(layout.first_filter // 3))
    part = bytearray(found + b"".join(hashlib.sha512(("%s dummy %d" % (side, i)).encode()).digest()[:FILTER] for i in range(layout.filters)))

    def put(at: int, tag: Optional[int]) -> None:
        if tag is not None:
            part[at : at + 3] = tag.to_bytes(3, "big")

    put(layout.presence, of["presence"])
    if c.filter_level:
        put(layout.unknown, of["known"])
    assert len(of["slots"]) <= layout.slots and len(of["filters"]) <= layout.filters
    for i, written in enumerate(of["slots"]):
        for l, tag in written["levels"].items():
            put(layout.level(i, l), tag)
        for l, tag in written["complete"].items():
            assert c.partial
            put(layout.complete(i, l), tag)
    for s, tag in of["slipped"].items():
        put(layout.slipped(s), tag)
    for s, tag in of["targets"].items():
        put(layout.target(s), tag)
    for number, data in enumerate(of["filters"]):
        part[layout.filter(number) : layout.filter(number) + FILTER] = data
    return bytes(part)


def filters_that_agree(entries: int, label: str = "") -> Tuple[bytes, bytes]:
    """Agreement in so many entries; others differ in one bit of four, in turn."""
    first = hashlib.sha512(("filter " + label).encode()).digest()[:FILTER]
    digits = [int(d, 16) for d in first.hex()]
    other = bytes.fromhex("".join("%x" % (d if i < entries else d ^ 1 << i % 4) for i, d in enumerate(digits)))
    assert entries_in_common(first, other) == entries
    return first, other


def by_hand() -> str:
    levels = ["eq", "itaiji", "itaiji_loose"]
    gaz = ["gaz", "area", "municipality"]
    return audit_document(
        "by hand",
        "ja",
        [
            compare("plain", "family_name", "kanji_family", levels=levels, slips=["next_day", "exchanged"], values=5, leftValues=4, filters=3, filter=filter_at("eq", gram())),
            compare("partial", "address", "address", levels=gaz, values=5, leftValues=4, partial=True),
            compare("both", "address", "address", levels=gaz[:2], slips=["exchanged"], values=16, leftValues=1, filters=16, partial=True, filter=filter_at("gaz", gram())),
            compare("bare", "other", "idstring"),
            compare("slips", "birth_date", "date", levels=["day"], slips=["day_month", "next_day", "exchanged"], values=3),
        ],
    )


Made = Tuple[str, str, Case, Case]


SAME, NONE = slot({0: 7, 1: 8, 2: 9}), slot({})
FAR = [slot({0: 100 + n, 1: 200 + n, 2: 300 + n}) for n in range(4)]


def at(number: int, what: Dict[str, Tags]) -> List[Dict[str, Tags]]:
    return [NONE] * number + [what]


def agreement_table() -> List[Made]:
    table: List[Made] = [
        ("first slots agree", "plain", row(SAME, FAR[0]), row(SAME, FAR[1])),
        ("no presence, all else agrees", "plain", row(SAME, presence=0xF00003), row(SAME)),
        ("presence is written on the left alone", "plain", row(SAME), row(SAME, presence=None)),
        ("presence is written on the right alone", "plain", row(SAME, presence=None), row(SAME)),
        ("presence is written on no side", "plain", row(SAME, presence=None), row(SAME, presence=None)),
        ("presence against what is known", "plain", row(presence=KNOWN, known=PRESENCE), row()),
        ("a tag of presence differs in its last byte", "plain", row(SAME, presence=0x123456), row(SAME, presence=0x123457)),
        ("nothing but presence", "plain", row(known=None), row(known=None)),
        ("nothing but presence, without a filter", "bare", row(), row()),
        ("nothing but presence, partial", "partial", row(), row()),
        ("presence of three zero bytes", "bare", row(presence=0), row(presence=0)),
        ("a tag of three zero bytes agrees", "plain", row(slot({0: 0})), row(slot({0: 0}))),
        ("tags differ in their last byte", "bare", row(slot({0: 0x123456})), row(slot({0: 0x123457}))),
        ("tags differ in their first byte", "bare", row(slot({0: 0x123456})), row(slot({0: 0x923456}))),
        ("equal tags of two levels are none", "plain", row(slot({0: 5, 1: 6})), row(slot({0: 6, 1: 5}))),
        ("equal tags of one side are none", "plain", row(SAME, SAME), row(FAR[0], FAR[0])),
        ("the tightest level of later slots before a loose one of the first", "plain", row(slot({0: 1, 1: 2, 2: 3}), SAME), row(slot({0: 4, 1: 5, 2: 3}), FAR[0], FAR[1], SAME)),
        ("agreement at level 1 alone", "plain", row(slot({0: 1, 1: 2})), row(slot({0: 4, 1: 2}))),
        ("loose agreement of the first slots", "plain", row(slot({0: 1, 1: 2, 2: 3})), row(slot({0: 4, 1: 5, 2: 3}))),
        ("two pairs of slots: the least class counts", "plain", row(slot({0: 55}), SAME), row(SAME, NONE, NONE, slot({0: 55}))),
        ("two pairs of slots at two levels: the tighter level counts", "plain", row(slot({1: 8}), NONE, NONE, slot({0: 55})), row(slot({1: 8}), slot({0: 55}))),
        ("all slots agree", "plain", row(SAME, SAME, SAME, SAME), row(SAME, SAME, SAME, SAME, SAME)),
        ("the places of a value differ from level to level", "plain", row(NONE, slot({0: 1, 1: 50}), slot({0: 2, 1: 40})), row(NONE, slot({0: 3, 1: 40}), slot({0: 4, 1: 60}))),
        ("one left slot, sixteen right ones", "both", row(slot({0: 5})), row(*at(15, slot({0: 5})))),
        ("one left slot, the second right one", "both", row(slot({0: 5})), row(*at(1, slot({0: 5})))),
        ("without filter, agreement", "bare", row(slot({0: 3})), row(slot({0: 3}))),
        ("without filter, difference", "bare", row(slot({0: 3})), row(slot({0: 4}))),
    ]
    for i in range(4):
        for j in range(5):
            table.append(("slots %d and %d" % (i, j), "plain", row(*at(i, SAME)), row(*at(j, SAME))))
    return table


def slip_table() -> List[Made]:
    return [
        ("agreement before a slip", "plain", row(slot({0: 1, 2: 3}), slipped={1: 4}), row(slot({0: 4, 2: 3}), targets={1: 4})),
        ("a slip of the left side", "plain", row(slot({0: 1}), slipped={1: 4}), row(slot({0: 2}), targets={1: 4})),
        ("a slip of the right side", "plain", row(slot({0: 1}), targets={0: 4}), row(slot({0: 2}), slipped={0: 4})),
        ("slips of both sides: the first of the schema", "plain", row(slipped={1: 4}, targets={0: 5}), row(slipped={0: 5}, targets={1: 4})),
        ("slips of the left side: the first that agrees", "slips", row(slipped={0: 1, 1: 2, 2: 3}), row(targets={0: 9, 1: 2, 2: 3})),
        ("the last of three slips", "slips", row(slipped={0: 1, 1: 2, 2: 3}, targets={0: 4, 1: 5, 2: 6}), row(slipped={0: 7, 1: 8, 2: 6}, targets={0: 10, 1: 11, 2: 12})),
        ("one slip in both directions", "slips", row(slipped={1: 2}, targets={1: 5}), row(slipped={1: 5}, targets={1: 2})),
        ("slipped against slipped is none", "slips", row(slipped={0: 1, 1: 2}), row(slipped={0: 1, 1: 2})),
        ("target against target is none", "slips", row(targets={0: 1, 1: 2}), row(targets={0: 1, 1: 2})),
        ("slipped and target of one side are none", "slips", row(slipped={0: 1}, targets={0: 1}), row(slipped={0: 2}, targets={0: 2})),
        ("slipped of one slip against target of another is none", "slips", row(slipped={0: 1, 1: 2}), row(targets={0: 2, 1: 1})),
        ("slipped against a tag of level 0 is none", "slips", row(slot({0: 2}), slipped={0: 1}), row(slot({0: 1}), targets={0: 3})),
        ("a slip before a filter", "plain", row(slipped={1: 4}, filters=filters_that_agree(112)[:1]), row(targets={1: 4}, filters=filters_that_agree(112)[1:])),
        ("a slip without presence", "slips", row(slipped={1: 4}, presence=None), row(targets={1: 4})),
        ("partial: a slip", "both", row(slot({0: 1}), slipped={0: 4}), row(slot({0: 2}), targets={0: 4})),
    ]


def partial_table() -> List[Made]:
    return [
        ("partial: agreement at the tightest level", "partial", row(slot({0: 3})), row(slot({0: 3}))),
        ("partial: complete at level 1", "partial", row(slot({1: 5, 2: 6}, {1: 70, 2: 80})), row(slot({0: 4, 1: 5, 2: 6}, {1: 70, 2: 80}))),
        ("partial: complete at level 2", "partial", row(slot({0: 3, 1: 4, 2: 6}, {1: 71, 2: 80})), row(slot({0: 5, 1: 5, 2: 6}, {1: 70, 2: 80}))),
        ("partial: the left is not complete at level 1", "partial", row(slot({1: 5, 2: 6})), row(slot({0: 4, 1: 5, 2: 6}, {1: 70, 2: 80}))),
        ("partial: the right is not complete at level 2", "partial", row(slot({0: 3, 1: 4, 2: 6}, {1: 71, 2: 80})), row(slot({1: 5, 2: 6}))),
        ("partial: neither is complete", "partial", row(slot({1: 5, 2: 6})), row(slot({1: 5, 2: 6}))),
        ("partial: complete at level 2, agreement at level 1", "partial", row(slot({1: 5, 2: 6}, {2: 80})), row(slot({1: 5, 2: 6}, {2: 80}))),
        ("partial: complete at level 1, agreement at level 2", "partial", row(slot({1: 5, 2: 6}, {1: 70})), row(slot({1: 4, 2: 6}, {1: 70}))),
        ("partial: tags of completeness at two levels are none", "partial", row(slot({1: 5}, {1: 70})), row(slot({1: 5}, {2: 70}))),
        ("partial: completeness alone", "partial", row(slot({0: 1}, {1: 70, 2: 80})), row(slot({0: 2}, {1: 70, 2: 80}))),
        ("partial: completeness of other slots", "partial", row(slot({1: 5}), slot({}, {1: 70})), row(slot({1: 5}), slot({}, {1: 70}))),
        ("partial: completeness of one of the two slots", "partial", row(slot({1: 5}, {1: 70}), NONE), row(slot({1: 5}), slot({}, {1: 70}))),
        ("partial: two pairs of class 1, one complete", "partial", row(NONE, slot({1: 5}, {1: 71}), slot({1: 6}, {1: 70})), row(slot({1: 5}, {1: 72}), slot({1: 6}, {1: 70}))),
        ("partial: two pairs of class 1, the first complete", "partial", row(NONE, slot({1: 5}, {1: 70}), slot({1: 6}, {1: 71})), row(slot({1: 5}, {1: 70}), slot({1: 6}, {1: 72}))),
        ("partial: one left slot and two right ones, the second complete", "partial", row(*at(1, slot({1: 5}, {1: 70}))), row(NONE, slot({1: 5}), slot({1: 5}, {1: 70}))),
        ("partial: three pairs of class 2, one complete", "partial", row(NONE, NONE, NONE, slot({2: 5}, {2: 70})), row(slot({2: 5}), NONE, slot({2: 5}, {2: 71}), slot({2: 5}), slot({2: 5}, {2: 70}))),
        ("partial: a complete pair of a greater class does not count", "partial", row(slot({1: 5}), slot({1: 6}, {1: 70})), row(slot({1: 5}), slot({1: 6}, {1: 70}))),
        ("partial: a complete pair of a looser level does not count", "partial", row(slot({1: 5, 2: 6}, {2: 80})), row(slot({1: 5, 2: 6}, {2: 80}))),
        ("partial: an incomplete pair of a greater class does not count", "partial", row(slot({1: 5}, {1: 70}), slot({1: 6})), row(slot({1: 5}, {1: 70}), NONE, NONE, slot({1: 6}))),
        ("partial: alternative of class 2, complete", "partial", row(*at(3, slot({2: 5}, {2: 70}))), row(*at(1, slot({2: 5}, {2: 70})))),
        ("partial: alternative of class 2, not complete", "partial", row(*at(3, slot({2: 5}))), row(*at(1, slot({2: 5}, {2: 70})))),
        ("partial: difference", "partial", row(slot({2: 5}, {2: 70})), row(slot({0: 1, 2: 6}, {2: 71}))),
        ("partial: presence is missing", "partial", row(slot({0: 5}), presence=None), row(slot({0: 5}))),
        ("partial, before a filter", "both", row(slot({1: 5}), filters=filters_that_agree(100)[:1]), row(slot({1: 5}), filters=filters_that_agree(100)[1:])),
        ("what is not complete is whole without `partial`", "plain", row(slot({1: 5, 2: 6})), row(slot({1: 5, 2: 6}))),
    ]


def filter_table() -> List[Made]:
    table: List[Made] = []
    for bits in (0, 7, 18, 19, 41, 42, 64, 65, 111, 112):
        left, right = filters_that_agree(bits)
        for what, known in (("", KNOWN), (", something is unknown", None)):
            table.append(("filters that agree in %d entries%s" % (bits, what), "plain", row(FAR[0], filters=[left], known=known), row(FAR[1], filters=[right])))
    for bits in (41, 42):
        left, right = filters_that_agree(bits)
        table.append(("filters that agree in %d entries, something is unknown on the right" % bits, "plain", row(filters=[left]), row(filters=[right], known=None)))
        table.append(("filters that agree in %d entries, something is unknown on both sides" % bits, "plain", row(filters=[left], known=None), row(filters=[right], known=None)))
    a, b = filters_that_agree(65, "a")
    x, y = filters_that_agree(42, "x")
    p, q = filters_that_agree(19, "p")
    apart_a, apart_b = (hashlib.sha512(("apart %d" % i).encode()).digest()[:FILTER] for i in range(2))
    table += [
        ("filters that are not written", "plain", row(FAR[0]), row(FAR[1])),
        ("a filter that is not written on the right", "plain", row(filters=[a]), row()),
        ("agreement before a filter that something is unknown of", "plain", row(slot({2: 5}), filters=[a], known=None), row(slot({2: 5}), filters=[b])),
        ("filters without presence", "plain", row(filters=[a], presence=None), row(filters=[b])),
        ("the more similar of two pairs", "plain", row(filters=[p, x]), row(filters=[q, y])),
        ("filters of different numbers are not compared", "plain", row(filters=[a, apart_a]), row(filters=[apart_b, q, b])),
        ("filters of different numbers, the other way round", "plain", row(filters=[apart_a, p, x]), row(filters=[y, apart_b])),
        ("the first of sixteen filters on the left, the last on the right", "both", row(filters=[a]), row(filters=[*[apart_b] * 15, b])),
        ("filters of other numbers, something is unknown", "both", row(filters=[x], known=0xF00009), row(filters=[*[apart_b] * 9, y])),
        ("filters of bits turned round are not alike", "plain", row(filters=[a]), row(filters=[bytes(255 - byte for byte in a)])),
        ("filters of zeros agree in all", "plain", row(filters=[bytes(FILTER)]), row(filters=[bytes(FILTER)])),
    ]
    return table


# Rows of records --------------------------------------------------------------------------------


def real_table() -> List[Tuple[str, str, str, Case, Case]]:
    en, kanji, kana, first, homes = people_en(), people_kanji(), people_kana(), first_only(), lodgers()
    chiyoda, osaka = "東京都千代田区一番町", "大阪府大阪市北区梅田三丁目1番1号"
    return [
        ("en: one name", en, "given", {"given_name": "Anna"}, {"given_name": "ANNA"}),
        ("en: nicknames", en, "given", {"given_name": "Bob"}, {"given_name": "Robert"}),
        ("en: like names", en, "given", {"given_name": "Christopher"}, {"given_name": "Kristoffer"}),
        ("en: a name with a wildcard", en, "given", {"given_name": "Christ?pher"}, {"given_name": "Christopher"}),
        ("en: two names", en, "given", {"given_name": "Anna"}, {"given_name": "Zoltan"}),
        ("en: a maiden name", en, "family", {"surname": "Smith", "maiden_name": "O'Brien"}, {"surname": "Obrien"}),
        ("en: an alias", en, "family", {"surname": "Lee"}, {"surname": "Smith", "maiden_name": "Jones", "alias": "Lee"}),
        ("en: a third name of the left, which has two slots", en, "family", {"surname": "Smith", "maiden_name": "Jones", "alias": "Lee"}, {"surname": "Lee"}),
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
        ("lodgers: the third address of one is the last of the other", homes, "home", {"address": chiyoda + "２", "previous": chiyoda + "３", "post": osaka}, {"address": "沖縄県那覇市泉崎１", "previous": "東京都", "work": osaka}),
        ("lodgers: the house of a complete address", homes, "home", {"address": chiyoda + "１番地　コーポ山田２０１"}, {"address": chiyoda + "２", "previous": chiyoda + "１番地　コーポ佐藤１"}),
        ("lodgers: an area, after a more complete address in it", homes, "home", {"address": chiyoda + "１番地", "previous": chiyoda}, {"address": chiyoda + "２番地", "previous": chiyoda}),
        ("lodgers: areas of both, each after another", homes, "area", {"address": osaka, "previous": chiyoda + "１"}, {"address": "沖縄県那覇市泉崎１", "previous": chiyoda + "２"}),
        ("lodgers: a municipality alone", homes, "area", {"address": "東京都千代田区"}, {"address": chiyoda}),
        ("lodgers: a wildcard in one of two addresses, the other is similar", homes, "home", {"address": chiyoda + "１番地　コーポ●", "previous": osaka}, {"address": "東京都千代田区●番町１番地　コーポ"}),
        ("lodgers: an unknown value in place of the first, a third name in common", homes, "names", {"name": "●●　太郎", "alias": "山田　太郎", "former": "髙橋　太郎"}, {"name": "佐藤　太郎", "alias": "高橋　太郎"}),
        ("lodgers: wildcards alone on the left", homes, "names", {"name": "●●　●"}, {"name": "佐藤　太郎"}),
        ("lodgers: parts exchanged under an alias are no slip", homes, "names", {"name": "佐藤　一", "alias": "太郎　山田"}, {"name": "山田　太郎"}),
        ("lodgers: account holders that are similar", homes, "holder", {"holder": "ヤマダ シヨウテン"}, {"holder": "ヤマダ シヨウジ"}),
        ("lodgers: days that have no era, which are not similar", homes, "since", {"since": "1860-04-01"}, {"since": "1861-04-01"}),
        ("lodgers: a day that has no era, and a year alone", homes, "since", {"since": "1860-04-01"}, {"since": "1985年"}),
        ("lodgers: one without a name", homes, "holder", {"holder": ""}, {"holder": "ヤマダ タロウ"}),
        ("lodgers: neither has a name", homes, "holder", {}, {}),
    ]


def outcome_cases() -> List[Case]:
    cases = []

    def add(name: str, text: str, c: Comparison, left: bytes, right: bytes) -> None:
        found, number = outcome(c, left, right)
        rows = {"left": left.hex(), "right": right.hex()}
        cases.append({"name": name, "schema": text, "comparison": c.name, **rows, "outcome": found, "number": number})

    for name, text, comparison, left, right in real_table():
        schema = load_audit(text)
        c, run = schema.comparison(comparison), Run("audit", "outcomes", "2027-04")
        parts = []
        for side, custodian, record in (("left", "insurer", left), ("right", "registry", right)):
            encoder = PairEncoder(schema, test_key("outcomes"), run, custodian, side)
            parts.append(encoder.part(c, encoder.row(name, record)))
        add(name, text, c, *parts)
    schema = load_audit(by_hand())
    for name, comparison, left_row, right_row in agreement_table() + slip_table() + partial_table() + filter_table():
        c = schema.comparison(comparison)
        add("by hand: " + name, by_hand(), c, made(c, "left", left_row), made(c, "right", right_row))
    return cases


FILES = {"audit/outcomes.json": outcome_cases}
