"""Tables of pack ja and the preparation of every kind, after protocols/02-ja.md, introduction and §2."""
from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Dict, FrozenSet, List, NamedTuple

from normalise import BLANKS, UNKNOWN, form

FOLDER = Path(__file__).resolve().parents[2] / "tables" / "ja"


def read_rules() -> Dict[str, List[str]]:
    sections: Dict[str, List[str]] = {}
    for line in (FOLDER / "rules.txt").read_text("utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1], [])
        elif line and not line.startswith("# "):
            current.append(line)
    return sections


def rows(name: str) -> List[List[str]]:
    """The lines of a .tsv file without the header."""
    return [line.split("\t") for line in (FOLDER / name).read_text("utf-8").splitlines()[1:]]


def characters(section: str) -> FrozenSet[str]:
    found = set()
    for word in " ".join(RULES[section]).split():
        first, _, last = word.partition("-")
        found.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return frozenset(found)


class Itaiji(NamedTuple):
    tier_a: Dict[str, str]  # variant: canonical
    tier_b: Dict[str, str]  # member of a group: least member


def read_itaiji() -> Itaiji:
    tier_a: Dict[str, str] = {}
    groups: Dict[str, set] = {}
    lines = rows("itaiji.tsv")
    tier_a.update((variant, canonical) for canonical, variant, tier in lines if tier == "A")
    for canonical, variant, tier in lines:
        if tier == "B":
            a, b = tier_a.get(canonical, canonical), tier_a.get(variant, variant)
            group = groups.get(a, {a}) | groups.get(b, {b})
            for member in group:
                groups[member] = group
    return Itaiji(tier_a, {member: min(group) for member, group in groups.items()})


RULES = read_rules()
IGNORED, WILDCARD = characters("ignored"), characters("wildcard")
DASH, SEPARATOR = characters("dash"), characters("separator")
RADICALS = dict(rows("radicals.tsv"))
ITAIJI = read_itaiji()
NUMERALS = "〇零一二三四五六七八九十百"
# Unified_Ideograph, Unicode 16
_IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2A6DF), (0x2A700, 0x2B739), (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1),
               (0x2CEB0, 0x2EBE0), (0x2EBF0, 0x2EE5D), (0x30000, 0x3134A), (0x31350, 0x323AF))
_COMPATIBILITY = frozenset("﨎﨏﨑﨓﨔﨟﨡﨣﨤﨧﨨﨩")


def is_kanji(c: str) -> bool:
    return c in "々〇" or c in _COMPATIBILITY or any(first <= ord(c) <= last for first, last in _IDEOGRAPHS)


def is_hiragana(c: str) -> bool:
    return "\u3041" <= c <= "\u3096"


def is_katakana(c: str) -> bool:
    return "\u30a1" <= c <= "\u30fa"


def is_kana(c: str) -> bool:
    return is_hiragana(c) or is_katakana(c) or c == "ー"


def is_digit(c: str) -> bool:
    return "0" <= c <= "9"


def is_numeral(c: str) -> bool:
    return is_digit(c) or c in NUMERALS


def prepare(value: str) -> str:
    """§2.1."""
    text = "".join(RADICALS.get(c, c) for c in value if c not in IGNORED)
    text = form("NFKC", text.replace("\u309b", "\u3099").replace("\u309c", "\u309a"))
    text = "".join(UNKNOWN if c in WILDCARD else c for c in form("NFC", "".join(c for c in text if unicodedata.category(c)[0] != "M")))
    return "".join(chr(ord(c) - 32) if "a" <= c <= "z" else c for c in text)


def without(text: str, *sets: FrozenSet[str]) -> str:
    return "".join(c for c in text if not any(c in of for of in sets))


def is_missing(prepared: str) -> bool:
    """§2.2."""
    bare = without(prepared, SEPARATOR, DASH)
    return bare in RULES["placeholder"] or not bare.strip(UNKNOWN)


def without_blanks(text: str) -> str:
    return without(text, BLANKS)


_DIGIT = "〇一二三四五六七八九"
_NUMBER = re.compile("(?:([一二三四五六七八九]?)百)?(?:([一二三四五六七八九]?)十)?〇*([一二三四五六七八九]?)")


def number_of(run: str) -> str:
    """Kanji numerals as digits (§4.1); a run that is not a number stays."""
    text = run.replace("零", "〇")
    if "十" not in text and "百" not in text:
        return "".join(str(_DIGIT.index(c)) for c in text)
    match = _NUMBER.fullmatch(text)
    if not match:
        return run
    hundreds, tens, ones = (None if g is None else _DIGIT.index(g or "一") for g in match.groups())
    return str(100 * (hundreds or 0) + 10 * (tens or 0) + (ones if match[3] else 0))


def without_brackets(prepared: str) -> str:
    """Without text in round brackets (§3.5, §4.1); unchanged if there is nothing else."""
    left = re.sub(r"\([^)]*\)", "", prepared)
    return left if without(left, SEPARATOR, DASH, BLANKS) else prepared
