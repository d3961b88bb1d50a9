"""Control totals over random practices, whatever the order of the files and however the deliveries are split over nights."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from flows.night import Order, audit
from tests.flows.helpers import without_gate
from transforms.practice import Practice, make_practice

AS_OF = date(2026, 6, 30)
# What names a file or a place in it, or a person under a store's own key, may differ; nothing else may.
NOT_MONEY = {"line_id", "claim_id", "source_file", "line_segment", "patient_id"}


def write(practice: Practice, root: Path, wanted: str) -> None:
    for name, data in practice.files.items():
        if name.startswith(wanted):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)


def deliver(practice: Practice, root: Path, nights: int, seed: int) -> dict[str, pl.DataFrame]:
    """The marts after the practice's files have come in over some nights, in random order under other names."""
    chance = random.Random(seed)
    write(practice, root, "config/")
    inbox = root / "inbox"
    inbox.mkdir(parents=True)
    names = [name for name in practice.files if name.startswith("inbox/")]
    chance.shuffle(names)
    for night in range(nights):
        for place, name in enumerate(names[night::nights]):
            (inbox / f"{chance.randrange(10**6)}-{night}-{place}.txt").write_bytes(practice.files[name])
        audit(Order(inbox=inbox, store=root / "store", as_of=AS_OF, config=root / "config"), without_gate)
    return {path.stem: pl.read_parquet(path) for path in (root / "store" / "reports" / "current").glob("*.parquet")}


def money_of(findings: pl.DataFrame) -> list[tuple[object, ...]]:
    kept = findings.select(pl.exclude(NOT_MONEY))
    return sorted(kept.with_columns(pl.col("signals").list.join(" ")).rows(), key=repr)


def check_totals(marts: dict[str, pl.DataFrame]) -> None:
    counted = marts["findings"].filter("counted")["surprise_balance"].sum()
    assert counted == marts["payer_code_ranking"]["surprise_balance"].sum() == marts["payer_alternate_ranking"]["surprise_balance"].sum()
    assert marts["runs"]["is_conserved"].all()
    states = marts["claim_states"]
    undone = states.filter(pl.col("state").is_in(["reversed", "reversal"]))
    assert undone["paid_amount"].sum() == 0
    assert undone["patient_responsibility_amount"].sum() == 0


@pytest.mark.slow
@given(seed=st.integers(0, 10**6), nights=st.integers(2, 4))
# A failing practice is already small enough to look at; shrinking it takes longer than reading it.
@settings(max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_deliveries_do_not_matter(tmp_path_factory: pytest.TempPathFactory, seed: int, nights: int) -> None:
    practice = make_practice(claims=250, seed=seed, months=5, ends_on=AS_OF)
    at_once = deliver(practice, tmp_path_factory.mktemp("once"), 1, seed)
    split = deliver(practice, tmp_path_factory.mktemp("split"), nights, seed + 1)
    for marts in (at_once, split):
        check_totals(marts)
    assert money_of(at_once["findings"]) == money_of(split["findings"])
    for name in ("payer_code_ranking", "payer_alternate_ranking", "fee_asks", "weekly_trend", "alternate_fee_schedule"):
        assert at_once[name].equals(split[name]), name
