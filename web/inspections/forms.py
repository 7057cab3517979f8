"""What inspectors type."""

from pydantic import Field

from web.forms import Day, Form, Line, MaybeWords, Words


class CaseForm(Form):
    """A new case folder."""

    decision: Line
    decided_on: Day
    scope: Words
    period_from: Day
    period_to: Day

    words = {  # noqa: RUF012 (a form's own names, never changed)
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

    words = {"name": "tên câu hỏi"}  # noqa: RUF012


class NoteForm(Form):
    """A private note."""

    note: Words

    words = {"note": "ghi chú"}  # noqa: RUF012


class FindingForm(Form):
    """A finding with the numbers of its entries."""

    text: Words
    proposal: MaybeWords = ""
    entries: MaybeWords = ""

    words = {"text": "phát hiện"}  # noqa: RUF012


class ExportForm(Form):
    """What has to be said before the log leaves the house."""

    decision: Line
    scope: Words
    files: MaybeWords = ""

    words = {"decision": "số quyết định thanh tra", "scope": "phạm vi"}  # noqa: RUF012
