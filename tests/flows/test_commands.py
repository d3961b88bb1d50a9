"""The command line: exit codes, words on failure, quick help, JSON."""

import json
import resource
import subprocess
import sys

import pytest

from flows.cli import COMMANDS
from flows.lock import hold
from tests.flows.helpers import ROOT, an_835, claim, command, put

HOLDER = """
import sys, time
from pathlib import Path
from flows.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""
AUDIT = ("audit", "--no-prefect", "--as-of", "2026-06-30")


def test_help_is_quick_and_imports_nothing_heavy():
    script = "import sys; sys.argv = ['altbenefit', '--help']\ntry:\n import flows.cli; flows.cli.main()\nexcept SystemExit: pass\n"
    script += "print([m for m in ('polars', 'prefect', 'great_expectations', 'pyarrow', 'numpy') if m in sys.modules])"
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("[]")
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 0.6


def test_every_command_has_help():
    done = command("--help").stdout
    for one in COMMANDS:
        assert one.name in done
        assert one.help


@pytest.mark.slow
def test_a_night_with_something_set_aside_ends_with_3_and_the_next_with_4(tmp_path):
    """The answer is one JSON object on stdout; the lines of the files go to stderr. (0 is what tests/flows/test_privacy.py ends with.)"""
    inbox, store = tmp_path / "inbox", tmp_path / "store"
    put(inbox, "good.835", an_835(claim("1")))
    put(inbox, "notes.txt", b"call the payer")
    first = command(*AUDIT, "--inbox", inbox, "--store", store, "--json")
    assert first.returncode == 3, first.stderr
    assert json.loads(first.stdout)["claims"] == {"loaded": 1, "duplicate": 0, "quarantined": 0}
    assert "good.835: loaded" in first.stderr
    listed = json.loads(command("quarantine", "list", "--store", store, "--json").stdout)
    assert [(row["source_file"], row["reason_code"]) for row in listed] == [("notes.txt", "unknown_content")]
    assert command(*AUDIT, "--inbox", inbox, "--store", store).returncode == 4


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "--no-prefect"),
        ("audit", "--inbox", "nowhere", "--store", "{}/store"),
        ("audit", "--inbox", "{}", "--store", "{}/store", "--as-of", "yesterday"),
        ("audit", "--inbox", "{}", "--store", "{}/store", "--no-prefect", "--config", "{}/no-such-folder"),
        ("explain", "no-such-line", "--store", "{}/store"),
        ("quarantine", "release", "no-such-item", "--store", "{}/store"),
        ("review", "confirm", "no-such-line", "--store", "{}/store"),
        ("evaluate", "{}"),
        ("no-such-command",),
    ],
)
def test_bad_usage_ends_with_2_and_says_what_to_do(tmp_path, words):
    done = command(*(word.replace("{}", str(tmp_path)) for word in words))
    assert done.returncode == 2, done.stderr
    assert 1 <= len(done.stderr.strip().splitlines()) <= 5
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "store/manifest.json").exists()


def test_an_unexpected_error_ends_with_1_and_quotes_no_data(tmp_path):
    put(tmp_path / "inbox", "good.835", an_835(claim("1")))
    (tmp_path / "store/.staging").mkdir(parents=True)
    (tmp_path / "store/.staging/journal.json").write_text("{DOE JANE")
    done = command(*AUDIT, "--inbox", tmp_path / "inbox", "--store", tmp_path / "store")
    assert done.returncode == 1
    assert "DOE" not in done.stderr and "Traceback" not in done.stderr
    assert "Traceback" in command("--debug", *AUDIT, "--inbox", tmp_path / "inbox", "--store", tmp_path / "store").stderr


def test_a_second_run_at_the_same_time_ends_with_75_at_once(tmp_path):
    put(tmp_path / "inbox", "good.835", an_835(claim("1")))
    (tmp_path / "store").mkdir()
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path / "store")], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        done = command("audit", "--inbox", tmp_path / "inbox", "--store", tmp_path / "store")
        assert done.returncode == 75
        assert str(holder.pid) in done.stderr
        assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 1, "told before anything heavy is imported"
        assert command(*AUDIT, "--dry-run", "--inbox", tmp_path / "inbox", "--store", tmp_path / "store").returncode == 75
    finally:
        holder.kill()
        holder.communicate()
    with hold(tmp_path / "store"):
        pass  # the kernel lets go of a lock whose holder was killed
    assert (tmp_path / "store/.lock").read_bytes() == b""


def test_doctor_names_what_is_wrong(tmp_path, audited):
    well = command("doctor", "--store", audited / "store", "--inbox", audited / "inbox", "--config", audited / "config")
    assert well.returncode == 0, well.stdout
    next((audited / "store/lake/claims").rglob("*.parquet")).unlink()
    ill = command("doctor", "--store", audited / "store", "--inbox", tmp_path / "none")
    assert ill.returncode == 2
    assert "BAD  inbox" in ill.stdout and "BAD  lake" in ill.stdout


def test_the_dictionary_has_every_table_and_column():
    page = command("dictionary").stdout
    data = json.loads(command("dictionary", "--json").stdout)
    assert {"findings", "claims", "payer_code_ranking"} <= {table["table"] for table in data}
    assert all(f"`{column['name']}`" in page and column["meaning"] for table in data for column in table["columns"])
    money = [column for table in data for column in table["columns"] if column["unit"] == "US dollars"]
    assert money and {column["type"] for column in money if not column["name"].endswith("_total_amount")} == {"DECIMAL(12,2)"}
