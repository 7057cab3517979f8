"""Mail by SMTP: the standard library, one connection for many mails."""

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from notifications.channels import ChannelDown, Cut, Envelope, Refused, TryLater

TIMEOUT_SECONDS = 30
SENDER_NAME = "Đôn Đốc"


class BadAddress(ValueError):
    """The address of the server cannot be used; says why, in Vietnamese."""


@dataclass(frozen=True)
class Server:
    """smtp://user:password@host:port, smtps:// or smtp+starttls://, with ?from= and
    ?password_file= (the password in a file instead of in the environment)."""

    host: str
    port: int
    encryption: str  # "", "starttls" or "tls"
    sender: str
    user: str | None = None
    password: str | None = None


def server(url: str, default_host: str = "localhost") -> Server:
    """The server an address names."""
    parts = urlsplit(url)
    ports = {"smtp": (25, ""), "smtp+starttls": (587, "starttls"), "smtps": (465, "tls")}
    if parts.scheme not in ports or not parts.hostname:
        raise BadAddress(
            "DONDOC_SMTP_URL phải có dạng smtp://, smtp+starttls:// hoặc smtps://máy-chủ:cổng."
        )
    default_port, encryption = ports[parts.scheme]
    wanted = {k: v[-1] for k, v in parse_qs(parts.query).items()}
    password = unquote(parts.password) if parts.password else None
    if file := wanted.get("password_file"):
        password = Path(file).read_text(encoding="utf-8").strip()
    if "starttls" in wanted and not encryption:
        encryption = "starttls"
    sender = wanted.get("from") or f"don-doc@{default_host}"
    user = unquote(parts.username) if parts.username else None
    return Server(parts.hostname, parts.port or default_port, encryption, sender, user, password)


def written(envelope: Envelope, sender: str, now: datetime) -> Message:
    """The mail that goes out, its headers such that folding loses nothing.

    EmailMessage folds a subject into encoded words and drops the space between two of them
    (“trướchết”). Header keeps every space inside a word, and cuts between letters, not bytes.
    """
    mail: Message[Any, Any] = MIMEMultipart("alternative")
    mail["From"] = _mailbox("From", SENDER_NAME, sender)
    mail["To"] = _mailbox("To", envelope.name, envelope.address)
    mail["Subject"] = Header(_one_line(envelope.subject), header_name="Subject")
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = envelope.message_id
    if envelope.references:
        mail["References"] = " ".join(envelope.references)
        mail["In-Reply-To"] = envelope.references[-1]
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.attach(MIMEText(envelope.text, "plain", "utf-8"))
    mail.attach(MIMEText(envelope.html, "html", "utf-8"))
    return mail


def _mailbox(header: str, name: str, address: str) -> Header:
    """A name and its address; what a person is called is always written as encoded words, so that
    no comma or bracket in it can begin another address."""
    found = Header(_one_line(name), "utf-8", header_name=header)
    found.append(f"<{_one_line(address)}>", "us-ascii")
    return found


def _one_line(text: str) -> str:
    """A header ends where its line ends: what people typed must not begin the next one."""
    return " ".join(text.split())


class EmailChannel:
    """Connects when the first mail goes, and again after a line was cut."""

    def __init__(
        self, to: Server, now: Callable[[], datetime], timeout: float = TIMEOUT_SECONDS
    ) -> None:
        self._to, self._now, self._timeout = to, now, timeout
        self._line: smtplib.SMTP | None = None

    def _open(self) -> smtplib.SMTP:
        to = self._to
        try:
            if to.encryption == "tls":
                context = ssl.create_default_context()
                line: smtplib.SMTP = smtplib.SMTP_SSL(
                    to.host, to.port, timeout=self._timeout, context=context
                )
            else:
                line = smtplib.SMTP(to.host, to.port, timeout=self._timeout)
            if to.encryption == "starttls":
                line.starttls(context=ssl.create_default_context())
            if to.user is not None:
                line.login(to.user, to.password or "")
        except (OSError, smtplib.SMTPException) as problem:
            raise ChannelDown(_said(problem)) from problem
        return line

    def send(self, envelope: Envelope) -> None:
        if self._line is None:
            self._line = self._open()
        mail = written(envelope, self._to.sender, self._now())
        try:
            self._line.send_message(mail, self._to.sender, [envelope.address])
        except smtplib.SMTPRecipientsRefused as problem:
            code = min(code for code, _ in problem.recipients.values())
            self._after(code, problem)
        except smtplib.SMTPSenderRefused as problem:
            self._hang_up()
            raise ChannelDown(_said(problem)) from problem
        except smtplib.SMTPResponseException as problem:
            self._after(problem.smtp_code, problem)
        except (OSError, smtplib.SMTPException) as problem:
            self._hang_up()
            raise Cut(_said(problem)) from problem

    def _after(self, code: int, problem: smtplib.SMTPException) -> None:
        if code == 421:
            self._hang_up()
            raise ChannelDown(_said(problem)) from problem
        if code >= 500:
            raise Refused(_said(problem)) from problem
        raise TryLater(_said(problem)) from problem

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def close(self) -> None:
        if self._line is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._line.quit()
            self._hang_up()


def _said(problem: BaseException) -> str:
    """What the other side said, short enough for a column and without our password."""
    return f"{type(problem).__name__}: {problem}"[:300]
