"""What can be wrong with an 835, in plain words: never a value from the claim."""

from __future__ import annotations

from transforms.x12.fields import MISSING, NOT_AN_AMOUNT, TOO_LARGE, TOO_PRECISE

MORE = "more_faults"
REASONS = {
    "charge": "charge",
    "paid": "paid amount",
    "patient_responsibility": "patient responsibility",
    "adjustment": "adjustment amount",
    "provider_adjustment": "provider adjustment amount",
    "payment": "payment amount (BPR02)",
}
STATES = {
    MISSING: ("missing", "is missing"),
    NOT_AN_AMOUNT: ("not_an_amount", "is not an amount"),
    TOO_PRECISE: ("too_precise", "has more than two decimals"),
    TOO_LARGE: ("too_large", "is larger than any amount that can be held"),
}
OTHER_REASONS = {
    "not_x12": "the file does not start with ISA, GS or ST, or its delimiters cannot be made out",
    "no_sets": "the file holds no transaction set and no claim",
    "not_835": "not an 835",
    "payment_segment_missing": "the set has no BPR segment",
    "payment_date_unreadable": "no readable payment date in BPR16, DTM*405, GS04 or ISA09",
    "claim_outside_set": "claim outside of any transaction set (ST to SE)",
    "line_without_claim": "service line without a claim above it",
    "adjustment_reason_missing": "adjustment amount without a reason",
    "adjustment_overlong": "more than six adjustments in one segment",
    "overlong": "what belongs to one claim, or stands before a set's first, is longer than any real one; only its beginning was read",
    MORE: "more of the file is at fault than is listed one by one; this is the sum of the rest",
}
REASON_TEXT = OTHER_REASONS | {
    f"{field}_{suffix}": f"{name} {words}" for field, name in REASONS.items() for suffix, words in STATES.values()
}
WARNING_TEXT = {
    "no_isa": "the file has no ISA segment; delimiters were inferred",
    "irregular_isa": "the ISA segment is not 106 characters long or does not declare its delimiters",
    "wrong_component_separator": "codes are separated by another character than ISA16 declares",
    "not_utf8": "text is not UTF-8; read as Windows-1252",
    "not_group_hp": "GS01 of the group is not HP",
    "missing_set_trailer": "a transaction set has no SE segment",
    "missing_group_trailer": "a group has no GE segment",
    "missing_interchange_trailer": "an interchange has no IEA segment",
    "wrong_segment_count": "SE01 is not the number of segments in the set",
    "wrong_set_control_number": "SE02 differs from ST02",
    "wrong_set_count": "GE01 is not the number of sets in the group",
    "wrong_group_control_number": "GE02 differs from GS06",
    "wrong_group_count": "IEA01 is not the number of groups in the interchange",
    "wrong_interchange_control_number": "IEA02 differs from ISA13",
    "allowed_not_an_amount": "an allowed amount (AMT*B6) cannot be read; left empty",
    "adjustment_outside_claim": "an adjustment (CAS) lies outside of any claim; not loaded",
    "provider_adjustment_outside_set": "a provider adjustment (PLB) lies outside of any set; not loaded",
    "line_charges_differ": "the charges of a claim's lines do not sum to the claim's charge",
}
