"""The oracle: an 835 reader that goes segment by segment in plain Python, as a person would.

Slow and obvious on purpose, and without a line of `transforms.x12`. Tables are lists of dicts with the columns of
`transforms.tables.remittances`. The columnar reader must agree with it on every input.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
KNOWN_QUALIFIERS = (b"AD", b"ER", b"HC", b"HP", b"IV", b"N4", b"N6", b"NU", b"UI", b"WK")
RANKS = {"1": 1, "19": 1, "2": 2, "20": 2, "3": 3, "21": 3}
# Which fault of one segment is named first.
PRIORITY = (
    "claim_outside_set",
    *(f"{f}_{s}" for f in ("charge", "paid", "patient_responsibility") for s in ("missing", "not_an_amount", "too_precise", "too_large")),
    *(f"adjustment_{s}" for s in ("missing", "not_an_amount", "too_precise", "too_large")),
    "adjustment_reason_missing",
    "adjustment_overlong",
    *(f"provider_adjustment_{s}" for s in ("missing", "not_an_amount", "too_precise", "too_large")),
)
TABLES = ("payments", "claims", "service_lines", "adjustments", "provider_adjustments", "faults", "warnings")


class Unreadable(Exception):
    """An amount that is none; its text says in which way."""


def read(files: list[tuple[str, str, bytes]]) -> dict[str, list[Row]]:
    """Tables of (file_id, source_file, bytes), in order."""
    out: dict[str, list[Row]] = {name: [] for name in TABLES}
    for file_id, source_file, data in files:
        for name, rows in _File(file_id, source_file, data).tables().items():
            out[name].extend(rows)
    return out


# --- values ---------------------------------------------------------------------------------------------------------


def text(value: bytes) -> str | None:
    return value.strip(b" \t").decode() or None


def amount(value: bytes) -> Decimal:
    value = value.strip(b" \t")
    if not value:
        raise Unreadable("missing")
    if not re.fullmatch(rb"-?([0-9]+\.?[0-9]*|\.[0-9]+)", value):
        raise Unreadable("not_an_amount")
    whole_part, _, decimals = value.lstrip(b"-").partition(b".")
    if decimals[2:].strip(b"0"):
        raise Unreadable("too_precise")
    exact = Decimal(f"{whole_part.decode() or 0}.{decimals[:2].decode() or 0}")
    if exact > Decimal("9999999999.99"):
        raise Unreadable("too_large")
    return -exact if value.startswith(b"-") else exact


def whole(value: bytes) -> int | None:
    try:
        exact = amount(value)
    except Unreadable:
        return None
    return int(exact) if exact == int(exact) and exact >= 0 else None


def day(value: bytes) -> date | None:
    value = value.strip(b" \t")
    if len(value) == 17 and value[8:9] == b"-":
        value = value[:8]
    if not re.fullmatch(rb"[0-9]{8}|[0-9]{6}", value):
        return None
    digits = value.decode()
    if len(digits) == 6:
        digits = ("19" if digits[0] >= "8" else "20") + digits
    year, month, number = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if not 1900 <= year <= 2099:
        return None
    try:
        return date(year, month, number)
    except ValueError:
        return None


def procedure(value: bytes, component: bytes) -> tuple[bytes, bytes, bool]:
    """Qualifier, code, and whether the separator was not the declared one."""
    undeclared = False
    third = value[2:3]
    if third and third != component and value[:2] in KNOWN_QUALIFIERS and re.fullmatch(rb"[!-/:-@\[-`{-~]", third):
        component, undeclared = third, True
    parts = value.split(component)
    if len(parts) == 1 or len(parts[0]) > 3:
        return b"", parts[0], undeclared
    return parts[0], parts[1], undeclared


def slug(value: str | None) -> str:
    return re.sub(r"[\W_]+", "-", (value or "").lower()).strip("-")


def payer_id(row: Row) -> str:
    for prefix, name in (("2u", "payer_ref_2u"), ("nf", "payer_naic"), ("n104", "payer_n104")):
        if slug(row[name]):
            return f"{prefix}-{slug(row[name])}"
    tax = row["payer_tax_id"] or ""
    tax = slug(tax[1:] if len(tax) == 10 and tax[0] == "1" else tax)
    name = slug(row["payer_name"])
    if tax:
        return f"tin-{tax}-{name}" if name else f"tin-{tax}"
    return f"name-{name}" if name else "unknown"


# --- delimiters -----------------------------------------------------------------------------------------------------


def is_mark(byte: bytes) -> bool:
    """May separate: ASCII, neither letter, digit nor blank."""
    return len(byte) == 1 and byte[0] < 128 and not byte.isalnum() and byte not in b" \t"


def component_or_default(byte: bytes, element: bytes, terminator: bytes) -> bytes:
    if is_mark(byte) and byte not in (element, terminator, b"\r", b"\n"):
        return byte
    return next(mark for mark in (b":", b">", b"|") if mark not in (element, terminator))


def delimiters_at(data: bytes, at: int) -> tuple[bytes, bytes, bytes, bool, bool] | None:
    """Element, component, terminator, declared by an ISA?, ISA of 106 characters? None where it cannot be said."""
    tag = next((tag for tag in (b"ISA", b"GS", b"ST") if data.startswith(tag, at)), None)
    if tag is None:
        return None
    element = data[at + len(tag) : at + len(tag) + 1]
    if not is_mark(element) or element in b"\r\n\v\f":
        return None
    found = isa_delimiters(data[at : at + 4000], element) if tag == b"ISA" else bare_delimiters(data[at : at + 4000], element)
    return found if found and is_mark(found[2]) and found[2] != element else None


def isa_delimiters(head: bytes, element: bytes) -> tuple[bytes, bytes, bytes, bool, bool] | None:
    parts = head.split(element)
    if len(parts) > 16 and len(element.join(parts[16:])) >= 2:
        tail = element.join(parts[16:])
        component, terminator, rest = tail[0:1], tail[1:2], tail[2:].lstrip()
        line = (tail[2:].lstrip(b"\r\n").splitlines() or [b""])[0].rstrip()
        starts_well = not rest or rest[:3] in (b"TA1", b"IEA") or re.match(rb"(ISA|GS|ST)[^A-Za-z0-9\s\x80-\xff]", rest)
        newline_is_habit = terminator in (b"\r", b"\n") and line.endswith(component)
        if starts_well and is_mark(terminator) and terminator != element and not newline_is_habit:
            is_regular = len(head) - len(tail) == 104
            return element, component_or_default(component, element, terminator), terminator, True, is_regular
    # Cut short, or lying: what stands before GS ends the ISA.
    found = ending_before(head, [b"GS"], element)
    if found is None:
        return None
    before, terminator = found
    declared = before[-2:-1] if before[-3:-2] == element and terminator not in (b"\r", b"\n") else b""
    return element, component_or_default(declared, element, terminator), terminator, True, False


def bare_delimiters(head: bytes, element: bytes) -> tuple[bytes, bytes, bytes, bool, bool]:
    found = ending_before(head, [b"GS", b"ST"] if head[:2] == b"GS" else [b"BPR", b"SE"], element)
    terminator = found[1] if found else b"~" if b"~" in head or b"\n" not in head else b"\n"
    return element, component_or_default(b"", element, terminator), terminator, False, False


def ending_before(head: bytes, tags: list[bytes], element: bytes) -> tuple[bytes, bytes] | None:
    """Text and terminator before the first place where one of the tags can start a segment."""
    for at in range(1, len(head)):
        if not any(head.startswith(tag + element, at) for tag in tags):
            continue
        before = head[:at].rstrip()
        newlines = bytes(byte for byte in head[len(before) : at] if byte in b"\r\n")
        if before and is_mark(before[-1:]) and before[-1:] != element:
            return before, before[-1:]
        if before and newlines:
            return before, newlines[-1:]
    return None


def stretches(data: bytes) -> list[tuple[bytes, tuple[bytes, bytes, bytes, bool, bool]]] | None:
    """The file cut wherever an ISA declares anew how to read on; None where it cannot be read at all."""
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    data = data.lstrip(b" \t\r\n\v\f\0")
    how = delimiters_at(data, 0)
    if how is None:
        return None
    out, start = [], 0
    for match in re.finditer(rb"ISA[^A-Za-z0-9\s\x80-\xff]", data):
        at = match.start()
        before = data[:at].rstrip(b" \t\r\n")
        gap = data[len(before) : at]
        is_segment_start = at > start and (before.endswith(how[2]) or how[2] in gap or b"\r" in gap or b"\n" in gap)
        new = delimiters_at(data, at) if is_segment_start else None
        if new:
            out.append((data[start:at], how))
            start, how = at, new
    return [*out, (data[start:], how)]


# --- files ----------------------------------------------------------------------------------------------------------


class _File:
    """One file: its segments, then what they say."""

    def __init__(self, file_id: str, source_file: str, data: bytes) -> None:
        self.file_id, self.source_file, self.short = file_id, source_file, file_id[:16]
        self.out: dict[str, list[Row]] = {name: [] for name in TABLES}
        self.flaws: dict[str, list[int]] = {}
        self.segments: list[tuple[int, list[bytes], bytes]] = []  # position, elements, component separator
        found = stretches(data)
        if found is None:
            self.fault("file", None, None, "not_x12")
            return
        if not found[0][1][3]:
            self.flaw("no_isa", 1)
        for raw, how in found:
            self.split(raw, *how)
        self.isa: Row | None = None
        self.group: Row | None = None
        self.set: Row | None = None
        self.claim: Row | None = None
        self.line: Row | None = None
        self.sets: list[Row] = []
        self.claims: list[Row] = []
        self.stray_lines: list[Row] = []
        self.walk()
        self.emit()

    def split(self, raw: bytes, element: bytes, component: bytes, terminator: bytes, declared: bool, regular: bool) -> None:
        for newline in (b"\r", b"\n"):
            if newline != terminator:
                raw = raw.replace(newline, b"")
        for piece in raw.split(terminator):
            segment = piece.lstrip(b" \t")
            if not segment:
                continue
            number = len(self.segments) + 1
            try:
                segment.decode()
            except UnicodeDecodeError:
                self.flaw("not_utf8", number)
                undefined = b"\x81\x8d\x8f\x90\x9d"
                letters = [chr(b) if b in undefined else bytes([b]).decode("cp1252") for b in segment]
                segment = "".join(letters).encode()
            elements = segment.split(element)
            if elements[0] == b"ISA" and declared and not regular:
                self.flaw("irregular_isa", number)
            self.segments.append((number, elements, component))

    def flaw(self, reason_code: str, number: int) -> None:
        self.flaws.setdefault(reason_code, []).append(number)

    def fault(self, scope: str, segment: int | None, tag: str | None, reason_code: str, **facts: Any) -> None:
        row = {"claim_segment": None, "claim_count": 0, "line_count": 0, "charge_amount": None} | facts
        row |= {"file_id": self.file_id, "source_file": self.source_file, "scope": scope, "segment": segment}
        self.out["faults"].append(row | {"segment_tag": tag, "reason_code": reason_code, "difference_amount": None})

    def walk(self) -> None:
        """Puts every segment where it belongs, and checks the envelope on the way."""
        for number, elements, component in self.segments:
            tag = elements[0].decode("latin-1")

            def el(index: int, elements: list[bytes] = elements) -> bytes:
                return elements[index] if index < len(elements) else b""

            segment = {"number": number, "tag": tag, "el": el, "component": component}
            self.end(segment)
            self.begin(segment)
            if self.claim and tag not in ("CLP", "SVC"):
                (self.line or self.claim)["segments"].append(segment)
            elif self.line and not self.claim and tag != "SVC":
                self.line["segments"].append(segment)
            if self.set and not self.claim and not self.set["claims"]:
                self.set["header"].append(segment)
        self.leave(self.set, "missing_set_trailer")
        self.leave(self.group, "missing_group_trailer")
        self.leave(self.isa, "missing_interchange_trailer")

    def end(self, segment: Row) -> None:
        """What the segment ends: first the trailer's own checks, then everything that cannot go on."""
        tag, el, number = segment["tag"], segment["el"], segment["number"]
        if tag == "SE" and self.set:
            self.set["is_closed"] = True
            self.check(el(1), number - self.set["number"] + 1, "wrong_segment_count", number)
            self.same(el(2), self.set["el"](2), "wrong_set_control_number", number)
        if tag == "GE" and self.group:
            self.group["is_closed"] = True
            self.check(el(1), self.group["sets"], "wrong_set_count", number)
            self.same(el(2), self.group["el"](6), "wrong_group_control_number", number)
        if tag == "IEA" and self.isa:
            self.isa["is_closed"] = True
            self.check(el(1), self.isa["groups"], "wrong_group_count", number)
            self.same(el(2), self.isa["el"](13), "wrong_interchange_control_number", number)
        if tag in ("ISA", "GS", "ST", "SE", "GE", "IEA", "PLB"):
            self.claim = self.line = None
        if tag in ("ISA", "GS", "ST", "SE", "GE", "IEA"):
            self.leave(self.set, "missing_set_trailer")
            self.set = None
        if tag in ("ISA", "GS", "GE", "IEA"):
            self.leave(self.group, "missing_group_trailer")
            self.group = None
        if tag in ("ISA", "IEA"):
            self.leave(self.isa, "missing_interchange_trailer")
            self.isa = None

    def begin(self, segment: Row) -> None:
        """What the segment begins, or adds to what is open."""
        tag, number = segment["tag"], segment["number"]
        if tag == "ISA":
            self.isa = segment | {"groups": 0, "is_closed": False}
        elif tag == "GS":
            self.group = segment | {"sets": 0, "is_closed": False}
            if self.isa:
                self.isa["groups"] += 1
            if text(segment["el"](1)) != "HP":
                self.flaw("not_group_hp", number)
        elif tag == "ST":
            self.set = segment | {"header": [], "claims": [], "plb": [], "lines": 0, "is_closed": False}
            self.set |= {"group": self.group, "isa": self.isa}
            self.sets.append(self.set)
            if self.group:
                self.group["sets"] += 1
        elif tag in ("CLP", "SVC"):
            self.begin_claim_or_line(segment)
        elif tag == "PLB" and self.set:
            self.set["plb"].append(segment)
        elif tag == "PLB":
            self.flaw("provider_adjustment_outside_set", number)
        elif tag == "CAS" and not self.claim:
            self.flaw("adjustment_outside_claim", number)

    def begin_claim_or_line(self, segment: Row) -> None:
        if segment["tag"] == "CLP":
            self.claim, self.line = segment | {"set": self.set, "segments": [], "lines": []}, None
            self.claims.append(self.claim)
            if self.set:
                self.set["claims"].append(self.claim)
            return
        self.line = segment | {"segments": [], "set": self.set}
        (self.claim["lines"] if self.claim else self.stray_lines).append(self.line)
        if self.set:
            self.set["lines"] += 1

    def leave(self, level: Row | None, reason_code: str) -> None:
        if level and not level["is_closed"]:
            self.flaw(reason_code, level["number"])

    def check(self, stated: bytes, actual: int, reason_code: str, number: int) -> None:
        if whole(stated) != actual:
            self.flaw(reason_code, number)

    def same(self, stated: bytes, opened: bytes, reason_code: str, number: int) -> None:
        if text(stated) != text(opened):
            self.flaw(reason_code, number)

    # --- tables -----------------------------------------------------------------------------------------------------

    def emit(self) -> None:
        if not self.sets and not self.claims:
            self.fault("file", None, None, "no_sets")
        for one in self.sets:
            self.emit_set(one)
        for claim in self.claims:
            if claim["set"] is None or claim["set"]["is_good"]:
                self.emit_claim(claim)
        for line in self.stray_lines:
            if line["set"] is None or line["set"]["is_good"]:
                charge = readable(line["el"](2))
                self.fault("row", line["number"], "SVC", "line_without_claim", line_count=1, charge_amount=charge)
        for line in [*self.stray_lines, *(line for claim in self.claims for line in claim["lines"])]:
            stated = first(line["segments"], "AMT", "B6")
            if stated and readable(stated["el"](2)) is None:
                self.flaw("allowed_not_an_amount", stated["number"])
        for reason_code, numbers in self.flaws.items():
            self.out["warnings"].append(
                {
                    "file_id": self.file_id,
                    "source_file": self.source_file,
                    "reason_code": reason_code,
                    "segment": min(numbers),
                    "occurrence_count": len(numbers),
                }
            )

    def emit_set(self, one: Row) -> None:
        head = one["header"]
        bpr, trn, dtm = first(head, "BPR"), first(head, "TRN"), first(head, "DTM", "405")
        problem = None
        paid_on, source = None, None
        if text(one["el"](1)) != "835":
            problem = (one, "not_835")
        elif bpr is None:
            problem = (one, "payment_segment_missing")
        else:
            places = (("BPR16", bpr, 16), ("DTM405", dtm, 2), ("GS04", one["group"], 4), ("ISA09", one["isa"], 9))
            for name, segment, index in places:
                if paid_on is None and segment and day(segment["el"](index)):
                    paid_on, source = day(segment["el"](index)), name
            try:
                amount(bpr["el"](2))
                problem = None if paid_on else (bpr, "payment_date_unreadable")
            except Unreadable as how:
                problem = (bpr, f"payment_{how}")
        one["is_good"] = problem is None
        if problem:
            charges = [charge for claim in one["claims"] if (charge := readable(claim["el"](3))) is not None]
            total = sum(charges) if charges and abs(sum(charges)) <= Decimal("9999999999.99") else None
            self.fault(
                "set", problem[0]["number"], problem[0]["tag"], problem[1],
                claim_count=len(one["claims"]), line_count=one["lines"], charge_amount=total,
            )  # fmt: skip
            return
        assert bpr is not None
        payer, payer_refs = party(head, "PR")
        payee, payee_refs = party(head, "PE")
        row = {
            "payment_id": f"{self.short}-{one['number']}",
            "file_id": self.file_id,
            "source_file": self.source_file,
            "payer_name": get(payer, 2),
            "payer_ref_2u": get(first(payer_refs, "REF", "2U"), 2),
            "payer_n104": get(payer, 4),
            "payer_naic": get(first(payer_refs, "REF", "NF"), 2),
            "payer_tax_id": get(trn, 3) or get(bpr, 10),
            "payee_name": get(payee, 2),
            "payee_npi": get(payee, 4) if get(payee, 3) == "XX" else None,
            "payee_tax_id": (get(payee, 4) if get(payee, 3) == "FI" else None) or get(first(payee_refs, "REF", "TJ"), 2),
            "trace_number": get(trn, 2),
            "payment_method": get(bpr, 4),
            "payment_amount": amount(bpr["el"](2)),
            "payment_date": paid_on,
            "payment_date_source": source,
            "version": get(one["group"], 8) or get(one, 3),
            "payment_segment": one["number"],
        }
        self.out["payments"].append(row | {"payer_id": payer_id(row)})
        for plb in one["plb"]:
            self.emit_provider_adjustments(row["payment_id"], plb)

    def emit_provider_adjustments(self, payment_id: str, plb: Row) -> None:
        problems = []
        for position in range(1, 7):
            reason, money = plb["el"](1 + 2 * position), plb["el"](2 + 2 * position)
            if text(reason) is None and text(money) is None:
                continue
            try:
                moved = amount(money)
            except Unreadable as how:
                problems.append(f"provider_adjustment_{how}")
                continue
            parts = [*reason.split(plb["component"]), b""]
            row = {"payment_id": payment_id, "file_id": self.file_id, "reason_code": text(parts[0]), "reference": text(parts[1])}
            row |= {"amount": moved, "adjustment_segment": plb["number"], "position": position}
            self.out["provider_adjustments"].append(row)
        if problems:
            self.fault("row", plb["number"], "PLB", min(problems, key=PRIORITY.index))

    def emit_claim(self, claim: Row) -> None:
        problems: list[tuple[int, int, str, str]] = []

        def money(segment: Row, index: int, field: str, required: bool = True) -> Decimal | None:
            if not required and text(segment["el"](index)) is None:
                return None
            try:
                return amount(segment["el"](index))
            except Unreadable as how:
                code = f"{field}_{how}"
                problems.append((segment["number"], PRIORITY.index(code), segment["tag"], code))
                return None

        if claim["set"] is None:
            problems.append((claim["number"], 0, "CLP", "claim_outside_set"))
        row = self.claim_row(claim, money)
        lines = [self.line_row(claim, row, line, money) for line in claim["lines"]]
        adjustments, paid_before = self.adjustment_rows(claim, row["claim_id"], problems, money)
        rank = RANKS.get(row["claim_status_code"] or "")
        row["payer_rank"] = max(rank or 0, 2) if paid_before else rank
        if problems:
            number, _, tag, code = min(problems)
            facts = {"claim_segment": claim["number"], "claim_count": 1, "line_count": len(lines), "charge_amount": row["charge_amount"]}
            self.fault("claim", number, tag, code, **facts)
            return
        for line, undeclared in lines:
            if undeclared:
                self.flaw("wrong_component_separator", line["line_segment"])
        if lines and sum(line["charge_amount"] for line, _ in lines) != row["charge_amount"]:
            self.flaw("line_charges_differ", claim["number"])
        self.out["claims"].append(row)
        self.out["service_lines"].extend(line for line, _ in lines)
        self.out["adjustments"].extend(adjustments)

    def claim_row(self, claim: Row, money: Any) -> Row:
        own, number = claim["segments"], claim["number"]
        patient = first(own, "NM1", "QC")
        remarks = [
            text(segment["el"](index))
            for segment in own
            for index in {"MIA": (5, 20, 21, 22, 23), "MOA": (3, 4, 5, 6, 7)}.get(segment["tag"], ())
        ]
        statement = [day(found["el"](2)) for name in ("232", "233") if (found := first(own, "DTM", name))]
        received = first(own, "DTM", "050")
        return {
            "claim_id": f"{self.short}-{number}",
            "payment_id": f"{self.short}-{claim['set']['number']}" if claim["set"] else None,
            "file_id": self.file_id,
            "patient_control_number": get(claim, 1),
            "payer_claim_control_number": get(claim, 7),
            "original_claim_control_number": get(first(own, "REF", "F8"), 2),
            "claim_status_code": get(claim, 2),
            "filing_indicator_code": get(claim, 6),
            "class_of_contract": get(first(own, "REF", "CE"), 2),
            "charge_amount": money(claim, 3, "charge"),
            "paid_amount": money(claim, 4, "paid"),
            "patient_responsibility_amount": money(claim, 5, "patient_responsibility", required=False),
            "patient_id": get(patient, 9),
            "statement_date": next((found for found in statement if found), None),
            "received_date": day(received["el"](2)) if received else None,
            "remark_codes": [remark for remark in remarks if remark],
            "claim_segment": number,
            "patient_last_name": get(patient, 3),
            "patient_first_name": get(patient, 4),
        }

    def line_row(self, claim: Row, claim_row: Row, line: Row, money: Any) -> tuple[Row, bool]:
        own, el, number = line["segments"], line["el"], line["number"]
        paid_qualifier, paid_code, odd_paid = procedure(el(1), line["component"])
        qualifier, code, odd_billed = procedure(el(6), line["component"])
        is_billed = bool(text(code)) and (bool(text(qualifier)) or len(code.strip(b" \t")) >= 4)
        source = "SVC06" if is_billed else "SVC01"
        if source == "SVC01":
            qualifier, code = paid_qualifier, paid_code
        units_paid = whole(el(5)) if text(el(5)) else 1
        allowed = first(own, "AMT", "B6")
        served = [day(found["el"](2)) for name in ("472", "150") if (found := first(own, "DTM", name))]
        return {
            "line_id": f"{self.short}-{number}",
            "claim_id": f"{self.short}-{claim['number']}",
            "file_id": self.file_id,
            "source_file": self.source_file,
            "line_segment": number,
            "submitted_code": text(code),
            "submitted_code_source": source,
            "submitted_qualifier": text(qualifier),
            "paid_code": text(paid_code),
            "paid_qualifier": text(paid_qualifier),
            "charge_amount": money(line, 2, "charge"),
            "paid_amount": money(line, 3, "paid"),
            "allowed_amount": readable(allowed["el"](2)) if allowed else None,
            "units_submitted": whole(el(7)) if text(el(7)) else units_paid,
            "units_paid": units_paid,
            "service_date": next((found for found in served if found), claim_row["statement_date"]),
            "line_control_number": get(first(own, "REF", "6R"), 2),
            "remark_codes": [code for s in own if s["tag"] == "LQ" and get(s, 1) == "HE" and (code := get(s, 2))],
            "tooth_code": None,
            "surface_codes": None,
        }, odd_paid or odd_billed

    def adjustment_rows(self, claim: Row, claim_id: str, problems: list, money: Any) -> tuple[list[Row], bool]:
        rows, paid_before = [], False
        for line in (None, *claim["lines"]):
            for cas in (line or claim)["segments"]:
                if cas["tag"] != "CAS":
                    continue
                for position in range(1, 8):
                    reason, quantity = get(cas, 3 * position - 1), cas["el"](3 * position + 1)
                    if reason is None and get(cas, 3 * position) is None:
                        continue
                    paid_before |= reason == "23" and get(cas, 1) == "OA"
                    moved = money(cas, 3 * position, "adjustment")
                    for is_wrong, code in ((reason is None, "adjustment_reason_missing"), (position == 7, "adjustment_overlong")):
                        if is_wrong:
                            problems.append((cas["number"], PRIORITY.index(code), "CAS", code))
                    rows.append(
                        {
                            "claim_id": claim_id,
                            "line_id": f"{self.short}-{line['number']}" if line else None,
                            "file_id": self.file_id,
                            "group_code": get(cas, 1),
                            "reason_code": reason,
                            "amount": moved,
                            "quantity": whole(quantity),
                            "adjustment_segment": cas["number"],
                            "position": position,
                        }
                    )
        return rows, paid_before

    def tables(self) -> dict[str, list[Row]]:
        return self.out


def get(segment: Row | None, index: int) -> str | None:
    return text(segment["el"](index)) if segment else None


def readable(value: bytes) -> Decimal | None:
    try:
        return amount(value)
    except Unreadable:
        return None


def first(segments: list[Row], tag: str, qualifier: str | None = None) -> Row | None:
    return next((s for s in segments if s["tag"] == tag and (qualifier is None or get(s, 1) == qualifier)), None)


def party(head: list[Row], role: str) -> tuple[Row | None, list[Row]]:
    """The first N1 of a role and the segments up to the next N1."""
    places = [place for place, segment in enumerate(head) if segment["tag"] == "N1"]
    for place in places:
        if get(head[place], 1) == role:
            end = next((other for other in places if other > place), len(head))
            return head[place], head[place + 1 : end]
    return None, []
