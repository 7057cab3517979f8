"""Who comes into a post is told what is open; who has left it gets no mail any more."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select, update

from models.states import CycleState, MessageState, Role
from models.tables import ALERT, MEMBERSHIP, MESSAGE, NOTICE, PERSON
from notifications.channels import Envelope
from notifications.compose import remind, urgent
from notifications.deliver import Post, deliver
from notifications.expand import expand
from tests.make import LEAD, World, on
from tests.notifications.life import DAY, tick
from tests.notifications.test_delivery import morning
from workflow.commands import results
from workflow.commands.people import AddMembership, EndMembership, LockPerson
from workflow.door import ajar
from workflow.law.facts import SYSTEM

LATE = date(2026, 12, 22)


class Letterbox:
    """A channel that takes everything."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    def send(self, envelope: Envelope) -> None:
        self.taken.append(envelope)

    def close(self) -> None:
        pass


@pytest.fixture
def late(world: World) -> int:
    """A cycle eight days over its deadline whose people were told."""
    with on(world, date(2025, 3, 3)):
        cycle_id = world.cycle()
    with ajar("measurement"), world.engine.execution_options(write=True).begin() as conn:
        conn.execute(update(PERSON).values(email=PERSON.c.login + "@example.vn"))
    tick(world, LATE)
    return cycle_id


def lines_of(world: World, person_id: int | None) -> list[tuple[str, int | None]]:
    with world.engine.connect() as conn:
        rows = conn.execute(
            select(NOTICE.c.name, NOTICE.c.cycle_id).where(NOTICE.c.person_id == person_id)
        )
        return sorted(tuple(r) for r in rows)


def posted(world: World, day: date) -> list[str]:
    """The addresses that get a mail when what waits is sent this morning."""
    box = Letterbox()
    deliver(world.engine, box, Post("https://x.vn", "x.vn"), morning(day))
    return sorted(e.address for e in box.taken)


def waits(world: World) -> set[str]:
    with world.engine.connect() as conn:
        return set(conn.execute(select(MESSAGE.c.state)).scalars())


def test_a_new_head_is_told_every_rung_that_is_true_once(world: World, late: int) -> None:
    old = lines_of(world, world.head().person_id)
    with on(world, LATE):
        new = world.head(LEAD, 2)

    first = tick(world, LATE + DAY)
    again = tick(world, LATE + DAY)

    # Other agencies may have come to a higher rung; his has not.
    assert lines_of(world, new.person_id) == old
    assert ("overdue_7", late) in old
    assert first["noticed"] > 0
    assert again["noticed"] == 0
    assert lines_of(world, world.head().person_id) == old, "nobody is told twice"


def test_who_takes_up_his_post_tomorrow_is_told_tomorrow(world: World, late: int) -> None:
    with on(world, LATE):
        successor = world.officer("so-dong-chu-tri", 7)
        world.do(AddMembership(successor.person_id or 0, LEAD, Role.HEAD, LATE + DAY * 2), SYSTEM)

    tick(world, LATE + DAY)
    before = [c for _, c in lines_of(world, successor.person_id)]
    tick(world, LATE + DAY * 2)

    assert late not in before
    assert ("overdue_7", late) in lines_of(world, successor.person_id)


def lock(world: World) -> None:
    world.do(LockPerson(world.head().person_id or 0, "Nghỉ hưu"), world.person(Role.ADMIN, LEAD))


def move(world: World) -> None:
    """To another agency, whose head he is from tomorrow."""
    person_id = world.head().person_id
    with world.engine.connect() as conn:
        held = conn.execute(
            select(MEMBERSHIP.c.id).where(MEMBERSHIP.c.person_id == person_id)
        ).scalar_one()
    admin = world.person(Role.ADMIN, LEAD)
    world.do(EndMembership(held, LATE, "Điều động"), admin)
    world.do(AddMembership(person_id or 0, "so-phoi-hop", Role.HEAD, LATE + DAY), admin)


@pytest.mark.parametrize("leaves", [lock, move])
def test_a_mail_made_for_somebody_who_left_is_not_sent(
    world: World, late: int, leaves: Callable[[World], None]
) -> None:
    """A digest and a mail of its own were waiting; the server comes back six days later."""
    cycle_id = world.cycle("II.7-a")
    head, address = world.head(), "head1.so-chu-tri@example.vn"
    with on(world, LATE):
        world.bring(cycle_id, CycleState.REPORTED)
        world.do(
            results.ReturnReport(cycle_id, "Thiếu số liệu", "Bảng 2", LATE + DAY * 9), world.judge
        )
        expand(world.engine, morning(LATE) + DAY / 4)
        urgent(world.engine, morning(LATE) + DAY / 4)
        remind(world.engine, LATE, morning(LATE) + DAY / 4, is_working_day=True)
        with world.engine.connect() as conn:
            made = conn.execute(
                select(MESSAGE.c.key).where(MESSAGE.c.person_id == head.person_id)
            ).scalars()
            assert {key.split(":")[0] for key in made} == {"digest", "line"}
        leaves(world)

    addresses = posted(world, LATE + DAY * 6)

    assert address not in addresses
    assert "officer1.so-chu-tri@example.vn" in addresses
    assert waits(world) == {MessageState.SENT.value, MessageState.SUPERSEDED.value}


def test_who_holds_another_post_of_the_rung_gets_his_mail(world: World, late: int) -> None:
    """He was head and is officer of the same agency now: the line is his still."""
    remind(world.engine, LATE, morning(LATE), is_working_day=True)
    with ajar("measurement"), world.engine.execution_options(write=True).begin() as conn:
        conn.execute(
            update(MEMBERSHIP)
            .where(MEMBERSHIP.c.person_id == world.head().person_id)
            .values(role=Role.OFFICER.value)
        )

    assert "head1.so-chu-tri@example.vn" in posted(world, LATE)
    with world.engine.connect() as conn:
        assert conn.execute(select(ALERT.c.id).where(ALERT.c.superseded_on.is_(None))).first()
