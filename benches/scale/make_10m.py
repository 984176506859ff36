#!/usr/bin/env python3
"""Files of more synthetic people than one population can have in memory.

Generates populations one after the other, each with its own seed, and appends their files. Ids get the
population's number as a prefix (`P03-H270540`), so that they stay unique. Only one population is in memory,
in `mizuhiki synth people` (about 0.9 GB per million people). Ten populations of two million people are
hospital 10 million and insurer 12 million records.

Names come from the same lists in every population, so namesakes across populations are as
frequent as within one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

FILES = ("hospital.csv", "insurer.csv", "truth-hospital-insurer.csv")


def append(source: Path, target: Path, prefix: str, id_columns: int, with_header: bool) -> int:
    """Append the rows of a generated file, with its first columns prefixed; return the number of rows."""
    rows = 0
    with source.open(encoding="utf-8", newline="") as lines, target.open(
        "a", encoding="utf-8", newline=""
    ) as out:
        header = next(lines)
        if with_header:
            out.write(header)
        # Ids come first and are never quoted, so lines need not be parsed.
        for line in lines:
            values = line.split(",", id_columns)
            values[:id_columns] = [prefix + value for value in values[:id_columns]]
            out.write(",".join(values))
            rows += 1
    return rows


def make(mizuhiki: Path, people: int, populations: int, seed: int, folder: Path) -> dict[str, int]:
    """Generate the files unless they exist; return the numbers of rows."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = dict.fromkeys(FILES, 0)
    # Only complete files get their final name, so that an interrupted run is not mistaken for a complete one.
    unfinished = {name: folder / f"{name}.unfinished" for name in FILES}
    for path in unfinished.values():
        path.unlink(missing_ok=True)
    for number in range(populations):
        with tempfile.TemporaryDirectory(dir=folder) as name:
            command = [mizuhiki, "synth", "people", "--locale", "en-Latn", "--people", people]
            command += ["--seed", seed + number, "-o", name]
            subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
            prefix = f"P{number + 1:02}-" if populations > 1 else ""
            for file in FILES:
                ids = 2 if file.startswith("truth") else 1
                source = Path(name) / file
                rows[file] += append(source, unfinished[file], prefix, ids, number == 0)
    for file, path in unfinished.items():
        path.replace(folder / file)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mizuhiki", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--people", type=int, default=2_000_000, help="in each population")
    parser.add_argument("--populations", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1, help="seed of the first; each further one adds one")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR")
    arguments = parser.parse_args()
    if not arguments.mizuhiki.is_file():
        sys.exit(f"error: no such program: {arguments.mizuhiki}")
    rows = make(
        arguments.mizuhiki.resolve(),
        arguments.people,
        arguments.populations,
        arguments.seed,
        arguments.output,
    )
    for file, number in rows.items():
        print(f"{file:<30}{number:>12,}")


if __name__ == "__main__":
    main()
