"""Every command of the console script against a store of the house, so that none is forgotten when one is added."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import polars as pl

from flows.cli import altbenefit
from tests.privacy.house import House

# Not among them, with the test that has them instead.
ELSEWHERE = {
    "audit": "the fixture `worked`",
    "demo": "test_no_call_home",
    "evaluate": "test_no_call_home",
    "serve": "runs until it is stopped: tests/ops",
    "vault reveal": "tells patient data by design: test_vault",
}


def names(group: click.Group = altbenefit, before: str = "") -> Iterator[str]:
    """Every command by its words, as `quarantine list`."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from names(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def every_command(house: House) -> list[list[object]]:
    """The words of each command, all of which must do; what they write lies below `work`, what is patient data by design in
    `work/practice`. Those that settle something do so in a copy of the store.
    """
    store, practice = house.work / "store", house.work / "practice"
    copy = house.work / "worked"
    shutil.copytree(store, copy, symlinks=True)
    items, findings, unmapped = (_mart(store, name) for name in ("quarantine", "findings", "unmapped_payers"))
    payers = findings.filter("counted").group_by("payer_id").agg(pl.col("patient_id").n_unique()).sort("patient_id")["payer_id"]
    acceptable = items.filter(reason_code="line_unbalanced", status="open")["quarantine_id"].to_list()
    review = findings.filter(verdict="needs_review")["line_id"].to_list()
    strange = unmapped["payer_id"].to_list()
    decided = ["--config", practice / "config", "--by", "ada"]
    words: list[list[object]] = [
        *(["quarantine", "show", one] for one in items["quarantine_id"]),
        ["quarantine", "list"], ["quarantine", "list", "--all", "--json"], ["review", "list"], ["review", "list", "--json"],
        ["doctor"], ["explain", findings["line_id"][0]], ["explain", review[0], "--json"], ["predict", "--out", house.work / "predicted"],
        ["payers", "list"], ["payers", "suggest"], ["payers", "suggest", strange[0]],
        ["share", "--out", house.work / "pack", "--min-cell", "2"],
        ["packet", "--payer", payers[-1], "--out", house.work / "packet", "--name-comparators"],
        ["report", "--no-prefect", "--out", house.work / "weekly"],
    ]  # fmt: skip
    settling: list[list[object]] = [
        ["quarantine", "release", acceptable[0], "--by", "ada"], ["quarantine", "dismiss", acceptable[1], "--by", "ada"],
        ["review", "confirm", review[0], "--by", "ada"], ["review", "reject", review[1], "--by", "ada"],
        ["payers", "reject", strange[0], payers[-1], *decided], ["payers", "confirm", strange[-1], payers[-1], *decided],
        ["tidy"],
    ]  # fmt: skip
    alone: list[list[object]] = [
        ["parse", practice / "inbox", "--out", practice / "parsed"],
        ["parse", practice / "inbox", "--out", practice / "csv", "--format", "csv"],
        ["layouts", "infer", practice / "inbox/portal.csv"], ["layouts", "infer", practice / "inbox/book.xlsx"], ["dictionary"],
        ["synth", "--out", practice / "synth", "--claims", "20", "--seed", "7"],
    ]  # fmt: skip
    return [*([*some, "--store", store] for some in words), *([*some, "--store", copy] for some in settling), *alone]


def _mart(store: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(store / "reports/current" / f"{name}.parquet")


def left_out(commands: list[list[object]]) -> set[str]:
    """Commands of the console script that neither these words nor another test runs."""
    said = {" ".join(map(str, words[:length])) for words in commands for length in (1, 2)}
    return set(names()) - said - set(ELSEWHERE)
