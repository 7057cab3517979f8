"""`python -m cli <noun> <verb> …`: flask --app wsgi, with the schema brought up first."""

import os
import sys

from flask.cli import FlaskGroup
from werkzeug.utils import import_string

from cli import refused
from cli.database import NotReady, prepare
from config import BadSettings, from_env
from run import step
from workflow.law.errors import NotFound, Refused, Stale

# Nouns that tell about the program itself and ask the database nothing.
WITHOUT_DATABASE = {"docs", "settings"}


def main(arguments: list[str]) -> None:
    """Exit codes: 0 done, 1 refused and the reasons said, 2 wrong usage (by click)."""
    try:
        settings = from_env(os.environ)
        if arguments and arguments[0] not in WITHOUT_DATABASE and "--help" not in arguments:
            prepare(settings, step)
    except BadSettings as bad:
        refused(bad.problems)
    except NotReady as problem:
        refused([str(problem)])

    def create_app() -> object:
        return import_string("wsgi:create_app")(settings)

    group = FlaskGroup(create_app=create_app, add_default_commands=False)
    try:
        group.main(arguments, prog_name="run.py cli")
    except (NotFound, Refused, Stale) as refusal:
        refused([str(refusal)])


if __name__ == "__main__":
    main(sys.argv[1:])
