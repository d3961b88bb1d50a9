"""What to ask for, as people type it."""

from pathlib import Path

import pytest

from flows.errors import BadUsage
from flows.packet.wishes import general_wish, own_wishes
from transforms.packet.asking import Wish


@pytest.mark.parametrize(
    ("text", "wish"),
    [("15", Wish("percent", 15)), (" 20% ", Wish("percent", 20)), ("20 %", Wish("percent", 20)), ("Parity", Wish("parity"))],
)
def test_an_increase_for_every_code(text: str, wish: Wish) -> None:
    assert general_wish(text) == wish


@pytest.mark.parametrize("text", ["", "0", "301", "152.00", "much", "-5", "1e2"])
def test_what_is_no_increase_is_refused(text: str) -> None:
    with pytest.raises(BadUsage):
        general_wish(text)


def test_single_codes_go_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "asks.csv"
    file.write_text("procedure_code,asked\nd2150,152.00\n\nD2140,parity\nD2791,12%\n", encoding="utf-8-sig")
    assert own_wishes(["D2140=$101.5"], file) == {
        "D2150": Wish("fee", 15_200), "D2140": Wish("fee", 10_150), "D2791": Wish("percent", 12),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("code,asked\nD2150,1\n", "header"),
        ("procedure_code,asked\nD2150,\n", "row 2"),
        ("procedure_code,asked\nD2150,1,000.00\n", "row 2"),
        ("procedure_code,asked\n2150,10%\n", "row 2"),
        ("procedure_code,asked\nD2150,10%\nD2150,11%\n", "row 3"),
        ("procedure_code,asked\nD2150,0\n", "row 2"),
        ("", "header"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, part: str) -> None:
    file = tmp_path / "asks.csv"
    file.write_text(text)
    with pytest.raises(BadUsage) as caught:
        own_wishes([], file)
    assert part in caught.value.cause
    assert caught.value.file == str(file)
    assert caught.value.next_step


@pytest.mark.parametrize("text", ["D2150", "2150=10%", "D2150=", "D2150=lots"])
def test_a_mistake_in_a_single_ask_is_named(text: str) -> None:
    with pytest.raises(BadUsage):
        own_wishes([text], None)
