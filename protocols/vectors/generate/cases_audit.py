"""Cases of the audit documents in vectors/schema."""
from __future__ import annotations

import json
from typing import Any, Dict, List, Tuple

from audit_schema import check_audit
from cases_audit_schemas import lodgers, people_en, people_kana, people_kanji
from cases_schema import REMOVE, changed, written
from cases_tokens import EXACT, Case, gram
from schema import Fault, digest, parse

def small() -> Case:
    """A document with one of everything."""
    return {
        "format": "mizuhiki-audit-schema",
        "version": 2,
        "name": "small",
        "description": "For tests.",
        "epoch": 2,
        "locale": {"pack": "ja", "digest": "0123456789abcdef" * 4},
        "inputs": [
            {"name": "name", "columns": [{"column": "kana"}, {"column": "kanji", "readings": 4, "mass": 0.9}], "take": "all"},
            {"name": "born", "columns": [{"column": "birth", "kind": "date_receipt"}, {"column": "dob"}], "take": "first"},
        ],
        "comparisons": [
            {"name": "family", "role": "family_reading", "input": "name", "kind": "kana_family", "levels": ["eq", "zengin"], "slips": ["exchanged"], "filter": {"level": "phon", "features": [gram(2)]}, "values": 4, "leftValues": 3, "filters": 2},
            {"name": "day", "role": "birth_date", "input": "born", "kind": "date", "levels": ["day", "in_era"], "slips": ["day_month", "next_day"], "missing": ["NA"]},
            {"name": "address", "role": "address", "column": "home address", "kind": "address", "partial": True, "levels": ["eq", "gaz", "area"]},
        ],
        "searched": ["family", "day"],
        "neighbours": {"reach": 2, "comparisons": [{"comparison": "day", "level": "day"}, {"comparison": "family", "level": "eq"}]},
        "statutoryBasis": "none",
    }


MINIMAL = (
    '{"format":"mizuhiki-audit-schema","version":2,"name":"m","locale":{"pack":"en-Latn"},'
    '"comparisons":[{"name":"a","role":"other","kind":"text","levels":["exact"]}]}'
)


def valid() -> Dict[str, str]:
    C, N = "comparisons", "neighbours"
    many = [{"name": "%x" % i, "role": "other", "kind": "text", "levels": ["exact", "folded"], "column": "c"} for i in range(16)]
    nulls = {name: None for name in ("description", "epoch", "inputs", "searched", N, "statutoryBasis")}
    absent = {name: None for name in ("input", "column", "slips", "filter", "values", "leftValues", "filters", "partial", "missing")}
    least = parse(MINIMAL)
    return {
        "one of everything": json.dumps(small()),
        "one of everything, indented and out of order": json.dumps(dict(reversed(list(small().items()))), indent=2),
        "the least": MINIMAL,
        "the least, with blanks and numbers as fractions": MINIMAL.replace('"version":2', '\n "version" : 2.0e0\t'),
        "the least, every other member null": json.dumps({**least, **nulls, C: [{**least[C][0], **absent}]}),
        "empty lists": json.dumps({**least, C: [{**least[C][0], "slips": [], "missing": []}], "searched": [], N: {"comparisons": []}}),
        "sixteen comparisons of one column, greatest numbers": json.dumps({**least, "epoch": 4294967295, C: [{**c, "values": 16, "leftValues": 4, "filter": {"level": "exact", "features": [EXACT] * 8}, "filters": 16} for c in many], N: {"reach": 8, "comparisons": [{"comparison": str(i), "level": "exact"} for i in range(4)]}}),
        "least numbers": changed([N, "reach"], 0, small),
        "one value on the left": changed([C, 0, "leftValues"], 1, small),
        "as many values on the left as on the right": changed([C, 0, "leftValues"], 4.0, small),
        "values on the left by default": changed([C, 0, "leftValues"], REMOVE, small),
        "values on the left by default, one on the right": json.dumps({**least, C: [{**least[C][0], "leftValues": 1}]}),
        "more filters than values on the left": changed([C, 0, "filters"], 4, small),
        "neighbours without a member": changed([N], {}, small),
        "a name beyond ASCII": changed(["name"], "保険者 \u2028 \U00020bb7", small),
        "six levels and two slips": json.dumps({**least, C: [{"name": "g", "role": "given_name", "kind": "given_name", "levels": ["exact", "folded", "latin", "sorted", "nickname", "nysiis"], "slips": ["next_day", "exchanged"]}]}),
        "people-en of the pair rows": people_en(),
        "people-kanji of the pair rows": people_kanji(),
        "people-kana of the pair rows": people_kana(),
        "lodgers of the pair rows": lodgers(),
    }


def faulty() -> List[Tuple[str, str, str]]:
    C, N, I = "comparisons", "neighbours", "inputs"
    family, day, address = [C, 0], [C, 1], [C, 2]
    wrong: List[Tuple[List[Any], Any]] = [
        (["format"], "mizuhiki-linkage-schema2"), (["version"], 1), (["version"], 3), (["version"], 2.5), (["version"], "2"), (["name"], 5), (["description"], []), (["epoch"], 0), (["epoch"], 4294967296), (["locale", "pack"], "xx"), (["locale", "digest"], "g" * 64), (["statutoryBasis"], 1),
        ([I], []), ([I, 0, "take"], "any"), ([I, 0, "columns", 1, "readings"], 17), ([I, 0, "columns"], []),
        ([C], []), ([C], {}), ([C, 1], "day"), ([*family, "name"], "a b"), ([*family, "role"], "name"), ([*family, "role"], 1), ([*family, "kind"], 1), ([*family, "input"], "names"), ([*family, "input"], 1), ([*address, "column"], 1),
        ([*family, "levels"], []), ([*family, "levels"], "eq"), ([*family, "levels", 1], 1), ([*family, "slips"], "exchanged"), ([*family, "slips", 0], "swapped"), ([*day, "slips", 1], 1),
        ([*family, "filter"], []), ([*family, "filter", "level"], 1), ([*family, "filter", "features"], []), ([*family, "filter", "features"], [gram()] * 9), ([*family, "filter", "features", 0, "n"], 5), ([*family, "filter", "features", 0, "type"], "skipgram"),
        ([*family, "values"], 0), ([*family, "values"], 17), ([*family, "values"], 4.5), ([*family, "values"], "4"), ([*family, "leftValues"], 0), ([*family, "leftValues"], 2.5), ([*family, "leftValues"], "2"), ([*family, "leftValues"], [2]), ([*day, "leftValues"], 2), ([*family, "filters"], 0), ([*family, "filters"], 5), ([*family, "filters"], 1.5), ([*family, "partial"], 1), ([*day, "missing"], "NA"), ([*day, "missing", 0], 1),
        (["searched"], "family"), (["searched", 0], 1), (["searched", 1], "birth"), ([N], []), ([N, "reach"], -1), ([N, "reach"], 9), ([N, "reach"], 0.5), ([N, "reach"], "2"), ([N, "comparisons"], {}), ([N, "comparisons", 0], "day"), ([N, "comparisons", 0, "comparison"], "birth"), ([N, "comparisons", 1, "level"], 1),
    ]
    table = [("%s is %s" % (written(p), json.dumps(v)[:39]), changed(p, v, small), written(p)) for p, v in wrong]
    required = [["format"], ["version"], ["name"], ["locale"], ["locale", "pack"], [C], [*family, "name"], [*family, "role"], [*family, "kind"], [*family, "levels"], [*family, "filter", "level"], [*family, "filter", "features"], [*family, "filter", "features", 0, "type"], [N, "comparisons", 0, "comparison"], [N, "comparisons", 0, "level"]]
    table += [("%s is missing" % written(p), changed(p, REMOVE, small), written(p)) for p in required]
    unknown = [["project"], ["run"], [*family, "rarity"], [*family, "leftvalues"], ["leftValues"], ["profile"], ["fields"], ["views"], ["thresholds"], ["Searched"], [*family, "level"], [*family, "weight"], [*family, "filter", "bits"], [N, "offset"], [N, "comparisons", 0, "name"], [I, 0, "kind"]]
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
        ("more filters than values, which is 1 by default", changed([C, 0], {**small()[C][0], "values": None, "leftValues": None}, small), "$.comparisons[0].filters"),
        ("more values on the left than on the right, which is 1 by default", changed([*address, "leftValues"], 2, small), "$.comparisons[2].leftValues"),
        ("more values on the left than on the right", changed([C, 0], {**small()[C][0], "values": 2}, small), "$.comparisons[0].leftValues"),
        ("5 values on the left", changed([C, 0], {**small()[C][0], "values": 16, "leftValues": 5}, small), "$.comparisons[0].leftValues"),
        ("rarity that is false", changed([*address, "rarity"], False, small), "$.comparisons[2].rarity"),
        ("a fallback with nothing before it", changed([I, 0, "columns", 0, "fallback"], True, small), "$.inputs[0].columns[0].fallback"),
        ("a fallback that is no boolean", changed([I, 0, "columns", 1, "fallback"], "yes", small), "$.inputs[0].columns[1].fallback"),
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


FILES = {"schema/audit.json": document_cases}
