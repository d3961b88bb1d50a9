"""Getting a notice to its destinations. What cannot be delivered is said, and never changes what a run did."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

import httpx

from flows.errors import BadUsage, Failure
from flows.notify.destinations import Destinations, Mailbox, Ping
from flows.notify.notices import Notice
from flows.patience import NET_WAITS, patiently

MAIL_SECONDS = 30.0
WEB_SECONDS = 10.0
PING_SECONDS = 5.0
PING_WAITS = (1.0, 5.0)
PING_BYTES = 2_000


def deliver(notice: Notice, to: Destinations, waits: Sequence[float] = NET_WAITS) -> list[str]:
    """Send the notice everywhere. Returns what could not be sent, one line a destination; addresses are not repeated."""
    troubles = []
    mail, webhook = to.mail, to.webhook
    if mail is not None:
        troubles += _tried("mail", lambda: send_mail(message_of(notice, mail), mail), waits)
    if webhook:
        troubles += _tried("webhook", lambda: post(webhook, notice), waits)
    return troubles


def send_whole(message: EmailMessage, mail: Mailbox, waits: Sequence[float] = NET_WAITS) -> list[str]:
    """A message that somebody else wrote, such as the weekly report. Returns the trouble, if any."""
    return _tried("report's mail", lambda: send_mail(message, mail), waits)


def ping(url: str, text: str = "", waits: Sequence[float] = PING_WAITS) -> list[str]:
    """Tell the dead-man service; `text` is shown there. Returns the trouble, if any."""
    return _tried("ping", lambda: _checked(httpx.post(url, content=text.encode()[:PING_BYTES], timeout=PING_SECONDS)), waits)


def start_of(to: Ping | None) -> list[str]:
    """A run starts; a service that is down must not keep it waiting, so it is told once."""
    return ping(to.start, waits=()) if to else []


def message_of(notice: Notice, mail: Mailbox) -> EmailMessage:
    """The notice as plain text."""
    message = EmailMessage(policy=SMTP.clone(max_line_length=250))  # a folded subject shows a gap in some readers
    message["Subject"], message["From"], message["To"] = notice.headline, mail.sender, ", ".join(mail.recipients)
    message["Auto-Submitted"] = "auto-generated"  # so that an absence note does not answer
    message.set_content(notice.text)
    return message


def send_mail(message: EmailMessage, mail: Mailbox) -> None:
    """Send one message. Raises smtplib's error, or OSError."""
    if "Date" not in message:
        message["Date"], message["Message-ID"] = formatdate(localtime=True), make_msgid(domain=mail.sender.rpartition("@")[2])
    context = ssl.create_default_context()
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=MAIL_SECONDS, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=MAIL_SECONDS)
    with server:
        if mail.security == "starttls":
            server.starttls(context=context)
        if mail.user:
            server.login(mail.user, mail.password)
        refused = server.send_message(message, mail.sender, list(mail.recipients))
    if refused:  # the others have it, so it is not sent again
        raise BadUsage(f"the mail server refused {len(refused)} of {len(mail.recipients)} recipients")


def post(url: str, notice: Notice) -> None:
    """Post the notice as JSON; `text` is what chat services show. Raises httpx's error."""
    _checked(httpx.post(url, json=notice.to_dict(), timeout=WEB_SECONDS))


def _checked(answer: httpx.Response) -> None:
    answer.raise_for_status()


def _tried(what: str, action: Callable[[], None], waits: Sequence[float]) -> list[str]:
    try:
        patiently(action, can_pass, waits)
    except Exception as why:
        return [f"the {what} could not be sent: {_kind(why)}"]
    return []


def can_pass(why: Exception) -> bool:
    """A server that is busy or away may be back; one that refuses will refuse again."""
    if isinstance(why, httpx.HTTPStatusError):
        return why.response.status_code >= 500 or why.response.status_code in (408, 425, 429)
    if isinstance(why, httpx.HTTPError):
        return isinstance(why, httpx.TransportError) and not isinstance(why, httpx.UnsupportedProtocol)
    if isinstance(why, smtplib.SMTPRecipientsRefused):
        return all(400 <= code < 500 for code, _ in why.recipients.values())
    if isinstance(why, smtplib.SMTPResponseException):
        return 400 <= why.smtp_code < 500
    if isinstance(why, smtplib.SMTPServerDisconnected):
        return True
    return isinstance(why, OSError) and not isinstance(why, ssl.SSLCertVerificationError | smtplib.SMTPException)


def _kind(why: Exception) -> str:
    """What went wrong without the server's own words, which may repeat an address."""
    if isinstance(why, httpx.HTTPStatusError):
        return f"the server answered {why.response.status_code}"
    if isinstance(why, smtplib.SMTPResponseException):
        return f"the mail server answered {why.smtp_code}"
    if isinstance(why, smtplib.SMTPRecipientsRefused):
        return "the mail server refused every recipient"
    if isinstance(why, Failure):
        return why.cause
    if isinstance(why, OSError) and why.strerror and not isinstance(why, smtplib.SMTPException):
        return why.strerror
    return type(why).__name__
