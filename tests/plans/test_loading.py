"""Loading a plan: all or nothing, again without a trace, in editions that keep the old wording."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from flask import Flask
from sqlalchemy import event, func, select

from models.states import Role
from models.tables import (
    AGENCY,
    AGENCY_GROUP,
    AUDIT_ENTRY,
    CITED_DOCUMENT,
    CONFLICT_LINK,
    CYCLE,
    GROUP_MEMBER,
    INDICATOR,
    PLAN,
    PLAN_CONFLICT,
    PLAN_EDITION,
    SECTION,
    TASK,
    TASK_PARTY,
    TASK_VERSION,
    metadata,
)
from tests.make import World, noon
from workflow.commands.plans import LoadPlan
from workflow.commands.years import OpenYear
from workflow.law.errors import Reason, Refused
from workflow.law.facts import SYSTEM
from workflow.planfile import PlanFileInvalid, read_plan_file
from workflow.register import plan_document, plan_list

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT / "plans" / "2940-kh-ubnd.yaml"
SECOND = Path(__file__).with_name("second-plan.yaml")
DAY = date(2026, 3, 2)


def engine_of(app: Flask):
    return app.extensions["dondoc"].engine


def load(app: Flask, file: Path, day: date = DAY):
    return app.extensions["dondoc"].door.perform(LoadPlan(file), SYSTEM, noon(day))


def rows_in(app: Flask) -> dict[str, int]:
    with engine_of(app).connect() as conn:
        return {
            table.name: conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def read(app: Flask, statement):
    with engine_of(app).connect() as conn:
        return conn.execute(statement).mappings().all()


def edited(tmp_path: Path, edit: Callable[[str], str], source: Path = SECOND) -> Path:
    before = source.read_text(encoding="utf-8")
    after = edit(before)
    assert after != before
    file = tmp_path / "edited.yaml"
    file.write_text(after, encoding="utf-8")
    return file


# --- what is there afterwards ------------------------------------------------------------


def test_everything_in_the_file_is_in_the_register(plan_app_module: Flask) -> None:
    found = rows_in(plan_app_module)

    assert {
        name: found[name]
        for name in (
            "agency",
            "agency_group",
            "section",
            "task",
            "task_version",
            "indicator",
            "cited_document",
            "plan_conflict",
            "plan_edition",
        )
    } == {
        "agency": 51,
        "agency_group": 12,
        # III.1 and nine others are a section and a clause at once.
        "section": len({*SECTIONS, *CLAUSES}),
        "task": 79,
        "task_version": 79,
        "indicator": 12,
        "cited_document": 46,
        "plan_conflict": 55,
        "plan_edition": 1,
    }
    assert found["group_member"] == 44 + 8
    assert found["conflict_link"] == 126 + 50
    assert found["audit_entry"] == 1


YAML = yaml.load(REAL.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
SECTIONS = [s["id"] for s in YAML["sections"]]
CLAUSES = [c["clause"] for c in YAML["clauses"]]


def test_texts_equal_the_file_to_the_byte(plan_app_module: Flask) -> None:
    versions = read(
        plan_app_module,
        select(TASK_VERSION, TASK.c.code).join(
            TASK, TASK.c.current_version_id == TASK_VERSION.c.id
        ),
    )
    kept = {row["code"]: row for row in versions}

    for task in YAML["tasks"]:
        row = kept[task["id"]]
        assert (row["title"], row["text"], row["data"]) == (task["title"], task["text"], task)
        due = task["timing"]["due"]
        assert row["timing_due"] == (date.fromisoformat(due) if due else None)
    for table, part in (
        (INDICATOR, "indicators"),
        (CITED_DOCUMENT, "documents"),
        (PLAN_CONFLICT, "conflicts"),
        (AGENCY_GROUP, "agency_groups"),
    ):
        data = [r["data"] for r in read(plan_app_module, select(table).order_by(table.c.position))]
        assert data == YAML[part]
    (edition,) = read(plan_app_module, select(PLAN_EDITION))
    assert edition["data"] == YAML


def test_the_document_reads_as_a_tree_with_everything_in_it(plan_app_module: Flask) -> None:
    with engine_of(plan_app_module).connect() as conn:
        (plan,) = plan_list(conn)
        found = plan_document(conn, SYSTEM, plan["id"], DAY)

        assert (plan["tasks"], plan["conflicts"], plan["open_conflicts"]) == (79, 55, 55)
        assert [node.row["code"] for node in found.tree] == ["III", "IV"]
        assert [node.task_count for node in found.tree] == [72, 7]
        sections = [node.task_count for node in found.tree[0].children]
        assert sections == [1, 17, 6, 13, 4, 12, 4, 3, 2, 1, 2, 2, 2, 3]
        assert [row["code"] for row in found.agencies] == [a["code"] for a in YAML["agencies"]]
        groups = {g.row["code"]: g for g in found.groups}
        assert len(groups["nhom-so-nganh-dia-phuong"].all_codes) == 19 + 10
        assert groups["nhom-doanh-nghiep"].all_codes == []
        water = next(t for t in found.tasks if t.row["code"] == "III.6.5-a")
        assert [c["code"] for c in water.conflicts] == [
            c["id"] for c in YAML["conflicts"] if "III.6.5-a" in c["tasks"]
        ]
        assert [c["code"] for c in found.of_indicator["CT-09"]] == [
            c["id"] for c in YAML["conflicts"] if "CT-09" in c["indicators"]
        ]


def test_reading_a_plan_asks_as_much_for_many_cycles_as_for_none(plan_app: Flask) -> None:
    engine = engine_of(plan_app)
    asked: list[str] = []

    def statements() -> int:
        asked.clear()
        with engine.connect() as conn:
            (plan,) = plan_list(conn)
            found = plan_document(conn, SYSTEM, plan["id"], DAY)
            assert found.tree
            assert found.groups
            assert found.of_indicator
        return len(asked)

    event.listen(engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    none = statements()
    door = plan_app.extensions["dondoc"].door
    opened = door.perform(OpenYear("2940/KH-UBND", 2026), SYSTEM, noon(DAY)).data["opened"]

    assert opened > 300
    assert statements() == none


# --- again -------------------------------------------------------------------------------


def test_loading_again_answers_the_same_and_leaves_no_trace(app: Flask) -> None:
    first = load(app, REAL)
    before = rows_in(app)

    again = load(app, REAL, date(2026, 4, 1))

    assert (again.object_id, again.data) == (first.object_id, first.data)
    assert first.data["tasks"] == 79
    assert rows_in(app) == before
    assert (first.entry_uid != "", again.entry_uid) == (True, "")


def test_a_changed_wording_is_a_new_version_and_old_cycles_keep_theirs(
    app: Flask, tmp_path: Path
) -> None:
    door = app.extensions["dondoc"].door
    load(app, SECOND)
    door.perform(OpenYear("157/KH-UBND", 2026), SYSTEM, noon(DAY))

    load(app, edited(tmp_path, lambda t: t.replace("tặng quà người cao tuổi", "giúp người già")))
    door.perform(OpenYear("157/KH-UBND", 2027), SYSTEM, noon(DAY))

    versions = read(
        app,
        select(TASK.c.code, TASK_VERSION.c.number, TASK_VERSION.c.text)
        .join(TASK, TASK.c.id == TASK_VERSION.c.task_id)
        .where(TASK_VERSION.c.number > 1),
    )
    assert [(v["code"], v["number"]) for v in versions] == [("II.1-b", 2)]
    told = read(
        app,
        select(CYCLE.c.year, TASK_VERSION.c.text)
        .join(TASK_VERSION, TASK_VERSION.c.id == CYCLE.c.task_version_id)
        .join(TASK, TASK.c.id == CYCLE.c.task_id)
        .where(TASK.c.code == "II.1-b")
        .order_by(CYCLE.c.year),
    )
    assert [(c["year"], "giúp người già" in c["text"]) for c in told] == [
        (2026, False),
        (2027, True),
    ]
    (plan,) = read(app, select(PLAN))
    assert plan["edition"] == 2


def test_a_comment_makes_an_edition_and_no_new_version(app: Flask, tmp_path: Path) -> None:
    load(app, SECOND)
    before = rows_in(app)

    load(app, edited(tmp_path, lambda t: t + "# một lời chú\n"))

    grown = {name: n - before[name] for name, n in rows_in(app).items() if n != before[name]}
    assert grown == {"plan_edition": 1, "audit_entry": 1, "audit_words": 1, "outbox_event": 1}


def test_who_leaves_a_group_was_a_member_until_the_day_before(app: Flask, tmp_path: Path) -> None:
    load(app, SECOND)
    (plan,) = read(app, select(PLAN))
    changed = edited(
        tmp_path,
        lambda t: t.replace(
            "  members:\n  - code: so-y-te\n    source: document\n",
            "  members:\n  - code: so-ldtbxh\n    source: document\n",
        ),
    )

    load(app, changed, DAY)

    def reporters(day: date) -> list[str]:
        with engine_of(app).connect() as conn:
            groups = plan_document(conn, SYSTEM, plan["id"], day).groups
        return next(g for g in groups if g.row["code"] == "nhom-don-vi-tuy-phong").all_codes

    assert set(reporters(date(2026, 3, 1))) == {"so-y-te", "phong-ldtbxh-tuy-phong"}
    assert set(reporters(DAY)) == {"so-ldtbxh", "phong-ldtbxh-tuy-phong"}
    assert reporters(date(2024, 3, 14)) == []


def test_a_task_left_out_ends_and_may_come_back(app: Flask, tmp_path: Path) -> None:
    load(app, SECOND)

    def without(text: str) -> str:
        start = text.index("- id: III.1-b\n")
        return text[:start] + text[text.index("indicators:\n- code") :]

    load(app, edited(tmp_path, without))
    ended = read(app, select(TASK.c.code, TASK.c.ended_on).where(TASK.c.ended_on.is_not(None)))
    load(app, SECOND)

    assert [(t["code"], t["ended_on"]) for t in ended] == [("III.1-b", DAY)]
    assert read(app, select(TASK).where(TASK.c.ended_on.is_not(None))) == []
    assert read(app, select(func.max(TASK_VERSION.c.number).label("n")))[0]["n"] == 1


def test_links_of_a_conflict_follow_the_file(app: Flask, tmp_path: Path) -> None:
    load(app, SECOND)

    load(
        app,
        edited(tmp_path, lambda t: t.replace("  tasks:\n  - II.1-a\n", "  tasks:\n  - II.1-b\n")),
    )

    links = read(
        app,
        select(TASK.c.code).join(CONFLICT_LINK, CONFLICT_LINK.c.task_id == TASK.c.id),
    )
    assert [link["code"] for link in links] == ["II.1-b"]


def test_a_doubt_the_file_no_longer_has_is_gone(app: Flask, tmp_path: Path) -> None:
    load(app, SECOND)

    load(app, edited(tmp_path, lambda t: t[: t.index("conflicts:\n")]))

    assert read(app, select(PLAN_CONFLICT)) == []
    assert read(app, select(CONFLICT_LINK)) == []
    with engine_of(app).connect() as conn:
        (plan,) = plan_list(conn)
        assert plan_document(conn, SYSTEM, plan["id"], DAY).conflicts == []
    assert (plan["conflicts"], plan["open_conflicts"]) == (0, 0)


# --- two plans ---------------------------------------------------------------------------


def test_two_plans_live_side_by_side_and_share_agencies(app: Flask) -> None:
    load(app, REAL)
    before = rows_in(app)

    load(app, SECOND)

    after = rows_in(app)
    assert after["agency"] - before["agency"] == 1
    assert after["task"] - before["task"] == 6
    assert after["plan_conflict"] - before["plan_conflict"] == 1
    with engine_of(app).connect() as conn:
        plans = plan_list(conn)
        documents = [plan_document(conn, SYSTEM, plan["id"], DAY) for plan in plans]
        assert [len(found.tasks) for found in documents] == [79, 6]
        assert [c["code"] for c in documents[1].conflicts] == ["MT-01"]
    assert [plan["code"] for plan in plans] == ["2940/KH-UBND", "157/KH-UBND"]


# --- nothing at all ----------------------------------------------------------------------


def test_an_agency_under_another_name_is_refused_with_its_line(app: Flask, tmp_path: Path) -> None:
    load(app, REAL)
    before = rows_in(app)
    file = edited(
        tmp_path,
        lambda t: t.replace("  name: Sở Y tế tỉnh Bình Thuận", "  name: Sở Y tế tỉnh Lâm Đồng"),
    )

    with pytest.raises(Refused) as refused:
        load(app, file)

    (refusal,) = refused.value.refusals
    line = file.read_text(encoding="utf-8").split("\n").index("  name: Sở Y tế tỉnh Lâm Đồng") + 1
    assert refusal.reason is Reason.PLAN_NOT_LOADABLE
    assert refusal.detail == {
        "line": str(line),
        "code": "so-y-te",
        "known": "Sở Y tế tỉnh Bình Thuận",
        "given": "Sở Y tế tỉnh Lâm Đồng",
    }
    assert rows_in(app) == before


def test_a_broken_plan_loads_nothing(app: Flask, tmp_path: Path) -> None:
    empty = rows_in(app)
    file = edited(
        tmp_path,
        lambda t: (
            t.replace("  lead: [phong-ldtbxh-tuy-phong]\n", "  lead: [phong-khac]\n")
            .replace("due: 2025-06-30", "due: 2025-06-31")
            .replace("- id: II.2-b\n", "- id: II.2-a\n")
        ),
    )

    with pytest.raises(PlanFileInvalid) as refused:
        load(app, file)

    told = "\n".join(map(str, refused.value.problems))
    assert "phong-khac" in told
    assert "2025-06-31" in told
    assert "đã dùng ở dòng" in told
    assert rows_in(app) == empty


def test_only_the_operator_loads_plans(app: Flask) -> None:
    load(app, SECOND)
    world = World(app, plan="157/KH-UBND")
    people = [world.person(role, "so-y-te") for role in Role if role is not Role.SYSTEM]
    before = rows_in(app)

    for who in people:
        with pytest.raises(Refused) as refused:
            world.do(LoadPlan(REAL), who)
        assert [r.reason for r in refused.value.refusals] == [Reason.NOT_YOUR_ROLE]
    assert rows_in(app) == before


def test_the_trail_names_the_file_by_its_digest(app: Flask) -> None:
    load(app, SECOND)

    (entry,) = read(app, select(AUDIT_ENTRY))
    assert (entry["command"], entry["object_label"]) == ("load_plan", "157/KH-UBND")
    body = json.loads(entry["body"])
    assert body["digests"] == [read_plan_file(SECOND).sha256]
    (edition,) = [c for c in body["changes"] if c["table"] == "plan_edition"]
    assert edition["after"]["data"].startswith("sha256:")


def test_parties_keep_the_order_and_the_role_of_the_document(plan_app_module: Flask) -> None:
    parties = read(
        plan_app_module,
        select(
            TASK.c.code,
            TASK_PARTY.c.role,
            func.coalesce(AGENCY.c.code, AGENCY_GROUP.c.code).label("who"),
        )
        .join(TASK, TASK.c.current_version_id == TASK_PARTY.c.task_version_id)
        .outerjoin(AGENCY, AGENCY.c.id == TASK_PARTY.c.agency_id)
        .outerjoin(AGENCY_GROUP, AGENCY_GROUP.c.id == TASK_PARTY.c.group_id)
        .order_by(TASK.c.position, TASK_PARTY.c.position),
    )
    named: dict[tuple[str, str], list[str]] = {}
    for p in parties:
        named.setdefault((p["code"], p["role"]), []).append(p["who"])

    for task in YAML["tasks"]:
        for role, part in (("lead", "lead"), ("supporting", "cooperate"), ("directed", "directs")):
            assert named.get((task["id"], role), []) == task.get(part, [])


def test_every_agency_of_the_plan_is_dated_from_its_issue(plan_app_module: Flask) -> None:
    since = {r["valid_from"] for r in read(plan_app_module, select(GROUP_MEMBER.c.valid_from))}

    assert since == {date(2023, 8, 8)}


def test_a_section_that_is_a_clause_too_keeps_both(plan_app_module: Flask) -> None:
    (row,) = read(plan_app_module, select(SECTION).where(SECTION.c.code == "III.5"))

    assert row["level"] == "section"
    assert row["data"]["clause"]["assignment"].startswith("Sở Văn hóa")
