"""What a stranger may read: the public numbers, the help, and whether the system lives."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from models.states import CycleState
from tests.make import LEAD, World
from tests.visitors import SetClock, Visitor
from tests.web.conftest import Open
from workflow.public import plans_of_year


def test_the_public_page_has_a_title_four_numbers_and_nobody(
    world: World, clock: SetClock, as_: Open
) -> None:
    cycle_id = world.bring(world.cycle(), CycleState.REPORTED)

    page = as_(None).get("/public")

    with world.engine.connect() as conn:
        (plan,) = plans_of_year(conn, 2026)
    assert plan.reported == 1
    assert "Kế hoạch đặt ra để thử" in page.text
    for number in (plan.not_reported, plan.reported, plan.verified, plan.completed, plan.total):
        assert str(number) in page.text
    for secret in (world.head().name, LEAD, "Đã làm xong", f"/cycles/{cycle_id}"):
        assert secret not in page.html


def test_the_four_numbers_add_up_to_everything(world: World) -> None:
    for state in (CycleState.IN_PROGRESS, CycleState.REPORTED, CycleState.VERIFIED):
        task = {"in_progress": "II.2-a", "reported": "II.6-a", "verified": "II.7-a"}[state]
        world.bring(world.cycle(task), state)

    with world.engine.connect() as conn:
        (plan,) = plans_of_year(conn, 2026)
        nothing = plans_of_year(conn, 2099)

    assert (plan.reported, plan.verified, plan.completed) == (1, 1, 0)
    assert plan.total == plan.not_reported + 2
    assert nothing == []


def test_the_numbers_are_counted_once_a_minute(world: World, clock: SetClock) -> None:
    visitor = Visitor(world.app)
    counted: list[str] = []

    def watch(*given: object) -> None:
        if "count(" in str(given[2]).lower():
            counted.append(str(given[2]))

    event.listen(world.engine, "before_cursor_execute", watch)
    for seconds in (0, 30, 29, 2):
        clock.at += timedelta(seconds=seconds)
        visitor.get("/public")
    event.remove(world.engine, "before_cursor_execute", watch)

    assert len(counted) == 2


@pytest.mark.parametrize("signed_in", [False, True])
def test_the_help_is_for_everybody(world: World, as_: Open, signed_in: bool) -> None:
    page = as_(world.head() if signed_in else None).get("/help")

    assert page.h1 == "Hướng dẫn"
    assert "Không ai xác nhận việc của chính mình" in page.text


def test_the_sign_in_page_minds_its_manners(world: World, as_: Open) -> None:
    stranger = as_(None)

    assert stranger.get("/sign-in").h1 == "Đăng nhập"
    wrong = stranger.post("/sign-in", {"login": "ai-do", "password": "sai", "next": ""}, status=422)
    assert wrong.errors == [
        "Tên đăng nhập hoặc mật khẩu chưa đúng. Kiểm tra bộ gõ và phím Caps Lock."
    ]
