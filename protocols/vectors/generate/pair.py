"""Pair tokens, after protocols/03-tokens.md §12, without near numbers."""
from __future__ import annotations

import datetime
import re
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from aes import Aes256
from audit_schema import AuditSchema, Comparison
from normalise import UNKNOWN, trim
from schema import Feature
from tokens import Run, Value, derive, features, mac, values_of

Record = Dict[str, str]
TAG, FILTER = 3, 56  # bytes
ENTRIES = 2 * FILTER  # of four bits
SIDES = ("left", "right")
PARTS = {"family": "given", "given": "family"}


class Link(NamedTuple):
    handle: str
    record: str  # id
    columns: Record


def framed(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


# Layout --------------------------------------------------------------------------------------


class Layout:
    """Of a row's part of one comparison."""

    def __init__(self, c: Comparison, side: str) -> None:
        assert side in SIDES
        self.levels, self.slips = len(c.levels), len(c.slips)
        self.slots = c.left_values if side == "left" else c.values
        self.filters = c.filters
        self.first_slot = 2 * TAG if c.filter_level else TAG
        self.slot_size = TAG * (self.levels + (self.levels - 1 if c.partial else 0))
        self.first_slip = self.first_slot + self.slots * self.slot_size
        self.first_filter = self.first_slip + 2 * TAG * self.slips
        self.size = self.first_filter + FILTER * self.filters

    presence, unknown = 0, TAG

    def level(self, slot: int, level: int) -> int:
        return self.first_slot + slot * self.slot_size + TAG * level

    def complete(self, slot: int, level: int) -> int:
        assert level > 0
        return self.level(slot, self.levels) + TAG * (level - 1)

    def slipped(self, slip: int) -> int:
        return self.first_slip + 2 * TAG * slip

    def target(self, slip: int) -> int:
        return self.slipped(slip) + TAG

    def filter(self, number: int) -> int:
        return self.first_filter + FILTER * number


def class_of(number: int) -> int:
    """Of a slot: 0; 1 and 2; 3 and above."""
    return min((number + 1) // 2, 2)


def places(draws: bytes) -> List[int]:
    """The slot of value 0, 1, … at a level."""
    # classes are in the order of numbers, so value i has the i-th of all
    return sorted(range(len(draws)), key=lambda i: (class_of(i), draws[i], i))


# Error variants and filters ------------------------------------------------------------------------------


def date_of(text: str) -> Optional[datetime.date]:
    try:
        return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:])) if re.fullmatch("[0-9]{8}", text) else None
    except ValueError:
        return None


def slipped_date(slip: str, text: str) -> Optional[str]:
    date = date_of(text)
    if date is None:
        return None
    if slip == "next_day":
        return (date + datetime.timedelta(days=1)).strftime("%Y%m%d")
    other = text[:4] + text[6:] + text[4:6]
    return other if other != text and date_of(other) else None


def filter_of(key: bytes, number: int, comparison: str, value: str, kinds: Sequence[Feature]) -> Optional[bytes]:
    least = [(1 << 16, 0)] * ENTRIES  # order and entry
    found, _ = features(value, kinds)
    for feature in dict.fromkeys(found):
        of_feature = mac(key, b"f" + bytes([number]) + framed(comparison.encode()) + framed(feature))
        stream = Aes256(of_feature).stream(2 * ENTRIES)
        for p in range(ENTRIES):
            order, entry = divmod(int.from_bytes(stream[2 * p : 2 * p + 2], "big"), 16)
            if order < least[p][0]:
                least[p] = order, entry
    digits = "".join("%x" % entry for _, entry in least)
    return bytes.fromhex(digits) if found else None


# Rows -------------------------------------------------------------------------------------------


class PairEncoder:
    def __init__(self, schema: AuditSchema, linkage_key: bytes, run: Run, custodian: str, side: str) -> None:
        assert run.task == "audit" and side in SIDES
        self.schema, self.custodian, self.side = schema, custodian, side
        salt = run.salt(schema.digest)
        self.key = derive(linkage_key, salt, schema.epoch, "pair/link", "", "")
        self.shared_key = derive(linkage_key, salt, schema.epoch, "pair/shared", custodian, "")
        self.layouts = [Layout(c, side) for c in schema.comparisons]
        self.offsets = [0]
        for layout in self.layouts:
            self.offsets.append(self.offsets[-1] + layout.size)
        self.near_at = self.offsets[-1]
        self.size = self.near_at + TAG * 2 * schema.reach

    def key_of(self, handle: str, decoy: bool = False) -> bytes:
        return mac(self.key, (b"d" if decoy else b"h") + handle.encode())

    def noise(self, handle: str, decoy: bool = False) -> Tuple[bytes, bytes]:
        """The row before tags are written, and the draws."""
        data = (b"y" if decoy else b"x") + framed(self.custodian.encode()) + self.side.encode() + handle.encode()
        draws = sum(layout.levels * layout.slots for layout in self.layouts)
        stream = Aes256(mac(self.key, data)).stream(self.size + draws)
        return stream[: self.size], stream[self.size :]

    # Values and what they become

    def text(self, c: Comparison, level: str, value: Value, kind: Optional[str] = None) -> Optional[str]:
        number, raw = value
        return self.schema.pack.normalise(kind or c.kinds[number], level, raw).value

    def values(self, c: Comparison, record: Record) -> List[Value]:
        missing = {trim(m) for m in c.missing}
        found: Dict[Tuple[Optional[str], ...], Value] = {}
        for value in values_of(self.schema.inputs[c.input], self.schema.pack, record, c.kinds):
            texts = tuple(self.text(c, level, value) for level in c.levels)
            present = texts[0] is not None or c.filter_level and self.text(c, c.filter_level, value) is not None
            if present and trim(value[1]) not in missing:
                found.setdefault(texts, value)
        return list(found.values())[: Layout(c, self.side).slots]

    def slipped(self, slip: str, c: Comparison, value: Value) -> Optional[str]:
        kind, first = c.kinds[value[0]], self.text(c, c.levels[0], value)
        if slip != "exchanged":
            return slipped_date(slip, first) if first and kind.split("_")[0] == "date" else None
        script, _, part = kind.partition("_")
        other_kind = "%s_%s" % (script, PARTS.get(part))
        if part not in PARTS or other_kind not in self.schema.pack.levels:
            return None
        other = self.text(c, c.levels[0], value, other_kind)
        return None if other is None or UNKNOWN in other or other == first else other

    # One comparison

    def write(self, row: bytearray, draws: bytes, key: bytes, c: Comparison, layout: Layout, record: Record) -> None:
        """Into the row's part of the comparison."""
        name, values = c.name.encode(), self.values(c, record)
        texts = [[self.text(c, level, value) for level in c.levels] for value in values]
        written = False

        def put(at: int, data: bytes) -> None:
            nonlocal written
            row[at : at + len(data)], written = data, True

        for l in range(layout.levels):
            slots = places(draws[l * layout.slots : (l + 1) * layout.slots])
            for i, t in enumerate(texts):
                if not compared(c, texts, i, l):
                    continue
                data = framed(name) + (t[l] or "").encode()
                put(layout.level(slots[i], l), mac(key, b"t" + data)[TAG * l :][:TAG])
                if c.partial and l and all(alone(c, t, tighter) for tighter in range(l)):
                    put(layout.complete(slots[i], l), mac(key, b"c" + data)[TAG * l :][:TAG])
        mine = SIDES.index(self.side)
        for s, slip in enumerate(c.slips):
            slipped = self.slipped(slip, c, values[0]) if values else None
            first = texts[0][0] if values and compared(c, texts, 0, 0) else None
            for text, at, side in ((slipped, layout.slipped(s), mine), (first, layout.target(s), 1 - mine)):
                if text is not None:
                    put(at, mac(key, b"s" + bytes([side, s]) + framed(name) + text.encode())[:TAG])
        at_filter = [self.text(c, c.filter_level, value) or "" for value in values] if c.filter_level else []
        filtered = at_filter[:1] * layout.filters if self.side == "left" else at_filter[: layout.filters]
        for number, text in enumerate(filtered):
            data = filter_of(key, number, c.name, text, c.features)
            if data:
                put(layout.filter(number), data)
        if written:
            of_presence = mac(key, b"p" + name)
            row[layout.presence : layout.presence + TAG] = of_presence[:TAG]
            if c.filter_level and UNKNOWN not in at_filter[0]:
                row[layout.unknown : layout.unknown + TAG] = of_presence[TAG : 2 * TAG]

    # Whole rows

    def row(self, handle: str, record: Record, decoy: bool = False) -> bytes:
        """Without neighbors: dummies in their place."""
        dummies, draws = self.noise(handle, decoy)
        key, row = self.key_of(handle, decoy), b""
        for c, layout, start in zip(self.schema.comparisons, self.layouts, self.offsets):
            part = bytearray(dummies[start : start + layout.size])
            count = layout.levels * layout.slots
            self.write(part, draws[:count], key, c, layout, record)
            assert len(part) == layout.size
            row, draws = row + part, draws[count:]
        return row + dummies[self.near_at :]

    def part(self, c: Comparison, row: bytes) -> bytes:
        start = self.offsets[self.schema.comparisons.index(c)]
        return row[start : start + Layout(c, self.side).size]

    # Files

    def ordered(self, links: Sequence[Link]) -> List[Link]:
        return sorted(links, key=lambda l: (len(l.handle.encode()), l.handle.encode()))

    def near_texts(self, record: Record) -> Optional[List[str]]:
        """Of value 0 in each comparison of neighbors."""
        found: List[str] = []
        for c, level in self.schema.neighbours:
            texts = [[self.text(c, l, value) for l in c.levels] for value in self.values(c, record)[:1]]
            at = c.levels.index(level)
            if not texts or not compared(c, texts, 0, at):
                return None
            found.append(texts[0][at] or "")
        return found or None  # nothing is written where nothing is compared

    def neighbours(self, links: Sequence[Link], at: int) -> bytes:
        """The end of the row of link number at of the ordered ones."""
        reach, link = self.schema.reach, links[at]
        dummies, found = self.noise(link.handle)[0][self.near_at :], b""
        texts = self.near_texts(link.columns)
        for k in [*range(-reach, 0), *range(1, reach + 1)]:
            owner = at + k if self.side == "left" else at
            if texts is None or not 0 <= owner < len(links):
                found += dummies[len(found) :][:TAG]
                continue
            data = b"n" + k.to_bytes(1, "big", signed=True) + b"".join(framed(t.encode()) for t in texts)
            found += mac(self.key_of(links[owner].handle), data)[:TAG]
        assert len(found) == len(dummies)
        return found

    def shared(self, links: Sequence[Link], link: Link) -> Optional[bytes]:
        if sum(other.record == link.record for other in links) < 2:
            return None
        return mac(self.shared_key, link.record.encode())[:8]

    def decoys(self, links: Sequence[Link]) -> List[Tuple[str, Link]]:
        """Handles, and the links whose records stand under them, in the order of handles."""

        def rank(link: Link) -> int:
            return int.from_bytes(mac(self.key, b"e" + link.handle.encode())[:8], "big")

        def place(link: Link) -> bytes:
            return mac(self.key, b"c" + framed(self.custodian.encode()) + link.handle.encode())

        sample = [l for l in links if rank(l) * max(len(links), 32768) <= 32768 * (2**64 - 1)]
        if len(sample) < 2:
            return []
        first = sorted(sample, key=lambda l: (rank(l), l.handle.encode()))
        second = sorted(sample, key=lambda l: (place(l), l.handle.encode()))
        other = {a.handle: b for a, b in zip(first, second)}
        return [(l.handle, other[l.handle]) for l in self.ordered(first)]


Texts = Sequence[Optional[str]]  # of a value, level by level


def alone(c: Comparison, texts: Texts, level: int) -> bool:
    """Whether a value could be compared at a level if it were the record's first."""
    text = texts[level]
    if text is None or UNKNOWN in text:
        return False
    return not (c.partial and level + 1 < len(texts) and text == texts[level + 1])


def compared(c: Comparison, texts: Sequence[Texts], value: int, level: int) -> bool:
    earlier = any(t[level] == texts[value][level] and alone(c, t, level) for t in texts[:value])
    return alone(c, texts[value], level) and not earlier
