"""Dates, after protocols/02-ja.md §4."""
from __future__ import annotations

import calendar
import datetime
import re
from typing import Dict, List, NamedTuple, Optional, Tuple

from ja_tables import DASH, NUMERALS, RULES, number_of, prepare, without_brackets
from normalise import BLANKS, UNKNOWN, Invalid, Missing

Date = datetime.date


class Era(NamedTuple):
    name: str
    kanji: str
    letter: str
    first: Date
    last: Date
    year_1: int


class Reading(NamedTuple):
    """The written date: numbers as written, ? for unknown parts, nothing for parts that the notation
    lacks."""

    year: str
    month: Optional[str] = None
    day: Optional[str] = None
    era: Optional[Era] = None


class Judged(NamedTuple):
    year: int
    month: Optional[int]
    day: Optional[int]
    days: List[Date]  # all that it can be
    overflow: bool


def _eras() -> List[Era]:
    found = []
    for line in RULES["era"]:
        name, kanji, letter, first, last, year_1 = line.split(" ")
        found.append(Era(name, kanji, letter, Date.fromisoformat(first), Date.fromisoformat(last), int(year_1)))
    return found


ERAS = _eras()
BY_WORD: Dict[str, Era] = {word: era for era in ERAS for word in era[:3]}
CODE_BOOK = {line.split(" ")[0]: dict(zip(line.split(" ")[1:], ERAS)) for line in RULES["code-book"]}
BOOK_OF_KIND = {"date_receipt": "receipt", "date_nenkin": "nenkin"}
PLACEHOLDER = frozenset(" ".join(RULES["placeholder-date"]).split())

_ERA = "(?P<era>%s) *\\.?" % "|".join(sorted(BY_WORD, key=len, reverse=True))
OLD_NUMERALS = {"壱": "一", "弐": "二", "参": "三", "拾": "十", "廿": "二十", "卅": "三十"}
_EMPTY = "(?=[年月日])"  # nothing
_N, _Y = r"(?P<y>[0-9]{1,4}|\?{1,4})", r"(?P<y>[0-9]{4}|\?{4})"
_M, _D = r"(?P<m>[0-9]{1,2}|\?{1,2})", r"(?P<d>[0-9]{1,2}|\?{1,2})"
_SEP, _TIME = r"(?P<s>[./\-, T])", r"(?:[T ][0-9][0-9:.+\-Z]*)?"
_TAIL = rf"(?:\?+|(?:{_M}|{_EMPTY})月(?:\?+|(?:{_D}|{_EMPTY})日\??)?)?"
_MMDD = r"(?P<m>[0-9]{2}|\?\?)(?P<d>[0-9]{2}|\?\?)"
_YYMMDD = r"(?P<y>[0-9]{2}|\?\?)" + _MMDD
_D2 = r"(?:[0-9]{1,2}|\?{1,2})"
_NOTATIONS = [
    re.compile(p)
    for p in (
        _ERA + rf"(?:{_N}|{_EMPTY})年" + _TAIL,
        rf"(?:(?P<y>[0-9]{{4}}|\?{{1,4}})|{_EMPTY})年" + _TAIL,
        _ERA + _N + _SEP + _M + "(?P=s)" + _D + _TIME,
        _ERA + _N.replace("4", "2") + _SEP + _M,
        _ERA + _N,
        _ERA + _YYMMDD,
        _Y + _SEP + _M + "(?P=s)" + _D + _TIME,
        _Y + _SEP + _M,
        _Y,
        _Y + _MMDD + _TIME,
        "(?P<code>[0-9])" + _YYMMDD,
        _M.replace("<m>", "<a>") + _SEP + _M.replace("<m>", "<b>") + "(?P=s)" + _Y + _TIME,
        r"(?P<y>\?{1,2})",
    )
]
_AMBIGUOUS = re.compile(f"[0-9]{{1,2}}年{_TAIL}|{_D2}{_SEP}{_D2}(?P=s){_D2}{_TIME}|" + re.sub(r"\?P<.>", "?:", _YYMMDD))


def text_of(value: str) -> str:
    """Prepared, with blanks, dashes, unknown parts and numbers as one notation each."""
    text = prepare(value).strip("".join(BLANKS))
    if len(text) > 64:
        raise Invalid("not a date")
    text = re.sub("^西暦", "", without_brackets(text).strip("".join(BLANKS)))
    text = re.sub("不詳|不明", "?", text).replace("元年", "1年")
    text = re.sub("^(%s)元(?![0-9])" % _ERA.replace("?P<era>", ""), r"\g<1>1", text)
    text = re.sub("[壱弐参拾廿卅]", lambda m: OLD_NUMERALS[m[0]], text)
    text = "".join("?" if c in ("X", UNKNOWN) else "-" if c in DASH and c != "ー" else " " if c in BLANKS else c for c in text)
    text = re.sub("生まれ$|生$", "", text).strip(" ")
    text = re.sub("([./\\-,]) +", r"\1", text)
    text = re.sub("[%s]+" % NUMERALS, lambda m: number_of(m[0]), text)
    return text.replace(" ", "") if "年" in text else text


def judged(kind: str, value: str) -> Judged:
    text = text_of(value)
    if not text:
        raise Missing
    for notation in _NOTATIONS:
        match = notation.fullmatch(text)
        if not match:
            continue
        g = match.groupdict()
        era = BY_WORD.get(g.get("era") or "")
        if "code" in g:
            if kind not in BOOK_OF_KIND:
                raise Invalid("ambiguous date")
            era = CODE_BOOK[BOOK_OF_KIND[kind]].get(g["code"])
            if era is None:
                raise Invalid("not a date")
        if "a" in g:
            return either_order(g["y"], g["a"], g["b"])
        return judge(Reading(g["y"], g.get("m"), g.get("d"), era))
    raise Invalid("ambiguous date" if _AMBIGUOUS.fullmatch(text) else "not a date")


def either_order(year: str, a: str, b: str) -> Judged:
    """Day and month, or month and day, whichever is a date."""
    good: List[Judged] = []
    missing = False
    for reading in (Reading(year, b, a), Reading(year, a, b)):
        try:
            good.append(judge(reading))
        except Missing:
            missing = True
        except Invalid:
            pass
    if len(good) == 2 and good[0] != good[1]:
        raise Invalid("ambiguous date")
    if not good and missing:
        raise Missing
    return good[0] if good else judge(Reading(year, b, a))


def number(written: Optional[str]) -> Optional[int]:
    """None if unknown; 0 is 0."""
    return int(written) if written and written.isdigit() else None


def judge(reading: Reading) -> Judged:
    """§4.2."""
    year, month, day, era = number(reading.year), number(reading.month) or None, number(reading.day) or None, reading.era
    if year is None:
        raise Missing
    if era:
        if year == 0:
            raise Invalid("impossible date")
        if year > 99:
            raise Invalid("outside the era")
        year += era.year_1 - 1
    if "%04d%02d%02d" % (year, month or 0, day or 0) in PLACEHOLDER:
        raise Missing
    if not 1850 <= year <= 2150:
        raise Invalid("year out of range")
    of_year = [Date(year, m, d) for m in range(1, 13) for d in range(1, calendar.monthrange(year, m)[1] + 1)]
    days = [date for date in of_year if month in (None, date.month) and day in (None, date.day)]
    if not days:
        raise Invalid("impossible date")
    overflow = False
    if era:
        span = days if month else of_year
        if not any(era.first <= date <= era.last for date in span):
            if span[0] < era.first or era is ERAS[-1] or year > era.last.year + 3:
                raise Invalid("outside the era")
            overflow = True
        if year < 1873 and month:
            raise Invalid("before 1873")
    return Judged(year, month, day, days, overflow)


def two(n: Optional[int], unknown: str) -> str:
    return unknown * 2 if n is None else "%02d" % n


def in_era(date: Judged) -> Tuple[str, str]:
    """Letter, and YYMMDD."""
    latest = date.days[-1] if date.month else Date(date.year, 12, 31)
    eras = [era for era in ERAS if era.first <= latest <= era.last]
    if not eras or date.year < 1873 and date.month:
        raise Missing
    return eras[-1].letter, "%02d" % (date.year - eras[-1].year_1 + 1) + two(date.month, UNKNOWN) + two(date.day, UNKNOWN)


def date(kind: str, level: str, value: str) -> str:
    found = judged(kind, value)
    if level == "in_era":
        return "".join(in_era(found))
    return "%04d" % found.year + two(found.month, UNKNOWN) + two(found.day, UNKNOWN)


def canonical(kind: str, value: str) -> str:
    found = judged(kind, value)
    return "%04d-%s-%s" % (found.year, two(found.month, "X"), two(found.day, "X")) + ("!era_overflow" if found.overflow else "")


# Relations (§8) -------------------------------------------------------------------------------


def relation(a: Judged, b: Judged) -> str:
    if a[:3] == b[:3]:
        return "eq"
    if a.month and a.day and b.month and b.day:
        if (a.year, a.month, a.day) == (b.year, b.day, b.month):
            return "dm_swap"
        if abs(a.days[0] - b.days[0]).days == 1:
            return "off_by_one_day"
        x, y = ("%04d%02d%02d" % d[:3] for d in (a, b))
        differ = [i for i in range(8) if x[i] != y[i]]
        if len(differ) == 2 and differ[0] + 1 == differ[1] and x[differ[0]] == y[differ[1]] and x[differ[1]] == y[differ[0]]:
            return "digit_swap"
        if len(differ) == 1:
            return "one_digit"
        try:
            if in_era(a)[1] == in_era(b)[1]:
                return "era_typo"
        except Missing:
            pass
    if all(m is None or n is None or m == n for m, n in zip(a[:3], b[:3])):
        return "compatible_low"
    return "ne"
