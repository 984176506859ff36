"""Addresses, after protocols/02-ja.md §6."""
from __future__ import annotations

import re
from typing import Dict, List, NamedTuple, Optional, Tuple

from ja_names import tier_a
from ja_tables import DASH, NUMERALS, is_digit, is_hiragana, is_kana, is_kanji, is_numeral, number_of, rows
from normalise import squeeze


class Municipality(NamedTuple):
    code: str
    prefecture: str
    name: str


class Resolved(NamedTuple):
    code: str  # nothing if it is not one municipality
    head: str
    town: str
    block: List[str]
    street: bool

    def area(self) -> str:
        return self.head + self.town


class Address(NamedTuple):
    prefecture: str
    written: str  # the municipality's name as it was written
    municipalities: List[Municipality]
    successors: List[Tuple[Municipality, str]]  # of the name of a former municipality with which the value begins, and the town after it
    town: str
    block: List[str]
    chome: bool  # the block is a single number that was written with 丁目
    building: str
    floor: str
    room: str
    care_of: str

    def area(self) -> str:
        return self.prefecture + self.written + self.town

    def rest(self) -> Tuple[str, str, str, str]:
        return self.building, self.floor, self.room, self.care_of


# Folding (§6.1) -------------------------------------------------------------------------------


def fold_dashes(text: str) -> str:
    out = ""
    for i, c in enumerate(text):
        last, following = text[i - 1 : i] if i else "", text[i + 1 : i + 2]
        if c == "ー":
            if last and following and is_numeral(last) and is_numeral(following):
                c = "-"
        elif c in DASH:
            after_kana = out and is_kana(out[-1])
            c = "ー" if after_kana and not (following and is_digit(following)) else "-"
        out += c
    return out


def fold_kana(text: str) -> str:
    out = ""
    for i, c in enumerate(text):
        last, following = text[i - 1 : i] if i else "", text[i + 1 : i + 2]
        kanji_follows = bool(following) and is_kanji(following)
        if c in "がガ" and kanji_follows and last and (is_kanji(last) or is_kana(last)):
            c = "ケ"
        elif c == "の" or c == "之" and kanji_follows and last and is_kanji(last):
            c = "ノ"
        elif c in "っッ" or c == "つ" and kanji_follows and last and last in NUMERALS:
            c = "ツ"
        out += c
    return out


def fold(prepared: str) -> str:
    text = fold_kana(fold_dashes(tier_a(squeeze(prepared))).replace("ヶ", "ケ").replace("ヵ", "ケ"))
    return re.sub("([上下]|[東西]入)る", r"\1ル", re.sub("([上下])がる", r"\1ル", text))


def tidy(folded: str) -> str:
    """Without a postal code and blanks that separate nothing."""
    text = re.sub("^(?:〒 *[0-9]{3}-?[0-9]{4}(?![0-9-]) *|[0-9]{3}-?[0-9]{4}(?![0-9-]) *(?=.))", "", folded)
    at = next((i for i, c in enumerate(text) if is_digit(c)), len(text))
    text = re.sub(" ?- ?", "-", text[:at].replace(" ", "") + text[at:])
    return re.sub("(?<=[0-9]) (?=丁目|番地|[番号](?![室棟館]))", "", text)


# Tables ---------------------------------------------------------------------------------------


def short(prefecture: str, name: str) -> str:
    """Without its district, or its island in Tokyo."""
    name = re.sub("^.+郡(?=.+[町村]$)", "", name)
    return re.sub("^.+島(?=.+[町村]$)", "", name) if prefecture == "東京都" else name


NAMES: Dict[str, List[Municipality]] = {}  # also without the district
PREFECTURES: List[str] = []
BY_CODE: Dict[str, Municipality] = {}
BY_NAME: Dict[Tuple[str, str], Municipality] = {}
for _code, _prefecture, _name in rows("municipalities.tsv"):
    _municipality = Municipality(_code, fold(_prefecture), fold(_name))
    BY_CODE[_code] = BY_NAME[_municipality[1:]] = _municipality
    if _municipality.prefecture not in PREFECTURES:
        PREFECTURES.append(_municipality.prefecture)
    for _n in dict.fromkeys((_municipality.name, short(*_municipality[1:]))):
        NAMES.setdefault(_n, []).append(_municipality)
LONGEST_NAME = max(map(len, NAMES))
HISTORY: List[Tuple[str, str, List[Municipality]]] = []  # also without the district
for _prefecture, _name, _now in rows("history.tsv"):
    for _n in dict.fromkeys((fold(_name), short(_prefecture, fold(_name)))):
        HISTORY.append((fold(_prefecture), _n, [BY_NAME[fold(_prefecture), fold(m)] for m in _now.split(" ")]))
STREET = re.compile("上ル|下ル|東入ル|西入ル|東入|西入")

# The block (§6.2, §6.3) -----------------------------------------------------------------------

_ANY = "[0-9%s]" % NUMERALS
_BEFORE = re.compile(f"丁目|番地|番[町丁]|条|線|号線|地割|号[室棟館]|階|番(?=[ノ -]|{_ANY}|$)|丁(?=[ -]|{_ANY}|$)|[-ノ](?={_ANY})")


def numerals_to_digits(text: str) -> str:
    def replace(match: "re.Match[str]") -> str:
        before, after = text[: match.start()], text[match.end() :]
        number = after.startswith("号") and not (after[1:2] and is_kanji(after[1]) and after[1] not in NUMERALS)
        number = number or bool(re.search(_ANY + "[-ノ]$", before))
        number = number or bool(re.search(_ANY + "番地?$", before)) and bool(re.match("$|[ -]|ノ|号", after))
        number = number or bool(_BEFORE.match(after)) and not (before.endswith("麻布") and re.match("番(?!地)", after))
        return number_of(match[0]) if number else match[0]

    return re.sub("[%s]+" % NUMERALS, replace, text)


_NO_BLOCK = re.compile("条|線|号線|地割|区|町|番町|番丁|丁堀|軒|組")
_JOINER = re.compile("(?:-|丁目ノ|丁目 ?|番地ノ|番地|番ノ|番(?: (?=[0-9]+号(?![室棟館])))?|丁|ノ)(?=[0-9])")
_ENDING = re.compile("番地|番|丁目|丁|号")
_ROOM = re.compile("号[室棟館]|番館")


def block_start(rest: str) -> int:
    starts = [m.start() for m in re.finditer("[0-9]+", rest) if not _NO_BLOCK.match(rest, m.end())][:1]
    if "無番地" in rest:
        starts.append(rest.index("無番地"))
    return min(starts, default=len(rest))


def read_town(rest: str) -> str:
    """The part between municipality and block."""
    end, out, at = block_start(rest), "", 0
    while at < end:
        if rest.startswith("大字", at):
            at += 2
            continue
        if rest[at] != "字" or at > 0 and rest[at - 1] in "文大":
            out += rest[at]
        at += 1
    return out.replace(" ", "").rstrip("-")


def read_block(text: str) -> Tuple[List[str], bool, str]:
    """Numbers, whether a single one was written with 丁目, and what follows."""
    if text.startswith("無番地"):
        return ["無番地"], False, text[3:]
    numbers: List[str] = []
    end = 0
    joiner = re.compile("").match(text)
    while joiner:
        number = re.compile("[0-9]+").match(text, joiner.end())
        if not number:
            break
        if _ROOM.match(text, number.end()):
            return numbers, len(numbers) == 1 and joiner[0].startswith("丁目"), text[joiner.end() :]
        numbers.append(number[0].lstrip("0") or "0")
        end = number.end()
        joiner = _JOINER.match(text, end)
    ending = _ENDING.match(text, end) if numbers else None
    chome = ending is not None and ending[0] == "丁目" and len(numbers) == 1
    return numbers, chome, text[ending.end() if ending else end :]


def read_rest(text: str) -> Tuple[str, str, str, str]:
    """Building, floor, room, care-of (§6.4)."""
    text = text.strip(" ").lstrip(" -")
    care_of = floor = room = ""
    match = re.fullmatch("(.*?[^ ]) ?(?:様方|方)", text)
    if match:
        before, _, name = match[1].rpartition(" ")
        text, care_of = before, name + "方"
    text = text.rstrip(" -")
    match = re.search("(?:((?<![0-9])F|[A-EG-Z])-?)?([0-9]+)(?:号室|号|室)?$", text)
    if match:
        text, room = text[: match.start()], (match[1] or "") + (match[2].lstrip("0") or "0")
    text = text.rstrip(" -")
    match = re.search("(?:B|地下)?[0-9]+(?:F|階)$", text)
    if match:
        text, floor = text[: match.start()], match[0]
    return text.replace(" ", "").rstrip("-"), floor, room, care_of


KYOTO = frozenset((code, read_town(numerals_to_digits(fold(town)))) for code, town in rows("kyoto.tsv"))


def successors(prefecture: str, text: str) -> List[Tuple[Municipality, str]]:
    """If municipality, as written, and town begin with the name of a former municipality."""
    old = [(n, now) for p, n, now in HISTORY if prefecture in ("", p) and text.startswith(n)]
    longest = max((len(n) for n, _ in old), default=0)
    town = text[longest:]
    return list(dict.fromkeys((m, town) for n, now in old if len(n) == longest for m in now))


def parse(prepared: str) -> Address:
    text = tidy(fold(prepared))
    prefecture = next((p for p in PREFECTURES if text.startswith(p)), "")
    after = text[len(prefecture) :]
    written, municipalities = "", []
    for length in range(min(LONGEST_NAME, len(after)), 0, -1):
        municipalities = [m for m in NAMES.get(after[:length], []) if prefecture in ("", m.prefecture)]
        if municipalities:
            written = after[:length]
            break
    rest = numerals_to_digits(after[len(written) :])
    numbers, chome, behind = read_block(rest[block_start(rest) :])
    building, floor, room, care_of = read_rest(behind)
    if not room:
        numbers, room = numbers[:3], "-".join(numbers[3:])
    town = read_town(rest)
    old = successors(prefecture, written + town)
    return Address(prefecture, written, municipalities, old, town, numbers, chome, building, floor, room, care_of)


# Gazetteer (§6.5) -----------------------------------------------------------------------------


def resolved_as(address: Address, municipality: Optional[Municipality], town: str) -> Resolved:
    block, street, code, head = list(address.block), False, "", address.prefecture + address.written
    if municipality:
        code, head = municipality.code, municipality.prefecture + municipality.name
    marks = list(STREET.finditer(town)) if head.startswith("京都府京都市") and code else []
    if marks and marks[-1].end() < len(town):
        town, street = town[marks[-1].end() :], True
    match = re.search("第?([0-9]+)地割$", town)
    if match:
        town, block = town[: match.start()], [match[1].lstrip("0") or "0"] + block
    if block and town and is_hiragana(town[-1]) and not (len(town) > 1 and is_kana(town[-2])):
        town = town[:-1] + chr(ord(town[-1]) + 0x60)
    return Resolved(code, head, town, block, street)


def resolved(address: Address) -> Resolved:
    return resolved_as(address, address.municipalities[0] if len(address.municipalities) == 1 else None, address.town)


def today(address: Address) -> Resolved:
    if not address.municipalities and len(address.successors) == 1:
        return resolved_as(address, *address.successors[0])
    return resolved(address)


# Levels (§6.6) --------------------------------------------------------------------------------


def address(level: str, prepared: str) -> str:
    """Not yet normalized again."""
    if level == "municipality" and squeeze(prepared) in BY_CODE:
        return squeeze(prepared)
    parsed = parse(prepared)
    gaz = today(parsed)
    if level == "municipality":
        return gaz.code
    if level == "area":
        return gaz.area()
    if level == "gaz":
        return gaz.area() + "-".join(gaz.block)
    out = parsed.area() + "-".join(parsed.block)
    if level == "prefix":
        return out
    inside = ""
    for part in (parsed.building, parsed.floor, parsed.room):
        inside += ("-" if re.search("[0-9]$", inside) and re.match("[0-9]", part) else "") + part
    if inside and out:
        out += " " if parsed.building or parsed.floor else "-"
    out += inside
    return out + (" " if out and parsed.care_of else "") + parsed.care_of


# Relation (§8) --------------------------------------------------------------------------------

RELATIONS = ("eq", "floor", "room", "prefix", "same_building", "gaz", "gaz_ambig", "hist", "ambig", "ne")


def area_verdict(a: Address, b: Address) -> str:
    x, y = resolved(a), resolved(b)
    verdict = "ne"
    if a.area() == b.area():
        verdict = "eq"
    elif x.area() == y.area():
        verdict = "gaz"
    elif any(
        not one.prefecture and len(one.municipalities) > 1 and any(resolved_as(one, m, one.town).area() == of_other.area() for m in one.municipalities)
        for one, of_other in ((a, y), (b, x))
    ):
        verdict = "gaz_ambig"
    else:
        today_a, today_b = ({gaz.area(), *(resolved_as(one, m, town).area() for m, town in one.successors)} for one, gaz in ((a, x), (b, y)))
        if today_a & today_b:
            verdict = "hist"
    if verdict != "ne" and any((gaz.code, gaz.town) in KYOTO for gaz in (x, y)) and not (x.street and y.street and a.town == b.town):
        return "ambig"
    return verdict


def block_verdict(a: Address, b: Address) -> str:
    same_area = a.area() == b.area()
    if same_area and a.block == b.block:
        return "eq"
    left, right = resolved(a).block, resolved(b).block
    if left == right:
        return "eq" if a.block == b.block else "gaz"
    if same_area:
        left, right = a.block, b.block
    if any(not of_one or one.chome and of_one == other[:1] for one, of_one, other in ((a, left, right), (b, right, left))):
        return "prefix"
    return "ne"


def rest_verdict(a: Address, b: Address) -> str:
    x, y = a.rest(), b.rest()
    if x == y:
        return "eq"
    if not any(x) or not any(y):
        return "prefix"
    a, b = (one._replace(floor=one.floor.replace("階", "F").replace("地下", "B")) for one in (a, b))
    x, y = a.rest(), b.rest()
    if x == y:
        return "floor"
    if a.room and a.room == b.room:
        return "room"
    if a.building == b.building:
        if any(all(p in ("", q) for p, q in zip(one, other)) for one, other in ((x, y), (y, x))):
            return "prefix"
        if a.building:
            return "same_building"
    if {tuple(map(bool, x)), tuple(map(bool, y))} == {(True, False, False, False), (False, False, True, False)}:
        return "prefix"
    return "ne"


def relation(a: str, b: str) -> str:
    """Of two prepared values."""
    x, y = parse(a), parse(b)
    return max((area_verdict(x, y), block_verdict(x, y), rest_verdict(x, y)), key=RELATIONS.index)
