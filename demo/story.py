"""Performs the story: years opened, tasks accepted, reported, returned, verified, completed.

Deterministic: every choice depends on the task, the agency and the year alone, and every act is a
real command at its own moment, so that no impossible past can be built.
"""

import heapq
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, RowMapping, create_engine, func, or_, select

from demo.awards import plan_awards
from demo.dispositions import plan_disposition
from demo.indicators import plan_values
from demo.papers import paper
from demo.pressing import Pressing
from demo.roster import ADMIN, ADMIN_AGENCY, DemoPerson, people
from demo.words import ANSWER, DEADLINE, DECLINE, REOPEN, ReportWords, Writer, letters
from demo.yearwork import plan_yearwork
from models.database import install_manners
from models.states import Capacity, CycleKind, PartyRole, Role, Verdict
from models.tables import (
    AGENCY,
    AUDIT_ENTRY,
    CYCLE,
    CYCLE_PARTY,
    PERSON,
    PLAN,
    PLAN_CONFLICT,
    TASK,
    TASK_VERSION,
)
from workflow.commands import cycles, plans, results, years
from workflow.commands import people as people_commands
from workflow.door import Door, Origin, guard
from workflow.files import FileStore
from workflow.identity import actor_of, new_hash
from workflow.law.deadlines import VIETNAM
from workflow.law.errors import Reason, Refusal, Refused
from workflow.law.facts import SYSTEM, ActorFacts, DocumentFacts

Progress = Callable[[str], None]
PLAN_FILE = Path(__file__).parent.parent / "plans" / "2940-kh-ubnd.yaml"
PLAN_CODE = "2940/KH-UBND"
ORIGIN = Origin(channel="demo")
WORKDAY = (8, 17)


@dataclass(frozen=True)
class Told:
    """What the story did."""

    people: int
    cycles: int
    commands: int


def at(day: date, rng: random.Random) -> datetime:
    """A moment in office hours of the day, or of the next Monday."""
    while day.weekday() >= 5:
        day += timedelta(days=1)
    clock = time(rng.randrange(*WORKDAY), rng.randrange(60), rng.randrange(60))
    return datetime.combine(day, clock, VIETNAM)


def between(first: date, last: date, rng: random.Random) -> date:
    """A day of the span, both ends included."""
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))


class Story:
    """One telling: a queue of acts by moment, performed until the last day."""

    def __init__(self, engine: Engine, files: FileStore, on: date, progress: Progress) -> None:
        self._engine, self._files, self._on, self._progress = engine, files, on, progress
        self._door = Door(engine)
        self._queue: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._order = count()
        self._actors: dict[str, ActorFacts] = {}
        self._numbers: dict[tuple[str, int], int] = {}
        self.letters: set[str] = set()
        self.commands = 0

    def do(self, command: Any, who: str, now: datetime) -> Mapping[str, Any]:
        """Perform a command as the holder of this sign-in name."""
        self.commands += 1
        return self._door.perform(command, self._actors[who], now, origin=ORIGIN).data

    def plan_act(self, moment: datetime, act: Callable[[datetime], None]) -> None:
        """Put an act on the queue; acts after the last day are never performed."""
        if moment.date() <= self._on:
            heapq.heappush(self._queue, (moment, next(self._order), act))

    def welcome(self, person: DemoPerson, hashed: str, now: datetime) -> None:
        """An account and its role, given by the system; all share one password."""
        account = people_commands.AddPerson(
            login=person.login,
            name=person.name,
            post=person.post,
            email=person.email,
            password_hash=hashed,
            must_change_password=False,
            is_demo=True,
        )
        made = self._door.perform(account, SYSTEM, now, origin=ORIGIN)
        role = people_commands.AddMembership(
            made.object_id or 0, person.agency, person.role, now.date()
        )
        self._door.perform(role, SYSTEM, now, origin=ORIGIN)

    def document(
        self, agency: Mapping[str, Any] | RowMapping, kind: str, day: date
    ) -> DocumentFacts:
        """The next paper of an agency in the year of the day."""
        symbol = f"{kind}-{letters(agency['agency_short'])}"
        key = (agency["agency_code"], day.year)
        number = self._numbers[key] = self._numbers.get(key, 20) + 3
        head = self._actors[f"gd.{agency['agency_code']}"]
        committee = agency["agency_code"].startswith("ubnd-")
        return DocumentFacts(
            notation=f"{number}/{symbol}",
            number=str(number),
            symbol=symbol,
            issued_on=day,
            signer_name=head.name,
            capacity=Capacity.TM if committee else Capacity.HEAD,
        )

    def tell(self) -> None:
        """Perform everything in order."""
        year = 0
        while self._queue:
            moment, _, act = heapq.heappop(self._queue)
            if moment.year != year:
                year = moment.year
                self._progress(f"câu chuyện năm {year}")
            act(moment)

    def know(self, conn: Any, roster: list[DemoPerson]) -> None:
        """Remember every account as an actor."""
        ids = dict(conn.execute(select(PERSON.c.login, PERSON.c.id)).all())
        for login in [p.login for p in roster]:
            self._actors[login] = actor_of(conn, ids[login], self._on)

    def open_years(self, first: date, standing: str) -> None:
        """Every year is opened in its first working days; the first one after the signing."""
        for year in range(first.year, self._on.year + 1):
            rng = random.Random(f"open {year}")  # noqa: S311 (a story, no secret)
            day = first + timedelta(days=7) if year == first.year else date(year, 1, 8)

            def act(now: datetime, year: int = year) -> None:
                self.do(years.OpenYear(PLAN_CODE, year), standing, now)
                with self._engine.connect() as conn:
                    for row in self._opened(conn, now):
                        self._carry_out(row, now.astimezone(VIETNAM).date())

            self.plan_act(at(day, rng), act)

    def _opened(self, conn: Any, now: datetime) -> list[RowMapping]:
        def led_by(agency: Any) -> Any:
            co_led = select(CYCLE_PARTY.c.id).where(
                CYCLE_PARTY.c.cycle_id == CYCLE.c.id,
                CYCLE_PARTY.c.role == PartyRole.CO_LEAD.value,
                CYCLE_PARTY.c.agency_id == agency,
            )
            return or_(CYCLE.c.agency_id == agency, co_led.exists())

        supporter = (
            select(func.min(AGENCY.c.code))
            .join(CYCLE_PARTY, CYCLE_PARTY.c.agency_id == AGENCY.c.id)
            .where(
                CYCLE_PARTY.c.cycle_id == CYCLE.c.id,
                CYCLE_PARTY.c.role == PartyRole.SUPPORTING.value,
            )
            .scalar_subquery()
        )
        statement = (
            select(
                CYCLE,
                TASK.c.code.label("task_code"),
                TASK_VERSION.c.title,
                AGENCY.c.code.label("agency_code"),
                AGENCY.c.short.label("agency_short"),
                led_by(PLAN.c.standing_agency_id).label("of_standing"),
                led_by(PLAN.c.office_agency_id).label("of_office"),
                supporter.label("supporter"),
            )
            .join(TASK, TASK.c.id == CYCLE.c.task_id)
            .join(TASK_VERSION, TASK_VERSION.c.id == CYCLE.c.task_version_id)
            .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
            .join(PLAN, PLAN.c.id == CYCLE.c.plan_id)
            .where(CYCLE.c.changed_at == now)
            .order_by(CYCLE.c.id)
        )
        return list(conn.execute(statement).mappings())

    def _carry_out(self, row: RowMapping, opened: date) -> None:
        seed = f"{row['task_code']} {row['agency_code']} {row['kind']} {row['year']}"
        rng = random.Random(seed)  # noqa: S311 (a story, no secret)
        # What VP UBND leads itself, for UBND only the chairman decides on.
        ubnd = "ct.ubnd-tinh" if row["of_office"] else "vp.ubnd-tinh"
        judge = ubnd if row["of_standing"] else "gd.so-ldtbxh"
        CycleStory(self, row, rng, judge, ubnd).plan(opened)

    def attach(self, who: str, cycle_id: int, title: str, now: datetime) -> None:
        """A real PDF for the draft."""
        with paper(title) as stream:
            stored = self._files.put(stream)
        name = f"Bao-cao-{cycle_id}.pdf"
        self.do(
            results.AttachFile(cycle_id, stored.sha256, name, stored.size, stored.media_type),
            who,
            now,
        )


class CycleStory:
    """What happens to one cycle, from its opening on."""

    def __init__(
        self, story: Story, row: RowMapping, rng: random.Random, judge: str, ubnd: str
    ) -> None:
        self.story, self.row, self.rng, self.judge, self.ubnd = story, row, rng, judge, ubnd
        self.id: int = row["id"]
        self.head = f"gd.{row['agency_code']}"
        self.officer = f"cv.{row['agency_code']}"
        self.words = Writer(rng, row["title"], row["year"])

    def then(
        self,
        day: date,
        command: Callable[[date], Any],
        who: str,
        after: datetime | None = None,
    ) -> datetime:
        """Plan a command of this cycle on a day, not before `after`; the moment planned."""
        moment = at(day, self.rng)
        if after is not None and moment <= after:
            moment = after + timedelta(minutes=7)
        self.story.plan_act(
            moment, lambda now: _nothing(self.story.do(command(now.date()), who, now))
        )
        return moment

    def plan(self, opened: date) -> None:
        """Choose how it goes, and put the acts on the queue."""
        rng, year = self.rng, self.row["year"]
        due = self.row["due_on"] or date(year, 12, 20)
        fate = rng.random()
        if fate < 0.012:
            if fate < 0.006:  # it is asked to be adjusted, and nobody has answered
                self._declined(opened + timedelta(days=rng.randint(3, 15)))
            return  # nobody ever takes it on
        accepted = self._begin(opened)
        has_contributed = self._middle(accepted, due)
        if plan_disposition(self, accepted, due):
            return  # a document decides otherwise
        if fate < 0.03:
            Pressing(self, accepted, None).plan(has_contributed)
            return  # taken on and never reported
        if fate < 0.12:
            sent = between(due + timedelta(days=1), due + timedelta(days=34), rng)
        else:
            spread = 45 if self.row["kind"] == CycleKind.ANNUAL else 60
            sent = between(due - timedelta(days=spread), due - timedelta(days=3), rng)
        sent = max(sent, accepted + timedelta(days=5))
        Pressing(self, accepted, sent).plan(has_contributed)
        self.report(sent, fate)

    def _begin(self, opened: date) -> date:
        rng = self.rng
        day = opened + timedelta(days=rng.randint(2, 21))
        if rng.random() < 0.006:
            self._objection(day)
            day += timedelta(days=14)
        focal = self.story._actors[self.officer].name
        who = self.head if rng.random() < 0.4 else self.officer
        return self.then(day, lambda _: cycles.AcceptTask(self.id, focal), who).date()

    def _declined(self, day: date) -> None:
        def decline(today: date) -> cycles.DeclineTask:
            return cycles.DeclineTask(self.id, DECLINE, self.story.document(self.row, "CV", today))

        self.then(day, decline, self.head)

    def _objection(self, day: date) -> None:
        self._declined(day)
        answer = day + timedelta(days=9)
        self.then(answer, lambda _: cycles.AnswerDecline(self.id, ANSWER), self.judge)

    def _middle(self, accepted: date, due: date) -> bool:
        """Progress, and perhaps a contribution; whether there was one."""
        rng, span = self.rng, max(10, (due - accepted).days)
        if self.row["due_on"] is None and rng.random() < 0.03:
            day = accepted + timedelta(days=20)
            new = date(self.row["year"], 12, 14)
            if day < new:
                self.then(day, lambda _: cycles.SetDeadline(self.id, new, DEADLINE), self.judge)
        for share in sorted(rng.sample((25, 45, 60, 80), rng.choice((0, 1, 1, 2)))):
            day = accepted + timedelta(days=1 + span * share // 180)
            text = self.words.progress()
            update = cycles.UpdateProgress(self.id, share, text)
            self.then(day, _just(update), self.officer)
        if self.row["supporter"] and rng.random() < 0.12:
            day = accepted + timedelta(days=2 + span // 3)
            text = self.words.contribution()
            who = f"cv.{self.row['supporter']}"
            self.then(day, lambda _: cycles.Contribute(self.id, text), who)
            return True
        return False

    def report(self, sent: date, fate: float = 1.0) -> None:
        """Drafted, sent and judged; `fate` says whether it is withdrawn or returned between."""
        rng = self.rng
        words = self.words.report()
        drafted = None
        if rng.random() < 0.35:
            day = sent - timedelta(days=rng.randint(1, 3))
            drafted = self.then(day, lambda _: results.SaveDraft(self.id, **words), self.officer)
            if rng.random() < 0.12:
                moment = drafted + timedelta(minutes=20)
                if moment.date() < sent:
                    self.story.plan_act(
                        moment,
                        lambda now: self.story.attach(
                            self.officer, self.id, self.row["title"], now
                        ),
                    )
        at_sending = self.then(sent, self._sending(words), self.head, drafted).date()
        if 0.12 <= fate < 0.15:
            again = at_sending + timedelta(days=1)
            why = self.words.withdrawal()
            back = self.then(again, lambda _: results.WithdrawReport(self.id, why), self.head)
            later = back.date() + timedelta(days=rng.randint(1, 4))
            at_sending = self.then(later, self._sending(words), self.head).date()
        elif 0.15 <= fate < 0.24:
            at_sending = self._returned(at_sending, words)
        self._judged(at_sending)

    def _sending(self, words: ReportWords) -> Callable[[date], results.ReportResult]:
        def command(today: date) -> results.ReportResult:
            document = self.story.document(self.row, "BC", today)
            return results.ReportResult(
                self.id, document=document, capacity=document.capacity, **words
            )

        return command

    def _returned(self, sent: date, words: ReportWords) -> date:
        rng = self.rng
        reason, missing = self.words.returned()
        day = sent + timedelta(days=rng.randint(2, 9))
        wait = rng.randint(5, 10)

        def command(today: date) -> results.ReturnReport:
            return results.ReturnReport(self.id, reason, missing, today + timedelta(days=wait))

        back = self.then(day, command, self.judge).date()
        keeps_day = rng.random() < 0.7
        later = back + timedelta(days=rng.randint(2, 4) if keeps_day else wait + rng.randint(2, 8))
        more = words.copy()
        more["result"] += " Đã bổ sung số liệu theo yêu cầu."
        return self.then(later, self._sending(more), self.head).date()

    def _judged(self, sent: date) -> None:
        rng = self.rng
        day = sent + timedelta(days=rng.randint(3, 16))
        if self.judge == "gd.so-ldtbxh" and rng.random() < 0.5:
            note = self.words.appraisal()
            self.then(
                day - timedelta(days=2),
                lambda _: results.AppraiseReport(self.id, Verdict.VERIFY, note),
                "cv.so-ldtbxh",
            )
        verified = self.then(
            day + timedelta(days=1), lambda _: results.VerifyResult(self.id), self.judge
        ).date()
        closing = date(self.row["year"] + 1, 1, 22) + timedelta(days=rng.randint(0, 6))
        closing = max(closing, verified + timedelta(days=10))
        moment = self.then(closing, self._closing, self.ubnd)
        if rng.random() < 0.004:
            self._reopened(moment.date() + timedelta(days=21))

    def _closing(self, today: date) -> cycles.CompleteCycle:
        document = DocumentFacts(
            notation=f"{14 + self.row['year'] % 7}/BC-UBND",
            number=str(14 + self.row["year"] % 7),
            symbol="BC-UBND",
            issued_on=date(today.year, 1, 19) if today.month < 3 else today,
            signer_name=self.story._actors["ct.ubnd-tinh"].name,
            signer_post="Chủ tịch",
            capacity=Capacity.TM,
        )
        return cycles.CompleteCycle(self.id, document)

    def _reopened(self, day: date) -> None:
        ubnd = {"agency_short": "UBND tỉnh", "agency_code": "ubnd-tinh"}

        def reopen(today: date) -> cycles.ReopenCycle:
            return cycles.ReopenCycle(self.id, REOPEN, self.story.document(ubnd, "CV", today))

        back = self.then(day, reopen, "ct.ubnd-tinh").date()
        words = self.words.report()
        sent = self.then(back + timedelta(days=8), self._sending(words), self.head).date()
        self.then(sent + timedelta(days=5), lambda _: results.VerifyResult(self.id), self.judge)


def _just(command: Any) -> Callable[[date], Any]:
    """A command that does not depend on its day."""
    return lambda _: command


def _nothing(_: object) -> None:
    """Acts on the queue answer nothing."""


def empty_but_for_the_plan(engine: Engine) -> bool:
    """True when the database holds no person, no cycle and no act but the loading of the plan."""
    with engine.connect() as conn:
        people_there = conn.execute(select(func.count()).select_from(PERSON)).scalar_one()
        cycles_there = conn.execute(select(func.count()).select_from(CYCLE)).scalar_one()
        others = conn.execute(
            select(func.count())
            .select_from(AUDIT_ENTRY)
            .where(AUDIT_ENTRY.c.command != "load_plan")
        ).scalar_one()
        plans_there = set(conn.execute(select(PLAN.c.code)).scalars())
    return not (people_there or cycles_there or others) and plans_there <= {PLAN_CODE}


def load(settings: Any, on: date, password: str, progress: Progress) -> Told:
    """Tell the story until the evening of `on` into an empty database of these settings.

    Raises Refused when the database holds anything but the plan. The disk is not waited for while
    the database is new and belongs to nobody.
    """
    engine = create_engine(settings.database_url, execution_options={"relaxed": True})
    install_manners(engine)
    guard(engine)
    try:
        if not empty_but_for_the_plan(engine):
            raise Refused(Refusal(Reason.NOT_EMPTY))
        return _tell(engine, FileStore(settings.files), on, password, progress)
    finally:
        engine.dispose()


def _tell(engine: Engine, files: FileStore, on: date, password: str, progress: Progress) -> Told:
    story = Story(engine, files, on, progress)
    first = datetime(2023, 8, 9, 8, 0, tzinfo=VIETNAM)
    progress("kế hoạch 2940/KH-UBND")
    story._door.perform(plans.LoadPlan(PLAN_FILE), SYSTEM, first, origin=ORIGIN)
    with engine.connect() as conn:
        agencies = list(conn.execute(select(AGENCY).order_by(AGENCY.c.position)).mappings())
    roster = people(agencies)
    progress(f"{len(roster) + 1} tài khoản")
    admin = DemoPerson(ADMIN, "Quản trị hệ thống", "Quản trị hệ thống", ADMIN_AGENCY, Role.ADMIN)
    hashed = new_hash(password, ADMIN)
    for person in [*roster, admin]:
        story.welcome(person, hashed, first)
    with engine.connect() as conn:
        story.know(conn, roster)
    story.open_years(first.date(), "gd.so-ldtbxh")
    _rulings(story, engine)
    plan_values(story.plan_act, story.do, at)
    plan_awards(story.plan_act, story.do, at, engine)
    plan_yearwork(story.plan_act, story.do, at, story.document, agencies, on)
    story.tell()
    with engine.connect() as conn:
        cycles_told = conn.execute(select(func.count()).select_from(CYCLE)).scalar_one()
    return Told(len(roster) + 1, cycles_told, story.commands)


def _rulings(story: Story, engine: Engine) -> None:
    """Two of the places where the document disagrees with itself have been ruled on."""
    ubnd = {"agency_short": "UBND tỉnh", "agency_code": "ubnd-tinh"}
    with engine.connect() as conn:
        ids = dict(conn.execute(select(PLAN_CONFLICT.c.code, PLAN_CONFLICT.c.id)).all())
    for code, day, ruling in (
        ("MT-33", date(2023, 9, 12), "Văn phòng UBND tỉnh xác nhận nhiệm vụ của Sở LĐTBXH."),
        ("MT-05", date(2024, 3, 5), "Hiểu là “từ 90% trở lên” theo mục II của Kế hoạch."),
    ):
        if code not in ids:
            continue
        rng = random.Random(code)  # noqa: S311 (a story, no secret)

        def act(now: datetime, conflict_id: int = ids[code], ruling: str = ruling) -> None:
            document = story.document(ubnd, "CV", now.date())
            story.do(plans.RuleConflict(conflict_id, ruling, document), "vp.ubnd-tinh", now)

        story.plan_act(at(day, rng), act)
