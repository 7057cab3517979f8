"""Mails: told once, in time, only while true; a broken line repeats a mail under the same id."""

import random
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from models.states import MessageState
from models.tables import CYCLE, MESSAGE, NOTICE, PERSON
from notifications.channels import Envelope
from notifications.channels.email import BadAddress, EmailChannel, server
from notifications.compose import remind, urgent
from notifications.deliver import CUTS_IN_A_ROW, LEASE, Delivered, Post, deliver, next_try
from notifications.dispatch import tell_round
from notifications.expand import expand
from notifications.rounds import MORNING, remind_if_due
from tests.make import World, noon, on
from tests.notifications.life import DAY, tick
from tests.notifications.life import MORNING as MORNING_FROM_NOON
from tests.notifications.post_office import (
    CUT,
    FINE,
    LATER,
    NEVER,
    STALL,
    PostOffice,
    many,
    message_id,
    moody,
    open_office,
    silent_office,
)
from workflow.commands import cycles, results
from workflow.door import ajar

ROOT = Path(__file__).parents[2]
HOUR = timedelta(hours=1)
POST = Post("https://dondoc.example.vn")


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_office() as found:
        yield found


@pytest.fixture
def world(world: World) -> World:
    """Everybody has an address."""
    with ajar("measurement"), world.engine.execution_options(write=True).begin() as conn:
        conn.execute(update(PERSON).values(email=PERSON.c.login + "@example.vn"))
    return world


def morning(day: date) -> datetime:
    return noon(day) + MORNING_FROM_NOON


def send(world: World, office: PostOffice, now: datetime, patience: float = 5) -> Delivered:
    channel = EmailChannel(server(office.url), lambda: now, timeout=patience)
    return deliver(world.engine, channel, POST, now)


def states(world: World) -> Counter[str]:
    with world.engine.connect() as conn:
        return Counter(conn.execute(select(MESSAGE.c.state)).scalars())


# ------------------------------------------------------------------------------ broken lines


def test_six_hours_without_a_server_lose_and_repeat_nothing(
    world: World, office: PostOffice
) -> None:
    """Every mail that is still true once, in order; nothing while the server is away."""
    many(world, 60, people=20)
    now = world.now
    away = PostOffice(port=1)
    for _ in range(6 * 2):  # `bench mail` does so every minute, with 5,000
        assert send(world, away, now).sent == 0
        now += HOUR / 2
    rounds = 0
    while states(world)[MessageState.WAITING.value] and rounds < 20:
        send(world, office, now)
        now += timedelta(minutes=30)
        rounds += 1

    assert sorted(office.ids()) == [message_id(n) for n in range(60)]
    by_person: dict[str, list[str]] = {}
    for mail in office.taken:
        by_person.setdefault(mail["To"], []).append(mail["Message-ID"])
    assert all(ids == sorted(ids) for ids in by_person.values())


def test_a_moody_server_gets_every_mail_and_repeats_only_after_a_cut(
    world: World, office: PostOffice
) -> None:
    """Unique ids equal rows; a second copy only of what was cut, with the same id."""
    many(world, 40, people=40)
    office.mood = moody(random.Random(2940))
    now = world.now
    while states(world)[MessageState.WAITING.value]:
        send(world, office, now)
        now += timedelta(minutes=5)

    assert states(world) == {MessageState.SENT.value: 40}
    assert sorted(office.ids()) == [message_id(n) for n in range(40)]
    assert {m["Message-ID"] for m in office.cut} <= set(office.ids())
    assert office.cut


def test_an_address_nobody_has_is_a_dead_letter_and_stops_nobody(
    world: World, office: PostOffice
) -> None:
    many(world, 3, people=3)
    office.mood = lambda mail: NEVER if mail["To"].endswith("<n1@example.vn>") else FINE

    done = send(world, office, world.now)

    assert (done.sent, done.dead) == (2, 1)
    assert states(world) == {MessageState.SENT.value: 2, MessageState.DEAD.value: 1}


KILLED = """
import os, signal, sys
from datetime import datetime
from sqlalchemy import create_engine
from models.database import install_manners
from notifications import deliver as delivering
from notifications.channels.email import EmailChannel, server
from workflow.door import guard
url, office, at = sys.argv[1:]
engine, now = create_engine(url), datetime.fromisoformat(at)
install_manners(engine)
guard(engine)
delivering._mark = lambda *args, **values: os.kill(os.getpid(), signal.SIGKILL)
post = delivering.Post("https://dondoc.example.vn")
delivering.deliver(engine, EmailChannel(server(office), lambda: now), post, now)
"""


def test_a_worker_killed_between_250_and_commit_repeats_one_mail_with_its_id(
    world: World, office: PostOffice
) -> None:
    """A process that gets SIGKILL when the server has taken the mail."""
    many(world, 5, people=5)
    url = world.app.config["SQLALCHEMY_DATABASE_URI"]

    done = subprocess.run(
        [sys.executable, "-c", KILLED, url, office.url, world.now.isoformat()],
        cwd=ROOT,
        check=False,
    )

    assert done.returncode == -signal.SIGKILL
    assert len(office.taken) == 1
    assert send(world, office, world.now).sent == 0, "the dead worker's mails are still its own"
    assert send(world, office, world.now + LEASE).sent == 5
    assert Counter(Counter(office.ids()).values()) == {1: 4, 2: 1}


def test_a_server_that_stalls_over_one_mail_keeps_nobody_else_waiting(
    world: World, office: PostOffice
) -> None:
    many(world, 4, people=4)
    office.mood = lambda mail: STALL if mail["Message-ID"] == message_id(1) else FINE

    first = send(world, office, world.now, patience=0.3)
    office.mood = lambda mail: FINE
    too_early = send(world, office, world.now + timedelta(minutes=4))
    again = send(world, office, world.now + timedelta(minutes=5))

    assert (first.sent, first.failed, first.is_down) == (3, 1, False)
    assert too_early == Delivered()
    assert again.sent == 1
    assert [m["Message-ID"] for m in office.stalled] == [message_id(1)]
    assert sorted(office.ids()) == [message_id(n) for n in range(4)]


def test_a_server_that_stalls_over_all_is_left_alone_until_the_next_round(
    world: World, office: PostOffice
) -> None:
    many(world, 12, people=12)
    office.mood = lambda mail: STALL

    done = send(world, office, world.now, patience=0.2)

    assert (done.sent, done.failed, done.is_down) == (0, CUTS_IN_A_ROW, True)
    with world.engine.connect() as conn:
        attempts = Counter(conn.execute(select(MESSAGE.c.attempts)).scalars())
        claimed = select(func.count()).where(MESSAGE.c.claimed_until.is_not(None))
        assert conn.execute(claimed).scalar_one() == 0
    assert attempts == {0: 12 - CUTS_IN_A_ROW, 1: CUTS_IN_A_ROW}
    office.mood = lambda mail: FINE
    assert send(world, office, world.now + timedelta(minutes=5)).sent == 12


def test_a_server_that_never_speaks_costs_one_attempt(world: World) -> None:
    many(world, 3, people=3)

    with silent_office() as silent:
        done = send(world, silent, world.now, patience=0.2)

    assert (done.sent, done.failed, done.is_down) == (0, 1, True)


def test_no_mail_is_begun_when_its_lease_may_run_out_under_it(world: World) -> None:
    """Every mail takes four minutes of the machine's clock; nobody else may take it meanwhile."""
    many(world, 7, people=7)
    start, passed, sent = world.now, timedelta(), []

    class Slow:
        def send(self, envelope: Envelope) -> None:
            nonlocal passed
            passed += timedelta(minutes=4)
            uid = envelope.message_id
            with world.engine.connect() as conn:
                until = select(MESSAGE.c.claimed_until).where(MESSAGE.c.uid == uid)
                assert conn.execute(until).scalar_one() >= start + passed
            sent.append(uid)

        def close(self) -> None: ...

    done = deliver(world.engine, Slow(), POST, start, lambda: start + passed)

    assert done.sent == len(set(sent)) == 7


def test_two_workers_send_each_mail_once(world: World, office: PostOffice) -> None:
    many(world, 30, people=30)
    done: list[Delivered] = []
    import threading

    workers = [
        threading.Thread(target=lambda: done.append(send(world, office, world.now)))
        for _ in range(2)
    ]
    for w in workers:
        w.start()
    for w in workers:
        w.join()

    assert sum(d.sent for d in done) == 30
    assert len(set(office.ids())) == len(office.ids()) == 30


def test_the_retry_ladder_ends_after_seven_days() -> None:
    created = now = datetime(2026, 12, 1, tzinfo=UTC)
    pauses = []
    attempts = 1
    while again := next_try(attempts, created, now):
        pauses.append(again - now)
        now, attempts = again, attempts + 1

    assert pauses[:12] == [timedelta(minutes=5)] * 12
    assert set(pauses[12:]) == {timedelta(minutes=30)}
    assert timedelta(days=7) - timedelta(minutes=30) < now - created <= timedelta(days=7)


# ------------------------------------------------------------------------------ what is true


def test_what_became_untrue_meanwhile_is_not_sent(world: World, office: PostOffice) -> None:
    cycle_id = world.cycle()
    day = date(2026, 12, 3)
    tick(world, day)
    assert remind(world.engine, day, morning(day), is_working_day=True, domain="example.vn") > 0
    with on(world, day):
        for each in (cycle_id, *others(world, cycle_id)):
            report(world, each)

    done = send(world, office, morning(day) + HOUR * 6)

    assert done.sent == 0
    assert done.superseded > 0
    assert states(world)[MessageState.WAITING.value] == 0


def others(world: World, cycle_id: int) -> list[int]:
    with world.engine.connect() as conn:
        return list(
            conn.execute(
                select(CYCLE.c.id).where(CYCLE.c.id != cycle_id, CYCLE.c.due_on.is_not(None))
            ).scalars()
        )


def report(world: World, cycle_id: int) -> None:
    head = world.head(world.lead_of(cycle_id))
    world.do(cycles.AcceptTask(cycle_id, "Đầu mối"), head)
    world.do(world.report(cycle_id), head)


@pytest.mark.parametrize(
    ("before", "back", "said"),
    [
        # The silence begins on the last working day, before anything was overdue.
        ("2025-12-12", "2026-01-20", "Đã quá hạn báo cáo 37 ngày"),
        ("2025-11-03", "2025-12-22", "Đã quá hạn báo cáo 8 ngày"),
        ("2026-01-14", "2026-02-23", "Quá hạn 71 ngày: báo cáo lãnh đạo"),
    ],
)
def test_after_forty_silent_days_everybody_gets_one_mail_with_the_rung_of_today(
    world: World, office: PostOffice, before: str, back: str, said: str
) -> None:
    """T-24, over the deadline, the end of the year and Tết; the number is that of the day."""
    with on(world, date(2025, 3, 3)):
        world.cycle(year=2025)
    for written in (before, back):
        office.taken.clear()
        day = date.fromisoformat(written)
        tick(world, day)
        remind(world.engine, day, morning(day), is_working_day=True, domain="example.vn")
        send(world, office, morning(day))

    assert office.taken
    readers = Counter(m["To"] for m in office.taken)
    assert set(readers.values()) == {1}
    for mail in office.taken:
        body = mail.get_body(("plain",)).get_content()
        told = re.findall(r"^ {3}(.*?)\. Chủ trì: .*$", body, re.M) or [body]
        assert all(said in line for line in told), body
        works = re.findall(r"^\d+\. (\S+) ", body, re.M)
        assert works, body


def test_one_digest_a_person_a_working_day(world: World, office: PostOffice) -> None:
    world.cycle()
    day = date(2026, 12, 3)
    tick(world, day)

    first = remind(world.engine, day, morning(day), is_working_day=True, domain="example.vn")
    again = remind(world.engine, day, morning(day) + HOUR, is_working_day=True, domain="example.vn")
    sunday = remind(
        world.engine, date(2026, 12, 6), morning(date(2026, 12, 6)), False, "example.vn"
    )

    assert first > 0
    assert again == sunday == 0
    send(world, office, morning(day))
    assert set(Counter(m["To"] for m in office.taken).values()) == {1}


def test_a_digest_that_could_not_go_is_taken_into_the_next(
    world: World, office: PostOffice
) -> None:
    world.cycle()
    for day in (date(2026, 12, 3), date(2026, 12, 11)):
        tick(world, day)
        remind(world.engine, day, morning(day), is_working_day=True, domain="example.vn")

    send(world, office, morning(date(2026, 12, 11)))

    assert set(Counter(m["To"] for m in office.taken).values()) == {1}
    assert states(world)[MessageState.SUPERSEDED.value] > 0


def test_the_timetable_makes_the_digests_once_from_half_past_seven(world: World) -> None:
    world.cycle()
    day = date(2026, 12, 3)
    tick(world, day)
    services = world.app.extensions["dondoc"]
    assert MORNING.hour == 7

    assert remind_if_due(services, morning(day) - timedelta(minutes=1)) == 0
    assert remind_if_due(services, morning(day) + HOUR * 3) > 0
    assert remind_if_due(services, morning(day) + HOUR * 4) == 0
    assert remind_if_due(services, morning(date(2026, 12, 5))) == 0, "a Saturday"


def test_a_late_start_ticks_before_it_reminds(world: World) -> None:
    """Both jobs begin at once; whichever comes first, the digest has the alerts of the day."""
    world.cycle()

    made = remind_if_due(world.app.extensions["dondoc"], morning(date(2027, 1, 20)) + HOUR)

    assert made > 0
    with world.engine.connect() as conn:
        carried = conn.execute(
            select(NOTICE.c.name).where(NOTICE.c.message_id.is_not(None)).distinct()
        ).scalars()
        assert "overdue_30" in set(carried)


def test_a_returned_report_is_told_at_once_in_a_mail_of_its_own(
    world: World, office: PostOffice
) -> None:
    cycle_id = world.cycle()
    report(world, cycle_id)
    world.do(
        results.ReturnReport(cycle_id, "Thiếu số liệu", "Bảng 2", world.today + DAY * 5),
        world.judge,
    )
    expand(world.engine, world.now)
    urgent(world.engine, world.now, "example.vn")
    urgent(world.engine, world.now, "example.vn")

    send(world, office, world.now)

    assert {m["To"].addresses[0].addr_spec for m in office.taken} == {
        "head1.so-chu-tri@example.vn",
        "officer1.so-chu-tri@example.vn",
    }
    mail = office.taken[0]
    assert mail["Subject"].startswith("Trả lại báo cáo, gửi lại trước hết ngày 07/03/2026")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["References"] == f"<task-{world.row(cycle_id)['task_id']}@example.vn>"


def test_a_mail_keeps_its_id_when_the_installation_gets_another_address(
    world: World, office: PostOffice
) -> None:
    """The row holds the whole id: neither a retry nor a mail cut in the gap comes under another."""
    cycle_id = world.cycle()
    report(world, cycle_id)
    world.do(
        results.ReturnReport(cycle_id, "Thiếu số liệu", "Bảng 2", world.today + DAY * 5),
        world.judge,
    )
    services = world.app.extensions["dondoc"]

    def called(base_url: str | None) -> Any:
        settings = replace(services.settings, smtp_url=office.url, base_url=base_url)
        return replace(services, settings=settings)

    office.mood = lambda mail: CUT
    tell_round(called("https://cu.tinh.gov.vn"), world.now)
    office.mood = lambda mail: FINE
    tell_round(called("https://moi.tinh.gov.vn"), world.now + HOUR)

    with world.engine.connect() as conn:
        ids = set(conn.execute(select(MESSAGE.c.uid)).scalars())
    assert office.cut
    assert set(office.ids()) == ids
    assert {m["Message-ID"] for m in office.cut} <= ids
    assert all(uid.endswith("@cu.tinh.gov.vn>") for uid in ids)
    assert "https://moi.tinh.gov.vn/" in office.taken[0].get_body(("plain",)).get_content()


def test_nobody_is_told_what_he_did_and_nothing_is_told_twice(world: World) -> None:
    cycle_id = world.cycle()
    report(world, cycle_id)
    expand(world.engine, world.now)
    assert expand(world.engine, world.now) == 0

    with world.engine.connect() as conn:
        lines = conn.execute(
            select(NOTICE.c.person_id, NOTICE.c.name).where(NOTICE.c.cycle_id == cycle_id)
        ).all()

    assert (world.judge.person_id, "reported") in {tuple(n) for n in lines}
    assert (world.head().person_id, "assigned") in {tuple(n) for n in lines}
    assert len(lines) == len(set(lines))


def test_a_deferred_mail_is_tried_again_five_minutes_later(
    world: World, office: PostOffice
) -> None:
    many(world, 1, people=1)
    office.mood = lambda mail: LATER
    now = world.now

    assert send(world, office, now).failed == 1
    assert send(world, office, now + timedelta(minutes=4)) == Delivered()
    office.mood = lambda mail: FINE
    assert send(world, office, now + timedelta(minutes=5)).sent == 1


# ------------------------------------------------------------------------------ the address


def test_the_address_of_the_server() -> None:
    plain = server("smtp://mail.example.vn")
    safe = server("smtps://thu:m%40t@mail.example.vn:4650?from=don-doc@tinh.gov.vn")
    upgraded = server("smtp+starttls://mail.example.vn", "tinh.gov.vn")

    assert (plain.host, plain.port, plain.encryption) == ("mail.example.vn", 25, "")
    assert (safe.port, safe.encryption, safe.user, safe.password) == (4650, "tls", "thu", "m@t")
    assert safe.sender == "don-doc@tinh.gov.vn"
    assert (upgraded.port, upgraded.encryption) == (587, "starttls")
    assert upgraded.sender == "don-doc@tinh.gov.vn"
    with pytest.raises(BadAddress):
        server("https://mail.example.vn")
