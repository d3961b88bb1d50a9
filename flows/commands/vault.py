"""`altbenefit vault`: what tokens stand for, for the practice itself."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from flows.remote.address import PLACE
from flows.remote.commands import on_store


@click.group()
def vault() -> None:
    """Looks up whom tokens stand for, where the practice keeps a vault (ALTBENEFIT_VAULT_KEY)."""


@vault.command()
@click.argument("tokens", nargs=-1, required=True)
@click.option("--store", required=True, type=PLACE, help="The store.")
@click.option("--even-to-a-file", is_flag=True, help="Print although the output is no terminal and may be kept somewhere.")
@on_store("vault/", is_told_at_once=True)
def reveal(tokens: tuple[str, ...], store: Path, even_to_a_file: bool) -> int:
    """Prints what these tokens stand for. It is patient data: for the practice's own eyes."""
    from flows.errors import BadUsage
    from flows.tell import print_rows
    from flows.vault import reveal as look_up

    if not (even_to_a_file or sys.stdout.isatty()):
        raise BadUsage("the output is no terminal, so patient data could be kept", next_step="Give --even-to-a-file if that is meant.")
    found = look_up(store, tokens)
    print_rows(found, as_json=False)
    unknown = len({token.strip().lower() for token in tokens}) - found.get_column("token").n_unique()
    if unknown:
        click.echo(f"{unknown} tokens are not in the vault: taken in without it, or mistyped.", err=True)
    return 0
