"""Commands that need no workflow engine and no gate do not load them: they would cost seconds, and memory, at each start."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.night import audit
from flows.order import Order
from tests.flows.helpers import an_835, claim, put, without_gate
from tests.shape.tree import ROOT

HEAVY = ("prefect", "great_expectations", "weasyprint", "docx", "dask", "distributed", "botocore", "boto3", "pandas")
ALL_LIBRARIES = (*HEAVY, "polars", "pyarrow", "numpy", "numba", "yaml", "jinja2")
RUN = """
import json, sys
from flows.cli import main
try:
    main()
except SystemExit as end:
    code = end.code
print("\\n" + json.dumps([code or 0, sorted({name.split(".")[0] for name in sys.modules})]))
"""
COMMANDS = {
    "--help": ("--help",),
    "parse": ("parse", "{}/inbox/a.835", "--out", "{}/tables"),
    "explain": ("explain", "{line}", "--store", "{}/store"),
    "layouts": ("layouts", "infer", "{}/export.csv"),
    "quarantine": ("quarantine", "list", "--store", "{}/store"),
    "review": ("review", "list", "--store", "{}/store"),
    "dictionary": ("dictionary",),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A remittance with a downgraded line, an export, and the store that the remittance went into."""
    root = tmp_path_factory.mktemp("startup")
    swapped = claim("1").replace("SVC*AD:D2392*100*80~", "SVC*AD:D2150*100*80**1*AD:D2392~")
    put(root / "inbox", "a.835", an_835(swapped))
    (root / "export.csv").write_text("Claim,Code,Charge,Paid\nC1,D2392,200.00,120.00\n", encoding="utf-8")
    audit(Order(root / "inbox", root / "store", date(2026, 6, 30)), step=without_gate)
    return root


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_a_light_command_loads_nothing_heavy(folder: Path, words: tuple[str, ...]) -> None:
    line = pl.read_parquet(folder / "store/reports/current/findings.parquet")["line_id"][0]
    given = [word.replace("{line}", line).replace("{}", str(folder)) for word in words]
    done = subprocess.run([sys.executable, "-c", RUN, *given], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    code, loaded = json.loads(done.stdout.splitlines()[-1])
    assert code == 0, done.stderr
    assert set(ALL_LIBRARIES if "--help" in words else HEAVY) & set(loaded) == set()
