"""Words that are typed and not saved yet are their writer's own, and none of them is lost."""

import pytest
from sqlalchemy import func, select

from models.states import CycleState, Role
from models.tables import AUDIT_ENTRY
from tests.make import LEAD, OTHER, World
from tests.web.conftest import Open

TYPED = {"result": "Đã xong 12 căn", "document_notation": "12/"}


@pytest.fixture
def working(world: World) -> int:
    return world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)


def entries(world: World) -> int:
    with world.engine.connect() as conn:
        return conn.execute(select(func.count()).select_from(AUDIT_ENTRY)).scalar_one()


def test_what_is_typed_comes_back_to_its_writer_and_to_nobody_else(
    world: World, as_: Open, working: int
) -> None:
    officer, draft = as_(world.officer()), f"/cycles/{working}/draft"
    before = entries(world)

    told = officer.client.post(
        f"{draft}/typed", data=TYPED | {"csrf_token": officer.token, "document_capacity": "head"}
    )
    mine = officer.get(f"/cycles/{working}/report")
    assert entries(world) == before, "half sentences are no entries"
    other = as_(world.head()).get(f"/cycles/{working}/report")

    assert "12:00:00" in told.text
    assert (mine.form(draft)["result"], mine.form(draft)["document_notation"]) == (
        "Đã xong 12 căn",
        "12/",
    )
    assert "chưa được lưu vào dự thảo" in mine.text
    assert other.form(draft)["result"] == ""

    officer.post(draft, mine.form(draft))
    assert "chưa được lưu vào dự thảo" not in officer.get(f"/cycles/{working}/report").text
    assert as_(world.head()).get(f"/cycles/{working}/report").form(draft)["result"]


def test_what_was_typed_before_somebody_else_saved_is_shown_and_replaces_nothing(
    world: World, as_: Open, working: int
) -> None:
    officer, draft = as_(world.officer()), f"/cycles/{working}/draft"
    sent = TYPED | {"csrf_token": officer.token}
    assert officer.client.post(f"{draft}/typed", data=sent).status_code == 200
    as_(world.head()).post(draft, {"result": "Bản của giám đốc"})

    page = officer.get(f"/cycles/{working}/report")
    late = officer.client.post(f"{draft}/typed", data=sent)

    assert page.form(draft)["result"] == "Bản của giám đốc"
    assert "Đã xong 12 căn" in page.text
    assert late.status_code == 409, "it began from a draft that is no more"


def test_only_who_drafts_is_kept_a_copy_for(world: World, as_: Open, working: int) -> None:
    for who, status in ((world.head(OTHER), 404), (world.person(Role.OFFICE, "ubnd-thu"), 409)):
        reader = as_(who)
        sent = TYPED | {"csrf_token": reader.token}
        answer = reader.client.post(f"/cycles/{working}/draft/typed", data=sent)
        assert answer.status_code == status


def test_a_draft_is_presented_when_it_is_whole(world: World, as_: Open, working: int) -> None:
    officer, draft = as_(world.officer()), f"/cycles/{working}/draft"
    assert "Trình lãnh đạo" in officer.get(f"/cycles/{working}/report").buttons
    half = officer.post(draft, TYPED | {"then": "present"})
    assert half.location == f"/cycles/{working}/report/check"
    assert "Có lỗi cần sửa" in officer.get(half.location, 422).text

    whole = {
        "result": "Đã xong 12 căn",
        "product": "Báo cáo",
        "document_notation": "12/BC-THU",
        "document_issued_on": "1/3/2026",
        "document_signer_name": "Nguyễn Văn An",
        "seen_draft": "1",
    }
    page = officer.follow(draft, whole | {"then": "present"})

    assert "Đã trình lãnh đạo" in page.text
    head = as_(world.head(LEAD))
    assert "Dự thảo chờ gửi" in head.get("/inbox").text
    assert "trình dự thảo báo cáo" in head.get(f"/cycles/{working}").text
    assert "trình dự thảo" not in as_(world.judge).get(f"/cycles/{working}").text
