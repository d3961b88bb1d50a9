"""Stores that an older version wrote, brought to this version's format by the first command that writes to them.

| format | written by | what it brought |
|---|---|---|
| 1 | altbenefit until November 2026 | a manifest of files and key, without a format |
| 2 | since | the manifest says its format and what each folded file stands for |

Each step may be done again, and the manifest is written last, in one go: a run that dies on the way leaves the old format.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from flows import partials, store
from flows.manifest import FORMAT, MANIFEST, Manifest, format_of, read_manifest


def prepare(root: Path) -> str:
    """Finish or sweep what a run that died left behind, then upgrade; returns what to tell, or nothing.

    Raises StoreTooNew where a newer version wrote the store, StoreDamaged where a file of an old one is not what its name says.
    """
    store.prepare(root)
    found = format_of(root)
    if found is None or found == FORMAT:
        return ""
    manifest = read_manifest(root)
    for number in range(found, FORMAT):
        STEPS[number](root, manifest)
    store.write_whole(root / MANIFEST, manifest.dump())
    return f"the store goes from format {found} to {FORMAT}"


def _from_1(root: Path, manifest: Manifest) -> None:
    """Files were never folded, so there is nothing to say of them; but only whole ones may be from now on.

    What was worked out of them goes by other names now.
    """
    store.require_whole(root, manifest)
    shutil.rmtree(root / partials.FOLDER, ignore_errors=True)


STEPS: Mapping[int, Callable[[Path, Manifest], None]] = {1: _from_1}
