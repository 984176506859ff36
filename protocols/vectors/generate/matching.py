"""Similarities, links and calibration, after protocols/04-matching.md."""
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
        # whether a count is enough is no matter of rounding
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


def pooled(steps: Sequence[float]) -> List[float]:
    """Non-decreasing: adjacent violators are pooled."""
    blocks: List[Tuple[float, int]] = []
    for step in steps:
        blocks.append((step, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, m), (b, n) = blocks[-2:]
            blocks[-2:] = [((a * m + b * n) / (m + n), m + n)]
    return [mean for mean, n in blocks for _ in range(n)]


def probabilities(calibration: Calibration) -> List[float]:
    """Of a link at each of the scores."""
    found = calibration.false_positives
    steps = pooled([b - a for a, b in zip([0.0] + found, found)])
    last = {s: k for k, s in enumerate(calibration.scores)}
    return [min(1.0, max(0.0, 1 - steps[last[s]])) for s in calibration.scores]


def calibrate_losers(
    scores: Sequence[float], losers: Sequence[float], records: Sequence[int], random: Dict[float, float]
) -> Calibration:
    """Greedy links, and the candidates that another link of a record stands in the way of; random pairs by similarity."""
    scores, n = sorted(scores, reverse=True), records
    total = 0.0
    expected: Dict[float, float] = {}
    for s in sorted({*scores, *losers}, reverse=True):
        k, here = sum(x >= s for x in scores), sum(x == s for x in losers)
        free = (n[0] - k) * (n[1] - k) if len(n) == 2 else (n[0] - 2 * k) * (n[0] - 2 * k - 1) // 2
        assert k or not here, "a loser above every link"
        lost = here / (pairs_of(n) - free - k) if here else 0.0
        total += free * max(lost, random.get(s, 0.0))
        expected[s] = total
    return Calibration(scores, [min(float(k), expected[s]) for k, s in enumerate(scores, 1)])


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
