"""Generated documents are fresh, and the check notices when one is not."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from cli import docs


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def test_what_is_generated_is_fresh(runner: FlaskCliRunner) -> None:
    done = runner.invoke(args=["docs", "--check"])

    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("name", ["GENERATED", "DIAGRAM"])
def test_a_stale_file_is_noticed_and_written_again(
    runner: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    monkeypatch.setattr(docs, name, tmp_path / name)
    (tmp_path / "docs").mkdir()
    real = Path(docs.__file__).parents[1] / "docs" / "permissions.yaml"
    (tmp_path / "docs" / "permissions.yaml").write_bytes(real.read_bytes())

    assert runner.invoke(args=["docs", "--check"]).exit_code == 1
    assert runner.invoke(args=["docs"]).exit_code == 0
    assert runner.invoke(args=["docs", "--check"]).exit_code == 0


def test_every_relative_link_of_a_document_leads_somewhere() -> None:
    root = Path(docs.__file__).parents[1]
    lost = [
        f"{page.relative_to(root)}: {target}"
        for page in [root / "README.md", *root.glob("docs/**/*.md")]
        for target in docs.links(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert lost == []
