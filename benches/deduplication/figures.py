"""Figures of clusters and of probabilities, against the ground truth.

The ground truth is a map from record to person. Records without a cluster are clusters of one. Pairs are
counted, not listed, so the cost of a large cluster is linear in its records.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

BINS = 10
Z = 1.96


@dataclass(frozen=True)
class Pairs:
    """Numbers of found pairs, of correct ones among them, and of true pairs."""

    found: int
    right: int
    wanted: int

    @property
    def precision(self) -> float | None:
        """None if nothing was found."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        return self.right / self.wanted if self.wanted else None

    @property
    def f1(self) -> float | None:
        return 2 * self.right / (self.found + self.wanted) if self.found + self.wanted else None

    def precision_interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of precision."""
        if not self.found:
            return None
        share, square = self.right / self.found, Z * Z / self.found
        middle = share + square / 2
        half = (square * share * (1 - share) + square * square / 4) ** 0.5
        return (middle - half) / (1 + square), (middle + half) / (1 + square)


def pairs_among(number: int) -> int:
    return number * (number - 1) // 2


def pairwise(clusters: Iterable[Sequence[str]], persons: Mapping[str, str]) -> Pairs:
    """Pairs of records in one cluster, against pairs of records of one person."""
    found = right = 0
    for members in clusters:
        found += pairs_among(len(members))
        right += sum(map(pairs_among, Counter(persons[member] for member in members).values()))
    return Pairs(found, right, sum(map(pairs_among, Counter(persons.values()).values())))


def b_cubed(clusters: Iterable[Sequence[str]], persons: Mapping[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1: means over all records, of the share of a record's cluster that belongs to
    its person, and of the share of its person's records in its cluster."""
    of_person = Counter(persons.values())
    precision = recall = 0.0
    clustered: list[str] = []
    for members in clusters:
        clustered += members
        for person, count in Counter(persons[member] for member in members).items():
            precision += count * count / len(members)
            recall += count * count / of_person[person]
    alone = persons.keys() - clustered
    precision += len(alone)
    recall += sum(1 / of_person[persons[record]] for record in alone)
    precision, recall = precision / len(persons), recall / len(persons)
    return precision, recall, 2 * precision * recall / (precision + recall)


@dataclass(frozen=True)
class Bin:
    least: float
    links: int
    mean_probability: float | None
    share_true: float | None


def reliability(links: Iterable[tuple[float, bool]]) -> list[Bin]:
    """Links by probability in bins of 0.1; whether each is correct."""
    sums = [[0, 0.0, 0] for _ in range(BINS)]
    for probability, right in links:
        of_bin = sums[min(BINS - 1, int(probability * BINS))]
        of_bin[0] += 1
        of_bin[1] += probability
        of_bin[2] += right
    return [
        Bin(place / BINS, count, *((total / count, true / count) if count else (None, None)))
        for place, (count, total, true) in enumerate(sums)
    ]


def calibration_error(bins: Iterable[Bin]) -> float | None:
    """The expected calibration error: the difference of mean probability and share of true links in a bin,
    weighted by the links of the bin. None without links."""
    held = [each for each in bins if each.mean_probability is not None and each.share_true is not None]
    links = sum(each.links for each in held)
    gaps = sum(each.links * abs(each.mean_probability - each.share_true) for each in held)
    return gaps / links if links else None
