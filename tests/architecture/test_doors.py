"""Nobody gets around the door: read from the syntax of every file we ship."""

import ast
from collections.abc import Iterator

from tests.architecture.house import LIBRARY, singles, tree_of, trees
from workflow.door import AJAR

# Who may open the door by name, and for what. Pages and operators never.
ALLOWED = {
    "measurement": ("bench/", "demo/scale.py"),
    "migration": ("ledger/backup.py", "migrations/env.py"),
    "outbox bookkeeping": (
        "notifications/",
        "workflow/commands/notices.py",
        "workflow/commands/webhooks.py",
    ),
    "sealing": ("ledger/",),
    "session bookkeeping": ("workflow/identity.py",),
    "sweep": ("workflow/commands/clock.py",),
    "tick": ("workflow/commands/ladder.py",),
    "typing": ("workflow/typed.py",),
}


def house() -> Iterator[tuple[str, ast.Module]]:
    """Whatever could write: the library, what measures it, what migrates it, what starts it."""
    yield from trees(*LIBRARY, "bench", "migrations")
    yield from map(tree_of, singles())


def commits(tree: ast.Module) -> list[int]:
    """Lines that commit by hand; the door's own transaction commits by leaving its block."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]


def sessions(tree: ast.Module) -> list[int]:
    """Lines that reach for the session, by whatever name."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "session":
            if isinstance(node.value, ast.Name) and node.value.id == "db":
                found.append(node.lineno)
        elif isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            if (node.module == "models.database" and "db" in names) or "object_session" in names:
                found.append(node.lineno)
        elif isinstance(node, ast.Name) and node.id == "scoped_session":
            found.append(node.lineno)
    return found


def openings(tree: ast.Module) -> list[str]:
    """The names under which a file opens the door; "?" for one that is not written down."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else None
            if called is None and isinstance(node.func, ast.Name):
                called = node.func.id
            if called == "ajar":
                name = node.args[0] if node.args else None
                found.append(name.value if isinstance(name, ast.Constant) else "?")
    return found


def test_nobody_commits_by_hand() -> None:
    assert {file: found for file, tree in house() if (found := commits(tree))} == {}


def test_only_the_pages_reader_and_the_introducer_know_the_session() -> None:
    knowing = {file for file, tree in house() if sessions(tree)}

    assert knowing == {"web/db.py", "wsgi.py"}


def test_the_door_is_opened_by_name_only_where_it_is_written_down() -> None:
    wrong = [
        (file, name)
        for file, tree in house()
        for name in openings(tree)
        if not file.startswith(ALLOWED.get(name, ()))
    ]

    assert wrong == []
    assert set(ALLOWED) == AJAR


def test_these_guards_see_what_they_are_for() -> None:
    sneaky = ast.parse(
        "from models.database import db\n"
        "from sqlalchemy.orm import object_session\n"
        "db.session.add(x)\n"
        "session.commit()\n"
        "with door.ajar('because I say so'), ajar(name): pass\n"
    )

    assert commits(sneaky) == [4]
    assert sessions(sneaky) == [1, 2, 3]
    assert openings(sneaky) == ["because I say so", "?"]
