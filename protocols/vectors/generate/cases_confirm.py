"""Cases of vectors/confirm: schemas, rules and filters."""
from __future__ import annotations

import copy
import itertools
import json
import random
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from cases_tokens import DATE, EXACT, JA_COLUMNS, JA_PEOPLE, document, example_schemas, gram, test_key
from confirm import Bits, Filter, Filters, Rule, alternative, filters_of, packed, row_digest, rule_of, signing_seed
from schema import Fault, canonical, check_document, digest, load, parse
from tokens import Encoder, Run, Sealer, rows_of

Case = Dict[str, Any]
Pair = Tuple[Filters, Filters]

NAMES = ["given_name", "surname", "date_of_birth", "suburb", "postcode"]
FIVE: List[Case] = [
    {"name": "given_name", "kind": "given_name", "keyGroup": "name", "features": [gram()]},
    {"name": "surname", "kind": "surname", "keyGroup": "name", "features": [gram()], "missing": ["NA"]},
    {"name": "date_of_birth", "kind": "date", "level": "digits", "weight": 2, "features": DATE},
    {"name": "suburb", "kind": "place", "weight": 0.6, "features": [gram()]},
    {"name": "postcode", "kind": "postcode", "weight": 0.4, "features": [gram(1, positional=True), gram(positional=True, padded=False)]},
]
TWELVE: List[Case] = [{"name": "f%d" % i, "kind": "text", "features": [gram()]} for i in range(12)]


def with_confirm(fields: List[Case], confirm: Optional[Case], profile: str = "plain", **members: Any) -> Case:
    if confirm is not None:
        members["confirm"] = confirm
    return document("confirm", profile, fields, **members)


def summed(dice: float, *fields: Case, **members: Any) -> Case:
    return {"rule": "fields", "dice": dice, "fields": list(fields), **members}


def field(name: str, bits: Optional[int] = None, weight: Optional[float] = None) -> Case:
    return {"field": name, **({} if bits is None else {"bits": bits}), **({} if weight is None else {"weight": weight})}


def judged(accept: int, *fields: Case, **members: Any) -> Case:
    return {"rule": "fellegi-sunter", "accept": accept, "fields": list(fields), **members}


def judge(name: str, dice: float, agree: int, disagree: int, **members: Any) -> Case:
    return {"field": name, "dice": dice, "agree": agree, "disagree": disagree, **members}


# Rules --------------------------------------------------------------------------------------------


def drawn(rng: random.Random, f: Filter, left: int, right: int, common: int) -> Tuple[Bits, Bits]:
    places = list(range(f.bits))
    rng.shuffle(places)
    a, b = set(places[:left]), set(places[left - common : left - common + right])
    assert len(a) == left and len(b) == right and len(a & b) == common
    return [i in a for i in range(f.bits)], [i in b for i in range(f.bits)]


def pair_of(rng: random.Random, rule: Rule, shape: Sequence[Tuple[int, int, int]]) -> Pair:
    found = [drawn(rng, f, *s) for f, s in zip(rule.filters, shape)]
    return [a for a, _ in found], [b for _, b in found]


def limits(f: Filter, left: int, right: int) -> Tuple[int, int]:
    return max(0, left + right - f.bits), min(left, right)


def at_random(rng: random.Random, rule: Rule) -> Pair:
    shape = []
    for f in rule.filters:
        left, right = rng.randint(0, f.most), rng.randint(0, f.most)
        shape.append((left, right, rng.randint(*limits(f, left, right))))
    return pair_of(rng, rule, shape)


def summing_to(rng: random.Random, rule: Rule, score: int) -> Pair:
    """A pair for a sum rule with the score, or with the next lower possible score."""
    for attempt in itertools.count(1):
        score -= attempt % 2000 == 0
        ones = [(rng.randint(f.most // 3, f.most), rng.randint(f.most // 3, f.most)) for f in rule.filters]
        ranges = [limits(f, a, b) for f, (a, b) in zip(rule.filters, ones)]
        common = [high for _, high in ranges]
        wanted = rule.together([a for a, _ in ones]) + rule.together([b for _, b in ones]) + score
        excess = sum(f.weight * c for f, c in zip(rule.filters, common)) - wanted
        for i in rng.sample(range(len(ones)), len(ones)):
            step = max(0, min(excess // rule.filters[i].weight, common[i] - ranges[i][0]))
            common[i] -= step
            excess -= step * rule.filters[i].weight
        if excess == 0:
            return pair_of(rng, rule, [(a, b, c) for (a, b), c in zip(ones, common)])
    raise AssertionError


def judged_as(rng: random.Random, rule: Rule, score: int) -> Pair:
    """A pair for a rule of separate filters with the score, each filter at its threshold or without a bit on
    one side."""
    assert rule.accept is not None
    while True:
        verdicts = [rng.choice((f.agree, f.agree, -f.disagree, None)) for f in rule.filters]
        if sum(v or 0 for v in verdicts) == rule.accept + score:
            break
    shape = []
    for f, verdict in zip(rule.filters, verdicts):
        while True:
            left, right = rng.randint(1, f.most), rng.randint(1, f.most)
            need = f.cost_alone(left) + f.cost_alone(right)
            common = need if verdict == f.agree else need - 1
            low, high = limits(f, left, right)
            if low <= common <= high:
                break
        if verdict is None:
            left, right = rng.choice(((0, right), (left, 0), (0, 0)))
            common = 0
        shape.append((left, right, common))
    return pair_of(rng, rule, shape)


def same(rng: random.Random, rule: Rule, share: float = 1) -> Pair:
    ones = [round(f.most * share) for f in rule.filters]
    return pair_of(rng, rule, [(w, w, w) for w in ones])


def without(filters: Filters, which: int) -> Filters:
    return [[False] * len(x) if i == which else x for i, x in enumerate(filters)]


def pairs_of(rng: random.Random, rule: Rule, few: bool) -> List[Pair]:
    exactly = summing_to if rule.accept is None else judged_as
    none: Filters = [[False] * f.bits for f in rule.filters]
    at, below = exactly(rng, rule, 0), exactly(rng, rule, -1)
    full = same(rng, rule)
    pairs = [at, below, (at[0], none), (none, at[1]), (none, none), full]
    if not few:
        strangers = pair_of(rng, rule, [(f.most, f.most, max(0, 2 * f.most - f.bits)) for f in rule.filters])
        pairs += [exactly(rng, rule, 0), exactly(rng, rule, -1), same(rng, rule, 0.55), strangers]
        pairs += [at_random(rng, rule) for _ in range(2)]
    if len(rule.filters) > 1:
        i = rng.randrange(len(rule.filters))
        pairs.insert(1, (without(at[0], i), at[1]))
        pairs += [(at[0], without(at[1], i)), (without(below[0], i), without(below[1], i))]
        if not few:
            pairs += [at_random(rng, rule) for _ in range(3)]
    assert rule.score(*at) == 0 and -2 <= rule.score(*below) < 0
    return pairs


def rule_cases() -> List[Case]:
    three = NAMES[:3]
    typical = (judge("given_name", 0.8, 9, 4), judge("surname", 0.82, 11, 6), judge("date_of_birth", 0.9, 14, 9, bits=256))
    alone = with_confirm(FIVE[:1], None)["fields"]
    table: List[Tuple[str, List[Case], Optional[Case]]] = [
        ("left out", FIVE, None),
        ("record, all defaults", FIVE, {"rule": "record", "dice": 0.7}),
        ("record, fill 0.3", FIVE, {"rule": "record", "dice": 0.8123, "bits": 512, "fill": 0.3}),
        ("record, fields and weights of its own", FIVE, {"rule": "record", "dice": 0.59, "bits": 320, "fields": [field("suburb"), field("given_name", weight=0.25), field("date_of_birth", weight=1.75)]}),
        ("record, bits that are rounded down", FIVE[:2], {"rule": "record", "dice": 1, "bits": 71, "fill": 0.6}),
        ("record, a Dice coefficient near 0", FIVE[:2], {"rule": "record", "dice": 0.0001, "bits": 128.0}),
        ("record, most bits", FIVE, {"rule": "record", "dice": 0.75, "bits": 1920}),
        ("fields, all defaults", FIVE, summed(0.75, *map(field, three))),
        ("fields, members that are null", FIVE, {**summed(0.75, {"field": "suburb", "bits": None, "weight": None}), "fill": None}),
        ("fields, weights", FIVE, summed(0.6543, field("surname", 100, 15), field("given_name", 64, 7), field("postcode", 130, 2), field("date_of_birth", weight=1), fill=0.25)),
        ("fields, twelve of most bits", TWELVE, summed(0.7, *[field("f%d" % i, 160, 1 + i % 3) for i in range(12)])),
        ("fields, one", alone, summed(0.9, field("given_name", 200, 3))),
        ("fields, every cost 0", FIVE, summed(0.0049, field("surname", weight=2), field("suburb", 64, 3))),
        ("fellegi-sunter", FIVE, judged(21, *typical)),
        ("fellegi-sunter, accept 0", FIVE, judged(0, judge("surname", 0.7, 7, 3), judge("suburb", 0.65, 4, 1), judge("postcode", 0.85, 0, 8, bits=80))),
        ("fellegi-sunter, accept below 0", FIVE, judged(-5, judge("surname", 0.7, 3, 5), judge("suburb", 0.65, 1, 6), judge("postcode", 0.85, 2, 0, bits=80), fill=0.6)),
        ("fellegi-sunter, costs 0 and highest weights", FIVE, judged(254, judge("surname", 0.01, 255, 0, bits=64), judge("suburb", 1, 0, 255, bits=96), judge("postcode", 0.5, 254, 2, bits=64))),
        ("fellegi-sunter, twelve", TWELVE, judged(21, *[judge("f%d" % i, round(0.7 + i / 100, 2), 1 + i, 12 - i, bits=64 + 4 * i) for i in range(12)])),
        ("fellegi-sunter, one", alone, judged(1, judge("given_name", 0.9999, 1, 2, bits=600), fill=0.05)),
    ]
    cases = []
    for name, fields, confirm in table:
        text = json.dumps(with_confirm(fields, confirm))
        rule = rule_of(load(text))
        assert rule is not None
        rng, pairs = random.Random("mizuhiki " + name), []
        small = rule.slots <= 1000 and rule.slots * rule.rows <= 2000
        for i, (a, b) in enumerate(pairs_of(rng, rule, rule.slots > 1100 or rule.rows > 9)):
            left, right, score = rule.left_rows(a), rule.right_bits(b), rule.score(a, b)
            assert {len(row) for row in left} == {rule.slots} == {len(right)} and len(left) == rule.rows
            assert rule.doubled(left, right) == 2 * score + 1, name
            pair = {"left": packed(a).hex(), "right": packed(b).hex(), "score": score, "accept": score >= 0}
            if i == 0 or small and i == 1:
                pair["left_rows"] = left
            pairs.append({**pair, "right_bits": "".join("01"[bit] for bit in right)})
        assert any(p["accept"] for p in pairs) and not all(p["accept"] for p in pairs)
        cases.append(
            {
                "name": name,
                "confirm": confirm,
                "schema": canonical(parse(text)),
                "bits": rule.bits,
                "slots": rule.slots,
                "digest": rule.digest.hex(),
                "rows": rule.rows,
                "pairs": pairs,
            }
        )
    return cases


# Filters ------------------------------------------------------------------------------------------

PEOPLE = [
    # given name, surname, date of birth, suburb, postcode
    ("Mary-Anne", "O'Brien", "1985-04-12", "North Sydney", "2060"),
    ("Sm?th", "NGUYỄN", "12/04/198?", "?", "20?0"),
    ("", "Łukasz", "", "Mount Isa", "4825"),
    ("A", "NA", "1985-04-12", "", ""),
    ("BANANA", "Wolfeschlegelsteinhausenbergerdorff" * 4, "1999-09-09", "Bananana", "9099"),
    ("", "", "", "", ""),
]
ALIAS_FIELDS: List[Case] = [
    {"name": "given_name", "input": "given", "kind": "given_name", "keyGroup": "name", "features": [gram()]},
    {"name": "surname", "input": "family", "kind": "surname", "keyGroup": "name", "features": [gram()]},
    {"name": "year", "column": "born", "kind": "date", "level": "year", "weight": 0.5, "features": [EXACT]},
    {"name": "born", "kind": "date", "level": "digits", "features": [gram(1, positional=True)]},
]
ALIAS_INPUTS: List[Case] = [
    {"name": "family", "columns": [{"column": "surname"}, {"column": "birth surname"}, {"column": "alias"}], "take": "all"},
    {"name": "given", "columns": [{"column": "given"}, {"column": "called"}], "take": "first"},
]
ALIAS_COLUMNS = ["born", "given", "called", "surname", "birth surname", "alias"]
ALIASES = [
    ("1985-04-12", "Anna", "Annie", "Smith", "Nguyễn", "de Souza"),
    ("1985", "", "Annie", "Smith", "", "SMITH"),
    ("", "Zoë", "", "", "", ""),
]


def filter_cases() -> List[Case]:
    views = [{"name": "whole", "fields": NAMES}, {"name": "no-suburb", "fields": [n for n in NAMES if n != "suburb"], "minPresentWeight": 0.73}]
    rules: List[Tuple[str, str, Optional[Case], Case]] = [
        ("left out", "plain", None, {"epoch": 3}),
        ("record", "hardened", {"rule": "record", "dice": 0.8, "bits": 600, "fill": 0.4}, {"views": views}),
        ("record of some fields", "plain", {"rule": "record", "dice": 0.59, "bits": 800, "fields": [field("surname"), field("given_name", weight=0.5), field("date_of_birth", weight=1.2)]}, {"views": views}),
        ("fields", "plain", summed(0.75, field("suburb", 64, 2), field("surname", 196), field("date_of_birth", 250, 3), field("given_name")), {"views": views}),
        ("fellegi-sunter", "hardened", judged(15, judge("surname", 0.8, 11, 5), judge("postcode", 0.9, 6, 3, bits=90), judge("given_name", 0.8, 9, 4), judge("date_of_birth", 0.88, 14, 7), fill=0.5), {"views": views, "epoch": 2}),
    ]
    tables: List[Tuple[str, str, List[str], Sequence[Sequence[str]], Sequence[str]]] = []
    custodians = ["Registry", "Кадастр №7", "市役所", "Hôpital Saint-Louis"]
    for name, profile, confirm, members in rules:
        tables.append((name, json.dumps(with_confirm(FIVE, confirm, profile, **members)), NAMES, PEOPLE, custodians))
    aliases = with_confirm(ALIAS_FIELDS, summed(0.7, field("surname"), field("year", 64), field("given_name", 128)), inputs=ALIAS_INPUTS, filter={"bits": 512})
    tables.append(("alternatives", json.dumps(aliases), ALIAS_COLUMNS, ALIASES, custodians))
    ja = json.loads(example_schemas()["people-ja-kanji"])
    tables.append(("alternatives, symbols", json.dumps({**aliases, "profile": "hardened", "version": 2, "symbols": {"perView": 16, "positions": 32}}), ALIAS_COLUMNS, ALIASES, custodians))
    tables.append(("people-ja-kanji", json.dumps({**ja, "confirm": {"rule": "record", "dice": 0.7}}), JA_COLUMNS, JA_PEOPLE[1:3], ["厚生労働省"]))
    runs = {
        "record of some fields": Run("link", "", "2027-04"),
        "fields": Run("link", "学齢簿", "第２回"),
        "fellegi-sunter": Run("link", "Vaccinations and admissions", "2027-04"),
        "people-ja-kanji": Run("link", "学齢簿"),
    }
    assert {name for name, *_ in tables} >= set(runs)
    cases = []
    for name, text, columns, records, who in tables:
        schema, key = load(text), test_key("confirm: " + name)
        run = runs.get(name, Run("link", "", "run of " + name) if schema.symbols else Run())
        rule, encoder = rule_of(schema), Encoder(schema, key, run)
        sealer = Sealer(schema, key, run) if schema.symbols else None
        assert rule is not None
        for number, record in enumerate(records):
            custodian = who[number % len(who)]
            rows = rows_of(schema, dict(zip(columns, record)))
            picks = None
            if sealer:
                token = sealer.record(rows)
                found = [(s.hex(), alternative(token.rows, s)) for s in token.symbols[:: max(1, len(token.symbols) // 12)]]
                picks = [{"symbol": s, "row": at} for s, at in found + [("00" * 8, None)]]
            cases.append(
                {
                    "name": "%s, record %d" % (name, number),
                    "schema": canonical(parse(text)),
                    "key": key.hex(),
                    "columns": columns,
                    "values": list(record),
                    "rows": [
                        {"filters": packed(filters_of(rule, schema, key, run, r)).hex(), "row_digest": None if sealer else row_digest(encoder, r).hex()} for r in rows
                    ],
                    "project": run.project,
                    "run": run.name,
                    "picks": picks,
                    "custodian": custodian,
                    "signing_seed": signing_seed(key, schema, run, custodian).hex(),
                }
            )
    assert max(len(c["rows"]) for c in cases) > 2
    assert len({p["row"] for c in cases for p in c["picks"] or ()}) > 2
    return cases


# Schemas ------------------------------------------------------------------------------------------


def schema_cases() -> List[Case]:
    record: Case = {"rule": "record", "dice": 0.7}
    some = {**record, "fields": [field("surname"), field("suburb", weight=0.5)]}
    sums = summed(0.75, field("surname", 64, 15), field("suburb"))
    votes = judged(3, judge("surname", 0.8, 255, 0), judge("suburb", 0.9, 0, 255, bits=256))
    good: List[Tuple[str, Case]] = [
        ("left out", with_confirm(FIVE, None)),
        ("null", {**with_confirm(FIVE, None), "confirm": None}),
        ("left out where a field would set too few bits", with_confirm(FIVE[:2] + [{**FIVE[2], "weight": 0.02}], None, "max-privacy")),
        ("fields may set few bits if the rule is of others", with_confirm(FIVE[:2] + [{**FIVE[2], "weight": 0.02}], summed(0.7, field("surname")), "max-privacy")),
    ]
    for title, rule in [
        ("record", record),
        ("record, as if left out", {**record, "bits": 1024, "fill": 0.45}),
        ("record, numbers with a point", {**record, "bits": 1024.0}),
        ("record, members that are null", {**record, "bits": None, "fill": None}),
        ("record, fields", {**record, "fields": [field("suburb", weight=0.6), field("surname")]}),
        ("record, as if fields were left out", {**record, "fields": [field(f["name"], weight=f.get("weight")) for f in FIVE]}),
        ("record, fields in another order", {**record, "fields": [field(f["name"], weight=f.get("weight")) for f in reversed(FIVE)]}),
        ("record, no field's weight is the schema's", {**record, "fields": [field(f["name"]) for f in FIVE]}),
        ("record, fields are null", {**record, "fields": None}),
        ("record, a field's weight is null", {**record, "fields": [{"field": "suburb", "weight": None}]}),
        ("record, dice 1", {"rule": "record", "dice": 1, "bits": 1920, "fill": 0.6}),
        ("record, four decimals", {"rule": "record", "dice": 0.8765, "fill": 0.3}),
        ("record, bits rounded down", {**record, "bits": 1023}),
        ("fields", sums),
        ("fields, bits rounded down to the same", summed(0.75, field("surname", 71, 15), field("suburb", 199))),
        ("fields, other order", summed(0.75, field("suburb"), field("surname", 64, 15))),
        ("fields, 1,920 bits", summed(0.75, field("suburb", 960), field("surname", 960))),
        ("fellegi-sunter", votes),
        ("fellegi-sunter, accept below 0", {**votes, "accept": -3}),
    ]:
        good.append((title, with_confirm(FIVE, rule)))
    cases: List[Case] = []
    for title, value in good:
        text = json.dumps(value)
        rule_ = rule_of(load(text))
        cases.append({"name": title, "document": text, "digest": digest(text).hex(), "rule": rule_ and rule_.digest.hex()})

    def but(rule: Case, path: str, value: Any) -> Tuple[str, Case, str]:
        """A rule with one changed member (None: missing)."""
        changed = copy.deepcopy(rule)
        holder, names = changed, path.split(".")
        for n in names[:-1]:
            holder = holder["fields"][int(n)] if n.isdigit() else holder[n]
        if value is None:
            del holder[names[-1]]
        else:
            holder[names[-1]] = value
        written = "$.confirm." + ".".join("fields[%s]" % n if n.isdigit() else n for n in names)
        shown = "missing" if value is None else json.dumps(value)
        return "%s: %s is %s" % (rule["rule"], written, shown if len(shown) < 50 else "of %d items" % len(value)), changed, written

    table: List[Tuple[str, Any, str]] = [
        ("a text", "record", "$.confirm"),
        ("a list", [record], "$.confirm"),
        ("no rule", {"dice": 0.7}, "$.confirm.rule"),
        but(record, "rule", "dice"),
        but(record, "rule", 1),
        *[but(record, "dice", v) for v in (None, 1.1, -0.1, "0.7", 0.70001, 0.12345)],
        *[but(record, "bits", v) for v in (63, 1921, 0, "1024")],
        *[but(record, "fill", v) for v in (0.04, 0.61, "0.45")],
        *[but(record, n, 1) for n in ("weight", "accept", "Dice")],
        *[but(record, "fields", v) for v in ([], {}, [field("surname")] * 65)],
        *[but(some, "0.field", v) for v in (None, "Surname")],
        *[but(some, "1.weight", v) for v in (0, 0.0009, 1000.5, "1")],
        *[but(some, "1." + n, 64) for n in ("bits", "dice")],
        ("record: a field twice", {**record, "fields": [field("surname"), field("surname", weight=2)]}, "$.confirm.fields[1].field"),
        *[but(sums, "dice", v) for v in (None, 1.5, 0.00001)],
        *[but(sums, n, 1) for n in ("accept", "bits")],
        *[but(sums, "fields", v) for v in (None, [], {}, [field("surname")] * 13)],
        *[but(sums, "0.field", v) for v in (None, "Surname", 3)],
        *[but(sums, "1.bits", v) for v in (63, 1928, "192")],
        *[but(sums, "0.weight", v) for v in (0, 16, 1.5, "1")],
        *[but(sums, "1." + n, 0.5) for n in ("dice", "agree", "fill")],
        *[but(votes, "accept", v) for v in (None, 0.5, "3")],
        *[but(votes, "dice", v) for v in (0.7,)],
        *[but(votes, "fields", v) for v in (None, [])],
        *[but(votes, "0.dice", v) for v in (None, 1.01, 0.98765)],
        *[but(votes, "0.agree", v) for v in (None, -1, 256, 0.5)],
        *[but(votes, "1.disagree", v) for v in (None, -1, 256, "4")],
        *[but(votes, "1.bits", v) for v in (8, 2048)],
        but(votes, "1.weight", 2),
        ("a field twice", summed(0.7, field("surname"), field("suburb"), field("surname", 64)), "$.confirm.fields[2].field"),
    ]
    for title, rule, path in table:
        text = json.dumps({**with_confirm(FIVE, None), "confirm": rule})
        try:
            check_document(parse(text))
            raise AssertionError(title + ": no fault")
        except Fault as fault:
            assert fault.args == (path,), (title, fault.args, path)
        cases.append({"name": title, "document": canonical(parse(text)), "faults": [path]})
    return cases


FILES: Dict[str, Callable[[], List[Case]]] = {
    "confirm/schema.json": schema_cases,
    "confirm/rules.json": rule_cases,
    "confirm/filters.json": filter_cases,
}
