"""Files that are wrong, huge or malicious: each is set aside with a reason, and the rest of the night goes on."""

from __future__ import annotations

import os
import re
import shutil
import zlib

import polars as pl
import pytest

from tests.flows.helpers import an_835, claim, command, put
from tests.hostile.inbox import GOOD, HEAD, ISA, TAIL, audited, night
from transforms.x12 import looks_like_835

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(range(256)) * 8
EBCDIC = GOOD.decode().encode("cp037")
DEEP_JSON = b'{"resourceType":' * 50_000 + b"1" + b"}" * 50_000
BIG = "9999999999.99"


def drawn(number: int, charge: str, paid: str) -> str:
    return f"CLP*A{number}*1*{charge}*{paid}**12*C{number}~SVC*AD:D2392*{charge}*{paid}~DTM*472*20260301~"


CONTENT = {
    "pdf.835": (b"%PDF-1.7\n" + bytes(range(256)) * 40, {"unknown_content"}),
    "png.835": (PNG, {"unknown_content"}),
    "empty.835": (b"", {"empty_file"}),
    "ebcdic.835": (EBCDIC, {"unknown_content"}),
    "nul.835": (bytes(100_000), {"unknown_content"}),
    "amount.835": (an_835(drawn(1, "9999999999999.99", "5")), {"charge_too_large"}),
    "nan.835": (an_835(drawn(2, "NaN", "5"), trace="T2"), {"charge_not_an_amount"}),
    "exponent.835": (an_835(drawn(3, "1E400", "5"), trace="T3"), {"charge_not_an_amount"}),
    "arabic.835": (an_835(drawn(4, "١٢", "5"), trace="T4"), {"charge_not_an_amount"}),
    "sums.835": (an_835(drawn(5, BIG, BIG) + drawn(6, BIG, BIG), trace="T5"), {"amounts_implausible"}),
    "credits.835": (an_835(drawn(7, "-" + BIG, "-" + BIG), amount="-" + BIG, trace="T6"), {"amounts_implausible"}),
    "plb.835": (an_835(drawn(8, "10", "10") + f"PLB*1*20261231*WO*{BIG}*WO*{BIG}*WO*{BIG}~", trace="T7"), {"amounts_implausible"}),
    "unread.835": (an_835(drawn(9, BIG, "x") + drawn(10, BIG, "x"), trace="T8"), {"paid_not_an_amount"}),
    "nodate.835": (
        re.sub(rb"20260310|260310", b"00000000", an_835(claim("11"), trace="T9")).replace(b"*00000000*0000*^", b"*000000*0000*^"),
        {"payment_date_unreadable"},
    ),
    "cas.835": (HEAD + b"CLP*A*1*5*5~CAS*CO" + b"*45*1*" * 10_000 + b"~" + TAIL, {"adjustment_overlong"}),
    "same.835": (ISA.replace(b":~", b"*~") + b"GS*HP~ST", {"not_835"}),
    "letters.835": (GOOD.replace(b"*", b"X"), {"unknown_content"}),
    "digit.835": (GOOD.replace(b"~", b"7"), {"not_x12", "no_sets"}),
}


@pytest.fixture(scope="module")
def content_night(tmp_path_factory):
    return night(tmp_path_factory.mktemp("content"), {name: data for name, (data, _) in CONTENT.items()})


@pytest.mark.parametrize("name", CONTENT)
def test_set_aside_with_a_reason_and_all_bytes_accounted(content_night, name):
    data, reasons = CONTENT[name]
    row = content_night.files.filter(source_file=name).row(0, named=True)
    assert row["bytes"] == len(data)
    assert content_night.reasons(name) & reasons, content_night.reasons(name)
    assert row["status"] == "quarantined"


def test_every_item_says_why_and_what_to_do_and_nothing_of_a_claim(content_night):
    for row in content_night.items.iter_rows(named=True):
        assert row["reason"] and row["next_step"].rstrip()
        assert "JANE" not in row["reason"] + row["next_step"] and "M11" not in row["reason"] + row["next_step"]


READABLE = {
    "latin.835": GOOD.replace(b"JANE", b"J\xc1\xff\x81NE").replace(b"GOOD", b"L1"),
    "nulname.835": GOOD.replace(b"JANE", b"J\0NE").replace(b"GOOD", b"L2"),
    "bidi.835": GOOD.replace(b"DENTAL", "\u202eDENTAL\u0000".encode()).replace(b"GOOD", b"L3"),
    "dates.835": GOOD.replace(b"DTM*472*20260301", b"DTM*472*99999999").replace(b"GOOD", b"L4"),
    "tildes.835": HEAD.replace(b"GOOD", b"L5") + b"~" * 1_000_000 + claim("5").encode() + TAIL,
    "marks.835": HEAD.replace(b"GOOD", b"L6") + b"REF*" + b" " * 3_000_000 + b"X~" + claim("6").encode() + TAIL,
    "blanks.835": HEAD.replace(b"GOOD", b"L7") + b" " * 3_000_000 + claim("8").encode() + TAIL,
    "segment.835": HEAD.replace(b"GOOD", b"L8") + b"REF*EV*" + b"X" * 10_000_000 + b"~" + claim("9").encode() + TAIL,
    "code.835": HEAD.replace(b"GOOD", b"L9") + b"CLP*A*1*5*5~SVC*AD:" + b"X" * 3_000_000 + b"*5*5~" + TAIL,
    "mixed.835": (an_835(claim("10"), trace="L10") + an_835(claim("12"), trace="L11").replace(b"*", b"|")) * 2_000,
}


def test_odd_but_readable_files_load(tmp_path):
    found = night(tmp_path, READABLE)
    loaded = found.files.filter(pl.col("source_file").is_in(list(READABLE)))
    assert loaded["bytes"].sum() == sum(map(len, READABLE.values()))
    assert set(loaded["status"]) == {"loaded"}


def test_utf_16_and_json_come_out_accounted(tmp_path):
    """Whichever reader takes them, they end in the books, and the night goes on."""
    files = {"wide.835": GOOD.decode().encode("utf-16"), "deep.json": DEEP_JSON, "brackets.json": b"[" * 2_000_000}
    found = night(tmp_path, files)
    for name, data in files.items():
        assert found.files.filter(source_file=name)["bytes"].to_list() == [len(data)]
        assert found.reasons(name)


def test_many_tiny_files_and_few_descriptors(tmp_path):
    """More files than a process may hold open: all arrive on the first night."""
    import resource

    for number in range(600):
        put(tmp_path / "in", f"{number}.835", an_835(claim(str(number)), trace=f"T{number}"))
        put(tmp_path / "in", f"{number}.txt", b"?" * (number + 1))
    put(tmp_path / "in", "good.835", GOOD)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 200, hard))
    try:
        found = audited(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert found.files.height == 1_201
    assert found.summary.claims["loaded"] == 601


def test_folders_links_and_closed_doors(tmp_path):
    inbox = tmp_path / "in"
    (inbox / "folder.835").mkdir(parents=True)
    put(inbox, "folder.835/inside.835", an_835(claim("1"), trace="IN"))
    (inbox / "loop").symlink_to(inbox)
    (inbox / "self.835").symlink_to("self.835")
    (inbox / "bad\udcff.835").write_bytes(b"?")
    os.utime(inbox / "bad\udcff.835", (1_700_000_000, 1_700_000_000))
    found = night(tmp_path, {})
    assert found.files.filter(source_file="folder.835/inside.835")["status"].to_list() == ["loaded"]
    assert found.reasons("loop") == found.reasons("self.835") == {"not_a_file"}
    assert found.reasons("bad?.835") == {"unknown_content"}


@pytest.mark.skipif(os.getuid() != 0 and not shutil.which("setpriv"), reason="needs an account that may drop its rights")
def test_what_an_account_may_not_read_is_told(tmp_path):
    from flows.inbox import look

    inbox = tmp_path / "in"
    put(inbox, "closed.835", GOOD).chmod(0)
    put(inbox, "cellar/x.835", GOOD)
    (inbox / "cellar").chmod(0)
    for folder in (inbox, tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder.name:
            folder.chmod(folder.stat().st_mode | 0o055)
    if os.getuid() == 0:
        os.seteuid(65534)
    try:
        faults = {one.source_file: one.fault for one in look(inbox).arrivals}
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        (inbox / "cellar").chmod(0o755)
    assert {name: fault and fault[0] for name, fault in faults.items()} == {"closed.835": "unreadable", "cellar": "unreadable"}


def test_a_file_still_growing_waits_for_the_next_night(tmp_path):
    from flows.inbox import look

    path = put(tmp_path, "growing.835", GOOD[:300])
    os.utime(path)

    def grow(seconds: float) -> None:
        path.write_bytes(GOOD)

    found = look(tmp_path, wait=grow)
    assert found.still_arriving == ("growing.835",) and not found.arrivals


@pytest.mark.slow
def test_formulas_markup_and_terminal_codes_come_out_inert(tmp_path):
    name = '=HYPERLINK("http://x")<script>alert(1)</script>\x1b[2J'
    body = claim("1").replace("AD:D2392", "AD:=1+1") + claim("2").replace("AD:D2392", "AD:\x1b[31m")
    data = an_835(body, amount="160").replace(b"SAMPLE DENTAL", name.encode())
    put(tmp_path / "in", "x.835", data)
    assert looks_like_835(data)
    assert command("parse", tmp_path / "in", "--out", tmp_path / "out", "--format", "csv").returncode == 0
    for page in (tmp_path / "out").glob("*.csv"):
        cells = [cell for line in page.read_text().splitlines() for cell in line.split(",")]
        assert not [cell for cell in cells if re.match(r'"?[=@]', cell)], page
    store = tmp_path / "store"
    done = command("audit", "--inbox", tmp_path / "in", "--store", store, "--as-of", "2026-06-30", "--no-prefect")
    assert done.returncode in (0, 3, 5), done.stderr
    shown = [
        done.stdout,
        done.stderr,
        *(command("review", "list", "--store", store).stdout, command("quarantine", "list", "--store", store).stdout),
    ]
    assert "\x1b" not in "".join(shown)
    for page in store.rglob("*.htm*"):
        assert "<script>alert" not in page.read_text(errors="replace")


def test_noise_is_never_a_crash(tmp_path):
    noise = {f"{seed}.835": ISA + zlib.compress(bytes([seed]) * 5_000) * 40 for seed in range(20)}
    found = night(tmp_path, noise)
    assert found.files.filter(pl.col("source_file") != "good.835")["bytes"].sum() == sum(map(len, noise.values()))
