"""Which earlier publications a weekly report compares with: only those days are fetched."""

from __future__ import annotations

from typing import Any

from flows.remote.view import View, bring


def bring_last_week(made: View, given: dict[str, Any]) -> None:
    """For each report to be written, the first publication after the week before was over (flows.report.sources)."""
    from flows.publish import HISTORY
    from flows.report import sources
    from flows.weekly import due_weeks
    from transforms.report.week import choose_week

    now = sources.current(made.root)
    asked = due_weeks(made.root, now.as_of, True) if given.get("due") else [given.get("week")]
    history = f"{HISTORY.as_posix()}/"
    days = {path.removeprefix(history).partition("/")[0] for path in made.held.index.entries if path.startswith(history)}
    for week in asked:
        try:
            first_day = choose_week(now.marts, now.as_of, week)
        except ValueError:
            continue  # the command says so
        needed = tuple(f"{history}{day}/" for day in sources.days_holding_last_week(days, first_day, now.as_of)[:1])
        bring(made, lambda path, needed=needed: path.startswith(needed))
