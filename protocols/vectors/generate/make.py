#!/usr/bin/env python3
"""Writes the test vectors; with --check compares them instead."""
from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Dict, List

sys.dont_write_bytecode = True

import cases_audit
import cases_confirm
import cases_confirm_files
import cases_de
import cases_grading
import cases_ja
import cases_matching
import cases_normalisation
import cases_outcomes
import cases_pair
import cases_schema
import cases_symbols
import cases_tokens

FOLDER = Path(__file__).resolve().parents[1]
ORIGIN = "protocols/vectors/generate/make.py"
LIMIT = 600_000


def render(cases: List[Dict[str, Any]]) -> str:
    names = [c["name"] for c in cases]
    assert len(set(names)) == len(names), "a name occurs twice: %s" % [n for n in names if names.count(n) > 1][:1]
    lines = ",\n".join(json.dumps(c) for c in cases)
    return '{"origin": %s, "cases": [\n%s\n]}\n' % (json.dumps(ORIGIN), lines)


def main(arguments: List[str]) -> int:
    if arguments not in ([], ["--check"]):
        print("usage: make.py [--check]", file=sys.stderr)
        return 2
    different = 0
    for module in (cases_tokens, cases_symbols, cases_pair, cases_matching, cases_normalisation, cases_de, cases_ja, cases_schema, cases_audit, cases_outcomes, cases_grading, cases_confirm, cases_confirm_files):
        for name, make in module.FILES.items():
            cases = make()
            text, path = render(cases), FOLDER / name
            assert len(text) <= LIMIT, "%s is too long: %d bytes" % (name, len(text))
            if not arguments:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, "ascii")
                print("%-32s %4d cases %7d bytes" % (name, len(cases), len(text)))
            elif not path.exists() or path.read_text("ascii") != text:
                print("differs: " + name, file=sys.stderr)
                different += 1
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
