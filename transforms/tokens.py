"""Keyed tokens in the place of control numbers and member ids, so that lake and marts name nobody."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from transforms.tables.claims import CLAIMS
from transforms.tables.remittances import Remittances
from transforms.tables.vault import ORIGINALS

TOKEN_DIGITS = 20  # 80 bits: no two people of one practice meet

# A claim number keeps its token wherever it turns up, so that reversals and take-backs still join.
CLAIM_COLUMNS = {
    "patient_control_number": "account",
    "payer_claim_control_number": "claim",
    "original_claim_control_number": "claim",
}


def token(value: str, domain: str, key: bytes) -> str:
    """Token of one value. The domain keeps an account number and an equal claim number apart."""
    return hmac.digest(key, f"{domain}\x1f{value}".encode(), "sha256").hex()[:TOKEN_DIGITS]


def key_check(key: bytes) -> str:
    """What a store remembers of its key, to notice another one."""
    return token("altbenefit", "key check", key)


def tokenise(read: Remittances, key: bytes) -> Remittances:
    """The same tables with tokens, and without names. A null stays null; case and outer blanks do not matter."""
    claims = read.claims.with_columns(patient_id=_person())
    claims = _replace(claims, "patient_id", "person", key)
    # Claims sent on paper come back under account number 0, whoever's they are: that names no account.
    account = pl.col("patient_control_number")
    claims = claims.with_columns(pl.when(account.str.strip_chars() != "0").then(account).alias("patient_control_number"))
    for column, domain in CLAIM_COLUMNS.items():
        claims = _replace(claims, column, domain, key)
    return replace(
        read,
        claims=CLAIMS.conform(claims),
        service_lines=_replace(read.service_lines, "line_control_number", "line", key),
        provider_adjustments=_replace(read.provider_adjustments, "reference", "claim", key),
    )


def tokenise_ledger(ledger: pl.DataFrame, key: bytes) -> pl.DataFrame:
    """Contract LEDGER with the same tokens that remittances carry, so that the two join."""
    return _replace(_replace(ledger, "line_control_number", "line", key), "patient_control_number", "account", key)


def originals(read: Remittances, key: bytes) -> pl.DataFrame:
    """Contract ORIGINALS: what each token that `tokenise` makes stands for. For the vault alone."""
    named = pl.concat_str("patient_last_name", "patient_first_name", "patient_id", separator=", ", ignore_nulls=True)
    people = read.claims.with_columns(named=named, plain=_person())
    pairs = [
        _pairs(people, "named", "plain", "person", key),
        *(_pairs(read.claims, column, column, domain, key) for column, domain in CLAIM_COLUMNS.items()),
        _pairs(read.service_lines, "line_control_number", "line_control_number", "line", key),
        _pairs(read.provider_adjustments, "reference", "reference", "claim", key),
    ]
    return ORIGINALS.conform(pl.concat(pairs).unique()).sort(ORIGINALS.sort)


def _pairs(frame: pl.DataFrame, value: str, plain: str, domain: str, key: bytes) -> pl.DataFrame:
    found = frame.select(token=pl.col(plain), value=pl.col(value).str.strip_chars()).drop_nulls().unique()
    return _replace(found, "token", domain, key).select(pl.lit(domain).alias("domain"), "token", "value")


def _plain(column: str) -> pl.Expr:
    """Upper case letters and digits only: a payer's spelling of one person varies in blanks, hyphens and case."""
    return pl.col(column).str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "").fill_null("")


def _person() -> pl.Expr:
    """Name and member id together, for a family shares one member id; the member id alone where no name was sent."""
    text = pl.concat_str(_plain("patient_last_name"), _plain("patient_first_name"), _plain("patient_id"), separator="|")
    return pl.when(text != "||").then(text)


def _replace(frame: pl.DataFrame, column: str, domain: str, key: bytes) -> pl.DataFrame:
    """Each distinct value is hashed once."""
    spelled = frame.get_column(column).str.strip_chars().str.to_uppercase()
    values = spelled.drop_nulls().unique()
    if values.is_empty():
        return frame.with_columns(spelled)
    if len(values) == len(spelled):  # as line numbers are: nothing to look up
        return frame.with_columns(_tokens(spelled, domain, key).alias(column))
    told = spelled.replace_strict(values, _tokens(values, domain, key), default=None, return_dtype=pl.String)
    return frame.with_columns(told.alias(column))


def _tokens(values: pl.Series, domain: str, key: bytes) -> pl.Series:
    """`token` of each value; none is null."""
    plain = values.to_frame("value").select((pl.lit(f"{domain}\x1f") + pl.col("value")).cast(pl.Binary)).to_series().to_list()
    return pl.Series(_digests(plain, key), dtype=pl.Binary).bin.encode("hex").str.slice(0, TOKEN_DIGITS)


def _digests(messages: Sequence[bytes], key: bytes) -> list[bytes]:
    """HMAC-SHA256 of each, a third of the cost of hmac.digest: the key's two blocks are hashed once. Source: RFC 2104."""
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in block)).copy for pad in (0x36, 0x5C))
    found = []
    for message in messages:
        within, around = inner(), outer()
        within.update(message)
        around.update(within.digest())
        found.append(around.digest())
    return found
