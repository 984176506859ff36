#!/usr/bin/env python3
"""Sealed symbols at scale: encode two files, link them, and find the duplicates of one.

Time (wall and processor), peak memory, bytes per record, accuracy, and the search recall that
every run measures. Sizes are given as folders of synthetic people (`mizuhiki synth people`, or
`make_10m.py`); the growth of time and memory over all of them is x in N^x, N the geometric mean
of the two sides' records.

    python benches/scale/symbols.py --mizuhiki target/release/mizuhiki --people DIR [DIR ...] \\
        --left insurer --right registry --schema protocols/schema/examples/people-ja-kanji.json --json OUT

Tokens and links are removed after each size. The exit status is 1 if a bound that is given with
--max-link-seconds, --max-link-gib or --max-exponent is missed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "benches" / "baselines"))

from common import Cost, measured  # noqa: E402

Json = dict[str, Any]


def run_json(command: list[str | Path]) -> tuple[Json, Cost]:
    answer, cost = measured([str(part) for part in command])
    return json.loads(answer.splitlines()[-1]), cost


def one_size(options: argparse.Namespace, people: Path) -> Json:
    mizuhiki, result = options.mizuhiki, {"people": people.name}
    with tempfile.TemporaryDirectory(dir=options.work) as scratch:
        work = Path(scratch)
        measured([str(mizuhiki), "key", "new", "-o", str(work / "key")])
        tokens = {}
        for side in (options.left, options.right):
            tokens[side] = work / f"{side}.arrow"
            summary, cost = run_json([
                mizuhiki, "--json", "encode", people / f"{side}.csv", "--schema", options.schema, "--key", work / "key",
                "--run", "bench", "--id-column", options.id_column, "--custodian", side, "--keep-ids", "-o", tokens[side],
            ])  # fmt: skip
            records = summary["records"]
            result[side] = {
                "records": records, "encode": asdict(cost), "symbols": summary["symbols"],
                "bytes_per_record": round(tokens[side].stat().st_size / max(records, 1)),
            }  # fmt: skip
        files = [tokens[options.left], tokens[options.right]]
        memory = ["--memory", options.memory] if options.memory else []
        explained, _ = run_json([mizuhiki, "--json", "link", *files, "--explain", *memory])
        links = work / "links.csv"
        summary, cost = run_json([mizuhiki, "--json", "link", *files, "-o", links, *memory])
        keep = ("left_records", "right_records", "matches", "borderline", "candidates", "compared", "least_common", "search_recall", "accept_threshold")
        result["link"] = {"cost": asdict(cost), "explained_seconds": explained["seconds"], **{key: summary[key] for key in keep}}
        truth = people / f"truth-{options.left}-{options.right}.csv"
        if truth.exists():
            judged, _ = run_json([mizuhiki, "--json", "evaluate", "accuracy", links, "--truth", truth])
            matches = judged["matches"]
            result["accuracy"] = {"precision": matches["precision"]["value"], "recall": matches["recall"]["value"], "f1": matches["f1"]}
        for file in files:
            file.unlink()
        if options.dedupe:
            own = work / "own.arrow"
            run_json([
                mizuhiki, "--json", "encode", people / f"{options.dedupe}.csv", "--for", "dedupe", "--schema", options.schema,
                "--key", work / "key", "--id-column", options.id_column, "--keep-ids", "-o", own,
            ])  # fmt: skip
            summary, cost = run_json([mizuhiki, "--json", "dedupe", own, "-o", work / "clusters.csv", *memory])
            result["dedupe"] = {"cost": asdict(cost), **{key: summary[key] for key in ("records", "matches", "clusters", "search_recall")}}
    return result


def exponents(results: list[Json]) -> Json:
    """x in N^x between the smallest and the largest size, of the time and memory of linking."""
    if len(results) < 2:
        return {}
    size = lambda r: math.sqrt(r["link"]["left_records"] * r["link"]["right_records"])  # noqa: E731
    results = sorted(results, key=size)
    small, large = results[0], results[-1]
    span = math.log(size(large) / size(small))
    grow = lambda key: round(math.log(large["link"]["cost"][key] / small["link"]["cost"][key]) / span, 3)  # noqa: E731
    return {key: grow(key) for key in ("wall_s", "cpu_s", "peak_rss_bytes")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mizuhiki", type=Path, required=True)
    parser.add_argument("--people", type=Path, nargs="+", required=True, metavar="DIR")
    parser.add_argument("--schema", type=Path, required=True)
    parser.add_argument("--left", default="insurer")
    parser.add_argument("--right", default="registry")
    parser.add_argument("--id-column", default="record_id")
    parser.add_argument("--dedupe", metavar="SIDE", help="also find the duplicates of this file")
    parser.add_argument("--memory", help="as mizuhiki's --memory")
    parser.add_argument("--work", type=Path, help="folder for tokens; the system's temporary one if absent")
    parser.add_argument("--max-link-seconds", type=float)
    parser.add_argument("--max-link-gib", type=float)
    parser.add_argument("--max-exponent", type=float)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    results, missed = [], 0
    for people in options.people:
        result = one_size(options, people)
        results.append(result)
        link, cost = result["link"], result["link"]["cost"]
        encode = sum(result[side]["encode"]["wall_s"] for side in (options.left, options.right))
        line = (
            f"{people.name}: {link['left_records']:,} x {link['right_records']:,}  encode {encode:.1f} s  link {cost['wall_s']:.1f} s"
            f" ({cost['cpu_s']:.1f} CPU-s, {cost['peak_rss_bytes'] / 2**30:.2f} GiB, explained {link['explained_seconds']:.0f} s)"
            f"  recall of the search {link['search_recall']}"
        )
        if "accuracy" in result:
            line += f"  F1 {result['accuracy']['f1']:.4f}"
        if "dedupe" in result:
            line += f"  dedupe {result['dedupe']['cost']['wall_s']:.1f} s"
        print(line, flush=True)
        missed += bool(options.max_link_seconds and cost["wall_s"] > options.max_link_seconds)
        missed += bool(options.max_link_gib and cost["peak_rss_bytes"] > options.max_link_gib * 2**30)
    growth = exponents(results)
    if growth:
        print(f"growth of linking: {growth}")
        missed += bool(options.max_exponent and max(growth["wall_s"], growth["peak_rss_bytes"]) > options.max_exponent)
    if options.json:
        about = {"machine": platform.processor() or platform.machine(), "cores": os.cpu_count()}
        options.json.write_text(json.dumps({**about, "sizes": results, "growth": growth}, indent=1) + "\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
