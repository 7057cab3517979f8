"""Random lives through HTTP: people at browsers, right forms and wrong ones, double clicks, reads.

After every request the entries, folded, are exactly the rows of the tables; what was refused has
left nothing but that it was refused. A few lives run with the tests, `python -m bench walk` runs
the campaign (DONDOC_BENCH_LIVES=500: another number).
"""

import os
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from werkzeug.test import TestResponse

from bench.databases import addresses, application, place
from bench.tables import keep, show
from ledger import keys, verify
from ledger.sealer import Sealer
from ledger.source import database
from models.states import Role
from tests.fold import Fold
from tests.make import INSPECTORATE, LEAD, OTHER, STANDING, SUPPORTING, UBND, World, settle
from tests.matrix.places import fields, segment
from tests.visitors import SetClock, Visitor, set_clock
from tests.web.reader import Reader
from workflow.access import cycle_for
from workflow.law.errors import NotFound
from workflow.law.facts import ActorFacts
from workflow.law.machine import available
from workflow.law.transitions import Command

LIVES = int(os.environ.get("DONDOC_BENCH_LIVES", "100"))
STEPS = 50
FIRST_DAY = date(2026, 3, 2)
TASKS = (("II.2-a", LEAD), ("II.4-a", STANDING), ("II.5-a", OTHER), ("II.6-a", LEAD))
ACTS = tuple(c for c in Command if c is not Command.ASSIGN)
ONWARD = (Command.ACCEPT, Command.REPORT, Command.VERIFY, Command.RETURN, Command.COMPLETE)
# What a request that was not granted may leave all the same.
ON_RECORD = {"refuse", "record_failed_sign_in"}
# What looking may leave: docs/decisions/0021.
BY_LOOKING = {"search_log", "download"}
# What a step decides, it decides by this one number: the world goes on from life to life, and
# Hypothesis takes it amiss when what it is asked depends on how the world stands.
LUCK = st.integers(0, 2**32).map(random.Random)
SLIPS = ("", "", "", "left out", "nonsense", "far too long", "old page")
PAGES = (
    "/inbox",
    "/tasks",
    "/cycles/{cycle}",
    "/verify",
    "/audit?command=verify",
    "/notifications",
    "/inspections",
    "/excel/download.xlsx",
    "/dashboard",
)


@dataclass
class Scene:
    """The world they live in, their browsers, and the fold so far."""

    world: World
    clock: SetClock
    people: list[ActorFacts]
    cycles: list[int]
    fold: Fold = field(default_factory=Fold)
    browsers: dict[int, Reader] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)
    wrong: str = ""
    answers: dict[int, int] = field(default_factory=dict)

    def check(self, is_right: bool, *what: Any) -> None:
        """Stop the life, and remember why: the world goes on, so it cannot be lived again."""
        if not is_right:
            self.wrong = self.wrong or repr(what)
            raise AssertionError(what)

    def browser(self, who: ActorFacts) -> Reader:
        """Signed in when first needed on a day."""
        person = who.person_id or 0
        if person not in self.browsers:
            self.browsers[person] = Reader(self.world.app, who)
            assert self.browsers[person].token
            self.follow()
        return self.browsers[person]

    def follow(self) -> list[str]:
        """The commands of the entries since the last time; the fold must equal the tables."""
        with self.world.engine.connect() as conn:
            bodies = self.fold.follow(conn)
            touched = {c["table"] for b in bodies for c in b["changes"]}
            differences = self.fold.differences(conn, touched | {"cycle", "report"})
        self.check(not differences, differences)
        commands = [str(b["command"]) for b in bodies]
        for command in commands:
            self.done[command] = self.done.get(command, 0) + 1
        return commands


def scene_of(world: World) -> Scene:
    people = [
        *(who(a) for a in (LEAD, STANDING, OTHER) for who in (world.head, world.officer)),
        world.head(LEAD, 2),
        world.officer(SUPPORTING),
        world.office,
        world.person(Role.OFFICE, UBND, 2),
        world.chairman,
        world.person(Role.CHAIRMAN, UBND, 2),
        world.person(Role.INSPECTOR, INSPECTORATE),
        world.person(Role.ADMIN, STANDING),
    ]
    cycles = [world.cycle(task, agency) for task, agency in TASKS]
    found = Scene(world, set_clock(world.app, world.now), people, cycles)
    found.follow()
    return found


class Walk(RuleBasedStateMachine):
    """One random life of a few cycles."""

    scene: Scene
    last: tuple[ActorFacts, str, dict[str, Any], int] | None = None

    def send(self, who: ActorFacts, path: str, sent: dict[str, Any]) -> int:
        """Send a form and check what it has left; the status."""
        browser = self.scene.browser(who)
        body = {"csrf_token": browser.token, "idempotency_key": uuid4().hex} | sent
        answer: TestResponse = browser.client.post(path, data=body)
        status, commands = answer.status_code, self.scene.follow()
        answer.close()
        self.scene.answers[status] = self.scene.answers.get(status, 0) + 1
        self.scene.check(status in (303, 400, 403, 404, 409, 422), path, sent, status)
        self.scene.check(status == 303 or set(commands) <= ON_RECORD, path, status, commands)
        self.last = (who, path, body, status)
        return status

    def teardown(self) -> None:
        with self.scene.world.engine.connect() as conn:
            differences = self.scene.fold.differences(conn)
        self.scene.check(not differences, differences)

    @rule(luck=LUCK, command=st.sampled_from(ACTS))
    def anybody_tries_anything(self, luck: random.Random, command: Command) -> None:
        who, cycle = luck.choice(self.scene.people), luck.choice([*self.scene.cycles, 999_999])
        self.send(who, f"/cycles/{cycle}/{segment(command)}", self.form(luck, command))

    def form(self, luck: random.Random, command: Command) -> dict[str, Any]:
        """What the act takes, now and then with a slip in it."""
        sent: dict[str, Any] = dict(fields(command))
        slip = luck.choice(SLIPS)
        if not slip or not sent:
            return sent
        name = luck.choice(sorted(sent))
        if slip == "left out":
            del sent[name]
        elif slip == "old page":
            sent["seen_version"] = "1"
        else:
            sent[name] = "\u0000<b>đươc̣" if slip == "nonsense" else "ệ" * 30_000
        return sent

    @rule(luck=LUCK, onward=st.booleans())
    def somebody_does_what_he_may(self, luck: random.Random, onward: bool) -> None:
        """So that lives get far: one of the open ways, often the one that leads on."""
        world, cycle = self.scene.world, luck.choice(self.scene.cycles)
        open_to: dict[Command, list[ActorFacts]] = {}
        with world.engine.connect() as conn:
            for who in self.scene.people:
                with suppress(NotFound):
                    facts = cycle_for(conn, who, cycle, world.today).facts
                    for command in available(who, facts, world.today):
                        open_to.setdefault(command, []).append(who)
        if not open_to:
            return
        ways = [c for c in ONWARD if c in open_to] if onward else []
        command = luck.choice(ways or sorted(open_to))
        who = luck.choice(open_to[command])
        self.send(who, f"/cycles/{cycle}/{segment(command)}", self.form(luck, command))

    @rule()
    def the_same_form_is_sent_twice(self) -> None:
        if self.last is None:
            return
        who, path, sent, status = self.last
        before = dict(self.scene.done)
        again = self.send(who, path, sent)
        self.last = None
        is_one = (again, self.scene.done) == (303, before)
        self.scene.check(status != 303 or is_one, "twice", path)

    @rule(luck=LUCK, path=st.sampled_from(PAGES))
    def somebody_looks(self, luck: random.Random, path: str) -> None:
        who, cycle = luck.choice(self.scene.people), luck.choice(self.scene.cycles)
        answer = self.scene.browser(who).client.get(path.format(cycle=cycle))
        answer.close()
        self.scene.check(answer.status_code in (200, 403, 404), path, answer.status_code)
        self.scene.check(set(self.scene.follow()) <= BY_LOOKING, path)

    @rule(luck=LUCK, what=st.sampled_from(["leaves", "guesses", "time passes"]))
    def something_else_happens(self, luck: random.Random, what: str) -> None:
        who = luck.choice(self.scene.people)
        if what == "guesses":
            Visitor(self.scene.world.app).sign_in(who.login, "khong-phai-mat-khau")
            self.scene.check(set(self.scene.follow()) <= ON_RECORD, "guess")
        elif what == "time passes":  # sessions end, deadlines come nearer
            self.scene.world.today += timedelta(days=luck.randint(1, 3))
            self.scene.clock.at = self.scene.world.now
            self.scene.browsers.clear()
            self.last = None
        elif who.person_id in self.scene.browsers:
            self.send(who, "/sign-out", {})
            self.last = None
            del self.scene.browsers[who.person_id or 0]


def live(scene: Scene, lives: int, steps: int) -> None:
    """So many lives of so many steps; AssertionError at the first request that does not add up."""

    class Here(Walk):
        def __init__(self) -> None:
            self.scene = scene
            scene.world.today = FIRST_DAY
            scene.clock.at = scene.world.now
            scene.browsers.clear()
            super().__init__()

    how = settings(
        max_examples=lives,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(Here, settings=how)
    except Exception as failure:
        raise AssertionError(scene.wrong or "the life itself stumbled") from failure


def verified(scene: Scene, folder: Any) -> dict[str, Any]:
    """What verify.py, which shares nothing with the fold above, says of the same log."""
    signer = keys.make(folder / "ledger", "walk.example/dondoc")
    sealer = Sealer(scene.world.engine, folder / "ledger", lambda: scene.world.now)
    while sealer.seal():
        pass
    with database(scene.world.engine) as source:
        return verify.Verifier(source, [verify.Key(str(signer.public))]).run()


def main() -> None:
    rows, figures = [], {}
    with addresses() as urls:
        for engine, url in urls.items():
            with application(url) as app, place() as folder:
                world = settle(app, folder)
                world.open_year(2026)
                scene = scene_of(world)
                begin = time.perf_counter()
                live(scene, LIVES, STEPS)
                took = time.perf_counter() - begin
                found = verified(scene, folder)
                sent = sum(scene.answers.values())
                rows.append((engine, LIVES, sent, found["size"], found["ok"], took))
                figures[engine] = {
                    "lives": LIVES,
                    "steps": STEPS,
                    "forms": sent,
                    "answers": scene.answers,
                    "entries": scene.done,
                    "verified": found["ok"],
                    "seconds": took,
                }
    show(
        "Đời ngẫu nhiên qua HTTP: sau mỗi yêu cầu, cộng dồn các mục đúng bằng dữ liệu",
        ("engine", "lives", "forms", "entries", "verified", "seconds"),
        rows,
    )
    print(f"\n{keep('walk', figures)}")
