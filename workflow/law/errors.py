"""What the law answers when it does not agree: codes, never HTTP and never words."""

from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """The obstacle. Each has its Vietnamese sentence in workflow/words.py."""

    NOT_YOUR_ROLE = "not_your_role"
    NOT_YOUR_AGENCY = "not_your_agency"
    WRONG_STATE = "wrong_state"
    NOT_ON_HOLD = "not_on_hold"
    LEADS_ALREADY = "leads_already"
    ON_HOLD = "on_hold"
    CLOSED_BY_DOCUMENT = "closed_by_document"
    OWN_WORK = "own_work"
    OWN_TASK = "own_task"
    OWN_REPORT = "own_report"
    OWN_PROPOSAL = "own_proposal"
    OWN_REQUEST = "own_request"
    JUDGED_BY_OFFICE = "judged_by_office"
    JUDGED_BY_CHAIRMAN = "judged_by_chairman"
    JUDGED_BY_STANDING_AGENCY = "judged_by_standing_agency"
    APPRAISAL_STARTED = "appraisal_started"
    OBJECTION_OPEN = "objection_open"
    NO_OBJECTION = "no_objection"
    HAS_DEADLINE = "has_deadline"
    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_A_PERCENT = "not_a_percent"
    DAY_PASSED = "day_passed"
    DAY_OFF = "day_off"
    DOCUMENT_IN_FUTURE = "document_in_future"
    NO_AUTHORIZATION = "no_authorization"
    AUTHORIZATION_EXPIRED = "authorization_expired"
    SECRET_DOCUMENT = "secret_document"  # noqa: S105 (a code)
    YEAR_OUT_OF_PLAN = "year_out_of_plan"
    PLAN_NOT_LOADABLE = "plan_not_loadable"
    ALREADY_RULED = "already_ruled"
    KEY_REUSED = "key_reused"
    READ_ONLY = "read_only"
    ACCOUNT_LOCKED = "account_locked"
    NAME_TAKEN = "name_taken"
    WEAK_PASSWORD = "weak_password"  # noqa: S105 (a code)
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 (a code)
    SAME_PASSWORD = "same_password"  # noqa: S105 (a code)
    MEMBERSHIP_OVERLAPS = "membership_overlaps"
    NOT_A_LOGIN = "not_a_login"
    NOT_AN_ADDRESS = "not_an_address"
    NOT_LOCKED = "not_locked"
    LAST_ADMIN = "last_admin"
    ENDS_BEFORE_IT_BEGINS = "ends_before_it_begins"
    NOT_EMPTY = "not_empty"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"
    OUT_OF_RANGE = "out_of_range"
    YEAR_OF_VALUE = "year_of_value"
    FINAL_TOO_EARLY = "final_too_early"
    MORE_THAN_WHOLE = "more_than_whole"
    LESS_THAN_PART = "less_than_part"
    JUMP = "jump"
    OWN_ENTRY = "own_entry"
    ALREADY_CONFIRMED = "already_confirmed"
    NOTHING_TO_URGE = "nothing_to_urge"
    NOT_CLEARED = "not_cleared"
    NO_CAMPAIGN = "no_campaign"
    NOBODY_NOMINATED = "nobody_nominated"
    COUNTS_DIFFER = "counts_differ"
    FACTS_CHANGED = "facts_changed"
    OWN_NOMINEE = "own_nominee"
    OWN_NOMINATION = "own_nomination"
    ALREADY_NOMINATED = "already_nominated"
    WRONG_STEP = "wrong_step"
    REVIEW_STANDS = "review_stands"
    FIGURES_MOVED = "figures_moved"
    ORDINARY_WORKING_DAY = "ordinary_working_day"
    OUTAGE_NOT_OVER = "outage_not_over"
    DEADLINE_PASSED = "deadline_passed"
    DEADLINE_NOT_PASSED = "deadline_not_passed"
    NOT_LATER = "not_later"
    NO_DEADLINE = "no_deadline"
    EXTENSION_OPEN = "extension_open"
    NO_EXTENSION = "no_extension"
    LEVEL_TOO_HIGH = "level_too_high"
    EXPLANATION_OPEN = "explanation_open"
    NO_EXPLANATION = "no_explanation"
    NOT_FLAGGED = "not_flagged"
    ALREADY_FLAGGED = "already_flagged"
    NOT_SUPPORTING = "not_supporting"
    ANSWER_NOT_DUE = "answer_not_due"
    ANSWER_AFTER_DEADLINE = "answer_after_deadline"
    ALREADY_ASKED = "already_asked"
    NOT_A_LADDER = "not_a_ladder"
    ENOUGH_VIEWS = "enough_views"


@dataclass(frozen=True)
class Refusal:
    """One obstacle with the particulars its sentence needs (field names, states, agencies)."""

    reason: Reason
    detail: dict[str, str] = field(default_factory=dict)


class WorkflowError(Exception):
    """Parent of everything the workflow refuses. `asked`: the command, where the law was asked."""

    asked: str | None = None


class Refused(WorkflowError):
    """The law does not allow it, for all of these reasons."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(", ".join(r.reason.value for r in refusals))
        self.refusals = refusals


class NotFound(WorkflowError):
    """There is no such thing, or none that this person may know of: nobody can tell which.

    `kind` of thing, and as what it was `named` where somebody named it.
    """

    def __init__(self, kind: str, named: str = "") -> None:
        super().__init__(f"{kind} {named}".strip())
        self.kind, self.named = kind, named


class Stale(WorkflowError):
    """Somebody was faster: the row is no longer the one this person saw."""

    def __init__(self, kind: str, object_id: int, seen: int | None, current: int | None) -> None:
        super().__init__(f"{kind} {object_id}: seen {seen}, is {current}")
        self.kind, self.object_id, self.seen, self.current = kind, object_id, seen, current
