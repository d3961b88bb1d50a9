"""What lies in an inbox: archives within limits, links, unreadable and unknown files."""

import gzip
import io
import os
import zipfile

import pytest

from flows import unpack
from flows.inbox import contents, look, named
from flows.sniff import kind_of
from flows.unpack import Unusable, label_of, members
from tests.flows.helpers import an_835, claim, put

GOOD = an_835(claim("1"))


def _zip(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (GOOD, "835"),
        (b"\xef\xbb\xbf\r\n" + GOOD, "835"),
        (b"ISABEL,paid,billed\n1,2,3\n", "csv"),
        (b"date,code,fee\n2026-03-01,D2392,250\n", "csv"),
        (b"date\tcode\tfee\n2026-03-01\tD2392\t250\n", "csv"),
        (b'{"resourceType": "ExplanationOfBenefit"}', "fhir"),
        (b'{"resourceType":"ExplanationOfBenefit"}\n{"resourceType":"ExplanationOfBenefit"}\n', "fhir"),
        (b'{"a": 1}', "unknown"),
        (_zip(**{"[Content_Types].xml": b"<x/>"}), "xlsx"),
        (b"%PDF-1.7 ...", "unknown"),
        (b"call the payer", "unknown"),
    ],
)
def test_content_decides_not_the_name(data, kind):
    assert kind_of(data) == kind


def test_archives_are_looked_into_and_hidden_files_are_not(tmp_path):
    put(tmp_path, "a.GZ", gzip.compress(GOOD))
    put(tmp_path, "sub/b.zip", _zip(**{"in/one.835": GOOD + b"\n", "two.gz": gzip.compress(GOOD + b"\n\n"), "__MACOSX/x": b"?"}))
    put(tmp_path, ".hidden.835", GOOD)
    put(tmp_path, "~$lock.835", GOOD)
    found = look(tmp_path)
    assert sorted(one.source_file for one in found.arrivals) == ["a.GZ", "sub/b.zip!in/one.835", "sub/b.zip!two.gz"]
    assert {bytes(data) for data in contents(found.arrivals).values()} == {GOOD, GOOD + b"\n", GOOD + b"\n\n"}


def test_one_content_under_two_names_is_one_arrival(tmp_path):
    for name in ("b.835", "a.835"):
        put(tmp_path, name, GOOD)
    found = look(tmp_path)
    assert [one.source_file for one in found.arrivals] == ["a.835"]
    assert found.repeated_count == 1


def test_a_member_s_name_never_leads_out_of_the_archive():
    assert label_of("../../etc/passwd") == "etc/passwd"
    assert label_of("..\\..\\a\nb.835") == "a?b.835"
    assert label_of("/") == "unnamed"


def test_a_bomb_is_refused_before_it_fills_the_memory(monkeypatch):
    monkeypatch.setattr(unpack, "RATIO_FROM_BYTES", 1_000_000)
    for bomb in (gzip.compress(bytes(20_000_000)), _zip(zeros=bytes(20_000_000))):
        [(_, content)] = members(bomb)
        assert isinstance(content, Unusable)


def test_archives_packed_too_deeply_are_refused():
    data = GOOD
    for _ in range(4):
        data = _zip(inner=data)
    [(_, content)] = members(data)
    assert isinstance(content, Unusable)


def test_every_unusable_file_says_why_and_what_to_do(tmp_path):
    put(tmp_path, "empty.835", b"")
    put(tmp_path, "cut.gz", gzip.compress(GOOD)[:-9])
    put(tmp_path, "cut.zip", _zip(a=GOOD)[:40])
    put(tmp_path, "scan.pdf", b"%PDF-1.7")
    (tmp_path / "link.835").symlink_to("scan.pdf")
    os.mkfifo(tmp_path / "pipe")
    faults = {one.source_file: one.fault for one in look(tmp_path).arrivals}
    assert {name: fault and fault[0] for name, fault in faults.items()} == {
        "empty.835": "empty_file",
        "cut.gz": "damaged_archive",
        "cut.zip": "damaged_archive",
        "scan.pdf": "unknown_content",
        "link.835": "not_a_file",
        "pipe": "not_a_file",
    }
    assert all(fault and fault[1] and fault[2].endswith(".") for fault in faults.values())


def test_named_files_are_labelled_as_in_the_inbox(tmp_path):
    path = put(tmp_path, "sub/a.835", GOOD)
    assert [one.source_file for one in named([path], tmp_path)] == ["sub/a.835"]
    assert [one.source_file for one in named([tmp_path])] == ["sub/a.835"]
    assert [one.source_file for one in named([path])] == ["a.835"]
