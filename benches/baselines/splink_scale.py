#!/usr/bin/env python3
"""Splink 5 and mizuhiki deduplicate one file of synthetic people: time, memory, precision and recall.

The file contains the hospital's records, filled up with the insurer's to the requested number; people known
to both are in it twice. Splink sees plaintext, lower case and without accents, and is set up and trained
without labels as in with_splink.py. mizuhiki encodes the same file with a linkage schema and deduplicates
the tokens.

Each runs in a separate process, which is measured: wall time, processor time of all threads, peak memory.
Pairs of records in one cluster count as found; for Splink, predicted pairs before clustering are reported,
too.

Runs in Splink's environment (requirements-splink.txt). Generates the people with `mizuhiki synth people`, so
mizuhiki is also needed for `--only splink`.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from itertools import combinations, islice
from pathlib import Path
from typing import Any

from common import (
    Cost,
    Pair,
    Score,
    fail,
    measured,
    need,
    print_scores,
    score,
    scores_as_json,
    write_json,
)

REQUIREMENTS = "requirements-splink.txt"
THRESHOLDS = [0.5, 0.9, 0.99, 0.999, 0.9999]
CLUSTERS_FROM = [0.9, 0.99, 0.999]
# It causes more than half of all comparisons and finds almost nothing: one more pair in 100,000 records.
# Adjustments for term frequencies were also tried and omitted: F1 fell at each threshold.
WITHOUT_RULES = (("given_name", "birth_year"),)
FIELDS = {"given_name": "name", "surname": "name", "date_of_birth": "date", "suburb": "place", "postcode": "code"}
EXAMPLES = Path(__file__).resolve().parents[2] / "protocols" / "schema" / "examples"


def make_people(mizuhiki: Path, records: int, seed: int, folder: Path) -> None:
    """Write `people.csv`, the file to deduplicate, next to the custodians' own files."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [mizuhiki, "synth", "people", "--locale", "en-Latn", "--people", str(records)]
    measured([*command, "--seed", str(seed), "-o", folder])
    written = 0
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as out:
        for name in ("hospital", "insurer"):
            with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as source:
                header = next(source)
                if written == 0:
                    out.write(header)
                # Rows of synthetic files are in random order, so the first are a random sample.
                for row in islice(source, records - written):
                    out.write(row)
                    written += 1


def read_truth(folder: Path) -> set[Pair]:
    """The true pairs within `people.csv`, each with the lower id first."""
    with (folder / "people.csv").open(encoding="utf-8", newline="") as source:
        ids = {row["rec_id"] for row in csv.DictReader(source)}
    with (folder / "truth-hospital-insurer.csv").open(encoding="utf-8", newline="") as source:
        pairs = ((row["left_id"], row["right_id"]) for row in csv.DictReader(source))
        return {ordered(*pair) for pair in pairs if ids.issuperset(pair)}


def ordered(left: str, right: str) -> Pair:
    return (left, right) if left < right else (right, left)


def pairs_of(clusters: Path, record_column: str) -> set[Pair]:
    """All pairs of records in one cluster; the table has columns `cluster` and one of ids."""
    members: dict[str, list[str]] = {}
    with clusters.open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            members.setdefault(row["cluster"], []).append(row[record_column])
    return {
        ordered(*pair) for records in members.values() for pair in combinations(records, 2)
    }


def splink_scores(folder: Path, truth: set[Pair], data: str) -> Iterator[Score]:
    rows: list[tuple[Pair, float]] = []
    with (folder / "splink-pairs.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            pair = ordered(row["unique_id_l"], row["unique_id_r"])
            rows.append((pair, float(row["match_probability"])))
    for threshold in THRESHOLDS:
        found = {pair for pair, probability in rows if probability >= threshold}
        yield score(data, "splink pairs", f"p>={threshold}", found, truth)
    for threshold in CLUSTERS_FROM:
        found = pairs_of(folder / f"splink-clusters-{threshold}.csv", "unique_id")
        yield score(data, "splink clusters", f"p>={threshold}", found, truth)


def run_splink(folder: Path) -> None:
    """In a separate process: from the plaintext file to a file of pairs and one of clusters."""
    duckdb = need("duckdb", REQUIREMENTS)
    from with_splink import PARTS, trained_linker

    seconds: dict[str, float] = {}
    begun = time.perf_counter()

    def lap(step: str) -> None:
        seconds[step] = round(time.perf_counter() - begun - sum(seconds.values()), 2)

    clean = [f"nullif(lower(strip_accents(trim({name}))), '') AS {name}" for name in FIELDS]
    parts = [
        f"nullif(date_of_birth[{part.start + 1}:{part.stop}], '') AS {name}"
        for name, part in PARTS.items()
    ]
    columns = ", ".join(["rec_id AS unique_id", *clean, *parts])
    source = f"read_csv('{folder / 'people.csv'}', header = true, all_varchar = true)"
    people = duckdb.sql(f"SELECT {columns} FROM {source}").to_arrow_table()
    lap("read")
    linker = trained_linker({"people": people}, FIELDS, "dedupe_only", WITHOUT_RULES)
    lap("train")
    predicted = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    lap("predict")
    write_relation(
        predicted, "unique_id_l, unique_id_r, match_probability", folder / "splink-pairs.csv"
    )
    lap("write")
    for threshold in CLUSTERS_FROM:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predicted, threshold_match_probability=threshold
        )
        path = folder / f"splink-clusters-{threshold}.csv"
        write_relation(clusters, "cluster_id AS cluster, unique_id", path)
        lap(f"cluster {threshold}")
    print(json.dumps(seconds))


def write_relation(frame: Any, columns: str, path: Path) -> None:
    frame.as_duckdbpyrelation().project(columns).write_csv(str(path), header=True)


def permissive_schema(schema: Path, folder: Path) -> Path:
    """A third of the records repeat another's token. A schema for linkage refuses such a file, but here these
    are the duplicates to find."""
    document = json.loads(schema.read_text(encoding="utf-8"))
    document.setdefault("limits", {})["maxRepeatedShare"] = 1
    path = folder / "schema.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def run_mizuhiki(mizuhiki: Path, schema: Path, folder: Path, accepts: list[str]) -> dict[str, Any]:
    """Encode, and deduplicate at each threshold; return the cost of each step."""
    key, tokens = folder / "linkage.key", folder / "tokens.parquet"
    if not key.exists():
        measured([mizuhiki, "key", "new", "-o", key])
    encode = [mizuhiki, "--json", "encode", folder / "people.csv", "--for", "dedupe", "--keep-ids", "-o", tokens]
    _, encoding = measured([*encode, "--schema", permissive_schema(schema, folder), "--key", key])
    runs = {}
    for accept in accepts:
        command = [mizuhiki, "--json", "dedupe", tokens, "-o", clusters_path(folder, accept)]
        if accept != "schema":
            command += ["--accept", accept, "--borderline", accept]
        answer, cost = measured(command)
        summary = json.loads(answer.splitlines()[-1])
        # Encoding precedes each of them; the peak is the higher of the two.
        both = Cost(
            round(encoding.wall_s + cost.wall_s, 2),
            round(encoding.cpu_s + cost.cpu_s, 2),
            max(encoding.peak_rss_bytes, cost.peak_rss_bytes),
        )
        runs[accept] = {"dedupe": asdict(cost), "summary": summary, "total": asdict(both)}
    return {"encode": asdict(encoding), "runs": runs, "total": runs[accepts[0]]["total"]}


def clusters_path(folder: Path, accept: str) -> Path:
    return folder / f"mizuhiki-clusters-{accept}.csv"


def print_cost(system: str, cost: dict[str, float]) -> None:
    gib = cost["peak_rss_bytes"] / 2**30
    seconds = f"wall {cost['wall_s']:8.1f} s   CPU {cost['cpu_s']:8.1f} s"
    print(f"{system:<14}{seconds}   peak {gib:6.2f} GiB")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mizuhiki", type=Path, metavar="BINARY")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="folder for the generated files")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--schema", type=Path, default=EXAMPLES / "people-five-fields-wide.json")
    parser.add_argument(
        "--accept", nargs="+", default=["schema"], metavar="X",
        help="similarities, `auto`, or `schema` for its setting; times are shown for the first",
    )
    parser.add_argument("--only", choices=["splink", "mizuhiki"])
    parser.add_argument("--json", type=Path, metavar="OUT")
    parser.add_argument("--run-splink", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run_splink:
        run_splink(arguments.run_splink)
        return
    if not (arguments.mizuhiki and arguments.folder and arguments.json):
        parser.error("--mizuhiki, --folder and --json are needed")
    if not arguments.mizuhiki.is_file():
        fail(f"no such program: {arguments.mizuhiki}")
    mizuhiki, folder = arguments.mizuhiki.resolve(), arguments.folder

    # The ground truth is read after the runs, because this process's memory would count as theirs.
    make_people(mizuhiki, arguments.records, arguments.seed, folder)
    costs: dict[str, Any] = {}
    if arguments.only != "mizuhiki":
        answer, cost = measured([sys.executable, __file__, "--run-splink", folder])
        costs["splink"] = {"steps_s": json.loads(answer.splitlines()[-1]), "total": asdict(cost)}
    if arguments.only != "splink":
        costs["mizuhiki"] = run_mizuhiki(mizuhiki, arguments.schema, folder, arguments.accept)

    truth = read_truth(folder)
    data = f"made/{arguments.records}"
    scores: list[Score] = []
    if "splink" in costs:
        scores += splink_scores(folder, truth, data)
    if "mizuhiki" in costs:
        profile = json.loads(arguments.schema.read_text(encoding="utf-8"))["profile"]
        for accept in arguments.accept:
            found = pairs_of(clusters_path(folder, accept), "record_id")
            system = f"mizuhiki {profile} clusters"
            scores.append(score(data, system, f"accept {accept}", found, truth))
    print_scores(scores)
    for system, cost in costs.items():
        print_cost(system, cost["total"])
    write_json(
        arguments.json,
        ["splink", "duckdb"],
        records=arguments.records,
        seed=arguments.seed,
        processors=os.cpu_count(),
        costs=costs,
        scores=scores_as_json(scores),
    )


if __name__ == "__main__":
    main()
