"""Random 835 files from a seed: mostly well formed, with everything payers do, and a way to spoil them."""

from __future__ import annotations

from random import Random

ELEMENTS, COMPONENTS = "*|+^\x1d", ":>\\&"
TERMINATORS = ("~", "'", "\n", "\r", "\x1c", "!")
HABITS = ("", "\n", "\r\n", "\r", " \n")
CODES = ("D2392", "D2150", "d2740", "55669", "", "D0120 ", "Dé1")
AMOUNTS = ("0", "275", "120.00", ".5", "-.50", "-80", "1234567.89", "12345678", "275.000", "00012.1", "5.", " 96 ", "99999999.99")
ODD_AMOUNTS = ("", "+5", "1E2", "-", ".", "1.234", "10000000000", "12,50", "--1", "1.2.3", "5-", "٣")
DATES = ("20250310", "250310", "00000000", "20250231", "", "20250301-20250310", "2025031", "990101", "20240229", "abc")
ALL_TAGS = (b"ISA", b"GS", b"ST", b"BPR", b"TRN", b"N1", b"CLP", b"CAS", b"NM1", b"MOA", b"SVC", b"LQ", b"PLB", b"SE", b"GE", b"IEA")


class Scribe:
    """Writes one file; every choice comes from the seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.pick = self.random.choice
        self.is_careless = self.random.random() < 0.5
        self.out: list[str] = []
        self.declare()

    def declare(self) -> None:
        pick = self.random.choice
        self.element, self.component, self.terminator = pick(ELEMENTS), pick(COMPONENTS), pick(TERMINATORS)
        self.habit = "" if self.terminator in "\r\n" else pick(HABITS)
        if self.terminator == "\r" and self.random.random() < 0.7:
            self.habit = "\n"

    def chance(self, odds: float) -> bool:
        return self.random.random() < odds

    def segment(self, *elements: str) -> None:
        clean = [element.replace(self.terminator, "").replace(self.element, "") for element in elements]
        self.out.append(self.element.join(clean) + self.terminator + self.habit)

    def amount(self) -> str:
        return self.pick(ODD_AMOUNTS if self.is_careless and self.chance(0.06) else AMOUNTS)

    def date(self) -> str:
        return self.pick(DATES) if self.chance(0.4) else "20250310"

    def name(self) -> str:
        return self.pick(("", "TEST DENTAL", "ISA", "ACME  PLAN, INC.", "NIÑO", "x", "LONG NAME OF A PAYER WITH MANY WORDS", " Y "))

    def composite(self) -> str:
        qualifier = self.pick(("AD", "HC", "AD", "ZZ", "", "LONG"))
        mark = ">" if self.chance(0.1) else self.component
        code = self.pick(CODES)
        return self.pick((code, qualifier + mark + code, qualifier + mark + code + mark + "59", "AD" + mark + code))

    def file(self) -> bytes:
        """One to three interchanges, or a file without any."""
        if self.chance(0.1):
            self.interchange(is_bare=True)
        else:
            for _ in range(self.pick((1, 1, 1, 2, 3))):
                if self.chance(0.3):
                    self.declare()
                self.interchange()
        start = self.pick(("", "", "\ufeff", "\n\n", "  \r\n"))
        text = start + "".join(self.out) + self.pick(("", "", "\n", "   "))
        return text.encode("utf-8") if self.chance(0.8) else text.encode("cp1252", "replace")

    def interchange(self, *, is_bare: bool = False) -> None:
        control = str(self.random.randrange(10**9)).zfill(9)
        if not is_bare:
            sender = "SENDER".ljust(15 if self.chance(0.9) else 12)
            self.segment(
                *f"ISA|00|          |00|          |ZZ|{sender}|ZZ|RECEIVER       |250310|1200|^|00501".split("|"), control, "0", "P", "@"
            )
            self.out[-1] = self.out[-1].replace("@" + self.terminator, self.component + self.terminator)
        groups = self.pick((1, 1, 2, 0) if self.is_careless else (1,))
        for number in range(groups):
            if not (is_bare and self.chance(0.5)):
                self.segment("GS", self.pick(("HP", "HP", "HC")), "S", "R", self.date(), "1200", str(number), "X", "005010X221A1")
            sets = self.pick((1, 1, 2, 3))
            for place in range(sets):
                self.set(f"{place:04}")
            if not self.chance(0.1):
                self.segment("GE", str(sets if not self.chance(0.1) else 9), str(number))
        if not self.chance(0.1):
            self.segment("IEA", str(groups), control if not self.chance(0.1) else "1")

    def set(self, control: str) -> None:
        start = len(self.out)
        self.segment("ST", "835" if not self.chance(0.05) else "277", control, *(["005010X221A1"] if self.chance(0.3) else []))
        if not self.chance(0.04):
            self.segment("BPR", "I", self.amount(), "C", "ACH", *[""] * 5, "1999999999", *[""] * 5, self.date())
        if self.chance(0.8):
            self.segment("TRN", "1", "TRACE1", *(["1999999999"] if self.chance(0.7) else []))
        if self.chance(0.3):
            self.segment("DTM", "405", self.date())
        for role in ("PR", "PE", "PR") if self.chance(0.2) else ("PR", "PE"):
            self.segment("N1", role, self.name(), self.pick(("XV", "XX", "FI", "")), self.pick(("12345", "", "1999999984")))
            for _ in range(self.pick((0, 1, 2))):
                self.segment("REF", self.pick(("2U", "NF", "TJ", "EO")), self.pick(("A-1", "b 2", "")))
        if self.chance(0.03):
            self.line()
        for _ in range(self.pick((0, 1, 2, 3, 5))):
            self.claim()
        for _ in range(self.pick((0, 0, 1, 2))):
            pairs = self.random.randrange(1, 7)
            reasons = (f"WO{self.component}REF1", "72", "")
            self.segment("PLB", "1999999984", "20251231", *[x for _ in range(pairs) for x in (self.pick(reasons), self.amount())])
        if not self.chance(0.05):
            count = len(self.out) - start + 1
            self.segment("SE", str(count if not self.chance(0.1) else 3), control if not self.chance(0.1) else "X")
        if self.chance(0.03):
            self.claim()

    def claim(self) -> None:
        if self.chance(0.2):
            self.segment("LX", "1")
        status = self.pick(("1", "2", "3", "19", "22", "25", "4", ""))
        self.segment(
            "CLP",
            "ACCT-é" if self.chance(0.05) else "A1",
            status,
            self.amount(),
            self.amount(),
            self.amount() if self.chance(0.5) else "",
            "12",
            "ICN0000000000001",
        )
        self.adjustments(0.3)
        for role in ("QC", "IL"):
            if self.chance(0.7):
                self.segment("NM1", role, "1", self.name(), "PAT", "", "", "", "MI", self.pick(("M1", "", "MEMBER000000012345")))
        if self.chance(0.2):
            self.segment(self.pick(("MIA", "MOA")), *self.random.choices(("", "MA15", "N1", "0"), k=self.pick((3, 7, 23))))
        self.extras(("F8", "CE", "6R"), ("232", "233", "050"))
        for _ in range(self.pick((0, 1, 1, 2, 4))):
            self.line()

    def line(self) -> None:
        rest = [
            self.pick(("", "1", "2", "1.5", "-1")),
            self.composite() if self.chance(0.5) else "",
            self.pick(("", "3")),
        ]
        self.segment("SVC", self.composite(), self.amount(), self.amount(), "", *rest[: self.random.randrange(4)])
        self.extras(("6R", "0K"), ("472", "150", "151"))
        self.adjustments(0.8)
        if self.chance(0.4):
            self.segment("AMT", self.pick(("B6", "B6", "AU")), self.amount())
        for _ in range(self.pick((0, 0, 1, 2))):
            self.segment("LQ", self.pick(("HE", "HE", "RX")), self.pick(("N2", "N130", "")))

    def extras(self, references: tuple[str, ...], days: tuple[str, ...]) -> None:
        for _ in range(self.pick((0, 0, 1, 2))):
            self.segment("REF", self.pick(references), self.pick(("R1", "P0000000000000000012", "")))
        for _ in range(self.pick((0, 1, 2))):
            self.segment("DTM", self.pick(days), self.date())

    def adjustments(self, odds: float) -> None:
        while self.chance(odds / 2):
            triplets = [
                (self.pick(("45", "169", "23", "1", "")), self.amount(), self.pick(("", "1", "x")))
                for _ in range(self.pick((1, 1, 2, 6, 7) if self.is_careless else (1, 1, 2, 6)))
            ]
            flat = [element for triplet in triplets for element in triplet]
            self.segment("CAS", self.pick(("PR", "CO", "OA", "PI", "")), *(flat[:-1] if self.chance(0.5) else flat))


def spoil(data: bytes, seed: int) -> bytes:
    """The file after a few accidents: bytes flipped, cut out or doubled, segments lost or repeated, the end missing."""
    random = Random(seed)
    spoilt = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 4, 8))):
        if len(spoilt) < 4:
            break
        at = random.randrange(len(spoilt))
        accident = random.randrange(6)
        if accident == 0:
            spoilt[at] = random.choice((random.randrange(256), *b"*~:>\n\r 0A-."))
        elif accident == 1:
            del spoilt[at : at + random.choice((1, 2, 30))]
        elif accident == 2:
            spoilt[at:at] = bytes(spoilt[at : at + random.choice((1, 5, 200))])
        elif accident == 3:
            del spoilt[at + len(spoilt) // 2 :]
        elif accident == 4:
            spoilt[at:at] = random.choice((b"~", b"~\n", b"\n", b"  ", b"ISA", b"*", b"\xe9", b"~" + random.choice(ALL_TAGS) + b"*"))
        else:
            other = random.randrange(len(spoilt))
            spoilt[at : at + 40] = spoilt[other : other + 40]
    return bytes(spoilt)
