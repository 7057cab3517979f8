"""Support and explanations have days of their own: who owes the answer is reminded of them."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from models.tables import NOTICE, PERSON, SUPPORT_REQUEST
from notifications import ical
from notifications.notices import of_person
from tests.make import LEAD, SUPPORTING, World, on
from tests.notifications.life import DAY, tick
from workflow.commands import cycles, urging
from workflow.law.errors import Reason, Refused
from workflow.urgings import due_between

ASKED, BY = date(2026, 11, 2), date(2026, 11, 9)


@pytest.fixture
def cycle_id(world: World) -> int:
    """In progress, and every supporter has been asked for his part by 9/11, a Monday."""
    found = world.cycle()
    with on(world, ASKED):
        world.do(cycles.AcceptTask(found, "Đầu mối"), world.head())
        world.do(urging.AskSupport(found, SUPPORTING, "Gửi số liệu", BY), world.head())
    return found


def owed(world: World, cycle_id: int) -> dict[str, set[str]]:
    """Who has been reminded of an answer he owes, by login."""
    with world.engine.connect() as conn:
        rows = conn.execute(
            select(PERSON.c.login, NOTICE.c.name)
            .join(PERSON, PERSON.c.id == NOTICE.c.person_id)
            .where(NOTICE.c.cycle_id == cycle_id, NOTICE.c.asked_id.is_not(None))
        ).all()
    return {login: {n for who, n in rows if who == login} for login, _ in rows}


def words(world: World, person_id: int | None, day: date) -> dict[str, tuple[str, bool]]:
    """What stands under a bell: by name, the words and whether they are true."""
    with world.engine.connect() as conn:
        lines = of_person(conn, person_id or 0, day, 50)
    return {n.name: (n.text, n.is_true) for n in lines if n.pattern and n.alert_id is None}


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (["2026-11-05"], set()),
        (["2026-11-06"], {"support_soon"}),
        (["2026-11-09"], {"support_soon"}),
        (["2026-11-10"], {"support_late"}),
        (["2026-11-25"], {"support_very_late"}),
        (["2026-11-06", "2026-11-10", "2026-11-11", "2026-11-16"],
         {"support_soon", "support_late", "support_very_late"}),
    ],
)  # fmt: skip
def test_a_supporting_agency_is_reminded_of_the_day_it_was_given(
    world: World, cycle_id: int, days: list[str], told: set[str]
) -> None:
    """After a silence it hears the one thing that is true now."""
    for day in days:
        tick(world, date.fromisoformat(day))

    found = owed(world, cycle_id)

    assert set(found) == ({"head1.so-phoi-hop", "officer1.so-phoi-hop"} if told else set())
    assert all(names == told for names in found.values())
    assert tick(world, date.fromisoformat(days[-1]))["noticed"] == 0


def test_it_hears_how_late_it_is_on_the_day_it_reads(world: World, cycle_id: int) -> None:
    head = world.head(SUPPORTING).person_id
    tick(world, BY + DAY)

    assert words(world, head, BY + DAY) == {
        "support_late": ("Đã quá hạn trả lời đề nghị phối hợp 1 ngày", True)
    }
    tick(world, BY + DAY * 16)
    assert words(world, head, BY + DAY * 16) == {
        "support_late": ("Đã quá hạn trả lời đề nghị phối hợp 16 ngày", False),
        "support_very_late": ("Đã quá hạn trả lời đề nghị phối hợp 16 ngày", True),
    }


def contribute(world: World, cycle_id: int) -> None:
    world.do(cycles.Contribute(cycle_id, "Số liệu kèm theo"), world.officer(SUPPORTING))


def report(world: World, cycle_id: int) -> None:
    world.do(world.report(cycle_id), world.head())


@pytest.mark.parametrize("ended", [contribute, report])
def test_nobody_is_reminded_of_what_is_over(
    world: World, cycle_id: int, ended: Callable[[World, int], None]
) -> None:
    tick(world, BY - DAY * 3)
    with on(world, BY):
        ended(world, cycle_id)

    tick(world, BY + DAY * 10)

    assert owed(world, cycle_id) == {
        "head1.so-phoi-hop": {"support_soon"},
        "officer1.so-phoi-hop": {"support_soon"},
    }
    lines = words(world, world.head(SUPPORTING).person_id, BY + DAY * 10)
    assert [is_true for _, is_true in lines.values()] == [False]


def test_who_was_asked_on_the_day_of_a_rung_is_not_told_twice(world: World, cycle_id: int) -> None:
    """The question of today is told today; that its day is near is no news."""
    with on(world, BY - DAY * 3):
        world.do(urging.AskSupport(cycle_id, SUPPORTING, "Gửi thêm", BY), world.head())
        tick(world, BY - DAY * 3)

    with world.engine.connect() as conn:
        about = set(conn.execute(select(NOTICE.c.asked_id).where(NOTICE.c.asked_id > 0)).scalars())
        requests = list(
            conn.execute(select(SUPPORT_REQUEST.c.id).order_by(SUPPORT_REQUEST.c.id)).scalars()
        )
    assert about == {requests[0]}


def test_the_head_is_reminded_to_explain_and_nobody_else(world: World, cycle_id: int) -> None:
    with on(world, date(2026, 11, 25)):
        question = urging.AskExplanation(cycle_id, "Vì sao chậm?", date(2026, 11, 27))
        world.do(question, world.chairman)
    with on(world, date(2026, 11, 28)):
        new = world.head(LEAD, 2)
    tick(world, date(2026, 12, 5))

    explains = {k: v for k, v in owed(world, cycle_id).items() if k.endswith(LEAD)}

    assert explains == {
        "head1.so-chu-tri": {"explanation_very_late"},
        "head2.so-chu-tri": {"explanation_very_late"},
    }
    assert words(world, new.person_id, date(2026, 12, 5)) == {
        "explanation_very_late": ("Đã quá hạn giải trình 8 ngày", True)
    }


@pytest.mark.parametrize("mine_only", [True, False])
def test_a_supporter_has_its_own_day_in_the_calendar_and_the_lead_the_deadline(
    world: World, cycle_id: int, mine_only: bool
) -> None:
    year = (date(2026, 1, 1), date(2026, 12, 31))
    with world.engine.connect() as conn:
        of = {
            who: [d for d in due_between(conn, actor, *year, mine_only) if d["id"] == cycle_id]
            for who, actor in (
                ("supporter", world.head(SUPPORTING)),
                ("lead", world.head()),
            )
        }

    assert [d["on"] for d in of["supporter"]] == [BY]
    assert [d["on"] for d in of["lead"]] == [date(2026, 12, 14)]
    feed = ical.feed(of["supporter"], "x.vn", world.now)
    request = of["supporter"][0]["request_id"]
    assert f"UID:support-{request}@x.vn" in feed
    assert "DTSTART;VALUE=DATE:20261109" in feed
    assert "SUMMARY:Hạn trả lời đề nghị phối hợp: II.2-a" in feed
    assert f"UID:cycle-{cycle_id}@x.vn" in ical.feed(of["lead"], "x.vn", world.now)


def test_an_answer_leaves_the_calendar(world: World, cycle_id: int) -> None:
    with on(world, BY):
        contribute(world, cycle_id)
    with world.engine.connect() as conn:
        found = due_between(conn, world.head(SUPPORTING), BY, BY, mine_only=True)

    assert found == []


def refused(world: World, by: date, text: str = "Gửi số liệu") -> set[Reason]:
    asking = urging.AskSupport(world.cycle(), SUPPORTING, text, by)
    with pytest.raises(Refused) as found:
        world.do(asking, world.head())
    return {r.reason for r in found.value.refusals}


def test_an_answer_is_wanted_before_the_report_is_due(world: World, cycle_id: int) -> None:
    with on(world, ASKED):
        assert refused(world, date(2026, 12, 15)) == {Reason.ANSWER_AFTER_DEADLINE}
        world.do(
            urging.AskSupport(cycle_id, SUPPORTING, "Ngày cuối", date(2026, 12, 14)), world.head()
        )
    with on(world, date(2026, 12, 20)):
        # The report is late already: its parts are wanted all the same.
        world.do(
            urging.AskSupport(cycle_id, SUPPORTING, "Gửi ngay", date(2026, 12, 22)), world.head()
        )


def test_the_same_is_not_asked_twice_while_it_is_open(world: World, cycle_id: int) -> None:
    with on(world, ASKED + DAY):
        assert refused(world, BY) == {Reason.ALREADY_ASKED}
        contribute(world, cycle_id)
        world.do(urging.AskSupport(cycle_id, SUPPORTING, "Gửi số liệu", BY), world.head())
