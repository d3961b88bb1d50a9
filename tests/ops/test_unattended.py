"""The command as a scheduler runs it: log lines, limits, a share that comes back, no word of a patient anywhere."""

from __future__ import annotations

import errno
import json
import os
from datetime import date
from pathlib import Path

import pytest

import flows.patience
from flows.commands.audit import words
from flows.errors import BadUsage, SystemRefused
from flows.logs import log_to
from flows.night import audit
from flows.order import Order
from flows.patience import on_share
from flows.practice import ENDS_ON
from tests.flows.helpers import CLAIMS, MONTHS, SEED
from tests.ops.night import arrives, command, night, remittance, without_gate
from tests.ops.servers import mail_env, mail_server, web_server
from transforms.practice import canaries, make_practice

DAY = date(2026, 3, 11)
ENV = {name: value for name, value in os.environ.items() if not name.startswith("ALTBENEFIT_")}


def paths(folder: Path) -> dict[str, str]:
    return ENV | {f"ALTBENEFIT_{name.upper()}": str(folder / name) for name in ("inbox", "store")}


def events(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_log_has_one_line_a_file_and_one_summary(tmp_path: Path) -> None:
    arrives(tmp_path, "a.835", remittance("1"))
    arrives(tmp_path, "notes.txt", b"call the payer")
    record = log_to(str(tmp_path / "log"), "run")
    night(tmp_path, DAY, record=record)
    lines = events(tmp_path / "log")
    assert [line["event"] for line in lines] == ["start", "file", "file", "done"]
    read = {line["source_file"]: (line["status"], line["loaded"]) for line in lines[1:3]}
    assert read == {"a.835": ("loaded", 1), "notes.txt": ("quarantined", 0)}
    assert (lines[-1]["exit_code"], lines[-1]["set_aside"]) == (3, 1)
    (tmp_path / "inbox").rename(tmp_path / "moved")
    with pytest.raises(BadUsage):
        night(tmp_path, DAY, record=record)
    assert [line["event"] for line in events(tmp_path / "log")][4:] == ["start", "failed"]
    assert {line["run"] for line in events(tmp_path / "log")} == {"run"}


def test_a_log_that_cannot_be_written_is_told_before_anything_is_done(tmp_path: Path) -> None:
    arrives(tmp_path, "a.835", remittance("1"))
    done = command("audit", "--no-prefect", "--log-json", tmp_path / "none/log", env=paths(tmp_path))
    assert done.returncode == 2 and "the log cannot be written" in done.stderr
    assert not (tmp_path / "store").exists()


def test_lines_of_the_log_are_whole_and_closed_to_others(tmp_path: Path) -> None:
    os.umask(0o027)
    record = log_to(str(tmp_path / "log"), "run")
    record("file", {"source_file": "two\nlines.835"})
    assert events(tmp_path / "log")[0]["source_file"] == "two\nlines.835"
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o640


def test_a_limit_takes_some_files_and_says_how_many_wait(tmp_path: Path) -> None:
    for at in range(5):
        arrives(tmp_path, f"{at}.835", remittance(str(at)))
    order = Order(tmp_path / "inbox", tmp_path / "store", DAY, limit=2)
    nights = [audit(order, without_gate) for _ in range(4)]
    left = [(night.exit_code, sum(night.files.values()), night.already_known, night.waiting) for night in nights]
    assert left == [(0, 2, 0, 3), (0, 2, 2, 1), (0, 1, 4, 0), (4, 0, 5, 0)]
    assert "3 new files wait" in words(nights[0], dry_run=False)


@pytest.mark.parametrize("fault", [errno.ESTALE, errno.EIO])
def test_a_share_that_comes_back_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: int) -> None:
    monkeypatch.setattr(flows.patience, "SHARE_WAITS", (0.01, 0.01))
    arrives(tmp_path, "a.835", remittance("1"))
    order, faults, told = Order(tmp_path / "inbox", tmp_path / "store", DAY), [fault, fault], []

    def gone(name, function, *args):
        if name == "take in a chunk" and faults:
            raise OSError(faults.pop(), "gone", "/inbox/a.835")
        return without_gate(name, function, *args)

    summary = on_share(lambda: audit(order, gone), lambda event, facts: told.append((event, facts["cause"])))
    assert (summary.exit_code, summary.claims["loaded"]) == (0, 1)
    assert told == [("waiting", os.strerror(fault))] * 2


@pytest.mark.parametrize(("fault", "tries"), [(errno.ENOSPC, 1), (errno.EACCES, 1), (errno.ESTALE, 3)])
def test_a_fault_that_cannot_pass_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, fault: int, tries: int) -> None:
    monkeypatch.setattr(flows.patience, "SHARE_WAITS", (0.01, 0.01))
    count = []

    def failing() -> None:
        count.append(1)
        raise SystemRefused("gone", errno=fault)

    with pytest.raises(SystemRefused):
        on_share(failing)
    assert len(count) == tries


@pytest.mark.slow
def test_no_word_of_a_patient_in_mail_webhook_ping_or_log(fresh: Path) -> None:
    planted = canaries(make_practice(CLAIMS, SEED, MONTHS, ENDS_ON))
    assert len(planted) >= 3
    with mail_server() as post, web_server() as web:
        env = paths(fresh) | mail_env(post) | {"ALTBENEFIT_CONFIG": str(fresh / "config"), "ALTBENEFIT_LOG": str(fresh / "log")}
        env |= {"ALTBENEFIT_WEBHOOK_URL": f"{web.url}/hook", "ALTBENEFIT_PING_URL": f"{web.url}/ping"}
        done = command("audit", "--no-prefect", "--as-of", "2026-05-31", env=env)
        assert done.returncode in (0, 3), done.stderr
        assert command("audit", "--no-prefect", "--as-of", "2026-06-30", env=env).returncode == 4
        assert command("report", "--due", "--no-prefect", env=env).returncode == 0
    assert len(post.mails) >= 3
    told = b"\n".join([*(mail.as_bytes() for mail in post.mails), *(body for _, body in web.visits), (fresh / "log").read_bytes()])
    told += b"\n".join(part.get_content().encode() for mail in post.mails for part in mail.walk() if part.get_content_maintype() == "text")
    assert [word for word in planted if word.encode().lower() in told.lower()] == []
