#!/usr/bin/env python3
"""Known-plaintext attack on sealed symbols: ridge regression over all symbols jointly.

The attacker has tokens of a file, knows the people of 10,000 or 40,000 of them, and has a list of other
people in plaintext. It encodes all of them into plain filters under its own key and learns to predict these
from tokens by ridge regression. Each of 2,000 other tokens is assigned the one of 2,000 people whose filter
is nearest to the prediction. This is done in --groups groups, so that a share of 0.1 % can be distinguished
from chance (0.05 %).

A token is represented in three ways: its symbols hashed into 4,096 and into 8,192 signed buckets (a set, as
sent), and the 16 highest bits of each symbol at its position in ascending order. The other tokens come from
the same file, and from another one made for the same run. Excluded are people in the household of a known
one, or who share symbols with one in a file for deduplication.

Controls: the same attack on plain filters under the custodians' key in place of symbols, and on their bits
hashed into buckets like symbols.

    python benches/privacy/known_pairs.py --people DIR --mizuhiki BINARY --json OUT

The exit status is 1 if more than --bound (0.001) of the tokens are re-identified, or less than 0.9 in a
control.
"""

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "2")

import argparse  # noqa: E402
import json  # noqa: E402
import math  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402

from population import Population  # noqa: E402
from sealed import (  # noqa: E402
    Json, Tokens, encode, fail, join, new_key, plain_of, read_schema, run, scratch, symbols_of, write_schema,
)  # fmt: skip

Layout = Callable[[np.ndarray], np.ndarray]
CHUNK = 4_000
CONTROL = 0.9
RANKS = 512


def buckets(number: int) -> Layout:
    """Sets of symbols as sums of signs in buckets. (Symbols are uniform: their bits are a hash.)"""

    def layout(symbols: np.ndarray) -> np.ndarray:
        places = (symbols % np.uint64(number)).astype(np.int64)
        signs = (((symbols // np.uint64(number)) & np.uint64(1)).astype(np.float32) * 2 - 1).ravel()
        flat = (np.arange(len(symbols))[:, None] * number + places).ravel()
        sums = np.bincount(flat, signs, len(symbols) * number)
        return sums.reshape(len(symbols), number).astype(np.float32)

    return layout


def by_rank(width: int) -> Layout:
    """The 16 highest bits of symbols of `width` bits, as they stand in ascending order."""

    def layout(symbols: np.ndarray) -> np.ndarray:
        taken = np.linspace(0, symbols.shape[1] - 1, min(RANKS, symbols.shape[1])).astype(int)
        high = (symbols[:, taken] >> np.uint64(width - 16)).astype(">u2")
        bits = np.unpackbits(np.ascontiguousarray(high).view(np.uint8), axis=1)
        return bits.astype(np.float32) * 2 - 1

    return layout


def as_bits(filters: np.ndarray) -> np.ndarray:
    return filters.astype(np.float32) * 2 - 1


def bits_as_symbols(layout: Layout) -> Layout:
    """Each bit of a filter as a symbol common to everybody who has it: sets that do leak."""

    def of_filters(filters: np.ndarray) -> np.ndarray:
        names = np.random.default_rng(2).integers(0, 2**64, (filters.shape[1], 2), np.uint64)
        return layout(np.where(filters > 0, names[:, 1], names[:, 0]))

    return of_filters


class Ridge:
    """Sums of a ridge regression, to which known pairs are added in parts."""

    def __init__(self) -> None:
        self.known = 0

    def add(self, x: np.ndarray, y: np.ndarray) -> None:
        # One more column for the mean.
        x = np.concatenate((x, np.ones((len(x), 1), np.float32)), axis=1)
        if not self.known:
            self.squares = np.zeros((x.shape[1], x.shape[1]), np.float32)
            self.products = np.zeros((x.shape[1], y.shape[1]), np.float32)
        self.squares += x.T @ x
        self.products += x.T @ y
        self.known += len(x)

    def solve(self, share: float) -> np.ndarray:
        squares = self.squares.copy()
        penalty = share * float(np.trace(squares)) / len(squares)
        squares[np.arange(len(squares) - 1), np.arange(len(squares) - 1)] += penalty
        return np.linalg.solve(squares, self.products)


def nearest(x: np.ndarray, y: np.ndarray, weights: np.ndarray, mean: np.ndarray) -> int:
    """The number of tokens whose prediction is nearest to the right person's filter."""
    x = np.concatenate((x, np.ones((len(x), 1), np.float32)), axis=1)
    predicted = x @ weights - mean
    y = y - mean
    for each in (predicted, y):
        each /= np.maximum(np.linalg.norm(each, axis=1, keepdims=True), 1e-9)
    likeness = predicted @ y.T
    # Among equally near people, a random one: the attacker has no further information.
    likeness += np.random.default_rng(0).random(likeness.shape, np.float32) * 1e-7
    return int((likeness.argmax(axis=1) == np.arange(len(x))).sum())


def parts(rows: np.ndarray) -> Iterator[np.ndarray]:
    for begun in range(0, len(rows), CHUNK):
        yield rows[begun : begun + CHUNK]


def attack(
    layout: Layout, tokens: np.ndarray, y: np.ndarray, known: list[np.ndarray],
    tests: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]], options: argparse.Namespace,
) -> list[Json]:  # fmt: skip
    """`known` are rows of `tokens`, each list in addition to earlier ones; a test is groups of rows, its
    tokens, its people."""
    ridge, results = Ridge(), []
    for more in known:
        begun = time.monotonic()
        for rows in parts(more):
            ridge.add(layout(tokens[rows]), y[rows])
        weights = ridge.solve(options.penalty)
        mean = ridge.products[-1] / ridge.known
        for name, (groups, of, people) in tests.items():
            hits = sum(nearest(layout(of[rows]), people[rows], weights, mean) for rows in groups)
            tried = groups.size
            share = hits / tried
            results.append({
                "known": ridge.known, "tokens_of": name, "hits": hits, "tried": tried, "share": share,
                "standard_error": math.sqrt(max(share * (1 - share), 1 / tried) / tried), "seconds": round(time.monotonic() - begun, 1),
            })  # fmt: skip
    return results


def measure(options: argparse.Namespace, folder: Path, people: Path) -> Json:
    base = symbols_of(
        read_schema(options.schema), positions=options.positions, perView=options.per_view, draw=options.draw,
        perRecord=options.per_record, bits=options.bits,
    )  # fmt: skip
    sealed = write_schema(base, folder / "sealed.json")
    plain = plain_of(base)
    filters = write_schema(plain, folder / "filters.json")
    view = plain["views"][0]["name"] if plain.get("views") else "whole"
    custodians = new_key(options.mizuhiki, folder, "custodians")
    attacker = new_key(options.mizuhiki, folder, "attacker")
    population = Population(people)

    def made(holder: str, schema: Path, key: Path, *purpose: str) -> Tokens:
        output = folder / f"{holder}-{schema.stem}-{key.stem}-{'-'.join(purpose)}.arrow"
        encode(options.mizuhiki, people / f"{holder}.csv", schema, key, output, options.threads, *purpose)
        return Tokens(output)

    # Near-duplicates, according to the custodian's own deduplication.
    dedupe = made("registry", sealed, custodians, "--for", "dedupe")
    common = join(dedupe)
    ids = dedupe.ids
    edges = [(ids[a], ids[b]) for a, b in zip(common.left.tolist(), common.right.tolist())]
    dedupe.path.unlink()

    holders = ("registry", options.other)
    tokens = {holder: made(holder, sealed, custodians, "--run", "known") for holder in holders}
    rows = {holder: {name: row for row, name in enumerate(each.ids)} for holder, each in tokens.items()}
    persons = {holder: population.persons(holder, each.ids) for holder, each in tokens.items()}

    # Known people, by whole households; everybody else may be tested, except near-duplicates.
    random = np.random.default_rng(options.seed)
    most = max(options.known)
    households: dict[str, list[int]] = {}
    for row, person in enumerate(persons["registry"].tolist()):
        households.setdefault(population.household(person), []).append(row)
    names = list(households)
    known: list[int] = []
    for place in random.permutation(len(names)).tolist():
        if len(known) >= most:
            break
        known += households[names[place]]
    known = known[:most]
    known_people = set(persons["registry"][known].tolist())
    known_households = {population.household(person) for person in known_people}
    near = set()
    for a, b in edges:
        a_person, b_person = (int(persons["registry"][rows["registry"][each]]) for each in (a, b))
        near |= {b_person} if a_person in known_people else set()
        near |= {a_person} if b_person in known_people else set()
    other_rows = {int(person): row for row, person in enumerate(persons[options.other])}
    free = [
        person
        for person in dict.fromkeys(persons["registry"].tolist())
        if person not in near and population.household(person) not in known_households and person in other_rows
    ]
    wanted = options.groups * options.candidates
    if len(free) < wanted:
        fail(f"{len(free)} people are left to be tested, {wanted} are needed: fewer --groups or --known")
    tested = random.permutation(free)[:wanted].reshape(options.groups, options.candidates)
    own_rows = {int(person): row for row, person in enumerate(persons["registry"])}
    groups = {
        "registry": np.vectorize(own_rows.__getitem__)(tested),
        options.other: np.vectorize(other_rows.__getitem__)(tested),
    }

    def filters_of(holder: str, key: Path) -> np.ndarray:
        """Filters of a holder's people, in the order of its symbols' rows."""
        file = made(holder, filters, key)
        place = {name: row for row, name in enumerate(file.ids)}
        order = np.array([place[name] for name in tokens[holder].ids])
        bits = file.filters(view)[order]
        file.path.unlink()
        return bits

    plaintext = {holder: as_bits(filters_of(holder, attacker)) for holder in holders}
    steps, before = [], 0
    for number in sorted(options.known):
        steps.append(np.array(known[before:number]))
        before = number
    result: Json = {
        "schema": base["name"], "symbols": base["symbols"], "people": int(tokens["registry"].records),
        "left_out_as_near": len(near), "groups": options.groups, "candidates": options.candidates, "attacks": [],
    }  # fmt: skip

    def go(what: str, layout: Layout, x: dict[str, np.ndarray], control: bool) -> None:
        tests = {holder: (groups[holder], x[holder], plaintext[holder]) for holder in holders}
        for found in attack(layout, x["registry"], plaintext["registry"], steps, tests, options):
            missed = found["share"] < CONTROL if control else found["share"] > options.bound
            result["attacks"].append({"tokens": what, **found, "missed": missed})
            print(f"{what:<36} {found['known']:>7,} known pairs, tokens of {found['tokens_of']:<9} re-identified {found['hits']:>6,} of"
                  f" {found['tried']:,}  {found['share']:.4%} ± {found['standard_error']:.4%}{'  MISSED' if missed else ''}", flush=True)

    print(f"chance: {1 / options.candidates:.3%}; {len(near):,} people excluded as near-duplicates of known ones")
    x = {holder: filters_of(holder, custodians) for holder in holders}
    go("control: plain filters", as_bits, x, True)
    go("control: their bits in 4,096 buckets", bits_as_symbols(buckets(4096)), x, True)
    del x
    x = {holder: each.matrix() for holder, each in tokens.items()}
    width = tokens["registry"].bytes_each * 8
    for what, layout in (
        ("symbols in 4,096 buckets", buckets(4096)),
        ("symbols in 8,192 buckets", buckets(8192)),
        ("16 bits of each by its rank", by_rank(width)),
    ):
        go(what, layout, x, False)
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mizuhiki", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--people", type=Path, metavar="DIR", help="folder of existing people")
    parser.add_argument("--size", type=int, default=100_000, help="number of people to generate otherwise")
    parser.add_argument("--other", default="insurer", help="the other file of the run")
    parser.add_argument("--schema", default="people-ja-kanji", help="name of an example, or a file")
    parser.add_argument("--positions", type=int, metavar="T")
    parser.add_argument("--per-view", type=int, metavar="N")
    parser.add_argument("--draw", choices=("plain", "stratified"))
    parser.add_argument("--per-record", type=int, metavar="C")
    parser.add_argument("--bits", type=int, metavar="W")
    parser.add_argument("--known", type=int, nargs="+", default=[10_000, 40_000])
    parser.add_argument("--candidates", type=int, default=2_000)
    parser.add_argument("--groups", type=int, default=10)
    parser.add_argument("--penalty", type=float, default=0.1, help="ridge penalty, as a share of the mean square")
    parser.add_argument("--bound", type=float, default=0.001)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2, help="of mizuhiki; numpy uses 2 unless OPENBLAS_NUM_THREADS is set")
    parser.add_argument("--work", type=Path, metavar="DIR", help="folder for tokens")
    parser.add_argument("--json", type=Path, metavar="OUT")
    options = parser.parse_args()
    with scratch(options.work) as folder:
        people = options.people
        if people is None:
            people = folder / "people"
            run(options.mizuhiki, "synth", "people", "--locale", "ja", "--people", options.size, "--seed", options.seed, "-o", people)
        result = measure(options, folder, people)
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 1 if any(each["missed"] for each in result["attacks"]) else 0


if __name__ == "__main__":
    sys.exit(main())
