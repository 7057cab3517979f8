"""A mail in words: subject, plain text and simple HTML, from the lines it carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import RowMapping

from notifications.notices import Line, by_harm
from notifications.plan import written

TEMPLATES = Path(__file__).parent.parent / "templates" / "messages"
SUBJECT_LIMIT = 70
LINES_SHOWN = 30


@dataclass(frozen=True)
class Reader:
    """Who reads the mail."""

    name: str
    address: str
    what: str  # what he is, for the line that says why he gets this


@dataclass(frozen=True)
class Mail:
    """What a reader sees."""

    subject: str
    text: str
    html: str


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def short(text: str, limit: int) -> str:
    """Cut at a word, with a mark that something was cut."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    if " " in cut[limit // 2 :]:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip(" ,;:-") + "…"


def sentence(line: Line) -> str:
    """What a line says, ended once whatever people ended it with."""
    text = line.text.rstrip()
    return text if text.endswith(("…", "?", "!")) else text.rstrip(". ;,") + "."


def act(line: Line) -> str:
    """The first words of a subject: what to do, and the day."""
    if line.is_overdue:
        asked = "Đề nghị báo cáo, hạn đã qua" if line.is_asked else "Quá hạn báo cáo từ"
        return f"{asked} {written(line.due_on)}"
    if line.position:
        wanted = "Đề nghị báo cáo" if line.is_asked else "Cần báo cáo"
        return f"{wanted} đến hết {written(line.due_on)}"
    return line.text.split(":", 1)[0]


def zalo(row: RowMapping, link: str) -> str:
    """A message to be copied to people of the province: the cycle, its deadline, who leads it."""
    title = short(row["task_title"], SUBJECT_LIMIT)
    due = f"Hạn: {written(row['effective_due_on'])} · {row['agency_short']}"
    return "\n".join((f"{row['task_code']} {title}", due, link))


def subject(lines: Sequence[Line]) -> str:
    """The worst line first, and how many stand behind it."""
    worst, more = lines[0], len(lines) - 1
    tail = f" và {more} việc khác" if more else ""
    head = f"{act(worst)}: {worst.task_code}" if worst.task_code else act(worst)
    if more:
        return short(head, SUBJECT_LIMIT - len(tail)) + tail
    return short(f"{head} {worst.task_title}", SUBJECT_LIMIT)


def render(
    reader: Reader,
    lines: Sequence[Line],
    today: date,
    base_url: str,
    checkpoint: str | None = None,
) -> Mail:
    """The mail of these lines; links show and never act."""
    ordered = by_harm(lines)
    facts = {
        "reader": reader,
        "lines": ordered[:LINES_SHOWN],
        "more": max(0, len(ordered) - LINES_SHOWN),
        "overdue": sum(n.is_overdue for n in ordered),
        "total": len(ordered),
        "today": today,
        "base_url": base_url.rstrip("/"),
        "checkpoint": checkpoint,
        "written": written,
        "sentence": sentence,
        "polite": all(n.is_asked for n in ordered),
        "single": len(ordered) == 1,
        "leads": any(n.for_leaders for n in ordered),
    }
    return Mail(
        subject(ordered),
        _templates().get_template("mail.txt").render(facts),
        _templates().get_template("mail.html").render(facts),
    )
