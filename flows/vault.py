"""What tokens stand for, for the practice itself: encrypted Parquet beside the lake, only where ALTBENEFIT_VAULT_KEY is set.

A file is ABV1, a nonce of 12 bytes, and AES-256-GCM of the Parquet bytes. The nonce is a keyed digest of what is sealed,
so the same night gives the same bytes, and no two contents share one.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from collections.abc import Collection, Sequence
from io import BytesIO
from pathlib import Path

import polars as pl

from flows import parquet
from flows.errors import BadUsage
from flows.manifest import require_known
from transforms.tables.vault import ORIGINALS

ENVIRONMENT = "ALTBENEFIT_VAULT_KEY"
FOLDER = "vault"
MARK = b"ABV1"
NONCE_BYTES, KEY_BYTES = 12, 32
HOW_TO_MAKE_ONE = "Make one with: openssl rand -base64 32"


def vault_key() -> bytes | None:
    """The key in the environment; None where there is none. Raises BadUsage where it is no key of 32 bytes."""
    named = os.environ.get(ENVIRONMENT)
    if not named:
        return None
    try:
        key = base64.b64decode(named.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise BadUsage(f"{ENVIRONMENT} is not 32 bytes in base64", next_step=HOW_TO_MAKE_ONE)
    return key


def sealed(parts: Sequence[pl.DataFrame], key: bytes) -> dict[str, bytes]:
    """The rows of ORIGINALS as one encrypted file, by the path to keep it at; nothing where there are none."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    rows = pl.concat([ORIGINALS.empty(), *parts]).unique()
    if rows.is_empty():
        return {}
    plain = parquet.table_bytes(rows, ORIGINALS).to_pybytes()
    digest = hmac.digest(_part(key, "nonce"), plain, "sha256")
    nonce = digest[:NONCE_BYTES]
    return {f"{FOLDER}/{digest[NONCE_BYTES:].hex()}.sealed": MARK + nonce + AESGCM(_part(key, "cipher")).encrypt(nonce, plain, MARK)}


def _part(key: bytes, purpose: str) -> bytes:
    """One key for each purpose."""
    return hmac.digest(key, f"altbenefit vault {purpose}".encode(), "sha256")


def reveal(store: Path, tokens: Collection[str]) -> pl.DataFrame:
    """Contract ORIGINALS for these tokens. Raises BadUsage without a key, without a vault, and where the key opens none of it."""
    require_known(store)
    key = vault_key()
    if key is None:
        raise BadUsage(f"{ENVIRONMENT} is not set", next_step="Set it to the key that the vault was written with.")
    files = sorted((store / FOLDER).glob("*.sealed"))
    if not files:
        raise BadUsage("this store has no vault", str(store), f"Only files taken in while {ENVIRONMENT} is set can be looked up.")
    opened = [rows for rows in (_opened(path, key) for path in files) if rows is not None]
    if not opened:
        raise BadUsage("the vault was written with another key", str(store / FOLDER), f"Set {ENVIRONMENT} to that key.")
    wanted = [token.strip().lower() for token in tokens]
    return pl.concat(opened).filter(pl.col("token").is_in(wanted)).unique().sort(ORIGINALS.sort)


def _opened(path: Path, key: bytes) -> pl.DataFrame | None:
    """The rows of one file; None where another key sealed it, or its bytes were changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    data = path.read_bytes()
    start = len(MARK) + NONCE_BYTES
    try:
        plain = AESGCM(_part(key, "cipher")).decrypt(data[len(MARK) : start], data[start:], data[: len(MARK)])
    except (InvalidTag, ValueError):
        return None
    return ORIGINALS.conform(pl.read_parquet(BytesIO(plain)))
