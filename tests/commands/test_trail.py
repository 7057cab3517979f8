"""Whatever is done in whatever order: the trail tells exactly what the tables hold, and why.

A model walks at random over all commands, all posts and several cycles; after each step the fold
of the audit entries equals the tables, and what was refused has left nothing.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import func, select, text

from models.states import Capacity, FlagKind, Quality, ReasonClass, Role, UrgeLevel, Verdict
from models.tables import ATTACHMENT, AUDIT_ENTRY, CYCLE
from tests.door.raw import unguarded
from tests.fold import Fold
from tests.make import INSPECTORATE, LEAD, OTHER, STANDING, SUPPORTING, UBND, World
from workflow.access import cycle_for
from workflow.commands import cycles, dispositions, extensions, results, urging
from workflow.door import Outcome
from workflow.law.errors import NotFound, Refused, Stale
from workflow.law.machine import available
from workflow.law.transitions import PASSAGES

TASKS = [("II.2-a", LEAD), ("II.4-a", STANDING), ("II.5-a", OTHER), ("II.6-a", LEAD)]
WORDS = st.sampled_from(["", "Một câu", "Hai câu.\nXuống dòng — đủ dấu: ệ ỗ ữ"])
# Which states a command may lead from and to, by the table of the law.
WALKS = {(p.command.value, s.value, (p.target or s).value) for p in PASSAGES for s in p.sources} | {
    (c, "in_progress", "in_progress") for c in ("attach_file", "detach_file")
}


# These wait for a day long after the walk, or for another act on the same cycle just before.
# What stops a cycle or takes it elsewhere has a walk of its own: one that is ended gets nowhere.
APART = {"hold", "resume", "end", "transfer"}
SELDOM = APART | {"extend_late", "decide_extension", "lower_flag", "note_silence", "ask_support"}


@dataclass
class Scene:
    """What the walk walks in: a world, its people, its cycles, and the fold so far."""

    world: World
    people: list[Any]
    cycles: list[int]
    fold: Fold
    done: set[str] = field(default_factory=set)


class Walk(RuleBasedStateMachine):
    """One random life of a few cycles."""

    scene: Scene

    def act(self, command: Any, who: Any, key: str | None = None) -> None:
        world = self.scene.world
        before = self.last_entry()
        try:
            outcome = world.do(command, who, key=key)
        except (Refused, NotFound, Stale):
            assert self.last_entry() == before
            self.check(expected=0)
            return
        self.check(expected=0 if outcome.replayed else 1, outcome=outcome)

    def last_entry(self) -> int:
        with self.scene.world.engine.connect() as conn:
            return int(conn.execute(select(func.max(AUDIT_ENTRY.c.id))).scalar_one())

    def check(self, expected: int, outcome: Outcome | None = None) -> None:
        with self.scene.world.engine.connect() as conn:
            bodies = self.scene.fold.follow(conn)
            assert len(bodies) == expected
            touched = {c["table"] for b in bodies for c in b["changes"]}
            assert self.scene.fold.differences(conn, touched | {"cycle", "report"}) == []
        for body in bodies:
            self.scene.done.add(body["command"])
            assert outcome is not None
            assert outcome.entry_uid == body["uid"]
            assert (body["command"], body["from"], body["to"]) in WALKS
            moved = [c for c in body["changes"] if c["table"] == "cycle"]
            assert len(moved) <= 1
            if moved:
                assert moved[0]["after"]["version"] == body["object"]["version_after"]
                state = moved[0]["after"].get("state", body["from"])
                assert state == body["to"]
            else:
                assert body["object"]["version_after"] == body["object"]["version_before"]

    def teardown(self) -> None:
        with self.scene.world.engine.connect() as conn:
            assert self.scene.fold.differences(conn) == []

    @rule(data=st.data(), kind=st.sampled_from(sorted({w[0] for w in WALKS} - APART)))
    def anybody_tries_anything(self, data: st.DataObject, kind: str) -> None:
        who = data.draw(st.sampled_from(self.scene.people), "who")
        command = self.command(data, kind, data.draw(st.sampled_from(self.scene.cycles), "cycle"))
        key = data.draw(st.sampled_from([None, None, f"{kind}-một", f"{kind}-hai"]), "key")
        self.act(command, who, key)

    @rule(data=st.data(), days=st.integers(0, 2))
    def somebody_does_what_he_may(self, data: st.DataObject, days: int) -> None:
        """So that walks get far: one of the open ways, with what it takes."""
        world, cycle = self.scene.world, data.draw(st.sampled_from(self.scene.cycles), "cycle")
        world.today += timedelta(days=days)
        open_to: dict[str, list[Any]] = {}
        with world.engine.connect() as conn:
            for who in self.scene.people:
                with suppress(NotFound):
                    facts = cycle_for(conn, who, cycle, world.today).facts
                    for command in available(who, facts, world.today):
                        if command.value in APART:
                            continue
                        open_to.setdefault(command.value, []).append(who)
        for drafting in ("attach_file", "detach_file"):
            open_to |= {drafting: open_to["save_draft"]} if "save_draft" in open_to else {}
        if not open_to:
            return
        kind = data.draw(st.sampled_from(sorted(open_to)), "kind")
        who = data.draw(st.sampled_from(open_to[kind]), "who")
        self.act(self.command(data, kind, cycle, whole=True), who)

    def command(self, data: st.DataObject, kind: str, cycle: int, whole: bool = False) -> Any:
        world = self.scene.world
        words = st.just("Một câu") if whole else WORDS

        def say(label: str) -> str:
            return data.draw(words, label)

        capacity = data.draw(st.sampled_from([None, Capacity.KT]), "capacity")
        document = world.document(issued_on=world.today, capacity=capacity or Capacity.HEAD)
        day = world.today + timedelta(days=data.draw(st.integers(0 if whole else -2, 30), "days"))
        version = world.row(cycle)["version"]
        seen = version if whole else data.draw(st.sampled_from([None, version, 1]), "seen")
        makers: dict[str, Any] = {
            "accept": lambda: cycles.AcceptTask(cycle, say("focal"), seen),
            "decline": lambda: cycles.DeclineTask(cycle, say("reason"), document, seen),
            "answer_decline": lambda: cycles.AnswerDecline(cycle, say("reason"), seen, capacity),
            "update_progress": lambda: cycles.UpdateProgress(cycle, 40, say("text"), seen),
            "contribute": lambda: cycles.Contribute(cycle, say("text")),
            "save_draft": lambda: results.SaveDraft(
                cycle, say("result"), "", say("difficulties"), "", (("notation", say("no")),)
            ),
            "attach_file": lambda: results.AttachFile(
                cycle, f"{version:064x}", "tệp.pdf", 5, "application/pdf"
            ),
            "detach_file": lambda: results.DetachFile(cycle, self.attachment()),
            "report": lambda: world.report(
                cycle, result=say("result"), document=document, seen_version=seen
            ),
            "withdraw": lambda: results.WithdrawReport(cycle, say("reason"), seen),
            "appraise": lambda: results.AppraiseReport(cycle, Verdict.RETURN, say("note"), seen),
            "return": lambda: results.ReturnReport(
                cycle, say("reason"), say("missing"), day, seen, capacity
            ),
            "verify": lambda: results.VerifyResult(cycle, Quality.MET, say("note"), seen),
            "complete": lambda: cycles.CompleteCycle(cycle, document, seen),
            "reopen": lambda: cycles.ReopenCycle(cycle, say("reason"), document, seen),
            "set_deadline": lambda: cycles.SetDeadline(cycle, day, say("reason"), seen),
        }
        return (makers | self.beside(cycle, say, document, day, seen))[kind]()

    def beside(
        self, cycle: int, say: Callable[[str], str], document: Any, day: date, seen: int | None
    ) -> dict[str, Any]:
        """Acts that leave the state as it is."""
        later, why = date(2027, 3, 1) + timedelta(days=day.day), ReasonClass.OBJECTIVE
        return {
            "ask_extension": lambda: extensions.AskExtension(
                cycle, later, why, say("reason"), document, seen
            ),
            "decide_extension": lambda: extensions.DecideExtension(
                cycle, True, say("reason"), document, seen_version=seen
            ),
            "extend_late": lambda: extensions.ExtendLate(
                cycle, later, why, say("reason"), document, seen
            ),
            "urge": lambda: urging.Urge(cycle, UrgeLevel.REMINDER, say("text"), day),
            "flag": lambda: urging.RaiseFlag(cycle, FlagKind.FLAG, say("reason")),
            "lower_flag": lambda: urging.LowerFlag(cycle, FlagKind.FLAG, say("reason")),
            "ask_explanation": lambda: urging.AskExplanation(cycle, say("text"), day, seen),
            "explain": lambda: urging.Explain(cycle, say("text"), seen),
            "ask_support": lambda: urging.AskSupport(cycle, SUPPORTING, say("text"), day),
            "note_silence": lambda: urging.NoteSilence(cycle, SUPPORTING, say("text")),
        }

    def attachment(self) -> int:
        with self.scene.world.engine.connect() as conn:
            return int(conn.execute(select(func.max(ATTACHMENT.c.id))).scalar() or 0)


@pytest.fixture
def scene(world: World) -> Scene:
    people = [
        *(who(agency) for who in (world.head, world.officer) for agency in (LEAD, STANDING, OTHER)),
        world.officer(SUPPORTING),
        world.office,
        world.chairman,
        world.person(Role.INSPECTOR, INSPECTORATE),
        world.person(Role.CHAIRMAN, UBND, 2),
    ]
    found = Scene(world, people, [world.cycle(t, a) for t, a in TASKS], Fold())
    with world.engine.connect() as conn:
        found.fold.follow(conn)
        assert found.fold.differences(conn) == []
    return found


def test_the_fold_of_the_trail_equals_the_tables_after_every_act(scene: Scene) -> None:
    def walk() -> Walk:
        scene.world.today = date(2026, 3, 2)
        here = Walk()
        here.scene = scene
        return here

    run_state_machine_as_test(
        walk,
        settings=settings(
            max_examples=14,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

    missed = {w[0] for w in WALKS} - scene.done - SELDOM
    assert missed == set(), "the walk is too short to mean anything"


def test_the_watch_notices_a_change_around_the_door(scene: Scene) -> None:
    forged = [
        "UPDATE cycle SET state = 'completed' WHERE id = {id}",
        "UPDATE cycle SET late_days = 3 WHERE id = {id}",
        "DELETE FROM cycle_party WHERE cycle_id = {id}",
        "UPDATE agency SET name = 'khác' WHERE id = 1",
        "UPDATE person SET password_hash = 'khác' WHERE id = 1",
        "UPDATE plan_edition SET data = '{{}}'",
    ]
    for line in forged:
        with unguarded(scene.world.engine) as conn:
            conn.execute(text(line.format(id=scene.cycles[0])))
            assert scene.fold.differences(conn), line


def test_the_watch_notices_an_entry_that_never_was(scene: Scene) -> None:
    key = ("cycle", scene.cycles[0])
    change = {"table": "cycle", "id": key[1], "before": {"state": "reported"}, "after": {}}
    with pytest.raises(AssertionError, match="was 'assigned'"):
        scene.fold.apply(change)
    with pytest.raises(AssertionError, match="before it was made"):
        scene.fold.apply({**change, "id": 999_999})


def test_every_cycle_of_the_world_is_in_the_fold(scene: Scene) -> None:
    with scene.world.engine.connect() as conn:
        ids = set(conn.execute(select(CYCLE.c.id)).scalars())

    assert {k[1] for k in scene.fold.rows if k[0] == "cycle"} == ids


def test_the_fold_follows_a_cycle_on_hold_and_from_hand_to_hand(world: World) -> None:
    fold, cycle = Fold(), world.cycle("II.2-a")
    given: dict[str, Any] = {"reason": "Sắp xếp bộ máy", "document": world.document()}
    with world.engine.connect() as conn:
        fold.follow(conn)
    to = {"stays_supporting": True}

    for kind, more in (
        (dispositions.HoldCycle, {}),
        (dispositions.ResumeCycle, {}),
        (dispositions.TransferLead, {"agency_code": SUPPORTING, **to}),
        (dispositions.TransferLead, {"agency_code": LEAD, **to}),
        (dispositions.EndCycle, {}),
    ):
        world.do(kind(cycle_id=cycle, **given, **more), world.chairman)
        with world.engine.connect() as conn:
            [body] = fold.follow(conn)
            assert (body["command"], body["from"], body["to"]) in WALKS
            assert fold.differences(conn) == []
