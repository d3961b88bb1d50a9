"""A clearinghouse's nights reckoned from measured figures: `python -m benchmarks.plan --lines 1e9 --stores 50,200,1000`.

Every assumption is an option; the page docs/scale.md shows the table for the ones below, and a test holds it to it.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields

GB, HOUR, MONTH_HOURS = 1e9, 3600, 730


@dataclass(frozen=True)
class Assumptions:
    """Units are in the names; where each is from says docs/scale.md; all are for the reader to replace."""

    lines: float = 1e9  # service lines a year
    nights: float = 365
    bytes_a_line: float = 296  # of 835 as it arrives
    take_in_us: float = 15  # processor microseconds a new line: read, judge, make tokens, write
    work_out_us: float = 17  # a line of every month that the night touches
    months_touched: float = 3  # a night's payments, corrections and reversals reach back so far
    fixed_seconds: float = 10.5  # a night of a store, whatever arrives: imports, Great Expectations, fold
    lake_bytes_a_line: float = 65
    kept_share: float = 0.5  # partials/ beside the lake
    packing: float = 10  # times that gzip shrinks an 835
    memory_gb: float = 1  # a night's process
    cores: float = 16
    core_hour: float = 0.05  # dollars
    gb_month: float = 0.10  # dollars, of block storage
    archive_gb_month: float = 0.02  # dollars, of what arrived, packed
    years: float = 3  # of history kept


def plan(given: Assumptions, stores: int) -> dict[str, str]:
    """The rows of one column: what a night costs where the year's lines lie in so many stores."""
    month = given.lines / 12 / stores
    new = given.lines / given.nights / stores
    night = given.fixed_seconds + (new * given.take_in_us + month * given.months_touched * given.work_out_us) / 1e6
    whole = night * stores
    history = stores * given.fixed_seconds + given.lines * given.years * (given.take_in_us + given.work_out_us) / 1e6
    lake = given.lines * given.years * given.lake_bytes_a_line * (1 + given.kept_share) / GB
    arrived = given.lines * given.years * given.bytes_a_line / given.packing / GB
    compute = whole / HOUR * given.nights / 12 * given.core_hour
    storage = lake * given.gb_month + arrived * given.archive_gb_month
    return {
        "lines a night, a month, of one store": f"{new:,.0f}; {month:,.0f}",
        "a night of one store, one core": f"{night:,.0f} s",
        "a night of all stores": f"{whole / HOUR:,.1f} core-hours",
        f"the same on {given.cores:.0f} cores, a store a core": f"{max(night, whole / given.cores) / 60:,.0f} min",
        f"memory, {given.cores:.0f} at a time": f"{min(stores, given.cores) * given.memory_gb:,.0f} GB",
        f"the first {given.years:.0f} years at once": f"{history / HOUR:,.0f} core-hours",
        f"lake and partials, {given.years:.0f} years": f"{lake:,.0f} GB",
        f"what arrived, packed, {given.years:.0f} years": f"{arrived:,.0f} GB",
        "processor, a month, by the second": f"${compute:,.0f}",
        "or the machine, never switched off": f"${given.cores * MONTH_HOURS * given.core_hour:,.0f}",
        "storage, a month": f"${storage:,.0f}",
    }


def table(given: Assumptions, stores: list[int]) -> str:
    """Markdown: a column for each number of stores."""
    columns = [plan(given, count) for count in stores]
    head = f"| | {' | '.join(f'{count:,} stores' for count in stores)} |"
    rows = [f"| {name} | {' | '.join(column[name] for column in columns)} |" for name in columns[0]]
    return "\n".join([head, "|---" * (len(stores) + 1) + "|", *rows])


def main() -> None:
    """Print the table for the assumptions given."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--stores", default="50,200,1000", help="numbers of stores, by commas")
    for field in fields(Assumptions):
        words.add_argument(f"--{field.name.replace('_', '-')}", type=float, default=field.default)
    given = vars(words.parse_args())
    print(
        table(
            Assumptions(**{field.name: given[field.name] for field in fields(Assumptions)}),
            [int(one) for one in given["stores"].split(",")],
        )
    )


if __name__ == "__main__":
    main()
