"""Calibration without labels, as the protocol describes it (04 §7)."""
from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, exp, floor, inf, lgamma, log, sqrt
from typing import Any, Dict, List, Optional, Sequence, Tuple

from matching import expected_common, least_common

Counts = Dict[int, int]
Schema = Dict[str, Any]


def views_of(schema: Schema, within: bool) -> List[Dict[str, Any]]:
    return [v for v in schema["views"] if not (within and v.get("linkOnly"))]


def values(schema: Schema) -> List[List[str]]:
    """Names of the fields of each value: fields of one kind from the same columns."""
    found: Dict[Tuple[str, str], List[str]] = {}
    inputs = {i["name"]: str(i["columns"]) for i in schema.get("inputs", [])}
    for f in schema["fields"]:
        source = inputs[f["input"]] if "input" in f else f.get("column", f["name"])
        found.setdefault((f["kind"], source), []).append(f["name"])
    return list(found.values())


def most_views_without(schema: Schema, within: bool) -> int:
    def without(fields: List[str]) -> int:
        return sum(not set(fields) & set(v["fields"]) for v in views_of(schema, within))

    return max(1, *(without(fields) for fields in values(schema)))


def similarity_but_for_a_value(schema: Schema) -> float:
    weight = {f["name"]: f["weight"] for f in schema["fields"]}

    def of(fields: List[str]) -> float:
        squares = 0.0
        for view in schema["views"]:
            share = sum(weight[f] for f in view["fields"] if f in fields) / sum(weight[f] for f in view["fields"])
            squares += (1 - 0.55 * share) ** 2
        return sqrt(squares / len(schema["views"]))

    return max(of(fields) for fields in values(schema))


@dataclass
class Scale:
    symbols: bool
    levels: int
    solid: int
    mean: float = 0.0

    def random(self, level: int) -> float:
        return exp(-self.mean + level * log(self.mean) - lgamma(level + 1)) if self.mean > 0 else 0.0


def scale_of_symbols(schema: Schema, records: Sequence[int]) -> Tuple[Scale, int]:
    within = len(records) == 1
    symbols = schema["symbols"]
    n, per_row = symbols["perView"], symbols["perView"] * len(views_of(schema, within))
    all_views = n * len(schema["views"])
    per_record = symbols.get("perRecord", all_views)
    rows = max(1, floor(per_record / all_views + 0.5))
    solid = min(per_row, floor(1.1 * most_views_without(schema, within) * n * rows + 3))
    mean = expected_common(per_record, symbols["positions"], symbols.get("bits", 64))
    return Scale(True, per_row, solid, mean), least_common(records, mean)


def scale_of_filters(but_for_a_value: float) -> Scale:
    return Scale(False, 200, ceil(200 * min(0.96, but_for_a_value + 0.06)))


@dataclass
class Case:
    scale: Scale
    records: List[int]
    lowest: int
    links: Counts
    pairs: Counts
    within: List[Tuple[Counts, float]] = field(default_factory=list)


def total(counts: Counts, start: int, end: float = inf) -> float:
    return float(sum(n for level, n in counts.items() if start <= level < end))


class Calibration:
    def __init__(self, case: Case) -> None:
        self.case, self.scale = case, case.scale
        self.two = len(case.records) == 2
        self.n = float(max(case.records))
        self.P = self.free(0)
        self.rho = 0.005 * self.P / max(self.n, 1)
        self.T = self.tail()
        solid = self.scale.solid
        self.of_many = not self.two and self.beside(solid) > 0.3
        if self.two:
            split = self.of_two()
        elif not self.of_many:
            split = self.of_few()
        elif self.scale.symbols:
            split = self.of_many_symbols()
        else:
            split = self.of_many_filters()
        self.bands = pooled(split)

    def free(self, k: float) -> float:
        r = self.case.records
        if self.two:
            return max(0.0, r[0] - k) * max(0.0, r[1] - k)
        return max(0.0, r[0] - 2 * k) * max(0.0, r[0] - 2 * k - 1) / 2

    def beside(self, level: int) -> float:
        k = total(self.case.links, level)
        return (total(self.case.pairs, level) - k) / k if k else 0.0

    def few(self, counts: Counts) -> bool:
        solid, bands = self.scale.solid, self.cut(self.scale.solid)
        below = total(counts, *bands[1]) if len(bands) > 1 else 0.0
        return self.scale.symbols and total(counts, solid) <= 0.3 * below

    def cut(self, core: int) -> List[Tuple[int, float]]:
        low, solid = self.case.lowest, self.scale.solid
        found: List[Tuple[int, float]] = [(max(core, low), inf)]
        end = core
        while end > low:
            if not self.scale.symbols:
                start = max(0, end - 2)
            elif end <= 4:
                start = end - 1
            else:
                start = floor(end / (1.12 if end > solid else 1.6))
            if end > solid:
                start = max(start, solid)
            start = max(start, low)
            found.append((start, end))
            end = start
        return found

    def tail(self) -> Dict[int, float]:
        A = self.case.pairs
        there = [level for level in A if A[level] > 0 and level >= self.case.lowest]
        if not there:
            return {}
        first = min(there)
        T, r = {first: float(A[first])}, 0.5 if self.scale.symbols else 1.0
        going, at_first = True, True
        for level in range(first, self.scale.levels):
            here, above = A.get(level, 0), A.get(level + 1, 0)
            ratio = above / here if here else 0.0
            if going and above >= 30 and ratio <= r * (1.0 if at_first else 1.1):
                r, T[level + 1] = min(r, ratio), float(above)
            else:
                if going and at_first and here > 30:
                    r = min(r, ratio)
                going, T[level + 1] = False, T[level] * r
            at_first = False
        return T

    def T_of(self, start: int, end: float) -> float:
        return sum(t for level, t in self.T.items() if start <= level < end)

    def of_two(self) -> List[List[float]]:
        case, solid = self.case, self.scale.solid
        k_solid = max(1.0, total(case.links, solid))
        w_solid = [total(counts, solid) for counts, _ in case.within]
        partners = [w * n / max(1.0, of) for w, n, (_, of) in zip(w_solid, case.records, case.within)]
        duplicates = sum(w_solid) > 0.01 * k_solid and max([0.0] + partners) > 0.004
        few = self.few(case.links)
        k = M = 0.0
        out = []
        for start, end in self.cut(solid):
            H = total(case.links, start, end)
            free = self.free(k + H / 2)
            Q = (self.T_of(start, end) + self.rho) * free / max(1.0, self.P)
            if case.within:
                W = 0.0
                for (counts, _), ws in zip(case.within, w_solid):
                    w = total(counts, start, end)
                    if duplicates:
                        w = 0.0 if start >= solid else max(0.0, w - H * ws / k_solid)
                    W += w
                e = sum(of for _, of in case.within) / max(1.0, free)
                levels = range(start, self.scale.levels + 1 if end == inf else int(end))
                shape, mean = W + 0.5, max((W + 0.5) / e, free * sum(self.scale.random(level) for level in levels))
            else:
                shape, mean = 2.0, Q
            if duplicates and mean > Q:
                shape, mean = 1.0, Q
            x = first(H, mean, few) if start >= solid else split(H, (shape, mean), 0.4 * M)
            out.append([start, end, H, x])
            k, M = k + H, M + H - x
        return out

    def of_few(self) -> List[List[float]]:
        case, solid = self.case, self.scale.solid
        half = total(case.links, solid) / 2
        core = max(level for level in range(solid, self.scale.levels + 1) if total(case.links, level) >= half)
        b = self.beside(core)
        k = M = 0.0
        out = []
        for start, end in self.cut(core):
            H = total(case.links, start, end)
            rho, a = (self.rho, 2.0) if start < solid else (0.03 * self.rho, 0.1)
            if start >= core:
                x = first(H, self.T_of(start, end) + rho, self.few(case.links))
            else:
                here = k + H / 2
                free = self.free(here)
                Q = (self.T_of(start, end) + rho) * free / max(1.0, self.P)
                L = max(0.0, total(case.pairs, start, end) - H - b * H)
                e = max(0.0, self.P - free - here) / max(1.0, free)
                x = split(H, (a + L, (a + L) / (a / max(Q, 1e-300) + e)), 0.4 * M)
            out.append([start, end, H, x])
            k, M = k + H, M + H - x
        return out

    def of_many_symbols(self) -> List[List[float]]:
        solid, M, out = self.scale.solid, 0.0, []
        for start, end in self.cut(solid):
            H, T = total(self.case.pairs, start, end), self.T_of(start, end)
            x = first(H, T + 0.03 * self.rho, self.few(self.case.pairs)) if start >= solid else split(H, (2.0, T + self.rho), 2.0 * M)
            out.append([start, end, H, x])
            M = H - x
        return out

    def of_many_filters(self) -> List[List[float]]:
        A, solid, bands = self.case.pairs, self.scale.solid, self.cut(self.scale.solid)
        y0 = total(A, solid, solid + 2)
        q0 = min(1.0, y0 / max(1.0, total(A, solid + 2, solid + 4)))
        limit = {start: inf for start, _ in bands}
        for _ in range(2):
            y, q, xs = y0, q0, {}
            for start, end in bands:
                if start >= solid:
                    continue
                H = total(A, start, end)
                z = y * q
                x = H - min(H, z + sqrt(z))
                x = min(max(x, min(H, self.T_of(start, end) + self.rho / 10)), limit[start])
                xs[start] = x
                q = min(1.0, max(0.2, 0.5 * q + 0.5 * (H - x) / max(y, 1e-300)))
                y = min(H - x, z)
            least = inf
            for start, _ in reversed(bands):
                least = min(least, xs.get(start, inf))
                limit[start] = least
        out = []
        for start, end in bands:
            H = total(A, start, end)
            x = first(H, self.T_of(start, end) + 0.03 * self.rho, False) if start >= solid else min(H, limit[start])
            out.append([start, end, H, x])
        return out

    def probability(self, level: int) -> float:
        for start, end, H, x in self.bands:
            if start <= level < end and H > 0:
                return min(1.0, max(0.0, 1 - x / H))
        return 0.0

    def lowest(self, least: float) -> Optional[int]:
        reached = [level for level, n in self.case.pairs.items() if n > 0 and self.probability(level) > least]
        return min(reached) if reached else None

    def expected(self, level: int) -> Tuple[float, float]:
        def of(start: int) -> Tuple[float, float]:
            links = {at: n for at, n in self.case.links.items() if at >= start}
            return float(sum(links.values())), sum(n * self.probability(at) for at, n in links.items())

        (k, matches), (_, most) = of(level), of(0)
        return (matches / k if k else 1.0), (matches / most if most else 0.0)


def first(H: float, mean: float, few: bool) -> float:
    return H if few or H <= 2 * mean + 3 else min(H, mean)


def split(H: float, non_matches: Tuple[float, float], matches: float) -> float:
    """E[X | X + Y = H]."""
    if matches <= 0:
        return H
    if H == 0:
        return 0.0
    both = (non_matches, (0.5, matches))
    if H <= 2048:
        counts = [float(x) for x in range(int(H) + 1)]

        def weight(x: float, shape: float, mean: float) -> float:
            p = mean / (mean + shape)
            return lgamma(x + shape) - lgamma(shape) - lgamma(x + 1) + x * log(p) + shape * log(1 - p)

    else:
        counts = [(i + 0.5) / 1024 * H for i in range(1024)]

        def weight(x: float, shape: float, mean: float) -> float:
            return (shape - 1) * log(x) - shape * x / mean

    logs = [weight(x, *both[0]) + weight(H - x, *both[1]) for x in counts]
    most = max(logs)
    weights = [exp(w - most) for w in logs]
    return sum(x * w for x, w in zip(counts, weights)) / sum(weights)


def pooled(bands: Sequence[List[float]]) -> List[List[float]]:
    out: List[List[float]] = []
    for band in bands:
        out.append(list(band))
        while len(out) > 1 and (out[-2][2] == 0 or out[-2][3] / out[-2][2] > (out[-1][3] / out[-1][2] if out[-1][2] else inf)):
            below, above = out.pop(), out.pop()
            out.append([below[0], above[1], above[2] + below[2], above[3] + below[3]])
    return out
