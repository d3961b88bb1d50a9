"""What the e-mail says of a week, each thing in one line: for the text and the HTML alike."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flows.report import words
from flows.report.needs import Need, needs
from flows.report.page import headline_sentence
from transforms.report.week import Week

MOST_ASKS, MOST_MOVES, MOST_REASONS = 10, 3, 3
MOST_LETTERS, MOST_OF_A_REASON = 90, 150  # of a payer's name; of a reason or a next step
WIDEST, LEAST_WIDE = 100, 2  # percent, of the bar below an ask
FINE_PRINT = "Amounts are in US dollars, by payment date. Patients appear nowhere in this mail, and as keyed tokens in the report."
CENT = Decimal("0.01")
Row = dict[str, str]


def facts(week: Week) -> dict[str, Any]:
    """What both bodies say, in the order of the page."""
    asks = week.asks_first.head(MOST_ASKS)
    most = max(asks["surprise_balance"], default=0)
    return {
        "title": f"Leakage report {week.week}: {words.span(week.first_day, week.last_day)}",
        "headline": headline_sentence(week),
        "this_week": _volume(week),
        "asks": [_ask(row, int(WIDEST * row["surprise_balance"] / most) if most else 0) for row in asks.iter_rows(named=True)],
        "reach": reach(week, MOST_ASKS),
        "parts": [
            {"title": "New or rising", "joint": ": ", "rows": _moves(week)},
            {"title": "What needs you", "joint": ": ", "rows": [_need(need) for need in needs(week)]},
            {"title": "What could not be used", "joint": ". ", "rows": _unusable(week)},
        ],
        "fine_print": FINE_PRINT,
    }  # fmt: skip


def one_line(text: str, most: int = MOST_LETTERS) -> str:
    """A text from outside as one line of a mail: no line break or control character, and no more than fits."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def _volume(week: Week) -> str:
    head = week.headline
    if not head.line_count:
        return "No downgraded line counts in this window."
    lines, claims = words.count_of(head.line_count, "line"), words.count_of(head.claim_count, "claim")
    patients, payers = words.count_of(head.patient_count, "patient"), words.count_of(head.payer_count, "payer")
    return f"{lines} on {claims} of {patients}, from {payers}; {words.count_of(head.week_line_count, 'line')} in this week."


def _ask(row: dict[str, Any], width: int) -> dict[str, Any]:
    pair = f"{row['submitted_code']} paid as {row['alternate_code'] or 'an unknown code'}"
    contract = words.dollars(row["contracted_fee"]) if row["contracted_fee"] is not None else "not on file"
    fee = words.dollars(row["asked_fee"]) if row["asked_fee"] is not None else ""
    worth = f"for {one_line(row['alternate_code'])}, worth {words.dollars(row['asked_saving'])}" if fee else ""
    return {
        "payer": one_line(row["payer_name"] or row["payer_id"]),
        "codes": one_line(pair),
        "amount": words.dollars(row["surprise_balance"]),
        "claims": words.count_of(row["claim_count"], "claim"),
        "fees": f"Allowed {words.dollars(row['median_alternate_fee'])}, contract {contract}",
        "fee": fee,
        "worth": worth,
        "ask": f"ask {fee} {worth}" if fee else "",
        "width": max(width, LEAST_WIDE),
    }


def reach(week: Week, count: int) -> str:
    """How far the first asks go, and what was left out of them."""
    asks, few = week.asks_first.head(count), week.too_few_claims.height
    if week.asks_first.is_empty():
        return f"No pair of payer and procedure rests on enough claims to ask; the report lists {words.whole(few)}." if few else ""
    if asks.is_empty():
        return ""
    share = 100 * sum(asks["surprise_balance"], Decimal(0)) / max(week.headline.surprise_balance, CENT)
    pairs = words.count_of(week.headline.pair_count, "pair")
    said = f"Together {words.percent(share)} of the total ({pairs} of payer and procedure)."
    return f"{said} {words.count_of(few, 'pair')} with as many dollars but too few claims left out." if few else said


def _moves(week: Week) -> list[Row]:
    return [
        {"text": one_line(f"{row['payer_name'] or row['payer_id']}, {row['submitted_code']}"), "step": _move(row)}
        for row in week.new_and_worsening.head(MOST_MOVES).iter_rows(named=True)
    ]


def _need(need: Need) -> Row:
    return {"text": one_line(need.what), "step": one_line(need.why, MOST_OF_A_REASON)}


def _move(row: dict[str, Any]) -> str:
    lately, before = (words.dollars(row[name]) for name in ("recent_week_amount", "earlier_week_amount"))
    return f"{row['trend']}, {lately} a week lately, {before} before"


def _unusable(week: Week) -> list[Row]:
    rows = [
        {"text": f"{_waiting(row)}: {one_line(row['reason'], MOST_OF_A_REASON)}", "step": one_line(row["next_step"], MOST_OF_A_REASON)}
        for row in week.unusable.head(MOST_REASONS).iter_rows(named=True)
    ]
    others = week.unusable.height - len(rows)
    if others > 0:
        rows.append({"text": f"and {words.count_of(others, 'more reason')}", "step": "altbenefit quarantine list --store DIR"})
    nothing = "Nothing: all that arrived was read, and nothing waits." if week.trust.file_count else "No file has arrived yet."
    return rows or [{"text": nothing, "step": ""}]


def _waiting(row: dict[str, Any]) -> str:
    return f"{words.count_of(row['item_count'], 'item')}, {words.dollars(row['charge_amount'])} of charges"
