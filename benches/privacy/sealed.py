"""Code shared by the scripts of this folder: running mizuhiki, reading token files, joining symbols.

A join goes over the symbols in partitions by their value, so that two files of a million records
with 384 symbols each fit in a few GB: files in Arrow's format are mapped, not read.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "protocols" / "schema" / "examples"
# A symbol that more records of one file have is skipped, as in `mizuhiki link`.
HEAVY = 256
# Approximate number of symbols per partition, of both files.
PARTITION = 30_000_000

Json = dict[str, Any]


def fail(message: str) -> NoReturn:
    sys.exit(f"error: {message}")


def run(mizuhiki: Path, *arguments: object) -> Json:
    command = [str(mizuhiki), "--json", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        fail(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}


@contextmanager
def scratch(parent: Path | None) -> Iterator[Path]:
    """A temporary folder for tokens."""
    if parent is not None:
        parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix="privacy-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# Schemas.


def read_schema(name: str | Path) -> Json:
    path = Path(name)
    if not path.exists():
        path = EXAMPLES / f"{name}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        fail(f"no such schema: {name}")


def symbols_of(schema: Json, **wanted: int | str | None) -> Json:
    """The schema with other parameters of symbols; None leaves a parameter unchanged."""
    schema = json.loads(json.dumps(schema))
    symbols = schema.setdefault("symbols", {})
    symbols.update({name: value for name, value in wanted.items() if value is not None})
    return schema


def plain_of(schema: Json, view: str | None = None) -> Json:
    """One view of the schema as plain filters, one row per record: the tokens before sealing."""
    schema = json.loads(json.dumps(schema))
    schema |= {"version": 2, "profile": "plain", "name": schema["name"] + "-filters"}
    for member in ("symbols", "blocking", "confirm", "thresholds"):
        schema.pop(member, None)
    for each in schema.get("inputs", []):
        each["take"] = "first"
        for column in each["columns"]:
            if column.get("readings"):
                column["readings"] = 1
    schema["thresholds"] = {"accept": 0.9, "borderline": 0.8}
    schema.setdefault("limits", {})["maxRepeatedShare"] = 1
    views = schema.get("views")
    if views:
        schema["views"] = [v for v in views if v["name"] == (view or views[0]["name"])]
    return schema


def write_schema(schema: Json, path: Path) -> Path:
    path.write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    return path


def new_key(mizuhiki: Path, folder: Path, name: str = "key") -> Path:
    path = folder / name
    if path.exists():
        path.unlink()
    run(mizuhiki, "key", "new", "-o", path)
    return path


def encode(
    mizuhiki: Path, people: Path, schema: Path, key: Path, output: Path, threads: int, *more: object
) -> Json:
    """Encodes with the records' own ids; returns the summary, with the seconds taken."""
    begun = time.monotonic()
    summary = run(
        mizuhiki, "encode", people, "--schema", schema, "--key", key, "-o", output,
        "--keep-ids", "--threads", threads, *more,
    )  # fmt: skip
    return summary | {"seconds": time.monotonic() - begun}


# Tables.


def read_columns(path: Path, *columns: str) -> list[list[str]]:
    """Columns of a CSV file."""
    with path.open(encoding="utf-8", newline="") as source:
        rows = csv.reader(source)
        header = next(rows)
        places = [header.index(column) for column in columns]
        taken: list[list[str]] = [[] for _ in columns]
        for row in rows:
            for values, place in zip(taken, places):
                values.append(row[place])
    return taken


def read_people(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


# Token files.


class Tokens:
    """A token file in Arrow's format, mapped: ids, and each record's symbols as a matrix of bytes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with pa.memory_map(str(path)) as source:
            reader = pa.ipc.open_file(source)
            self.schema = reader.schema
            self.metadata = json.loads(reader.schema.metadata[b"mizuhiki-tokens"])
            self.batches = reader.num_record_batches
            self.ids: list[str] = []
            for number in range(self.batches):
                self.ids += reader.get_batch(number).column("record_id").to_pylist()
        self.records = len(self.ids)
        schema = json.loads(self.metadata["schema"])
        self.bytes_each = schema.get("symbols", {}).get("bits", 64) // 8
        if "symbols" in self.schema.names:
            self.per_record = self.schema.field("symbols").type.byte_width // self.bytes_each

    def column(self, name: str) -> Iterator[tuple[int, np.ndarray]]:
        """Number of the first row, and the bytes of the rows, batch by batch."""
        begun = 0
        with pa.memory_map(str(self.path)) as source:
            reader = pa.ipc.open_file(source)
            for number in range(self.batches):
                column = reader.get_batch(number).column(name)
                if column.null_count:
                    fail(f"{self.path}: {name} has nulls")
                width = column.type.byte_width
                data = np.frombuffer(column.buffers()[1], np.uint8)
                data = data[column.offset * width : (column.offset + len(column)) * width]
                yield begun, data.reshape(len(column), width)
                begun += len(column)

    def symbols(self) -> Iterator[tuple[int, np.ndarray]]:
        """As `column`, each symbol as a number."""
        for begun, data in self.column("symbols"):
            if self.bytes_each == 8:
                yield begun, data.view(">u8").astype(np.uint64)
                continue
            data = data.reshape(len(data), self.per_record, self.bytes_each)
            wide = np.zeros((len(data), self.per_record, 8), np.uint8)
            wide[:, :, 8 - self.bytes_each :] = data
            yield begun, wide.view(">u8")[:, :, 0].astype(np.uint64)

    def matrix(self) -> np.ndarray:
        return np.concatenate([part for _, part in self.symbols()])

    def filters(self, view: str) -> np.ndarray:
        """Bits of a view's filters, one row per record; nulls are empty filters."""
        rows = []
        with pa.memory_map(str(self.path)) as source:
            reader = pa.ipc.open_file(source)
            for number in range(self.batches):
                column = reader.get_batch(number).column(view)
                width = column.type.byte_width
                joined = b"".join(value or bytes(width) for value in column.to_pylist())
                rows.append(np.frombuffer(joined, np.uint8).reshape(len(column), width))
        return np.unpackbits(np.concatenate(rows), axis=1)

    def partition(self, number: int, of: int) -> tuple[np.ndarray, np.ndarray]:
        """Symbols of the `number`th of `of` (a power of two) ranges of values, ascending; their rows."""
        shift = np.uint64(self.bytes_each * 8 - (of.bit_length() - 1))
        symbols, rows = [], []
        for begun, part in self.symbols():
            if of == 1:
                symbols.append(part.ravel())
                rows.append(np.repeat(np.arange(begun, begun + len(part), dtype=np.uint32), part.shape[1]))
                continue
            which = np.nonzero((part >> shift) == np.uint64(number))
            symbols.append(part[which])
            rows.append((which[0] + begun).astype(np.uint32))
        joined = np.concatenate(symbols)
        order = np.argsort(joined)
        return joined[order], np.concatenate(rows)[order]


@dataclass
class Common:
    """Pairs of rows with common symbols, and the number of records that have each symbol."""

    left: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint32))
    right: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint32))
    count: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint32))
    # Size of a class (records of one file with one symbol) → number of symbols.
    left_classes: dict[int, int] = field(default_factory=dict)
    right_classes: dict[int, int] = field(default_factory=dict)
    heavy: int = 0


def classes(symbols: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For ascending symbols: each distinct one, the start of its class, and its size."""
    if not len(symbols):
        nothing = np.zeros(0, np.int64)
        return symbols, nothing, nothing
    begins = np.flatnonzero(np.concatenate(([True], symbols[1:] != symbols[:-1])))
    sizes = np.diff(np.append(begins, len(symbols)))
    return symbols[begins], begins, sizes


def partitions(symbols: int) -> int:
    """Number of partitions for a number of symbols: a power of two."""
    parts = 1
    while symbols // parts > PARTITION:
        parts *= 2
    return parts


def add_sizes(to: dict[int, int], sizes: np.ndarray) -> None:
    for size, count in zip(*np.unique(sizes, return_counts=True)):
        to[int(size)] = to.get(int(size), 0) + int(count)


def counted(keys: list[np.ndarray], counts: list[np.ndarray] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Distinct keys, ascending, and the sums of their counts (1 each if there are none)."""
    joined = np.concatenate(keys) if keys else np.zeros(0, np.uint64)
    if counts is None:
        unique, number = np.unique(joined, return_counts=True)
        return unique, number.astype(np.uint32)
    order = np.argsort(joined)
    unique, begins, _ = classes(joined[order])
    if not len(unique):
        return unique, np.zeros(0, np.uint32)
    return unique, np.add.reduceat(np.concatenate(counts)[order], begins).astype(np.uint32)


def join(left: Tokens, right: Tokens | None = None) -> Common:
    """All pairs of records that share a symbol; of one file if there is no `right`."""
    total = left.records * left.per_record + (right.records * right.per_record if right else 0)
    parts = partitions(total)
    result = Common()
    keys: list[np.ndarray] = []
    counts: list[np.ndarray] = []
    for number in range(parts):
        symbols, rows = left.partition(number, parts)
        unique, begins, sizes = classes(symbols)
        add_sizes(result.left_classes, sizes)
        if right is None:
            result.heavy += int((sizes > HEAVY).sum())
            several = np.flatnonzero((sizes > 1) & (sizes <= HEAVY))
            a_rows = b_rows = rows
            a_begins = b_begins = begins[several]
            a_sizes = b_sizes = sizes[several]
        else:
            b_symbols, b_rows = right.partition(number, parts)
            b_unique, b_begins, b_sizes = classes(b_symbols)
            add_sizes(result.right_classes, b_sizes)
            _, in_a, in_b = np.intersect1d(unique, b_unique, assume_unique=True, return_indices=True)
            light = (sizes[in_a] <= HEAVY) & (b_sizes[in_b] <= HEAVY)
            result.heavy += int((~light).sum())
            in_a, in_b = in_a[light], in_b[light]
            a_rows = rows
            a_begins, a_sizes = begins[in_a], sizes[in_a]
            b_begins, b_sizes = b_begins[in_b], b_sizes[in_b]
        products = a_sizes * b_sizes
        # Limits the number of pairs in memory.
        found: list[np.ndarray] = []
        ends = np.cumsum(products)
        begun = 0
        while begun < len(products):
            before = ends[begun - 1] if begun else 0
            end = max(begun + 1, int(np.searchsorted(ends, before + PARTITION, "right")))
            part = products[begun:end]
            which = np.repeat(np.arange(begun, end), part)
            place = np.arange(len(which)) - np.repeat(np.cumsum(part) - part, part)
            a = a_rows[a_begins[which] + place // b_sizes[which]]
            b = b_rows[b_begins[which] + place % b_sizes[which]]
            if right is None:
                kept = a < b
                a, b = a[kept], b[kept]
            found.append((a.astype(np.uint64) << np.uint64(32)) | b)
            begun = end
        unique_pairs, number_of = counted(found)
        keys.append(unique_pairs)
        counts.append(number_of)
    pairs, result.count = counted(keys, counts)
    result.left = (pairs >> np.uint64(32)).astype(np.uint32)
    result.right = pairs.astype(np.uint32)
    return result


def ranks(ids: list[str]) -> np.ndarray:
    """Ranks of the ids in the order of 04 §5: by length, then by bytes."""
    order = sorted(range(len(ids)), key=lambda i: (len(ids[i].encode()), ids[i].encode()))
    places = np.empty(len(ids), np.int64)
    places[order] = np.arange(len(ids))
    return places
