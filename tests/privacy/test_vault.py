"""What tokens stand for is kept only under a key of the practice's own, and only for its own eyes."""

import base64
import os
import stat
import sys
from pathlib import Path

import polars as pl
import pytest

from flows import store, vault
from flows.errors import BadUsage
from flows.night import audit
from flows.practice import order_for
from tests.flows.helpers import tree, without_gate
from tests.privacy.house import House
from tests.privacy.spoilt import WORDS

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(32)).decode()


@pytest.fixture(autouse=True)
def _tokens_under_one_key(tmp_path, monkeypatch):
    """Two stores of a test can be compared."""
    key = tmp_path / "key"
    key.write_bytes(b"k" * 32)
    key.chmod(0o600)
    monkeypatch.setenv("ALTBENEFIT_KEY_FILE", str(key))
    monkeypatch.delenv("ALTBENEFIT_VAULT_KEY", raising=False)


def audited(house: House, name: str) -> Path:
    folder = house.work / name
    audit(order_for(house.work / "practice", folder), step=without_gate)
    return folder


def test_the_vault_is_all_that_a_key_adds(house, monkeypatch):
    without = tree(audited(house, "without"))
    monkeypatch.setenv("ALTBENEFIT_VAULT_KEY", KEY)
    held = tree(audited(house, "with"))
    assert not any(name.startswith("vault") for name in without)
    assert {name: digest for name, digest in held.items() if not name.startswith("vault")} == without
    files = list((house.work / "with/vault").iterdir())
    assert files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert [word for path in files for word in WORDS if word.encode() in path.read_bytes()] == []


def test_a_token_is_revealed_to_the_key(house, monkeypatch):
    monkeypatch.setenv("ALTBENEFIT_VAULT_KEY", KEY)
    folder = audited(house, "store")
    claims = pl.read_parquet(folder / "lake/claims/*/*.parquet")
    one = claims.row(0, named=True)
    found = vault.reveal(folder, [one["patient_id"], one["patient_control_number"].upper(), "no such token"])
    assert found["domain"].unique().sort().to_list() == ["account", "person"]
    every = vault.reveal(folder, claims["patient_id"].drop_nulls().unique().to_list())
    assert set(every["token"]) == set(claims["patient_id"].drop_nulls())
    assert any("SPYNAME, SPYGIVEN, SPYMEMBER1" in value for value in every["value"])


@pytest.mark.slow
def test_a_night_that_died_leaves_the_same_vault(house, monkeypatch):
    monkeypatch.setenv("ALTBENEFIT_VAULT_KEY", KEY)
    whole = tree(audited(house, "whole"))
    for place in ("write_whole", "_carry_through"):
        name = f"died-in{place}"
        with monkeypatch.context() as dying:
            dying.setattr(store, place, _die)
            with pytest.raises(OSError, match="died"):
                audited(house, name)
        assert not list((house.work / name / "vault").glob("*"))
        assert tree(audited(house, name)) == whole


def _die(*_: object) -> None:
    raise OSError("died")


@pytest.mark.parametrize("wrong", ["", OTHER])
def test_without_the_right_key_nothing_is_revealed(house, monkeypatch, wrong):
    monkeypatch.setenv("ALTBENEFIT_VAULT_KEY", KEY)
    folder = audited(house, "store")
    monkeypatch.setenv("ALTBENEFIT_VAULT_KEY", wrong)
    with pytest.raises(BadUsage) as refused:
        vault.reveal(folder, ["0" * 20])
    assert refused.value.next_step


@pytest.mark.parametrize("bad", ["short", "not base64!", base64.b64encode(bytes(16)).decode()])
def test_a_bad_key_stops_the_run_before_anything_is_taken_in(house, monkeypatch, bad):
    monkeypatch.setenv("ALTBENEFIT_VAULT_KEY", bad)
    with pytest.raises(BadUsage):
        audited(house, "store")
    assert not (house.work / "store/lake").exists()


def test_changed_bytes_are_not_believed(house, monkeypatch):
    monkeypatch.setenv("ALTBENEFIT_VAULT_KEY", KEY)
    folder = audited(house, "store")
    for path in (folder / "vault").iterdir():
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(BadUsage):
        vault.reveal(folder, ["0" * 20])


def test_reveal_speaks_to_a_terminal_only(house, monkeypatch):
    monkeypatch.setenv("ALTBENEFIT_VAULT_KEY", KEY)
    folder = audited(house, "store")
    token = pl.read_parquet(folder / "lake/claims/*/*.parquet")["patient_id"].drop_nulls()[0]
    words = ["vault", "reveal", token, "--store", folder]
    refused = house.run(*words, ALTBENEFIT_VAULT_KEY=KEY)
    assert (refused.returncode, refused.stdout) == (2, "")
    meant = house.run(*words, "--even-to-a-file", ALTBENEFIT_VAULT_KEY=KEY)
    assert (meant.returncode, "person" in meant.stdout) == (0, True)


@pytest.mark.skipif(os.name != "posix" or sys.platform == "darwin", reason="a terminal of this kind is made on Linux")
def test_reveal_works_on_a_terminal(house, monkeypatch):
    import pty

    monkeypatch.setenv("ALTBENEFIT_VAULT_KEY", KEY)
    folder = audited(house, "store")
    token = pl.read_parquet(folder / "lake/claims/*/*.parquet")["patient_id"].drop_nulls()[0]
    said = bytearray()

    def listen(handle: int) -> bytes:
        data = os.read(handle, 4096)
        said.extend(data)
        return data

    status = pty.spawn(
        [sys.executable, "-c", "from flows.cli import main; main()", "vault", "reveal", token, "--store", str(folder)], listen
    )
    assert os.waitstatus_to_exitcode(status) == 0
    assert token.encode() in said
