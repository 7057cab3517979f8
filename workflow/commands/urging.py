"""What people do about a cycle that stands still: urge, flag, question, ask supporters."""

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import RowMapping, func, select

from models.states import FlagKind, UrgeLevel
from models.tables import AGENCY, EXPLANATION, FLAG, SUPPORT_REQUEST, URGING
from workflow.access import cycle_for
from workflow.commands.cycles import Passing, answer, keep_document, move, passing
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.law.documents import faults
from workflow.law.errors import NotFound, Reason, Refusal, Refused
from workflow.law.facts import Details, DocumentFacts, MembershipFacts
from workflow.law.rules import Post, plan_posts
from workflow.law.transitions import Command
from workflow.law.urging import LETTERS
from workflow.workdays import calendar_of


@dataclass(frozen=True)
class Urge:
    """Row 14: urge one cycle. Urgings of one act to one agency share a `letter`.

    Without one, an urging on paper is a letter of its own.
    """

    cycle_id: int
    level: UrgeLevel
    message: str
    answer_by: date
    letter: str | None = None


@handles(Urge)
def urge(tx: Transaction, c: Urge) -> Outcome:
    details = Details(text=c.message, day=c.answer_by, level=c.level)
    p = passing(tx, Command.URGE, c.cycle_id, None, details)
    _worked_or_refused(tx, c.answer_by)
    last = tx.one(
        select(func.coalesce(func.max(URGING.c.number), 0).label("n")).where(
            URGING.c.cycle_id == c.cycle_id
        )
    )
    number = (last["n"] if last else 0) + 1
    _beside(p, number=number, level=c.level, answer_by=c.answer_by, message=c.message.strip())
    urging_id = tx.insert(
        URGING,
        cycle_id=c.cycle_id,
        number=number,
        level=c.level.value,
        message=c.message.strip(),
        answer_by=c.answer_by,
        letter=(c.letter or f"{c.cycle_id}-{number}") if c.level in LETTERS else None,
        by_id=tx.actor.person_id,
        at=tx.now,
    )
    return answer(p, urging_id=urging_id, number=number)


def _worked_or_refused(tx: Transaction, answer_by: date) -> None:
    """A letter asks for an answer on a day on which somebody is there to write it."""
    calendar = calendar_of(tx.conn)
    if not calendar.is_working_day(answer_by):
        following = calendar.first_working_day_on_or_after(answer_by)
        days = {"day": f"{answer_by:%d/%m/%Y}", "next": f"{following:%d/%m/%Y}"}
        raise Refused(Refusal(Reason.DAY_OFF, {"field": "answer_by", **days}))


LETTER_KEEPERS = (Post.STANDING_HEAD, Post.STANDING_OFFICER, Post.OFFICE)


@dataclass(frozen=True)
class NumberLetter:
    """Văn thư has given the letter its number: every urging of it gets the document."""

    letter: str
    document: DocumentFacts


@handles(NumberLetter)
def number_letter(tx: Transaction, c: NumberLetter) -> Outcome:
    rows = tx.rows(select(URGING).where(URGING.c.letter == c.letter).order_by(URGING.c.id))
    if not rows:
        raise NotFound("letter")
    keeper = _keeper_of_letters(tx, rows[0]["cycle_id"])
    if wrong := faults(c.document, tx.today):
        raise Refused(*wrong)
    tx.note(
        Entry(
            command="number_letter",
            event="letter_numbered",
            object_kind="cycle",
            object_id=rows[0]["cycle_id"],
            object_label=c.document.notation,
            membership=keeper,
            document=asdict(c.document),
            details={"urgings": len(rows)},
        )
    )
    document_id = keep_document(tx, c.document)
    for row in rows:
        tx.update(URGING, row, document_id=document_id)
    return Outcome("letter", None, {"urgings": len(rows)})


def _keeper_of_letters(tx: Transaction, cycle_id: int) -> MembershipFacts:
    """The membership of whoever may keep the letters of this cycle's plan."""
    facts = cycle_for(tx.conn, tx.actor, cycle_id, tx.today).facts
    held = plan_posts(tx.actor, facts.standing_agency_id)
    for post in LETTER_KEEPERS:
        if post in held:
            return held[post]
    raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": " ".join(LETTER_KEEPERS)}))


@dataclass(frozen=True)
class RaiseFlag:
    """Row 14: mark a cycle, with the reason; once for each kind."""

    cycle_id: int
    kind: FlagKind
    reason: str


@handles(RaiseFlag)
def raise_flag(tx: Transaction, c: RaiseFlag) -> Outcome:
    p = passing(tx, Command.FLAG, c.cycle_id, None, Details(reason=c.reason))
    _beside(p, kind=c.kind)
    if _flag(tx, c.cycle_id, c.kind) is not None:
        raise Refused(Refusal(Reason.ALREADY_FLAGGED))
    flag_id = tx.insert(
        FLAG,
        cycle_id=c.cycle_id,
        kind=c.kind.value,
        reason=c.reason.strip(),
        by_id=tx.actor.person_id,
        at=tx.now,
    )
    return answer(p, flag_id=flag_id)


@dataclass(frozen=True)
class LowerFlag:
    """Row 14: take a mark down, with the reason; that it stood there stays to be seen."""

    cycle_id: int
    kind: FlagKind
    reason: str


@handles(LowerFlag)
def lower_flag(tx: Transaction, c: LowerFlag) -> Outcome:
    p = passing(tx, Command.LOWER_FLAG, c.cycle_id, None, Details(reason=c.reason))
    _beside(p, kind=c.kind)
    flag = _flag(tx, c.cycle_id, c.kind)
    if flag is None:
        raise Refused(Refusal(Reason.NOT_FLAGGED))
    tx.update(
        FLAG,
        flag,
        lowered_at=tx.now,
        lowered_by_id=tx.actor.person_id,
        lowered_why=c.reason.strip(),
    )
    return answer(p)


def _flag(tx: Transaction, cycle_id: int, kind: FlagKind) -> RowMapping | None:
    return tx.one(
        select(FLAG).where(
            FLAG.c.cycle_id == cycle_id, FLAG.c.kind == kind.value, FLAG.c.lowered_at.is_(None)
        )
    )


@dataclass(frozen=True)
class AskExplanation:
    """Row 15: a leader asks the head of the lead agency to explain."""

    cycle_id: int
    question: str
    answer_by: date
    seen_version: int | None = None


@handles(AskExplanation)
def ask_explanation(tx: Transaction, c: AskExplanation) -> Outcome:
    details = Details(text=c.question, day=c.answer_by)
    p = passing(tx, Command.ASK_EXPLANATION, c.cycle_id, c.seen_version, details)
    p.entry.details = {"answer_by": c.answer_by, "message": c.question.strip()}
    explanation_id = tx.insert(
        EXPLANATION,
        cycle_id=c.cycle_id,
        question=c.question.strip(),
        answer_by=c.answer_by,
        asked_by_id=tx.actor.person_id,
        asked_at=tx.now,
    )
    move(tx, p, explanation_by=c.answer_by)
    return answer(p, explanation_id=explanation_id)


@dataclass(frozen=True)
class Explain:
    """Row 15: the head answers."""

    cycle_id: int
    text: str
    seen_version: int | None = None


@handles(Explain)
def explain(tx: Transaction, c: Explain) -> Outcome:
    p = passing(tx, Command.EXPLAIN, c.cycle_id, c.seen_version, Details(text=c.text))
    p.entry.details = {"message": c.text.strip()}
    asked = tx.one(
        select(EXPLANATION)
        .where(EXPLANATION.c.cycle_id == c.cycle_id, EXPLANATION.c.answered_at.is_(None))
        .order_by(EXPLANATION.c.id)
    )
    if asked is None:
        raise NotFound("explanation")
    tx.update(
        EXPLANATION,
        asked,
        answer=c.text.strip(),
        answered_by_id=tx.actor.person_id,
        answered_at=tx.now,
    )
    move(tx, p, explanation_by=None)
    return answer(p)


@dataclass(frozen=True)
class AskSupport:
    """The lead asks a supporting agency for its part, by a day of its own."""

    cycle_id: int
    agency_code: str
    text: str
    answer_by: date


@handles(AskSupport)
def ask_support(tx: Transaction, c: AskSupport) -> Outcome:
    p = passing(tx, Command.ASK_SUPPORT, c.cycle_id, None, Details(text=c.text, day=c.answer_by))
    agency = _supporter(tx, p, c.agency_code)
    same = tx.one(
        select(SUPPORT_REQUEST.c.id).where(
            SUPPORT_REQUEST.c.cycle_id == c.cycle_id,
            SUPPORT_REQUEST.c.agency_id == agency["id"],
            SUPPORT_REQUEST.c.text == c.text.strip(),
            SUPPORT_REQUEST.c.due_on == c.answer_by,
            SUPPORT_REQUEST.c.answered_at.is_(None),
        )
    )
    if same:
        raise Refused(Refusal(Reason.ALREADY_ASKED))
    _beside(
        p,
        answer_by=c.answer_by,
        agency_id=agency["id"],
        agency=agency["short"],
        message=c.text.strip(),
    )
    request_id = tx.insert(
        SUPPORT_REQUEST,
        cycle_id=c.cycle_id,
        agency_id=agency["id"],
        text=c.text.strip(),
        due_on=c.answer_by,
        asked_by_id=tx.actor.person_id,
        asked_at=tx.now,
    )
    return answer(p, request_id=request_id)


@dataclass(frozen=True)
class NoteSilence:
    """The lead records that an agency has not answered by its day.

    It shows whose silence it was; the lead still answers for the cycle.
    """

    cycle_id: int
    agency_code: str
    text: str


@handles(NoteSilence)
def note_silence(tx: Transaction, c: NoteSilence) -> Outcome:
    p = passing(tx, Command.NOTE_SILENCE, c.cycle_id, None, Details(text=c.text))
    agency = _supporter(tx, p, c.agency_code)
    _beside(p, agency=agency["short"], message=c.text.strip())
    waiting = tx.rows(
        select(SUPPORT_REQUEST).where(
            SUPPORT_REQUEST.c.cycle_id == c.cycle_id,
            SUPPORT_REQUEST.c.agency_id == agency["id"],
            SUPPORT_REQUEST.c.answered_at.is_(None),
            SUPPORT_REQUEST.c.missed_at.is_(None),
        )
    )
    if not waiting:
        raise NotFound("support_request")
    missed = [request for request in waiting if request["due_on"] < tx.today]
    if not missed:
        day = min(request["due_on"] for request in waiting)
        raise Refused(Refusal(Reason.ANSWER_NOT_DUE, {"day": f"{day:%d/%m/%Y}"}))
    for request in missed:
        tx.update(SUPPORT_REQUEST, request, missed_at=tx.now, missed_note=c.text.strip())
    return answer(p, requests=len(missed))


def _supporter(tx: Transaction, p: Passing, code: str) -> RowMapping:
    agency = tx.one(select(AGENCY).where(AGENCY.c.code == code))
    facts = p.found.facts
    if agency is None or agency["id"] not in facts.supporting_ids | facts.co_lead_ids:
        raise Refused(Refusal(Reason.NOT_SUPPORTING))
    return agency


def _beside(p: Passing, **details: object) -> None:
    """An act beside the cycle: the cycle's own row stays as it is."""
    p.entry.version_after = p.entry.version_before
    p.entry.details = details
