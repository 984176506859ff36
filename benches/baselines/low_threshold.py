#!/usr/bin/env python3
"""FEBRL4 at a low threshold, end to end: clkhash + anonlink and mizuhiki, on the same filters.

Both encode the 5,000 + 5,000 people by nine fields, as clkhash's FEBRL tutorial does, and link them
one-to-one, greedily, at --threshold or above: clkhash and anonlink in this process, mizuhiki as whole
processes with reading and writing. Runs alternate; both must find the same number of links. clkhash caches
the values it has seen, so its caches are emptied before each run.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import speed_peers
from common import fail, measured, need, write_json
from with_clkhash import SECRET, linkage_schema

ROLES = {
    "given_name": "name", "surname": "name", "street_number": "code", "address_1": "place", "address_2": "place", "suburb": "place",
    "postcode": "code", "state": "place", "date_of_birth": "date",
}  # fmt: skip


def theirs(sides: list[Any], threshold: float) -> tuple[float, int]:
    """Seconds of encoding, comparing and solving, and the number of links."""
    candidates, similarities, solving = (
        need(f"anonlink.{name}") for name in ("candidate_generation", "similarities", "solving")
    )
    clk, parser = need("clkhash.clk"), need("clkhash.schema")
    parsed = parser.from_json_dict(linkage_schema(ROLES))
    speed_peers.empty_caches()
    begun = time.perf_counter()
    clks = [clk.generate_clks(rows, parsed, SECRET, max_workers=1) for rows in sides]
    pairs = candidates.find_candidate_pairs(
        clks, similarities.dice_coefficient_accelerated, threshold
    )
    groups = list(solving.greedy_solve(pairs))
    return time.perf_counter() - begun, len(groups)


def ours(binary: Path, folder: Path, threshold: float) -> tuple[float, int, int]:
    """Seconds of both encodings and linking, the number of links, and peak memory of linking."""
    seconds, peak = 0.0, 0
    for side in "ab":
        command = [binary, "encode", folder / f"{side}.csv", "--schema", folder / "schema.json"]
        _, cost = measured([*command, "--key", folder / "secret", "-o", folder / f"{side}.json"])
        seconds += cost.wall_s
    command = [binary, "--json", "link", folder / "a.json", folder / "b.json", "--assign", "greedy"]
    text, cost = measured([*command, "--accept", str(threshold), "-o", folder / "links.csv"])
    summary = json.loads(text)
    return seconds + cost.wall_s, summary["matches"] + summary["borderline"], cost.peak_rss_bytes


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mizuhiki", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    parser.add_argument("--threshold", type=float, default=0.72)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    binary = arguments.mizuhiki.resolve()
    sides = [read_rows(arguments.data / f"febrl4-{side}.csv") for side in "ab"]
    runs: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(prefix="low-threshold-") as name:
        folder = Path(name)
        prepare(sides, folder)
        for _ in range(arguments.rounds):
            our_s, our_links, peak = ours(binary, folder, arguments.threshold)
            their_s, their_links = theirs(sides, arguments.threshold)
            if our_links != their_links:
                fail(f"{our_links} links, clkhash and anonlink have {their_links}")
            runs.append({"ours_s": our_s, "theirs_s": their_s, "links": our_links, "peak": peak})
            print(f"theirs {their_s:.2f} s, ours {our_s:.2f} s, {our_links} links", flush=True)
    ratio = statistics.median(run["theirs_s"] / run["ours_s"] for run in runs)
    print(f"ratio {ratio:.0f}")
    content = {"threshold": arguments.threshold, "runs": runs, "ratio": ratio}
    write_json(arguments.json, ["clkhash", "anonlink"], **content)


def read_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as table:
        return [[row[field] for field in ROLES] for row in csv.DictReader(table)]


def prepare(sides: list[list[list[str]]], folder: Path) -> None:
    """The nine columns, the schema and the secret."""
    for side, rows in zip("ab", sides):
        with (folder / f"{side}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(ROLES)
            writer.writerows(rows)
    (folder / "schema.json").write_text(json.dumps(linkage_schema(ROLES)), encoding="utf-8")
    (folder / "secret").write_text(SECRET, encoding="utf-8")
    (folder / "secret").chmod(0o600)


if __name__ == "__main__":
    main()
