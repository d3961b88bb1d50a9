"""docs/commands.md: every command, argument and option in the words of its own --help. `python -m tests.docs.commands_page` prints it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from flows.cli import altbenefit

PAGE = Path(__file__).parents[2] / "docs/commands.md"
HEAD = """# Every command

In the words of `altbenefit COMMAND --help`; `make docs` writes this page. How the commands work together is told in
[ops.md](ops.md), [operations.md](operations.md), [billing-manager.md](billing-manager.md) and [exports.md](exports.md); exit codes are in
[ops.md](ops.md). Paths can also come from the environment: `ALTBENEFIT_INBOX`, `ALTBENEFIT_STORE`, `ALTBENEFIT_CONFIG`.
`altbenefit --debug COMMAND` shows where an unexpected error happened.
"""


def commands(group: click.Group = altbenefit, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """(`quarantine list`, command) of every command that does something, in the order of --help."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(_section(name, command) for name, command in commands())])


def _section(name: str, command: click.Command) -> str:
    usage = " ".join(word for parameter in command.params for word in _usage(parameter))
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    rows = [f"| `{_cell(_spelled(option))}` | {_cell(_meaning(option))} |" for option in options]
    table = ["| option | does |", "|---|---|", *rows, ""] if rows else []
    return "\n".join([f"## {name}", "", f"`altbenefit {name} {usage}".rstrip() + "`", "", inspect.cleandoc(command.help or ""), "", *table])


def _usage(parameter: click.Parameter) -> list[str]:
    """An argument, or an option that must be given."""
    if isinstance(parameter, click.Argument):
        return [parameter.make_metavar(click.Context(altbenefit))]
    return [_spelled(parameter)] if parameter.required else []


def _spelled(option: click.Parameter) -> str:
    """`--every day|week|month`: an option by its longest name, and what it takes."""
    name = max([*option.opts, *option.secondary_opts], key=len)
    if isinstance(option, click.Option) and option.is_flag:
        return "/".join([name, *option.secondary_opts])
    takes = option.make_metavar(click.Context(altbenefit)).strip("[]") if isinstance(option, click.Option) else ""
    plain = takes.replace("%Y-%m-%d", "YYYY-MM-DD").replace("INTEGER RANGE", "N").replace("INTEGER", "N")
    return f"{name} {plain}"


def _meaning(option: click.Option) -> str:
    default = option.default if option.show_default and not option.is_flag else None
    return (option.help or "") + (f" Default: {default}." if default is not None else "")


def _cell(words: str) -> str:
    """In a table a bar would end the cell."""
    return words.replace("|", "\\|")


if __name__ == "__main__":
    print(page(), end="")
