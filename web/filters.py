"""How days, moments, numbers, sizes and digests are written for people."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import uuid4

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup, escape

from web import badges
from workflow import text
from workflow.law.deadlines import VIETNAM

NOTHING = "—"
# Translated when shown: a list of deadlines needs one of them a line, not seven.
WEEKDAYS = (
    _l("thứ Hai"),
    _l("thứ Ba"),
    _l("thứ Tư"),
    _l("thứ Năm"),
    _l("thứ Sáu"),
    _l("thứ Bảy"),
    _l("Chủ nhật"),
)


def day(value: date | None) -> str:
    """dd/mm/yyyy; a moment is taken at its day in Vietnam."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = in_vietnam(value).date()
    return value.strftime("%d/%m/%Y")


def in_vietnam(value: datetime) -> datetime:
    """A stored moment on the clocks of Vietnam; a naive one is refused, not guessed."""
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be shown")
    return value.astimezone(VIETNAM)


def moment(value: datetime | None) -> str:
    """14:30 05/01/2026."""
    return NOTHING if value is None else in_vietnam(value).strftime("%H:%M %d/%m/%Y")


def iso(value: date | datetime | None) -> str:
    """For the datetime attribute of <time>."""
    if value is None:
        return ""
    return in_vietnam(value).isoformat() if isinstance(value, datetime) else value.isoformat()


def long_day(value: date | None) -> str:
    """thứ Hai, 14/12/2026: what the deadline says on hover and in print."""
    if value is None:
        return NOTHING
    return f"{WEEKDAYS[value.weekday()]}, {day(value)}"


def number(value: Decimal | float | None, decimals: int | None = None) -> str:
    """1.234,5"""
    return NOTHING if value is None else text.format_number(value, decimals)


def percent(part: int, whole: int, decimals: int = 1) -> str:
    """98,6%; of nothing there is no share."""
    if not whole:
        return NOTHING
    return text.format_number(Decimal(100) * part / whole, decimals) + "%"


def days_left(due_on: date | None, today: date) -> str:
    """còn 3 ngày · hạn hôm nay · quá hạn 5 ngày · không hạn."""
    if due_on is None:
        return _("không hạn")
    left = (due_on - today).days
    if left == 0:
        return _("hạn hôm nay")
    if left < 0:
        return days_over(-left)
    return ngettext("còn %(days)s ngày", "còn %(days)s ngày", left, days=number(left))


def days_over(late: int) -> str:
    """quá hạn 1.076 ngày."""
    return ngettext("quá hạn %(days)s ngày", "quá hạn %(days)s ngày", late, days=number(late))


def due_tone(due_on: date | None, today: date) -> str:
    """The colour of the words of days_left."""
    left = None if due_on is None else (due_on - today).days
    return badges.tone_of_days_left(left)


def ago(value: date | datetime | None, today: date) -> str:
    """hôm nay · hôm qua · 12 ngày trước."""
    if value is None:
        return NOTHING
    at = in_vietnam(value).date() if isinstance(value, datetime) else value
    days = (today - at).days
    if days <= 0:
        return _("hôm nay")
    if days == 1:
        return _("hôm qua")
    return ngettext("%(num)s ngày trước", "%(num)s ngày trước", days)


def with_unit(value: str, unit: str) -> str:
    """80% · 630 USD/người: the sign at the number, a word after it on the same line."""
    return f"{value}%" if unit == "%" else f"{value}\N{NO-BREAK SPACE}{unit}"


def lasting(value: timedelta) -> str:
    """How long something takes: dưới 1 phút · 12 phút · 3 giờ · 2 ngày."""
    minutes = int(value.total_seconds() // 60)
    if minutes < 1:
        return _("dưới 1 phút")
    if minutes < 60:
        return ngettext("%(num)s phút", "%(num)s phút", minutes)
    if minutes < 48 * 60:
        return ngettext("%(num)s giờ", "%(num)s giờ", minutes // 60)
    return ngettext("%(num)s ngày", "%(num)s ngày", minutes // (24 * 60))


def digest(value: str | None) -> str:
    """The beginning and the end of a SHA-256: enough to compare by eye."""
    if not value:
        return NOTHING
    return value if len(value) <= 16 else f"{value[:8]}…{value[-4:]}"


_PLACES = re.compile(r"\s*;\s*")


def clause(value: str | None) -> str:
    """Mục III.2.1; Phụ lục, dòng 8: a place of the document as people name it."""
    if not value:
        return ""
    parts = {
        "title": _("tiêu đề"),
        "preamble": _("phần mở đầu"),
        "closing": _("phần kết"),
        "signature": _("phần ký"),
        "PL": _("Phụ lục"),
        "Nơi nhận": _("Nơi nhận"),
    }
    named: list[str] = []
    sections: list[str] = []
    for place in _PLACES.split(value.strip()):
        if place in parts:
            named.append(parts[place])
        elif place.startswith("PL."):
            named.append(_("Phụ lục, dòng %(row)s", row=place.removeprefix("PL.")))
        else:
            sections.append(place)
    if sections:
        named.insert(0, _("Mục %(section)s", section="; ".join(sections)))
    told = "; ".join(named)
    return told[:1].upper() + told[1:]


def size(value: int) -> str:
    """1,4 MB, counted in 1024s as the officer's own machine does."""
    if value < 1024:
        return f"{value} B"
    kilobytes = Decimal(value) / 1024
    if kilobytes < 999:  # never "1.000 KB"
        return f"{text.format_number(kilobytes, 0)} KB"
    megabytes = (kilobytes / 1024).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{text.format_number(megabytes)} MB"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words in a comparison: same, added or removed."""

    kind: str
    text: str


_WORDS = re.compile(r"\s+|[^\s]+")


def compare(old: str, new: str) -> list[Piece]:
    """What changed from one version of a text to the next, word by word."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces: list[Piece] = []

    def add(kind: str, words: Sequence[str]) -> None:
        if words:
            pieces.append(Piece(kind, "".join(words)))

    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            add("same", before[i1:i2])
        else:
            add("removed", before[i1:i2])
            add("added", after[j1:j2])
    return pieces


def shares(parts: Sequence[badges.Part]) -> list[tuple[str, float, float]]:
    """Tone, start and width of each segment of a bar of 100, empty ones left out."""
    total = sum(part.count for part in parts)
    segments: list[tuple[str, float, float]] = []
    at = 0.0
    for part in parts:
        if part.count:
            width = 100 * part.count / total
            segments.append((part.tone, round(at, 3), round(width, 3)))
            at += width
    return segments


def options_of(options: Iterable[tuple[Any, Any]], chosen: Any, lang: str | None = None) -> Markup:
    """The <option>s of a choice; `lang` when they are names.

    Not a loop of a template: a province has hundreds of agencies, and every list offers them.
    """
    mark = Markup(' lang="{}"').format(lang) if lang else ""
    picked = str(chosen)
    return Markup(  # noqa: S704 (each word is escaped)
        "".join(
            f'<option value="{escape(key)}"{mark}{" selected" if str(key) == picked else ""}>'
            f"{escape(word)}</option>"
            for key, word in options
        )
    )


def init_app(app: Flask) -> None:
    """Give the templates these words."""
    filters = {
        "day": day,
        "moment": moment,
        "iso": iso,
        "long_day": long_day,
        "number": number,
        "days_left": days_left,
        "due_tone": due_tone,
        "ago": ago,
        "clause": clause,
        "days_over": days_over,
        "digest": digest,
        "lasting": lasting,
        "size": size,
        "with_unit": with_unit,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(
        today=lambda: app.extensions["dondoc"].clock.today(),
        new_key=lambda: uuid4().hex,
        percent=percent,
        compare=compare,
        shares=shares,
        options_of=options_of,
        badge_of=badges.badge_of,
        counts_down=badges.counts_down,
        days_late=badges.days_late,
        steps_of=badges.steps_of,
    )
