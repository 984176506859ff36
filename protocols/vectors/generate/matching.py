"""Similarities, links and calibration, after protocols/04-matching.md."""
from __future__ import annotations

import math
from functools import lru_cache
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple


def ones(token: bytes) -> int:
    return bin(int.from_bytes(token, "big")).count("1")


def agreement(measure: str, a: Optional[bytes], b: Optional[bytes]) -> float:
    if a is None or b is None or not (ones(a) or ones(b)):
        return 0.0
    if measure == "dice":
        return 2 * ones(bytes(x & y for x, y in zip(a, b))) / (ones(a) + ones(b))
    return max(0.0, 1 - 2 * ones(bytes(x ^ y for x, y in zip(a, b))) / (8 * len(a)))


def similarity(measure: str, taps: int, left: Sequence[Optional[bytes]], right: Sequence[Optional[bytes]]) -> float:
    found = [agreement(measure, a, b) for a, b in zip(left, right)]
    r = found[0] if len(found) == 1 else math.sqrt(sum(a * a for a in found) / len(found))
    return r if measure == "dice" else 0.5 + 0.5 * r ** (1 / taps)


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
    """The greatest total, and the set of pairs if only one set reaches it. Tries every set."""
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


# Calibration --------------------------------------------------------------------------------------


class Calibration(NamedTuple):
    scores: List[float]
    false_positives: List[float]

    def best(self, price: int) -> float:
        """The score at which links less `price` times the false ones are most; 1 if never more than none."""
        gains = [0.0] + [k - price * fp for k, fp in enumerate(self.false_positives, 1)]
        top = max(gains)
        assert top == 0 or sum(g > top - 1e-9 for g in gains) == 1, "two numbers of links are equally good"
        return self.scores[gains.index(top) - 1] if top > 0 else 1.0

    def gain(self) -> float:
        return max([0.0] + [k - fp for k, fp in enumerate(self.false_positives, 1)])

    def expected(self, threshold: float) -> Tuple[float, float]:
        k = sum(s >= threshold for s in self.scores)
        true = k - self.false_positives[k - 1]
        return true / k, true / self.gain()


def share(sample: Sequence[float], s: float) -> float:
    return min(0.9999, sum(g >= s for g in sample) / len(sample))


def accumulate(scores: Sequence[float], q: Callable[[float], float], free: Callable[[int], float]) -> Calibration:
    scores = sorted(scores, reverse=True)
    before, total, result = 0.0, 0.0, []
    for k, s in enumerate(scores, 1):
        now = max(before, q(s))
        total += free(k) * (now - before)
        before = now
        result.append(min(float(k), total))
    return Calibration(scores, result)


def calibrate_two(scores: Sequence[float], a: Sequence[float], b: Sequence[float], n_a: int, n_b: int) -> Calibration:
    def q(s: float) -> float:
        return 0.5 * (-math.log(1 - share(a, s)) / (n_a - 1) - math.log(1 - share(b, s)) / (n_b - 1))

    return accumulate(scores, q, lambda k: (n_a - k + 1) * (n_b - k + 1))


def strangers(g: float, pi: float) -> float:
    """The expected number of strangers at which the share g of second-best partners is reached."""
    low, high = 0.0, 100.0
    for _ in range(200):
        x = (low + high) / 2
        # both terms written with expm1, for small x
        reached = pi * -math.expm1(-x) + (1 - pi) * (-math.expm1(-x) - x * math.exp(-x))
        low, high = (x, high) if reached < g else (low, x)
    return (low + high) / 2


def calibrate_one(scores: Sequence[float], sample: Sequence[float], n: int) -> Tuple[Calibration, int]:
    """Also the number of steps until the share of duplicates moved by less than 1e-15."""
    pi = len(scores) / n
    for step in range(1, 1000):
        known: Dict[float, float] = {}

        def q(s: float) -> float:
            g = share(sample, s)
            if g not in known:
                known[g] = strangers(g, pi) / (n - 1)
            return known[g]

        result = accumulate(scores, q, lambda k: (n - 2 * (k - 1)) ** 2 / 2)
        following = 2 * result.gain() / n
        if abs(following - pi) < 1e-15:
            return result, step
        pi = following
    raise AssertionError("the share of duplicates does not settle")
