"""Mails: told once, in time, only while true; a broken line repeats a mail under the same id."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from models.states import MessageState
from models.tables import CYCLE, MESSAGE, NOTICE, PERSON
from notifications import deliver as delivering
from notifications.channels.email import BadAddress, EmailChannel, server
from notifications.compose import remind, urgent
from notifications.deliver import LEASE, Delivered, Post, deliver, next_try
from notifications.expand import expand
from notifications.rounds import MORNING, remind_if_due
from tests.make import World, noon, on
from tests.notifications.life import DAY, tick
from tests.notifications.life import MORNING as MORNING_FROM_NOON
from tests.notifications.post_office import (
    FINE,
    LATER,
    NEVER,
    PostOffice,
    moody,
    open_office,
)
from workflow.commands import cycles, results
from workflow.door import ajar

HOUR = timedelta(hours=1)
POST = Post("https://dondoc.example.vn", "example.vn")


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


def send(world: World, office: PostOffice, now: datetime) -> Delivered:
    channel = EmailChannel(server(office.url), lambda: now, timeout=5)
    return deliver(world.engine, channel, POST, now)


def states(world: World) -> Counter[str]:
    with world.engine.connect() as conn:
        return Counter(conn.execute(select(MESSAGE.c.state)).scalars())


def many(world: World, number: int, people: int = 40) -> None:
    """So many mails waiting, each with one line that is true."""
    cycle_id = world.cycle()
    now = world.now
    with ajar("measurement"), world.engine.execution_options(write=True).begin() as conn:
        first = conn.execute(select(func.max(PERSON.c.id))).scalar_one() + 1
        conn.execute(
            insert(PERSON),
            [
                {
                    "id": first + n,
                    "login": f"n{n}",
                    "name": f"Người {n}",
                    "post": "Chuyên viên",
                    "email": f"n{n}@example.vn",
                    "created_at": now,
                }
                for n in range(people)
            ],
        )
        mails = [
            {
                "id": n + 1,
                "uid": f"{n:032x}",
                "person_id": first + n % people,
                "key": f"line:{n}",
                "address": f"n{n % people}@example.vn",
                "state": MessageState.WAITING.value,
                "created_at": now,
                "next_try_at": now,
            }
            for n in range(number)
        ]
        conn.execute(insert(MESSAGE), mails)
        conn.execute(
            insert(NOTICE),
            [
                {
                    "person_id": m["person_id"],
                    "key": m["key"],
                    "name": "reopened",
                    "cycle_id": cycle_id,
                    "text": "Mở lại nhiệm vụ",
                    "is_urgent": True,
                    "at": now,
                    "message_id": m["id"],
                }
                for m in mails
            ],
        )


# ------------------------------------------------------------------------------ broken lines


def test_six_hours_without_a_server_lose_and_repeat_nothing(
    world: World, office: PostOffice
) -> None:
    """T-20: every mail that is still true once, in order; nothing while the server is away."""
    many(world, 120)
    now = world.now
    away = PostOffice(port=1)
    for _ in range(6 * 12):  # every five minutes, as the retry ladder says
        assert send(world, away, now).sent == 0
        now += timedelta(minutes=5)
    rounds = 0
    while states(world)[MessageState.WAITING.value] and rounds < 20:
        send(world, office, now)
        now += timedelta(minutes=30)
        rounds += 1

    assert sorted(office.ids) == [f"<{n:032x}@example.vn>" for n in range(120)]
    by_person: dict[str, list[str]] = {}
    for mail in office.taken:
        by_person.setdefault(mail["To"], []).append(mail["Message-ID"])
    assert all(ids == sorted(ids) for ids in by_person.values())


@pytest.mark.parametrize("seed", range(3))
def test_a_moody_server_gets_every_mail_and_repeats_only_after_a_cut(
    world: World, office: PostOffice, seed: int
) -> None:
    """T-21: unique ids equal rows; a second copy only of what was cut, with the same id."""
    many(world, 60, people=60)
    office.mood = moody(random.Random(seed))
    now = world.now
    while states(world)[MessageState.WAITING.value]:
        send(world, office, now)
        now += timedelta(minutes=5)

    assert states(world) == {MessageState.SENT.value: 60}
    assert sorted(office.ids) == [f"<{n:032x}@example.vn>" for n in range(60)]
    assert {m["Message-ID"] for m in office.cut} <= set(office.ids)
    assert office.cut


def test_an_address_nobody_has_is_a_dead_letter_and_stops_nobody(
    world: World, office: PostOffice
) -> None:
    many(world, 3, people=3)
    office.mood = lambda mail: NEVER if mail["To"].endswith("<n1@example.vn>") else FINE

    done = send(world, office, world.now)

    assert (done.sent, done.dead) == (2, 1)
    assert states(world) == {MessageState.SENT.value: 2, MessageState.DEAD.value: 1}


def test_a_worker_killed_between_250_and_commit_repeats_one_mail_with_its_id(
    world: World, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T-22."""
    many(world, 5, people=5)
    mark = delivering._mark

    def killed(*args: object, **values: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(delivering, "_mark", killed)
    with pytest.raises(KeyboardInterrupt):
        send(world, office, world.now)
    monkeypatch.setattr(delivering, "_mark", mark)

    assert send(world, office, world.now).sent == 0, "the dead worker's mails are still its own"
    assert send(world, office, world.now + LEASE).sent == 5
    assert Counter(Counter(office.ids).values()) == {1: 4, 2: 1}


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
    assert len(set(office.ids)) == len(office.ids) == 30


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
    assert remind(world.engine, day, morning(day), is_working_day=True) > 0
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


def test_after_forty_silent_days_everybody_gets_one_mail_with_the_rung_of_today(
    world: World, office: PostOffice
) -> None:
    """T-24, over Tết and the end of the year."""
    with on(world, date(2025, 3, 3)):
        world.cycle(year=2025)
    day = date(2026, 1, 14)
    tick(world, day)
    remind(world.engine, day, morning(day), is_working_day=True)
    send(world, office, morning(day))
    office.taken.clear()
    back = date(2026, 2, 23)

    tick(world, back)
    remind(world.engine, back, morning(back), is_working_day=True)
    send(world, office, morning(back))

    assert office.taken
    readers = Counter(m["To"] for m in office.taken)
    assert set(readers.values()) == {1}
    bodies = [m.get_body(("plain",)).get_content() for m in office.taken]
    assert all("Quá hạn 45 ngày: báo cáo lãnh đạo" in b for b in bodies)


def test_one_digest_a_person_a_working_day(world: World, office: PostOffice) -> None:
    world.cycle()
    day = date(2026, 12, 3)
    tick(world, day)

    first = remind(world.engine, day, morning(day), is_working_day=True)
    again = remind(world.engine, day, morning(day) + HOUR, is_working_day=True)
    sunday = remind(world.engine, date(2026, 12, 6), morning(date(2026, 12, 6)), False)

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
        remind(world.engine, day, morning(day), is_working_day=True)

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
    urgent(world.engine, world.now)
    urgent(world.engine, world.now)

    send(world, office, world.now)

    assert {m["To"].addresses[0].addr_spec for m in office.taken} == {
        "head1.so-chu-tri@example.vn",
        "officer1.so-chu-tri@example.vn",
    }
    mail = office.taken[0]
    assert mail["Subject"].startswith("Trả lại báo cáo, gửi lại trước hết ngày 07/03/2026")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["References"] == f"<task-{world.row(cycle_id)['task_id']}@example.vn>"


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
