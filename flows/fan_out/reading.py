"""Reading and judging a chunk of files on a worker, and what the run makes of the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from flows import intake, keyfile, vault
from flows.errors import BadUsage
from flows.fan_out import bundle
from flows.fan_out.answer import Answer, answered, require
from flows.fan_out.bundle import Bundle
from flows.fan_out.crew import Crew, ahead
from flows.inbox import Arrival, contents
from transforms.tables.remittances import Remittances
from transforms.tokens import key_check

STEP = "read a chunk"
TABLES = tuple(Remittances.__dataclass_fields__)
KEEP, SECRET, HERE = "keep/", "secret/", "here"


@dataclass(frozen=True)
class Reading:
    """A chunk to read: paths, ids and rules. Keys do not travel: a worker reads them itself, and check values are compared."""

    needed: Mapping[str, str]
    scratch: Path
    key_file: Path
    key_check: str
    vault_check: str
    arrivals: tuple[Arrival, ...]
    rules: intake.Rules  # with empty keys


def read_there(order: Reading) -> Answer:
    """On a worker: read, judge and pack the chunk into the scratch of the run."""
    return answered(order.needed, order.scratch, STEP, partial(_read, order))


def _read(order: Reading) -> Bundle:
    rules = replace(order.rules, key=_key(order), vault_key=_vault_key(order))
    ready = intake.readied(order.arrivals, rules)
    frames = {name: getattr(ready.good, name) for name in TABLES} | {"_faults": ready.faults}
    pieces = {f"{KEEP}{path}": data for path, data in ready.keep.items()} | {f"{SECRET}{path}": data for path, data in ready.secret.items()}
    found = "\n".join(one.file_id for one in ready.here).encode()
    return bundle.pack(order.scratch, frames, pieces | {HERE: found})


def _key(order: Reading) -> bytes:
    path = order.key_file
    if not path.exists():
        raise BadUsage("the worker does not see the key file", str(path), "Keep it on the share, at the same path on every machine.")
    key = path.read_bytes()
    if key_check(key) != order.key_check:
        raise BadUsage("the worker's key file is another one", str(path), "Keep it on the share, at the same path on every machine.")
    return key


def _vault_key(order: Reading) -> bytes | None:
    if not order.vault_check:
        return None
    key = vault.vault_key()
    if key is None or key_check(key) != order.vault_check:
        raise BadUsage(
            f"the worker has another {vault.ENVIRONMENT} than the run, or none",
            next_step="Start workers with the same vault key as the run.",
        )
    return key


def reads(crew: Crew, root: Path, parts: Sequence[list[Arrival]], rules: intake.Rules) -> Iterator[Callable[[], intake.Ready]]:
    """What gives each chunk in order; workers read those that come next while the run takes one in."""
    blank = replace(rules, key=b"", vault_key=None)
    checks = key_check(rules.key), key_check(rules.vault_key) if rules.vault_key else ""
    orders = [
        Reading(crew.needed, crew.scratch, keyfile.key_path(root).absolute(), *checks, tuple(map(_whole, part)), blank) for part in parts
    ]
    for part, wait in zip(parts, ahead(crew, STEP, read_there, orders), strict=True):
        yield partial(_ready, crew, part, rules, wait)


def _whole(arrival: Arrival) -> Arrival:
    return replace(arrival, path=arrival.path.absolute())


def _ready(crew: Crew, part: list[Arrival], rules: intake.Rules, wait: Callable[[], Answer]) -> intake.Ready:
    """The worker's chunk. A file that the worker did not find and this machine does: then the chunk is read here."""
    packed = require(wait())
    frames, pieces = bundle.unpack(crew.scratch, packed)
    crew.drop(packed.folder)
    found = set(pieces[HERE].decode().split())
    if contents(one for one in part if one.file_id not in found):
        return intake.readied(part, rules)
    return intake.Ready(
        [one for one in part if one.file_id in found],
        Remittances(**{name: frames[name] for name in TABLES}),
        frames["_faults"],
        {name.removeprefix(KEEP): data for name, data in pieces.items() if name.startswith(KEEP)},
        {name.removeprefix(SECRET): data for name, data in pieces.items() if name.startswith(SECRET)},
    )
