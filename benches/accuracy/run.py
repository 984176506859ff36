#!/usr/bin/env python3
"""Accuracy on FEBRL4 and RLdata10000: encode, link without labels, evaluate against the ground truth.

Needs the files that benches/data/extract.py writes, and a built mizuhiki. Every schema is run with several
random keys; thresholds come from the schema, which lets the linkage unit estimate them without labels.
"""
from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "protocols" / "schema" / "examples"
RUNS = [
    ("FEBRL4", "people-five-fields", 0.987),
    ("FEBRL4", "people-five-fields-wide", None),
    ("FEBRL4", "people-names-dob", 0.965),
    ("FEBRL4", "people-five-fields-plain", 0.999),
    ("FEBRL4", "people-names-dob-plain", 0.97),
    ("RLdata10000", "people-names-dob", 0.956),
    ("RLdata10000", "people-names-dob-plain", None),
]


def run(binary: Path, *arguments: str | Path) -> dict:
    command = [str(binary), "--json", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout)


def judge(binary: Path, data: Path, schema: str, what: str, folder: Path) -> dict:
    key = folder / "linkage.key"
    run(binary, "key", "new", "-o", key)
    within = what == "RLdata10000"
    inputs = [data / "rldata10000.csv"] if within else [data / "febrl4-a.csv", data / "febrl4-b.csv"]
    tokens = []
    for index, people in enumerate(inputs):
        tokens.append(folder / f"{index}.parquet")
        task = ["--for", "dedupe"] if within else []
        if not schema.endswith("-plain"):
            task += ["--run", "bench"]
        run(binary, "encode", people, "--schema", EXAMPLES / f"{schema}.json", "--key", key, *task, "-o", tokens[-1], "--keep-ids")
    links = folder / "links.csv"
    linked = run(binary, "link", tokens[0], tokens[-1], "-o", links)
    truth = data / ("rldata10000-truth.csv" if within else "febrl4-truth.csv")
    accuracy = run(binary, "evaluate", "accuracy", links, "--truth", truth, *(["--unordered"] if within else []))
    matches = accuracy["matches"]
    by_hand = best_by_hand(binary, tokens, links, truth, within)
    return {
        "best_f1_by_hand": by_hand[0],
        "best_threshold_by_hand": by_hand[1],
        "accept": linked["accept_threshold"],
        "origin": linked["threshold_origin"],
        "expected_precision": linked["expected_precision"],
        "precision": matches["precision"]["value"],
        "recall": matches["recall"]["value"],
        "f1": matches["f1"],
    }


def best_by_hand(binary: Path, tokens: list[Path], links: Path, truth: Path, within: bool) -> tuple[float, float]:
    """The best F1 of one-to-one links over all thresholds, chosen with the ground truth; and the
    threshold."""
    run(binary, "link", tokens[0], tokens[-1], "-o", links, "--assign", "greedy", "--accept", "0")
    with truth.open(encoding="utf-8", newline="") as file:
        true = {tuple(row[:2]) for row in list(csv.reader(file))[1:]}
    if within:
        true |= {(b, a) for a, b in true}
    with links.open(encoding="utf-8", newline="") as file:
        rows = [(float(row[2]), (row[0], row[1]) in true) for row in list(csv.reader(file))[1:]]
    wanted = len(true) // 2 if within else len(true)
    rows.sort(key=lambda row: -row[0])
    best, right = (0.0, 1.0), 0
    for count, (similarity, is_true) in enumerate(rows, 1):
        right += is_true
        # Equal similarities are taken together.
        if count == len(rows) or rows[count][0] < similarity:
            best = max(best, (2 * right / (count + wanted), similarity))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mizuhiki", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--keys", type=int, default=5, help="random keys per schema")
    parser.add_argument("--json", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    results = []
    for what, schema, goal in RUNS:
        runs = []
        for _ in range(arguments.keys):
            with tempfile.TemporaryDirectory() as folder:
                runs.append(judge(arguments.mizuhiki, arguments.data, schema, what, Path(folder)))
        scores = sorted(each["f1"] for each in runs)
        by_hand = sorted(each["best_f1_by_hand"] for each in runs)
        result = {"data": what, "schema": schema, "goal_f1": goal, "best_by_hand_median": by_hand[len(by_hand) // 2], "f1_min": scores[0],
                  "f1_median": scores[len(scores) // 2], "f1_max": scores[-1], "runs": runs}
        results.append(result)
        bound = "" if goal is None else f"   goal {goal}: {'met' if scores[0] >= goal else 'MISSED'}"
        print(f"{what:<12} {schema:<26} F1 min {scores[0]:.4f} median {scores[len(scores) // 2]:.4f} max {scores[-1]:.4f}   by hand {by_hand[len(by_hand) // 2]:.4f}{bound}", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
