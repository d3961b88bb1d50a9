"""`altbenefit payers`: a person sees who an unmapped payer may be, confirms it, takes it back; nothing happens by itself."""

from __future__ import annotations

import csv
import json
import os
import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from subprocess import CompletedProcess

import polars as pl
import pytest
import yaml

from config.confirmed import COLUMNS
from config.load import load_settings
from flows import payer_aliases
from flows.cli import main
from flows.explaining import explanation
from flows.lock import hold
from flows.night import audit
from flows.order import Order
from tests.flows.helpers import command, without_gate
from tests.payers.drawn import RAIL_TAX_ID, Sent

PAYERS = """
# Written by hand.
- {payer_id: acme, name: Acme Dental of Virginia, identifiers: {payer_id: [A1]}}
- {payer_id: beta, name: Beta Dental}
"""
VENDORS = f"- {{vendor_id: rail, name: Rail Pay, identifiers: {{tax_id: ['{RAIL_TAX_ID}']}}, from: 2020-01-01, source: made up}}"
SENT = (
    Sent("ACME DENTAL OF VIRGINIA"),
    Sent("BETA DENTAL"),
    Sent("ACME DENTAL OF VIRGINA", ref_2u="X7", contracts=("", "")),
    Sent("UNHEARD OF PLAN", tax_id="1990000007"),
    Sent("RAIL PAY", tax_id=f"1{RAIL_TAX_ID}"),
)


@dataclass(frozen=True)
class House:
    """A practice's folders."""

    inbox: Path
    store: Path
    config: Path

    def audit(self) -> pl.DataFrame:
        audit(Order(self.inbox, self.store, date(2025, 12, 31), self.config), without_gate)
        return self.mart("unmapped_payers")

    def mart(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.store / "reports/current" / f"{name}.parquet")

    def payers(self, *words: str, config: bool = False) -> CompletedProcess:
        """The command in this process, as the console script runs it."""
        places = ["--store", self.store, *(["--config", self.config] if config else [])]
        out, err = StringIO(), StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            patch.setattr("sys.argv", ["altbenefit", "payers", *words, *map(str, places)])
            main()
        return CompletedProcess(words, int(ended.value.code or 0), out.getvalue(), err.getvalue())


def house_in(folder: Path) -> House:
    return House(folder / "inbox", folder / "store", folder / "config")


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The practice after its first audit."""
    folder = tmp_path_factory.mktemp("house")
    found = house_in(folder)
    found.inbox.mkdir()
    found.config.mkdir()
    (found.config / "payers.yaml").write_text(PAYERS)
    (found.config / "payment_vendors.yaml").write_text(VENDORS)
    for number, sent in enumerate(SENT, 1):
        path = found.inbox / f"{number}.835"
        path.write_bytes(sent.bytes(number))
        os.utime(path, (1_700_000_000, 1_700_000_000))
    found.audit()
    return folder


@pytest.fixture
def house(first_night: Path, tmp_path: Path) -> House:
    """A copy of it for each test."""
    shutil.copytree(first_night, tmp_path / "house", symlinks=True)
    return house_in(tmp_path / "house")


def test_a_confirmed_payer_is_mapped_until_it_is_taken_back(house: House) -> None:
    before = house.mart("findings")
    told = house.payers("confirm", "2u-x7", "acme", "--by", "ada", "--reason", "asked them\nby phone", config=True)
    assert (told.returncode, told.stderr) == (0, "")
    assert "2u-x7: payer_id X7 means acme: confirmed" in told.stdout
    (row,) = csv.DictReader((house.config / "payer_aliases.csv").open())
    assert tuple(row) == COLUMNS
    assert (row["decided_by"], row["reason"], row["taken_back_on"]) == ("ada", "asked them by phone", "")
    assert date.fromisoformat(row["decided_on"]) <= date.today().replace(year=date.today().year + 1)
    assert "2u-x7" in house.mart("unmapped_payers")["payer_id"]  # not before the next audit
    assert "2u-x7" not in house.audit()["payer_id"]
    assert house.mart("findings").filter(payer_id="acme").height == 3
    assert house.mart("payer_suggestions").is_empty()
    assert "2u-x7" not in house.audit()["payer_id"]  # and again
    assert house.payers("confirm", "2u-x7", "--undo", "--by", "bob", config=True).returncode == 0
    assert "2u-x7" in house.audit()["payer_id"]
    assert house.mart("findings").equals(before)
    (row,) = csv.DictReader((house.config / "payer_aliases.csv").open())
    assert (row["decided_by"], row["taken_back_by"]) == ("ada", "bob")
    assert (house.config / "payers.yaml").read_text() == PAYERS


def test_a_rejected_pair_is_suggested_no_more(house: House) -> None:
    assert house.mart("payer_suggestions")["payer_id"].to_list() == ["acme"]
    assert house.payers("reject", "2u-x7", "acme", config=True).returncode == 0
    house.audit()
    assert house.mart("payer_suggestions").is_empty()
    assert "2u-x7" in house.mart("unmapped_payers")["payer_id"]
    assert house.payers("reject", "2u-x7", "--undo", config=True).returncode == 0
    house.audit()
    assert house.mart("payer_suggestions").height == 1


def test_suggest_shows_why_and_the_lines_that_payers_yaml_takes(house: House) -> None:
    rows = json.loads(house.payers("suggest", "--json").stdout)
    assert [(row["unmapped_payer_id"], row["may_be"]) for row in rows] == [
        ("2u-x7", "acme"), ("tin-990000007-unheard-of-plan", None), ("vendor-rail", None),
    ]  # fmt: skip
    assert rows[0]["reasons"] == ["similar_name"]
    assert (rows[0]["unmapped_words"], rows[0]["payer_words"]) == (["VIRGINA"], ["VIRGINIA"])
    told = house.payers("suggest", "2u-x7").stdout
    assert "# 2u-x7: 1 payments, $240.00" in told
    assert '  identifiers: {payer_id: ["X7"]}' in told


def test_the_lines_of_a_new_payer_are_taken_as_they_are(house: House) -> None:
    told = json.loads(house.payers("suggest", "tin-990000007-unheard-of-plan", "--json").stdout)["payers_yaml"]
    own = told.split("# If it is a payer of its own:\n")[1]
    assert yaml.safe_load(own)[0]["payer_id"] == "unheard-of-plan"
    (house.config / "payers.yaml").write_text(PAYERS + own)
    assert load_settings(house.config).payers.height == 3
    assert house.audit().select("payer_id").to_series().to_list() == ["2u-x7", "vendor-rail"]


def test_list_shows_everyone_dearest_first(house: House) -> None:
    rows = json.loads(house.payers("list", "--json").stdout)
    assert [(row["payer_id"], row["status"]) for row in rows] == [
        ("2u-x7", "not_listed"), ("acme", "listed"), ("beta", "listed"), ("tin-990000007-unheard-of-plan", "not_listed"),
        ("vendor-rail", "vendor_only"),
    ]  # fmt: skip
    assert (rows[4]["paid_by"], rows[4]["tax_ids"]) == (["rail"], [RAIL_TAX_ID])
    assert "ACME DENTAL OF VIRGINA" in house.payers("list").stdout


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (("confirm", "vendor-rail", "acme"), "cannot be confirmed as one payer"),
        (("confirm", "2u-nobody", "acme"), "no unmapped payer has the id 2u-nobody"),
        (("confirm", "2u-x7", "nobody"), "unknown payer 'nobody'"),
        (("confirm", "2u-x7"), "Name the payer of payers.yaml"),
        (("confirm", "2u-x7", "--undo"), "nobody has confirmed 2u-x7"),
        (("reject", "2u-x7", "--undo"), "nobody has rejected 2u-x7"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(house: House, words: tuple[str, ...], cause: str) -> None:
    told = house.payers(*words, config=True)
    assert told.returncode == 2
    assert cause in told.stderr
    assert len(told.stderr.splitlines()) <= 5
    assert not (house.config / "payer_aliases.csv").exists()


def test_a_number_that_has_become_anothers_is_refused_and_the_file_stays(house: House) -> None:
    assert house.payers("confirm", "2u-x7", "acme", config=True).returncode == 0
    kept = (house.config / "payer_aliases.csv").read_bytes()
    told = house.payers("confirm", "2u-x7", "beta", config=True)  # the store still shows it as unmapped
    assert told.returncode == 2
    assert "payer 'acme' has this payer_id too" in told.stderr
    assert (house.config / "payer_aliases.csv").read_bytes() == kept


def test_a_held_store_is_left_alone(house: House) -> None:
    with hold(house.store):
        assert house.payers("confirm", "2u-x7", "acme", config=True).returncode == 75
    assert not (house.config / "payer_aliases.csv").exists()


def test_before_anything_is_published_it_says_what_to_run(tmp_path: Path) -> None:
    told = command("payers", "suggest", "--store", tmp_path)
    assert told.returncode == 2
    assert "altbenefit audit" in told.stderr


def test_explain_says_who_adjudicated_and_who_paid(house: House) -> None:
    line_id = house.mart("findings").filter(payer_id="vendor-rail")["line_id"][0]
    who = {fact["name"]: fact["value"] for fact in explanation(house.store, line_id)["Who"]}
    assert who == {"payer": "RAIL PAY", "paid by": "rail", "leased network": "none on file", "office": "unknown location"}


def test_a_payers_name_is_no_formula(house: House) -> None:
    payer_aliases.confirm(house.config, "name-sum", "acme", ["name==SUM(A1) PLAN"], "", date(2026, 1, 1), "ada")
    (row,) = csv.DictReader((house.config / "payer_aliases.csv").open())
    assert row["value"] == "SUM(A1) PLAN"
    assert "SUM(A1) PLAN" in load_settings(house.config).payers.filter(payer_id="acme")["aliases"].item()
