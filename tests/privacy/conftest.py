"""A practice whose patients are planted words, beside files that cannot be used."""

import os
from pathlib import Path

import pytest

from flows.practice import ENDS_ON, write_practice
from tests.privacy.every_command import every_command, left_out
from tests.privacy.house import House, without_network
from tests.privacy.spoilt import WORDS, spoilt_files
from transforms.practice import canaries, make_practice

CLAIMS, SEED = 500, 5  # enough for a packet of one payer


@pytest.fixture(scope="session")
def planted() -> list[str]:
    """The words that must be found nowhere."""
    words = canaries(make_practice(CLAIMS, SEED, 12, ENDS_ON))
    assert len(words) >= 3
    return [*words, *WORDS]


@pytest.fixture(scope="session")
def audited(tmp_path_factory) -> House:
    """A house whose practice was audited once, by an account that closes nothing by itself, without a network; read only."""
    house = build(tmp_path_factory.mktemp("house"))
    done = house.audit("store", "--no-prefect", before=(*without_network(), "sh", "-c", 'umask 000; exec "$@"', "sh"))
    assert done.returncode == 3, done.stderr
    return house


@pytest.fixture(scope="session")
def worked(audited) -> House:
    """The same house after every command there is ran in it, without a network."""
    commands = every_command(audited)
    assert left_out(commands) == set(), "add it to tests/privacy/every_command.py"
    done = audited.several(*commands, before=without_network(), ALTBENEFIT_PRACTICE_NAME="Example Family Dental")
    assert done.returncode == 0, done.stderr
    return audited


@pytest.fixture
def house(tmp_path) -> House:
    return build(tmp_path)


def build(root: Path) -> House:
    """The practice at its place in a house; nothing audited yet."""
    folder = root / "work/practice"
    write_practice(folder, CLAIMS, SEED)
    for name, data in spoilt_files().items():
        (folder / "inbox" / name).write_bytes(data)
    for path in (folder / "inbox").iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return House(root)
