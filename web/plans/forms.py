"""What a ruling on a conflict holds, and what the rungs of a ladder are set to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field
from werkzeug.datastructures import MultiDict

from models.states import Anchor
from web.forms import LONGEST_TEXT, DocumentForm, Form, OptionalWhole, Words
from workflow.commands.plans import RuleConflict
from workflow.commands.rungs import NewRung, SetLadder
from workflow.law.ladder import Rung
from workflow.text import clean


class Ruling(DocumentForm):
    """How a disagreement of the document is to be read, and the document that says so."""

    text: Annotated[Words, Field(max_length=LONGEST_TEXT)]

    words: ClassVar[Mapping[str, str]] = {"text": "ý kiến xử lý"}

    def command(self, conflict_id: int) -> RuleConflict:
        """What is asked of the door."""
        return RuleConflict(conflict_id, self.text, self.document(), self.seen_version)


@dataclass(frozen=True)
class RungRow:
    """A row of the form as it is shown: what stands there, or what was typed."""

    anchor: str
    days: str
    posts: Sequence[str]
    text: str


# Rows for rungs that are not there yet.
EMPTY_ROWS = 2
EMPTY = RungRow(Anchor.AFTER.value, "", (), "")


OneRung = Annotated[str, Field(max_length=200), BeforeValidator(clean)]


class LadderForm(Form):
    """Rows of equal length; a post is named with the number of its row, as in "3:lead_head".

    A row without words, days and posts is no rung: that is how one is taken away.
    """

    anchor: list[Anchor]
    days: list[OptionalWhole]
    text: Annotated[list[OneRung], Field(max_length=30)]
    post: list[str] = Field(default_factory=list)
    reason: Annotated[Words, Field(max_length=2000)]

    words: ClassVar[Mapping[str, str]] = {
        "anchor": "cách tính ngày",
        "days": "số ngày",
        "text": "nội dung nhắc",
        "post": "người nhận",
    }
    many: ClassVar[frozenset[str]] = frozenset({"anchor", "days", "text", "post"})

    def command(self, plan_id: int) -> SetLadder:
        """What is asked of the door."""
        rungs = []
        for n, (anchor, days, text) in enumerate(zip(self.anchor, self.days, self.text)):  # noqa: B905 (a row cut short is none)
            posts = tuple(p.partition(":")[2] for p in self.post if p.startswith(f"{n}:"))
            if text.strip() or posts or days is not None:
                rungs.append(NewRung(anchor, days or 0, posts, text))
        return SetLadder(plan_id, tuple(rungs), self.reason, self.seen_version)


def rows_of(rungs: Sequence[Rung]) -> list[RungRow]:
    """The rungs of a plan, and some rows more."""
    rows = [RungRow(r.anchor.value, str(r.days) if r.days else "", r.posts, r.text) for r in rungs]
    return [*rows, *[EMPTY] * EMPTY_ROWS]


def rows_typed(sent: MultiDict[str, str]) -> list[RungRow]:
    """The rows as somebody typed them, to be shown again."""
    columns = zip(
        sent.getlist("anchor"), sent.getlist("days"), sent.getlist("text"), strict=False
    )  # as many rows as are whole
    return [
        RungRow(
            anchor,
            days,
            [p.partition(":")[2] for p in sent.getlist("post") if p.startswith(f"{n}:")],
            text,
        )
        for n, (anchor, days, text) in enumerate(columns)
    ]
