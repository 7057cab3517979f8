"""A sealed decision: whatever of it is changed beside the door is said in red."""

import hashlib
import io

import pytest
from sqlalchemy import select, text

from models.states import CycleState, Quality
from models.tables import AUDIT_ENTRY, CYCLE, REPORT
from tests.door.raw import unguarded
from tests.ledger.test_sealer import break_in, unguard
from tests.make import World
from tests.web.conftest import Open, as_, clock
from tests.web.reader import words
from workflow import canonical, evidence
from workflow.commands import cycles, results
from workflow.door import ajar
from workflow.evidence import What

__all__ = ["as_", "clock"]

TOLD = "Nội dung đã bị thay đổi sau khi xác nhận"
FILE = b"%PDF-1.7 so lieu"
OF_REPORT = "(SELECT document_id FROM report WHERE cycle_id = {cycle} AND status = 'verified')"
UNLINKED = "DELETE FROM report_attachment"
# What a superuser does -> what is no longer as it was.
TOUCHED: dict[str, set[What]] = {
    "UPDATE report SET result = 'Chưa làm' WHERE cycle_id = {cycle}": {What.REPORT},
    "UPDATE report SET number = 7 WHERE cycle_id = {cycle}": {What.REPORT},
    "UPDATE report SET late_days = 9 WHERE cycle_id = {cycle}": {What.REPORT},
    "UPDATE report SET capacity = 'KT' WHERE cycle_id = {cycle}": {What.REPORT},
    "UPDATE report SET quality = NULL WHERE cycle_id = {cycle}": {What.REPORT},
    "UPDATE report SET digest = 'x' WHERE cycle_id = {cycle}": {What.REPORT},
    "UPDATE report SET judged_digest = NULL WHERE cycle_id = {cycle}": {What.REPORT},
    "UPDATE report SET submitted_by_id = decided_by_id WHERE cycle_id = {cycle}": {What.REPORT},
    "UPDATE report SET status = 'draft' WHERE cycle_id = {cycle}": {What.REPORT},
    f"{UNLINKED}; DELETE FROM report WHERE cycle_id = {{cycle}}": {What.REPORT, What.ATTACHMENT},
    f"UPDATE document SET issued_on = '2026-01-31' WHERE id = {OF_REPORT}": {What.DOCUMENT},
    f"UPDATE document SET signer_name = 'Ai đó' WHERE id = {OF_REPORT}": {What.DOCUMENT},
    f"UPDATE document SET notation = '1/X' WHERE id = {OF_REPORT}": {What.DOCUMENT},
    UNLINKED: {What.ATTACHMENT},
    "UPDATE attachment SET name = 'khac.pdf'": {What.ATTACHMENT},
    "UPDATE attachment SET sha256 = 'x'": {What.ATTACHMENT},
    "UPDATE cycle SET report_id = NULL WHERE id = {cycle}": {What.CYCLE},
    "UPDATE cycle SET verified_at = NULL WHERE id = {cycle}": {What.CYCLE},
    "UPDATE cycle SET state = 'completed' WHERE id = {cycle}": {What.CYCLE},
    "UPDATE cycle SET late_days = 9 WHERE id = {cycle}": {What.CYCLE},
    "UPDATE cycle SET quality = NULL WHERE id = {cycle}": {What.CYCLE},
    "UPDATE audit_entry SET command = 'flag' WHERE command = 'verify'": {What.LOG},
    "UPDATE audit_entry SET actor_name = 'Ai đó' WHERE command = 'verify'": {What.LOG},
    "UPDATE audit_entry SET leaf_hash = 'x' WHERE command = 'verify'": {
        What.LOG, What.REPORT, What.CYCLE, What.DOCUMENT, What.ATTACHMENT,
    },
    "DELETE FROM audit_entry WHERE command = 'verify'": {
        What.LOG, What.REPORT, What.CYCLE, What.DOCUMENT, What.ATTACHMENT,
    },
    "UPDATE audit_entry SET object_id = 1 WHERE command = 'accept'": {What.LOG},
}  # fmt: skip


def verified(world: World) -> int:
    """A cycle whose report came with a file and was verified."""
    cycle = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    stored = world.app.extensions["dondoc"].files.put(io.BytesIO(FILE))
    file = results.AttachFile(cycle, stored.sha256, "so-lieu.pdf", stored.size, stored.media_type)
    world.do(file, world.head())
    world.do(world.report(cycle), world.head(number=2))
    world.do(results.VerifyResult(cycle, Quality.MET), world.judge)
    return cycle


def changed(world: World, cycle: int, *statements: str) -> set[What]:
    """What is seen to differ after these statements; nothing of them stays."""
    files = world.app.extensions["dondoc"].files
    with ajar("measurement"), unguarded(world.engine) as conn:
        unguard(conn)
        for statement in statements:
            conn.execute(text(statement))
        return {d.what for d in evidence.differences(conn, files, cycle)}


def test_whatever_of_a_verdict_is_changed_beside_the_door_is_seen(world: World) -> None:
    cycle = verified(world)

    assert changed(world, cycle) == set()
    for statements, what in TOUCHED.items():
        found = changed(world, cycle, *statements.format(cycle=cycle).split("; "))
        assert found >= what, statements


def test_every_column_of_the_report_and_its_cycle_is_under_the_verdict(world: World) -> None:
    cycle = verified(world)
    for table, key in ((CYCLE, "id"), (REPORT, "cycle_id")):
        for column in table.c:
            if column.name == "id" or column.foreign_keys or not column.nullable:
                continue
            with world.engine.connect() as conn:
                there = conn.execute(select(column).where(table.c[key] == cycle)).scalar()
            if there is not None:
                emptied = f"UPDATE {table.name} SET {column.name} = NULL WHERE {key} = {cycle}"
                assert changed(world, cycle, emptied), emptied


def test_a_verdict_no_entry_tells_of_is_seen(world: World) -> None:
    cycle = world.bring(world.cycle(), CycleState.REPORTED)

    assert changed(world, cycle) == set()
    claimed = f"UPDATE cycle SET state = 'verified' WHERE id = {cycle}"
    assert changed(world, cycle, claimed) == {What.LOG, What.CYCLE}


def test_a_verdict_stays_under_watch_when_the_cycle_goes_on(world: World) -> None:
    cycle = verified(world)
    completed = cycles.CompleteCycle(cycle, world.document("9/BC-UBND"))
    world.do(completed, world.chairman)
    assert changed(world, cycle) == set()
    world.do(cycles.ReopenCycle(cycle, "Số liệu sai", world.document("5/QĐ-UBND")), world.chairman)
    assert changed(world, cycle) == set()

    first = f"UPDATE report SET result = 'Khác' WHERE cycle_id = {cycle} AND status = 'verified'"
    assert changed(world, cycle, first) == {What.REPORT}


def test_a_file_with_another_content_is_named(world: World) -> None:
    cycle = verified(world)
    files = world.app.extensions["dondoc"].files
    path = files.path(hashlib.sha256(FILE).hexdigest())
    path.chmod(0o600)
    path.write_bytes(b"%PDF-1.7 khac")

    with world.engine.connect() as conn:
        found = evidence.differences(conn, files, cycle)

    assert found == [evidence.Difference(What.ATTACHMENT, "so-lieu.pdf")]


def test_an_entry_is_believed_only_with_its_hash(world: World) -> None:
    cycle = verified(world)
    with world.engine.connect() as conn:
        last = select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.command == "verify")
        entry = conn.execute(last).mappings().one()
    body = entry["body"].replace('"command":"verify"', '"command":"appraise"')
    assert canonical.leaf_hash(body) != entry["leaf_hash"]

    rewritten = body.replace("'", "''").replace(":", r"\:")
    found = changed(
        world, cycle, f"UPDATE audit_entry SET body = '{rewritten}' WHERE id = {entry['id']}"
    )

    assert What.LOG in found


@pytest.mark.parametrize(
    "gone", ["UPDATE cycle SET report_id = NULL", "UPDATE cycle SET verified_at = NULL"]
)
def test_the_page_says_it_in_red_even_where_no_report_stands(
    world: World, as_: Open, gone: str
) -> None:
    cycle = verified(world)
    assert TOLD not in as_(world.judge).get(f"/cycles/{cycle}").text
    break_in(world, f"{gone} WHERE id = {cycle}")

    page = as_(world.judge).get(f"/cycles/{cycle}")
    assert TOLD in page.text
    assert TOLD in words(page.all("div", class_="dd-box dd-box-grave")[0])
    assert "trạng thái, hạn và kết luận của kỳ" in page.text
