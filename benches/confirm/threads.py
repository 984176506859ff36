#!/usr/bin/env python3
"""Confirmation by numbers of threads and pairs: wall and processor time, peak memory, time of key generation."""
from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List

# The output of the last command.
SAID: Dict[str, Any] = {}

EXAMPLES = Path(__file__).resolve().parents[2] / "protocols" / "schema" / "examples"


def run(binary: Path, *arguments: Any) -> Dict[str, float]:
    """Runs a command in a separate process, so that its peak memory can be measured."""
    command = [str(binary), "--json", *map(str, arguments)]
    begun = time.time()
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen(command, stdout=said, stderr=errors, text=True)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.time() - begun
        said.seek(0), errors.seek(0)
        if status != 0:
            sys.exit(f"{' '.join(command)}\n{errors.read()}")
        SAID.update(json.loads(said.read() or "null") or {})
    return {"wall_s": wall, "cpu_s": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss / 1024}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mizuhiki", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--pairs", type=int, nargs="+", default=[16, 64], help="at most 64, the maximum that a key opens")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--json", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    binary, schema = arguments.mizuhiki, EXAMPLES / "people-five-fields.json"
    results: List[Dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        run(binary, "synth", "people", "--locale", "en-Latn", "--people", 2 * max(arguments.pairs), "-o", place / "made")
        run(binary, "key", "new", "-o", place / "linkage.key")
        tables = {"left": place / "made/hospital.csv", "right": place / "made/registry.csv"}
        for side, table in tables.items():
            run(binary, "encode", table, "--schema", schema, "--key", place / "linkage.key", "--run", "bench", "--keep-ids", "--custodian", side, "-o", place / f"{side}.parquet")
        ids = {side: [line.split(",", 1)[0] for line in table.read_text().splitlines()[1:]] for side, table in tables.items()}
        for pairs in arguments.pairs:
            keys = place / f"keys-{pairs}"
            results.append({"step": "keygen", **run(binary, "confirm", "keygen", "-o", keys)})
            public, evaluation = keys / "public.key", keys / "evaluation.key"
            rows = [f"{a},{b},0.8,borderline" for a, b in zip(ids["left"][:pairs], ids["right"][:pairs])]
            links, tickets = place / f"links-{pairs}.csv", place / f"tickets-{pairs}"
            links.write_text("left_id,right_id,similarity,class\n" + "\n".join(rows) + "\n")
            run(binary, "confirm", "ask", "--links", links, "--left", place / "left.parquet", "--right", place / "right.parquet", "--public", public, "-o", tickets)
            pins: List[str] = []
            for side, table in tables.items():
                used = run(binary, "confirm", "encrypt", table, "--tokens", place / f"{side}.parquet", "--tickets", tickets / f"{side}.tickets", "--public", public, "--schema", schema,
                           "--key", place / "linkage.key", "--custodian", side, "-o", place / f"{side}.ct", "--threads", 1)
                pins += ["--pin", f"{side}={SAID['fingerprint']}"]
                results.append({"step": f"encrypt {side}", "pairs": pairs, "threads": 1, **used})
            for threads in arguments.threads:
                used = run(binary, "confirm", "evaluate", "--tickets", tickets, "--eval-keys", evaluation,
                           place / "left.ct", place / "right.ct", "-o", place / "sealed", "--masks", place / "masks", "--threads", threads)
                results.append({"step": "evaluate", "pairs": pairs, "threads": threads, **used})
                used = run(binary, "confirm", "check", place / "left.ct", place / "right.ct", "--tokens", place / "left.parquet", "--tickets", tickets / "left.tickets", "--public", public,
                           "--schema", schema, "--key", place / "linkage.key", "--custodian", "left", "--masks", place / "masks", "--eval-keys", evaluation, "-o", place / "checked", "--threads", threads)
                results.append({"step": "check", "pairs": pairs, "threads": threads, **used})
            used = run(binary, "confirm", "open", "--tickets", tickets / "authority.tickets", "--secret", keys / "secret.key", place / "sealed", "--checked", place / "checked", *pins, "-o", place / "opened")
            results.append({"step": "open", "pairs": pairs, **used})
    for result in results:
        print(json.dumps(result), flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
