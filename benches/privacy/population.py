"""Synthetic people of Japan (`mizuhiki synth people --locale ja`): the person of each record, and the
relation of two people."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import numpy as np

from sealed import read_columns

# The relation of two different people: the first that holds.
KINDS = (
    "twins (household, birth date)",
    "household",
    "namesakes born the same day",
    "namesakes in one town",
    "namesakes",
    "family name and town",
    "town and birth date",
    "given name and birth date",
    "family name and birth date",
    "town",
    "others",
)
MUNICIPALITY = re.compile(r"(東京都|北海道|(?:京都|大阪)府|.{2,3}県)(.+?市.+?区|.+?郡.+?[町村]|(?:四日市|廿日市|野々市|市川|市原)市|.+?[市区町村])")
FIGURES = "0123456789一二三四五六七八九十"


def parts(name: str) -> tuple[str, str]:
    """Family and given name."""
    family, _, given = unicodedata.normalize("NFKC", name).strip().partition(" ")
    return family, given.strip()


def municipality(address: str) -> str:
    found = MUNICIPALITY.match(unicodedata.normalize("NFKC", address))
    return found.group(0) if found else ""


def town(address: str) -> str:
    """The part before the first digit."""
    text = unicodedata.normalize("NFKC", address).replace(" ", "")
    return re.split(f"[{FIGURES}]", text, maxsplit=1)[0] if municipality(text) == "" else (
        municipality(text) + re.split(f"[{FIGURES}]", text[len(municipality(text)) :], maxsplit=1)[0]
    )


class Population:
    """The registry, by person: names, birth date, household, address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        ids, households, names, births, addresses = read_columns(
            folder / "registry.csv", "record_id", "household_id", "name_kanji", "birth_date", "address"
        )
        person_of = self.entries("registry")
        self.rows = {}
        for row, name in enumerate(ids):
            self.rows.setdefault(person_of[name], row)
        self.households, self.births = households, births
        self.names = [parts(name) for name in names]
        self.addresses = addresses

    def entries(self, holder: str) -> dict[str, int]:
        """The person of each record of a holder."""
        records, people = read_columns(self.folder / f"truth-entries-{holder}.csv", "record_id", "person")
        return dict(zip(records, map(int, people)))

    def persons(self, holder: str, ids: list[str]) -> np.ndarray:
        of = self.entries(holder)
        return np.array([of[name] for name in ids], np.int64)

    def household(self, person: int) -> str:
        return self.households[self.rows[person]] if person in self.rows else f"alone {person}"

    def related(self, a: int, b: int) -> str:
        """The relation of two different people."""
        if a not in self.rows or b not in self.rows:
            return KINDS[-1]
        i, j = self.rows[a], self.rows[b]
        births = self.births[i] == self.births[j]
        towns = town(self.addresses[i]) == town(self.addresses[j])
        family = self.names[i][0] == self.names[j][0]
        given = self.names[i][1] == self.names[j][1]
        holds = (
            self.households[i] == self.households[j] and births,
            self.households[i] == self.households[j],
            family and given and births,
            family and given and towns,
            family and given,
            family and towns,
            towns and births,
            given and births,
            family and births,
            towns,
            True,
        )
        return KINDS[holds.index(True)]
