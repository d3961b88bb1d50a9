"""What `doctor` looks at: each check is a fact and, where it is bad, a next step. Nothing is changed."""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from flows import keyfile
from flows.check import Check
from flows.errors import Failure
from flows.lock import hold_unchanged
from flows.manifest import FORMAT, format_of, require_known
from flows.night import settings_of
from flows.store import JOURNAL, STAGING, read_manifest, require_whole, scan
from flows.surroundings import clock_checks, notice_checks, prefect_checks, schedule_checks, version_checks

FREE_BYTES = 2_000_000_000
HELD_HOURS = 6.0


def checkup(store: Path | None, inbox: Path | None, config: Path | None, is_sending: bool = False) -> list[Check]:
    """Every check that applies to what was named. `is_sending`: a trial message goes to whoever is told."""
    found = [_config(config), *version_checks(), *clock_checks(store, inbox, config), *schedule_checks(config)]
    found += [*notice_checks(is_sending), *prefect_checks()]
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
    yield from (_format(store), _lock(store), _interrupted(store), _key(store), _whole(store), _open_to_others(store))


def _lock(store: Path) -> Check:
    """Held is well while a run can be at work. A lock ends with its process, but a process can hang."""
    try:
        with hold_unchanged(store):
            return Check("lock", True, "no run holds the store")
    except Failure as why:
        hours = max(0.0, time.time() - (store / ".lock").stat().st_mtime) / 3600
        step = "Look at that process; if it hangs, end it: the next run goes on from what was committed."
        return Check("lock", hours < HELD_HOURS, f"{why.cause}, for {hours:.1f} hours", step)


def _format(store: Path) -> Check:
    try:
        require_known(store)
        found = format_of(store)
    except Failure as why:
        return Check("store format", False, why.cause, why.next_step)
    note = f"The next audit brings it to format {FORMAT}; back the store up before." if found and found < FORMAT else ""
    return Check("store format", True, f"{found or 'none yet'}; this altbenefit writes {FORMAT}", note=note)


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
