"""A backup taken while people write is whole; an old one refuses to be written to."""

import hashlib
import json
import tarfile
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select

from cli.database import upgrade
from ledger import backup, keys, place, verify
from ledger.service import Ledger
from ledger.source import Database
from models.database import install_manners
from models.states import CycleState
from models.tables import metadata
from tests import engines
from tests.ledger.conftest import SIGNER
from tests.make import World
from workflow.commands.cycles import UpdateProgress
from workflow.commands.results import AttachFile
from workflow.door import Door, guard
from workflow.law.errors import Refused

FILE = b"%PDF-1.7 so lieu kem theo bao cao"
SHA256 = hashlib.sha256(FILE).hexdigest()


@pytest.fixture
def empty(databases: engines.Databases, schema_template: str, tmp_path: Path) -> str:
    """Where the backup is put: no file on SQLite, an empty schema on PostgreSQL."""
    if isinstance(databases, engines.SqliteDatabases):
        return f"sqlite:///{tmp_path / 'restored.sqlite3'}"
    return databases.copy(schema_template)


def test_a_backup_under_load_is_whole(
    world: World, log: Ledger, empty: str, tmp_path: Path
) -> None:
    cycle = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    world.do(AttachFile(cycle, SHA256, "so-lieu.pdf", len(FILE), "application/pdf"), world.head())
    (log.files / SHA256[:2]).mkdir(parents=True)
    (log.files / SHA256[:2] / SHA256).write_bytes(FILE)
    log.sealer.seal()
    head, stop = world.head(), threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            world.do(UpdateProgress(cycle, n % 100, f"Bước {n}"), head)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        target = tmp_path / "sao-luu.tar"
        settings = world.app.extensions["dondoc"].settings
        made = backup.create(log.engine, settings.home, log.files, target, upgrade)
    finally:
        stop.set()
        writer.join()
    with pytest.raises(backup.BadBackup, match="đã có"):
        backup.create(log.engine, settings.home, log.files, target, upgrade)
    new_home = tmp_path / "new"
    new_home.mkdir()

    told, aside = backup.restore(target, empty, new_home, new_home / "files", upgrade)

    assert aside is None
    assert told["size"] == made["size"]
    restored = new_home / "files" / SHA256[:2] / SHA256
    engine = create_engine(empty)
    install_manners(engine)
    with engine.connect() as conn:
        for table in metadata.sorted_tables:
            there = conn.execute(select(func.count()).select_from(table)).scalar_one()
            assert there == made["tables"][table.name], table.name
        source = Database(conn, new_home / "files")
        key = verify.Key(str(SIGNER.public))
        found = verify.Verifier(source, [key], [made["note"]]).run()
        assert found["ok"], verify.say(found)
        restored.write_bytes(FILE[::-1])
        found = verify.Verifier(source, [key], [made["note"]]).run()
    engine.dispose()
    assert [c["name"] for c in found["checks"] if not c["ok"]] == ["attachments"]
    assert not (place.folder_of(new_home) / keys.KEY).exists()


def test_what_was_put_back_is_verified_by_the_program_alone(
    world: World, log: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From either engine to a file, with its attachments and every head of its folder."""
    cycle = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    world.do(AttachFile(cycle, SHA256, "so-lieu.pdf", len(FILE), "application/pdf"), world.head())
    (log.files / SHA256[:2]).mkdir(parents=True)
    (log.files / SHA256[:2] / SHA256).write_bytes(FILE)
    log.sealer.seal()
    settings = world.app.extensions["dondoc"].settings
    target, home = tmp_path / "sao-luu.tar", tmp_path / "new"
    backup.create(log.engine, settings.home, log.files, target, upgrade)
    home.mkdir()
    database = home / "dondoc.sqlite3"
    backup.restore(target, f"sqlite:///{database}", home, home / "files", upgrade)
    folder = place.folder_of(home)
    words = [str(database), "--key", str(folder / keys.PUBLIC), "--files", str(home / "files")]
    words += ["--checkpoint", str(folder / place.LOG), "--json"]

    assert verify.main(words) == 0
    told = {c["name"]: c for c in json.loads(capsys.readouterr().out)["checks"]}
    assert [c["skipped"] for c in told.values()] == [False] * 7
    (home / "files" / SHA256[:2] / SHA256).unlink()
    assert verify.main(words) == 1
    told = {c["name"]: c for c in json.loads(capsys.readouterr().out)["checks"]}
    assert [name for name, c in told.items() if not c["ok"]] == ["attachments"]


def test_an_old_backup_refuses_to_be_written_to(
    world: World, log: Ledger, empty: str, tmp_path: Path
) -> None:
    cycle = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    log.sealer.seal()
    settings = world.app.extensions["dondoc"].settings
    target = tmp_path / "cu.tar"
    backup.create(log.engine, settings.home, log.files, target, upgrade)
    world.do(UpdateProgress(cycle, 50, "Sau khi sao lưu"), world.head())
    last = log.sealer.seal()
    assert last is not None

    backup.restore(target, empty, settings.home, log.files, upgrade)
    engine = create_engine(empty)
    install_manners(engine)
    guard(engine)
    old = Ledger(engine, settings.home, log.files, lambda: world.now)
    closed = Door(engine, place.watch(engine, old.folder))
    with pytest.raises(Refused) as refused:
        closed.perform(UpdateProgress(cycle, 60, "Không được"), world.head(), world.now)
    assert str(last.checkpoint.size) in refused.value.refusals[0].detail["missing"]

    old.new_epoch("Hỏng ổ đĩa", "12/BB-VPUBND")
    opened = Door(engine, place.watch(engine, old.folder))
    opened.perform(UpdateProgress(cycle, 60, "Làm lại"), world.head(), world.now)
    old.sealer.seal()
    found = old.verify()
    engine.dispose()
    assert found["ok"], verify.say(found)


def test_a_backup_that_was_touched_is_refused(world: World, log: Ledger, tmp_path: Path) -> None:
    settings = world.app.extensions["dondoc"].settings
    target = tmp_path / "hong.tar"
    backup.create(log.engine, settings.home, log.files, target, upgrade)
    data = bytearray(target.read_bytes())
    data[len(data) // 2] ^= 1
    target.write_bytes(bytes(data))
    with pytest.raises(backup.BadBackup):
        backup.restore(
            target, f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path, tmp_path / "files", upgrade
        )


@pytest.mark.parametrize(
    ("name", "kind"),
    [("../outside", tarfile.REGTYPE), ("/tmp/outside", tarfile.REGTYPE), ("in", tarfile.SYMTYPE)],
)
def test_a_backup_that_reaches_outside_is_refused(tmp_path: Path, name: str, kind: bytes) -> None:
    home = tmp_path / "home"
    home.mkdir()
    source = tmp_path / "trap.tar"
    with tarfile.open(source, "w") as tar:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "/etc/passwd"
        tar.addfile(member)

    with pytest.raises(backup.BadBackup):
        backup.restore(source, "sqlite://", home, tmp_path / "files", upgrade)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "trap.tar"]
