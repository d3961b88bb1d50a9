"""Nobody who holds a packet can reckon from it a number that speaks of few: the attacker tries every sum and difference."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.packet.drawn import Line, figures, findings, lines
from tests.privacy.attacker import groups_that_leak, is_small
from transforms.packet.lines import packet_lines
from transforms.packet.packet import Packet, spoken_of

person = st.builds(
    Line,
    code=st.sampled_from(("D2391", "D2392", "D2740")),
    paid=st.sampled_from(("D2140", "D2150", None)),
    contracted=st.sampled_from((200, 200, None)),
    absorbed=st.sampled_from((0, 0, 50)),
    patient=st.sampled_from([None, *"abcdefgh"]),
    claim=st.sampled_from("stuvwxyz"),
)


def shown_rows(made: Packet, table: pl.DataFrame, minimum: int) -> tuple[list[frozenset[int]], dict[int, tuple[str | None, str]]]:
    """The lines behind every number of the packet, and who is behind each line."""
    numbered = spoken_of(packet_lines(table, (1, 2)), minimum).with_row_index("line").to_dicts()
    people = {line["line"]: (line["patient_id"], line["claim_id"]) for line in numbered}
    shown = [frozenset(people)] if made.totals else []
    pairs = made.pairs.drop_nulls("submitted_code").select("submitted_code", "alternate_code").rows()
    shown += [frozenset(line["line"] for line in numbered if (line["submitted_code"], line["alternate_code"]) == pair) for pair in pairs]
    if made.pairs.get_column("submitted_code").null_count():
        shown.append(frozenset(people) - frozenset().union(*shown[1:]))
    asks = made.rungs.select("alternate_code", "borne_by").unique().rows()
    shown += [
        frozenset(line["line"] for line in numbered if line["is_askable"] and (line["alternate_code"], line["borne_by"]) == ask)
        for ask in asks
    ]
    return shown, people


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.lists(person, min_size=1, max_size=16), st.integers(2, 4))
def test_no_combination_of_a_packets_numbers_speaks_of_few(drawn: list[Line], minimum: int) -> None:
    made = figures(drawn, minimum=minimum)
    if made.totals is None:
        return  # nothing is written
    shown, people = shown_rows(made, findings(drawn), minimum)
    assert [row for row in shown if is_small(row, people, minimum)] == []
    assert groups_that_leak(shown, people, minimum) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(person, min_size=1, max_size=30), st.integers(2, 4))
def test_what_is_shown_adds_up(drawn: list[Line], minimum: int) -> None:
    """Rows are of as many lines as they say, and the pairs with the rest are the total."""
    made = figures(drawn, minimum=minimum)
    shown, people = shown_rows(made, findings(drawn), minimum)
    if made.totals is None:
        assert is_small(people, people, minimum)
        return
    assert made.pairs["line_count"].sum() == made.totals["line_count"] == len(people)
    assert made.pairs["surprise_cents"].sum() == made.totals["surprise_cents"]
    assert made.pairs["line_count"].to_list() == [len(row) for row in shown[1 : 1 + made.pairs.height]]


def test_one_small_code_takes_the_next_smallest_with_it() -> None:
    made = figures([*lines(30), *lines(12, code="D2740", paid="D2791"), *lines(4, code="D5213", paid="D5211")])
    assert made.pairs["submitted_code"].to_list() == ["D2392", None]
    assert made.pairs["line_count"].to_list() == [30, 16]


def test_a_few_lines_without_a_fee_cost_no_ask() -> None:
    """40 lines, of which 4 have no contracted fee: total less asks would be those 4, so they are left out."""
    made = figures([*lines(36), *lines(4, contracted=None, fee=121), *lines(20, code="D2391", paid="D2140")])
    assert made.rungs["alternate_code"].unique().sort().to_list() == ["D2140", "D2150"]
    assert made.pairs["line_count"].to_list() == [36, 20]
    assert made.left_out_count == 4


def test_an_ask_on_part_of_a_pair_hides_the_pair() -> None:
    """Of 40 lines 4 have no contracted fee, and 20 of another code have none: row less ask would be those 4."""
    made = figures([*lines(36), *lines(4, contracted=None, fee=121), *lines(20, code="D2391", paid="D2140", contracted=None)])
    assert made.left_out_count == 0
    assert made.rungs["alternate_code"].unique().to_list() == ["D2150"]
    assert "D2392" not in made.pairs["submitted_code"].to_list()


def test_too_few_altogether_show_nothing() -> None:
    assert figures(lines(10)).totals is None
    assert figures([Line(patient="one", claim=f"c{at}") for at in range(30)]).totals is None
    assert figures([Line(patient=None, claim=f"c{at}") for at in range(30)]).totals is None


def test_the_attacker_would_notice_a_small_code_shown_alone() -> None:
    drawn = [*lines(5), *lines(1, code="D2391", paid="D2140")]
    people = {at: (line.patient, line.claim) for at, line in enumerate(drawn)}
    assert groups_that_leak([frozenset(range(6)), frozenset(range(5))], people, 3) == [frozenset({5})]
