#!/usr/bin/env python3
"""Linkage of synthetic people at scale, end to end: time, memory, accuracy, and the recall of blocking.

For each scenario (`benches/scenarios/*.toml`): generate the people, `mizuhiki encode` both files,
`mizuhiki link` them, `mizuhiki evaluate accuracy`. Encoding and linking are measured from outside: wall time,
processor time of all threads, peak memory.

Then a sample of the left tokens is compared with all right ones, exhaustively and with blocking: what share
of the pairs that reach the similarity does blocking find? Reported for all such pairs and for the true ones
among them. The latter matters for hardened tokens, where low similarities are mostly chance.

Results are checked against the bounds of the scenario; the exit status is 1 if one is missed. If the --json
file exists, results of other scenarios in it are kept, and the growth of time and memory is computed over all
of one profile: x in N^x, N the geometric mean of the two sides' records.

People are kept in --data and not generated again; tokens and links are removed after each scenario. The
sample needs pyarrow.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import platform
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from make_10m import FILES, make

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "benches" / "baselines"))

from common import Cost, Pair, fail, measured  # noqa: E402

Json = dict[str, Any]

SAMPLER = Path(__file__).with_name("sample_tokens.py")
SIDES = ("hospital", "insurer")
# Upper bounds, with the path of their figures; all others are lower bounds.
CEILINGS = {"encode_wall_s", "link_wall_s", "encode_peak_bytes", "link_peak_bytes"}


def read_scenario(path: Path) -> Json:
    try:
        scenario = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, tomllib.TOMLDecodeError) as error:
        fail(f"{path}: {error}")
    schema = json.loads((ROOT / scenario["schema"]).read_text(encoding="utf-8"))
    if schema["profile"] != scenario["profile"]:
        fail(f"{path}: the profile of {scenario['schema']} is {schema['profile']}")
    return scenario | {"has_blocking": schema.get("blocking") is not None}


def run_json(command: list[str | Path]) -> tuple[Json, Cost]:
    answer, cost = measured(command)
    return json.loads(answer.splitlines()[-1]), cost


def people(mizuhiki: Path, scenario: Json, data: Path) -> Path:
    """The folder of the scenario's synthetic people."""
    populations = scenario.get("populations", 1)
    folder = data / f"people-{scenario['people']}x{populations}-seed{scenario['seed']}"
    if not all((folder / file).exists() for file in FILES):
        make(mizuhiki, scenario["people"], populations, scenario["seed"], folder)
    return folder


def threshold_flags(scenario: Json) -> list[str]:
    thresholds = scenario["thresholds"]
    flags = ["--accept", str(thresholds["accept"])]
    if "borderline" in thresholds:
        flags += ["--borderline", str(thresholds["borderline"])]
    return flags


def read_rows(path: Path, columns: tuple[str, str]) -> Iterator[Pair]:
    with path.open(encoding="utf-8", newline="") as source:
        rows = csv.reader(source)
        header = next(rows)
        left, right = (header.index(column) for column in columns)
        for row in rows:
            yield row[left], row[right]


def blocking_recall(
    mizuhiki: Path, scenario: Json, tokens: list[Path], truth: Path, work: Path
) -> Json:
    """The share of the pairs found by exhaustive search that blocking also finds."""
    sample = scenario["sample"]
    part = work / "sample.parquet"
    measured([sys.executable, SAMPLER, tokens[0], part, "--records", str(sample["records"])])
    similarity = str(sample["similarity"])
    found: dict[str, set[Pair]] = {}
    for way in ("exact", "blocks"):
        links = work / f"sample-{way}.csv"
        command = [mizuhiki, "--json", "link", part, tokens[1], "-o", links, f"--{way}"]
        command += ["--assign", "many", "--accept", similarity, "--borderline", similarity]
        run_json(command)
        found[way] = set(read_rows(links, ("left_id", "right_id")))
        links.unlink()
    true = {pair for pair in read_rows(truth, ("left_id", "right_id")) if pair in found["exact"]}

    def share(of: set[Pair]) -> float:
        return len(of & found["blocks"]) / len(of) if of else 1.0

    return {
        "left_records": sample["records"],
        "similarity": sample["similarity"],
        "pairs": len(found["exact"]),
        "true_pairs": len(true),
        "recall_of_pairs": share(found["exact"]),
        "recall_of_true_pairs": share(true),
        # Blocking must not find pairs that exhaustive search does not find.
        "only_by_blocks": len(found["blocks"] - found["exact"]),
    }


def run(mizuhiki: Path, scenario: Json, data: Path, threads: list[str]) -> Json:
    folder = people(mizuhiki, scenario, data)
    truth = folder / "truth-hospital-insurer.csv"
    result: Json = {"profile": scenario["profile"], "schema": scenario["schema"]}
    with tempfile.TemporaryDirectory(dir=data, prefix=f"{scenario['name']}-") as name:
        work = Path(name)
        key = work / "linkage.key"
        measured([mizuhiki, "key", "new", "-o", key])
        tokens = [work / f"{side}.parquet" for side in SIDES]
        encoding, records = [], []
        for side, output in zip(SIDES, tokens):
            command = [mizuhiki, "--json", "encode", folder / f"{side}.csv", "-o", output]
            command += ["--schema", ROOT / scenario["schema"], "--key", key, "--keep-ids"]
            summary, cost = run_json([*command, *threads])
            encoding.append(cost)
            records.append(summary["records"])
        links = work / "links.csv"
        command = [mizuhiki, "--json", "link", *tokens, "-o", links, *threshold_flags(scenario)]
        summary, linking = run_json([*command, *threads])
        judged, _ = run_json(
            [mizuhiki, "--json", "evaluate", "accuracy", links, "--truth", truth]
        )
        matches = judged["matches"]
        result |= {
            "left_records": records[0],
            "right_records": records[1],
            "encode": [asdict(cost) for cost in encoding],
            "link": asdict(linking),
            "link_summary": summary,
            "token_bytes": sum(path.stat().st_size for path in tokens),
            "links": matches["found"],
            "true_links": matches["true_links"],
            "precision": matches["precision"]["value"],
            "recall": matches["recall"]["value"],
            "f1": matches["f1"],
        }
        if scenario["has_blocking"] and "sample" in scenario:
            result["sample"] = blocking_recall(mizuhiki, scenario, tokens, truth, work)
    result["figures"] = figures(result)
    result["bounds"] = judge(result["figures"], scenario.get("expect", {}))
    return result


def figures(result: Json) -> dict[str, float]:
    """Figures for which bounds may be set."""
    encode, link = result["encode"], result["link"]
    named = {
        "left_records": result["left_records"],
        "right_records": result["right_records"],
        "true_links": result["true_links"],
        "encode_wall_s": round(sum(cost["wall_s"] for cost in encode), 2),
        "encode_cpu_s": round(sum(cost["cpu_s"] for cost in encode), 2),
        "encode_peak_bytes": max(cost["peak_rss_bytes"] for cost in encode),
        "link_wall_s": link["wall_s"],
        "link_cpu_s": link["cpu_s"],
        "link_peak_bytes": link["peak_rss_bytes"],
        "precision": result["precision"],
        "recall": result["recall"],
        "f1": result["f1"],
    }
    if "sample" in result:
        named["blocking_recall"] = result["sample"]["recall_of_true_pairs"]
        named["blocking_recall_all_pairs"] = result["sample"]["recall_of_pairs"]
    return named


def judge(figures: dict[str, float], expected: dict[str, float]) -> list[Json]:
    bounds = []
    for name, bound in expected.items():
        if name not in figures:
            # Such as the recall of blocking, if the schema has no blocking.
            continue
        figure = figures[name]
        exact = isinstance(bound, int) and name not in CEILINGS
        met = figure == bound if exact else figure <= bound if name in CEILINGS else figure >= bound
        bounds.append({"figure": name, "value": figure, "bound": bound, "met": met})
    return bounds


GROWING = (
    "encode_wall_s",
    "encode_cpu_s",
    "encode_peak_bytes",
    "link_wall_s",
    "link_cpu_s",
    "link_peak_bytes",
)


def growth(scenarios: dict[str, Json]) -> dict[str, Json]:
    """For each profile, x of N^x from each scenario to the next larger one, and from end to end."""
    by_profile: dict[str, list[tuple[float, str, Json]]] = {}
    for name, result in scenarios.items():
        size = math.sqrt(result["left_records"] * result["right_records"])
        by_profile.setdefault(result["profile"], []).append((size, name, result["figures"]))
    answer: dict[str, Json] = {}
    for profile, results in by_profile.items():
        results.sort(key=lambda each: each[0])
        steps = list(zip(results, results[1:]))
        if len(results) > 2:
            steps.append((results[0], results[-1]))
        answer[profile] = {
            f"{smaller[1]} to {larger[1]}": {
                name: round(
                    math.log(larger[2][name] / smaller[2][name]) / math.log(larger[0] / smaller[0]),
                    3,
                )
                for name in GROWING
            }
            for smaller, larger in steps
        }
    return answer


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line for line in lines if line.startswith("model name"))
        return model.split(":", 1)[1].strip()
    except (OSError, StopIteration):
        return platform.processor()


def print_result(name: str, result: Json) -> None:
    shown = result["figures"]
    sizes = f"{shown['left_records']:,} x {shown['right_records']:,} records"
    print(f"{name}: {sizes}, {result['profile']}")
    for step in ("encode", "link"):
        print(
            f"  {step:<8} wall {shown[f'{step}_wall_s']:9.1f} s"
            f"   CPU {shown[f'{step}_cpu_s']:9.1f} s"
            f"   peak {shown[f'{step}_peak_bytes'] / 2**30:6.2f} GiB"
        )
    print(
        f"  links    {result['links']:,} of {result['true_links']:,}   precision"
        f" {shown['precision']:.4f}   recall {shown['recall']:.4f}   F1 {shown['f1']:.4f}"
    )
    if "sample" in result:
        sample = result["sample"]
        print(
            f"  blocking finds {sample['recall_of_pairs']:.5f} of {sample['pairs']:,} pairs, and"
            f" {sample['recall_of_true_pairs']:.5f} of {sample['true_pairs']:,} true ones, from"
            f" similarity {sample['similarity']} on"
        )
    for bound in result["bounds"]:
        if not bound["met"]:
            print(f"  MISSED   {bound['figure']}: {bound['value']}, bound {bound['bound']}")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scenarios", type=Path, nargs="+", metavar="SCENARIO")
    parser.add_argument("--mizuhiki", type=Path, required=True, metavar="BINARY")
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="for people and tokens"
    )
    parser.add_argument("--threads", type=int, metavar="N", help="all processors if absent")
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    arguments = parser.parse_args()
    if not arguments.mizuhiki.is_file():
        fail(f"no such program: {arguments.mizuhiki}")
    mizuhiki = arguments.mizuhiki.resolve()
    arguments.data.mkdir(parents=True, exist_ok=True)
    threads = ["--threads", str(arguments.threads)] if arguments.threads else []
    kept = arguments.json.read_text(encoding="utf-8") if arguments.json.exists() else "{}"
    results: dict[str, Json] = json.loads(kept).get("scenarios", {})
    # Read all before the first runs, so that a typo in the last shows at once.
    scenarios = [read_scenario(path) for path in arguments.scenarios]
    missed = False
    for scenario in scenarios:
        name = scenario["name"]
        results[name] = run(mizuhiki, scenario, arguments.data, threads)
        print_result(name, results[name])
        missed |= not all(bound["met"] for bound in results[name]["bounds"])
        document = {
            "mizuhiki": measured([mizuhiki, "--version"])[0].strip(),
            "processor": processor(),
            "processors": arguments.threads or os.cpu_count(),
            "scenarios": results,
            "growth": growth(results),
        }
        unfinished = arguments.json.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        unfinished.replace(arguments.json)
    for profile, steps in growth(results).items():
        for step, exponents in steps.items():
            shown = "   ".join(f"{name} {value:.2f}" for name, value in exponents.items())
            print(f"growth, {profile}, {step}: {shown}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
