"""Paths in the cache mean nothing to a reader: what is told names the object or the address that they stand for."""

from __future__ import annotations

from pathlib import Path

_SHOWN: dict[str, str] = {}


def show(path: Path, as_text: str) -> None:
    """From now on this process tells `as_text` where it would tell the path."""
    _SHOWN[str(path)] = as_text


def told(text: str) -> str:
    """The text with every such path replaced, the longest first."""
    for path in sorted(_SHOWN, key=len, reverse=True):
        text = text.replace(path, _SHOWN[path])
    return text
