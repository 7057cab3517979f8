"""Opening the cycles of a year, for real or as a dry run."""

from datetime import date
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from cli import answer
from cli.kinds import DATE, YEAR
from cli.named import the_plan
from workflow.commands.closing import CloseYear, to_close
from workflow.commands.years import OpenYear, YearPlan, in_plan, plan_year
from workflow.door import Origin
from workflow.identity import actor_by_login
from workflow.law.facts import SYSTEM, DocumentFacts


@click.group("year", cls=AppGroup)
def group() -> None:
    """Kỳ thực hiện theo năm."""


def _planned(found: YearPlan) -> list[dict[str, Any]]:
    return [
        {
            "task": p.task.code,
            "agency": found.agencies[p.agency_id]["code"],
            "kind": p.kind.value,
            "year": p.year,
            "due_on": p.due_on,
            "why": p.why,
        }
        for p in found.to_open
    ]


@group.command("open")
@click.argument("year", type=YEAR)
@click.option("--plan", "plan_code", metavar="SỐ", help="Số kế hoạch, khi có nhiều kế hoạch.")
@click.option("--dry-run", is_flag=True, help="Chỉ liệt kê những gì sẽ mở và vì sao.")
@click.option(
    "--on",
    type=DATE,
    help="Nhóm cơ quan lấy theo thành viên của ngày này (mặc định: hôm nay).",
)
@click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")
def open_command(
    year: int, plan_code: str | None, dry_run: bool, on: date | None, as_json: bool
) -> None:
    """Mở các kỳ của một năm; mở lại không tạo thêm."""
    services = current_app.extensions["dondoc"]
    day: date = on or services.clock.today()
    with services.engine.connect() as conn:
        plan = the_plan(conn, plan_code)
        found = plan_year(conn, plan, year, day)
    code = plan["code"]
    opened, standing = len(found.to_open), found.standing
    if not dry_run:
        outcome = services.door.perform(
            OpenYear(code, year, day), SYSTEM, services.clock.now(), origin=Origin("cli")
        )
        opened, standing = outcome.data["opened"], outcome.data["standing"]
    planned = _planned(found)
    if as_json:
        answer(
            {
                "plan": code,
                "year": year,
                "on": day,
                "dry_run": dry_run,
                "opened": opened,
                "standing": standing,
                "cycles": planned,
            }
        )
        return
    for cycle in planned if dry_run else ():
        due = f"{cycle['due_on']:%d/%m/%Y}" if cycle["due_on"] else "không hạn"
        click.echo(f"{cycle['task']}\t{cycle['agency']}\t{due}\t{cycle['why']}")
    verb = "Sẽ mở" if dry_run else "Đã mở"
    click.echo(f"{verb} {opened} kỳ năm {year}; {standing} kỳ đã có từ trước.")


@group.command("close")
@click.argument("year", type=YEAR)
@click.option("--plan", "plan_code", metavar="SỐ", help="Số kế hoạch, khi có nhiều kế hoạch.")
@click.option("--dry-run", is_flag=True, help="Chỉ đếm những kỳ sẽ kết thúc.")
@click.option("--as", "login", metavar="TÊN", help="Người thay mặt UBND tỉnh (tên đăng nhập).")
@click.option("--document", metavar="SỐ", help="Số, ký hiệu báo cáo tổng hợp: 14/BC-UBND.")
@click.option("--issued-on", type=DATE, help="Ngày văn bản.")
@click.option("--signer", default="", help="Người ký văn bản.")
@click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")
def close_command(
    year: int, plan_code: str | None, dry_run: bool, login: str | None, document: str | None,
    issued_on: date | None, signer: str, as_json: bool,
) -> None:  # fmt: skip
    """Kết thúc các kỳ đã xác nhận của một năm theo văn bản của UBND tỉnh."""
    services = current_app.extensions["dondoc"]
    with services.engine.connect() as conn:
        plan = the_plan(conn, plan_code)
        in_plan(plan, year)
        code = plan["code"]
        waiting = to_close(conn, code, year)
        actor = actor_by_login(conn, login, services.clock.today()) if login else None
    closed, left = waiting, 0
    if not dry_run:
        if actor is None or not document or issued_on is None or not signer:
            raise click.UsageError("Cần --as, --document, --issued-on và --signer.")
        number, _, symbol = document.partition("/")
        facts = DocumentFacts(document, number, symbol, issued_on, signer)
        done = services.door.perform(
            CloseYear(code, year, facts), actor, services.clock.now(), origin=Origin("cli")
        ).data
        closed, left = done["closed"], done["left"]
    if as_json:
        answer({"plan": code, "year": year, "dry_run": dry_run, "closed": closed, "left": left})
        return
    verb = "Sẽ kết thúc" if dry_run else "Đã kết thúc"
    click.echo(f"{verb} {closed} kỳ năm {year}; {left} kỳ người này không được kết thúc.")
