#!/usr/bin/env python3
"""Which records share sealed symbols, at the size of a population: across two files, and within one.

The insurer's and the registry's files of synthetic people (`mizuhiki synth people --locale ja`) are encoded
by the command line under one run, and joined on equal symbols. For pairs of **different** people with any
common symbol: their number per 1,000 records of the smaller file, their relation, the number of shared
symbols, and the number of such pairs per record. Within each of the two files, no symbol may occur in two
records. Then the registry is encoded for deduplication, where common symbols are kept: the same figures
within one file, and sizes of classes.

    python benches/privacy/shared.py --people DIR --mizuhiki BINARY --json OUT
    python benches/privacy/shared.py --people DIR --schema people-ja-kana --other bank --mizuhiki BINARY

Without --people, people are generated (--size, --seed). Parameters of the schema's symbols can be given:
--positions, --per-view, --draw, --per-record, --bits.

The exit status is 1 if a symbol occurs in two records of a file for linkage, or more pairs of different
people per 1,000 records share a symbol across the files than --bound (1).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from population import KINDS, Population
from sealed import Common, Json, Tokens, encode, join, new_key, read_schema, run, scratch, symbols_of, write_schema

# Upper ends of the groups of numbers of common symbols.
ENDS = (1, 2, 4, 8, 16, 32, 64, 128)


def group(count: int) -> str:
    for begin, end in zip((0, *ENDS), ENDS):
        if count <= end:
            return str(end) if begin + 1 == end else f"{begin + 1}-{end}"
    return f"over {ENDS[-1]}"


def table(counts: np.ndarray) -> dict[str, int]:
    """Numbers of common symbols, in groups."""
    groups = Counter(group(int(count)) for count in counts)
    names = [group(end) for end in ENDS] + [f"over {ENDS[-1]}"]
    return {name: groups[name] for name in names if groups[name]}


def who(common: Common, left: np.ndarray, right: np.ndarray, population: Population, smaller: int) -> Json:
    """Figures of the pairs of different people."""
    a, b = left[common.left], right[common.right]
    other = a != b
    kinds: dict[str, list[int]] = {}
    for one, two, count in zip(a[other].tolist(), b[other].tolist(), common.count[other].tolist()):
        kinds.setdefault(population.related(one, two), []).append(count)
    # Within one file, both records of a pair come from it.
    ends = [common.left[other]] + ([common.right[other]] if left is right else [])
    degrees = Counter(Counter(np.concatenate(ends).tolist()).values())
    pairs = int(other.sum())
    return {
        "pairs": pairs,
        "per_1000": pairs / smaller * 1000,
        "who": {
            kind: {
                "pairs": len(kinds[kind]),
                "per_1000": len(kinds[kind]) / smaller * 1000,
                "median_common": float(np.median(kinds[kind])),
                "most_common": max(kinds[kind]),
            }
            for kind in KINDS
            if kind in kinds
        },
        "common": table(common.count[other]),
        "records_by_others": {str(degree): count for degree, count in sorted(degrees.items())},
    }


def same_person(common: Common, left: np.ndarray, right: np.ndarray) -> Json:
    counts = common.count[left[common.left] == right[common.right]]
    if not len(counts):
        return {"pairs": 0}
    low, middle, high = np.percentile(counts, (5, 50, 95))
    return {"pairs": len(counts), "common_5_50_95": [float(low), float(middle), float(high)], "common": table(counts)}


def several(sizes: dict[int, int]) -> dict[str, int]:
    return {str(size): count for size, count in sorted(sizes.items()) if size > 1}


def show(title: str, found: Json) -> None:
    print(f"{title}: {found['pairs']:,} pairs of different people, {found['per_1000']:.3f} per 1,000 records")
    for kind, figures in found["who"].items():
        print(f"    {kind:<32}{figures['pairs']:>9,}{figures['per_1000']:>10.3f} per 1,000"
              f"   common symbols: median {figures['median_common']:.0f}, most {figures['most_common']}")
    print("    common symbols: " + ", ".join(f"{name}: {count:,}" for name, count in found["common"].items()))
    print("    others of a record: " + ", ".join(f"{name}: {count:,}" for name, count in found["records_by_others"].items()), flush=True)


def measure(options: argparse.Namespace, folder: Path, people: Path) -> Json:
    schema = symbols_of(
        read_schema(options.schema), positions=options.positions, perView=options.per_view, draw=options.draw,
        perRecord=options.per_record, bits=options.bits,
    )  # fmt: skip
    path = write_schema(schema, folder / "schema.json")
    key = new_key(options.mizuhiki, folder)
    population = Population(people)
    result: Json = {"schema": schema["name"], "symbols": schema["symbols"]}

    def tokens(holder: str, *purpose: str) -> Tokens:
        output = folder / f"{holder}.arrow"
        summary = encode(options.mizuhiki, people / f"{holder}.csv", path, key, output, options.threads, *purpose)
        report = summary["symbols"]
        name = f"{holder} for {'deduplication' if 'dedupe' in purpose else 'linkage'}"
        result.setdefault("encoded", {})[name] = report | {
            "records": summary["records"], "seconds": round(summary["seconds"], 1),
            "suppressed_share": report["suppressed"] / max(1, report["real"]),
            "cut": (summary.get("alternatives") or {}).get("cut", 0),
        }  # fmt: skip
        print(f"{name}: {summary['records']:,} records, {report['per_record']} symbols each,"
              f" suppressed {report['suppressed'] / max(1, report['real']):.4%}, {summary['seconds']:.1f} s", flush=True)
        return Tokens(output)

    left, right = (tokens(holder, "--run", "shared") for holder in (options.other, "registry"))
    persons = [population.persons(holder, each.ids) for holder, each in ((options.other, left), ("registry", right))]
    common = join(left, right)
    smaller = min(left.records, right.records)
    result["across"] = who(common, *persons, population, smaller) | {"heavy": common.heavy}
    result["same_person"] = same_person(common, *persons)
    result["within_linkage_files"] = {
        options.other: several(common.left_classes), "registry": several(common.right_classes),
    }  # fmt: skip
    show(f"{options.other} and registry", result["across"])
    same = result["same_person"]
    print(f"    of one person: {same['pairs']:,} pairs share symbols, 5 %, half and 95 % of them at most {same.get('common_5_50_95')}")
    for holder, sizes in result["within_linkage_files"].items():
        print(f"    symbols in two records of {holder} or more: {sum(sizes.values())}", flush=True)
    for each in (left, right):
        each.path.unlink()
    if not options.across_only:
        within = tokens("registry", "--for", "dedupe")
        common = join(within)
        persons = [population.persons("registry", within.ids)] * 2
        result["within"] = who(common, *persons, population, within.records) | {
            "heavy": common.heavy, "classes": several(common.left_classes),
        }  # fmt: skip
        show("within the registry, for deduplication", result["within"])
        print("    symbols by number of records: " + ", ".join(f"{size}: {count:,}" for size, count in result["within"]["classes"].items()))
    missed = []
    if result["across"]["per_1000"] > options.bound:
        missed.append(f"{result['across']['per_1000']:.3f} pairs of different people per 1,000 records share symbols, bound {options.bound}")
    for holder, sizes in result["within_linkage_files"].items():
        if sizes:
            missed.append(f"{sum(sizes.values())} symbols stand in two records of {holder} or more")
    result["missed"] = missed
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mizuhiki", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--people", type=Path, metavar="DIR", help="folder of existing people")
    parser.add_argument("--size", type=int, default=100_000, help="number of people to generate otherwise")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--other", default="insurer", help="the file to compare with the registry")
    parser.add_argument("--schema", default="people-ja-kanji", help="name of an example, or a file")
    parser.add_argument("--positions", type=int, metavar="T")
    parser.add_argument("--per-view", type=int, metavar="N")
    parser.add_argument("--draw", choices=("plain", "stratified"))
    parser.add_argument("--per-record", type=int, metavar="C")
    parser.add_argument("--bits", type=int, metavar="W")
    parser.add_argument("--across-only", action="store_true", help="skip the part within one file")
    parser.add_argument("--bound", type=float, default=1.0, help="pairs per 1,000 records of the smaller file")
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
    for what in result["missed"]:
        print(f"MISSED  {what}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 1 if result["missed"] else 0


if __name__ == "__main__":
    sys.exit(main())
