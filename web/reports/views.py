"""Drafts of every paper; and a review on its way: chốt, dự thảo, trình, ban hành, đính chính."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from pydantic import Field

from models.states import LABELS, Capacity, ReviewKind, ReviewState, Role
from reports import catalogue, reviews
from reports.catalogue import KINDS, PLACES, TITLES, Asked, Made
from reports.gather import plan_row
from reports.moment import years_seen
from reports.papers.parts import Written
from web import db, numbers
from web.forms import DocumentForm, Form, FormState, MaybeWords, OptionalDay, Whole, carried_out
from web.requires import me, now, requires, services, took
from web.tasks.views import BUSINESS, my_agency
from workflow.commands.reports import (
    FreezeReview,
    IssueReview,
    SubmitReview,
    WriteReview,
    may_write,
    sees_reviews,
)
from workflow.law.deadlines import end_of_day, local_day
from workflow.law.errors import NotFound
from workflow.law.facts import SYSTEM
from workflow.lists import lead_agencies
from workflow.text import parse_date

blueprint = Blueprint("reports", __name__, url_prefix="/reports")

MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
AWARDS = ("award-submission", "award-list")


class Freeze(Form):
    kind: ReviewKind
    year: Whole
    on: OptionalDay = None
    reason: MaybeWords = ""

    words: ClassVar[Mapping[str, str]] = {"on": "ngày chốt số liệu", "reason": "lý do đính chính"}


class Texts(Form):
    """People's words; the names are those of the places of the three kinds."""

    leadership: MaybeWords = Field("", max_length=20_000)
    strengths: MaybeWords = Field("", max_length=20_000)
    causes: MaybeWords = Field("", max_length=20_000)
    next: MaybeWords = Field("", max_length=20_000)
    proposals: MaybeWords = Field("", max_length=20_000)
    mechanism: MaybeWords = Field("", max_length=20_000)
    lessons: MaybeWords = Field("", max_length=20_000)
    adjust: MaybeWords = Field("", max_length=20_000)
    resolution: MaybeWords = Field("", max_length=20_000)

    def texts(self) -> tuple[tuple[str, str], ...]:
        hidden = Form.model_fields
        return tuple((k, v) for k, v in self.model_dump().items() if k not in hidden)


class Plain(Form):
    """Nothing but the version that was seen."""


class Issue(DocumentForm):
    """Number, day and signer as văn thư gave them."""


def _standing() -> int:
    return int(plan_row(db.conn())["standing_agency_id"])


def _drafters() -> bool:
    return sees_reviews(me(), _standing())


@blueprint.get("")
@requires(*BUSINESS)
def index() -> ResponseReturnValue:
    """Every paper that can be drafted, and the reports on their way."""
    return _index(None)


def _index(state: FormState | None) -> str:
    conn, actor = db.conn(), me()
    standing = _standing()
    mine = my_agency(actor)
    seen = sees_reviews(actor, standing)
    agencies = [(a["code"], a["short"]) for a in lead_agencies(conn, actor)]
    wanted = [
        k for k in KINDS.values()
        if seen or k.needs_agency
    ]  # fmt: skip
    return render_template(
        "pages/reports/index.html",
        kinds=[(k.code, _(TITLES[k.code])) for k in wanted],
        years=[(y, y) for y in years_seen(conn, actor)],
        year=local_day(now()).year,
        agencies=agencies,
        mine=mine,
        found=reviews.listed(conn) if seen else [],
        can_freeze=may_write(actor, standing) is not None,
        review_kinds=[(k.value, _(LABELS[k])) for k in ReviewKind],
        labels=LABELS,
        states=ReviewState,
        states_of=lambda value: _(LABELS[ReviewState(value)]),
        kind_of=lambda value: _(LABELS[ReviewKind(value)]),
        state=state,
        seen=seen,
    )


@blueprint.get("/download")
@requires(*BUSINESS)
def choose() -> ResponseReturnValue:
    """The form of the index page: to the file that was asked for."""
    args: dict[str, Any] = {k: v for k, v in request.args.items() if v}
    kind, wanted = args.pop("kind", "year"), args.pop("format", "docx")
    return redirect(url_for(".download", kind=kind, format=wanted, **args), 303)


@blueprint.get("/download/<kind>.<format>")
@requires(*BUSINESS)
def download(kind: str, format: str) -> ResponseReturnValue:  # noqa: A002 (its name in addresses)
    """A draft made now, as of the day asked for: one file, or all of them together."""
    if kind not in KINDS or format not in MEDIA:
        abort(404)
    actor, conn = me(), db.conn()
    agency = request.args.get("agency") or None
    needs_all = not KINDS[kind].needs_agency
    if needs_all and not _drafters() and kind not in AWARDS:
        raise NotFound("report")
    year = numbers.year() or local_day(now()).year
    moment = now()
    on = parse_date(request.args.get("on", ""))
    if on is not None and on < local_day(moment):
        moment = end_of_day(on) - timedelta(seconds=1)
    phone = services().settings.contact_phone
    made = catalogue.make(conn, actor, kind, Asked(year, moment, agency, phone=phone))
    return _send(made, format)


def _send(made: Made, wanted: str) -> Response:
    files = catalogue.files_of(made, catalogue.FORMATS if wanted == "zip" else (wanted,))
    if not files:
        abort(404)  # papers without figures of their own have no workbook
    if wanted != "zip" and len(files) == 1:
        name, content = next(iter(files.items()))
        return _file(name, content, MEDIA[wanted])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return _file(f"{made.papers[0].name}.zip", packed.getvalue(), MEDIA["zip"])


def _file(name: str, content: bytes, media: str) -> Response:
    took(name, "report", None)
    response = Response(content, mimetype=media)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


# --- reviews -----------------------------------------------------------------------------


@blueprint.post("/reviews")
@requires(Role.HEAD, Role.OFFICER)
def freeze() -> ResponseReturnValue:
    """Chốt số liệu."""

    def command(form: Freeze) -> FreezeReview:
        moment = now()
        if form.on is not None and form.on < local_day(moment):
            moment = end_of_day(form.on) - timedelta(seconds=1)
        made = reviews.counted(db.conn(), form.kind, form.year, moment)
        return FreezeReview(
            plan_row(db.conn())["code"], form.kind, form.year, moment,
            made.figures.position, made.figures.text(), form.reason,
        )  # fmt: skip

    done = carried_out(Freeze, command)
    if isinstance(done, FormState):
        return _index(done), 422
    _form, outcome = done
    flash(_("Đã chốt số liệu."), "success")
    return redirect(url_for(".review", review_id=outcome.data["review_id"]), 303)


@blueprint.get("/reviews/<int:review_id>")
@requires(*BUSINESS)
def review(review_id: int) -> ResponseReturnValue:
    """One report: its figures against last year's, people's words, and the next step."""
    return _page(review_id, None)


def _page(review_id: int, state: FormState | None) -> str:
    if not _drafters():
        raise NotFound("review")
    conn, actor = db.conn(), me()
    found = reviews.review(conn, review_id)
    standing = _standing()
    draft = found.row["state"] == ReviewState.DRAFT
    writer = may_write(actor, standing) is not None
    return render_template(
        "pages/reports/review.html",
        found=found,
        row=found.row,
        boxes=found.figures["boxes"],
        writing_places=[(p, _(PLACES[p])) for p in KINDS[found.row["kind"]].places],
        texts=json.loads(found.row["texts"]),
        can_write=draft and writer,
        can_submit=draft and actor.holds(Role.HEAD, standing) is not None,
        can_issue=found.row["state"] == ReviewState.SUBMITTED
        and actor.holds(Role.OFFICE) is not None,
        can_correct=found.row["state"] == ReviewState.ISSUED and writer,
        capacities=[(c.value, _(LABELS[c])) for c in Capacity],
        state_word=_(LABELS[ReviewState(found.row["state"])]),
        kind_word=_(LABELS[ReviewKind(found.row["kind"])]),
        state=state,
    )


@blueprint.post("/reviews/<int:review_id>/texts")
@requires(Role.HEAD, Role.OFFICER)
def write(review_id: int) -> ResponseReturnValue:
    """People's words are kept."""
    return _act(review_id, Texts, lambda f: WriteReview(review_id, f.texts(), f.seen_version),
                _("Đã lưu nội dung."))  # fmt: skip


@blueprint.post("/reviews/<int:review_id>/submit")
@requires(Role.HEAD)
def submit(review_id: int) -> ResponseReturnValue:
    """Trình."""
    return _act(review_id, Plain, lambda f: SubmitReview(review_id, f.seen_version),
                _("Đã trình dự thảo báo cáo."))  # fmt: skip


@blueprint.post("/reviews/<int:review_id>/issue")
@requires(Role.OFFICE)
def issue(review_id: int) -> ResponseReturnValue:
    """Ban hành: the files are made once more with their number, kept, and never change."""

    def command(form: Any) -> IssueReview:
        return reviews.issuing(
            db.conn(), services().files, review_id, form.document(), form.seen_version
        )

    return _act(
        review_id, Issue, command, _("Đã ghi nhận ban hành; số liệu và tệp được giữ nguyên.")
    )


def _act(review_id: int, model: Any, command: Any, said: str) -> ResponseReturnValue:
    done = carried_out(model, command)
    if isinstance(done, FormState):
        return _page(review_id, done), 422
    flash(said, "success")
    return redirect(url_for(".review", review_id=review_id), 303)


@blueprint.get("/reviews/<int:review_id>/file.<format>")
@requires(*BUSINESS)
def file(review_id: int, format: str) -> ResponseReturnValue:  # noqa: A002 (its name in addresses)
    """The file as issued; before that, the draft from the frozen figures."""
    if not _drafters() or format not in ("docx", "pdf", "xlsx"):
        raise NotFound("review")
    conn = db.conn()
    found = reviews.review(conn, review_id)
    name = f"{found.row['kind']}-{found.row['year']}-{found.row['number']}.{format}"
    sha = found.row.get(f"{format}_sha256")
    if sha:
        return _file(name, services().files.path(sha).read_bytes(), MEDIA[format])
    written = Written(json.loads(found.row["texts"]))
    asked = Asked(found.row["year"], found.row["cutoff_at"], None, written)
    made = catalogue.make(conn, SYSTEM, found.row["kind"], asked)
    (content,) = catalogue.files_of(made, (format,)).values()
    return _file(name, content, MEDIA[format])
