"""English beside Vietnamese: which is spoken, and what stays Vietnamese on an English page."""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask, session
from markupsafe import Markup

from ledger import verify
from notifications.plan import TEXTS, retold, words
from tests.make import World
from tests.visitors import SetClock, Visitor
from web import languages, telling
from web.ledger import findings
from workflow.law.errors import Reason, Refusal, Refused

SAID = '<span lang="vi">Sở Xây dựng</span>'


@pytest.fixture(scope="module")
def speaker() -> Flask:
    """An application that only speaks."""
    app = Flask(__name__)
    app.secret_key = "only for these tests"
    languages.init_app(app)
    return app


@contextmanager
def read_in(app: Flask, language: str) -> Iterator[None]:
    """A request of somebody who has chosen this language."""
    with app.test_request_context("/"):
        session["language"] = language
        yield


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
    assert '<html lang="vi">' in vietnamese
    assert "Password" in english
    assert '<html lang="en">' in english
    assert "Mật khẩu" not in english
    wrong = visitor.sign_in("ai-do", "sai").text
    assert "Sign-in name or password is not right" in wrong


def test_names_are_marked_where_another_language_is_spoken(speaker: Flask) -> None:
    with read_in(speaker, "vi"):
        assert languages.vi("Sở <Xây dựng>") == "Sở <Xây dựng>"
        assert languages.titled("Sở Xây dựng", "Agency") == "Sở Xây dựng"
    with read_in(speaker, "en"):
        assert languages.vi("Sở <Xây dựng>") == '<span lang="vi">Sở &lt;Xây dựng&gt;</span>'
        assert languages.vi("") == ""
        assert languages.vi(None) is None
        assert languages.titled("Sở Xây dựng", "Agency") == "Agency"


def test_words_that_came_with_the_product_are_translated_and_others_marked(speaker: Flask) -> None:
    with read_in(speaker, "en"):
        assert languages.known("Đã quá hạn báo cáo {days} ngày").startswith("Days by which")
        assert languages.known("Sở Xây dựng") == SAID


def test_whatever_the_verifier_finds_is_told_in_english(speaker: Flask) -> None:
    """Each code it can answer with, by its own text; without words there is no page."""
    texts = {
        node.value
        for node in ast.walk(ast.parse(Path(verify.__file__).read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    kinds = "|".join((*verify.CHECKS, "bundle"))
    codes = {text for text in texts if re.fullmatch(rf"({kinds})\.(?!ndjson)[a-z_]+", text)}
    assert len(codes) > 20
    assert codes <= findings.FINDINGS.keys()
    with read_in(speaker, "en"):
        for code in sorted(findings.FINDINGS):
            assert not set("ăâđêôơưạệốự") & set(str(findings.said(code, "")).lower())


def test_a_refusal_marks_the_names_in_it_and_escapes_them(speaker: Flask) -> None:
    refused = Refused(Refusal(Reason.FACTS_CHANGED, {"name": "Sở Xây dựng", "why": "<b>"}))
    with read_in(speaker, "en"):
        (said,) = telling.refusals(refused)
        assert isinstance(said, Markup)
        assert said.startswith(f"{SAID}: the figures have changed")
        assert "(&lt;b&gt;)" in said
        assert telling.listed([said, said], " ").count(SAID) == 2


def test_a_notice_is_told_again_with_its_facts(speaker: Flask) -> None:
    body = {
        "reason": "Thiếu số liệu",
        "details": {"number": 3, "resend_by": "2026-12-05", "answer_by": "2026-12-05",
                    "asked_due_on": "2027-01-15"},
    }  # fmt: skip
    with read_in(speaker, "en"):
        told = {
            name: retold(name, words(name, body, None), languages.speak, languages.vi)
            for name in TEXTS
        }

        assert told["assigned"] == "New task assigned, no deadline"
        assert told["resumed"] == 'Goes on: <span lang="vi">Thiếu số liệu</span>'
        of_before = "Giao nhiệm vụ mới, hạn không hạn"
        assert retold("assigned", of_before, languages.speak, languages.vi) == (
            "New task assigned, deadline no deadline"
        )
        assert told["returned"] == (
            "Report returned, send it again by the end of 05/12/2026: "
            '<span lang="vi">Thiếu số liệu</span>'
        )
        assert told["urged"].startswith("Urged, time 3, answer by the end of 05/12/2026: ")
        assert told["extension_asked"].startswith("Extension to 15/01/2027 requested: ")
        no_words = words("returned", {**body, "reason": ""}, None)
        assert retold("returned", no_words, languages.speak, languages.vi) == (
            "Report returned, send it again by the end of 05/12/2026"
        )
        other = "Một câu của bản cũ"
        assert retold("returned", other, languages.speak, languages.vi) == languages.vi(other)
