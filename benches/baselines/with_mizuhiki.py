#!/usr/bin/env python3
"""mizuhiki on the command line: thresholds without labels, and every candidate for the sweep.

The mode is `plain` (undiffused filters), `hardened` (sealed symbols alone) or `confirmed` (sealed symbols, then
a confirmation, which is between two files). The answers of a confirmation are computed here from plain filters
of the rule's fields. Their positions come from other keys than in the protocol; on FEBRL4 its 44 answers were
the same. Needs pyarrow. The linkage key is fixed by --key-seed, so that a run can be repeated.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from itertools import product
from pathlib import Path

from case import Case, Found, Json, Scored, read_case, write_found
from common import need

PER_RECORD = 4
# Plain filters have a similarity for every pair; below this one, non-matches are many and matches few.
PLAIN_FLOOR = 0.5
PARTNERS = {"link": 10, "many": 30, "dedupe": 30}


class Mizuhiki:
    def __init__(self, binary: Path, case: Case, folder: Path, key_seed: int) -> None:
        self.binary, self.case, self.folder = binary, case, folder
        self.key = folder / "linkage.key"
        self.key.write_bytes(hashlib.sha256(f"benches/baselines {key_seed}".encode()).digest())
        self.key.chmod(0o600)

    def run(self, *arguments: object) -> Json:
        command = [str(self.binary), "--json", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(command)}\n{done.stderr}")
        return json.loads(done.stdout)

    def encode(self, schema: Path, name: str) -> list[Path]:
        document = json.loads(schema.read_text(encoding="utf-8"))
        run = [] if document["profile"] == "plain" else ["--run", "table"]
        purpose = "dedupe" if self.case.task == "dedupe" else "link"
        tokens = []
        for path in self.case.paths:
            tokens.append(self.folder / f"{name}-{path.stem}.parquet")
            self.run("encode", path, "--schema", schema, "--key", self.key, "--for", purpose, *run, "--keep-ids",
                     "--id-column", "record_id", "-o", tokens[-1])  # fmt: skip
        return tokens

    def links(self, tokens: list[Path], *options: object) -> tuple[Json, list[dict[str, str]]]:
        out = self.folder / "links.csv"
        summary = self.run("link", tokens[0], tokens[-1], *options, "-o", out)
        with out.open(encoding="utf-8", newline="") as file:
            return summary, list(csv.DictReader(file))

    def clusters(self, tokens: list[Path]) -> tuple[Json, list[list[str]]]:
        out = self.folder / "clusters.csv"
        summary = self.run("dedupe", tokens[0], "-o", out)
        members: dict[str, list[str]] = defaultdict(list)
        with out.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                members[row["cluster"]].append(row["record_id"])
        return summary, list(members.values())

    def across(self, tokens: list[Path]) -> tuple[Json, list[tuple[str, str]]]:
        """Pairs of the two files in one cluster, where each file may have duplicates."""
        out = self.folder / "clusters.csv"
        summary = self.run("link", *tokens, "--duplicates", "-o", out)
        members: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        with out.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                members[row["cluster"]][row["custodian"]].append(row["record_id"])
        return summary, [pair for of in members.values() for pair in product(of["left"], of["right"])]


def pair(row: dict[str, str]) -> tuple[str, str]:
    return row["left_id"], row["right_id"]


def found(tool: Mizuhiki, schema: Path, confirm: bool) -> Found:
    task = tool.case.task
    plain = json.loads(schema.read_text(encoding="utf-8"))["profile"] == "plain"
    tokens = tool.encode(schema, "tokens")
    assign = ["--assign", "greedy"] if task == "link" else ["--assign", "many"]
    floor = PLAIN_FLOOR if plain else 0
    _, rows = tool.links(tokens, *assign, "--accept", floor, "--borderline", floor, "--top", PARTNERS[task])
    pairs: list[Scored] = [(*pair(row), float(row["similarity"])) for row in rows]
    if task == "dedupe":
        summary, clusters = tool.clusters(tokens)
        return Found(pairs, own_clusters=clusters, notes=summary)
    if task == "many" and plain:
        summary, own = tool.across(tokens)
        return Found(pairs, own_pairs=own, notes=summary)
    if not confirm:
        # Files of sealed symbols have no clusters across files.
        many = ["--assign", "many"] if task == "many" else []
        summary, rows = tool.links(tokens, *many)
        return Found(pairs, own_pairs=[pair(row) for row in rows if row["class"] == "match"], notes=summary)
    _, rows = tool.links(tokens, "--for-confirm", PER_RECORD)
    matches = [pair(row) for row in rows if row["class"] == "match"]
    asked = [row for row in rows if row["class"] == "borderline"]
    accepted = answers(tool, schema, asked)
    if task == "link":
        positions = json.loads(schema.read_text(encoding="utf-8"))["symbols"].get("positions", 64)
        matches = applied(matches, accepted, 0.8 ** (1 / positions))
    else:
        matches += [(left, right) for left, right, _ in accepted]
    return Found([], own_pairs=matches, notes={"asked": len(asked), "accepted": len(accepted)})


def rule_schema(schema: Path) -> tuple[Json, float]:
    """The filter of the rule `record` as a plain schema, and the least Dice coefficient (01 §2.5, 06 §2)."""
    document = json.loads(schema.read_text(encoding="utf-8"))
    rule = document.get("confirm", {"rule": "record", "dice": 0.7})
    weights = {each["field"]: each.get("weight", 1) for each in rule.get("fields", [])}
    used = [each for each in document["fields"] if not weights or each["name"] in weights]
    fields = [each | {"weight": weights.get(each["name"], each.get("weight", 1))} for each in used]
    kept = {name: value for name, value in document.items() if name in ("format", "version", "locale", "inputs", "limits")}
    made = kept | {
        "name": "rule", "profile": "plain", "fields": fields, "thresholds": {"accept": 0.6, "borderline": 0.6},
        "filter": {"bits": rule.get("bits", 1024), "fill": rule.get("fill", 0.45)},
        "views": [{"name": "whole", "fields": [each["name"] for each in fields], "minPresentWeight": 0.01}],
        "limits": document.get("limits", {}) | {"maxRepeatedShare": 1},
    }  # fmt: skip
    return made, rule["dice"]


def answers(tool: Mizuhiki, schema: Path, rows: list[dict[str, str]]) -> list[Scored]:
    """The pairs that the rule accepts, most similar first."""
    made, least = rule_schema(schema)
    path = tool.folder / "rule.json"
    path.write_text(json.dumps(made), encoding="utf-8")
    filters = [read_filters(tokens) for tokens in tool.encode(path, "rule")]
    accepted = []
    for row in sorted(rows, key=lambda row: -float(row["similarity"])):
        left, right = pair(row)
        if max((dice(a, b) for a in filters[0].get(left, []) for b in filters[-1].get(right, [])), default=0.0) >= least:
            accepted.append((left, right, float(row["similarity"])))
    return accepted


def read_filters(tokens: Path) -> dict[str, list[int]]:
    """The filters of each record's rows."""
    filters: dict[str, list[int]] = defaultdict(list)
    table = need("pyarrow.parquet", "requirements-splink.txt").read_table(tokens, columns=["record_id", "whole"])
    for record, bits in zip(table["record_id"].to_pylist(), table["whole"].to_pylist()):
        if bits is not None:
            filters[record].append(int.from_bytes(bits, "big"))
    return filters


def dice(a: int, b: int) -> float:
    return 2 * (a & b).bit_count() / max(1, a.bit_count() + b.bit_count())


def applied(matches: list[tuple[str, str]], accepted: list[Scored], close: float) -> list[tuple[str, str]]:
    """Accepted pairs in order, if both records are free and no other accepted pair is close (06, `apply`)."""
    best: dict[tuple[int, str], list[float]] = defaultdict(list)
    for left, right, score in accepted:
        best[0, left].append(score)
        best[1, right].append(score)
    taken = {(side, record) for match in matches for side, record in enumerate(match)}
    linked = list(matches)
    for left, right, score in accepted:
        ends = ((0, left), (1, right))
        rivals = max(sum(other >= close * score for other in best[end]) for end in ends)
        if rivals == 1 and not taken.intersection(ends):
            linked.append((left, right))
            taken.update(ends)
    return linked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--mode", choices=["plain", "hardened", "confirmed"], required=True)
    parser.add_argument("--mizuhiki", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--schema", type=Path, required=True)
    parser.add_argument("--key-seed", type=int, default=1)
    arguments = parser.parse_args()
    version = subprocess.run([arguments.mizuhiki, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    with tempfile.TemporaryDirectory() as folder:
        tool = Mizuhiki(arguments.mizuhiki, read_case(arguments.set), Path(folder), arguments.key_seed)
        begun = time.perf_counter()
        result = found(tool, arguments.schema, arguments.mode == "confirmed")
        write_found(result, time.perf_counter() - begun, {"mizuhiki": version}, arguments.out)


if __name__ == "__main__":
    main()
