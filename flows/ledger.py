"""The practice's own ledger, where it gives one: ALTBENEFIT_LEDGER names an 837, a CSV, or a folder of them.

It names patients' accounts, so it stays where it is: only tokens of it enter the job, and nothing of it is stored.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import polars as pl

from flows.errors import BadUsage
from transforms.ledger import LedgerError, read_ledger
from transforms.tables.policy import LEDGER
from transforms.tokens import tokenise_ledger


def ledger_files() -> list[Path]:
    """The files named by ALTBENEFIT_LEDGER, in order; none where it is not set. Raises BadUsage where it names nothing."""
    named = os.environ.get("ALTBENEFIT_LEDGER")
    if not named:
        return []
    root = Path(named).expanduser()
    if not root.exists():
        raise BadUsage("the ledger does not exist", str(root), "Correct ALTBENEFIT_LEDGER, or unset it to go without a ledger.")
    return [root] if root.is_file() else sorted(path for path in root.rglob("*") if path.is_file() and not path.name.startswith("."))


def ledger_bytes() -> bytes:
    """A digest of the ledger's content: another ledger is another publication."""
    return b"".join(hashlib.sha256(path.read_bytes()).digest() for path in ledger_files())


def read_tokens(key: bytes | None) -> pl.DataFrame | None:
    """Contract LEDGER with tokens under the store's key; None where there is no ledger, or no key and so no data yet."""
    files = ledger_files()
    if not files or key is None:
        return None
    frames = []
    for path in files:
        try:
            frames.append(read_ledger(path.read_bytes()))
        except LedgerError as why:
            raise BadUsage(str(why), str(path), "Correct the ledger, or unset ALTBENEFIT_LEDGER to go without it.") from None
    return tokenise_ledger(pl.concat([LEDGER.empty(), *frames]).unique(maintain_order=True), key)
