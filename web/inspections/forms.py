"""What inspectors type."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from web.forms import Day, Form, Line, MaybeWords, OptionalDay, Words
from web.workdays.forms import Hour


class CaseForm(Form):
    """A new case folder."""

    decision: Line
    decided_on: Day
    scope: Words
    period_from: Day
    period_to: Day

    words: ClassVar[Mapping[str, str]] = {
        "decision": "số quyết định thanh tra",
        "decided_on": "ngày quyết định",
        "scope": "phạm vi",
        "period_from": "thời kỳ từ ngày",
        "period_to": "thời kỳ đến ngày",
    }


class QuestionForm(Form):
    """A search to be asked again."""

    name: Line
    query: MaybeWords = Field(default="", max_length=2000)

    words: ClassVar[Mapping[str, str]] = {"name": "tên câu hỏi"}


class NoteForm(Form):
    """A private note."""

    note: Words

    words: ClassVar[Mapping[str, str]] = {"note": "ghi chú"}


class FindingForm(Form):
    """A finding with the numbers of its entries."""

    text: Words
    proposal: MaybeWords = ""
    entries: MaybeWords = ""

    words: ClassVar[Mapping[str, str]] = {"text": "phát hiện"}


class ExportForm(Form):
    """What has to be said before the log leaves the house, whole or as a sheet.

    `question` is the address of a search: which entries a sheet holds.
    """

    decision: Line
    scope: Words
    files: MaybeWords = ""
    question: MaybeWords = Field(default="", max_length=2000)

    words: ClassVar[Mapping[str, str]] = {
        "decision": "số quyết định thanh tra",
        "scope": "phạm vi",
        "question": "câu hỏi",
    }


class MomentForm(Form):
    """Of which moment: what the address of the page holds."""

    at: OptionalDay = None
    time: Annotated[Hour | None, BeforeValidator(lambda typed: typed.strip() or None)] = None

    words: ClassVar[Mapping[str, str]] = {"at": "ngày", "time": "giờ"}
