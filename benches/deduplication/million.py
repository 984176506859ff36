#!/usr/bin/env python3
"""A million records deduplicated by mizuhiki and, on the plaintext, by Splink 5, in one run.

The file holds the registry of an English-speaking country (`mizuhiki synth people --locale en-Latn`) and
copies of 5 % of its people, with zero to two typos each. Neither sees a label. Splink is set up, trained and
started as in benches/baselines/splink_scale.py. mizuhiki encodes with a hardened schema,
limits.maxRepeatedShare raised to 1; encoding is timed separately, because the custodian does it.

Each step runs in a separate process, which is measured: wall time, processor time of all threads, peak
memory. Clusters are evaluated by their pairs and by B-cubed, Splink also by its predicted pairs.

    python benches/deduplication/million.py --mizuhiki target/release/mizuhiki --json OUT

Runs in Splink's environment (benches/baselines, requirements-splink.txt). Files of about 4 GB lie in a
temporary folder, or in --folder, and are removed. There is no bound: figures are compared with Splink's.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from data import FIVE, copied, original
from figures import Pairs, b_cubed, pairwise

BASELINES = Path(__file__).resolve().parents[1] / "baselines"
sys.path.insert(0, str(BASELINES))

from common import fail, measured, write_json  # noqa: E402
from splink_scale import CLUSTERS_FROM, EXAMPLES, THRESHOLDS, permissive_schema  # noqa: E402

Json = dict[str, Any]


def make_people(mizuhiki: Path, people: int, share: float, seed: int, folder: Path) -> int:
    """Write `people.csv`; return the number of its records. Written row by row, because this process's memory
    would count as that of the programs it starts."""
    made = folder / "made"
    measured([mizuhiki, "synth", "people", "--locale", "en-Latn", "--people", str(people), "--seed", str(seed), "-o", made])
    chance = random.Random(seed)
    chosen = set(chance.sample(range(people), round(people * share)))
    copies = []
    written = 0
    with (made / "registry.csv").open(encoding="utf-8", newline="") as source:
        with (folder / "people.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, FIVE, lineterminator="\n")
            writer.writeheader()
            for place, row in enumerate(csv.DictReader(source)):
                writer.writerow(row)
                written += 1
                if place in chosen:
                    copies.append(copied(row, chance))
            writer.writerows(copies)
    for file in made.iterdir():
        file.unlink()
    return written + len(copies)


def read_persons(folder: Path) -> dict[str, str]:
    with (folder / "people.csv").open(encoding="utf-8", newline="") as source:
        return {row["rec_id"]: original(row["rec_id"]) for row in csv.DictReader(source)}


def read_clusters(path: Path, record_column: str) -> list[list[str]]:
    members: dict[str, list[str]] = {}
    with path.open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            members.setdefault(row["cluster"], []).append(row[record_column])
    return [records for records in members.values() if len(records) > 1]


def run_mizuhiki(mizuhiki: Path, schema: str, folder: Path) -> Json:
    key, tokens = folder / "linkage.key", folder / "tokens.parquet"
    if not key.exists():
        measured([mizuhiki, "key", "new", "-o", key])
    encode = [mizuhiki, "--json", "encode", folder / "people.csv", "--for", "dedupe", "--run", "bench", "--keep-ids"]
    document = permissive_schema(EXAMPLES / f"{schema}.json", folder)
    encoded, encoding = measured([*encode, "--schema", document, "--key", key, "-o", tokens])
    size = tokens.stat().st_size
    answer, cost = measured([mizuhiki, "--json", "dedupe", tokens, "-o", clusters_path(schema, folder)])
    tokens.unlink()
    return {
        "encode": asdict(encoding), "dedupe": asdict(cost), "token_bytes": size,
        "encoded": json.loads(encoded.splitlines()[-1]), "summary": json.loads(answer.splitlines()[-1]),
    }  # fmt: skip


def clusters_path(schema: str, folder: Path) -> Path:
    return folder / f"mizuhiki-clusters-{schema}.csv"


def scored(system: str, setting: str, pairs: Pairs, clusters: list[list[str]] | None, persons: dict[str, str]) -> Json:
    cubed = None if clusters is None else dict(zip(("precision", "recall", "f1"), b_cubed(clusters, persons)))
    return {
        "system": system, "setting": setting, "found": pairs.found, "right": pairs.right, "wanted": pairs.wanted,
        "precision": pairs.precision, "recall": pairs.recall, "f1": pairs.f1, "b_cubed": cubed,
    }  # fmt: skip


def splink_scores(folder: Path, persons: dict[str, str]) -> Iterator[Json]:
    wanted = pairwise([], persons).wanted
    with (folder / "splink-pairs.csv").open(encoding="utf-8", newline="") as source:
        pairs = [
            (float(row["match_probability"]), persons[row["unique_id_l"]] == persons[row["unique_id_r"]])
            for row in csv.DictReader(source)
        ]
    for threshold in THRESHOLDS:
        found = [right for probability, right in pairs if probability >= threshold]
        yield scored("splink pairs", f"p>={threshold}", Pairs(len(found), sum(found), wanted), None, persons)
    for threshold in CLUSTERS_FROM:
        clusters = read_clusters(folder / f"splink-clusters-{threshold}.csv", "unique_id")
        yield scored("splink clusters", f"p>={threshold}", pairwise(clusters, persons), clusters, persons)


def text(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def print_score(score: Json) -> None:
    cubed = score["b_cubed"] or {}
    figures = [score["precision"], score["recall"], score["f1"], *(cubed.get(name) for name in ("precision", "recall", "f1"))]
    print(f"{score['system']:<36}{score['setting']:<20}{score['found']:>9}" + "".join(f"{text(each):>9}" for each in figures), flush=True)


def print_cost(what: str, cost: Json) -> None:
    print(f"{what:<44}wall {cost['wall_s']:8.1f} s   CPU {cost['cpu_s']:8.1f} s   peak {cost['peak_rss_bytes'] / 2**30:6.2f} GiB", flush=True)


def measure(options: argparse.Namespace, folder: Path) -> Json:
    records = make_people(options.mizuhiki, options.people, options.share, options.seed, folder)
    print(f"{records} records of {options.people} people", flush=True)
    costs: Json = {}
    for schema in options.schema if options.only != "splink" else ():
        costs[schema] = run_mizuhiki(options.mizuhiki, schema, folder)
        print_cost(f"mizuhiki {schema}, encode", costs[schema]["encode"])
        print_cost(f"mizuhiki {schema}, dedupe", costs[schema]["dedupe"])
    if options.only != "mizuhiki":
        answer, cost = measured([sys.executable, BASELINES / "splink_scale.py", "--run-splink", folder])
        costs["splink"] = {"steps_s": json.loads(answer.splitlines()[-1]), "total": asdict(cost)}
        print_cost("splink", costs["splink"]["total"])

    # The ground truth is read after the runs, for the same reason that people are written row by row.
    persons = read_persons(folder)
    print(f"{'system':<36}{'setting':<20}{'pairs':>9}" + "".join(f"{name:>9}" for name in ("P", "R", "F1", "B3 P", "B3 R", "B3 F1")))
    scores: list[Json] = []
    for schema in [name for name in costs if name != "splink"]:
        clusters = read_clusters(clusters_path(schema, folder), "record_id")
        stated = costs[schema]["summary"]["expected_precision"]
        scores.append(scored(f"mizuhiki {schema}", f"stated P {text(stated)}", pairwise(clusters, persons), clusters, persons))
        print_score(scores[-1])
    if "splink" in costs:
        for score in splink_scores(folder, persons):
            scores.append(score)
            print_score(score)
    return {"records": records, "costs": costs, "scores": scores}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mizuhiki", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--share", type=float, default=0.05, help="of people with a second record")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--schema", nargs="+", default=["people-five-fields-wide"], metavar="NAME", help="examples to encode with")
    parser.add_argument("--only", choices=["splink", "mizuhiki"])
    parser.add_argument("--folder", type=Path, metavar="DIR", help="parent of the temporary folder")
    parser.add_argument("--json", type=Path, metavar="OUT")
    options = parser.parse_args()
    if not options.mizuhiki.is_file():
        fail(f"no such program: {options.mizuhiki}")
    options.mizuhiki = options.mizuhiki.resolve()
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        results = measure(options, Path(scratch))
    if options.json:
        write_json(
            options.json, ["splink", "duckdb"], people=options.people, share=options.share, seed=options.seed,
            processors=os.cpu_count(), **results,
        )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
