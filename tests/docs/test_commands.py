"""Every command that a page shows exists, and those in blocks run as written: STORE, INBOX and CONFIG are folders of these names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import click
import polars as pl
import pytest

from flows.cli import altbenefit
from flows.practice import write_practice
from tests.docs.commands_page import PAGE, commands, page
from tests.docs.shown import BLOCK, PAGES, lines, mentioned, pages_with_commands
from tests.ops.page import environment, shell
from tests.shape.tree import ROOT, tracked

BIN = Path(sys.executable).parent
FINE = (0, 3)  # done; done, and something was set aside
# Run elsewhere, for the reason given: by CI itself, in these words, or in a test of its own.
IN_CI = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
ELSEWHERE = {
    "make demo": "tests/flows/test_demo.py",
    "make check test": "CI, one after the other",
}
RUN_HERE = {"README.md", "CONTRIBUTING.md", "docs/ops.md", "docs/billing-manager.md", "docs/payers.md", "docs/exports.md"}
RUN_BY_OWN_TEST = {"docs/operations.md": "tests/ops", "docs/object-storage.md": "tests/remote", "docs/scale.md": "tests/many"}


def test_the_page_of_commands_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make docs"


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=[name for name, _ in commands()])
def test_every_command_and_option_says_what_it_does(name: str, command: click.Command) -> None:
    assert command.help
    assert [option.name for option in command.params if isinstance(option, click.Option) and not option.help] == []


def test_every_page_that_shows_commands_has_a_test_that_runs_them() -> None:
    assert set(pages_with_commands()) <= RUN_HERE | set(RUN_BY_OWN_TEST)


@pytest.mark.parametrize(("where", "words"), mentioned(), ids=[f"{where} {' '.join(words)}" for where, words in mentioned()])
def test_every_command_in_a_sentence_exists_with_its_options(where: str, words: list[str]) -> None:
    command: click.Command = altbenefit
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        if words[0].isupper() or words[0] == "...":
            return
        command = command.commands[words.pop(0)]
    known = {name for option in command.params for name in [*option.opts, *option.secondary_opts]} | {"--help", "-h"}
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= known


def test_what_make_is_asked_for_is_run() -> None:
    """`make setup`, `make check` and the like: CI runs each in these words, on a fresh machine."""
    asked = {line.split("#")[0].strip() for page_ in pages_with_commands() for line in lines(page_) if line.startswith("make ")}
    assert asked and {line for line in asked if line not in ELSEWHERE and line not in IN_CI} == set()
    assert {"make check", "make test", "make test-slow"} <= set(IN_CI)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the pages take for granted: a practice's INBOX and CONFIG, .venv, an export named FILE. Nothing is audited yet."""
    made = tmp_path_factory.mktemp("shown")
    write_practice(made / "practice", claims=500, seed=5)
    for name in ("inbox", "config"):
        (made / "practice" / name).rename(made / name.upper())
    (made / ".venv").mkdir()
    (made / ".venv/bin").symlink_to(BIN)
    (made / "CONFIG/eob_layouts").mkdir(exist_ok=True)
    shutil.copy(ROOT / "tests/golden/portal/export.csv", made / "FILE")
    return made


@pytest.fixture(scope="module")
def run(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], None]:
    """Runs one line as its reader does, once the ids of the folder's own payers stand for those of the page."""
    env = environment(tmp_path_factory.mktemp("prefect"))

    def _run(line: str) -> None:
        done = shell(_with_ids(line, folder), env, folder)
        assert done.returncode in FINE, f"{line}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr

    return _run


def _with_ids(line: str, folder: Path) -> str:
    """The line, with payers that the audit found: the one of most patients for PAYER and PAYER_ID, the last that is unmapped for ID."""
    marts = folder / "STORE/reports/current"
    if not {"PAYER", "PAYER_ID", "ID"} & set(line.split()):
        return line
    counted = pl.read_parquet(marts / "findings.parquet").filter("counted")
    payer = counted.group_by("payer_id").agg(pl.col("patient_id").n_unique()).sort("patient_id")["payer_id"][-1]
    unmapped = pl.read_parquet(marts / "unmapped_payers.parquet")["payer_id"][-1]
    ids = {"PAYER": payer, "PAYER_ID": payer, "ID": unmapped, "packets/PAYER_ID": f"packets/{payer}"}
    return " ".join(ids.get(word, word) for word in line.split(" "))


@pytest.mark.slow
def test_the_pages_commands_run_as_written(folder: Path, run: Callable[[str], None]) -> None:
    """From the README on: a night under Prefect, a Monday, an ask; then what each reader's page shows."""
    for shown in ("README.md", "docs/billing-manager.md", "docs/payers.md", "docs/exports.md"):
        for line in lines(shown):
            if not line.startswith("make "):
                run(line)
    assert (folder / "front-desk/predicted_downgrades.csv").stat().st_size > 100
    assert list((folder / "packets").glob("*/send/letter.html")) and list((folder / "PARSED").iterdir())
    assert (folder / "CONFIG/payer_aliases.csv").exists() and (folder / "CONFIG/eob_layouts/NAME.yaml").exists()


def test_the_crontab_line_of_ops_is_the_readmes_audit() -> None:
    [line] = [line for kind, body in BLOCK.findall(PAGES["docs/ops.md"]) if kind == "cron" for line in body.splitlines()]
    minute, hour, *days, command = line.split(maxsplit=5)
    assert minute.isdigit() and hour.isdigit() and days == ["*", "*", "*"]
    for own, shown in (("INBOX", "/data/inbox"), ("STORE", "/data/store"), ("CONFIG", "/data/config"), (".venv", "/srv/altbenefit/.venv")):
        command = command.replace(shown, own)
    assert command in lines("README.md")


@pytest.mark.slow
def test_the_install_without_development_tools_runs_as_written(tmp_path: Path) -> None:
    """In a copy of the checkout. The new .venv sees the versions that are installed here, so that pip has nothing to fetch."""
    for path in tracked():
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    steps = [line for line in lines("docs/ops.md") if "python" in line]
    assert len(steps) == 3 and steps[0] == "python3 -m venv .venv"
    env = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path), "PIP_NO_INDEX": "1"}
    for number, step in enumerate(steps):
        done = subprocess.run(["sh", "-c", step], cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=240)
        assert done.returncode == 0, f"{step}\n{done.stdout}\n{done.stderr}"
        if number == 0:
            [packages] = (tmp_path / ".venv/lib").glob("python3*/site-packages")
            (packages / "installed_here.pth").write_text(f"import sys; sys.path.insert(0, {sysconfig.get_path('purelib')!r})\n")
    done = subprocess.run(
        [".venv/bin/altbenefit", "dictionary"], cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == (ROOT / "docs/tables.md").read_text(encoding="utf-8")


def test_the_checkout_can_be_cloned_as_written(tmp_path: Path) -> None:
    """The first line of ops and contributing, with this repository for <this repository>."""
    if not (ROOT / ".git").exists():
        pytest.skip("this tree is no git checkout")
    [line] = {line for shown in ("docs/ops.md", "CONTRIBUTING.md") for line in lines(shown) if line.startswith("git ")}
    command = f"{line.replace('<this repository>', str(ROOT))} && ls Makefile"
    assert subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=False, timeout=60).returncode == 0
