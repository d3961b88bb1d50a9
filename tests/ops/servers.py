"""Real servers on loopback: one that takes mail, one that takes posts. Each keeps what it got."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@dataclass
class Post:
    """A server's mailbox: messages taken, answers still to give before the ordinary one."""

    mails: list[EmailMessage] = field(default_factory=list)
    tries: int = 0
    answers: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, server, session, envelope) -> str:
        self.tries += 1
        if self.answers:
            return self.answers.pop(0)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        return "250 OK"


@contextmanager
def mail_server(*answers: str, **options) -> Iterator[Post]:
    """An SMTP server that first gives these answers to whole messages, then takes every one."""
    post = Post(answers=list(answers))
    post.port = free_port()  # aiosmtpd calls itself once it listens, so it must be told its port
    controller = Controller(post, hostname="127.0.0.1", port=post.port, **options)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()


@dataclass
class Web:
    """A web server's visitors: (path, body) in order, and status codes still to give before 200."""

    visits: list[tuple[str, bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    url: str = ""

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.visits]


@contextmanager
def web_server(*answers: int) -> Iterator[Web]:
    """An HTTP server that takes every POST; first it gives these answers."""
    web = Web(answers=list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            web.visits.append((self.path, self.rfile.read(int(self.headers["Content-Length"] or 0))))
            self.send_response(web.answers.pop(0) if web.answers else 200)
            self.end_headers()

        def log_message(self, format: str, *args) -> None:
            """Nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    web.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()


def mail_env(post: Post) -> dict[str, str]:
    """The environment that sends mail there."""
    return {
        "ALTBENEFIT_SMTP_HOST": "127.0.0.1", "ALTBENEFIT_SMTP_PORT": str(post.port), "ALTBENEFIT_SMTP_SECURITY": "none",
        "ALTBENEFIT_SMTP_FROM": "audit@practice.example", "ALTBENEFIT_SMTP_TO": "ops@practice.example, owner@practice.example",
    }  # fmt: skip
