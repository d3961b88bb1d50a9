"""The manifest: which files a store consists of, in which format, and one name for what they say.

Files are named by their content. A folded file says what several said before, so it goes by the same name as those: folding
changes no key that names what is worked out of the lake.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.errors import StoreDamaged, StoreTooNew

MANIFEST = "manifest.json"
FORMAT = 2  # of the store; what each one brought: flows/upgrade.py
KEPT = "kept"  # bytes of what was set aside, in the place of a table
MARKS = 1 << 256


@dataclass(frozen=True)
class Folded:
    """What a lake file was folded from: the sum of those files' marks, and their bytes."""

    mark: int
    byte_count: int


@dataclass(frozen=True)
class Manifest:
    """Which files a store consists of: relative paths by table, and a check value of the key they were made with.

    `folded`: by path, what a file stands for.
    """

    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    key_check: str = ""
    folded: Mapping[str, Folded] = field(default_factory=dict)

    @property
    def generation(self) -> str:
        """Names what the lake says. Kept bytes say nothing that their items do not."""
        tables = {name: self.name_of(paths) for name, paths in sorted(self.files.items()) if paths and name != KEPT}
        return hashlib.sha256(json.dumps({"key_check": self.key_check, "tables": tables}).encode()).hexdigest()

    @property
    def is_empty(self) -> bool:
        return not any(self.files.values())

    def mark_of(self, path: str) -> int:
        """The hash of a file's name; of a folded one the sum of the marks of what it was folded from."""
        folded = self.folded.get(path)
        return folded.mark if folded else int.from_bytes(hashlib.sha256(path.encode()).digest())

    def name_of(self, paths: Iterable[str]) -> str:
        """One name for some files, in whatever order and however they were folded."""
        return f"{sum(map(self.mark_of, paths)) % MARKS:064x}"

    def bytes_of(self, root: Path, path: str) -> int:
        """The bytes of a file, as they were before it was folded."""
        folded = self.folded.get(path)
        return folded.byte_count if folded else (root / path).stat().st_size

    def fold_of(self, root: Path, paths: Iterable[str]) -> Folded:
        """What one file stands for that takes the place of these."""
        paths = tuple(paths)
        return Folded(sum(map(self.mark_of, paths)) % MARKS, sum(self.bytes_of(root, path) for path in paths))

    def dump(self) -> bytes:
        body = {
            "format": FORMAT,
            "key_check": self.key_check,
            "files": {name: sorted(paths) for name, paths in sorted(self.files.items()) if paths},
            "folded": {path: [f"{one.mark:064x}", one.byte_count] for path, one in sorted(self.folded.items())},
        }
        return json.dumps(body, indent=0, sort_keys=True).encode() + b"\n"


def parse_manifest(data: bytes) -> Manifest:
    """A manifest of this format or an older one. Raises ValueError, KeyError or TypeError for what is none."""
    body = json.loads(data)
    files = {name: tuple(paths) for name, paths in body["files"].items()}
    folded = {path: Folded(int(mark, 16), size) for path, (mark, size) in body.get("folded", {}).items()}
    return Manifest(files, body["key_check"], folded)


def read_manifest(root: Path) -> Manifest:
    """The store's manifest; a store that does not exist yet is empty.

    Raises StoreTooNew for a format that this version does not know, StoreDamaged where the manifest cannot be read.
    """
    path = root / MANIFEST
    require_known(root)
    try:
        return parse_manifest(path.read_bytes()) if path.exists() else Manifest()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _damaged(path) from None


def format_of(root: Path) -> int | None:
    """The format that a store is in, 1 where its manifest does not say; None where there is no manifest yet."""
    path = root / MANIFEST
    if not path.exists():
        return None
    try:
        return format_in(json.loads(path.read_bytes()))
    except (ValueError, TypeError, AttributeError):
        raise _damaged(path) from None


def format_in(body: Mapping[str, Any]) -> int:
    """The format that a manifest, as JSON, says it is in."""
    return int(body.get("format", 1))


def require_known(root: Path) -> None:
    """Raises StoreTooNew where a newer version of this program wrote the store. Who needs a manifest finds out that it is damaged."""
    with suppress(StoreDamaged):
        require_format(format_of(root) or FORMAT, root / MANIFEST)


def require_format(found: int, path: Path) -> None:
    """Raises StoreTooNew for a format that is newer than this version's."""
    if found > FORMAT:
        raise StoreTooNew(
            f"the store is in format {found}, and this altbenefit knows formats up to {FORMAT}",
            str(path),
            "Install the altbenefit that wrote the store, or a newer one; nothing was changed.",
        )


def _damaged(path: Path) -> StoreDamaged:
    return StoreDamaged("the store's manifest is damaged", str(path), "Restore the store from its backup.")
