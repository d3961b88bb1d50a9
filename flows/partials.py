"""What was worked out of each month, kept in the store so that a night need not work it out again.

`partials/<month>/<stage>-<key>/<table>.parquet`: the tables of one stage, under a key that names all that they follow from.
`partials/index.json` says which belong together and the hash of each file; what it does not name is swept. All of it can be
deleted at any time: the next run works it out anew, with the same answers. Damage is noticed, and answered in the same way.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import polars as pl

from flows import parquet
from flows.mart_tables import MART_TABLES
from flows.store import sha_of, write_whole
from transforms.marts import ROW_MARTS

FOLDER = "partials"
INDEX = f"{FOLDER}/index.json"
PASSED = f"{FOLDER}/passed.json"
SOURCES = Path(__file__).parents[1] / "transforms"
WRITERS = ("channels.py", "mart_tables.py", "month_work.py", "months.py", "netted.py", "parquet.py", "partials.py")
KEY_DIGITS = 20


@dataclass(frozen=True)
class Index:
    """Stages by month, each with its key; files by path below the store, each with the hash of its bytes.

    `made_by` names code and configuration: under another one nothing of this holds.
    """

    made_by: str = ""
    stages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@cache
def code_id() -> str:
    """Names the code of the stages and the library that runs them."""
    # Keys of claims are hashes by the library, which may differ between processors.
    digest = hashlib.sha256(f"{pl.__version__} {pl.Series(['altbenefit']).hash(1).item()}".encode())
    written_by = [Path(__file__).with_name(name) for name in WRITERS]
    for path in (*sorted(SOURCES.rglob("*.py")), *written_by):
        digest.update(path.relative_to(SOURCES.parent).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def key_of(*parts: str) -> str:
    """A short name for all of these together."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:KEY_DIGITS]


def digest_of(frame: pl.DataFrame) -> str:
    """Names the rows of a small frame, whatever their order."""
    return key_of(*sorted(map(repr, frame.rows())))


def read_index(root: Path, made_by: str) -> Index:
    """What is kept and still holds; an empty index where it was made otherwise, or where any of its files is not as it was."""
    path = root / INDEX
    try:
        body = json.loads(path.read_bytes())
        index = Index(body["made_by"], body["stages"], body["files"])
        whole = index.made_by == made_by and all(sha_of(root / name) == sha for name, sha in index.files.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Index(made_by)
    return index if whole else Index(made_by)


def kept_since(root: Path) -> int:
    """When the index was written, in nanoseconds; whatever it rests on is older."""
    path = root / INDEX
    return path.stat().st_mtime_ns if path.exists() else 0


def write_index(root: Path, index: Index) -> None:
    """Keep the index, then sweep what it does not name."""
    body = {"made_by": index.made_by, "stages": index.stages, "files": index.files}
    write_whole(root / INDEX, json.dumps(body, indent=0, sort_keys=True).encode() + b"\n")
    sweep(root, unused(root, index.files))


def unused(root: Path, files: Iterable[str] | None = None) -> list[Path]:
    """Folders of stages that none of these files lies in; without files, those of the index count."""
    if files is None:
        files = read_files(root)
    kept = {(root / name).parent for name in files}
    return [folder for folder in sorted((root / FOLDER).glob("*/*")) if folder.is_dir() and folder not in kept]


def sweep(root: Path, folders: Iterable[Path]) -> None:
    """Remove stages, and months of which nothing is left."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    for month in (root / FOLDER).iterdir():
        if month.is_dir() and not any(month.iterdir()):
            month.rmdir()


def read_files(root: Path) -> Iterable[str]:
    """The files that the index names, whoever made them; none where it cannot be read: then nothing kept is of use."""
    try:
        return json.loads((root / INDEX).read_bytes())["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return ()


@cache
def gate_id() -> str:
    """Names the code of the checks and of what they check."""
    checks = sorted((SOURCES.parent / "expectations").rglob("*.py"))
    return key_of(code_id(), *(path.read_text(encoding="utf-8") for path in checks))


def passed(root: Path) -> frozenset[str]:
    """The files of marts, by name and hash, that every check of today passed on an earlier run."""
    try:
        return frozenset(json.loads((root / PASSED).read_bytes())[gate_id()])
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def note_passed(root: Path, name: str, files: Iterable[str]) -> None:
    """Keep which files of one mart have passed, in the place of what was kept of it before."""
    others = (one for one in passed(root) if not one.startswith(f"{name} "))
    write_whole(root / PASSED, json.dumps({gate_id(): sorted({*others, *files})}, indent=0).encode() + b"\n")


def folder_of(month: str, stage: str, key: str) -> str:
    """Where a stage of a month lies below the store."""
    return f"{FOLDER}/{month}/{stage}-{key}"


def write_stage(root: Path, folder: str, tables: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """Write the tables of one stage; returns the hash of each file by its path. The same rows give the same bytes."""
    target = root / folder
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, frame in tables.items():
        if name in ROW_MARTS:  # as it will be published, so that publishing need not read it
            parquet.write_table(frame, MART_TABLES[name], target / f"{name}.parquet")
            continue
        in_order(frame).write_parquet(target / f"{name}.parquet", compression="zstd", compression_level=1, statistics=False)
    return {f"{folder}/{name}.parquet": sha_of(target / f"{name}.parquet") for name in tables}


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows sorted by their id where they have one, else by all that they hold."""
    ids = [name for name in ("line_id", "claim_id", "payment_id") if name in frame.columns][:1]
    plain = [name for name, kind in frame.schema.items() if not isinstance(kind, pl.List)]
    return frame.sort(ids or plain, nulls_last=True, maintain_order=True)


def scan(root: Path, folders: Iterable[str], table: str) -> pl.LazyFrame | None:
    """The rows of a table in several stages, one below the other; None where there is no stage."""
    paths = [root / folder / f"{table}.parquet" for folder in folders]
    return pl.scan_parquet(paths, hive_partitioning=False, glob=False) if paths else None
