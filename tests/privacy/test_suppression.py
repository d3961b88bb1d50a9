"""Nothing that the pack withholds can be worked out from what it shows."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.privacy.attacker import groups_that_leak, is_small, published_rows
from tests.privacy.drawn_findings import findings, patients
from transforms.share import share_pack
from transforms.share_cells import counted_lines

MINIMUM = 3
CODES = ("D2391", "D2392", "D2740")
ALTERNATES = ("D2140", "D2150", None)


def attacked(rows: list[tuple], minimum: int):
    """The pack, the lines behind each number it shows, and who is behind each line."""
    table = findings(rows)
    pack = share_pack(table, minimum)
    lines = counted_lines(table).with_row_index("line").with_columns(fee=(pl.col("fee_cents") / 100).cast(pl.Decimal(12, 2)))
    people = {line["line"]: (line["patient_id"], line["claim_id"]) for line in lines.to_dicts()}
    return pack, published_rows(pack, lines), people


person = st.tuples(
    st.sampled_from(("north", "south")), st.sampled_from(CODES), st.sampled_from(ALTERNATES), st.integers(1, 2),
    st.sampled_from((90, 100)), st.sampled_from([None, *"abcdefgh"]), st.sampled_from("stuvwxyz"),
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(st.lists(person, min_size=1, max_size=18), st.integers(2, 4))
def test_no_combination_of_shown_numbers_speaks_of_few(rows, minimum):
    """Every group of lines of fewer patients or claims is tried against all sums and differences of the whole pack."""
    _, shown, people = attacked(rows, minimum)
    assert [row for row in shown if is_small(row, people, minimum)] == []
    assert groups_that_leak(shown, people, minimum) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(person, min_size=1, max_size=40), st.integers(2, 4))
def test_what_is_shown_is_right(rows, minimum):
    pack, shown, _ = attacked(rows, minimum)
    balances = [balance for frame in pack.values() if "surprise_balance" in frame.columns
                for balance in frame.filter(~pl.col("suppressed")).get_column("surprise_balance")]  # fmt: skip
    sizes = [lines for frame in pack.values() for lines in frame.filter(~pl.col("suppressed")).get_column("line_count")]
    assert sizes == [len(row) for row in shown]
    assert set(balances) <= {Decimal(sum(7 * line + 1 for line in row)).quantize(Decimal("0.01")) for row in shown}
    for frame in pack.values():
        numbers = [name for name, kind in frame.schema.items() if kind.is_numeric()]
        assert frame.filter("suppressed").select(numbers).null_count().row(0) == (int(frame["suppressed"].sum()),) * len(numbers)


def test_the_attacker_finds_a_lone_suppressed_cell():
    """A total beside all of its parts but one gives the last one away; the attacker must notice, or it proves nothing."""
    total, large, small = frozenset(range(8)), frozenset(range(6)), frozenset({6, 7})
    people = {line: (f"p{line}", f"c{line}") for line in total}
    assert small in groups_that_leak([total, large], people, MINIMUM)
    assert groups_that_leak([total], people, MINIMUM) == []


def codes_shown(pack: dict[str, pl.DataFrame]) -> list:
    ranking = pack["share_code_ranking"].filter(~pl.col("suppressed"))
    return sorted(ranking.select(pl.coalesce("submitted_code", "code_family")).to_series())


def test_one_small_code_takes_the_next_smallest_with_it():
    rows = patients(30, "north", "D2391", "D2140") + patients(12, "north", "D2740", "D2791") + patients(4, "north", "D5213", "D5211")
    pack = share_pack(findings(rows), 11)
    assert codes_shown(pack) == ["D2391"]
    assert pack["share_totals"]["line_count"].to_list() == [46, 46]


def test_small_codes_of_a_family_are_shown_as_the_family():
    rows = patients(30, "north", "D2391", "D2140") + patients(6, "north", "D2740", "D2791") + patients(7, "north", "D2750", "D2791")
    pack = share_pack(findings(rows), 11)
    assert codes_shown(pack) == ["D2391", "crowns"]
    family = pack["share_code_ranking"].filter(pl.col("level") == "family").row(0, named=True)
    assert (family["submitted_codes"], family["patient_count"]) == (["D2740", "D2750"], 13)
    assert pack["share_code_ranking"].filter("suppressed")["submitted_code"].to_list() == ["D2740", "D2750"]


def test_a_small_payer_hides_in_no_total():
    """All payers less the payers shown would be the small one."""
    rows = patients(30, "north", "D2391", "D2140") + patients(4, "south", "D2391", "D2140")
    totals = share_pack(findings(rows), 11)["share_totals"]
    assert totals.filter(~pl.col("suppressed"))["payer_id"].to_list() == ["north"]


def test_two_tables_together_give_nothing_away():
    """Of 40 patients with one code, 4 were paid by another alternate: code less alternate would be those 4."""
    rows = patients(36, "north", "D2391", "D2140") + patients(4, "north", "D2391", "D2150")
    pack = share_pack(findings(rows), 11)
    assert codes_shown(pack) == ["D2391"]
    assert pack["share_alternate_ranking"]["suppressed"].to_list() == [True, True]


@pytest.mark.parametrize(("size", "is_hidden"), [(10, True), (11, False)])
def test_the_minimum_itself_is_shown(size, is_hidden):
    pack = share_pack(findings(patients(size, "north", "D2391", "D2140")), 11)
    assert {flag for frame in pack.values() for flag in frame["suppressed"]} == {is_hidden}


def test_many_lines_of_few_people_are_few_people():
    rows = [("north", "D2391", "D2140", 1, 100, f"p{number % 5}", f"c{number}") for number in range(40)]
    assert codes_shown(share_pack(findings(rows), 11)) == []


def test_unknown_patients_count_as_nobody():
    rows = [("north", "D2391", "D2140", 1, 100, None, f"c{number}") for number in range(40)]
    assert codes_shown(share_pack(findings(rows), 11)) == []


def test_a_withheld_month_does_not_tell_whether_anybody_came():
    rows = patients(20, "north", "D2391", "D2140", month=1) + patients(14, "north", "D2740", "D2791", month=2)
    trend = share_pack(findings(rows), 11)["share_monthly_trend"]
    assert trend.select("month", "submitted_code").height == 4
    assert trend.filter("suppressed").select("month", "submitted_code").rows() == [("2026-01", "D2740"), ("2026-02", "D2391")]


def test_nothing_counted_gives_an_empty_pack():
    pack = share_pack(findings([]), 11)
    assert {name: frame.height for name, frame in pack.items() if frame.height} == {"share_totals": 1}
