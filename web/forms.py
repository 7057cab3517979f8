"""The shape of what a browser sends: read by a pydantic model, or shown again with all it held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, TypeVar

from flask_babel import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from werkzeug.datastructures import MultiDict

from workflow import text

Model = TypeVar("Model", bound="Form")


@dataclass
class FormState:
    """What was typed, and what is wrong with it: enough to show a form again as it was."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> list[tuple[str, str]]:
        return list(self.errors.items())


def _cleaned(value: Any) -> Any:
    return text.clean(value) if isinstance(value, str) else value


def _none_if_blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _as_day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    day = text.parse_date(value)
    if day is None:
        raise PydanticCustomError("day", "not a day")
    return day


Words = Annotated[str, BeforeValidator(_cleaned)]
OptionalWords = Annotated[
    str | None, BeforeValidator(lambda value: _none_if_blank(_cleaned(value)))
]
Day = Annotated[date, BeforeValidator(_as_day)]
OptionalDay = Annotated[date | None, BeforeValidator(_as_day)]


class Form(BaseModel):
    """A form of the house: unknown fields are refused, the hidden three are known to all."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    idempotency_key: Annotated[str | None, BeforeValidator(_none_if_blank)] = None
    seen_version: Annotated[int | None, BeforeValidator(_none_if_blank)] = None


class BadForm(Exception):
    """What was sent does not have the shape; `state` shows it again."""

    def __init__(self, state: FormState) -> None:
        super().__init__(", ".join(f"{name}: {why}" for name, why in state.errors.items()))
        self.state = state


def read(model: type[Model], sent: MultiDict[str, str], labels: Mapping[str, str]) -> Model:
    """The form as `model`, or BadForm naming each field, the cause and the remedy."""
    values = {name: value for name, value in sent.items() if name != "csrf_token"}
    try:
        return model.model_validate(values)
    except ValidationError as error:
        errors: dict[str, str] = {}
        for one in error.errors():
            name = str(one["loc"][0]) if one["loc"] else ""
            errors.setdefault(name, _sentence(one, labels.get(name, name)))
        raise BadForm(FormState(values, errors)) from None


def _sentence(error: ErrorDetails, label: str) -> str:
    """One of pydantic's complaints as a sentence that names the field, the cause, the remedy."""
    context = error.get("ctx", {})
    kind = error["type"]
    blank = error.get("input") in (None, "")
    if kind == "missing" or blank:
        return _("Chưa nhập %(field)s.", field=_lower_first(label))
    if kind in ("day", "date_type", "date_from_datetime_parsing", "date_parsing"):
        return _("%(field)s chưa đúng: nhập ngày/tháng/năm, ví dụ 05/12/2026.", field=label)
    if kind in ("int_parsing", "int_type", "int_from_float", "number"):
        return _("%(field)s chưa đúng: nhập một số nguyên.", field=label)
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        limit = next(iter(context.values()), "")
        if kind.startswith("greater"):
            return _("%(field)s quá nhỏ: ít nhất là %(limit)s.", field=label, limit=limit)
        return _("%(field)s quá lớn: nhiều nhất là %(limit)s.", field=label, limit=limit)
    if kind == "string_too_long":
        return _(
            "%(field)s quá dài: rút xuống còn tối đa %(limit)s ký tự.",
            field=label,
            limit=context.get("max_length", ""),
        )
    if kind == "string_too_short":
        return _("Chưa nhập %(field)s.", field=_lower_first(label))
    if kind in ("enum", "literal_error"):
        return _("%(field)s chưa chọn: chọn một mục trong danh sách.", field=label)
    if kind == "extra_forbidden":
        return _("Biểu mẫu có mục lạ: %(field)s. Mở lại trang rồi gửi lần nữa.", field=label)
    return _("%(field)s chưa đúng. Kiểm tra lại.", field=label)


def _lower_first(label: str) -> str:
    """ "Số, ký hiệu" inside a sentence; an abbreviation keeps its capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
