"""What is generated is fresh; what is written by hand speaks of what there is."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import RequestRedirect

from cli import docs
from tests.architecture import house

TOUR = house.ROOT / "docs" / "tour.md"
# What the code calls a library by, where that is not the name it is installed under.
IMPORTED_AS = {"argon2-cffi": "argon2", "python-docx": "docx", "pyyaml": "yaml"}


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


def links(text: str) -> list[str]:
    """Relative targets of the links and pictures of a Markdown page."""
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    return [t for t in targets if "://" not in t]


def test_every_relative_link_of_a_document_leads_somewhere() -> None:
    lost = [
        f"{house.name(page)}: {target}"
        for page in [house.ROOT / "README.md", *house.ROOT.glob("docs/**/*.md")]
        for target in links(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert lost == []


# --- the tour ----------------------------------------------------------------------------


def leads_nowhere(app: Flask, text: str) -> list[str]:
    """Addresses in backticks that the application would not answer."""
    ways = app.url_map.bind("localhost")
    lost = []
    for path in re.findall(r"`(/[^`\s]*)`", text):
        try:
            ways.match(path, method="POST")
        except (MethodNotAllowed, RequestRedirect):
            continue
        except Exception as missing:
            lost.append(f"{path}: {missing}")
    return lost


def unknown_names(text: str) -> list[str]:
    """Names in backticks that stand neither in our code nor in our templates."""
    files = [*house.files(), *house.ROOT.glob("templates/**/*.html")]
    known = set(re.findall(r"\w+", " ".join(f.read_text(encoding="utf-8") for f in files)))
    names = re.findall(r"`([A-Za-z_][\w.]*)(?:\(\))?`", text)
    return [name for name in names if not known.issuperset(name.split("."))]


def test_every_address_and_name_of_the_tour_exists(app: Flask) -> None:
    tour = TOUR.read_text(encoding="utf-8")

    assert leads_nowhere(app, tour) == []
    assert unknown_names(tour) == []


def test_an_address_and_a_name_that_are_gone_are_seen(app: Flask) -> None:
    assert leads_nowhere(app, "posts to `/cycles/17/report/submit`")
    assert unknown_names("`me()`, `Door.perform`, `Door.knock`") == ["Door.knock"]


# --- what is named -----------------------------------------------------------------------


def papers_named(source: str) -> set[str]:
    """Documents a piece of code refers its reader to."""
    return set(re.findall(r"[\w./-]*\w\.md\b", source))


def test_no_code_refers_to_a_paper_that_is_not_here() -> None:
    papers = (*house.ROOT.glob("*.md"), *house.ROOT.glob("docs/**/*.md"))
    here = {paper.name for paper in papers}
    lost = {
        f"{house.name(file)}: {paper}"
        for file in (*house.files(*house.LIBRARY, "tests", "bench", "tools"), *house.singles())
        if file != Path(__file__)
        for paper in papers_named(file.read_text(encoding="utf-8"))
        if Path(paper).name not in here
    }

    assert lost == set()


def test_a_paper_that_is_named_is_seen() -> None:
    assert papers_named('"""The five states (domain.md 1.5)."""') == {"domain.md"}


# --- libraries ---------------------------------------------------------------------------


def unused(wanted: str) -> list[str]:
    """Lines of a requirements file that no file of ours imports and that do not say why."""
    imported = {
        word
        for file in (*house.files(*house.LIBRARY, "migrations"), *house.singles())
        for word in re.findall(
            r"^\s*(?:from|import) (\w+)", file.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    left = []
    for line in wanted.splitlines():
        name = re.match(r"[a-z0-9-]+", line)
        if name and "#" not in line:
            module = IMPORTED_AS.get(name[0], name[0].replace("-", "_"))
            left += [] if module in imported else [name[0]]
    return left


def test_every_library_is_imported_or_says_what_it_is_for() -> None:
    wanted = house.ROOT / "requirements" / "run.in"

    assert unused(wanted.read_text(encoding="utf-8")) == []


def test_a_library_nobody_needs_is_seen() -> None:
    assert unused("flask>=3\nstructlog>=26\ntzdata  # Windows has none\n") == ["structlog"]
