"""When the clock does what: the times of the jobs, and when each runs next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflow.law.deadlines import VIETNAM

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True)
class Times:
    """At these minutes of every hour, or of one hour of the day (Vietnam); or every so often."""

    minutes: tuple[int, ...] = ()
    hour: int | None = None
    every: timedelta | None = None
    # Also when the scheduler comes up: what was missed is made good at once.
    also_at_start: bool = False


TIMES: dict[str, Times] = {
    "tick": Times((5, 25), also_at_start=True),
    "remind": Times((30,), hour=7, also_at_start=True),
    "deliver": Times(every=MINUTE),
    "sweep": Times((17,)),
    "verify-log": Times((47,)),
    # Not when it begins: the sealer begins with it, and needs a moment for what lies there.
    "watch-sealing": Times(every=5 * MINUTE),
}


def next_run(times: Times, now: datetime) -> datetime:
    """The first moment after `now` at which a job with these times begins, in Vietnam's hours.

    What runs every so often begins at the latest by then.
    """
    local = now.astimezone(VIETNAM)
    if times.every is not None:
        return local + times.every
    return next(at for at in _moments(times, local) if at > local)


def _moments(times: Times, local: datetime) -> Iterator[datetime]:
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    for day in range(2):
        for hour in range(24) if times.hour is None else (times.hour,):
            for minute in sorted(times.minutes):
                yield midnight + DAY * day + timedelta(hours=hour, minutes=minute)
