"""The commands that the pages show: those in fenced blocks, which run, and those within a sentence, whose words must exist."""

from __future__ import annotations

import re
import shlex

from tests.shape.tree import ROOT

PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
}
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", flags=re.M | re.S)
INLINE = re.compile(r"`(?:\.venv/bin/)?(altbenefit [^`]+)`")
PROGRAMS = {"git", "make", "python3", "altbenefit", ".venv/bin/altbenefit", ".venv/bin/python"}


def lines(page: str) -> list[str]:
    """The command lines in a page's blocks, in order, without what a comment says."""
    found = []
    for kind, body in BLOCK.findall(PAGES[page]):
        told = [line for line in body.splitlines() if line.strip() and not line.startswith("#")]
        if kind.split(" ")[0] in {"sh", ""} and told and told[0].split()[0] in PROGRAMS:
            found += told
    return found


def pages_with_commands() -> list[str]:
    """Every page that shows a command in a block."""
    return [page for page in PAGES if lines(page)]


def mentioned() -> list[tuple[str, list[str]]]:
    """(page, words after `altbenefit`) of each command within a sentence."""
    said = [(page, text.replace("\n", " ")) for page, whole in PAGES.items() for text in INLINE.findall(BLOCK.sub("", whole))]
    return [(page, shlex.split(text)[1:]) for page, text in said]
