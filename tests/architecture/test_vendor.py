"""What others published stays as it was published, and the pages load nothing from elsewhere."""

import gzip
import json
import re
import shutil
from pathlib import Path

import pytest

from tools import vendor

ROOT = Path(__file__).parents[2]
# Mails are no pages: no policy guards them, and mail programs know style attributes only.
TEMPLATES = sorted(
    file for file in (ROOT / "templates").rglob("*.html") if "messages" not in file.parts
)
ELSEWHERE = re.compile(r"""https?:|["'(]//""")
INLINE = re.compile(
    r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:|hx-on|\|\s*safe"
)


def test_vendored_files_are_as_they_were_built() -> None:
    assert vendor.problems() == []


def test_the_versions_are_those_of_the_lock() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    manifest = json.loads(vendor.MANIFEST.read_text(encoding="utf-8"))["files"]

    published = {entry["package"]: entry["version"] for entry in manifest}

    for package in (*(p.name for p in vendor.PACKAGES), "@tabler/icons"):
        assert published[package] == lock[f"node_modules/{package}"]["version"]


def test_the_lock_names_no_host() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert not [name for name, entry in lock.items() if "resolved" in entry]


@pytest.fixture
def copy_of_static(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "static", tmp_path / "static")
    return tmp_path / "static"


def test_a_changed_file_is_noticed(copy_of_static: Path) -> None:
    with (copy_of_static / "img" / "icons.svg").open("a", encoding="utf-8") as sprite:
        sprite.write("<!-- -->")

    assert vendor.problems(copy_of_static) == ["img/icons.svg: changed since it was built"]


def test_an_added_or_a_lost_file_is_noticed(copy_of_static: Path) -> None:
    (copy_of_static / "vendor" / "extra.js").write_text("1", encoding="utf-8")
    htmx = next((copy_of_static / "vendor").glob("htmx-*/htmx.min.js"))
    htmx.unlink()

    found = vendor.problems(copy_of_static)

    assert f"vendor/{htmx.parent.name}/htmx.min.js: missing" in found
    assert "vendor/extra.js: not in the manifest" in found


def test_templates_load_nothing_from_elsewhere() -> None:
    guilty = [path.name for path in TEMPLATES if ELSEWHERE.search(path.read_text("utf-8"))]

    assert guilty == []


def test_templates_hold_no_script_and_no_style() -> None:
    """The content security policy refuses both; a page must not learn it from the browser."""
    guilty = [
        f"{path.name}: {found[0]}"
        for path in TEMPLATES
        if (found := INLINE.search(path.read_text("utf-8")))
    ]

    assert guilty == []


@pytest.mark.parametrize(
    "line",
    [
        '<p style="color: red">',
        "<script>alert(1)</script>",
        '<a onclick="go()">',
        '<a href="javascript:go()">',
        '<div hx-on:click="go()">',
        "{{ words | safe }}",
    ],
)
def test_the_guard_against_inline_code_is_awake(line: str) -> None:
    assert INLINE.search(line)


def test_style_sheets_name_files_that_are_there() -> None:
    for sheet in (ROOT / "static" / "css").glob("*.css"):
        for name in re.findall(r'url\("([^"]+)"\)', sheet.read_text(encoding="utf-8")):
            assert (sheet.parent / name).resolve().is_file(), f"{sheet.name}: {name}"


def test_our_own_scripts_stay_small() -> None:
    """Each by itself; and what any page loads of ours and htmx together, as it is sent."""
    own = {file.name: file for file in (ROOT / "static" / "js").glob("*.js")}
    assert {name: f.stat().st_size for name, f in own.items() if f.stat().st_size > 10_240} == {}
    packed = {name: len(gzip.compress(f.read_bytes(), 9)) for name, f in own.items()}
    (htmx,) = (ROOT / "static" / "vendor").glob("htmx-*/htmx.min.js")
    heaviest = max(packed[name] for name in packed if name != "page.js")
    together = len(gzip.compress(htmx.read_bytes(), 9)) + packed["page.js"] + heaviest
    assert together <= 40 * 1024
