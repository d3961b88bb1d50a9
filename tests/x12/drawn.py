"""835 files drawn by hand: write only the segments that matter, the envelope comes by itself."""

from __future__ import annotations

from tests.x12.agreement import assert_agree, blob
from transforms import x12
from transforms.tables.remittances import Remittances

HEAD = ("BPR*I*100*C*ACH************20250401", "TRN*1*EFT1*1999999999", "N1*PR*EXAMPLE PLAN", "N1*PE*EXAMPLE DENTAL*XX*1999999984")


def isa(element: str = "*", component: str = ":", terminator: str = "~") -> str:
    fields = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", "PAYER".ljust(15), "ZZ", "DENTIST".ljust(15), "250401", "1200", "U", "00501"]
    return element.join([*fields, "000000001", "0", "P", component]) + terminator


def segments(text: str) -> list[str]:
    """The lines of a drawing, without what is blank."""
    return [line.strip().rstrip("~") for line in text.strip().splitlines() if line.strip()]


def one_set(body: str, head: tuple[str, ...] = HEAD, control: str = "0001") -> list[str]:
    inside = [*head, *segments(body)]
    return [f"ST*835*{control}", *inside, f"SE*{len(inside) + 2}*{control}"]


def drawn(
    body: str, head: tuple[str, ...] = HEAD, *, element: str = "*", component: str = ":", terminator: str = "~", habit: str = ""
) -> bytes:
    """One interchange with one set; the drawing uses `*` and `:`, the file what is asked for."""
    group = ["GS*HP*PAYER*DENTIST*20250402*1200*1*X*005010X221A1", *one_set(body, head), "GE*1*1", "IEA*1*000000001"]
    text = "".join(segment.replace("*", element).replace(":", component) + terminator + habit for segment in group)
    return (isa(element, component, terminator) + habit + text).encode()


def read(data: bytes) -> Remittances:
    """What the reader says, once the oracle has said the same."""
    assert_agree([blob(data)])
    return x12.read([blob(data)])


def reasons(remittances: Remittances) -> list[tuple[str, str]]:
    return [(row["scope"], row["reason_code"]) for row in remittances.faults.to_dicts()]


def warned(remittances: Remittances) -> set[str]:
    return set(remittances.warnings["reason_code"])
