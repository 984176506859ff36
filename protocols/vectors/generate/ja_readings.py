"""Readings of kanji names, after protocols/02-ja.md §9. The models are learned once per run, on first use."""
from __future__ import annotations

import math
import re
from typing import Dict, Iterable, List, NamedTuple, Tuple

from ja import normalise
from ja_names import katakana, parts
from ja_tables import RULES, is_kana, is_kanji, prepare, rows, without_brackets
from normalise import fold_characters

Pair = Tuple[str, str, float]  # spelling, reading, weight
Scores = Dict[str, float]

NO_START = frozenset("ァィゥェォッャュョヮヵヶー")
VOICED = {**{k: chr(ord(k) + 1) for k in "カキクケコサシスセソタチツテトハヒフヘホ"}, "チ": "ヂジ", "ツ": "ヅズ"}
BEAM, READINGS_OF_UNIT, ROUNDS, LONGEST_UNIT, LONGEST_SPELLING, LONGEST_READING = 64, 24, 6, 3, 8, 18


class Model(NamedTuple):
    units: Dict[str, Scores]  # unit: piece: probability
    weights: Scores  # n(r)
    known: Dict[str, Dict[str, None]]  # spelling: its readings


def rank(p: float) -> float:
    """Rounded to 32 significant bits."""
    mantissa, exponent = math.frexp(p)
    return math.ldexp(math.floor(mantissa * 2**32 + 0.5), exponent - 32)


def best(scores: Scores, count: int) -> List[Tuple[str, float]]:
    return sorted(scores.items(), key=lambda item: (-rank(item[1]), item[0]))[:count]


# Pairs ----------------------------------------------------------------------------------------


def normalised(written: str, reading: str, weight: float) -> Iterable[Pair]:
    spelling, kana_eq = normalise("kanji", "itaiji", written).value, normalise("kana", "eq", reading).value
    if spelling and kana_eq and len(spelling) <= LONGEST_SPELLING:
        yield spelling, kana_eq, weight


def surnames() -> List[Pair]:
    return [pair for s, r, people in rows("surnames.tsv") for pair in normalised(s, r, math.ceil(math.sqrt(int(people) / 1000)))]


def given_names() -> List[Pair]:
    usual = {r for _, r, popular, _ in rows("given-names.tsv") if popular == "1"}
    every = [
        pair
        for _, r, _, spellings in rows("given-names.tsv")
        for s in spellings.split(" ")
        for pair in normalised(s, r, 4 if r in usual else 1)
    ]
    return list(dict.fromkeys(every))


# Learning -------------------------------------------------------------------------------------


def edges_of(written: str, reading: str) -> List[Tuple[int, int, str, str]]:
    """All units with their pieces that lie on a whole cut: state before, state after, unit, piece; in the order of states."""
    m, n = len(reading), len(written)
    found: List[Tuple[int, int, str, str]] = []
    reached = {0}
    for i in range(n):
        for j in range(m):
            if i * (m + 1) + j not in reached or reading[j] in NO_START:
                continue
            for c in range(1, min(LONGEST_UNIT, n - i) + 1):
                unit = written[i : i + c]
                one_kana = c == 1 and is_kana(unit)
                for end in range(j + 1, min(m, j + 5 * c) + 1):
                    if (i + c == n) != (end == m) or end < m and reading[end] in NO_START:
                        continue
                    if one_kana and reading[j:end] != katakana(unit):
                        continue
                    found.append((i * (m + 1) + j, (i + c) * (m + 1) + end, unit, reading[j:end]))
                    reached.add(found[-1][1])
    useful, kept = {n * (m + 1) + m}, []
    for edge in reversed(found):
        if edge[1] in useful:
            useful.add(edge[0])
            kept.append(edge)
    return kept[::-1]


def learn(pairs: List[Pair]) -> Dict[str, Scores]:
    index: Dict[Tuple[str, str], int] = {}
    lattices = []
    for written, reading, weight in pairs:
        edges = [(a, b, index.setdefault((u, p), len(index))) for a, b, u, p in edges_of(written, reading)]
        if edges:
            lattices.append((edges, len(written) * (len(reading) + 1) + len(reading), weight))
    keys = list(index)
    fixed = [len(unit) == 1 and is_kana(unit) for unit, _ in keys]
    p = [1.0 if f else 0.5 * 0.02 ** (len(u) - 1) * 0.3 ** abs(len(r) - 2 * len(u)) for f, (u, r) in zip(fixed, keys)]
    for _ in range(ROUNDS):
        counts = [0.0] * len(keys)
        for edges, last, weight in lattices:
            forward, backward = {0: 1.0}, {last: 1.0}
            for a, b, key in edges:
                forward[b] = forward.get(b, 0.0) + forward.get(a, 0.0) * p[key]
            for a, b, key in reversed(edges):
                backward[a] = backward.get(a, 0.0) + backward.get(b, 0.0) * p[key]
            total = forward.get(last, 0.0)
            if total > 0:
                for a, b, key in edges:
                    counts[key] += weight * (forward[a] * p[key] * backward[b] / total)
        remaining: Scores = {}
        for key, (unit, _) in enumerate(keys):
            if len(unit) > 1:
                counts[key] = max(counts[key] - 0.4, 0.0)
            remaining[unit] = remaining.get(unit, 0.0) + counts[key]
        for key, (unit, _) in enumerate(keys):
            if not fixed[key]:
                p[key] = (1.0 if len(unit) == 1 else 0.3) * counts[key] / (0.5 + remaining[unit])
    units: Dict[str, Scores] = {}
    for key, (unit, piece) in enumerate(keys):
        if p[key] > 0 and not fixed[key]:
            units.setdefault(unit, {})[piece] = p[key]
    return units


# Smoothing ------------------------------------------------------------------------------------


def kanji_readings() -> Dict[str, Scores]:
    found: Dict[str, Scores] = {}
    for c, on, kun in rows("kanji-readings.tsv"):
        of = found.setdefault(c, {})
        for reading in kun.split():
            for length in range(1, len(reading)):
                of[reading[:length]] = 0.006
        for reading in on.split() + kun.split():
            of[reading] = 0.02
    return found


def smooth(learned: Scores, table: Scores, family: bool) -> Scores:
    by_now = {**table, **learned}
    derived: Scores = {}

    def add(reading: str, p: float) -> None:
        if reading not in by_now:
            derived[reading] = max(derived.get(reading, 0.0), p)

    for reading, p in by_now.items():
        for first in VOICED.get(reading[0], ""):
            add(first + reading[1:], 0.1 * p)
        if len(reading) >= 2 and reading[-1] in "ツクチキ":
            add(reading[:-1] + "ッ", 0.05 * p)
        if family:
            add("ノ" + reading, 0.01 * p)
    return dict(best({**by_now, **derived}, READINGS_OF_UNIT))


def model(pairs: List[Pair], table: Dict[str, Scores], family: bool) -> Model:
    units = learn(pairs)
    for c in dict.fromkeys([*table, *(c for written, _, _ in pairs for c in written if is_kanji(c))]):
        units[c] = smooth(units.get(c, {}), table.get(c, {}), family)
    weights: Scores = {}
    known: Dict[str, Dict[str, None]] = {}
    for written, reading, weight in pairs:
        weights[reading] = weights.get(reading, 0.0) + weight
        known.setdefault(written, {})[reading] = None
    return Model(units, weights, known)


_MODELS: List[Model] = []


def models() -> List[Model]:
    """Of family and of given names."""
    if not _MODELS:
        table = kanji_readings()
        _MODELS.extend((model(surnames(), table, True), model(given_names(), table, False)))
    return _MODELS


# Readings -------------------------------------------------------------------------------------


def score(of: Model, written: str) -> Scores:
    beginnings: List[Scores] = [{"": 1.0}] + [{} for _ in written]
    for at in range(len(written)):
        kept = best(beginnings[at], BEAM)
        for length in range(1, min(LONGEST_UNIT, len(written) - at) + 1):
            unit, into = written[at : at + length], beginnings[at + length]
            pieces = {katakana(unit): 1.0} if length == 1 and is_kana(unit) else of.units.get(unit, {})
            for start, p in kept:
                for piece, q in pieces.items():
                    if len(start + piece) <= LONGEST_READING:
                        into[start + piece] = into.get(start + piece, 0.0) + p * q
    weighed = {reading: p * math.sqrt(of.weights.get(reading, 0.0) + 0.05) for reading, p in beginnings[-1].items()}
    return dict(best(weighed, BEAM))


def readings(of: Model, part: str) -> Scores:
    """Of a part of a name."""
    written = normalise("kanji", "itaiji", part).value or ""
    if not all(is_kanji(c) or is_kana(c) for c in written):
        return {}
    if not any(is_kanji(c) for c in written):
        reading = normalise("kana", "eq", part).value
        return {reading: 1.0} if reading else {}
    if len(written) > LONGEST_SPELLING:
        return {}
    scores = score(of, written)
    least = min(scores.values(), default=1.0)
    for reading in filter(lambda known: len(known) <= LONGEST_READING, of.known.get(written, {})):
        scores[reading] = 50 * scores.get(reading, least)
    total = sum(scores.values())
    return {reading: p / total for reading, p in scores.items()}


LATIN = {cells[0].replace("-", ""): [c.replace("-", "") for c in cells[1:]] for cells in (line.split(" ") for line in RULES["latin"])}


def latin(written: str) -> str:
    """Kana of a prepared part in Latin letters; nothing if it is not."""
    folded = fold_characters("full_name", written)
    if any(c.isalpha() and not "A" <= c <= "Z" for c in folded):
        return ""
    out = ""
    for word in folded.split(" "):
        word = re.sub("[^A-Z]", "", word).replace("EE", "I").replace("OO", "U")
        word = re.sub("([A-MO-Z])\\1+", "\\1", word)
        while word:
            key = max((k for k in LATIN if word.startswith(k)), key=len)
            word = word[len(key) :]
            vowel = "AIUEO".find(word[:1]) if word else -1
            out += "ン" if key == "M" and word[:1] in ("B", "M", "P") else LATIN[key][vowel]
            word = word[1:] if vowel >= 0 else word
    return out


PART_KINDS = ("kana_family", "kana_given")
PARTED = 64


def part_readings(of: Model, part: str) -> Scores:
    return {latin(part): 1.0} if latin(part) else readings(of, part)


def pairs_of(family: str, given: str) -> List[Tuple[str, float]]:
    of_family, of_given = models()
    first, second = part_readings(of_family, family), part_readings(of_given, given)
    return best({"%s %s" % (f, g): p * q for f, p in first.items() for g, q in second.items()}, len(first) * len(second))


def candidates(name: str) -> List[Tuple[str, float]]:
    """Kana and probability, most probable first."""
    prepared = without_brackets(prepare(name))
    family, given = parts(prepared)
    whole = normalise("kanji", "itaiji", name).value
    if whole and family != prepared:
        return pairs_of(family, given)
    if not whole or len(whole) == 1 or not all(is_kanji(c) or is_kana(c) for c in whole):
        return []
    found: List[Tuple[str, float]] = []
    for at in range(1, len(whole)):
        other = pairs_of(whole[:at], whole[at:])
        if other and (not found or rank(other[0][1]) > rank(found[0][1])):
            found = other
    return found


def candidates_of(kind: str, name: str) -> List[Tuple[str, float]]:
    """For a kind that is a part of a name, those of the part."""
    if kind not in PART_KINDS:
        return candidates(name)
    at = PART_KINDS.index(kind)
    prepared = without_brackets(prepare(name))
    family, given = parts(prepared)
    if family != prepared:
        found = part_readings(models()[at], (family, given)[at])
        return best(found, len(found))
    found = {}
    for reading, p in candidates(name)[:PARTED]:
        found.setdefault(reading.split(" ")[at], p)
    return list(found.items())
