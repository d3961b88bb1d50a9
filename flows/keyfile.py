"""The key that makes patient tokens: 32 random bytes in a file that only its owner may read."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from flows.errors import BadUsage
from flows.store import Manifest
from transforms.tokens import key_check

KEY_BYTES = 32


def key_path(store: Path) -> Path:
    """ALTBENEFIT_KEY_FILE, else the store's own `.key`."""
    named = os.environ.get("ALTBENEFIT_KEY_FILE")
    return Path(named).expanduser() if named else store / ".key"


def read_key(store: Path, manifest: Manifest) -> bytes | None:
    """The key; None where neither key nor data exist yet.

    A store that holds data never gets a new key: its people would all become other people. Raises BadUsage where the
    key is missing, readable by others, or not the one the store was made with.
    """
    path = key_path(store)
    if not path.exists():
        if manifest.key_check:
            raise BadUsage(
                "the key file of this store is missing", str(path), "Restore it from your backup; a new key would break all tokens."
            )
        return None
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise BadUsage("the key file may be read by others than its owner", str(path), f"Run: chmod 600 {path}")
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise BadUsage("the key file holds no key", str(path), "Restore it from your backup; it must hold 32 bytes or more.")
    if manifest.key_check and manifest.key_check != key_check(key):
        raise BadUsage("the key file is not the one this store was made with", str(path), "Restore the store's own key from your backup.")
    return key


def make_key(store: Path) -> bytes:
    """Write a new key, never over another one."""
    path = key_path(store)
    key = secrets.token_bytes(KEY_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(key)
        out.flush()
        os.fsync(out.fileno())
    os.link(beside, path)
    beside.unlink()
    return key
