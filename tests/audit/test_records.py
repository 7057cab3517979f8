"""What reading and trespassing leave in the log: once a day, so many a day, for whose eyes."""

import io
import json
from typing import Any

import pytest
from sqlalchemy import select

from models.states import CycleState, Role
from models.tables import AUDIT_ENTRY
from tests.make import INSPECTORATE, LEAD, OTHER, STANDING, World
from tests.web.conftest import Open, as_, clock
from workflow import audit, history
from workflow.commands import records as commands
from workflow.commands.results import AttachFile

__all__ = ["as_", "clock"]


def kept(world: World, command: str) -> list[Any]:
    with world.engine.connect() as conn:
        found = select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.command == command)
        return list(conn.execute(found.order_by(AUDIT_ENTRY.c.id)).mappings())


def test_who_tries_to_verify_his_own_agencys_work_is_on_record_once_a_day(
    world: World, as_: Open
) -> None:
    own = world.bring(world.cycle("II.4-a", STANDING), CycleState.REPORTED)
    judge = as_(world.judge)
    for _ in range(3):
        judge.post(f"/cycles/{own}/verify", status=409)
    judge.post(
        f"/cycles/{own}/return", {"reason": "a", "missing": "b", "resend_by": "30/3/2026"}, 409
    )

    first, second = kept(world, "refuse")
    assert (first["object_kind"], first["object_id"], first["agency_code"]) == (
        "refusal",
        own,
        STANDING,
    )
    assert "II.4-a" in first["object_label"]
    told = history.tell(first)
    assert "Xác nhận kết quả" in told.sentence
    assert "xung đột lợi ích" in (told.words or "")
    assert "Trả lại" in history.tell(second).sentence

    world.today = world.today.replace(day=3)
    as_(world.judge).post(f"/cycles/{own}/verify", status=409)
    assert len(kept(world, "refuse")) == 3


def test_a_slip_is_no_trespass(world: World, as_: Open) -> None:
    open_, done = world.cycle(), world.cycle("II.6-a")
    world.bring(open_, CycleState.IN_PROGRESS)
    world.bring(done, CycleState.VERIFIED)
    head = as_(world.head())
    head.post(f"/cycles/{done}/progress", {"percent": "10", "text": "Muộn"}, 409)
    head.post(f"/cycles/{open_}/progress", {"percent": "1000", "text": ""}, 422)
    head.get(f"/cycles/{done}/verify", 409)

    assert kept(world, "refuse") == []


def test_what_one_may_not_see_is_named_by_the_number_one_typed(world: World, as_: Open) -> None:
    hidden = world.cycle()
    other = as_(world.head(OTHER))
    for number in (hidden, 999_999):
        other.post(f"/cycles/{number}/accept", {"focal_person": "Ông A"}, 404)
    other.post("/admin/people/new", {}, 403)

    labels = [e["object_label"] for e in kept(world, "refuse")]
    assert labels == [f"cycle {hidden}", "cycle 999999", "/admin/people/new"]


def test_refusals_are_for_inspectors_and_for_oneself(world: World, as_: Open) -> None:
    as_(world.officer(LEAD)).post(f"/cycles/{world.cycle()}/verify", status=409)
    (entry,) = kept(world, "refuse")

    def sees(who: Any) -> bool:
        with world.engine.connect() as conn:
            found = audit.search(conn, who, audit.Wanted(command="refuse")).rows
            return [e["id"] for e in found] == [entry["id"]]

    assert sees(world.person(Role.INSPECTOR, INSPECTORATE))
    assert sees(world.officer(LEAD))
    for other in (world.head(LEAD), world.office, world.chairman, world.judge):
        assert not sees(other)


def test_a_day_has_room_for_so_many(
    world: World, as_: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(commands.A_DAY, commands.REFUSE, 3)
    other = as_(world.head(OTHER))
    for number in range(6):
        other.post(f"/cycles/{900_000 + number}/accept", {"focal_person": "Ông A"}, 404)

    details = [json.loads(e["body"])["details"] for e in kept(world, "refuse")]
    assert [d["last_today"] for d in details] == [False, False, True]


def test_what_is_taken_away_is_on_record_with_its_digest(world: World, as_: Open) -> None:
    cycle = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    stored = world.app.extensions["dondoc"].files.put(io.BytesIO(b"%PDF-1.7 so lieu"))
    file = AttachFile(cycle, stored.sha256, "so-lieu.pdf", stored.size, stored.media_type)
    number = world.do(file, world.head()).data["attachment_id"]
    head = as_(world.head())
    for _ in range(2):
        head.client.get(f"/cycles/{cycle}/files/{number}").close()
        head.client.get("/excel/download.xlsx").close()

    paper, sheet = kept(world, "download")
    assert (paper["object_label"], paper["object_id"]) == ("so-lieu.pdf", cycle)
    assert json.loads(paper["body"])["digests"] == [stored.sha256]
    assert history.tell(sheet).sentence.endswith("tải xuống nhiem-vu-2026.xlsx.")
