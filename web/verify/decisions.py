"""Verdicts gathered in review: read back from the page, said in words, performed one by one."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from models.states import LABELS, FlagKind
from web import db, telling
from web.cycles import forms
from web.cycles.acts import BY_SEGMENT, Act
from web.filters import day
from web.forms import BadForm, Form, read
from web.numbers import GREATEST
from web.requires import me, perform, today
from workflow.access import cycle_for
from workflow.law.errors import NotFound, Refused, Stale
from workflow.law.machine import obstacles

MOST_AT_ONCE = 200


class Decisions(Form):
    """What the page has gathered, as JSON: a list of `Given`."""

    # Bounded by what may be sent at all: each verdict is measured by its own form.
    decisions: str = ""


class Given(BaseModel):
    """One verdict: the fields of its form as they would have been sent alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cycle_id: Annotated[int, Field(ge=0, le=GREATEST)]
    act: Literal["verify", "return", "flag", "appraise"]
    fields: dict[str, str]


_GIVEN = TypeAdapter(tuple[Given, ...])


@dataclass(frozen=True)
class Decided:
    """One verdict in words; `problems` say why it cannot be carried out."""

    given: Given
    act: Act
    label: str
    told: Sequence[tuple[str, str]] = ()
    problems: Sequence[str] = ()


@dataclass(frozen=True)
class Done:
    """How carrying one out went."""

    cycle_id: int
    label: str
    verb: str
    problems: Sequence[str] = ()


def given(sent: str) -> tuple[Given, ...]:
    """The verdicts a page has gathered; 400 for what no page of ours sends."""
    try:
        found = _GIVEN.validate_json(sent or "[]")
    except ValidationError as error:
        raise BadRequest("decisions") from error
    if len({one.cycle_id for one in found}) != len(found) or len(found) > MOST_AT_ONCE:
        raise BadRequest("decisions")
    return found


def as_json(decided: Sequence[Decided]) -> str:
    """The verdicts as they came, to be sent again by the page that asks for the confirmation."""
    return _GIVEN.dump_json(tuple(one.given for one in decided)).decode()


def looked_at(one: Given) -> Decided:
    """One verdict before it is confirmed: what it says, and what already stands in its way."""
    act = BY_SEGMENT[one.act]
    try:
        found = cycle_for(db.conn(), me(), one.cycle_id, today())
        form = _form(one, act)
    except NotFound:
        return Decided(one, act, str(one.cycle_id), problems=[_("Không tìm thấy.")])
    except BadForm as bad:
        return Decided(one, act, found.label, problems=list(bad.state.errors.values()))
    if form.seen_version != found.row["version"]:
        return Decided(one, act, found.label, problems=[_changed()])
    blocked = obstacles(act.command, me(), found.facts, today())
    problems = telling.refusals(Refused(*blocked)) if blocked else []
    return Decided(one, act, found.label, _told(form), problems)


def carry_out(one: Given, key: str | None) -> Done:
    """Perform one verdict; the key of the whole makes each act once."""
    act = BY_SEGMENT[one.act]
    label, verb = str(one.cycle_id), act.verb
    own_key = uuid.uuid5(uuid.NAMESPACE_OID, f"{key}:{one.cycle_id}").hex if key else None
    try:
        label = cycle_for(db.conn(), me(), one.cycle_id, today()).label
        perform(_form(one, act).command(one.cycle_id), own_key)
    except NotFound:
        return Done(one.cycle_id, label, verb, [_("Không tìm thấy.")])
    except BadForm as bad:
        return Done(one.cycle_id, label, verb, list(bad.state.errors.values()))
    except Stale:
        return Done(one.cycle_id, label, verb, [_changed()])
    except Refused as refused:
        return Done(one.cycle_id, label, verb, telling.refusals(refused))
    return Done(one.cycle_id, label, verb)


def counted(decided: Sequence[Decided]) -> list[tuple[str, int]]:
    """Xác nhận kết quả 18 · Trả lại 1: how many of each, in the order they first came."""
    return list(Counter(one.act.verb for one in decided).items())


def _form(one: Given, act: Act) -> forms.CycleForm:
    return read(act.form, MultiDict(one.fields))


def _changed() -> str:
    return _("Nội dung đã được người khác thay đổi sau khi bạn đọc. Đọc lại rồi quyết định.")


def _told(form: forms.CycleForm) -> list[tuple[str, str]]:
    """What a verdict says beside its name, term by term."""
    found: list[tuple[str, str]] = []
    if isinstance(form, forms.Verify):
        found.append((_("Mức đạt"), _(LABELS[form.quality]) if form.quality else ""))
        found.append((_("Ý kiến"), form.note))
    elif isinstance(form, forms.Appraise):
        found.append((_("Đề xuất"), _(LABELS[form.verdict]) if form.verdict else ""))
        found.append((_("Ý kiến"), form.note))
    elif isinstance(form, forms.Return):
        found.append((_("Lý do"), form.reason))
        found.append((_("Nội dung còn thiếu"), form.missing))
        found.append((_("Gửi lại trước hết ngày"), day(form.resend_by)))
    elif isinstance(form, forms.RaiseFlag):
        found.append((_("Loại dấu"), _(LABELS[FlagKind(form.kind)])))
        found.append((_("Lý do"), form.reason))
    return [(term, value) for term, value in found if value]
