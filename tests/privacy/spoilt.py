"""Files that cannot be used, one for each way to go wrong, every patient field a planted word."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile

import xlsxwriter

from tests.eob.fhir_drawn import eob, item, written

WORDS = [
    "SPYNAME",
    "SPYGIVEN",
    "SPYMEMBER",
    "SPYACCOUNT",
    "SPYCLAIM",
    "SPYLINE",
    "SPYAMOUNT",
    "SPYSTREET",
    "SPYSUBSCRIBER",
    "19610317",
    "1961-03-17",
]
WHO = (
    "NM1*QC*1*SPYNAME*SPYGIVEN****MI*SPYMEMBER1~NM1*IL*1*SPYSUBSCRIBER*SPYGIVEN****34*SPYMEMBER2~NM1*74*1*SPYNAME*SPYGIVEN****C*SPYMEMBER3~"
    "REF*EA*SPYMEMBER4~REF*SY*SPYMEMBER5~REF*IG*SPYMEMBER6~N3*1 SPYSTREET~DMG*D8*19610317*F~DTM*050*20260301~"
)
CLAIM = f"CLP*SPYACCOUNT*1*100*80*0*12*SPYCLAIM~{WHO}"
LINE = "SVC*AD:D2392*100*80~DTM*472*20260301~CAS*CO*45*20~REF*6R*SPYLINE~"
TIED = "PLB*1999999984*20261231*WO:SPYCLAIM*0~"


def interchange(body: str, kind: str = "835", function: str = "HP") -> bytes:
    """One set around the segments given."""
    head = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260310*0000*^*00501*000000009*0*P*:~"
    head += f"GS*{function}*S*R*20260310*0000*9*X*005010X221A1~"
    return f"{head}ST*{kind}*0001~{body}SE*{body.count('~') + 2}*0001~GE*1*9~IEA*1*000000009~".encode()


def payment(claims: str, trace: str, amount: str = "80") -> str:
    payer = "N1*PR*SAMPLE DENTAL~REF*2U*S1~N1*PE*PRACTICE*XX*1999999984~LX*1~"
    return f"BPR*I*{amount}*C*ACH************20260310~TRN*1*{trace}*1999999999~{payer}{claims}"


PORTAL = (
    b"Payer,Check Number,Check Date,Claim Number,Patient,Member ID,Patient Account,Date of Service,Submitted Procedure,"
    b"Submitted,Write-off,Patient Pays,Plan Pays,Remarks\n"
)


def row(paid: str) -> bytes:
    """A row of a portal's download."""
    who = 'Example Plan,CHK1,03/10/2026,SPYCLAIM,"SPYNAME, SPYGIVEN",SPYMEMBER1,SPYACCOUNT'
    return f"{who},03/01/2026,D2392,100.00,20.00,0.00,{paid},SPYNAME called about SPYMEMBER1\n".encode()


def workbook(*rows: bytes) -> bytes:
    """The same rows as a workbook, with a patient in its properties, a sheet's name, a comment and a defined name."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.set_properties({"title": "SPYNAME", "comments": "SPYMEMBER1"})
    sheet = book.add_worksheet("EOB")
    for number, cells in enumerate(csv.reader(io.StringIO((PORTAL + b"".join(rows)).decode()))):
        sheet.write_row(number, 0, cells)
    sheet.write_comment(1, 0, "SPYNAME, SPYGIVEN called")
    book.add_worksheet("SPYNAME").write_row(0, 0, ["SPYMEMBER1", "SPYCLAIM"])
    book.close()
    return out.getvalue()


def benefit(submitted: str, paid: str) -> dict:
    """A FHIR ExplanationOfBenefit whose patient is told in every place that allows it."""
    line = item("D2392", submitted=submitted, benefit=paid, noncovered="104", carcs="45") | {"traceNumber": [{"value": "SPYLINE"}]}
    person = {"resourceType": "Patient", "id": "p1", "name": [{"family": "SPYNAME", "given": ["SPYGIVEN"]}], "birthDate": "1961-03-17",
              "identifier": [{"value": "SPYMEMBER1"}], "address": [{"line": ["1 SPYSTREET"]}]}  # fmt: skip
    names = {"type": {"text": "Patient Account Number"}, "value": "SPYACCOUNT"}
    return eob(
        line, number="SPYCLAIM", patient={"reference": "#p1", "display": "SPYNAME, SPYGIVEN"}, contained=[person],
        supportingInfo=[{"sequence": 1, "category": {"text": "patient account"}, "valueString": "SPYACCOUNT", "identifier": names}],
        processNote=[{"text": "SPYNAME called about SPYMEMBER1"}],
    )  # fmt: skip


def spoilt_files() -> dict[str, bytes]:
    """Each file by a name that gives nobody away."""
    whole = interchange(payment(CLAIM + LINE + TIED, "T1"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inner.xlsx", workbook(row("80.00").replace(b"CHK1", b"CHK4"), row("SPYAMOUNT")))
        archive.writestr("inner.ndjson", written(benefit("201", "96")) + b"\n")
        archive.writestr("inner.835", interchange(payment(CLAIM.replace("*100*80", "*SPYAMOUNT*80") + LINE, "T9")))
    return {
        "good.835": whole,
        "charge.835": interchange(payment(CLAIM.replace("*100*80", "*SPYAMOUNT*80") + LINE, "T2")),
        "paid.835": interchange(payment(CLAIM + LINE.replace("*100*80", "*100*SPYAMOUNT"), "T3")),
        "adjustment.835": interchange(payment(CLAIM + LINE.replace("*45*20", "*45*SPYAMOUNT"), "T4")),
        "unbalanced.835": interchange(payment(CLAIM + LINE.replace("*45*20", "*45*19"), "T5")),
        "decimals.835": interchange(payment(CLAIM.replace("*100*80", "*100.123*80") + LINE, "T6")),
        "service-date.835": interchange(payment(CLAIM + LINE.replace("472*20260301", "472*SPYAMOUNT"), "T7")),
        "no-claim.835": interchange(payment(WHO + LINE, "T8")),
        "no-payment.835": interchange("TRN*1*T10*1999999999~LX*1~" + CLAIM + LINE),
        "payment-amount.835": interchange(payment(CLAIM + LINE, "T11", "SPYAMOUNT")),
        "eligibility.835": interchange("BHT*0022*13~" + WHO, "270", "HS"),
        "cut-off.835": whole[:-180],
        "cut-in-name.835": whole[: whole.index(b"SPYGIVEN") + 4],
        "not-text.835": whole.replace(b"SPYGIVEN", b"SPYGIVEN\xff\xfe"),
        "no-isa.835": b"".join(whole.partition(b"ST*835")[1:]),
        "export.csv": b"Patient,Member,Charge\nSPYNAME,SPYMEMBER1,SPYAMOUNT\n",
        "portal.csv": PORTAL + row("80.00"),
        "portal-amount.csv": PORTAL + row("SPYAMOUNT"),
        "portal-torn.csv": PORTAL + row("80.00")[:60],
        "headless.csv": row("80.00") + row("81.00"),
        "book.xlsx": workbook(row("80.00").replace(b"CHK1", b"CHK2")),
        "book-amount.xlsx": workbook(row("SPYAMOUNT").replace(b"CHK1", b"CHK3")),
        "book-torn.xlsx": workbook(row("80.00"))[:-200],
        "benefit.json": b'{"resourceType": "ExplanationOfBenefit", "patient": {"display": "SPYNAME"}}',
        "benefits.json": written(benefit("200", "96")),
        "benefit-unbalanced.json": written(benefit("200", "60")),
        "benefit-amount.json": written(benefit("200", "96")).replace(b'"value":96', b'"value":"SPYAMOUNT"'),
        "benefit-torn.json": written(benefit("200", "96"))[:-40],
        "letter.txt": b"Dear SPYNAME, about claim SPYCLAIM of member SPYMEMBER1",
        "broken.835.gz": gzip.compress(whole, mtime=0)[:-20],
        "inside.zip": packed.getvalue(),
        "empty.835": b"",
    }
