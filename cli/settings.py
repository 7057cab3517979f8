"""The settings in force, for whoever runs the system; secrets are masked."""

from dataclasses import fields
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.engine import make_url

from cli import answer

MASK = "••••••"


@click.group("settings", cls=AppGroup)
def group() -> None:
    """Thiết lập của hệ thống."""


def shown(settings: Any) -> list[dict[str, Any]]:
    """Every setting with its variable; a secret only says whether it is set."""
    found = []
    for setting in fields(settings):
        value = getattr(settings, setting.name)
        if setting.name == "database_url":
            # Where the data lie is no secret; the password in the address is.
            value = make_url(value).render_as_string(hide_password=True)
        elif setting.metadata.get("secret"):
            value = MASK if value else None
        elif isinstance(value, tuple):
            value = ",".join(value)
        found.append(
            {
                "name": setting.name,
                "variable": setting.metadata["env"],
                "value": value if value is None else str(value),
                "meaning": setting.metadata["doc"],
            }
        )
    return found


@group.command("show")
@click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")
def show_command(as_json: bool) -> None:
    """Xem mọi thiết lập đang dùng; giá trị bí mật được che."""
    found = shown(current_app.extensions["dondoc"].settings)
    if as_json:
        answer(found)
        return
    for setting in found:
        value = setting["value"] if setting["value"] is not None else "(trống)"
        click.echo(f"{setting['variable']}={value}\t{setting['meaning']}")
