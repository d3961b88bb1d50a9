"""Tokens are HMAC-SHA256 by the book, whatever way they are made, so that stores of every version join."""

import hmac

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.tokens import key_check, token, tokenise_ledger

VALUES = st.lists(st.one_of(st.none(), st.text(max_size=80)), max_size=12)
LEDGER = {"line_control_number": pl.String, "patient_control_number": pl.String}


def _by_the_book(value: str | None, domain: str, key: bytes) -> str | None:
    if value is None:
        return None
    plain = pl.select(pl.lit(value).str.strip_chars().str.to_uppercase()).item()
    return hmac.new(key, f"{domain}\x1f{plain}".encode(), "sha256").hexdigest()[:20]


@given(VALUES, st.binary(min_size=1, max_size=130))
def test_a_column_carries_the_token_of_each_value(values, key):
    ledger = pl.DataFrame({"line_control_number": values, "patient_control_number": values[::-1]}, schema=LEDGER)
    made = tokenise_ledger(ledger, key)
    assert made["line_control_number"].to_list() == [_by_the_book(value, "line", key) for value in values]
    assert made["patient_control_number"].to_list() == [_by_the_book(value, "account", key) for value in values[::-1]]


@pytest.mark.parametrize("size", [1, 32, 63, 64, 65, 200])
def test_a_key_of_any_length(size):
    ledger = pl.DataFrame({"line_control_number": ["A1", "B2"], "patient_control_number": ["7", "7"]})
    made = tokenise_ledger(ledger, b"k" * size)
    assert made["line_control_number"].to_list() == [token(value, "line", b"k" * size) for value in ("A1", "B2")]
    assert made["patient_control_number"].to_list() == [token("7", "account", b"k" * size)] * 2


def test_the_token_of_old_stores_still_holds():
    assert token("A1", "line", b"k" * 32) == "bfc80e2ee74f7aba7f93"
    assert key_check(b"k" * 32) == "58c77abc3e28c1f79b04"
