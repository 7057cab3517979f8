"""What presses in the story: extensions, urging on every level, questions, support, marks.

Its choices come from a seed of their own, so that the rest of the story does not depend on them.
"""

import hashlib
import random
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from demo.words import (
    ASKING,
    CONTRIBUTIONS,
    EARLY,
    EXPLANATIONS,
    EXTENDED,
    EXTENDING,
    FLAG,
    QUESTION,
    REFUSED,
    SILENCE,
    STAR,
    STAR_DOWN,
    URGING,
)
from models.states import FlagKind, ReasonClass, UrgeLevel
from workflow.commands import cycles, extensions, urging
from workflow.law.calendar import WorkCalendar, work_calendar
from workflow.law.facts import DocumentFacts
from workflow.workdays import seed_days

if TYPE_CHECKING:
    from demo.story import CycleStory

DAY = timedelta(days=1)
UBND = {"agency_short": "UBND tỉnh", "agency_code": "ubnd-tinh"}
STANDING = {"agency_short": "Sở LĐTBXH", "agency_code": "so-ldtbxh"}
# So many days after the deadline, and how loudly; each step is taken by seven in ten.
STEPS = (
    (3, UrgeLevel.REMINDER),
    (12, UrgeLevel.AGENCY_LETTER),
    (25, UrgeLevel.UBND_LETTER),
    (40, UrgeLevel.MEETING),
)
NEXT_STEP = 0.7


@cache
def _calendar() -> WorkCalendar:
    return work_calendar((d.day, d.kind) for d in seed_days())


def _worked(day: date) -> date:
    """The day, or the next one on which somebody is there to answer."""
    return _calendar().first_working_day_on_or_after(day)


class Pressing:
    """What others want of one cycle. `sent` None: it is never reported."""

    def __init__(self, cycle: "CycleStory", accepted: date, sent: date | None) -> None:
        self.cycle, self.story, self.row = cycle, cycle.story, cycle.row
        self.accepted, self.sent = accepted, sent
        seed = f"pressing {self.row['task_code']} {self.row['agency_code']} {self.row['year']}"
        self.rng = random.Random(f"{seed} {self.row['kind']}")  # noqa: S311 (a story, no secret)
        self.by_office = cycle.judge == "vp.ubnd-tinh"
        self.by_chairman = cycle.judge == "ct.ubnd-tinh"

    def plan(self, has_contributed: bool) -> None:
        """Put the acts on the queue; each while the cycle is still open."""
        self._support(has_contributed)
        due: date | None = self.row["due_on"]
        if due is None or self.row["agency_code"] == "ubnd-tinh":
            return
        self._star()
        due = self._extension(due)
        if self.sent is None or self.sent > due:
            self._urged(due)
            self._questioned(due)

    def _then(self, day: date, who: str, command: Callable[[date], Any]) -> None:
        from demo.story import at

        def act(now: Any) -> None:
            self.story.do(command(now.date()), who, now)

        self.story.plan_act(at(day, self.rng), act)

    def _is_open(self, day: date) -> bool:
        """Still to be reported, also when the act slips over a weekend."""
        return self.sent is None or day + 3 * DAY < self.sent

    def _paper(self, agency: dict[str, str], today: date) -> DocumentFacts:
        return self.story.document(agency, "CV", today)

    # --- extensions ----------------------------------------------------------------------

    def _extension(self, due: date) -> date:
        """Asked for in time, granted or refused, or granted late; the deadline that comes of it."""
        rng, is_late = self.rng, self.sent is None or self.sent > due
        early = due - DAY * rng.randint(17, 50)
        soon = due - DAY * rng.randint(10, 20)
        asked = early if rng.random() < 0.06 else soon if is_late and rng.random() < 0.3 else None
        if (
            asked is not None
            and self.accepted + 3 * DAY < asked
            and self._is_open(asked + 18 * DAY)
        ):
            return self._asked(asked, due, is_early=asked == early)
        if self.sent is None and rng.random() < 0.6:
            return self._extended_late(due)
        return due

    def _asked(self, day: date, due: date, is_early: bool) -> date:
        rng = self.rng
        new = due + DAY * rng.randint(20, 40)
        kind = ReasonClass.OBJECTIVE if rng.random() < 0.7 else ReasonClass.SUBJECTIVE
        reason = rng.choice(EXTENDING)
        granted = rng.random() < (0.2 if is_early else 0.65)
        self._then(
            day,
            self.cycle.head,
            lambda today: extensions.AskExtension(
                self.cycle.id, new, kind, reason, self.story.document(self.row, "CV", today)
            ),
        )
        why = EXTENDED if granted else EARLY if is_early else REFUSED
        # Decided before the deadline, also when both slip over a weekend.
        decided = day + DAY * (rng.randint(9, 14) if is_early else rng.randint(3, 5))
        self._then(
            decided,
            rng.choice(("ct.ubnd-tinh", self.cycle.ubnd)),
            lambda today: extensions.DecideExtension(
                self.cycle.id, granted, why, self._paper(UBND, today)
            ),
        )
        return new if granted else due

    def _extended_late(self, due: date) -> date:
        rng = self.rng
        day, new = due + DAY * rng.randint(6, 15), due + DAY * rng.randint(40, 60)
        reason = rng.choice(EXTENDING)
        self._then(
            day,
            "ct.ubnd-tinh",
            lambda today: extensions.ExtendLate(
                self.cycle.id, new, ReasonClass.OBJECTIVE, reason, self._paper(UBND, today)
            ),
        )
        return new

    # --- urging --------------------------------------------------------------------------

    def _urged(self, due: date) -> None:
        """Louder and louder while nothing comes; letters of one day to one agency are one."""
        if self.by_chairman:
            return  # who urges leads it
        for days, level in STEPS:
            if self.by_office and level is UrgeLevel.AGENCY_LETTER:
                continue
            if self.row["of_office"] and level is UrgeLevel.UBND_LETTER:
                continue  # VP UBND writes no letter to itself
            if self.rng.random() > NEXT_STEP or not self._is_open(due + DAY * days):
                return
            self._urge(due + DAY * days, level)

    def _urge(self, day: date, level: UrgeLevel) -> None:
        who = {
            UrgeLevel.REMINDER: "cv.so-ldtbxh",
            UrgeLevel.AGENCY_LETTER: "gd.so-ldtbxh",
            UrgeLevel.UBND_LETTER: "vp.ubnd-tinh",
            UrgeLevel.MEETING: "gd.so-ldtbxh",
        }[level]
        who = "vp.ubnd-tinh" if self.by_office else who
        letter = None
        if level in (UrgeLevel.AGENCY_LETTER, UrgeLevel.UBND_LETTER):
            named = f"{self.row['agency_code']} {day} {level}"
            letter = hashlib.sha256(named.encode()).hexdigest()[:32]
            self._numbered(letter, day, level)
        self._then(
            day,
            who,
            lambda today: urging.Urge(
                self.cycle.id, level, URGING[level], _worked(today + DAY * 7), letter
            ),
        )

    def _numbered(self, letter: str, day: date, level: UrgeLevel) -> None:
        """Văn thư gives the number some days later, once for each letter."""
        if letter in self.story.letters:
            return
        self.story.letters.add(letter)
        by_ubnd = level is UrgeLevel.UBND_LETTER
        self._then(
            day + 4 * DAY,
            "vp.ubnd-tinh" if by_ubnd else "cv.so-ldtbxh",
            lambda today: urging.NumberLetter(
                letter, self._paper(UBND if by_ubnd else STANDING, today)
            ),
        )

    # --- questions and marks -------------------------------------------------------------

    def _questioned(self, due: date) -> None:
        """A leader asks why; most answer. The standing agency marks what never comes."""
        rng = self.rng
        asked, answered = due + DAY * rng.randint(16, 22), rng.random() < 0.65
        if rng.random() < 0.3 and self._is_open(asked):
            self._then(
                asked,
                "ct.ubnd-tinh",
                lambda today: urging.AskExplanation(self.cycle.id, QUESTION, today + DAY * 7),
            )
            if answered:
                words = rng.choice(EXPLANATIONS)
                self._then(
                    asked + DAY * rng.randint(4, 11),
                    self.cycle.head,
                    lambda _: urging.Explain(self.cycle.id, words),
                )
        if self.sent is None and self.cycle.judge == "gd.so-ldtbxh":
            self._then(
                due + DAY * 14,
                "gd.so-ldtbxh",
                lambda _: urging.RaiseFlag(self.cycle.id, FlagKind.FLAG, FLAG),
            )

    def _star(self) -> None:
        """A few tasks are followed by the chairman himself."""
        rng, day = self.rng, self.accepted + DAY * self.rng.randint(5, 20)
        lowered = day + DAY * rng.randint(30, 60)
        if rng.random() > 0.012 or not self._is_open(lowered):
            return
        who, cycle_id = "ct.ubnd-tinh", self.cycle.id
        self._then(day, who, lambda _: urging.RaiseFlag(cycle_id, FlagKind.STAR, STAR))
        if rng.random() < 0.5:
            self._then(lowered, who, lambda _: urging.LowerFlag(cycle_id, FlagKind.STAR, STAR_DOWN))

    # --- support -------------------------------------------------------------------------

    def _support(self, has_contributed: bool) -> None:
        """The lead asks a supporting agency; what does not come is written down."""
        rng, agency = self.rng, self.row["supporter"]
        last = self.row["due_on"] or date(self.row["year"], 12, 20)
        day = self.accepted + DAY * rng.randint(4, max(30, (last - self.accepted).days - 30))
        if not agency or rng.random() > 0.12 or not self._is_open(day + 26 * DAY):
            return
        asked = rng.choice(ASKING)
        self._then(
            day,
            self.cycle.officer,
            lambda today: urging.AskSupport(
                self.cycle.id, agency, asked, min(today + DAY * 15, max(today, last))
            ),
        )
        if has_contributed:
            return
        if rng.random() < 0.6:
            words = rng.choice(CONTRIBUTIONS)
            self._then(
                day + DAY * rng.randint(5, 14),
                f"cv.{agency}",
                lambda _: cycles.Contribute(self.cycle.id, words),
            )
        elif rng.random() < 0.6:
            self._then(
                day + 21 * DAY,
                self.cycle.officer,
                lambda _: urging.NoteSilence(self.cycle.id, agency, SILENCE),
            )
