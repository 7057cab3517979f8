"""One word for one thing: commands, events, reasons, tables and their Vietnamese sentences."""

import ast
import importlib
import inspect
import pkgutil
import re

import pytest
from sqlalchemy import Table

import models
from cli.database import MIGRATIONS, head
from models import tables
from models.base import Base
from models.states import LABELS, AwardForm, FlagKind
from tests.architecture.house import LIBRARY, ROOT, trees
from tests.matrix.table import read
from workflow import history, words
from workflow.door import HANDLERS
from workflow.law.errors import Reason
from workflow.law.rules import POST_LABELS, Post
from workflow.law.transitions import EVENTS, PASSAGES, Command

# The address of a command where it is not its own name with hyphens.
SEGMENTS = {
    Command.UPDATE_PROGRESS: "progress",
    Command.SET_DEADLINE: "deadline",
    Command.SAVE_DRAFT: "draft",
}


def segments() -> dict[Command, str]:
    from web.cycles.acts import ACTS

    return {c: act.segment for c, act in ACTS.items()}


def test_a_command_has_one_name_in_law_address_trail_and_table() -> None:
    shown = segments()
    for command in Command:
        assert command.value == command.name.lower()
        assert command in EVENTS
        assert command in words.COMMANDS
        if command in shown:
            wanted = SEGMENTS.get(command, command.value.replace("_", "-"))
            assert shown[command] == wanted
    assert {p.command for p in PASSAGES} == set(Command)
    assert set(read()["commands"]) == {c.value for c in Command} - {"assign"}


def reasons_used() -> set[str]:
    """Reasons that somebody gives; sentences about them do not count."""
    found = set()
    for file, tree in trees():
        if file in ("workflow/law/errors.py", "workflow/words.py"):
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "Reason"
            ):
                found.add(node.attr)
    return found


def test_every_reason_is_given_somewhere_and_no_unknown_one() -> None:
    assert reasons_used() == {r.name for r in Reason}


def test_every_remembered_word_has_its_label() -> None:
    enums = {type(word) for word in LABELS}
    for kind in enums:
        assert [w for w in kind if w not in LABELS] == [], kind
    assert set(POST_LABELS) == set(Post)


def test_words_that_are_the_same_string_keep_labels_of_their_own() -> None:
    assert FlagKind.FLAG == AwardForm.FLAG
    assert (LABELS[FlagKind.FLAG], LABELS[AwardForm.FLAG]) == (
        "Gắn cờ",
        "Cờ thi đua của UBND tỉnh",
    )


def test_every_model_is_known_by_its_table() -> None:
    for module in pkgutil.iter_modules(models.__path__):
        importlib.import_module(f"models.{module.name}")
    known = {v.name: k for k, v in vars(tables).items() if isinstance(v, Table)}

    assert known == {t.name: t.name.upper() for t in Base.metadata.sorted_tables}


def test_every_command_has_one_handler_and_every_handler_a_command() -> None:
    from workflow import commands

    defined = set()
    for module in pkgutil.iter_modules(commands.__path__):
        loaded = importlib.import_module(f"workflow.commands.{module.name}")
        for name, thing in inspect.getmembers(loaded, inspect.isclass):
            if thing.__module__ == loaded.__name__ and thing in HANDLERS:
                defined.add(thing)
                handler = HANDLERS[thing]
                assert handler.__module__ == thing.__module__
                assert handler.__name__ == snake(name), f"{name} is handled by {handler.__name__}"
    # Whatever else registers a handler does it from a file of commands.
    elsewhere = {c for c in HANDLERS if not c.__module__.startswith("tests.")} - defined
    assert {c.__name__ for c in elsewhere} == set()


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def entries_written() -> set[str]:
    """Names of commands as they are written into the trail, where they are written down."""
    found = {c.value for c in Command}
    for _, tree in trees("workflow"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Entry":
                for given in node.keywords:
                    if given.arg == "command" and isinstance(given.value, ast.Constant):
                        found.add(given.value.value)
    return found


def test_every_act_of_the_trail_has_its_sentence() -> None:
    assert entries_written() - set(history.SENTENCES) == set()


def test_the_last_migration_is_the_one_that_is_written_down() -> None:
    assert (MIGRATIONS / "HEAD").read_text(encoding="ascii").strip() == head()
    numbers = sorted(p.name.split("_")[0] for p in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]


SPEAKERS = {"run.py", "cli/serve.py", "ledger/verify.py"}


def prints(tree: ast.Module) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]


def test_libraries_do_not_print() -> None:
    assert {f for f, tree in trees() if prints(tree)} - SPEAKERS == set()


RAW = {"raw_connection", "driver_connection", "dbapi_connection"}
# Who speaks to a driver itself, and why it is no way around the door.
BELOW_THE_DOOR = {
    "cli/database.py": "prepares and replaces whole database files",
    "ledger/backup.py": "copies whole databases",
    "ledger/verify.py": "reads a database it was given, and nothing else",
}


def below(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            if node.attr in RAW or (node.attr == "connect" and owner in ("sqlite3", "psycopg")):
                found.add(node.attr)
    return found


def test_nobody_speaks_to_the_driver_behind_the_guard() -> None:
    assert {f for f, tree in trees() if below(tree)} == set(BELOW_THE_DOOR)


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("print('x')", prints),
        ("conn.connection.driver_connection.execute('DELETE')", below),
        ("engine.raw_connection()", below),
        ("import sqlite3\nsqlite3.connect('x')", below),
    ],
)
def test_these_watches_notice(source: str, seen: object) -> None:
    assert seen(ast.parse(source))  # type: ignore[operator]


def test_the_house_speaks_of_the_product_only() -> None:
    """No path of one machine, no foreign host in what is shipped."""
    found = []
    for folder in (*LIBRARY, "docs", "templates", "static/js", "requirements"):
        for file in (ROOT / folder).rglob("*"):
            if file.suffix in (".py", ".md", ".yaml", ".html", ".js", ".lock", ".in"):
                text = file.read_text(encoding="utf-8")
                found += [
                    f"{file.relative_to(ROOT)}: {m[0]}"
                    for m in re.finditer(r"(?<![\w/.])/(?:work|root|home)/\w+", text)
                ]
    assert found == []
