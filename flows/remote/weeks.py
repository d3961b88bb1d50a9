"""Which earlier publications a weekly report compares with: only those days are fetched."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flows.remote.view import View, bring

HISTORY = "reports/history/"


def bring_last_week(made: View, given: dict[str, Any]) -> None:
    """For each report to be written, the first publication after the week before was over (flows.report.sources)."""
    from flows.report import sources
    from flows.weekly import due_weeks
    from transforms.report.week import choose_week

    now = sources.current(made.root)
    asked = due_weeks(made.root, now.as_of, True) if given.get("due") else [given.get("week")]
    days = sorted({path.removeprefix(HISTORY)[:10] for path in made.held.index.entries if path.startswith(HISTORY)})
    for week in asked:
        try:
            first_day = choose_week(now.marts, now.as_of, week)
        except ValueError:
            continue  # the command says so
        there = [day for day in days if first_day - timedelta(days=1) <= date.fromisoformat(day) < now.as_of]
        bring(made, lambda path, needed=tuple(there[:1]): path.startswith(tuple(f"{HISTORY}{day}/" for day in needed)))
