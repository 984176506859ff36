"""Outcomes of a comparison, after protocols/05-audit.md §2."""
from __future__ import annotations

from typing import List, Optional, Tuple

from audit_schema import Comparison
from pair import FILTER, TAG, Layout, class_of

Outcome = Tuple[str, int]
SIMILAR = ((3, 65), (2, 42), (1, 19))  # entries that agree
WILD = 42


class Side:
    """A row's part of one comparison."""

    def __init__(self, c: Comparison, side: str, part: bytes) -> None:
        self.layout, self.part = Layout(c, side), part
        assert len(part) == self.layout.size
        self.filters = [part[at : at + FILTER] for at in map(self.layout.filter, range(self.layout.filters))]

    def tag(self, at: int) -> bytes:
        return self.part[at : at + TAG]

    def level(self, slot: int, level: int) -> bytes:
        return self.tag(self.layout.level(slot, level))

    def complete(self, slot: int, level: int) -> bytes:
        return self.tag(self.layout.complete(slot, level))


class Numbers:
    """The numbers of outcomes."""

    def __init__(self, c: Comparison) -> None:
        self.levels, self.slips = len(c.levels), len(c.slips)

    def agree(self, level: int, alternative: int) -> Outcome:
        return "agree(%d,%d)" % (level, alternative), 1 + level * 3 + alternative

    def partial(self, level: int) -> Outcome:
        return "partial(%d)" % level, 1 + self.levels * 3 + level

    def slip(self, number: int, name: str) -> Outcome:
        return "slip(%s)" % name, 1 + self.levels * 4 + number

    def last(self, name: str) -> Outcome:
        names = ("wild", "similar(3)", "similar(2)", "similar(1)", "different")
        return name, 1 + self.levels * 4 + self.slips + names.index(name)


def agreement(c: Comparison, left: Side, right: Side) -> Optional[Outcome]:
    for l in range(len(c.levels)):
        pairs = [(i, j) for i in range(left.layout.slots) for j in range(right.layout.slots) if left.level(i, l) == right.level(j, l)]
        if not pairs:
            continue
        alternative = min(class_of(max(pair)) for pair in pairs)
        if c.partial and l:
            concerned = [(i, j) for i, j in pairs if class_of(max(i, j)) == alternative]
            if not any(left.complete(i, l) == right.complete(j, l) for i, j in concerned):
                return Numbers(c).partial(l)
        return Numbers(c).agree(l, alternative)
    return None


def slip(c: Comparison, left: Side, right: Side) -> Optional[Outcome]:
    for s, name in enumerate(c.slips):
        for a, b in ((left, right), (right, left)):
            if a.tag(a.layout.slipped(s)) == b.tag(b.layout.target(s)):
                return Numbers(c).slip(s, name)
    return None


def entries_in_common(a: bytes, b: bytes) -> int:
    return sum(x == y for x, y in zip(a.hex(), b.hex()))


def similarity(left: List[bytes], right: List[bytes]) -> int:
    return max(entries_in_common(a, b) for a, b in zip(left, right))


def outcome(c: Comparison, left_part: bytes, right_part: bytes) -> Outcome:
    left, right = Side(c, "left", left_part), Side(c, "right", right_part)
    if left.tag(left.layout.presence) != right.tag(right.layout.presence):
        return "missing", 0
    found = agreement(c, left, right) or slip(c, left, right)
    if found:
        return found
    if c.filter_level:
        agreeing = similarity(left.filters, right.filters)
        if agreeing >= WILD and left.tag(left.layout.unknown) != right.tag(right.layout.unknown):
            return Numbers(c).last("wild")
        for band, least in SIMILAR:
            if agreeing >= least:
                return Numbers(c).last("similar(%d)" % band)
    return Numbers(c).last("different")
