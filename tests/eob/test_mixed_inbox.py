"""A practice's year by every channel at once: the rankings are those of the 835 alone, to the cent."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from flows.practice import write_practice
from tests.eob.forms import FORMS, mixed
from tests.flows.helpers import mart, put, run

pytestmark = pytest.mark.slow  # run by CI, after the others

EQUAL = ("payer_code_ranking", "payer_alternate_ranking", "fee_asks", "alternate_fee_schedule", "weekly_trend")
CLAIMS, SEED = 500, 5


@pytest.fixture(scope="module")
def practices(tmp_path_factory):
    """The same practice audited from its 835 files, and from the same events in every form."""
    plain, other = tmp_path_factory.mktemp("plain"), tmp_path_factory.mktemp("mixed")
    for folder in (plain, other):
        write_practice(folder, CLAIMS, SEED)
    inbox = {path.name: path.read_bytes() for path in (plain / "inbox").iterdir()}
    for path in (other / "inbox").iterdir():
        path.unlink()
    for name, data in mixed(inbox).items():
        put(other / "inbox", name, data)
    return (plain, run(plain)), (other, run(other))


def form_of(source_file: str) -> str:
    return next((ending for ending, _ in FORMS if source_file.endswith(ending)), "zip" if ".zip!" in source_file else "835")


def test_every_mart_of_dollars_is_that_of_the_835_alone(practices) -> None:
    (plain, first), (other, second) = practices
    assert second.exit_code == first.exit_code == 0 and first.surprise_balance == second.surprise_balance
    assert second.claims["quarantined"] == 0
    for name in EQUAL:
        assert mart(other, name).equals(mart(plain, name)), name
    assert mart(plain, "payer_code_ranking").height > 30


def test_every_form_came_and_counted(practices) -> None:
    other = practices[1][0]
    came = Counter(map(form_of, mart(other, "files")["source_file"]))
    counted = Counter(map(form_of, mart(other, "findings").filter(pl.col("counted"))["source_file"]))
    assert came.keys() == {*(ending for ending, _ in FORMS), "zip", "835"} and min(came.values()) > 2
    # Open Dental's query shows no paid code and one patient amount: what it can say is rarely a downgrade.
    assert counted.keys() >= came.keys() - {"od.tsv"}
    assert mart(other, "quarantine").is_empty()
