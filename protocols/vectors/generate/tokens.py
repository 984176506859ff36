"""From normalized values to tokens, after protocols/03-tokens.md."""
from __future__ import annotations

import hashlib
import hmac
import itertools
import math
import unicodedata
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple

from aes import Aes256
from normalise import UNKNOWN, trim
from packs import Pack
from schema import Feature, Field, Input, Part, Rule, Schema, View

Value = Tuple[int, str]  # number of the column in its input, and text
Row = Sequence[Value]  # one value per input


def mac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


def expand(prk: bytes, info: bytes, length: int) -> bytes:
    block, result, number = b"", b"", 1
    while len(result) < length:
        block = mac(prk, block + info + bytes([number]))
        result += block
        number += 1
    return result[:length]


def derive(linkage_key: bytes, salt: bytes, epoch: int, purpose: str, view: str, name: str) -> bytes:
    """The salt is that of a run, or the schema's digest."""
    parts = ["mizuhiki/v1", purpose, view, name]
    info = b"".join(p.encode() + b"\0" for p in parts) + epoch.to_bytes(4, "big")
    return expand(mac(salt, linkage_key), info, 32)


class Run(NamedTuple):
    """The purpose of tokens."""

    task: str = "link"
    project: str = ""
    name: str = ""
    custodian: str = ""  # matters for task dedupe only

    def check(self) -> None:
        assert self.task in ("link", "dedupe", "audit")
        for text in (self.project, self.name):
            assert len(text.encode()) <= 128 and all(unicodedata.category(c) != "Cc" for c in text)

    def salt(self, digest: bytes) -> bytes:
        self.check()
        custodian = self.custodian if self.task == "dedupe" else ""
        parts = [self.task.encode(), self.project.encode(), self.name.encode(), custodian.encode()]
        return hashlib.sha256(b"mizuhiki/v3\0" + digest + b"\0".join(parts)).digest()

    def salt_of_plain(self, digest: bytes) -> bytes:
        """Profile plain has no tasks."""
        return Run("link", self.project, self.name).salt(digest) if self.project or self.name else digest


def key_id(linkage_key: bytes, run: Run) -> bytes:
    run.check()
    salt = b"mizuhiki/v1/fingerprint"
    if run.project or run.name:
        salt = b"\0".join([b"mizuhiki/v2/fingerprint", run.project.encode(), run.name.encode()])
    return expand(mac(salt, linkage_key), b"key id", 8)


def grams(value: str, kind: Feature) -> List[Tuple[int, str]]:
    pad = " " * (kind.n - 1) if kind.padded else ""
    text = pad + value + pad
    found = [(i, text[i : i + kind.n]) for i in range(len(text) - kind.n + 1)]
    return [g for g in found if not kind.positions or g[0] in kind.positions]


def features(value: str, kinds: Sequence[Feature]) -> Tuple[List[bytes], int]:
    """Features that are hashed, and the effective length."""
    found: List[bytes] = []
    earlier: Dict[Tuple[int, str], int] = {}
    length = 0
    for kind in kinds:
        if kind.type == "exact":
            length += 1
            if UNKNOWN not in value:
                found.append(b"e\0\0" + value.encode())
            continue
        for i, gram in grams(value, kind):
            length += 1
            if UNKNOWN in gram:
                continue
            if kind.positional:
                head = b"p" + bytes([kind.n, 0]) + i.to_bytes(2, "big")
            else:
                count = earlier.get((kind.n, gram), 0)
                earlier[kind.n, gram] = count + 1
                head = b"g" + bytes([kind.n, min(count, 255)])
            found.append(head + gram.encode())
    return found, length


def stream(key: bytes, prefix: bytes = b"") -> Iterator[int]:
    counter = 0
    while True:
        block = mac(key, prefix + counter.to_bytes(4, "big"))
        for i in range(0, 32, 4):
            yield int.from_bytes(block[i : i + 4], "big")
        counter += 1


def uniform(source: Iterator[int], n: int) -> int:
    bound = 2**32 // n * n
    return next(w for w in source if w < bound) % n


def positions(key: bytes, m: int, feature: bytes, count: int) -> List[int]:
    source = stream(key, len(feature).to_bytes(2, "big") + feature)
    found: List[int] = []
    seen = set()
    while len(found) < count:
        p = uniform(source, m)
        if p not in seen:
            seen.add(p)
            found.append(p)
    return found


class Segment(NamedTuple):
    """The filter positions of a key group."""

    group: str
    start: int
    length: int
    drawn: int  # t_i


def nearest(x: float) -> int:
    """Halves away from zero; no vector depends on the rounding of a number near a half."""
    assert abs(x - math.floor(x) - 0.5) > 1e-6 or x * 2 == math.floor(x * 2)
    return math.floor(x + 0.5)


def segments(view: View, bits: int, positions: int) -> List[Segment]:
    total = sum(f.weight for f in view.fields)
    shares: Dict[str, float] = {}
    for field in view.fields:
        shares[field.group] = shares.get(field.group, 0.0) + field.weight / total
    result = []
    until, start, drawn = 0.0, 0, 0
    for i, (group, share) in enumerate(shares.items(), 1):
        until = 1.0 if i == len(shares) else until + share
        end, drawn_until = nearest(bits * until), nearest(positions * until)
        segment = Segment(group, start, end - start, drawn_until - drawn)
        assert segment.length >= 8 and segment.drawn <= segment.length, "the schema is refused"
        result.append(segment)
        start, drawn = end, drawn_until
    return result


def subsets(key: bytes, parts: Sequence[Segment], count: int) -> List[List[int]]:
    """S_0, S_1, …, each in the order drawn. Draw `plain`: one segment, the whole filter."""
    source = stream(key)
    result: List[List[int]] = []
    for _ in range(count):
        subset: List[int] = []
        for part in parts:
            here: List[int] = []
            while len(here) < part.drawn:
                p = part.start + uniform(source, part.length)
                if p not in here:
                    here.append(p)
            subset += here
        result.append(subset)
    return result


def symbol_block(bits: Sequence[bool], subset: Sequence[int], number: int) -> bytes:
    return pack([bits[p] for p in subset]).ljust(14, b"\0") + number.to_bytes(2, "big")


def budgets(schema: Schema, view: View) -> Dict[str, int]:
    total = sum(f.weight for f in view.fields)
    return {f.name: math.floor(f.weight / total * -math.log(1 - schema.fill) * schema.bits + 0.5) for f in view.fields}


def pack(bits: Sequence[bool]) -> bytes:
    bits = [*bits, *[False] * (-len(bits) % 8)]
    return bytes(sum(bits[i + j] << (7 - j) for j in range(8)) for i in range(0, len(bits), 8))


def values_of(input_: Input, pack: Pack, record: Dict[str, str], kinds: Optional[Sequence[str]] = None) -> List[Value]:
    """The values of an input, each once; with the kinds of its columns, readings are those of the parts that they take."""
    found: List[Value] = []
    for number, column in enumerate(input_.columns):
        text = record.get(column.name, "")
        if not trim(text) or column.fallback and found:
            continue
        texts, mass = [text], 0.0
        if column.readings:
            readings = []
            found_here = pack.readings_of(kinds[number], text) if kinds else pack.readings(text)
            for reading, probability in found_here[: column.readings]:
                if mass >= column.mass:
                    break
                readings.append(reading)
                mass += probability
            texts = readings or texts
        found += [(number, t) for t in texts]
        if not input_.all:
            break
    return list(dict.fromkeys(found)) or [(0, "")]


def rows_of(schema: Schema, record: Dict[str, str]) -> List[Row]:
    choices = [values_of(i, schema.pack, record) for i in schema.inputs]
    ranks = sorted(itertools.product(*(range(len(c)) for c in choices)), key=lambda r: (sum(r), r))
    most = schema.max_alternatives if len(ranks) > 1 else 1
    return [[choice[rank] for choice, rank in zip(choices, row)] for row in ranks[:most]]


def field_value(pack: Pack, field: Field, row: Row, level: Optional[str] = None) -> Optional[str]:
    column, raw = row[field.input]
    if trim(raw) in {trim(m) for m in field.missing}:
        return None
    return pack.normalise(field.kinds[column], level or field.level, raw).value


def part_text(pack: Pack, part: Part, row: Row) -> Optional[str]:
    value = field_value(pack, part.field, row, part.level) or ""
    text = "".join(c for i, c in enumerate(value) if part.characters is None or i in part.characters)
    return None if not text or UNKNOWN in text else text


def passes(rule: Rule) -> List[str]:
    return ["%s.%d" % (rule.name, i + 1) for i in range(rule.tables)] if rule.view else [rule.name]


def lsh_positions(key: bytes, m: int, bits: int, tables: int) -> List[List[int]]:
    """For each table its filter positions, in the order drawn."""
    source = stream(key)
    result: List[List[int]] = []
    for _ in range(tables):
        table: List[int] = []
        while len(table) < bits:
            p = uniform(source, m)
            if p not in table:
                table.append(p)
        result.append(table)
    return result


def block_id(key: bytes, data: bytes) -> bytes:
    found = mac(key, data)[:8]
    return found if any(found) else bytes(7) + b"\1"


class Encoder:
    """Filters of a schema, under the keys of a run."""

    def __init__(self, schema: Schema, linkage_key: bytes, run: Run) -> None:
        self.schema, self.linkage_key = schema, linkage_key
        self.salt = run.salt(schema.digest) if schema.symbols else run.salt_of_plain(schema.digest)

    def key(self, purpose: str, view: str, name: str) -> bytes:
        return derive(self.linkage_key, self.salt, self.schema.epoch, "search/" + purpose, view, name)

    def places(self, view: View) -> Dict[str, Segment]:
        """By key group, where features of its fields have their positions."""
        s = self.schema
        if s.symbols and s.symbols.stratified:
            return {part.group: part for part in segments(view, s.bits, s.symbols.positions)}
        return {f.group: Segment(f.group, 0, s.bits, 0) for f in view.fields}

    def filter(self, view: View, row: Row) -> Optional[List[bool]]:
        s = self.schema
        bits = [False] * s.bits
        budget, places = budgets(s, view), self.places(view)
        present = 0.0
        for field in view.fields:
            value = field_value(s.pack, field, row)
            if value is None:
                continue
            found, length = features(value, field.features)
            if not found:
                continue
            present += field.weight
            key, place = self.key("positions", view.name, field.group), places[field.group]
            share, rest = divmod(budget[field.name], length)
            for j, feature in enumerate(found):
                for p in positions(key, place.length, feature, min(place.length, share + (j < rest))):
                    bits[place.start + p] = True
        if not present or present / sum(f.weight for f in view.fields) < view.min_present - 1e-9:
            return None
        return bits

    def token(self, view: View, row: Row) -> Optional[bytes]:
        assert self.schema.symbols is None
        bits = self.filter(view, row)
        return None if bits is None else pack(bits)

    def blocks(self, rule: Rule, row: Row) -> List[Optional[bytes]]:
        """The row's id in each pass of the rule."""
        if rule.view is None:
            texts = [part_text(self.schema.pack, p, row) for p in rule.parts]
            found = [t.encode() for t in texts if t is not None]
            if len(found) < len(texts):
                return [None]
            if rule.any_order:
                found.sort()
            data = b"".join(len(t).to_bytes(2, "big") + t for t in found)
            return [block_id(self.key("block", "", rule.name), b"b" + data)]
        bits = self.filter(rule.view, row)
        if bits is None:
            return [None] * rule.tables
        key = self.key("block", rule.view.name, rule.name)
        tables = lsh_positions(key, self.schema.bits, rule.bits, rule.tables)
        return [
            block_id(key, b"l" + number.to_bytes(2, "big") + pack([bits[p] for p in table]))
            for number, table in enumerate(tables, 1)
        ]


Symbols = List[Optional[List[bytes]]]  # of a row: for each view those of numbers 0, 1, …, or None


class Token(NamedTuple):
    """A record's symbols before suppression and padding."""

    rows: List[Symbols]
    symbols: List[bytes]  # distinct, ascending
    cut: bool


class Sealer(Encoder):
    """Symbols of a schema that has them."""

    def __init__(self, schema: Schema, linkage_key: bytes, run: Run) -> None:
        assert schema.symbols is not None
        super().__init__(schema, linkage_key, run)
        self.parameters = schema.symbols
        self.task = run.task
        self.subsets = {v.name: self.subsets_of(v) for v in schema.views}
        self.ciphers = {v.name: Aes256(self.key("symbols", v.name, "")) for v in schema.views}

    def subsets_of(self, view: View) -> List[List[int]]:
        t, m = self.parameters.positions, self.schema.bits
        parts = segments(view, m, t) if self.parameters.stratified else [Segment("", 0, m, t)]
        return subsets(self.key("subsets", view.name, ""), parts, self.parameters.per_view)

    def symbols(self, view: View, row: Row) -> Optional[List[bytes]]:
        bits = self.filter(view, row)
        if bits is None or view.link_only and self.task == "dedupe":
            return None
        cipher = self.ciphers[view.name]
        blocks = [symbol_block(bits, subset, j) for j, subset in enumerate(self.subsets[view.name])]
        return [cipher.encrypt(b)[: self.parameters.bits // 8] for b in blocks]

    def record(self, rows: Sequence[Row]) -> Token:
        found = [[self.symbols(view, row) for view in self.schema.views] for row in rows]
        taken: Set[bytes] = set()
        count = 0
        for j in range(self.parameters.per_view):
            # over all rows and views, so that none is preferred
            of_number = {view[j] for row in found for view in row if view is not None}
            count += len(of_number)
            if count > self.parameters.per_record:
                return Token(found, sorted(taken), True)
            taken |= of_number
        return Token(found, sorted(taken), False)
