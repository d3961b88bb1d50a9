"""One chunk of the inbox into the lake: read, check, token, dedupe, settle, commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from flows import kept, quarantine, store, vault
from flows.inbox import Arrival, contents
from flows.reading import read_in_order
from transforms import balance, plausible, setting_aside
from transforms.first_live import with_live
from transforms.ingest import HELD_PAYMENT, Held, Taken, less, take_new, with_same_trace
from transforms.tables.layouts import ExportRules
from transforms.tables.payments import PAYMENTS
from transforms.tables.quarantine import FAULTS
from transforms.tables.remittances import READ_PAYMENTS, Blob, Remittances
from transforms.tokens import originals, tokenise
from transforms.x12 import gather

CHUNK_BYTES = 64_000_000


@dataclass(frozen=True)
class Rules:
    """How a run takes files in: its key, its business date, whether warnings count as faults, and what a person released."""

    key: bytes
    as_of: date
    is_strict: bool = False
    released: frozenset[str] = frozenset()  # quarantine ids
    renewed: frozenset[str] = frozenset()  # source files that a person had taken anew: what was open for them is settled
    vault_key: bytes | None = None  # what tokens stand for is kept under it; nothing is kept without
    exports: ExportRules | None = None  # how CSV and XLSX exports are read; the shipped layouts where not given


@dataclass(frozen=True)
class Intake:
    """What became of one chunk: its files (FILES) and what was set aside (QUARANTINE)."""

    manifest: store.Manifest
    files: pl.DataFrame
    items: pl.DataFrame


def chunks(arrivals: Sequence[Arrival]) -> list[list[Arrival]]:
    """Whole files in the order given, so that a run that died goes on at the same boundary."""
    parts: list[list[Arrival]] = []
    room = 0
    for arrival in arrivals:
        if not parts or arrival.byte_count > room:
            parts.append([])
            room = CHUNK_BYTES
        parts[-1].append(arrival)
        room -= arrival.byte_count
    return parts


@dataclass(frozen=True)
class Judged:
    """Files as read: their bytes, those that are still there, what can be used, every fault, and what tokens stand for."""

    found: dict[str, memoryview]
    here: list[Arrival]
    good: Remittances
    faults: pl.DataFrame
    spelled: list[pl.DataFrame]


def judge(arrivals: Sequence[Arrival], rules: Rules) -> Judged:
    """Read these files and part what can be used from what cannot; nothing is written."""
    found = contents(arrivals)
    here = [one for one in arrivals if one.file_id in found or one.fault]
    by_kind = sorted((one for one in here if not one.fault), key=lambda one: one.kind)
    blobs = [Blob(one.file_id, one.source_file, found[one.file_id]) for one in by_kind]
    spelled: list[pl.DataFrame] = []
    read = read_tokenised(blobs, rules.key, spelled.append if rules.vault_key else None, rules.exports)
    return Judged(found, here, *_set_aside(read, here, rules), spelled)


@dataclass(frozen=True)
class Ready:
    """A chunk that only needs the lake to be taken in; `keep` and `secret` are bytes by their path below the store."""

    here: list[Arrival]
    good: Remittances
    faults: pl.DataFrame
    keep: Mapping[str, bytes]
    secret: Mapping[str, bytes]


def readied(arrivals: Sequence[Arrival], rules: Rules) -> Ready:
    """Read, judge and pack a chunk: all that can be done of it without the lake, on this machine or another."""
    judged = judge(arrivals, rules)
    aside = judged.faults["file_id"].unique()
    keep = kept.packed({file_id: judged.found[file_id] for file_id in aside if file_id in judged.found})
    secret = vault.sealed(judged.spelled, rules.vault_key) if rules.vault_key else {}
    return Ready(judged.here, judged.good, judged.faults, keep, secret)


def here(parts: Sequence[list[Arrival]], rules: Rules) -> Iterator[Callable[[], Ready]]:
    """What gives each chunk, read on this machine when it is its turn."""
    return (partial(readied, part, rules) for part in parts)


def take_chunk(root: Path, manifest: store.Manifest, read: Callable[[], Ready], rules: Rules) -> Intake:
    """Take the chunk that `read` gives into the lake in one commit. A file that changed since it was looked at waits for the next run."""
    ready = read()
    here, good, faults = ready.here, ready.good, ready.faults
    held = held_of(root, manifest, good.payments)
    taken = take_new(replace(good, payments=_settled(good, faults)), held)
    files = setting_aside.file_rows(arrived(here), setting_aside.accounts(good, taken.duplicate_claims), faults, rules.as_of)
    items = setting_aside.quarantine_items(faults, rules.as_of)
    rows, remove = quarantine.merged(root, manifest, items, files, rules.renewed)
    change = change_of(root, manifest, taken, store.Change({"files": files, "quarantine": rows}, remove=remove))
    after = store.commit(root, manifest, replace(change, keep=ready.keep, secret=ready.secret))
    return Intake(after, files, items)


def read_tokenised(
    blobs: Sequence[Blob], key: bytes, tell: Callable[[pl.DataFrame], None] | None = None, exports: ExportRules | None = None
) -> Remittances:
    """The remittances of these files with tokens in the place of numbers and names; `tell` hears what the tokens stand for."""
    parts = [tokenise(Remittances.empty(), key)]
    for part in read_in_order(blobs, exports):
        if tell:
            tell(originals(part, key))
        parts.append(tokenise(part, key))
    return gather(parts)


def arrived(arrivals: Sequence[Arrival]) -> pl.DataFrame:
    """file_id, source_file, bytes, format."""
    rows = [(one.file_id, one.source_file, one.byte_count, one.kind) for one in arrivals]
    return pl.DataFrame(rows, schema={"file_id": pl.String, "source_file": pl.String, "bytes": pl.Int64, "format": pl.String}, orient="row")


def _set_aside(read: Remittances, arrivals: Sequence[Arrival], rules: Rules) -> tuple[Remittances, pl.DataFrame]:
    """The remittances that can be used, and every fault; what a person released is used in spite of it."""
    broken = setting_aside.broken_rows(read)
    whole_rows = balance.without(read, broken)
    absurd = plausible.implausible_claims(whole_rows)
    sound = balance.without(whole_rows, absurd)
    sound, absurd_payments = _without_payments(sound, plausible.implausible_payments(sound))
    unbalanced = _unreleased(balance.unbalanced(sound), rules)
    good = balance.without(sound, unbalanced)
    whole = [setting_aside.file_fault(one.file_id, one.source_file, *one.fault) for one in arrivals if one.fault]
    faults = [plausible.without_implausible_charges(read.faults), broken, absurd, absurd_payments, unbalanced, *whole]
    if rules.is_strict:
        settled = balance.settle_payments(good.payments, good.claims, good.provider_adjustments)
        refused = pl.concat([setting_aside.warned_payments(good), setting_aside.refused_payments(settled, good)])
        refused = _unreleased(refused.unique(["file_id", "segment"], keep="first", maintain_order=True), rules)
        good, refused = _without_payments(good, refused)
        faults.append(refused)
    return good, pl.concat([FAULTS.conform(fault) for fault in faults])


def _without_payments(read: Remittances, faults: pl.DataFrame) -> tuple[Remittances, pl.DataFrame]:
    """The remittances less the payments at fault (scope set) with all their claims, and the same faults."""
    if faults.is_empty():
        return read, faults
    payments = read.payments.join(faults.select("file_id", payment_segment="segment"), on=["file_id", "payment_segment"], how="semi")
    claims = read.claims.join(payments, on="payment_id", how="semi").select("claim_id")
    return less(read, claims, payments.select("payment_id")), faults


def _unreleased(faults: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    if not rules.released or faults.is_empty():
        return faults
    released = faults.with_row_index().join(
        setting_aside.quarantine_items(faults, rules.as_of).filter(pl.col("quarantine_id").is_in(list(rules.released))),
        on=["file_id", "segment", "reason_code"], how="anti",
    )  # fmt: skip
    return released.drop("index")


def _settled(good: Remittances, faults: pl.DataFrame) -> pl.DataFrame:
    """READ_PAYMENTS and is_complete: balanced as read, and nothing of the file was set aside."""
    settled = balance.settle_payments(good.payments, good.claims, good.provider_adjustments)
    broken = faults.filter(pl.col("claim_count") > 0).get_column("file_id").unique().implode()
    return settled.select(*READ_PAYMENTS, is_complete=pl.col("is_balanced") & ~pl.col("file_id").is_in(broken))


def held_of(root: Path, manifest: store.Manifest, payments: pl.DataFrame) -> Held:
    """What the lake holds of these payers and trace numbers."""
    known = with_same_trace(store.scan(root, manifest, "payments"), payments)
    broken = store.scan(root, manifest, "files").filter(pl.col("claim_quarantined_count") > 0).select("file_id", is_broken=pl.lit(True))
    rows = known.join(broken, on="file_id", how="left").collect()
    complete = pl.col("is_balanced") & pl.col("is_broken").is_null()
    mine = rows.with_columns(is_complete=complete).select(HELD_PAYMENT)
    months = _months(mine)  # what hangs on a payment lies in its month
    claims = store.scan(root, manifest, "claims", months).join(mine.lazy().select("payment_id"), on="payment_id", how="semi").collect()
    lines = store.scan(root, manifest, "service_lines", months).join(claims.lazy().select("claim_id"), on="claim_id", how="semi").collect()
    return Held(mine, claims, lines)


def _months(payments: pl.DataFrame) -> frozenset[str]:
    return frozenset(payments.select(_month("payment_date").unique()).to_series())


def change_of(root: Path, manifest: store.Manifest, taken: Taken, beside: store.Change) -> store.Change:
    """The new rows, each with the month of its folder, with the rows of files and quarantine in `beside`.

    Payments of the lake that gained claims are written anew.
    """
    anew, remove = _resettled(root, manifest, taken)
    new = taken.new
    fresh = balance.settle_payments(new.payments.select(*READ_PAYMENTS), new.claims, new.provider_adjustments)
    payments = pl.concat([PAYMENTS.conform(fresh), anew]).with_columns(month=_month("payment_date"))
    months = payments.select("payment_id", "month")
    claims = new.claims.join(months, on="payment_id", how="left")
    by_claim = claims.select("claim_id", "month")
    rows = {
        "payments": payments,
        "claims": claims,
        "service_lines": with_live(new, payments).join(by_claim, on="claim_id", how="left"),
        "adjustments": new.adjustments.join(by_claim, on="claim_id", how="left"),
        "provider_adjustments": new.provider_adjustments.join(months, on="payment_id", how="left"),
        "files": beside.rows["files"].with_columns(month=_month("loaded_on")),
        "quarantine": beside.rows["quarantine"].with_columns(month=_month("since")),
    }
    return store.Change(rows=rows, remove=remove | beside.remove)


def _month(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime("%Y-%m")


def _resettled(root: Path, manifest: store.Manifest, taken: Taken) -> tuple[pl.DataFrame, frozenset[str]]:
    """Payments of the lake that gained claims, settled anew, with their neighbours in the same lake files, and those files."""
    gained, months = taken.resettled.get_column("payment_id"), _months(taken.resettled)
    rows, paths = store.holding(root, manifest, "payments", "payment_id", gained, months)
    mine = rows.filter(pl.col("payment_id").is_in(gained.implode()))
    ids = mine.lazy().select("payment_id")
    before = store.scan(root, manifest, "claims", months).join(ids, on="payment_id", how="semi").collect()
    moved = store.scan(root, manifest, "provider_adjustments", months).join(ids, on="payment_id", how="semi").collect()
    claims = pl.concat([before, taken.new.claims.join(mine, on="payment_id", how="semi")])
    settled = balance.settle_payments(mine.select(*READ_PAYMENTS), claims, moved)
    return pl.concat([rows.filter(~pl.col("payment_id").is_in(gained.implode())), PAYMENTS.conform(settled)]), paths
