"""What the keepers of the calendar fill in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from models.states import DayKind
from web.forms import Day, DocumentForm, Form, Line, Ticked, Words
from web.numbers import key
from workflow import text
from workflow.commands.calendar import RecordOutage, SetCalendarDay
from workflow.law.deadlines import VIETNAM

ORDINARY = "ordinary"


def _as_clock(value: Any) -> Any:
    """7:30, 07h30 or 7h: an hour as people write it."""
    if not isinstance(value, str):
        return value
    hour, _, minute = text.clean(value).lower().replace("h", ":").partition(":")
    if not hour:
        raise PydanticCustomError("blank", "nothing was typed")
    hours, minutes = key(hour, 0, 23), key(minute or "0", 0, 59)
    if hours is None or minutes is None:
        raise PydanticCustomError("clock", "not an hour")
    return time(hours, minutes)


Hour = Annotated[time, BeforeValidator(_as_clock)]
Kind = Annotated[DayKind | None, BeforeValidator(lambda v: None if v == ORDINARY else v)]


class DayForm(Form):
    """A day and what it is, by which document; ordinary: no longer what it was."""

    day: Day
    kind: Kind
    name: Line
    source: Line
    is_confirmed: Ticked = False

    words: ClassVar[Mapping[str, str]] = {"name": "tên ngày", "kind": "loại ngày"}

    def command(self) -> SetCalendarDay:
        return SetCalendarDay(
            self.day, self.kind, self.name, self.source, self.is_confirmed, self.seen_version
        )


class OutageForm(DocumentForm):
    """From when until when, in the hours of Vietnam."""

    starts_on: Day
    starts_at: Hour
    ends_on: Day
    ends_at: Hour
    reason: Annotated[Words, Field(max_length=2000)]

    words: ClassVar[Mapping[str, str]] = {
        "starts_on": "ngày bắt đầu",
        "starts_at": "giờ bắt đầu",
        "ends_on": "ngày hoạt động lại",
        "ends_at": "giờ hoạt động lại",
    }

    def command(self) -> RecordOutage:
        return RecordOutage(
            datetime.combine(self.starts_on, self.starts_at, VIETNAM),
            datetime.combine(self.ends_on, self.ends_at, VIETNAM),
            self.reason,
            self.document(),
        )
