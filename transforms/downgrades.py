"""Was a line paid as something cheaper than what was done? Verdict, evidence tier and every signal, in one order of decision.

The order is domain section 8: signatures that rule a downgrade out, then what the payer states, then the code swap, then
remarks, then what only fees and history suggest. The first match decides; all signals are kept.
"""

from __future__ import annotations

import polars as pl

from transforms.tables.policy import AuditPolicy

CODE_SWAP, STATED, FEE_MATCH, STATISTICAL = 1, 2, 3, 4
Rung = tuple[pl.Expr, str, int | None]


def with_facts(lines: pl.DataFrame) -> pl.DataFrame:
    """Adds the yes/no facts that the decision rests on. Needs the columns of `evidence` and is_reissue."""
    stated = pl.col("pr_stated_cents") + pl.col("co_stated_cents") + pl.col("pi_stated_cents")
    schedule_cents = pl.col("schedule_fee_cents") * pl.col("units_paid")
    prior = pl.col("is_after_prior_payer")
    # A charge allowed in full was not cut, whatever the schedule says: the charge caps the fee (domain 3.1).
    is_cut = (pl.col("alternate_cents") < pl.col("charge_cents")) & (pl.col("alternate_cents") < schedule_cents - 1)
    # Out of network the excess over what the plan considers is ordinary.
    excess = pl.when(pl.col("network") == "in").then("pr_excess_cents").otherwise(0)
    is_remarked = pl.col("has_stating_remark") | pl.col("has_service_reason")
    return (
        _with_bundles(lines)
        .with_columns(
            is_stated=(stated != 0) | pl.col("has_stated_reason"),
            is_stated_by_other=pl.col("oa_stated_cents") != 0,
            is_unit_change=~pl.col("is_swap") & (pl.col("units_paid") != pl.col("units_submitted")).fill_null(False),
            is_remarked=is_remarked,
            is_correction_only=pl.col("has_correction_remark") & ~is_remarked,
            difference_cents=pl.col("pr_stated_cents") + pl.col("pr_noncovered_cents") + pl.col("pr_service_cents") + excess,
            is_reduced=pl.when(~prior).then(is_cut),
            allowed_ratio_bp=pl.when(~prior & (pl.col("units_paid") > 0)).then(
                pl.col("alternate_cents") * 10_000 // (pl.col("usual_fee_cents") * pl.col("units_paid"))
            ),
        )
        .with_columns(
            is_denied=~pl.col("is_whole_claim")
            & (pl.col("paid_cents") == 0)
            & (pl.col("pr_cost_share_cents") == 0)
            & ~(pl.col("is_stated") & (pl.col("pr_maximum_cents") > 0))
            & ~prior,
            is_partial=(pl.col("alternate_cents") > 0) & pl.col("is_reduced").fill_null(True),
        )
    )


def _with_bundles(lines: pl.DataFrame) -> pl.DataFrame:
    """Adds is_bundle: paid with another procedure, or taken apart by the payer, rather than downgraded (domain 1.6)."""
    is_swap, bundled = pl.col("is_swap"), pl.col("bundled_cents") != 0
    known = lines.with_columns(is_bundle=bundled & (is_swap | (pl.col("paid_cents") == 0)))
    split = is_swap & (pl.col("oa_excess_cents") < 0) & ~pl.col("is_after_prior_payer")
    if known.filter(split).is_empty():
        return known
    # Few payers report it so; only their claims need to be looked at as a whole.
    alike = lines.filter(is_swap).group_by("claim", "paid_code").agg(swaps_alike=pl.len() > 1)
    nearby = lines.filter(bundled).select("claim", bundled_nearby=pl.lit(True)).unique()
    is_added = pl.col("charge_cents") == 0  # a line the payer made when it took one procedure apart
    joined = known.join(alike, on=["claim", "paid_code"], how="left", nulls_equal=True, maintain_order="left")
    joined = joined.join(nearby, on="claim", how="left", maintain_order="left")
    apart = split & (pl.col("swaps_alike").fill_null(False) | pl.col("bundled_nearby").fill_null(False) | is_added)
    return joined.with_columns(is_bundle=pl.col("is_bundle") | apart).drop("swaps_alike", "bundled_nearby")


def decide(lines: pl.DataFrame, policy: AuditPolicy) -> pl.DataFrame:
    """Adds the facts, verdict (downgraded, needs_review, none) and evidence_tier, by the first rung that holds."""
    known = with_facts(lines)
    rungs = _rungs(policy)
    first = pl.lit(len(rungs), pl.Int8)
    for number, (condition, _, _) in reversed([*enumerate(rungs)]):
        first = pl.when(condition).then(pl.lit(number, pl.Int8)).otherwise(first)
    outcomes = pl.DataFrame(
        {"verdict": [*(verdict for _, verdict, _ in rungs), "none"], "evidence_tier": [*(tier for _, _, tier in rungs), None]},
        schema={"verdict": pl.String, "evidence_tier": pl.Int64},
    )
    return pl.concat([known, outcomes[known.select(first).to_series()]], how="horizontal")


def explain(decided: pl.DataFrame, policy: AuditPolicy) -> pl.DataFrame:
    """Decided lines with signals, rule, pair_kind, explanation, and the codes as understood (paid_code_source says how).

    explanation names what a patient balance comes from where there is no downgrade; null where nothing particular does.
    """
    swap_rule = pl.when("is_swap").then(pl.col("rule"))
    is_flagged = pl.col("verdict") != "none"
    inferred = ~pl.col("is_swap") & is_flagged & pl.col("billed_code").is_null()
    by_office_fee = is_flagged & pl.col("billed_code").is_not_null() & ~pl.col("is_swap")
    return (
        _with_signals(decided, policy)
        .with_columns(explanation=pl.when(~is_flagged).then(_explanation()))
        .with_columns(
            rule=pl.when(by_office_fee).then("billed_rule").otherwise(
                pl.coalesce(swap_rule, pl.when(inferred).then(pl.coalesce("matched_rule", "only_rule")))),
            pair_kind=pl.when(by_office_fee).then("billed_kind")
            .when(inferred).then(pl.coalesce("matched_kind", "only_kind"))
            .otherwise("kind"),
            submitted_code=pl.when(by_office_fee).then("billed_code").otherwise("submitted_code"),
            submitted_code_source=pl.when(by_office_fee).then(pl.lit("office_fee")).otherwise("submitted_code_source"),
            paid_code=pl.when(inferred).then(pl.coalesce("matched_code", "only_code")).otherwise("paid_code"),
            paid_code_source=pl.when(inferred & pl.col("matched_code").is_not_null()).then(pl.lit("fee_match"))
            .when(inferred & pl.col("only_code").is_not_null()).then(pl.lit("only_rule"))
            .when(~inferred & pl.col("paid_code").is_not_null()).then(pl.lit("SVC01")),
        )
    )  # fmt: skip


def _rungs(policy: AuditPolicy) -> list[Rung]:
    """Condition, verdict and tier, in the order of decision: the first rung that holds decides."""
    yes, review, none = "downgraded", "needs_review", "none"
    stated, swap = pl.col("is_stated"), pl.col("is_swap")
    mapped, rule = pl.col("rule").is_not_null(), pl.col("rule_verdict")
    is_benefit_pair = pl.col("kind").is_in(["M", "P"])
    matched = pl.col("matched_code").is_not_null()
    remarked = pl.col("is_remarked")
    office_clue_matches = (pl.col("alternate_cents") - pl.col("paid_code_fee_cents") * pl.col("units_paid")).abs() <= 1
    silent = pl.col("billed_code").is_not_null() & ~pl.col("is_after_prior_payer") & (pl.col("alternate_cents") > 0)
    far_below = pl.col("allowed_ratio_bp") < policy.history_ratio_pct * 100
    fee_verdict = yes if policy.fee_match_confirms else review
    return [
        # A claim-level reason that no line can be given: the claim's own row.
        (pl.col("is_whole_claim") & (stated | pl.col("is_stated_by_other")), review, None),
        (pl.col("is_whole_claim"), none, None),
        (pl.col("is_bundle") | pl.col("is_denied") | (pl.col("is_unit_change") & ~stated), none, None),
        # What contradicts itself is for a person.
        (pl.col("is_stated_by_other") & ~stated, review, None),
        (stated & swap & ~mapped, review, None),
        (stated & pl.col("is_unbillable") & (pl.col("pr_stated_cents") > 0), review, None),
        (stated & swap & pl.col("kind").is_in(["F", "B"]), review, None),
        (stated & swap, yes, CODE_SWAP),
        (stated, yes, STATED),
        # The pair of codes alone.
        (
            swap & mapped & (rule == "yes") & is_benefit_pair & pl.col("is_correction_only") & (pl.col("difference_cents") == 0),
            review,
            CODE_SWAP,
        ),
        (
            swap & mapped & (rule == "yes") & is_benefit_pair & (pl.col("is_reduced").fill_null(True) | (pl.col("difference_cents") > 0)),
            yes,
            CODE_SWAP,
        ),
        (swap & mapped & (rule == "yes") & is_benefit_pair, review, CODE_SWAP),
        (swap & mapped & (rule == "review"), review, CODE_SWAP),
        # A stating remark on a pair that is no alternate benefit by itself contradicts it.
        (swap & mapped & remarked & pl.col("is_partial"), review, CODE_SWAP),
        (swap & (mapped | pl.col("is_reversed")), none, None),
        (swap, review, None),
        # Remarks and B8, which need the fee to agree.
        (remarked & pl.col("is_partial") & matched, yes, STATED),
        (remarked & pl.col("is_partial"), review, STATED),
        # What only the fees say.
        (matched & pl.col("is_reduced").fill_null(True) & ~pl.col("is_after_prior_payer"), fee_verdict, FEE_MATCH),
        (silent & office_clue_matches, review, FEE_MATCH),
        (silent, review, None),
        (far_below & pl.col("is_reduced").fill_null(True) & (pl.col("alternate_cents") > 0), review, STATISTICAL),
    ]


def _with_signals(decided: pl.DataFrame, policy: AuditPolicy) -> pl.DataFrame:
    """Adds signals: everything found on the line that bears on a downgrade, for or against, in a fixed order."""
    flags = {
        "code_swap": pl.col("is_swap") & pl.col("rule").is_not_null(),
        "unknown_code_swap": pl.col("is_swap") & pl.col("rule").is_null() & ~pl.col("is_reversed"),
        "claim_level_reason": pl.col("states_benefit_at_claim_level"),
        "allowed_equals_alternate_fee": pl.col("matched_code").is_not_null(),
        "charge_equals_office_fee_of_other_code": pl.col("billed_code").is_not_null(),
        "allowed_below_schedule": pl.col("is_reduced").fill_null(False),
        "allowed_far_below_history": (pl.col("allowed_ratio_bp") < policy.history_ratio_pct * 100).fill_null(False),
        "paid_again_without_reversal": pl.col("is_reissue"),
        "prior_payer": pl.col("is_after_prior_payer"),
        "forwarded_to_secondary": pl.col("claim_status_code").is_in(["19", "20", "21"]).fill_null(False),
    }
    # Few combinations of them occur: each is put into words once.
    bits = pl.sum_horizontal(holds.cast(pl.Int64) * 2**place for place, holds in enumerate(flags.values()))
    placed = decided.with_columns(combination=bits)
    seen = placed["combination"].unique()
    words = [[name for place, name in enumerate(flags) if bit >> place & 1] for bit in seen]
    named = pl.DataFrame({"combination": seen, "named": words}, schema={"combination": pl.Int64, "named": pl.List(pl.String)})
    told = placed.join(named, on="combination", how="left", maintain_order="left")
    return told.with_columns(signals=pl.concat_list("named", pl.col("reasons", "remarks").fill_null([]))).drop("combination", "named")


def has_cause() -> pl.Expr:
    """Does something particular explain the patient's balance, where there is no downgrade?"""
    causes = "is_bundle", "is_swap", "has_frequency_remark", "is_unit_change", "is_denied"
    amounts = "pr_frequency_cents", "pr_maximum_cents", "pr_deductible_cents"
    return (pl.col("pr_cents") > 0) & (pl.any_horizontal(causes) | pl.any_horizontal(pl.col(name) > 0 for name in amounts))


def _explanation() -> pl.Expr:
    """What the patient's balance comes from on a line that was not downgraded; null where only the ordinary share is left."""
    limited = pl.col("has_frequency_remark") | (pl.col("pr_frequency_cents") > 0)
    name = (
        pl.when("is_bundle").then(pl.lit("bundling"))
        .when("is_swap").then(pl.lit("recoding"))
        .when(limited).then(pl.lit("frequency"))
        .when(pl.col("pr_maximum_cents") > 0).then(pl.lit("maximum"))
        .when("is_unit_change").then(pl.lit("units"))
        .when("is_denied").then(pl.lit("denial"))
        .when(pl.col("pr_deductible_cents") > 0).then(pl.lit("deductible"))
    )  # fmt: skip
    return pl.when(pl.col("pr_cents") > 0).then(name)
