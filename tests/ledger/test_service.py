"""Exports, receipts, witnesses, a new key, a new epoch: what the log gives to those outside."""

import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from ledger import bundle, issue, keys, place, store, verify
from ledger.checkpoint import PublicKey, Signer, sign
from ledger.service import Ledger
from ledger.source import database
from models.states import CycleState, Role
from models.tables import AUDIT_ENTRY, LEDGER_CHECK
from notifications.expand import expand
from notifications.notices import not_mailed
from notifications.render import Reader, render
from tests.ledger.conftest import KEY, SIGNER
from tests.ledger.test_sealer import break_in
from tests.make import INSPECTORATE, STANDING, UBND, World
from workflow.commands.ledger import TakeExport
from workflow.commands.years import OpenYear
from workflow.door import Door
from workflow.law.errors import Reason, Refused
from workflow.law.facts import SYSTEM


def test_a_bundle_is_verified_without_the_house(
    world: World, log: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world.bring(world.cycle(), CycleState.COMPLETED)
    log.sealer.seal()
    path = tmp_path / "goi.zip"
    with database(log.engine, log.files) as source, path.open("wb") as file:
        bundle.write(file, source, log.key_lines(), {"decision": "1/QĐ-TTr"})

    assert verify.main([str(path), "--key", log.key_lines()[0], "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [c["ok"] for c in found["checks"]] == [True] * 7
    with zipfile.ZipFile(path) as zipped:
        assert {"verify.py", "verify.html", "HUONG-DAN.txt", "key.txt"} <= set(zipped.namelist())
        secrets = zipped.read("tables/person.ndjson").decode()
        assert "argon2" not in secrets
        zipped.extractall(tmp_path / "unpacked")
    entries = tmp_path / "unpacked" / "entries.ndjson"
    entries.write_text(entries.read_text("utf-8").replace("so-chu-tri", "so-khac", 1), "utf-8")

    assert verify.main([str(tmp_path / "unpacked")]) == 1


def test_a_receipt_of_the_living_log_is_checked_offline(
    world: World, log: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world.bring(world.cycle(), CycleState.REPORTED)
    sealed = log.sealer.seal()
    assert sealed is not None
    with world.engine.connect() as conn:
        last = conn.execute(select(AUDIT_ENTRY.c.uid).order_by(AUDIT_ENTRY.c.id.desc())).scalar()
        position = store.position_of(conn, str(last))
        assert position is not None
        found = issue.receipt(conn, position)
        assert issue.receipt(conn, sealed.checkpoint.size) is None
    assert found is not None
    path = tmp_path / issue.file_name(position)
    path.write_text(found.render(), encoding="utf-8", newline="")

    assert verify.main([str(path), "--key", log.key_lines()[0]]) == 0
    assert "report" in capsys.readouterr().out
    path.write_text(found.render().replace("index ", "index 1"), encoding="utf-8")
    assert verify.main([str(path), "--key", log.key_lines()[0]]) == 1


def test_what_the_witness_refuses(world: World, log: Ledger, tmp_path: Path) -> None:
    first = log.sealer.seal()
    world.cycle(year=2025)
    second = log.sealer.seal()
    assert first is not None
    assert second is not None
    key = PublicKey.parse(log.key_lines()[0])
    name = "thanh-tra.example"
    mine = keys.make(tmp_path / "witness", name)
    witness = issue.Witness(tmp_path / "witness", key)
    a, b = first.checkpoint.size, second.checkpoint.size
    with world.engine.connect() as conn:
        proof = issue.proof_between(conn, a, b)

    signed = witness.cosign(0, [], first.note, mine)
    assert verify.Note(signed).signed_by(verify.Key(str(mine.public)))
    other = Signer("example.com/dondoc/other", KEY)
    unknown = sign(first.checkpoint, Signer(SIGNER.name, mine.key))
    foreign = sign(
        first.checkpoint.__class__("other/1", 1, bytes(32), "2026-01-01T00:00:00.000Z"), SIGNER
    )
    for status, old, given, note in (
        (403, a, proof, unknown),
        (403, a, proof, sign(second.checkpoint, other)),
        (404, 0, [], foreign),
        (409, 0, proof, second.note),
        (422, a, proof[:-1], second.note),
        (422, a, [bytes(32), *proof[1:]], second.note),
        (400, b + 1, proof, second.note),
    ):
        with pytest.raises(issue.Refusal) as refused:
            witness.cosign(old, given, note, mine)
        assert refused.value.status == status
        last = witness.last(first.checkpoint.origin)
        assert last is not None
        assert last.size == a
    assert witness.cosign(a, proof, second.note, mine)
    with pytest.raises(issue.Refusal) as refused:
        witness.cosign(b, [], first.note, mine)
    assert refused.value.status == 400
    asked = issue.request(a, proof, second.note)
    assert issue.parse_request(asked) == (a, proof, second.note)


def test_a_new_key_is_named_by_the_old_one(world: World, log: Ledger, tmp_path: Path) -> None:
    log.sealer.seal()
    first_key = log.key_lines()[0]
    world.cycle(year=2025)
    log.rotate(world.door, "Thay khóa định kỳ")
    world.cycle(year=2024)
    log.sealer.seal()

    assert len(log.key_lines()) == 2
    found = log.verify(given=[first_key])
    assert found["ok"], verify.say(found)
    # Whoever trusts only the new key has no way to the old heads.
    assert not log.verify(given=[log.key_lines()[1]])["ok"]


def test_a_key_that_nobody_named_is_not_believed(world: World, log: Ledger) -> None:
    log.sealer.seal()
    keys.make(log.folder, SIGNER.name)
    world.cycle(year=2025)
    (log.folder / "head").unlink()
    (log.folder / "checkpoints.log").unlink()
    break_in(world, "DELETE FROM ledger_checkpoint", "DELETE FROM ledger_place")
    log.sealer.seal()

    found = log.verify()
    assert not found["ok"]


def roll_back(world: World, size: int) -> None:
    """What restoring an older database does to the log."""
    break_in(
        world,
        f"DELETE FROM ledger_checkpoint WHERE size > {size}",
        f"CREATE TABLE gone AS SELECT entry_uid FROM ledger_place WHERE position >= {size}",
        f"DELETE FROM ledger_place WHERE position >= {size}",
        "DELETE FROM audit_entry WHERE uid IN (SELECT entry_uid FROM gone)",
        "DROP TABLE gone",
    )


def test_an_old_database_is_read_only_until_a_new_epoch(world: World, log: Ledger) -> None:
    first = log.sealer.seal()
    assert first is not None
    # An act that changes no row: what is kept still agrees with the tables when it is lost.
    world.do(TakeExport("1/QĐ-TTr", "Tất cả"), SYSTEM)
    second = log.sealer.seal()
    assert second is not None
    roll_back(world, first.checkpoint.size)
    closed = Door(world.engine, place.watch(world.engine, log.folder))
    with pytest.raises(Refused) as refused:
        closed.perform(OpenYear(world.plan, 2027), SYSTEM, world.now)
    assert refused.value.refusals[0].reason is Reason.READ_ONLY
    assert str(second.checkpoint.size) in refused.value.refusals[0].detail["missing"]

    sealed = log.new_epoch("Hỏng ổ đĩa", "12/BB-VPUBND")

    assert sealed is not None
    assert sealed.checkpoint.origin.endswith("/2")
    opened = Door(world.engine, place.watch(world.engine, log.folder))
    opened.perform(OpenYear(world.plan, 2027), SYSTEM, world.now)
    log.sealer.seal()
    found = log.verify()
    assert found["ok"], verify.say(found)
    assert "đã mất khi mở kỳ 2" in found["notices"][0]


def test_a_lost_tail_nobody_owned_up_to_stays_bad(world: World, log: Ledger) -> None:
    first = log.sealer.seal()
    world.cycle(year=2025)
    log.sealer.seal()
    assert first is not None
    roll_back(world, first.checkpoint.size)

    found = log.verify()
    bad = {c["name"]: c for c in found["checks"]}["checkpoints"]
    assert (bad["ok"], bad["first_bad"]) == (False, first.checkpoint.size)


def test_what_the_system_finds_about_itself_is_told_once(world: World, log: Ledger) -> None:
    """Not to the administrator alone, who may be the one it is about."""
    world.cycle()
    log.sealer.seal()
    assert log.verify_and_tell(world.door)["ok"]
    break_in(world, "UPDATE cycle SET state = 'completed' WHERE id = 1")

    for _ in range(2):
        assert not log.verify_and_tell(world.door)["ok"]
        expand(world.engine, world.now)

    with world.engine.connect() as conn:
        told = conn.execute(
            select(AUDIT_ENTRY.c.id).where(AUDIT_ENTRY.c.command == "record_tampering")
        ).all()
        kept = conn.execute(select(LEDGER_CHECK.c.is_ok).order_by(LEDGER_CHECK.c.id)).scalars()
        assert len(told) == 1
        assert list(kept) == [True, False, False]
        lines = not_mailed(conn, world.today, is_urgent=True)
    watchers = {
        world.person(role, agency, number).person_id
        for role, agency, number in (
            (Role.INSPECTOR, INSPECTORATE, 1),
            (Role.OFFICE, UBND, 1),
            (Role.OFFICE, UBND, 2),
            (Role.ADMIN, STANDING, 1),
        )
    }
    assert sorted(n.person_id for n in lines) == sorted(w for w in watchers if w)
    mail = render(Reader("Nguyễn Văn An", "an@example.vn", "Thanh tra"), lines[:1], world.today, "")
    assert mail.subject == "Nhật ký hoặc dữ liệu đã bị sửa"
    assert "cycle số 1: cột state khác với các mục" in mail.text
    assert "/audit" in mail.html
    assert "Chủ trì" not in mail.text
