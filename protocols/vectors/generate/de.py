"""Normalization of pack de-Latn, after protocols/02-de.md."""
from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Dict, List, Tuple

import normalise as en_latn
from normalise import UNKNOWN, Outcome, form

KINDS: Dict[str, Tuple[str, ...]] = {
    "given_name": ("digraph", "exact", "base", "cologne"),
    "surname": ("digraph", "exact", "base", "cologne"),
    "date": ("day", "month", "year"),
    "postcode": ("full", "region"),
    "place": ("digraph", "exact", "base"),
    "address": ("digraph", "exact", "base"),
    "sex": ("code",),
    "email": ("exact",),
    "text": ("exact", "folded"),
}  # the default level comes first
MISSING = Outcome()


def read_tables() -> Dict[str, List[str]]:
    page = (Path(__file__).resolve().parents[2] / "02-de.md").read_text("utf-8")
    sections: Dict[str, List[str]] = {}
    for line in page.split("```text\n", 1)[1].split("```", 1)[0].splitlines():
        if line.startswith("["):
            current = sections.setdefault(line[1:-1], [])
        elif line and not line.startswith("# "):
            current.append(line)
    return sections


TABLES = read_tables()
PAIRS = {name: dict(line.rsplit(" ", 1) for line in TABLES[name]) for name in ("spelled-out", "month", "sex")}
TITLES, PLACEHOLDERS = set(" ".join(TABLES["title"]).split()), set(TABLES["placeholder"])


def spell_out(value: str) -> str:
    return "".join(PAIRS["spelled-out"].get(c, c) for c in form("NFC", value))


def digraph(kind: str, value: str) -> Outcome:
    outcome = en_latn.normalise(kind, "folded", spell_out(value))
    if outcome.value is None:
        return outcome
    name, parts = outcome.value, outcome.value.split(" ")
    rest = [p for p in parts if p not in TITLES]
    if kind in ("given_name", "surname") and 0 < len(rest) < len(parts):
        return digraph(kind, " ".join(rest))
    return MISSING if name in PLACEHOLDERS else Outcome(value=name)


def cologne(name: str) -> str:
    if re.fullmatch("[0-9]+", name):
        return name
    letters = re.sub("[^A-Z]", "", name)
    codes: List[str] = []
    for i, c in enumerate(letters):
        before, after = letters[i - 1 : i] if i else "", letters[i + 1 : i + 2]
        simple = {"A": "0", "E": "0", "I": "0", "J": "0", "O": "0", "U": "0", "Y": "0", "B": "1", "F": "3", "V": "3", "W": "3"}
        simple.update({"G": "4", "K": "4", "Q": "4", "L": "5", "M": "6", "N": "6", "R": "7", "S": "8", "Z": "8", "H": ""})
        if c in simple:
            code = simple[c]
        elif c == "P":
            code = "3" if after == "H" else "1"
        elif c in "DT":
            code = "8" if after and after in "CSZ" else "2"
        elif c == "X":
            code = "8" if before and before in "CKQ" else "48"
        elif not any(codes):
            code = "4" if after and after in "AHKLOQRUX" else "8"
        else:
            code = "4" if after and after in "AHKOQUX" and before not in ("S", "Z") else "8"
        codes += code
    once = [code for i, code in enumerate(codes) if not i or codes[i - 1] != code]
    return "".join(code for i, code in enumerate(once) if not i or code != "0")


def text(kind: str, level: str, value: str) -> Outcome:
    outcome = digraph(kind, value)
    if outcome.value is None or level == "digraph":
        return outcome
    if level == "exact":
        return en_latn.normalise(kind, "exact", value)
    if level == "base":
        return digraph(kind, re.sub("([AOU])E+", r"\1", outcome.value))
    code = "" if UNKNOWN in outcome.value else cologne(outcome.value)
    return Outcome(value=code) if code else MISSING


def sex(value: str) -> Outcome:
    folded = en_latn.fold_characters("sex", spell_out(value))
    if not folded.strip(" " + UNKNOWN) or folded in PLACEHOLDERS:
        return MISSING
    code = PAIRS["sex"].get(folded)
    if code is None:
        return Outcome(invalid="not a sex code")
    return MISSING if code == "-" else Outcome(value=code)


def postcode(level: str, value: str) -> Outcome:
    outcome = en_latn.normalise("postcode", "full", value)
    if outcome.value is None:
        return outcome
    code = re.sub("^[A-Z]+", "", outcome.value)
    if code != outcome.value:
        return postcode(level, code)
    if not re.fullmatch("[0-9%s]{4,5}" % UNKNOWN, code):
        return Outcome(invalid="not a postcode")
    if level == "region":
        code = code[:2].ljust(len(code), UNKNOWN)
    return Outcome(value=code) if code.strip(UNKNOWN) else MISSING


def month(match: "re.Match[str]") -> str:
    word = match[0].upper()
    return PAIRS["month"].get(word, word)


def normalise(kind: str, level: str, value: str) -> Outcome:
    if kind not in KINDS:
        return Outcome(invalid="unknown kind")
    if level not in KINDS[kind]:
        return Outcome(invalid="unknown level")
    if len(value.encode()) > en_latn.LIMIT:
        return Outcome(invalid="longer than 4096 bytes")
    if any(unicodedata.category(c) == "Cc" and c not in en_latn.BLANKS for c in value):
        return Outcome(invalid="control character")
    if kind in ("text", "email"):
        return en_latn.normalise(kind, level, value)
    if kind == "date":
        return en_latn.normalise(kind, level, re.sub(r"[^\W\d_]+", month, spell_out(value)))
    if kind == "sex":
        return sex(value)
    return postcode(level, value) if kind == "postcode" else text(kind, level, value)
