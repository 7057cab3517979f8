"""Whatever goes wrong with the log is told to those who watch it, until it is really told."""

import re
import threading
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cli import scheduler
from ledger import keys, lag, sealer
from ledger.sealer import Sealer, Unsealable
from ledger.service import SILENT, Ledger
from models.states import Role
from models.tables import AUDIT_ENTRY, NOTICE
from notifications.expand import expand
from notifications.plan import TO_WATCHERS, retold
from tests.ledger.test_read_only import restored
from tests.ledger.test_sealer import break_in
from tests.make import INSPECTORATE, STANDING, UBND, World, on
from tests.visitors import Visitor, set_clock
from tests.web.conftest import Open, as_, clock
from web.ledger import findings
from workflow.commands.ledger import TakeExport
from workflow.door import Door
from workflow.law.facts import SYSTEM

__all__ = ["as_", "clock"]


def watchers(world: World) -> set[int]:
    """Inspectors and VP UBND; the administrator hears of it too, and never alone."""
    return {
        world.person(role, agency, number).person_id or 0
        for role, agency, number in (
            (Role.INSPECTOR, INSPECTORATE, 1),
            (Role.OFFICE, UBND, 1),
            (Role.OFFICE, UBND, 2),
            (Role.ADMIN, STANDING, 1),
        )
    }


def told(world: World, name: str) -> list[tuple[int, str]]:
    """Who found what under the bell, after everything waiting is told."""
    expand(world.engine, world.now)
    with world.engine.connect() as conn:
        found = select(NOTICE.c.person_id, NOTICE.c.text).where(
            NOTICE.c.name == name, NOTICE.c.is_urgent
        )
        return [(row.person_id, row.text) for row in conn.execute(found)]


def who_was_told(world: World, name: str) -> set[int]:
    return {person for person, _ in told(world, name)}


def entries_of(world: World, command: str) -> int:
    with world.engine.connect() as conn:
        found = select(AUDIT_ENTRY.c.id).where(AUDIT_ENTRY.c.command == command)
        return len(conn.execute(found).all())


def harm(world: World) -> None:
    break_in(world, "UPDATE cycle SET state = 'completed' WHERE id = 1")


def mend(world: World) -> None:
    break_in(world, "UPDATE cycle SET state = 'assigned' WHERE id = 1")


def door_of(world: World) -> Door:
    door: Door = world.app.extensions["dondoc"].door
    return door


# ------------------------------------------------------------------------------ tampering


def test_a_log_that_was_cut_short_is_told_while_the_system_is_read_only(
    world: World, log: Ledger
) -> None:
    restored(world, log)
    door = door_of(world)
    assert door.closed()

    for _ in range(2):
        assert not log.verify_and_tell(door)["ok"]

    assert entries_of(world, "record_tampering") == 1
    assert who_was_told(world, "tampering_found") == watchers(world)


def test_what_could_not_be_told_is_told_at_the_next_look(
    world: World, log: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.cycle()
    log.sealer.seal()
    harm(world)

    def full(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(Door, "perform", full)
        with pytest.raises(OSError, match="no space"):
            log.verify_and_tell(world.door)
    assert told(world, "tampering_found") == []
    log.verify_and_tell(world.door)

    assert who_was_told(world, "tampering_found") == watchers(world)


def test_the_same_harm_is_told_again_once_it_had_been_mended(world: World, log: Ledger) -> None:
    world.cycle()
    log.sealer.seal()
    for expected in (1, 2):
        harm(world)
        for _ in range(2):
            assert not log.verify_and_tell(world.door)["ok"]
        assert entries_of(world, "record_tampering") == expected
        mend(world)
        assert log.verify_and_tell(world.door)["ok"]


def test_a_look_at_what_is_new_takes_nothing_bad_back(world: World, log: Ledger) -> None:
    """It may be well beside what was changed further back; the same is told no second time."""
    world.cycle()
    log.sealer.seal()
    assert log.verify_and_tell(world.door)["ok"]
    harm(world)
    for _ in range(2):
        assert not log.verify_and_tell(world.door)["ok"]
        assert log.verify_and_tell(world.door, whole=False)["ok"]

    assert entries_of(world, "record_tampering") == 1


def test_a_look_that_cannot_be_made_is_told_the_second_time_in_a_row(
    world: World, log: Ledger
) -> None:
    """Else whoever garbles a file silences the alarm."""
    log.sealer.seal()
    good = (log.folder / keys.PUBLIC).read_bytes()
    for again in range(2):
        (log.folder / keys.PUBLIC).write_text("không phải khóa\n", encoding="utf-8")
        with pytest.raises(UnicodeDecodeError):
            log.verify_and_tell(world.door)
        assert entries_of(world, "record_tampering") == 0, again
        (log.folder / keys.PUBLIC).write_bytes(good)
        assert log.verify_and_tell(world.door, whole=False)["ok"]

    (log.folder / keys.PUBLIC).write_text("không phải khóa\n", encoding="utf-8")
    for _ in range(3):
        with pytest.raises(UnicodeDecodeError):
            log.verify_and_tell(world.door)

    assert entries_of(world, "record_tampering") == 1
    ((_, text), *_) = told(world, "tampering_found")
    assert "Không kiểm chứng được" in text


# ------------------------------------------------------------------------------ key and epoch


def test_a_new_epoch_is_told_to_those_who_watch(world: World, log: Ledger) -> None:
    restored(world, log)
    log.new_epoch("Hỏng ổ đĩa", "12/BB-VPUBND")

    assert who_was_told(world, "epoch_opened") == watchers(world)
    assert {text for _, text in told(world, "epoch_opened")} == {
        "Mở kỳ nhật ký mới sau khi mất phần cuối: Hỏng ổ đĩa"
    }


def test_a_new_key_is_told_to_those_who_watch(world: World, log: Ledger) -> None:
    log.sealer.seal()
    log.rotate(world.door, "Thay khóa định kỳ")

    assert who_was_told(world, "key_rotated") == watchers(world)


def test_no_alarm_goes_to_the_administrator_alone() -> None:
    for roles in TO_WATCHERS.values():
        assert {Role.INSPECTOR, Role.OFFICE} <= set(roles)


# ------------------------------------------------------------------------------ sealing


def lag_of(log: Ledger) -> lag.Lag:
    with log.engine.connect() as conn:
        return lag.of(conn, log.folder)


def test_entries_that_wait_too_long_are_told_once(
    world: World, log: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.sealer.seal()
    assert lag_of(log).since is None
    world.do(TakeExport("1/QĐ-TTr", "Tất cả"), SYSTEM)
    began = world.now

    for minutes, expected in ((15, 0), (16, 1), (120, 1)):
        monkeypatch.setattr(log, "_now", lambda m=minutes: began + timedelta(minutes=m))
        log.tell_if_unsealed(world.door)
        assert entries_of(world, "record_unsealed") == expected

    assert who_was_told(world, "left_unsealed") == watchers(world)
    ((_, text), *_) = told(world, "left_unsealed")
    assert text == f"Có mục nhật ký chưa được niêm phong từ 12:00 02/03/2026: {SILENT}"
    english = retold("left_unsealed", text, str, str)
    assert english == text.rstrip(": ")


def test_sealing_that_stops_a_second_time_is_told_a_second_time(world: World, log: Ledger) -> None:
    for expected in (1, 2):
        log.sealer.seal()
        world.do(TakeExport("1/QĐ-TTr", "Tất cả"), SYSTEM)
        world.today += timedelta(days=1)
        log.tell_if_unsealed(world.door)
        assert entries_of(world, "record_unsealed") == expected


def run_once(works: Sealer, seal: Iterable[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The sealer's own loop, in which seal() answers so, one turn each."""
    stop, answers = threading.Event(), list(seal)

    def turn() -> None:
        answer = answers.pop(0)
        if not answers:
            stop.set()
        if answer is not None:
            raise answer

    monkeypatch.setattr(works, "seal", turn)
    works.run(stop, every=0.0)


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (Unsealable("fork", "Hai niêm phong khác nhau ở cùng một kích thước."), "fork"),
        (keys.BadKeyFile("Khóa ai cũng đọc được."), "key"),
        (RuntimeError("broken"), "failed"),
    ],
)
def test_what_holds_the_sealer_up_is_kept_until_it_seals_again(
    world: World, log: Ledger, monkeypatch: pytest.MonkeyPatch, problem: Exception, code: str
) -> None:
    run_once(log.sealer, [problem], monkeypatch)
    first = lag_of(log).obstacle
    with on(world, world.today + timedelta(days=1)):
        run_once(log.sealer, [problem], monkeypatch)

    assert first is not None
    assert first.code == code
    assert first.since == world.now
    assert lag_of(log).obstacle == first
    run_once(log.sealer, [None], monkeypatch)
    assert lag_of(log).obstacle is None


def test_a_refusal_is_told_with_its_reason_even_when_no_entry_waits(
    world: World, log: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.sealer.seal()
    why = "Hai niêm phong khác nhau ở cùng một kích thước."
    run_once(log.sealer, [Unsealable("fork", why)], monkeypatch)
    with on(world, world.today + timedelta(days=1)):
        log.tell_if_unsealed(world.door)

    assert who_was_told(world, "left_unsealed") == watchers(world)
    assert all(why in text for _, text in told(world, "left_unsealed"))


def test_an_obstacle_that_cannot_be_kept_does_not_end_the_sealer(
    world: World, log: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(lag, "keep_obstacle", full)

    run_once(log.sealer, [RuntimeError("broken"), None], monkeypatch)


def test_an_entry_whose_id_came_early_and_whose_commit_came_late_is_seen(
    world: World, log: Ledger
) -> None:
    log.sealer.seal()
    with world.engine.connect() as conn:
        early = conn.execute(
            select(AUDIT_ENTRY.c.uid).order_by(AUDIT_ENTRY.c.id.desc()).offset(3).limit(1)
        ).scalar()
    break_in(world, f"DELETE FROM ledger_place WHERE entry_uid = '{early}'")

    assert lag_of(log).oldest is not None


def test_the_timetable_watches_over_sealing(world: World) -> None:
    assert "watch-sealing" in {
        job.name for job in scheduler.timetable(world.app.extensions["dondoc"])
    }


# ------------------------------------------------------------------------------ what pages say


SCREENS = (("/audit", Role.INSPECTOR, INSPECTORATE), ("/admin/jobs", Role.ADMIN, STANDING))


@pytest.mark.parametrize(("path", "role", "agency"), SCREENS)
def test_pages_say_how_long_entries_wait(
    world: World, log: Ledger, as_: Open, path: str, role: Role, agency: str
) -> None:
    reader = as_(world.person(role, agency))
    log.sealer.seal()
    assert "chờ lâu nhất:" not in reader.get(path).text
    world.do(TakeExport("1/QĐ-TTr", "Tất cả"), SYSTEM)
    clock = set_clock(world.app, world.now + timedelta(minutes=12))
    page = reader.get(path).text
    assert "12 phút" in page
    assert "Nhật ký không được niêm phong" not in page

    clock.move(minutes=14)

    page = reader.get(path).text
    assert "26 phút" in page
    assert "Từ 12:00 02/03/2026 không mục nào được niêm phong" in page
    assert "Bộ niêm phong không chạy" in page


@pytest.mark.parametrize(("path", "role", "agency"), SCREENS)
def test_pages_say_why_the_sealer_refuses(
    world: World,
    log: Ledger,
    as_: Open,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    role: Role,
    agency: str,
) -> None:
    why = "Lịch sử không nối tiếp niêm phong đã ký."
    run_once(log.sealer, [Unsealable("inconsistent", why)], monkeypatch)

    page = as_(world.person(role, agency)).get(path)

    assert f"Bộ niêm phong từ chối: {why}" in page.text


def test_a_bad_finding_stays_in_red_above_the_log(world: World, log: Ledger, as_: Open) -> None:
    reader = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    world.cycle()
    log.sealer.seal()
    log.verify_and_tell(world.door)
    assert "kiểm chứng đạt" in reader.get("/audit").text
    harm(world)
    log.verify_and_tell(world.door)
    log.verify_and_tell(world.door, whole=False)

    assert "Nhật ký không khớp" in reader.get("/audit").text


def test_a_look_that_could_not_be_made_is_not_called_tampering(
    world: World, log: Ledger, as_: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(log, "verify_whole", broken)
    with pytest.raises(RuntimeError):
        log.verify_and_tell(world.door)

    page = as_(world.person(Role.INSPECTOR, INSPECTORATE)).get("/audit").text
    assert "Chưa kiểm chứng được" in page
    assert "đã bị sửa" not in page
    assert "không làm được" in as_(world.person(Role.ADMIN, STANDING)).get("/admin/jobs").text


def test_a_system_whose_entries_wait_is_not_ready(
    world: World, log: Ledger, as_: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(world.app)
    log.sealer.seal()
    world.do(TakeExport("1/QĐ-TTr", "Tất cả"), SYSTEM)
    clock = set_clock(world.app, world.now + lag.LONGEST)
    assert visitor.get("/readyz").text == "ready\n"

    clock.move(seconds=1)
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.text) == (
        503,
        "sealer, behind since 2026-03-02T05:00:00+00:00\n",
    )
    run_once(log.sealer, [Unsealable("root", "Gốc cây băm tính lại khác gốc đã ký.")], monkeypatch)
    # What is wrong is for those who sign in: a stranger hears the code.
    assert visitor.get("/readyz").text.splitlines()[0] == "sealer, refuses: root"


def test_every_refusal_of_the_sealer_has_words_in_other_languages() -> None:
    source = Path(sealer.__file__).read_text("utf-8")
    codes = set(re.findall(r'(?:Unsealable|Behind|_held_up)\(\s*"(\w+)"', source))

    assert len(codes) > 8
    assert codes == set(findings.OBSTACLES)
