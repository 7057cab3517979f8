"""Every file of the house as text and as a syntax tree, for the tests that read the house."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIBRARY = ("cli", "demo", "ledger", "models", "notifications", "reports", "web", "workflow")
SINGLE = ("config.py", "wsgi.py", "run.py")


def files(*folders: str) -> Iterator[Path]:
    """Python files of these folders (all of the library when none is named)."""
    for folder in folders or LIBRARY:
        yield from sorted((ROOT / folder).rglob("*.py"))


def singles() -> Iterator[Path]:
    """The Python files that lie in no folder."""
    yield from (ROOT / file for file in SINGLE)


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def trees(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    yield from map(tree_of, files(*folders))


def tree_of(file: Path) -> tuple[str, ast.Module]:
    return name(file), ast.parse(file.read_text(encoding="utf-8"))
