"""The law loads alone and asks no clock: no database, no web, no time of day."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAW = sorted((ROOT / "workflow" / "law").glob("*.py"))
# What the law may know of ours: itself, and the words of models.states.
OURS = ("workflow.law", "models.states")
FOREIGN = {"transitions"}
CLOCKS = {"now", "today", "utcnow", "time", "monotonic"}


def test_the_law_loads_without_database_and_web() -> None:
    ask = (
        "import json, sys, workflow.law.machine, workflow.law.opening, workflow.law.deadlines; "
        "print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True
    )

    loaded = set(json.loads(done.stdout))
    assert loaded & {"sqlalchemy", "flask", "flask_sqlalchemy", "psycopg", "apscheduler"} == set()


def imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def clocks(tree: ast.AST) -> set[str]:
    """Calls like datetime.now() or time.time()."""
    return {
        ast.unparse(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "time"}
    }


def faults(source: str) -> list[str]:
    tree = ast.parse(source)
    found = []
    for name in imports(tree):
        top = name.split(".")[0]
        known = top in sys.stdlib_module_names or top in FOREIGN or name.startswith(OURS)
        if not known:
            found.append(f"imports {name}")
    return found + [f"asks {c}" for c in clocks(tree)]


@pytest.mark.parametrize("file", LAW, ids=lambda f: f.stem)
def test_the_law_knows_nothing_above_it_and_no_clock(file: Path) -> None:
    assert faults(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("from workflow.door import Door", "imports workflow.door"),
        ("import sqlalchemy", "imports sqlalchemy"),
        ("from models.cycle import Cycle", "imports models.cycle"),
        ("from datetime import date\nx = date.today()", "asks date.today"),
        ("from datetime import datetime\nx = datetime.now()", "asks datetime.now"),
    ],
)
def test_the_watch_over_the_law_notices(source: str, fault: str) -> None:
    assert faults(source) == [fault]


def test_only_the_machine_touches_pytransitions() -> None:
    users = {f.name for f in LAW if "transitions" in imports(ast.parse(f.read_text("utf-8")))}

    assert users == {"machine.py"}
