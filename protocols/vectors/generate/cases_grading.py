"""Cases of vectors/audit: grades, shifted rows, feedback."""
from __future__ import annotations

import re
from collections import Counter
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from audit import HYPOTHESES, LEAST_GAIN, MOST_ROUNDS, RIGHT, SUFFICIENT, SUSPECTED, WRONG, Links, Model, correction, leaning, runs
from audit_schema import AuditSchema, Comparison, load_audit
from cases_audit_schemas import audit_document, compare, filter_at
from cases_matching import noise
from cases_tokens import Case, gram
from outcomes import Numbers

Shape = Dict[str, float]  # weights of outcomes
Alike = Tuple[Tuple[int, ...], Tuple[Optional[bool], ...]]  # outcomes, hints
Row = Tuple[str, str, int]  # outcomes by comparison, hints (l, r, n; L, R: open), number of links


class Likeness(NamedTuple):
    """The outcome of a comparison."""

    of_one: Shape
    of_strangers: Shape


# Outcomes by their names ------------------------------------------------------------------------


def number(c: Comparison, name: str) -> int:
    """`agree(l,a)` also as l.a or l; numbers of error variants for their names; - is `missing`."""
    if name == "-":
        return 0
    if name[0].isdigit():
        level, alternative = ([int(n) for n in name.split(".")] + [0])[:2]
        return Numbers(c).agree(level, alternative)[1]
    match = re.fullmatch(r"(partial|slip)\((\d)\)", name)
    if match:
        at = int(match[2])
        return Numbers(c).partial(at)[1] if match[1] == "partial" else Numbers(c).slip(at, "")[1]
    return Numbers(c).last(name)[1]


def outcomes(schema: AuditSchema, names: str) -> Tuple[int, ...]:
    words = names.split()
    assert len(words) == len(schema.comparisons), names
    return tuple(number(c, name) for c, name in zip(schema.comparisons, words))


def by_hand(schema: AuditSchema, rows: Sequence[Row]) -> List[Links]:
    def hint(letter: str, hints: str) -> Optional[bool]:
        return None if letter.upper() in hints else letter in hints

    return [Links(outcomes(schema, names), tuple(hint(letter, hints) for letter in "lrn"), count) for names, hints, count in rows]


# Drawn links ------------------------------------------------------------------------------------


def drawn_from(shape: Shape, source: Iterator[int]) -> str:
    left = next(source) / 2**32 * sum(shape.values())
    for name, weight in shape.items():
        left -= weight
        if left < 0:
            return name
    return name


def drawn(
    label: str,
    schema: AuditSchema,
    likeness: Sequence[Likeness],
    people: Dict[str, int],
    hints: Optional[Dict[str, Tuple[float, float, float]]] = None,
) -> List[Links]:
    """So many links per hypothesis; hints with its own probabilities."""
    source = noise(label)
    found: Dict[Alike, int] = Counter()
    for hypothesis, count in people.items():
        for _ in range(count):
            row: List[int] = []
            for c, like in zip(schema.comparisons, likeness):
                of_one = next(source) / 2**32 < leaning(schema, hypothesis, c)
                row.append(number(c, drawn_from(like.of_one if of_one else like.of_strangers, source)))
            marks = tuple(next(source) / 2**32 < p for p in (hints or {}).get(hypothesis, (0, 0, 0)))
            found[tuple(row), marks] += 1
    return [Links(*alike, count) for alike, count in sorted(found.items())]


def joined(*lists: List[Links]) -> List[Links]:
    found: Dict[Alike, int] = Counter()
    for links in lists:
        for l in links:
            found[l.outcomes, l.hints] += l.count
    return [Links(*alike, count) for alike, count in found.items()]


# Schemas ----------------------------------------------------------------------------------------

WRITTEN = {"levels": ["eq", "itaiji"], "filter": filter_at("itaiji", gram())}
READ = {"levels": ["zengin", "longv"], "filter": filter_at("zengin", gram()), "values": 3}
BORN = compare("born", "birth_date", "date", levels=["day", "in_era"], slips=["day_month", "next_day"], filter=filter_at("day", gram(1)))
SEX = compare("sex", "sex", "sex")
ADDRESS = compare("address", "address", "address", levels=["gaz", "area", "municipality"], partial=True)
FAMILY, GIVEN = compare("family", "family_name", "kanji_family", **WRITTEN), compare("given", "given_name", "kanji_given", **WRITTEN)
FAMILY_KANA, GIVEN_KANA = compare("family_kana", "family_reading", "kana_family", **READ), compare("given_kana", "given_reading", "kana_given", **READ)


NAME_LIKE = Likeness({"0": 94, "1": 2, "similar(3)": 1, "similar(1)": 0.5, "different": 0.5, "-": 2}, {"0": 1, "similar(1)": 2, "different": 95, "-": 2})
READ_LIKE = Likeness({"0": 85, "0.1": 7, "0.2": 2, "1": 1, "similar(2)": 1, "different": 1, "-": 3}, {"0": 1, "0.1": 1, "similar(1)": 3, "different": 92, "-": 3})
BORN_LIKE = Likeness({"0": 97, "1": 0.5, "slip(0)": 0.5, "slip(1)": 0.5, "similar(3)": 1, "-": 0.5}, {"similar(3)": 3, "similar(2)": 12, "similar(1)": 35, "different": 49.5, "-": 0.5})
SEX_LIKE = Likeness({"0": 99.5, "different": 0.5}, {"0": 50, "different": 50})
ADDRESS_LIKE = Likeness({"0": 78, "partial(1)": 8, "1": 4, "2": 4, "different": 5, "-": 1}, {"0": 0.03, "1": 0.3, "2": 2, "different": 96.67, "-": 1})
LODGER_LIKE = Likeness(
    {"0": 60, "0.1": 20, "0.2": 4, "partial(1)": 4, "1.1": 2, "1.2": 1, "2": 3, "partial(2)": 1, "wild": 1, "similar(2)": 1, "different": 2, "-": 1},
    {"0.1": 0.02, "0.2": 0.05, "1.2": 0.2, "partial(2)": 1, "2": 1.5, "2.1": 1, "2.2": 1, "similar(1)": 3, "different": 91.23, "-": 1},
)


# Grades -----------------------------------------------------------------------------------------

GradingCase = Tuple[str, str, List[Links], List[Links]]


def plain() -> GradingCase:
    text = audit_document("plain", "ja", [FAMILY, GIVEN, BORN, SEX, ADDRESS])
    schema, like = load_audit(text), [NAME_LIKE, NAME_LIKE, BORN_LIKE, SEX_LIKE, ADDRESS_LIKE]
    people = {"same": 4000, "other_family_name": 30, "other_name": 8, "household": 6, "twin": 2, "homonym": 4, "namesake": 3, "unrelated": 12}
    return "thousands of links", text, drawn("plain", schema, like, people), drawn("strangers", schema, like, {"unrelated": 1500})


def few() -> GradingCase:
    text = audit_document("few", "ja", [FAMILY, GIVEN, BORN, SEX, ADDRESS])
    schema = load_audit(text)
    rows = [
        ("0 0 0 0 0", "", 7),
        ("0 0 0 0 different", "", 1),
        ("1 0 0 0 partial(1)", "", 1),
        ("different 0 0 0 0", "", 1),
        ("0 different different 0 0", "l", 1),
        ("different different different different different", "", 1),
    ]
    strangers = [("different different similar(1) 0 different", "", 3), ("different different different different 2", "", 2)]
    return "a dozen links, five strangers", text, by_hand(schema, rows), by_hand(schema, strangers)


def one() -> GradingCase:
    text = audit_document("one", "ja", [FAMILY, BORN])
    return "one link, no strangers", text, by_hand(load_audit(text), [("0 similar(1)", "", 1)]), []


def missing() -> GradingCase:
    text = audit_document("missing", "ja", [FAMILY, GIVEN, FAMILY_KANA, BORN, SEX, ADDRESS])
    schema = load_audit(text)
    rows = [
        ("- - - - - -", "", 40),
        ("- - - - - -", "l", 2),
        ("- - - - - -", "r", 2),
        ("- - - - - -", "n", 2),
        ("- - - - - -", "lrn", 1),
        ("- - - 0 0 -", "", 30),
        ("0 0 - - - -", "", 900),
        ("0 - - - - 0", "", 20),
        ("0 different - - - -", "n", 3),
        ("- - - - - different", "", 2),
        ("- - - different - -", "", 2),
    ]
    strangers = [("different different - - - -", "", 60), ("0 different - - - different", "", 2), ("- - - - - -", "", 5)]
    return "a comparison that is missing everywhere, links without any", text, by_hand(schema, rows), by_hand(schema, strangers)


def without_address() -> GradingCase:
    text = audit_document("without address", "ja", [FAMILY, GIVEN, FAMILY_KANA, GIVEN_KANA, BORN])
    schema, like = load_audit(text), [NAME_LIKE, NAME_LIKE, READ_LIKE, READ_LIKE, BORN_LIKE]
    links = joined(
        by_hand(schema, [("0 0 0 0 0", "", 3000), ("- - 0 0 0", "", 2), ("0 0 different 0 0", "", 2), ("- 0 different 0 0", "", 2)]),
        drawn("no address", schema, like, {"same": 150, "household": 8, "homonym": 5, "unrelated": 8}),
    )
    return "no address", text, links, drawn("strangers without address", schema, like, {"unrelated": 300})


def all_searched() -> GradingCase:
    text = audit_document("searched", "ja", [FAMILY_KANA, GIVEN_KANA, BORN], searched=["born", "given_kana", "family_kana"])
    schema = load_audit(text)
    rows = [
        ("0 0 0", "", 500),
        ("0.1 0.2 0", "", 20),
        ("0 0 slip(1)", "", 3),
        ("different 0 0", "r", 4),
        ("0 different different", "n", 4),
        ("different different similar(1)", "", 3),
    ]
    strangers = [("different different different", "", 80), ("0 different similar(1)", "", 3), ("different 0.2 similar(2)", "", 2)]
    return "everything was searched by: nothing is a match", text, by_hand(schema, rows), by_hand(schema, strangers)


def none_searched() -> GradingCase:
    text = audit_document("not searched", "ja", [FAMILY, GIVEN, BORN, SEX], searched=[])
    schema = load_audit(text)
    rows = [
        ("0 0 0 0", "", 2000),
        ("0 0 slip(0) 0", "", 5),
        ("0 different different 0", "", 20),
        ("different 0 different different", "", 9),
        ("different 0 0 0", "", 30),
        ("- - - 0", "", 6),
        ("- - 0 0", "", 2),
    ]
    strangers = [("different different different 0", "", 200), ("different different similar(1) different", "", 190), ("0 different different 0", "", 4), ("different 0 different different", "", 3)]
    return "nothing was searched by", text, by_hand(schema, rows), by_hand(schema, strangers)


def lodgers() -> GradingCase:
    """Values of every class, partial ones with error variants and filters, fewer slots on the left."""
    address = {**ADDRESS, "values": 6, "leftValues": 4, "filter": filter_at("gaz", gram())}
    name = {**FAMILY, "values": 4, "leftValues": 1, "slips": ["exchanged"]}
    text = audit_document("lodgers", "ja", [name, GIVEN, BORN, address], searched=["born"])
    schema, like = load_audit(text), [NAME_LIKE, NAME_LIKE, BORN_LIKE, LODGER_LIKE]
    links = joined(
        by_hand(schema, [("0.%d 0 0 %d.%d" % (a, l, b), "", 40) for a in range(3) for l in range(3) for b in range(3)]),
        by_hand(schema, [("%s different 0 %s" % (family, home), "", 1) for family in ("slip(0)", "0.2", "different") for home in ("0.2", "partial(1)", "partial(2)", "wild", "similar(1)")]),
        by_hand(schema, [("0 0 0 different", "r", 3), ("slip(0) 0 0 0.1", "", 4)]),
        drawn("lodgers", schema, like, {"same": 400, "household": 6, "homonym": 6, "unrelated": 15}),
    )
    return "alternatives of every class, partial values with filters", text, links, drawn("strangers who are lodgers", schema, like, {"unrelated": 400})


def marked() -> GradingCase:
    """Enough links for shares and probabilities of hints to be dominated by data, not priors."""
    text = audit_document("marked", "ja", [FAMILY, GIVEN, BORN, SEX, ADDRESS])
    schema, like = load_audit(text), [NAME_LIKE, NAME_LIKE, BORN_LIKE, SEX_LIKE, ADDRESS_LIKE]
    rows = [
        ("0 0 0 0 0", "", 90000),
        ("0 0 0 0 0", "l", 40),
        ("0 0 0 0 0", "r", 25),
        ("0 0 0 0 0", "n", 30),
        ("0 different different different 0", "l", 30),
        ("0 different different different 0", "", 25),
        ("different different different 0 0", "l", 12),
        ("0 different 0 0 0", "l", 14),
        ("0 different 0 0 0", "", 4),
        ("0 0 0 0 different", "", 900),
        ("0 0 0 0 different", "r", 4),
        ("0 different 0 0 different", "", 15),
        ("different 0 0 0 different", "", 9),
        ("different different different different different", "n", 25),
        ("different different different 0 different", "r", 20),
        ("different different different 0 different", "", 25),
        ("different different different different different", "lrn", 2),
        ("- - - 0 -", "n", 4),
        ("different 0 0 0 0", "", 200),
        ("different different 0 0 0", "", 40),
    ]
    links = joined(by_hand(schema, rows), drawn("marked", schema, like, {"same": 300, "household": 5, "twin": 3, "homonym": 5, "unrelated": 10}))
    return "household, twin, homonym, near numbers, shared records", text, links, drawn("marked strangers", schema, like, {"unrelated": 800})


def shared() -> GradingCase:
    """Record holders, and different people, relatives and namesakes linked to the records of others."""
    text = audit_document("shared", "ja", [FAMILY, GIVEN, BORN, SEX, ADDRESS], searched=["family", "given", "born"])
    schema, like = load_audit(text), [NAME_LIKE, NAME_LIKE, BORN_LIKE, SEX_LIKE, ADDRESS_LIKE]
    rows = [
        ("0 0 0 0 0", "", 18000),
        ("0 0 0 0 different", "", 1500),
        ("0 0 0 0 0", "R", 20),
        ("0 0 0 0 different", "R", 3),
        ("0 0 0 0 0", "L", 5),
        ("0 0 0 0 0", "LR", 1),
        ("0 0 0 0 0", "r", 12),
        ("0 0 0 0 different", "r", 1),
        ("0 0 similar(1) 0 different", "r", 3),
        ("0 0 different different different", "r", 2),
        ("0 0 different 0 different", "", 2),
        ("0 0 - - different", "r", 2),
        ("0 similar(2) different 0 different", "r", 2),
        ("0 different different different different", "r", 1),
        ("0 different different different different", "", 1),
        ("wild different different different different", "r", 1),
        ("similar(3) 1 different 0 different", "r", 1),
        ("- - different 0 different", "r", 1),
        ("0 different different different 0", "r", 6),
        ("different different different different 0", "r", 2),
        ("0 different different different 0", "l", 4),
        ("different different similar(1) different different", "r", 5),
        ("different different different 0 different", "R", 2),
        ("different different similar(1) 0 different", "rn", 4),
    ]
    return "records that links share", text, by_hand(schema, rows), drawn("shared strangers", schema, like, {"unrelated": 3000})


def variants() -> GradingCase:
    whole = compare("whole", "full_name", "kanji", levels=["eq"], column="name")
    aka = compare("aka", "family_name", "kanji_family", levels=["eq"], slips=["exchanged"], column="alias")
    note = compare("note", "other", "idstring", slips=["exchanged"])
    text = audit_document("variants", "ja", [FAMILY, aka, GIVEN, whole, FAMILY_KANA, GIVEN_KANA, BORN, SEX, ADDRESS, note])
    schema = load_audit(text)
    good = "0 - 0 0 0 0 0 0 0 0"

    def but(**changed: str) -> str:
        words = dict(zip((c.name for c in schema.comparisons), good.split()), **changed)
        return " ".join(words.values())

    def unlike(**changed: str) -> str:
        words = {c.name: "different" for c in schema.comparisons}
        return " ".join({**words, **changed}.values())

    rows = [
        (good, "", 8000),
        (but(family="wild"), "", 6),
        (but(family="similar(1)", aka="0"), "", 4),
        (but(aka="different"), "", 3),
        (but(aka="slip(0)", family="1"), "", 3),
        (but(family_kana="different"), "", 20),
        (but(family="-", aka="0", family_kana="different"), "", 3),
        (but(family="-", family_kana="different"), "", 3),
        (but(family="wild", family_kana="similar(2)"), "", 2),
        (but(given="-", given_kana="similar(3)"), "", 4),
        (but(given="1.2", given_kana="similar(2)"), "", 4),
        (but(family="different", given="different", whole="different"), "", 40),
        (but(family="different", aka="different", given="different", whole="different", family_kana="0.1"), "", 5),
        (but(whole="different"), "", 5),
        (but(born="slip(0)"), "", 5),
        (but(born="slip(1)", sex="different"), "", 2),
        (but(born="similar(3)", address="partial(2)"), "", 5),
        (but(born="1", address="2"), "", 5),
        (but(address="different"), "", 60),
        (but(note="different"), "", 8),
        (but(note="slip(0)"), "", 2),
        (but(note="-", address="-"), "", 5),
        (but(family="different", family_kana="different", whole="different"), "", 12),
        (unlike(), "", 5),
        (unlike(sex="0"), "r", 3),
        (unlike(family="0", family_kana="0", address="0", sex="0"), "l", 4),
        (unlike(family_kana="0", given_kana="0", born="0", sex="0"), "", 3),
        ("- - - - - - - 0 0 -", "", 3),
    ]
    strangers = [(unlike(sex="0"), "", 400), (unlike(), "", 400), (unlike(born="similar(1)", aka="-"), "", 200), (unlike(family="0", family_kana="0", aka="-", sex="0"), "", 6), (unlike(family="similar(1)", given="similar(1)"), "", 20), (unlike(address="2"), "", 9)]
    return "variants: wildcards, partial values, slips, readings beside names", text, by_hand(schema, rows), by_hand(schema, strangers)


def checked(model: Model, name: str) -> Case:
    """The result; fails where rounding could decide."""
    fit = model.fit()
    assert all(abs(g / LEAST_GAIN - 1) > 0.01 for g in fit.gains), (name, fit.gains)
    grades = []
    for link in model.links:
        of = model.posteriors(fit.parameters, link)
        grade = model.grade(fit.parameters, link)
        assert abs(grade.probability - SUSPECTED) > 1e-4, (name, link)
        for best, among in ((grade.right, RIGHT), (grade.wrong, WRONG)):
            assert all(h == best or of[h] < of[best] * (1 - 1e-6) for h in among), (name, link)
        if grade.probability < SUSPECTED:
            assert abs(model.sufficient(fit.parameters, link, grade.right) - SUFFICIENT) > 1e-3, (name, link)
        else:
            rivals = sorted((of["unrelated"], of["homonym"] + of["namesake"], of["twin"], of["household"] + of["household_other_name"]))
            assert rivals[-2] < rivals[-1] * (1 - 1e-6), (name, link)
        grades.append(
            {
                "probability": share(grade.probability),
                "weight_bits": bits(grade.weight_bits),
                "class": grade.class_,
                "class_probability": share(grade.class_probability),
                "right": grade.right,
                "wrong": grade.wrong,
                "evidence": [bits(e) for e in grade.evidence],
                "hint_bits": bits(grade.hint_bits),
            }
        )
    return {"shares": {h: share(fit.parameters.shares[h]) for h in HYPOTHESES}, "rounds": fit.rounds, "grades": grades}


def share(value: float) -> float:
    """Ten digits: another machine's logarithms change the last ones."""
    return float("%.10g" % value)


def bits(value: float) -> float:
    return round(value, 9) + 0.0  # no -0.0


def grading_cases() -> List[Case]:
    cases = []
    for make in (plain, few, one, missing, without_address, all_searched, none_searched, lodgers, marked, shared, variants):
        name, text, links, strangers = make()
        model = Model(load_audit(text), links, strangers)
        cases.append(
            {
                "name": name,
                "schema": text,
                "links": [{"outcomes": l.outcomes, "hints": l.hints, "count": l.count} for l in links],
                "strangers": [{"outcomes": l.outcomes, "count": l.count} for l in strangers],
                "expected": checked(model, name),
            }
        )
    seen = {(key, g[key]) for case in cases for g in case["expected"]["grades"] for key in ("class", "right", "wrong")}
    assert len(seen) == 9 + len(HYPOTHESES), sorted(seen)
    assert all(case["expected"]["rounds"] < MOST_ROUNDS for case in cases)
    return cases


# Shifted rows -----------------------------------------------------------------------------------


def shift_cases() -> List[Case]:
    def even(first: int, count: int, score: float, step: int = 1) -> List[Tuple[int, float]]:
        return [(first + step * i, score) for i in range(count)]

    table: List[Tuple[str, List[Tuple[int, float]]]] = [
        ("no hits", []),
        ("one hit of 39 bits", [(5, 39.0)]),
        ("one hit of 40 bits", [(5, 40.0)]),
        ("rows one after the other", even(10, 12, 6.0)),
        ("too few", even(10, 6, 6.0)),
        ("row 0", even(0, 8, 6.0)),
        ("every other row", even(100, 20, 5.0, 2)),
        ("every fourth row: no more than before", even(100, 40, 6.0, 4)),
        ("every third row", even(100, 40, 6.0, 3)),
        ("a gap that costs less than was gained", even(10, 8, 8.0) + even(40, 8, 8.0)),
        ("a gap that costs as much as was gained", even(10, 8, 8.0) + even(50, 8, 8.0)),
        ("one row less between", even(10, 8, 8.0) + even(49, 8, 8.0)),
        ("a gap that costs more than was gained", even(10, 8, 8.0) + even(60, 8, 8.0)),
        ("the second stretch is none", even(10, 8, 8.0) + even(60, 4, 8.0)),
        ("the first stretch is none", even(10, 4, 8.0) + even(60, 8, 8.0)),
        ("a lone hit before", [(3, 3.0)] + even(10, 10, 6.0)),
        ("a lone hit after, before the sum is 0", even(10, 10, 6.0) + [(30, 3.0)]),
        ("a strong hit after, above the sum before", even(10, 10, 6.0) + [(30, 40.0)]),
        ("hits behind the highest that would be a run of themselves", even(10, 12, 8.0) + even(62, 6, 7.0) + even(150, 1, 5.0)),
        ("hits behind the highest, then the sum falls to 0, then a run", even(10, 12, 8.0) + even(62, 6, 7.0) + even(200, 7, 7.0)),
        ("a run of uneven scores", [(7, 0.5), (8, 11.25), (9, 3.75), (11, 14.5), (12, 0.25), (15, 12.0), (16, 9.125), (30, 20.0), (31, 1.0)]),
        ("three runs", even(0, 10, 5.5) + even(1000, 10, 5.5) + even(123456, 30, 5.5)),
        ("weak hits begin a run", even(10, 30, 1.5)),
        ("weak hits and gaps", even(10, 60, 1.5, 2)),
    ]
    source = noise("shift")
    row = 0
    mixed: List[Tuple[int, float]] = []
    for i in range(160):
        row += 1 + next(source) % (3 if i % 40 < 25 else 30)
        mixed.append((row, (1 + next(source) % 64) / 8))
    table.append(("many hits of many scores", mixed))
    return [{"name": name, "hits": hits, "runs": runs(hits)} for name, hits in table]


# Feedback ---------------------------------------------------------------------------------------


def feedback_cases() -> List[Case]:
    wrong, right = True, False
    calibrated = [(i / 20, k < i) for i in range(1, 20) for k in range(20)]
    table: List[Tuple[str, List[Tuple[float, bool]]]] = [
        ("no verdicts", []),
        ("one, wrong as expected", [(0.99, wrong)]),
        ("one, right where wrong was expected", [(0.99, right)]),
        ("one of probability .5", [(0.5, wrong)]),
        ("probabilities that are true", calibrated),
        ("too sure of wrong links", [(0.999, wrong)] * 40 + [(0.999, right)] * 20 + [(0.9, wrong)] * 10 + [(0.9, right)] * 15),
        ("too timid", [(0.3, wrong)] * 50 + [(0.6, wrong)] * 50 + [(0.05, right)] * 30 + [(0.05, wrong)] * 10),
        ("the other way round", [(0.9, right)] * 30 + [(0.1, wrong)] * 30),
        ("all wrong", [(0.8, wrong)] * 100),
        ("all right", [(0.8, right)] * 100),
        ("probabilities 0 and 1", [(1.0, wrong)] * 30 + [(1.0, right)] * 2 + [(0.0, right)] * 30 + [(0.0, wrong)]),
        ("beyond what is held", [(1 - 1e-9, wrong)] * 30 + [(1 - 1e-9, right)] * 2 + [(1e-9, right)] * 30 + [(1e-9, wrong)]),
        ("one probability, both verdicts", [(0.7, wrong)] * 300 + [(0.7, right)] * 700),
    ]
    source = noise("feedback")
    drawn_verdicts: List[Tuple[float, bool]] = []
    for _ in range(300):
        p = (1 + next(source) % 998) / 1000
        drawn_verdicts.append((p, next(source) / 2**32 < p**2))
    table.append(("drawn, fewer wrong than expected", drawn_verdicts))
    cases = []
    for name, verdicts in table:
        intercept, slope = correction(verdicts)
        cases.append({"name": name, "verdicts": verdicts, "intercept": bits(intercept), "slope": bits(slope)})
    return cases


FILES = {"audit/grading.json": grading_cases, "audit/shifts.json": shift_cases, "audit/feedback.json": feedback_cases}
