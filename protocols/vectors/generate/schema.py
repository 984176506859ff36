"""Linkage schema documents, after protocols/01-linkage-schema.md."""
from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Callable, Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Tuple

from packs import PACKS, Pack


class Fault(Exception):
    """A fault of a document; the argument is its JSON path."""


# Canonical form (RFC 8785) ----------------------------------------------------------------------


def canonical_number(value: float) -> str:
    """A number as ECMAScript writes it."""
    value = float(value)
    if value == 0:
        return "0"
    if value < 0:
        return "-" + canonical_number(-value)
    mantissa, _, exponent = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    if fraction == "0":
        fraction = ""
    digits = whole + fraction
    point = len(whole) + int(exponent or 0)
    point -= len(digits) - len(digits.lstrip("0"))
    digits = digits.lstrip("0")
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return digits.ljust(point, "0")
    if 0 < point <= 21:
        return digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    power = "e%+d" % (point - 1)
    return digits[0] + ("." + digits[1:] if digits[1:] else "") + power


def canonical(value: Any) -> str:
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return canonical_number(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    names = sorted(value, key=lambda n: n.encode("utf-16-be"))
    return "{" + ",".join(canonical(n) + ":" + canonical(value[n]) for n in names) + "}"


def parse(text: str) -> Any:
    def members(found: Sequence[Tuple[str, Any]]) -> Dict[str, Any]:
        if len({name for name, _ in found}) < len(found):
            raise Fault("$")
        return dict(found)

    def constant(_: str) -> Any:
        raise Fault("$")

    try:
        return json.loads(text, object_pairs_hook=members, parse_constant=constant)
    except ValueError:
        raise Fault("$") from None


def digest(text: str) -> bytes:
    return hashlib.sha256(canonical(parse(text)).encode()).digest()


# Checking ---------------------------------------------------------------------------------------

Check = Callable[[Any, str], None]
NAME = "[A-Za-z0-9_-]{1,64}"


class Member(NamedTuple):
    check: Check
    required: bool = False


def demand(good: bool, path: str) -> None:
    if not good:
        raise Fault(path)


def text(pattern: str = r"(?s:.*)") -> Check:
    return lambda v, path: demand(isinstance(v, str) and re.fullmatch(pattern, v) is not None, path)


def one_of(*values: str) -> Check:
    return lambda v, path: demand(isinstance(v, str) and v in values, path)


def boolean(v: Any, path: str) -> None:
    demand(isinstance(v, bool), path)


def within(low: float, high: float, whole: bool = False, multiple: int = 1) -> Check:
    def check(v: Any, path: str) -> None:
        demand(isinstance(v, (int, float)) and not isinstance(v, bool), path)
        demand(low <= v <= high and (not whole or v % multiple == 0), path)

    return check


def items(check: Check, low: int = 0, high: int = 1 << 30) -> Check:
    def all_of(v: Any, path: str) -> None:
        demand(isinstance(v, list) and low <= len(v) <= high, path)
        for i, item in enumerate(v):
            check(item, "%s[%d]" % (path, i))

    return all_of


def members(**known: Member) -> Check:
    def check(v: Any, path: str) -> None:
        demand(isinstance(v, dict), path)
        for name in v:
            demand(name in known, path + "." + name)
        for name, member in known.items():
            if v.get(name) is None:
                demand(not member.required, path + "." + name)
            else:
                member.check(v[name], path + "." + name)

    return check


def feature(v: Any, path: str) -> None:
    kind = Member(one_of("ngram", "exact"), True)
    if isinstance(v, dict) and v.get("type") == "exact":
        members(type=kind)(v, path)
        return
    positions = items(within(0, 65535, True))
    members(
        type=kind,
        n=Member(within(1, 4, True)),
        positional=Member(boolean),
        padded=Member(boolean),
        positions=Member(positions),
    )(v, path)


BITS = Member(within(64, 65536, True, 64))
SHARE = within(0, 1)
FIELD = members(
    name=Member(text(NAME), True),
    input=Member(text()),
    column=Member(text()),
    kind=Member(text(), True),
    level=Member(text()),
    weight=Member(within(0.001, 1000)),
    keyGroup=Member(text(NAME)),
    features=Member(items(feature, 1, 8), True),
    missing=Member(items(text())),
)
INPUT = members(
    name=Member(text(NAME), True),
    columns=Member(
        items(
            members(
                column=Member(text(), True),
                kind=Member(text()),
                readings=Member(within(1, 16, True)),
                fallback=Member(boolean),
                mass=Member(within(0.01, 1)),
            ),
            1,
            8,
        ),
        True,
    ),
    take=Member(one_of("first", "all")),
)
VIEW = members(
    name=Member(text(NAME), True),
    fields=Member(items(text(NAME), 1), True),
    minPresentWeight=Member(within(0.01, 1)),
    linkOnly=Member(boolean),
)
PART = members(
    field=Member(text(NAME), True),
    level=Member(text()),
    characters=Member(items(within(0, 255, True), 1)),
)
LSH = members(
    view=Member(text(NAME), True),
    bits=Member(within(4, 64, True)),
    tables=Member(within(1, 32, True)),
)
RULE = members(
    name=Member(text(NAME), True),
    parts=Member(items(PART, 1, 8)),
    anyOrder=Member(boolean),
    lsh=Member(LSH),
)
BLOCKING = members(
    rules=Member(items(RULE, 1, 8), True),
    minBlock=Member(within(1, 10**6, True)),
    maxBlockShare=Member(within(0.001, 1)),
)


def dice(v: Any, path: str) -> None:
    within(0.0001, 1)(v, path)
    demand(Decimal(repr(float(v))) * 10000 % 1 == 0, path)


MOST_CONFIRM_BITS = 1920
CONFIRM_BITS = within(64, MOST_CONFIRM_BITS, True)
POINTS = Member(within(0, 255, True), True)
CONFIRM_RULES: Dict[str, Dict[str, Member]] = {
    "record": {
        "dice": Member(dice, True),
        "bits": Member(CONFIRM_BITS),
        "fields": Member(items(members(field=Member(text(NAME), True), weight=Member(within(0.001, 1000))), 1, 64)),
    },
    "fields": {
        "dice": Member(dice, True),
        "fields": Member(
            items(
                members(field=Member(text(NAME), True), bits=Member(CONFIRM_BITS), weight=Member(within(1, 15, True))),
                1,
                12,
            ),
            True,
        ),
    },
    "fellegi-sunter": {
        "accept": Member(within(-(2**31), 2**31 - 1, True), True),
        "fields": Member(
            items(
                members(
                    field=Member(text(NAME), True),
                    bits=Member(CONFIRM_BITS),
                    dice=Member(dice, True),
                    agree=POINTS,
                    disagree=POINTS,
                ),
                1,
                12,
            ),
            True,
        ),
    },
}


def confirm(v: Any, path: str) -> None:
    demand(isinstance(v, dict), path)
    rule = Member(one_of(*CONFIRM_RULES), True)
    if v.get("rule") is None:
        raise Fault(path + ".rule")
    rule.check(v["rule"], path + ".rule")
    members(rule=rule, fill=Member(within(0.05, 0.6)), **CONFIRM_RULES[v["rule"]])(v, path)


COMMON: Dict[str, Member] = {
    "name": Member(text(), True),
    "description": Member(text()),
    "epoch": Member(within(1, 2**32 - 1, True)),
    "locale": Member(members(pack=Member(one_of(*PACKS), True), digest=Member(text("[0-9a-f]{64}"))), True),
    "inputs": Member(items(INPUT, 1, 64)),
    "statutoryBasis": Member(text()),
}  # of linkage and audit documents
SYMBOLS = members(
    perView=Member(within(4, 1024, True)),
    positions=Member(within(8, 112, True, 8)),
    bits=Member(within(32, 64, True, 8)),
    draw=Member(one_of("plain", "stratified")),
    perRecord=Member(within(4, 16384, True)),
    population=Member(within(1, 10**10, True)),
)


def refused(_: Any, path: str) -> None:
    raise Fault(path)


ATTACKS = members(
    reidentification=Member(SHARE),
    inference=Member(within(1, 100)),
    neighbors=Member(within(1, 1000)),
    correlation=Member(SHARE),
)
LIMITS = members(
    maxRepeatedShare=Member(SHARE),
    maxAlternatives=Member(within(1, 64, True)),
    attacks=Member(ATTACKS),
)


DOCUMENT: Dict[str, Member] = dict(
    format=Member(one_of("mizuhiki-linkage-schema"), True),
    version=Member(within(1, 2, True), True),
    profile=Member(one_of("hardened", "max-privacy", "plain"), True),
    fields=Member(items(FIELD, 1, 64), True),
    filter=Member(members(bits=BITS, fill=Member(within(0.01, 0.6)))),
    diffusion=Member(refused),
    symbols=Member(SYMBOLS),
    views=Member(items(VIEW, 1, 32)),
    blocking=Member(BLOCKING),
    limits=Member(LIMITS),
    thresholds=Member(
        members(accept=Member(SHARE, True), borderline=Member(SHARE, True), calibrate=Member(boolean)), True
    ),
    confirm=Member(confirm),
    **COMMON,
)


OF_VERSION_1: Dict[str, Member] = {"knownPairs": Member(within(1, 10**9, True))}


def given(holder: Dict[str, Any], name: str, default: Any) -> Any:
    return default if holder.get(name) is None else holder[name]


def first_repeat(values: Sequence[Any]) -> Optional[int]:
    return next((i for i, v in enumerate(values) if v in values[:i]), None)


def check_document(document: Any) -> None:
    first = isinstance(document, dict) and document.get("version") == 1
    members(**DOCUMENT, **(OF_VERSION_1 if first else {}))(document, "$")
    if document["profile"] == "plain":
        demand(document.get("symbols") is None, "$.symbols")
    else:
        demand(not first, "$.version")
        demand(document.get("blocking") is None, "$.blocking")
    names: List[str] = [f["name"] for f in document["fields"]]
    repeat = first_repeat(names)
    demand(repeat is None, "$.fields[%s].name" % repeat)
    levels = PACKS[document["locale"]["pack"]].levels
    for i, f in enumerate(document["fields"]):
        demand(f["kind"] in levels, "$.fields[%d].kind" % i)
        demand(f.get("level") is None or f["level"] in levels[f["kind"]], "$.fields[%d].level" % i)
    check_inputs(document)
    views = document.get("views") or []
    for i, view in enumerate(views):
        for j, name in enumerate(view["fields"]):
            demand(name in names, "$.views[%d].fields[%d]" % (i, j))
    repeat = first_repeat([v["name"] for v in views])
    demand(repeat is None, "$.views[%s].name" % repeat)
    repeat = first_repeat([set(v["fields"]) for v in views])
    demand(repeat is None, "$.views[%s].fields" % repeat)
    if document.get("blocking") is not None:
        check_rules(document, [v["name"] for v in views] or ["whole"])
    limits = document["thresholds"]
    demand(limits["borderline"] <= limits["accept"], "$.thresholds.borderline")
    if document.get("confirm") is not None:
        check_confirm(document)
    symbols = read_symbols(document)
    if symbols is None:
        for i, view in enumerate(views):
            demand(not view.get("linkOnly"), "$.views[%d].linkOnly" % i)
    if symbols is not None:
        demand(not views or not all(view.get("linkOnly") for view in views), "$.views")
        demand(symbols.positions <= filter_bits(document), "$.symbols.positions")
        demand(symbols.per_record >= symbols.per_view * max(1, len(views)), "$.symbols.perRecord")


def share_of_bits(weight: float, total: float, fill: float, bits: int) -> int:
    return math.floor(weight / total * -math.log(1 - fill) * bits + 0.5)


def whole_bytes(bits: float) -> int:
    return int(bits) // 8 * 8


def check_confirm(document: Any) -> None:
    rule, path = document["confirm"], "$.confirm"
    fill = given(rule, "fill", 0.45)
    listed = given(rule, "fields", [])
    names, used = [f["name"] for f in document["fields"]], [f["field"] for f in listed]
    for i, name in enumerate(used):
        demand(name in names, "%s.fields[%d].field" % (path, i))
    repeat = first_repeat(used)
    demand(repeat is None, "%s.fields[%s].field" % (path, repeat))
    if rule["rule"] == "record":
        weights = [given(f, "weight", 1) for f in listed or document["fields"]]
        bits = whole_bytes(given(rule, "bits", 1024))
        demand(all(share_of_bits(w, sum(weights), fill, bits) >= 8 for w in weights), path)
        return
    sizes = [whole_bytes(given(f, "bits", 192)) for f in rule["fields"]]
    demand(sum(sizes) <= MOST_CONFIRM_BITS, path + ".fields")
    demand(all(share_of_bits(1, 1, fill, bits) >= 8 for bits in sizes), path)


def check_inputs(document: Any) -> None:
    inputs, pack = given(document, "inputs", []), PACKS[document["locale"]["pack"]]
    check_sources(inputs, pack, document["fields"], "$.fields")
    named = {i["name"]: i for i in inputs}
    for f in document["fields"]:
        level = given(f, "level", pack.default[f["kind"]])
        for j, column in enumerate(named[f["input"]]["columns"] if f.get("input") is not None else ()):
            fits = column.get("kind") is None or level in pack.levels[column["kind"]]
            demand(fits, "$.inputs[%d].columns[%d].level" % (inputs.index(named[f["input"]]), j))


def check_sources(inputs: Sequence[Any], pack: Pack, users: Sequence[Any], path_of_users: str) -> None:
    """Inputs, and the references of fields and comparisons to them."""
    names = [i["name"] for i in inputs]
    repeat = first_repeat(names)
    demand(repeat is None, "$.inputs[%s].name" % repeat)
    for at, input_ in enumerate(inputs):
        path = "$.inputs[%d]" % at
        repeat = first_repeat([c["column"] for c in input_["columns"]])
        demand(repeat is None, "%s.columns[%s].column" % (path, repeat))
        for j, column in enumerate(input_["columns"]):
            inside = "%s.columns[%d]" % (path, j)
            demand(column.get("mass") is None or column.get("readings") is not None, inside + ".mass")
            demand(j > 0 or not given(column, "fallback", False), inside + ".fallback")
            demand(column.get("readings") is None or pack is PACKS["ja"], inside + ".readings")
            demand(column.get("kind") is None or column["kind"] in pack.levels, inside + ".kind")
    used = [u.get("input") for u in users]
    for i, user in enumerate(users):
        demand(used[i] is None or user.get("column") is None, "%s[%d].column" % (path_of_users, i))
        demand(used[i] is None or used[i] in names, "%s[%d].input" % (path_of_users, i))
    for at, name in enumerate(names):
        demand(name in used, "$.inputs[%d]" % at)


def check_rules(document: Any, views: Sequence[str]) -> None:
    levels = PACKS[document["locale"]["pack"]].levels
    kinds = {f["name"]: f["kind"] for f in document["fields"]}
    rules = document["blocking"]["rules"]
    tables = 0
    for i, rule in enumerate(rules):
        path = "$.blocking.rules[%d]" % i
        parts, lsh = rule.get("parts"), rule.get("lsh")
        demand((parts is None) != (lsh is None), path)
        demand(lsh is None or rule.get("anyOrder") is None, path + ".anyOrder")
        for j, part in enumerate(parts or ()):
            inside = "%s.parts[%d]." % (path, j)
            demand(part["field"] in kinds, inside + "field")
            demand(part.get("level") is None or part["level"] in levels[kinds[part["field"]]], inside + "level")
            repeat = first_repeat(part.get("characters") or ())
            demand(repeat is None, inside + "characters[%s]" % repeat)
        if lsh is not None:
            demand(lsh["view"] in views, path + ".lsh.view")
            tables += given(lsh, "tables", 4)
    demand(tables <= 32, "$.blocking.rules")
    repeat = first_repeat([r["name"] for r in rules])
    demand(repeat is None, "$.blocking.rules[%s].name" % repeat)


# A document with its defaults -----------------------------------------------------------------------


@dataclass(frozen=True)
class Feature:
    type: str
    n: int = 2
    positional: bool = False
    padded: bool = True
    positions: Tuple[int, ...] = ()

    @staticmethod
    def of(v: Dict[str, Any]) -> "Feature":
        given = {name: value for name, value in v.items() if value is not None}
        given["positions"] = tuple(int(p) for p in given.get("positions", ()))
        given["n"] = int(given.get("n", 2))
        return Feature(**given)


@dataclass(frozen=True)
class Column:
    name: str
    kind: Optional[str] = None  # None: the field's
    readings: int = 0  # 0: values are used directly
    mass: float = 0.98
    fallback: bool = False


@dataclass(frozen=True)
class Input:
    columns: Tuple[Column, ...]
    all: bool = False


@dataclass(frozen=True)
class Field:
    name: str
    input: int
    kinds: Tuple[str, ...]  # of each column of the input
    level: str
    weight: float
    group: str
    features: Tuple[Feature, ...]
    missing: Tuple[str, ...]


@dataclass(frozen=True)
class View:
    name: str
    fields: Tuple[Field, ...]
    min_present: float
    link_only: bool = False


@dataclass(frozen=True)
class Part:
    field: Field
    level: str
    characters: Optional[FrozenSet[int]]  # None: all


@dataclass(frozen=True)
class Rule:
    name: str
    parts: Tuple[Part, ...] = ()
    any_order: bool = False
    view: Optional[View] = None  # of an LSH rule
    bits: int = 20
    tables: int = 4


@dataclass(frozen=True)
class Symbols:
    per_view: int
    positions: int
    bits: int
    stratified: bool
    per_record: int


@dataclass(frozen=True)
class Schema:
    digest: bytes
    pack: Pack
    inputs: Tuple[Input, ...]
    max_alternatives: int
    epoch: int
    bits: int
    fill: float
    symbols: Optional[Symbols]  # None: tokens are filters
    fields: Tuple[Field, ...]
    views: Tuple[View, ...]
    rules: Tuple[Rule, ...]
    confirm: Optional[Dict[str, Any]]  # the member as it stands


FILTER_BITS = {"hardened": 1024, "max-privacy": 2048, "plain": 1024}
POSITIONS = {"hardened": 64, "max-privacy": 96}


def filter_bits(document: Any) -> int:
    return int(given(given(document, "filter", {}), "bits", FILTER_BITS[document["profile"]]))


def has_alternatives(input_: Any) -> bool:
    several = input_.get("take") == "all" and len(input_["columns"]) > 1
    return several or any(given(c, "readings", 1) > 1 for c in input_["columns"])


def most_alternatives(document: Any) -> int:
    return int(given(given(document, "limits", {}), "maxAlternatives", 8))


def read_symbols(document: Any) -> Optional[Symbols]:
    if document["profile"] == "plain":
        return None
    member = given(document, "symbols", {})
    per_view = int(given(member, "perView", 64))
    rows = most_alternatives(document) if any(map(has_alternatives, given(document, "inputs", []))) else 1
    per_row = per_view * len(given(document, "views", [None]))
    return Symbols(
        per_view=per_view,
        positions=int(given(member, "positions", POSITIONS[document["profile"]])),
        bits=int(given(member, "bits", 64)),
        stratified=given(member, "draw", "stratified") == "stratified",
        per_record=int(given(member, "perRecord", min(16384, per_row * rows))),
    )


def read_rule(rule: Dict[str, Any], fields: Dict[str, Field], views: Dict[str, View]) -> Rule:
    if rule.get("lsh") is not None:
        lsh = rule["lsh"]
        return Rule(rule["name"], view=views[lsh["view"]], bits=int(given(lsh, "bits", 20)), tables=int(given(lsh, "tables", 4)))
    parts = []
    for part in rule["parts"]:
        field, wanted = fields[part["field"]], part.get("characters")
        parts.append(Part(field, given(part, "level", field.level), None if wanted is None else frozenset(map(int, wanted))))
    return Rule(rule["name"], tuple(parts), given(rule, "anyOrder", False))


def read_input(value: Dict[str, Any]) -> Input:
    columns = [
        Column(c["column"], c.get("kind"), int(given(c, "readings", 0)), float(given(c, "mass", 0.98)), given(c, "fallback", False)) for c in value["columns"]
    ]
    return Input(tuple(columns), value.get("take") == "all")


def place_of(user: Dict[str, Any], listed: Sequence[Any], inputs: List[Input]) -> int:
    """The number of the input of a field or comparison; a new one is appended for a single column."""
    if user.get("input") is not None:
        return [i["name"] for i in listed].index(user["input"])
    alone = Input((Column(given(user, "column", user["name"])),))
    # fields of one column have one input
    place = next((i for i in range(len(listed), len(inputs)) if inputs[i] == alone), len(inputs))
    inputs[place:] = inputs[place:] or [alone]
    return place


def load(source: str) -> Schema:
    document = parse(source)
    check_document(document)
    pack = PACKS[document["locale"]["pack"]]
    listed = given(document, "inputs", [])
    inputs = [read_input(i) for i in listed]
    fields: Dict[str, Field] = {}
    for f in document["fields"]:
        place = place_of(f, listed, inputs)
        fields[f["name"]] = Field(
            name=f["name"],
            input=place,
            kinds=tuple(c.kind or f["kind"] for c in inputs[place].columns),
            level=given(f, "level", pack.default[f["kind"]]),
            weight=float(given(f, "weight", 1)),
            group=given(f, "keyGroup", f["name"]),
            features=tuple(map(Feature.of, f["features"])),
            missing=tuple(given(f, "missing", ())),
        )
    views = given(document, "views", [{"name": "whole", "fields": list(fields)}])
    found = {
        v["name"]: View(v["name"], tuple(f for n, f in fields.items() if n in v["fields"]), float(given(v, "minPresentWeight", 0.6)), given(v, "linkOnly", False)) for v in views
    }
    return Schema(
        digest=digest(source),
        pack=pack,
        inputs=tuple(inputs),
        max_alternatives=most_alternatives(document),
        epoch=int(given(document, "epoch", 1)),
        bits=filter_bits(document),
        fill=float(given(given(document, "filter", {}), "fill", 0.45)),
        symbols=read_symbols(document),
        fields=tuple(fields.values()),
        views=tuple(found.values()),
        rules=tuple(read_rule(r, fields, found) for r in given(document, "blocking", {"rules": ()})["rules"]),
        confirm=document.get("confirm"),
    )
