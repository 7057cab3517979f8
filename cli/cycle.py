"""Reading cycles from the command line: a list with filters, and one cycle with its trail."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import RowMapping

from cli import answer
from cli.kinds import DATE, ID, YEAR
from cli.named import check
from models.states import LABELS, CycleState, DueClass
from workflow.dossiers import cycle_dossier
from workflow.law.facts import SYSTEM
from workflow.lists import CycleFilter, all_cycles


@click.group("cycle", cls=AppGroup)
def group() -> None:
    """Các kỳ thực hiện nhiệm vụ."""


def plain(row: Mapping[str, Any] | RowMapping) -> dict[str, Any]:
    """A cycle as programs are told of it; the names are part of the black-box surface."""
    return {
        "id": row["id"],
        "plan": row["plan_code"],
        "task": row["task_code"],
        "agency": row["agency_code"],
        "kind": row["kind"],
        "year": row["year"],
        "state": row["state"],
        "due_on": row["due_on"],
        "effective_due_on": row["effective_due_on"],
        "due_class": row["due_class"],
        "reported_at": row["reported_at"] and row["reported_at"].isoformat(),
        "late_days": row["late_days"],
        "version": row["version"],
    }


ON = click.option("--on", type=DATE, help="Tính hạn theo ngày này (mặc định: hôm nay).")
JSON = click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")


def _day(on: date | None) -> date:
    today: date = current_app.extensions["dondoc"].clock.today()
    return on or today


@group.command("list")
@click.option("--year", type=YEAR, help="Chỉ năm này.")
@click.option("--agency", metavar="MÃ", help="Chỉ kỳ do cơ quan này chủ trì.")
@click.option("--state", type=click.Choice([s.value for s in CycleState]), help="Chỉ trạng thái.")
@click.option("--plan", metavar="SỐ", help="Chỉ kế hoạch này.")
@ON
@JSON
def list_command(
    year: int | None,
    agency: str | None,
    state: str | None,
    plan: str | None,
    on: date | None,
    as_json: bool,
) -> None:
    """Liệt kê các kỳ."""
    wanted = CycleFilter(
        plan=plan, year=year, agency=agency, state=CycleState(state) if state else None
    )
    with current_app.extensions["dondoc"].engine.connect() as conn:
        check(conn, plan, agency, year)
        found = [plain(r) for r in all_cycles(conn, SYSTEM, wanted, _day(on))]
    if as_json:
        answer(found)
        return
    for c in found:
        day = c["effective_due_on"]
        due = f"{day:%d/%m/%Y}" if day else "không hạn"
        words = f"{LABELS[CycleState(c['state'])]}, {LABELS[DueClass(c['due_class'])]}"
        click.echo(f"{c['id']}\t{c['task']}\t{c['agency']}\t{c['year']}\t{due}\t{words}")


@group.command("show")
@click.argument("cycle_id", type=ID)
@ON
@JSON
def show_command(cycle_id: int, on: date | None, as_json: bool) -> None:
    """Xem một kỳ: tình trạng và nhật ký."""
    with current_app.extensions["dondoc"].engine.connect() as conn:
        dossier = cycle_dossier(conn, SYSTEM, cycle_id, _day(on))
    found = plain({**dossier.found.row, "due_class": dossier.wording["due_class"]})
    found |= {
        "title": dossier.wording["title"],
        "disposition": dossier.found.row["disposition"],
        "original_due_on": dossier.found.row["original_due_on"],
        "due_basis": dossier.found.row["due_basis"],
        "co_leads": [p["code"] for p in dossier.parties if p["role"] == "co_lead"],
        "supporting": [p["code"] for p in dossier.parties if p["role"] == "supporting"],
        "returned": dossier.found.row["return_count"],
        "withdrawn": dossier.found.row["withdraw_count"],
        "reopened": dossier.found.row["reopen_count"],
        "entries": [
            {
                "at": e["at"].isoformat(),
                "actor": e["actor_name"],
                "agency": e["agency_code"],
                "command": e["command"],
                "from": e["from_state"],
                "to": e["to_state"],
                "reason": e["reason"],
            }
            for e in reversed(dossier.entries)
        ],
    }
    if as_json:
        answer(found)
        return
    for name, value in found.items():
        if name != "entries":
            click.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value}")
    for e in found["entries"]:
        click.echo(f"{e['at']}\t{e['actor']}\t{e['command']}\t{e['reason'] or ''}")
