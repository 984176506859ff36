"""How common names are, after protocols/02-ja.md §10. The lists are read on first use."""
from __future__ import annotations

from functools import lru_cache
from typing import Dict, Optional

from ja import normalise
from ja_tables import rows

DEFAULT = {"kanji": "itaiji", "kana": "zengin"}
PEOPLE_OF_BAND = (300_000, 30_000, 0)
IN_NO_LIST = 3


def at_default(kind: str, value: str) -> Optional[str]:
    return normalise(kind, DEFAULT[kind.split("_")[0]], value).value


@lru_cache(maxsize=None)
def family_bands(kind: str) -> Dict[str, int]:
    people: Dict[str, int] = {}
    for surname, reading, number in rows("surnames.tsv"):
        name = at_default(kind, surname if kind == "kanji_family" else reading)
        if name:
            people[name] = people.get(name, 0) + int(number)
    return {name: next(band for band, least in enumerate(PEOPLE_OF_BAND) if number >= least) for name, number in people.items()}


@lru_cache(maxsize=None)
def given_bands(kind: str) -> Dict[str, int]:
    """A reading that is popular for one sex is popular; its spellings for the other count too."""
    lines = [(at_default("kana_given", reading), popular, spellings) for _, reading, popular, spellings in rows("given-names.tsv")]
    usual = {reading for reading, popular, _ in lines if popular == "1"}
    bands: Dict[str, int] = {}
    for reading, _, spellings in lines:
        names = [reading] if kind == "kana_given" else [at_default(kind, s) for s in spellings.split(" ")]
        for name in names:
            if name:
                bands[name] = min(bands.get(name, 1), 0 if reading in usual else 1)
    return bands


def band(kind: str, value: str) -> int:
    script, _, part = kind.partition("_")
    if script not in DEFAULT or not part:
        return 0
    bands = family_bands(kind) if part == "family" else given_bands(kind)
    return bands.get(at_default(kind, value) or "", IN_NO_LIST)
