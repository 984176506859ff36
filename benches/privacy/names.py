#!/usr/bin/env python3
"""Do sizes of classes of equal symbols reveal names? A frequency attack compared with the base rate.

The linkage unit sees the number of records of the other file with which a record shares symbols, the size of
its connected component, and the number of shared symbols; in a file for deduplication, the same within it. If
a class stood for a common name or place, its size would reveal which. The attacker guesses family name, given
name and municipality of the registry's records, in three ways:

    ranks     records by descending size of the observed class get names by descending public
              frequency
    learned   for each observation, the best guess from one half of the records, whose people are
              known, is applied to the other half
    groups    records that share symbols with a number of records other than one, or that are in
              larger classes, get the most common name

Each is compared with always guessing the most common name. A connected component counts as one guess in the
standard error, because people of a household share a name.

Control: the same schema with a view of only the family name, which no schema should have (`encode` refuses it
unless overridden): there the sizes of classes reveal the most common names.

    python benches/privacy/names.py --people DIR --mizuhiki BINARY --json OUT

The exit status is 1 if a guess is correct more often than the most common name by more than --errors (2)
standard errors, or if the control does not reach twice the base rate. Groups can have few records, where one
hit is many standard errors, and there are many guesses. So the exact chance of as many hits, times the number
of guesses, must also be that small.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from population import Population, municipality
from sealed import (
    Common, Json, Tokens, classes, encode, join, new_key, partitions, read_schema, run, scratch, symbols_of, write_schema,
)  # fmt: skip

ATTRIBUTES = ("family name", "given name", "municipality")
CONTROL = "control, with a view of the family name"
# Observations with fewer records in the known half are ignored.
LEAST = 20


def components(records: int, pairs: list[tuple[int, int]]) -> np.ndarray:
    """The number of each record's connected component."""
    parent = list(range(records))

    def root(of: int) -> int:
        while parent[of] != of:
            parent[of] = parent[parent[of]]
            of = parent[of]
        return of

    for a, b in pairs:
        parent[root(a)] = root(b)
    return np.array([root(of) for of in range(records)])


def largest_classes(tokens: Tokens) -> np.ndarray:
    """For each record of a file, the maximum number of records that have one of its symbols."""
    largest = np.zeros(tokens.records, np.int64)
    parts = partitions(tokens.records * tokens.per_record)
    for number in range(parts):
        symbols, rows = tokens.partition(number, parts)
        _, _, sizes = classes(symbols)
        several = np.repeat(sizes, sizes)
        np.maximum.at(largest, rows[several > 1], several[several > 1])
    return largest


class Seen:
    """The observations for each registry record."""

    def __init__(self, common: Common, records: int, others: int, largest: np.ndarray | None = None) -> None:
        """`others`: records of the other file, which is the left one; 0 within one file. `largest`: class of a record."""
        self.largest = np.zeros(records, np.int64) if largest is None else largest
        left, right = common.left.astype(np.int64), common.right.astype(np.int64)
        if others:
            self.degree = np.bincount(right, minlength=records)
            self.total = np.bincount(right, common.count, minlength=records).astype(np.int64)
            self.most = np.zeros(records, np.int64)
            np.maximum.at(self.most, right, common.count)
            whole = components(records + others, list(zip(right.tolist(), (left + records).tolist())))
        else:
            ends = np.concatenate((left, right))
            both = np.concatenate((common.count, common.count))
            self.degree = np.bincount(ends, minlength=records)
            self.total = np.bincount(ends, both, minlength=records).astype(np.int64)
            self.most = np.zeros(records, np.int64)
            np.maximum.at(self.most, ends, both)
            whole = components(records, list(zip(left.tolist(), right.tolist())))
        sizes = np.bincount(whole)
        self.size = sizes[whole][:records]
        self.component = whole[:records]
        self.alone = 2 if others else 1

    def signature(self) -> np.ndarray:
        """Degree, component size, and number of symbols shared with the nearest record, in octaves; largest
        class."""
        octave = np.ceil(np.log2(self.most + 1)).astype(np.int64)
        seen = (np.minimum(self.degree, 9) * 10 + np.minimum(self.size, 9)) * 16 + octave
        return seen * 10_000 + np.minimum(self.largest, 9_999)


def tail(hits: int, tries: int, share: float) -> float:
    """Chance of at least so many hits."""
    if hits == 0:
        return 1.0
    logs = [
        math.lgamma(tries + 1) - math.lgamma(k + 1) - math.lgamma(tries - k + 1) + k * math.log(share) + (tries - k) * math.log1p(-share)
        for k in range(hits)
    ]
    return max(0.0, 1 - math.fsum(map(math.exp, logs)))


def normal_tail(errors: float) -> float:
    return math.erfc(errors / math.sqrt(2)) / 2


def against(hits: np.ndarray, base: float, component: np.ndarray) -> Json:
    """How often a guess was correct; z in standard errors of the base rate, with components as one; the exact
    chance of at least as much."""
    number = len(hits)
    if not number:
        return {"records": 0, "right": 0.0, "base": base, "z": 0.0, "chance": 1.0}
    _, where = np.unique(component, return_inverse=True)
    sizes = np.bincount(where)
    # Guesses about one component are assumed to be right or wrong together.
    error = math.sqrt(base * (1 - base) * float((sizes.astype(float) ** 2).sum())) / number
    right = float(hits.mean())
    together = int((np.bincount(where, hits) / sizes).sum() + 1e-9)
    return {
        "records": number, "right": right, "base": base, "standard_error": error, "z": (right - base) / error if error else 0.0,
        "chance": tail(together, len(sizes), base),
    }  # fmt: skip


def guesses(seen: Seen, values: np.ndarray, random: np.random.Generator) -> dict[str, Json]:
    counts = Counter(values.tolist())
    ordered = counts.most_common()
    commonest, number = ordered[0]
    base = number / len(values)
    answer: dict[str, Json] = {}
    # By ranks.
    order = np.lexsort((random.random(len(values)), seen.total, seen.size, seen.degree, seen.largest))[::-1]
    names = np.repeat(np.array([name for name, _ in ordered]), [count for _, count in ordered])
    hits = np.zeros(len(values), bool)
    hits[order] = values[order] == names
    answer["ranks"] = against(hits, base, seen.component)
    # Learned: halves by component, so that no known record informs about its relatives.
    _, where = np.unique(seen.component, return_inverse=True)
    half = (random.random(where.max() + 1) < 0.5)[where]
    signature = seen.signature()
    guess = np.full(len(values), commonest, dtype=values.dtype)
    learned = 0
    for each in np.unique(signature):
        of = signature == each
        known = values[of & half]
        if len(known) >= LEAST:
            guess[of] = Counter(known.tolist()).most_common(1)[0][0]
            learned += 1
    test = ~half
    plain = float((values[test] == commonest).mean())
    answer["learned"] = against((guess == values)[test], plain, seen.component[test]) | {"things_seen": learned}
    # Groups.
    groups = {
        "shares with others": seen.degree >= seen.alone,
        "with two others or more": seen.degree > seen.alone,
        "hangs together with 3 or more": seen.size > seen.alone + (1 if seen.alone == 2 else 0) + 1,
    }
    for name, of in groups.items():
        answer[f"group: {name}"] = against(values[of] == commonest, base, seen.component[of])
    return answer


def with_names(schema: Json) -> Json:
    """The schema with a view of only the family name."""
    schema = json.loads(json.dumps(schema))
    schema["views"].append({"name": "control", "fields": ["family"], "minPresentWeight": 1})
    schema.setdefault("limits", {})["maxRepeatedShare"] = 1
    symbols = schema["symbols"]
    if "perRecord" in symbols:
        symbols["perRecord"] = max(symbols["perRecord"], len(schema["views"]) * symbols["perView"])
    return schema


def measure(options: argparse.Namespace, folder: Path, people: Path) -> Json:
    schema = symbols_of(
        read_schema(options.schema), positions=options.positions, perView=options.per_view, draw=options.draw,
        perRecord=options.per_record, bits=options.bits,
    )  # fmt: skip
    paths = {False: write_schema(schema, folder / "schema.json"), True: write_schema(with_names(schema), folder / "names.json")}
    key = new_key(options.mizuhiki, folder)
    population = Population(people)

    def tokens(holder: str, *purpose: str, control: bool = False) -> Tokens:
        output = folder / f"{holder}-{'-'.join(purpose)}.arrow"
        path = paths[control]
        encode(options.mizuhiki, people / f"{holder}.csv", path, key, output, options.threads, *purpose)
        return Tokens(output)

    random = np.random.default_rng(options.seed)
    result: Json = {"schema": schema["name"], "symbols": schema["symbols"], "guesses": []}
    for where in ("across two files", "within one file", CONTROL):
        if where == "across two files":
            other, registry = tokens(options.other, "--run", "names"), tokens("registry", "--run", "names")
            seen = Seen(join(other, registry), registry.records, other.records)
        else:
            registry = tokens("registry", "--for", "dedupe", control=where == CONTROL)
            # Classes of the control are too large to list their pairs.
            common = Common() if where == CONTROL else join(registry)
            seen = Seen(common, registry.records, 0, largest_classes(registry))
        rows = [population.rows[person] for person in population.persons("registry", registry.ids).tolist()]
        values = {
            "family name": np.array([population.names[row][0] for row in rows]),
            "given name": np.array([population.names[row][1] for row in rows]),
            "municipality": np.array([municipality(population.addresses[row]) for row in rows]),
        }
        if where == CONTROL:
            tried = guesses(seen, values["family name"], random)
            way, found = max(((way, tried[way]) for way in ("ranks", "learned")), key=lambda each: each[1]["right"])
            missed = found["right"] < 2 * found["base"]
            result["control"] = found | {"missed": missed}
            print(f"{where}: family name, {way}: right {found['right']:.4%}, base {found['base']:.4%}{'  MISSED' if missed else ''}")
            continue
        sizes = Counter(np.minimum(seen.degree, 9).tolist())
        print(f"{where}: records by how many others share symbols with them: "
              + ", ".join(f"{degree}: {count:,}" for degree, count in sorted(sizes.items())), flush=True)
        result.setdefault("degrees", {})[where] = {str(degree): count for degree, count in sorted(sizes.items())}
        for attribute in ATTRIBUTES:
            for way, found in guesses(seen, values[attribute], random).items():
                beyond = found["z"] > options.errors
                result["guesses"].append({"where": where, "attribute": attribute, "way": way, **found, "beyond": beyond})
                print(f"  {attribute:<14}{way:<38}{found['records']:>8,} records  right {found['right']:.4%}  base {found['base']:.4%}"
                      f"  z {found['z']:+.2f}  chance {found['chance']:.3f}{'  beyond' if beyond else ''}", flush=True)
    tried = [each for each in result["guesses"] if each["records"]]
    # A Bonferroni correction for the number of guesses.
    for each in result["guesses"]:
        each["missed"] = each["beyond"] and each["chance"] * len(tried) < normal_tail(options.errors)
        if each["missed"]:
            print(f"MISSED: {each['attribute']} {each['where']}, {each['way']}: right {each['right']:.4%}, base {each['base']:.4%}, chance {each['chance']:.2g}")
    print(f"{sum(each['beyond'] for each in tried)} of {len(tried)} guesses are beyond {options.errors} standard errors, by chance"
          f" {len(tried) * normal_tail(options.errors):.1f} would be; {sum(each['missed'] for each in tried)} are rarer than their number explains")
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
    parser.add_argument("--errors", type=float, default=2.0, help="standard errors beyond the base rate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
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
        options.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 1 if any(each["missed"] for each in [*result["guesses"], result["control"]]) else 0


if __name__ == "__main__":
    sys.exit(main())
