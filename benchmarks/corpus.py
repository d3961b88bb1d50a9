"""A deterministic dental 835, as large as asked for: what the reader is timed on. No randomness, no real data."""

from __future__ import annotations

import hashlib

from transforms.tables.remittances import Blob

CLAIMS_PER_SET = 150
LINES = (
    ("AD:D2150*275*120**1*AD:D2392", ("CO*45*75", "PR*169*80"), "120"),
    ("AD:D0120*65*42**1", ("CO*45*23",), "42"),
    ("AD:D1110*110*62.4**1", ("CO*45*32", "PR*2*15.6"), "78"),
    ("AD:D2740*1400*525**1*AD:D2750", ("CO*45*350", "PR*1*50**2*475"), "1050"),
    ("AD:D0274*70*52", ("CO*45*18",), "52"),
    ("AD:D2140*140*95**1*AD:D2391", ("CO*45*45",), "95"),
)


def _claim(number: int) -> tuple[str, int]:
    """One claim of one to three lines, and what it paid in cents."""
    chosen = [LINES[(number * 7 + place * 5) % len(LINES)] for place in range(1 + number % 3)]
    charge = sum(int(line[0].split("*")[1]) * 100 for line in chosen)
    paid = sum(round(float(line[0].split("*")[2]) * 100) for line in chosen)
    out = [
        f"CLP*ACCT{number:07}*1*{charge / 100:g}*{paid / 100:.2f}**12*PCN{number:09}*11*1",
        f"NM1*QC*1*FAMILY{number % 997}*GIVEN{number % 89}****MI*MBR{number:08}",
        "NM1*82*2*EXAMPLE DENTAL GROUP*****XX*1999999984",
        f"REF*CE*PPO{number % 4}",
        f"DTM*232*202503{1 + number % 28:02}",
        f"DTM*050*202503{1 + (number + 3) % 28:02}",
    ]
    for place, (service, adjustments, allowed) in enumerate(chosen):
        out += [f"SVC*{service}", f"DTM*472*202503{1 + number % 28:02}"]
        out += [f"CAS*{adjustment}" for adjustment in adjustments]
        out += [f"REF*6R*{number}{place:02}", f"AMT*B6*{allowed}"]
        if "D239" in service:
            out.append("LQ*HE*N2")
    return "~".join(out) + "~", paid


def _set(control: int, start: int) -> str:
    claims, paid = zip(*(_claim(start + number) for number in range(CLAIMS_PER_SET)), strict=True)
    head = (
        f"ST*835*{control:04}~BPR*I*{sum(paid) / 100:.2f}*C*ACH*CCP*01*999999992*DA*123456*1999999999**01*999988880*DA*98765*20250401~"
        f"TRN*1*EFT{control:08}*1999999999~DTM*405*20250401~N1*PR*EXAMPLE PLAN {control % 7}~N3*1 MAIN ST~N4*TOWN*WA*981010000~"
        f"REF*2U*P{control % 7}~PER*BL*HELP*TE*8005550100~N1*PE*EXAMPLE DENTAL GROUP*XX*1999999984~REF*TJ*999999999~LX*1~"
    )
    body = "".join(claims)
    return f"{head}{body}SE*{head.count('~') + body.count('~') + 1}*{control:04}~"


def corpus(size: int) -> bytes:
    """One interchange of about `size` bytes."""
    parts, have, control = [], 0, 0
    while have < size:
        control += 1
        parts.append(_set(control, control * CLAIMS_PER_SET))
        have += len(parts[-1])
    isa = "ISA*00*          *00*          *ZZ*EXAMPLEPAYER   *ZZ*EXAMPLEDENTAL  *250401*1200*^*00501*000000001*0*P*:~"
    group = "GS*HP*EXAMPLEPAYER*EXAMPLEDENTAL*20250401*1200*1*X*005010X221A1~"
    return (isa + group + "".join(parts) + f"GE*{control}*1~IEA*1*000000001~").encode()


def blob(data: bytes, name: str = "bench.835") -> Blob:
    return Blob(hashlib.sha256(data + name.encode()).hexdigest(), name, data)
