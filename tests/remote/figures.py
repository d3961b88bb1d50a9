"""What commands fetch and send, in requests and bytes, for docs/object-storage.md: `python -m tests.remote.figures` prints the rows."""

from __future__ import annotations

import contextlib
import io
import json
import os
import tempfile
from pathlib import Path

from click.testing import CliRunner

from flows.cli import altbenefit
from flows.commands.practice import DEMO_CLAIMS, DEMO_SEED
from flows.practice import write_practice
from tests.remote.storage import Storage, counted, serving

LATER = 8  # files that arrive before the second night


def rows() -> list[str]:
    """A line of the table for each kind of run."""
    with serving() as url, tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        os.environ |= {
            "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1",
            "ALTBENEFIT_KEY_FILE": str(home / "key"), "ALTBENEFIT_CACHE": str(home / "cache"),
        }  # fmt: skip
        write_practice(home / "practice", DEMO_CLAIMS, DEMO_SEED)
        storage = Storage.made(url)
        late = sorted((home / "practice/inbox").iterdir())[-LATER:]
        held = {path.name: path.read_bytes() for path in late}
        for path in late:
            path.unlink()
        storage.upload(home / "practice/inbox", "inbox")
        store = ("--store", f"s3://{storage.bucket}/store")
        config = ("--config", str(home / "practice/config"))
        audit = ("audit", "--inbox", f"s3://{storage.bucket}/inbox", *store, *config, "--no-prefect", "--as-of")
        found = [_row(f"first night, {len(storage.etags('inbox')):,} files", *audit, "2026-06-29")]
        for name, data in held.items():
            storage.put(f"inbox/{name}", data)
        found.append(_row(f"next night, {LATER} new files", *audit, "2026-06-30"))
        found.append(_row("night on which nothing came", *audit, "2026-06-30"))
        os.environ["ALTBENEFIT_CACHE"] = str(home / "elsewhere")
        found.append(_row("the same on a machine without a copy", *audit, "2026-06-30"))
        os.environ["ALTBENEFIT_CACHE"] = str(home / "laptop")
        found.append(_row("weekly report, first of its machine", "report", *store, *config, "--no-prefect"))
        found.append(_row("`review list` after it", "review", "list", *store))
        line = storage_line(store)
        found.append(_row("`review confirm`", "review", "confirm", line, *store))
        return found


def storage_line(store: tuple[str, ...]) -> str:
    """The id of a finding that waits for a person."""
    listed = CliRunner().invoke(altbenefit, ["review", "list", *store, "--json"], standalone_mode=False)
    return json.loads(listed.stdout)[0]["line_id"]


def _row(what: str, *words: str) -> str:
    with counted() as calls, contextlib.redirect_stderr(io.StringIO()):
        done = CliRunner().invoke(altbenefit, list(words), standalone_mode=False)
    if done.exception:
        raise done.exception
    return f"| {what} | {calls['reads']} | {_size(calls['fetched'])} | {calls['writes']} | {_size(calls['sent'])} |"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.0f} kB"


if __name__ == "__main__":
    print("\n".join(rows()))
