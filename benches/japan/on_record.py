#!/usr/bin/env python3
"""The cost of alternatives, and the savings by recorded readings: bank to registry by readings.

Registries of Japan have had notarized kana since May 2026. People are synthetic; the registry gets the kana
of those known to an insurer or a bank, as if recorded. Then the registry's names are encoded in three ways:
as guessed readings only; as recorded kana plus guesses; and as recorded kana, with guesses only where there
are none (the example schema). The last is also run with smaller tokens.
"""
from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Dict, List

SCHEMA = Path(__file__).resolve().parents[2] / "protocols" / "schema" / "examples" / "people-ja-kana.json"


def run(binary: Path, *arguments: Any) -> Dict[str, Any]:
    done = subprocess.run([str(binary), "--json", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}\n{done.stderr}")
    return json.loads(done.stdout or "null")


def rows(path: Path) -> List[Dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def on_record(made: Path, out: Path) -> float:
    """Writes the registry with kana; returns the share of people who have them."""
    kana: Dict[str, str] = {}
    for holder in ("bank", "insurer"):
        of = {row["record_id"]: row["name_kana"] for row in rows(made / f"{holder}.csv")}
        for pair in rows(made / f"truth-{holder}-registry.csv"):
            if of[pair["left_id"]]:
                kana[pair["right_id"]] = of[pair["left_id"]]
    registry = rows(made / "registry.csv")
    with out.open("w", newline="") as file:
        writer = csv.DictWriter(file, [*registry[0], "name_kana"])
        writer.writeheader()
        for row in registry:
            writer.writerow({**row, "name_kana": kana.get(row["record_id"], "")})
    return sum(row["record_id"] in kana for row in registry) / len(registry)


def beside(schema: Dict[str, Any]) -> None:
    for column in schema["inputs"][0]["columns"]:
        column.pop("fallback", None)


def small(schema: Dict[str, Any]) -> None:
    schema["symbols"]["perRecord"] = 128


def as_it_is(_: Dict[str, Any]) -> None:
    pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mizuhiki", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    binary, results = arguments.mizuhiki, []
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        made, with_kana = place / "made", place / "registry-kana.csv"
        run(binary, "synth", "people", "--locale", "ja", "--people", arguments.people, "--seed", arguments.seed, "-o", made)
        share = on_record(made, with_kana)
        run(binary, "key", "new", "-o", place / "linkage.key")
        table: List[tuple[str, Path, Callable[[Dict[str, Any]], None]]] = [
            ("guessed readings alone", made / "registry.csv", as_it_is),
            ("kana on record, guesses beside them", with_kana, beside),
            ("kana on record, guesses where there are none", with_kana, as_it_is),
            ("the same, tokens of 128 symbols", with_kana, small),
        ]
        for what, registry, change in table:
            schema = json.loads(SCHEMA.read_text())
            change(schema)
            path = place / "schema.json"
            path.write_text(json.dumps(schema))
            result: Dict[str, Any] = {"registry": what, "bytes_per_record": 8 * schema["symbols"]["perRecord"]}
            for side, source in (("bank", made / "bank.csv"), ("registry", registry)):
                begun = time.time()
                said = run(binary, "encode", source, "--schema", path, "--key", place / "linkage.key", "--project", "bench", "--run", what,
                           "--keep-ids", "--custodian", side, "-o", place / f"{side}.parquet")
                result[f"encode_{side}_s"] = round(time.time() - begun, 1)
                result[f"rows_{side}"] = said["alternatives"]["rows"] if said.get("alternatives") else said["records"]
                result[f"symbols_per_record_{side}"] = round(said["symbols"]["real"] / said["records"], 1)
            run(binary, "link", place / "bank.parquet", place / "registry.parquet", "-o", place / "links.csv")
            matches = run(binary, "evaluate", "accuracy", place / "links.csv", "--truth", made / "truth-bank-registry.csv")["matches"]
            result.update(precision=round(matches["precision"]["value"], 4), recall=round(matches["recall"]["value"], 4), f1=round(matches["f1"], 4))
            results.append(result)
            print(json.dumps(result, ensure_ascii=False), flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps({"people": arguments.people, "on_record": round(share, 3), "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
