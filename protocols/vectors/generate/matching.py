"""Similarities and links, after protocols/04-matching.md."""
from __future__ import annotations

import math
from functools import lru_cache
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple


def ones(token: bytes) -> int:
    return bin(int.from_bytes(token, "big")).count("1")


def dice(a: Optional[bytes], b: Optional[bytes]) -> float:
    if a is None or b is None or not (ones(a) or ones(b)):
        return 0.0
    return 2 * ones(bytes(x & y for x, y in zip(a, b))) / (ones(a) + ones(b))


def similarity(left: Sequence[Optional[bytes]], right: Sequence[Optional[bytes]]) -> float:
    found = [dice(a, b) for a, b in zip(left, right)]
    return found[0] if len(found) == 1 else math.sqrt(sum(a * a for a in found) / len(found))


# Symbols ------------------------------------------------------------------------------------------


def symbol_similarity(common: int, per_row: int, positions: int) -> float:
    """per_row: V·n, the symbols of one row in all views."""
    return min(1.0, (common / per_row) ** (1 / positions)) if common else 0.0


def expected_common(per_record: int, positions: int, bits: int) -> float:
    """λ: the common symbols of a random pair."""
    return per_record**2 * 2.0**-bits + per_record * 0.505**positions


def poisson_tail(mean: float, least: int) -> float:
    """P(Poisson(mean) ≥ least), for least ≥ 1."""
    term = math.exp(least * math.log(mean) - mean - math.lgamma(least + 1))
    total, k = 0.0, least
    while term > total * 1e-18 or k < mean:
        total += term
        k += 1
        term *= mean / k
    return total


def pairs_of(records: Sequence[int]) -> int:
    return records[0] * records[1] if len(records) == 2 else records[0] * (records[0] - 1) // 2


def least_common(records: Sequence[int], mean: float) -> int:
    pairs, most, c = pairs_of(records), 0.2 * min(records), 1
    while pairs * poisson_tail(mean, c) > most:
        c += 1
    for near in (c - 1, c):
        # rounding does not decide whether a count is enough
        assert near == 0 or abs(pairs * poisson_tail(mean, near) / most - 1) > 1e-6
    return c


def classify(s: float, accept: float, borderline: float) -> str:
    return "match" if s >= accept else "borderline" if s >= borderline else "non-match"


# Links --------------------------------------------------------------------------------------------


class Pair(NamedTuple):
    left: str
    right: str
    similarity: float


def id_order(record: str) -> Tuple[int, bytes]:
    return len(record.encode()), record.encode()


def link_order(p: Pair) -> Tuple[float, Tuple[int, bytes], Tuple[int, bytes]]:
    return -p.similarity, id_order(p.left), id_order(p.right)


def many(pairs: Sequence[Pair], borderline: float) -> List[Pair]:
    return sorted((p for p in pairs if p.similarity >= borderline), key=link_order)


def greedy(pairs: Sequence[Pair], borderline: float, one_file: bool) -> List[Pair]:
    used = set()
    result = []
    for p in many(pairs, borderline):
        ends = {("l", p.left), ("l" if one_file else "r", p.right)}
        if not ends & used:
            used |= ends
            result.append(p)
    return result


def units(s: float) -> int:
    return math.floor(s * 1e9 + 0.5)


def optimal(pairs: Sequence[Pair], borderline: float) -> Tuple[int, Optional[List[Pair]]]:
    """The maximum total, and the set of pairs if only one set reaches it. Tries every set."""
    candidates = many(pairs, borderline)
    lefts = sorted({p.left for p in candidates})
    number = {r: i for i, r in enumerate(sorted({p.right for p in candidates}))}

    @lru_cache(maxsize=None)
    def best(i: int, used: int) -> Tuple[int, int, Tuple[Pair, ...]]:
        """Total, number of sets that reach it, one of them; for the left records from i on."""
        if i == len(lefts):
            return 0, 1, ()
        total, count, chosen = best(i + 1, used)
        for p in candidates:
            bit = 1 << number[p.right]
            if p.left == lefts[i] and not used & bit:
                t, c, s = best(i + 1, used | bit)
                t += units(p.similarity) - units(borderline) + 1
                if t > total:
                    total, count, chosen = t, c, (p,) + s
                elif t == total:
                    count += c
        return total, count, chosen

    total, count, chosen = best(0, 0)
    return total, sorted(chosen, key=link_order) if count == 1 else None
