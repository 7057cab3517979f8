"""`python -m cli <noun> <verb> …`: flask --app wsgi, with the schema brought up first."""

import os
import sys

import click
from werkzeug.utils import import_string

from cli import command_line, refused
from cli.database import NotReady, prepare
from config import BadSettings, from_env
from run import step, why_not_written

# Nouns that tell about the program itself and ask the database nothing.
WITHOUT_DATABASE = {"docs", "settings"}


def main(arguments: list[str]) -> None:
    """Exit codes: 0 done, 1 refused and the reasons said, 2 wrong usage."""
    try:
        settings = from_env(os.environ)
        app = import_string("wsgi:create_app")(settings)
        noun = arguments[0] if arguments else ""
        asks = noun not in WITHOUT_DATABASE and "--help" not in arguments
        if asks and app.cli.get_command(click.Context(app.cli), noun):
            prepare(settings, step)
    except BadSettings as bad:
        refused(bad.problems)
    except NotReady as problem:
        refused([str(problem)])
    except OSError as problem:
        refused([why_not_written(problem, settings.home)])
    command_line(app, arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
