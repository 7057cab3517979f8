"""Every place says what it is for, in both languages and few words."""

from itertools import product

import pytest
from flask import session

from models.states import CycleState, Role
from tests.make import STANDING, World
from tests.web.conftest import Open
from tests.web.reader import Page, words
from web.guidance import ABOUT, MINE, NOW, guidance
from web.navigation import SECTIONS

LONGEST = 200  # words


def test_there_are_words_for_every_place_role_and_state() -> None:
    assert set(ABOUT) == SECTIONS
    assert set(MINE) == set(Role) - {Role.SYSTEM}
    assert set(NOW) == set(CycleState)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nobody_reads_more_than_two_hundred_words(world: World, language: str) -> None:
    with world.app.test_request_context():
        session["language"] = language
        for section, role, state in product(SECTIONS, MINE, CycleState):
            said = guidance(section, frozenset({role}), state)
            assert 20 <= sum(len(words.split()) for words in said) <= LONGEST, (section, role)


def test_a_page_says_what_it_is_for_to_me_in_this_state(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle(), CycleState.REPORTED)

    page = as_(world.head()).get(f"/cycles/{cycle_id}")

    (box,) = [d for d in page.all("div") if "dd-guidance" in (d.get("class") or "")]
    said = "".join(box.itertext())
    assert "đang chờ xác nhận" in said
    assert "Bạn là thủ trưởng" in said
    assert "chuyên viên: bạn" not in said


def help_first(page: Page) -> str:
    """The address of the first link that the right of the top bar leads to help by."""
    (bar,) = [d for d in page.all("div") if "dd-top-right" in (d.get("class") or "")]
    first = next(iter(bar))
    assert "Hướng dẫn" in words(first) or "Trang này để làm gì" in words(first)
    links = [first, *first.iter("a")]
    return next(link.get("href", "") for link in links if link.get("href"))


def test_help_stands_first_in_the_same_place_on_every_page(world: World, as_: Open) -> None:
    """WCAG 3.2.6."""
    for who, paths in (
        (None, ("/public", "/sign-in", "/help")),
        (world.head(), ("/inbox", "/tasks", "/plans", "/account", "/notifications", "/search")),
        (world.person(Role.ADMIN, STANDING), ("/inbox", "/admin", "/help")),
    ):
        reader = as_(who)
        pages = [reader.get(path) for path in paths] + [reader.get("/khong-co", 404)]
        assert {help_first(page) for page in pages} == {"/help"}
