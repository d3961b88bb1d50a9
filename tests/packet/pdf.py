"""What a PDF holds, by Debian's own tools."""

from __future__ import annotations

import ctypes.util
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

MAKES_PDF = ctypes.util.find_library("pangoft2-1.0") is not None
needs_pdf_tools = pytest.mark.skipif(
    not (MAKES_PDF and shutil.which("pdftotext")), reason="not installed (Debian: poppler-utils, libpangoft2-1.0-0)"
)
WORD = re.compile(r'<word xMin="(?P<xMin>[\d.]+)" yMin="[\d.]+" xMax="(?P<xMax>[\d.]+)" yMax="(?P<yMax>[\d.]+)">(?P<text>[^<]*)</word>')
FOOTER = Decimal("0.93")  # below this share of the page stand the running title and the page number


def _run(*words: object) -> str:
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True, timeout=60).stdout


def text_of(path: Path) -> str:
    return _run("pdftotext", "-layout", path, "-")


def page_count(path: Path) -> int:
    return int(re.findall(r"Pages:\s+(\d+)", _run("pdfinfo", path))[0])


def paper_of(path: Path) -> tuple[int, int]:
    """Width and height in whole points."""
    width, height = re.findall(r"Page size:\s+([\d.]+) x ([\d.]+)", _run("pdfinfo", path))[0]
    return round(float(width)), round(float(height))


def pages_of(path: Path) -> list[list[dict[str, str]]]:
    """The words of each page with where they stand, in points from its upper left."""
    pages = _run("pdftotext", "-bbox", path, "-").split("<page ")[1:]
    return [[found.groupdict() for found in WORD.finditer(page)] for page in pages]


def last_line(path: Path) -> Decimal:
    """Where the text of the last page ends, as a share of its height; running lines at the foot do not count."""
    height = paper_of(path)[1]
    shares = (Decimal(word["yMax"]) / height for word in pages_of(path)[-1])
    return max(share for share in shares if share < FOOTER)
