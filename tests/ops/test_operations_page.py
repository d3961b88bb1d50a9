"""docs/operations.md is true: its files are accepted by what reads them, its commands run as written, in order."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from dotenv import dotenv_values

from config.load import load_operations
from flows.cli import altbenefit
from flows.notify.destinations import destinations, report_box
from tests.ops.page import BIN, BLOCKS, PAGE, blocks, command_lines, environment, shell

KINDS = {"dotenv", "yaml", "cron", "ini", "sh", "sh service", "sh prefect", "sh dask", "sh dask service"}


def test_every_block_is_of_a_kind_that_is_tested() -> None:
    assert {info for info, _ in BLOCKS} == KINDS


def test_the_env_file_is_understood_and_holds_every_variable_the_page_names(tmp_path: Path) -> None:
    (block,) = blocks("dotenv")
    (tmp_path / ".env").write_text(block)
    values = {name: value or "" for name, value in dotenv_values(tmp_path / ".env").items()}
    to = destinations(values)
    assert to.mail and to.webhook and to.ping
    assert to.mail.recipients == ("ops@practice.example", "owner@practice.example")
    box = report_box(to.mail, values)
    assert box and box.recipients == ("billing@practice.example",)
    assert set(re.findall(r"ALTBENEFIT_[A-Z_]+", PAGE.read_text(encoding="utf-8"))) == set(values)


def test_the_yaml_is_accepted(tmp_path: Path) -> None:
    (block,) = blocks("yaml")
    (tmp_path / "audit.yaml").write_text(block)
    assert load_operations(tmp_path).schedules.time_zone == "America/Chicago"


def test_cron_has_the_shipped_times_and_commands_that_exist() -> None:
    zone, night, week = command_lines("cron")
    shipped = load_operations().schedules
    assert zone == "CRON_TZ=America/Chicago"
    assert [" ".join(line.split()[:5]) for line in (night, week)] == [shipped.nightly_cron, shipped.weekly_cron]
    assert [line.split("altbenefit ", 1)[1] for line in (night, week)] == ["audit --no-prefect", "report --due --no-prefect"]


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed (Debian: systemd)")
    for name, text in zip(("service", "timer"), blocks("ini"), strict=True):
        own = text.replace("/srv/altbenefit/.venv/bin", str(BIN)).replace("User=altbenefit\n", "").replace("/data", str(tmp_path))
        (tmp_path / f"altbenefit-nightly.{name}").write_text(own)
    units = [str(tmp_path / f"altbenefit-nightly.{name}") for name in ("service", "timer")]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "altbenefit" in line]) == (0, [])
    for moment in re.findall(r"OnCalendar=([^`\n]+)", PAGE.read_text(encoding="utf-8")):
        assert subprocess.run(["systemd-analyze", "calendar", moment], capture_output=True, check=False, timeout=60).returncode == 0


def test_every_option_of_the_page_exists() -> None:
    for line in [*command_lines("sh"), *command_lines("sh service")]:
        if line.startswith("altbenefit "):
            _, name, *words = line.split()
            known = {option for parameter in altbenefit.commands[name].params for option in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= known, line


@pytest.mark.slow
def test_every_command_runs_as_written(fresh: Path, tmp_path: Path) -> None:
    """In the folder of a .env, on a practice nothing of which was audited yet; 3 and 4 are ends like 0."""
    names = ("inbox", "store", "config")
    (fresh / ".env").write_text("".join(f"ALTBENEFIT_{name.upper()}={fresh / name}\n" for name in names))
    env = environment(tmp_path / "prefect")
    for line in command_lines("sh"):
        done = shell(line, env, fresh)
        assert done.returncode in (0, 3, 4), f"{line}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
    dates = sorted(path.name for path in (fresh / "store/reports/history").iterdir())
    assert {"2026-05-31", "2026-06-30", "2026-03-31"} <= set(dates)
    assert (fresh / "store/reports/current").resolve().parent.name == "2026-03-31"
    assert list((fresh / "store/weekly").glob("20*/report.html"))
