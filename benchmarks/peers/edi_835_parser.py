"""edi-835-parser: a pandas table, a row a service line, money as floats; of a CAS segment only the first adjustment.

It takes one transaction set a file and stumbles over a second (an AssertionError), so both sides get one set a file. Its tables are
joined once here, since its own `to_dataframe` over many files joins them one by one. Of several adjustments in one segment it keeps the
first, so its lines need not balance.
"""

# pyright: basic, reportMissingImports=false, reportAttributeAccessIssue=false
# Runs in an environment of its own, where the reader is installed.
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import edi_835_parser
import pandas as pd

from benchmarks.peers.result import Found, cents, main


def read(paths: Sequence[Path]) -> Callable[[], Found]:
    sets = [edi_835_parser.parse(str(path)).transaction_sets[0] for path in paths]
    table = pd.concat([one.to_dataframe() for one in sets])

    def count() -> Found:
        amounts = [column for column in table.columns if column.startswith("adj_") and column.endswith("_amount")]
        return Found(
            claims=sum(len(one.claims) for one in sets),
            lines=len(table),
            adjustments=int(table[amounts].count().sum()),
            charge_cents=sum(cents(value) for value in table["charge_amount"]),
            paid_cents=sum(cents(value) for value in table["paid_amount"]),
            adjusted_cents=sum(cents(value) for column in amounts for value in table[column].dropna()),
        )

    return count


if __name__ == "__main__":
    main(read)
