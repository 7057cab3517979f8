"""The operators' side: a file per noun, each with a `group`, hung on the application here."""

import importlib
import json
import pkgutil
from collections.abc import Iterable
from typing import Any, NoReturn

import click
from flask import Flask
from flask.cli import AppGroup, ScriptInfo

from cli.usage import not_found, wrong_usage
from run import why_not_written
from workflow.law.errors import NotFound, Refused, Stale
from workflow.words import sentences


class Nouns(AppGroup):
    """The nouns, read when they are asked for: a page needs none and a command needs one."""

    def main(self, *arguments: Any, **options: Any) -> NoReturn:
        """One line: 0 done, 1 refused, 2 wrong usage, and what is wrong said in Vietnamese."""
        try:
            left = super().main(*arguments, **{**options, "standalone_mode": False})
        except click.UsageError as wrong:
            click.echo(wrong_usage(wrong), err=True)
            raise SystemExit(2) from None
        except click.ClickException as problem:
            refused([problem.format_message()])
        except click.Abort:
            refused(["Đã dừng."])
        except Refused as refusal:
            refused(sentences(refusal))
        except NotFound as missing:
            refused([not_found(missing)])
        except Stale:
            refused(["Có người vừa thay đổi nội dung này; hãy xem lại rồi làm lại."])
        except OSError as problem:
            refused([why_not_written(problem, "nơi lệnh này nêu")])
        raise SystemExit(left if isinstance(left, int) else 0)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in modules() if self.get_command(ctx, name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in modules():
            return None
        found = getattr(importlib.import_module(f"cli.{cmd_name}"), "group", None)
        return found if isinstance(found, click.Command) else None


def modules() -> list[str]:
    return sorted(found.name for found in pkgutil.iter_modules(__path__) if found.name[0] != "_")


def init_app(app: Flask) -> None:
    """Hang every noun on the application: a module of this package with a `group` is one."""
    app.cli = Nouns(app.name)


def command_line(app: Flask, arguments: list[str]) -> None:
    """Carry out one line of `<noun> <verb> …` with this application; ends in SystemExit."""
    with app.app_context():
        app.cli.main(arguments, prog_name="run.py cli", obj=ScriptInfo(create_app=lambda: app))


def answer(value: Any) -> None:
    """The answer for a program: one line of JSON on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def refused(reasons: Iterable[str]) -> NoReturn:
    """Say every reason on standard error and leave with 1."""
    for reason in reasons:
        click.echo(reason, err=True)
    raise SystemExit(1)
