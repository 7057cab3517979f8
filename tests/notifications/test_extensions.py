"""New deadlines: which figure each changes, and which it must not."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.states import (
    CycleState,
    DayKind,
    ExtensionStatus,
    FlagKind,
    ReasonClass,
    Role,
    UrgeLevel,
)
from models.tables import ALERT, AUDIT_ENTRY, CYCLE_SPAN, EXTENSION, NOTICE, REPORT
from notifications.expand import expand
from tests.make import LEAD, SUPPORTING, UBND, World, noon, on
from tests.notifications.life import tick
from workflow.asked import of_cycle
from workflow.commands import cycles, dispositions, extensions, results, urging
from workflow.commands.calendar import RecordOutage, SetCalendarDay
from workflow.inbox import Why, inbox
from workflow.law.deadlines import local_day
from workflow.law.errors import NotFound, Reason, Refused
from workflow.law.urging import LADDER, next_level
from workflow.urgings import ladder

DUE = date(2026, 12, 14)
NEW = date(2027, 1, 29)
HOUR = timedelta(hours=1)


def ask(world: World, cycle_id: int, day: date = NEW) -> Any:
    return world.do(
        extensions.AskExtension(
            cycle_id, day, ReasonClass.OBJECTIVE, "Chờ số liệu", world.document("7/CV-THU")
        ),
        world.head(),
    )


def decide(world: World, cycle_id: int, granted: bool, day: date | None = None) -> Any:
    return world.do(
        extensions.DecideExtension(
            cycle_id, granted, "Đã xem xét", world.document("8/UBND-VX"), day
        ),
        world.chairman,
    )


def reasons(refused: pytest.ExceptionInfo[Refused]) -> set[Reason]:
    return {r.reason for r in refused.value.refusals}


def report_on(world: World, cycle_id: int, day: date) -> Any:
    with on(world, day):
        return world.do(world.report(cycle_id), world.head())


@pytest.fixture
def cycle_id(world: World) -> int:
    found = world.cycle()
    world.do(cycles.AcceptTask(found, "Đầu mối"), world.head())
    return found


# ------------------------------------------------------------------------------ extensions


def test_an_extension_moves_the_deadline_and_keeps_the_original(
    world: World, cycle_id: int
) -> None:
    with on(world, date(2026, 12, 1)):
        ask(world, cycle_id)
        decide(world, cycle_id, granted=True)

    row = world.row(cycle_id)
    assert (row["due_on"], row["effective_due_on"], row["original_due_on"]) == (NEW, NEW, DUE)
    assert row["extension_count"] == 1
    assert row["missed_due_on"] is row["extension_asked"] is None
    assert report_on(world, cycle_id, date(2027, 1, 20)).data["late_days"] == 0
    # On time against the extended day; against the original it is 37 days late.
    assert (date(2027, 1, 20) - world.row(cycle_id)["original_due_on"]).days == 37


def test_reminders_follow_the_new_day(world: World, cycle_id: int) -> None:
    tick(world, date(2026, 12, 1))
    with on(world, date(2026, 12, 1)):
        ask(world, cycle_id)
        decide(world, cycle_id, granted=True)

    tick(world, date(2027, 1, 30))

    with world.engine.connect() as conn:
        rungs = conn.execute(
            select(ALERT.c.due_on, ALERT.c.rung)
            .where(ALERT.c.cycle_id == cycle_id, ALERT.c.post == "lead_head")
            .order_by(ALERT.c.fires_on)
        ).all()
        old = conn.execute(
            select(ALERT.c.superseded_on)
            .where(ALERT.c.cycle_id == cycle_id, ALERT.c.due_on == DUE)
            .distinct()
        ).scalars()
        assert set(old) == {date(2026, 12, 1)}
    assert [tuple(r) for r in rungs] == [
        (DUE, "before_30"),
        (NEW, "before_30"),
        (NEW, "before_7"),
        (NEW, "before_1"),
        (NEW, "due"),
        (NEW, "overdue_1"),
    ]


def test_a_refused_extension_changes_no_day(world: World, cycle_id: int) -> None:
    ask(world, cycle_id)
    decide(world, cycle_id, granted=False)

    row = world.row(cycle_id)
    assert (row["due_on"], row["extension_count"], row["extension_asked"]) == (DUE, 0, None)
    ask(world, cycle_id)
    with world.engine.connect() as conn:
        numbers = list(conn.execute(select(EXTENSION.c.number)).scalars())
    assert numbers == [1, 2], "the n-th request is shown"


def test_another_day_than_asked_may_be_granted(world: World, cycle_id: int) -> None:
    ask(world, cycle_id)
    decide(world, cycle_id, granted=True, day=date(2026, 12, 30))

    assert world.row(cycle_id)["due_on"] == date(2026, 12, 30)
    with world.engine.connect() as conn:
        kept = conn.execute(
            select(EXTENSION.c.asked_due_on, EXTENSION.c.granted_due_on, EXTENSION.c.old_due_on)
        ).one()
    assert tuple(kept) == (NEW, date(2026, 12, 30), DUE)


def test_one_request_at_a_time_and_only_for_a_later_day(world: World, cycle_id: int) -> None:
    with pytest.raises(Refused) as earlier:
        ask(world, cycle_id, DUE)
    ask(world, cycle_id)
    with pytest.raises(Refused) as again:
        ask(world, cycle_id)
    with pytest.raises(Refused) as back:
        decide(world, cycle_id, granted=True, day=DUE)

    assert reasons(earlier) == {Reason.NOT_LATER}
    assert reasons(again) == {Reason.EXTENSION_OPEN}
    assert reasons(back) == {Reason.NOT_LATER}


def test_a_day_that_has_passed_is_not_granted(world: World, cycle_id: int) -> None:
    """Asked in time and decided late: the day asked for may lie behind whoever decides."""
    ask(world, cycle_id, date(2026, 12, 31))

    with on(world, date(2027, 1, 4)):
        with pytest.raises(Refused) as refused:
            decide(world, cycle_id, True)
        assert reasons(refused) == {Reason.DAY_PASSED}
        assert decide(world, cycle_id, True, date(2027, 1, 4)).data["granted"]


def test_after_the_deadline_only_ubnd_extends_and_the_mark_stays(
    world: World, cycle_id: int
) -> None:
    with on(world, DUE + timedelta(days=1)):
        with pytest.raises(Refused) as asked:
            ask(world, cycle_id)
        late = extensions.ExtendLate(
            cycle_id, NEW, ReasonClass.OBJECTIVE, "Bão số 9", world.document("9/UBND-VX")
        )
        with pytest.raises(Refused):
            world.do(late, world.judge)
        world.do(late, world.chairman)

    assert reasons(asked) == {Reason.DEADLINE_PASSED}
    row = world.row(cycle_id)
    assert (row["effective_due_on"], row["missed_due_on"]) == (NEW, DUE)
    assert row["original_due_on"] == DUE
    assert report_on(world, cycle_id, date(2027, 1, 20)).data["late_days"] == 37


def test_a_late_extension_before_the_deadline_is_the_ordinary_one(
    world: World, cycle_id: int
) -> None:
    late = extensions.ExtendLate(
        cycle_id, NEW, ReasonClass.SUBJECTIVE, "Chậm", world.document("9/UBND-VX")
    )
    with on(world, DUE), pytest.raises(Refused) as refused:
        world.do(late, world.chairman)

    assert reasons(refused) == {Reason.DEADLINE_NOT_PASSED}


def test_a_return_with_a_new_day_moves_reminders_and_not_the_deadline(
    world: World, cycle_id: int
) -> None:
    report_on(world, cycle_id, date(2026, 12, 10))
    again = date(2026, 12, 21)
    with on(world, date(2026, 12, 12)):
        world.do(results.ReturnReport(cycle_id, "Thiếu", "Bảng 2", again), world.judge)

    row = world.row(cycle_id)
    assert (row["due_on"], row["effective_due_on"]) == (DUE, again)
    with world.engine.connect() as conn:
        running = conn.execute(
            select(CYCLE_SPAN.c.due_on).where(
                CYCLE_SPAN.c.cycle_id == cycle_id, CYCLE_SPAN.c.until_on.is_(None)
            )
        ).scalar_one()
    assert running == again
    assert report_on(world, cycle_id, again).data["late_days"] == 0


@pytest.mark.parametrize("how", ["verified", "ended"])
def test_a_request_lapses_with_what_it_was_about(world: World, cycle_id: int, how: str) -> None:
    """Nobody can decide it any more; after a reopening the head asks anew."""
    ask(world, cycle_id)
    world.do(world.report(cycle_id), world.head())
    document = world.document("15/QĐ-UBND")
    if how == "verified":
        world.do(results.VerifyResult(cycle_id), world.judge)
    else:
        world.do(dispositions.EndCycle(cycle_id, "Bãi bỏ", document), world.chairman)

    assert world.row(cycle_id)["extension_asked"] is None
    with world.engine.connect() as conn:
        kept = conn.execute(select(EXTENSION.c.status, EXTENSION.c.decided_by_id)).one()
    assert tuple(kept) == (ExtensionStatus.LAPSED, None)
    if how == "verified":
        world.do(cycles.ReopenCycle(cycle_id, "Số liệu sai", document), world.chairman)
        assert ask(world, cycle_id).data["number"] == 2


RESEND = date(2026, 12, 25)
# After a report sent in time was returned until 25/12: (day, what is asked for, why not).
IN_RETURN = [
    (date(2026, 12, 20), "ask", NEW, None),
    (RESEND, "ask", NEW, None),
    (RESEND + timedelta(days=1), "ask", NEW, Reason.DEADLINE_PASSED),
    (date(2026, 12, 20), "ask", RESEND, Reason.NOT_LATER),
    (date(2026, 12, 20), "late", NEW, Reason.DEADLINE_NOT_PASSED),
    (RESEND, "late", NEW, Reason.DEADLINE_NOT_PASSED),
    (RESEND + timedelta(days=1), "late", NEW, None),
]


@pytest.mark.parametrize(("day", "what", "wanted", "why_not"), IN_RETURN)
def test_the_day_given_with_a_return_is_the_one_an_extension_is_about(
    world: World, cycle_id: int, day: date, what: str, wanted: date, why_not: Reason | None
) -> None:
    report_on(world, cycle_id, date(2026, 12, 10))
    with on(world, date(2026, 12, 16)):
        world.do(results.ReturnReport(cycle_id, "Thiếu", "Bảng 2", RESEND), world.judge)
    with on(world, day):
        late = extensions.ExtendLate(
            cycle_id, wanted, ReasonClass.OBJECTIVE, "Bão số 9", world.document("9/UBND-VX")
        )
        act: Callable[[], Any] = (
            (lambda: ask(world, cycle_id, wanted))
            if what == "ask"
            else (lambda: world.do(late, world.chairman))
        )
        if why_not:
            with pytest.raises(Refused) as refused:
                act()
            assert reasons(refused) == {why_not}
            return
        act()
        if what == "ask":
            decide(world, cycle_id, granted=True)

    row = world.row(cycle_id)
    assert row["effective_due_on"] == wanted
    assert row["missed_due_on"] == (RESEND if what == "late" else None)


# ------------------------------------------------------------------------------ outages


def outage(world: World, first: date, last: date, who: Any = None) -> Any:
    keeper = who or world.person(Role.ADMIN, UBND)
    return world.do(
        RecordOutage(noon(first), noon(last), "Mất điện", world.document("5/TB-THU")), keeper
    )


def test_an_outage_on_the_due_day_moves_open_deadlines_only(world: World, cycle_id: int) -> None:
    done = world.cycle("II.4-a", "so-thuong-truc")
    with on(world, date(2026, 12, 10)):
        world.bring(done, CycleState.REPORTED)
    with on(world, DUE + timedelta(days=1)):
        found = outage(world, DUE, DUE + timedelta(days=1))

    moved = date(2026, 12, 16)
    assert found.data["moved_to"] == moved.isoformat()
    row = world.row(cycle_id)
    assert (row["due_on"], row["effective_due_on"], row["original_due_on"]) == (moved, moved, DUE)
    assert row["missed_due_on"] is None
    assert world.row(done)["due_on"] == DUE
    assert report_on(world, cycle_id, moved).data["late_days"] == 0


@pytest.mark.parametrize(
    ("sent", "late", "recounted"),
    [
        # Down from noon of the 14th to noon of the 15th; recorded on the 18th.
        (noon(DUE + timedelta(days=1)) + timedelta(hours=1), 1, 0),
        (noon(DUE + timedelta(days=2)), 2, 0),
        (noon(DUE + timedelta(days=4)) - timedelta(hours=1), 4, 2),
        (noon(DUE) - timedelta(hours=1), 0, 0),
        (noon(DUE) + timedelta(hours=1), 0, 0),
    ],
)
def test_who_reported_after_an_outage_stands_no_worse_than_who_did_not(
    world: World, cycle_id: int, sent: datetime, late: int, recounted: int
) -> None:
    """The deadline moves to the 16th for both; the entry says what was and what is."""
    open_one = world.cycle("II.4-a", "so-thuong-truc")
    with on(world, local_day(sent)):
        world.do(world.report(cycle_id), world.head(), now=sent)
    before = world.row(cycle_id)
    assert before["late_days"] == late
    with on(world, DUE + timedelta(days=4)):
        found = outage(world, DUE, DUE + timedelta(days=1))

    row, moved = world.row(cycle_id), date(2026, 12, 16)
    assert (row["late_days"], row["first_sent_on_time"]) == (recounted, recounted == 0)
    assert row["original_due_on"] == DUE
    assert world.row(open_one)["effective_due_on"] == moved
    is_changed = late != recounted
    assert found.data["recounted"] == is_changed
    assert row["effective_due_on"] == (moved if is_changed else DUE)
    with world.engine.connect() as conn:
        kept = conn.execute(select(REPORT.c.late_days).where(REPORT.c.cycle_id == cycle_id))
        assert list(kept.scalars()) == [recounted]
        entries = conn.execute(
            select(AUDIT_ENTRY.c.body).where(AUDIT_ENTRY.c.command == "recount_lateness")
        ).scalars()
        assert [f'"was_late":{late}' in e and f'"late_days":{recounted}' in e for e in entries] == (
            [True] if is_changed else []
        )


def test_an_outage_takes_no_mark_of_a_late_extension_away(world: World, cycle_id: int) -> None:
    with on(world, DUE + timedelta(days=2)):
        late = extensions.ExtendLate(
            cycle_id,
            date(2027, 1, 15),
            ReasonClass.OBJECTIVE,
            "Chờ số liệu",
            world.document("9/UBND-VX"),
        )
        world.do(late, world.chairman)
    with on(world, date(2027, 1, 18)):
        world.do(world.report(cycle_id), world.head())
    before = world.row(cycle_id)["late_days"]
    with on(world, date(2027, 1, 19)):
        outage(world, date(2027, 1, 15), date(2027, 1, 16))

    assert world.row(cycle_id)["late_days"] == before == 35


def test_a_report_that_was_returned_is_first_sent_in_time_after_all(
    world: World, cycle_id: int
) -> None:
    """Sent a day late after the outage, returned with a day that is then kept: in time."""
    with on(world, DUE + timedelta(days=1)):
        world.do(world.report(cycle_id), world.head(), now=world.now + HOUR)
    with on(world, DUE + timedelta(days=2)):
        again = date(2026, 12, 24)
        world.do(results.ReturnReport(cycle_id, "Thiếu", "Bảng 2", again), world.judge)
    with on(world, DUE + timedelta(days=4)):
        outage(world, DUE, DUE + timedelta(days=1))

    row = world.row(cycle_id)
    assert (row["first_sent_on_time"], row["effective_due_on"]) == (True, again)
    assert report_on(world, cycle_id, again).data["late_days"] == 0


def test_the_moved_day_of_a_return_stays_moved_when_the_report_is_taken_back(
    world: World, cycle_id: int
) -> None:
    again, moved = date(2026, 12, 21), date(2026, 12, 23)
    report_on(world, cycle_id, date(2026, 12, 10))
    with on(world, date(2026, 12, 16)):
        world.do(results.ReturnReport(cycle_id, "Thiếu", "Bảng 2", again), world.judge)
    with on(world, date(2026, 12, 22)):
        outage(world, again, date(2026, 12, 22))
        world.do(world.report(cycle_id), world.head())
        world.do(results.WithdrawReport(cycle_id, "Sai bảng"), world.head())

    assert world.row(cycle_id)["effective_due_on"] == moved
    assert report_on(world, cycle_id, moved).data["late_days"] == 0


def test_an_outage_that_goes_on_is_not_yet_recorded(world: World) -> None:
    with pytest.raises(Refused) as refused:
        outage(world, world.today, world.today + timedelta(days=2))
    with pytest.raises(Refused) as stranger:
        outage(world, world.today - timedelta(days=2), world.today, world.judge)

    assert reasons(refused) == {Reason.OUTAGE_NOT_OVER}
    assert reasons(stranger) == {Reason.NOT_YOUR_ROLE}


def test_a_new_day_off_moves_what_is_still_to_come_and_nothing_that_was_told(
    world: World, cycle_id: int
) -> None:
    tick(world, date(2026, 12, 3))
    with on(world, date(2026, 12, 4)):
        for day in (date(2026, 12, 10), date(2026, 12, 11)):
            world.do(
                SetCalendarDay(day, DayKind.SWAPPED_OFF, "Nghỉ thiên tai", "Công điện 12/CĐ-UBND"),
                world.person(Role.ADMIN, UBND),
            )
    tick(world, date(2026, 12, 15))

    with world.engine.connect() as conn:
        fired = dict(
            conn.execute(
                select(ALERT.c.rung, ALERT.c.fires_on).where(
                    ALERT.c.cycle_id == cycle_id, ALERT.c.post == "lead_head"
                )
            ).all()
        )
    assert fired["before_7"] == date(2026, 12, 3), "told already"
    assert fired["before_1"] == date(2026, 12, 9), "11/12 would have been the last working day"
    assert fired["due"] == DUE


# ------------------------------------------------------------------------------ urging


def test_urgings_are_counted_and_told(world: World, cycle_id: int) -> None:
    for number in (1, 2):
        done = world.do(
            urging.Urge(cycle_id, UrgeLevel.REMINDER, "Đề nghị báo cáo", date(2026, 3, 9)),
            world.officer("so-thuong-truc"),
        )
        assert done.data["number"] == number
    expand(world.engine, world.now)

    with world.engine.connect() as conn:
        told = conn.execute(
            select(NOTICE.c.text, NOTICE.c.is_urgent).where(NOTICE.c.name == "urged").distinct()
        ).all()
    assert {t.text for t in told} == {
        "Đôn đốc lần 1, trả lời trước hết ngày 09/03/2026: Đề nghị báo cáo",
        "Đôn đốc lần 2, trả lời trước hết ngày 09/03/2026: Đề nghị báo cáo",
    }
    assert all(t.is_urgent for t in told)


@pytest.mark.parametrize(("taken_back", "unanswered"), [(False, 0), (True, 1)])
def test_a_report_that_is_taken_back_answers_no_urging(
    world: World, cycle_id: int, taken_back: bool, unanswered: int
) -> None:
    """Else sending and taking back on one day would begin the ladder of urging anew."""
    reminder = urging.Urge(cycle_id, UrgeLevel.REMINDER, "Đề nghị báo cáo", date(2026, 11, 27))
    with on(world, date(2026, 11, 25)):
        world.do(reminder, world.judge)
    report_on(world, cycle_id, date(2026, 11, 26))
    if taken_back:
        with on(world, date(2026, 11, 26)):
            world.do(results.WithdrawReport(cycle_id, "Gửi nhầm"), world.head())
    else:
        with on(world, date(2026, 11, 26)):
            back = results.ReturnReport(cycle_id, "Thiếu", "Bảng 2", date(2026, 12, 4))
            world.do(back, world.judge)

    with world.engine.connect() as conn:
        steps = ladder(conn, world.judge, date(2026, 12, 1)).steps
        waiting = inbox(conn, world.judge, date(2026, 12, 1)).waiting
        (urged,) = of_cycle(conn, cycle_id).urgings
    assert (urged["answered_at"] is None) is taken_back
    assert [s.unanswered for s in steps if s.cycle["id"] == cycle_id] == [unanswered]
    heard = [r["id"] for w in waiting if w.why is Why.UNANSWERED for r in w.rows]
    assert heard == [cycle_id] * unanswered


def test_a_letter_needs_the_hand_that_signs_it(world: World, cycle_id: int) -> None:
    officer, office = world.officer("so-thuong-truc"), world.office
    for level, who in ((UrgeLevel.AGENCY_LETTER, officer), (UrgeLevel.UBND_LETTER, world.judge)):
        with pytest.raises(Refused) as refused:
            world.do(urging.Urge(cycle_id, level, "Đề nghị", date(2026, 3, 9)), who)
        assert reasons(refused) == {Reason.LEVEL_TOO_HIGH}

    assert world.do(
        urging.Urge(cycle_id, UrgeLevel.UBND_LETTER, "Đề nghị", date(2026, 3, 9)), office
    )


def test_nobody_is_urged_for_what_he_has_reported(world: World, cycle_id: int) -> None:
    world.do(world.report(cycle_id), world.head())

    with pytest.raises(Refused) as refused:
        world.do(
            urging.Urge(cycle_id, UrgeLevel.REMINDER, "Đề nghị", date(2026, 3, 9)), world.judge
        )
    assert Reason.WRONG_STATE in reasons(refused)


def test_the_number_of_a_letter_comes_afterwards(world: World, cycle_id: int) -> None:
    world.do(
        urging.Urge(cycle_id, UrgeLevel.AGENCY_LETTER, "Đề nghị", date(2026, 3, 9), "thu-1"),
        world.judge,
    )

    done = world.do(urging.NumberLetter("thu-1", world.document("77/STT-TH")), world.judge)

    assert done.data["urgings"] == 1
    with pytest.raises(NotFound):
        world.do(urging.NumberLetter("khong-co", world.document()), world.judge)


def test_a_question_is_answered_by_the_head_and_once(world: World, cycle_id: int) -> None:
    with pytest.raises(Refused):
        world.do(urging.Explain(cycle_id, "Vì"), world.head())
    world.do(urging.AskExplanation(cycle_id, "Vì sao chậm?", date(2026, 3, 9)), world.chairman)
    with pytest.raises(Refused) as officer:
        world.do(urging.Explain(cycle_id, "Vì"), world.officer())
    world.do(urging.Explain(cycle_id, "Chờ số liệu"), world.head())

    assert reasons(officer) == {Reason.NOT_YOUR_ROLE}
    assert world.row(cycle_id)["explanation_by"] is None


def test_a_flag_is_raised_once_and_taken_down_with_a_reason(world: World, cycle_id: int) -> None:
    world.do(urging.RaiseFlag(cycle_id, FlagKind.STAR, "Trọng điểm"), world.chairman)
    with pytest.raises(Refused) as again:
        world.do(urging.RaiseFlag(cycle_id, FlagKind.STAR, "Trọng điểm"), world.chairman)
    world.do(urging.LowerFlag(cycle_id, FlagKind.STAR, "Xong"), world.judge)
    with pytest.raises(Refused) as gone:
        world.do(urging.LowerFlag(cycle_id, FlagKind.STAR, "Xong"), world.judge)

    assert reasons(again) == {Reason.ALREADY_FLAGGED}
    assert reasons(gone) == {Reason.NOT_FLAGGED}


def test_a_supporter_is_asked_answers_and_his_silence_is_written_down(
    world: World, cycle_id: int
) -> None:
    asking = urging.AskSupport(cycle_id, SUPPORTING, "Cho số liệu", date(2026, 3, 9))
    world.do(asking, world.officer())
    world.do(cycles.Contribute(cycle_id, "Số liệu đây"), world.officer(SUPPORTING))
    with pytest.raises(NotFound):
        world.do(urging.NoteSilence(cycle_id, SUPPORTING, "Chưa có"), world.head())
    world.do(asking, world.officer())
    silence = urging.NoteSilence(cycle_id, SUPPORTING, "Chưa có")
    with on(world, date(2026, 3, 9)), pytest.raises(Refused) as early:
        world.do(silence, world.head())
    with on(world, date(2026, 3, 10)):
        done = world.do(silence, world.head())
    with pytest.raises(Refused) as stranger:
        world.do(urging.AskSupport(cycle_id, LEAD, "?", date(2026, 3, 9)), world.head())

    assert reasons(early) == {Reason.ANSWER_NOT_DUE}
    assert done.data["requests"] == 1
    assert reasons(stranger) == {Reason.NOT_SUPPORTING}


def test_the_next_level_is_louder_and_after_more_than_three_the_meeting() -> None:
    reminder, letter, ubnd, meeting = LADDER

    assert next_level([]) is reminder
    assert next_level([reminder]) is letter
    assert next_level([reminder, letter, reminder]) is ubnd
    assert next_level([reminder] * 3) is letter
    assert next_level([reminder] * 4) is next_level([ubnd]) is next_level([meeting]) is meeting


# ------------------------------------------------------------------------------ withdrawing


def test_a_colleague_withdraws_what_a_head_sent_and_the_sender_is_told(
    world: World, cycle_id: int
) -> None:
    sender, colleague = world.head(LEAD, 2), world.head()
    world.do(world.report(cycle_id), sender)

    world.do(results.WithdrawReport(cycle_id, "Sai số liệu"), colleague)

    assert world.row(cycle_id)["state"] == CycleState.IN_PROGRESS
    expand(world.engine, world.now)
    told = select(NOTICE.c.person_id, NOTICE.c.text).where(NOTICE.c.name == "withdrawn")
    with world.engine.connect() as conn:
        found = {row.person_id: row.text for row in conn.execute(told)}
    assert "Sai số liệu" in found[sender.person_id]
    assert colleague.person_id not in found
