"""Cases of vectors/schema."""
from __future__ import annotations

import copy
import json
from typing import Any, Callable, Dict, List, Tuple

from cases_tokens import EXACT, block_schemas, example_schemas, further_schemas, gram, part, symbol_schemas
from schema import Fault, canonical, check_document, digest, parse

Case = Dict[str, Any]


def small() -> Case:
    """A document with one of everything, except inputs and blocking."""
    return {
        "format": "mizuhiki-linkage-schema",
        "version": 2,
        "name": "small",
        "description": "For tests.",
        "profile": "hardened",
        "epoch": 2,
        "locale": {"pack": "en-Latn", "digest": "0123456789abcdef" * 4},
        "fields": [
            {"name": "first", "kind": "given_name", "level": "folded", "weight": 1.5, "keyGroup": "name", "features": [gram(2)]},
            {"name": "last", "kind": "surname", "keyGroup": "name", "features": [gram(2, positional=False, padded=True)], "missing": ["NA"]},
            {"name": "born", "column": "date of birth", "kind": "date", "features": [gram(1, positional=True, positions=[2, 3, 5]), EXACT]},
        ],
        "filter": {"bits": 1024, "fill": 0.45},
        "symbols": {"perView": 32, "positions": 48, "bits": 64, "draw": "stratified", "perRecord": 64, "population": 1000000},
        "views": [
            {"name": "whole", "fields": ["first", "last", "born"], "minPresentWeight": 0.6},
            {"name": "without-first", "fields": ["last", "born"]},
        ],
        "limits": {"maxRepeatedShare": 0.1},
        "thresholds": {"accept": 0.87, "borderline": 0.84, "calibrate": False},
        "statutoryBasis": "none",
    }


def changed_limits(attacks: Any) -> Case:
    """The same with limits of attacks."""
    return {**small(), "limits": {"maxRepeatedShare": 0.1, "attacks": attacks}}


def plain(version: int = 1) -> Case:
    """The same in profile plain."""
    document = {**small(), "profile": "plain", "version": version}
    del document["symbols"]
    return {**document, "knownPairs": 10000} if version == 1 else document


def with_inputs() -> Case:
    """A document with one of everything in `inputs`."""
    return {
        "format": "mizuhiki-linkage-schema",
        "version": 1,
        "name": "i",
        "profile": "plain",
        "locale": {"pack": "ja"},
        "inputs": [
            {"name": "name", "columns": [{"column": "kana"}, {"column": "kanji", "readings": 4, "mass": 0.9}], "take": "all"},
            {"name": "born", "columns": [{"column": "birth", "kind": "date_receipt"}, {"column": "dob"}], "take": "first"},
        ],
        "fields": [
            {"name": "family", "input": "name", "kind": "kana_family", "features": [EXACT]},
            {"name": "given", "input": "name", "kind": "kana_given", "features": [EXACT]},
            {"name": "day", "input": "born", "kind": "date", "features": [EXACT]},
            {"name": "sex", "column": "sex", "kind": "sex", "features": [EXACT]},
        ],
        "limits": {"maxAlternatives": 12},
        "thresholds": {"accept": 1, "borderline": 0},
    }


def input_faults() -> List[Tuple[str, str, str]]:
    I, F = "inputs", "fields"
    first, kanji, birth = [I, 0], [I, 0, "columns", 1], [I, 1, "columns", 0]
    wrong: List[Tuple[List[Any], Any]] = [
        ([I], {}), ([I], []), ([I, 0], "name"), ([*first, "name"], ""), ([*first, "name"], "a b"), ([*first, "name"], None), ([*first, "take"], "any"), ([*first, "take"], True),
        ([*first, "columns"], []), ([*first, "columns"], "kana"), ([*first, "columns"], [{"column": str(i)} for i in range(9)]), ([*first, "columns", 0], "kana"), ([*kanji, "column"], 1), ([*kanji, "column"], None),
        ([*kanji, "readings"], 0), ([*kanji, "readings"], 17), ([*kanji, "readings"], 1.5), ([*kanji, "readings"], "4"), ([*kanji, "mass"], 0), ([*kanji, "mass"], 1.01), ([*kanji, "mass"], "0.9"),
        ([*birth, "kind"], "birthday"), ([*birth, "kind"], 1), ([F, 0, "input"], "names"), ([F, 0, "input"], 1), ([F, 3, "column"], 1), ([F, 0, "kind"], "surname"), ([F, 0, "level"], "itaiji"),
        (["limits", "maxAlternatives"], 0), (["limits", "maxAlternatives"], 65), (["limits", "maxAlternatives"], 1.5), (["limits", "maxAlternatives"], "8"),
    ]
    table = [("%s is %s" % (written(p), json.dumps(v)[:39]), changed(p, v, with_inputs), written(p)) for p, v in wrong]
    table += [("%s is missing" % written(p), changed(p, REMOVE, with_inputs), written(p)) for p in ([*first, "name"], [*first, "columns"], [*kanji, "column"])]
    table += [("%s is unknown" % written(p), changed(p, 2, with_inputs), written(p)) for p in ([I, 1, "column"], [*kanji, "reading"], [*birth, "level"])]
    english = json.dumps(with_inputs()).replace('"ja"', '"en-Latn"').replace("kana_family", "surname").replace("kana_given", "given_name").replace('"kind": "date_receipt"', '"kind": "date"')
    table += [
        ("two inputs of one name", changed([I, 1, "name"], "name", with_inputs), "$.inputs[1].name"),
        ("a column twice in an input", changed([*kanji, "column"], "kana", with_inputs), "$.inputs[0].columns[1].column"),
        ("mass without readings", changed([*kanji, "readings"], REMOVE, with_inputs), "$.inputs[0].columns[1].mass"),
        ("an input and a column", changed([F, 0, "column"], "kana", with_inputs), "$.fields[0].column"),
        ("an input without a field", changed([I, "+"], {"name": "spare", "columns": [{"column": "x"}]}, with_inputs), "$.inputs[2]"),
        ("a kind without the level", changed([*birth, "kind"], "sex", with_inputs), "$.inputs[1].columns[0].level"),
        ("readings of a pack that has none", english, "$.inputs[0].columns[1].readings"),
    ]
    return table


def blocked() -> Case:
    """A document with one of everything in `blocking`."""
    return {
        "format": "mizuhiki-linkage-schema",
        "version": 1,
        "name": "b",
        "profile": "plain",
        "locale": {"pack": "en-Latn"},
        "fields": [{"name": "last", "kind": "surname", "features": [EXACT]}, {"name": "born", "kind": "date", "features": [EXACT]}],
        "blocking": {
            "rules": [
                {"name": "sound", "parts": [part("last", level="phonetic"), part("born", 0, 1, 2, 3, level="digits")], "anyOrder": True},
                {"name": "day", "parts": [part("born", 6, 7)]},
                {"name": "near", "lsh": {"view": "whole", "bits": 16, "tables": 3}},
            ],
            "minBlock": 20,
            "maxBlockShare": 0.125,
        },
        "thresholds": {"accept": 1, "borderline": 0},
    }


MINIMAL = (
    '{"format":"mizuhiki-linkage-schema","version":1,"name":"m","profile":"plain","locale":{"pack":"en-Latn"},'
    '"fields":[{"name":"a","kind":"text","features":[{"type":"exact"}]}],"thresholds":{"accept":1,"borderline":0}}'
)


SYMBOLS = (
    '{"format":"mizuhiki-linkage-schema","version":2,"name":"m","symbols":{},"profile":"hardened","locale":{"pack":"en-Latn"},'
    '"fields":[{"name":"a","kind":"text","features":[{"type":"exact"}]}],"thresholds":{"accept":1,"borderline":0}}'
)


# The maximum and minimum of everything, and members that are null.
BOUNDS: Case = {
    "rules": [
        {"name": "a", "parts": [part("born", i, 255 - i) for i in range(8)]},
        {"name": "b", "lsh": {"view": "whole", "bits": 4, "tables": 1}},
        {"name": "c", "lsh": {"view": "whole", "bits": 64, "tables": 27}},
        {"name": "d", "lsh": {"view": "whole"}},
        *({"name": n, "parts": [part("last")]} for n in ("A", "-", "_", "9" * 64)),
    ],
    "minBlock": 1000000,
    "maxBlockShare": 0.001,
}
NULLS: Case = {
    "rules": [
        {"name": "a", "parts": [{"field": "last", "level": None, "characters": None}], "anyOrder": None, "lsh": None},
        {"name": "b", "parts": None, "lsh": {"view": "whole", "bits": None, "tables": None}},
    ],
    "minBlock": None,
    "maxBlockShare": None,
}


def reverse(value: Any) -> Any:
    """The same value with its members in reverse order."""
    if isinstance(value, list):
        return [reverse(v) for v in value]
    if isinstance(value, dict):
        return {name: reverse(value[name]) for name in reversed(list(value))}
    return value


def digest_cases() -> List[Case]:
    def minimal(*changes: Tuple[str, str]) -> str:
        text = MINIMAL
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        return text

    def name(text: str) -> str:
        return minimal(('"name":"m"', '"name":' + text))

    def accept(number: str) -> str:
        return minimal(('"accept":1,', '"accept":%s,' % number))

    def weight(number: str) -> str:
        return minimal(('"kind":"text"', '"weight":%s,"kind":"text"' % number))

    def symbols(text: str) -> str:
        return SYMBOLS.replace('"symbols":{}', '"symbols":' + text)

    table = {**example_schemas(), **further_schemas(), **block_schemas(), **symbol_schemas()}
    table.update(
        {
            "minimal": MINIMAL,
            "minimal, blanks everywhere": " \r\n\t" + MINIMAL.replace(",", " ,\n\t").replace(":", " : ").replace("{", "{\r\n ").replace("]", " ]") + "\n\n",
            "one of everything": json.dumps(small()),
            "one of everything, indented": json.dumps(small(), indent=7),
            "one of everything, members the other way round": json.dumps(reverse(small())),
            "profile plain, version 1": json.dumps(plain()),
            "profile plain, version 2": json.dumps(plain(2)),
            "symbols, all by default": symbols("{}"),
            "symbols left out": SYMBOLS.replace('"symbols":{},', ""),
            "symbols are null": symbols("null"),
            "symbols, members that are null": symbols('{"perView":null,"positions":null,"bits":null,"draw":null,"perRecord":null,"population":null}'),
            "symbols, the least of everything": symbols('{"perView":4,"positions":8,"bits":32,"draw":"plain","perRecord":4,"population":1}'),
            "symbols, the most of everything": symbols('{"perView":1024,"positions":112,"bits":64,"draw":"stratified","perRecord":16384,"population":10000000000}'),
            "symbols, numbers": symbols('{"perView":6.4e1,"positions":64.0,"bits":640E-1,"perRecord":1e3,"population":1e10}'),
            "symbols, as many positions as bits": symbols('{"positions":64}').replace('"profile"', '"filter":{"bits":64},"profile"'),
            "symbols of max-privacy": SYMBOLS.replace("hardened", "max-privacy"),
            "blocking is null beside symbols": SYMBOLS.replace('"profile"', '"blocking":null,"diffusion":null,"profile"'),
            "version 2.0": SYMBOLS.replace('"version":2', '"version":2.0'),
            "symbols are null in profile plain": minimal(('"name":"m"', '"symbols":null,"name":"m"')),
            "one of everything in inputs": json.dumps(with_inputs()),
            "one of everything in inputs, members the other way round": json.dumps(reverse(with_inputs())),
            "one of everything in blocking": json.dumps(blocked()),
            "one of everything in blocking, members the other way round": json.dumps(reverse(blocked())),
            "bounds in blocking": json.dumps({**blocked(), "blocking": BOUNDS}),
            "null in blocking": json.dumps({**blocked(), "blocking": NULLS}),
            "null blocking": minimal(('"name":"m"', '"blocking":null,"name":"m"')),
            "numbers in blocking": minimal(('"name":"m"', '"name":"m","blocking":{"minBlock":1e1,"maxBlockShare":0.250,"rules":[{"name":"r","parts":[{"field":"a","characters":[3.0,1e0,255]}]}]}')),
            "version 1.0": minimal(('"version":1', '"version":1.0')),
            "version 1e0": minimal(('"version":1', '"version":1e0')),
            "version 10E-1": minimal(('"version":1', '"version":10E-1')),
            "known pairs 1e3": minimal(('"name":"m"', '"knownPairs":1e3,"name":"m"')),
            "known pairs 1E+9": minimal(('"name":"m"', '"knownPairs":1E+9,"name":"m"')),
            "epoch 4294967295": minimal(('"name":"m"', '"epoch":4294967295,"name":"m"')),
            "filter bits 1024.0": minimal(('"name":"m"', '"filter":{"fill":0.10,"bits":1024.0},"name":"m"')),
            "filter bits 6.5536e4": minimal(('"name":"m"', '"filter":{"bits":6.5536e4},"name":"m"')),
            "accept 0.10": accept("0.10"),
            "accept 1.000": accept("1.000"),
            "accept 5e-324": accept("5e-324"),
            "accept -0": accept("-0"),
            "accept -0.0": accept("-0.0"),
            "accept 1e-6": accept("1e-6"),
            "accept 0.00000123": accept("0.00000123"),
            "accept 1e-7": accept("0.0000001"),
            "accept 1.5e-10": accept("0.15e-9"),
            "accept with more digits than count": accept("0.1000000000000000055511151231257827"),
            "accept with seventeen digits": accept("0.30000000000000004"),
            "accept just below 1": accept("0.9999999999999999"),
            "accept nearer to 1 than to its neighbour": accept("0.99999999999999999999"),
            "weight 1000.0": weight("1000.0"),
            "weight 1e-3": weight("1e-3"),
            "weight 333.3333333333333333": weight("333.3333333333333333"),
            "weight 1.2": weight("12e-1"),
            "null members": minimal(('"name":"m"', '"description":null,"name":"m","epoch":null,"filter":null,"views":null,"knownPairs":null')),
            "null members further in": minimal(('"kind":"text"', '"kind":"text","column":null,"level":null,"weight":null,"missing":null'), ('"accept":1,', '"calibrate":null,"accept":1,')),
            "null filter members": minimal(('"name":"m"', '"filter":{"bits":null,"fill":null},"name":"m"')),
            "empty name": name('""'),
            "letters as escapes": name(r'"\u006d\u0069\u007a\u0075"'),
            "member name with escapes": MINIMAL.replace('"format"', r'"\u0066ormat"'),
            "solidus escaped": name(r'"a\/b"'),
            "quote and backslash": name(r'"\"\\\u0022\u005C"'),
            "short escapes": name(r'"\b\f\n\r\t"'),
            "short escapes written as code": name(r'"\u0008\u000C\u000a\u000D\u0009"'),
            "other control characters": name(r'"\u0000\u001F\u000b\u001b"'),
            "delete and C1 stay": name(r'"\u007f\u0080\u009F"'),
            "line separators stay": name(r'"\u2028\u2029\ufeff"'),
            "accents": name('"Zoë – Łukasz"'),
            "accents as escapes": name(r'"Zo\u00eb \u2013 \u0141ukasz"'),
            "nothing is normalised": name(r'"e\u0301 \u00e9 \u212b \ufb01"'),
            "outside the basic plane": name('"𠮷😀"'),
            "surrogate pairs": name(r'"\ud842\udfb7\uD83D\uDE00"'),
            "empty lists": minimal(('"kind":"text"', '"kind":"text","missing":[ ]')),
            "texts in order of writing": minimal(('"kind":"text"', '"kind":"text","missing":["b","a","","\\u00e9","B"]')),
            "empty objects": minimal(('"name":"m"', '"limits":{ },"diffusion":null,"filter":{},"name":"m"')),
            "limits of attacks": json.dumps(changed_limits({"reidentification": 0.001, "inference": 1.5, "neighbors": 4, "correlation": 0.1})),
            "limits of attacks, the least of everything": json.dumps(changed_limits({"reidentification": 0, "inference": 1, "neighbors": 1, "correlation": 0})),
            "limits of attacks, the most of everything": json.dumps(changed_limits({"reidentification": 1, "inference": 100, "neighbors": 1000, "correlation": 1})),
            "limits of attacks, members that are null": json.dumps(changed_limits({"reidentification": None, "inference": None, "neighbors": None, "correlation": None})),
            "limits of attacks, none": json.dumps(changed_limits({})),
            "limits of attacks are null": json.dumps(changed_limits(None)),
            "limits of attacks in profile plain": json.dumps({**plain(2), "limits": {"attacks": {"inference": 10.5}}}),
            "booleans and positions": minimal(('[{"type":"exact"}]', '[{"type":"ngram","positional":true,"padded":false,"positions":[3.0,1,2e0],"n":4}]')),
        }
    )
    cases = []
    for title, text in table.items():
        check_document(parse(text))
        cases.append({"name": title, "document": text, "canonical": canonical(parse(text)), "digest": digest(text).hex()})
    return cases


REMOVE = object()


def changed(path: List[Any], value: Any, base: Callable[[], Case] = small) -> str:
    document = copy.deepcopy(base())
    holder: Any = document
    for step in path[:-1]:
        holder = holder[step]
    if value is REMOVE:
        del holder[path[-1]]
    elif path[-1] == "+":
        holder.append(value)
    else:
        holder[path[-1]] = value
    return json.dumps(document)


def written(path: List[Any]) -> str:
    return "$" + "".join("[%d]" % s if isinstance(s, int) else "." + s for s in path)


def block_faults() -> List[Tuple[str, str, str]]:
    B, R = "blocking", "rules"
    one, two, near = [B, R, 0], [B, R, 1], [B, R, 2]
    first, born, lsh = [*one, "parts", 0], [*two, "parts", 0], [*near, "lsh"]
    wrong: List[Tuple[List[Any], Any]] = [
        ([B], []), ([B], True), ([B, R], {}), ([B, R], []), ([B, R], None), ([B, R, 1], "day"), ([B, R, 1], None),
        ([B, "minBlock"], 0), ([B, "minBlock"], 1000001), ([B, "minBlock"], 1.5), ([B, "minBlock"], "20"), ([B, "minBlock"], -1), ([B, "minBlock"], True),
        ([B, "maxBlockShare"], 0), ([B, "maxBlockShare"], 0.0009), ([B, "maxBlockShare"], 1.001), ([B, "maxBlockShare"], "0.25"), ([B, "maxBlockShare"], -0.25),
        ([*one, "name"], ""), ([*one, "name"], "a.1"), ([*one, "name"], 1), ([*one, "name"], None), ([*one, "name"], "a" * 65),
        ([*one, "anyOrder"], 1), ([*one, "anyOrder"], "true"), ([*one, "anyOrder"], []),
        ([*one, "parts"], []), ([*one, "parts"], {}), ([*one, "parts"], [part("last")] * 9), ([*one, "parts", 1], "born"), ([*one, "parts", 1], None),
        ([*first, "field"], "surname"), ([*first, "field"], "Last"), ([*first, "field"], ""), ([*first, "field"], 0), ([*first, "field"], None),
        ([*first, "level"], "soundex"), ([*first, "level"], "day"), ([*first, "level"], ""), ([*first, "level"], 1), ([*one, "parts", 1, "level"], "phonetic"),
        ([*born, "characters"], 6), ([*born, "characters"], "67"), ([*born, "characters", 1], -1), ([*born, "characters", 1], 256), ([*born, "characters", 0], 0.5), ([*born, "characters", 0], "6"), ([*born, "characters", 0], None), ([*born, "characters", 1], True),
        (lsh, "whole"), (lsh, []), ([*lsh, "view"], "names"), ([*lsh, "view"], "Whole"), ([*lsh, "view"], 1), ([*lsh, "view"], None),
        ([*lsh, "bits"], 3), ([*lsh, "bits"], 65), ([*lsh, "bits"], 4.5), ([*lsh, "bits"], "16"), ([*lsh, "bits"], 0),
        ([*lsh, "tables"], 0), ([*lsh, "tables"], 33), ([*lsh, "tables"], 1.5), ([*lsh, "tables"], "3"), ([*lsh, "tables"], -1),
    ]
    table = [("%s is %s" % (written(p), json.dumps(v)[:39]), changed(p, v, blocked), written(p)) for p, v in wrong]
    required = [[B, R], [*one, "name"], [*first, "field"], [*lsh, "view"]]
    table += [("%s is missing" % written(p), changed(p, REMOVE, blocked), written(p)) for p in required]
    unknown = [[B, "rule"], [B, "minblock"], [*one, "part"], [*two, "anyorder"], [*near, "LSH"], [*first, "kind"], [*born, "positions"], [*lsh, "views"], [*lsh, "name"]]
    table += [("%s is unknown" % written(p), changed(p, 2, blocked), written(p)) for p in unknown]
    viewed = changed(["views"], [{"name": "all", "fields": ["last"]}], blocked)
    tables = [{"name": "r%d" % i, "lsh": {"view": "whole", "tables": 8}} for i in range(4)]
    table += [
        ("two rules of one name", changed([*two, "name"], "sound", blocked), "$.blocking.rules[1].name"),
        ("two rules of one name, one by parts", changed([*near, "name"], "sound", blocked), "$.blocking.rules[2].name"),
        ("nine rules", changed([B, R], [{"name": "r%d" % i, "parts": [part("last")]} for i in range(9)], blocked), "$.blocking.rules"),
        ("33 tables in all", changed([B, R], [*tables, {"name": "x", "lsh": {"view": "whole", "tables": 1}}], blocked), "$.blocking.rules"),
        ("36 tables in all, four by default", changed([B, R], [*tables, {"name": "x", "lsh": {"view": "whole"}}], blocked), "$.blocking.rules"),
        ("a character twice", changed([*born, "characters"], [6, 7, 6], blocked), "$.blocking.rules[1].parts[0].characters[2]"),
        ("a character twice, as 6 and 6.0", changed([*born, "characters"], [6, 6.0, 7], blocked), "$.blocking.rules[1].parts[0].characters[1]"),
        ("no characters", changed([*born, "characters"], [], blocked), "$.blocking.rules[1].parts[0].characters"),
        ("an lsh rule in any order", changed([*near, "anyOrder"], False, blocked), "$.blocking.rules[2].anyOrder"),
        ("parts and lsh", changed([*two, "lsh"], {"view": "whole"}, blocked), "$.blocking.rules[1]"),
        ("neither parts nor lsh", changed([*near, "lsh"], REMOVE, blocked), "$.blocking.rules[2]"),
        ("neither parts nor lsh, parts is null", changed([*two, "parts"], None, blocked), "$.blocking.rules[1]"),
        ("views without the one of an lsh rule", viewed, "$.blocking.rules[2].lsh.view"),
    ]
    return table


def attack_faults() -> List[Tuple[str, str, str]]:
    wrong = {
        "reidentification": (-0.1, 1.1, "0", True), "inference": (0, 0.99, 100.5, -1, "1.2"),
        "neighbors": (0, 0.99, 1000.5, "3", []), "correlation": (-0.05, 1.01, "0.05"), "Neighbors": (3,), "neighbours": (3,), "structure": (0,),
    }
    path = ["limits", "attacks"]
    table = []
    for name, values in wrong.items():
        for value in values:
            title = "%s is %s" % (written([*path, name]), json.dumps(value))
            table.append((title, changed(path, {name: value}), written([*path, name])))
    return table


def fault_cases() -> List[Case]:
    # title, path of the change, new value; path of the fault if different
    F, V = "fields", "views"
    wrong: List[Tuple[List[Any], Any]] = [
        (["format"], "mizuhiki"), (["version"], 3), (["version"], 0), (["version"], 1.5), (["version"], "1"), (["version"], True),
        (["name"], 5), (["name"], None), (["description"], 1), (["description"], ["a"]), (["profile"], "Hardened"), (["profile"], 1),
        (["epoch"], 0), (["epoch"], 4294967296), (["epoch"], 1.5), (["epoch"], "1"), (["epoch"], -1),
        (["locale"], "en-Latn"), (["locale"], None), (["locale", "pack"], "xx"), (["locale", "digest"], "0123"), (["locale", "digest"], "g" * 64),
        ([F], {}), ([F], []), ([F, 1], "last"), ([F, 0, "name"], ""), ([F, 0, "column"], 1), ([F, 0, "kind"], "name"), ([F, 0, "level"], "day"), ([F, 2, "level"], "folded"),
        ([F, 1, "weight"], 0), ([F, 1, "weight"], 0.0009), ([F, 1, "weight"], 1000.5), ([F, 1, "weight"], "1"), ([F, 1, "weight"], -1), ([F, 1, "weight"], False),
        ([F, 0, "keyGroup"], ""), ([F, 0, "keyGroup"], "a b"), ([F, 0, "features"], []), ([F, 0, "features"], {}), ([F, 0, "features"], [gram()] * 9), ([F, 0, "features"], None),
        ([F, 0, "features", 0], "ngram"), ([F, 0, "features", 0, "type"], "skipgram"), ([F, 0, "features", 0, "n"], 0), ([F, 0, "features", 0, "n"], 5), ([F, 0, "features", 0, "n"], 1.5), ([F, 0, "features", 0, "n"], "2"),
        ([F, 0, "features", 0, "positional"], 1), ([F, 0, "features", 0, "padded"], "yes"), ([F, 2, "features", 0, "positions"], 3), ([F, 2, "features", 0, "positions", 1], -1), ([F, 2, "features", 0, "positions", 2], 0.5), ([F, 2, "features", 0, "positions", 0], "2"),
        ([F, 1, "missing"], "NA"), ([F, 1, "missing", 0], 5), ([F, 1, "missing", 0], None),
        (["filter"], []), (["filter", "bits"], 1000), (["filter", "bits"], 0), (["filter", "bits"], 65600), (["filter", "bits"], 63.5), (["filter", "bits"], "1024"), (["filter", "fill"], 0.009), (["filter", "fill"], 0.61), (["filter", "fill"], "0.45"),
        (["symbols"], 64), (["symbols"], []), (["symbols", "perView"], 3), (["symbols", "perView"], 1025), (["symbols", "perView"], 4.5), (["symbols", "perView"], "64"),
        (["symbols", "positions"], 0), (["symbols", "positions"], 7), (["symbols", "positions"], 60), (["symbols", "positions"], 120), (["symbols", "positions"], "64"), (["symbols", "positions"], True),
        (["symbols", "bits"], 24), (["symbols", "bits"], 36), (["symbols", "bits"], 72), (["symbols", "bits"], "64"), (["symbols", "draw"], "random"), (["symbols", "draw"], "Plain"), (["symbols", "draw"], 1),
        (["symbols", "perRecord"], 3), (["symbols", "perRecord"], 63), (["symbols", "perRecord"], 16385), (["symbols", "perRecord"], 64.5), (["symbols", "perRecord"], "64"), (["symbols", "population"], 0), (["symbols", "population"], 10000000001), (["symbols", "population"], 0.5), (["symbols", "population"], "all"),
        (["diffusion"], {"taps": 7, "bits": 2048}), (["diffusion"], {}), (["diffusion"], 7), (["blocking"], {"rules": [{"name": "r", "parts": [part("last")]}]}), (["knownPairs"], 10000),
        ([V], "whole"), ([V], []), ([V, 0], "whole"), ([V, 0, "name"], "the whole"), ([V, 0, "name"], None), ([V, 0, "fields"], []), ([V, 0, "fields"], "first"), ([V, 0, "fields"], None), ([V, 0, "fields", 1], "surname"), ([V, 1, "fields", 0], "Last"), ([V, 0, "fields", 0], 1),
        ([V, 1, "minPresentWeight"], 0), ([V, 1, "minPresentWeight"], 0.009), ([V, 1, "minPresentWeight"], 1.01), ([V, 1, "minPresentWeight"], "0.6"), ([V, 1, "linkOnly"], 1), ([V, 1, "linkOnly"], "true"),
        (["limits"], 0.1), (["limits", "maxRepeatedShare"], 1.1), (["limits", "maxRepeatedShare"], -0.1), (["limits", "maxRepeatedShare"], "0"), (["limits", "attacks"], 0.1), (["limits", "attacks"], []),
        (["thresholds"], [0.9, 0.8]), (["thresholds", "accept"], 1.1), (["thresholds", "accept"], None), (["thresholds", "accept"], "0.9"), (["thresholds", "borderline"], -0.1), (["thresholds", "borderline"], 0.88), (["thresholds", "calibrate"], 1), (["thresholds", "calibrate"], "true"),
        (["statutoryBasis"], True),
    ]
    table: List[Tuple[str, str, str]] = []
    for path, value in wrong:
        shown = json.dumps(value)
        title = "%s is %s" % (written(path), shown if len(shown) < 40 else "%d characters" % len(shown))
        table.append((title, changed(path, value), written(path)))
    required = [["version"], ["name"], ["profile"], ["locale"], ["locale", "pack"], [F], [F, 0, "name"], [F, 1, "kind"], [F, 2, "features"], [F, 0, "features", 0, "type"], [V, 0, "name"], [V, 1, "fields"], ["thresholds"], ["thresholds", "accept"], ["thresholds", "borderline"]]
    table += [("%s is missing" % written(p), changed(p, REMOVE), written(p)) for p in required]
    unknown: List[List[Any]] = [["Epoch"], ["views2"], ["locale", "name"], [F, 1, "Weight"], [F, 0, "features", 0, "N"], [F, 2, "features", 1, "n"], ["filter", "m"], ["symbols", "n"], ["symbols", "perview"], [V, 1, "weight"], ["limits", "share"], ["limits", "Attacks"], ["thresholds", "reject"]]
    table += [("%s is unknown" % written(p), changed(p, 2), written(p)) for p in unknown]
    for path, value in ((["knownPairs"], 0), (["knownPairs"], 1000000001), (["knownPairs"], 0.5), (["knownPairs"], "10000"), (["symbols"], {}), (["symbols"], {"perView": 64}), (["diffusion"], {"taps": 7, "bits": 2048})):
        table.append(("plain: %s is %s" % (written(path), json.dumps(value)), changed(path, value, plain), written(path)))
    old = {name: value for name, value in small().items() if name != "symbols"}
    few = changed(["filter", "bits"], 64, lambda: {**small(), "symbols": {"positions": 72}})
    table += [
        ("version 1 of profile hardened", json.dumps({**old, "version": 1}), "$.version"),
        ("version 1 of profile hardened, with known pairs", json.dumps({**old, "version": 1, "knownPairs": 10000}), "$.version"),
        ("version 1 of profile max-privacy", json.dumps({**old, "version": 1, "profile": "max-privacy"}), "$.version"),
        ("version 1 of profile hardened, with symbols", json.dumps({**small(), "version": 1}), "$.version"),
        ("plain, version 2: known pairs", json.dumps({**plain(2), "knownPairs": 10000}), "$.knownPairs"),
        ("plain, version 2: symbols", json.dumps({**plain(2), "symbols": {}}), "$.symbols"),
        ("max-privacy: blocking", changed(["blocking"], {"rules": [{"name": "r", "parts": [part("last")]}]}, lambda: {**small(), "profile": "max-privacy"}), "$.blocking"),
        ("plain, version 2: a view for linkage alone", changed([V, 1, "linkOnly"], True, lambda: plain(2)), "$.views[1].linkOnly"),
        ("no view for deduplication", changed([V], [{"name": "all", "fields": ["born"], "linkOnly": True}]), "$.views"),
        ("more positions than bits", few, "$.symbols.positions"),
        ("more positions than bits by default", changed(["filter", "bits"], 64, lambda: {**small(), "profile": "max-privacy", "symbols": None}), "$.symbols.positions"),
        ("fewer symbols per record than in two views by default", changed(["symbols"], {"perRecord": 127}), "$.symbols.perRecord"),
        ("fewer symbols per record than in one view by default", SYMBOLS.replace('"symbols":{}', '"symbols":{"perRecord":63}'), "$.symbols.perRecord"),
    ]
    one = json.dumps(small())
    again = small()[F][0]
    table += [
        ("64 characters are the most in a name", changed([F, 0, "keyGroup"], "a" * 65), "$.fields[0].keyGroup"),
        ("two fields of one name", changed([F, "+"], again), "$.fields[3].name"),
        ("two views of one name", changed([V, 1, "name"], "whole"), "$.views[1].name"),
        ("two views of the same fields in another order", changed([V, "+"], {"name": "again", "fields": ["born", "last"]}), "$.views[2].fields"),
        ("33 views", changed([V], [{"name": "v%d" % i, "fields": ["born"]} for i in range(33)]), "$.views"),
        ("65 fields", changed([F], [{**again, "name": "f%d" % i} for i in range(65)]), "$.fields"),
        ("a member twice", one.replace('"epoch": 2', '"epoch": 2, "epoch": 2'), "$"),
        ("a member twice, once as escapes", one.replace('"epoch": 2', r'"epoch": 2, "\u0065poch": 2'), "$"),
        ("a member twice, further in", one.replace('"fill": 0.45', '"fill": 0.45, "fill": 0.4'), "$"),
        ("a member twice in a field", one.replace('"weight": 1.5', '"weight": 1.5, "weight": 1.5'), "$"),
        ("a list", "[]", "$"),
        ("a text", '"mizuhiki-linkage-schema"', "$"),
        ("null", "null", "$"),
        ("nothing", "", "$"),
        ("cut short", one[:-1], "$"),
        ("text after the end", one + "x", "$"),
        ("comma before the end", one[:-1] + ",}", "$"),
        ("apostrophes for quotes", one.replace('"small"', "'small'"), "$"),
        ("a comment", one + "// end", "$"),
        ("leading zero", one.replace('"epoch": 2', '"epoch": 02'), "$"),
        ("leading plus", one.replace('"epoch": 2', '"epoch": +2'), "$"),
        ("no digit after the point", one.replace('"epoch": 2', '"epoch": 2.'), "$"),
        ("NaN", one.replace('"epoch": 2', '"epoch": NaN'), "$"),
        ("line end inside a text", one.replace('"small"', '"sm\nall"'), "$"),
        ("unknown escape", one.replace('"small"', r'"sm\all"'), "$"),
    ]
    table += attack_faults() + block_faults() + input_faults()
    cases = []
    for title, text, path in table:
        try:
            check_document(parse(text))
            raise AssertionError(title + ": no fault")
        except Fault as fault:
            assert fault.args == (path,), (title, fault.args, path)
        cases.append({"name": title, "document": text, "path": path})
    return cases


FILES: Dict[str, Callable[[], List[Case]]] = {"schema/digest.json": digest_cases, "schema/faults.json": fault_cases}
