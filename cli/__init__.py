"""The operators' side: a file per noun, each with a `group`, hung on the application here."""

import importlib
import json
import pkgutil
from collections.abc import Iterable
from typing import Any, NoReturn

import click
from flask import Flask
from flask.cli import ScriptInfo


def init_app(app: Flask) -> None:
    """Hang every noun on the application: a module of this package with a `group` is one."""
    for module in pkgutil.iter_modules(__path__):
        if module.name.startswith("_"):
            continue
        group = getattr(importlib.import_module(f"cli.{module.name}"), "group", None)
        if isinstance(group, click.Command):
            app.cli.add_command(group)


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
