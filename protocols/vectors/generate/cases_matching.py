"""Cases of vectors/matching."""
from __future__ import annotations

import hashlib
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from matching import Pair, calibrate_one, calibrate_two, classify, greedy, many, optimal, similarity

Case = Dict[str, Any]


def noise(label: str) -> Iterator[int]:
    """Numbers below 2**32 that depend on nothing but the label."""
    number = 0
    while True:
        block = hashlib.sha256(("%s %d" % (label, number)).encode()).digest()
        for i in range(0, 32, 4):
            yield int.from_bytes(block[i : i + 4], "big")
        number += 1


def bits(*positions: int, length: int = 64) -> str:
    token = bytearray(length // 8)
    for p in positions:
        token[p // 8] |= 128 >> p % 8
    return token.hex()


def near(label: str, flips: int, length: int = 256) -> Tuple[str, str]:
    """A random token and a copy with some bits turned over."""
    source = noise(label)
    a = b"".join(next(source).to_bytes(4, "big") for _ in range(length // 32))
    b = bytearray(a)
    turned = set()
    while len(turned) < flips:
        turned.add(next(source) % length)
    for p in turned:
        b[p // 8] ^= 128 >> p % 8
    return a.hex(), bytes(b).hex()


def similarity_cases() -> List[Case]:
    none, full = bits(), "ff" * 8
    first8, first16 = bits(*range(8)), bits(*range(16))
    half, other_half = bits(*range(32)), bits(*range(32, 64))
    View = Tuple[Optional[str], Optional[str]]
    table: List[Tuple[str, str, int, Sequence[View], float, float]] = [
        # name, measure, taps, pairs of tokens a view, accept, borderline
        ("equal tokens", "dice", 1, [(first8, first8)], 0.8, 0.7),
        ("two empty filters", "dice", 1, [(none, none)], 0.8, 0.0),
        ("empty filter and another", "dice", 1, [(none, first8)], 0.8, 0.7),
        ("all ones", "dice", 1, [(full, full)], 1.0, 1.0),
        ("all ones and empty", "dice", 1, [(full, none)], 0.8, 0.7),
        ("all ones and half", "dice", 1, [(full, half)], 0.6, 0.5),
        ("nothing in common", "dice", 1, [(half, other_half)], 0.5, 0.1),
        ("eight of sixteen", "dice", 1, [(first8, first16)], 0.7, 0.6),
        ("exactly at accept", "dice", 1, [(bits(0, 1, 2, 3), bits(0, 1, 2, 4))], 0.75, 0.5),
        ("exactly at borderline", "dice", 1, [(bits(0, 1, 2, 3), bits(0, 1, 2, 4))], 0.8, 0.75),
        ("just below borderline", "dice", 1, [(bits(0, 1, 2, 3), bits(0, 1, 2, 4))], 0.8, 0.7500001),
        ("both thresholds equal, exactly there", "dice", 1, [(bits(0, 1, 2, 3, 4), bits(0, 1, 2, 3, 5))], 0.8, 0.8),
        ("accept 0", "dice", 1, [(half, other_half)], 0.0, 0.0),
        ("one set bit in the last place", "dice", 1, [(bits(63), bits(62, 63))], 0.7, 0.6),
        ("one view, left token absent", "dice", 1, [(None, half)], 0.5, 0.1),
        ("one view, no token", "dice", 1, [(None, None)], 0.5, 0.1),
        ("two views, no common one", "dice", 1, [(half, None), (None, half)], 0.5, 0.1),
        ("two views, one common", "dice", 1, [(half, half), (None, half)], 0.8, 0.7),
        ("two views, agreements .6 and .8", "dice", 1, [(bits(0, 1, 2, 3, 4), bits(0, 1, 2, 5, 6)), (bits(0, 1, 2, 3, 4), bits(0, 1, 2, 3, 5))], 0.71, 0.70),
        ("three views, all equal", "dice", 1, [(half, half)] * 3, 0.99, 0.9),
        ("random tokens", "dice", 1, [near("d0", 40)], 0.9, 0.8),
        ("four views of random tokens", "dice", 1, [near("d%d" % i, 20 * i + 5) for i in range(4)], 0.9, 0.8),
        ("equal tokens", "hamming", 7, [near("h0", 0)], 1.0, 0.9),
        ("all ones and itself", "hamming", 7, [(full, full)], 0.87, 0.84),
        ("complement", "hamming", 7, [(half, other_half)], 0.87, 0.84),
        ("all ones and half", "hamming", 7, [(full, half)], 0.6, 0.5),
        ("exactly half, borderline ½", "hamming", 7, [(half, bits(*range(16, 48)))], 0.6, 0.5),
        ("two taps, agreement ½", "hamming", 2, [(bits(*range(8, 32)), bits(*range(24)))], 0.853, 0.5),
        ("two taps, agreement ¼, exactly at accept", "hamming", 2, [(bits(*range(32)), bits(*range(24, 32)))], 0.75, 0.7),
        ("no token", "hamming", 7, [(None, None)], 0.87, 0.84),
        ("left token absent", "hamming", 7, [(None, half)], 0.87, 0.84),
        ("two views, no common one", "hamming", 7, [(half, None), (None, half)], 0.87, 0.5),
        ("two views, one equal, one absent", "hamming", 7, [(half, half), (None, None)], 0.97, 0.84),
        ("a view worse than chance counts as 0", "hamming", 7, [(half, half), (half, other_half)], 0.97, 0.84),
        ("slip in one view", "hamming", 7, [near("h1", 20), near("h2", 30)], 0.97, 0.93),
        ("six views", "hamming", 7, [near("h1%d" % i, 10 + 19 * i) for i in range(6)], 0.97, 0.84),
        ("six views, two absent", "hamming", 7, [near("h2%d" % i, 30) if i % 3 else (None, near("x", 0)[0]) for i in range(6)], 0.97, 0.84),
        ("eight taps", "hamming", 8, [near("h3", 90)], 0.92, 0.9),
        ("sixteen taps", "hamming", 16, [near("h4", 100)], 0.95, 0.94),
        ("strangers", "hamming", 7, [near("h5", 126), near("h6", 131)], 0.87, 0.84),
    ]
    cases = []
    for name, measure, taps, views, accept, borderline in table:
        a, b = ([None if v[side] is None else bytes.fromhex(v[side]) for v in views] for side in (0, 1))
        if name == "two taps, agreement ¼, exactly at accept":
            assert similarity(measure, taps, a, b) == 0.75
        s = similarity(measure, taps, a, b)
        assert s == similarity(measure, taps, b, a)
        # nearly at a threshold would be a matter of rounding
        assert all(s == x or abs(s - x) > 1e-9 for x in (accept, borderline))
        cases.append(
            {
                "name": "%s: %s" % (measure, name),
                "measure": measure,
                "taps": taps if measure == "hamming" else None,
                "views": len(views),
                "left": [v[0] for v in views],
                "right": [v[1] for v in views],
                "accept": accept,
                "borderline": borderline,
                "similarity": s,
                "class": classify(s, accept, borderline),
            }
        )
    return cases


Row = Tuple[str, str, float]


def random_table(label: str, left: int, right: int, dense: int, levels: int) -> List[Row]:
    source = noise(label)
    return [
        ("L%d" % (i + 1), "R%d" % (j + 1), 0.8 + 0.2 * (next(source) % (levels + 1)) / levels)
        for i in range(left)
        for j in range(right)
        if next(source) % 100 < dense
    ]


def assignment_cases() -> List[Case]:
    tables: List[Tuple[str, float, bool, List[Row]]] = [
        # name, borderline, one file, pairs
        ("no pairs", 0.8, False, []),
        ("one pair", 0.8, False, [("1", "1", 0.9)]),
        ("exactly at the borderline", 0.8, False, [("1", "1", 0.8), ("2", "2", 0.7999)]),
        ("all below the borderline", 0.8, False, [("1", "1", 0.5), ("2", "2", 0.7)]),
        ("ties go by left id: 9 before 10 before a10", 0.8, False, [("a10", "1", 0.9), ("10", "1", 0.9), ("9", "1", 0.9)]),
        ("ties go by right id: 9 before 10 before a10", 0.8, False, [("1", "a10", 0.9), ("1", "10", 0.9), ("1", "9", 0.9)]),
        ("same length goes byte by byte", 0.8, False, [("b", "z", 0.9), ("B", "z", 0.9), ("_", "z", 0.9), ("0", "z", 0.9)]),
        ("length is in bytes", 0.8, False, [("\u00e9", "1", 0.9), ("z", "1", 0.9), ("zz", "2", 0.85), ("\u00e9", "2", 0.85), ("\u5c71", "3", 0.9), ("zzzz", "3", 0.9)]),
        ("leading zeros are bytes", 0.8, False, [("007", "1", 0.9), ("8", "1", 0.9), ("10", "1", 0.9)]),
        ("left id before right id", 0.8, False, [("2", "1", 0.9), ("1", "2", 0.9), ("1", "1", 0.9), ("2", "2", 0.9)]),
        ("an equal id on both sides is two records", 0.8, False, [("1", "2", 0.95), ("2", "1", 0.94), ("1", "1", 0.93)]),
        ("greedy takes the best, optimal takes two", 0.8, False, [("1", "1", 0.95), ("1", "2", 0.9), ("2", "1", 0.9)]),
        ("greedy and optimal disagree", 0.8, False, [("1", "1", 0.9), ("1", "2", 0.89), ("2", "1", 0.88), ("2", "2", 0.81)]),
        ("one good link may be worth two bad ones", 0.8, False, [("1", "1", 0.99), ("1", "2", 0.81), ("2", "1", 0.82)]),
        ("a link at the borderline is worth taking", 0.8, False, [("1", "1", 0.9), ("2", "2", 0.8)]),
        ("a second link at the borderline decides", 0.8, False, [("1", "1", 0.85), ("1", "2", 0.85), ("2", "1", 0.8)]),
        ("chain", 0.7, False, [("1", "1", 0.80), ("1", "2", 0.81), ("2", "2", 0.82), ("2", "3", 0.83), ("3", "3", 0.84), ("3", "4", 0.85)]),
        ("star", 0.7, False, [("hub", "%d" % i, 0.7 + i / 100) for i in range(1, 12)]),
        ("two components", 0.7, False, [("1", "1", 0.9), ("1", "2", 0.85), ("2", "1", 0.86), ("7", "8", 0.75), ("8", "8", 0.76), ("8", "9", 0.71)]),
        ("full square, all ties", 0.8, False, [(str(i), str(j), 0.9) for i in (1, 2, 10) for j in (1, 2, 10)]),
        ("rows in another order", 0.8, False, [("2", "2", 0.81), ("2", "1", 0.88), ("1", "2", 0.89), ("1", "1", 0.9)]),
        ("borderline 0", 0.0, False, [("1", "1", 0.0), ("1", "2", 0.1), ("2", "1", 0.05), ("2", "2", 0.2)]),
        ("borderline 1", 1.0, False, [("1", "1", 1.0), ("2", "1", 1.0), ("3", "3", 0.999999)]),
        ("small differences", 0.8, False, [("1", "1", 0.900000003), ("1", "2", 0.900000001), ("2", "1", 0.900000002), ("2", "2", 0.900000001)]),
        ("random, sparse", 0.82, False, random_table("a", 7, 7, 35, 9973)),
        ("random, dense", 0.82, False, random_table("b", 6, 6, 90, 9973)),
        ("random, more on the right", 0.8, False, random_table("c", 4, 9, 70, 9973)),
        ("random, more on the left", 0.8, False, random_table("d", 9, 4, 70, 9973)),
        ("random, many ties", 0.82, False, random_table("e", 7, 7, 50, 5)),
        ("random, few levels", 0.85, False, random_table("f", 6, 7, 60, 3)),
        ("one file, triangle", 0.8, True, [("1", "2", 0.9), ("1", "3", 0.95), ("2", "3", 0.92)]),
        ("one file, chain", 0.8, True, [("9", "10", 0.9), ("10", "11", 0.9), ("11", "a10", 0.9)]),
        ("one file, a record left and right", 0.8, True, [("1", "2", 0.9), ("2", "3", 0.91), ("3", "4", 0.9), ("4", "5", 0.89)]),
    ]
    cases = []
    for name, borderline, one_file, rows in tables:
        pairs = [Pair(*r) for r in rows]
        for p, q in ((p, q) for p in pairs for q in pairs):
            # whether similarities closer than that differ is a matter of rounding
            assert p.similarity == q.similarity or abs(p.similarity - q.similarity) > 0.9e-9
        case: Case = {
            "name": name,
            "one_file": one_file,
            "borderline": borderline,
            "pairs": pairs,
            "many": many(pairs, borderline),
            "greedy": greedy(pairs, borderline, one_file),
        }
        total, chosen = (None, None) if one_file else optimal(pairs, borderline)
        cases.append({**case, "optimal_total": total, "optimal": chosen})
    return cases


def spread(label: str, count: int, low: float, high: float, peak: int = 3) -> List[float]:
    """Scores with four decimals, heaped about the middle."""
    source = noise(label)
    return [round(low + (high - low) * sum(next(source) / 2**32 for _ in range(peak)) / peak, 4) for _ in range(count)]


def calibration_cases() -> List[Case]:
    true = spread("t", 60, 0.80, 1.0)
    false = spread("f", 60, 0.62, 0.80)
    a, b = spread("a", 80, 0.60, 0.82), spread("b", 60, 0.61, 0.83)
    tables: List[Tuple[str, List[float], List[float], Optional[List[float]], int, Optional[int]]] = [
        # name, scores of candidate links, stranger samples, record counts; no second sample within one file
        ("well apart", true[:40] + spread("f0", 10, 0.60, 0.70), a, b, 80, 60),
        ("overlapping", true[:40] + false, a, b, 120, 110),
        ("counts above the samples", true[:55] + false, a, b, 3000, 2500),
        ("unequal files", true[:30] + false[:30], a, b, 20000, 60),
        ("strangers only", false[:50], a, b, 80, 60),
        ("nothing but true links", true, spread("g", 60, 0.5, 0.6), spread("h", 60, 0.5, 0.6), 60, 60),
        ("no link above the strangers", [0.61], [0.9] * 50, [0.9] * 50, 50, 50),
        ("no link at all", [], a, b, 80, 60),
        ("one file, no link above the strangers", [0.61], [0.9] * 50, None, 50, None),
        ("one link", [0.95, ], a, b, 80, 60),
        ("ties among the scores", [0.9] * 10 + [0.8] * 10 + [0.75] * 10 + [0.7] * 20, a, b, 80, 60),
        ("scores equal to stranger scores", sorted(a)[-30:] + true[:20], a, b, 80, 60),
        ("identical samples", true + false, a, a, 500, 500),
        ("duplicates raise the threshold", true + false, a + spread("i", 10, 0.9, 1.0), b, 200, 200),
        ("order of the lists has no part", list(reversed(sorted(true + false))), list(reversed(a)), sorted(b), 120, 120),
        ("one file, well apart", true[:30] + spread("f1", 10, 0.6, 0.7), a, None, 200, None),
        ("one file, overlapping", true[:40] + false[:40], a, None, 200, None),
        ("one file, count above the sample", true[:40] + false, a, None, 2500, None),
        ("one file, few duplicates", true[:3] + false[:20], b, None, 1000, None),
        ("one file, many duplicates", true + spread("f2", 5, 0.6, 0.7), b, None, 136, None),
        ("one file, strangers only", false, a, None, 120, None),
    ]
    cases = []
    for name, scores, first, second, n, m in tables:
        assert len(scores) <= (n // 2 if m is None else min(n, m)), name
        if second is None:
            result, steps = calibrate_one(scores, first, n)
            assert steps <= 20, (name, steps)
        else:
            assert m is not None
            result = calibrate_two(scores, first, second, n, m)
        expected = []
        if result.gain() > 0:
            ordered = result.scores
            for threshold in sorted({ordered[len(ordered) // 4], ordered[len(ordered) // 2], ordered[-1]}, reverse=True):
                precision, recall = result.expected(threshold)
                expected.append({"threshold": threshold, "precision": precision, "recall": recall})
        cases.append(
            {
                "name": name,
                "scores": scores,
                "strangers": [first] if second is None else [first, second],
                "records": [n] if m is None else [n, m],
                "false_positives": result.false_positives,
                "accept": result.best(2),
                "borderline": result.best(1),
                "expected": expected,
            }
        )
    return cases


FILES = {
    "matching/similarity.json": similarity_cases,
    "matching/assignment.json": assignment_cases,
    "matching/calibration.json": calibration_cases,
}
