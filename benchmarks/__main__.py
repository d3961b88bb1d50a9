"""Every benchmark, or some: `make bench`, or `python -m benchmarks --only peers,startup`.

Figures go to build/bench/<part>.json. Then docs/performance.md and docs/performance.svg are written anew from all parts that were
ever measured in this checkout; `--only ''` writes them without measuring.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from benchmarks import ceilings, end_to_end, others, page, sizes, startup
from benchmarks.figures import Figure, keep, kept, load
from benchmarks.peers import against
from benchmarks.targets import number

PARTS: dict[str, Callable[[], Iterator[Figure]]] = {
    "ceilings": ceilings.measure,
    "peers": against.measure,
    "sizes": sizes.measure,
    "end_to_end": end_to_end.measure,
    "exports": others.exports,
    "night": others.nights,
    "weekly": others.weekly,
    "startup": startup.measure,
}


def main() -> int:
    """Measure, keep, write; a part that fails is told and the others go on. Exit code 1 where one did."""
    words = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--only", help=f"parts, by commas: {', '.join(PARTS)}")
    words.add_argument("--no-page", action="store_true", help="leave docs/performance.md as it is")
    given = words.parse_args()
    wanted = list(PARTS) if given.only is None else [name for name in given.only.split(",") if name]
    if unknown := [name for name in wanted if name not in PARTS]:
        words.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    results = [measured(name) for name in wanted]
    if not given.no_page:
        page.write(kept(list(PARTS)))
        print(f"written: {page.PAGE} and {page.CHART}")
    return 0 if all(results) else 1


def measured(name: str) -> bool:
    """One part, told figure by figure as it goes; its figures are kept once it is whole."""
    began, before, found = time.perf_counter(), load(), []
    print(f"\n{name}", flush=True)
    try:
        for one in PARTS[name]():
            found.append(one)
            print(f"  {one.what}, {one.key}: {number(one.value, one.unit) if one.value is not None else one.note}", flush=True)
    except Exception as why:  # whatever a part meets, the others are still worth their time
        print(f"  not measured: {type(why).__name__}: {why}", file=sys.stderr)
        return False
    keep(name, before, found)
    print(f"  {time.perf_counter() - began:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
