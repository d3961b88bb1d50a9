"""Nights over spoilt exports, workbooks, FHIR files and archives: `python -m benchmarks.spoil_exports [count]`."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.hostile.export_mutants import mutants, night_of

BATCH = 250
Row = tuple[str, str, str]


def spoilt_exports(folder: Path, count: int, seconds: float) -> Row:
    """What was spoilt, what came of it, and how much of it could be used: every byte and claim is accounted for, or it stops."""
    begun, done, size = time.monotonic(), 0, 0
    files = {"loaded": 0, "duplicate": 0, "quarantined": 0}
    claims = dict(files)
    while done < count and time.monotonic() - begun < seconds:
        batch = mutants(min(BATCH, count - done), seed=5_000 + done)
        found = night_of(folder / "exports", batch)
        for status in files:
            files[status] += found.summary.files.get(status, 0)
            claims[status] += found.summary.claims.get(status, 0)
        files["loaded"], claims["loaded"] = files["loaded"] - 1, claims["loaded"] - 1  # the good file that every night has beside
        done, size = done + len(batch), size + sum(len(data) for _, data in batch)
        shutil.rmtree(folder / "exports")
    told = ", ".join(f"{files[name]:,} files and {claims[name]:,} claims {name}" for name in files)
    return (
        "spoilt exports, workbooks, FHIR files and archives",
        f"{done:,} of {count:,} asked, no crash, {size / 1e6:.1f} MB all accounted for",
        told,
    )


def main() -> None:
    """So many, in a folder that is thrown away."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    with tempfile.TemporaryDirectory(prefix="altbenefit-exports-") as scratch:
        folder = Path(scratch)
        key = folder / "key"
        key.write_bytes(bytes(range(32)))
        key.chmod(0o600)
        os.environ["ALTBENEFIT_KEY_FILE"] = str(key)
        print("; ".join(spoilt_exports(folder, count, 3_600)))


if __name__ == "__main__":
    main()
