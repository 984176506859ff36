"""Outcomes of a comparison, after protocols/05-audit.md §2."""
from __future__ import annotations

from fractions import Fraction
from typing import Iterator, List, NamedTuple, Optional, Tuple

from audit_schema import Comparison
from pair import FILTER_BITS, MASKED

Outcome = Tuple[str, int]
SIMILAR = ((3, Fraction(3, 4)), (2, Fraction(1, 2)), (1, Fraction(1, 4)))


class Slot(NamedTuple):
    masked: bool
    rarity: int
    levels: Tuple[Optional[bytes], ...]
    slips: Tuple[Optional[bytes], ...]
    filter: int  # 0: none


def slots(c: Comparison, row: bytes) -> List[Slot]:
    count, at, found = row[0], 1, []
    tags = len(c.levels) + len(c.slips)
    for i in range(c.values):
        source, mask = row[at], row[at + 1]
        given = tuple(row[at + 2 + 2 * t : at + 4 + 2 * t] if mask >> t & 1 else None for t in range(tags))
        at += 2 + 2 * tags
        bits = 0
        if i < c.filters:
            bits, at = int.from_bytes(row[at : at + FILTER_BITS // 8], "big"), at + FILTER_BITS // 8
        found.append(Slot(bool(source & MASKED), source >> 4 & 3, given[: len(c.levels)], given[len(c.levels) :], bits))
    assert at == len(row) and count <= c.values
    return found[:count]


def pairs(left: List[Slot], right: List[Slot]) -> Iterator[Tuple[int, int]]:
    """By the greater number, then by that of the left."""
    return iter(sorted(((i, j) for i in range(len(left)) for j in range(len(right))), key=lambda p: (max(p), p)))


def similarity(a: int, b: int) -> Fraction:
    sizes = bin(a).count("1"), bin(b).count("1")
    chance = Fraction(sizes[0] * sizes[1], FILTER_BITS)
    divisor = min(sizes) - chance
    return (bin(a & b).count("1") - chance) / divisor if divisor > 0 else Fraction(0)


class Numbers:
    """What outcomes are numbered."""

    def __init__(self, c: Comparison) -> None:
        self.bands = 4 if c.rarity else 1
        self.levels, self.slips = len(c.levels), len(c.slips)

    def agree(self, level: int, alternative: int, rarity: int) -> Outcome:
        return "agree(%d,%d,%d)" % (level, alternative, rarity), 1 + (level * 3 + alternative) * self.bands + rarity

    def after_agree(self, place: int) -> int:
        return 1 + self.levels * 3 * self.bands + place

    def partial(self, level: int) -> Outcome:
        return "partial(%d)" % level, self.after_agree(level)

    def slip(self, number: int, name: str) -> Outcome:
        return "slip(%s)" % name, self.after_agree(self.levels + number)

    def last(self, name: str) -> Outcome:
        names = ("wild", "similar(3)", "similar(2)", "similar(1)", "different")
        return name, self.after_agree(self.levels + self.slips + names.index(name))


def agreement(c: Comparison, left: List[Slot], right: List[Slot]) -> Optional[Outcome]:
    for l in range(len(c.levels)):
        for i, j in pairs(left, right):
            a, b = left[i], right[j]
            if a.levels[l] is None or a.levels[l] != b.levels[l]:
                continue
            if c.partial and any(None in slot.levels[:l] for slot in (a, b)):
                return Numbers(c).partial(l)
            rarity = min(a.rarity, b.rarity) if c.rarity else 0
            return Numbers(c).agree(l, min((max(i, j) + 1) // 2, 2), rarity)
    return None


def outcome(c: Comparison, left_row: bytes, right_row: bytes) -> Outcome:
    left, right, numbers = slots(c, left_row), slots(c, right_row), Numbers(c)
    if not left or not right:
        return "missing", 0
    found = agreement(c, left, right)
    if found:
        return found
    for s, name in enumerate(c.slips):
        for a, b in ((left[0], right[0]), (right[0], left[0])):
            if a.slips[s] is not None and a.slips[s] == b.levels[0]:
                return numbers.slip(s, name)
    filters = [(a.filter, b.filter) for a in left for b in right if a.filter and b.filter]
    if filters:
        most = max(similarity(a, b) for a, b in filters)
        if most >= SIMILAR[0][1] and (left[0].masked or right[0].masked):
            return numbers.last("wild")
        for band, least in SIMILAR:
            if most >= least:
                return numbers.last("similar(%d)" % band)
    common = any(x is not None and y is not None for a in left for b in right for x, y in zip(a.levels, b.levels))
    return numbers.last("different") if filters or common else ("missing", 0)
