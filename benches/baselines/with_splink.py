#!/usr/bin/env python3
"""Splink 5 on DuckDB, trained without labels: the prior from two strict rules, u by random sampling with a
seed, m by expectation maximization. Scores are match weights; the own threshold is probability 0.5."""

from __future__ import annotations

import logging
from itertools import product
from typing import Any

from case import Case, Found, Row, run_method
from common import need

REQUIREMENTS = "requirements-splink.txt"
SEED = 1
# Share of matching pairs that agree on both names and the year, or on surname and date; only the prior depends on it.
ASSUMED_RECALL = 0.6
SAMPLED_PAIRS = 5e6
FLOOR = 0.001
PARTS = {"birth_year": slice(0, 4), "birth_day": slice(4, 8)}


def table(people: list[Row], fields: list[str], date: str) -> Any:
    """Empty values as nulls, and the parts of the date to block on."""
    columns = {"unique_id": [person["record_id"] for person in people]}
    columns |= {name: [person[name] or None for person in people] for name in fields}
    columns |= {name: [person[date][part] or None for person in people] for name, part in PARTS.items()}
    return need("pyarrow", REQUIREMENTS).table(columns)


def comparison(name: str, role: str) -> Any:
    library = need("splink.comparison_library", REQUIREMENTS)
    if role == "name":
        return library.NameComparison(name)
    if role == "date":
        # A mistyped date is often invalid, yet still one edit away from the right one.
        return library.DateOfBirthComparison(name, input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=False)
    if role == "email":
        return library.EmailComparison(name)
    if role == "place":
        return library.JaroWinklerAtThresholds(name, [0.92, 0.8])
    return library.ExactMatch(name) if role == "sex" else library.LevenshteinAtThresholds(name, [1, 2])


def trained_linker(
    tables: dict[str, Any], fields: dict[str, str], link_type: str, without_rules: tuple[tuple[str, ...], ...] = ()
) -> Any:
    splink = need("splink", REQUIREMENTS)
    block_on = splink.block_on
    date = next(name for name, role in fields.items() if role == "date")
    given, surname = (name for name, role in fields.items() if role == "name")
    strong = [name for name, role in fields.items() if role in ("code", "email")]
    rules = [(given, surname), (date,), *product((given, surname), [*PARTS, *strong])]
    settings = splink.SettingsCreator(
        link_type=link_type,
        comparisons=[comparison(name, role) for name, role in fields.items()],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules if rule not in without_rules],
    )
    database = splink.DuckDBAPI()
    registered = [database.register(content, dataset_display_name=name) for name, content in tables.items()]
    linker = splink.Linker(registered, settings, log_level=logging.ERROR)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on(given, surname, "birth_year"), block_on(surname, date)], recall=ASSUMED_RECALL
    )
    training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=SEED)
    for rule in ((given, surname), (date,)):
        training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    return linker


def found(case: Case) -> Found:
    date = next(name for name, role in case.fields.items() if role == "date")
    tables = {f"file_{place}": table(people, list(case.fields), date) for place, people in enumerate(case.files)}
    linker = trained_linker(tables, case.fields, "dedupe_only" if case.task == "dedupe" else "link_only")
    pairs = []
    for row in linker.inference.predict(threshold_match_probability=FLOOR).as_record_list():
        left, right = row["unique_id_l"], row["unique_id_r"]
        if row.get("source_dataset_l", "") > row.get("source_dataset_r", ""):
            left, right = right, left
        pairs.append((left, right, row["match_weight"]))
    return Found(pairs, own_threshold=0.0)


if __name__ == "__main__":
    run_method(__doc__, ["splink", "duckdb"], found)
