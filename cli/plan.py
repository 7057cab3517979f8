"""Plans from the command line: check a file, load it, list and show what is loaded."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from cli import answer, refused
from cli.kinds import DATE
from models.states import PartyRole
from workflow.commands.plans import LoadPlan
from workflow.commands.years import plan_by_code
from workflow.door import Origin
from workflow.law.facts import SYSTEM
from workflow.planfile import PlanFileInvalid, Problem, check_plan_file
from workflow.register import GroupFound, PlanDocument, TaskLine, plan_document
from workflow.register import plan_list as plans_loaded

FILE = click.argument("file", metavar="TỆP", type=click.Path())
JSON = click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")


@click.group("plan", cls=AppGroup)
def group() -> None:
    """Kế hoạch: kiểm tra tệp, nạp, liệt kê, xem."""


def _told(problems: Sequence[Problem]) -> list[str]:
    return [*map(str, problems), f"{len(problems)} lỗi. Chưa nạp gì."]


@group.command("check")
@FILE
@JSON
def check_command(file: str, as_json: bool) -> None:
    """Kiểm tra một tệp kế hoạch; in mọi lỗi cùng số dòng."""
    problems = check_plan_file(file)
    if as_json:
        answer(
            [
                {"line": p.line, "column": p.column, "where": p.where, "message": p.message}
                for p in problems
            ]
        )
    else:
        for problem in problems:
            click.echo(str(problem))
    if problems:
        refused([f"{len(problems)} lỗi."])
    if not as_json:
        click.echo("Tệp hợp lệ.")


@group.command("load")
@FILE
@JSON
def load_command(file: str, as_json: bool) -> None:
    """Nạp một tệp kế hoạch: được tất cả hoặc không gì cả; nạp lại không tạo thêm."""
    services = current_app.extensions["dondoc"]
    try:
        outcome = services.door.perform(
            LoadPlan(Path(file)), SYSTEM, services.clock.now(), origin=Origin("cli")
        )
    except PlanFileInvalid as error:
        refused(_told(error.problems))
    if as_json:
        answer(outcome.data)
        return
    done = outcome.data
    click.echo(
        f"{done['code']}: lần nạp thứ {done['edition']}, {done['tasks']} nhiệm vụ, "
        f"{done['agencies']} cơ quan, {done['groups']} nhóm, {done['indicators']} chỉ tiêu, "
        f"{done['conflicts']} điểm chưa khớp."
    )
    if not outcome.entry_uid:
        click.echo("Tệp này đã nạp rồi, không có gì thay đổi.", err=True)


@group.command("list")
@JSON
def list_command(as_json: bool) -> None:
    """Liệt kê các kế hoạch đã nạp."""
    with current_app.extensions["dondoc"].engine.connect() as conn:
        rows = plans_loaded(conn)
    found = [
        {
            "code": row["code"],
            "title": row["title"],
            "issued_on": row["issued_on"],
            "start_year": row["start_year"],
            "end_year": row["end_year"],
            "standing_agency": row["standing_code"],
            "edition": row["edition"],
            "tasks": row["tasks"],
            "indicators": row["indicators"],
            "conflicts": row["conflicts"],
            "open_conflicts": row["open_conflicts"],
        }
        for row in rows
    ]
    if as_json:
        answer(found)
        return
    for plan in found:
        click.echo(
            f"{plan['code']}\t{plan['issued_on']:%d/%m/%Y}\t{plan['tasks']} nhiệm vụ\t"
            f"{plan['title']}"
        )


@group.command("show")
@click.argument("code", metavar="SỐ")
@click.option("--on", type=DATE, help="Thành viên các nhóm vào ngày này (mặc định: hôm nay).")
@JSON
def show_command(code: str, on: date | None, as_json: bool) -> None:
    """Xem một kế hoạch đã nạp, nguyên văn từng nhiệm vụ."""
    services = current_app.extensions["dondoc"]
    day: date = on or services.clock.today()
    with services.engine.connect() as conn:
        found = plan_document(conn, SYSTEM, plan_by_code(conn, code)["id"], day)
        if as_json:
            answer(plain(found))
            return
        click.echo(f"{found.plan['code']} ngày {found.plan['issued_on']:%d/%m/%Y}")
        click.echo(found.plan["title"])
        for task in found.tasks:
            row = task.row
            leads = "; ".join(party.name for party in task.named(PartyRole.LEAD))
            click.echo(f"{row['code']}\t{row['title']}\t{leads}\t{row['timing_verbatim'] or ''}")


def plain(found: PlanDocument) -> dict[str, Any]:
    """A plan as programs are told of it; the names are part of the black-box surface."""
    return {
        "code": found.plan["code"],
        "title": found.plan["title"],
        "issued_on": found.plan["issued_on"],
        "edition": found.plan["edition"],
        "sha256": found.plan["sha256"],
        "standing_agency": found.plan["standing_code"],
        "tasks": [_task(task) for task in found.tasks],
        "agencies": [
            {
                "code": row["code"],
                "name": row["name"],
                "short": row["short"],
                "kind": row["kind"],
                "vertical": row["is_vertical"],
                "source": row["source"],
            }
            for row in found.agencies
        ],
        "groups": [_group(one) for one in found.groups],
        "sections": found.data["sections"],
        "clauses": found.data["clauses"],
        "indicators": [row["data"] for row in found.indicators],
        "documents": [row["data"] for row in found.documents],
        "conflicts": [
            row["data"]
            | {
                "status": row["status"],
                "ruling": row["ruling"],
                "ruled_by": row["ruled_by"],
                "ruled_at": row["ruled_at"] and row["ruled_at"].isoformat(),
                "document": row["document_notation"],
            }
            for row in found.conflicts
        ],
    }


def _task(task: TaskLine) -> dict[str, Any]:
    row = task.row
    timing = row["data"]["timing"] | {
        "kind": row["timing_kind"],
        "verbatim": row["timing_verbatim"],
        "start": row["timing_start"],
        "due": row["timing_due"],
    }
    return row["data"] | {
        "id": row["code"],
        "clause": row["clause"],
        "section": row["section"],
        "title": row["title"],
        "text": row["text"],
        "lead": [party.code for party in task.named(PartyRole.LEAD)],
        "cooperate": [party.code for party in task.named(PartyRole.SUPPORTING)],
        "timing": timing,
        "version": row["version_number"],
    }


def _group(found: GroupFound) -> dict[str, Any]:
    return {
        "code": found.row["code"],
        "name": found.row["name"],
        "complete": found.row["is_complete"],
        "members": [
            {
                "code": link["agency_code"],
                "source": link["source"],
                "valid_from": link["valid_from"],
                "valid_to": link["valid_to"],
            }
            for link in found.members
        ],
        "includes_groups": [link["group_code"] for link in found.included],
        "all_members": list(found.all_codes),
    }
