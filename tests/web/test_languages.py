"""English beside Vietnamese: what is translated is sound, and these areas are whole."""

import pytest

from tests.make import World
from tests.visitors import SetClock, Visitor
from tools import messages
from web import languages

# Whoever finishes the English of an area adds it here, and it stays finished.
WHOLE = (
    "templates/errors/",
    "templates/pages/account/",
    "templates/pages/admin/",
    "templates/pages/audit/",
    "templates/pages/auth/",
    "templates/pages/help/",
    "templates/pages/public/",
    "web/account/",
    "web/admin/",
    "web/auth/",
    "web/errors.py",
    "web/forms.py",
    "web/frame.py",
    "web/gate.py",
)


def test_every_text_of_the_finished_areas_has_english_words() -> None:
    left = {text: file for text, file in messages.missing("en").items() if file.startswith(WHOLE)}

    assert left == {}


def test_a_text_without_english_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    found = messages.extracted() | {"Một câu chưa ai dịch.": "web/auth/views.py"}
    monkeypatch.setattr(messages, "extracted", lambda: found)

    assert "Một câu chưa ai dịch." in messages.missing("en")


def test_tables_and_templates_and_code_are_all_searched() -> None:
    found = messages.extracted()

    assert found["Đã giao"] == "models/states.py"
    assert "Chưa nhập %(field)s." in found  # in a table, by a name
    assert "Mật khẩu ban đầu" in found  # in a template
    assert "Đã đăng xuất." in found  # in a view
    assert not any(file.startswith(("tests", ".venv", "demo")) for file in found.values())


def test_a_translation_names_no_particulars_its_text_does_not() -> None:
    assert messages.broken("en") == []


def test_no_text_is_translated_twice() -> None:
    ids = [
        line
        for line in messages.po_file("en").read_text(encoding="utf-8").splitlines()
        if line.startswith("msgid ") and line != 'msgid ""'
    ]

    assert len(ids) == len(set(ids))


def test_the_words_are_read_without_building_anything() -> None:
    english = languages.read("en")

    assert english.ugettext("Đăng xuất") == "Sign out"
    assert languages.read("vi").ugettext("Đăng xuất") == "Đăng xuất"


def test_a_page_speaks_the_language_that_was_chosen(world: World, clock: SetClock) -> None:
    visitor = Visitor(world.app)
    vietnamese = visitor.get("/sign-in").text
    visitor.post("/language", {"language": "en", "next": "/sign-in"})
    english = visitor.get("/sign-in").text

    assert "Mật khẩu" in vietnamese
    assert "Password" in english
    assert "Mật khẩu" not in english
    wrong = visitor.sign_in("ai-do", "sai").text
    assert "Sign-in name or password is not right" in wrong
