"""How to do the usual things."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.requires import public

blueprint = Blueprint("help", __name__)


@blueprint.get("/help")
@public
def overview() -> ResponseReturnValue:
    return render_template("pages/help/overview.html")
