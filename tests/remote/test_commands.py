"""The command line with addresses: what it prints, its exit codes, and what it never says."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import duckdb
import httpx
import polars as pl
import pytest

from flows.cli import altbenefit, main
from flows.practice import write_practice
from flows.remote import objects
from tests.flows.helpers import ROOT, an_835, claim
from tests.ops.servers import web_server
from tests.remote.storage import Storage

pytestmark = pytest.mark.slow
PAGE = (ROOT / "docs/object-storage.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```([^\n]+)\n(.*?)^```$", PAGE, flags=re.M | re.S)
CANARIES = ("DOE", "JANE", "ACANARY", "CCANARY", "MCANARY", "SECRETCANARY")
STORE = ("--store", "s3://practice/store")


@dataclass(frozen=True)
class Done:
    """How a command ended, as the console script would."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture(autouse=True)
def _fresh_client() -> Iterator[None]:
    """The client of an environment that a test changed is nobody else's."""
    objects._client.cache_clear()
    yield
    objects._client.cache_clear()


def command(*words: object, **environment: str) -> Done:
    """A command in this process, with the console script's own way to end."""
    objects._client.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["altbenefit", *map(str, words)])
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
            main()
    return Done(int(end.value.code or 0), out.getvalue(), err.getvalue())


def test_the_page_from_top_to_bottom(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its commands in order, then its analyst's code; the bucket is called as on the page."""
    storage = Storage(Storage.made(server).client, "practice")
    storage.client.create_bucket(Bucket="practice")
    write_practice(tmp_path / "practice", claims=60, seed=5, months=3)
    storage.upload(tmp_path / "practice/inbox", "inbox")
    shutil.copytree(tmp_path / "practice/config", tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    for line in "".join(body for kind, body in BLOCKS if kind == "sh").splitlines():
        done = command(*line.split()[1:])
        assert done.returncode in (0, 3, 4), f"{line}\n{done.stdout}\n{done.stderr}"
        assert str(tmp_path / "cache") not in re.sub(r".* (store|lake|key file): .*", "", done.stdout), line
    assert (tmp_path / "report/report.html").exists() and (tmp_path / "pack/README.txt").exists()

    (shown,) = [json.loads(body) for kind, body in BLOCKS if kind == "json"]
    pointer = storage.pointer()
    assert shown.keys() == pointer.keys()
    week, names = next(iter(pointer["weekly"].items()))
    assert storage.get(f"store/{names['report.html']}").startswith(b"<!doctype") and re.fullmatch(r"\d{4}-W\d\d", week)

    (code,) = [body for kind, body in BLOCKS if kind == "python"]
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")  # this machine's server has no certificate
    names_of_page: dict = {}
    exec(code, names_of_page)
    total = names_of_page["dearest"]["surprise"].sum()
    assert total == names_of_page["ranking"]["surprise_balance"].sum() > 0
    assert names_of_page["claims"].num_rows == duckdb.sql(
        f"select count(*) from '{tmp_path}/cache/store-*/store/lake/claims/*/*.parquet'"
    ).fetchall()[0][0]  # fmt: skip


def test_every_option_and_variable_of_the_page_exists() -> None:
    for line in "".join(body for kind, body in BLOCKS if kind == "sh").splitlines():
        _, name, *words = line.split()
        found = altbenefit.commands[name]
        found = found.commands[words[0]] if hasattr(found, "commands") else found  # type: ignore[attr-defined]
        known = {option for parameter in found.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, line
    (env,) = [body for kind, body in BLOCKS if kind == "sh env"]
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "flows/remote").glob("*.py"))
    assert {name for name in re.findall(r"(?:AWS|ALTBENEFIT)_[A-Z_]+", env) if name not in source} == set()


def test_people_decide_on_a_store_in_a_bucket(storage: Storage, tmp_path: Path) -> None:
    """Review, quarantine, payers, explain, packet, predict, vault: on a machine that never ran a night."""
    write_practice(tmp_path / "practice", claims=60, seed=5, months=3)
    (tmp_path / "practice/inbox/cut.835").write_bytes(an_835(claim("CANARY", charge=100, paid=80), amount="99")[:-60])
    storage.upload(tmp_path / "practice/inbox", "in")
    store = ("--store", f"s3://{storage.bucket}/store")
    config = ("--config", tmp_path / "practice/config")
    night = ("audit", "--inbox", f"s3://{storage.bucket}/in", *store, *config, "--no-prefect", "--as-of", "2026-06-30", "--json")
    assert command(*night).returncode == 3
    at_home = {"ALTBENEFIT_CACHE": str(tmp_path / "laptop")}

    (line, *_) = json.loads(command("review", "list", *store, "--json", **at_home).stdout)
    explained = command("explain", line["line_id"], *store, **at_home)
    assert explained.returncode == 0 and "Where it stands" in explained.stdout
    decided = command("review", "confirm", line["line_id"], *store, **at_home)
    assert decided.returncode == 0 and "confirmed" in decided.stdout
    assert line["line_id"].encode() in storage.files()["review/decisions.jsonl"]

    (item, *_) = json.loads(command("quarantine", "list", *store, "--json", **at_home).stdout)
    shown = command("quarantine", "show", item["quarantine_id"], *store, **at_home)
    assert f"--store s3://{storage.bucket}/store" in shown.stdout
    dismissed = command("quarantine", "dismiss", item["quarantine_id"], *store, **at_home)
    assert dismissed.returncode == 0, dismissed.stderr
    assert json.loads(command("quarantine", "list", *store, "--json").stdout) == []

    again = json.loads(command(*night).stdout)  # the server's own copy is behind by both
    assert (again["exit_code"], again["is_new_publication"]) == (4, True)
    findings = pl.read_parquet(storage.get(f"store/{storage.pointer()['tables']['findings']}"))
    assert findings.filter(line_id=line["line_id"])["verdict"].item() == "downgraded"

    payer = findings.filter("counted")["payer_id"].mode()[0]
    for words in (("payers", "list"), ("payers", "suggest"), ("predict",), ("packet", "--payer", payer, "--out", tmp_path / "packet")):
        done = command(*words, *store, **at_home)
        assert done.returncode == 0 or "fewer than 11 patients" in done.stderr, f"{words}\n{done.stderr}"
        assert str(tmp_path / "laptop") not in done.stdout + done.stderr
    hidden = command("vault", "reveal", "abc", *store, **at_home)
    assert hidden.returncode == 2 and "terminal" in hidden.stderr


def test_nothing_of_a_patient_or_a_secret_in_keys_logs_or_words(storage: Storage, tmp_path: Path) -> None:
    storage.put("in/one.835", an_835(claim("CANARY")))
    storage.put("in/two.835", an_835(claim("CANARY", adjusted=3), trace="T2")[:-40])
    log = tmp_path / "log.jsonl"
    words = ("--inbox", f"s3://{storage.bucket}/in", "--store", f"s3://{storage.bucket}/store", "--as-of", "2026-06-30", "--no-prefect")
    done = command("audit", *words, "--log-json", log)
    assert done.returncode == 3, done.stderr
    said = done.stdout + done.stderr + log.read_text() + "\n".join(storage.etags("store/"))
    assert [name for name in CANARIES if name in said] == []
    assert f"s3://{storage.bucket}/store" in log.read_text() and str(tmp_path / "cache") not in log.read_text()
    state = "".join(path.read_text() for path in (tmp_path / "cache").rglob("state.json"))
    assert "SECRETCANARY" not in state
    assert all(b"SECRETCANARY" not in data for data in storage.files().values())
    assert not any(key.endswith(".key") for key in storage.etags())


@pytest.mark.parametrize(
    ("place", "environment", "code", "cause"),
    [
        ("s3://no-such-bucket-here/store", {}, 2, "no such bucket"),
        ("s3://{bucket}/store", {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, 2, "no credentials"),
        ("s3://{bucket}/store", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, 1, "cannot be reached"),
        ("s3://{bucket}/store", {"AWS_ENDPOINT_URL": "http://storage.example"}, 2, "not https"),
        ("s3://{bucket}/store", {"AWS_ENDPOINT_URL": "no address"}, 2, "not https"),
        ("s3://{bucket}/store", {"AWS_PROFILE": "missing"}, 2, "settings cannot be used"),
        ("gs://{bucket}/store", {}, 2, "neither a folder nor an address"),
    ],
)
def test_what_is_wrong_is_told_with_the_contract_s_code(storage: Storage, place: str, environment: dict, code: int, cause: str) -> None:
    storage.put("in/one.835", an_835(claim("1")))
    done = command("review", "list", "--store", place.format(bucket=storage.bucket), **environment)
    assert (done.returncode, done.stdout) == (code, "")
    assert cause in done.stderr and "next:" in done.stderr
    assert len(done.stderr.splitlines()) <= 5 and "Traceback" not in done.stderr
    assert "SECRETCANARY" not in done.stderr


def test_a_night_without_a_key_file_or_with_nothing_below_its_inbox(storage: Storage) -> None:
    words = ("audit", "--inbox", f"s3://{storage.bucket}/in", "--store", f"s3://{storage.bucket}/store", "--no-prefect", "--no-notify")
    empty = command(*words)
    assert empty.returncode == 2 and "no object below this inbox" in empty.stderr
    storage.put("in/one.835", an_835(claim("1")))
    unkeyed = command(*words, ALTBENEFIT_KEY_FILE="")
    assert unkeyed.returncode == 2 and "keeps its key elsewhere" in unkeyed.stderr
    assert not storage.etags("store/")


def test_credentials_that_the_server_refuses(server: str, storage: Storage) -> None:
    """With the server's access control on."""
    httpx.post(f"{server}/moto-api/reset-auth", content=b"0")
    try:
        done = command("review", "list", "--store", f"s3://{storage.bucket}/store")
    finally:
        httpx.post(f"{server}/moto-api/reset-auth", content=b"inf")
    assert done.returncode == 2 and "refuses" in done.stderr
    assert not {"SECRETCANARY", "practice\n"} & set(done.stderr.split())


def test_whoever_is_told_hears_of_a_bucket_that_cannot_be_reached(storage: Storage, tmp_path: Path) -> None:
    """A failure before the copy is there is a failed night like any other."""
    log = tmp_path / "log.jsonl"
    words = ("--inbox", f"s3://{storage.bucket}/in", "--store", f"s3://{storage.bucket}/store", "--no-prefect", "--log-json", log)
    with web_server() as web:
        done = command("audit", *words, AWS_ENDPOINT_URL="http://127.0.0.1:9", ALTBENEFIT_WEBHOOK_URL=web.url)
    assert done.returncode == 1
    assert f"s3://{storage.bucket}/store" in json.loads(web.visits[0][1])["text"]
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"failed", "notice"} <= {event["event"] for event in events}
    assert events[1]["file"] == f"s3://{storage.bucket}/in"
