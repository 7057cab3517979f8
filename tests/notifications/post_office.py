"""A mail server that can be told to misbehave, and remembers every mail that reached its dot."""

import asyncio
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from sqlalchemy import Connection, Table, insert, select

from models.states import MessageState, Role
from models.tables import CYCLE, MEMBERSHIP, MESSAGE, NOTICE, PERSON
from tests.make import World
from workflow.door import ajar

FINE, CUT, LATER, NEVER, STALL = "fine", "cut after the dot", "451", "550", "no answer"


@dataclass
class PostOffice:
    """`mood` says what happens to the next mail."""

    mood: Callable[[EmailMessage], str] = field(default=lambda mail: FINE)
    taken: list[EmailMessage] = field(default_factory=list)  # answered with 250
    cut: list[EmailMessage] = field(default_factory=list)  # arrived, and nobody was told
    stalled: list[EmailMessage] = field(default_factory=list)  # arrived, and it stays silent
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?from=don-doc@example.vn"

    def ids(self) -> list[str]:
        """No property: aiosmtpd reads every property of its handler at every call it takes."""
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
        if mood == STALL:
            self.stalled.append(mail)
            await asyncio.Event().wait()  # until the other side hangs up
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


@contextmanager
def silent_office() -> Iterator[PostOffice]:
    """It takes the call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield PostOffice(port=listening.getsockname()[1])


def message_id(number: int) -> str:
    return f"<{number:032x}@example.vn>"


def many(world: World, number: int, people: int = 40, cycles: tuple[int, ...] = ()) -> None:
    """So many mails waiting, each with one line that is true; of these cycles in turn.

    Their readers are officers of the agency that leads.
    """
    cycles = cycles or (world.cycle(),)
    now = world.now
    addresses = [f"n{n}@example.vn" for n in range(people)]
    with ajar("measurement"), world.engine.execution_options(write=True).begin() as conn:
        readers = _inserted(
            conn,
            PERSON,
            [
                {
                    "login": address.partition("@")[0],
                    "name": f"Người {n}",
                    "post": "Chuyên viên",
                    "email": address,
                    "created_at": now,
                }
                for n, address in enumerate(addresses)
            ],
        )
        conn.execute(
            insert(MEMBERSHIP),
            [
                {
                    "person_id": reader,
                    "agency_id": agency_id,
                    "role": Role.OFFICER.value,
                    "valid_from": world.since,
                }
                for reader in readers
                for agency_id in conn.execute(
                    select(CYCLE.c.agency_id).where(CYCLE.c.id.in_(cycles)).distinct()
                ).scalars()
            ],
        )
        mails = _inserted(
            conn,
            MESSAGE,
            [
                {
                    "uid": message_id(n),
                    "person_id": readers[n % people],
                    "key": f"line:{n}",
                    "address": addresses[n % people],
                    "state": MessageState.WAITING.value,
                    "created_at": now,
                    "next_try_at": now,
                }
                for n in range(number)
            ],
        )
        conn.execute(
            insert(NOTICE),
            [
                {
                    "person_id": readers[n % people],
                    "key": f"line:{n}",
                    "name": "reopened",
                    "cycle_id": cycles[n % len(cycles)],
                    "text": "Mở lại nhiệm vụ",
                    "is_urgent": True,
                    "at": now,
                    "message_id": mails[n],
                }
                for n in range(number)
            ],
        )


def _inserted(conn: Connection, table: Table, rows: list[dict[str, Any]]) -> list[int]:
    """The ids of the rows, in their order."""
    returning = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(conn.execute(returning, rows).scalars())
