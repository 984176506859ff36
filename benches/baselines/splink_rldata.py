#!/usr/bin/env python3
"""Linkage quality of Splink 5 on RLdata10000 and FEBRL4, trained without labels.

Runs in a separate environment (requirements-splink.txt). RLdata10000 is deduplicated; FEBRL4 is linked one to
one by Splink's single best links. The fields are those of accuracy_peers.py, and every match-probability
threshold is reported.
"""

from __future__ import annotations

import argparse
import logging
import time
from itertools import combinations
from pathlib import Path
from typing import Any

from common import (
    FIELDS,
    THREE_FIELDS,
    Pair,
    Person,
    Score,
    need,
    print_scores,
    read_people,
    read_truth,
    score,
    scores_as_json,
    write_json,
)

# The two low ones are included because Splink's probabilities are extreme on few fields: at 0.5 it still
# makes almost no errors, and would look worse than it is.
THRESHOLDS = [0.01, 0.1, 0.5, 0.9, 0.95, 0.99]
REQUIREMENTS = "requirements-splink.txt"
SEED = 1
# Share of matching pairs that agree on both names; only the prior depends on it.
ASSUMED_RECALL = 0.6
SAMPLED_PAIRS = 5e6

BIRTH_PARTS = {"birth_year": slice(0, 4), "birth_day": slice(4, 8)}


def table(people: list[Person], key: str, fields: list[str]) -> Any:
    """A table with empty values as nulls and the parts of the birth date to block on."""
    pyarrow = need("pyarrow", REQUIREMENTS)
    columns = {"unique_id": [person[key] for person in people]}
    for field in fields:
        columns[field] = [person[field] or None for person in people]
    for name, part in BIRTH_PARTS.items():
        columns[name] = [person["date_of_birth"][part] or None for person in people]
    return pyarrow.table(columns)


def trained_linker(
    tables: dict[str, Any],
    fields: list[str],
    link_type: str,
    without_rules: tuple[tuple[str, ...], ...] = (),
) -> Any:
    splink = need("splink", REQUIREMENTS)
    library = need("splink.comparison_library", REQUIREMENTS)
    block_on = splink.block_on
    comparisons = [
        library.NameComparison("given_name"),
        library.NameComparison("surname"),
        # A mistyped date is often invalid, yet still one edit away from the right one.
        library.DateOfBirthComparison(
            "date_of_birth",
            input_is_string=True,
            datetime_format="%Y%m%d",
            invalid_dates_as_null=False,
        ),
    ]
    rules: list[tuple[str, ...]] = [
        ("given_name", "surname"),
        ("date_of_birth",),
        *((name, part) for name in THREE_FIELDS[:2] for part in BIRTH_PARTS),
    ]
    if "suburb" in fields:
        comparisons.append(library.JaroWinklerAtThresholds("suburb", [0.92, 0.8]))
        comparisons.append(library.LevenshteinAtThresholds("postcode", [1, 2]))
        rules += [(name, "postcode") for name in THREE_FIELDS[:2]]
    settings = splink.SettingsCreator(
        link_type=link_type,
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[
            block_on(*rule) for rule in rules if rule not in without_rules
        ],
    )
    database = splink.DuckDBAPI()
    registered = [
        database.register(content, dataset_display_name=name) for name, content in tables.items()
    ]
    linker = splink.Linker(registered, settings, log_level=logging.ERROR)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("given_name", "surname", "birth_year"), block_on("surname", "date_of_birth")],
        recall=ASSUMED_RECALL,
    )
    training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=SEED)
    for rule in (block_on("given_name", "surname"), block_on("date_of_birth")):
        training.estimate_parameters_using_expectation_maximisation(rule)
    return linker


def dedupe_rldata(folder: Path) -> list[Score]:
    people = read_people(folder / "rldata10000.csv")
    truth = read_truth(folder / "rldata10000-truth.csv")
    order = {person["id"]: place for place, person in enumerate(people)}
    tables = {"people": table(people, "id", THREE_FIELDS)}
    linker = trained_linker(tables, THREE_FIELDS, "dedupe_only")
    predicted = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    scores = []
    rows = predicted.as_record_list()
    for threshold in THRESHOLDS:
        found = set()
        for row in rows:
            if row["match_probability"] >= threshold:
                left, right = row["unique_id_l"], row["unique_id_r"]
                found.add((left, right) if order[left] < order[right] else (right, left))
        scores.append(score("RLdata10000", "splink pairs", f"p>={threshold}", found, truth))
    return scores


def link_febrl4(folder: Path, fields: list[str], data: str) -> list[Score]:
    truth = read_truth(folder / "febrl4-truth.csv")
    tables = {
        f"febrl4_{side}": table(read_people(folder / f"febrl4-{side}.csv"), "rec_id", fields)
        for side in "ab"
    }
    linker = trained_linker(tables, fields, "link_only")
    predicted = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    scores = []
    for threshold in THRESHOLDS:
        clusters = linker.clustering.cluster_using_single_best_links(
            predicted,
            duplicate_free_datasets=list(tables),
            threshold_match_probability=threshold,
        )
        found = linked_pairs(clusters.as_record_list(), first_source="febrl4_a")
        setting = f"p>={threshold}"
        scores.append(score(data, "splink single best links", setting, found, truth))
    return scores


def linked_pairs(rows: list[dict[str, Any]], first_source: str) -> set[Pair]:
    clusters: dict[str, list[tuple[bool, str]]] = {}
    for row in rows:
        member = (row["source_dataset"] != first_source, row["unique_id"])
        clusters.setdefault(row["cluster_id"], []).append(member)
    return {
        (left[1], right[1])
        for members in clusters.values()
        for left, right in combinations(sorted(members), 2)
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="from extract.py")
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    arguments = parser.parse_args()

    scores: list[Score] = []
    seconds: dict[str, float] = {}
    started = time.perf_counter()
    scores += dedupe_rldata(arguments.data)
    seconds["rldata10000"] = round(time.perf_counter() - started, 2)
    for name, fields in FIELDS.items():
        started = time.perf_counter()
        scores += link_febrl4(arguments.data, fields, f"FEBRL4/{name}")
        seconds[f"febrl4 {name}"] = round(time.perf_counter() - started, 2)
    print_scores(scores)
    packages = ["splink", "duckdb"]
    write_json(arguments.json, packages, scores=scores_as_json(scores), seconds=seconds)


if __name__ == "__main__":
    main()
