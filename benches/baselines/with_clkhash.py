#!/usr/bin/env python3
"""clkhash and anonlink: plain Bloom filters of all fields, compared by Dice.

Bits and n-grams as in clkhash's FEBRL tutorial, whose threshold 0.8 is the own one: there is no other way to
choose it without labels. The best partners of each record are kept.
"""

from __future__ import annotations

from typing import Any

from case import Case, Found, Row, Scored, run_method
from common import need

OWN = 0.8
SECRET = "a secret that both sides share"
# Pairs below FLOOR are never the best threshold, but there are many of them.
FLOOR, FLOOR_LARGE, LARGE = 0.6, 0.75, 40_000
PARTNERS = {"link": 10, "many": 30, "dedupe": 30}
CHUNK = 2_000
NAME = {"type": "ngram", "n": 2}
DIGITS = {"type": "ngram", "n": 1, "positional": True}
HASHING: dict[str, tuple[dict[str, Any], int]] = {
    "name": (NAME, 200), "date": (DIGITS, 200), "email": (NAME, 200), "place": (NAME, 100), "code": (DIGITS, 100), "sex": (DIGITS, 50),
}  # fmt: skip


def linkage_schema(roles: dict[str, str]) -> dict[str, Any]:
    features = []
    for name, role in roles.items():
        comparison, bits = HASHING[role]
        hashing = {"comparison": comparison, "strategy": {"bitsPerFeature": bits}, "hash": {"type": "doubleHash"}}
        features.append({"identifier": name, "format": {"type": "string", "encoding": "utf-8"}, "hashing": hashing})
    kdf = {"type": "HKDF", "hash": "SHA256", "info": "YmVuY2g=", "salt": "c2FsdA==", "keySize": 64}
    return {"version": 3, "clkConfig": {"l": 1024, "kdf": kdf}, "features": features}


def encode(people: list[Row], roles: dict[str, str]) -> list[Any]:
    clk, schema = need("clkhash.clk"), need("clkhash.schema")
    rows = [[person[name] for name in roles] for person in people]
    return clk.generate_clks(rows, schema.from_json_dict(linkage_schema(roles)), SECRET, max_workers=1)


def found(case: Case) -> Found:
    similarities = need("anonlink.similarities")
    files = case.files
    encoded = [encode(people, case.fields) for people in files]
    left, right = files[0], files[-1]
    within = case.task == "dedupe"
    floor = FLOOR if max(map(len, files)) < LARGE else FLOOR_LARGE
    pairs: set[Scored] = set()
    for start in range(0, len(left), CHUNK):
        chunk = [encoded[0][start : start + CHUNK], encoded[-1]]
        scores, (rows, others) = similarities.dice_coefficient_accelerated(chunk, floor, k=PARTNERS[case.task])
        for score, row, other in zip(scores, rows, others):
            first, second = row + start, other
            if within and first == second:
                continue
            if within and first > second:
                first, second = second, first
            pairs.add((left[first]["record_id"], right[second]["record_id"], score))
    return Found(list(pairs), own_threshold=OWN, notes={"floor": floor})


if __name__ == "__main__":
    run_method(__doc__, ["clkhash", "anonlink"], found)
