"""The register of indicators, one indicator with its history, and the two acts on its values."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from pydantic import Field

from models.states import LABELS, Judgement, ValueKind
from reports.indicators import (
    IndicatorLine,
    indicator_lines,
    red_first,
    shown,
    summary,
)
from web import db
from web.badges import Part
from web.forms import Figure, Form, FormState, Line, MaybeWords, Ticked, Whole, carried_out, read
from web.indicators.marks import TONES, rule_of, spark, value_of, word_of
from web.requires import me, now, perform, requires, today
from web.tasks.views import BUSINESS
from workflow.commands.indicators import (
    ConfirmValue,
    EnterValue,
    indicator_found,
    may_confirm,
    may_enter,
)
from workflow.law.errors import NotFound, Reason
from workflow.text import format_number

blueprint = Blueprint("indicators", __name__, url_prefix="/indicators")
for said in (rule_of, value_of, word_of):
    blueprint.add_app_template_global(said)


class Value(Form):
    """A value as it is typed; the number is read by the house, not by the browser."""

    year: Whole
    kind: ValueKind
    value: Figure
    source: Line
    note: Annotated[MaybeWords, Field(max_length=500)] = ""
    reason: Annotated[MaybeWords, Field(max_length=500)] = ""
    jump_is_meant: Ticked = False

    def command(self, code: str) -> EnterValue:
        return EnterValue(
            code, self.year, self.kind, self.value, self.source, self.note, self.reason,
            self.jump_is_meant,
        )  # fmt: skip


class Confirm(Form):
    """Nothing but the version that was seen."""


@blueprint.get("")
@requires(*BUSINESS)
def index() -> ResponseReturnValue:
    """All indicators, red first or in the document's order."""
    lines = indicator_lines(db.conn(), me(), now())
    in_order = request.args.get("sort") == "plan"
    counted = summary(lines)
    return render_template(
        "pages/indicators/index.html",
        moment=now(),
        lines=lines if in_order else red_first(lines),
        in_order=in_order,
        tones=TONES,
        spark=spark,
        parts=[
            Part(*TONES[word], str(_(LABELS[word])), n)
            for word, n in counted.items()
            if word in Judgement
        ],
    )


@blueprint.get("/<code>")
@requires(*BUSINESS)
def show(code: str) -> ResponseReturnValue:
    """One indicator: targets with their rules, every value ever entered, contradictions."""
    return _page(code, None)


def _line(code: str) -> IndicatorLine:
    lines = indicator_lines(db.conn(), me(), now())
    found = next((x for x in lines if x.code == code), None)
    if found is None:
        raise NotFound("indicator")
    return found


def number_of(line: IndicatorLine) -> str | None:
    """The last value as it is written, to tell the difference from."""
    found = line.values.get(max(line.values)) if line.values else None
    return format_number(Decimal(found["value"])) if found else None


def _page(code: str, state: FormState | None, jump: bool = False) -> str:
    line = _line(code)
    found = indicator_found(db.conn(), code)
    years = sorted({v["year"] for v in line.history}, reverse=True)
    return render_template(
        "pages/indicators/show.html",
        line=line,
        tones=TONES,
        spark=spark(line),
        history=sorted(line.history, key=lambda v: (-v["year"], -v["id"])),
        years=years,
        shown=lambda value: shown(value, _),
        labels=LABELS,
        kinds=[(k.value, _(LABELS[k])) for k in ValueKind],
        can_enter=may_enter(me(), found) is not None,
        can_confirm=may_confirm(me(), found) is not None,
        owner_is_missing=found.owner_is_missing,
        me_id=me().person_id,
        this_year=today().year,
        state=state,
        jump=jump,
        last_number=number_of(line),
        last=value_of(line, max(line.values)) if line.values else None,
        number=format_number,
    )


@blueprint.post("/<code>")
@requires(*BUSINESS)
def enter(code: str) -> ResponseReturnValue:
    """A value is entered; what was understood is said back."""
    done = carried_out(Value, lambda form: form.command(code))
    if isinstance(done, FormState):
        return _page(code, done, Reason.JUMP in done.reasons), 422
    form, outcome = done
    understood = format_number(Decimal(outcome.data["value"]))
    flash(_("Đã ghi %(value)s cho năm %(year)s, chờ xác nhận.", value=understood, year=form.year),
          "success")  # fmt: skip
    return redirect(url_for(".show", code=code), 303)


@blueprint.post("/<code>/values/<int:value_id>/confirm")
@requires(*BUSINESS)
def confirm(code: str, value_id: int) -> ResponseReturnValue:
    """Another agency says that the value stands."""
    form = read(Confirm, request.form)
    perform(ConfirmValue(value_id, form.seen_version), form.idempotency_key)
    flash(_("Đã xác nhận số liệu."), "success")
    return redirect(url_for(".show", code=code), 303)
