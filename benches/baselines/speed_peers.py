#!/usr/bin/env python3
"""Encoding and comparison speed against clkhash and anonlink, one core each.

encode  clkhash.clk.generate_clks in this process, against `mizuhiki encode --threads 1`. Their
        time is only that of the call; ours is the whole process with reading the CSV and writing the
        JSON, on --copies times the people so that startup does not count. clkhash caches
        the encodings of values it has seen, so it is timed twice in every round: with its caches
        emptied ("cold", as for new people) and on the same people again ("warm").
dice    anonlink's dice_coefficient_accelerated in this process, against a helper called as
            DICE_BENCH LEFT.json RIGHT.json THRESHOLD REPEATS
        which prints {"comparisons": C, "seconds": S, "hits": H}: C comparisons in all repeats
        together, S seconds for them without reading the files, H hits of one repeat. Once for
        each --backend, which the helper takes from MIZUHIKI_BACKEND.
hamming The helper on hardened tokens of the same people (one view of 2,048 bits, from the shipped
        five-field schema; with --data and --mizuhiki), against anonlink on its own 1,024-bit
        filters at Dice 0.8. Hits are not compared, because the tokens differ.

Runs alternate (ours, theirs, ours, theirs, ...). Results must agree first: the encodings byte for byte, the
hits in number. Ratios are of CPU time (user + system; for the helper, of the seconds it prints), per round,
then the median; wall time is recorded, too.
"""

from __future__ import annotations

import argparse
import base64
import copy
import csv
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from common import fail, need, write_json

Result = TypeVar("Result")
Row = Sequence[str]
SECRET = "a secret that both sides share"
HASHES = ["doubleHash", "blakeHash"]
DICE_THRESHOLDS = [0.7, 0.8, 0.9]
EXAMPLES = Path(__file__).parents[2] / "protocols/schema/examples"
SCHEMA = EXAMPLES / "people-five-fields.json"
PLAIN = EXAMPLES / "people-five-fields-plain.json"

# An unwarped distance of 0.12: the lower threshold of the hardened profile.
HAMMING_SIMILARITY = 0.88


@dataclass(frozen=True)
class Timing:
    cpu_s: float
    wall_s: float


def cpu_seconds(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def timed(who: int, work: Callable[[], Result]) -> tuple[Timing, Result]:
    cpu, wall = cpu_seconds(who), time.perf_counter()
    result = work()
    return Timing(cpu_seconds(who) - cpu, time.perf_counter() - wall), result


def run_program(command: list[str], backend: str | None = None) -> str:
    environment = {**os.environ, **({"MIZUHIKI_BACKEND": backend} if backend else {})}
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment
    )
    if result.returncode != 0:
        fail(f"{' '.join(command)}: exit status {result.returncode}: {result.stderr.strip()}")
    return result.stdout


def pairwise_ratio(ours: list[float], theirs: list[float]) -> float | None:
    """Median over the rounds of our rate divided by their rate in the same round."""
    return statistics.median(a / b for a, b in zip(ours, theirs)) if ours else None


def line(what: str, unit: str, ours: list[float], theirs: list[float]) -> None:
    parts = [f"{what:<28} theirs {statistics.median(theirs):>13,.0f} {unit}"]
    if ours:
        ratio = pairwise_ratio(ours, theirs)
        parts += [f"ours {statistics.median(ours):>15,.0f} {unit}", f"ratio {ratio:.1f}"]
    print("   ".join(parts), flush=True)


def made_people(count: int, seed: int) -> list[Row]:
    """People of clkhash's own generator, which draws from the global random state."""
    names = need("clkhash.randomnames")
    random.seed(seed)
    return names.NameList(count).names


def people_schema(hash_type: str) -> dict[str, Any]:
    """The schema that clkhash ships for these people, with the requested hash function."""
    package = Path(str(need("clkhash").__file__)).parent
    schema = json.loads((package / "data" / "randomnames-schema.json").read_text("utf-8"))
    for feature in schema["features"]:
        if "hashing" in feature:
            feature["hashing"]["hash"] = {"type": hash_type}
    return schema


def clkhash_encoder(schema: dict[str, Any]) -> Callable[[Sequence[Row]], list[Any]]:
    clk, parser = need("clkhash.clk"), need("clkhash.schema")
    parsed = parser.from_json_dict(copy.deepcopy(schema))
    return lambda rows: clk.generate_clks(rows, parsed, SECRET, max_workers=1)


def empty_caches() -> None:
    """Empty clkhash's caches of earlier values."""
    for function in vars(need("clkhash.bloomfilter")).values():
        if hasattr(function, "cache_clear"):
            function.cache_clear()


def as_text(clks: list[Any]) -> list[str]:
    serialize = need("clkhash.serialization").serialize_bitarray
    return [serialize(bits) for bits in clks]


def write_people(path: Path, schema: dict[str, Any], people: list[Row], copies: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([feature["identifier"] for feature in schema["features"]])
        for _ in range(copies):
            writer.writerows(people)


def read_clks(path: Path) -> list[str]:
    return json.loads(path.read_text(encoding="utf-8"))["clks"]


def encode_speed(arguments: argparse.Namespace, hash_type: str, folder: Path) -> dict[str, Any]:
    people, copies = made_people(arguments.people, arguments.seed), arguments.copies
    schema = people_schema(hash_type)
    encode = clkhash_encoder(schema)
    expected = as_text(encode(people))

    (folder / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    (folder / "secret.txt").write_text(SECRET, encoding="utf-8")
    output = folder / "clks.json"
    command = [str(arguments.mizuhiki), "encode", str(folder / "people.csv")]
    command += ["--schema", str(folder / "schema.json"), "--key", str(folder / "secret.txt")]
    command += ["--threads", "1", "-o", str(output)]
    if arguments.mizuhiki:
        write_people(folder / "people.csv", schema, people, copies)
        run_program(command)
        if read_clks(output) != expected * copies:
            fail(f"{hash_type}: the encodings differ from clkhash's; see clkhash_differential.py")

    ours: list[Timing] = []
    theirs: dict[str, list[Timing]] = {"cold": [], "warm": []}
    for _ in range(arguments.rounds):
        if arguments.mizuhiki:
            ours.append(timed(resource.RUSAGE_CHILDREN, lambda: run_program(command))[0])
        empty_caches()
        for runs in theirs.values():
            runs.append(timed(resource.RUSAGE_SELF, lambda: encode(people))[0])

    our_rates = [len(people) * copies / run.cpu_s for run in ours]
    result: dict[str, Any] = {
        "hash": hash_type,
        "people": len(people),
        "copies_for_ours": copies,
        "ours": [vars(run) for run in ours],
        "ours_records_per_cpu_s": statistics.median(our_rates) if our_rates else None,
    }
    for state, runs in theirs.items():
        rates = [len(people) / run.cpu_s for run in runs]
        line(f"encode {hash_type} {state}", "rec/s", our_rates, rates)
        result[state] = {
            "theirs": [vars(run) for run in runs],
            "theirs_records_per_cpu_s": statistics.median(rates),
            "ratio": pairwise_ratio(our_rates, rates),
        }
    return result


def mistyped(row: Row, rng: random.Random) -> Row:
    """The same person with one letter of the name replaced."""
    index, name, *rest = row
    place = rng.randrange(len(name))
    name = name[:place] + rng.choice("abcdefghijklmnopqrstuvwxyz") + name[place + 1 :]
    return (index, name, *rest)


def dice_sides(arguments: argparse.Namespace) -> tuple[list[Any], list[Any]]:
    """Encodings of two sides. Half of the right side's people are the left side's, with typos."""
    size = arguments.dice_size
    if arguments.data and arguments.mizuhiki:
        with tempfile.TemporaryDirectory(prefix="speed-peers-") as name:
            files = encode_data(arguments, Path(name), PLAIN.read_text("utf-8"), "csv")
            return read_plain_tokens(files[0]), read_plain_tokens(files[1])
    people = made_people(size + size // 2, arguments.seed)
    rng = random.Random(arguments.seed)
    right_people = [mistyped(row, rng) for row in people[: size // 2]] + people[size:]
    encode = clkhash_encoder(people_schema("blakeHash"))
    return encode(people[:size]), encode(right_people)


def encode_data(
    arguments: argparse.Namespace, folder: Path, schema: str, extension: str
) -> list[Path]:
    """Tokens of the first --dice-size people of both files of --data."""
    (folder / "schema.json").write_text(schema, encoding="utf-8")
    (folder / "key").write_bytes(bytes(range(32)))
    (folder / "key").chmod(0o600)
    files = []
    for side in "ab":
        with (arguments.data / f"febrl4-{side}.csv").open(encoding="utf-8") as table:
            rows = [line for line, _ in zip(table, range(arguments.dice_size + 1))]
        (folder / f"{side}.csv").write_text("".join(rows), encoding="utf-8")
        files.append(folder / f"tokens-{side}.{extension}")
        command = [str(arguments.mizuhiki), "encode", str(folder / f"{side}.csv"), "--keep-ids"]
        command += ["--schema", str(folder / "schema.json"), "--key", str(folder / "key")]
        run_program([*command, "-o", str(files[-1])])
    return files


def read_plain_tokens(path: Path) -> list[Any]:
    """Filters of a token file in text form, in anonlink's type."""
    filters = []
    for text in path.read_text(encoding="utf-8").splitlines()[2:-1]:
        bits = need("bitarray").bitarray(endian="big")
        bits.frombytes(base64.b64decode(text.split(",")[1]))
        filters.append(bits)
    return filters


def dice_speed(arguments: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    compare = need("anonlink.similarities").dice_coefficient_accelerated
    sides = dice_sides(arguments)
    comparisons = len(sides[0]) * len(sides[1])
    files = [folder / "left.json", folder / "right.json"]
    if arguments.dice_bench:
        for path, clks in zip(files, sides):
            path.write_text(json.dumps({"clks": as_text(clks)}), encoding="utf-8")

    results = []
    for threshold in DICE_THRESHOLDS:
        command = [str(arguments.dice_bench), *map(str, files)]
        command += [str(threshold), str(arguments.dice_repeats)]
        hits = len(compare(sides, threshold)[0])
        rates, theirs = alternate(arguments, command, lambda: compare(sides, threshold), hits)
        results.append({"threshold": threshold, "comparisons": comparisons, "hits": hits})
        results[-1] |= summary(f"dice >= {threshold}, {hits} hits", rates, theirs, comparisons)
    return results


def alternate(
    arguments: argparse.Namespace,
    command: list[str],
    peer: Callable[[], Any],
    hits: int | None,
) -> tuple[dict[str, list[float]], list[Timing]]:
    """Comparisons per second of the helper by back end, and timings of the peer, alternating."""
    rates: dict[str, list[float]] = {backend: [] for backend in arguments.backend}
    theirs: list[Timing] = []
    for _ in range(arguments.rounds):
        for backend, of_backend in rates.items():
            if not arguments.dice_bench:
                continue
            answer = json.loads(run_program(command, backend))
            if hits is not None and answer["hits"] != hits:
                fail(f"{backend}: {answer['hits']} hits, anonlink has {hits}")
            of_backend.append(answer["comparisons"] / answer["seconds"])
        theirs.append(timed(resource.RUSAGE_SELF, peer)[0])
    return rates, theirs


def summary(
    what: str, rates: dict[str, list[float]], theirs: list[Timing], comparisons: int
) -> dict[str, Any]:
    """Rates of both sides and their ratio, round by round."""
    their_rates = [comparisons / run.cpu_s for run in theirs]
    result: dict[str, Any] = {
        "theirs": [vars(run) for run in theirs],
        "theirs_comparisons_per_cpu_s": statistics.median(their_rates),
        "ours": {},
    }
    for backend, ours in rates.items():
        line(f"{what}, {backend}", "cmp/s", ours, their_rates)
        result["ours"][backend] = {
            "comparisons_per_s": statistics.median(ours) if ours else None,
            "ratio": pairwise_ratio(ours, their_rates),
        }
    return result


def hamming_speed(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    schema["views"] = schema["views"][:1]
    files = [str(path) for path in encode_data(arguments, folder, json.dumps(schema), "arrow")]
    sides = dice_sides(arguments)
    compare = need("anonlink.similarities").dice_coefficient_accelerated
    compare(sides, 0.8)
    command = [str(arguments.dice_bench), *files, str(HAMMING_SIMILARITY)]
    command += [str(arguments.dice_repeats)]
    rates, theirs = alternate(arguments, command, lambda: compare(sides, 0.8), None)
    what = f"hardened >= {HAMMING_SIMILARITY}"
    comparisons = len(sides[0]) * len(sides[1])
    return {"similarity": HAMMING_SIMILARITY} | summary(what, rates, theirs, comparisons)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mizuhiki", type=Path, metavar="BINARY", help="if absent, only clkhash")
    parser.add_argument("--dice-bench", type=Path, metavar="BINARY", help="if absent, only anonlink")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="compare plain tokens of DIR/febrl4-a.csv and -b.csv instead of clkhash's synthetic people"
    )
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    parser.add_argument("--only", choices=["encode", "dice"])
    parser.add_argument(
        "--backend", nargs="+", default=["avx2", "avx512"], choices=["scalar", "avx2", "avx512"]
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--copies", type=int, default=40, help="of the people, for our process")
    parser.add_argument("--dice-size", type=int, default=10_000, help="records per side")
    parser.add_argument("--dice-repeats", type=int, default=10, help="by our helper, per round")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for name in ("mizuhiki", "dice_bench"):
        program = getattr(arguments, name)
        if program is not None and not program.is_file():
            sys.exit(f"error: no such program: {program}")
        if program is not None:
            setattr(arguments, name, program.resolve())

    content: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="speed-peers-") as name:
        folder = Path(name)
        if arguments.only != "dice":
            content["encode"] = [encode_speed(arguments, kind, folder) for kind in HASHES]
        if arguments.only != "encode":
            content["dice"] = dice_speed(arguments, folder)
            if arguments.data and arguments.mizuhiki and arguments.dice_bench:
                content["hamming"] = hamming_speed(arguments, folder)
    write_json(arguments.json, ["clkhash", "anonlink"], rounds=arguments.rounds, **content)


if __name__ == "__main__":
    main()
