"""The trail told as sentences: every act of the house, with names as they were."""

import ast
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.states import CycleState, Quality, Role, Verdict
from models.tables import AUDIT_ENTRY
from tests.make import OTHER, PLAN, STANDING, SUPPORTING, World, password_hash
from workflow import history
from workflow.commands import cycles, people, results
from workflow.law.errors import Stale
from workflow.law.facts import SYSTEM
from workflow.law.transitions import Command

COMMANDS = Path(__file__).parents[2] / "workflow" / "commands"


def commands_of_the_house() -> set[str]:
    """Every name an entry is given: in Entry(command=…), entry.command = …, _note(tx, …)."""
    found: set[str] = {command.value for command in Command}
    for file in COMMANDS.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id == "Entry":
                    found |= _strings(k.value for k in node.keywords if k.arg == "command")
                elif node.func.id in ("_note", "_end_own"):
                    named = [a for a in node.args if isinstance(a, ast.Constant)]
                    found |= _strings(named[:1])
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    found |= _assigned(target, node.value)
    return found


def _assigned(target: ast.expr, value: ast.expr) -> set[str]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = zip(target.elts, value.elts, strict=True)
        return set().union(*(_assigned(t, v) for t, v in pairs))
    if isinstance(target, ast.Attribute) and target.attr == "command":
        return _strings([value])
    return set()


def _strings(nodes: Any) -> set[str]:
    """The constants in an expression, both sides of an `if` too; names of the law are known."""
    return {
        inner.value
        for node in nodes
        for inner in ast.walk(node)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    }


def entries(world: World) -> list[Any]:
    with world.engine.connect() as conn:
        return list(conn.execute(select(AUDIT_ENTRY).order_by(AUDIT_ENTRY.c.id)).mappings())


def last(world: World, command: str) -> history.Told:
    return history.tell([e for e in entries(world) if e["command"] == command][-1])


def test_every_act_of_the_house_has_a_sentence_and_a_name() -> None:
    house = commands_of_the_house()

    assert {"report", "add_person", "attach_file", "end_session"} <= house
    assert house - set(history.SENTENCES) == set()
    assert set(history.SENTENCES) == set(history.ACTS)


def test_a_whole_way_is_told(world: World) -> None:
    cycle_id = world.cycle()
    lead, officer = world.head(), world.officer()
    world.do(cycles.AcceptTask(cycle_id, "Nguyễn Văn Đầu Mối"), officer)
    world.do(cycles.UpdateProgress(cycle_id, 40, "Đã khảo sát"), officer)
    world.do(cycles.Contribute(cycle_id, "Số liệu của chúng tôi"), world.officer(SUPPORTING))
    world.do(results.SaveDraft(cycle_id, "Dự thảo"), officer)
    world.do(world.report(cycle_id), lead)
    world.do(results.AppraiseReport(cycle_id, Verdict.RETURN), world.officer(STANDING))
    world.do(
        results.ReturnReport(cycle_id, "Thiếu số liệu", "Phụ lục 2", date(2026, 3, 20)), world.judge
    )
    world.do(world.report(cycle_id), lead)
    world.do(results.VerifyResult(cycle_id, Quality.PARTLY_MET), world.judge)
    world.do(cycles.CompleteCycle(cycle_id, world.document("9/BC-UBND")), world.chairman)
    world.do(
        cycles.ReopenCycle(cycle_id, "Số liệu sai", world.document("10/QĐ-UBND")), world.chairman
    )

    who = {
        "lead": "Người head1.so-chu-tri (Thủ trưởng, Cơ quan so-chu-tri)",
        "officer": "Người officer1.so-chu-tri (Chuyên viên, Cơ quan so-chu-tri)",
        "judge": "Người head1.so-thuong-truc (Thủ trưởng, Cơ quan so-thuong-truc)",
        "chairman": "Người chairman1.ubnd-thu (Chủ tịch UBND tỉnh, Cơ quan ubnd-thu)",
    }
    told = [
        history.tell(e).sentence
        for e in entries(world)
        if e["object_kind"] == "cycle" and e["object_id"] == cycle_id
    ]
    assert told[1:] == [
        f"{who['officer']} tiếp nhận nhiệm vụ, cán bộ đầu mối: Nguyễn Văn Đầu Mối.",
        f"{who['officer']} cập nhật tiến độ: 40%.",
        "Người officer1.so-phoi-hop (Chuyên viên, Cơ quan so-phoi-hop) gửi nội dung phối hợp.",
        f"{who['officer']} lưu dự thảo báo cáo.",
        f"{who['lead']} gửi báo cáo kết quả theo văn bản 12/BC-THU ngày 02/03/2026, đúng hạn.",
        "Người officer1.so-thuong-truc (Chuyên viên, Cơ quan so-thuong-truc) "
        "thẩm định báo cáo: đề nghị trả lại.",
        f"{who['judge']} trả lại báo cáo, hạn gửi lại: 20/03/2026.",
        f"{who['lead']} gửi báo cáo kết quả theo văn bản 12/BC-THU ngày 02/03/2026, đúng hạn.",
        f"{who['judge']} xác nhận kết quả: đạt một phần.",
        f"{who['chairman']} kết thúc kỳ, chuyển sang hoàn thành "
        "theo văn bản 9/BC-UBND ngày 02/03/2026.",
        f"{who['chairman']} mở lại nhiệm vụ đã xác nhận theo văn bản 10/QĐ-UBND ngày 02/03/2026.",
    ]
    assert last(world, "return").words == "Thiếu số liệu\nPhụ lục 2"
    assert last(world, "update_progress").words == "Đã khảo sát"
    assert last(world, "reopen").is_grave
    assert not last(world, "verify").is_grave
    assert last(world, "report").act.startswith("Gửi báo cáo kết quả")


def test_a_late_report_is_told_as_late(world: World) -> None:
    cycle_id = world.bring(world.cycle("II.7-a"), CycleState.IN_PROGRESS)
    world.today = date(2026, 7, 5)

    world.do(world.report(cycle_id), world.head())

    assert last(world, "report").sentence.endswith("chậm 5 ngày.")


def test_acts_on_accounts_are_told(world: World) -> None:
    admin = world.person(Role.ADMIN, STANDING)
    who = world.officer(OTHER)
    someone = who.person_id or 0
    world.do(people.ChangePerson(someone, "Lê Thị Mới", "Phó phòng"), admin)
    world.do(people.AddMembership(someone, STANDING, Role.OFFICER, date(2026, 3, 1)), admin)
    world.do(people.LockPerson(someone, "Nghỉ việc"), admin)
    world.do(people.UnlockPerson(someone, "Đi làm lại"), admin)
    world.do(people.ResetPassword(someone, password_hash()), admin)
    world.do(people.RecordFailedSignIn(who.login, "10.0.0.0/24", someone), SYSTEM)

    assert last(world, "change_person").act == (
        "Sửa thông tin tài khoản Người officer1.so-khac (officer1.so-khac)."
    )
    assert last(world, "add_membership").act == (
        "Giao vai trò “Chuyên viên” tại Cơ quan so-thuong-truc cho Lê Thị Mới (officer1.so-khac)."
    )
    assert last(world, "lock_person").words == "Nghỉ việc"
    assert last(world, "record_failed_sign_in").sentence == (
        "Nhập sai mật khẩu của Lê Thị Mới (officer1.so-khac) từ mạng 10.0.0.0/24, lần thứ 1."
    )


def test_a_name_that_changed_afterwards_is_told_as_it_was(world: World) -> None:
    cycle_id = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    before = last(world, "accept").sentence
    head = world.head(number=2)
    rename = people.ChangePerson(head.person_id or 0, "Tên Khác Hẳn", "Chức vụ khác")
    world.do(rename, world.person(Role.ADMIN, STANDING))

    assert last(world, "accept").sentence == before
    assert cycle_id


@pytest.mark.parametrize("spoil", ["unknown command", "missing particulars"])
def test_what_is_not_understood_is_shown_raw(world: World, spoil: str) -> None:
    world.bring(world.cycle(), CycleState.IN_PROGRESS)
    entry = dict([e for e in entries(world) if e["command"] == "accept"][-1])
    if spoil == "unknown command":
        entry["command"] = "do_magic"
    else:
        entry["body"] = json.dumps(json.loads(entry["body"]) | {"changes": []})

    told = history.tell(entry)

    assert told.sentence == f"{entry['actor_name']}: {entry['command']} · {entry['object_label']}"


def test_the_loser_of_a_race_is_told_what_changed_since(world: World) -> None:
    cycle_id = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    seen = world.row(cycle_id)["version"]
    world.do(cycles.UpdateProgress(cycle_id, 10, "Một"), world.officer())
    world.do(cycles.UpdateProgress(cycle_id, 20, "Hai"), world.officer())

    with world.engine.connect() as conn:
        told = history.since(conn, world.head(), Stale("cycle", cycle_id, seen, seen + 2))
        hidden = history.since(conn, world.head(OTHER), Stale("cycle", cycle_id, seen, seen + 2))

    assert [one.words for one in told] == ["Hai", "Một"]
    assert hidden == []


def test_the_plan_is_told_as_loaded_by_the_system(world: World) -> None:
    assert last(world, "load_plan").sentence == f"Hệ thống nạp kế hoạch {PLAN}."
