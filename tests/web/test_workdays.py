"""Keeping the calendar on its pages; dead letters and the way back for them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from models.states import MessageState, Role
from models.tables import CALENDAR_DAY, MESSAGE, OUTAGE, PERSON
from tests.make import LEAD, STANDING, World, noon
from tests.notifications.post_office import many
from tests.web.conftest import Open
from workflow import history
from workflow.commands.calendar import SeedCalendar
from workflow.commands.notices import ResendMails
from workflow.door import ajar
from workflow.law.errors import NotFound, Refused
from workflow.law.facts import SYSTEM, ActorFacts

DUE = date(2026, 12, 14)


@pytest.fixture
def admin(world: World) -> ActorFacts:
    world.do(SeedCalendar(), SYSTEM)
    return world.person(Role.ADMIN, STANDING)


# ------------------------------------------------------------------------------ days


def day_of(world: World, day: date) -> dict[str, object]:
    with world.engine.connect() as conn:
        found = conn.execute(select(CALENDAR_DAY).where(CALENDAR_DAY.c.day == day)).mappings()
        return dict(found.one())


def test_a_doubtful_day_is_confirmed_by_its_document_and_taken_back(
    world: World, as_: Open, admin: ActorFacts
) -> None:
    reader = as_(admin)
    page = reader.get("/calendar/days?year=2026")
    assert "Ngày Văn hóa Việt Nam" in page.text
    assert "chưa xác nhận" in page.text
    address = "/calendar/days/edit?day=2026-11-24"
    assert address in page.links

    typed = reader.get(address).form(address)
    assert typed["day"] == "24/11/2026"
    confirmed = typed | {"source": "Luật số 9/2026/QH16", "is_confirmed": "yes"}
    after = reader.follow(address, confirmed)
    assert "Đã sửa lịch ngày 24/11/2026." in after.text
    assert "Luật số 9/2026/QH16" in after.text
    assert day_of(world, date(2026, 11, 24))["is_confirmed"]

    again = reader.get(address).form(address) | {"kind": "ordinary"}
    assert "trước là: Nghỉ lễ" in reader.follow(address, again).text
    outdated = confirmed | {"idempotency_key": "một lần gửi khác"}
    reader.post(address, outdated, status=409)  # what he saw is no longer so


def test_a_new_day_says_what_is_wrong_with_it(world: World, as_: Open, admin: ActorFacts) -> None:
    reader = as_(admin)
    address = "/calendar/days/edit"
    typed = reader.get(address).form(address)

    worked = typed | {"day": "10/12/2026", "kind": "made_up", "name": "Làm bù", "source": "TB 1"}
    assert "vốn là ngày làm việc" in reader.post(address, worked, status=422).errors[0]
    assert len(reader.post(address, typed | {"name": "", "source": ""}, status=422).errors) == 3
    fine = worked | {"kind": "swapped_off", "name": "Nghỉ thiên tai"}
    assert "Nghỉ thiên tai" in reader.follow(address, fine).text
    assert day_of(world, date(2026, 12, 10))["is_confirmed"] is False


# ------------------------------------------------------------------------------ outages


def test_an_outage_moves_the_deadline_it_fell_on_and_says_how_many(
    world: World, as_: Open, admin: ActorFacts
) -> None:
    cycle_id = world.cycle()
    world.today = DUE + timedelta(days=1)
    reader = as_(world.office)
    assert "/calendar/days?year=2026" in reader.get("/calendar?month=2026-12").links
    address = "/calendar/outages/new"
    typed = reader.get(address).form(address) | {
        "starts_on": "14/12/2026",
        "starts_at": "8h",
        "ends_on": "14/12/2026",
        "ends_at": "16:30",
        "reason": "Mất điện trung tâm dữ liệu",
        "document_notation": "15/TB-VP",
        "document_issued_on": "15/12/2026",
        "document_signer_name": "Nguyễn Văn An",
    }

    wrong = reader.post(address, typed | {"ends_at": "25:10", "starts_at": ""}, status=422)
    assert "Giờ hoạt động lại chưa đúng: nhập giờ:phút, ví dụ 07:30." in wrong.errors
    assert "Chưa nhập giờ bắt đầu." in wrong.errors
    early = reader.post(address, typed | {"ends_at": "7h"}, status=422)
    assert "Ngày cuối ở trước ngày đầu" in early.errors[0]
    after = reader.follow(address, typed)

    assert "hạn được dời đến hết ngày 15/12/2026" in after.text
    assert "15/TB-VP" in after.text
    assert world.row(cycle_id)["due_on"] == DUE + timedelta(days=1)
    with world.engine.connect() as conn:
        kept = conn.execute(select(OUTAGE.c.starts_at)).scalar_one()
    assert kept == noon(DUE) - timedelta(hours=4)


def test_only_its_keepers_keep_the_calendar(world: World, as_: Open, admin: ActorFacts) -> None:
    for who in (world.head(), world.judge, world.chairman):
        for address in ("/calendar/days", "/calendar/days/edit", "/calendar/outages/new"):
            as_(who).get(address, status=403)
    assert "Sửa ngày làm việc" not in as_(world.head()).get("/calendar").text


# ------------------------------------------------------------------------------ dead letters


@pytest.fixture
def dead(world: World, admin: ActorFacts) -> World:
    """Five mails, two of them given up; the address of the first reader has been mended."""
    many(world, 5, people=5)
    with ajar("measurement"), world.engine.execution_options(write=True).begin() as conn:
        ids = list(conn.execute(select(MESSAGE.c.id).order_by(MESSAGE.c.id)).scalars())
        gone = {
            "state": MessageState.DEAD.value,
            "attempts": 348,
            "last_error": "550 no such person",
            "created_at": world.now - timedelta(days=8),
        }
        conn.execute(update(MESSAGE).where(MESSAGE.c.id.in_(ids[:2])).values(**gone))
        mended = update(PERSON).where(PERSON.c.login == "n0").values(email="moi@example.vn")
        conn.execute(mended)
    return world


def rows(world: World) -> list[tuple[str, int, str, str]]:
    with world.engine.connect() as conn:
        of = (MESSAGE.c.state, MESSAGE.c.attempts, MESSAGE.c.address, MESSAGE.c.uid)
        return [tuple(r) for r in conn.execute(select(*of).order_by(MESSAGE.c.id))]


def test_the_administrator_is_told_of_dead_letters_and_sends_them_again(
    dead: World, as_: Open, admin: ActorFacts
) -> None:
    reader, before = as_(admin), rows(dead)
    banner = "2 thư không gửi được."
    assert banner in reader.get("/admin").text
    assert banner in reader.get("/account").text
    assert banner not in as_(dead.head()).get("/inbox").text
    assert reader.get("/admin").links["/admin/jobs"]
    page = reader.get("/admin/jobs")
    assert "550 no such person" in page.text
    (first, second) = [f for f in page.all("input", name="message_id") if f.get("type") == "hidden"]

    after = reader.follow("/admin/jobs/resend", {"message_id": second.get("value") or ""})
    assert "1 thư sẽ được gửi lại ở lượt gửi kế tiếp." in after.text
    assert "1 thư không gửi được." in after.text
    reader.follow("/admin/jobs/resend", {"message_id": first.get("value") or ""})

    assert [(state, tries) for state, tries, _, _ in rows(dead)] == [("waiting", 0)] * 5
    assert [r[3] for r in rows(dead)] == [r[3] for r in before], "the same ids"
    assert rows(dead)[0][2] == "moi@example.vn"
    assert "không gửi được sau" not in reader.get("/admin").text


def test_all_dead_letters_go_again_in_one_act_that_is_on_record(
    dead: World, admin: ActorFacts
) -> None:
    with pytest.raises(Refused):
        dead.do(ResendMails(), dead.office)
    done = dead.do(ResendMails(), admin)
    with pytest.raises(NotFound):
        dead.do(ResendMails(), admin)

    assert done.data == {"mails": 2}
    with dead.engine.connect() as conn:
        from models.tables import AUDIT_ENTRY

        entry = conn.execute(
            select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.command == "resend_mails")
        ).mappings()
        told = history.tell(entry.one())
    assert told.act == "Cho gửi lại 2 thư chưa gửi được tới n0 và 1 người khác."


def test_nobody_else_sends_again(dead: World, as_: Open) -> None:
    as_(dead.head(LEAD)).post("/admin/jobs/resend", {}, status=403)
