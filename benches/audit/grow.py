"""Pair tokens of N times as many links, to measure how an audit scales: the rows of two files, repeated under
new handles.

The linkage unit needs no key, so repeated rows compare as the originals do. Decoys are not changed.
"""
from __future__ import annotations

import argparse
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc


def grow(source: Path, target: Path, copies: int) -> int:
    """Writes the links of `source` `copies` times, then its decoys; returns the number of rows."""
    with pa.memory_map(str(source)) as mapped:
        reader = ipc.open_file(mapped)
        table = reader.read_all()
        links, decoys = (table.filter(pc.equal(table["decoy"], flag)) for flag in (False, True))
        rows = copies * links.num_rows + decoys.num_rows
        at = table.schema.get_field_index("handle")
        metadata = {b"mizuhiki-count": str(rows).encode()}
        with ipc.new_file(str(target), table.schema, metadata=metadata) as writer:
            for copy in range(copies):
                # Handles of equal length stay in order after a prefix number of fixed length.
                handles = pc.binary_join_element_wise(pa.scalar(f"{copy:03d}"), links["handle"], pa.scalar(""))
                writer.write_table(links.set_column(at, table.schema.field("handle"), handles), max_chunksize=8192)
            writer.write_table(decoys, max_chunksize=8192)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--left", type=Path, required=True)
    parser.add_argument("--right", type=Path, required=True)
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--out", type=Path, required=True, help="folder for left.arrow and right.arrow")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for side in ("left", "right"):
        rows = grow(getattr(arguments, side), arguments.out / f"{side}.arrow", arguments.copies)
        print(f"{side}: {rows:,} rows")


if __name__ == "__main__":
    main()
