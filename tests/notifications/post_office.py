"""A mail server that can be told to misbehave, and remembers every mail that reached its dot."""

import random
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

FINE, CUT, LATER, NEVER = "fine", "cut after the dot", "451", "550"


@dataclass
class PostOffice:
    """`mood` says what happens to the next mail."""

    mood: Callable[[EmailMessage], str] = field(default=lambda mail: FINE)
    taken: list[EmailMessage] = field(default_factory=list)  # answered with 250
    cut: list[EmailMessage] = field(default_factory=list)  # arrived, and nobody was told
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?from=don-doc@example.vn"

    @property
    def ids(self) -> list[str]:
        return [m["Message-ID"] for m in self.taken]

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        mood = self.mood(mail)
        if mood == CUT:
            self.cut.append(mail)
            server.transport.abort()
            return "250 nobody hears this"
        if mood == LATER:
            return "451 greylisted, come back later"
        if mood == NEVER:
            return "550 no such person"
        self.taken.append(mail)
        return "250 taken"


def moody(rng: random.Random) -> Callable[[EmailMessage], str]:
    """Mostly fine, and everything else now and then."""
    return lambda mail: rng.choices((FINE, CUT, LATER), (6, 2, 2))[0]


@contextmanager
def open_office(office: PostOffice | None = None) -> Iterator[PostOffice]:
    office = office or PostOffice()
    if not office.port:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            office.port = free.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
