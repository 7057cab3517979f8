"""A database that lost its newest entries: what is refused, what goes on, and what it leaves."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from ledger import place, verify
from ledger.checkpoint import Checkpoint
from ledger.service import Ledger
from models.states import CycleState, Role
from models.tables import AUDIT_ENTRY, LEDGER_PLACE
from tests.ledger.test_service import roll_back
from tests.make import INSPECTORATE, World
from tests.visitors import SetClock, Visitor, admit, visit
from tests.web.conftest import Open, as_, clock
from workflow.commands.cycles import UpdateProgress
from workflow.commands.inspections import OpenInspection
from workflow.commands.ledger import (
    RecordTampering,
    RecordUnsealed,
    SearchLog,
    TakeExport,
)
from workflow.commands.people import EndSession, RecordFailedSignIn, SignIn, SignOut
from workflow.commands.records import RecordDownload, RecordRefusal
from workflow.door import WHEN_READ_ONLY, Door
from workflow.law.errors import Reason, Refused
from workflow.law.facts import SYSTEM

__all__ = ["as_", "clock"]


def restored(world: World, log: Ledger) -> tuple[Checkpoint, Checkpoint]:
    """The database is put back to an older head; that head and the one that is missing."""
    kept = log.sealer.seal()
    # An act that changes no row: what is kept still agrees with the tables when it is lost.
    world.do(TakeExport("1/QĐ-TTr", "Tất cả"), SYSTEM)
    lost = log.sealer.seal()
    assert kept is not None
    assert lost is not None
    roll_back(world, kept.checkpoint.size)
    services = world.app.extensions["dondoc"]
    begun = Door(world.engine, place.watch(world.engine, log.folder))  # as after a new start
    world.app.extensions["dondoc"] = replace(services, door=begun)
    return kept.checkpoint, lost.checkpoint


@pytest.fixture
def cycle(world: World) -> int:
    return world.bring(world.cycle(), CycleState.IN_PROGRESS)


@pytest.fixture
def inspector(world: World, clock: SetClock) -> Visitor:
    """An inspector at a browser, with a case folder, whom nobody has signed in yet."""
    who = admit(world, world.person(Role.INSPECTOR, INSPECTORATE))
    world.do(OpenInspection("12/QĐ-TTr", world.today, "Việc năm", world.today, world.today), who)
    return Visitor(world.app)


def told_since(world: World, start: int) -> Iterator[dict[str, Any]]:
    with world.engine.connect() as conn:
        found = select(AUDIT_ENTRY.c.body).where(AUDIT_ENTRY.c.id > start)
        for body in conn.execute(found.order_by(AUDIT_ENTRY.c.id)).scalars():
            yield json.loads(body)


def last_id(world: World) -> int:
    with world.engine.connect() as conn:
        newest = select(AUDIT_ENTRY.c.id).order_by(AUDIT_ENTRY.c.id.desc()).limit(1)
        return int(conn.execute(newest).scalar_one())


def test_these_and_no_others_pass_the_closed_door() -> None:
    assert {
        SignIn,
        RecordFailedSignIn,
        SignOut,
        EndSession,
        SearchLog,
        TakeExport,
        RecordDownload,
        RecordRefusal,
        RecordTampering,
        RecordUnsealed,
    } == WHEN_READ_ONLY


def test_an_inspector_works_on_while_the_system_is_read_only(
    world: World, log: Ledger, cycle: int, inspector: Visitor
) -> None:
    head = world.head()
    restored(world, log)
    start = last_id(world)
    login = world.person(Role.INSPECTOR, INSPECTORATE).login

    assert inspector.sign_in(login, "sai mật khẩu").status_code == 422
    assert inspector.sign_in(login).status_code == 303
    assert inspector.get("/audit?command=verify").status_code == 200
    assert inspector.get("/inspections/as-of?at=01/03/2026").status_code == 200
    sent = {"decision": "12/QĐ-TTr", "scope": "Việc năm"}
    for taken in (
        inspector.post("/inspections/1/export", sent),
        inspector.post("/inspections/1/sheet", sent | {"question": ""}),
        inspector.get("/reports/download/agency-year.xlsx?year=2026&agency=so-chu-tri"),
    ):
        assert taken.status_code == 200, taken.text
        taken.close()
    assert inspector.post("/sign-out").status_code == 303

    told = list(told_since(world, start))
    assert [body["command"] for body in told] == [
        "record_failed_sign_in",
        "sign_in",
        "search_log",
        "search_log",
        "take_export",
        "take_export",
        "download",
        "sign_out",
    ]
    touched = {change["table"] for body in told for change in body["changes"]}
    assert touched <= verify.NOT_EVIDENCE.keys()
    with pytest.raises(Refused) as refused:
        world.do(UpdateProgress(cycle, 60, "Không được"), head)
    assert refused.value.refusals[0].reason is Reason.READ_ONLY


def test_a_hash_that_would_be_renewed_waits_until_the_system_writes_again(
    world: World, log: Ledger, inspector: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is evidence: a sign-in may not change it while the system is read-only."""
    monkeypatch.setattr("workflow.identity.renewed", lambda *_: "another hash")
    restored(world, log)
    start = last_id(world)

    assert inspector.sign_in(world.person(Role.INSPECTOR, INSPECTORATE).login).status_code == 303

    (told,) = told_since(world, start)
    assert "person" not in {change["table"] for change in told["changes"]}


def test_a_trespass_is_on_record_while_the_system_is_read_only(
    world: World, log: Ledger, clock: SetClock
) -> None:
    officer = visit(world, world.officer())
    restored(world, log)
    start = last_id(world)

    assert officer.post("/inspections/1/export", {}).status_code == 403

    assert [body["command"] for body in told_since(world, start)] == ["refuse"]


def test_the_entry_that_opens_an_epoch_is_the_first_of_it(
    world: World, log: Ledger, inspector: Visitor
) -> None:
    """What was read meanwhile is sealed behind the entry that says what was lost, and why."""
    kept, lost = restored(world, log)
    inspector.sign_in(world.person(Role.INSPECTOR, INSPECTORATE).login)
    inspector.get("/audit?command=verify")

    sealed = log.new_epoch("Hỏng ổ đĩa", "12/BB-VPUBND")

    assert sealed is not None
    with world.engine.connect() as conn:
        found = conn.execute(
            select(AUDIT_ENTRY.c.command, AUDIT_ENTRY.c.body)
            .join(LEDGER_PLACE, LEDGER_PLACE.c.entry_uid == AUDIT_ENTRY.c.uid)
            .where(LEDGER_PLACE.c.position >= kept.size)
            .order_by(LEDGER_PLACE.c.position)
        ).all()
    assert [row.command for row in found] == ["open_epoch", "sign_in", "search_log"]
    assert verify.Note(json.loads(found[0].body)["details"]["lost"]).size == lost.size
    world.do(TakeExport("2/QĐ-TTr", "Tất cả"), SYSTEM)
    log.sealer.seal()
    verified = log.verify()
    assert verified["ok"], verify.say(verified)


def test_an_epoch_whose_opening_was_cut_is_opened_once(
    world: World, log: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    restored(world, log)
    with monkeypatch.context() as patched:
        patched.setattr(log.sealer, "start_epoch", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            log.new_epoch("Hỏng ổ đĩa", "12/BB-VPUBND")

    assert log.new_epoch("Hỏng ổ đĩa", "12/BB-VPUBND") is not None

    verified = log.verify()
    assert verified["ok"], verify.say(verified)


def test_every_page_says_that_the_system_is_read_only_what_is_missing_and_what_to_do(
    world: World, log: Ledger, as_: Open
) -> None:
    reader = as_(world.head())
    before = reader.get("/inbox").text
    _, lost = restored(world, log)

    for path, status in (("/inbox", 200), ("/tasks", 200), ("/nothing-here", 404)):
        said = reader.get(path, status=status).text
        assert "Hệ thống đang chỉ cho đọc" in said
        assert f"thiếu niêm phong {lost.size} mục lúc 12:00 02/03/2026" in said
        assert "backup restore" in said
        assert "ledger new-epoch" in said
    assert "chỉ cho đọc" not in before


def test_a_stranger_is_not_told_what_is_wrong(world: World, log: Ledger, as_: Open) -> None:
    restored(world, log)

    assert "chỉ cho đọc" not in as_(None).get("/sign-in").text


def test_a_read_only_system_is_not_ready(world: World, log: Ledger, clock: SetClock) -> None:
    visitor = Visitor(world.app)
    assert visitor.get("/readyz").text == "ready\n"
    _, lost = restored(world, log)

    answer = visitor.get("/readyz")

    assert answer.status_code == 503
    said = answer.text.splitlines()[-1]  # breaking in took the guards away as well
    assert said == f"read-only, checkpoint of {lost.size} entries ({lost.at}) missing"
    assert visitor.get("/healthz").status_code == 200
