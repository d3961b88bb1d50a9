"""Whose fee schedule a claim was priced with: the network that the claim names, else the one its payer is known to use."""

from __future__ import annotations

from datetime import date

import pytest

from tests.payers.drawn import START, Sent, marts_of, payer_tables, settings_with

NET = {
    "network_id": "net", "name": "Example Network", "aliases": ["EXNET PPO"], "payer_ids": ["beta"], "source": "made up",
    "effective_from": START, "effective_until": date(2026, 1, 1),
}  # fmt: skip
NEWER = NET | {
    "network_id": "newer",
    "name": "Newer Network",
    "aliases": ["NEWNET"],
    "effective_from": date(2026, 1, 1),
    "effective_until": None,
}


@pytest.mark.parametrize(
    ("sent", "network"),
    [
        (Sent("ACME DENTAL", contracts=("ExNet PPO",)), "net"),
        (Sent("ACME DENTAL", contracts=("EXNET",)), None),  # never by how a name begins
        (Sent("ACME DENTAL"), None),
        (Sent("BETA DENTAL"), "net"),  # the claim says nothing, the payer's entry does
        (Sent("BETA DENTAL", contracts=("DIRECT CONTRACT",)), None),  # the claim says something else
    ],
)
def test_the_claim_says_it_else_the_payers_entry(sent: Sent, network: str | None) -> None:
    marts = marts_of(settings_with(networks=[NET, NEWER]), sent)
    assert marts["findings"]["leased_network_id"].to_list() == [network]
    assert marts["payer_routes"]["leased_network_id"].to_list() == [network]
    assert marts["payer_routes"]["class_of_contract"].to_list() == [sent.contracts[0] or None]


def test_a_network_that_is_not_on_file_is_shown_with_its_dollars() -> None:
    routes = payer_tables(settings_with(networks=[NET]), Sent("ACME DENTAL", contracts=("EXNET PPO", "STRANGE NET", "STRANGE NET", "")))[
        "payer_routes"
    ]
    rows = routes.select("leased_network_id", "class_of_contract", "payment_count", "claim_count").rows()
    assert rows == [("net", "EXNET PPO", 1, 1), (None, "STRANGE NET", 1, 2), (None, None, 1, 1)]
    assert routes["paid_amount"].sum() == 480


def test_a_network_joins_no_payers() -> None:
    marts = marts_of(settings_with(networks=[NET]), Sent("ACME DENTAL", contracts=("EXNET PPO",)), Sent("BETA DENTAL"))
    assert marts["payer_code_ranking"]["payer_id"].to_list() == ["acme", "beta"]
