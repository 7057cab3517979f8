"""The arithmetic leaders know: four boxes and their rates, as Báo cáo 1270/BC-TCTTTg counts them.

Pure: facts in, numbers out. A task counts as done when its result is verified; a report that
waits for its verdict is open, in time or overdue by the lateness frozen when it was sent. Tasks
without a deadline, on hold or closed by a document stand apart and are in no rate.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from models.states import CycleState, Disposition


class Box(StrEnum):
    """Where a cycle is counted. Exactly one."""

    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    OPEN_IN_TIME = "open_in_time"
    OPEN_OVERDUE = "open_overdue"
    NO_DEADLINE = "no_deadline"
    ON_HOLD = "on_hold"
    CLOSED = "closed"


BOX_LABELS: dict[Box, str] = {
    Box.DONE_ON_TIME: "Hoàn thành đúng hạn",
    Box.DONE_LATE: "Hoàn thành quá hạn",
    Box.OPEN_IN_TIME: "Chưa hoàn thành, trong hạn",
    Box.OPEN_OVERDUE: "Chưa hoàn thành, quá hạn",
    Box.NO_DEADLINE: "Không hạn",
    Box.ON_HOLD: "Tạm dừng",
    Box.CLOSED: "Kết thúc theo văn bản",
}

DONE_STATES = frozenset({CycleState.VERIFIED, CycleState.COMPLETED})

# Upper ends of the classes of overdue age in days; the last class has none.
AGE_ENDS = (30, 60, 120)
AGE_LABELS: tuple[str, ...] = ("1 – 30 ngày", "31 – 60 ngày", "61 – 120 ngày", "trên 120 ngày")


def box_of(
    state: CycleState,
    disposition: Disposition,
    due_on: date | None,
    late_days: int | None,
    today: date,
) -> Box:
    """The box of a cycle on this day; `due_on` is the day lateness counts from."""
    if disposition == Disposition.ON_HOLD:
        return Box.ON_HOLD
    if disposition == Disposition.CLOSED_BY_DOCUMENT:
        return Box.CLOSED
    if due_on is None:
        return Box.NO_DEADLINE
    if state in DONE_STATES:
        return Box.DONE_LATE if late_days else Box.DONE_ON_TIME
    return Box.OPEN_OVERDUE if overdue_days(state, due_on, late_days, today) else Box.OPEN_IN_TIME


def overdue_days(state: CycleState, due_on: date | None, late_days: int | None, today: date) -> int:
    """Days an open cycle is behind: frozen once it is reported, counted to today before."""
    if due_on is None or state in DONE_STATES:
        return 0
    if state == CycleState.REPORTED:
        return late_days or 0
    return max(0, (today - due_on).days)


def age_class(days: int) -> int | None:
    """0 to 3 by AGE_ENDS; None when not overdue."""
    if days <= 0:
        return None
    return next((i for i, end in enumerate(AGE_ENDS) if days <= end), len(AGE_ENDS))


@dataclass(frozen=True, slots=True)
class Boxes:
    """A tally and its rates. Rates are percent, None when there is nothing to divide by."""

    done_on_time: int = 0
    done_late: int = 0
    open_in_time: int = 0
    open_overdue: int = 0
    no_deadline: int = 0
    on_hold: int = 0
    closed: int = 0

    @property
    def done(self) -> int:
        return self.done_on_time + self.done_late

    @property
    def open(self) -> int:
        return self.open_in_time + self.open_overdue

    @property
    def due(self) -> int:
        """Tasks that fell due: the denominator of the completion rate."""
        return self.done + self.open_overdue

    @property
    def total(self) -> int:
        """Tổng số nhiệm vụ giao có hạn: the four boxes."""
        return self.done + self.open

    @property
    def everything(self) -> int:
        """The four boxes and what stands apart."""
        return self.total + self.no_deadline + self.on_hold + self.closed

    @property
    def completion_rate(self) -> Decimal | None:
        return rate(self.done, self.due)

    @property
    def on_time_rate(self) -> Decimal | None:
        return rate(self.done_on_time, self.done)

    @property
    def overdue_rate(self) -> Decimal | None:
        return rate(self.open_overdue, self.due)

    def __add__(self, other: "Boxes") -> "Boxes":
        return Boxes(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def rate(part: int, whole: int) -> Decimal | None:
    """Percent with two decimals, half up: 98.63."""
    if not whole:
        return None
    return (Decimal(100) * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def tally(boxes: Iterable[Box]) -> Boxes:
    """Count."""
    counted = dict.fromkeys(Box, 0)
    for box in boxes:
        counted[box] += 1
    return Boxes(**{box.value: n for box, n in counted.items()})
