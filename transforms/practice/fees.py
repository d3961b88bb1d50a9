"""What the practice charges and what its payers allow, procedure by procedure. Invented figures, own short labels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from transforms.practice.payers import PAYERS, Payer

PREVENTIVE, BASIC, MAJOR = 0, 1, 2  # positions in Payer.coverage

# code: (office fee, contracted fee at 100 %, class); whole dollars
CODES: dict[str, tuple[int, int, int]] = {
    "D0120": (62, 41, PREVENTIVE),  # recall exam
    "D0140": (92, 63, PREVENTIVE),  # problem exam
    "D0150": (108, 72, PREVENTIVE),  # full exam
    "D0210": (158, 109, PREVENTIVE),  # full-mouth x-rays
    "D0274": (72, 50, PREVENTIVE),  # four bitewings
    "D0330": (132, 86, PREVENTIVE),  # panoramic x-ray
    "D1110": (112, 76, PREVENTIVE),  # adult cleaning
    "D1120": (82, 57, PREVENTIVE),  # child cleaning
    "D1206": (48, 30, PREVENTIVE),  # fluoride varnish
    "D1351": (64, 43, PREVENTIVE),  # sealant
    "D2140": (142, 94, BASIC),  # silver filling, 1 to 4 surfaces
    "D2150": (168, 118, BASIC),
    "D2160": (198, 147, BASIC),
    "D2161": (232, 178, BASIC),
    "D2330": (178, 128, BASIC),  # front white filling, 1 to 3 surfaces
    "D2331": (215, 158, BASIC),
    "D2332": (262, 194, BASIC),
    "D2391": (212, 152, BASIC),  # back white filling, 1 to 4 surfaces
    "D2392": (278, 197, BASIC),
    "D2393": (334, 241, BASIC),
    "D2394": (395, 287, BASIC),
    "D2644": (1160, 845, MAJOR),  # ceramic onlay
    "D2740": (1420, 1040, MAJOR),  # ceramic crown
    "D2750": (1330, 985, MAJOR),  # porcelain crown on precious metal
    "D2791": (1165, 770, MAJOR),  # base metal crown
    "D2950": (310, 225, MAJOR),  # core build-up
    "D4341": (295, 207, BASIC),  # root planing, quadrant
    "D4910": (168, 119, BASIC),  # periodontal maintenance
    "D5211": (1290, 880, MAJOR),  # resin partial denture
    "D5213": (1650, 1090, MAJOR),  # cast partial denture
    "D6010": (2350, 1680, MAJOR),  # implant body
    "D7140": (195, 132, BASIC),  # simple extraction
    "D7210": (312, 226, BASIC),  # surgical extraction
}

# What a payer with an alternate-benefit clause pays instead.
PAYS_AS = {
    "D2391": "D2140", "D2392": "D2150", "D2393": "D2160", "D2394": "D2161",
    "D2644": "D2161", "D2740": "D2791", "D2750": "D2791",
    "D4910": "D1110", "D5213": "D5211", "D6010": "D5213",
}  # fmt: skip
ALTERNATES = frozenset(PAYS_AS.values())
OFFICE_RAISE_PCT = 3
OPEN_FROM = date(2020, 1, 1)


@dataclass(frozen=True)
class FeeBook:
    """Fees in cents: office[code] and contracted[payer_id][code], each (before, from) its date of change."""

    office: dict[str, tuple[int, int]]
    office_change_date: date
    contracted: dict[str, dict[str, tuple[int, int]]]
    contracted_change_dates: dict[str, date]

    def charge(self, code: str, on: date) -> int:
        return self.office[code][on >= self.office_change_date]

    def fee(self, payer_id: str, code: str, on: date) -> int:
        return self.contracted[payer_id][code][on >= self.contracted_change_dates[payer_id]]


def month_start(day: date, months_back: int) -> date:
    """The first day of the month that lies so many months before the day's own."""
    index = day.year * 12 + day.month - 1 - months_back
    return date(index // 12, index % 12 + 1, 1)


def fee_book(ends_on: date) -> FeeBook:
    """All fees of a practice whose history ends on that day; alternate fees rise once, on a date of each payer's own."""
    office = {code: (fee * 100, _percent(fee * 100, 100 + OFFICE_RAISE_PCT, 100)) for code, (fee, _, _) in CODES.items()}
    return FeeBook(
        office,
        month_start(ends_on, 5),
        {payer.payer_id: {code: _contracted(payer, code) for code in CODES} for payer in PAYERS},
        {payer.payer_id: month_start(ends_on, payer.raise_months_back) for payer in PAYERS},
    )


def _contracted(payer: Payer, code: str) -> tuple[int, int]:
    """The payer's fee for a code before and after its raise; never more than the office charges."""
    grain = 5 if payer.has_odd_cents else 100
    before = _percent(CODES[code][1] * 100, payer.fee_level_pct, grain)
    raised = payer.raise_pct if code in ALTERNATES else 0
    return before, _percent(before, 100 + raised, grain)


def _percent(cents: int, pct: int, grain: int) -> int:
    """A share of an amount, rounded half up to the grain."""
    return (cents * pct + 50 * grain) // (100 * grain) * grain
