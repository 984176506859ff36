"""Cases of calibration (04 §7)."""
from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

from calibration import Calibration, Case, Counts, Scale, scale_of_filters, scale_of_symbols, similarity_but_for_a_value

EXAMPLES = Path(__file__).resolve().parents[2] / "schema" / "examples"


def load(name: str) -> Dict[str, Any]:
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def heap(source: random.Random, count: int, low: int, high: int, skew: float) -> Counts:
    """`count` numbers from `low` to `high`, skewed to higher ones (`skew` above 1) or lower ones."""
    out: Counts = {}
    for _ in range(count):
        level = low + int((high - low + 1) * source.random() ** (1 / skew))
        out[min(level, high)] = out.get(min(level, high), 0) + 1
    return out


def falling(first: int, count: int, ratio: float) -> Counts:
    out: Counts = {}
    level = first
    while count > 0:
        out[level] = count
        level, count = level + 1, int(count * ratio)
    return out


def add(*parts: Counts) -> Counts:
    out: Counts = {}
    for part in parts:
        for level, n in part.items():
            out[level] = out.get(level, 0) + n
    return out


def within(counts: Counts, records: int) -> Tuple[Counts, float]:
    return counts, records * (records - 1) / 2


# Name, schema of symbols or similarity of filters that differ in one value, case.
Made = Tuple[str, Optional[str], Optional[float], Case]


def symbols(schema: str, records: List[int], links: Counts, others: Counts, files: Sequence[Tuple[Counts, float]]) -> Case:
    scale, least = scale_of_symbols(load(schema), records)

    def kept(counts: Counts) -> Counts:
        out: Counts = {}
        for level, n in counts.items():
            if level >= least:
                at = min(level, scale.levels)
                out[at] = out.get(at, 0) + n
        return out

    return Case(scale, records, least, kept(links), add(kept(links), kept(others)), list(files))


def filters(but_for: float, records: List[int], lowest: int, links: Counts, others: Counts, files: Sequence[Tuple[Counts, float]]) -> Case:
    kept = {level: n for level, n in links.items() if level >= lowest}
    more = {level: n for level, n in others.items() if level >= lowest}
    return Case(scale_of_filters(but_for), records, lowest, kept, add(kept, more), list(files))


def made() -> List[Made]:
    r = random.Random("calibration")
    five, names, kanji, kana = "people-five-fields", "people-names-dob", "people-ja-kanji", "people-ja-kana"
    good = lambda n: heap(r, n, 20, 384, 2.0)  # noqa: E731
    noise = lambda n, ratio=0.05: falling(1, n, ratio)  # noqa: E731
    twins = {64: 30, 65: 6, 66: 2}
    none: Counts = {}
    plain = similarity_but_for_a_value(load("people-five-fields-plain"))
    cases: List[Made] = [
        ("two files, most in common", five, None, symbols(five, [5000, 5000], good(4800), noise(1500), [within(noise(1400), 5000)] * 2)),
        ("two files, nobody in common", five, None, symbols(five, [5000, 6000], add(noise(600), twins), noise(900), [within(add(noise(1200), twins), 5000), within(noise(1800), 6000)])),
        ("two files, few in common, relatives", five, None, symbols(five, [6000, 10000], add(good(60), twins, noise(700)), noise(500), [within(add(noise(900), twins), 6000), within(add(noise(3000), twins), 10000)])),
        ("two files, few solid links", five, None, symbols(five, [500, 500], {90: 2, 12: 9, 3: 30}, noise(40), [within(noise(40), 500)] * 2)),
        ("two files, 1 to 50", five, None, symbols(five, [5000, 100], good(98), noise(30), [within(noise(1400), 5000), within(noise(2), 100)])),
        ("two files that hold duplicates", five, None, symbols(five, [5000, 6000], good(4700), add(good(900), noise(1500)), [within(noise(1300), 5000), within(add(good(950), noise(1800)), 6000)])),
        ("two files without pairs within", five, None, symbols(five, [3000, 3000], add(good(1500), noise(300)), noise(500), [])),
        ("two files of alternatives", kanji, None, symbols(kanji, [6000, 10000], add(heap(r, 1800, 30, 192, 3.0), {24: 9, 48: 12, 5: 8}), {48: 3, 96: 1}, [within({5: 6, 48: 9, 96: 4}, 6000), within({5: 10, 48: 20, 96: 8}, 10000)])),
        ("two files of two views", kana, None, symbols(kana, [4000, 5000], add(heap(r, 2500, 6, 16, 4.0), {4: 30, 2: 20}), {8: 9, 3: 40}, [within({3: 60, 8: 12}, 4000), within({3: 80, 8: 15}, 5000)])),
        ("two files, no candidate", five, None, symbols(five, [100, 100], none, none, [within(none, 100)] * 2)),
        ("two files, all equal", five, None, symbols(five, [2500, 2500], {384: 2500}, none, [within(none, 2500)] * 2)),
        ("one file without duplicates", five, None, symbols(five, [12000], add(noise(4000), twins), noise(26000), [])),
        ("one file, a hundredth twice", five, None, symbols(five, [12000], add(good(120), twins, noise(4000)), noise(26000), [])),
        ("one file, a third twice", five, None, symbols(five, [12000], add(good(3500), {64: 20}, noise(2000)), add({64: 15}, noise(28000)), [])),
        ("one file, namesakes", names, None, symbols(names, [10000], add(heap(r, 950, 70, 300, 1.5), falling(1, 640, 0.97)), falling(1, 150000, 0.4), [])),
        ("one file of persons with many records", five, None, symbols(five, [5000], good(1800), add(good(4200), noise(3600, 0.01)), [])),
        ("one file of persons with many records, large", five, None, symbols(five, [50000], good(17000), add(good(120000), noise(70000, 0.27)), [])),
        ("one file, thousands in a band", five, None, symbols(five, [40000], add(good(9000), heap(r, 6000, 8, 60, 1.0)), add(heap(r, 900, 4, 60, 0.5), noise(40000)), [])),
        ("one file, no candidate", five, None, symbols(five, [60], none, none, [])),
        ("filters, two files, most in common", None, plain, filters(plain, [5000, 5000], 116, heap(r, 4990, 110, 200, 2.5), falling(116, 60000, 0.6), [(falling(100, 900000, 0.62), 2000 * 4999.0)] * 2)),
        ("filters, two files, nobody in common", None, plain, filters(plain, [5000, 4000], 130, falling(130, 800, 0.7), falling(130, 900, 0.7), [(falling(100, 900000, 0.62), 2000 * 4999.0), (falling(100, 700000, 0.62), 2000 * 3999.0)])),
        ("filters, two files, unequal", None, 0.82, filters(0.82, [16500, 3000], 128, heap(r, 2000, 125, 200, 2.0), falling(128, 4000, 0.7), [(falling(100, 900000, 0.62), 2000 * 16499.0), (falling(100, 700000, 0.62), 2000 * 2999.0)])),
        ("filters, one file without duplicates", None, plain, filters(plain, [3000], 112, falling(112, 700, 0.8), falling(112, 60000, 0.6), [])),
        ("filters, one file, some twice", None, 0.82, filters(0.82, [10000], 112, add(heap(r, 980, 140, 200, 3.0), falling(112, 400, 0.9)), falling(112, 300000, 0.62), [])),
        ("filters, one file of persons with many records", None, plain, filters(plain, [5000], 112, heap(r, 1900, 120, 200, 2.0), add(heap(r, 4600, 118, 200, 1.5), falling(112, 40000, 0.6)), [])),
        ("filters, one file of persons with many records, two heaps", None, 0.82, filters(0.82, [1000], 110, heap(r, 370, 120, 200, 1.5), add(heap(r, 900, 118, 200, 1.0), heap(r, 150, 168, 172, 1.0), falling(110, 3000, 0.8)), [])),
        ("bare CLKs", None, 1.0, filters(1.0, [300, 300], 140, heap(r, 200, 150, 200, 2.0), falling(140, 300, 0.7), [(falling(110, 40000, 0.7), 300 * 299.0)] * 2)),
    ]
    return cases


def shown(counts: Counts) -> List[List[int]]:
    return [[level, counts[level]] for level in sorted(counts)]


def calibration_cases() -> List[Dict[str, Any]]:
    out = []
    for name, schema, but_for, case in made():
        found = Calibration(case)
        levels = sorted({0, case.lowest, case.scale.solid, case.scale.levels, *case.pairs})
        expected = []
        for level in levels[:: max(1, len(levels) // 5)]:
            precision, recall = found.expected(level)
            expected.append({"level": level, "precision": precision, "recall": recall})
        out.append(
            {
                "name": name,
                "schema": schema,
                "but_for_a_field": None if schema else but_for,
                "records": case.records,
                "solid": case.scale.solid,
                "lowest": case.lowest,
                "links": shown(case.links),
                "pairs": shown(case.pairs),
                "within": [{"pairs": shown(counts), "of": of} for counts, of in case.within],
                "of_many": found.of_many,
                "probability": [[level, found.probability(level)] for level in levels],
                "accept": found.lowest(0.5),
                "borderline": found.lowest(0.05),
                "expected": expected,
            }
        )
    return out

