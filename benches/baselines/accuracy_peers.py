#!/usr/bin/env python3
"""Linkage quality of the Python peers on FEBRL4 and RLdata10000.

FEBRL4 (5,000 records linked with 5,000, one to one), on three or on five fields:
  * clkhash + anonlink: encodings made as in clkhash's own FEBRL tutorial, greedy solver
  * recordlinkage: sorted neighborhoods, Jaro-Winkler comparisons, ECM without labels,
    then one-to-one, greedy or optimal
RLdata10000 (10,000 records deduplicated), on names and date of birth:
  * the same two, without one-to-one

Every threshold is reported; none is selected by its score. The neighborhoods for recordlinkage were chosen by
their scores, in its favor.
"""

from __future__ import annotations

import argparse
import copy
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common import (
    FIELDS,
    THREE_FIELDS,
    Pair,
    Person,
    Score,
    greedy_one_to_one,
    need,
    print_scores,
    read_people,
    read_truth,
    score,
    scores_as_json,
    write_json,
)

DICE_THRESHOLDS = [0.70, 0.75, 0.80, 0.85]
# Two people with the same name are far more similar here than in FEBRL4, so higher thresholds are included.
DICE_THRESHOLDS_DEDUPE = [*DICE_THRESHOLDS, 0.90, 0.95]
ECM_THRESHOLDS = [0.5, 0.9, 0.99]
# Two values agree at this Jaro-Winkler similarity or above; ECM takes agreements only.
JARO_WINKLER_AGREES = 0.85
NEIGHBOURHOOD = 9
BIRTH_PARTS = {
    "birth_year": slice(0, 4),
    "birth_month": slice(4, 6),
    "day_of_month": slice(6, 8),
    "birth_day": slice(4, 8),
}
SECRET = "a secret that both sides share"

# Names in bigrams, digits one by one with their positions; 200 bits for identifying fields and 100 for
# locating fields. From the linkage schema of clkhash's FEBRL tutorial.
NAME = {"type": "ngram", "n": 2}
DIGITS = {"type": "ngram", "n": 1, "positional": True}
HASHING: dict[str, tuple[dict[str, Any], int]] = {
    "given_name": (NAME, 200),
    "surname": (NAME, 200),
    "date_of_birth": (DIGITS, 200),
    "suburb": (NAME, 100),
    "postcode": (DIGITS, 100),
}


def linkage_schema(fields: list[str]) -> dict[str, Any]:
    features = []
    for field in fields:
        comparison, bits = HASHING[field]
        features.append(
            {
                "identifier": field,
                "format": {"type": "string", "encoding": "utf-8"},
                "hashing": {
                    "comparison": comparison,
                    "strategy": {"bitsPerFeature": bits},
                    "hash": {"type": "doubleHash"},
                },
            }
        )
    kdf = {"type": "HKDF", "hash": "SHA256", "info": "YmVuY2g=", "salt": "c2FsdA==", "keySize": 64}
    return {"version": 3, "clkConfig": {"l": 1024, "kdf": kdf}, "features": features}


def encode(people: list[Person], fields: list[str]) -> list[Any]:
    clk, schema = need("clkhash.clk"), need("clkhash.schema")
    rows = [[person[field] for field in fields] for person in people]
    parsed = schema.from_json_dict(copy.deepcopy(linkage_schema(fields)))
    return clk.generate_clks(rows, parsed, SECRET, max_workers=1)


def febrl4_anonlink(
    left: list[Person], right: list[Person], truth: set[Pair], fields: list[str], data: str
) -> Iterator[Score]:
    candidates, similarities, solving = (
        need(f"anonlink.{name}") for name in ("candidate_generation", "similarities", "solving")
    )
    encoded = [encode(left, fields), encode(right, fields)]
    for threshold in DICE_THRESHOLDS:
        pairs = candidates.find_candidate_pairs(
            encoded, similarities.dice_coefficient_accelerated, threshold
        )
        found = [
            (left[row[0]]["rec_id"], right[row[1]]["rec_id"])
            for row in (dict(group) for group in solving.greedy_solve(pairs))
            if len(row) == 2
        ]
        yield score(data, "clkhash+anonlink greedy", f"dice>={threshold}", found, truth)


def rldata_anonlink(people: list[Person], truth: set[Pair]) -> Iterator[Score]:
    similarities = need("anonlink.similarities")
    encoded = encode(people, THREE_FIELDS)
    for threshold in DICE_THRESHOLDS_DEDUPE:
        _, (rows, others) = similarities.dice_coefficient_accelerated(
            [encoded, encoded], threshold
        )
        found = {
            (people[a]["id"], people[b]["id"]) for a, b in zip(rows, others) if a < b
        }
        yield score("RLdata10000", "clkhash+anonlink", f"dice>={threshold}", found, truth)


def as_frame(people: list[Person], key: str, fields: list[str]) -> Any:
    pandas = need("pandas")
    frame = pandas.DataFrame(people).set_index(key)[fields]
    for part, place in BIRTH_PARTS.items():
        frame[part] = frame["date_of_birth"].str[place]
    # An empty value must neither block nor agree with another empty one.
    return frame.where(frame != "", None)


def wide_index(fields: list[str]) -> Any:
    """Neighbors in the order of any single field."""
    index = need("recordlinkage").Index()
    for field in fields:
        index.sortedneighbourhood(field, window=NEIGHBOURHOOD)
    return index


def narrow_index(fields: list[str]) -> Any:
    """Neighbors in the order of one field among those who agree on another.

    Fewer candidates and fewer true pairs. But ECM has no labels, so true pairs must be more than a tiny share
    of its input.
    """
    index = need("recordlinkage").Index()
    index.sortedneighbourhood("date_of_birth", window=NEIGHBOURHOOD)
    index.sortedneighbourhood("surname", window=NEIGHBOURHOOD, block_on="given_name")
    for name in ("given_name", "surname"):
        for agreed in ("birth_year", "birth_day"):
            index.sortedneighbourhood(name, window=NEIGHBOURHOOD, block_on=agreed)
        if "postcode" in fields:
            index.sortedneighbourhood(name, window=NEIGHBOURHOOD, block_on="postcode")
    return index


def tight_index() -> Any:
    """Neighbors in the order of one name among those who agree on two other things.

    For RLdata10000, with 1,000 true pairs among 10,000 records and few distinct names. On the candidates of
    the narrow and of the wide neighborhoods, ECM converges to classes other than match and non-match, and F1
    stays below 0.3.
    """
    index = need("recordlinkage").Index()
    for name, other in (("given_name", "surname"), ("surname", "given_name")):
        for agreed in ("date_of_birth", [other, "birth_year"], [other, "birth_day"]):
            index.sortedneighbourhood(name, window=NEIGHBOURHOOD, block_on=agreed)
    return index


def ecm_ranking(index: Any, frames: list[Any], fields: list[str]) -> Any:
    """Each candidate pair's match probability and sum of similarities, best first."""
    recordlinkage, numpy = need("recordlinkage"), need("numpy")
    compare = recordlinkage.Compare()
    for field in fields:
        if field == "date_of_birth":
            # Split into parts, because Jaro-Winkler gives high similarities to most dates of one century.
            for part in ("birth_year", "birth_month", "day_of_month"):
                compare.exact(part, part, label=part)
        else:
            compare.string(field, field, method="jarowinkler", label=field, missing_value=0.0)
    features = compare.compute(index.index(*frames), *frames)
    classifier = recordlinkage.ECMClassifier(binarize=JARO_WINKLER_AGREES)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        classifier.fit(features)
        probability = classifier.prob(features)
    ranking = probability.to_frame("probability").assign(similarity=features.sum(axis=1))
    return ranking.sort_values(["probability", "similarity"], ascending=False, kind="stable")


def optimal_one_to_one(ranking: Any) -> list[Pair]:
    """The one-to-one set of pairs with the maximum sum of similarities."""
    numpy, optimize = need("numpy"), need("scipy.optimize")
    left, left_ids = ranking.index.get_level_values(0).factorize()
    right, right_ids = ranking.index.get_level_values(1).factorize()
    weights = numpy.zeros((len(left_ids), len(right_ids)))
    weights[left, right] = ranking["similarity"]
    rows, columns = optimize.linear_sum_assignment(weights, maximize=True)
    chosen = weights[rows, columns] > 0
    return list(zip(left_ids[rows[chosen]], right_ids[columns[chosen]]))


def febrl4_recordlinkage(
    left: list[Person], right: list[Person], truth: set[Pair], fields: list[str], data: str
) -> Iterator[Score]:
    frames = [as_frame(people, "rec_id", fields) for people in (left, right)]
    for blocks, index in (("wide", wide_index(fields)), ("narrow", narrow_index(fields))):
        ranking = ecm_ranking(index, frames, fields)
        for threshold in ECM_THRESHOLDS:
            likely = ranking[ranking["probability"] >= threshold]
            setting = f"{blocks} p>={threshold}"
            greedy = greedy_one_to_one(likely.index)
            yield score(data, "recordlinkage ECM greedy", setting, greedy, truth)
            optimal = optimal_one_to_one(likely)
            yield score(data, "recordlinkage ECM optimal", setting, optimal, truth)


def rldata_recordlinkage(people: list[Person], truth: set[Pair]) -> Iterator[Score]:
    order = {person["id"]: place for place, person in enumerate(people)}
    frame = as_frame(people, "id", THREE_FIELDS)
    ranking = ecm_ranking(tight_index(), [frame], THREE_FIELDS)
    for threshold in ECM_THRESHOLDS:
        likely = ranking[ranking["probability"] >= threshold]
        found = {(a, b) if order[a] < order[b] else (b, a) for a, b in likely.index}
        yield score("RLdata10000", "recordlinkage ECM", f"tight p>={threshold}", found, truth)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="from extract.py")
    parser.add_argument("--fields", choices=list(FIELDS), default="three", help="of FEBRL4")
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    arguments = parser.parse_args()

    folder: Path = arguments.data
    left, right = (read_people(folder / f"febrl4-{side}.csv") for side in "ab")
    people = read_people(folder / "rldata10000.csv")
    linked = read_truth(folder / "febrl4-truth.csv")
    duplicates = read_truth(folder / "rldata10000-truth.csv")

    fields, data = FIELDS[arguments.fields], f"FEBRL4/{arguments.fields}"
    runs = {
        "febrl4 clkhash+anonlink": febrl4_anonlink(left, right, linked, fields, data),
        "febrl4 recordlinkage": febrl4_recordlinkage(left, right, linked, fields, data),
        "rldata10000 clkhash+anonlink": rldata_anonlink(people, duplicates),
        "rldata10000 recordlinkage": rldata_recordlinkage(people, duplicates),
    }
    scores: list[Score] = []
    seconds: dict[str, float] = {}
    for name, run in runs.items():
        started = time.perf_counter()
        scores += run
        seconds[name] = round(time.perf_counter() - started, 2)
    print_scores(scores)
    write_json(
        arguments.json,
        ["clkhash", "anonlink", "recordlinkage"],
        scores=scores_as_json(scores),
        seconds=seconds,
    )


if __name__ == "__main__":
    main()
