"""run.py cli: the answer on standard output, everything else beside it, and the exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def cli(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: v for name, v in os.environ.items() if not name.startswith("DONDOC_")}
    return subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "cli", *arguments],
        env={**environment, "DONDOC_HOME": str(home)},
        cwd=home.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_first_command_brings_the_schema_up_and_prints_only_the_answer(tmp_path: Path) -> None:
    first = cli(tmp_path / "home", "cycle", "list", "--json")

    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout) == []
    assert "Tạo cơ sở dữ liệu" in first.stderr

    again = cli(tmp_path / "home", "cycle", "list", "--json")
    assert again.stderr == ""


def test_wrong_usage_is_two_and_makes_nothing(tmp_path: Path) -> None:
    done = cli(tmp_path / "home", "fly")

    assert done.returncode == 2
    assert done.stdout == ""
    assert "fly" in done.stderr
    assert list((tmp_path / "home").glob("*.sqlite3")) == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DONDOC_DATABASE_URL", "mysql://somewhere", "DONDOC_DATABASE_URL"),
        ("DONDOC_DATABASE_URL", "postgresql://x:bimat@127.0.0.1:9/y", "127.0.0.1:9"),
    ],
)
def test_settings_that_cannot_be_used_are_one_and_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    environment = {**os.environ, name: value, "DONDOC_PROFILE": "demo"}
    done = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "cli", "cycle", "list"],
        env={**environment, "DONDOC_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr
    assert "bimat" not in done.stderr
