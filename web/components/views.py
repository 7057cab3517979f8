"""Shows the visual language as it is, so that a change to it is seen before it is made."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Blueprint, abort, current_app, render_template

from web.assets import STATIC
from web.components import examples
from web.requires import public, services

blueprint = Blueprint("components", __name__)


@blueprint.get("/_components")
@public
def every_component() -> str:
    """Each macro of templates/components in all its states."""
    if services().settings.profile != "demo" and not current_app.debug:
        abort(404)
    return render_template(
        "pages/components.html",
        ex=examples,
        shown_today=examples.TODAY,
        timedelta=timedelta,
        icon_names=icon_names(),
    )


def icon_names() -> list[str]:
    """Every drawing of our sprite."""
    sprite = (STATIC / "img" / "icons.svg").read_text(encoding="utf-8")
    return re.findall(r'<symbol id="([^"]+)"', sprite)
