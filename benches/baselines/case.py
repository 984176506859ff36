"""A set of benches/data/sets.py, and what a method finds in it. Shared by table.py and the with_*.py modules."""

from __future__ import annotations

import argparse
import csv
import json
import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

Row = dict[str, str]
Scored = tuple[str, str, float]
Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """`task`: `link` (one record per person and file), `many` (any number), `dedupe` (one file)."""

    folder: Path
    task: str
    fields: dict[str, str]

    @property
    def paths(self) -> list[Path]:
        return [self.folder / f"{place}.csv" for place in (["people"] if self.task == "dedupe" else ["left", "right"])]

    def rows(self, path: Path) -> list[Row]:
        """Compared columns in lower case, with record_id and entity."""
        with path.open(encoding="utf-8", newline="") as file:
            return [
                {"record_id": row["record_id"], "entity": row["entity"]} | {name: row[name].casefold() for name in self.fields}
                for row in csv.DictReader(file)
            ]

    @property
    def files(self) -> list[list[Row]]:
        return [self.rows(path) for path in self.paths]


def read_case(folder: Path) -> Case:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return Case(folder, manifest["task"], manifest["fields"])


@dataclass(frozen=True)
class Found:
    """Scored pairs, best first, for the sweep over thresholds, and the method's own answer without labels: a
    threshold for them, or pairs, or clusters."""

    pairs: list[Scored]
    own_threshold: float | None = None
    own_pairs: list[tuple[str, str]] | None = None
    own_clusters: list[list[str]] | None = None
    notes: Json = field(default_factory=dict)


def write_found(found: Found, seconds: float, versions: dict[str, str], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with (out / "pairs.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(found.pairs)
    content = {
        "seconds": round(seconds, 1), "versions": versions, "own_threshold": found.own_threshold,
        "own_pairs": found.own_pairs, "own_clusters": found.own_clusters, "notes": found.notes,
    }  # fmt: skip
    (out / "found.json").write_text(json.dumps(content), encoding="utf-8")


def read_found(out: Path) -> tuple[Found, Json]:
    content = json.loads((out / "found.json").read_text(encoding="utf-8"))
    with (out / "pairs.csv").open(encoding="utf-8", newline="") as file:
        pairs = [(left, right, float(score)) for left, right, score in csv.reader(file)]
    pairs.sort(key=lambda pair: (-pair[2], pair[0], pair[1]))
    own_pairs = None if content["own_pairs"] is None else [(left, right) for left, right in content["own_pairs"]]
    return Found(pairs, content["own_threshold"], own_pairs, content["own_clusters"], content["notes"]), content


def run_method(description: str | None, packages: Iterable[str], method: Callable[[Case], Found]) -> None:
    """The command of a with_*.py module: SET OUT."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path, help="folder of a set")
    parser.add_argument("out", type=Path, help="folder for found.json and pairs.csv")
    arguments = parser.parse_args()
    begun = time.perf_counter()
    found = method(read_case(arguments.set))
    versions = {name: version(name) for name in packages} | {"python": platform.python_version()}
    write_found(found, time.perf_counter() - begun, versions, arguments.out)
