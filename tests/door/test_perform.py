"""perform(): one transaction, one trace, one answer; or nothing at all."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from models.states import CycleState
from models.tables import (
    AUDIT_ENTRY,
    CONTRIBUTION,
    CYCLE,
    IDEMPOTENCY,
    OUTBOX_EVENT,
    PERSON,
    PROGRESS_UPDATE,
)
from tests.door.raw import contents, counts
from tests.make import OTHER, SUPPORTING, World
from workflow import canonical
from workflow.commands import cycles, results
from workflow.commands.sheets import ApplySheet, SheetRow
from workflow.door import HANDLERS, Entry, Origin, Outcome, Transaction, WroteOutsideTheDoor
from workflow.law.errors import NotFound, Reason, Refusal, Refused, Stale

Handler = Callable[[Transaction, Any], Outcome]


@dataclass(frozen=True)
class Misbehave:
    """A command whose handler each test writes itself."""

    cycle_id: int = 1


@pytest.fixture
def misbehaving() -> Iterator[Callable[[Handler], None]]:
    def register(handler: Handler) -> None:
        HANDLERS[Misbehave] = handler

    yield register
    HANDLERS.pop(Misbehave, None)


def entry(**said: Any) -> Entry:
    return Entry("misbehave", "misbehaved", "cycle", 1, "thử", **said)


def entries(world: World, after: int = 0) -> list[Any]:
    with world.engine.connect() as conn:
        found = select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.id > after).order_by(AUDIT_ENTRY.c.id)
        return list(conn.execute(found).mappings())


def last_entry(world: World) -> int:
    return max(e["id"] for e in entries(world))


# --- nothing beside the trace -----------------------------------------------------------------


def test_a_command_inside_a_command_is_refused(
    world: World, misbehaving: Callable[[Handler], None]
) -> None:
    def nested(tx: Transaction, c: Misbehave) -> Outcome:
        return world.do(cycles.AcceptTask(world.cycle(), "Đầu mối"), world.head())

    misbehaving(nested)
    world.cycle()
    world.head()
    before = contents(world.engine)

    with pytest.raises(RuntimeError, match="inside a command"):
        world.do(Misbehave(), world.head())

    assert contents(world.engine) == before
    world.do(cycles.AcceptTask(world.cycle(), "Đầu mối"), world.head())  # the door still opens


def test_a_change_that_nobody_explains_does_not_happen(
    world: World, misbehaving: Callable[[Handler], None]
) -> None:
    def silent(tx: Transaction, c: Misbehave) -> Outcome:
        tx.update(CYCLE, tx.get(CYCLE, world.cycle()), percent=99)
        return Outcome("cycle", 1)

    misbehaving(silent)
    world.cycle()
    before = contents(world.engine)

    with pytest.raises(RuntimeError, match="did not say"):
        world.do(Misbehave(), world.head())

    assert contents(world.engine) == before


@pytest.mark.parametrize(
    "statement",
    [
        update(CYCLE).values(state="completed"),
        text("DELETE FROM cycle_party"),
        insert(OUTBOX_EVENT).values(at=datetime(2026, 1, 1, tzinfo=UTC), name="x"),
    ],
)
def test_a_handler_cannot_write_past_its_pen(
    world: World, misbehaving: Callable[[Handler], None], statement: Any
) -> None:
    def sly(tx: Transaction, c: Misbehave) -> Outcome:
        tx.note(entry())
        tx.conn.execute(statement)
        return Outcome("cycle", 1)

    misbehaving(sly)
    before = contents(world.engine)

    with pytest.raises(WroteOutsideTheDoor):
        world.do(Misbehave(), world.head())

    assert {k: v for k, v in contents(world.engine).items() if k != "person"} == {
        k: v for k, v in before.items() if k != "person"
    }


@pytest.mark.parametrize(
    "failure",
    [
        Refused(Refusal(Reason.OWN_WORK)),
        NotFound("cycle"),
        Stale("cycle", 1, 1, 2),
        KeyError("a fault"),
        KeyboardInterrupt(),
    ],
)
def test_a_failure_after_the_writing_leaves_nothing(
    world: World, misbehaving: Callable[[Handler], None], failure: BaseException
) -> None:
    cycle, who = world.cycle(), world.head()

    def half_done(tx: Transaction, c: Misbehave) -> Outcome:
        tx.note(entry())
        tx.update(CYCLE, tx.get(CYCLE, cycle), percent=99)
        tx.insert(
            PROGRESS_UPDATE, cycle_id=cycle, percent=1, text="x", by_id=who.person_id, at=tx.now
        )
        raise failure

    misbehaving(half_done)
    before = contents(world.engine)

    with pytest.raises(type(failure)):
        world.do(Misbehave(), who, key="một khóa")

    assert contents(world.engine) == before


def test_a_trail_that_cannot_be_written_takes_the_change_back(
    world: World, misbehaving: Callable[[Handler], None]
) -> None:
    cycle = world.cycle()

    def unspeakable(tx: Transaction, c: Misbehave) -> Outcome:
        tx.note(entry(details={"ratio": 0.5}))  # no canonical form
        tx.update(CYCLE, tx.get(CYCLE, cycle), percent=99)
        return Outcome("cycle", cycle)

    misbehaving(unspeakable)
    world.head()
    before = contents(world.engine)

    with pytest.raises(TypeError, match="canonical"):
        world.do(Misbehave(), world.head())

    assert contents(world.engine) == before


REFUSED_IN_EARNEST: dict[str, Callable[[World, int], None]] = {
    "wrong agency": lambda w, c: w.do(cycles.AcceptTask(c, "x"), w.head(SUPPORTING)),
    "not seen": lambda w, c: w.do(cycles.AcceptTask(c, "x"), w.head(OTHER)),
    "missing": lambda w, c: w.do(cycles.AcceptTask(c, " "), w.head()),
    "outdated": lambda w, c: w.do(cycles.AcceptTask(c, "x", seen_version=7), w.head()),
    "wrong state": lambda w, c: w.do(results.VerifyResult(c), w.judge),
    "no such cycle": lambda w, c: w.do(cycles.AcceptTask(999_999, "x"), w.head()),
}


@pytest.mark.parametrize("why", REFUSED_IN_EARNEST)
def test_a_refusal_leaves_every_table_as_it_was(world: World, why: str) -> None:
    cycle = world.cycle()
    for who in (world.head(), world.head(SUPPORTING), world.head(OTHER), world.judge):
        assert who
    before = contents(world.engine)

    with pytest.raises((Refused, NotFound, Stale)):
        REFUSED_IN_EARNEST[why](world, cycle)

    assert contents(world.engine) == before


# --- the entry --------------------------------------------------------------------------------


def test_one_act_leaves_one_entry_and_one_event(world: World) -> None:
    cycle, who = world.cycle(), world.officer()
    before, counted = last_entry(world), counts(world.engine)
    world.today = date(2026, 3, 3)
    origin = Origin("web", "10.0.0.0/24", "abc", "r-1")

    outcome = world.do(cycles.AcceptTask(cycle, "Trần Thị Bình"), who, origin=origin)

    [written] = entries(world, before)
    body = json.loads(written["body"])
    assert written["uid"] == outcome.entry_uid == body["uid"]
    assert body["actor"]["capacity"] is None, "an officer signs nothing"
    assert body["actor"]["login"] == who.login
    assert body["origin"] == {
        "channel": "web",
        "network": "10.0.0.0/24",
        "session": "abc",
        "request": "r-1",
    }
    assert (body["from"], body["to"]) == ("assigned", "in_progress")
    assert (body["object"]["version_before"], body["object"]["version_after"]) == (1, 2)
    [change] = [c for c in body["changes"] if c["table"] == "cycle"]
    assert change["before"] == {
        "changed_at": "2026-03-02T05:00:00.000Z",
        "focal_person": None,
        "state": "assigned",
        "version": 1,
    }
    assert change["after"] == {
        "changed_at": "2026-03-03T05:00:00.000Z",
        "focal_person": "Trần Thị Bình",
        "state": "in_progress",
        "version": 2,
    }
    after = counts(world.engine)
    assert after["audit_entry"] == counted["audit_entry"] + 1
    assert after["outbox_event"] == counted["outbox_event"] + 1


def test_every_body_is_canonical_and_hashes_to_its_leaf(world: World) -> None:
    world.bring(world.cycle(), CycleState.COMPLETED)

    found = entries(world)
    assert len(found) > 20
    for e in found:
        assert canonical.encode(json.loads(e["body"])) == e["body"]
        assert canonical.leaf_hash(e["body"]) == e["leaf_hash"]


def test_the_search_columns_say_what_the_body_says(world: World) -> None:
    world.bring(world.cycle(), CycleState.COMPLETED)

    for e in entries(world):
        body = json.loads(e["body"])
        assert {
            "uid": body["uid"],
            "at": body["at"],
            "actor_id": body["actor"]["id"],
            "actor_name": body["actor"]["name"],
            "role": body["actor"]["role"],
            "agency_code": body["actor"]["agency"],
            "command": body["command"],
            "object_kind": body["object"]["kind"],
            "object_id": body["object"]["id"],
            "object_label": body["object"]["label"],
            "from_state": body["from"],
            "to_state": body["to"],
            "reason": body["reason"],
        } == {k: canonical.plain(v) for k, v in e.items() if k not in ("id", "body", "leaf_hash")}


def test_words_are_hashed_in_one_form_however_they_were_typed(world: World) -> None:
    cycle = world.cycle()
    decomposed = "Tra\u0302\u0300n Thi\u0323 Bi\u0300nh"

    world.do(cycles.AcceptTask(cycle, decomposed), world.head())

    body = entries(world)[-1]["body"]
    assert "Trần Thị Bình" in body
    assert canonical.encode(json.loads(body)) == body


def test_a_password_hash_never_reaches_the_trail(world: World) -> None:
    with world.engine.connect() as conn:
        kept = conn.execute(select(PERSON.c.password_hash)).scalars().all()
        bodies = " ".join(conn.execute(select(AUDIT_ENTRY.c.body)).scalars())

    assert not any(h and h in bodies for h in kept)
    assert "argon2" not in bodies


def test_only_a_taken_key_is_told_as_somebody_being_faster(
    world: World, misbehaving: Callable[[Handler], None]
) -> None:
    cycle, who = world.cycle(), world.head()
    rows: list[dict[str, Any]] = [
        {"task_id": world.row(cycle)["task_id"]},  # taken: the cycle is there already
        {"task_id": 999_999},  # points nowhere
    ]

    def insert_row(tx: Transaction, c: Misbehave) -> Outcome:
        tx.note(entry())
        row = {k: v for k, v in world.row(cycle).items() if k not in ("id", "version")}
        tx.insert(CYCLE, **(row | rows[0]))
        return Outcome("cycle", cycle)

    misbehaving(insert_row)

    with pytest.raises(Stale) as stale:
        world.do(Misbehave(cycle), who)
    rows.pop(0)
    with pytest.raises(IntegrityError):
        world.do(Misbehave(cycle), who)

    assert (stale.value.kind, stale.value.object_id) == ("cycle", cycle)


# --- the same form twice ----------------------------------------------------------------------


def test_the_same_key_gives_the_same_answer_and_does_nothing(world: World) -> None:
    cycle, who = world.cycle("II.2-a"), world.officer(SUPPORTING)
    command = cycles.Contribute(cycle, "Phần của chúng tôi")
    first = world.do(command, who, key="một khóa")
    before = contents(world.engine)

    again = world.do(command, who, key="một khóa")

    assert (first.replayed, again.replayed) == (False, True)
    assert (again.entry_uid, again.object_id, dict(again.data)) == (
        first.entry_uid,
        first.object_id,
        dict(first.data),
    )
    assert contents(world.engine) == before


def test_without_a_key_doing_it_twice_is_doing_it_twice(world: World) -> None:
    cycle, who = world.cycle("II.2-a"), world.officer(SUPPORTING)
    command = cycles.Contribute(cycle, "Phần của chúng tôi")

    world.do(command, who)
    world.do(command, who)

    assert counts(world.engine)[CONTRIBUTION.name] == 2


def test_a_key_still_answers_after_the_state_has_moved_on(world: World) -> None:
    cycle = world.cycle()
    accept = cycles.AcceptTask(cycle, "Đầu mối", seen_version=1)
    first = world.do(accept, world.head(), key="một khóa")
    world.do(world.report(cycle), world.head())

    again = world.do(accept, world.head(), key="một khóa")

    assert again.replayed
    assert again.data == first.data


def test_a_second_click_on_what_is_gone_gets_the_first_answer(world: World) -> None:
    cycle = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    file = results.AttachFile(cycle, "0" * 64, "bao-cao.pdf", 10, "application/pdf")
    attached = world.do(file, world.head()).data["attachment_id"]
    detach = results.DetachFile(cycle, attached)
    world.do(detach, world.head(), key="một khóa")

    assert world.do(detach, world.head(), key="một khóa").replayed
    with pytest.raises(NotFound):
        world.do(detach, world.head(), key="khóa khác")


def test_a_key_used_for_something_else_is_refused(world: World) -> None:
    cycle, who = world.cycle(), world.officer(SUPPORTING)
    world.do(cycles.Contribute(cycle, "Phần một"), who, key="một khóa")
    before = contents(world.engine)

    with pytest.raises(Refused) as refused:
        world.do(cycles.Contribute(cycle, "Phần hai"), who, key="một khóa")

    assert [r.reason for r in refused.value.refusals] == [Reason.KEY_REUSED]
    assert contents(world.engine) == before


def test_keys_of_two_people_are_two_keys(world: World) -> None:
    cycle = world.cycle()
    command = cycles.Contribute(cycle, "Phần")

    world.do(command, world.officer(SUPPORTING), key="một khóa")
    other = world.do(command, world.head(SUPPORTING), key="một khóa")

    assert not other.replayed
    assert counts(world.engine)[IDEMPOTENCY.name] == 2


@pytest.mark.parametrize(
    "command",
    [
        lambda c: cycles.Contribute(c, "Phần của chúng tôi"),
        lambda c: cycles.AcceptTask(c, "Đầu mối", seen_version=1),
    ],
    ids=["an act that could be done twice", "an act that could not"],
)
def test_ten_clicks_at_once_are_one_act_and_ten_equal_answers(
    world: World, command: Callable[[int], Any]
) -> None:
    cycle = world.cycle("II.2-a")
    act = command(cycle)
    who = world.officer(SUPPORTING) if isinstance(act, cycles.Contribute) else world.head()
    before = counts(world.engine)
    start, answers = threading.Barrier(10), []

    def click() -> None:
        start.wait()
        try:
            answers.append(world.do(act, who, key="một khóa"))
        except Exception as failure:
            answers.append(failure)

    threads = [threading.Thread(target=click) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {type(a) for a in answers} == {Outcome}, answers
    assert len({a.entry_uid for a in answers}) == 1
    assert sorted(a.replayed for a in answers) == [False] + [True] * 9
    after = counts(world.engine)
    for table in ("audit_entry", "outbox_event", "idempotency"):
        assert after[table] == before[table] + 1


# --- somebody was faster ----------------------------------------------------------------------


def test_an_old_page_cannot_act_and_says_what_it_saw(world: World) -> None:
    cycle = world.cycle()
    world.do(cycles.AcceptTask(cycle, "Đầu mối", seen_version=1), world.head())

    with pytest.raises(Stale) as stale:
        world.do(world.report(cycle, seen_version=1), world.head())

    assert (stale.value.kind, stale.value.object_id) == ("cycle", cycle)
    assert (stale.value.seen, stale.value.current) == (1, 2)


def test_a_report_does_not_run_over_a_draft_nobody_saw(world: World) -> None:
    cycle = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    world.do(results.SaveDraft(cycle, result="Bản của chuyên viên"), world.officer())
    world.do(results.SaveDraft(cycle, result="Bản mới hơn"), world.officer())

    with pytest.raises(Stale):
        world.do(world.report(cycle, seen_draft=1), world.head())

    world.do(world.report(cycle, seen_draft=2), world.head())
    assert world.row(cycle)["state"] == CycleState.REPORTED


# --- time -------------------------------------------------------------------------------------


def test_a_moment_without_a_zone_is_no_moment(world: World) -> None:
    with pytest.raises(ValueError, match="time zone"):
        world.do(
            cycles.AcceptTask(world.cycle(), "x"),
            world.head(),
            now=datetime(2026, 3, 2),  # noqa: DTZ001 (what is refused)
        )


def test_the_day_of_an_act_is_the_day_in_vietnam(world: World) -> None:
    cycle = world.cycle()
    world.do(cycles.AcceptTask(cycle, "Đầu mối"), world.head())
    # 17:30 UTC on the 14th is half past midnight on the 15th over there.
    moment = datetime(2026, 12, 14, 17, 30, tzinfo=UTC)
    document = world.document(issued_on=date(2026, 12, 15))

    world.do(world.report(cycle, document=document), world.head(), now=moment)

    assert world.row(cycle)["late_days"] == 1
    assert world.row(cycle)["reported_at"] - moment < timedelta(seconds=1)


def test_a_key_is_for_everything_a_command_holds_also_for_rows_inside_it(world: World) -> None:
    cycle_id = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    version = world.row(cycle_id)["version"]
    sheet = ApplySheet("a" * 64, (SheetRow(cycle_id, version, 0, percent=40, text="Xong"),))
    other = ApplySheet("a" * 64, (SheetRow(cycle_id, version, 0, percent=90, text="Xong"),))

    world.do(sheet, world.officer(), key="sheet")
    again = world.do(sheet, world.officer(), key="sheet")

    assert again.replayed
    assert world.row(cycle_id)["percent"] == 40
    with pytest.raises(Refused) as refused:
        world.do(other, world.officer(), key="sheet")
    assert refused.value.refusals[0].reason is Reason.KEY_REUSED
