"""Ruling on a place where the document disagrees with itself: by whom, on what, once."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from models.states import Capacity, ConflictStatus, Role
from models.tables import AUDIT_ENTRY, PLAN_CONFLICT
from tests.make import World
from workflow.commands.plans import LoadPlan, RuleConflict
from workflow.law.errors import NotFound, Reason, Refused, Stale
from workflow.law.facts import SYSTEM
from workflow.register import conflict_found

SECOND = Path(__file__).with_name("second-plan.yaml")
STANDING = "phong-ldtbxh-tuy-phong"
RULING = "Lấy mức từ 95% trở lên cho năm 2027; năm 2024 theo mức trên 80%."


@pytest.fixture
def world(app: Flask) -> World:
    world = World(app, plan="157/KH-UBND")
    world.do(LoadPlan(SECOND), SYSTEM)
    return world


def conflict(world: World):
    with world.engine.connect() as conn:
        return conn.execute(select(PLAN_CONFLICT)).mappings().one()


def rule(world: World, who, **changed):
    values = {"ruling": RULING, "document": world.document("45/TB-UBND")} | changed
    return world.do(RuleConflict(conflict(world)["id"], **values), who)


PLACES = (STANDING, "ubnd-huyen-tuy-phong", "so-y-te")


@pytest.mark.parametrize("agency", PLACES)
@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SYSTEM])
def test_who_may_rule(world: World, role: Role, agency: str) -> None:
    allowed = role in (Role.OFFICE, Role.CHAIRMAN) or (role, agency) == (Role.HEAD, STANDING)
    who = world.person(role, agency)

    if allowed:
        rule(world, who)
        assert conflict(world)["status"] == ConflictStatus.RULED
    else:
        with pytest.raises(Refused) as refused:
            rule(world, who)
        assert [r.reason for r in refused.value.refusals] == [Reason.NOT_YOUR_ROLE]
        assert conflict(world)["status"] == ConflictStatus.OPEN


def test_a_ruling_keeps_its_words_its_document_and_its_person(world: World) -> None:
    who = world.head(STANDING)
    document = world.document("45/TB-UBND", capacity=Capacity.KT)

    rule(world, who, document=document)

    with world.engine.connect() as conn:
        found = conflict_found(conn, conflict(world)["id"])
        entry = (
            conn.execute(select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.command == "rule_conflict"))
            .mappings()
            .one()
        )
    assert (found.row["ruling"], found.row["ruled_by"]) == (RULING, who.name)
    assert (found.row["document_notation"], found.row["document_capacity"]) == ("45/TB-UBND", "KT")
    assert [t["code"] for t in found.tasks] == ["II.1-a"]
    assert [i["code"] for i in found.indicators] == ["NCT-01"]
    body = json.loads(entry["body"])
    assert (body["from"], body["to"], body["reason"]) == ("open", "ruled", RULING)
    assert body["document"]["notation"] == "45/TB-UBND"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"ruling": "  "}, Reason.MISSING),
        ({"ruling": "a" * 20_001}, Reason.TOO_LONG),
        ({"document": None}, Reason.MISSING),
        ({"document": {"issued_on": date(2026, 3, 3)}}, Reason.DOCUMENT_IN_FUTURE),
        ({"document": {"capacity": Capacity.TUQ}}, Reason.NO_AUTHORIZATION),
        ({"document": {"signer_name": " "}}, Reason.MISSING),
    ],
)
def test_a_ruling_needs_words_and_a_whole_document(
    world: World, changed: dict, reason: Reason
) -> None:
    if isinstance(changed.get("document"), dict):
        changed = {"document": world.document("45/TB-UBND", **changed["document"])}

    with pytest.raises(Refused) as refused:
        rule(world, world.head(STANDING), **changed)

    assert [r.reason for r in refused.value.refusals] == [reason]
    assert conflict(world)["status"] == ConflictStatus.OPEN


def test_a_conflict_is_ruled_on_once(world: World) -> None:
    rule(world, world.head(STANDING))

    with pytest.raises(Refused) as refused:
        rule(world, world.person(Role.OFFICE, "ubnd-huyen-tuy-phong"), ruling="Khác")

    assert [r.reason for r in refused.value.refusals] == [Reason.ALREADY_RULED]
    assert conflict(world)["ruling"] == RULING


def test_an_old_page_does_not_rule(world: World) -> None:
    with pytest.raises(Stale):
        rule(world, world.head(STANDING), seen_version=7)

    assert conflict(world)["status"] == ConflictStatus.OPEN


def test_what_is_not_there_is_not_found(world: World) -> None:
    command = RuleConflict(999_999, RULING, world.document("45/TB-UBND"))

    with pytest.raises(NotFound):
        world.do(command, world.head(STANDING))


def test_loading_again_keeps_the_ruling(world: World, tmp_path: Path) -> None:
    rule(world, world.head(STANDING))
    text = SECOND.read_text(encoding="utf-8").replace("trên 80% hay từ 95%", "80% hay 95%")
    file = tmp_path / "plan.yaml"
    file.write_text(text, encoding="utf-8")

    world.today += timedelta(days=30)
    world.do(LoadPlan(file), SYSTEM)

    row = conflict(world)
    assert (row["status"], row["ruling"]) == (ConflictStatus.RULED, RULING)
    assert "80% hay 95%" in row["title"]
