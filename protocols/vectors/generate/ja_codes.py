"""Sex, codes, accounts and identifiers, after protocols/02-ja.md §5 and §7."""
from __future__ import annotations

import re
from typing import Dict, List, Tuple

from ja_names import kana
from ja_tables import DASH, RULES, SEPARATOR, without, without_blanks
from normalise import BLANKS, UNKNOWN, Invalid, Missing, form, squeeze

SEX: Dict[str, str] = dict(line.split(" ") for line in RULES["sex"])
ACCOUNT: Dict[str, str] = {word: line.split(" ")[0] for line in RULES["account"] for word in line.split(" ")}
FORMS: Dict[str, str] = {word: line.split(" ")[0] for line in RULES["corporate"] for word in line.split(" ")}
BY_LENGTH = sorted(FORMS, key=len, reverse=True)
WRITTEN_OUT = frozenset(word for line in RULES["corporate"] for word in line.split(" ")[1:] if len(word) > 2)  # stand without brackets too
AROUND_DIGITS = frozenset(".・/()[]{}<>〔〕【】「」『』〈〉《》")


def digits(prepared: str, reason: str) -> str:
    """Without separators and dashes."""
    text = without(prepared, SEPARATOR, DASH)
    if not text:
        raise Missing
    if not re.fullmatch("[0-9]+", text):
        raise Invalid(reason)
    return text


def sex(prepared: str) -> str:
    key = without_blanks(prepared)
    if not key.strip(UNKNOWN):
        raise Missing
    if key not in SEX:
        raise Invalid("not a sex code")
    if SEX[key] == "-":
        raise Missing
    return SEX[key]


def postal(level: str, prepared: str) -> str:
    code = digits(prepared.replace("〒", ""), "not a postal code")
    if len(code) not in (3, 5, 7):
        raise Invalid("not a postal code")
    if code in ("0000000", "9999999"):
        raise Missing
    return code if level == "eq" else code[:3]


def phone(level: str, prepared: str) -> str:
    prepared = re.sub("代表|代", "", re.sub("^(?:TEL|電話|☎):?", "", prepared.lstrip("".join(BLANKS))))
    number, extension = re.fullmatch("(.*?)((?:内|EXT|X).*)?", prepared, re.S).groups("")  # type: ignore[union-attr]
    extension = "".join(re.findall("[0-9]", extension))
    if number.lstrip("".join(BLANKS) + "(").startswith("+"):
        number = number.replace("(0)", "").replace("+", "00", 1)
    number = re.sub("^00810*", "0", without(number, BLANKS, DASH, AROUND_DIGITS))
    if not number and not extension:
        raise Missing
    if not re.fullmatch("0[0-9]{8,10}", number):
        raise Invalid("not a telephone number")
    if len(set(number)) == 1:
        raise Missing
    return number + "x" + extension if level == "eq" and extension else number


def parted(prepared: str) -> List[str]:
    """Parts between runs of dashes and blanks."""
    text = "".join("-" if c in DASH else " " if c in BLANKS else c for c in prepared).strip(" ")
    if not text.strip(" -"):
        raise Missing
    if text.startswith("-") or text.endswith("-"):
        raise Invalid("not an account")
    return re.split("[ -]+", text)


def yucho(prepared: str) -> str:
    numbers = parted(re.sub("記号|番号", " ", prepared))
    if all(re.fullmatch("[0-9]+", n) for n in numbers):
        first, last, length = numbers[0], numbers[-1], len(numbers)
        if len(first) == 5 and (length == 2 or length == 3 and len(numbers[1]) == 1):
            if first[0] == "1" and 2 <= len(last) <= 8:
                return first[1:3] + "8-" + last[:-1].rjust(7, "0")
            if first[0] == "0" and len(last) <= 7:
                return first[1:3] + "9-" + last.rjust(7, "0")
        if len(first) == 3 and length == 2 and len(last) <= 7:
            return first + "-" + last.rjust(7, "0")
    raise Invalid("not an account")


def bank(prepared: str) -> str:
    parts = parted(prepared)
    if len(parts) == 1 and re.fullmatch("[0-9]{15}", parts[0]):
        parts = [parts[0][:4], parts[0][4:7], parts[0][7], parts[0][8:]]
    if len(parts) == 4 and parts[2] in ACCOUNT and all(re.fullmatch(p, parts[i]) for i, p in ((0, "[0-9]{4}"), (1, "[0-9]{3}"), (3, "[0-9]{1,7}"))):
        return "-".join((parts[0], parts[1], ACCOUNT[parts[2]], parts[3].rjust(7, "0")))
    raise Invalid("not an account")


def checked(kind: str, prepared: str) -> str:
    wrong = "not a number of this kind"
    text = digits(re.sub("^ *T", "", prepared) if kind == "corp_no" else prepared, wrong)
    if len(text) not in {"mynumber": (12,), "insurer_no": (8, 6), "corp_no": (13,)}[kind]:
        raise Invalid(wrong)
    numbers = [int(c) for c in reversed(text)]  # from the right
    if kind == "mynumber":
        r = sum(n * (i % 6 + 2) for i, n in enumerate(numbers[1:])) % 11
        good = numbers[0] == (0 if r <= 1 else 11 - r)
    elif kind == "insurer_no":
        products = [n * (2 - i % 2) for i, n in enumerate(numbers[1:])]
        good = numbers[0] == (10 - sum(p // 10 + p % 10 for p in products) % 10) % 10
    else:
        good = numbers[-1] == 9 - sum(n * (1 + i % 2) for i, n in enumerate(numbers[:-1])) % 9
    if not good:
        raise Invalid("check digit does not fit")
    return text


def identifier(prepared: str) -> str:
    return form("NFC", without(prepared, SEPARATOR, DASH))


# Account holders ------------------------------------------------------------------------------

Item = Tuple[str, bool]  # text, or the abbreviation of a legal form; True: a legal form
_WORD = "(?P<w>%s)" % "|".join(FORMS)
_LEADING, _BEFORE_BLANK, _TRAILING = (re.compile(p % _WORD) for p in (r"(?:^|(?<= ))%s\)", r"\(%s(?= )", r"\(%s(?= |$)"))


def taken(items: List[Item], form_of: "re.Pattern[str]") -> List[Item]:
    """With legal forms taken out of the texts; each text stands at the beginning or after a form."""
    out: List[Item] = []
    for text, is_form in items:
        match = None if is_form else form_of.search(text)
        while match:
            out += [(text[: match.start()], False), (FORMS[match["w"]], True)]
            text = text[match.end() :]
            match = form_of.search(text)
        out.append((text, is_form))
    return [item for item in out if item[0]]


def holder(prepared: str) -> str:
    text = squeeze("".join(part if part in "() " else kana("zengin", part) for part in re.split("([() ])", squeeze(prepared))))
    items = [(text, False)]
    for word in BY_LENGTH:
        items = taken(items, re.compile(r"\((?P<w>%s)\)" % word))
        if word in WRITTEN_OUT:
            items = taken(items, re.compile("(?P<w>%s)" % word))
    items = taken(items, _LEADING)
    items = taken(items[:-1], _BEFORE_BLANK) + taken(items[-1:], _TRAILING)
    out, items = "", [(text.strip(" "), is_form) for text, is_form in items if text.strip(" ")]
    for i, (text, is_form) in enumerate(items):
        out += text if not is_form else text + ")" if i == 0 else "(" + text if i == len(items) - 1 else "(" + text + ")"
    return out


def zengin_name(level: str, prepared: str) -> str:
    return holder(prepared) if level == "eq" else holder(holder(prepared).split(" ")[0])


def holder_relation(a: str, b: str) -> str:
    """Of two results at level eq (§8)."""
    short, long = sorted((a, b), key=lambda text: len(text.replace(" ", "")))
    bare, words = short.replace(" ", ""), long.split(" ")
    if bare == "".join(words):
        return "eq"
    if "".join(words).startswith(bare):
        ends = ["".join(words[:i]) for i in range(1, len(words))]
        if bare in ends or len(bare) >= 15:
            return "prefix"
    first, other = a.split(" "), b.split(" ")
    if first[0] == other[0] or any(len(y) == 1 and y[0].startswith(x[0]) for x, y in ((first, other), (other, first))):
        return "family"
    return "ne"
