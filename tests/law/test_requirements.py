"""What a command must bring: every requirement of the table, met, missing and at its edge."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.states import Capacity, CycleState
from tests.law.people import BY_AUTHORITY, DOCUMENT, ENOUGH, LEAD, TODAY, at, head
from workflow.law import rules
from workflow.law.errors import Reason, Refused
from workflow.law.facts import Details
from workflow.law.machine import decide, obstacles
from workflow.law.transitions import PASSAGES, Command

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)

# What each act must bring, written again by hand.
REQUIRED: dict[Command, set[str]] = {
    Command.ASSIGN: set(),
    Command.ACCEPT: {"focal_person"},
    Command.DECLINE: {"reason", "document"},
    Command.ANSWER_DECLINE: {"reason"},
    Command.UPDATE_PROGRESS: {"percent", "text"},
    Command.CONTRIBUTE: {"text"},
    Command.SAVE_DRAFT: set(),
    Command.REPORT: {"result", "product", "document"},
    Command.WITHDRAW: {"reason"},
    Command.APPRAISE: set(),
    Command.RETURN: {"reason", "missing", "resend_by"},
    Command.VERIFY: set(),
    Command.COMPLETE: {"document"},
    Command.REOPEN: {"reason", "document"},
    Command.SET_DEADLINE: {"reason", "due_on"},
    Command.ASK_EXTENSION: {"reason", "reason_class", "due_on", "document"},
    Command.DECIDE_EXTENSION: {"reason", "document"},
    Command.EXTEND_LATE: {"reason", "reason_class", "due_on", "document"},
    Command.URGE: {"text", "answer_by", "level"},
    Command.FLAG: {"reason"},
    Command.LOWER_FLAG: {"reason"},
    Command.ASK_EXPLANATION: {"text", "answer_by"},
    Command.EXPLAIN: {"text"},
    Command.ASK_SUPPORT: {"text", "answer_by"},
    Command.NOTE_SILENCE: {"text"},
    Command.HOLD: {"reason", "document"},
    Command.RESUME: {"reason", "document"},
    Command.END: {"reason", "document"},
    Command.TRANSFER: {"agency_code", "reason", "document"},
}


@pytest.mark.parametrize("passage", PASSAGES, ids=lambda p: p.command.value)
def test_a_passage_requires_what_the_table_says(passage: object) -> None:
    missing = set()
    for requirement in passage.requires:  # type: ignore[attr-defined]
        refusal = requirement(head(LEAD), at(CycleState.ASSIGNED), Details(), TODAY)
        if refusal is not None:
            assert refusal.reason is Reason.MISSING
            missing.add(refusal.detail["field"])

    assert missing == REQUIRED[passage.command]  # type: ignore[attr-defined]


def test_everything_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(Refused) as refused:
        decide(Command.REPORT, head(LEAD), at(CycleState.IN_PROGRESS), TODAY, Details())

    told = {(r.reason, r.detail["field"]) for r in refused.value.refusals}
    assert told == {(Reason.MISSING, f) for f in ("result", "product", "document")}


def test_what_is_required_is_asked_only_of_those_who_may() -> None:
    refusals = obstacles(Command.REPORT, head(4), at(CycleState.IN_PROGRESS), TODAY)

    assert [r.reason for r in refusals] == [Reason.NOT_YOUR_AGENCY]


TEXTS = {
    "reason": rules.reason,
    "text": rules.text,
    "missing": rules.missing,
    "focal_person": rules.focal_person,
    "result": rules.result,
    "product": rules.product,
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("x", None),
        ("x" * rules.TEXT_LIMIT, None),
        (None, Reason.MISSING),
        ("", Reason.MISSING),
        (" \n\t\u00a0", Reason.MISSING),
        ("x" * (rules.TEXT_LIMIT + 1), Reason.TOO_LONG),
    ],
)
def test_words_are_there_and_not_endless(
    name: str, value: str | None, reason: Reason | None
) -> None:
    assert asked(TEXTS[name], **{name: value}) is reason


@pytest.mark.parametrize(
    ("percent", "reason"),
    [
        (0, None),
        (100, None),
        (None, Reason.MISSING),
        (-1, Reason.NOT_A_PERCENT),
        (101, Reason.NOT_A_PERCENT),
    ],
)
def test_a_percent_lies_between_0_and_100(percent: int | None, reason: Reason | None) -> None:
    assert asked(rules.percent, percent=percent) is reason


@pytest.mark.parametrize("requirement", [rules.resend_day, rules.coming_day])
@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (TODAY, None),
        (TOMORROW, None),
        (YESTERDAY, Reason.DAY_PASSED),
        (None, Reason.MISSING),
    ],
)
def test_a_day_to_come_may_be_today(
    requirement: rules.Requirement, day: date | None, reason: Reason | None
) -> None:
    assert asked(requirement, day=day) is reason


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (DOCUMENT, None),
        (replace(DOCUMENT, issued_on=TODAY), None),
        (None, Reason.MISSING),
        (replace(DOCUMENT, number=" "), Reason.MISSING),
        (replace(DOCUMENT, symbol=""), Reason.MISSING),
        (replace(DOCUMENT, signer_name=" "), Reason.MISSING),
        (replace(DOCUMENT, issued_on=TOMORROW), Reason.DOCUMENT_IN_FUTURE),
    ],
)
def test_a_document_is_whole_and_not_of_a_day_to_come(
    document: object, reason: Reason | None
) -> None:
    assert asked(rules.document, document=document) is reason


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (None, None),
        *((replace(DOCUMENT, capacity=c), None) for c in Capacity if c is not Capacity.TUQ),
        (BY_AUTHORITY, None),
        (replace(BY_AUTHORITY, authorization_until=None), Reason.MISSING),
        (replace(BY_AUTHORITY, authorization_until=BY_AUTHORITY.issued_on), None),
        (replace(BY_AUTHORITY, authorization=None), Reason.NO_AUTHORIZATION),
        (replace(BY_AUTHORITY, authorization="  "), Reason.NO_AUTHORIZATION),
        (
            replace(BY_AUTHORITY, authorization_until=BY_AUTHORITY.issued_on - timedelta(days=1)),
            Reason.AUTHORIZATION_EXPIRED,
        ),
    ],
)
def test_who_signs_by_authority_shows_one_that_was_valid(
    document: object, reason: Reason | None
) -> None:
    assert asked(rules.signer, document=document) is reason


def asked(requirement: Callable[..., object], **given: object) -> Reason | None:
    """The reason a requirement gives when only these particulars differ from enough."""
    details = replace(ENOUGH, **given)  # type: ignore[arg-type]
    refusal = requirement(head(LEAD), at(CycleState.ASSIGNED), details, TODAY)
    return getattr(refusal, "reason", None)


def test_every_rule_and_requirement_of_the_law_is_used() -> None:
    used = {f for p in PASSAGES for f in (*p.rules, *p.requires)}
    known = {
        f
        for name, f in vars(rules).items()
        if callable(f)
        and getattr(f, "__module__", "") == rules.__name__
        and not name.startswith("_")
        and name not in ("Post", "posts", "plan_posts", "judges")
    }

    assert known == used
