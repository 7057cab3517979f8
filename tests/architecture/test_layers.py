"""Who may import whom: the contracts of pyproject.toml hold, and each breaks when it is broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house import LIBRARY, ROOT, SINGLE

LINT = "from importlinter.cli import lint_imports_command as lint; lint()"

# A forbidden line, in a file where it is forbidden, and the contract it breaks.
PLANTED = [
    ("workflow/law/rules.py", "import sqlalchemy", "The law is pure"),
    ("workflow/law/facts.py", "from workflow.door import Door", "The law is pure"),
    ("models/states.py", "import workflow.text", "Pages and operators above the work"),
    ("workflow/lists.py", "import web.filters", "Pages and operators above the work"),
    ("web/filters.py", "import cli.database", "Pages and operators above the work"),
    ("cli/year.py", "import models.base", "Pages and operators cannot reach the session"),
    ("workflow/lists.py", "import wsgi", "Nobody imports the one who introduces everybody"),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, check=False
    )


def test_everybody_keeps_to_the_layers() -> None:
    done = lint(ROOT)

    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house without its furniture."""
    folder = tmp_path_factory.mktemp("house")
    for package in LIBRARY:
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    for file in (*SINGLE, "pyproject.toml"):
        shutil.copy(ROOT / file, folder / file)
    return folder


def test_each_contract_notices_its_breach(copy: Path) -> None:
    for file, line, _ in PLANTED:
        path = copy / file
        path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")

    done = lint(copy)

    assert done.returncode != 0
    for file, line, contract in PLANTED:
        broken = f"{contract}"
        assert any(broken in told and "BROKEN" in told for told in done.stdout.splitlines()), (
            f"{file}: {line}"
        )
