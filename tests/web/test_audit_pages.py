"""Nhật ký on the screen: filters in the address, one entry with its proof, nobody else's drafts."""

import hashlib
import re

import pytest
from sqlalchemy import select, update

from models.states import CycleState, Role
from models.tables import AUDIT_ENTRY
from tests.make import INSPECTORATE, LEAD, OTHER, STANDING, World
from tests.web.conftest import Open
from web.audit import views
from workflow.commands import results


@pytest.fixture
def reported(world: World) -> int:
    """A cycle whose report was sent, with a draft of another beside it."""
    draft = world.bring(world.cycle("II.6-a"), CycleState.IN_PROGRESS)
    world.do(results.SaveDraft(draft, "Bí mật của dự thảo"), world.officer())
    return world.bring(world.cycle(), CycleState.REPORTED)


def entry_of(world: World, command: str) -> int:
    with world.engine.connect() as conn:
        return int(
            conn.execute(
                select(AUDIT_ENTRY.c.id)
                .where(AUDIT_ENTRY.c.command == command)
                .order_by(AUDIT_ENTRY.c.id.desc())
            ).scalars().first()
            or 0
        )  # fmt: skip


def test_the_list_says_who_did_what_to_what(world: World, as_: Open, reported: int) -> None:
    page = as_(world.person(Role.INSPECTOR, INSPECTORATE)).get("/audit")

    assert page.h1 == "Nhật ký"
    assert "Gửi báo cáo kết quả theo văn bản 12/BC-THU" in page.text
    assert "Người head2.so-chu-tri" in page.text
    assert page.links[f"/cycles/{reported}"].startswith("II.2-a")
    assert "Đang thực hiện → Đã báo cáo" in page.text


def test_the_filters_stand_in_the_address_and_in_the_form(
    world: World, as_: Open, reported: int
) -> None:
    reader = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    query = (
        f"/audit?who=head2&agency={LEAD}&task=II.2-a&command=report&from=1%2F3%2F2026&to=02/03/2026"
    )

    page = reader.get(query)

    form = page.form("/audit")
    assert form["who"] == "head2"
    assert form["agency"] == LEAD
    assert (form["from"], form["to"]) == ("1/3/2026", "02/03/2026")
    assert page.html.count("dd-wide") == 1
    nothing = reader.get("/audit?command=report&to=01/03/2026")
    assert "Không có dòng nhật ký nào" in nothing.text


def test_older_entries_are_one_link_away_and_the_filters_go_along(world: World, as_: Open) -> None:
    world.open_year(2027)
    world.open_year(2028)
    reader = as_(world.person(Role.INSPECTOR, INSPECTORATE))

    first = reader.get("/audit?from=01/01/2020")
    older = next(href for href, words in first.links.items() if words == "Cũ hơn")
    second = reader.get(older)

    assert older.startswith("/audit?from=01/01/2020&before=")
    first_ids = {h for h in first.links if re.fullmatch(r"/audit/\d+", h)}
    second_ids = {h for h in second.links if re.fullmatch(r"/audit/\d+", h)}
    assert len(first_ids) == 50
    assert not first_ids & second_ids
    assert "/audit?from=01/01/2020" in second.links


@pytest.mark.parametrize("before", ["x", "-1", "1.5", "99999999"])
def test_a_place_that_is_not_in_the_log_is_not_found(world: World, as_: Open, before: str) -> None:
    as_(world.person(Role.INSPECTOR, INSPECTORATE)).get(f"/audit?before={before}", status=404)


def test_an_entry_shows_the_act_the_changes_and_the_proof(
    world: World, as_: Open, reported: int
) -> None:
    entry_id = entry_of(world, "report")
    with world.engine.connect() as conn:
        row = conn.execute(select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.id == entry_id)).one()

    page = as_(world.person(Role.INSPECTOR, INSPECTORATE)).get(f"/audit/{entry_id}")

    (body,) = page.all("code")
    shown = "".join(body.itertext())
    assert hashlib.sha256(b"\x00" + shown.encode()).hexdigest() == row.leaf_hash
    assert row.leaf_hash in page.text
    assert "first_sent_on_time" in page.text
    assert "đã bị sửa" not in page.text


def test_an_entry_that_no_longer_fits_its_hash_says_so(
    world: World, as_: Open, reported: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "leaf_hash", lambda body: "0" * 64)

    page = as_(world.person(Role.INSPECTOR, INSPECTORATE)).get(
        f"/audit/{entry_of(world, 'report')}"
    )

    assert "Dòng nhật ký đã bị sửa" in page.text


def test_an_entry_of_others_does_not_exist(world: World, as_: Open, reported: int) -> None:
    draft = entry_of(world, "save_draft")

    assert "Bí mật của dự thảo" in as_(world.head()).get(f"/audit/{draft}").text
    for who in (world.judge, world.office, world.chairman, world.head(OTHER)):
        page = as_(who).get(f"/audit/{draft}", status=404)
        assert "Bí mật" not in page.html
    as_(world.head()).get("/audit/99999999", status=404)


def test_the_administrator_reads_no_word_of_a_report(
    world: World, as_: Open, reported: int
) -> None:
    admin = as_(world.person(Role.ADMIN, STANDING))

    everything = admin.get("/audit").html
    for command in ("report", "save_draft", "assign", "load_plan"):
        admin.get(f"/audit/{entry_of(world, command)}", status=404)

    assert "Đã làm xong" not in everything
    assert "Bí mật" not in everything
    assert "Thêm tài khoản" in everything


def test_what_people_type_is_shown_and_never_run(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle(), CycleState.REPORTED)
    nasty = "<script>alert(1)</script>\u202e“&amp;”"
    world.do(results.WithdrawReport(cycle_id, nasty), world.head())

    for path in ("/audit", f"/audit/{entry_of(world, 'withdraw')}"):
        page = as_(world.head()).get(path)
        assert "<script>alert" not in page.html
        assert "<script>alert(1)</script>" in page.text


def test_nobody_can_write_to_the_log_from_the_web(world: World, as_: Open) -> None:
    reader = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(reader.client, method)("/audit/1", data={"csrf_token": reader.token})
        assert answer.status_code == 405
    with world.engine.connect() as conn, pytest.raises(RuntimeError):
        conn.execute(update(AUDIT_ENTRY).values(reason="khác"))
