"""Whatever happens to a file's bytes, reading it ends in tables or in faults, never in an error."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.exports import read_export, shipped_rules
from tests.eob.golden import FOLDER
from transforms.balance import unbalanced
from transforms.tables.remittances import Blob

FILES = [path.read_bytes() for path in sorted(FOLDER.glob("*/export.csv"))]
SPOT = st.tuples(st.integers(0, 10_000), st.integers(0, 20), st.binary(max_size=4))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), st.lists(SPOT, min_size=1, max_size=6))
def test_a_spoilt_file_is_read_or_set_aside(data: bytes, spots: list[tuple[int, int, bytes]]) -> None:
    for at, length, instead in spots:
        place = at % len(data) if data else 0
        data = data[:place] + instead + data[place + length :]
    found = read_export(Blob("ab" * 32, "a.csv", data), shipped_rules())
    assert found.service_lines.height or found.faults.height
    assert unbalanced(found).is_empty()
