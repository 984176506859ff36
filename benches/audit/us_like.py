"""Audit of US-like links with planted errors, and the upper bound from the plaintext: recall by kind,
expected wrong links.

Generates people and links with `us_people`, encodes both sides, audits, and evaluates the findings as `run`
does. The list has three reviewed pairs per true error. Prints a line for each seed, then for all seeds
together.
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Collection, Dict, List, Tuple

from run import EXAMPLES, audit
from us_people import make

SCHEMA = EXAMPLES / "audit-people-en.json"
ERRORS = {"number_typo": 5, "row_shift": 5, "household": 6, "namesake": 4}

RIGHT = {"", "match", "entry_variant", "insufficient"}  # classes that call no link wrong

Counts = Dict[str, Tuple[int, int]]  # wrong links by cause, and how many of them are found


def by_cause(judged: Dict[str, Any], passed_over: Collection[str] = ("",)) -> Counts:
    """Listed links, except those with an excluded class."""
    counts: Counts = {}
    for row in judged["causes"]:
        links, found = counts.get(row["cause"], (0, 0))
        missed = sum(row["found"].get(of, 0) for of in passed_over)
        counts[row["cause"]] = (links + row["links"], found + row["links"] - missed)
    return counts


def pooled(counts: List[Counts]) -> Counts:
    causes = sorted({cause for of in counts for cause in of})
    sums = {cause: [of.get(cause, (0, 0)) for of in counts] for cause in causes}
    return {cause: (sum(pair[0] for pair in of), sum(pair[1] for pair in of)) for cause, of in sums.items()}


def said(counts: Counts) -> str:
    total = sum(links for links, _ in counts.values()), sum(found for _, found in counts.values())
    parts = [f"{cause} {found}/{links}" for cause, (links, found) in counts.items()]
    return ", ".join([*parts, f"all {total[1]}/{total[0]} = {total[1] / max(total[0], 1):.3f}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mizuhiki", required=True)
    parser.add_argument("--folder", type=Path, required=True, help="folder of the people; 10 MB per seed")
    parser.add_argument("--links", type=int, default=18_911)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(1, 11)))
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    results: Dict[str, Any] = {"links": arguments.links, "errors": ERRORS, "seeds": {}}
    found: List[Counts] = []
    most: List[Counts] = []
    called: List[Counts] = []
    within = 0
    for seed in arguments.seeds:
        folder = arguments.folder / f"s{seed}"
        make(folder, seed, arguments.links, ERRORS)
        result = audit(arguments.mizuhiki, folder, "insurer", SCHEMA, True)
        found.append(by_cause(result["audit"]))
        most.append(by_cause(result["ceiling"]))
        called.append(by_cause(result["audit"], RIGHT))
        summary, wrong = result["steps"]["audit"]["said"], result["audit"]["wrong"]
        low, high = summary["expected_wrong_low"], summary["expected_wrong_high"]
        within += low <= wrong <= high
        results["seeds"][seed] = {"found": found[-1], "ceiling": most[-1], "wrong": wrong, "expected": [summary["expected_wrong"], low, high], **result}
        print(f"seed {seed}: {said(found[-1])}; ceiling {said(most[-1])}")
        print(f"  expected wrong {summary['expected_wrong']:.1f} ({low:.1f} to {high:.1f}), true {wrong}; class right {result['audit']['class_right']['value']:.3f}")
    sums = {"found": pooled(found), "called_wrong": pooled(called), "ceiling": pooled(most)}
    results["pooled"] = {**sums, "seeds_within_interval": within}
    for name, counts in sums.items():
        print(f"all seeds, {name}: {said(counts)}")
    print(f"true number of wrong links within the interval: {within} of {len(arguments.seeds)} seeds")
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
