"""A practice whose patients are planted words, beside files that cannot be used."""

import os
from pathlib import Path

import pytest

from flows.practice import ENDS_ON, write_practice
from tests.once import made_once
from tests.privacy.every_command import every_command, left_out
from tests.privacy.house import House, without_network
from tests.privacy.spoilt import WORDS, spoilt_files
from transforms.practice import canaries, make_practice

SEED = 5
LARGE = 500, SEED, 12  # claims, seed, months: enough for a packet of one payer
SMALL = 120, SEED, 4  # enough for a night


@pytest.fixture(scope="session")
def planted() -> list[str]:
    """The words that must be found nowhere."""
    words = [canaries(make_practice(*size, ENDS_ON)) for size in (LARGE, SMALL)]
    assert all(len(each) >= 3 for each in words)
    return [*{*words[0], *words[1]}, *WORDS]


@pytest.fixture(scope="session")
def worked(tmp_path_factory) -> House:
    """A house whose practice was audited once, by an account that closes nothing by itself, and in which every command there is
    ran after that, all without a network; read only.
    """
    return House(made_once(tmp_path_factory, "house", lambda root: work(build(root, LARGE))))


def work(house: House) -> None:
    """Audit the practice, then run every command."""
    done = house.audit("store", "--no-prefect", before=(*without_network(), "sh", "-c", 'umask 000; exec "$@"', "sh"))
    assert done.returncode == 3, done.stderr
    commands = every_command(house)
    assert left_out(commands) == set(), "add it to tests/privacy/every_command.py"
    done = house.several(*commands, before=without_network(), ALTBENEFIT_PRACTICE_NAME="Example Family Dental")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def house(tmp_path) -> House:
    return build(tmp_path, SMALL)


def build(root: Path, size: tuple[int, int, int]) -> House:
    """The practice at its place in a house; nothing audited yet."""
    folder = root / "work/practice"
    write_practice(folder, *size)
    for name, data in spoilt_files().items():
        (folder / "inbox" / name).write_bytes(data)
    for path in (folder / "inbox").iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return House(root)
