"""A practice's configuration directory, and the ways to read it that the tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.load import load_settings

PAYERS = """
- payer_id: acme
  name: Acme Dental
  aliases: [ACME DENTAL INC]
  identifiers: {payer_id: [00123], tax_id: [1990000001], naic: ["00007"]}
- {payer_id: beta, name: Beta Dental, network: out, balance_basis: office_fee}
"""
FEES = "payer_id,procedure_code,fee,effective_from,effective_until,kind\n"
COVERAGE = "payer_id,code_from,code_to,coverage_pct,effective_from,effective_until\n"
ASKS = "payer_id,procedure_code,asked_fee,agreed_fee,effective_from\n"
RULE = """
rule: own
versions:
  - {from: 2024-01-01, until: 2026-01-01, payers: [acme], pays_as: {D2391: D2140}, source: "PPO certificate, 4.2"}
"""
Write = Callable[..., Path]


def refused(directory: Path, *parts: str) -> None:
    """Loading fails, and the message holds each part and a next step."""
    with pytest.raises(ConfigError) as caught:
        load_settings(directory)
    message = str(caught.value)
    for part in (*parts, "→"):
        assert part in message, message
