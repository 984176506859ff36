"""Normalization of pack en-Latn, after protocols/02-normalisation.md."""
from __future__ import annotations

import calendar
import hashlib
import re
import unicodedata
from pathlib import Path
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Tuple

UNKNOWN = "\ufffd"
LIMIT = 4096
BLANKS = frozenset(
    chr(c)
    for c in [*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
)
KINDS: Dict[str, Tuple[str, ...]] = {
    "given_name": ("folded", "exact", "latin", "sorted", "nickname", "nysiis", "phonetic", "initial"),
    "surname": ("folded", "exact", "latin", "joined", "sorted", "core", "nysiis", "phonetic", "initial"),
    "full_name": ("folded", "exact", "latin", "sorted"),
    "date": ("day", "digits", "month", "year"),
    "postcode": ("full", "outward"),
    "zip": ("five", "full", "area"),
    "phone": ("national",),
    "place": ("folded", "exact"),
    "address": ("folded", "exact"),
    "sex": ("code",),
    "email": ("exact",),
    "nhs_number": ("exact",),
    "id": ("exact",),
    "number": ("exact",),
    "text": ("exact", "folded"),
}  # the default level comes first
NAMES = ("given_name", "surname", "full_name")
PLAIN_TEXT = NAMES + ("place", "address", "text")
# Upper-case letters that Unicode 16 added to older lower-case ones; the Python in use may lack them.
NEW_CAPITALS = {"\u019b": "\ua7dc", "\u0264": "\ua7cb"}


class Invalid(Exception):
    """The value is invalid for its kind; the argument is the reason."""


class Missing(Exception):
    """There is no value."""


class Outcome(NamedTuple):
    value: Optional[str] = None
    invalid: Optional[str] = None

    def json(self) -> dict:
        if self.value is not None:
            return {"value": self.value}
        return {"missing": True} if self.invalid is None else {"invalid": self.invalid}


def read_tables() -> Tuple[str, Dict[str, List[str]]]:
    """The text of appendix A and its sections as lists of lines."""
    page = (Path(__file__).resolve().parents[2] / "02-normalisation.md").read_text("utf-8")
    text = page[page.index("## Appendix A") :].split("```text\n", 1)[1].split("```", 1)[0]
    sections: Dict[str, List[str]] = {}
    for line in text.splitlines():
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1], [])
        elif line and not line.startswith("# "):
            current.append(line)
    return text, sections


TABLE_TEXT, TABLES = read_tables()
TABLE_DIGEST = hashlib.sha256(TABLE_TEXT.encode()).hexdigest()


def characters(section: str) -> FrozenSet[str]:
    found = set()
    for word in " ".join(TABLES[section]).split():
        first, _, last = word.partition("-")
        found.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return frozenset(found)


def words(section: str) -> FrozenSet[str]:
    return frozenset(" ".join(TABLES[section]).split())


def pairs(section: str) -> Dict[str, str]:
    return dict(line.rsplit(" ", 1) for line in TABLES[section])


IGNORED, ACCENT, DROPPED = characters("ignored"), characters("accent-as-apostrophe"), characters("dropped")
WILDCARD, BLANK_TABLE = characters("wildcard"), characters("blank")
LATIN, SEX, TITLE = pairs("latin"), pairs("sex"), words("title")
ROMAN = pairs("transliterated")
FORMAL = {nick: line.split()[0] for line in TABLES["nickname"] for nick in line.split()[1:]}
PREFIX, PARTICLE = words("prefix"), words("particle")
SHORTER = {"place": pairs("place"), "address": pairs("address")}


def prepare(text: str) -> str:
    return "".join("'" if c in ACCENT else c for c in text if c not in IGNORED)


def form(name: str, text: str) -> str:
    return unicodedata.normalize(name, text)


def trim(text: str) -> str:
    return text.strip("".join(BLANKS))


def squeeze(text: str) -> str:
    """Runs of blanks become one space; none at the ends."""
    return re.sub(" +", " ", "".join(" " if c in BLANKS else c for c in text)).strip(" ")


def fold_characters(kind: str, value: str) -> str:
    text = form("NFKD", prepare(value))
    text = form("NFKD", "".join(NEW_CAPITALS.get(c, c.upper()) for c in text))
    result: List[str] = []
    due = keep_marks = False
    for c in text:
        if unicodedata.category(c) in ("Mn", "Mc", "Me"):
            if keep_marks:
                result.append(c)
            continue
        keep_marks = False
        if c in IGNORED or c in ACCENT or c in DROPPED:
            continue
        if c in BLANK_TABLE or (kind == "text" and c in "?*"):
            due = True
            continue
        if due and result:
            result.append(" ")
        due = False
        if c in WILDCARD and (kind != "text" or c == UNKNOWN):
            result.append(UNKNOWN)
        elif c in LATIN:
            result.append(LATIN[c])
        else:
            result.append(c)
            keep_marks = not c.isascii()
    return form("NFC", "".join(result))


def fold(kind: str, value: str) -> str:
    parts = fold_characters(kind, value).split(" ")
    if kind in NAMES:
        parts = [p for p in parts if p not in TITLE] or parts
    parts = [SHORTER.get(kind, {}).get(p, p) for p in parts]
    return " ".join(parts)


def is_placeholder(kind: str, text: str) -> bool:
    if not text.strip(" " + UNKNOWN) or (len(text) > 1 and not text.strip("X")):
        return True
    if text in TABLES["placeholder"] or (kind != "surname" and text in TABLES["placeholder-not-surname"]):
        return True
    return kind == "given_name" and any(
        text.startswith(line[:-1]) if line.endswith("*") else text == line for line in TABLES["placeholder-given"]
    )


def exact(kind: str, value: str) -> str:
    text = squeeze(form("NFKC", prepare(value)))
    return text if kind == "text" else "".join(UNKNOWN if c in WILDCARD else c for c in text)


SOUNDEX = {c: str(i) for i, group in enumerate(("BFPV", "CGJKQSXZ", "DT", "L", "MN", "R"), 1) for c in group}


def latin(kind: str, folded: str) -> str:
    bare = ""
    for c in folded:
        base = unicodedata.normalize("NFD", c)[0]
        bare += base if c not in ROMAN and base in ROMAN else c
    # the alternatives of the expression: longer keys first
    keys = "|".join(sorted(map(re.escape, ROMAN), key=len, reverse=True))
    return fold(kind, re.sub(keys, lambda m: ROMAN[m[0]].replace("-", ""), bare))


def core(name: str) -> str:
    parts = name.split(" ")
    while len(parts) > 1 and parts[-1] in PREFIX:
        parts.pop()
    at = len(parts) - 2
    while at >= 0:
        if parts[at] in PREFIX:
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        at -= 1
    parts = ["MAC" + p[2:] if p.startswith("MC") and len(p) > 3 else p for p in parts]
    parts = [p for p in parts if p not in PARTICLE] or parts
    return " ".join(sorted(parts))


def nysiis(name: str) -> str:
    if re.fullmatch("[A-Z]{1,6}0", name):
        return name
    if UNKNOWN in name or not re.search("[A-Z]", name):
        raise Missing
    word = re.sub("[^A-Z]", "", name)
    for start, instead in (("MAC", "MCC"), ("KN", "NN"), ("K", "C"), ("P[HF]", "FF"), ("SCH", "SSS")):
        word = re.sub("^" + start, instead, word)
    word = re.sub("(EE|IE)$", "Y", word)
    word = re.sub("(DT|RT|RD|NT|ND)$", "D", word)
    code = word[0]
    for i in range(1, len(word)):
        before, rest, vowels = word[i - 1], word[i:], "AEIOU"
        if rest.startswith("EV"):
            new = "AF"
        elif rest[0] in vowels:
            new = "A"
        elif rest[0] in "QZM":
            new = {"Q": "G", "Z": "S", "M": "N"}[rest[0]]
        elif rest.startswith("KN"):
            new = "NN"
        elif rest[0] == "K":
            new = "C"
        elif rest.startswith("SCH"):
            new = "SSS"
        elif rest.startswith("PH"):
            new = "FF"
        elif rest[0] == "H" and (before not in vowels or rest[1:2] == "" or rest[1] not in vowels):
            new = before
        elif rest[0] == "W" and before in vowels:
            new = before
        else:
            new = rest[0]
        word = word[:i] + new + word[i + len(new) :]
        if word[i] != before:
            code += word[i]
    if len(code) > 1:
        code = re.sub("S$", "", code)
        code = re.sub("(?<=.)AY$", "Y", code)
        code = re.sub("A$", "", code)
    if not code:
        raise Missing
    return code[:6] + "0"


def phonetic(name: str) -> str:
    if re.fullmatch("[A-Z][0-6]{3}", name):
        return name
    letters = re.findall("[A-Z]", name)
    if UNKNOWN in name or not letters:
        raise Missing
    digits, last = "", SOUNDEX.get(letters[0])
    for letter in letters[1:]:
        digit = SOUNDEX.get(letter)
        if digit and digit != last:
            digits += digit
        if letter not in "HW":
            last = digit
    return letters[0] + digits[:3].ljust(3, "0")


# Dates ----------------------------------------------------------------------------------------

MONTHS = "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER".split()
MONTH_NUMBER = {"SEPT": "09"}
for _i, _m in enumerate(MONTHS, 1):
    MONTH_NUMBER[_m] = MONTH_NUMBER[_m[:3]] = "%02d" % _i


def _run(characters_: str, body: str, name: str) -> str:
    return rf"(?<![{characters_}])(?P<{name}>{body})(?![{characters_}])"


_D, _M = _run("0-9?", "[0-9?]{1,2}", "d"), _run("0-9?", "[0-9?]{1,2}", "m")
_Y = _run("0-9?", "[0-9?]{4}", "y")
_MON = _run("A-Z", "|".join(sorted(MONTH_NUMBER, key=len, reverse=True)), "mon")
_ORD, _GAP, _SEP = "(?:ST|ND|RD|TH)?", "[ \\-/.,]*", "(?P<s>[-/.])"
_TIME = r"(?:[T ][0-9][0-9:.,+\-ZAPM ]*)?"
_NOTATIONS = [
    re.compile(p)
    for p in (
        r"(?P<y>[0-9?]{4})(?P<m>[0-9?]{2})(?P<d>[0-9?]{2})" + _TIME,
        r"(?P<y>[0-9?]{4})(?P<m>[0-9?]{2})",
        _Y,
        _Y + _SEP + _M,
        _M + _SEP + _Y,
        _Y + _SEP + _M + "(?P=s)" + _D + _TIME,
        _run("0-9?", "[0-9?]{1,2}", "a") + _SEP + _run("0-9?", "[0-9?]{1,2}", "b") + "(?P=s)" + _Y + _TIME,
        _D + _ORD + _GAP + _MON + _GAP + _Y + _TIME,
        _Y + _GAP + _MON + _GAP + _D + _TIME,
        _MON + _GAP + _Y,
        _MON + _GAP + _D + _ORD + _GAP + _Y + _TIME,
    )
]
_TWO_DIGIT_YEAR = [
    re.compile(r"[0-9?]{1,2}" + _SEP + r"[0-9?]{1,2}(?P=s)[0-9?]{1,2}"),
    re.compile(_D + _ORD + _GAP + _MON + _GAP + r"(?<![0-9?])[0-9?]{2}"),
]


def surely_above_12(number: str) -> bool:
    return len(number) == 2 and number.isdigit() and int(number) > 12


def two(number: Optional[str]) -> str:
    if number is None or number == "?":
        return "??"
    return number.rjust(2, "0")


def read_date(value: str) -> str:
    text = squeeze(form("NFKC", prepare(value)))
    text = "".join(chr(ord(c) - 32) if "a" <= c <= "z" else c for c in text)
    text = re.sub("[\u2010-\u2015\u2212]", "-", text)
    text = "".join("?" if c == "X" or c in WILDCARD else c for c in text)
    if len(text) > 64 or not re.fullmatch(r"[A-Z0-9? \-/.,:+]*", text):
        raise Invalid("not a date")
    for notation in _NOTATIONS:
        match = notation.fullmatch(text)
        if match:
            g = match.groupdict()
            day, month = g.get("d"), g.get("m")
            if g.get("mon"):
                month = MONTH_NUMBER[g["mon"]]
            if g.get("a"):
                day, month = g["a"], g["b"]
                if surely_above_12(month) and not surely_above_12(day):
                    day, month = month, day
            return g["y"] + two(month) + two(day)
    if any(p.fullmatch(text) for p in _TWO_DIGIT_YEAR):
        raise Invalid("two-digit year")
    raise Invalid("not a date")


def fits(pattern: str, text: str) -> bool:
    return all(p in ("?", t) for p, t in zip(pattern, text))


def judge_date(date: str) -> str:
    if date in words("placeholder-date"):
        raise Missing
    year, month, day = date[:4], date[4:6], date[6:]
    month, day = ("??" if part in ("00", "99") else part for part in (month, day))
    if month + day == "0101":
        month = day = "??"
    if (year + month + day) == "????????":
        raise Missing
    years = [y for y in range(1850, 2151) if fits(year, str(y))]
    if not years:
        raise Invalid("year out of range")
    longest = 2000 if any(calendar.isleap(y) for y in years) else 2001
    if not any(
        fits(month + day, "%02d%02d" % (m, d))
        for m in range(1, 13)
        for d in range(1, calendar.monthrange(longest, m)[1] + 1)
    ):
        raise Invalid("impossible date")
    return year + month + day


def date(level: str, value: str) -> str:
    try:
        text = judge_date(read_date(value))
    except Invalid as fault:
        written = trim(value)
        refused = fault.args[0] in ("year out of range", "impossible date")
        if level == "digits" and refused and re.fullmatch("[0-9]{8}", written):
            return written
        raise
    text = text[: {"month": 6, "year": 4}.get(level, 8)].replace("?", UNKNOWN)
    if not text.strip(UNKNOWN):
        raise Missing
    return text


# Other kinds ----------------------------------------------------------------------------------


def postcode(level: str, folded: str) -> str:
    code = folded.replace(" ", "")
    if not re.fullmatch(f"[A-Z0-9{UNKNOWN}]{{2,10}}", code):
        raise Invalid("not a postcode")
    numeric = re.fullmatch(f"[0-9{UNKNOWN}]+", code) is not None
    if numeric and len(code) == 9:
        code = code[:5]
    if re.fullmatch("0{4,}|9{4,}", code):
        raise Missing
    if level == "full":
        return code
    outward = "[A-Z][0-9]|[A-Z][0-9][0-9]|[A-Z][0-9][A-Z]|[A-Z][A-Z][0-9]|[A-Z][A-Z][0-9][0-9]|[A-Z][A-Z][0-9][A-Z]"
    if re.fullmatch(outward, code):
        return code
    if re.fullmatch(f"(?:{outward})[0-9][A-Z][A-Z]", code):
        return code[:-3]
    return code[:2] if numeric and len(code) == 4 else code[:3]


def zip_code(level: str, folded: str) -> str:
    code = folded.replace(" ", "")
    if not re.fullmatch(f"[0-9{UNKNOWN}]*", code) or len(code) not in (3, 4, 5, 7, 8, 9):
        raise Invalid("not a ZIP code")
    code = code.rjust(5 if len(code) < 6 else 9, "0")
    if code[:5] in ("00000", "99999"):
        raise Missing
    return {"five": code[:5], "area": code[:3] + 2 * UNKNOWN}.get(level, code)


def nhs_number(folded: str) -> str:
    code = folded.replace(" ", "")
    if not re.fullmatch("[0-9]{10}", code):
        raise Invalid("not a number of this kind")
    if len(set(code)) == 1:
        raise Missing
    total = sum(int(code[i]) * (10 - i) for i in range(9))
    if str((11 - total % 11) % 11) != code[9]:
        raise Invalid("check digit does not fit")
    return code


def phone(value: str, folded: str) -> str:
    text = folded
    for cut in (" EXT", " X"):
        if cut in text:
            text = text[: text.index(cut)]
            break
    text = text.replace(" ", "")
    if not re.fullmatch(f"[0-9{UNKNOWN}]*", text):
        raise Invalid("not a telephone number")
    if re.fullmatch(r"([0-9])\1*", text):
        raise Missing
    first = next((c for c in form("NFKC", prepare(value)) if c not in BLANKS and c != "("), "")
    if first == "+" or text.startswith("00"):
        bare = text[2:] if text.startswith("00") else text
        for prefix in ("353", "44", "61", "64", "1"):
            if bare.startswith(prefix):
                text = bare[len(prefix) :]
                break
    text = text.lstrip("0")
    if re.fullmatch(f"1[2-9][0-9{UNKNOWN}]{{9}}", text):
        text = text[1:]
    if len(text) < 5:
        raise Invalid("fewer than 5 digits")
    if len(text) > 15:
        raise Invalid("more than 15 digits")
    if re.fullmatch(r"([0-9])\1*", text) or text in words("placeholder-phone"):
        raise Missing
    return text


def sex(folded: str) -> str:
    if folded not in SEX:
        raise Invalid("not a sex code")
    if SEX[folded] == "-":
        raise Missing
    return SEX[folded]


def email(value: str) -> str:
    lower = "".join(c.lower() for c in form("NFKC", prepare(value)))
    text = trim(form("NFKC", lower))
    before, _, after = text.partition("@")
    if not before or not after or "@" in after or any(c in BLANKS for c in text):
        raise Invalid("not an e-mail address")
    return text


def identifier(folded: str) -> str:
    text = form("NFC", folded.replace(" ", ""))
    if re.fullmatch("0+|9{6,}", text):
        raise Missing
    return text


def number(value: str) -> str:
    text = trim(form("NFKC", prepare(value)))
    match = re.fullmatch(r"([+\-\u2212]?)([0-9]*|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]*))?", text)
    if not match or not ((match[2] or "") + (match[3] or "")):
        raise Invalid("not a number")
    whole = match[2].replace(",", "").lstrip("0") or "0"
    fraction = (match[3] or "").rstrip("0")
    minus = "-" if match[1] in ("-", "\u2212") and (whole != "0" or fraction) else ""
    return minus + whole + ("." + fraction if fraction else "")


def by_kind(kind: str, level: str, value: str, folded: str) -> str:
    if kind == "postcode":
        return postcode(level, folded)
    if kind == "zip":
        return zip_code(level, folded)
    if kind == "nhs_number":
        return nhs_number(folded)
    if kind == "phone":
        return phone(value, folded)
    if kind == "sex":
        return sex(folded)
    if kind == "email":
        return email(value)
    if kind == "id":
        return identifier(folded)
    if kind == "number":
        return number(value)
    if level == "exact":
        return exact(kind, value)
    if level == "sorted":
        return " ".join(sorted(folded.split(" ")))
    if level == "latin":
        return latin(kind, folded)
    if level == "nickname":
        return " ".join(FORMAL.get(p, p) for p in latin(kind, folded).split(" "))
    if level == "joined":
        return form("NFC", latin(kind, folded).replace(" ", ""))
    if level in ("core", "nysiis", "phonetic"):
        return {"core": core, "nysiis": nysiis, "phonetic": phonetic}[level](latin(kind, folded))
    return folded[:1] if level == "initial" else folded


def normalise(kind: str, level: str, value: str) -> Outcome:
    try:
        if kind not in KINDS:
            raise Invalid("unknown kind")
        if level not in KINDS[kind]:
            raise Invalid("unknown level")
        if len(value.encode()) > LIMIT:
            raise Invalid("longer than 4096 bytes")
        if any(unicodedata.category(c) == "Cc" and c not in BLANKS for c in value):
            raise Invalid("control character")
        folded = fold(kind, value)
        if is_placeholder(kind, folded):
            raise Missing
        if kind == "date":
            result = date(level, value)
        else:
            result = by_kind(kind, level, value, folded)
            if not (level == "exact" and kind in PLAIN_TEXT) and is_placeholder(kind, result):
                raise Missing
        if len(result.encode()) > LIMIT:
            raise Invalid("longer than 4096 bytes")
        if not result:
            raise Missing
        return Outcome(value=result)
    except Invalid as fault:
        return Outcome(invalid=fault.args[0])
    except Missing:
        return Outcome()
