"""The weekly page: one HTML file that stands alone, the same bytes for the same week, readable without script."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from flows.report import drawings, words
from flows.report.columns import Anchors, grid
from flows.report.needs import needs
from transforms.report.week import Week
from transforms.tables.contract import CONTRACT_VERSION

TEMPLATES = Path(__file__).parents[1] / "templates"
LISTS = (
    "asks_first", "by_basis", "weeks", "week_lines", "explained", "explained_lines", "review", "unusable", "set_aside", "not_counted",
    "unpriced",
)  # fmt: skip
LONG = ("too_few_claims", "new_and_worsening", "wins", "freshness", "restated", "locations", "unmapped")  # as long as the practice is large


def render(week: Week) -> bytes:
    """The page as UTF-8. Raises BadUsage where report.yaml names a column that a table does not have."""
    import jinja2

    site = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    site.filters |= {
        "dollars": words.dollars,
        "signed": words.signed,
        "whole": words.whole,
        "percent": words.percent,
        "long_day": words.long_day,
    }
    site.globals |= {"count_of": words.count_of, "span": words.span}
    style, script = (
        site.get_template(f"report/{name}").render(week_name=f"Leakage report {week.week}") for name in ("page.css.j2", "page.js")
    )
    html = site.get_template("report/page.html.j2").render(
        style=style, script=script, style_hash=_hash(style), script_hash=_hash(script), **context(week)
    )
    return html.encode()


def context(week: Week) -> dict[str, Any]:
    """Everything the template names."""
    anchors = anchors_of(week)
    grids = {name: grid(name, getattr(week, name), week.policy, anchors) for name in LISTS}
    grids |= {name: grid(name, getattr(week, name).head(week.policy.page_list_count), week.policy, anchors) for name in LONG}
    for name in ("bridge", "window_bridge"):
        grids[name] = grid("bridge", getattr(week, name), week.policy, anchors, row_class=lambda row: "sum" if row["is_total"] else "")
    on_page = week.payers.head(week.policy.page_payer_count)
    grids["payers"] = grid("payers", week.payers.head(week.policy.page_list_count), week.policy, anchors)
    return {
        "week": week, "head": week.headline, "trust": week.trust, "policy": week.policy, "grids": grids, "anchors": anchors,
        "headline": headline_parts(week), "needs": needs(week), "payers": payer_parts(week, on_page, anchors),
        "places": place_parts(week, anchors), "lines_shown": week.lines.height, "draw": drawings.of(week),
        "period": words.span(week.first_day, week.last_day), "contract_version": CONTRACT_VERSION,
        "office_fee": week.by_balance_basis.filter("is_warning").to_dicts(), "months": _months(week), "bases": words.SHORT_BASES,
    }  # fmt: skip


def headline_sentence(week: Week) -> str:
    """What happened, in one sentence."""
    parts = headline_parts(week)
    return f"{parts['before']} {parts['amount']} {parts['after']}"


def headline_parts(week: Week) -> dict[str, str]:
    """The sentence in three parts, so that the page can set the amount apart; it is the sum of the ranking, to the cent."""
    head = week.headline
    days = words.span(week.first_day, week.last_day)
    this = f"the week of {days} added {words.dollars(head.week_surprise_balance)}, {words.change(head.change_amount)}"
    if not head.week_line_count:
        this = f"nothing was added in the week of {days}"
    return {
        "before": "Patients were left with",
        "amount": words.dollars(head.surprise_balance),
        "after": f"that nobody had told them about in the {_months(week)} to {words.long_day(week.window_end)}; {this}.",
    }


def _months(week: Week) -> str:
    """Length of the window in words."""
    day_after = pl.select(pl.lit(week.window_end).dt.offset_by("1d")).item()
    months = (day_after.year - week.window_start.year) * 12 + day_after.month - week.window_start.month
    return "month" if months == 1 else f"{months} months"


def anchors_of(week: Week) -> Anchors:
    """Payers and pairs that the page tells in full, and every payer's name."""
    policy = week.policy
    payers = dict(week.payers.head(policy.page_payer_count).select("payer_id", "place").iter_rows())
    pairs = week.pairs.head(policy.page_pair_count).filter(pl.col("payer_id").is_in(list(payers)))
    known = [frame.select("payer_id", "payer_name") for frame in (week.payers, week.pairs, week.freshness)]
    names = dict(pl.concat(known).drop_nulls().unique("payer_id", keep="first", maintain_order=True).iter_rows())
    places = {(payer, code): f"pair-{rank}" for payer, code, rank in pairs.select("payer_id", "submitted_code", "rank").iter_rows()}
    return Anchors(payers, places, names)


def payer_parts(week: Week, on_page: pl.DataFrame, anchors: Anchors) -> list[dict[str, Any]]:
    """Each payer with its pairs and lines, and how much of each the page holds."""
    pairs = week.pairs.head(week.policy.page_pair_count)
    heads = week.lines.unique("rank", keep="first", maintain_order=True).select("payer_id", "submitted_code", "line_id", "rank").rows()
    to_lines = replace(anchors, pairs={(payer, code): f"lines-{rank}" for payer, code, _, rank in heads})
    firsts = {line_id: f"lines-{rank}" for _, _, line_id, rank in heads}
    parts = []
    for row in on_page.iter_rows(named=True):
        own = pl.col("payer_id") == row["payer_id"]
        shown, lines = pairs.filter(own), week.lines.filter(own)
        parts.append({
            "row": row, "name": row["payer_name"] or row["payer_id"], "place": row["place"],
            "pairs": grid("pairs", shown, week.policy, to_lines, row_id=lambda pair: f"pair-{pair['rank']}"),
            "lines": grid("lines", lines, week.policy, anchors, row_id=lambda line: firsts.get(line["line_id"])) if lines.height else None,
            "pairs_shown": shown.height, "lines_shown": lines.height,
        })  # fmt: skip
    return parts


def place_parts(week: Week, anchors: Anchors) -> list[dict[str, Any]]:
    """Each location with the pairs behind its sum, where there are several locations."""
    if week.locations.height < 2:
        return []
    parts = []
    for row in week.locations.head(week.policy.list_row_count).iter_rows(named=True):
        own = week.location_pairs.filter(pl.col("location_id").eq_missing(pl.lit(row["location_id"], pl.String)))
        shown = own.head(week.policy.top_count)
        rest = sum(own["surprise_balance"][shown.height :], Decimal(0))
        name = row["location_name"] or row["location_id"] or "not told by the remittance"
        parts.append(
            {
                "name": name,
                "row": row,
                "grid": grid("location_pairs", shown, week.policy, anchors),
                "more": own.height - shown.height,
                "rest": rest,
            }
        )
    return parts


def _hash(text: str) -> str:
    """What the page's own policy lets run or style: this text and nothing else."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
