"""The ranking as one picture: whom to ask first, in dollars. Drawn for the demo and the README."""

from __future__ import annotations

import polars as pl

TOP = 10
BAR, INK, QUIET = "#1f6f78", "#22303c", "#6b7785"


def ranking_picture(ranking: pl.DataFrame) -> str:
    """SVG of the first pairs of a payer_code_ranking: surprise balance as bars, with dollars, share and claims as text."""
    import altair
    import vl_convert

    rows = [
        {
            "place": row["rank"],
            "pair": f"{row['payer_name'] or row['payer_id']}: {row['submitted_code']} paid as {row['paid_code'] or 'unknown'}",
            "dollars": float(row["surprise_balance"]),  # a length on paper; the figure beside it is the exact text
            "label": f"${row['surprise_balance']:,} · {row['claim_count']} claims · {row['cumulative_share'] or 0} % with those above",
        }
        for row in ranking.sort("rank").head(TOP).iter_rows(named=True)
    ]
    base = altair.Chart(altair.Data(values=rows)).encode(
        y=altair.Y("pair:N", sort=altair.SortField("place"), title=None, axis=altair.Axis(labelLimit=420, ticks=False, domain=False)),
        x=altair.X(
            "dollars:Q", title=None, axis=None, scale=altair.Scale(domainMax=max([row["dollars"] for row in rows], default=1) * 1.9)
        ),
    )
    bars = base.mark_bar(color=BAR, height=16, cornerRadiusEnd=2)
    labels = base.mark_text(align="left", dx=6, color=QUIET, fontSize=12).encode(text="label:N")
    chart = (
        (bars + labels)
        .properties(
            width=620,
            height={"step": 26},
            background="#ffffff",
            title=altair.TitleParams(
                "Whom to ask first",
                subtitle="What patients were left with beyond what they would have owed, by payer and code; a synthetic practice",
                anchor="start", color=INK, subtitleColor=QUIET, fontSize=18, subtitleFontSize=12, offset=14,
            ),
        )
        .configure_view(stroke=None)
        .configure_axis(labelColor=INK, labelFontSize=12)
    )  # fmt: skip
    return vl_convert.vegalite_to_svg(chart.to_json())
