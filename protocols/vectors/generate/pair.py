"""Pair tokens, after protocols/03-tokens.md §10, without near numbers."""
from __future__ import annotations

import datetime
import itertools
import re
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from audit_schema import AuditSchema, Comparison
from normalise import UNKNOWN, trim
from schema import Feature
from tokens import Value, derive, features, mac, pack, values_of

Record = Dict[str, str]
FILTER_BITS, BUDGET = 256, 153
PARTS = {"family": "given", "given": "family"}
MASKED, RARITY = 0x80, 4  # of a slot's source: bit 7, first bit of the band


class Link(NamedTuple):
    handle: str
    record: str  # id
    columns: Record


def framed(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def tag(key: bytes, comparison: str, value: str) -> bytes:
    return mac(key, b"t" + framed(comparison.encode()) + value.encode())


def positions(key: bytes, comparison: str, feature: bytes, count: int) -> List[int]:
    prefix = b"f" + framed(comparison.encode()) + framed(feature)
    found: List[int] = []
    for counter in itertools.count():
        for p in mac(key, prefix + counter.to_bytes(4, "big")):
            if len(found) == count:
                return found
            if p not in found:
                found.append(p)
    raise AssertionError


def filter_of(key: bytes, comparison: str, value: str, kinds: Sequence[Feature]) -> bytes:
    bits = [False] * FILTER_BITS
    found, length = features(value, kinds)
    for j, feature in enumerate(found):
        for p in positions(key, comparison, feature, BUDGET // length + (j < BUDGET % length)):
            bits[p] = True
    return pack(bits)


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


class PairEncoder:
    def __init__(self, schema: AuditSchema, linkage_key: bytes, custodian: str) -> None:
        self.schema, self.custodian = schema, custodian
        self.key = derive(linkage_key, schema.digest, schema.epoch, "pair/link", "", "")
        self.shared_key = derive(linkage_key, schema.digest, schema.epoch, "pair/shared", custodian, "")

    def key_of(self, handle: str, decoy: bool = False) -> bytes:
        return mac(self.key, (b"d" if decoy else b"h") + handle.encode())

    # Values and what they become

    def text(self, c: Comparison, level: str, value: Value, kind: Optional[str] = None) -> Optional[str]:
        number, raw = value
        return self.schema.pack.normalise(kind or c.kinds[number], level, raw).value

    def values(self, c: Comparison, record: Record) -> List[Value]:
        """Of each a slot."""
        missing = {trim(m) for m in c.missing}
        found: Dict[Tuple[Optional[str], ...], Value] = {}
        for value in values_of(self.schema.inputs[c.input], self.schema.pack, record, c.kinds):
            texts = tuple(self.text(c, level, value) for level in c.levels)
            present = texts[0] is not None or c.filter_level and self.text(c, c.filter_level, value) is not None
            if present and trim(value[1]) not in missing:
                found.setdefault(texts, value)
        return list(found.values())[: c.values]

    def level_tags(self, key: bytes, c: Comparison, value: Value) -> List[Optional[bytes]]:
        texts = [self.text(c, level, value) for level in c.levels]
        found: List[Optional[bytes]] = []
        for l, text in enumerate(texts):
            same = c.partial and l + 1 < len(texts) and text == texts[l + 1]
            compared = text is not None and UNKNOWN not in text and not same
            found.append(tag(key, c.name, text)[2 * l : 2 * l + 2] if compared else None)
        return found

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

    def slip_tags(self, key: bytes, c: Comparison, value: Value) -> List[Optional[bytes]]:
        texts = [self.slipped(slip, c, value) for slip in c.slips]
        return [None if text is None else tag(key, c.name, text)[:2] for text in texts]

    def slot(self, key: bytes, c: Comparison, value: Value, with_filter: bool) -> bytes:
        tags = self.level_tags(key, c, value) + self.slip_tags(key, c, value)
        text = self.text(c, c.filter_level or c.levels[0], value) or ""
        band = self.schema.pack.rarity(c.kinds[value[0]], value[1]) if c.rarity else 0
        source = value[0] | band << RARITY | (MASKED if UNKNOWN in text else 0)
        mask = sum(1 << i for i, t in enumerate(tags) if t is not None)
        slot = bytes([source, mask]) + b"".join(t or bytes(2) for t in tags)
        return slot + filter_of(key, c.name, text, c.features) if with_filter and text else slot

    # Rows

    def part(self, key: bytes, c: Comparison, record: Record) -> bytes:
        """The row's part of one comparison."""
        values = self.values(c, record)
        row = bytes([len(values)])
        for i in range(c.values):
            size = 2 + 2 * len(c.levels + c.slips) + (FILTER_BITS // 8 if i < c.filters else 0)
            row += (self.slot(key, c, values[i], i < c.filters) if i < len(values) else b"").ljust(size, b"\0")
        return row

    def row(self, key: bytes, record: Record) -> Dict[str, bytes]:
        return {c.name: self.part(key, c, record) for c in self.schema.comparisons}

    # Files

    def ordered(self, links: Sequence[Link]) -> List[Link]:
        return sorted(links, key=lambda l: (len(l.handle.encode()), l.handle.encode()))

    def neighbours(self, links: Sequence[Link], at: int) -> bytes:
        """Of link number at of the ordered ones."""
        reach, found = self.schema.reach, b""
        for k in [*range(-reach, 0), *range(1, reach + 1)]:
            for c, level in self.schema.neighbours:
                values = self.values(c, links[at].columns)
                near = None
                if 0 <= at + k < len(links) and values:
                    key = self.key_of(links[at + k].handle)
                    near = self.level_tags(key, c, values[0])[c.levels.index(level)]
                found += near or bytes(2)
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
