"""Nobody's name, member id or control number leaves the inbox; files are closed to others; the key is guarded."""

import shutil
import stat
from pathlib import Path

import pytest

from flows.errors import BadUsage
from flows.practice import ENDS_ON
from tests.flows.helpers import CLAIMS, MONTHS, SEED, command, run
from transforms.practice import canaries, make_practice


@pytest.fixture(scope="module")
def planted() -> list[bytes]:
    words = canaries(make_practice(CLAIMS, SEED, MONTHS, ENDS_ON))
    assert len(words) >= 3
    return [word.encode() for word in words]


def _everything(root: Path) -> bytes:
    """All bytes below a folder, Parquet pages unpacked by reading every value, kept originals aside."""
    import polars as pl

    parts = [path.name.encode() for path in root.rglob("*")]
    for path in root.rglob("*"):
        if path.is_file() and "quarantine/bytes" not in path.as_posix():
            parts.append(path.read_bytes())
            if path.suffix == ".parquet":
                parts.append(pl.read_parquet(path).write_json().encode())
    return b"\n".join(parts)


@pytest.mark.slow
def test_no_planted_word_leaves_the_inbox(practice, planted):
    done = command("audit", "--no-prefect", "--inbox", practice / "inbox", "--config", practice / "config", "--store", practice / "store",
                   "--as-of", "2026-06-30")  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = done.stdout.encode() + done.stderr.encode() + _everything(practice / "store")
    assert [word for word in planted if word.lower() in told.lower()] == []


def test_files_are_closed_to_others(audited):
    for path in (audited / "store").rglob("*"):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.is_dir() and not path.is_symlink():
            assert mode & 0o027 == 0, path
        elif path.is_file() and not path.is_symlink():
            assert mode & 0o137 == 0, path


def test_the_first_run_makes_a_key_that_only_its_owner_reads(practice, monkeypatch):
    monkeypatch.delenv("ALTBENEFIT_KEY_FILE")
    run(practice)
    key = practice / "store/.key"
    assert (stat.S_IMODE(key.stat().st_mode), len(key.read_bytes())) == (0o600, 32)


@pytest.mark.parametrize("mishap", ["lost", "open to others", "another one", "cut off"])
def test_a_store_never_goes_on_with_a_wrong_key(audited, key_file, tmp_path, monkeypatch, mishap):
    own = tmp_path / "key"
    shutil.copy2(key_file, own)
    monkeypatch.setenv("ALTBENEFIT_KEY_FILE", str(own))
    if mishap == "lost":
        own.unlink()
    elif mishap == "open to others":
        own.chmod(0o640)
    else:
        own.write_bytes(b"x" * (32 if mishap == "another one" else 5))
    with pytest.raises(BadUsage) as refused:
        run(audited)
    assert refused.value.next_step
    assert own.exists() == (mishap != "lost")


def test_two_keys_give_two_sets_of_tokens(practice, audited, tmp_path, monkeypatch):
    import polars as pl

    other = tmp_path / "other"
    other.write_bytes(b"o" * 32)
    other.chmod(0o600)
    monkeypatch.setenv("ALTBENEFIT_KEY_FILE", str(other))
    run(practice)
    one, two = (set(pl.read_parquet(folder / "store/lake/claims/*/*.parquet")["patient_id"]) for folder in (audited, practice))
    assert not (one & two) - {None}
    assert len(one) == len(two)
