"""What is wrong with the configuration, said so that its owner can put it right."""

from __future__ import annotations


class ConfigError(Exception):
    """One mistake in one configuration file: where it is, what it is, and what to do next."""

    def __init__(self, file: str, where: str, fact: str, next_step: str) -> None:
        place = f"{file}, {where}" if where else file
        super().__init__(f"{place}: {fact}\n  → {next_step}")
        self.file, self.where, self.fact, self.next_step = file, where, fact, next_step
