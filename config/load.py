"""Everything configurable, read once, checked whole, and named by its content."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import polars as pl

from config.audit import read_policy
from config.confirmed import decisions_frame, read_decisions
from config.errors import ConfigError
from config.files import effective_files, read_yaml
from config.layouts import read_layouts
from config.market_fees import read_market_fees
from config.operations import Operations, read_operations
from config.parties import read_locations, read_networks, read_vendors
from config.payers import read_payers
from config.prices import read_asks, read_coverage, read_fees
from config.rules import read_rules
from transforms.tables.policy import AuditPolicy, Settings

__all__ = ["ConfigError", "load_operations", "load_settings"]


def load_settings(overlay: Path | None = None) -> Settings:
    """The shipped configuration with the files of `overlay` lying over it: same relative name replaces, a new name adds.

    Only audit.yaml is laid over key by key. Raises ConfigError, naming file, place, fact and next step, for the first
    mistake found. `config_id` changes when and only when what the files say does; comments and order do not count.
    """
    files = effective_files(overlay)
    policy = read_policy(files)
    read_operations(files)  # a mistake there is told by every run, not first when it is needed
    decisions = read_decisions(files)
    payers = read_payers(files, policy.balance_basis, decisions)
    payer_ids = set(payers["payer_id"])
    frames = {
        "payers": payers,
        "rules": read_rules(files, payer_ids),
        "fees": read_fees(files, payer_ids),
        "coverage": read_coverage(files, payer_ids),
        "asks": read_asks(files, payer_ids),
        "vendors": read_vendors(files, payers),
        "networks": read_networks(files, payer_ids),
        "locations": read_locations(files),
        "payer_decisions": decisions_frame(decisions),
        "market_fees": read_market_fees(files),
    }
    return Settings(config_id=_config_id(policy, frames, files), policy=policy, layouts=read_layouts(files), **frames)


def load_operations(overlay: Path | None = None) -> Operations:
    """Schedules and alerts of the same configuration. Raises ConfigError."""
    return read_operations(effective_files(overlay))


def _config_id(policy: AuditPolicy, frames: dict[str, pl.DataFrame], files: dict[str, Path]) -> str:
    """sha256 over the values in force, not over bytes, so that a comment or a moved row keeps the id."""
    digest = hashlib.sha256(json.dumps(asdict(policy), sort_keys=True).encode())
    for name, frame in frames.items():
        digest.update(f"\n{name}\n".encode())
        digest.update(frame.with_columns(pl.selectors.decimal().cast(pl.String)).write_ndjson().encode())
    for name, path in files.items():
        if name.startswith("eob_layouts/"):
            digest.update(f"\n{name}\n{json.dumps(read_yaml(name, path), sort_keys=True)}".encode())
    return digest.hexdigest()
