"""Where a store or an inbox is: a folder, or `s3://bucket/prefix`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from flows.errors import BadUsage

SCHEME = "s3://"
ANY_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+://")
BUCKET = re.compile(r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
FORM = "Write it as s3://bucket/prefix; credentials come from the environment (AWS_ACCESS_KEY_ID and the like), never from here."


@dataclass(frozen=True)
class Address:
    """A bucket and the prefix below which all lies; an empty prefix is the whole bucket."""

    bucket: str
    prefix: str = ""

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.prefix}".rstrip("/")

    def key(self, path: str) -> str:
        """The object's key of a path below this address."""
        return f"{self.prefix}/{path}" if self.prefix else path

    def url(self, path: str) -> str:
        """The same as people and DuckDB write it."""
        return f"{SCHEME}{self.bucket}/{self.key(path)}"


Place = Path | Address


def place(text: str) -> Place:
    """A folder, or an address on object storage. Raises BadUsage for an address that is none, without repeating it."""
    if not ANY_SCHEME.match(text):
        return Path(text)
    bucket, _, prefix = text.removeprefix(SCHEME).partition("/")
    parts = prefix.strip("/").split("/") if prefix.strip("/") else []
    if not text.startswith(SCHEME) or not BUCKET.match(bucket) or any(part in ("", ".", "..") for part in parts):
        raise BadUsage("this is neither a folder nor an address on object storage", next_step=FORM)
    return Address(bucket, "/".join(parts))


class PlaceType(click.ParamType):
    """What `--store` and `--inbox` take."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        """Text as a place; a default that is one already stays."""
        return value if isinstance(value, Path | Address) else place(value)


PLACE = PlaceType()
