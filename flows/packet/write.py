"""The packet's folder: read what is published, work out the figures, write the documents whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from config.load import ConfigError, load_settings
from flows.errors import BadUsage
from flows.packet import pages, word
from flows.packet.blocks import isolated
from flows.packet.evidence import evidence
from flows.packet.facts import MINIMUM, Facts, sender_from_environment
from flows.packet.letter import letter
from flows.packet.notes import as_text, notes
from flows.packet.payer import require_payer
from flows.published import mart
from flows.report.swap import replace_folder
from transforms.packet.asking import Wish
from transforms.packet.lines import COLUMNS
from transforms.packet.packet import Packet, Question, packet

SEND, KEEP = "send", "keep"
NOTES = f"{KEEP}/notes.txt"
ENDINGS = ("html", "pdf", "docx")
NAMES = {NOTES, *(f"{SEND}/{name}.{ending}" for name in ("letter", "evidence") for ending in ENDINGS)}
NO_PDF = "no PDF was written: the system library that draws it is missing. Install libpango (Debian: libpango-1.0-0), or print the HTML."


@dataclass(frozen=True)
class Order:
    """What was asked for; `out` None means packet-PAYER below the working folder."""

    store: Path
    config: Path | None
    payer_id: str
    out: Path | None
    tiers: tuple[int, ...]
    general: Wish
    own: Mapping[str, Wish]
    is_named: bool
    has_comparators: bool
    paper: str
    letter_date: date | None


@dataclass(frozen=True)
class Written:
    """Where the packet is, what it says, and what the practice should know. `pdf_missing` says why there is no PDF."""

    folder: Path
    files: tuple[str, ...]
    figures: Packet
    facts: Facts
    notes: tuple[str, ...]
    pdf_missing: str | None


def write_packet(order: Order) -> Written:
    """Write the packet. The same publication, configuration and environment give the same bytes.

    Raises BadUsage where nothing is published, the payer is unknown or has nothing to show, or the folder holds other things.
    """
    figures, facts, found = figures_of(order)
    documents = (letter(figures, facts), evidence(figures, facts))
    files: dict[str, bytes] = {NOTES: as_text(found, facts, documents).encode()}
    pdf_missing = None
    for document in documents:
        html = pages.as_html(document, order.paper)
        files[f"{SEND}/{document.name}.html"] = html
        files[f"{SEND}/{document.name}.docx"] = word.as_docx(document, order.paper)
        try:
            files[f"{SEND}/{document.name}.pdf"] = pages.as_pdf(html, document)
        except OSError:
            pdf_missing = NO_PDF
    folder = order.out or Path(f"packet-{_as_file_name(order.payer_id)}")
    _replace(order.store, folder, files)
    return Written(folder, tuple(sorted(files)), figures, facts, found, pdf_missing)


def figures_of(order: Order) -> tuple[Packet, Facts, tuple[str, ...]]:
    """The packet's figures, what its words rest on, and the notes for the practice."""
    require_payer(order.store, order.payer_id)
    ranking, findings = mart(order.store, "payer_alternate_ranking"), mart(order.store, "findings", COLUMNS)
    findings = findings.filter(pl.col("counted") | (pl.col("payer_id") == order.payer_id))
    try:
        settings = load_settings(order.config)
    except ConfigError as why:
        raise BadUsage(str(why)) from None
    question = Question(order.payer_id, order.tiers, order.general, dict(order.own), settings.policy.increases_pct, MINIMUM)
    figures = packet(findings, ranking, settings.market_fees, question)
    _require_something(order, findings, figures)
    facts = _facts(order, ranking, figures)
    return figures, facts, notes(figures, facts, findings, mart(order.store, "ask_outcomes"))


def _facts(order: Order, ranking: pl.DataFrame, figures: Packet) -> Facts:
    start, end = ranking["window_start"][0], ranking["window_end"][0]
    seen = set(figures.lines.get_column("evidence_tier"))
    names = figures.lines.get_column("payer_name").drop_nulls().sort()
    return Facts(
        payer_id=order.payer_id,
        payer_name=isolated(names[0] if len(names) else order.payer_id),
        is_in_network=bool((figures.lines.get_column("network") == "in").any()),
        window_start=start,
        window_end=end,
        tiers=tuple(tier for tier in order.tiers if tier in seen),  # the letter gives no reason that no line has
        letter_date=order.letter_date or end,
        sender=sender_from_environment(),
        is_named=order.is_named,
        has_comparators=order.has_comparators,
    )


def _require_something(order: Order, findings: pl.DataFrame, figures: Packet) -> None:
    """Raises BadUsage where no letter could say anything, or none without pointing at somebody."""
    counted = findings.filter((pl.col("payer_id") == order.payer_id) & pl.col("counted"))
    tiers = ", ".join(map(str, order.tiers))
    if counted.is_empty():
        step = "There is nothing to ask this payer for; altbenefit review list may hold lines that wait for you."
        raise BadUsage("this payer has no counted line in the ranking window", str(order.store), step)
    if figures.lines.is_empty():
        raise BadUsage(f"this payer has no counted line of evidence tier {tiers}", str(order.store), "Choose others with --tiers.")
    if figures.totals is None:
        step = "Wait for more claims, or ask by telephone: a letter would point at single patients."
        raise BadUsage(f"this payer's counted lines are of fewer than {MINIMUM} patients or claims", str(order.store), step)
    if figures.totals["surprise_cents"] == 0 and figures.totals["absorbed_cents"] == 0:
        step = "There is no burden to show; altbenefit explain LINE_ID shows a line of it."
        raise BadUsage("this payer's downgrades left nothing to patients and nothing written off", str(order.store), step)


def _replace(store: Path, folder: Path, files: Mapping[str, bytes]) -> None:
    """Put the files in place of an earlier packet, whole."""
    if folder.resolve().is_relative_to(store.resolve()) or store.resolve().is_relative_to(folder.resolve()):
        raise BadUsage("the packet must lie apart from the store", str(folder), "Name a folder outside the store as --out.")
    if folder.exists() and (not folder.is_dir() or _names(folder) - NAMES):
        raise BadUsage("the folder holds something that is no earlier packet", str(folder), "Name an empty or new folder as --out.")
    replace_folder(folder, lambda beside: _fill(beside, files))


def _fill(beside: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = beside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def _as_file_name(payer_id: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in payer_id)
