#!/usr/bin/env python3
"""Wrong links among existing ones, as found by two plaintext peers: Splink 5 and a naive list.

Each link of a holder (insurer or bank) to the registry is one pair, and both peers order the same pairs. The
naive list contains every link in which a field present on both sides differs. Splink's list is sorted by
ascending match weight of a model with two classes, u from random pairs and m by expectation maximization over
the links.

Values are normalized as by a user without an address parser: NFKC, no blanks, one kind of hyphen, dates of
the receipts' code book as dates, sex as M or F, and addresses without prefecture, the counters of block
numbers and rooms (丁目 番地 番 号 号室) as hyphens. An address also compares equal to the registry's previous one,
and a name to the registry's alias. Splink's comparison of addresses has further levels: similar to the
address, similar to the previous one, an equal postal code, which the naive list does not use. The insurer's
kana are not compared.

The registry has no kana and the bank only kana, so for the bank both peers compare addresses only. With one
comparison, expectation maximization cannot separate the share of wrong links from the levels' m; such a list
depends on the order of the levels.

Links of equal weight are in random order: recall is the expectation over all such orders. Runs in Splink's
environment (requirements-splink.txt); results go to standard output.
"""

from __future__ import annotations

import argparse
import csv
import json
import logging
import math
import re
import resource
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from common import environment, fail, need

REQUIREMENTS = "requirements-splink.txt"
SEED = 1
SAMPLED_PAIRS = 5e7
MEMORY = "3GB"  # of DuckDB alone
# Start of expectation maximization. As a prior it shifts all weights equally.
ASSUMED_RIGHT = 0.999
LENGTHS = (1, 2, 3, 5)
ENOUGH = 0.95

YEAR_BEFORE = {"1": 1867, "2": 1911, "3": 1925, "4": 1988, "5": 2018}
SEXES = {"1": "M", "2": "F", "男": "M", "女": "F"}
HYPHENS = re.compile(r"[‐‑‒–—―−ー─━ｰ]")
COUNTERS = re.compile(r"丁目|番地の?|番(?=\d|$)|号室?")
PREFECTURE = re.compile("^(東京都|北海道|(京都|大阪)府|.{2,3}県)")
NUMERALS = re.compile("[一二三四五六七八九十]+(?=丁目)")
DIGITS = "〇一二三四五六七八九"

HOLDER_COLUMNS = {
    "insurer": ("name_kanji", "birth_date", "sex", "address", "postal_code"),
    "bank": ("address", "postal_code"),
}
REGISTRY_ONLY = ("alias", "previous_address")


# Values -------------------------------------------------------------------------------------------


def folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def name_parts(text: str) -> tuple[str, str]:
    """Family and given name; an unsplit name is entirely the family name."""
    words = unicodedata.normalize("NFKC", text).upper().split()
    return (words[0], "".join(words[1:])) if words else ("", "")


def number_of(numerals: str) -> str:
    """一 … 九十九; other runs are unchanged."""
    match = re.fullmatch("(?:([一二三四五六七八九]?)(十))?([一二三四五六七八九]?)", numerals)
    if match is None:
        return numerals
    tens = DIGITS.index(match[1] or "一") if match[2] else 0
    return str(10 * tens + (DIGITS.index(match[3]) if match[3] else 0))


def address(text: str) -> str:
    text = NUMERALS.sub(lambda m: number_of(m[0]), folded(text))
    text = COUNTERS.sub("-", HYPHENS.sub("-", PREFECTURE.sub("", text)))
    return re.sub("-+(?=-|$|[^0-9])", "", text)


def date(text: str) -> str:
    """An ISO date from the receipts' seven digits; other texts are unchanged."""
    if not re.fullmatch("[1-5][0-9]{6}", text):
        return text
    return f"{YEAR_BEFORE[text[0]] + int(text[1:3])}-{text[3:5]}-{text[5:]}"


def sex(text: str) -> str:
    return SEXES.get(folded(text), "")


def postal_code(text: str) -> str:
    return re.sub("[^0-9]", "", folded(text))


def family(text: str) -> str:
    return name_parts(text)[0]


def given(text: str) -> str:
    return name_parts(text)[1]


# Column of a side's table: column of the file, conversion of its values.
MADE: dict[str, tuple[str, Callable[[str], str]]] = {
    "family": ("name_kanji", family),
    "given": ("name_kanji", given),
    "alias_family": ("alias", family),
    "alias_given": ("alias", given),
    "birth_date": ("birth_date", date),
    "sex": ("sex", sex),
    "address": ("address", address),
    "previous_address": ("previous_address", address),
    "postal_code": ("postal_code", postal_code),
}
# Fields that the naive list uses, with the registry's other columns that may contain the value.
NAIVE = {
    "family": ("alias_family",),
    "given": ("alias_given",),
    "birth_date": (),
    "sex": (),
    "address": ("previous_address",),
}


# Links --------------------------------------------------------------------------------------------


@dataclass
class Links:
    """Correct and wrong links in the order of their file; `left` and `right` are tables of sides."""

    handles: list[str]
    wrong: list[bool]
    left: dict[str, list[str | None]]
    right: dict[str, list[str | None]]


def side(path: Path, records: list[str], columns: Iterable[str]) -> dict[str, list[str | None]]:
    """Normalized values of the records, one per link."""
    wanted, columns = set(records), set(columns)
    made = [name for name, (column, _) in MADE.items() if column in columns]
    rows: dict[str, tuple[str | None, ...]] = {}
    with path.open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            if row["record_id"] in wanted:
                rows[row["record_id"]] = tuple(MADE[n][1](row[MADE[n][0]]) or None for n in made)
    return {name: [rows[r][i] for r in records] for i, name in enumerate(made)}


def read_links(folder: Path, holder: str, limit: int | None) -> Links:
    with (folder / f"links-{holder}-registry.csv").open(encoding="utf-8", newline="") as source:
        links = list(csv.reader(source))[1:][:limit]
    with (folder / f"truth-links-{holder}-registry.csv").open(encoding="utf-8", newline="") as file:
        cause = {row["handle"]: row["cause"] for row in csv.DictReader(file)}
    handles, lefts, rights, _ = (list(column) for column in zip(*links, strict=True))
    columns = HOLDER_COLUMNS[holder]
    return Links(
        handles,
        [cause[handle] != "" for handle in handles],
        side(folder / f"{holder}.csv", lefts, columns),
        side(folder / "registry.csv", rights, (*columns, *REGISTRY_ONLY)),
    )


# Lists --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Review:
    """The accuracy of a list. For ties, numbers of entries and recall are expectations."""

    entries: int
    entries_per_wrong_link: float
    wrong_links_listed: int
    recall: float
    recall_at: dict[str, float]
    entries_for_95_percent: int | None


def review(scores: Iterable[float], wrong: list[bool], listed: Callable[[float], bool]) -> Review:
    """For the list of the listed links by ascending score."""
    all_of: Counter[float] = Counter()
    wrong_of: Counter[float] = Counter()
    for score, is_wrong in zip(scores, wrong, strict=True):
        if listed(score):
            all_of[score] += 1
            wrong_of[score] += is_wrong
    groups = [(all_of[s], wrong_of[s]) for s in sorted(all_of)]
    total, entries, found = sum(wrong), sum(all_of.values()), sum(wrong_of.values())

    def found_in(length: int) -> float:
        left, so_far = length, 0.0
        for size, hits in groups:
            so_far += hits * min(1.0, left / size)
            left -= size
            if left <= 0:
                break
        return so_far

    def needed(hits_wanted: float) -> int | None:
        before, so_far = 0, 0
        for size, hits in groups:
            if so_far + hits >= hits_wanted:
                return before + math.ceil(size * (hits_wanted - so_far) / hits)
            before, so_far = before + size, so_far + hits
        return None

    return Review(
        entries,
        round(entries / total, 2),
        found,
        round(found / total, 4),
        {f"{k}n": round(found_in(k * total) / total, 4) for k in LENGTHS},
        needed(ENOUGH * total),
    )


def differing(links: Links) -> list[int]:
    """Number of differing fields per link; missing values do not count."""
    counts = [0] * len(links.handles)
    for name, others in NAIVE.items():
        if name in links.left:
            theirs = zip(*(links.right[n] for n in (name, *others)), strict=True)
            for i, (mine, values) in enumerate(zip(links.left[name], theirs, strict=True)):
                counts[i] += mine is not None and values[0] is not None and mine not in values
    return counts


# Splink -------------------------------------------------------------------------------------------


def either_way(template: str) -> str:
    """Splink may use either table as the left one: {0} and {1} stand for the two."""
    return f"{template.format('l', 'r')} OR {template.format('r', 'l')}"


def comparisons(columns: Iterable[str]) -> list[Any]:
    library = need("splink.comparison_library", REQUIREMENTS)
    level = need("splink.comparison_level_library", REQUIREMENTS)

    def name(column: str) -> Any:
        alias = either_way(f"{column}_{{0}} = alias_{column}_{{1}}")
        return library.CustomComparison(
            output_column_name=column,
            comparison_levels=[
                level.NullLevel(column),
                level.Or(level.ExactMatchLevel(column), level.CustomLevel(alias)),
                level.JaroWinklerLevel(column, 0.88),
                level.JaroWinklerLevel(column, 0.7),
                level.ElseLevel(),
            ],
        )

    previous = either_way("address_{0} = previous_address_{1}")
    like_previous = either_way("jaro_winkler_similarity(address_{0}, previous_address_{1}) >= 0.9")
    found = [
        library.CustomComparison(
            output_column_name="address",
            comparison_levels=[
                level.NullLevel("address"),
                level.ExactMatchLevel("address"),
                level.CustomLevel(previous, "equals the previous address"),
                level.JaroWinklerLevel("address", 0.95),
                level.LevenshteinLevel("address", 4),
                level.CustomLevel(like_previous, "like the previous address"),
                level.ExactMatchLevel("postal_code"),
                level.JaroWinklerLevel("address", 0.8),
                level.ElseLevel(),
            ],
        )
    ]
    if "birth_date" in columns:
        found += [
            name("family"),
            name("given"),
            library.DateOfBirthComparison(
                "birth_date", input_is_string=True, invalid_dates_as_null=False
            ),
            library.ExactMatch("sex"),
        ]
    return found


def splink_weights(links: Links) -> tuple[list[float], dict[str, Any]]:
    """Match weights in the order of the links, and the trained model's levels."""
    splink = need("splink", REQUIREMENTS)
    pyarrow = need("pyarrow", REQUIREMENTS)
    text = pyarrow.string()
    # The holder has no alias and no previous address.
    absent = [None] * len(links.handles)
    tables = {}
    for name, values in (("holder", links.left), ("registry", links.right)):
        columns = {column: values.get(column, absent) for column in links.right}
        tables[name] = pyarrow.table(
            {
                "unique_id": pyarrow.array(links.handles, text),
                "handle": pyarrow.array(links.handles, text),
                **{column: pyarrow.array(v, text) for column, v in columns.items()},
            }
        )
    same_link = splink.block_on("handle")
    settings = splink.SettingsCreator(
        link_type="link_only",
        comparisons=comparisons(links.left),
        blocking_rules_to_generate_predictions=[same_link],
        probability_two_random_records_match=ASSUMED_RIGHT,
        retain_matching_columns=False,
    )
    duckdb = need("duckdb", REQUIREMENTS)
    database = splink.DuckDBAPI(duckdb.connect(config={"memory_limit": MEMORY}))
    registered = [database.register(t, dataset_display_name=name) for name, t in tables.items()]
    linker = splink.Linker(registered, settings, log_level=logging.WARNING)
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=SEED)
    linker.training.estimate_parameters_using_expectation_maximisation(same_link)
    predicted = linker.inference.predict()
    rows = predicted.as_duckdbpyrelation().project("unique_id_l, match_weight").fetchall()
    weight = dict(rows)
    if len(weight) != len(links.handles):
        fail(f"Splink scored {len(weight)} of {len(links.handles)} links")
    return [weight[handle] for handle in links.handles], levels_of(linker)


def levels_of(linker: Any) -> dict[str, Any]:
    model = linker.misc.save_model_to_json()
    return {
        comparison["output_column_name"]: [
            {
                "level": level["label_for_charts"],
                "m": level.get("m_probability"),
                "u": level.get("u_probability"),
            }
            for level in comparison["comparison_levels"]
            if not level.get("is_null_level")
        ]
        for comparison in model["comparisons"]
    }


# ------------------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--holder", choices=HOLDER_COLUMNS, required=True)
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N links")
    arguments = parser.parse_args()

    begun = time.perf_counter()
    links = read_links(arguments.data, arguments.holder, arguments.limit)
    total = sum(links.wrong)
    if total == 0:
        fail("none of the links is wrong")
    read = time.perf_counter()
    counts = differing(links)
    flags, most_first = [-float(c > 0) for c in counts], [-float(c) for c in counts]
    lists = {
        "naive": review(flags, links.wrong, lambda score: score < 0),
        "naive_most_fields_first": review(most_first, links.wrong, lambda score: score < 0),
    }
    weights, model = splink_weights(links)
    lists["splink"] = review(weights, links.wrong, lambda _: True)
    document = {
        "versions": environment("splink", "duckdb"),
        "data": str(arguments.data),
        "holder": arguments.holder,
        "links": len(links.handles),
        "wrong_links": total,
        "lists": {name: asdict(value) for name, value in lists.items()},
        "splink_model": model,
        "seconds": {
            "read": round(read - begun, 1),
            "total": round(time.perf_counter() - begun, 1),
        },
        "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    json.dump(document, sys.stdout, indent=2, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
