"""The pages of a plan: everything in the data is shown, and a ruling is made on its page."""

import re
from pathlib import Path

import pytest
import yaml
from flask import Flask
from sqlalchemy import event, select

from ledger import place
from models.states import ConflictStatus, Role
from models.tables import PLAN, PLAN_CONFLICT, TASK
from tests.make import World
from tests.web.reader import Page, Reader
from workflow.commands.plans import LoadPlan
from workflow.commands.years import OpenYear
from workflow.law.facts import SYSTEM

ROOT = Path(__file__).resolve().parents[2]
SECOND = Path(__file__).with_name("second-plan.yaml")
YAML = yaml.load(
    (ROOT / "plans" / "2940-kh-ubnd.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
)


@pytest.fixture(scope="module")
def world(plan_app_module: Flask) -> World:
    """Plan 2940 with its year 2026 open, and the people these tests act as."""
    world = World(plan_app_module, plan="2940/KH-UBND")
    world.do(OpenYear(world.plan, 2026), SYSTEM)
    return world


@pytest.fixture(scope="module")
def reader(world: World) -> Reader:
    return Reader(world.app, world.officer("so-y-te"))


def ids(world: World, table) -> dict[str, int]:
    with world.engine.connect() as conn:
        return dict(conn.execute(select(table.c.code, table.c.id)).all())


def shows(page: Page, text: str) -> bool:
    return re.sub(r"\s+", " ", text).strip() in page.text


# --- reading -----------------------------------------------------------------------------


def test_the_list_leads_to_every_plan(world: World, reader: Reader) -> None:
    page = reader.get("/plans")

    (plan_id,) = ids(world, PLAN).values()
    assert page.links[f"/plans/{plan_id}"].startswith("Kế hoạch thực hiện Nghị quyết số 12-NQ/TU")
    assert "55 / 55" in page.text


@pytest.fixture(scope="module")
def plan(world: World) -> str:
    (plan_id,) = ids(world, PLAN).values()
    return f"/plans/{plan_id}"


def test_the_document_is_a_tree_with_every_task_word_by_word(reader: Reader, plan: str) -> None:
    page = reader.get(plan)

    for section in YAML["sections"]:
        assert shows(page, f"{section['id']}. {section['title']}")
    for clause in YAML["clauses"]:
        assert shows(page, clause["assignment"])
    for task in YAML["tasks"]:
        assert shows(page, task["title"])
        assert shows(page, task["text"])
    assert shows(page, "72 nhiệm vụ")
    assert shows(page, "17 nhiệm vụ")


def test_time_is_shown_as_written_beside_the_day_computed(reader: Reader, plan: str) -> None:
    page = reader.get(plan)

    assert shows(page, "Thường xuyên hàng năm và năm 2030tính ra: 31/12/2030")
    assert shows(page, "Năm 2024 - 2025tính ra: 01/01/2024 – 31/12/2025")
    assert shows(page, "trước ngày 15/12 hàng nămngày cuối cùng còn đúng hạn: 14/12")
    assert shows(page, "lấy theo III.2.1-f")
    assert shows(page, "văn bản không ghi")


def test_each_task_has_a_page_with_all_its_data(world: World, reader: Reader, plan: str) -> None:
    tasks = ids(world, TASK)

    for task in YAML["tasks"]:
        page = reader.get(f"{plan}/tasks/{tasks[task['id']]}")
        assert page.h1 == task["title"]
        first, last = task["source_lines"][0]
        wanted = [
            task["text"],
            task["title_en"],
            f"{first}–{last}" if first != last else f"{first}",
        ]
        wanted += [n["text"] for n in task.get("footnotes", [])]
        wanted += [s["text"] for s in task.get("sic", [])]
        wanted += [s["suggest"] for s in task.get("sic", [])]
        wanted += [n["verbatim"] for n in task["numeric_targets"]]
        wanted += [d["text"] for d in task.get("duties", [])]
        wanted += [c["number"] for c in task["legal_basis"] if c["number"]]
        wanted += [c["name"] for c in task["legal_basis"] if c.get("name")]
        wanted += [c["cited_as"] for c in task["legal_basis"] if c.get("cited_as")]
        wanted += [link["code"] for link in task["indicators"]]
        wanted += list(task.get("related", []))
        wanted += [task["timing"].get("trigger") or "", task["timing"]["verbatim"] or ""]
        wanted += [task["timing"]["inherited_from"] or "", task.get("notes", "")]
        for part in task.get("subtasks", []):
            wanted += [part["id"], part["title"], part["text"]]
        missing = [text for text in wanted if not shows(page, text)]
        assert missing == [], task["id"]
        doubts = [c["id"] for c in YAML["conflicts"] if task["id"] in c["tasks"]]
        assert [code for code in doubts if not shows(page, f"{code}. ")] == []


def test_every_indicator_is_shown_with_its_words_and_doubts(
    world: World, reader: Reader, plan: str
) -> None:
    page = reader.get(f"{plan}/indicators")

    conflicts = ids(world, PLAN_CONFLICT)
    for indicator in YAML["indicators"]:
        wanted = [f"{indicator['code']}. {indicator['name']}", indicator.get("notes", "")]
        wanted += [t["text"] for t in indicator["targets"].values()]
        wanted += [t["verbatim"] for t in indicator["targets"].values()]
        wanted += [s["name"] for s in indicator["sub_indicators"]]
        wanted += [link["task"] for link in indicator["related_tasks"]]
        wanted += indicator.get("name_variants", [])
        wanted += [indicator["tracking"]["why"], indicator["tracking"]["verbatim"] or ""]
        if indicator["annex"]:
            wanted += [indicator["annex"]["2025"], indicator["annex"]["2030"]]
        assert [text for text in wanted if not shows(page, text)] == []
        for conflict in YAML["conflicts"]:
            if indicator["code"] in conflict["indicators"]:
                assert f"/plans/conflicts/{conflicts[conflict['id']]}" in page.links
    assert shows(page, "≥ 90%")
    assert shows(page, "70 – 75%")
    assert shows(page, "văn bản không giao")


def test_agencies_and_groups_are_shown_with_membership(reader: Reader, plan: str) -> None:
    page = reader.get(f"{plan}/agencies")

    for agency in YAML["agencies"]:
        assert shows(page, agency["name"])
        assert shows(page, agency.get("note", ""))
        for form in agency.get("forms_in_document", []):
            assert shows(page, form)
    for group in YAML["agency_groups"]:
        assert shows(page, group["name"])
        assert shows(page, group.get("note", ""))
        for form in group["forms_in_document"]:
            assert shows(page, f"“{form['text']}”")
        for member in group.get("uncertain_members", []):
            assert shows(page, member["why"])
    assert shows(page, "từ ngày 08/08/2023")


def test_cited_documents_are_shown_with_who_cites_them(reader: Reader, plan: str) -> None:
    page = reader.get(f"{plan}/documents")

    for document in YAML["documents"]:
        for name in ("kind", "number", "issuer", "subject", "note"):
            assert shows(page, document.get(name) or "")


def test_the_rest_of_the_file_is_shown(reader: Reader, plan: str) -> None:
    page = reader.get(f"{plan}/about")

    p = YAML["plan"]
    wanted = [p[k]["text"] for k in ("preamble", "closing", "general_objective", "evaluation")]
    wanted += [r["text"] for r in p["requirements"]]
    wanted += [r.get("text") or r["what"] for r in p["commendation"]["rules"]]
    wanted += [r["verbatim"] for r in p["recipients"]["list"]]
    wanted += [p["title"]["verbatim"], p["signer"]["name"], p["standing_agency"]["verbatim"]]
    wanted += [p["reporting"]["content"], p["number"]["note"], p["annex"]["header"]]
    wanted += [YAML["timing_rule"], YAML["source"]["text_policy"]]
    wanted += [r["after"] for r in YAML["repairs"]["diacritics"]]
    wanted += [r["rule"] for r in YAML["repairs"]["layout"]]
    wanted += [r["suggest"] for r in YAML["repairs"]["kept_as_printed"]]
    assert [text for text in wanted if not shows(page, text)] == []


def test_every_conflict_is_listed_and_has_its_page(world: World, reader: Reader, plan: str) -> None:
    listed = reader.get(f"{plan}/conflicts")
    conflicts, tasks = ids(world, PLAN_CONFLICT), ids(world, TASK)

    for conflict in YAML["conflicts"]:
        path = f"/plans/conflicts/{conflicts[conflict['id']]}"
        assert listed.links[path] == conflict["title"]
        page = reader.get(path)
        wanted = [conflict[side]["value"] for side in ("a", "b")]
        wanted += [conflict[name] for name in ("explanation", "handling", "handling_vi")]
        assert [text for text in wanted if not shows(page, text)] == []
        for code in conflict["tasks"]:
            assert f"{plan}/tasks/{tasks[code]}" in page.links
        for code in conflict["indicators"]:
            assert f"{plan}/indicators#{code}" in page.links


def test_the_page_of_a_task_leads_to_its_place_in_the_plan_and_to_its_doubts(
    world: World, plan: str
) -> None:
    reader = Reader(world.app, world.head("so-nnptnt"))
    tasks, conflicts = ids(world, TASK), ids(world, PLAN_CONFLICT)

    page = reader.get(f"/tasks/{tasks['III.6.5-a']}")

    assert page.links[f"{plan}/tasks/{tasks['III.6.5-a']}"] == "2940/KH-UBND"
    assert f"/plans/conflicts/{conflicts['MT-01']}" in page.links


def test_conflicts_can_be_narrowed_to_those_that_wait(reader: Reader, plan: str) -> None:
    assert len(reader.get(f"{plan}/conflicts?status=open").all("tr")) == 55 + 1
    assert "Không có chỗ nào" in reader.get(f"{plan}/conflicts?status=ruled").text
    assert len(reader.get(f"{plan}/conflicts?status=nonsense").all("tr")) == 55 + 1


def test_the_way_of_a_task_is_told_from_the_law(reader: Reader) -> None:
    page = reader.get("/plans/workflow")

    for word in ("Đã giao", "Đang thực hiện", "Hoàn thành", "Xác nhận kết quả", "Mở lại"):
        assert word in page.text


@pytest.mark.parametrize(
    "path", ["/plans/999", "/plans/999/conflicts", "/plans/conflicts/999", "{plan}/tasks/99999"]
)
def test_what_is_not_there_is_404(reader: Reader, plan: str, path: str) -> None:
    reader.get(path.format(plan=plan), status=404)


def test_everybody_signed_in_reads_plans_and_strangers_do_not(world: World, plan: str) -> None:
    admin = Reader(world.app, world.person(Role.ADMIN, "so-ldtbxh"))

    page = admin.get(plan)

    # Who has no business in a plan is not led to its cycles.
    assert [href for href in page.links if href.startswith(("/tasks", "/cycles"))] == []
    assert Reader(world.app).client.get(plan).status_code in (302, 303)


def test_pages_ask_as_much_for_many_cycles_as_for_none(
    world: World, reader: Reader, plan: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every two seconds some page asks whether the database has lost a head: not by what it shows.
    monkeypatch.setattr(place, "LOOK_AGAIN_SECONDS", float("inf"))
    asked: list[str] = []
    event.listen(world.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))

    def statements(path: str) -> int:
        asked.clear()
        reader.get(path)
        return len(asked)

    paths = [plan, f"{plan}/agencies", f"{plan}/conflicts", f"{plan}/indicators", "/plans"]
    reader.get(plan)  # what is remembered is remembered
    before = [statements(path) for path in paths]
    for year in (2027, 2028):
        world.do(OpenYear(world.plan, year), SYSTEM)

    assert [statements(path) for path in paths] == before


# --- another plan ------------------------------------------------------------------------


def test_a_plan_without_the_optional_parts_has_all_its_pages(app: Flask) -> None:
    world = World(app, plan="157/KH-UBND")
    world.do(LoadPlan(SECOND), SYSTEM)
    reader = Reader(app, world.head("so-y-te"))
    (plan_id,) = ids(world, PLAN).values()

    for part in ("", "/indicators", "/agencies", "/documents", "/conflicts", "/about"):
        page = reader.get(f"/plans/{plan_id}{part}")
        assert f"/plans/{plan_id}/conflicts" in page.links
    for task_id in ids(world, TASK).values():
        reader.get(f"/plans/{plan_id}/tasks/{task_id}")


# --- ruling ------------------------------------------------------------------------------


@pytest.fixture
def second(app: Flask) -> World:
    world = World(app, plan="157/KH-UBND")
    world.do(LoadPlan(SECOND), SYSTEM)
    return world


def ruling_form(page: Page, conflict_id: int, **changed: str) -> dict[str, str]:
    sent = page.form(f"/plans/conflicts/{conflict_id}/ruling")
    return sent | {
        "text": "Lấy mức từ 95% trở lên.",
        "document_notation": "45/TB-UBND",
        "document_issued_on": "01/03/2026",
        "document_signer_name": "Nguyễn Văn An",
        **changed,
    }


def test_a_ruling_is_made_on_the_page_of_the_conflict(second: World) -> None:
    (conflict_id,) = ids(second, PLAN_CONFLICT).values()
    reader = Reader(second.app, second.head("phong-ldtbxh-tuy-phong"))
    path = f"/plans/conflicts/{conflict_id}"
    form = ruling_form(reader.get(path), conflict_id)

    page = reader.follow(f"{path}/ruling", form)
    again = reader.post(f"{path}/ruling", form)

    assert again.location == path
    assert shows(page, "Đã ghi ý kiến xử lý.")
    assert shows(page, "Lấy mức từ 95% trở lên.")
    assert shows(page, "45/TB-UBND ngày 01/03/2026")
    assert "Ghi ý kiến" not in page.buttons
    (plan_id,) = ids(second, PLAN).values()
    assert shows(reader.get(f"/plans/{plan_id}/indicators"), "MT-01 (đã có ý kiến)")
    task_id = ids(second, TASK)["II.1-a"]
    assert shows(reader.get(f"/plans/{plan_id}/tasks/{task_id}"), "Lấy mức từ 95% trở lên.")


def test_a_ruling_that_is_not_right_comes_back_as_it_was_typed(second: World) -> None:
    (conflict_id,) = ids(second, PLAN_CONFLICT).values()
    reader = Reader(second.app, second.head("phong-ldtbxh-tuy-phong"))
    path = f"/plans/conflicts/{conflict_id}"
    form = ruling_form(
        reader.get(path), conflict_id, document_notation="bốn lăm", document_issued_on="31/2/2026"
    )

    page = reader.post(f"{path}/ruling", form, status=422)

    assert len(page.errors) == 2
    kept = page.form(f"{path}/ruling")
    assert (kept["text"], kept["document_notation"]) == ("Lấy mức từ 95% trở lên.", "bốn lăm")


def test_who_may_not_rule_sees_who_can_and_is_refused(second: World) -> None:
    (conflict_id,) = ids(second, PLAN_CONFLICT).values()
    path = f"/plans/conflicts/{conflict_id}"
    allowed = Reader(second.app, second.head("phong-ldtbxh-tuy-phong"))
    form = ruling_form(allowed.get(path), conflict_id)
    other = Reader(second.app, second.head("so-y-te"))

    page = other.get(path)
    refused = other.post(
        f"{path}/ruling", {k: v for k, v in form.items() if k != "csrf_token"}, 409
    )

    assert "Ghi ý kiến" not in page.buttons
    assert shows(page, "Lãnh đạo cơ quan thường trực")
    assert "Lãnh đạo cơ quan thường trực" in refused.text
    with second.engine.connect() as conn:
        (status,) = conn.execute(select(PLAN_CONFLICT.c.status)).scalars()
    assert status == ConflictStatus.OPEN


def test_an_old_page_is_told_what_became_of_it(second: World) -> None:
    (conflict_id,) = ids(second, PLAN_CONFLICT).values()
    path = f"/plans/conflicts/{conflict_id}"
    head = Reader(second.app, second.head("phong-ldtbxh-tuy-phong"))
    office = Reader(second.app, second.person(Role.OFFICE, "ubnd-huyen-tuy-phong"))
    slow = ruling_form(office.get(path), conflict_id, text="Lấy mức trên 80%.")
    head.post(f"{path}/ruling", ruling_form(head.get(path), conflict_id))

    page = office.post(f"{path}/ruling", slow, status=409)

    assert "Lấy mức trên 80%." in page.text
    with second.engine.connect() as conn:
        assert conn.execute(select(PLAN_CONFLICT.c.ruling)).scalar_one() != "Lấy mức trên 80%."
