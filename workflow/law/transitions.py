"""The table of passages: who may do what, from where to where, and what he must bring.

One line each. What is not listed is refused. docs/generated/states.md shows the same rows under
the same numbers.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.states import CycleState as S
from workflow.law import rules as r


class Command(StrEnum):
    """Everything that can be asked of a cycle."""

    ASSIGN = "assign"
    ACCEPT = "accept"
    DECLINE = "decline"
    ANSWER_DECLINE = "answer_decline"
    UPDATE_PROGRESS = "update_progress"
    CONTRIBUTE = "contribute"
    SAVE_DRAFT = "save_draft"
    REPORT = "report"
    WITHDRAW = "withdraw"
    APPRAISE = "appraise"
    RETURN = "return"
    VERIFY = "verify"
    COMPLETE = "complete"
    REOPEN = "reopen"
    SET_DEADLINE = "set_deadline"
    ASK_EXTENSION = "ask_extension"
    DECIDE_EXTENSION = "decide_extension"
    EXTEND_LATE = "extend_late"
    URGE = "urge"
    FLAG = "flag"
    LOWER_FLAG = "lower_flag"
    ASK_EXPLANATION = "ask_explanation"
    EXPLAIN = "explain"
    ASK_SUPPORT = "ask_support"
    NOTE_SILENCE = "note_silence"
    HOLD = "hold"
    RESUME = "resume"
    END = "end"
    TRANSFER = "transfer"


# The event a command leaves for others: the past participle of the same verb.
EVENTS: dict[Command, str] = {
    Command.ASSIGN: "assigned",
    Command.ACCEPT: "accepted",
    Command.DECLINE: "declined",
    Command.ANSWER_DECLINE: "decline_answered",
    Command.UPDATE_PROGRESS: "progress_updated",
    Command.CONTRIBUTE: "contributed",
    Command.SAVE_DRAFT: "draft_saved",
    Command.REPORT: "reported",
    Command.WITHDRAW: "withdrawn",
    Command.APPRAISE: "appraised",
    Command.RETURN: "returned",
    Command.VERIFY: "verified",
    Command.COMPLETE: "completed",
    Command.REOPEN: "reopened",
    Command.SET_DEADLINE: "deadline_set",
    Command.ASK_EXTENSION: "extension_asked",
    Command.DECIDE_EXTENSION: "extension_decided",
    Command.EXTEND_LATE: "extended_late",
    Command.URGE: "urged",
    Command.FLAG: "flagged",
    Command.LOWER_FLAG: "flag_lowered",
    Command.ASK_EXPLANATION: "explanation_asked",
    Command.EXPLAIN: "explained",
    Command.ASK_SUPPORT: "support_asked",
    Command.NOTE_SILENCE: "silence_noted",
    Command.HOLD: "held",
    Command.RESUME: "resumed",
    Command.END: "ended",
    Command.TRANSFER: "transferred",
}


@dataclass(frozen=True)
class Passage:
    """One row of the law. `target` None keeps the state; `who` are posts, any one suffices."""

    row: str
    command: Command
    sources: tuple[S, ...]
    target: S | None
    who: tuple[r.Post, ...]
    rules: tuple[r.Rule, ...] = ()
    requires: tuple[r.Requirement, ...] = ()


# fmt: off
P = r.Post
LEAD = (P.LEAD_HEAD, P.LEAD_OFFICER)
JUDGE = (P.STANDING_HEAD, P.OFFICE, P.CHAIRMAN)
ANY_OPEN = (S.ASSIGNED, S.IN_PROGRESS)
# A document that abolishes a task does not wait for the verdict on a report about it.
UNJUDGED = (*ANY_OPEN, S.REPORTED)
NOT_CLOSED = (S.ASSIGNED, S.IN_PROGRESS, S.REPORTED, S.VERIFIED)
UBND = (P.OFFICE, P.CHAIRMAN)
WATCH = (P.STANDING_HEAD, P.OFFICE, P.CHAIRMAN)

PASSAGES: tuple[Passage, ...] = (
    Passage(
        "1", Command.ASSIGN, (), S.ASSIGNED, (P.STANDING_HEAD, P.STANDING_OFFICER, P.OFFICE)
    ),
    Passage(
        "2", Command.ACCEPT, (S.ASSIGNED,), S.IN_PROGRESS, LEAD,
        (r.active, r.no_objection_open), (r.focal_person,),
    ),
    Passage(
        "2b", Command.DECLINE, (S.ASSIGNED,), None, (P.LEAD_HEAD,),
        (r.active, r.no_objection_open), (r.reason, r.document, r.signer),
    ),
    Passage(
        "2b", Command.ANSWER_DECLINE, (S.ASSIGNED,), None, JUDGE,
        (r.active, r.not_own_work, r.not_own_objection, r.the_judge, r.objection_open),
        (r.reason, r.signer),
    ),
    Passage(
        "3", Command.UPDATE_PROGRESS, (S.IN_PROGRESS,), None, LEAD,
        (r.active,), (r.percent, r.text),
    ),
    Passage(
        "3", Command.CONTRIBUTE, ANY_OPEN, None,
        (P.SUPPORTING_HEAD, P.SUPPORTING_OFFICER, P.CO_LEAD_HEAD, P.CO_LEAD_OFFICER),
        (r.active,), (r.text,),
    ),
    Passage("4", Command.SAVE_DRAFT, (S.IN_PROGRESS,), None, LEAD, (r.active,)),
    Passage(
        "4", Command.REPORT, (S.IN_PROGRESS,), S.REPORTED, (P.LEAD_HEAD,),
        (r.active,), (r.result, r.product, r.document, r.signer),
    ),
    Passage(
        "5", Command.WITHDRAW, (S.REPORTED,), S.IN_PROGRESS, (P.LEAD_HEAD,),
        (r.active, r.appraisal_not_started), (r.reason, r.signer),
    ),
    Passage(
        "7", Command.APPRAISE, (S.REPORTED,), None, (P.STANDING_OFFICER, P.OFFICE),
        (r.active, r.not_own_work, r.not_own_report, r.the_judge),
    ),
    Passage(
        "6", Command.RETURN, (S.REPORTED,), S.IN_PROGRESS, JUDGE,
        (r.active, r.not_own_work, r.not_own_report, r.the_judge),
        (r.reason, r.missing, r.resend_day, r.signer),
    ),
    Passage(
        "7", Command.VERIFY, (S.REPORTED,), S.VERIFIED, JUDGE,
        (r.active, r.not_own_work, r.not_own_report, r.not_own_proposal, r.the_judge),
        (r.signer,),
    ),
    Passage(
        "8", Command.COMPLETE, (S.VERIFIED,), S.COMPLETED, (P.OFFICE, P.CHAIRMAN),
        (r.active, r.not_own_work, r.not_own_report), (r.document, r.signer),
    ),
    Passage(
        "9", Command.REOPEN, (S.VERIFIED, S.COMPLETED), S.IN_PROGRESS,
        (P.CHAIRMAN, P.STANDING_HEAD),
        (r.active, r.not_own_work, r.not_own_report), (r.reason, r.document, r.signer),
    ),
    Passage(
        "16", Command.SET_DEADLINE, ANY_OPEN, None, JUDGE,
        (r.active, r.not_own_work, r.the_judge, r.without_deadline),
        (r.reason, r.coming_day, r.signer),
    ),
    Passage(
        "10", Command.HOLD, ANY_OPEN, None, UBND,
        (r.active, r.not_own_work), (r.reason, r.document, r.signer),
    ),
    Passage(
        "10", Command.RESUME, ANY_OPEN, None, UBND,
        (r.on_hold, r.not_own_work), (r.reason, r.later_day_if_any, r.document, r.signer),
    ),
    Passage(
        "11", Command.END, UNJUDGED, None, UBND,
        (r.not_ended, r.not_own_work), (r.reason, r.document, r.signer),
    ),
    Passage(
        "13", Command.TRANSFER, ANY_OPEN, None, UBND,
        (r.active, r.not_own_work), (r.new_lead, r.reason, r.document, r.signer),
    ),
    Passage(
        "12", Command.ASK_EXTENSION, ANY_OPEN, None, (P.LEAD_HEAD,),
        (r.active, r.with_deadline, r.no_extension_open),
        (r.reason, r.reason_class, r.later_day, r.before_deadline, r.document, r.signer),
    ),
    Passage(
        "12", Command.DECIDE_EXTENSION, ANY_OPEN, None, UBND,
        (r.active, r.not_own_task, r.not_own_extension, r.extension_open),
        (r.reason, r.document, r.signer),
    ),
    Passage(
        "12", Command.EXTEND_LATE, ANY_OPEN, None, (P.CHAIRMAN,),
        (r.active, r.not_own_task, r.with_deadline),
        (r.reason, r.reason_class, r.later_day, r.after_deadline, r.document, r.signer),
    ),
    Passage(
        "14", Command.URGE, ANY_OPEN, None, (P.STANDING_HEAD, P.STANDING_OFFICER, P.OFFICE),
        (r.active, r.not_own_task), (r.text, r.answer_day, r.level),
    ),
    Passage(
        "14", Command.FLAG, NOT_CLOSED, None, WATCH, (r.active, r.not_own_task), (r.reason,)
    ),
    Passage(
        "14", Command.LOWER_FLAG, NOT_CLOSED, None, WATCH, (r.active, r.not_own_task), (r.reason,)
    ),
    Passage(
        "15", Command.ASK_EXPLANATION, tuple(S), None, UBND,
        (r.active, r.not_own_task, r.no_explanation_open), (r.text, r.answer_day),
    ),
    Passage(
        "15", Command.EXPLAIN, tuple(S), None, (P.LEAD_HEAD,),
        (r.active, r.explanation_open), (r.text,),
    ),
    Passage(
        "17", Command.ASK_SUPPORT, ANY_OPEN, None, LEAD, (r.active,),
        (r.text, r.answer_day, r.within_deadline),
    ),
    Passage(
        "17", Command.NOTE_SILENCE, ANY_OPEN, None, LEAD, (r.active,), (r.text,)
    ),
)
# fmt: on
