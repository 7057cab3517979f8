"""Introduces everybody to everybody: Flask, the database, the door, the pages, the commands."""

import os
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import Engine

import cli
import config
import web
from ledger import place
from models.database import db, install_manners
from workflow import commands  # noqa: F401  (handlers register themselves)
from workflow.clock import Clock
from workflow.door import Door, guard
from workflow.files import FileStore


@dataclass(frozen=True)
class Services:
    """What a request or a CLI command may ask for; kept in app.extensions["dondoc"]."""

    settings: config.Settings
    engine: Engine
    clock: Clock
    door: Door
    files: FileStore


def create_app(settings: config.Settings | None = None) -> Flask:
    """The application. Without settings they come from the environment (config.BadSettings)."""
    settings = settings or config.from_env(os.environ)
    settings.home.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        MAX_CONTENT_LENGTH=25 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=200,
    )
    db.init_app(app)
    with app.app_context():
        engine = db.engine
    install_manners(engine)
    guard(engine)
    app.extensions["dondoc"] = Services(
        settings,
        engine,
        Clock(settings.clock_offset),
        Door(engine, place.watch(engine, place.folder_of(settings.home))),
        FileStore(settings.files),
    )
    web.init_app(app)
    cli.init_app(app)
    return app
