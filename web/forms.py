"""The shape of what a browser sends: read by a pydantic model, or shown again with all it held."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, TypeVar

from flask import g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from models.states import Capacity
from web import db, telling
from web.numbers import GREATEST
from web.requires import perform
from workflow import text, words
from workflow.door import Outcome
from workflow.law.errors import Reason, Refused
from workflow.law.facts import DocumentFacts

Model = TypeVar("Model", bound="Form")

LONGEST_TEXT = 20_000
LONGEST_KEY = 64
# Hidden fields of every form, and fields that are never shown again.
HIDDEN = frozenset({"csrf_token", "idempotency_key", "seen_version"})
SECRET = frozenset({"password", "current_password", "new_password", "new_password_again"})


@dataclass
class FormState:
    """What was typed, and what is wrong with it: enough to show a form again as it was."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    # Why the law refused it; empty when only the shape was wrong.
    reasons: frozenset[Reason] = frozenset()
    # Whether a page has said what is wrong: some show their form to some people only.
    is_told: bool = False

    @property
    def summary(self) -> list[tuple[str, str]]:
        self.is_told = True
        return list(self.errors.items())

    def in_order(self, fields: Sequence[str]) -> FormState:
        """This one, its mistakes as their fields stand on the page.

        Those of the document stand where it does.
        """

        def place(name: str) -> int:
            shown = "document" if name.startswith("document_") else name
            return fields.index(shown) if shown in fields else len(fields)

        self.errors = dict(sorted(self.errors.items(), key=lambda error: place(error[0])))
        return self


class BadForm(Exception):
    """What was sent does not have the shape; `state` shows it again."""

    def __init__(self, state: FormState) -> None:
        super().__init__(", ".join(f"{name}: {why}" for name, why in state.errors.items()))
        self.state = state


# What no browser sends from a page of ours, and what to do about it.
TWICE = _l("“%(field)s” được gửi nhiều lần: mở lại trang, nhập một lần rồi gửi lại.")
UNKNOWN = _l("Trang này không có trường “%(field)s”: mở lại trang rồi gửi biểu mẫu trên màn hình.")
NUL = _l("“%(field)s” có ký tự rỗng không lưu được: gõ lại nội dung rồi gửi.")
CHANGED = _l("Trường ẩn “%(field)s” không còn như trang đã ghi: mở lại trang rồi gửi lại.")
LONGEST_NAME = 60


class Odd(BadRequest):
    """A field that no page of ours sends in this way; `sentence` says which, why and what to do."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name[:LONGEST_NAME]!r}: {why}")
        self.field, self.why = text.clean(name)[:LONGEST_NAME], why

    @property
    def sentence(self) -> str:
        """In the language of the reader."""
        return str(self.why) % {"field": _(_name_of(self.field))}


# --- kinds of fields ---------------------------------------------------------------------


def _cleaned(value: Any) -> Any:
    return text.clean(value) if isinstance(value, str) else value


def _none_if_blank(value: Any) -> Any:
    value = _cleaned(value)
    return None if value == "" else value


def _not_blank(value: Any) -> Any:
    value = _cleaned(value)
    if value == "":
        raise PydanticCustomError("blank", "nothing was typed")
    return value


def _as_day(value: Any) -> Any:
    value = _none_if_blank(value)
    if not isinstance(value, str):
        return value
    day = text.parse_date(value)
    if day is None:
        raise PydanticCustomError("day", "not a day")
    return day


def _as_number(value: Any) -> Any:
    value = _none_if_blank(value)
    if not isinstance(value, str):
        return value
    parsed = text.parse_number(value)
    if parsed is None:
        raise PydanticCustomError("number", "not a number")
    return parsed.value


def _as_whole(value: Any) -> Any:
    value = _as_number(value)
    if isinstance(value, Decimal):
        if value > GREATEST:
            raise PydanticCustomError("less_than_equal", "too big", {"le": GREATEST})
        if value < -GREATEST:
            raise PydanticCustomError("greater_than_equal", "too small", {"ge": -GREATEST})
        if value != value.to_integral_value():
            raise PydanticCustomError("whole_number", "not a whole number")
        return int(value)
    return value


def _as_notation(value: Any) -> Any:
    value = _not_blank(value)
    if isinstance(value, str) and text.parse_document_number(value) is None:
        raise PydanticCustomError("notation", "not a document number")
    return value


def _needed(value: Any) -> Any:
    if value is None:
        raise PydanticCustomError("blank", "nothing was typed")
    return value


# A line or a text that must hold something; one that may be empty; the same as None. None of them
# is longer than a text of ours may be, whatever else a form says of it.
Words = Annotated[str, Field(max_length=LONGEST_TEXT), BeforeValidator(_not_blank)]
MaybeWords = Annotated[str, Field(max_length=LONGEST_TEXT), BeforeValidator(_cleaned)]
OptionalWords = Annotated[
    Annotated[str, Field(max_length=LONGEST_TEXT)] | None, BeforeValidator(_none_if_blank)
]
# One line, with and without need; 200 characters hold every name and title.
Line = Annotated[str, Field(max_length=200), BeforeValidator(_not_blank)]
OptionalLine = Annotated[
    Annotated[str, Field(max_length=200)] | None, BeforeValidator(_none_if_blank)
]
# A number as it is typed, kept as text to the last digit; no fact of the plan is longer.
Figure = Annotated[str, Field(max_length=20), BeforeValidator(_not_blank)]
OptionalFigure = Annotated[
    Annotated[str, Field(max_length=20)] | None, BeforeValidator(_none_if_blank)
]
# dd/mm/yyyy in all the ways people write it.
Day = Annotated[date, BeforeValidator(lambda value: _needed(_as_day(value)))]
OptionalDay = Annotated[date | None, BeforeValidator(_as_day)]
# Vietnamese writing: dot for thousands, comma for decimals.
Whole = Annotated[int, BeforeValidator(lambda value: _needed(_as_whole(value)))]
OptionalWhole = Annotated[int | None, BeforeValidator(_as_whole)]
# A box that is ticked or not there.
Ticked = Annotated[bool, BeforeValidator(lambda value: value == "yes" if value else False)]
# Never cleaned: a blank may belong to a password.
Password = Annotated[str, BeforeValidator(lambda v: _needed(v or None))]


class Form(BaseModel):
    """A form of the house: unknown and doubled fields are refused, the hidden ones known to all.

    `words` names fields in sentences where workflow.words.FIELDS does not, as in
    {"text": "nội dung phối hợp"}; `many` are fields that may come more than once.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: ClassVar[Mapping[str, str]] = {}
    many: ClassVar[frozenset[str]] = frozenset()

    # As long as the door remembers it.
    idempotency_key: Annotated[
        Annotated[str, Field(max_length=LONGEST_KEY)] | None, BeforeValidator(_none_if_blank)
    ] = None
    seen_version: OptionalWhole = None


class DocumentForm(Form):
    """A form with the fields of the document an act rests on (macro document_fields)."""

    document_notation: Annotated[str, Field(max_length=200), BeforeValidator(_as_notation)]
    document_issued_on: Day
    document_signer_name: Line
    document_signer_post: Annotated[str, Field(max_length=200), BeforeValidator(_cleaned)] = ""
    document_capacity: Capacity = Capacity.HEAD
    document_authorization: OptionalLine = None
    document_authorization_until: OptionalDay = None

    def document(self) -> DocumentFacts:
        """The document as the law is told of it."""
        number, symbol = cut_notation(self.document_notation)
        return DocumentFacts(
            notation=self.document_notation,
            number=number,
            symbol=symbol,
            issued_on=self.document_issued_on,
            signer_name=self.document_signer_name,
            signer_post=self.document_signer_post,
            capacity=self.document_capacity,
            authorization=self.document_authorization,
            authorization_until=self.document_authorization_until,
        )


DOCUMENT_FIELDS = tuple(name for name in DocumentForm.model_fields if name.startswith("document_"))


def cut_notation(notation: str) -> tuple[str, str]:
    """125/BC-SXD: number 125, symbol BC-SXD; what cannot be read has no number."""
    parsed = text.parse_document_number(notation)
    if parsed is None:
        return "", notation
    year = [str(parsed.year)] if parsed.year else []
    if parsed.grammar == "party":
        return parsed.number, f"{parsed.kind}/{parsed.issuer}"
    kind = f"{parsed.kind}-{parsed.issuer}" if parsed.kind else parsed.issuer
    return parsed.number, "/".join([*year, kind])


# --- reading -----------------------------------------------------------------------------


def read(model: type[Model], sent: MultiDict[str, str]) -> Model:
    """What was sent as `model`, or BadForm naming each field, the cause and the remedy.

    400 when fields came that the form does not have, or twice: no browser of ours does that.
    """
    values: dict[str, Any] = {}
    for name, found in sent.lists():
        if name == "csrf_token":
            continue
        if name not in model.model_fields:
            raise Odd(name, UNKNOWN)
        if len(found) > 1 and name not in model.many:
            raise Odd(name, TWICE)
        values[name] = found if name in model.many else found[0]
    try:
        return model.model_validate(values)
    except ValidationError as error:
        errors: dict[str, str] = {}
        for one in error.errors():
            # A complaint about two fields together says beside which one it stands.
            name = str(one["loc"][0] if one["loc"] else one["ctx"]["field"])
            if name in HIDDEN:
                raise Odd(name, CHANGED) from None
            errors.setdefault(name, sentence(one, _(_name_of(name, model.words))))
        raise BadForm(FormState(_shown(values), errors)) from None


def state_of(refused: Refused, sent: Mapping[str, str]) -> FormState | None:
    """The form with the law's complaints beside their fields; None when one is about no field.

    Raise the Refused again then: it becomes a page with the reasons and who can.
    """
    if not all(r.reason in words.ABOUT_FIELDS for r in refused.refusals):
        return None
    errors: dict[str, str] = {}
    for refusal in refused.refusals:
        name = words.field_of(refusal) or ""
        if name not in sent and f"document_{name}" in sent:
            name = f"document_{name}"
        errors.setdefault(name, telling.refusal(refusal))
    return FormState(_shown(dict(sent)), errors, frozenset(r.reason for r in refused.refusals))


def carried_out(
    model: type[Model], command: Callable[[Model], Any]
) -> tuple[Model, Outcome] | FormState:
    """The form that was sent and what its command did; or the form to be shown again, with 422.

    `command` makes the command of a form of the right shape; it may raise BadForm or Refused as
    well. A refusal that is about no field is raised: it becomes a page with the reasons.
    """
    try:
        form = read(model, request.form)
        return form, perform(command(form), form.idempotency_key)
    except BadForm as bad:
        state = bad.state
    except Refused as refused:
        found = state_of(refused, request.form)
        if found is None:
            raise
        state = found
    # The page that shows it again tells what is true now, not what was read before.
    db.release()
    g.not_taken = state
    return state


def _shown(values: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value
        for name, value in values.items()
        if name not in SECRET and isinstance(value, str)
    }


def _name_of(name: str, own: Mapping[str, str] | None = None) -> str:
    short = name.removeprefix("document_")
    return (own or {}).get(name) or words.FIELDS.get(name) or words.FIELDS.get(short) or name


def kept(sent: MultiDict[str, str]) -> list[tuple[str, str]]:
    """What somebody typed, for a page that says it was not taken: nothing is lost."""
    return [
        (_upper_first(_(_name_of(text.clean(name)))), text.clean(value))
        for name, value in sent.items(multi=True)
        if name not in HIDDEN | SECRET and value.strip()
    ]


def _upper_first(label: str) -> str:
    return label[:1].upper() + label[1:]


# --- sentences ---------------------------------------------------------------------------


def sentence(error: ErrorDetails, name: str) -> str:
    """One of pydantic's complaints as a sentence that names the field, the cause, the remedy."""
    kind, context = error["type"], error.get("ctx", {})
    values = {"field": name, "Field": _upper_first(name), "limit": context.get("limit", "")}
    for bound in ("ge", "gt", "le", "lt", "max_length", "min_length"):
        if bound in context:
            values["limit"] = str(context[bound])
    return _(SENTENCES[kind]) % values


_CHOOSE = "Chưa chọn %(field)s: chọn một mục trong danh sách."
_TOO_SMALL = "%(Field)s quá nhỏ: ít nhất là %(limit)s."
_TOO_BIG = "%(Field)s quá lớn: nhiều nhất là %(limit)s."
_EMPTY = "Chưa nhập %(field)s."

# Every kind of complaint a form of ours can make; a test looks for others.
SENTENCES: dict[str, str] = {
    "missing": _EMPTY,
    "blank": _EMPTY,
    "string_too_short": _EMPTY,
    "string_type": _EMPTY,
    "string_too_long": "%(Field)s quá dài: rút xuống còn tối đa %(limit)s ký tự.",
    "too_long": "%(Field)s quá dài: rút xuống còn tối đa %(limit)s ký tự.",
    "string_pattern_mismatch": "%(Field)s chưa đúng mẫu. Kiểm tra lại.",
    "day": "%(Field)s chưa đúng: nhập ngày/tháng/năm, ví dụ 05/12/2026.",
    "number": "%(Field)s chưa đúng: nhập một số, ví dụ 1.234,5.",
    "whole_number": "%(Field)s chưa đúng: nhập một số nguyên.",
    "int_parsing": "%(Field)s chưa đúng: nhập một số nguyên.",
    "clock": "%(Field)s chưa đúng: nhập giờ:phút, ví dụ 07:30.",
    "password_differs": "Hai lần nhập mật khẩu mới chưa giống nhau.",
    "notation": "%(Field)s chưa đúng: nhập số và ký hiệu, ví dụ 125/BC-SXD hoặc 12-BC/TU.",
    "greater_than": _TOO_SMALL,
    "greater_than_equal": _TOO_SMALL,
    "less_than": _TOO_BIG,
    "less_than_equal": _TOO_BIG,
    "enum": _CHOOSE,
    "literal_error": _CHOOSE,
}
