"""Who sends what is due: this process itself, or workers on several machines that are woken.

Either way the rows are the truth and a wake is nothing but a hint: lost or doubled, every mail
still goes once, under the id in its row.
"""

from datetime import datetime
from typing import Protocol

from notifications.deliver import Delivered
from notifications.rounds import Services, deliver_round, prepare_round


class Dispatcher(Protocol):
    """Told that there may be something to send."""

    def wake(self, now: datetime) -> Delivered | None:
        """See to it that what is due goes out; how it went, where that is known at once."""


class Loop:
    """The embedded one: whoever is told sends it himself, there and then."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def wake(self, now: datetime) -> Delivered | None:
        return deliver_round(self._services, now)


def dispatcher(services: Services) -> Dispatcher:
    """The one this installation has chosen (DONDOC_DELIVERY)."""
    if services.settings.delivery == "workers":
        from notifications.workers import Workers

        return Workers(services)
    return Loop(services)


def tell_round(services: Services, now: datetime) -> Delivered | None:
    """What the timetable does every minute: tell what has happened, see that it is sent."""
    prepare_round(services, now)
    return dispatcher(services).wake(now)
