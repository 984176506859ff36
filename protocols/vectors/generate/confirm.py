"""Confirmation, after protocols/06-confirm.md §2, §3 and §5: rules, filters, slots, tickets, batches."""
from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

from schema import Field, Schema, given, share_of_bits, whole_bytes
from tokens import Encoder, Row, Run, Symbols, derive, features, field_value, pack, positions

Bits = List[bool]
Filters = List[Bits]  # of one row


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def purpose_hash(purpose: str, *parts: bytes) -> bytes:
    return sha(b"mizuhiki/v1/confirm/" + purpose.encode() + b"\0" + b"".join(parts))


def framed(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2, "big") + data


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


# The rule -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filter:
    fields: Tuple[Field, ...]
    budgets: Tuple[int, ...]
    bits: int
    dice: int  # in ten-thousandths
    weight: int = 1
    agree: int = 0
    disagree: int = 0

    @property
    def most(self) -> int:
        return min(self.bits, sum(self.budgets))

    def cost(self, ones: int) -> int:
        return (self.weight * self.dice * ones + 10000) // 20000

    def cost_alone(self, ones: int) -> int:
        """The cost in a rule that decides each filter separately."""
        return max(1, self.cost(ones))


@dataclass(frozen=True)
class Rule:
    filters: Tuple[Filter, ...]
    accept: Optional[int] = None  # None: a sum

    @property
    def bits(self) -> int:
        return sum(f.bits for f in self.filters)

    @property
    def digest(self) -> bytes:
        lines = ["mizuhiki/v1/confirm/rule", "sum" if self.accept is None else "fellegi-sunter %d" % self.accept]
        lines += ["%d %d %d %d %d %d" % (f.bits, f.most, f.weight, f.dice, f.agree, f.disagree) for f in self.filters]
        return sha("".join(line + "\n" for line in lines).encode())

    def digits(self) -> List[int]:
        """The numbers of digits of costs: one for a sum, or one per filter."""
        if self.accept is None:
            return [max(1, sum(f.cost(f.most) for f in self.filters)).bit_length()]
        return [f.cost_alone(f.most).bit_length() for f in self.filters]

    @property
    def slots(self) -> int:
        flags = 0 if self.accept is None else len(self.filters)
        return self.bits + 1 + sum(self.digits()) + flags

    @property
    def rows(self) -> int:
        return 1 if self.accept is None else len(self.filters) + 1

    def together(self, ones: Sequence[int]) -> int:
        """The cost of a side in a sum."""
        return max(1, sum(f.cost(w) for f, w in zip(self.filters, ones)))

    def score(self, left: Filters, right: Filters) -> int:
        a, b = [sum(x) for x in left], [sum(x) for x in right]
        common = [sum(p and q for p, q in zip(x, y)) for x, y in zip(left, right)]
        if self.accept is None:
            return sum(f.weight * c for f, c in zip(self.filters, common)) - self.together(a) - self.together(b)
        total = -self.accept
        for f, w, v, c in zip(self.filters, a, b, common):
            if w and v:
                total += f.agree if c >= f.cost_alone(w) + f.cost_alone(v) else -f.disagree
        return total

    def left_rows(self, filters: Filters) -> List[List[int]]:
        ones = [sum(x) for x in filters]
        if self.accept is None:
            bits = [2 * f.weight * b for f, x in zip(self.filters, filters) for b in x]
            return [bits + [1 - 2 * self.together(ones)] + [-(2 ** (j + 1)) for j in range(self.digits()[0])]]
        rows, last = [], []
        for number, (mine, w) in enumerate(zip(self.filters, ones)):
            row: List[int] = []
            for other, x in enumerate(filters):
                row += [2 * b if other == number else 0 for b in x]
            row.append(1 - 2 * mine.cost_alone(w) if w else -1)
            for other, digits in enumerate(self.digits()):
                row += [-(2 ** (j + 1)) if other == number and w else 0 for j in range(digits)] + [0]
            rows.append(row)
            last += [0] * self.digits()[number] + [-2 * mine.disagree if w else 0]
        return rows + [[0] * (self.bits + 1) + last]

    def right_bits(self, filters: Filters) -> Bits:
        ones = [sum(x) for x in filters]
        bits = [b for x in filters for b in x] + [True]
        if self.accept is None:
            cost = self.together(ones)
            return bits + [bool(cost >> j & 1) for j in range(self.digits()[0])]
        for f, w, digits in zip(self.filters, ones, self.digits()):
            bits += [bool(f.cost_alone(w) >> j & 1) for j in range(digits)] + [w > 0]
        return bits

    def doubled(self, left: Sequence[Sequence[int]], right: Bits) -> int:
        """2 · score + 1, from the inputs of the circuit."""
        products = [sum(n for n, b in zip(row, right) if b) for row in left]
        if self.accept is None:
            return products[0]
        votes = [f.agree + f.disagree for f in self.filters]
        assert all(p % 2 for p in products[:-1])
        signs = sum(v if p > 0 else -v for v, p in zip(votes, products))
        return signs + products[-1] + 1 + sum(votes) - 2 * self.accept


def rule_of(schema: Schema) -> Optional[Rule]:
    """None: the schema has no rule, and the default is not possible."""
    member = schema.confirm or {"rule": "record", "dice": 0.7}
    fill = float(given(member, "fill", 0.45))

    def dice(value: float) -> int:
        return round(value * 10000)

    named = {f.name: f for f in schema.fields}
    if member["rule"] == "record":
        weights = {f["field"]: float(given(f, "weight", 1)) for f in given(member, "fields", [])}
        weights = weights or {f.name: f.weight for f in schema.fields}
        bits = whole_bytes(given(member, "bits", 1024))
        shares = tuple(share_of_bits(w, sum(weights.values()), fill, bits) for w in weights.values())
        of = tuple(named[name] for name in weights)
        return Rule((Filter(of, shares, bits, dice(member["dice"]), 2),)) if min(shares) >= 8 else None
    found = []
    for f in member["fields"]:
        bits = whole_bytes(given(f, "bits", 192))
        one, share = (named[f["field"]],), (share_of_bits(1, 1, fill, bits),)
        if member["rule"] == "fields":
            found.append(Filter(one, share, bits, dice(member["dice"]), int(given(f, "weight", 1))))
        else:
            found.append(Filter(one, share, bits, dice(f["dice"]), 1, int(f["agree"]), int(f["disagree"])))
    return Rule(tuple(found), None if member["rule"] == "fields" else int(member["accept"]))


# Filters of records -------------------------------------------------------------------------------


def salt_of(schema: Schema, run: Run) -> bytes:
    """Also in profile plain, whose tokens use the digest if neither project nor run has a name."""
    assert run.task != "dedupe"
    return run.salt(schema.digest)


def filters_of(rule: Rule, schema: Schema, linkage_key: bytes, run: Run, row: Row) -> Filters:
    """The run is that of the tokens."""
    result = []
    salt = salt_of(schema, run)
    for number, f in enumerate(rule.filters):
        bits = [False] * f.bits
        for field, budget in zip(f.fields, f.budgets):
            value = field_value(schema.pack, field, row)
            if value is None:
                continue
            found, length = features(value, field.features)
            key = derive(linkage_key, salt, schema.epoch, "confirm/positions", str(number), field.group)
            for j, feature in enumerate(found):
                for p in positions(key, f.bits, feature, budget // length + (j < budget % length)):
                    bits[p] = True
        assert sum(bits) <= f.most
        result.append(bits)
    return result


def packed(filters: Filters) -> bytes:
    return pack([b for x in filters for b in x])


def signing_seed(linkage_key: bytes, schema: Schema, run: Run, custodian: str) -> bytes:
    return derive(linkage_key, salt_of(schema, run), schema.epoch, "confirm/sign", custodian, "")


# Tickets and batches ------------------------------------------------------------------------------


def row_digest(encoder: Encoder, row: Row) -> bytes:
    """Of filters; that of symbols: token_digest."""
    tokens = [encoder.token(view, row) for view in encoder.schema.views]
    return purpose_hash("row", *(b"\0" if t is None else b"\1" + t for t in tokens))


def token_digest(symbols: Sequence[bytes]) -> bytes:
    """For a record's symbols as in a file."""
    assert list(symbols) == sorted(set(symbols))
    return purpose_hash("row", b"\1" + b"".join(symbols))


def alternative(rows: Sequence[Symbols], symbol: bytes) -> Optional[int]:
    """The first row that has the symbol."""
    return next((i for i, row in enumerate(rows) if any(view and symbol in view for view in row)), None)


def record_digest(key_id: bytes, salt: bytes, custodian: str, rows: Sequence[bytes]) -> bytes:
    """The salt is H of the custodian's token file."""
    assert len(salt) == 32
    return purpose_hash("record", key_id, salt, framed(custodian), *sorted(set(rows)))


def commitment(record: bytes, row: bytes) -> bytes:
    return purpose_hash("record-row", record, row)


def merkle(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of RFC 9162 §2.1.1."""
    if len(leaves) < 2:
        return sha(b"\0" + leaves[0]) if leaves else sha(b"")
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha(b"\1" + merkle(leaves[:k]) + merkle(leaves[k:]))


def batch_digest(batch: Dict[str, Any]) -> bytes:
    return purpose_hash("batch", compact(batch).encode())
