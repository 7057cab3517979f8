"""Urging: which level comes next, and when it is time to put the matter before the meeting."""

from collections.abc import Sequence

from models.states import UrgeLevel

LADDER = tuple(UrgeLevel)
# What goes out on paper, one letter per agency, with a number that văn thư gives.
LETTERS = frozenset({UrgeLevel.AGENCY_LETTER, UrgeLevel.UBND_LETTER})
# Hà Nội's practice: more than three urgings without an answer go before the meeting.
TOO_MANY = 3


def next_level(unanswered: Sequence[UrgeLevel]) -> UrgeLevel:
    """One louder than the loudest that found no answer; after more than three, the meeting."""
    if is_too_many(len(unanswered)):
        return UrgeLevel.MEETING
    if not unanswered:
        return UrgeLevel.REMINDER
    loudest = max(LADDER.index(level) for level in unanswered)
    return LADDER[min(loudest + 1, len(LADDER) - 1)]


def is_too_many(unanswered: int) -> bool:
    """More than three went unanswered: shown, and escalated."""
    return unanswered > TOO_MANY
