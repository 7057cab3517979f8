"""What an entry of the log is found by: its words, folded, without the keys they stand under.

Texts are kept apart and every word has a blank before it, so that what is looked for begins with a
word and stands in one text: "đào tạo" is not in "lãnh đạo … tạo điều kiện".

The migration that filled the table for the entries of its day has its own copy of this.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from workflow.text import fold

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Said by nobody: instants, digests, what stands for a secret.
_NO_WORDS = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+Z|(sha256:)?[0-9a-f]{32,128}|\(bí mật\)")


def found_by(body: Mapping[str, Any]) -> dict[str, str]:
    """The columns of `audit_words` of one body, as made or as kept: who it was, what was said."""
    actor = body["actor"]
    who = (actor["name"], actor["login"], actor["on_behalf_of"])
    said = (
        body["object"]["label"],
        body["reason"],
        body["document"],
        body["details"],
        [(change.get("before"), change.get("after")) for change in body["changes"]],
    )
    # Once each: what a row keeps is told again by the next change of it.
    words = dict.fromkeys((*who, actor["agency_name"], *_words(said)))
    return {"who": _kept(who), "words": _kept(words)}


def looked_for(typed: str) -> str:
    """What stands in a column of `audit_words` where these words were said; empty: no words."""
    folded = fold(typed)
    return f" {folded}" if folded else ""


def _kept(texts: Iterable[str | None]) -> str:
    return "".join(f" {folded} |" for text in texts if text and (folded := fold(text)))


def _words(value: Any) -> Iterator[str]:
    """Every text in a value; a day as people write it, a text that holds JSON without its keys."""
    if isinstance(value, date):
        if not isinstance(value, datetime):
            yield value.strftime("%d/%m/%Y")
    elif isinstance(value, str):
        if _DAY.fullmatch(value):
            yield "/".join(reversed(value.split("-")))
        elif value.startswith("{") and (inside := _inside(value)) is not None:
            yield from _words(inside)
        elif not _NO_WORDS.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        for _, part in sorted(value.items()):
            yield from _words(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _words(part)


def _inside(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return None
