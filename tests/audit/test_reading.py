"""The log read as somebody: what exists for whom, and the filters over it."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from models.states import Capacity, CycleState, Role
from models.tables import AUDIT_ENTRY, AUDIT_WORDS
from tests.make import (
    CO_LEAD,
    INSPECTORATE,
    LEAD,
    OTHER,
    STANDING,
    SUPPORTING,
    World,
    password_hash,
)
from workflow import audit
from workflow.commands import cycles, people, results
from workflow.commands.inspections import OpenInspection
from workflow.commands.ledger import SearchLog, TakeExport
from workflow.door import WroteOutsideTheDoor
from workflow.finding import found_by
from workflow.law.errors import NotFound
from workflow.law.facts import SYSTEM, ActorFacts


@pytest.fixture
def lived(world: World) -> World:
    """A world in which something of every kind has happened."""
    cycle_id = world.bring(world.cycle(), CycleState.REPORTED)
    world.bring(world.cycle("II.3-a", OTHER), CycleState.IN_PROGRESS)
    draft = world.bring(world.cycle("II.6-a"), CycleState.IN_PROGRESS)
    world.do(results.SaveDraft(draft, "Chưa gửi ai cả"), world.officer())
    admin = world.person(Role.ADMIN, STANDING)
    world.do(people.ResetPassword(world.officer().person_id or 0, password_hash()), admin)
    world.do(results.AppraiseReport(cycle_id), world.officer(STANDING))
    return world


def seen(world: World, reader: ActorFacts, /, **wanted: Any) -> list[Any]:
    found: list[Any] = []
    with world.engine.connect() as conn:
        page = audit.search(conn, reader, audit.Wanted(**wanted))
        while True:
            found += page.rows
            if page.older is None:
                return found
            page = audit.search(conn, reader, audit.Wanted(**wanted | {"before": page.older}))


def kinds(rows: list[Any]) -> set[str]:
    return {row["object_kind"] for row in rows}


def commands(rows: list[Any]) -> set[str]:
    return {row["command"] for row in rows}


def test_inspectors_see_every_entry_there_is(lived: World) -> None:
    everything = seen(lived, SYSTEM)

    assert seen(lived, lived.person(Role.INSPECTOR, INSPECTORATE)) == everything
    assert "save_draft" in commands(everything)


@pytest.mark.parametrize("who", ["office", "chairman"])
def test_the_leaders_see_all_but_work_on_drafts(lived: World, who: str) -> None:
    rows = seen(lived, getattr(lived, who))

    assert commands(seen(lived, SYSTEM)) - commands(rows) == {"save_draft"}


def test_an_agency_sees_what_happened_to_its_cycles_and_its_own_acts(lived: World) -> None:
    of_lead = seen(lived, lived.head())
    of_other = seen(lived, lived.head(OTHER))
    of_supporting = seen(lived, lived.head(SUPPORTING))

    labels = {
        row["object_label"].split(" · ")[0] for row in of_lead if row["object_kind"] == "cycle"
    }
    assert labels == {"II.2-a", "II.6-a", "II.7-a"}
    assert "appraise" in commands(of_lead)  # by somebody else, on its own report
    assert "save_draft" in commands(of_lead)
    assert not any("II.2-a" in row["object_label"] for row in of_other)
    assert any("II.2-a" in row["object_label"] for row in of_supporting)


def test_a_co_lead_sees_the_cycle_it_shares(lived: World) -> None:
    rows = seen(lived, lived.head(CO_LEAD))

    assert any("II.3-a" in row["object_label"] for row in rows)
    assert not any("II.2-a" in row["object_label"] for row in rows)


def test_the_standing_agency_sees_every_cycle_but_no_drafts_of_others(lived: World) -> None:
    rows = seen(lived, lived.judge)

    assert any("II.2-a" in row["object_label"] for row in rows)
    assert "save_draft" not in commands(rows)
    assert "reset_password" not in commands(rows)


def test_the_administrator_sees_acts_on_accounts_and_nothing_of_the_plan(lived: World) -> None:
    rows = seen(lived, lived.person(Role.ADMIN, STANDING))

    assert kinds(rows) == {"person"}
    assert "reset_password" in commands(rows)


def test_everybody_sees_what_was_done_to_his_own_account(lived: World) -> None:
    rows = seen(lived, lived.officer())

    about_me = [row for row in rows if row["object_kind"] == "person"]
    assert {row["object_id"] for row in about_me} == {lived.officer().person_id}
    assert "reset_password" in commands(about_me)


def test_one_without_any_role_sees_his_own_account_only(lived: World) -> None:
    made = lived.do(people.AddPerson("tran", "Người Trần", "Không"), SYSTEM)

    rows = seen(lived, lived.actor(made.object_id or 0))

    assert {(row["object_kind"], row["object_id"]) for row in rows} == {("person", made.object_id)}


def test_an_inspection_is_known_to_inspectors_only(lived: World) -> None:
    inspector = lived.person(Role.INSPECTOR, INSPECTORATE)
    decision = OpenInspection(
        "12/QĐ-TTT", lived.today, "Sở chủ trì", date(2026, 1, 1), date(2026, 3, 1)
    )
    lived.do(decision, inspector)
    lived.do(SearchLog("agency=so-chu-tri", 3), inspector)
    lived.do(TakeExport("12/QĐ-TTT", "Sở chủ trì", question="agency=so-chu-tri"), inspector)
    secret = {"open_inspection", "search_log", "take_export"}

    assert secret <= commands(seen(lived, inspector))
    for who in (lived.head(), lived.head(INSPECTORATE), lived.judge, lived.office, lived.chairman):
        assert not secret & commands(seen(lived, who)), who.login


def test_what_the_operator_takes_out_of_the_log_is_known_to_the_leaders(lived: World) -> None:
    lived.do(TakeExport("9/QĐ", "Sao lưu hằng tháng"), SYSTEM)

    for who in (lived.office, lived.chairman, lived.person(Role.INSPECTOR, INSPECTORATE)):
        assert "take_export" in commands(seen(lived, who))


def test_an_entry_one_may_not_see_does_not_exist(lived: World) -> None:
    draft = next(e for e in seen(lived, SYSTEM) if e["command"] == "save_draft")
    with lived.engine.connect() as conn:
        assert audit.entry_for(conn, lived.head(), draft["id"])["id"] == draft["id"]
        for who in (
            lived.judge,
            lived.office,
            lived.head(OTHER),
            lived.person(Role.ADMIN, STANDING),
        ):
            with pytest.raises(NotFound):
                audit.entry_for(conn, who, draft["id"])
        with pytest.raises(NotFound):
            audit.entry_for(conn, SYSTEM, 10**9)


# --- filters -----------------------------------------------------------------------------


def test_the_filters_narrow(lived: World) -> None:
    inspector = lived.person(Role.INSPECTOR, INSPECTORATE)

    by_name = seen(lived, inspector, who="nguoi OFFICER1.so-thuong-truc")
    by_login = seen(lived, inspector, who="officer1.so-thuong")
    by_agency = seen(lived, inspector, agency=LEAD)
    by_task = seen(lived, inspector, task="II.3-a")
    by_command = seen(lived, inspector, command="report")

    assert commands(by_name) == {"appraise"} == commands(by_login)
    assert {row["agency_code"] for row in by_agency} == {LEAD}
    assert all(row["object_label"].startswith("II.3-a ·") for row in by_task)
    assert len(by_task) >= 3
    assert commands(by_command) == {"report"}
    assert seen(lived, inspector, who="không có ai như thế") == []
    assert seen(lived, inspector, task="%") == []


def test_words_are_found_without_marks_and_capitals_and_keys_are_no_words(lived: World) -> None:
    inspector = lived.person(Role.INSPECTOR, INSPECTORATE)
    cycle = lived.bring(lived.cycle("II.7-a"), CycleState.IN_PROGRESS)
    told = cycles.UpdateProgress(cycle, 40, "Lớp Đào tạo nghề đã mở, kỹ sư 12 người")
    document = lived.document("77/BC-THU", signer_name="Phạm Thị Hòa")
    moved = results.ReturnReport(lived.cycle(), "Thiếu số liệu", "Số căn", date(2026, 4, 9))
    lived.do(told, lived.head())
    lived.do(lived.report(cycle, document=document), lived.head())
    lived.do(moved, lived.judge)

    def found(words: str) -> list[str]:
        return [row["command"] for row in seen(lived, inspector, words=words)]

    for typed in ("Đào tạo", "đào tạo", "ĐÀO TẠO", "dao tao", " ĐÀO… tạo ", "Đa\u0300o", "kĩ sư"):
        assert found(typed) == ["update_progress"], typed
    assert found("pham thi hoa") == found("77/bc thu") == ["report"]
    assert found("09/04/2026") == found("thieu so li") == ["return"]
    assert found("ao tao") == found("tạo đào") == found("sở 12 người kỹ sư") == []
    for nothing in ('"reason":', "on_behalf_of", "changes", "signer_name", "%", "_", "…", "-"):
        assert found(nothing) == [], nothing


def test_a_person_is_found_by_the_name_he_had_and_by_whose_letter_he_acted(lived: World) -> None:
    inspector = lived.person(Role.INSPECTOR, INSPECTORATE)
    cycle = lived.bring(lived.cycle("II.7-a"), CycleState.IN_PROGRESS)
    before, acted = replace(lived.head(), name="Trần Thị Mười"), "GUQ 15 của Giám đốc Đỗ Văn Ước"
    lived.do(cycles.UpdateProgress(cycle, 40, "Xong nửa"), before)
    document = lived.document(
        capacity=Capacity.TUQ, authorization=acted, authorization_until=lived.today
    )
    lived.do(lived.report(cycle, document=document), lived.head())

    def found(who: str) -> list[str]:
        return [row["command"] for row in seen(lived, inspector, who=who)]

    assert found("tran thi muoi") == found("Trần Thị MƯỜI") == ["update_progress"]
    assert found("do van uoc") == ["report"]
    assert "update_progress" in found(lived.head().login)
    assert found("name") == found("head so") == []


def test_what_entries_are_found_by_is_what_their_bodies_say(lived: World) -> None:
    with lived.engine.connect() as conn:
        bodies = dict(conn.execute(select(AUDIT_ENTRY.c.uid, AUDIT_ENTRY.c.body)).all())
        words = {row["entry_uid"]: row for row in conn.execute(select(AUDIT_WORDS)).mappings()}

    assert words.keys() == bodies.keys()
    for uid, body in bodies.items():
        assert dict(words[uid]) == {"entry_uid": uid, **found_by(json.loads(body))}


def test_accounts_and_the_plans_work_can_be_read_apart(lived: World) -> None:
    inspector = lived.person(Role.INSPECTOR, INSPECTORATE)

    accounts = seen(lived, inspector, about="accounts")
    plan = seen(lived, inspector, about="plan")

    assert kinds(accounts) == {"person"}
    assert "person" not in kinds(plan)
    assert len(accounts) + len(plan) == len(seen(lived, inspector))
    assert len(seen(lived, inspector, about="nonsense")) == len(seen(lived, inspector))


def test_days_are_days_in_vietnam_and_both_count(world: World) -> None:
    inspector = world.person(Role.INSPECTOR, INSPECTORATE)
    midnight = world.now - timedelta(hours=12)
    for hours in (-0.001, 0, 23.999, 24):
        world.do(
            people.AddPerson(f"luc-{hours}".replace("-", "x").replace(".", "y"), "Tên", "Chức"),
            SYSTEM,
            now=midnight + timedelta(hours=hours),
        )

    rows = seen(
        world,
        inspector,
        command="add_person",
        first_day=world.today,
        last_day=world.today,
    )
    of_day = [row for row in rows if "luc" in row["object_label"]]

    assert len(of_day) == 2


def test_pages_follow_each_other_without_gap_or_double(world: World) -> None:
    world.open_year(2027)
    world.open_year(2028)

    everything = seen(world, SYSTEM)

    ids = [row["id"] for row in everything]

    assert len(ids) > audit.PAGE + 30
    assert len(set(ids)) == len(ids)
    moments = [row["at"] for row in everything]
    assert moments == sorted(moments, reverse=True)


def test_continuing_after_what_is_not_there_is_not_found(world: World) -> None:
    with world.engine.connect() as conn, pytest.raises(NotFound):
        audit.search(conn, SYSTEM, audit.Wanted(before=10**9))


def test_a_page_costs_the_same_however_long_the_log_is(world: World) -> None:
    statements: list[str] = []
    reader = world.head()

    def count(*given: object) -> None:
        statements.append(str(given[2]))

    event.listen(world.engine, "before_cursor_execute", count)
    try:
        with world.engine.connect() as conn:
            audit.search(conn, reader, audit.Wanted())
            before = len(statements)
        world.open_year(2027)
        statements.clear()
        with world.engine.connect() as conn:
            audit.search(conn, reader, audit.Wanted())
    finally:
        event.remove(world.engine, "before_cursor_execute", count)

    assert len(statements) == before


def test_the_whole_log_comes_in_order_and_its_end_on_request(world: World) -> None:
    with world.engine.connect() as conn:
        whole = [row["id"] for row in audit.in_order(conn, SYSTEM)]
        end = [row["id"] for row in audit.in_order(conn, SYSTEM, limit=3)]
        one = list(audit.in_order(conn, SYSTEM, "person", world.office.person_id))

    assert whole == sorted(whole)
    assert end == whole[-3:]
    assert {row["object_id"] for row in one} == {world.office.person_id}


def test_what_an_act_changed_is_listed_column_by_column(lived: World) -> None:
    entry = next(e for e in seen(lived, SYSTEM) if e["command"] == "appraise")

    changes = audit.changes_of(entry)

    appraised = next(c for c in changes if c.column == "appraised_by_id" and c.table == "cycle")
    assert appraised.before is None
    assert appraised.after == str(lived.officer(STANDING).person_id)


def test_reading_is_not_a_way_to_write(world: World) -> None:
    with world.engine.connect() as conn, pytest.raises(WroteOutsideTheDoor):
        conn.execute(AUDIT_ENTRY.delete())
