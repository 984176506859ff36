#!/usr/bin/env python3
"""Whether two builds find the same: links, clusters, audits, normal forms and judgements, byte for byte.

Both builds run the same steps on the same inputs with one fixed key. Token files are partly random: fillers, and which of
a person's records keeps its symbols. So each build reads the token files of both, and must agree with the other on the same
tokens, byte for byte. Between two token files of one table, at most one line in a thousand may differ; a second encoding by
the build before is the control. Times are of pairs of runs that alternate.
"""
from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Dict, List, Tuple

EXAMPLES = Path(__file__).resolve().parents[2] / "protocols" / "schema" / "examples"
ENGLISH = ["people-five-fields", "people-names-dob", "people-five-fields-wide", "people-five-fields-plain", "people-names-dob-plain"]

# Words of a finding may be put better; what is found may not change.
FINDING = ["handle", "class", "weight_bits", "probability", "evidence", "cluster_type", "label", "proposal"]
BATCH = ["kind", "label", "first_handle", "last_handle", "links", "concerned", "expected_wrong", "share_low", "share_high"]
REVIEW = ["rank", "handle", "class", "probability", "proposal"]


class Build:
    """A binary, and the folder of what it writes."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self.binary, self.folder = binary.resolve(), folder
        self.seconds: Dict[str, List[float]] = {}
        folder.mkdir(parents=True)

    def run(self, step: str, *arguments: object) -> str:
        command = [str(self.binary), *map(str, arguments)]
        begun = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}\n{done.stderr}")
        self.seconds.setdefault(step, []).append(time.monotonic() - begun)
        return done.stdout


def columns(path: Path, wanted: List[str]) -> bytes:
    """Some columns of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [[row[column] for column in wanted] for row in csv.DictReader(file)]
    text = io.StringIO()
    csv.writer(text).writerows([wanted, *rows])
    return text.getvalue().encode()


def encode(build: Build, people: Path, schema: str, name: str, *more: object) -> Path:
    tokens = build.folder / f"{name}.parquet"
    sealed = [] if schema.endswith("-plain") else ["--project", "unchanged", "--run", "1"]
    build.run("encode", "encode", people, "--schema", EXAMPLES / f"{schema}.json", "--key", "../linkage.key", "--keep-ids",
              *sealed, *more, "-o", tokens)
    return tokens


def link(build: Build, left: Path, right: Path, name: str, *more: object) -> bytes:
    links = build.folder / f"{name}.csv"
    build.run("link", "link", left, right, "-o", links, *more)
    return links.read_bytes()


def english(build: Build, tokens: Dict[str, Path], data: Path, phase: str) -> Dict[str, bytes]:
    found = {}
    for schema in ENGLISH:
        if phase == "encode":
            tokens[f"{schema} a"] = encode(build, data / "febrl4-a.csv", schema, f"{schema}-a")
            tokens[f"{schema} b"] = encode(build, data / "febrl4-b.csv", schema, f"{schema}-b")
            dedupe = [] if schema.endswith("-plain") else ["--for", "dedupe"]
            if "names" in schema:
                tokens[f"{schema} r"] = encode(build, data / "rldata10000.csv", schema, f"{schema}-r", *dedupe)
            continue
        left, right = tokens[f"{schema} a"], tokens[f"{schema} b"]
        found[f"FEBRL4, {schema}"] = link(build, left, right, "links")
        found[f"FEBRL4, {schema}, greedy with evidence"] = link(build, left, right, "links", "--assign", "greedy", "--evidence")
        found[f"FEBRL4, {schema}, for confirmation"] = link(build, left, right, "links", "--for-confirm")
        judged = build.run("evaluate", "--json", "evaluate", "accuracy", "links.csv", "--truth", data / "febrl4-truth.csv")
        found[f"FEBRL4, {schema}, judged"] = judged.encode()
        if "names" in schema:
            within = tokens[f"{schema} r"]
            found[f"RLdata10000, {schema}"] = link(build, within, within, "within")
            build.run("dedupe", "dedupe", within, "-o", "clusters.csv")
            found[f"RLdata10000, {schema}, clusters"] = (build.folder / "clusters.csv").read_bytes()
    return found


def japan(build: Build, tokens: Dict[str, Path], people: Path, phase: str) -> Dict[str, bytes]:
    found = {}
    for holder, script in (("insurer", "kanji"), ("bank", "kana")):
        schema = f"people-ja-{script}"
        if phase == "encode":
            tokens[holder] = encode(build, people / f"{holder}.csv", schema, holder)
            tokens[f"registry {script}"] = encode(build, people / "registry.csv", schema, f"registry-{script}")
            for side, table, column in (("left", holder, "left_id"), ("right", "registry", "right_id")):
                pairs = build.folder / f"{holder}.{side}.arrow"
                build.run("encode --for audit", "encode", people / f"{table}.csv", "--for", "audit", "--schema",
                          EXAMPLES / f"audit-ja-{script}.json", "--key", "../linkage.key", "--project", "unchanged", "--run", "a",
                          "--links", people / f"links-{holder}-registry.csv", "--handle-column", "handle",
                          "--link-column", column, "--label", "batch", "-o", pairs)
                tokens[f"{holder} {side}"] = pairs
            continue
        found[f"Japan, {holder}"] = link(build, tokens[holder], tokens[f"registry {script}"], "links")
        build.run("audit", "audit", "--left", tokens[f"{holder} left"], "--right", tokens[f"{holder} right"],
                  "-o", "findings.csv", "--batches", "batch", "--review", "auto")
        found[f"audit, {holder}, findings"] = columns(build.folder / "findings.csv", FINDING)
        found[f"audit, {holder}, batches"] = columns(build.folder / "findings.batches.csv", BATCH)
        found[f"audit, {holder}, review"] = columns(build.folder / "findings.review.csv", REVIEW)
        judged = build.run("evaluate", "--json", "evaluate", "audit", "findings.csv", "--truth",
                           people / f"truth-links-{holder}-registry.csv")
        found[f"audit, {holder}, judged"] = judged.encode()
    if phase != "encode":
        build.run("link", "link", tokens["insurer"], tokens["registry kanji"], "-o", "two.csv")
        table = people / "values.tsv"
        build.run("normalize", "normalize", "--pack", "ja", "--batch", table, "-o", "normal.tsv")
        found["normal forms of a registry"] = (build.folder / "normal.tsv").read_bytes()
    return found


def values(people: Path) -> None:
    """Names, dates and addresses of the registry as a table for `normalize --batch`."""
    kinds = {"name_kanji": "kanji", "alias": "kanji", "birth_date": "date", "address": "address", "previous_address": "address"}
    with (people / "registry.csv").open(encoding="utf-8", newline="") as file, (people / "values.tsv").open("w", encoding="utf-8") as out:
        reader = csv.DictReader(file)
        known = {column: kind for column, kind in kinds.items() if column in (reader.fieldnames or [])}
        out.write("kind\ta\n")
        for row in reader:
            for column, kind in known.items():
                if row[column].strip():
                    out.write(f"{kind}\t{row[column]}\n")


def apart(one: bytes, other: bytes) -> int:
    """Lines that only one of two results has, by the larger side."""
    left, right = Counter(one.splitlines()), Counter(other.splitlines())
    return max((left - right).total(), (right - left).total())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path, help="the binary whose results are to be kept")
    parser.add_argument("after", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="what benches/data/extract.py writes")
    parser.add_argument("--folder", type=Path, required=True, help="a new folder; 300 MB for 20,000 people")
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    arguments.folder.mkdir()
    folder = arguments.folder.resolve()
    (folder / "linkage.key").write_bytes(hashlib.sha256(b"unchanged").digest())
    (folder / "linkage.key").chmod(0o600)
    builds = {"before": Build(arguments.before, folder / "before"), "after": Build(arguments.after, folder / "after")}
    results: Dict[str, Dict[str, bytes]] = {}
    tokens: Dict[str, Dict[str, Path]] = {}
    for name, build in builds.items():
        people = folder / f"people-{name}"
        build.run("synth", "synth", "people", "--people", arguments.people, "--seed", "16", "-o", people)
        for table in sorted(people.glob("*.csv")):
            results.setdefault(f"synthetic {table.name}", {})[f"{name}, no tokens"] = table.read_bytes()
    people = folder / "people-before"
    values(people)
    for name, build in {**builds, "again": Build(arguments.before, folder / "again")}.items():
        tokens[name] = {}
        english(build, tokens[name], arguments.data.resolve(), "encode")
        japan(build, tokens[name], people, "encode")
    for made, files in tokens.items():
        for name, build in builds.items():
            found = {**english(build, files, arguments.data.resolve(), "link"), **japan(build, files, people, "link")}
            for step, content in found.items():
                results.setdefault(step, {})[f"{name}, tokens {made}"] = content
    made = ["no tokens", *(f"tokens {name}" for name in tokens)]
    differing = [
        step for step, of in results.items() if any(of.get(f"before, {it}") != of.get(f"after, {it}") for it in made)
    ]
    # Lines that differ between token files: of both builds, and of two encodings of one.
    lines = {
        step: [apart(of["before, tokens before"], of[f"before, tokens {other}"]) for other in ("after", "again")]
        for step, of in results.items()
        if "before, tokens before" in of
    }
    by_chance = {step: counts for step, counts in lines.items() if any(counts)}
    for step, (between, control) in by_chance.items():
        whole = results[step]["before, tokens before"].count(b"\n")
        print(f"{step}: {between} of {whole} lines differ between token files of both builds, {control} of one")
        if between > whole / 1000:
            differing.append(step)
    times: Dict[str, Tuple[float, float]] = {
        step: (sum(builds["before"].seconds[step]), sum(seconds)) for step, seconds in builds["after"].seconds.items()
    }
    for step, (before, after) in times.items():
        print(f"{step:<20} {before:8.2f} s before, {after:8.2f} s after: {after / before:.2f}")
    print(f"{len(results)} results, {len(differing)} differ" + "".join(f"\n  {step}" for step in differing))
    if arguments.json:
        ratios = {step: round(after / before, 3) for step, (before, after) in times.items()}
        arguments.json.write_text(json.dumps({"results": len(results), "differ": differing, "lines_apart_by_tokens": by_chance, "time_after_over_before": ratios}, indent=1) + "\n")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
