"""Workbook and e-mail of an audited practice: no planted word of a patient, in any part, packed or not; and the totals of its Parquet."""

import os
import zipfile
from decimal import Decimal
from email import message_from_bytes, policy

import polars as pl
import pytest

from flows.night import audit
from flows.practice import ENDS_ON, order_for, write_practice
from flows.report import mail, page, words, workbook
from flows.report.run import ReportOrder, gather
from tests.flows.helpers import without_gate
from tests.privacy.spoilt import WORDS, spoilt_files
from tests.report.opened_book import sheet, table
from transforms.practice import canaries, make_practice

CLAIMS, SEED = 150, 5
PLANTED = [*canaries(make_practice(CLAIMS, SEED, 12, ENDS_ON)), *WORDS]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Store of a practice with spoilt files, its week, the workbook, and the message that carries it."""
    folder = tmp_path_factory.mktemp("practice")
    key = folder / "key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    write_practice(folder, CLAIMS, SEED)
    for name, data in spoilt_files().items():
        (folder / "inbox" / name).write_bytes(data)
    for path in (folder / "inbox").iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALTBENEFIT_KEY_FILE", str(key))
        audit(order_for(folder, folder / "store"), without_gate)
    week = gather(ReportOrder(folder / "store", folder / "config"))
    path = folder / "report.xlsx"
    workbook.write(week, path)
    return folder / "store", week, path, mail.message(week, "a@practice.example", ["b@practice.example"], [path])


def parts(told):
    """Every byte a reader can get at, by name."""
    _, week, path, message = told
    yield "workbook", path.read_bytes()
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            yield name, book.read(name)
    text, html = mail.render(week)
    yield "text", text.encode()
    yield "html", html.encode()
    yield "message", message.as_bytes()
    for part in message_from_bytes(message.as_bytes(), policy=policy.default).walk():
        if not part.is_multipart():
            yield part.get_content_type(), part.get_payload(decode=True)


def test_no_word_of_a_patient_is_in_workbook_or_mail(told):
    assert len(PLANTED) >= 6
    assert [(name, word) for name, data in parts(told) for word in PLANTED if word.encode().lower() in data.lower()] == []


def test_the_search_would_find_one(told):
    """Tokens and codes, which are meant to be there, are found by the same search."""
    token = pl.read_parquet(told[0] / "reports/current/findings.parquet")["patient_id"].drop_nulls()[0]
    assert {name for name, data in parts(told) if token.encode() in data} == {"xl/worksheets/sheet6.xml"}
    assert {"text", "html", "text/plain", "text/html"} <= {name for name, data in parts(told) if b"D2392" in data}


def test_totals_are_those_of_the_published_parquet(told):
    """Read anew from the store: headline, rankings, findings, review, quarantine; page and mail say the same."""
    store, week, path, _ = told
    marts = {name: pl.read_parquet(store / f"reports/current/{name}.parquet") for name in ("findings", "payer_code_ranking", "quarantine")}
    total = marts["payer_code_ranking"]["surprise_balance"].sum()
    assert total == marts["findings"].filter("counted")["surprise_balance"].sum()
    checks = {row["Check"].value: row for row in table(path, "Checks", 4) if row["Sheet"]}
    assert {row["Result"].value for row in checks.values()} == {"OK"}
    wanted = {
        "Ranking = headline": total,
        "Counted findings = headline": total,
        "Charges of all findings": marts["findings"]["charge_amount"].sum(),
        "Surprise if all were confirmed": marts["findings"]["candidate_amount"].sum(),
        "Charges set aside": marts["quarantine"]["charge_amount"].sum(),
    }
    assert {name: Decimal(repr(float(checks[name]["Sum of the sheet"].value))) for name in wanted} == wanted
    assert wanted["Charges set aside"] > 0
    assert Decimal(repr(float(sheet(path, "Summary")["B5"].value))) == total
    assert words.dollars(total) in mail.render(week)[0]
    assert words.dollars(total) in page.render(week).decode()
