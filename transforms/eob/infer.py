"""A draft of a layout for an unknown export: by the names of its columns, and by whether their amounts add up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, product

import polars as pl

from transforms.eob.cells import cents, codes, days
from transforms.eob.header import HEADER_WITHIN
from transforms.eob.sheet import ROW
from transforms.tables.layouts import AMOUNT_FIELDS, CODE_FIELDS, DATE_FIELDS, FIELDS

SAMPLE_ROWS = 2_000
TRIALS = 3_000
MOST_CANDIDATES = 4
NEAR, BY_CONTENT = 100, 200  # after the names in use: names that hold one, then columns that look like money
BY_CONTENT_TOO = ("charge", "paid", "patient", "writeoff")  # without these four nothing adds up
SHORT = {"pt": "patient", "pat": "patient", "chk": "check", "resp": "responsibility", "port": "portion", "num": "number", "no": "number"}
SUMMED = ("charge", "paid", "patient", "writeoff", "deductible", "coinsurance", "copay", "other_insurance")
SURE, LIKELY, GUESSED = "sure", "likely", "guessed"
# Names in use for each field, most telling first, compared without case and punctuation.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "charge": (
        "charge", "charges", "fee billed", "billed amount", "billed", "amount charged", "submitted amount", "submitted", "fee",
        "ucr",
    ),
    "paid": (
        "ins paid", "plan pays", "paid amount", "amount paid", "paid", "ins pay", "ins pay amt", "benefit", "payment",
        "plan paid",
    ),
    "patient": (
        "patient pays", "patient responsibility", "pat port", "patient portion", "patient resp", "member liability", "you owe",
        "patient balance",
    ),
    "writeoff": (
        "write off", "writeoff", "contractual", "network savings", "provider savings", "disallowed", "discount", "adj",
        "adjustment",
    ),
    "deductible": ("deductible", "deduct", "ded applied", "ded"),
    "coinsurance": ("coinsurance", "co insurance", "coins"),
    "copay": ("copay", "copayment", "co pay"),
    "other_insurance": ("other insurance", "cob", "other insurance paid", "primary paid"),
    "allowed": (
        "allowed", "approved", "eligible", "covered", "considered", "contract fee", "maximum plan allowance", "allowed amount",
    ),
    "service_date": ("date of service", "service date", "dos", "proc date", "date service", "procedure date", "date"),
    "check_date": ("check date", "payment date", "paid date", "date paid", "eft date", "check eft date", "remit date"),
    "received_date": ("received date", "date received"),
    "submitted_code": (
        "submitted procedure", "code sent", "procedure code", "ada code", "cdt code", "proc code", "procedure", "code", "ada",
        "cdt", "proc",
    ),
    "paid_code": (
        "alternate procedure", "alternate code", "alt code", "paid as", "paid procedure", "benefit code", "adjudicated code",
        "downgraded to",
    ),
    "payer_name": ("payer", "payer name", "carrier", "carrier name", "insurance", "insurance company"),
    "payer_number": ("payer id", "elect id", "carrier id"),
    "payee_npi": ("npi", "billing npi", "payee npi"),
    "check_number": (
        "check number", "check no", "check", "eft number", "check eft number", "check eft no", "trace number", "check num",
    ),
    "check_amount": ("check amount", "payment amount", "check total"),
    "patient_name": ("patient name", "patient", "member name"),
    "patient_last_name": ("patient last name", "last name", "lname"),
    "patient_first_name": ("patient first name", "first name", "fname"),
    "member_id": ("member id", "subscriber id", "subscriber", "member number", "subscriber number"),
    "account_number": ("patient account", "account number", "pat num", "patient id", "chart number"),
    "claim_number": ("claim number", "claim no", "claim id", "claim", "payor control number", "icn", "dcn"),
    "line_number": ("line control number", "proc num", "line number", "line"),
    "tooth": ("tooth", "tooth number", "tth", "tooth code", "tooth num", "th"),
    "surfaces": ("surface", "surfaces", "surf", "tooth surface", "tooth surfaces"),
    "status": ("claim status", "status"),
    "units": ("units", "qty", "quantity"),
    "reasons": ("reason codes", "carc", "carcs", "adjustment codes", "adjust codes", "claim adj reason codes", "reason code"),
    "remark_codes": ("remark codes", "rarc", "remark code"),
    "remark_text": ("remarks", "messages", "notes", "remark", "message", "comments"),
}  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """What was made out. columns: field to header; confidence: field to sure, likely or guessed. adds_up_pct of the rows with
    amounts add up to their charge; null where the amounts to add are not there. header_row is 1-based.
    """

    header_row: int
    columns: dict[str, str]
    confidence: dict[str, str]
    unused: tuple[str, ...]
    adds_up_pct: int | None
    places: dict[str, str]


def infer(sheet: pl.DataFrame) -> Draft | None:
    """The draft of a layout; None where no row of the sheet's beginning looks like a header."""
    header = _header(sheet)
    if header is None:
        return None
    row, names = header
    body = sheet.filter(pl.col(ROW) > row).head(SAMPLE_ROWS)
    candidates = {field: _candidates(field, names, body) for field in FIELDS if field in SYNONYMS}
    chosen, share = _best(candidates, body)
    places = _without_clashes(chosen, candidates)
    named = {field: names[column] for field, column in places.items()}
    confidence = {field: _confidence(field, named[field], share) for field in named}
    unused = tuple(name for column, name in names.items() if column not in places.values())
    return Draft(row, named, confidence, unused, share, places)


def _header(sheet: pl.DataFrame) -> tuple[int, dict[str, str]] | None:
    """The first row with the most cells that are names in use, at least three of them."""
    known = {_spelled(word) for words in SYNONYMS.values() for word in words}
    best: tuple[int, tuple] | None = None
    for cells in sheet.head(HEADER_WITHIN).iter_rows():
        hits = len({_spelled(cell) for cell in cells[1:] if cell} & known)
        if hits >= 3 and (best is None or hits > best[0]):
            best = (hits, cells)
    if best is None:
        return None
    cells = best[1]
    return cells[0], {column: str(cell).strip() for column, cell in zip(sheet.columns[1:], cells[1:], strict=True) if cell}


def _candidates(field: str, names: dict[str, str], body: pl.DataFrame) -> list[str]:
    """Columns that may hold the field: named so or nearly so, and with cells that can be read as such; the best first."""
    scored = []
    for column, name in names.items():
        rank = _rank(field, name)
        if rank is None and field in BY_CONTENT_TOO and _is_money(body.get_column(column)):
            rank = BY_CONTENT
        if rank is not None and _fits(field, body.get_column(column)):
            scored.append((rank, column))
    return [column for _, column in sorted(scored)[:MOST_CANDIDATES]]


def _rank(field: str, name: str) -> int | None:
    """How well a name tells the field; null where it does not."""
    words = [_spelled(word) for word in SYNONYMS[field]]
    if _spelled(name) in words:
        return words.index(_spelled(name))
    near = [place for place, word in enumerate(words) if len(word) > 3 and word in _spelled(name)]
    return NEAR + near[0] if near else None


def _spelled(name: str | None) -> str:
    """A name for comparison, its usual short forms written out."""
    words = re.sub(r"[^a-z0-9]+", " ", (name or "").lower().replace("#", " number ")).split()
    return "".join(SHORT.get(word, word) for word in words)


def _is_money(texts: pl.Series) -> bool:
    """Whether most cells are written as money is: with cents or a dollar sign."""
    told = texts.drop_nulls()
    return len(told) > 0 and int(told.str.contains(r"\$|\.\d{2}\D*$").sum()) * 2 > len(told)


def _fits(field: str, texts: pl.Series) -> bool:
    """Whether nine in ten of the cells that are not blank can be read as what the field holds."""
    told = texts.drop_nulls()
    if told.is_empty() or field not in {*AMOUNT_FIELDS, *DATE_FIELDS, *CODE_FIELDS}:
        return True
    read = cents(told) if field in AMOUNT_FIELDS else days(told, "mdy") if field in DATE_FIELDS else codes(told)[0]
    return read.null_count() * 10 <= len(told)


def _best(candidates: dict[str, list[str]], body: pl.DataFrame) -> tuple[dict[str, str], int | None]:
    """The choice of columns by which most rows add up, the best names among equals; and that share in percent."""
    plainly = _by_name(candidates)
    if not {"charge", "paid"} <= plainly.keys() or not {"patient", "writeoff"} & plainly.keys():
        return plainly, None
    fields = [field for field in SUMMED if candidates.get(field)]
    choices = [[*candidates[field], *([] if field in ("charge", "paid") else [None])] for field in fields]
    columns = {column for options in choices for column in options if column}
    values = {column: cents(body.get_column(column)) for column in columns}
    best, best_share = plainly, -1
    for trial in islice(product(*choices), TRIALS):
        share = _share(dict(zip(fields, trial, strict=True)), values)
        if share > best_share:
            others = {field: column for field, column in plainly.items() if field not in fields}
            best, best_share = others | {field: column for field, column in zip(fields, trial, strict=True) if column}, share
    return best, best_share if best_share >= 0 else None


def _by_name(candidates: dict[str, list[str]]) -> dict[str, str]:
    """The first candidate of each field that no field before it has."""
    taken: dict[str, str] = {}
    for field, columns in candidates.items():
        free = next((column for column in columns if column not in taken.values()), None)
        if free is not None:
            taken[field] = free
    return taken


def _share(trial: dict[str, str | None], values: dict[str, pl.Series]) -> int:
    """Percent of rows with a charge and a paid amount that add up; -1 where one column serves twice or there is no such row."""
    used = [column for column in trial.values() if column]
    if len(set(used)) < len(used):
        return -1
    frame = pl.DataFrame({field: values[column] for field, column in trial.items() if column}).drop_nulls(["charge", "paid"])
    frame = frame.with_columns(pl.all().fill_null(0))
    # A patient amount holds the deductible, coinsurance and copay.
    parts = [name for name in frame.columns if name != "charge" and not ("patient" in frame.columns and name in SUMMED[4:7])]
    adds = frame.select((pl.col("charge") == pl.sum_horizontal(parts)).sum()).item()
    return 100 * adds // frame.height if frame.height else -1


def _without_clashes(chosen: dict[str, str], candidates: dict[str, list[str]]) -> dict[str, str]:
    """Each column for one field: the amounts as chosen, then whoever names it best."""
    taken: dict[str, str] = {}
    ordered: Iterable[str] = sorted(chosen, key=lambda field: field not in SUMMED)
    for field in ordered:
        options: Sequence[str] = [chosen[field], *candidates[field]]
        free = next((column for column in options if column not in taken.values()), None)
        if free is not None and (field not in SUMMED or free == chosen[field]):
            taken[field] = free
    return {field: taken[field] for field in FIELDS if field in taken}


def _confidence(field: str, name: str, share: int | None) -> str:
    is_named = _spelled(name) in {_spelled(word) for word in SYNONYMS[field]}
    if field in SUMMED and share is not None:
        return SURE if share >= 95 and is_named else LIKELY if share >= 80 else GUESSED
    return LIKELY if is_named else GUESSED
