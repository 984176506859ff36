"""Cases of vectors/matching."""
from __future__ import annotations

import hashlib
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from cases_calibration import calibration_cases
from matching import (
    Pair,
    classify,
    expected_common,
    greedy,
    least_common,
    many,
    optimal,
    pairs_of,
    similarity,
    symbol_similarity,
)

Case = Dict[str, Any]


def noise(label: str) -> Iterator[int]:
    """Numbers below 2**32 that depend only on the label."""
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
    """A random token and a copy with some bits flipped."""
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
    table: List[Tuple[str, Sequence[View], float, float]] = [
        # name, pairs of tokens per view, accept, borderline
        ("equal tokens", [(first8, first8)], 0.8, 0.7),
        ("two empty filters", [(none, none)], 0.8, 0.0),
        ("empty filter and another", [(none, first8)], 0.8, 0.7),
        ("all ones", [(full, full)], 1.0, 1.0),
        ("all ones and empty", [(full, none)], 0.8, 0.7),
        ("all ones and half", [(full, half)], 0.6, 0.5),
        ("nothing in common", [(half, other_half)], 0.5, 0.1),
        ("eight of sixteen", [(first8, first16)], 0.7, 0.6),
        ("exactly at accept", [(bits(0, 1, 2, 3), bits(0, 1, 2, 4))], 0.75, 0.5),
        ("exactly at borderline", [(bits(0, 1, 2, 3), bits(0, 1, 2, 4))], 0.8, 0.75),
        ("just below borderline", [(bits(0, 1, 2, 3), bits(0, 1, 2, 4))], 0.8, 0.7500001),
        ("both thresholds equal, exactly there", [(bits(0, 1, 2, 3, 4), bits(0, 1, 2, 3, 5))], 0.8, 0.8),
        ("accept 0", [(half, other_half)], 0.0, 0.0),
        ("one set bit in the last place", [(bits(63), bits(62, 63))], 0.7, 0.6),
        ("one view, left token absent", [(None, half)], 0.5, 0.1),
        ("one view, no token", [(None, None)], 0.5, 0.1),
        ("two views, no common one", [(half, None), (None, half)], 0.5, 0.1),
        ("two views, one common", [(half, half), (None, half)], 0.8, 0.7),
        ("two views, agreements .6 and .8", [(bits(0, 1, 2, 3, 4), bits(0, 1, 2, 5, 6)), (bits(0, 1, 2, 3, 4), bits(0, 1, 2, 3, 5))], 0.71, 0.70),
        ("three views, all equal", [(half, half)] * 3, 0.99, 0.9),
        ("random tokens", [near("d0", 40)], 0.9, 0.8),
        ("four views of random tokens", [near("d%d" % i, 20 * i + 5) for i in range(4)], 0.9, 0.8),
    ]
    cases = []
    for name, views, accept, borderline in table:
        a, b = ([None if v[side] is None else bytes.fromhex(v[side]) for v in views] for side in (0, 1))
        s = similarity(a, b)
        assert s == similarity(b, a)
        # too close to a threshold, so rounding would decide
        assert all(s == x or abs(s - x) > 1e-9 for x in (accept, borderline))
        cases.append(
            {
                "name": "dice: " + name,
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


def symbol_cases() -> List[Case]:
    """Similarity from the number of common symbols, V·n, t."""
    cases = []
    table: List[Tuple[int, int, int, int]] = [
        # common symbols, V, n, t
        (0, 6, 64, 32), (1, 6, 64, 32), (2, 6, 64, 32), (191, 6, 64, 32), (192, 6, 64, 32), (383, 6, 64, 32), (384, 6, 64, 32),
        (385, 6, 32, 64), (1000, 6, 64, 64), (0, 1, 4, 8), (1, 1, 4, 8), (4, 1, 4, 8), (1, 1, 16, 64), (15, 1, 16, 64),
        (1, 16, 1024, 112), (12345, 16, 1024, 112), (16384, 16, 1024, 112), (17, 16, 16, 48), (100, 16, 16, 48), (7, 1, 64, 96), (40, 5, 64, 24),
    ]  # fmt: skip
    for common, views, per_view, positions in table:
        s = symbol_similarity(common, views * per_view, positions)
        for accept, borderline in ((0.95, 0.93),):
            assert all(abs(s - x) > 1e-9 for x in (accept, borderline))
            cases.append(
                {
                    "name": "%d common symbols of %d in each of %d views, t %d" % (common, per_view, views, positions),
                    "common": common,
                    "views": views,
                    "per_view": per_view,
                    "positions": positions,
                    "accept": accept,
                    "borderline": borderline,
                    "similarity": s,
                    "class": classify(s, accept, borderline),
                }
            )
    return cases


def drawn(source: Iterator[int], count: int, size: int) -> List[bytes]:
    return [b"".join(next(source).to_bytes(4, "big") for _ in range(2))[:size] for _ in range(count)]


def common_cases() -> List[Case]:
    """Common symbols of two tokens."""
    cases = []
    for size in (4, 5, 8):
        source = noise("common %d" % size)
        for mine, theirs, both in ((6, 6, 0), (5, 5, 1), (0, 0, 6), (3, 3, 5), (1, 40, 7)):
            shared = drawn(source, both, size)
            left, right = ({*shared, *drawn(source, n, size)} for n in (mine, theirs))
            low, high = b"\0" * size, b"\xff" * size
            if both == 5:  # both ends, and numbers that differ in one byte
                left |= {low, high, b"\0" * (size - 1) + b"\1"}
                right |= {low, high, b"\1" + b"\0" * (size - 1)}
            found = left & right
            cases.append(
                {
                    "name": "%d bytes, %d and %d symbols, %d common" % (size, len(left), len(right), len(found)),
                    "bytes": size,
                    "left": [x.hex() for x in sorted(left)],
                    "right": [x.hex() for x in sorted(right)],
                    "common": len(found),
                    "smallest": min(found).hex() if found else None,
                }
            )
    return cases


def least_cases() -> List[Case]:
    """The minimum number of common symbols of a candidate."""
    cases = []
    table: List[Tuple[List[int], int, int, int, int, int]] = [
        # records, V, n, t, w, C
        ([5000, 5000], 6, 64, 32, 64, 384), ([5000, 5000], 6, 64, 64, 64, 384), ([60000, 160000], 6, 32, 64, 64, 384), ([60000, 160000], 6, 32, 64, 32, 384),
        ([1000000, 1000000], 6, 64, 32, 64, 384), ([1000000, 1000000], 6, 64, 64, 32, 384), ([1000000, 1000000], 6, 64, 24, 64, 384), ([10000000, 120000000], 6, 64, 96, 64, 384),
        ([5000], 6, 64, 32, 64, 384), ([1000000], 5, 64, 32, 40, 320), ([2], 1, 4, 112, 64, 4), ([1, 1], 1, 64, 64, 64, 64), ([5000, 5000], 1, 64, 8, 64, 64),
        ([5000, 5000], 6, 64, 16, 64, 384), ([100000, 700000], 1, 16, 64, 64, 384), ([100000, 700000], 1, 16, 64, 48, 384), ([300, 400], 16, 16, 24, 64, 1024), ([1000, 1000], 2, 1024, 24, 32, 16384),
    ]  # fmt: skip
    for records, views, per_view, positions, bits, per_record in table:
        mean = expected_common(per_record, positions, bits)
        cases.append(
            {
                "name": "%s records, V %d, n %d, t %d, w %d, C %d" % (" and ".join(map(str, records)), views, per_view, positions, bits, per_record),
                "records": records,
                "views": views,
                "per_view": per_view,
                "positions": positions,
                "bits": bits,
                "per_record": per_record,
                "expected": mean,
                "least": least_common(records, mean),
            }
        )
    assert len({c["least"] for c in cases}) > 3
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
            # rounding would decide whether closer similarities differ
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


FILES = {
    "matching/similarity.json": similarity_cases,
    "matching/symbols.json": symbol_cases,
    "matching/common.json": common_cases,
    "matching/least.json": least_cases,
    "matching/assignment.json": assignment_cases,
    "matching/calibration.json": calibration_cases,
}
