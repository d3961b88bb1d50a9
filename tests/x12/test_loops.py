"""The compiled loops: what they say of any bytes, when they are loaded, and that what is kept of them on disk is never stale."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.x12 import fields, loops, scan
from transforms.x12.loops import amounts, spans, texts

ROOT = Path(__file__).parents[2]
MAY_IMPORT = {"__future__", "collections.abc", "numpy", "numba", "numba.core.types", "transforms.x12.loops.compiled", "transforms.x12.tags"}
AMOUNT = re.compile(r"-?(\d+\.?\d*|\.\d+)")
LIKELY = st.text(alphabet="0123456789.- \tE", max_size=18)
MONEY = st.decimals(min_value=-(10**13), max_value=10**13, places=3).map(str)
DAYS = st.dates(date(1890, 1, 1), date(2110, 1, 1)).map(lambda day: day.strftime("%Y%m%d"))
SHORT_DAYS = st.dates(date(1980, 1, 1), date(2079, 12, 31)).map(lambda day: day.strftime("%y%m%d"))
LIGHT = "import flows.intake, flows.reading, flows.parsing, transforms.eob.read, transforms.x12.faults"
WITHOUT_A_PLACE = """
from numba.core import caching
caching.CacheImpl._locator_classes = []
from benchmarks.corpus import blob, corpus
from benchmarks.read_835 import read_all
print(read_all([blob(corpus(100_000))]))
"""


def _laid_out(values: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The values between stars, eight bytes at a time too, and where they start and end."""
    data = b"\xff" * scan.BEFORE + "*".join([*values, ""]).encode() + b"\xff" * scan.AFTER
    ends = scan.BEFORE + np.cumsum([len(value) + 1 for value in values]) - 1
    starts = ends - [len(value) for value in values]
    return *scan._readable(data), starts.astype(np.int32)[None], ends.astype(np.int32)[None]


def _cents(value: str) -> tuple[int, int]:
    """What an amount is, said slowly."""
    value = value.strip(" \t")
    if not value:
        return 0, fields.MISSING
    if not AMOUNT.fullmatch(value):
        return 0, fields.NOT_AN_AMOUNT
    exact = Decimal(value) * 100
    if exact != int(exact):
        return 0, fields.TOO_PRECISE
    return (0, fields.TOO_LARGE) if abs(exact) > fields.LARGEST_CENTS else (int(exact), fields.OK)


@given(st.lists(LIKELY | MONEY, min_size=1, max_size=20))
def test_an_amount_is_exact_or_said_not_to_be_one(values: list[str]) -> None:
    (found,), (status,) = amounts.cents(*_laid_out(values))
    assert list(zip(found.tolist(), status.tolist(), strict=True)) == [_cents(value) for value in values]


@given(st.lists(DAYS | SHORT_DAYS | LIKELY, min_size=1, max_size=20), st.booleans())
def test_a_day_is_a_real_one_or_none(values: list[str], is_range: bool) -> None:
    written = [f"{value}-20990101" if is_range and len(value.strip()) == 8 else value for value in values]
    (found,), (is_real,) = amounts.days(*_laid_out(written))
    assert [day if known else None for day, known in zip(found.tolist(), is_real.tolist(), strict=True)] == [_day(v) for v in values]


def _day(value: str) -> int | None:
    value = value.strip(" \t")
    if not re.fullmatch(r"\d{6}(\d\d)?", value):
        return None
    whole = value if len(value) == 8 else ("19" if value[0] >= "8" else "20") + value
    try:
        day = date(int(whole[:4]), int(whole[4:6]), int(whole[6:]))
    except ValueError:
        return None
    return (day - date(1970, 1, 1)).days if 1900 <= day.year <= 2099 else None


@given(st.lists(st.text(alphabet="AB~:\u00e9 \t", max_size=20), min_size=1, max_size=20))
def test_text_is_what_stands_there_without_blanks(values: list[str]) -> None:
    data = b"\xff" * scan.BEFORE + "*".join([*values, ""]).encode() + b"\xff" * scan.AFTER
    buffer, words = scan._readable(data)
    lengths = np.array([len(value.encode()) for value in values])
    ends = scan.BEFORE + np.cumsum(lengths + 1) - 1
    found = (ends - lengths).astype(np.int32), ends.astype(np.int32)
    trimmed = [value.strip(" \t") for value in values]
    assert texts.lengths(buffer, *found).tolist() == [len(value.encode()) for value in trimmed]
    views, bits, known = texts.views(buffer, words, found[0][None], found[1][None])
    assert int(known[0]) == sum(bool(value) for value in trimmed)
    assert np.unpackbits(bits[0], bitorder="little")[: len(values)].tolist() == [bool(value) for value in trimmed]
    assert [_seen(view.tobytes(), data) for view in views[0]] == [value.encode() for value in trimmed]


def _seen(view: bytes, data: bytes) -> bytes:
    """What an Arrow string view shows."""
    length = int.from_bytes(view[:4], "little")
    start = int.from_bytes(view[12:], "little")
    return view[4 : 4 + length] if length <= fields.INLINE else data[start : start + length]


def test_what_both_sides_say_is_the_same() -> None:
    """A loop's numbers stand in its own file, since its machine code is made anew only when that file changes."""
    for name in ("OK", "MISSING", "NOT_AN_AMOUNT", "TOO_PRECISE", "TOO_LARGE", "LARGEST_CENTS"):
        assert getattr(amounts, name) == getattr(fields, name)
    assert texts.INLINE == fields.INLINE
    assert 8 <= spans.NOWHERE + 8 <= scan.BEFORE


def test_a_loop_and_what_it_calls_stand_in_one_file() -> None:
    wrong = [
        f"{path.name} imports {name}"
        for path in sorted(Path(loops.__file__).parent.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
        if name not in MAY_IMPORT
    ]
    assert wrong == []


def test_only_reading_remittances_loads_the_loops() -> None:
    done = _run(f"{LIGHT}\nimport sys\nprint('numba' in sys.modules)")
    assert done.stdout.strip() == "False", done.stderr


@pytest.mark.slow
def test_where_nothing_can_be_kept_on_disk_remittances_are_read_all_the_same() -> None:
    done = _run(WITHOUT_A_PLACE)
    assert int(done.stdout) > 0, done.stderr


def _run(program: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own."""
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
