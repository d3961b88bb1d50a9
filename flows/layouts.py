"""`layouts infer`: the draft of a layout for one file, as YAML to correct, and a look at what it reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import yaml

from config.layouts import read_layout
from flows.errors import BadUsage
from flows.exports import sheets_of
from flows.inbox import open_bytes
from flows.sniff import kind_of
from flows.unpack import Unusable, is_gzip, is_zip, members
from transforms.eob.infer import SUMMED, Draft, infer
from transforms.eob.sheet import ROW
from transforms.tables.layouts import FIELDS

SHOWN_ROWS = 5
TELLING = ("charge", "paid", "patient", "writeoff", "submitted_code", "paid_code", "service_date")


@dataclass(frozen=True)
class Proposal:
    """A draft, its YAML, required fields that nothing was found for, and five rows with every letter and digit masked."""

    draft: Draft
    text: str
    missing: tuple[str, ...]
    rows: pl.DataFrame


def propose(path: Path) -> Proposal:
    """The proposal for a CSV, TSV or XLSX file. Raises BadUsage where there is no table with a header in it."""
    sheet, draft = _drafted(path)
    missing = tuple(field for field in ("charge", "paid", "service_date", "check_date") if field not in draft.columns)
    if not {"submitted_code", "paid_code"} & draft.columns.keys():
        missing = (*missing, "submitted_code")
    below = sheet.filter(pl.col(ROW) > draft.header_row)
    told = below.filter(pl.any_horizontal(pl.col(column).is_not_null() for column in draft.places.values())).head(SHOWN_ROWS)
    cells = {field: pl.col(column).fill_null("").map_elements(masked, pl.String) for field, column in draft.places.items()}
    shown = told.select(ROW, **cells)
    return Proposal(draft, _yaml(path, draft, missing), missing, shown)


def _drafted(path: Path) -> tuple[pl.DataFrame, Draft]:
    contents = [content for _, content in members(open_bytes(path))]
    content = contents[0] if len(contents) == 1 else None
    if content is None or isinstance(content, Unusable) or kind_of(content) in ("835", "fhir") or is_gzip(content):
        raise BadUsage("this is no single CSV, TSV or XLSX export", str(path), "Give one export; 835 and FHIR files need no layout.")
    if is_zip(content) and kind_of(content) != "xlsx":
        raise BadUsage("this is no workbook", str(path), "Save it anew as XLSX or CSV.")
    try:
        sheets = sheets_of(content)
    except Unusable as why:
        raise BadUsage(str(why), str(path), "Save it anew as XLSX or CSV.") from None
    found = next(((sheet, draft) for sheet in sheets if (draft := infer(sheet))), None)
    if found is None:
        raise BadUsage(
            "no row looks like a header: none has three column names in use", str(path), "Write a layout by hand, after a shipped one."
        )
    return found


def masked(cell: str) -> str:
    """The form of a cell without its content."""
    return re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "9", cell))[:40]


def _yaml(path: Path, draft: Draft, missing: tuple[str, ...]) -> str:
    telling = [draft.columns[field] for field in TELLING if field in draft.columns]
    keys = {
        "header": list(dict.fromkeys(telling)) or list(draft.columns.values()),
        "columns": {field: [name] for field, name in draft.columns.items()},
        "ignore": list(draft.unused),
    }
    sure = "\n".join(f"#   {field}: {draft.confidence[field]}" for field in draft.columns)
    share = "unknown share, for the columns to add are not there" if draft.adds_up_pct is None else f"{draft.adds_up_pct} %"
    needed = f"# Not found, and needed: {', '.join(missing)}. Name their columns, or state them under `title`.\n" if missing else ""
    summed = [field for field in SUMMED[1:] if field in draft.columns and not ("patient" in draft.columns and field in SUMMED[4:7])]
    return (
        f"# Drafted by `altbenefit layouts infer`. Correct it, and put it into config/eob_layouts/.\n{needed}"
        f"# charge = {' + '.join(summed)} holds for {share} of the sampled rows.\n# How sure:\n{sure}\n"
        f"# Fields there are: {', '.join(FIELDS)}\n" + yaml.safe_dump(keys, sort_keys=False, allow_unicode=True, width=130)
    )


def write(proposal: Proposal, out: Path) -> None:
    """Write the draft where there is none yet, and read it back as the audit will. Raises BadUsage, ConfigError."""
    if out.exists():
        raise BadUsage("the file exists", str(out), "Give another name, or delete it first.")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(proposal.text, encoding="utf-8")
    read_layout(f"eob_layouts/{out.name}", out)
