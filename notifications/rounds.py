"""What the timetable does and an operator can do by hand: tick, remind, deliver."""

from datetime import date, datetime, time, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine

from notifications.bridge import post_news
from notifications.channels.email import EmailChannel, server
from notifications.channels.webhook import Rules, WebhookChannel
from notifications.compose import has_digest, remind, urgent
from notifications.deliver import Delivered, Post, deliver
from notifications.expand import expand
from workflow import seals
from workflow.commands.calendar import SeedCalendar
from workflow.commands.ladder import TickLadder
from workflow.commands.rungs import SeedLadders
from workflow.door import Door
from workflow.law.deadlines import VIETNAM
from workflow.law.facts import SYSTEM
from workflow.workdays import calendar_of

# When digests go out.
MORNING = time(7, 30)
# Where the pages are when nobody has said it: the port `run.py` takes.
ANYWHERE = "http://localhost:8000"


class Services(Protocol):
    """What the rounds need of the application."""

    @property
    def engine(self) -> Engine: ...

    @property
    def door(self) -> Door: ...

    @property
    def settings(self) -> Any: ...

    @property
    def clock(self) -> Any: ...


def tick_round(
    services: Services, now: datetime, on: date | None = None, by_clock: bool = False
) -> dict[str, int]:
    """Make the alerts that ought to exist and tell what has happened."""
    for seed in (SeedCalendar(), SeedLadders()):
        services.door.perform(seed, SYSTEM, now)
    done = services.door.perform(TickLadder(on, by_clock), SYSTEM, now).data
    told = expand(services.engine, now)
    urgent(services.engine, now, domain_of(services))
    return {
        "created": done["created"],
        "superseded": done["superseded"],
        "noticed": done["noticed"] + told,
    }


def remind_round(services: Services, day: date, now: datetime) -> int:
    """The digests of a working day."""
    with services.engine.connect() as conn:
        working = calendar_of(conn).is_working_day(day)
    return remind(services.engine, day, now, working, domain_of(services))


def remind_if_due(services: Services, now: datetime) -> int:
    """The timetable's: from 07:30 on, once a day, also when the scheduler came up late.

    It ticks first: both begin at once when the scheduler comes up, and a digest composed before
    the alerts of this day are there would be empty, with nobody to ask again that day.
    """
    local = now.astimezone(VIETNAM)
    if local.time() < MORNING or has_digest(services.engine, local.date()):
        return 0
    tick_round(services, now, by_clock=True)
    return remind_round(services, local.date(), now)


def next_digest(conn: Connection, now: datetime) -> datetime:
    """When the next digests go out: 07:30 of the next working day."""
    local = now.astimezone(VIETNAM)
    first = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    day = calendar_of(conn).first_working_day_on_or_after(first)
    return datetime.combine(day, MORNING, VIETNAM)


def prepare_round(services: Services, now: datetime) -> None:
    """Tell what has happened, make the mails that cannot wait, post to other systems."""
    expand(services.engine, now)
    urgent(services.engine, now, domain_of(services))
    post_round(services, now)


def post_round(services: Services, now: datetime) -> Delivered:
    """Post to other systems what is due."""
    settings = services.settings
    rules = Rules(settings.webhook_origins, settings.webhook_networks)
    return post_news(services.engine, WebhookChannel(rules), settings.secret_key, now)


def deliver_round(services: Services, now: datetime) -> Delivered | None:
    """Send what is due; None when no mail server is set: everything is kept and shown."""
    settings = services.settings
    if not settings.smtp_url:
        return None
    channel = EmailChannel(server(settings.smtp_url, domain_of(services)), lambda: now)
    return deliver(services.engine, channel, post_of(services), now, services.clock.now)


def post_of(services: Services) -> Post:
    """How mails of this installation name it, and the head of its log that they carry away."""
    with services.engine.connect() as conn:
        return Post(services.settings.base_url or ANYWHERE, _head_line(conn))


def domain_of(services: Services) -> str:
    """What Message-IDs of this installation end with."""
    return urlsplit(services.settings.base_url or ANYWHERE).hostname or "localhost"


def _head_line(conn: Connection) -> str | None:
    """The newest signed head of the log on one line; None while nothing is sealed."""
    found = seals.newest(conn)
    return found.line if found else None
