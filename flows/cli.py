"""The command line. Heavy libraries are imported by the command that needs them, so `--help` is quick."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from flows.commands import (
    audit,
    dictionary,
    doctor,
    explain,
    layouts,
    packet,
    parse,
    payers,
    practice,
    predict,
    quarantine,
    report,
    review,
    serve,
    share,
    tidy,
    vault,
)
from flows.crash import leave_no_core, traceback_of
from flows.errors import UNEXPECTED, Failure, no_panic, of_system
from flows.remote.names import told


class InOrder(click.Group):
    """Commands listed in the order a newcomer needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
def altbenefit(debug: bool) -> None:
    """Finds what alternate-benefit downgrades cost a dental practice's patients, from 835 remittances."""


COMMANDS = (
    practice.demo,
    audit.audit,
    report.report,
    parse.parse,
    explain.explain,
    quarantine.quarantine,
    review.review,
    payers.payers,
    layouts.layouts,
    packet.packet,
    predict.predict,
    share.share,
    vault.vault,
    practice.synth,
    practice.evaluate,
    serve.serve,
    doctor.doctor,
    tidy.tidy,
    dictionary.dictionary,
)
for command in COMMANDS:
    altbenefit.add_command(command)


def take_dotenv() -> None:
    """ALTBENEFIT_* from the `.env` of the working folder; what the environment says itself wins."""
    if not os.path.exists(".env"):
        return
    from dotenv import dotenv_values

    for name, value in dotenv_values(".env").items():
        if name.startswith("ALTBENEFIT_") and value is not None:
            os.environ.setdefault(name, value)


def _tell(failure: Failure) -> NoReturn:
    click.echo(told("\n".join(failure.lines()[:5])), err=True)
    sys.exit(failure.exit_code)


def main() -> None:
    """The console script: every failure as at most five lines, with the contract's exit code."""
    os.umask(0o027)  # files 0640, folders 0750, whatever the account's own habit
    leave_no_core()
    take_dotenv()
    debug = "--debug" in sys.argv
    sys.argv = [word for word in sys.argv if word != "--debug"]
    try:
        with no_panic():
            sys.exit(altbenefit(standalone_mode=False) or 0)
    except Failure as failure:
        _tell(failure)
    except OSError as error:
        if debug:
            click.echo(traceback_of(error), err=True)
        _tell(of_system(error))
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("altbenefit: stopped; what was committed stays, the next run goes on from there.", err=True)
        sys.exit(UNEXPECTED)
    except Exception as error:
        if debug:
            click.echo(traceback_of(error), err=True)
        # The text of an unexpected error may quote a row, so only its kind is shown.
        click.echo(f"altbenefit: unexpected error ({type(error).__name__})", err=True)
        if not debug:
            click.echo("  next: run it again with --debug for where it happened; on a terminal that also shows what it said.", err=True)
        sys.exit(UNEXPECTED)
