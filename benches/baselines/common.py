"""Code shared by the baseline scripts: importing peers, scoring pairs, measuring programs, writing results."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

Pair = tuple[str, str]


def need(module: str, requirements: str = "requirements.txt") -> ModuleType:
    """Import a peer, or print the command that installs it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        sys.exit(f"error: {error}. Install: pip install -r benches/baselines/{requirements}")


def fail(message: str) -> None:
    sys.exit(f"error: {message}")


@dataclass(frozen=True)
class Score:
    data: str
    system: str
    setting: str
    true_pairs: int
    found: int
    correct: int
    precision: float
    recall: float
    f1: float


def score(
    data: str, system: str, setting: str, found: Collection[Pair], truth: set[Pair]
) -> Score:
    """Count pairs. True and found pairs must have the two records in the same order."""
    correct = len(truth.intersection(found))
    precision = correct / len(found) if found else 1.0
    recall = correct / len(truth)
    f1 = 2 * correct / (len(found) + len(truth))
    return Score(data, system, setting, len(truth), len(found), correct, precision, recall, f1)


def print_scores(scores: Iterable[Score]) -> None:
    print(f"{'data':<14}{'system':<34}{'setting':<22}{'found':>7}{'P':>9}{'R':>9}{'F1':>9}")
    for s in scores:
        print(
            f"{s.data:<14}{s.system:<34}{s.setting:<22}{s.found:>7}"
            f"{s.precision:>9.4f}{s.recall:>9.4f}{s.f1:>9.4f}"
        )


def environment(*packages: str) -> dict[str, str]:
    versions = {name: importlib.metadata.version(name) for name in packages}
    return {"python": platform.python_version(), **versions}


def write_json(path: Path, packages: Iterable[str], **content: Any) -> None:
    document = {"versions": environment(*packages), **content}
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {path}")


def scores_as_json(scores: Iterable[Score]) -> list[dict[str, Any]]:
    return [asdict(s) for s in scores]


@dataclass(frozen=True)
class Cost:
    """The cost of a program: wall and processor time, and peak memory."""

    wall_s: float
    cpu_s: float
    peak_rss_bytes: int


def measured(command: Iterable[str | Path]) -> tuple[str, Cost]:
    """Run a program; return its standard output and its cost.

    Linux attributes the caller's memory to a program until it runs, so the caller should use little.
    """
    arguments = [str(part) for part in command]
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as messages:
        begun = time.perf_counter()
        process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=messages
        )
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        for stream in (out, messages):
            stream.seek(0)
        if process.returncode != 0:
            reason = messages.read()[-2000:]
            fail(f"{' '.join(arguments)} ended with {process.returncode}\n{reason}")
        cpu = usage.ru_utime + usage.ru_stime
        return out.read(), Cost(round(wall, 2), round(cpu, 2), usage.ru_maxrss * 1024)
