"""The configuration as transforms see it: frozen policy and contract-checked frames, made by `config.load`."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from transforms.tables.contract import Table, count, date, money, percent, text, texts
from transforms.tables.layouts import Layout
from transforms.tables.parties import LOCATIONS, NETWORKS, PAYER_DECISIONS, PAYMENT_VENDORS

DOWNGRADE_RULES = Table(
    name="downgrade_rules",
    grain="one row per rule version, payer, submitted code and paid code",
    key=("rule", "payer_id", "submitted_code", "paid_code", "effective_from"),
    sort=("submitted_code", "paid_code", "payer_id", "effective_from"),
    columns=(
        text("rule", "name of the rule file", example="posterior_composite"),
        text("payer_id", "payer it holds for", null="every payer"),
        text("submitted_code", "procedure billed", unit="code"),
        text("paid_code", "procedure it is paid as", unit="code"),
        text("kind", "M material, P procedure class, X extent, F frequency or exam, B bundle", allowed=("M", "P", "X", "F", "B")),
        text("verdict", "what a swap by this pair means: downgrade, a person decides, or not a downgrade", allowed=("yes", "review", "no")),
        text("confidence", "how sure the source is", allowed=("sure", "likely", "unsure")),
        text("source", "where the pair is documented"),
        date("effective_from", "first service date"),
        date("effective_until", "first service date no longer covered", null="open"),
    ),
)

FEES = Table(
    name="fees",
    grain="one row per payer, procedure and period",
    key=("kind", "payer_id", "procedure_code", "effective_from"),
    sort=("kind", "payer_id", "procedure_code", "effective_from"),
    columns=(
        text("payer_id", "payer whose fee it is", null="office fee"),
        text("procedure_code", "procedure", unit="code"),
        money("fee", "contracted: what the payer allows; office: usual fee", minimum=0),
        date("effective_from", "first service date"),
        date("effective_until", "first service date no longer covered", null="open"),
        text("kind", "contracted or office", allowed=("contracted", "office")),
    ),
)

COVERAGE = Table(
    name="coverage",
    grain="one row per payer, code range and period",
    key=("payer_id", "code_from", "effective_from"),
    sort=("payer_id", "code_from", "effective_from"),
    columns=(
        text("payer_id", "payer"),
        text("code_from", "first code, inclusive", unit="code"),
        text("code_to", "last code, inclusive", unit="code"),
        percent("coverage_pct", "share of the allowed amount that the plan pays, 0 to 100"),
        date("effective_from", "first service date"),
        date("effective_until", "first service date no longer covered", null="open"),
    ),
)

PAYERS = Table(
    name="payers",
    grain="one row per payer",
    key=("payer_id",),
    sort=("payer_id",),
    columns=(
        text("payer_id", "the practice's own id for the payer"),
        text("name", "name to show"),
        texts("aliases", "names the payer uses, compared without case and punctuation"),
        texts("payer_ids", "REF*2U or N104"),
        texts("tax_ids", "TRN03, with or without its leading 1"),
        texts("naics", "REF*NF"),
        text("network", "is the practice in its network", allowed=("in", "out")),
        text("balance_basis", "how the patient's balance is reckoned", allowed=("stated", "contracted_fee", "office_fee")),
    ),
)

ASKS = Table(
    name="asks",
    grain="one row per payer, alternate code and date",
    key=("payer_id", "procedure_code", "effective_from"),
    sort=("payer_id", "procedure_code", "effective_from"),
    columns=(
        text("payer_id", "payer asked"),
        text("procedure_code", "alternate code", unit="code"),
        money("asked_fee", "fee asked for", null="not asked"),
        money("agreed_fee", "fee the payer agreed to", null="not agreed yet"),
        date("effective_from", "first service date of the agreed fee"),
    ),
)

MARKET_FEES = Table(
    name="market_fees",
    grain="one row per survey, procedure, percentile, year and area",
    key=("source", "procedure_code", "percentile", "year", "zip3"),
    sort=("procedure_code", "source", "year", "zip3", "percentile"),
    columns=(
        text("source", "survey, as the letter cites it"),
        text("procedure_code", "procedure", unit="code"),
        count("percentile", "percentile of the fees surveyed, 1 to 99", minimum=1),
        money("fee", "fee at that percentile", minimum=0),
        count("year", "year of the survey"),
        text("zip3", "first three digits of the area's ZIP codes", null="everywhere"),
    ),
)

LEDGER = Table(
    name="ledger",
    grain="one row per line the practice billed; identifiers as keyed tokens once it is inside the job",
    key=("line_control_number", "patient_control_number", "service_date", "procedure_code", "charge_amount"),
    columns=(
        text("line_control_number", "the practice's line number as billed", "837 REF*6R", null="not known"),
        text("patient_control_number", "the practice's account number as billed", "837 CLM01", null="not known"),
        date("service_date", "day of service", "837 DTP*472", null="not known"),
        text("procedure_code", "procedure billed", "837 SV301-2", unit="code"),
        money("charge_amount", "charge billed", "837 SV302", null="not known"),
    ),
)


@dataclass(frozen=True)
class AuditPolicy:
    """`audit.yaml`: thresholds and evidence codes, each documented beside its value in that file."""

    ranking_window_months: int
    balance_basis: str
    alternate_benefit_reasons: tuple[str, ...]  # CARC that states an alternate benefit: 169
    alternative_service_reasons: tuple[str, ...]  # CARC that needs a fee match: B8
    noncovered_reasons: tuple[str, ...]  # CARC 96: downgrade only of a part, with a stating remark
    alternate_benefit_remarks: tuple[str, ...]  # RARC that states it: N2
    supporting_remarks: tuple[str, ...]  # RARC that only hint at it: stored as signals
    coding_correction_remarks: tuple[str, ...]  # RARC N22: the payer corrected the code
    maximum_reasons: tuple[str, ...]  # CARC 119, 35, 149
    frequency_reasons: tuple[str, ...]
    frequency_remarks: tuple[str, ...]
    denial_reasons: tuple[str, ...]
    bundling_reasons: tuple[str, ...]  # CARC 97
    remark_text_patterns: tuple[str, ...]  # regular expressions over payer remark text in exports
    fee_match_confirms: bool  # a silent fee match counts without review
    minimum_observed_lines: int  # lines needed before an observed fee is used
    history_minimum_lines: int  # lines needed before history is a signal (tier 4)
    history_ratio_pct: int  # allowed below this share of the usual allowed is a signal (tier 4)
    small_cell_count: int  # fewer claims than this are marked in the ranking
    exclude_unbalanced_payments: bool
    drift_stops: bool  # an unusual week keeps a publication back
    history_retention_months: int
    increases_pct: tuple[int, ...]  # fee_asks: 10, 15, 20, 25
    alias_drift_points: int  # percentage points by which a name's share of its payer's claims may move in a week
    alias_drift_minimum_claims: int  # claims a payer must send in each of the two weeks
    alias_suggestion_score: int  # likeness of names, out of 100, that makes a suggestion
    prediction_minimum_lines: int  # fewer lines than this make a prediction small
    substitution_low_pct: int  # low end of the range from which a substitution is suggested


@dataclass(frozen=True)
class Settings:
    """All configuration of a run. Frames hold their contract's columns; `config_id` names the exact content."""

    config_id: str
    policy: AuditPolicy
    payers: pl.DataFrame
    rules: pl.DataFrame
    fees: pl.DataFrame
    coverage: pl.DataFrame
    asks: pl.DataFrame
    layouts: tuple[Layout, ...] = ()
    market_fees: pl.DataFrame = field(default_factory=MARKET_FEES.empty)
    vendors: pl.DataFrame = field(default_factory=PAYMENT_VENDORS.empty)
    networks: pl.DataFrame = field(default_factory=NETWORKS.empty)
    locations: pl.DataFrame = field(default_factory=LOCATIONS.empty)
    payer_decisions: pl.DataFrame = field(default_factory=PAYER_DECISIONS.empty)
