"""Indicators from the command line: the list with verdicts, and one value entered."""

from datetime import date

import click
from flask import current_app

from cli import answer
from cli.kinds import DATE, YEAR
from cli.named import check
from cli.report import moment_of
from models.states import LABELS, ValueKind
from reports.indicators import indicator_lines
from workflow.commands.indicators import ConfirmValue, EnterValue
from workflow.door import Origin
from workflow.identity import actor_by_login
from workflow.law.facts import SYSTEM


@click.group("indicator")
def group() -> None:
    """Chỉ tiêu: mục tiêu, số liệu và đánh giá."""


@group.command("list")
@click.option("--year", type=YEAR, help="Đánh giá theo số liệu đến hết năm này.")
@click.option("--on", type=DATE, help="Như đã biết hết ngày này.")
@click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")
def list_command(year: int | None, on: date | None, as_json: bool) -> None:
    """Liệt kê chỉ tiêu với mục tiêu, số liệu đã xác nhận và đánh giá."""
    moment = moment_of(on)
    with current_app.extensions["dondoc"].engine.connect() as conn:
        check(conn, year=year)
        lines = indicator_lines(conn, SYSTEM, moment, year=year)
    found = [
        {
            "code": x.code,
            "name": x.name,
            "unit": x.unit,
            "agency": x.owner or None,
            "values": {
                str(y): {"value": v["value"], "kind": v["kind"]} for y, v in x.values.items()
            },
            "targets": [
                {
                    "year": m.target.year,
                    "text": m.target.text,
                    "clause": m.target.clause,
                    "verdict": m.assessment.judgement.value,
                    "words": m.word,
                    "slope": m.assessment.slope and str(m.assessment.slope),
                }
                for m in x.milestones
            ],
            "conflicts": [c["code"] for c in x.conflicts],
        }
        for x in lines
    ]
    if as_json:
        answer(found)
        return
    for line in lines:
        said = "; ".join(f"{m.target.year}: {m.target.text} – {m.word}" for m in line.milestones)
        click.echo(f"{line.code}\t{line.name}\t{said}")


@group.command("set")
@click.argument("code")
@click.argument("year", type=YEAR)
@click.argument("value")
@click.option("--kind", type=click.Choice([k.value for k in ValueKind]), default="estimate")
@click.option("--source", required=True, help="Văn bản hoặc ấn phẩm lấy số liệu.")
@click.option("--as", "login", required=True, metavar="TÊN", help="Người nhập (tên đăng nhập).")
@click.option("--reason", default="", help="Lý do, khi đính chính số liệu đã nhập.")
@click.option("--jump", is_flag=True, help="Chênh lớn là đúng.")
@click.option("--confirm-as", metavar="TÊN", help="Người xác nhận ngay sau khi nhập.")
@click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")
def set_command(
    code: str, year: int, value: str, kind: str, source: str, login: str, reason: str,
    jump: bool, confirm_as: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Nhập một giá trị trong vai một người; "4.600" là bốn nghìn sáu trăm."""
    services = current_app.extensions["dondoc"]
    now, today = services.clock.now(), services.clock.today()
    with services.engine.connect() as conn:
        actor = actor_by_login(conn, login, today)
        judge = actor_by_login(conn, confirm_as, today) if confirm_as else None
    command = EnterValue(code, year, ValueKind(kind), value, source, "", reason, jump)
    done = services.door.perform(command, actor, now, origin=Origin("cli")).data
    if judge is not None:
        services.door.perform(
            ConfirmValue(done["value_id"]), judge, services.clock.now(), origin=Origin("cli")
        )
    if as_json:
        answer({**done, "confirmed": judge is not None})
    else:
        click.echo(f"{code} năm {year}: {done['value']} ({LABELS[ValueKind(kind)].lower()})")
