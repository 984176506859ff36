#!/usr/bin/env python3
"""Which views a guard on repeats leaves standing: the share of records whose values in a view are those of another
record, by the size of the population.

    mizuhiki synth people --locale ja --people 10000000 --seed 3 -o DIR
    python benches/privacy/repeats.py DIR/registry.csv --schema people-ja-kanji --records 100000 1000000 10000000 --json OUT

Values are compared as the table has them: the first column with a value of each input, names split at the blank.
Records are taken from the top of the table, where synthetic households stand together. `encode` counts the same on
normalized values and refuses a view beyond `limits.maxRepeatedShare` (03 §9).

10 million records take about 6 GB of memory.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv

EXAMPLES = Path(__file__).parents[2] / "protocols/schema/examples"


def column(table: pa.Table, names: list[str]) -> pa.ChunkedArray:
    """The first of these columns that is there and not blank, row by row."""
    found = None
    for name in names:
        if name in table.column_names:
            values = table[name].cast(pa.string())
            values = pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
            found = values if found is None else pc.coalesce(found, values)
    if found is None:
        raise SystemExit(f"the table has none of the columns {', '.join(names)}")
    return found


def part(values: pa.ChunkedArray, kind: str) -> pa.ChunkedArray:
    """Family or given name of a full name; other values whole."""
    which = {"family": 0, "given": 1}.get(kind.rpartition("_")[2]) if kind.startswith(("kanji_", "kana_")) else None
    if which is None:
        return values
    split = pc.split_pattern_regex(pc.utf8_trim_whitespace(values), "[ \u3000]+", max_splits=1)
    enough = pc.greater(pc.list_value_length(split), which)
    return pc.if_else(enough, pc.list_element(pc.if_else(enough, split, pa.scalar(["", ""], pa.list_(pa.string()))), which), pa.scalar(None, pa.string()))


def numbers(values: pa.ChunkedArray) -> np.ndarray:
    """A number for each distinct value, −1 without one."""
    indices = values.combine_chunks().dictionary_encode().indices
    return pc.fill_null(indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)


def repeated(fields: list[np.ndarray], count: int) -> tuple[int, float]:
    """Records with a value in each of these fields, and the share of them that another one equals."""
    whole = np.ones(count, bool)
    key = np.zeros(count, np.int64)
    for field in fields:
        whole &= field[:count] >= 0
        # Dense numbers again after each field, so that nothing overflows.
        key = np.unique(key * (int(field[:count].max()) + 2) + field[:count] + 1, return_inverse=True)[1]
    _, sizes = np.unique(key[whole], return_counts=True)
    total = int(whole.sum())
    return total, float(sizes[sizes > 1].sum() / max(1, total))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("--schema", required=True, help="name of an example")
    parser.add_argument("--records", type=int, nargs="+", required=True)
    parser.add_argument("--json", type=Path, metavar="OUT")
    options = parser.parse_args()
    schema = json.loads((EXAMPLES / f"{options.schema}.json").read_text(encoding="utf-8"))
    inputs = {of["name"]: [each["column"] for each in of["columns"]] for of in schema.get("inputs", [])}
    fields = {
        field["name"]: (inputs.get(field.get("input", ""), [field.get("column", field["name"])]), field["kind"])
        for field in schema["fields"]
    }
    wanted = sorted({name for names, _ in fields.values() for name in names})
    with csv.open_csv(options.table) as reader:
        there = [name for name in wanted if name in reader.schema.names]
    table = csv.read_csv(options.table, convert_options=csv.ConvertOptions(
        include_columns=there, column_types={name: pa.string() for name in there}
    ))  # fmt: skip
    of_field = {name: numbers(part(column(table, names), kind)) for name, (names, kind) in fields.items()}
    rows = table.num_rows
    del table
    results = []
    print(f"{'view':<28}" + "".join(f"{count:>14,}" for count in options.records))
    for view in schema["views"]:
        line = f"{view['name']:<28}"
        for count in options.records:
            if count > rows:
                line += f"{'–':>14}"
                continue
            total, share = repeated([of_field[name] for name in view["fields"]], count)
            results.append({"schema": schema["name"], "view": view["name"], "records": count, "with_view": total, "repeated_share": share})
            line += f"{share:>14.6f}"
        print(line, flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
