"""Names, after protocols/02-ja.md §3."""
from __future__ import annotations

import re
from typing import Callable, Dict, Tuple

import normalise as en_latn
from ja_tables import DASH, ITAIJI, SEPARATOR, is_hiragana, is_katakana, without_brackets
from normalise import BLANKS, UNKNOWN, Invalid, form

LARGE = dict(zip("ァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ", "アイウエオツヤユヨワカケクシストヌハヒフヘホムラリルレロ"))
PLAIN: Dict[str, str] = {}  # kana with a voicing mark: without
VOICED: Dict[str, str] = {}  # kana that takes a voicing mark: with it
for _kana in "ウカキクケコサシスセソタチツテトハヒフヘホうかきくけこさしすせそたちつてとはひふへほ":
    for _mark in "\u3099\u309a":
        _marked = form("NFC", _kana + _mark)
        if len(_marked) == 1:
            PLAIN[_marked] = _kana
            if _mark == "\u3099":
                VOICED[_kana] = _marked
ROW = {
    kana: vowel
    for vowel, row in (
        ("a", "アカガサザタダナハバパマヤラワ"),
        ("i", "イキギシジチヂニヒビピミリヰ"),
        ("u", "ウヴクグスズツヅヌフブプムユル"),
        ("e", "エケゲセゼテデネヘベペメレヱ"),
        ("o", "オコゴソゾトドノホボポモヨロヲ"),
    )
    for kana in row
}
LONG = {"a": "ア", "i": "イ", "u": "ウ", "e": "イ", "o": "ウ"}


def katakana(text: str) -> str:
    return "".join(chr(ord(c) + 0x60) if is_hiragana(c) else c for c in text)


def repeated(mark: str, last: str) -> str:
    return VOICED.get(last, last) if mark in "ヾゞ" else last


# Kana -----------------------------------------------------------------------------------------


def without_dashes(prepared: str, write: Callable[[str, str], str]) -> str:
    """Dashes and separators as in §3.1; write: the replacement of another character, given the last one
    written."""
    out, parted = "", False
    for c in prepared:
        last = out[-1:]
        if c in SEPARATOR:
            parted = True
        elif c in DASH and c != "ー":
            out += "ー" if last and not parted and (is_katakana(last) or last == "ー") else ""
        else:
            out += write(c, last)
            parted = False
    return form("NFC", out)  # only letters of Hangul compose


def written_kana(c: str, last: str) -> str:
    if c in "ヷヸヹヺ":
        return "ヴ" + "ァィェォ"["ヷヸヹヺ".index(c)]
    if c in "ゝゞ":
        c = chr(ord(c) + 0x60)
    if c in "ヽヾ々〻" and last and (is_katakana(last) or last == "ー" or "\u31f0" <= last <= "\u31ff"):
        return repeated(c, last)
    return c


def kana_eq(prepared: str) -> str:
    return without_dashes(katakana(prepared), written_kana)


def kana_zengin(eq: str) -> str:
    return "".join(LARGE.get(c, c) for c in eq)


def kana_phon(zengin: str) -> str:
    text = re.sub("ヴ([アイエオ])", lambda m: "バビベボ"["アイエオ".index(m[1])], zengin)
    text = re.sub("ヴ(?=[ヤユヨ])", "ビ", text).replace("ヴ", "ブ")
    text = text.translate(str.maketrans("ヂヅヲヱヰ", "ジズオエイ"))
    out = ""
    for c in text:
        row = ROW.get(out[-1:], "")
        if c == "ー":
            c = LONG.get(row, "")
        elif c == "オ" and row == "o":
            c = "ウ"
        elif c == "エ" and row == "e":
            c = "イ"
        out += c
    return out


def kana_longv(phon: str) -> str:
    out = ""
    for c in phon:
        row = ROW.get(out[-1:], "")
        if not (c == "ウ" and row in ("o", "u")) and not (c == "オ" and row == "o"):
            out += c
    return out


def kana(level: str, prepared: str) -> str:
    text = kana_eq(prepared)
    if level == "eq":
        return text
    text = kana_zengin(text)
    if level == "zengin":
        return text
    if level == "dakuten":
        return "".join(PLAIN.get(c, c) for c in text)
    text = kana_phon(text)
    return text if level == "phon" else kana_longv(text)


# Kanji ----------------------------------------------------------------------------------------


def written_kanji(c: str, last: str) -> str:
    if c in "々〻ゝゞヽヾ" and last:
        return repeated(c, last)
    return {"ヶ": "ケ", "ヵ": "カ"}.get(c, c)


def kanji_eq(prepared: str) -> str:
    return without_dashes(prepared, written_kanji)


def tier_a(text: str) -> str:
    return "".join(ITAIJI.tier_a.get(c, c) for c in text)


def kanji(level: str, prepared: str) -> str:
    text = kanji_eq(prepared)
    if level == "eq":
        return text
    text = tier_a(text)
    if level == "itaiji":
        return text
    text = "".join(ITAIJI.tier_b.get(c, c) for c in text)
    return text.translate(str.maketrans("の之がガ", "ノノケケ"))


# Latin letters --------------------------------------------------------------------------------


def romaji_eq(letters: str) -> str:
    while True:
        before = letters
        letters = re.sub("SY(?=[AUO])", "SH", letters)
        letters = re.sub("[TC]Y(?=[AUO])", "CH", letters)
        letters = re.sub("[ZJD]Y(?=[AUO])", "J", letters)
        for old, new in (("SI", "SHI"), ("TI", "CHI"), ("TU", "TSU"), ("ZI", "JI"), ("DI", "JI"), ("DU", "ZU")):
            letters = letters.replace(old, new)
        letters = re.sub("(?:^|(?<=[AIUEONM]))HU", "FU", letters)
        letters = re.sub("N+(?=[BMP])", lambda m: "M" * len(m[0]), letters)
        letters = letters.replace("CCH", "TCH")
        if letters == before:
            return letters


def romaji_longv(letters: str) -> str:
    while True:
        before, out = letters, ""
        letters = romaji_eq(letters)
        for i, c in enumerate(letters):
            last, following = out[-1:], letters[i + 1 : i + 2]
            dropped = (
                c == "U" and last in ("O", "U")
                or c == "O" and last == "O"
                or c == "H" and last == "O" and (not following or following in "BCDFGHJKLMNPQRSTVWXYZ")
            )
            out += "" if dropped else c
        letters = out
        if letters == before:
            return letters


def romaji(level: str, prepared: str) -> str:
    folded = en_latn.fold_characters("full_name", prepared)
    words = ["".join(c for c in word if "A" <= c <= "Z" or c == UNKNOWN) for word in folded.split(" ")]
    if not re.search("[A-Z]", "".join(words)):
        raise Invalid("no Latin letters")
    if level == "sorted":
        return " ".join(sorted(romaji_eq(word) for word in words if word))
    return romaji_eq("".join(words)) if level == "eq" else romaji_longv("".join(words))


# Parts ----------------------------------------------------------------------------------------

PART = "[" + re.escape("".join(sorted(BLANKS))) + "・,、/]+"


def parts(prepared: str) -> Tuple[str, str]:
    """Family and given name (§3.5); of an unsplit value, both are the whole value."""
    for match in re.finditer(PART, prepared):
        if match.start() > 0 and match.end() < len(prepared):
            return prepared[: match.start()], prepared[match.end() :]
    return prepared, prepared


def name(kind: str, level: str, prepared: str) -> str:
    script, _, part = kind.partition("_")
    if script != "romaji":
        prepared = without_brackets(prepared)
    if part:
        prepared = parts(prepared)[0 if part == "family" else 1]
    return {"kana": kana, "kanji": kanji, "romaji": romaji}[script](level, prepared)

