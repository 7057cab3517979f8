"""Deadlines as a calendar other programs subscribe to (RFC 5545): code and short title only."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping

LINE_BYTES = 75


def feed(cycles: Iterable[Mapping[str, Any] | RowMapping], domain: str, now: datetime) -> str:
    """The whole calendar of what `workflow.urgings.due_between` found.

    Links and anything not public stay behind the sign-in.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Don Doc//Han bao cao//VI",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:" + escaped("Đôn Đốc: hạn báo cáo"),
    ]
    for cycle in cycles:
        lines += _event(cycle, domain, now)
    lines.append("END:VCALENDAR")
    return "".join(folded(line) + "\r\n" for line in lines)


def _event(cycle: Mapping[str, Any] | RowMapping, domain: str, now: datetime) -> list[str]:
    due: date = cycle["on"]
    request = cycle["request_id"]
    what = "Hạn báo cáo" if request is None else "Hạn trả lời đề nghị phối hợp"
    uid = f"cycle-{cycle['id']}" if request is None else f"support-{request}"
    title = escaped(f"{what}: {cycle['task_code']} {_short(cycle['task_title'])}")
    changed: datetime = cycle["changed_at"]
    found = [
        "BEGIN:VEVENT",
        f"UID:{uid}@{domain}",
        f"SEQUENCE:{cycle['version']}",
        f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
        f"LAST-MODIFIED:{changed:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{due:%Y%m%d}",
        f"DTEND;VALUE=DATE:{due + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{title}",
        "TRANSP:TRANSPARENT",
    ]
    for days in (7, 1):
        found += [
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{title}",
            f"TRIGGER:-P{days}D",
            "END:VALARM",
        ]
    return [*found, "END:VEVENT"]


def _short(title: str, limit: int = 60) -> str:
    return title if len(title) <= limit else title[: limit - 1].rstrip() + "…"


def escaped(text: str) -> str:
    """TEXT of RFC 5545 3.3.11."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\\n").replace("\n", "\\n")


def folded(line: str) -> str:
    """At most 75 octets a line, never cut inside a letter (3.1)."""
    parts: list[bytes] = []
    part = b""
    for letter in line:
        octets = letter.encode()
        if len(part) + len(octets) > LINE_BYTES - (1 if parts else 0):
            parts.append(part)
            part = b""
        part += octets
    parts.append(part)
    return b"\r\n ".join(parts).decode()
