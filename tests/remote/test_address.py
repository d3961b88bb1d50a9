"""What counts as an address, and which endpoints are spoken to."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.errors import BadUsage
from flows.remote import objects
from flows.remote.address import Address, place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3://practice/a/b", Address("practice", "a/b")),
        ("s3://practice/a/", Address("practice", "a")),
        ("s3://practice", Address("practice")),
        ("/data/store", Path("/data/store")),
        ("store", Path("store")),
    ],
)
def test_a_folder_or_an_address(text: str, expected: object) -> None:
    assert place(text) == expected


@pytest.mark.parametrize(
    "text", ["s3://", "s3://A_B/x", "s3://key:SECRETCANARY@bucket/x", "gs://bucket/x", "https://host/x", "s3://b-b/a/../c"]
)
def test_what_is_neither_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(BadUsage) as why:
        place(text)
    assert "SECRETCANARY" not in "\n".join(why.value.lines())


def test_keys_and_what_people_write() -> None:
    assert Address("practice", "a").key("x/y") == "a/x/y"
    assert Address("practice").key("x") == "x"
    assert Address("practice", "a").url("x") == "s3://practice/a/x"
    assert (str(Address("practice", "a")), str(Address("practice"))) == ("s3://practice/a", "s3://practice")


@pytest.mark.parametrize(
    ("url", "is_accepted"),
    [
        ("https://s3.example", True),
        ("http://127.0.0.1:9000", True),
        ("http://localhost:9000", True),
        ("http://[::1]:9000", True),
        ("http://storage:9000", False),
        ("http://10.0.0.5:9000", False),
        ("ftp://127.0.0.1", False),
    ],
)
def test_patient_data_never_travels_in_clear(url: str, is_accepted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    if is_accepted:
        assert objects.endpoint() == url
        return
    with pytest.raises(BadUsage):
        objects.endpoint()
