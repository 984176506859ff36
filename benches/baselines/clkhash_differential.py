#!/usr/bin/env python3
"""Random linkage schemas and records: are mizuhiki's encodings clkhash's, bit for bit?

Each case is a folder with schema.json, secret.txt, people.csv and expected.json, the last made by
the released clkhash in this process. Then

    mizuhiki encode people.csv --schema schema.json --key secret.txt -o clks.json

must write the same encodings. Cases depend on --seed and on their number only. The first case
that differs is kept, its folder is printed, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import base64
import copy
import csv
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from common import need

Json = dict[str, Any]
MakeValue = Callable[[random.Random], str]

# What a text field may contain: plain, accented (composed and not), upper/lower pairs that change length,
# kana and kanji, half width, beyond the basic plane, joined emoji, and what CSV must quote.
ASCII_WORDS = ["anna", "O'Neil", "van der Berg", "x", "St. Mary", 'the "Duke"', "a,b", "two\nlines"]
UNICODE_WORDS = """
José Jose\u0301 Straße Σίσυφος Çelik Ångström Łukasz Ђорђе محمد ﬁ İ
ヤマダ ﾔﾏﾀﾞ 渡邉 辻\U000e0100 𠮷野 が か\u3099 👩‍👧
""".split() + ["山田 太郎"]
PATTERNS: dict[str, MakeValue] = {
    "[a-z]{2,8}": lambda r: "".join(r.choices("abcdefxyz", k=r.randint(2, 8))),
    r"\d{3}-\d{4}": lambda r: f"{r.randrange(1000):03}-{r.randrange(10_000):04}",
    "(north|south) [0-9]+": lambda r: f"{r.choice(['north', 'south'])} {r.randrange(100)}",
}
DATE_FORMATS = ["%Y%m%d", "%Y-%m-%d", "%d/%m/%Y", "%m.%d.%Y", "%d %b %Y", "%y%m%d"]


@dataclass
class Field:
    """One feature of a schema and how to make its values."""

    feature: Json
    make: MakeValue
    kind: str


def text_field(rng: random.Random) -> tuple[Json, MakeValue]:
    encoding = rng.choice(["ascii", "utf-8", "utf-8", "utf-16", "utf-32", None])
    words = ASCII_WORDS if encoding == "ascii" else ASCII_WORDS + UNICODE_WORDS
    form: Json = {"type": "string"}
    if encoding is not None:
        form["encoding"] = encoding
    if rng.random() < 0.2:
        form["pattern"] = rng.choice(list(PATTERNS))
        return form, PATTERNS[form["pattern"]]
    case = rng.choice(["upper", "lower", "mixed", None])
    if case is not None:
        form["case"] = case
    may_be_empty = rng.random() < 0.5
    if not may_be_empty:
        form["minLength"] = 1
    if rng.random() < 0.3:
        form["maxLength"] = 64

    def make(r: random.Random) -> str:
        if may_be_empty and r.random() < 0.1:
            return ""
        value = " ".join(r.choices(words, k=r.randint(1, 3)))
        if case == "upper":
            value = value.upper()
        elif case == "lower":
            value = value.lower()
        # A few letters change again when their case is changed twice; clkhash refuses those.
        if case in ("upper", "lower") and getattr(value, case)() != value:
            return case.upper() if case == "upper" else case
        return value[:64]

    return form, make


def integer_field(rng: random.Random, quirks: bool) -> tuple[Json, MakeValue]:
    form: Json = {"type": "integer"}
    low, high = rng.choice([(0, 99), (-500, 500), (0, 99_999_999), (-(10**12), 10**12)])
    if rng.random() < 0.5:
        form |= {"minimum": low, "maximum": high}
    spellings = ["{}", "{}", "{:+}", "{:06}", " {}", "{} "]
    if quirks:
        spellings.append("{:_}")

    def make(r: random.Random) -> str:
        value = r.choice(spellings).format(r.randint(low, high))
        if quirks and r.random() < 0.1:
            value = value.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
        return value

    return form, make


def date_field(rng: random.Random) -> tuple[Json, MakeValue]:
    form = {"type": "date", "format": rng.choice(DATE_FORMATS)}

    def make(r: random.Random) -> str:
        day = date(1970, 1, 1).fromordinal(r.randint(date(1970, 1, 1).toordinal(), 730_000))
        value = day.strftime(form["format"])
        if form["format"] in ("%d/%m/%Y", "%Y-%m-%d") and r.random() < 0.2:
            # strptime also reads a month or a day without its leading zero.
            separator = "/" if "/" in value else "-"
            value = separator.join(str(int(part)) for part in value.split(separator))
        return value

    return form, make


def enum_field(rng: random.Random) -> tuple[Json, MakeValue]:
    values = rng.sample(["M", "F", "男", "女", "other", "n/a", ""], k=rng.randint(2, 5))
    return {"type": "enum", "values": values}, lambda r: r.choice(values)


def decimal_field(rng: random.Random) -> tuple[Json, MakeValue]:
    """Text that a numeric comparison reads as a number."""
    spellings = ["{:.0f}", "{:.1f}", "{:.2f}", "{:.5f}", "{:+.2f}", "{:.3e}"]

    def make(r: random.Random) -> str:
        return r.choice(spellings).format(r.choice([1, 100, 10_000]) * r.uniform(-10, 10))

    return {"type": "string"}, make


def numeric_comparison(rng: random.Random) -> Json:
    precision = rng.randrange(4)
    distance = rng.choice([1, 2, 3, 5, 8, 10, 100])
    if precision and rng.random() < 0.5:
        distance = rng.choice([0.5, 1.25, 2.5, 0.7])
    comparison: Json = {
        "type": "numeric",
        "thresholdDistance": distance,
        "resolution": rng.choice([1, 2, 3, 5, 10]),
    }
    if precision or rng.random() < 0.3:
        comparison["fractional_precision"] = precision
    return comparison


def text_comparison(rng: random.Random) -> Json:
    if rng.random() < 0.2:
        return {"type": "exact"}
    comparison: Json = {"type": "ngram", "n": rng.randint(1, 4)}
    if rng.random() < 0.7:
        comparison["positional"] = rng.random() < 0.5
    return comparison


def random_field(rng: random.Random, number: int, must_double_hash: bool, quirks: bool) -> Field:
    name = rng.choice(["name", "生年月日", "field with space", "Größe", "a,b"]) + f" {number}"
    if rng.random() < 0.1:
        feature = {"identifier": name, "ignored": True}
        return Field(feature, lambda r: r.choice(ASCII_WORDS + UNICODE_WORDS), "ignored")

    kind = rng.choice(["text", "text", "text", "integer", "date", "enum", "decimal"])
    form, make = {
        "text": text_field,
        "integer": lambda r: integer_field(r, quirks),
        "date": date_field,
        "enum": enum_field,
        "decimal": decimal_field,
    }[kind](rng)
    numeric = kind == "decimal" or (kind == "integer" and rng.random() < 0.5)
    comparison = numeric_comparison(rng) if numeric else text_comparison(rng)
    if rng.random() < 0.5:
        strategy = {"bitsPerToken": rng.choice([1, 5, 15, 32, 33, 70, 350])}
    else:
        strategy = {"bitsPerFeature": rng.choice([1, 7, 50, 100, 200, 301])}
    hashing: Json = {"comparison": comparison, "strategy": strategy}
    if must_double_hash or rng.random() < 0.4:
        hashing["hash"] = {"type": "doubleHash"}
        if rng.random() < 0.6:
            hashing["hash"]["prevent_singularity"] = rng.random() < 0.7
    elif rng.random() < 0.5:
        hashing["hash"] = {"type": "blakeHash"}
    if rng.random() < 0.4:
        missing: Json = {"sentinel": rng.choice(["", "0" if numeric else "N/A"])}
        if rng.random() < 0.5:
            missing["replaceWith"] = "17" if numeric else rng.choice(["", "unknown", "0000"])
        hashing["missingValue"] = missing
        make = sometimes(missing["sentinel"], make)
    feature = {"identifier": name, "format": form, "hashing": hashing}
    if rng.random() < 0.1:
        feature["ignored"] = rng.random() < 0.5
    return Field(feature, make, kind)


def sometimes(sentinel: str, make: MakeValue) -> MakeValue:
    return lambda r: sentinel if r.random() < 0.2 else make(r)


def random_case(rng: random.Random, quirks: bool) -> tuple[Json, str, list[list[str]], list[str]]:
    folds = rng.randrange(3)
    # BLAKE2 indices need a power of two; double hashing takes any length, and a short one shows
    # the singularity that clkhash can be told to prevent.
    any_length = rng.random() < 0.25
    length = rng.choice([64, 128, 256, 512, 1024, 2048, 4096])
    if any_length:
        length = 8 * rng.choice([1, 3, 12, 125, 250])
        if quirks:
            length += rng.randrange(8)
    kdf: Json = {"type": "HKDF"}
    if rng.random() < 0.8:
        kdf["hash"] = rng.choice(["SHA256", "SHA512"])
    for part in ("salt", "info"):
        if rng.random() < 0.7:
            kdf[part] = base64.b64encode(rng.randbytes(rng.choice([0, 1, 16, 64, 200]))).decode()
    if rng.random() < 0.7:
        # A BLAKE2b key has at most 64 bytes, an HMAC key any number.
        kdf["keySize"] = rng.choice([16, 32, 64, 64, 64, 100 if any_length else 20])
    config: Json = {"l": length, "kdf": kdf}
    if folds or rng.random() < 0.5:
        config["xorFolds"] = folds

    fields = [random_field(rng, i, any_length, quirks) for i in range(rng.randint(1, 7))]
    schema = {"version": 3, "clkConfig": config, "features": [field.feature for field in fields]}
    alphabet = "abcdefghijklmnopqrstuvwxyz0123456789" + rng.choice(["", "é鍵🔑"])
    secret = "".join(rng.choices(alphabet, k=rng.randint(16, 80)))
    rows = [[field.make(rng) for field in fields] for _ in range(rng.randint(1, 12))]
    return schema, secret, rows, [field.kind for field in fields]


def expected_clks(schema: Json, secret: str, rows: list[list[str]]) -> list[str]:
    clk, parser = need("clkhash.clk"), need("clkhash.schema")
    serialize = need("clkhash.serialization").serialize_bitarray
    parsed = parser.from_json_dict(copy.deepcopy(schema))
    return [serialize(bits) for bits in clk.generate_clks(rows, parsed, secret, max_workers=1)]


def write_case(
    folder: Path, schema: Json, secret: str, rows: list[list[str]], expected: list[str]
) -> None:
    folder.mkdir(parents=True)
    for name, content in (("schema.json", schema), ("expected.json", {"clks": expected})):
        text = json.dumps(content, indent=2, ensure_ascii=False)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "secret.txt").write_text(secret, encoding="utf-8")
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([feature["identifier"] for feature in schema["features"]])
        writer.writerows(rows)


def difference(folder: Path, mizuhiki: Path, expected: list[str]) -> str | None:
    """The problem with mizuhiki's answer to a case, or None."""
    command = [str(mizuhiki), "encode", "people.csv", "--schema", "schema.json"]
    command += ["--key", "secret.txt", "-o", "clks.json"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        return f"exit status {result.returncode}: {result.stderr.strip()}"
    try:
        got = json.loads((folder / "clks.json").read_text(encoding="utf-8"))["clks"]
    except (OSError, ValueError, KeyError) as error:
        return f"no encodings in clks.json: {error!r}"
    if len(got) != len(expected):
        return f"{len(got)} encodings instead of {len(expected)}"
    for row, (ours, theirs) in enumerate(zip(got, expected)):
        if ours != theirs:
            return f"record {row} differs:\n  mizuhiki {ours}\n  clkhash  {theirs}"
    return None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mizuhiki", type=Path, metavar="BINARY", help="omit to only write")
    parser.add_argument("--cases", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write the cases here, keep all")
    parser.add_argument(
        "--quirks",
        action="store_true",
        help="also texts that only Python accepts as numbers (1_000, full-width digits) and lengths "
        "that fill no whole byte",
    )
    arguments = parser.parse_args()
    mizuhiki = arguments.mizuhiki.resolve() if arguments.mizuhiki else None
    if mizuhiki is not None and not mizuhiki.is_file():
        sys.exit(f"error: no such program: {arguments.mizuhiki}")
    if mizuhiki is None and arguments.keep is None:
        sys.exit("error: give --mizuhiki to compare, or --keep to only write the cases")

    root = arguments.keep or Path(tempfile.mkdtemp(prefix="clkhash-differential-"))
    kinds: Counter[str] = Counter()
    records = 0
    for number in range(arguments.cases):
        rng = random.Random(f"{arguments.seed}/{number}")
        schema, secret, rows, field_kinds = random_case(rng, arguments.quirks)
        expected = expected_clks(schema, secret, rows)
        folder = root / f"case-{number:05}"
        write_case(folder, schema, secret, rows, expected)
        kinds.update(field_kinds)
        records += len(rows)
        if mizuhiki is None:
            continue
        problem = difference(folder, mizuhiki, expected)
        if problem is not None:
            sys.exit(f"case {number} of seed {arguments.seed}: {problem}\nkept in {folder}")
        if arguments.keep is None:
            shutil.rmtree(folder)
    if arguments.keep is None:
        root.rmdir()
    outcome = "written" if mizuhiki is None else "encoded alike"
    fields = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    print(f"{arguments.cases} schemas, {records} records {outcome}; fields: {fields}")


if __name__ == "__main__":
    main()
