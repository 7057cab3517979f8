"""The page of the systems that are told: added, their key, tried again, removed."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from models.states import MessageState, Role
from models.tables import WEBHOOK, WEBHOOK_CALL
from notifications.channels.webhook import key_of
from notifications.expand import expand
from tests.make import STANDING, World
from tests.web.conftest import Open
from workflow.door import ajar

ADDRESS = "/admin/webhooks"


@pytest.fixture
def world(world: World) -> World:
    services = world.app.extensions["dondoc"]
    settings = replace(services.settings, webhook_origins=("https://lgsp.example.vn",))
    world.app.extensions["dondoc"] = replace(services, settings=settings)
    return world


def test_a_system_is_added_gets_its_key_and_is_removed(world: World, as_: Open) -> None:
    reader = as_(world.person(Role.ADMIN, STANDING))
    typed = reader.get(ADDRESS).form(ADDRESS) | {"webhook": "LGSP của tỉnh"}

    for url, why in (
        ("https://lgsp.example.vn.evil.vn/a", "không nằm trong các nơi được phép"),
        ("http://lgsp.example.vn/a", "không nằm trong các nơi được phép"),
        ("https://thu:mk@lgsp.example.vn/a", "không kèm tên đăng nhập"),
        ("lgsp", "phải có dạng https://"),
        ("", "Chưa nhập địa chỉ nhận tin"),
    ):
        assert why in reader.post(ADDRESS, typed | {"url": url}, status=422).errors[0]
    page = reader.follow(ADDRESS, typed | {"url": "https://lgsp.example.vn/don-doc"})
    assert "Đã thêm webhook" in page.text
    with world.engine.connect() as conn:
        hook = conn.execute(select(WEBHOOK)).mappings().one()
    assert "whsec_" not in page.text
    shown = reader.post(f"{ADDRESS}/{hook['id']}/key", status=200)
    key = key_of(world.app.extensions["dondoc"].settings.secret_key, hook["uid"])
    assert key in shown.text
    assert key not in str(dict(hook))

    world.cycle()
    expand(world.engine, world.now)
    with ajar("measurement"), world.engine.execution_options(write=True).begin() as conn:
        dead = {"state": MessageState.DEAD.value, "attempts": 348, "last_error": "HTTP 503"}
        count = conn.execute(update(WEBHOOK_CALL).values(**dead)).rowcount
    banner = f"{count} tin không tới được webhook."
    assert banner in reader.get("/admin").text
    assert banner not in as_(world.head()).get("/inbox").text
    assert str(count) in reader.get("/admin/jobs").text
    assert "HTTP 503" in reader.get(f"{ADDRESS}/{hook['id']}").text
    again = reader.follow(f"{ADDRESS}/{hook['id']}/resend", {})
    assert f"{count} tin sẽ được gửi lại" in again.text
    assert banner not in again.text

    gone = f"{ADDRESS}/{hook['id']}/remove"
    assert "Chưa nhập lý do gỡ" in reader.post(gone, {"reason": ""}, status=422).errors[0]
    after = reader.follow(gone, {"reason": "Ngừng dùng trục cũ"})
    assert "đã gỡ" in after.text
    reader.post(gone, {"reason": "Lần nữa"}, status=404)
    assert gone not in reader.get(f"{ADDRESS}/{hook['id']}").html


def test_only_the_administrator_has_webhooks(world: World, as_: Open) -> None:
    for who in (world.head(), world.office, world.chairman):
        as_(who).get(ADDRESS, status=403)
        as_(who).post(ADDRESS, {"webhook": "a", "url": "https://lgsp.example.vn"}, status=403)
    admin = as_(world.person(Role.ADMIN, STANDING))
    admin.get(f"{ADDRESS}/7", status=404)
    admin.post(f"{ADDRESS}/7/key", status=404)


def test_without_a_named_origin_nothing_can_be_added(world: World, as_: Open) -> None:
    services = world.app.extensions["dondoc"]
    none = replace(services.settings, webhook_origins=())
    world.app.extensions["dondoc"] = replace(services, settings=none)
    reader = as_(world.person(Role.ADMIN, STANDING))

    page = reader.get(ADDRESS)

    assert "DONDOC_WEBHOOK_ORIGINS" in page.text
    assert page.all("form", action=ADDRESS) == []
    reader.post(ADDRESS, {"webhook": "a", "url": "https://lgsp.example.vn"}, status=422)
