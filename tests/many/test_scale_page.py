"""docs/scale.md: the plan is what benchmarks.plan prints, and every assumption is told with its value."""

from __future__ import annotations

from dataclasses import fields, replace

from benchmarks.plan import Assumptions, plan, table
from tests.flows.helpers import ROOT

PAGE = (ROOT / "docs/scale.md").read_text(encoding="utf-8")


def test_the_plan_on_the_page_is_the_one_that_is_printed() -> None:
    assert table(Assumptions(), [50, 200, 1000]) in PAGE


def test_every_assumption_is_on_the_page_with_its_value() -> None:
    given = Assumptions()
    assert [
        field.name for field in fields(given) if f"| `--{field.name.replace('_', '-')}` | {getattr(given, field.name):g} |" not in PAGE
    ] == []


def test_a_plan_follows_its_assumptions() -> None:
    """Twice the lines are twice the storage; free processors leave storage to pay; one core takes as long as all nights together."""
    given = Assumptions(gb_month=1, archive_gb_month=0)
    once, twice = (plan(replace(given, lines=lines), 200) for lines in (1e9, 2e9))
    dollars = [int(one["storage, a month"].strip("$").replace(",", "")) for one in (once, twice)]
    assert abs(dollars[1] - 2 * dollars[0]) <= 1
    assert plan(replace(given, core_hour=0), 200)["processor, a month, by the second"] == "$0"
    alone = plan(replace(given, cores=1), 1)
    assert (
        float(alone["a night of all stores"].split()[0]) * 60
        >= float(alone["the same on 1 cores, a store a core"].split()[0].replace(",", "")) - 5
    )
