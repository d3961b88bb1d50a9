"""Turns the drawn cases into docs/downgrades.md: `python -m tests.spec.document` (part of `make docs`)."""

from __future__ import annotations

from pathlib import Path

from tests.spec.drawn import CASES, Case, read_cases

PAGE = Path(__file__).parents[2] / "docs" / "downgrades.md"
CHAPTERS = (
    ("plain", "Plain downgrades", "The payer shows both codes. What differs is who bears the difference."),
    (
        "families",
        "One case a rule",
        "Families that the cases above leave out: each rule of `config/downgrade_rules/` is drawn at least once.",
    ),
    ("hidden", "Hidden or damaged evidence", "One of the two codes, the reason or the line is missing or misplaced."),
    ("doubt", "When a person must look", "Signals that are incomplete, contradict each other, or need the fee to agree."),
    ("lookalike", "Look-alikes", "Lines paid less than billed that are no downgrade."),
    ("standing", "Which claims stand", "Secondary payers, estimates, reversals."),
    ("money", "The money", "What was left to the patient (R), what she would have owed (E), and the surprise between them."),
    ("more", "Variations", "What payers vary: units, dates, remarks, corrections, limits, and who sends what where."),
)
INTRO = """# How a downgrade is recognised

Every case below is a test: the remittance segments as drawn must come out as the table beside them says. This page is
generated from `tests/spec/cases/`; edit those and run `make docs`.

Unless a case says otherwise the fictional plan allows 200 for a two-surface white filling (D2392) and 120 for the silver
one (D2150) it pays instead; the practice's usual fee is 275. `stated` is what the payer assigned to the patient, `expected`
what she would have owed had the code billed been benefited, `candidate` what would count if a person confirmed the line.
Tier 1 is a swap of codes, 2 a stating reason or remark, 3 an allowed amount equal to the alternate fee, 4 the payer's history.
"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [INTRO]
    for name, title, what in CHAPTERS:
        parts.append(f"## {title}\n\n{what}\n")
        parts.extend(_section(case) for case in read_cases(CASES / f"{name}.txt"))
    return "\n".join(parts)


def _section(case: Case) -> str:
    facts = "; ".join(f"{name} {value}" + (" %" if name == "coverage" and value.isdigit() else "") for name, value in case.known.items())
    segments = "\n-- next remittance\n".join("\n".join(lines) for lines in case.remittances)
    columns = list(case.rows[0])
    head = f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}"
    rows = "\n".join(f"| {' | '.join(row[column] for column in columns)} |" for row in case.rows)
    return f"### {case.name}: {case.title}\n\n{case.why} Known: {facts}.\n\n```x12\n{segments}\n```\n\n{head}\n{rows}\n"


if __name__ == "__main__":
    PAGE.write_text(page())
