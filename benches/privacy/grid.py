#!/usr/bin/env python3
"""The grid from which the parameters of sealed symbols are chosen: cost and accuracy of each.

For a data set, a schema and lists of positions (t), symbols per view (n), ways to draw and symbols
per record (C): both files are encoded and linked by the command line, and

    best F1     greedy one-to-one links by the number of common symbols, at the best threshold on it
    F1, P, R    of `mizuhiki link` with thresholds estimated without labels
    false       pairs of different people with any common symbol, per 1,000 records of the smaller file
    reach       share of the true pairs with any common symbol
    suppr.      share of the real symbols that another record of the file has as well
    cut         share of records whose last alternatives did not fit
    bytes       of a record's token
    encode      seconds for both files; link: seconds

    python benches/privacy/grid.py febrl4 --data DIR --schema people-five-fields \\
        --positions 24 32 48 --per-view 64 --mizuhiki BINARY --json OUT

Data sets: `febrl4` and `rldata` (a folder that benches/data/extract.py wrote), `ja-kanji` (insurer
to registry) and `ja-kana` (bank to registry; a folder of `mizuhiki synth people --locale ja`), `en`
(hospital to insurer; `--locale en-Latn`).
RLdata10000 is linked within itself (`encode --for dedupe`); its "false" are pairs within the file.

--per-record takes numbers, or multiples of V·n such as x2. If bounds are given (--least-f1,
--most-false), the exit status is 1 unless one setting meets them all.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from pathlib import Path

import numpy as np

from sealed import (
    Common, Json, Tokens, encode, fail, join, new_key, ranks, read_columns, read_schema, run, scratch, symbols_of,
    write_schema,
)  # fmt: skip

# Default schema, files (left, right), truth.
SETS = {
    "febrl4": ("people-five-fields", ("febrl4-a.csv", "febrl4-b.csv"), "febrl4-truth.csv"),
    "rldata": ("people-names-dob", ("rldata10000.csv",), "rldata10000-truth.csv"),
    "ja-kanji": ("people-ja-kanji", ("insurer.csv", "registry.csv"), "truth-insurer-registry.csv"),
    "ja-kana": ("people-ja-kana", ("bank.csv", "registry.csv"), "truth-bank-registry.csv"),
    "en": ("people-five-fields", ("hospital.csv", "insurer.csv"), "truth-hospital-insurer.csv"),
}
FIGURES = (
    ("best_f1", "best F1", "{:.4f}"), ("best_common", "c≥", "{:.0f}"), ("f1", "F1", "{:.4f}"), ("precision", "P", "{:.4f}"),
    ("recall", "R", "{:.4f}"), ("false_per_1000", "false/1000", "{:.3f}"), ("reach", "reach", "{:.4f}"),
    ("suppressed", "suppr.", "{:.5f}"), ("cut", "cut", "{:.4f}"), ("bytes", "bytes", "{:.0f}"),
    ("encode_s", "encode s", "{:.1f}"), ("link_s", "link s", "{:.1f}"),
)  # fmt: skip


def persons(data: Path, files: tuple[str, ...], truth: Path, ids: list[list[str]]) -> list[np.ndarray]:
    """The number of each record's person: from the entries' ground truth if there is one, otherwise from the
    pairs."""
    entries = [data / f"truth-entries-{Path(file).stem}.csv" for file in files]
    if all(path.exists() for path in entries):
        known = [dict(zip(*read_columns(path, "record_id", "person"))) for path in entries]
        return [np.array([int(of[name]) for name in names]) for of, names in zip(known, ids)]
    lefts, rights = read_columns(truth, "left_id", "right_id")
    parent: dict[tuple[int, str], tuple[int, str]] = {}

    def root(of: tuple[int, str]) -> tuple[int, str]:
        while parent.get(of, of) != of:
            of = parent[of]
        return of

    last = len(files) - 1
    for left, right in zip(lefts, rights):
        parent[root((last, right))] = root((0, left))
    numbers: dict[tuple[int, str], int] = {}
    return [
        np.array([numbers.setdefault(root((side, name)), len(numbers)) for name in names])
        for side, names in enumerate(ids)
    ]


def best_f1(common: Common, ids: list[list[str]], true: np.ndarray, true_pairs: int) -> tuple[float, int]:
    """Greedy one-to-one links, best first; the best F1 over all minimum numbers of common symbols."""
    places = [ranks(names) for names in ids]
    order = np.lexsort((places[-1][common.right], places[0][common.left], -common.count.astype(np.int64)))
    within = len(ids) == 1
    used_left = bytearray(len(ids[0]))
    used_right = used_left if within else bytearray(len(ids[1]))
    found = correct = 0
    best, least, level = 0.0, 1, -1
    rows = zip(*(part[order].tolist() for part in (common.left, common.right, common.count, true)))
    for left, right, count, is_true in rows:
        if count != level and found:
            f1 = 2 * correct / (found + true_pairs)
            if f1 > best:
                best, least = f1, level
        level = count
        if not used_left[left] and not used_right[right]:
            used_left[left] = used_right[right] = 1
            found += 1
            correct += is_true
    f1 = 2 * correct / (found + true_pairs) if found else 0.0
    return (f1, level) if f1 > best else (best, least)


def judge(options: argparse.Namespace, schema: Json, folder: Path) -> Json:
    """One setting under one key."""
    _, files, truth_name = SETS[options.set]
    truth = options.data / truth_name
    within = len(files) == 1
    key = new_key(options.mizuhiki, folder)
    path = write_schema(schema, folder / "schema.json")
    result: Json = {"encode_s": 0.0}
    real = suppressed = cut = records = 0
    tokens = []
    for file in files:
        tokens.append(folder / f"{Path(file).stem}.arrow")
        purpose = ("--for", "dedupe") if within else ("--run", "grid")
        summary = encode(options.mizuhiki, options.data / file, path, key, tokens[-1], options.threads, *purpose)
        result["encode_s"] += summary["seconds"]
        report = summary["symbols"]
        real += report["real"]
        suppressed += report["suppressed"]
        records += summary["records"]
        cut += (summary.get("alternatives") or {}).get("cut", 0)
    result |= {"suppressed": suppressed / max(1, real), "cut": cut / records, "real_each": real / records}
    links = folder / "links.csv"
    begun = time.monotonic()
    summary = run(options.mizuhiki, "link", tokens[0], tokens[-1], "-o", links, "--threads", options.threads)
    result["link_s"] = time.monotonic() - begun
    result["accept"] = summary["accept_threshold"]
    result["least_common"] = summary.get("least_common")
    unordered = ["--unordered"] if within else []
    accuracy = run(options.mizuhiki, "evaluate", "accuracy", links, "--truth", truth, *unordered)
    matches = accuracy["matches"]
    result |= {"precision": matches["precision"]["value"], "recall": matches["recall"]["value"], "f1": matches["f1"]}
    opened = [Tokens(path) for path in tokens]
    common = join(*opened)
    ids = [each.ids for each in opened]
    people = persons(options.data, files, truth, ids)
    same = people[0][common.left] == people[-1][common.right]
    lefts, rights = read_columns(truth, "left_id", "right_id")
    rows = [{name: row for row, name in enumerate(names)} for names in ids]
    pairs = [(rows[0][left], rows[-1][right]) for left, right in zip(lefts, rights)]
    keys = np.array([min(pair) << 32 | max(pair) if within else pair[0] << 32 | pair[1] for pair in pairs], np.uint64)
    true = np.isin((common.left.astype(np.uint64) << np.uint64(32)) | common.right, keys)
    result["best_f1"], result["best_common"] = best_f1(common, ids, true, len(keys))
    result["false_pairs"] = int((~same).sum())
    result["false_per_1000"] = result["false_pairs"] / min(each.records for each in opened) * 1000
    result["reach"] = int(true.sum()) / len(keys)
    result["bytes"] = opened[0].per_record * opened[0].bytes_each
    result["heavy"] = common.heavy
    return result


def per_record(schema: Json, wanted: str) -> int:
    if wanted.startswith("x"):
        return len(schema["views"]) * schema["symbols"]["perView"] * int(wanted[1:])
    return int(wanted)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--mizuhiki", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--schema", nargs="+", help="names of examples, or files; the data set's if absent")
    parser.add_argument("--positions", type=int, nargs="+", default=[None], metavar="T")
    parser.add_argument("--per-view", type=int, nargs="+", default=[None], metavar="N")
    parser.add_argument("--draw", nargs="+", choices=("plain", "stratified"), default=[None])
    parser.add_argument("--per-record", nargs="+", default=[None], metavar="C")
    parser.add_argument("--bits", type=int, nargs="+", default=[None], metavar="W")
    parser.add_argument("--keys", type=int, default=1, help="random keys per setting; figures are means")
    parser.add_argument("--least-f1", type=float, help="minimum F1 with the tool's own thresholds")
    parser.add_argument("--most-false", type=float, help="per 1,000 records")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--work", type=Path, metavar="DIR", help="folder for tokens")
    parser.add_argument("--json", type=Path, metavar="OUT")
    options = parser.parse_args()
    if not options.data.is_dir():
        fail(f"no such folder: {options.data}")
    shown = [("schema", 27), ("draw", 11), ("t", 4), ("n", 4), ("C", 5)]
    print("".join(f"{name:<{width}}" for name, width in shown) + "".join(f"{title:>11}" for _, title, _ in FIGURES), flush=True)
    results, met = [], False
    for name in options.schema or [SETS[options.set][0]]:
        base = read_schema(name)
        grid = (options.draw, options.positions, options.per_view, options.per_record, options.bits)
        for draw, positions, per_view, c, bits in itertools.product(*grid):
            schema = symbols_of(base, draw=draw, positions=positions, perView=per_view, bits=bits)
            least = len(schema["views"]) * schema["symbols"]["perView"]
            if c is not None:
                schema["symbols"]["perRecord"] = per_record(schema, c)
            if schema["symbols"].get("perRecord", least) < least:
                if c is not None:
                    continue
                del schema["symbols"]["perRecord"]
            runs = []
            for _ in range(options.keys):
                with scratch(options.work) as folder:
                    runs.append(judge(options, schema, folder))
            figures = {key: float(np.mean([each[key] for each in runs])) for key, _, _ in FIGURES}
            setting = schema["symbols"] | {"symbols": int(figures["bytes"] * 8 / schema["symbols"].get("bits", 64))}
            met |= (options.least_f1 is None or figures["f1"] >= options.least_f1) and (
                options.most_false is None or figures["false_per_1000"] <= options.most_false
            )
            results.append({"set": options.set, "schema": schema["name"], "setting": setting, **figures, "runs": runs})
            values = (schema["name"], setting.get("draw", "stratified"), setting["positions"], setting["perView"], setting["symbols"])
            line = "".join(f"{value!s:<{width}}" for value, (_, width) in zip(values, shown))
            print(line + "".join(f"{form.format(figures[key]):>11}" for key, _, form in FIGURES), flush=True)
            if options.json:
                options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
