"""Cases of vectors/tokens: sealed symbols."""
from __future__ import annotations

import json
from collections import Counter
from typing import Any, Callable, Dict, Iterator, List, Sequence, Tuple

from aes import Aes256
from cases_tokens import CONTACTS, COLUMNS, FULL_NAMES, JA_COLUMNS, JA_PEOPLE, PEOPLE, symbol_examples, symbol_schemas, test_key
from schema import canonical, load, parse
from tokens import Run, Sealer, Segment, budgets, key_id, mac, pack, positions, rows_of, segments, subsets, symbol_block

Case = Dict[str, Any]

RUNS = [
    Run(),
    Run("link", "", "2027-04 学齢簿 № 7"),
    Run("dedupe", "", "", "Registry"),
    Run("dedupe", "学齢簿", "Łódź 2027", "市役所 № 7"),
    Run("link", "p" * 128, "r" * 128, "A custodian has no part in task link"),
    Run("link", "Vaccinations and admissions"),
]


def run_key_cases() -> List[Case]:
    """Keys of a schema for its run."""
    cases = []
    for i, (name, text) in enumerate({**symbol_examples(), **symbol_schemas()}.items()):
        schema, key, run = load(text), test_key("runs: " + name), RUNS[i % len(RUNS)]
        sealer = Sealer(schema, key, run)
        keys = []
        for view in schema.views:
            wanted = [("subsets", ""), ("symbols", "")] + [("positions", g) for g in sorted({f.group for f in view.fields})]
            for purpose, what in wanted:
                expanded = sealer.key(purpose, view.name, what).hex()
                keys.append({"purpose": "search/" + purpose, "view": view.name, "name": what, "key": expanded})
        cases.append(
            {
                "name": name,
                "linkage_key": key.hex(),
                "schema": text,
                "digest": schema.digest.hex(),
                "epoch": schema.epoch,
                "key_id": key_id(key, run).hex(),
                "task": run.task,
                "project": run.project,
                "run": run.name,
                "custodian": run.custodian,
                "salt": sealer.salt.hex(),
                "prk": mac(sealer.salt, key).hex(),
                "keys": keys,
            }
        )
    return cases


def segment_cases() -> List[Case]:
    cases = []
    table = {**symbol_examples(), **symbol_schemas()}
    alternatives = json.loads(table["alternatives, cut, t 64, w 64"])
    del alternatives["symbols"]["perRecord"]
    table["alternatives, symbols per record by default"] = json.dumps(alternatives)
    alternatives["limits"]["maxAlternatives"] = 64
    alternatives["symbols"]["perView"] = 1024
    table["alternatives, the most symbols per record"] = json.dumps(alternatives)
    for name, text in table.items():
        schema = load(text)
        assert schema.symbols is not None
        found = {v.name: segments(v, schema.bits, schema.symbols.positions) for v in schema.views} if schema.symbols.stratified else None
        cases.append(
            {
                "name": name,
                "schema": canonical(parse(text)),
                "per_record": schema.symbols.per_record,
                "segments": found and {v: [list(s) for s in parts] for v, parts in found.items()},
                "budgets": {v.name: budgets(schema, v) for v in schema.views},
            }
        )
    assert any(c["segments"] is None for c in cases)
    return cases


def segment_position_cases() -> List[Case]:
    cases = []
    bigram, whole = b"g\x02\x00AN", b"e\0\0" + "Łukasz".encode()
    for i, (start, length, feature, count) in enumerate(
        [(0, 410, bigram, 20), (410, 409, bigram, 20), (942, 82, whole, 49), (819, 123, whole, 9), (0, 8, bigram, 8), (1016, 8, whole, 3), (38, 947, "g\x02\x00山田".encode(), 12)]
    ):
        key = test_key("segments %d" % (i % 2))
        found = [start + p for p in positions(key, length, feature, count)]
        name = "%d positions from %d on, %d of them, feature of %d bytes" % (length, start, count, len(feature))
        cases.append({"name": name, "key": key.hex(), "start": start, "length": length, "feature": feature.hex(), "count": count, "positions": found})
    return cases


def subset_cases() -> List[Case]:
    def parts(*sizes: Tuple[int, int]) -> List[Segment]:
        found, start = [], 0
        for length, drawn in sizes:
            found.append(Segment("", start, length, drawn))
            start += length
        return found

    table: List[Tuple[str, str, List[Segment], int]] = [
        ("m 1024, t 64", "plain", parts((1024, 64)), 20),
        ("m 1024, t 8", "plain", parts((1024, 8)), 64),
        ("m 2048, t 96", "plain", parts((2048, 96)), 8),
        ("m 960, t 112", "plain", parts((960, 112)), 8),
        ("m 64, t 64", "plain", parts((64, 64)), 4),
        ("m 65472, t 24", "plain", parts((65472, 24)), 10),
        ("m 1024, t 32, one group", "stratified", parts((1024, 32)), 20),
        ("m 1024, t 64, four groups", "stratified", parts((410, 26), (409, 25), (123, 8), (82, 5)), 20),
        ("m 1024, t 24, four groups", "stratified", parts((410, 10), (409, 9), (123, 3), (82, 2)), 20),
        ("m 512, t 8, a group without a position", "stratified", parts((474, 7), (28, 1), (10, 0)), 20),
        ("m 128, t 112, a segment as a whole", "stratified", parts((9, 9), (119, 103)), 6),
    ]
    cases = []
    for name, draw, found, count in table:
        key = test_key("subsets " + name)
        cases.append(
            {
                "name": "%s: %s" % (draw, name),
                "key": key.hex(),
                "bits": sum(s.length for s in found),
                "positions": sum(s.drawn for s in found),
                "draw": draw,
                "segments": [[s.start, s.length, s.drawn] for s in found],
                "subsets": subsets(key, found, count),
            }
        )
    return cases


def symbol_cases() -> List[Case]:
    """Single symbols of a filter."""
    cases = []
    for m, t, w, numbers in (
        (1024, 64, 64, [0, 1, 2, 63, 255, 256, 1023]),
        (1024, 8, 32, [0, 1, 2, 3, 1023]),
        (1024, 24, 48, [0, 1, 300]),
        (2048, 96, 64, [0, 1, 95]),
        (960, 112, 56, [0, 1, 2, 1023]),
        (64, 64, 40, [0, 1]),
    ):
        name = "m %d, t %d, w %d" % (m, t, w)
        key = test_key("symbols " + name)
        noise = b"".join(test_key("filter %s %d" % (name, i)) for i in range(m // 256 + 1))
        bits = [bool(noise[i // 8] >> (i % 8) & 1) for i in range(m)]
        found = subsets(test_key("subsets of symbols " + name), [Segment("", 0, m, t)], len(numbers))
        blocks = [symbol_block(bits, subset, j) for subset, j in zip(found, numbers)]
        cipher = Aes256(key)
        for what, filter_, sealed in (("", bits, blocks), (", empty filter", [False] * m, None), (", full filter", [True] * m, None)):
            sealed = sealed or [symbol_block(filter_, subset, j) for subset, j in zip(found, numbers)]
            cases.append(
                {
                    "name": name + what,
                    "key": key.hex(),
                    "filter": pack(filter_).hex(),
                    "bits": w,
                    "subsets": found,
                    "numbers": numbers,
                    "blocks": [b.hex() for b in sealed],
                    "symbols": [cipher.encrypt(b)[: w // 8].hex() for b in sealed],
                }
            )
    return cases


TIGHT_COLUMNS = ["born", "given", "called", "surname", "birth surname", "alias"]
TIGHT = [
    ("1985-04-12", "Anna", "Annie", "Smith", "Nguyễn", "de Souza"),
    ("1985-04-12", "Anna", "", "Smith", "", "SMITH"),  # two rows that are equal
    ("1985-04-12", "Anna", "", "Smith", "", ""),
    ("", "Zoë", "Zoe", "Łukasz", "", ""),
    ("1990-01-01", "", "", "Smith", "Jones", ""),
    ("12 APR 1985", "Ann", "", "O’Brien", "Smith", "山田"),
    ("29 February 2000", "Ann?", "", "Sm?th", "Müller-Lüdenscheidt", ""),
    ("", "", "", "", "", ""),
]


def tables() -> Iterator[Tuple[str, str, List[str], Sequence[Sequence[str]]]]:
    """Schemas with columns and records."""
    some = [PEOPLE[i] for i in (0, 4, 1, 2, 6, 10, 4)]
    for name, text in symbol_examples().items():
        if "-ja-" in name:
            yield name, text, JA_COLUMNS, JA_PEOPLE[:4] + JA_PEOPLE[5:7]
            continue
        columns = COLUMNS["people" if "five" in name else "names"]
        yield name, text, columns, [p[: len(columns)] for p in (some[:4] if "wide" in name else some)]
    names = ["first", "last", "born"]
    for name, text in symbol_schemas().items():
        if "max-privacy" in name:
            yield name, text, ["sex", "born", "last", "town", "first"], [(p[5], p[2], p[1], p[3], p[0]) for p in PEOPLE]
        elif "exact" in name:
            yield name, text, ["patient id", "mail", "phone", "cost", "note"], CONTACTS
        elif "one field" in name:
            yield name, text, ["Full name"], FULL_NAMES
        elif "alternatives" in name:
            yield name, text, TIGHT_COLUMNS, TIGHT
        else:
            yield name, text, names, [p[:3] for p in PEOPLE]


def record_cases() -> List[Case]:
    """Whole records, before padding."""
    cases = []
    twice = [table for table in tables() if any(view.link_only for view in load(table[1]).views)]
    runs = [(*table, RUNS[i % len(RUNS)]) for i, table in enumerate(tables())]
    runs += [("%s, for %s" % (table[0], run.task), *table[1:], run) for table in twice for run in RUNS[1:3]]
    for name, text, columns, records, run in runs:
        schema, key = load(text), test_key("records: " + name)
        sealer = Sealer(schema, key, run)
        found = [sealer.record(rows_of(schema, dict(zip(columns, r)))) for r in records]
        holders = Counter(s for token in found for s in token.symbols)
        cases.append(
            {
                "name": name,
                "schema": canonical(parse(text)),
                "linkage_key": key.hex(),
                "task": run.task,
                "project": run.project,
                "run": run.name,
                "custodian": run.custodian,
                "columns": columns,
                "records": [list(r) for r in records],
                "rows": [number for number, token in enumerate(found) for _ in token.rows],
                "symbols": [[view and [s.hex() for s in view] for view in row] for token in found for row in token.rows],
                "tokens": [{"symbols": [s.hex() for s in token.symbols], "cut": token.cut} for token in found],
                "shared": sorted(s.hex() for s, n in holders.items() if n > 1),
            }
        )
    cut = [t for c in cases for t in c["tokens"] if t["cut"]]
    assert len(cut) > 1 and any(c["shared"] and c["task"] == "link" for c in cases)
    assert twice, "views for linkage alone"
    assert any(view is None for c in cases for row in c["symbols"] for view in row)
    return cases


FILES: Dict[str, Callable[[], List[Case]]] = {
    "tokens/run-keys.json": run_key_cases,
    "tokens/segments.json": segment_cases,
    "tokens/segment-positions.json": segment_position_cases,
    "tokens/subsets.json": subset_cases,
    "tokens/symbols.json": symbol_cases,
    "tokens/records.json": record_cases,
}
