"""The index: keys that name their content, two changes put together, and what must not be read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import BadUsage, StoreDamaged
from flows.remote.index import CURRENT, Entry, Index, changes, key_of, parse, pointer_of, together

SHA = "ab" * 32
paths = st.sampled_from(
    ["manifest.json", "lake/a.parquet", "review/decisions.jsonl", "weekly/2026-W01/report.html", ".told.json", "partials/i"]
)
indexes = st.builds(
    Index,
    st.dictionaries(paths, st.builds(Entry, st.sampled_from(["01" * 32, "02" * 32]), st.just(1), st.booleans())),
    st.sampled_from(["", "history/2026-01-01/a", "history/2026-01-02/b"]),
)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (f"lake/claims/month=2026-01/{SHA[:32]}.parquet", f"lake/claims/month=2026-01/{SHA[:32]}.parquet"),
        ("reports/history/2026-01-31/x/findings.parquet", f"reports/history/2026-01-31/x/{SHA[:16]}/findings.parquet"),
        ("manifest.json", f"files/{SHA[:16]}/manifest.json"),
    ],
)
def test_a_key_names_the_bytes(path: str, key: str) -> None:
    assert key_of(path, Entry(SHA, 3)) == key


@given(indexes)
def test_an_index_is_read_as_it_was_written(one: Index) -> None:
    assert parse(one.dump(), "") == one


@given(indexes, indexes, indexes)
def test_two_changes_are_put_together_only_where_the_order_does_not_matter(base: Index, mine: Index, theirs: Index) -> None:
    both = together(base, mine, theirs)
    assert both == together(base, theirs, mine)
    my, their = changes(base, mine), changes(base, theirs)
    if both is None:
        assert my & their or not any(all(path.startswith(("review/", "weekly/", ".told")) for path in one) for one in (my, their))
        return
    assert changes(base, both) == my | their
    for path in both.entries.keys() | {CURRENT}:
        told = mine if path in my else theirs
        assert (both.current == told.current) if path == CURRENT else (both.entries[path] == told.entries[path])


def test_the_pointer_names_the_publication_and_the_latest_week() -> None:
    entry = Entry(SHA, 3)
    folder = "reports/history/2026-01-31/aa"
    one = Index({f"{folder}/findings.parquet": entry, f"{folder}/validation.html": entry, "weekly/.sent.json": entry,
                 "weekly/2026-W01/report.html": entry, "weekly/2026-W02/report.html": entry}, "history/2026-01-31/aa")  # fmt: skip
    told = json.loads(pointer_of(one))
    assert (told["as_of"], told["publication"], told["index"]) == ("2026-01-31", "aa", one.key)
    assert told["tables"] == {"findings": f"{folder}/{SHA[:16]}/findings.parquet"}
    assert told["pages"] == {"validation.html": f"{folder}/{SHA[:16]}/validation.html"}
    assert told["weekly"] == {"2026-W02": {"report.html": f"weekly/2026-W02/{SHA[:16]}/report.html"}}


@pytest.mark.parametrize("path", ["../x", "/etc/x", "lake/../../x"])
def test_an_index_that_points_out_of_the_store_is_refused(path: str) -> None:
    with pytest.raises(StoreDamaged):
        parse(Index({path: Entry(SHA, 1)}).dump(), "")


def test_a_later_format_is_refused() -> None:
    with pytest.raises(BadUsage, match="later version"):
        parse(json.dumps({"format": 2, "current": "", "files": {}}).encode(), "s3://practice/store")


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format": 1, "current": "", "files": {"a": []}}', b"\xff"])
def test_damage_is_told(data: bytes) -> None:
    with pytest.raises(StoreDamaged):
        parse(data, "")
