"""Audit documents, after protocols/01-linkage-schema.md §5."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Optional, Tuple

from packs import PACKS, Pack
from schema import (
    COMMON,
    NAME,
    Feature,
    Input,
    Member,
    boolean,
    check_sources,
    demand,
    digest,
    feature,
    first_repeat,
    given,
    items,
    members,
    one_of,
    parse,
    place_of,
    read_input,
    text,
    within,
)

ROLES = ("family_name", "given_name", "full_name", "family_reading", "given_reading", "birth_date", "sex", "address", "other")
SEARCHED = ("family_reading", "given_reading", "birth_date", "sex")
SLIPS = ("day_month", "next_day", "exchanged")
COMPARISON = members(
    name=Member(text(NAME), True),
    input=Member(text()),
    column=Member(text()),
    kind=Member(text(), True),
    missing=Member(items(text())),
    role=Member(one_of(*ROLES), True),
    levels=Member(items(text(), 1, 6), True),
    slips=Member(items(one_of(*SLIPS))),
    filter=Member(members(level=Member(text(), True), features=Member(items(feature, 1, 8), True))),
    values=Member(within(1, 16, True)),
    leftValues=Member(within(1, 4, True)),
    filters=Member(within(1, 16, True)),
    partial=Member(boolean),
)
NEIGHBOUR = members(comparison=Member(text(NAME), True), level=Member(text(), True))
DOCUMENT = members(
    format=Member(one_of("mizuhiki-audit-schema"), True),
    version=Member(within(2, 2), True),
    comparisons=Member(items(COMPARISON, 1, 16), True),
    searched=Member(items(text(NAME))),
    neighbours=Member(members(reach=Member(within(0, 8, True)), comparisons=Member(items(NEIGHBOUR, 0, 4)))),
    **COMMON,
)


def check_audit(document: Any) -> None:
    DOCUMENT(document, "$")
    pack, comparisons = PACKS[document["locale"]["pack"]], document["comparisons"]
    names = [c["name"] for c in comparisons]
    repeat = first_repeat(names)
    demand(repeat is None, "$.comparisons[%s].name" % repeat)
    check_sources(given(document, "inputs", []), pack, comparisons, "$.comparisons")
    for i, comparison in enumerate(comparisons):
        path = "$.comparisons[%d]" % i
        demand(comparison["kind"] in pack.levels, path + ".kind")
        for member in ("levels", "slips"):
            repeat = first_repeat(given(comparison, member, []))
            demand(repeat is None, "%s.%s[%s]" % (path, member, repeat))
        demand(len(comparison["levels"]) + len(given(comparison, "slips", [])) <= 8, path + ".slips")
        values, filters = given(comparison, "values", 1), comparison.get("filters")
        demand(given(comparison, "leftValues", 1) <= values, path + ".leftValues")
        demand(filters is None or comparison.get("filter") is not None, path + ".filters")
        demand(filters is None or filters <= values, path + ".filters")
    searched = given(document, "searched", [])
    for i, name in enumerate(searched):
        demand(name in names, "$.searched[%d]" % i)
    repeat = first_repeat(searched)
    demand(repeat is None, "$.searched[%s]" % repeat)
    near = given(given(document, "neighbours", {}), "comparisons", [])
    for i, neighbour in enumerate(near):
        demand(neighbour["comparison"] in names, "$.neighbours.comparisons[%d].comparison" % i)
    repeat = first_repeat(near)
    demand(repeat is None, "$.neighbours.comparisons[%s]" % repeat)


# A document with its defaults -----------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    name: str
    role: str
    input: int
    kinds: Tuple[str, ...]  # of each column of the input
    levels: Tuple[str, ...]
    slips: Tuple[str, ...]
    filter_level: Optional[str]  # None: no filter
    features: Tuple[Feature, ...]
    values: int
    left_values: int
    filters: int  # 0: no filter
    partial: bool
    missing: Tuple[str, ...]


@dataclass(frozen=True)
class AuditSchema:
    digest: bytes
    pack: Pack
    epoch: int
    inputs: Tuple[Input, ...]
    comparisons: Tuple[Comparison, ...]
    searched: Tuple[str, ...]
    reach: int
    neighbours: Tuple[Tuple[Comparison, str], ...]  # with the level

    def comparison(self, name: str) -> Comparison:
        return next(c for c in self.comparisons if c.name == name)


def load_audit(source: str) -> AuditSchema:
    document = parse(source)
    check_audit(document)
    pack = PACKS[document["locale"]["pack"]]
    listed = given(document, "inputs", [])
    inputs = [read_input(i) for i in listed]
    found: List[Comparison] = []
    for c in document["comparisons"]:
        place = place_of(c, listed, inputs)
        filter_ = c.get("filter")
        found.append(
            Comparison(
                name=c["name"],
                role=c["role"],
                input=place,
                kinds=tuple(column.kind or c["kind"] for column in inputs[place].columns),
                levels=tuple(c["levels"]),
                slips=tuple(given(c, "slips", ())),
                filter_level=filter_ and filter_["level"],
                features=tuple(map(Feature.of, filter_["features"])) if filter_ else (),
                values=int(given(c, "values", 1)),
                left_values=int(given(c, "leftValues", min(2, given(c, "values", 1)))),
                filters=int(given(c, "filters", 1)) if filter_ else 0,
                partial=given(c, "partial", False),
                missing=tuple(given(c, "missing", ())),
            )
        )
    by_name = {c.name: c for c in found}
    neighbours = given(document, "neighbours", {})
    return AuditSchema(
        digest=digest(source),
        pack=pack,
        epoch=int(given(document, "epoch", 1)),
        inputs=tuple(inputs),
        comparisons=tuple(found),
        searched=tuple(given(document, "searched", [c.name for c in found if c.role in SEARCHED])),
        reach=int(given(neighbours, "reach", 3)) if given(neighbours, "comparisons", ()) else 0,
        neighbours=tuple((by_name[n["comparison"]], n["level"]) for n in given(neighbours, "comparisons", ())),
    )
