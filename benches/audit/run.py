"""Audit of a million synthetic links, insurer to registry and bank to registry: review list, classes,
calibration, and the upper bound.

Generates people (or uses those of an earlier run), encodes both sides, audits, and compares the findings with
the ground truth and with the upper bound from the plaintext with true rates. Times are those of single runs;
machines are noisy.
"""
from __future__ import annotations

import argparse
import json
import resource
import subprocess
import time
from pathlib import Path
from typing import Any, Dict, List

EXAMPLES = Path(__file__).resolve().parents[2] / "protocols" / "schema" / "examples"
HOLDERS = {"insurer": "audit-ja-kanji.json", "bank": "audit-ja-kana.json"}


def run(command: List[str]) -> Dict[str, Any]:
    """The JSON that a command prints, and its time and processor time in seconds."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([*command, "--json"], check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return {"seconds": time.monotonic() - begun, "cpu_seconds": cpu, "said": json.loads(done.stdout or "null")}


def audit(binary: str, folder: Path, holder: str, schema: Path, ceiling: bool) -> Dict[str, Any]:
    """One audit, from two tables to findings and report, with its evaluation."""
    links = folder / f"links-{holder}-registry.csv"
    key, steps = folder / "linkage.key", {}
    if not key.exists():
        subprocess.run([binary, "key", "new", "-o", str(key)], check=True, capture_output=True)
    for side, people, column in (("left", holder, "left_id"), ("right", "registry", "right_id")):
        command = [binary, "encode", str(folder / f"{people}.csv"), "--for", "audit", "--schema", str(schema)]
        command += ["--key", str(key), "--links", str(links), "--handle-column", "handle", "--link-column", column]
        command += ["--project", "benches", "--run", folder.name, "--label", "batch", "-o", str(folder / f"{holder}.{side}.arrow")]
        steps[f"encode_{side}"] = run(command + (["--number-column", "number"] if people == "registry" else []))
    findings = folder / f"{holder}.findings.csv"
    command = [binary, "audit", "--left", str(folder / f"{holder}.left.arrow")]
    command += ["--right", str(folder / f"{holder}.right.arrow"), "-o", str(findings), "--batches", "batch"]
    steps["audit"] = run(command + ["--review", "auto", "--report", str(folder / f"{holder}.html")])
    command = [binary, "evaluate", "audit", str(findings), "--truth", str(folder / f"truth-links-{holder}-registry.csv")]
    if ceiling:
        command += ["--schema", str(schema), "--left", str(folder / f"{holder}.csv")]
        command += ["--right", str(folder / "registry.csv"), "--links", str(links)]
    judged = run(command)["said"]
    for side in ("left", "right"):
        (folder / f"{holder}.{side}.arrow").unlink()
    seconds = sum(step["seconds"] for step in steps.values())
    return {"seconds": seconds, "cpu_seconds": sum(step["cpu_seconds"] for step in steps.values()), "steps": steps, **judged}


def show(name: str, result: Dict[str, Any]) -> None:
    """A short summary as text."""
    found, most = result["audit"], result.get("ceiling")
    print(f"{name}: {found['links']:,} links, {found['wrong']} wrong; {result['seconds']:.0f} s, {result['cpu_seconds']:.0f} CPU-s")
    for at, line in enumerate(found["lists"]):
        beside = f"  ceiling {most['lists'][at]['recall']['value']:.4f}" if most else ""
        print(f"  {line['entries_an_error']:.0f} reviewed pairs per true error: recall {line['recall']['value']:.4f}{beside}")
    print(f"  class right {found['class_right']['value']:.4f}, calibration error {found['expected_calibration_error']:.6f}")
    for row in found["causes"]:
        print(f"  {row['cause']:<16} {row['class']:<22} {row['links']:>6}  {row['found']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mizuhiki", required=True)
    parser.add_argument("--folder", type=Path, required=True, help="folder of the people; 2 GB per seed for a million links")
    parser.add_argument("--people", type=int, default=1_650_000, help="1,650,000 give a million links per holder")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--no-ceiling", action="store_true")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    results: Dict[str, Any] = {"people": arguments.people}
    for seed in arguments.seeds:
        folder = arguments.folder / f"s{seed}"
        if not (folder / "manifest.json").exists():
            command = [arguments.mizuhiki, "synth", "people", "--people", str(arguments.people), "--seed", str(seed)]
            subprocess.run([*command, "-o", str(folder)], check=True, capture_output=True)
        for holder, schema in HOLDERS.items():
            result = audit(arguments.mizuhiki, folder, holder, EXAMPLES / schema, not arguments.no_ceiling)
            results[f"{holder}, seed {seed}"] = result
            show(f"{holder}, seed {seed}", result)
            if arguments.json:
                arguments.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
