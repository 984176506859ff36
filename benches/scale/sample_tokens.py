#!/usr/bin/env python3
"""The first records of a Parquet token file as a separate token file.

`mizuhiki encode` shuffles the records, so the first are a random sample. Block ids are unchanged: encoding a
sample of the people instead would suppress blocks that are small in it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

try:
    import pyarrow
    import pyarrow.parquet as parquet
except ModuleNotFoundError as error:
    sys.exit(f"error: {error}. Install: pip install pyarrow")

COUNT = b"mizuhiki-count"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tokens", type=Path)
    parser.add_argument("sample", type=Path)
    parser.add_argument("--records", type=int, default=5_000)
    arguments = parser.parse_args()
    source = parquet.ParquetFile(arguments.tokens)
    batches, wanted = [], arguments.records
    for batch in source.iter_batches(batch_size=min(wanted, 65_536)):
        batches.append(batch.slice(0, wanted))
        wanted -= batches[-1].num_rows
        if wanted == 0:
            break
    table = pyarrow.Table.from_batches(batches)
    metadata = {**(source.schema_arrow.metadata or {}), COUNT: str(table.num_rows).encode()}
    parquet.write_table(
        table.replace_schema_metadata(metadata),
        arguments.sample,
        compression="none",
        use_dictionary=False,
    )


if __name__ == "__main__":
    main()
