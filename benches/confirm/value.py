#!/usr/bin/env python3
"""The benefit of confirmation: sealed symbols alone, then with borderline pairs confirmed, and plain filters.

Runs the whole flow through the command line: keys, tickets, ciphertexts of both custodians, sealed answers,
their check, opening, links. FEBRL4 needs the files that benches/data/extract.py writes; people of Japan are
synthetic.
"""
from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

EXAMPLES = Path(__file__).resolve().parents[2] / "protocols" / "schema" / "examples"


def run(binary: Path, *arguments: Any) -> Dict[str, Any]:
    command = [str(binary), "--json", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout)


def plain_filters(schema: Dict[str, Any]) -> Dict[str, Any]:
    """All the same fields in one plain filter."""
    plain = {name: value for name, value in schema.items() if name not in ("symbols", "confirm")}
    plain["profile"] = "plain"
    plain["views"] = [dict(schema["views"][0], minPresentWeight=0.25)]
    plain["thresholds"] = {"accept": 0.6, "borderline": 0.55, "calibrate": True}
    return plain


class Case:
    """Two files, a schema and the ground truth."""

    def __init__(self, binary: Path, folder: Path, tables: Tuple[Path, Path], id_column: str, truth: Path) -> None:
        self.binary, self.folder, self.tables, self.id_column, self.truth = binary, folder, tables, id_column, truth
        self.key = folder / "linkage.key"
        run(binary, "key", "new", "-o", self.key)

    def encode(self, schema: Path, name: str) -> List[Path]:
        files = []
        sealed = ["--run", "bench"] if "symbols" in json.loads(schema.read_text()) else []
        for side, table in zip(("left", "right"), self.tables):
            files.append(self.folder / f"{name}-{side}.parquet")
            run(self.binary, "encode", table, "--schema", schema, "--key", self.key, "--keep-ids",
                "--id-column", self.id_column, "--custodian", side, *sealed, "-o", files[-1])
        return files

    def judge(self, links: Path) -> Dict[str, float]:
        matches = run(self.binary, "evaluate", "accuracy", links, "--truth", self.truth)["matches"]
        return {"precision": matches["precision"]["value"], "recall": matches["recall"]["value"], "f1": matches["f1"]}

    def link(self, files: List[Path], name: str, *more: Any) -> Tuple[Path, Dict[str, Any]]:
        links = self.folder / f"{name}.csv"
        return links, run(self.binary, "link", *files, "-o", links, *more)

    def confirm(self, schema: Path, files: List[Path], per_record: int, alone: Dict[str, float]) -> Dict[str, Any]:
        place, binary = self.folder, self.binary
        links, listed = self.link(files, "listed", "--for-confirm", per_record)
        if not any(line.split(",")[3] == "borderline" for line in links.read_text().splitlines()[1:]):
            return {"listed_matches": listed["matches"], "asked": 0, "times": {"evaluate_s": 0.0}, "accuracy": alone}
        asked, times = 0, {name: 0.0 for name in ("keygen_s", "encrypt_left_s", "encrypt_right_s", "evaluate_s", "check_s")}
        applied: Dict[str, Any] = {}
        left_out = 1
        # A key opens 64 answers, so each batch has its own key.
        for batch in range(100):
            if not left_out:
                break
            keys, tickets = place / f"keys-{batch}", place / f"tickets-{batch}"
            public, evaluation = keys / "public.key", keys / "evaluation.key"

            def timed(step: str, *arguments: Any) -> Dict[str, Any]:
                begun = time.time()
                said = run(binary, "confirm", *arguments)
                times[step] += time.time() - begun
                return said

            timed("keygen_s", "keygen", "-o", keys, "--per-record", per_record)
            said = run(binary, "confirm", "ask", "--links", links, "--left", files[0], "--right", files[1], "--public", public, "-o", tickets)
            asked, left_out = asked + said["tickets"], said["left_out"]
            terms = {side: ["--tokens", tokens, "--tickets", tickets / f"{side}.tickets", "--public", public, "--schema", schema, "--key", self.key, "--custodian", side, "--per-record", 64]
                     for side, tokens in zip(("left", "right"), files)}
            pins: List[str] = []
            for side, table in zip(("left", "right"), self.tables):
                said = timed(f"encrypt_{side}_s", "encrypt", table, *terms[side], "--id-column", self.id_column, "-o", place / f"{side}.ct")
                pins += ["--pin", f"{side}={said['fingerprint']}"]
            ciphertexts = [place / "left.ct", place / "right.ct"]
            timed("evaluate_s", "evaluate", "--tickets", tickets, "--eval-keys", evaluation, *ciphertexts, "-o", place / "sealed", "--masks", place / "masks")
            timed("check_s", "check", *ciphertexts, *terms["left"], "--eval-keys", evaluation, "--masks", place / "masks", "-o", place / "checked")
            run(binary, "confirm", "open", "--tickets", tickets / "authority.tickets", "--secret", keys / "secret.key",
                place / "sealed", "--checked", place / "checked", *pins, "-o", place / "opened")
            confirmed = place / f"confirmed-{batch}.csv"
            applied = run(binary, "confirm", "apply", "--tickets", tickets, place / "opened", "--links", links, "-o", confirmed)
            links = confirmed
        return {"listed_matches": listed["matches"], "asked": asked, "left_out": left_out,
                "applied": applied, "times": times, "accuracy": self.judge(links)}


def measure(case: Case, schema_name: str, plain: Optional[str], per_record: int) -> Dict[str, Any]:
    schema = EXAMPLES / f"{schema_name}.json"
    plain_path = case.folder / "plain.json"
    plain_path.write_text((EXAMPLES / f"{plain}.json").read_text() if plain else json.dumps(plain_filters(json.loads(schema.read_text()))))
    result: Dict[str, Any] = {"schema": schema_name}
    links, _ = case.link(case.encode(plain_path, "plain"), "plain")
    result["plain"] = case.judge(links)
    files = case.encode(schema, "hardened")
    links, _ = case.link(files, "hardened")
    result["hardened"] = case.judge(links)
    result["confirmed"] = case.confirm(schema, files, per_record, result["hardened"])
    result["f1_below_plain"] = result["plain"]["f1"] - result["confirmed"]["accuracy"]["f1"]
    confirmed = result["confirmed"]
    print(f"{schema_name:<26} F1 plain {result['plain']['f1']:.4f}   hardened {result['hardened']['f1']:.4f}   "
          f"confirmed {confirmed['accuracy']['f1']:.4f}   {confirmed['asked']} pairs, {confirmed['times']['evaluate_s']:.0f} s and {confirmed['times'].get('check_s', 0.0):.0f} s for the check", flush=True)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mizuhiki", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--data", type=Path, metavar="DIR", help="FEBRL4; omitted if absent")
    parser.add_argument("--people", type=int, default=100_000, help="number of synthetic people of Japan; 0 for none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-record", type=int, default=4)
    parser.add_argument("--json", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    results = []
    if arguments.data:
        tables = (arguments.data / "febrl4-a.csv", arguments.data / "febrl4-b.csv")
        for schema in ("people-five-fields", "people-five-fields-wide"):
            with tempfile.TemporaryDirectory() as folder:
                case = Case(arguments.mizuhiki, Path(folder), tables, "rec_id", arguments.data / "febrl4-truth.csv")
                results.append({"data": "FEBRL4", **measure(case, schema, "people-five-fields-plain", arguments.per_record)})
    if arguments.people:
        with tempfile.TemporaryDirectory() as made:
            people = Path(made)
            run(arguments.mizuhiki, "synth", "people", "--locale", "ja", "--people", arguments.people, "--seed", arguments.seed, "-o", people / "ja")
            for schema, holder in (("people-ja-kanji", "insurer"), ("people-ja-kana", "bank")):
                tables = (people / f"ja/{holder}.csv", people / "ja/registry.csv")
                with tempfile.TemporaryDirectory() as folder:
                    case = Case(arguments.mizuhiki, Path(folder), tables, "record_id", people / f"ja/truth-{holder}-registry.csv")
                    data = f"{arguments.people} synthetic people of Japan, {holder} to registry, seed {arguments.seed}"
                    results.append({"data": data, **measure(case, schema, None, arguments.per_record)})
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
