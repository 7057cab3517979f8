"""Pages: one folder per blueprint, views.py and forms.py."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.util import find_spec
from typing import Any

from flask import Blueprint, Flask


def blueprints() -> list[Blueprint]:
    """A folder here with a views.py is a blueprint; views.py calls it `blueprint`."""
    return [
        importlib.import_module(f"web.{folder.name}.views").blueprint
        for folder in pkgutil.iter_modules(__path__)
        if folder.ispkg and find_spec(f"web.{folder.name}.views")
    ]


def init_app(app: Flask) -> None:
    """Hang everything a browser can reach on the application."""
    from web import (
        assets,
        errors,
        filters,
        frame,
        gate,
        languages,
        numbers,
        packing,
        pieces,
        requires,
        security,
    )

    numbers.init_app(app)
    packing.init_app(app)  # first here is last to see an answer
    languages.init_app(app)
    assets.init_app(app)
    _open_static(app, requires.public)
    filters.init_app(app)
    pieces.init_app(app)
    errors.init_app(app)
    # In this order: a name for the request, from where it came, its token, its gate.
    security.init_app(app)
    gate.init_app(app)
    frame.init_app(app)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)


def _open_static(app: Flask, public: Any) -> None:
    """A bound method cannot carry a gate; a function around it can."""
    send = app.view_functions["static"]

    def static(filename: str) -> Any:
        return send(filename=filename)

    app.view_functions["static"] = public(static)
