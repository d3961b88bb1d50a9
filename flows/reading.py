"""Remittance files to tables, on two threads, a batch at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from transforms import x12
from transforms.tables.remittances import Blob, Remittances

THREADS = 2


def read_in_order(blobs: Iterable[Blob]) -> Iterator[Remittances]:
    """The remittances of all files, batch by batch in file order; never more than one batch ahead of each thread."""
    with ThreadPoolExecutor(THREADS) as pool:
        waiting: deque[Future[Remittances]] = deque()
        pieces = (piece for blob in blobs for piece in x12.cut(blob))
        for batch in x12.batches(pieces):
            waiting.append(pool.submit(x12.read, batch))
            if len(waiting) > THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
