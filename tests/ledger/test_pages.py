"""The pages of the log: its head to everybody, receipts, verifying, and the inspector's folder."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ledger import verify
from ledger.service import Ledger
from models.states import CycleState, Role
from models.tables import AUDIT_ENTRY, INSPECTION_NOTE
from notifications.expand import expand
from tests.ledger.test_sealer import break_in
from tests.make import INSPECTORATE, World
from tests.web.conftest import Open, as_, clock
from web.ledger import views

__all__ = ["as_", "clock"]


def entry(world: World, command: str) -> int:
    with world.engine.connect() as conn:
        where = AUDIT_ENTRY.c.command == command
        return int(conn.execute(select(func.max(AUDIT_ENTRY.c.id)).where(where)).scalar_one())


def count(world: World, command: str) -> int:
    with world.engine.connect() as conn:
        where = AUDIT_ENTRY.c.command == command
        counted = select(func.count()).select_from(AUDIT_ENTRY).where(where)
        return int(conn.execute(counted).scalar_one())


def test_everybody_may_fetch_the_head_and_the_tiles(world: World, log: Ledger, as_: Open) -> None:
    client = world.app.test_client()
    assert client.get("/.well-known/dondoc/checkpoint").status_code == 404
    sealed = log.sealer.seal()
    assert sealed is not None

    assert client.get("/.well-known/dondoc/checkpoint").text == sealed.note
    assert client.get("/.well-known/dondoc/key").text.split() == log.key_lines()
    wide = min(sealed.checkpoint.size, 256)
    name = "000" if wide == 256 else f"000.p/{wide}"
    tile = client.get(f"/.well-known/dondoc/tile/0/{name}")
    assert len(tile.data) == 32 * wide
    assert client.get("/.well-known/dondoc/tile/0/999").status_code == 404


def test_a_receipt_is_taken_from_the_entry_and_verified(
    world: World, log: Ledger, as_: Open, tmp_path: Path
) -> None:
    world.bring(world.cycle(), CycleState.REPORTED)
    number = entry(world, "report")
    inspector = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    assert "chờ niêm phong" in inspector.get(f"/audit/{number}").text
    log.sealer.seal()

    page = inspector.get(f"/audit/{number}")
    assert page.links[f"/audit/{number}/receipt"] == "Tải biên nhận"
    client = inspector.client
    proof = client.get(f"/audit/{number}/receipt").data
    found = verify.check_receipt(proof.decode(), [verify.Key(log.key_lines()[0])])
    assert found["body"]["command"] == "report"
    pdf = client.get(f"/audit/{number}/receipt.pdf")
    assert pdf.data.startswith(b"%PDF")


def test_a_case_folder_ends_in_a_bundle_that_verifies(
    world: World, log: Ledger, as_: Open, tmp_path: Path
) -> None:
    world.bring(world.cycle(), CycleState.VERIFIED)
    log.sealer.seal()
    inspector = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    page = inspector.get("/inspections")
    form = page.form("/inspections") | {
        "decision": "12/QĐ-TTr",
        "decided_on": "01/03/2026",
        "scope": "Việc xác nhận kết quả năm 2026",
        "period_from": "01/01/2026",
        "period_to": "31/12/2026",
    }
    made = inspector.post("/inspections", form)
    folder = made.location
    page = inspector.get(folder)
    assert "12/QĐ-TTr" in page.h1
    assert "Kết luận trong vòng 5 phút" in page.text
    inspector.post(f"{folder}/notes", page.form(f"{folder}/notes") | {"note": "Hỏi lại ông A"})
    number = entry(world, "verify")
    finding = page.form(f"{folder}/findings") | {"text": "Xác nhận vội", "entries": f"{number}"}
    inspector.post(f"{folder}/findings", finding)
    page = inspector.get(folder)
    assert "Hỏi lại ông A" in page.text
    assert f"/audit/{number}" in page.links
    # Another inspector sees the finding and not the note; nobody else sees the folder.
    other = as_(world.person(Role.INSPECTOR, INSPECTORATE, 2)).get(folder)
    assert "Xác nhận vội" in other.text
    assert "Hỏi lại ông A" not in other.html
    with world.engine.connect() as conn:
        bodies = conn.execute(select(AUDIT_ENTRY.c.body)).scalars().all()
        assert conn.execute(select(INSPECTION_NOTE.c.text)).scalar_one() == "Hỏi lại ông A"
    assert not any("Hỏi lại ông A" in body for body in bodies)
    as_(world.head()).get(folder, status=403)

    sent = page.form(f"{folder}/export")
    with inspector.client.post(f"{folder}/export", data=sent) as response:
        zipped = response.data
    assert count(world, "take_export") == 1
    path = tmp_path / "goi.zip"
    path.write_bytes(zipped)
    assert zipfile.ZipFile(io.BytesIO(zipped)).testzip() is None
    assert verify.main([str(path), "--key", log.key_lines()[0]]) == 0


def test_an_inspectors_search_is_on_record(world: World, log: Ledger, as_: Open) -> None:
    inspector = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    inspector.get("/audit")
    assert count(world, "search_log") == 0
    inspector.get("/audit?command=verify")
    as_(world.head()).get("/audit?command=verify")
    assert count(world, "search_log") == 1


def test_the_page_verifies_what_is_handed_in(world: World, log: Ledger, as_: Open) -> None:
    log.sealer.seal()
    inspector = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    number = entry(world, "assign")
    proof = inspector.client.get(f"/audit/{number}/receipt").data
    form = inspector.get("/audit/verify").form("/audit/verify")
    for sent, expected in ((proof, "ĐÚNG"), (proof.replace(b"index ", b"index 1"), "KHÔNG ĐÚNG")):
        data = form | {"file": (io.BytesIO(sent), "bien-nhan.tlog-proof")}
        page = inspector.client.post(
            "/audit/verify", data=data, content_type="multipart/form-data"
        ).text
        assert f">{expected}<" in page
    assert (
        inspector.client.get("/audit/verify/verify.html")
        .headers["Content-Disposition"]
        .startswith("attachment")
    )


MADE_BY_HAND = {
    "a manifest that is a list": {"manifest.json": "[]"},
    "a manifest with a table of no name": {"manifest.json": '{"tables": [[]]}'},
    "an entry of too few parts": {"entries.ndjson": "[0]\n"},
    "a line that is no JSON": {"checkpoints.ndjson": "x\n"},
    "a tile that is no hex": {"tiles.ndjson": '[0, 0, "xyz"]\n'},
    "bytes that are no text": {"entries.ndjson": b"\xff\n"},
    "a column of no name": {
        "manifest.json": '{"tables": ["cycle"]}',
        "tables/cycle.ndjson": '["id", {}]\n[1, 2]\n',
    },
    "a row with too little in it": {
        "manifest.json": '{"tables": ["cycle"]}',
        "tables/cycle.ndjson": '["id", "state"]\n[1]\n',
    },
}


def made_by_hand(parts: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in ({"entries.ndjson": "", "checkpoints.ndjson": ""} | parts).items():
            zipped.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("what", MADE_BY_HAND)
@pytest.mark.usefixtures("log")
def test_a_bundle_made_by_hand_is_refused_in_a_sentence(world: World, as_: Open, what: str) -> None:
    inspector = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    form = inspector.get("/audit/verify").form("/audit/verify")
    data = form | {"file": (io.BytesIO(made_by_hand(MADE_BY_HAND[what])), "goi.zip")}
    page = inspector.client.post("/audit/verify", data=data, content_type="multipart/form-data")
    assert page.status_code == 200
    assert "Gói hỏng: phần" in page.text


@pytest.mark.usefixtures("log")
def test_a_bundle_that_unpacks_to_more_than_fits_is_left_to_the_program(
    world: World, as_: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what the zip says of itself, before any entry is read: it may be a bomb."""
    monkeypatch.setattr(verify.Verifier, "run", lambda *_: pytest.fail("it was read"))
    monkeypatch.setattr(views, "LARGEST_UNPACKED", 1_000_000)
    bomb = made_by_hand({"entries.ndjson": " " * 1_000_001})
    assert len(bomb) < 2_000
    inspector = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    form = inspector.get("/audit/verify").form("/audit/verify")
    data = form | {"file": (io.BytesIO(bomb), "goi.zip")}
    page = inspector.client.post("/audit/verify", data=data, content_type="multipart/form-data")
    assert "Gói quá lớn để kiểm ở đây" in page.text


def test_a_verdict_whose_ground_was_changed_is_told_in_red(
    world: World, log: Ledger, as_: Open
) -> None:
    cycle = world.bring(world.cycle(), CycleState.VERIFIED)
    told = "Nội dung đã bị thay đổi sau khi xác nhận"
    assert told not in as_(world.judge).get(f"/cycles/{cycle}").text
    break_in(world, f"UPDATE report SET result = 'Chưa làm' WHERE cycle_id = {cycle}")

    assert told in as_(world.judge).get(f"/cycles/{cycle}").text


def test_found_tampering_stands_under_the_inspectors_bell(
    world: World, log: Ledger, as_: Open
) -> None:
    log.sealer.seal()
    break_in(world, "UPDATE cycle SET state = 'completed' WHERE id = 1")
    log.verify_and_tell(world.door)
    expand(world.engine, world.now)

    page = as_(world.person(Role.INSPECTOR, INSPECTORATE)).get("/notifications")
    assert page.links["/audit"].startswith("Nhật ký hoặc dữ liệu đã bị sửa: cycle số 1")
    assert "Nhật ký hoặc" not in as_(world.head()).get("/notifications").text
