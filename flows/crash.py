"""What an error that nobody foresaw leaves behind: where it happened. What it had in hand may be a patient's."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator

WITHHELD = "what it said may quote a row: it is shown on a terminal only"


def leave_no_core() -> None:
    """A process that dies leaves no core file: it would hold remittances in clear."""
    try:
        import resource
    except ImportError:  # a system without such limits writes no core files either
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def traceback_of(error: BaseException) -> str:
    """Files, lines and our own source, oldest error first; what each error said only where a person looks on."""
    return "\n".join(_of_one(one, sys.stderr.isatty()) for one in reversed(list(_chain(error))))


def _of_one(error: BaseException, is_private: bool) -> str:
    said = str(error) if is_private else WITHHELD
    head = ["Traceback (most recent call last):\n", *traceback.format_tb(error.__traceback__)]
    return "".join([*head, f"{type(error).__module__}.{type(error).__qualname__}: {said}"])


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
