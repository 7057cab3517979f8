"""What a refused act looks like: the reasons, who can, what changed, and nothing typed lost."""

import pytest

from models.states import CycleState, Role
from tests.make import LEAD, OTHER, STANDING, World
from tests.visitors import SetClock
from tests.web.conftest import Open
from web.requires import perform, signed_in
from workflow.commands import cycles
from workflow.commands.people import AddPerson
from workflow.law.errors import Reason, Refusal, Refused, Stale

TYPED = "Ba trang đã viết trong buổi sáng"


def raising(world: World, error: Exception) -> None:
    """A page whose act ends this way."""

    def view() -> str:
        raise error

    world.app.add_url_rule("/try", "try", signed_in(view), methods=["GET", "POST"])


def test_every_reason_stands_in_words_and_who_can_instead(world: World, as_: Open) -> None:
    raising(
        world,
        Refused(
            Refusal(Reason.OWN_WORK),
            Refusal(Reason.NOT_YOUR_ROLE, {"who": "standing_head office"}),
        ),
    )

    page = as_(world.head()).post("/try", {"text": TYPED}, status=409)

    assert "do cơ quan mình chủ trì (xung đột lợi ích)" in page.text
    assert "Vai trò của bạn không được làm việc này." in page.text
    assert "Lãnh đạo cơ quan thường trực, Văn phòng UBND tỉnh" in page.text
    assert TYPED in page.text
    assert "Chưa có gì thay đổi" in page.text


def test_the_loser_is_told_what_changed_by_whom_and_when(
    world: World, clock: SetClock, as_: Open
) -> None:
    cycle_id = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    seen = world.row(cycle_id)["version"]
    world.do(cycles.UpdateProgress(cycle_id, 60, "Người khác đã ghi"), world.officer())

    def view() -> str:
        perform(cycles.UpdateProgress(cycle_id, 10, TYPED, seen))
        return "never"

    world.app.add_url_rule("/try", "try", signed_in(view), methods=["GET", "POST"])
    page = as_(world.head()).post("/try", {"text": TYPED}, status=409)

    assert "Điều đã thay đổi" in page.text
    assert "12:00 02/03/2026" in page.text
    assert "Người officer1.so-chu-tri" in page.text
    assert "cập nhật tiến độ: 60%" in page.text
    assert TYPED in page.text


def test_the_loser_is_not_told_what_he_may_not_see(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    raising(world, Stale("cycle", cycle_id, 1, 2))

    page = as_(world.head(OTHER)).post("/try", {"text": TYPED}, status=409)

    assert "Điều đã thay đổi" not in page.text
    assert LEAD not in page.text


def test_what_does_not_exist_and_what_one_may_not_see_look_alike(world: World, as_: Open) -> None:
    cycle_id = world.cycle()
    reader = as_(world.head(OTHER))

    hidden = reader.get(f"/cycles/{cycle_id}", status=404)
    nothing = reader.get("/cycles/99999999", status=404)

    assert hidden.text == nothing.text


def test_after_a_refusal_the_page_shows_what_is_true_now(
    world: World, clock: SetClock, as_: Open
) -> None:
    """What was read before the act must not be shown after it."""
    admin = as_(world.person(Role.ADMIN, STANDING))
    admin.get("/admin/people/new")
    world.do(AddPerson("vua-them", "Người Vừa Thêm", "Chức vụ"), world.person(Role.ADMIN, STANDING))

    page = admin.get("/admin?q=vua them")

    assert "Người Vừa Thêm" in page.text


@pytest.mark.parametrize("referrer", ["https://evil.example/x", "", "http://localhost.evil/x"])
def test_the_way_back_is_a_page_of_ours_or_none(world: World, as_: Open, referrer: str) -> None:
    raising(world, Refused(Refusal(Reason.ON_HOLD)))
    reader = as_(world.head())

    page = reader.client.post(
        "/try", data={"csrf_token": reader.token}, headers={"Referer": referrer}
    )

    assert page.status_code == 409
    assert "evil" not in page.text


def test_the_way_back_leads_to_the_form(world: World, as_: Open) -> None:
    raising(world, Refused(Refusal(Reason.ON_HOLD)))
    reader = as_(world.head())

    page = reader.client.post(
        "/try",
        data={"csrf_token": reader.token},
        headers={"Referer": "http://localhost/cycles/17/report?x=1"},
    )

    assert 'href="/cycles/17/report?x=1"' in page.text
