"""The rungs of a plan are data: who may set them, what then is told, and what a page says of it."""

from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import select

from models.states import Anchor, Role
from models.tables import ALERT, AUDIT_ENTRY, NOTICE, PLAN
from notifications.notices import of_person
from tests.make import LEAD, UBND, World, on
from tests.matrix.places import actor
from tests.matrix.table import read
from tests.notifications.life import tick
from tests.web.conftest import Open
from workflow.commands.calendar import SeedCalendar
from workflow.commands.rungs import NewRung, SeedLadders, SetLadder
from workflow.law.errors import Reason, Refused, Stale
from workflow.law.facts import SYSTEM
from workflow.law.ladder import Rung, code_of, faults
from workflow.rungs import ladder_version, rungs_of, seed_rungs

DUE = date(2026, 12, 14)
THREE = NewRung(Anchor.AFTER, 3, ("lead_head", "office"), "Trễ {days} ngày so với {due}")
SHIPPED = tuple(NewRung(r.anchor, r.days, r.posts, r.text) for r in seed_rungs())


@pytest.fixture
def plan_id(world: World) -> int:
    for seed in (SeedCalendar(), SeedLadders()):
        world.do(seed, SYSTEM)
    with world.engine.connect() as conn:
        return int(conn.execute(select(PLAN.c.id)).scalar_one())


def codes(world: World, plan_id: int) -> list[str]:
    with world.engine.connect() as conn:
        return [r.code for r in rungs_of(conn, plan_id)[plan_id]]


@pytest.mark.parametrize("role", [r for r in read()["roles"] if r != "anonymous"])
def test_the_ladder_is_set_by_whom_the_table_allows(
    world: World, as_: Open, plan_id: int, role: str
) -> None:
    """docs/permissions.yaml, plan_commands: the law, and the form on the page."""
    allowed = role in read()["plan_commands"]["set_ladder"]["allowed"]
    who = actor(world, role)

    page = as_(who).get(f"/plans/{plan_id}/ladder")
    assert "Đã quá hạn báo cáo 7 ngày" in page.text
    assert ("Lưu thang nhắc hạn" in page.text) == allowed
    if allowed:
        world.do(SetLadder(plan_id, (*SHIPPED, THREE), "Nhắc sớm hơn"), who)
        assert "overdue_3" in codes(world, plan_id)
        return
    with pytest.raises(Refused) as refused:
        world.do(SetLadder(plan_id, (*SHIPPED, THREE), "Nhắc sớm hơn"), who)
    assert [r.reason for r in refused.value.refusals] == [Reason.NOT_YOUR_ROLE]
    assert "overdue_3" not in codes(world, plan_id)


def test_the_head_of_another_agency_sets_no_ladder(world: World, plan_id: int) -> None:
    with pytest.raises(Refused):
        world.do(SetLadder(plan_id, SHIPPED, "Thử"), world.head(LEAD))


def fault(world: World, plan_id: int, rungs: Sequence[NewRung], reason: str = "Thử") -> set[str]:
    with pytest.raises(Refused) as refused:
        world.do(SetLadder(plan_id, tuple(rungs), reason), world.judge)
    return {r.detail.get("fault") or r.detail["field"] for r in refused.value.refusals}


@pytest.mark.parametrize(
    ("rungs", "reason", "wrong"),
    [
        ([THREE, THREE], "Thử", {"order"}),
        ([NewRung(Anchor.AFTER, 3, (), "Trễ")], "Thử", {"nobody"}),
        ([NewRung(Anchor.AFTER, 3, ("governor",), "Trễ")], "Thử", {"nobody"}),
        ([NewRung(Anchor.AFTER, 3, ("lead_head",), " ")], "Thử", {"silent"}),
        ([NewRung(Anchor.AFTER, 0, ("lead_head",), "Trễ")], "Thử", {"days"}),
        ([NewRung(Anchor.BEFORE, 0, ("lead_head",), "Còn")], "Thử", {"days"}),
        ([NewRung(Anchor.DUE, 2, ("lead_head",), "Hạn")], "Thử", {"days"}),
        ([NewRung(Anchor.AFTER, 401, ("lead_head",), "Trễ")], "Thử", {"days"}),
        ([NewRung(Anchor.AFTER, 3, ("lead_head",), "Trễ {ngày}")], "Thử", {"open_word"}),
        ([], "Thử", {"rungs"}),
        ([THREE], " ", {"reason"}),
    ],
)
def test_what_is_no_ladder_is_refused_and_why(
    world: World, plan_id: int, rungs: list[NewRung], reason: str, wrong: set[str]
) -> None:
    assert fault(world, plan_id, rungs, reason) == wrong
    assert codes(world, plan_id) == [r.code for r in seed_rungs()]


def test_the_shipped_ladder_climbs_and_is_named_by_its_days() -> None:
    assert faults(seed_rungs()) == []
    derived = [code_of(r.anchor, r.days) for r in seed_rungs()]
    assert derived[:-1] == [r.code for r in seed_rungs()][:-1]
    days = [(Anchor.BEFORE, 30), (Anchor.BEFORE, 1), (Anchor.DUE, 0), (Anchor.AFTER, 1)]
    positions = [Rung("x", anchor, n, (), "").position for anchor, n in days]
    assert positions == sorted(positions) == [970, 999, 1000, 1001]


def test_what_is_set_is_what_is_told(world: World, plan_id: int) -> None:
    """A rung more, another recipient, other words; what was told before keeps its words."""
    with on(world, date(2026, 3, 3)):
        cycle_id = world.cycle()
    office, head = world.office, world.head()
    tick(world, DUE.replace(day=15))
    without_one_day = tuple(r for r in SHIPPED if (r.anchor, r.days) != (Anchor.AFTER, 1))
    with on(world, DUE.replace(day=15)):
        world.do(SetLadder(plan_id, (*without_one_day, THREE), "Nhắc ba ngày"), world.judge)

    def words(person_id: int | None, day: date) -> list[tuple[str, bool, bool]]:
        with world.engine.connect() as conn:
            lines = of_person(conn, person_id or 0, day, 50)
        return [(n.text, n.is_true, n.is_overdue) for n in lines if n.cycle_id == cycle_id]

    assert words(head.person_id, DUE.replace(day=16))[0] == (
        "Đã quá hạn báo cáo 2 ngày", True, True,
    )  # fmt: skip
    tick(world, DUE.replace(day=18))

    told = ("Trễ 4 ngày so với 14/12/2026", True, True)
    assert words(office.person_id, DUE.replace(day=18)) == [told]
    assert words(head.person_id, DUE.replace(day=18))[:2] == [
        told, ("Đã quá hạn báo cáo 1 ngày", False, True),
    ]  # fmt: skip
    tick(world, DUE.replace(day=22))
    with world.engine.connect() as conn:
        live = set(
            conn.execute(
                select(ALERT.c.rung).where(
                    ALERT.c.cycle_id == cycle_id, ALERT.c.superseded_on.is_(None)
                )
            ).scalars()
        )
        assert live == {"overdue_7"}
        assert conn.execute(select(NOTICE.c.id).where(NOTICE.c.name == "overdue_3")).first()


def test_a_rung_taken_away_and_set_again_is_the_same_one(world: World, plan_id: int) -> None:
    few = tuple(r for r in SHIPPED if r.days != 45)
    world.do(SetLadder(plan_id, few, "Bớt"), world.judge)
    assert "leadership" not in codes(world, plan_id)
    with world.engine.connect() as conn:
        seen = ladder_version(conn, plan_id)
    world.do(SetLadder(plan_id, SHIPPED, "Thêm lại", seen), world.judge)

    assert codes(world, plan_id) == [r.code for r in seed_rungs()]
    with pytest.raises(Stale):
        world.do(SetLadder(plan_id, few, "Bớt", seen), world.judge)
    with world.engine.connect() as conn:
        entries = conn.execute(
            select(AUDIT_ENTRY.c.reason).where(AUDIT_ENTRY.c.command == "set_ladder")
        ).scalars()
        assert list(entries) == ["Bớt", "Thêm lại"]


def test_the_form_sets_the_rungs_and_gives_back_what_was_typed(
    world: World, as_: Open, plan_id: int
) -> None:
    reader = as_(world.person(Role.ADMIN, UBND))
    address = f"/plans/{plan_id}/ladder"
    page = reader.get(address)
    sent = {
        "days": ["7", "", "3", ""],
        "anchor": ["before", "due", "after", "after"],
        "text": ["Còn {days} ngày", "Hôm nay hết hạn", "Trễ {days} ngày", ""],
        "post": ["0:lead_head", "1:lead_head", "1:lead_officer", "2:chairman"],
        "reason": "Gọn hơn",
        "seen_version": page.form(address)["seen_version"],
    }

    wrong = reader.post(address, {**sent, "text": ["Còn {ngày}", *sent["text"][1:]]}, status=422)
    assert "chỗ trống {ngày} không có" in wrong.text
    assert any(box.get("value") == "Còn {ngày}" for box in wrong.all("input", name="text"))
    assert "Đã sửa thang nhắc hạn" in reader.follow(address, sent).text

    assert codes(world, plan_id) == ["before_7", "due", "overdue_3"]
