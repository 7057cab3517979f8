"""Vietnamese is written in the code; other languages are read from translations/, uncompiled."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from functools import wraps
from io import BytesIO
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, session
from flask_babel import Babel, gettext
from flask_babel import Domain as BabelDomain
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from workflow.law.ladder import in_words

LANGUAGES = ("vi", "en")
ENOUGH = 5_000
FOLDER = Path(__file__).resolve().parent.parent / "translations"
P = ParamSpec("P")
T = TypeVar("T")


class Domain(BabelDomain):
    """Messages straight from the .po files, so that nothing has to be built or can be stale."""

    def __init__(self) -> None:
        super().__init__()
        self._read: dict[str, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        language = current()
        if language not in self._read:
            self._read[language] = read(language)
        return self._read[language]


class HouseBabel(Babel):
    """Babel with one domain for the whole life of the application."""

    domain_instance = Domain()


def read(language: str, folder: Path = FOLDER) -> NullTranslations:
    """The messages of a language; the language of the code has none."""
    file = folder / language / "LC_MESSAGES" / "messages.po"
    if not file.exists():
        return NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def current() -> str:
    """The language of this visitor: Vietnamese until he asks for another."""
    chosen = session.get("language") if has_request_context() else None
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def remembered(say: Callable[P, T]) -> Callable[P, T]:
    """What depends on its arguments and the language, and on nothing else, is worked out once."""
    known: dict[Hashable, T] = {}

    @wraps(say)
    def recall(*args: P.args, **named: P.kwargs) -> T:
        key = (current(), args, *named.items())
        if key not in known:
            if len(known) >= ENOUGH:
                known.clear()
            known[key] = say(*args, **named)
        return known[key]

    return recall


def vi(text: Any) -> Any:
    """Words that stay Vietnamese on every page, marked so among those of another language.

    The plan's own wording, names of people, posts and agencies, what somebody typed.
    """
    if current() == LANGUAGES[0] or text is None or text == "":
        return text
    return Markup('<span lang="vi">{}</span>').format(text)


def speak(sentence: str) -> Markup:
    """A sentence in the language of the reader, in which marked words stay marked."""
    return Markup(gettext(sentence))  # noqa: S704 (ours; what is filled in is escaped)


def known(text: str) -> str:
    """Words that came with the product are translated; what a plan says otherwise is its own."""
    said = gettext(text)
    return said if said != text else vi(text)


class Rung(Protocol):
    """A rung of a deadline on a day."""

    @property
    def pattern(self) -> str: ...

    @property
    def days(self) -> int: ...

    @property
    def due_on(self) -> date | None: ...


def rung_words(rung: Rung) -> str:
    """A rung in the language of the reader, its number filled in."""
    words = known(rung.pattern)
    return in_words(words, rung.days, rung.due_on) if rung.due_on else words


def titled(own: str, plain: str) -> str:
    """The title of a page about something with a name of its own: a title can mark no language."""
    return own if current() == LANGUAGES[0] else plain


@pass_eval_context
def said(context: EvalContext, message: str, /, **values: Any) -> str:
    """_() of the templates: the words in the language of the reader, values filled in.

    As Jinja's own, a message is always a format. Most have nothing to fill in, a page has hundreds
    of them, and formatting escapes each anew; so those are marked as they stand.
    """
    words = gettext(message)
    if context.autoescape:
        marked = Markup(words)  # noqa: S704 (ours; what is filled in is escaped)
        return marked % values if "%" in words else marked
    return words % values


def init_app(app: Flask) -> None:
    """Give the application its languages."""
    app.add_template_filter(known)
    app.add_template_filter(rung_words)
    app.add_template_filter(vi)
    app.add_template_global(titled)
    HouseBabel().init_app(
        app,
        default_locale=LANGUAGES[0],
        default_timezone="Asia/Ho_Chi_Minh",
        locale_selector=current,
    )
    app.jinja_env.globals["_"] = said
