"""Attachments looked at while a report is judged: pictures only, shut in, and on record."""

import struct
import zlib
from io import BytesIO
from typing import Any

import typst
from playwright.sync_api import Page as Window
from playwright.sync_api import expect
from sqlalchemy import select

from models.states import CycleState
from models.tables import AUDIT_ENTRY
from tests import browser as browsers
from tests.make import OTHER, World
from tests.web.conftest import Open
from tests.web.reader import Reader
from workflow.commands.results import AttachFile

PICTURE = b"\x89PNG\r\n\x1a\n"


def png() -> bytes:
    """A picture of one dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        PICTURE
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def pdf() -> bytes:
    found: bytes = typst.compile(b"Trang dau #pagebreak() Trang hai")
    return found


def attach(world: World, cycle_id: int, name: str, content: bytes) -> int:
    """A file in the draft of the lead's head; its number."""
    kept = world.app.extensions["dondoc"].files.put(BytesIO(content))
    command = AttachFile(cycle_id, kept.sha256, name, kept.size, kept.media_type)
    return int(world.do(command, world.head()).data["attachment_id"])


def reported(world: World, **files: bytes) -> tuple[int, dict[str, int]]:
    """A cycle whose report waits for a verdict, with these files."""
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)
    numbers = {name: attach(world, cycle_id, name, content) for name, content in files.items()}
    world.do(world.report(cycle_id), world.head())
    return cycle_id, numbers


def looks(world: World) -> list[Any]:
    """What the log holds of files taken."""
    with world.engine.connect() as conn:
        rows = select(AUDIT_ENTRY.c.object_label).where(AUDIT_ENTRY.c.command == "download")
        return list(conn.execute(rows.order_by(AUDIT_ENTRY.c.id)).scalars())


def test_pictures_and_first_pages_are_pictures_and_nothing_else(world: World, as_: Open) -> None:
    docx = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le")
    damaged = b"%PDF-1.7 broken off"
    cycle_id, numbers = reported(world, anh=png(), bao=pdf(), word=docx, hong=damaged)
    reader: Reader = as_(world.judge)
    shown = reader.get(f"/verify/{cycle_id}")

    pictures = {i.get("src", "") for i in shown.all("img") if i.get("loading") == "lazy"}
    for name in ("anh", "bao"):
        address = f"/cycles/{cycle_id}/files/{numbers[name]}/picture"
        answer = reader.client.get(address)
        assert answer.data.startswith(PICTURE)
        assert answer.mimetype == "image/png"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert address in pictures
        answer.close()
    assert f"/cycles/{cycle_id}/files/{numbers['word']}/picture" not in pictures
    for name in ("word", "hong"):
        reader.get(f"/cycles/{cycle_id}/files/{numbers[name]}/picture", 404)
    as_(world.head(OTHER)).get(f"/cycles/{cycle_id}/files/{numbers['anh']}/picture", 404)


def test_nothing_is_fetched_before_it_is_opened_and_then_it_is_on_record(
    world: World, as_: Open, page: Window
) -> None:
    cycle_id, _numbers = reported(world, bao=pdf())
    cookie = as_(world.judge).client.get_cookie("dondoc")
    assert cookie is not None
    with browsers.serving(world.app) as live:
        page.context.add_cookies([{"name": "dondoc", "value": cookie.value, "url": live.url}])
        page.goto(f"{live.url}/verify/review?at={cycle_id}")
        page.wait_for_load_state("networkidle")
        assert looks(world) == []
        with page.expect_response(lambda answer: answer.url.endswith("/picture")) as drawn:
            page.get_by_text("Xem trang đầu").click()
        assert drawn.value.ok
        picture = page.locator(".dd-look img")
        expect(picture).to_be_visible()
        assert picture.evaluate("one => one.naturalWidth") > 800
    assert len(looks(world)) == 1
