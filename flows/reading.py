"""Remittance files to tables, on two threads, a batch at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from flows.inbox import let_go
from transforms import x12
from transforms.tables.remittances import Blob, Remittances

THREADS = 2
PIECE_BYTES = 6_000_000  # half the reader's own size: as fast here, and half the memory


def read_in_order(blobs: Iterable[Blob]) -> Iterator[Remittances]:
    """The remittances of all files, batch by batch in file order; never more than one batch ahead of each thread."""
    with ThreadPoolExecutor(THREADS) as pool:
        waiting: deque[Future[Remittances]] = deque()
        for batch in x12.batches(_pieces(blobs), PIECE_BYTES):
            waiting.append(pool.submit(x12.read, batch))
            if len(waiting) > THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _pieces(blobs: Iterable[Blob]) -> Iterator[x12.Piece]:
    """Pieces are copies, so the pages of a mapped file go back as it is cut."""
    for blob in blobs:
        for piece in x12.cut(blob, PIECE_BYTES):
            let_go(blob.data)
            yield piece
