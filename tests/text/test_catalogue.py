"""Every text of the screens stands in the catalogue and has its English, and nothing else does."""

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from models import states
from models.states import LABELS
from tests.architecture import house
from tests.web.voices import foreign_letters
from tools import messages
from web.urge.views import BEGUN, BEGUN_TO_ASKED
from web.verify.reasons import TEMPLATES as REASONS
from workflow.law.errors import Reason
from workflow.words import SENTENCES

ROOT = messages.ROOT
TEMPLATES = ROOT / "templates"
# Mails are letters of the province: always Vietnamese, and not in the catalogue.
LETTERS = TEMPLATES / "messages"
# Samples on a page that only the demonstration has.
SAMPLES = (TEMPLATES / "pages" / "components.html", ROOT / "web" / "components" / "examples.py")
# A workbook to be taken away: a paper, though a page makes it.
WORKBOOK = ROOT / "web" / "inspections" / "sheet.py"
# What is written into the register in Vietnamese, whoever sends it.
OFFICIAL = {BEGUN, BEGUN_TO_ASKED} | {text for one in REASONS for text in (one.reason, one.missing)}
OWN_NAMES = {"Đôn Đốc", "Cốc Cốc", "Tiếng Việt", "Ông", "Bà"}
# Words of no language, or of every one: x stands for what is filled in, [A-Z] is a key to press;
# a class or an attribute that a part of a template makes for another.
EVERYWHERE = re.compile(
    r'(?:[\W\d_]|\b(?:x+|[A-Z]|Word|PDF|Excel|English)\b|dd-[\w-]+|[\w-]+="[^"]*"|required\b)*'
)
READ_OUT = ("title", "aria-label", "placeholder", "alt", "data-label", "summary")


@cache
def catalogue() -> dict[str, str]:
    """Every text of the screens and the file that says it; read once, and only where asked."""
    return messages.extracted()


@cache
def parts() -> frozenset[str]:
    """The same, with the words that tell one meaning of a text from another."""
    return frozenset(part for text in catalogue() for part in (text, *text.split("|")))


# --- the catalogue -----------------------------------------------------------------------


def test_every_text_has_english_words() -> None:
    assert messages.missing("en") == {}


def test_a_text_without_english_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    found = catalogue() | {"Một câu chưa ai dịch.": "web/auth/views.py"}
    monkeypatch.setattr(messages, "extracted", lambda: found)

    assert messages.missing("en")["Một câu chưa ai dịch."] == "web/auth/views.py"


def test_nothing_is_translated_that_nobody_says() -> None:
    assert messages.unused("en") == []


def test_what_nobody_says_any_more_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {text: file for text, file in catalogue().items() if text != "Đăng xuất"}
    monkeypatch.setattr(messages, "extracted", lambda: found)

    assert "Đăng xuất" in messages.unused("en")


def test_a_translation_names_the_same_particulars() -> None:
    assert messages.broken("en") == []


@pytest.mark.parametrize("english", ["%(n)s rows", "rows", "%(file)s and %(n)s rows of %(who)s"])
def test_another_particular_is_seen(english: str, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = messages.translated("en")
    catalog.add("%(file)s có %(n)s dòng", english)
    monkeypatch.setattr(messages, "translated", lambda _language: catalog)

    assert messages.broken("en") == ["%(file)s có %(n)s dòng"]


def test_no_text_is_translated_twice() -> None:
    written = messages.po_file("en").read_text("utf-8")
    ids = re.findall(r'^(?:msgctxt ".+"\n)?msgid ".+"$', written, re.MULTILINE)

    assert sorted(ids) == sorted(set(ids))


def test_english_words_are_english() -> None:
    said = messages.words(messages.translated("en"))

    assert {text: forms for text, forms in said.items() if foreign_letters("".join(forms))} == {}


def test_tables_and_templates_and_code_and_data_are_all_searched() -> None:
    assert catalogue()["Đã giao"] == "models/states.py"
    assert "Chưa nhập %(field)s." in catalogue()  # in a table, by a name
    assert "trang" in catalogue()  # in a table, without a letter of its own
    assert "Mật khẩu ban đầu" in catalogue()  # in a template
    assert "Đã đăng xuất." in catalogue()  # in a view
    assert "Thu hồi báo cáo" in catalogue()  # translated when it is shown
    assert "nội dung giải trình" in catalogue()  # the names a form gives its fields
    assert "văn bản|ngày" in catalogue()  # one of several meanings
    assert catalogue()["Đã quá hạn báo cáo {days} ngày"] == "workflow/data/ladder.tsv"
    assert not any(
        file.startswith(("tests", ".venv", "demo", "cli")) for file in catalogue().values()
    )


# --- what must have words ----------------------------------------------------------------


def test_every_reason_and_every_state_has_words_in_both_languages() -> None:
    known = messages.words(messages.translated("en"))
    kinds = [kind for kind in vars(states).values() if isinstance(kind, type)]
    labelled = {type(one) for one in LABELS}

    assert {states.CycleState, states.Disposition, states.DueClass, states.Role} <= labelled
    assert [reason for reason in Reason if not all(known.get(SENTENCES[reason], ("",)))] == []
    for kind in kinds:
        if kind in labelled and issubclass(kind, StrEnum):
            assert [one for one in kind if one not in LABELS] == []
            assert [one for one in kind if not all(known.get(LABELS[one], ("",)))] == []


# --- words outside the catalogue ---------------------------------------------------------


class Plain(HTMLParser):
    """What a page shows or reads out, without what is filled in."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.is_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_code = tag in ("script", "style")
        self.found += [value for name, value in attrs if value and name in READ_OUT]

    def handle_endtag(self, tag: str) -> None:
        self.is_code = False

    def handle_data(self, data: str) -> None:
        if not self.is_code:
            self.found.append(data)


def beside_the_catalogue(source: str) -> list[str]:
    """Words of a template that no catalogue knows: in its HTML, and in its expressions."""
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(source)
    plain = Plain()
    # What is filled in becomes an x, so that tags and attributes stay whole.
    plain.feed(_written(tree))
    words = [said.strip().removesuffix(" — Đôn Đốc") for said in plain.found]
    told = {id(const) for call in tree.find_all(nodes.Call) for const in _told(call)}
    consts = [c.value for c in tree.find_all(nodes.Const) if id(c) not in told]
    beside = [said for said in words if not EVERYWHERE.fullmatch(said)]
    beside += [said for said in consts if isinstance(said, str) and foreign_letters(said)]
    return [said for said in beside if said not in OWN_NAMES]


def _written(node: nodes.Node) -> str:
    if isinstance(node, nodes.TemplateData):
        return node.data
    if isinstance(node, nodes.Output):
        parts = (
            _written(part) if isinstance(part, nodes.TemplateData) else "x" for part in node.nodes
        )
        return "".join(parts)
    return "".join(_written(child) for child in node.iter_child_nodes())


def _told(call: nodes.Call) -> Iterator[nodes.Node]:
    if isinstance(call.node, nodes.Name) and call.node.name in messages.KEYWORDS:
        yield from call.find_all(nodes.Const)


def templates() -> list[Path]:
    found = sorted(TEMPLATES.rglob("*.html"))
    return [f for f in found if f not in SAMPLES and not f.is_relative_to(LETTERS)]


def test_no_template_says_anything_beside_the_catalogue() -> None:
    found = {f.name: beside_the_catalogue(f.read_text("utf-8")) for f in templates()}

    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize(
    "source",
    [
        "<p>Quá hạn</p>",
        "<p>Sai</p>",
        '<b title="Hạn"></b>',
        "{{ button('Gửi báo cáo') }}",
        "{% if x %}<td>Đạt {{ n }}</td>{% endif %}",
        "{% macro m() %}<p>Chưa có</p>{% endmacro %}",
        "{{ 'quá hạn' if late }}",
    ],
)
def test_words_in_a_template_are_seen(source: str) -> None:
    assert beside_the_catalogue(source)


@pytest.mark.parametrize(
    "source", ['<p title="{{ _("Hạn") }}">{{ _("Quá hạn") }}: {{ n }}</p>', "<p>— · (5)</p>"]
)
def test_words_of_the_catalogue_are_let_be(source: str) -> None:
    assert not beside_the_catalogue(source)


def unknown_words(source: str) -> list[str]:
    """Vietnamese of a module of pages that is not in the catalogue; docstrings are English."""
    return [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and foreign_letters(node.value)
        and node.value not in parts() | OFFICIAL | OWN_NAMES
        and '"""' not in (ast.get_source_segment(source, node) or "")
    ]


def test_no_page_says_anything_beside_the_catalogue() -> None:
    found = {
        house.name(f): unknown_words(f.read_text("utf-8"))
        for f in house.files("web")
        if f not in (*SAMPLES, WORKBOOK)
    }

    assert {name: said for name, said in found.items() if said} == {}


def test_a_word_in_a_page_is_seen() -> None:
    assert unknown_words('def f():\n    return "Một câu ở ngoài danh mục."\n')
    assert not unknown_words('def f():\n    """Đôn đốc."""\n    return _("Đăng xuất")\n')
