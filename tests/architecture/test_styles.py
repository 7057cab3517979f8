"""No rule, token, layout or picture without a page, and no class without a rule."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, files
from tools.vendor import ICONS


def sources() -> str:
    """Whatever can put a class, a layout or a picture on a page."""
    found: Iterator[Path] = (ROOT / "templates").rglob("*.html")
    scripts = (ROOT / "static" / "js").glob("*.js")
    every = (*found, *scripts, *files("web", "models", "reports"))
    return "\n".join(file.read_text(encoding="utf-8") for file in every)


def sheets() -> str:
    every = sorted((ROOT / "static" / "css").glob("*.css"))
    written = "\n".join(file.read_text(encoding="utf-8") for file in every)
    return re.sub(r"/\*.*?\*/", "", written, flags=re.DOTALL)


def classes(text: str) -> set[str]:
    """Names of our classes; one that ends in a hyphen is the beginning of several."""
    return set(re.findall(r"\bdd-[\w-]+", text))


def strangers(some: set[str], others: set[str]) -> set[str]:
    """Those that the others do not know, neither as they are nor by how they begin."""

    def is_known(one: str) -> bool:
        return one in others or any(
            (other.endswith("-") and one.startswith(other))
            or (one.endswith("-") and other.startswith(one))
            for other in others
        )

    return {one for one in some if not is_known(one)}


def tokens_unused(css: str) -> set[str]:
    """Values of ours that no rule asks for; those of the library are asked for by it."""
    named = set(re.findall(r"(--[\w-]+)\s*:", css))
    asked = set(re.findall(r"var\((--[\w-]+)", css))
    return {token for token in named - asked if not token.startswith("--tblr-")}


def test_every_class_has_a_rule_and_every_rule_a_page() -> None:
    ruled, used = classes(sheets()), classes(sources())

    assert strangers(ruled, used) == set(), "rules for nothing"
    assert strangers(used, ruled) == set(), "classes without a rule"


def test_every_value_is_asked_for() -> None:
    assert tokens_unused(sheets()) == set()


def test_every_layout_is_extended() -> None:
    said = sources()
    layouts = sorted(file.name for file in (ROOT / "templates" / "layouts").iterdir())

    assert [name for name in layouts if f'"layouts/{name}"' not in said] == []


def test_every_picture_is_shown() -> None:
    named = set(re.findall(r"[\"']([a-z-]+)[\"']", sources()))

    assert strangers(set(ICONS), named) == set()


@pytest.mark.parametrize(
    ("some", "others", "left"),
    [
        ({"dd-foot"}, {"dd-footer"}, {"dd-foot"}),
        ({"dd-box-info"}, {"dd-box-"}, set()),
        ({"dd-box-"}, {"dd-box-wrong"}, set()),
        ({"dd-look-"}, {"dd-box-wrong"}, {"dd-look-"}),
    ],
)
def test_what_nobody_knows_is_seen(some: set[str], others: set[str], left: set[str]) -> None:
    assert strangers(some, others) == left
    assert tokens_unused(":root { --star: red; --ink: blue } a { color: var(--ink) }") == {"--star"}
