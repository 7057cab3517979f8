"""By hand whatever the timetable does by itself, for today or for any day."""

from datetime import UTC, date, datetime
from typing import Any

import click
from flask import current_app

from cli import answer
from cli.kinds import DATE
from notifications.rounds import MORNING, deliver_round, post_round, remind_round, tick_round
from workflow.law.deadlines import VIETNAM

ON = click.option("--on", type=DATE, help="Làm như vào ngày này.")
JSON = click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")


@click.group("jobs")
def group() -> None:
    """Các việc định kỳ: nhắc hạn, gửi thư."""


def _moment(on: date | None) -> tuple[Any, date, datetime]:
    """The services, the day and the moment: 07:30 of a named day, else now."""
    services = current_app.extensions["dondoc"]
    if on is None:
        return services, services.clock.today(), services.clock.now()
    return services, on, datetime.combine(on, MORNING, VIETNAM).astimezone(UTC)


@group.command("tick")
@ON
@JSON
def tick_command(on: date | None, as_json: bool) -> None:
    """Tính thang nhắc hạn đến ngày này, lập thư trong ngày và gửi những thư đến lượt."""
    services, day, now = _moment(on)
    made = tick_round(services, now, day)
    remind_round(services, day, now)
    done = deliver_round(services, now)
    made["sent"] = done.sent if done else 0
    if as_json:
        answer({k: made[k] for k in ("created", "superseded", "sent")})
        return
    click.echo(
        f"{made['created']} nhắc hạn mới, {made['superseded']} không còn đúng, "
        f"{made['noticed']} thông báo, {made['sent']} thư đã gửi."
    )
    _say_if_no_server(done)


@group.command("remind")
@ON
@JSON
def remind_command(on: date | None, as_json: bool) -> None:
    """Lập thư tổng hợp của ngày làm việc; ngày nghỉ không lập thư nào."""
    services, day, now = _moment(on)
    mails = remind_round(services, day, now)
    if as_json:
        answer({"mails": mails})
    else:
        click.echo(f"{mails} thư tổng hợp.")


@group.command("post")
@ON
@JSON
def post_command(on: date | None, as_json: bool) -> None:
    """Gửi tin tới các webhook đến lượt."""
    services, _, now = _moment(on)
    done = post_round(services, now)
    if as_json:
        answer(done.plain())
    else:
        click.echo(f"{done.sent} tin đã gửi, {done.failed} lần hỏng, {done.dead} tin không tới.")


@group.command("deliver")
@ON
@JSON
def deliver_command(on: date | None, as_json: bool) -> None:
    """Gửi những thư đến lượt."""
    services, _, now = _moment(on)
    done = deliver_round(services, now)
    if as_json:
        answer(done.plain() if done else {"sent": 0, "is_configured": False})
        return
    if done:
        click.echo(
            f"{done.sent} thư đã gửi, {done.superseded} không còn đúng nên không gửi, "
            f"{done.failed} lần hỏng, {done.dead} thư không gửi được."
        )
    _say_if_no_server(done)


def _say_if_no_server(done: object) -> None:
    if done is None:
        click.echo(
            "Chưa đặt DONDOC_SMTP_URL: thư được giữ lại và xem được trên hệ thống.", err=True
        )
