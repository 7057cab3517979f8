"""`demo load`: the story, into a database that holds nothing else."""

from datetime import date
from typing import TYPE_CHECKING

import click
from flask import current_app
from sqlalchemy import create_engine

from cli import answer, refused
from cli.database import fill
from cli.kinds import DATE
from cli.ledger import ledger, seal_quietly
from demo.password import shared_password
from demo.scale import multiply
from demo.story import Told, empty_but_for_the_plan, load
from models.database import install_manners

if TYPE_CHECKING:
    from config import Settings


def _say(what: str) -> None:
    click.echo(f"  … {what}", err=True)


@click.group("demo")
def group() -> None:
    """Câu chuyện demo: cơ quan, tài khoản và những năm đã qua."""


@group.command("load")
@click.option("--on", type=DATE, help="Kể đến hết ngày này.")
@click.option("--scale", type=click.IntRange(1, 1_000_000), help="Nhân số kỳ lên, để đo.")
@click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")
def load_command(on: date | None, scale: int | None, as_json: bool) -> None:
    """Kể câu chuyện bằng các thao tác thật, từ 08/2023 đến ngày đã cho."""
    services = current_app.extensions["dondoc"]
    settings: Settings = services.settings
    if not settings.is_demo:
        refused(["Chỉ nạp được bản demo khi DONDOC_PROFILE=demo."])
    if not empty_but_for_the_plan(services.engine):
        refused(["Cơ sở dữ liệu đã có dữ liệu khác: bản demo chỉ nạp vào cơ sở dữ liệu trống."])
    until: date = on or services.clock.today()
    password = shared_password(settings)
    told: list[Told] = []

    def tell(filled: "Settings") -> None:
        told.append(load(filled, until, password, _say))
        if scale:
            _multiply(filled, scale)

    services.engine.dispose()
    fill(settings, tell)
    _say("niêm phong nhật ký")
    log = ledger()
    log.ensure_key()
    seal_quietly(log)
    if as_json:
        answer({"people": told[0].people, "cycles": told[0].cycles, "commands": told[0].commands})
    else:
        click.echo(f"{told[0].people} tài khoản, {told[0].cycles} kỳ, {told[0].commands} thao tác.")


def _multiply(settings: "Settings", scale: int) -> None:
    engine = create_engine(settings.database_url)
    install_manners(engine)
    try:
        _say(f"{multiply(engine, scale)} kỳ")
    finally:
        engine.dispose()
