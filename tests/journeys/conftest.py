"""One office for all journeys: a small plan late in its year, its people, a browser, the post."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from cli.database import prepare
from ledger.service import Ledger
from models.states import CycleState
from models.tables import PERSON
from notifications.channels import Envelope
from notifications.compose import remind
from notifications.deliver import Post, deliver
from notifications.rounds import tick_round
from tests import browser as browsers
from tests import engines
from tests.conftest import application, copied, settings_for
from tests.make import CO_LEAD, LEAD, OTHER, STANDING, SUPPORTING, TaskSpec, World, settle
from tests.visitors import set_clock
from tests.web.reader import Reader
from tests.worlds import populate
from workflow.commands.people import ChangePerson
from workflow.law.facts import SYSTEM, ActorFacts

OPENED, TODAY = date(2026, 1, 8), date(2026, 11, 20)
# Each journey has tasks of its own, so that none stands in the way of another.
MINE = tuple(f"II.{n}-a" for n in range(10, 16))
TO_READ = tuple(f"II.{n}-a" for n in range(20, 40))
SHEET = tuple(f"II.{n}-a" for n in range(40, 52))
LATE = ("II.60-a", "II.61-a")
OWN = "II.70-a"
# Of the standing agency too, so that VP UBND reads them in a queue of its own.
OTHERS = ("II.71-a", "II.72-a", "II.73-a")
TASKS = (
    *(TaskSpec(code, lead=(CO_LEAD,)) for code in TO_READ),
    *(TaskSpec(code) for code in MINE),
    *(TaskSpec(code, lead=(OTHER,)) for code in SHEET),
    *(TaskSpec(code, lead=(SUPPORTING,), timing="by_date", due=date(2026, 6, 30)) for code in LATE),
    *(TaskSpec(code, lead=(STANDING,)) for code in (OWN, *OTHERS)),
)


def furnish(world: World) -> None:
    """Everybody has a mailbox; the year is open; what the journeys need has been reported."""
    populate(world)
    with world.engine.connect() as conn:
        people = conn.execute(
            select(PERSON.c.id, PERSON.c.login, PERSON.c.name, PERSON.c.post)
        ).all()
    for one in people:
        world.do(ChangePerson(one.id, one.name, one.post, f"{one.login}@example.vn"), SYSTEM)
    world.open_year(2026)
    world.today = TODAY
    for code in MINE:
        world.bring(world.cycle(code), CycleState.IN_PROGRESS)
    for code in TO_READ:
        world.bring(world.cycle(code, CO_LEAD), CycleState.REPORTED)
    for code in SHEET:
        world.bring(world.cycle(code, OTHER), CycleState.IN_PROGRESS)
    for code in (OWN, *OTHERS):
        world.bring(world.cycle(code, STANDING), CycleState.REPORTED)


@dataclass
class Letters:
    """A channel that keeps what would have gone out."""

    sent: list[Envelope] = field(default_factory=list)

    def send(self, envelope: Envelope) -> None:
        self.sent.append(envelope)

    def close(self) -> None:
        """Nothing was opened."""


@dataclass
class Office:
    """The house behind a real socket, with its people and its post."""

    world: World
    url: str
    letters: Letters = field(default_factory=Letters)
    digests: int = 0

    def cycle(self, code: str, agency: str = LEAD) -> int:
        return self.world.cycle(code, agency)

    def state(self, cycle_id: int) -> str:
        return str(self.world.row(cycle_id)["state"])

    def enter(self, page: Page, who: ActorFacts) -> Reader:
        """Somebody who has signed in this morning."""
        reader = Reader(self.world.app, who)
        cookie = reader.client.get_cookie("dondoc")
        assert cookie is not None
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.url}])
        return reader

    def mail(self, who: ActorFacts, wanted: str) -> str:
        """The link of this shape in the newest mail to somebody that has one."""
        services = self.world.app.extensions["dondoc"]
        tick_round(services, self.world.now)
        # One digest a day: each call is the morning of a later one.
        self.digests += 1
        day = self.world.today + timedelta(days=self.digests)
        remind(services.engine, day, self.world.now, True, "example.vn")
        deliver(services.engine, self.letters, Post(self.url), self.world.now)
        for envelope in reversed(self.letters.sent):
            if envelope.address == f"{who.login}@example.vn":
                for link in re.findall(r'href="([^"]+)"', envelope.html):
                    if re.fullmatch(re.escape(self.url) + wanted, link):
                        return str(link)
        raise AssertionError(f"no mail to {who.login} leads to {wanted}")

    def log(self) -> Ledger:
        """The log, sealed up to now."""
        services = self.world.app.extensions["dondoc"]
        settings = services.settings
        log = Ledger(services.engine, settings.home, settings.files, lambda: self.world.now)
        log.ensure_key()
        log.sealer.seal()
        return log


@pytest.fixture(scope="session")
def office(
    both_engines: engines.Engines, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """What the journeys are about does not depend on the engine; the main job runs on both."""
    databases = both_engines["sqlite"]

    def fill(url: str) -> None:
        folder = tmp_path_factory.mktemp("journeys")
        prepare(settings_for(folder, url))
        with application(settings_for(folder, url)) as app:
            furnish(settle(app, folder, TASKS, today=OPENED))

    databases.template("journeys", fill)
    home = tmp_path_factory.mktemp("office")
    with copied(databases, "journeys", home) as settings, application(settings) as app:
        world = World(app, TODAY)
        set_clock(app, world.now)
        with browsers.serving(app) as live:
            yield Office(world, live.url)
