"""An environment of its own for each reader, under build/bench, with the versions that its requirements file pins and hashes."""

from __future__ import annotations

import ast
import hashlib
import re
import subprocess
import sys
from pathlib import Path

from benchmarks.figures import KEPT

HERE = Path(__file__).parent


class NotInstalled(Exception):
    """pip could not install a reader; its text says so without any address."""


def python_of(module: str) -> Path:
    """The interpreter that runs a reader: this one where it needs nothing more, else that of its own environment, made if need be."""
    pinned = HERE / f"{module}.txt"
    if not pinned.exists():
        return Path(sys.executable)
    folder = KEPT / "environments" / module
    python, ready = folder / "bin" / "python", folder / ".ready"
    stamp = hashlib.sha256(pinned.read_bytes()).hexdigest()
    if not ready.exists() or ready.read_text() != stamp:
        _install(folder, python, pinned)
        ready.write_text(stamp)
    return python


def _install(folder: Path, python: Path, pinned: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
    words = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "-r", str(pinned)]
    done = subprocess.run([str(python), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled(f"pip could not install it for Python {sys.version_info.major}.{sys.version_info.minor}")


def version_of(module: str) -> str:
    """As pinned; empty for a reader that comes with this project."""
    pinned = HERE / f"{module}.txt"
    found = (
        re.search(rf"^{module.replace('_', '[-_]')}==(\S+)", pinned.read_text(), re.MULTILINE | re.IGNORECASE) if pinned.exists() else None
    )
    return found.group(1) if found else ""


def yields(module: str) -> str:
    """What a reader hands over, in a few words."""
    return _told(module)[0].split(": ", 1)[-1].rstrip(".")


def remarks(module: str) -> str:
    """What one has to know of a reader to use it; empty where there is nothing."""
    return " ".join(_told(module)[1:])


def _told(module: str) -> list[str]:
    """The paragraphs about a reader, without importing what only its environment has."""
    words = ast.get_docstring(ast.parse((HERE / f"{module}.py").read_text(encoding="utf-8"))) or ""
    return [paragraph.replace("\n", " ") for paragraph in words.split("\n\n")]
