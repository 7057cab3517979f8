"""Campaigns; one campaign with its candidates and nominations; one nomination and its steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import RowMapping

from models.states import (
    LABELS,
    AwardForm,
    CampaignKind,
    Capacity,
    NominationState,
    NomineeKind,
    Role,
)
from reports import awards
from reports.gather import plan_row
from web import db, numbers, telling
from web.forms import (
    BadForm,
    DocumentForm,
    Figure,
    Form,
    FormState,
    Line,
    MaybeWords,
    OptionalLine,
    Ticked,
    Whole,
    Words,
    carried_out,
)
from web.languages import known
from web.requires import me, now, requires
from workflow.commands.awards import (
    ChangeCriterion,
    Nominate,
    OpenCampaign,
    RecordMinutes,
    TakeStep,
    campaign_label,
    facts_of,
)
from workflow.law.awards import WAYS, Step, steps_open_to
from workflow.law.errors import NotFound, Refused
from workflow.law.facts import ActorFacts
from workflow.lists import lead_agencies

blueprint = Blueprint("awards", __name__, url_prefix="/awards")
SEES = (
    Role.HEAD, Role.OFFICER, Role.OFFICE, Role.CHAIRMAN, Role.AWARD_APPRAISER, Role.INSPECTOR,
)  # fmt: skip
TONES = {
    NominationState.PROPOSED: ("blue", "send"),
    NominationState.APPRAISED: ("purple", "appraise"),
    NominationState.SUBMITTED: ("purple", "state-reported"),
    NominationState.DECIDED: ("green", "state-verified"),
    NominationState.PUBLISHED: ("green", "state-completed"),
    NominationState.RETURNED: ("orange", "return"),
    NominationState.WITHDRAWN: ("grey", "state-closed"),
}


def step_labels() -> dict[Step, str]:
    """What the buttons say."""
    return {
        Step.CLEAR: _("Xác nhận bảng kiểm"),
        Step.APPRAISE: _("Thẩm định: đồng ý"),
        Step.SUBMIT: _("Trình Chủ tịch"),
        Step.DECIDE: _("Quyết định khen thưởng"),
        Step.PUBLISH: _("Công bố"),
        Step.RETURN: _("Trả lại"),
        Step.WITHDRAW: _("Rút đề nghị"),
    }


class Opening(Form):
    kind: CampaignKind
    first_year: Whole
    last_year: Whole

    words: ClassVar[Mapping[str, str]] = {"first_year": "từ năm", "last_year": "đến năm"}


class Proposal(Form):
    kind: NomineeKind
    agency: Line
    form: AwardForm
    achievement: Words = Field(max_length=2_000)
    salutation: Literal["", "Ông", "Bà"] = ""
    name: OptionalLine = None
    post: OptionalLine = None
    unit: OptionalLine = None
    is_leader: Ticked = False


class Criterion(Form):
    bound: Figure
    basis: Line
    is_active: Ticked = False

    words: ClassVar[Mapping[str, str]] = {"bound": "mức", "basis": "căn cứ pháp lý"}


class Minutes(DocumentForm):
    collectives: Whole
    individuals: Whole
    members: Whole
    present: Whole
    chair: Line
    secretary: Line

    words: ClassVar[Mapping[str, str]] = {
        "collectives": "số tập thể",
        "individuals": "số cá nhân",
        "members": "số thành viên",
        "present": "số có mặt",
        "chair": "chủ trì",
        "secretary": "thư ký",
    }


class Opinion(Form):
    opinion: MaybeWords = Field("", max_length=2_000)
    reason: MaybeWords = Field("", max_length=2_000)
    confirmed: Ticked = False


class Decision(DocumentForm):
    """The decision of the chairman, by its document."""


@blueprint.get("")
@requires(*SEES)
def index() -> ResponseReturnValue:
    """Every campaign; the standing agency opens the next."""
    return _index(None)


def _index(state: FormState | None) -> str:
    conn, actor = db.conn(), me()
    plan = plan_row(conn)
    found = [
        {
            "row": c,
            "label": campaign_label(c, _),
            "count": len(awards.nominations(conn, c["id"], living_only=True)),
        }
        for c in awards.campaigns(conn, actor)
    ]
    return render_template(
        "pages/awards/index.html",
        found=found,
        can_open=_of_standing(actor, plan["standing_agency_id"]),
        kinds=[(k.value, _(LABELS[k])) for k in CampaignKind],
        years=[(y, y) for y in range(plan["start_year"], plan["end_year"] + 1)],
        this_year=now().year,
        state=state,
    )


def _of_standing(actor: ActorFacts, standing: int) -> bool:
    return bool(actor.holds(Role.HEAD, standing) or actor.holds(Role.OFFICER, standing))


@blueprint.post("")
@requires(Role.HEAD, Role.OFFICER)
def open_one() -> ResponseReturnValue:
    """A campaign is opened."""
    code = plan_row(db.conn())["code"]

    def command(form: Opening) -> OpenCampaign:
        return OpenCampaign(code, form.kind, form.first_year, form.last_year)

    done = carried_out(Opening, command)
    if isinstance(done, FormState):
        return _index(done), 422
    _form, outcome = done
    return redirect(url_for(".campaign", campaign_id=outcome.data["campaign_id"]), 303)


@blueprint.get("/<int:campaign_id>")
@requires(*SEES)
def campaign(campaign_id: int) -> ResponseReturnValue:
    """Criteria, candidates with the facts for and against, nominations, papers."""
    return _campaign(campaign_id, {})


def _campaign(
    campaign_id: int,
    typed: Mapping[type[Form], FormState],
    editing: int | None = None,
) -> str:
    """The campaign; `typed` is what was not taken, beside the form it was typed into."""
    conn, actor = db.conn(), me()
    row = awards.campaign_row(conn, actor, campaign_id)
    standing = plan_row(conn)["standing_agency_id"]
    try:
        awards.ready_to_print(conn, row, now())
        blocks: list[str] = []
    except Refused as refused:
        blocks = telling.refusals(refused)
    return render_template(
        "pages/awards/campaign.html",
        row=row,
        label=campaign_label(row, _),
        moment=now(),
        editing=editing or numbers.number("edit"),
        criteria=[(c, awards.criterion_text(c, known)) for c in awards.criteria(conn, campaign_id)],
        candidates=awards.candidates(conn, row, now(), known),
        nominations=awards.nominations(conn, campaign_id),
        tones=TONES,
        states=NominationState,
        state_word=lambda value: _(LABELS[NominationState(value)]),
        form_word=lambda value: _(LABELS[AwardForm(value)]),
        kind_word=lambda value: _(LABELS[NomineeKind(value)]),
        blocks=blocks,
        knows_agencies=actor.roles != {Role.AWARD_APPRAISER},
        is_standing=_of_standing(actor, standing),
        is_standing_head=actor.holds(Role.HEAD, standing) is not None,
        can_nominate=Role.HEAD in actor.roles,
        agencies=_own_agencies(actor, standing),
        forms=[(f.value, _(LABELS[f])) for f in AwardForm],
        kinds=[(k.value, _(LABELS[k])) for k in NomineeKind],
        capacities=[(c.value, _(LABELS[c])) for c in Capacity],
        state=next(iter(typed.values()), None),
        proposal=typed.get(Proposal),
        minutes=typed.get(Minutes),
        criterion_typed=typed.get(Criterion),
    )


def _own_agencies(actor: ActorFacts, standing: int) -> list[tuple[str, str]]:
    """Whom this head may nominate from: his own agency, or every one for the standing agency."""
    if actor.holds(Role.HEAD, standing):
        return [(a["code"], a["short"]) for a in lead_agencies(db.conn(), actor)]
    return [(m.agency_code, m.agency_name) for m in actor.memberships if m.role == Role.HEAD]


@blueprint.post("/<int:campaign_id>/nominations")
@requires(Role.HEAD)
def nominate(campaign_id: int) -> ResponseReturnValue:
    """A collective or a person is proposed, with the facts counted now."""

    def command(form: Any) -> Nominate:
        conn, moment = db.conn(), now()
        row = awards.campaign_row(conn, me(), campaign_id)
        known = {c.code: c for c in awards.candidates(conn, row, moment)}
        if form.agency not in known:
            raise NotFound("agency")
        return Nominate(
            campaign_id, form.kind, form.agency, form.achievement, form.form,
            known[form.agency].plain(), moment, form.name or "", form.salutation,
            form.post or "", form.unit or "", form.is_leader,
        )  # fmt: skip

    return _act(campaign_id, Proposal, command, _("Đã ghi đề nghị khen thưởng."))


@blueprint.post("/<int:campaign_id>/minutes")
@requires(Role.HEAD, Role.OFFICER)
def minutes(campaign_id: int) -> ResponseReturnValue:
    """What the council agreed on."""

    def command(form: Any) -> RecordMinutes:
        return RecordMinutes(
            campaign_id, form.collectives, form.individuals, form.members, form.present,
            form.chair, form.secretary, form.document(), form.seen_version,
        )  # fmt: skip

    return _act(campaign_id, Minutes, command, _("Đã ghi biên bản họp Hội đồng."))


@blueprint.post("/<int:campaign_id>/criteria/<int:criterion_id>")
@requires(Role.HEAD)
def change_criterion(campaign_id: int, criterion_id: int) -> ResponseReturnValue:
    """Another bound or basis."""

    def command(form: Any) -> ChangeCriterion:
        return ChangeCriterion(
            criterion_id, form.bound, form.basis, form.is_active, form.seen_version
        )

    return _act(campaign_id, Criterion, command, _("Đã sửa tiêu chí."), criterion_id)


def _act(
    campaign_id: int, model: type[Form], command: Any, said: str, editing: int | None = None
) -> ResponseReturnValue:
    done = carried_out(model, command)
    if isinstance(done, FormState):
        return _campaign(campaign_id, {model: done}, editing=editing), 422
    flash(said, "success")
    return redirect(url_for(".campaign", campaign_id=campaign_id), 303)


def _nomination(campaign_id: int, nomination_id: int) -> RowMapping:
    conn = db.conn()
    awards.campaign_row(conn, me(), campaign_id)
    for row in awards.nominations(conn, campaign_id):
        if row["id"] == nomination_id:
            return row
    raise NotFound("nomination")


@blueprint.get("/<int:campaign_id>/nominations/<int:nomination_id>")
@requires(*SEES)
def nomination(campaign_id: int, nomination_id: int) -> ResponseReturnValue:
    """One nomination: its facts then and now, and what this person can do."""
    return _one(campaign_id, nomination_id, None)


def _one(campaign_id: int, nomination_id: int, state: FormState | None) -> str:
    row = _nomination(campaign_id, nomination_id)
    conn = db.conn()
    held = awards.campaign_row(conn, me(), campaign_id)
    now_known = {c.code: c for c in awards.candidates(conn, held, now(), known)}
    return render_template(
        "pages/awards/nomination.html",
        row=row,
        label=campaign_label(held, _),
        kept=awards.kept_facts(row),
        candidate=now_known.get(row["agency_code"]),
        moment=now(),
        steps=[
            (step, step_labels()[step], WAYS[step].needs)
            for step in steps_open_to(me(), facts_of(conn, row))
        ],
        tones=TONES,
        states=NominationState,
        state_word=_(LABELS[NominationState(row["state"])]),
        form_word=_(LABELS[AwardForm(row["form"])]),
        capacities=[(c.value, _(LABELS[c])) for c in Capacity],
        state=state,
    )


@blueprint.post("/<int:campaign_id>/nominations/<int:nomination_id>/<step>")
@requires(*SEES)
def take(campaign_id: int, nomination_id: int, step: str) -> ResponseReturnValue:
    """One step of the way."""
    if step not in set(Step):
        raise NotFound("step")
    wanted = Step(step)
    _nomination(campaign_id, nomination_id)

    def decision(form: Decision) -> TakeStep:
        return TakeStep(nomination_id, wanted, "", "", form.document(), form.seen_version)

    def opinion(form: Opinion) -> TakeStep:
        if wanted is Step.CLEAR and not form.confirmed:
            raise BadForm(FormState({}, {"confirmed": _("Đánh dấu đã rà soát từng trường hợp.")}))
        return TakeStep(nomination_id, wanted, form.opinion, form.reason, None, form.seen_version)

    decides = wanted is Step.DECIDE
    done = carried_out(Decision, decision) if decides else carried_out(Opinion, opinion)
    if isinstance(done, FormState):
        return _one(campaign_id, nomination_id, done), 422
    flash(_("Đã ghi: %(step)s.", step=step_labels()[wanted].lower()), "success")
    there = url_for(".nomination", campaign_id=campaign_id, nomination_id=nomination_id)
    return redirect(there, 303)
