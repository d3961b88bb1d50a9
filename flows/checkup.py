"""What `doctor` looks at: each check is a fact and, where it is bad, a next step. Nothing is changed."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from flows import keyfile
from flows.errors import Failure
from flows.lock import hold_unchanged
from flows.night import settings_of
from flows.store import JOURNAL, STAGING, read_manifest, require_whole, scan

FREE_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Check:
    """One thing looked at."""

    name: str
    is_ok: bool
    fact: str
    next_step: str = ""


def checkup(store: Path | None, inbox: Path | None, config: Path | None) -> list[Check]:
    """Every check that applies to what was named."""
    found = [_config(config), _clock()]
    if inbox:
        readable = inbox.is_dir() and os.access(inbox, os.R_OK | os.X_OK)
        found.append(
            Check(
                "inbox", readable, f"{inbox} is {'readable' if readable else 'no readable folder'}", "Check the path and its permissions."
            )
        )
    return [*found, *(_store(store) if store else ())]


def _config(config: Path | None) -> Check:
    try:
        settings = settings_of(config)
    except Failure as why:
        return Check("configuration", False, why.cause, why.next_step or "Correct the file named.")
    payers, fees, coverage = settings.payers.height, settings.fees.height, settings.coverage.height
    return Check("configuration", True, f"{payers} payers, {fees} fees, {coverage} coverage rows, {settings.rules.height} rule rows")


def _clock() -> Check:
    now = datetime.now(UTC)
    return Check(
        "clock", date(2024, 1, 1) < now.date() < date(2100, 1, 1), f"{now:%Y-%m-%d %H:%M} UTC", "Set the clock; business dates follow it."
    )


def _store(store: Path) -> Iterator[Check]:
    at = store if store.exists() else store.absolute().parent
    free = shutil.disk_usage(at if at.exists() else Path("/")).free
    yield Check("disk", free > FREE_BYTES, f"{free / 1e9:.1f} GB free", "Free some space: a night needs about three times its input.")
    if not store.exists():
        yield Check("store", os.access(at, os.W_OK), f"{store} does not exist yet", "Make a folder that this account may write to.")
        return
    yield Check(
        "store",
        os.access(store, os.W_OK),
        f"{store} is {'' if os.access(store, os.W_OK) else 'not '}writable",
        "Give this account write permission.",
    )
    yield from (_lock(store), _interrupted(store), _key(store), _whole(store), _open_to_others(store))


def _lock(store: Path) -> Check:
    try:
        with hold_unchanged(store):
            return Check("lock", True, "no run holds the store")
    except Failure as why:
        return Check("lock", True, why.cause)


def _interrupted(store: Path) -> Check:
    is_waiting = (store / STAGING / JOURNAL).exists()
    return Check("last run", True, "was interrupted; the next run finishes it" if is_waiting else "ended well, or left nothing behind")


def _key(store: Path) -> Check:
    try:
        key = keyfile.read_key(store, read_manifest(store))
    except Failure as why:
        return Check("key file", False, why.cause, why.next_step)
    return Check("key file", True, f"{keyfile.key_path(store)} " + ("is in order" if key else "is made by the first run"))


def _whole(store: Path) -> Check:
    try:
        manifest = read_manifest(store)
        for name in ("files", "payments", "claims", "service_lines", "adjustments", "provider_adjustments", "quarantine"):
            scan(store, manifest, name)
        require_whole(store, manifest)
    except Failure as why:
        return Check("lake", False, why.cause, why.next_step)
    return Check("lake", True, f"{sum(map(len, manifest.files.values()))} files, all there")


def _open_to_others(store: Path) -> Check:
    loose = [path for path in store.rglob("*") if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o007]
    return Check("permissions", not loose, f"{len(loose)} files are open to everybody", f"Run: chmod -R o-rwx {store}")
