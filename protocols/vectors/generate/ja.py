"""Normalization of pack ja, after protocols/02-ja.md."""
from __future__ import annotations

import unicodedata
from typing import Dict, Tuple

import ja_address
import ja_codes
import ja_dates
import ja_names
import normalise as en_latn
from ja_tables import is_missing, prepare
from normalise import BLANKS, LIMIT, UNKNOWN, Invalid, Missing, Outcome, form

KINDS: Dict[str, Tuple[str, ...]] = {
    "romaji": ("eq", "longv", "sorted"),
    "sex": ("code",),
    "address": ("eq", "prefix", "gaz", "area", "municipality"),
    "postal": ("eq", "prefix"),
    "phone": ("eq", "prefix"),
    "zengin_name": ("eq", "family"),
}  # the tightest level comes first
for _part in ("", "_family", "_given"):
    KINDS["kana" + _part] = ("eq", "zengin", "phon", "longv", "dakuten")
    KINDS["kanji" + _part] = ("eq", "itaiji", "itaiji_loose")
for _kind in ("date", "date_receipt", "date_nenkin"):
    KINDS[_kind] = ("day", "in_era")
for _kind in ("yucho", "bank", "insurer_no", "corp_no", "mynumber", "idstring"):
    KINDS[_kind] = ("eq",)
NAMES = tuple(kind for kind in KINDS if kind.split("_")[0] in ("kana", "kanji", "romaji"))
MISSING_BY_TEXT = NAMES + ("address", "postal", "phone", "zengin_name")  # §2.2 holds for them
DELEGATED = ("text", "email")


def check(value: str) -> None:
    if len(value.encode()) > LIMIT:
        raise Invalid("longer than 4096 bytes")
    if any(unicodedata.category(c) == "Cc" and c not in BLANKS for c in value):
        raise Invalid("control character")


def by_kind(kind: str, level: str, prepared: str) -> str:
    if kind == "sex":
        return ja_codes.sex(prepared)
    if kind == "yucho":
        return ja_codes.yucho(prepared)
    if kind == "bank":
        return ja_codes.bank(prepared)
    if kind in ("insurer_no", "corp_no", "mynumber"):
        return ja_codes.checked(kind, prepared)
    if kind == "idstring":
        return ja_codes.identifier(prepared)
    if kind == "address":
        return ja_address.address(level, prepared)
    if kind == "postal":
        return ja_codes.postal(level, prepared)
    if kind == "phone":
        return ja_codes.phone(level, prepared)
    if kind == "zengin_name":
        return ja_codes.zengin_name(level, prepared)
    return ja_names.name(kind, level, prepared)


def once(kind: str, level: str, value: str) -> str:
    """§2, from step 2 on."""
    check(value)
    if kind.startswith("date"):
        return ja_dates.date(kind, level, value)
    prepared = prepare(value)
    if kind in MISSING_BY_TEXT and is_missing(prepared):
        raise Missing
    result = form("NFC", by_kind(kind, level, prepared))
    if not result or kind in MISSING_BY_TEXT and is_missing(result):
        raise Missing
    if len(result.encode()) > LIMIT:
        raise Invalid("longer than 4096 bytes")
    return result


def settled(level: str, value: str) -> str:
    """An address, normalized again until nothing changes (§6.6)."""
    result = once("address", level, value)
    for _ in range(8):
        value, result = result, once("address", level, result)
        if result == value:
            return result
    raise Invalid("not an address")


def normalise(kind: str, level: str, value: str) -> Outcome:
    if kind in DELEGATED:
        return en_latn.normalise(kind, level, value)
    try:
        if kind not in KINDS:
            raise Invalid("unknown kind")
        if level not in KINDS[kind]:
            raise Invalid("unknown level")
        return Outcome(value=settled(level, value) if kind == "address" else once(kind, level, value))
    except Invalid as fault:
        return Outcome(invalid=fault.args[0])
    except Missing:
        return Outcome()


def canonical_date(kind: str, value: str) -> Outcome:
    """The form for display (§4.3)."""
    outcome = normalise(kind, "day", value)
    return outcome if outcome.value is None else Outcome(value=ja_dates.canonical(kind, value))


# Relations (§8) -------------------------------------------------------------------------------


def is_wild(a: str, b: str) -> bool:
    return len(a) == len(b) and UNKNOWN in a + b and all(x == y or UNKNOWN in (x, y) for x, y in zip(a, b))


def name_relation(kind: str, a: str, b: str) -> str:
    levels = [level for level in KINDS[kind] if level != "sorted"]
    results = [(level, normalise(kind, level, a).value, normalise(kind, level, b).value) for level in levels]
    given = [(level, x, y) for level, x, y in results if x is not None and y is not None]
    for level, x, y in given:
        if x == y and (UNKNOWN not in x or kind == "romaji"):
            return level
    return "wild" if kind != "romaji" and any(is_wild(x, y) for _, x, y in given) else "ne"


def relation(kind: str, a: str, b: str) -> str:
    kind = "date" if kind == "date_pair" else kind
    if kind in DELEGATED:
        results = [(level, normalise(kind, level, a).value, normalise(kind, level, b).value) for level in en_latn.KINDS[kind]]
        return next((level for level, x, y in results if x is not None and x == y), "ne")
    x, y = normalise(kind, KINDS[kind][0], a).value, normalise(kind, KINDS[kind][0], b).value
    if x is None or y is None:
        return "unknown" if kind == "sex" else "ne"
    if kind in NAMES:
        return name_relation(kind, a, b)
    if kind.startswith("date"):
        return ja_dates.relation(ja_dates.judged(kind, a), ja_dates.judged(kind, b))
    if kind == "address":
        return ja_address.relation(prepare(a), prepare(b))
    if kind == "zengin_name":
        return ja_codes.holder_relation(x, y)
    if x == y:
        return "eq"
    if kind == "postal" and min(len(x), len(y)) < 7 and (x.startswith(y) or y.startswith(x)):
        return "prefix"
    if kind == "phone":
        (number, _, extension), (other, _, other_extension) = x.partition("x"), y.partition("x")
        return "prefix" if number == other and not (extension and other_extension) else "ne"
    return "ne"
