"""5,000 mails, six hours without a server, then one with every mood: each row is one Message-ID.

The clock is simulated, a round a minute as the timetable does; the server, its cut lines, its
silence and the deaths of the worker are real.
"""

import random
import tempfile
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from bench.databases import addresses, application
from bench.tables import keep, show
from models.states import CycleState, MessageState
from models.tables import MESSAGE
from notifications import deliver as delivering
from notifications.channels.email import EmailChannel, server
from notifications.deliver import Post, deliver
from tests.make import LEAD, OTHER, World, settle
from tests.notifications.post_office import (
    CUT,
    FINE,
    LATER,
    NEVER,
    STALL,
    PostOffice,
    many,
    message_id,
    open_office,
)

MAILS, PEOPLE = 5000, 400
MINUTE = timedelta(minutes=1)
HOURS_AWAY = 6
PATIENCE = 2.0  # seconds for a server that stays silent; a busy machine must not look like one
POST = Post("https://dondoc.example.vn")


class Killed(BaseException):
    """The worker died between 250 and the commit."""


def round_of(engine: Engine, office: PostOffice, now: Any) -> None:
    channel = EmailChannel(server(office.url), lambda: now, timeout=PATIENCE)
    deliver(engine, channel, POST, now)


def campaign(world: World) -> dict[str, float]:
    """The figures of one database; raises when a promise is broken."""
    stays = world.bring(world.cycle("II.2-a", LEAD), CycleState.IN_PROGRESS)
    goes = world.bring(world.cycle("II.3-a", OTHER), CycleState.IN_PROGRESS)
    many(world, MAILS, PEOPLE, cycles=(stays, goes, stays, stays, stays))
    untrue = {message_id(n) for n in range(1, MAILS, 5)}
    rng, mark, killed = random.Random(2940), delivering._mark, set[str]()
    nobody = {f"n{n}@example.vn" for n in rng.sample(range(PEOPLE), 3)}

    def mood(mail: EmailMessage) -> str:
        if mail["To"].addresses[0].addr_spec in nobody:
            return NEVER
        return rng.choices((FINE, CUT, LATER, STALL), (850, 70, 70, 10))[0]

    def deadly(engine: Engine, message: dict[str, Any], **values: Any) -> None:
        if values["state"] == MessageState.SENT.value and rng.random() < 0.004:
            killed.add(message["uid"])
            raise Killed
        mark(engine, message, **values)

    now, away = world.now, PostOffice(port=1)
    begun = time.perf_counter()
    for minute in range(HOURS_AWAY * 60):
        if minute == 180:
            world.do(world.report(goes), world.head(OTHER), now=now)
        round_of(world.engine, away, now)
        now += MINUTE
    without = time.perf_counter() - begun
    begun, rounds = time.perf_counter(), 0
    with open_office(PostOffice(mood=mood)) as office:
        delivering._mark = deadly
        try:
            while waiting(world.engine):
                with suppress(Killed):
                    round_of(world.engine, office, now)
                now, rounds = now + MINUTE, rounds + 1
        finally:
            delivering._mark = mark
    seconds = time.perf_counter() - begun
    return judged(world.engine, office, untrue, killed) | {
        "killed": len(killed),
        "minutes_to_send": rounds,
        "seconds_away": without,
        "seconds": seconds,
    }


def waiting(engine: Engine) -> bool:
    with engine.connect() as conn:
        left = select(MESSAGE.c.id).where(MESSAGE.c.state == MessageState.WAITING.value).limit(1)
        return conn.execute(left).first() is not None


def judged(
    engine: Engine, office: PostOffice, untrue: set[str], killed: set[str]
) -> dict[str, float]:
    """What arrived against what the rows say."""
    with engine.connect() as conn:
        rows = conn.execute(select(MESSAGE.c.uid, MESSAGE.c.state)).all()
    of_state: dict[str, set[str]] = {state.value: set() for state in MessageState}
    for row in rows:
        of_state[row.state].add(row.uid)
    answered = Counter(office.ids())
    unheard = Counter(m["Message-ID"] for m in [*office.cut, *office.stalled])
    arrived = set(answered) | set(unheard)
    twice = {uid for uid, n in (answered + unheard).items() if n > 1}
    assert set(answered) == of_state[MessageState.SENT.value], "rows and ids differ"
    assert arrived & untrue == set(), "something untrue was sent"
    assert of_state[MessageState.SUPERSEDED.value] == untrue
    assert twice <= set(unheard) | killed, "repeated without need"
    assert len(rows) == MAILS
    return {
        "mails": MAILS,
        "unique_ids": len(answered),
        "sent": len(of_state[MessageState.SENT.value]),
        "untrue_not_sent": len(of_state[MessageState.SUPERSEDED.value]),
        "dead": len(of_state[MessageState.DEAD.value]),
        "cut_or_silent": unheard.total(),
        "repeated_in_the_gap": len(twice),
    }


def main() -> None:
    rows, figures = [], {}
    with addresses() as found:
        for engine_name, url in found.items():
            with application(url) as app, tempfile.TemporaryDirectory() as folder:
                figures[engine_name] = campaign(settle(app, Path(folder)))
            rows.append((engine_name, *figures[engine_name].values()))
    head = (
        "máy", "thư", "mã khác nhau", "đã gửi", "không còn đúng", "không gửi được", "đứt, im lặng",
        "lặp trong khe", "bị giết", "phút", "giây khi mất", "giây gửi",
    )  # fmt: skip
    show(f"{MAILS:,} thư, máy chủ mất {HOURS_AWAY} giờ, rồi trái tính", head, rows)
    keep("mail", figures)
