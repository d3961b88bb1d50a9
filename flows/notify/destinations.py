"""Where notices go, from the environment or `.env` alone: mail, a webhook, a dead-man ping. Nothing set, nothing sent."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from flows.errors import BadUsage

SECURITIES = {"starttls": 587, "tls": 465, "none": 25}  # with the port that goes with each


@dataclass(frozen=True)
class Mailbox:
    """A mail server and what goes through it."""

    host: str
    port: int
    security: str  # starttls, tls or none
    sender: str
    recipients: tuple[str, ...]
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Ping:
    """What a dead-man service is told: that a run starts, that it ended well, that it failed."""

    start: str
    success: str
    fail: str


@dataclass(frozen=True)
class Destinations:
    """Every destination that is set."""

    mail: Mailbox | None = None
    webhook: str = ""
    ping: Ping | None = None

    @property
    def is_anyone_told(self) -> bool:
        return self.mail is not None or bool(self.webhook)


def destinations(env: Mapping[str, str] | None = None) -> Destinations:
    """The destinations that ALTBENEFIT_* name. Raises BadUsage, naming the variable, where one cannot be meant."""
    env = os.environ if env is None else env
    return Destinations(_mailbox(env), _url(env, "ALTBENEFIT_WEBHOOK_URL"), _ping(env))


def _mailbox(env: Mapping[str, str]) -> Mailbox | None:
    host = env.get("ALTBENEFIT_SMTP_HOST", "").strip()
    if not host:
        return None
    security = env.get("ALTBENEFIT_SMTP_SECURITY", "starttls").strip().lower()
    if security not in SECURITIES:
        raise _wrong("ALTBENEFIT_SMTP_SECURITY", "is none of starttls, tls, none")
    port = env.get("ALTBENEFIT_SMTP_PORT", "").strip() or str(SECURITIES[security])
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise _wrong("ALTBENEFIT_SMTP_PORT", "is no port number")
    people = tuple(part.strip() for part in env.get("ALTBENEFIT_SMTP_TO", "").split(",") if part.strip())
    sender = env.get("ALTBENEFIT_SMTP_FROM", "").strip()
    if not people or any(_is_no_address(one) for one in people):
        raise _wrong("ALTBENEFIT_SMTP_TO", "names no mail address, or one that is none")
    if _is_no_address(sender):
        raise _wrong("ALTBENEFIT_SMTP_FROM", "is no mail address")
    return Mailbox(host, int(port), security, sender, people, env.get("ALTBENEFIT_SMTP_USER", ""), env.get("ALTBENEFIT_SMTP_PASSWORD", ""))


def report_box(mail: Mailbox | None, env: Mapping[str, str] | None = None) -> Mailbox | None:
    """The same mail server with the readers of the weekly report, where ALTBENEFIT_REPORT_TO names them."""
    named = (os.environ if env is None else env).get("ALTBENEFIT_REPORT_TO", "")
    people = tuple(part.strip() for part in named.split(",") if part.strip())
    if any(_is_no_address(one) for one in people):
        raise _wrong("ALTBENEFIT_REPORT_TO", "names a mail address that is none")
    return replace(mail, recipients=people) if mail and people else mail


def _is_no_address(value: str) -> bool:
    name, at, host = value.rpartition("@")
    return not (name and at and host) or not value.isprintable() or any(letter in value for letter in " <>,;")


def _ping(env: Mapping[str, str]) -> Ping | None:
    """Start and failure are the success address with /start and /fail, as healthchecks services have it, unless named."""
    success = _url(env, "ALTBENEFIT_PING_URL").rstrip("/")
    if not success:
        return None
    start = _url(env, "ALTBENEFIT_PING_START_URL") or f"{success}/start"
    return Ping(start, success, _url(env, "ALTBENEFIT_PING_FAIL_URL") or f"{success}/fail")


def _url(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_good = False
    if not is_good:
        raise _wrong(name, "is no http or https address")
    return value


def _wrong(name: str, fact: str) -> BadUsage:
    # The value may hold a password or a secret address, so only the variable is named.
    return BadUsage(f"{name} {fact}", next_step="Correct it in the environment or the .env file; docs/operations.md has an example.")
