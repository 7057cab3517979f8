"""The ladder: what is late, on which rung, how often urged; and urging many in one act."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import RowMapping

from models.states import LABELS, DueClass, Role, UrgeLevel
from notifications.render import zalo
from web import db, numbers, telling
from web.filters import day
from web.forms import LONGEST_TEXT, BadForm, Day, Form, FormState, Words, read
from web.requires import me, perform, repeats, requires, services, today
from workflow import urgings
from workflow.access import cycle_for
from workflow.commands.urging import Urge
from workflow.law.errors import NotFound, Refused
from workflow.law.rules import LEVELS, plan_posts
from workflow.law.urging import LETTERS
from workflow.workdays import calendar_of

blueprint = Blueprint("urge", __name__, url_prefix="/urge")
watchers = requires(Role.HEAD, Role.OFFICER, Role.OFFICE, Role.CHAIRMAN, Role.INSPECTOR)
MOST_AT_ONCE = 200
ANSWER_DAYS = 3
# What urging begins with; it goes into the register, so it is Vietnamese.
BEGUN = "Đề nghị khẩn trương thực hiện và báo cáo kết quả các nhiệm vụ đã quá hạn."
BEGUN_TO_ASKED = (
    "Trân trọng đề nghị quý cơ quan quan tâm, phối hợp thực hiện "
    "và gửi báo cáo kết quả các nhiệm vụ."
)


class UrgeForm(Form):
    level: UrgeLevel
    text: Annotated[Words, Field(max_length=LONGEST_TEXT)]
    answer_by: Day


@dataclass(frozen=True)
class Urged:
    """How urging one cycle went."""

    cycle_id: int
    label: str
    number: int | None = None
    letter: str | None = None
    why_not: str | None = None


def _levels() -> list[tuple[str, str]]:
    """Levels this person may use somewhere."""
    # VP UBND holds its post towards every plan, whoever is its standing agency.
    with_standing = {
        post for agency in (*me().standing_agency_ids, 0) for post in plan_posts(me(), agency)
    }
    return [
        (level.value, _(LABELS[level]))
        for level, posts in LEVELS.items()
        if with_standing & set(posts)
    ]


@blueprint.get("")
@watchers
def index() -> ResponseReturnValue:
    """Open tasks that are late or soon due, and the agencies that owe a report."""
    return _page(None)


def _page(state: FormState | None, chosen: Collection[int] = ()) -> str:
    """The ladder; of one agency everything late is chosen and the words are begun."""
    agency = request.args.get("agency", "")[:120] or None
    found = urgings.ladder(db.conn(), me(), today(), agency, numbers.number("page") or 1)
    levels = _levels()
    g.not_taken = state
    if agency and state is None and levels:
        late = [s for s in found.steps if s.cycle["due_class"] == DueClass.OVERDUE]
        # What was urged and still has time for its answer is not urged again unasked.
        late = [s for s in late if s.proposed]
        chosen = [s.cycle["id"] for s in late]
        answer_by = calendar_of(db.conn()).add_working_days(today(), ANSWER_DAYS)
        begun = BEGUN_TO_ASKED if any(s.cycle["is_asked"] for s in found.steps) else BEGUN
        level = _lowest({s.proposed for s in late if s.proposed}, levels)
        state = FormState({"level": level, "text": begun, "answer_by": day(answer_by)})
    return render_template(
        "pages/urge/index.html",
        found=found,
        agency=agency,
        state=state,
        levels=levels,
        chosen=chosen,
        words_of={level.value: _(LABELS[level]) for level in UrgeLevel},
        answer_of={
            "reported": _("Đã gửi báo cáo"),
            "returned": _("Bị trả lại"),
            "explained": _("Đã giải trình"),
        },
        zalo=_zalo,
        per_page=urgings.PER_PAGE,
        link=lambda n: url_for(".index", page=n, agency=agency),
    )


def _lowest(proposed: Collection[UrgeLevel], levels: list[tuple[str, str]]) -> str:
    """The lowest level proposed that this person may use; nothing proposed: the lowest of all."""
    mine = [value for value, _label in levels]
    return next((v for v in mine if UrgeLevel(v) in proposed), mine[0])


def _zalo(row: RowMapping) -> str:
    """The message of a cycle, with its address."""
    base_url = (services().settings.base_url or request.host_url).rstrip("/")
    return zalo(row, base_url + url_for("cycles.show", cycle_id=row["id"]))


@blueprint.post("")
@repeats("cycle")
@watchers
def urge_many() -> ResponseReturnValue:
    """Urge each chosen cycle by a command of its own; what is refused says why."""
    sent = request.form.copy()
    keys = [numbers.key(typed) for typed in sent.poplist("cycle")]
    chosen = [key for key in keys if key is not None][:MOST_AT_ONCE]
    try:
        form = read(UrgeForm, sent)
    except BadForm as bad:
        return _page(bad.state, chosen), 422
    if not chosen:
        return _page(FormState(sent.to_dict(), {"cycle": _("Chưa chọn nhiệm vụ nào.")})), 422
    form = form.model_copy(update={"idempotency_key": form.idempotency_key or uuid.uuid4().hex})
    done = [_urge(cycle_id, form) for cycle_id in dict.fromkeys(chosen)]
    return render_template(
        "pages/urge/done.html",
        done=done,
        urged=sum(u.number is not None for u in done),
        letters=len({u.letter for u in done if u.letter}),
    )


def _urge(cycle_id: int, form: UrgeForm) -> Urged:
    """One letter for each agency collects its tasks; the form's key makes each act once."""
    try:
        found = cycle_for(db.conn(), me(), cycle_id, today())
    except NotFound:
        return Urged(cycle_id, str(cycle_id), why_not=_("Không tìm thấy."))
    letter = None
    if form.level in LETTERS:
        letter = _key(form, f"letter {found.facts.lead_agency_id}")
    command = Urge(cycle_id, form.level, form.text, form.answer_by, letter)
    try:
        outcome = perform(command, _key(form, f"cycle {cycle_id}"))
    except Refused as refused:
        why_not = telling.listed(telling.refusals(refused), " ")
        return Urged(cycle_id, found.label, why_not=why_not)
    return Urged(cycle_id, found.label, int(outcome.data["number"]), letter)


def _key(form: UrgeForm, part: str) -> str:
    """A key of its own for each part of the act, the same when the form is sent again."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{form.idempotency_key}:{part}").hex
