"""What pages ask of a browser: their forms as they are shown, and the parameters views look for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urljoin

import html5lib
from werkzeug.datastructures import ImmutableMultiDict

TYPED = "Nội dung thử bảy-ba-chín"
FORM = re.compile(r"<form.*?</form>", re.DOTALL)


@dataclass(frozen=True)
class FormFound:
    """A form as some reader is shown it: what a browser would send, all of it filled in."""

    action: str
    endpoint: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name, _ in self.fields))


class Asked(ImmutableMultiDict[str, str]):
    """Parameters that remember which of them a view has asked for."""

    names: ClassVar[set[str]] = set()

    def get(self, key: str, *args: Any, **options: Any) -> Any:
        Asked.names.add(key)
        return super().get(key, *args, **options)

    def getlist(self, key: str, *args: Any, **options: Any) -> Any:
        Asked.names.add(key)
        return super().getlist(key, *args, **options)

    def __getitem__(self, key: str) -> Any:
        Asked.names.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        Asked.names.add(str(key))
        return super().__contains__(key)


def filled(name: str, kind: str, day: date) -> str:
    """What somebody with a right answer would type."""
    if kind == "date" or name.endswith(("_on", "_by", "_until", "day", "_day", "until")):
        return f"{day:%d/%m/%Y}"
    if "notation" in name:
        return "125/BC-SXD"
    if kind in ("number",) or name in ("percent", "year", "value", "amount", "weight", "points"):
        return "10"
    if "time" in name or kind == "time":
        return "07:30"
    return {
        "email": "ai@example.gov.vn",
        "url": "https://example.gov.vn/tin",
        "password": "mat-khau-do-luong-2026",
    }.get(kind, TYPED)


def forms_of(page: str, html: str, day: date) -> Iterator[tuple[str, str, Any, list[str]]]:
    """Each form of a page: method, address, fields as (name, value), names of files."""
    for found in FORM.findall(html):
        (form,) = html5lib.parseFragment(found, namespaceHTMLElements=False).iter("form")
        sent: dict[str, str] = {}
        taken: list[str] = []
        submit: tuple[str, str] | None = None
        for one in form.iter():
            name, kind, value = one.get("name"), one.get("type", "text"), one.get("value") or ""
            if not name or one.tag not in _FIELDS:
                continue
            if one.tag == "button" or kind == "submit":
                submit = submit or (name, value)
            elif kind == "file":
                taken.append(name)
            elif one.tag == "select":
                options = [(o.get("value") or "", o.get("selected")) for o in one.iter(_OPTION)]
                chosen = [v for v, s in options if s is not None and v] or [
                    v for v, _ in options if v
                ]
                sent[name] = chosen[0] if chosen else ""
            elif kind in ("radio", "checkbox"):
                if name not in sent or one.get("checked") is not None:
                    sent[name] = value
            elif kind == "hidden":
                sent[name] = value
            else:
                typed = "".join(one.itertext()) if one.tag == "textarea" else value
                sent[name] = typed.strip() or filled(name, kind, day)
        if submit is not None:
            sent[submit[0]] = submit[1]
        sent.pop("csrf_token", None)
        action = urljoin(page, form.get("action") or page)
        yield (form.get("method") or "get").upper(), action, tuple(sent.items()), taken


_FIELDS = {"input", "select", "textarea", "button"}
_OPTION = "option"
