#!/usr/bin/env python3
"""Peak memory and time of encoding many rows from a pipe.

People are generated on the fly (names and places from short lists, all dates), so that only the tokens take
space.
"""
from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GIVEN = "Ada Bea Cleo Dora Edith Fay Gus Hal Ian Jo Kit Lou May Ned Ola Pia Quin Ray Sam Tess Uma Val Wes Yan Zoe".split()
PARTS = "ander berg carl dahl ek fors gran holm is jans karl lund mark nor oster peters quist ros sand thor".split()
PLACES = [(f"{a.title()}{b}", f"{2000 + 37 * index}") for index, (a, b) in enumerate((a, b) for a in PARTS for b in ("by", "ton", "ford", "wick"))]


def row(number: int) -> str:
    # A multiplicative hash and different strides give combinations that rarely repeat.
    mixed = number * 2654435761 % 2**32
    given = GIVEN[mixed % 25] + PARTS[mixed // 25 % 20] + PARTS[mixed // 500 % 20][:2]
    surname = PARTS[mixed // 7 % 20].title() + PARTS[mixed // 143 % 20] + PARTS[mixed // 28_657 % 20] + PARTS[mixed // 999_983 % 20]
    place, code = PLACES[number // 11 % len(PLACES)]
    born = f"{1920 + number // 3 % 100}{1 + number // 17 % 12:02}{1 + number // 29 % 28:02}"
    return f"p{number},{given},{surname},{born},{place},{code}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mizuhiki", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--schema", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--scratch", type=Path, default=Path(tempfile.gettempdir()), help="folder for key and tokens")
    parser.add_argument("--json", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        key, tokens = Path(scratch) / "linkage.key", Path(scratch) / "tokens.parquet"
        subprocess.run([arguments.mizuhiki, "key", "new", "-o", key], check=True, stdout=subprocess.DEVNULL)
        command = [arguments.mizuhiki, "encode", "-", "--schema", arguments.schema, "--key", key, "-o", tokens, "--keep-ids"]
        if "symbols" in json.loads(arguments.schema.read_text()):
            command += ["--run", "bench"]
        begun = time.monotonic()
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, bufsize=1 << 20)
        assert child.stdin is not None
        child.stdin.write("rec_id,given_name,surname,date_of_birth,suburb,postcode\n")
        for start in range(0, arguments.rows, 10_000):
            child.stdin.write("".join(map(row, range(start, min(start + 10_000, arguments.rows)))))
        child.stdin.close()
        if child.wait() != 0:
            sys.exit("encoding failed")
        seconds = time.monotonic() - begun
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = {
            "rows": arguments.rows, "schema": arguments.schema.stem, "peak_mib": usage.ru_maxrss / 1024,
            "wall_s": seconds, "cpu_s": usage.ru_utime + usage.ru_stime, "output_bytes": tokens.stat().st_size,
        }
    print(json.dumps(result))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
