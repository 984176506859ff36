"""The packs by name, as far as linkage schemas need them."""
from __future__ import annotations

from typing import Callable, Dict, List, NamedTuple, Tuple

import de
import ja
import ja_readings
import normalise as en_latn


class Pack(NamedTuple):
    levels: Dict[str, Tuple[str, ...]]  # of each kind
    default: Dict[str, str]  # level of each kind
    normalise: Callable[[str, str, str], en_latn.Outcome]
    readings: Callable[[str], List[Tuple[str, float]]]  # most probable first
    readings_of: Callable[[str, str], List[Tuple[str, float]]]  # of the part that a kind takes


def _default_of_ja(kind: str) -> str:
    by_name = {"kanji": "itaiji", "kana": "zengin", "address": "gaz", "phone": "prefix"}
    return by_name.get(kind.split("_")[0], ja.KINDS[kind][0])


_OTHERS = {kind: en_latn.KINDS[kind] for kind in ja.DELEGATED}
PACKS: Dict[str, Pack] = {
    "en-Latn": Pack(en_latn.KINDS, {kind: levels[0] for kind, levels in en_latn.KINDS.items()}, en_latn.normalise, lambda _: [], lambda _, __: []),
    "de-Latn": Pack(de.KINDS, {kind: levels[0] for kind, levels in de.KINDS.items()}, de.normalise, lambda _: [], lambda _, __: []),
    "ja": Pack(
        {**ja.KINDS, **_OTHERS},
        {**{kind: _default_of_ja(kind) for kind in ja.KINDS}, **{kind: levels[0] for kind, levels in _OTHERS.items()}},
        ja.normalise,
        ja_readings.candidates,
        ja_readings.candidates_of,
    ),
}
