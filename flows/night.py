"""The nightly audit, step by step. Under Prefect each step is a task; without it the same functions are called."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from config.load import ConfigError, load_settings
from flows import (
    backfill,
    gate,
    intake,
    keyfile,
    ledger,
    outdated,
    publish,
    quarantine,
    retake,
    retry,
    review,
    store,
    upgrade,
    upkeep,
    vault,
)
from flows.errors import BadUsage
from flows.exports import rules_of
from flows.hands import Hands, alone
from flows.inbox import Arrival, Inbox, at_most, distinct, look, named
from flows.lock import hold
from flows.mart_tables import Mart, tables_of
from flows.month_work import Job
from flows.order import Order, require_inbox
from flows.outcome import outcome
from flows.parquet import Rows
from flows.rehearsal import shadow
from flows.summary import Summary, summarise
from transforms import marts
from transforms.tables.files import FILES
from transforms.tables.layouts import ExportRules
from transforms.tables.policy import Settings
from transforms.tables.quarantine import QUARANTINE
from transforms.tokens import key_check

Step = Callable[..., Any]
Published = tuple[dict[str, Mart], str, tuple[str, ...] | None]


@dataclass(frozen=True)
class Watch:
    """Where a run tells what it does: one line a file, and what is done of what is to do."""

    line: Callable[[str], None] = lambda text: None
    progress: Callable[[str, int, int], None] = lambda what, done, total: None  # what: bytes or dates
    record: Callable[[str, Mapping[str, Any]], None] = lambda event, facts: None  # the same for machines: counts only


def plainly(name: str, function: Callable[..., Any], *args: Any) -> Any:
    """A step without Prefect: the call itself."""
    return function(*args)


def audit(order: Order, step: Step = plainly, watch: Watch | None = None) -> Summary:
    """Hold the store and `work`. Raises Failure with the exit code that the contract names."""
    require_inbox(order.inbox)
    with hold(order.store):
        return work(order, step, watch)


def work(order: Order, step: Step = plainly, watch: Watch | None = None, hands: Hands | None = None) -> Summary:
    """Take in what is new, publish what follows from it; the caller holds the store. `hands` do the heavy part: this machine's own."""
    hands = hands or alone(order.store)
    watch = watch or Watch()
    settings = settings_of(order.config)
    upgraded = upgrade.prepare(order.store)
    if upgraded:
        watch.line(upgraded)
    manifest, shown = store.read_manifest(order.store), outdated.shown_date(order.store)
    inbox = at_most(step("look into the inbox", look, order.inbox), _known(order.store, manifest), order.limit)
    stands = publish.is_current(order.store, order.as_of, _publication(order, settings, manifest))
    manifest, key, taken, items = _take_in(order, manifest, inbox, rules_of(settings), step, watch, hands, retries=not stands)
    refused = backfill.publish_earlier(
        order,
        lambda dated: _publication(dated, settings, manifest),
        lambda dated: _judged(dated, settings, manifest, key, step),
        step,
        watch,
    )
    frames, publication, warnings = _publish(order, settings, manifest, key, step)
    backfill.require_all(refused, order)
    upkeep.after_audit(order, manifest, settings.policy.history_retention_months, shown, step, watch)
    folder = publish.folder_of(order.as_of, publication).as_posix()
    return summarise(order.as_of, inbox, taken, items, frames, folder, warnings)


def rehearse(order: Order, watch: Watch | None = None) -> Summary:
    """What `audit` would do, worked out on a shadow of the store; the store stays as it is."""
    with shadow(order.store) as copy:
        return audit(replace(order, store=copy), watch=watch)


def settings_of(config: Path | None) -> Settings:
    """The configuration; a mistake in it is bad usage."""
    try:
        return load_settings(config)
    except ConfigError as why:
        raise BadUsage(str(why)) from None


def _take_in(
    order: Order, manifest: store.Manifest, inbox: Inbox, exports: ExportRules, step: Step, watch: Watch, hands: Hands, retries: bool
) -> tuple[store.Manifest, bytes | None, pl.DataFrame, pl.DataFrame]:
    """Every arrival that the lake does not know, chunk by chunk; each chunk is one commit. The key goes on to what comes after."""
    released = quarantine.released_ids(order.store, manifest)
    manifest, again = _taken_anew(order, manifest, inbox)
    key, vault_key = keyfile.read_key(order.store, manifest), vault.vault_key()
    if retries and key is not None:
        rules = intake.Rules(key, order.as_of, order.is_strict, released, frozenset(), vault_key, exports)
        better = step("look at what was set aside", retry.readable_now, order.store, manifest, inbox, rules)
        again = distinct([*again, *better])
        manifest = retake.forget(order.store, manifest, [arrival.file_id for arrival in better])
    known = _known(order.store, manifest)
    fresh = distinct([*again, *(arrival for arrival in inbox.arrivals if arrival.file_id not in known)])
    renewed = frozenset(arrival.source_file for arrival in again)
    files, items = [FILES.empty()], [QUARANTINE.empty()]
    if fresh and key is None:
        key = secrets.token_bytes(keyfile.KEY_BYTES) if order.is_dry_run else keyfile.make_key(order.store)
    done, total = 0, sum(arrival.byte_count for arrival in fresh)
    rules = intake.Rules(key or b"", order.as_of, order.is_strict, released, renewed, vault_key, exports)  # without a key nothing is fresh
    parts = intake.chunks(fresh)
    for chunk, read in zip(parts, hands.reads(parts, rules), strict=True):
        manifest = replace(manifest, key_check=key_check(rules.key))
        taken = step("take in a chunk", intake.take_chunk, order.store, manifest, read, rules)
        manifest = taken.manifest
        files.append(taken.files)
        items.append(taken.items)
        done += sum(arrival.byte_count for arrival in chunk)
        _tell(taken.files, watch)
        watch.progress("bytes", done, total)
    return manifest, key, pl.concat(files), pl.concat(items)


def _known(root: Path, manifest: store.Manifest) -> set[str]:
    """The ids of all files that the lake has an account of."""
    return set(store.scan(root, manifest, "files").select("file_id").collect().get_column("file_id"))


def _taken_anew(order: Order, manifest: store.Manifest, inbox: Inbox) -> tuple[store.Manifest, list[Arrival]]:
    """The files that a person named, and those whose claims are entangled with theirs, forgotten by the lake."""
    absent = [path for path in order.reprocess if not path.exists()]
    if absent:
        raise BadUsage("the file to take anew does not exist", str(absent[0]), "Give its path as seen from here.")
    again = {arrival.file_id: arrival for arrival in named(order.reprocess, order.inbox)}
    held = {arrival.file_id: arrival for arrival in inbox.arrivals}
    needed = retake.entangled(order.store, manifest, again)
    missing = needed - again.keys() - held.keys()
    if missing:
        files = store.scan(order.store, manifest, "files").filter(pl.col("file_id").is_in(list(missing))).collect()
        raise BadUsage(
            "another file completes the same payment and is no longer in the inbox",
            str(files["source_file"][0]),
            "Put it back into the inbox and run the command again.",
        )
    whole = [again.get(file_id) or held[file_id] for file_id in sorted(needed)]
    return retake.forget(order.store, manifest, needed), whole


def _tell(files: pl.DataFrame, watch: Watch) -> None:
    for row in files.sort("source_file").iter_rows(named=True):
        warned = f", {row['warning_count']} warnings (altbenefit parse says which)" if row["warning_count"] else ""
        watch.line(
            f"{row['source_file']}: {row['status']}, {row['claim_loaded_count']} claims loaded, "
            f"{row['claim_duplicate_count']} held already, {row['claim_quarantined_count']} set aside{warned}"
        )
        counts = {name: row[f"claim_{name}_count"] for name in ("loaded", "duplicate", "quarantined")}
        watch.record("file", {name: row[name] for name in ("source_file", "file_id", "format", "bytes", "status")} | counts)


def lake_of(root: Path, manifest: store.Manifest) -> marts.Lake:
    """The lake's tables as lazy frames."""
    return marts.Lake(**{name: store.scan(root, manifest, name) for name in marts.Lake.__dataclass_fields__})


def _publication(order: Order, settings: Settings, manifest: store.Manifest) -> str:
    """The id of what follows from this lake, configuration, business date, decisions and ledger."""
    decisions = review.decision_bytes(order.store) + ledger.ledger_bytes()
    return publish.publication_id(manifest.generation, settings.config_id, order.as_of, decisions)


def _publish(order: Order, settings: Settings, manifest: store.Manifest, key: bytes | None, step: Step) -> Published:
    """The marts, their id and the gate's warnings; None, and nothing worked out, where the current publication stands."""
    root, as_of = order.store, order.as_of
    publication = _publication(order, settings, manifest)
    if publish.is_current(root, as_of, publication):
        folder = root / publish.folder_of(as_of, publication)
        ranking = pl.read_parquet(folder / "payer_code_ranking.parquet")
        return {"findings": Rows((folder / "findings.parquet",)), "payer_code_ranking": ranking}, publication, None
    frames, verdict = _judged(order, settings, manifest, key, step)
    gate.require_pass(verdict, root, as_of)
    step("publish", publish.publish, root, as_of, publication, tables_of(frames), verdict.pages)
    return frames, publication, verdict.warnings


def _judged(
    order: Order, settings: Settings, manifest: store.Manifest, key: bytes | None, step: Step
) -> tuple[dict[str, Mart], gate.Verdict]:
    """The marts as of the order's date, and what the gate says of them."""
    root, as_of = order.store, order.as_of
    lake = lake_of(root, manifest)
    job = Job(root, manifest, settings, as_of, review.standing(root), ledger.read_tokens(key))
    out = step("work out", outcome, job, lake)
    return out.frames, step("gate", gate.judge, root, out, lake, settings, as_of)
