"""`audit show`: the log on the terminal, or one entry a line for programs."""

import json
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import RowMapping

from cli import refused
from workflow import audit, history
from workflow.law.facts import SYSTEM


@click.group("audit", cls=AppGroup)
def group() -> None:
    """Nhật ký hệ thống."""


@group.command("show")
@click.option("--object", "of_object", help="Chỉ một đối tượng, ví dụ cycle:17 hoặc person:3.")
@click.option("--limit", type=click.IntRange(1), help="Chỉ ngần ấy dòng mới nhất.")
@click.option("--json", "as_json", is_flag=True, help="Mỗi dòng một JSON.")
def show(of_object: str | None, limit: int | None, as_json: bool) -> None:
    """In các dòng nhật ký, cũ trước mới sau."""
    kind, object_id = _object(of_object)
    with current_app.extensions["dondoc"].engine.connect() as conn:
        for entry in audit.in_order(conn, SYSTEM, kind, object_id, limit):
            click.echo(json.dumps(line(entry), ensure_ascii=False) if as_json else _told(entry))


def _object(typed: str | None) -> tuple[str | None, int | None]:
    if typed is None:
        return None, None
    kind, _, number = typed.partition(":")
    if not kind or not number.isdecimal():
        refused([f"“{typed}” không phải đối tượng: viết loại:số, ví dụ cycle:17."])
    return kind, int(number)


def line(entry: RowMapping) -> dict[str, Any]:
    """An entry for a program: the fields to search by, then the proof."""
    body = json.loads(entry["body"])
    return {
        "at": body["at"],
        "actor": body["actor"]["login"] or body["actor"]["name"],
        "name": entry["actor_name"],
        "role": entry["role"],
        "agency": entry["agency_code"],
        "command": entry["command"],
        "object": f"{entry['object_kind']}:{entry['object_id']}",
        "label": entry["object_label"],
        "from": entry["from_state"],
        "to": entry["to_state"],
        "reason": entry["reason"],
        "uid": entry["uid"],
        "leaf_hash": entry["leaf_hash"],
        "body": entry["body"],
    }


def _told(entry: RowMapping) -> str:
    told = history.tell(entry)
    return f"{entry['at']:%Y-%m-%d %H:%M:%SZ}  {told.sentence}  [{entry['object_label']}]"
