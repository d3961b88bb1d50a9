"""Remittance files to tables, on two threads, a batch at a time."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby

from flows.exports import read_exports, shipped_rules
from flows.inbox import let_go
from flows.sniff import kind_of
from transforms import x12
from transforms.eob import fhir
from transforms.tables.layouts import ExportRules
from transforms.tables.remittances import Blob, Remittances

THREADS = 2


def read_in_order(blobs: Iterable[Blob], exports: ExportRules | None = None) -> Iterator[Remittances]:
    """The remittances of all files, part by part in file order. Files of one kind in a row are read together, so sort by kind.

    `exports` says how CSV and XLSX exports are read; the shipped layouts where nothing is given.
    """
    for kind, alike in groupby(blobs, lambda blob: kind_of(blob.data)):
        if kind in ("csv", "xlsx"):
            yield from read_exports(alike, exports or shipped_rules())
        else:
            yield from (_read_fhir if kind == "fhir" else _read_835)(alike)


def _read_835(blobs: Iterable[Blob]) -> Iterator[Remittances]:
    """Batch by batch. A file's faults are told one by one up to a number, whatever batches they lie in."""
    listed: Counter[str] = Counter()
    for part in _parts(blobs):
        faults = x12.capped(part.faults, listed)
        listed.update(faults.drop_nulls("segment").get_column("file_id").to_list())
        yield replace(part, faults=faults)


def _parts(blobs: Iterable[Blob]) -> Iterator[Remittances]:
    """Never more than one batch ahead of each thread."""
    with ThreadPoolExecutor(THREADS) as pool:
        waiting: deque[Future[Remittances]] = deque()
        for batch in x12.batches(_pieces(blobs)):
            waiting.append(pool.submit(x12.read, batch))
            if len(waiting) > THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _read_fhir(blobs: Iterable[Blob]) -> Iterator[Remittances]:
    """Some thousand claims at a time; the pages of a mapped file go back once it is read."""

    def each() -> Iterator[Blob]:
        for blob in blobs:
            yield blob
            let_go(blob.data)

    return fhir.read_in_parts(each())


def _pieces(blobs: Iterable[Blob]) -> Iterator[x12.Piece]:
    """Pieces are copies, so the pages of a mapped file go back as it is cut."""
    for blob in blobs:
        for piece in x12.cut(blob):
            let_go(blob.data)
            yield piece
