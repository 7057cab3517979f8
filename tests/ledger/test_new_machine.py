"""A backup put back where nothing of the log has ever been: what tells that it is an old one."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from cli.database import upgrade
from ledger import backup, keys, place, store
from ledger.checkpoint import Signer
from ledger.service import Ledger
from tests import engines
from tests.conftest import application, settings_for
from tests.ledger.conftest import SIGNER
from tests.ledger.test_outside import ANOTHER, WITNESS, cli, signed
from tests.make import World
from workflow import seals
from workflow.commands.cycles import UpdateProgress
from workflow.commands.ledger import TakeExport
from workflow.law.errors import Reason, Refused
from workflow.law.facts import SYSTEM

Machine = Callable[[], AbstractContextManager[Flask]]


@pytest.fixture
def machine(databases: engines.Databases, schema_template: str, tmp_path: Path) -> Machine:
    """A machine on which nothing of the log has ever been."""
    made = 0

    @contextmanager
    def new() -> Iterator[Flask]:
        nonlocal made
        made += 1
        home = tmp_path / f"machine-{made}"
        home.mkdir()
        url = databases.copy(schema_template)
        try:
            with application(settings_for(home, url)) as app:
                yield app
        finally:
            databases.drop(url)

    return new


@pytest.fixture
def saved(world: World, log: Ledger, tmp_path: Path) -> Path:
    """A backup under one head, after which there was another."""
    log.sealer.seal()
    settings = world.app.extensions["dondoc"].settings
    target = tmp_path / "sao-luu.tar"
    backup.create(log.engine, settings.home, log.files, target, upgrade)
    world.do(TakeExport("1/QĐ-TTr", "Tất cả"), SYSTEM)
    log.sealer.seal()
    return target


def notes(world: World) -> list[seals.Seal]:
    """Every head of the world, as it leaves the house."""
    with world.engine.connect() as conn:
        told = conn.exec_driver_sql(
            "SELECT note, origin, size, root FROM ledger_checkpoint ORDER BY size"
        ).all()
    return [seals.Seal(*row) for row in told]


def test_a_machine_that_knows_no_head_asks_for_one(
    world: World, saved: Path, machine: Machine
) -> None:
    with machine() as app:
        done = cli(app, "backup", "restore", saved, "--yes", "--json")

        assert done.exit_code == 0
        assert '"missing": null' in done.stdout
        assert "witness keep" in done.stderr
        assert "sẽ không ai thấy" in done.stderr


def test_a_signed_head_makes_an_old_backup_read_only(
    world: World, saved: Path, machine: Machine, tmp_path: Path
) -> None:
    newest = notes(world)[-1]
    file = tmp_path / "dau.txt"
    file.write_text(f"Mã trên văn bản:\r\n{newest.note}".replace("\n", "\r\n"), "utf-8", newline="")
    with machine() as app:
        done = cli(app, "backup", "restore", saved, "--yes", "--json", "--checkpoint", file)

        assert done.exit_code == 0, done.stderr
        assert f'"missing": {newest.size}' in done.stdout
        assert "Máy này chưa giữ niêm phong nào" not in done.stderr
        services = app.extensions["dondoc"]
        with pytest.raises(Refused) as refused:
            services.door.perform(UpdateProgress(1, 5, "Đã làm"), world.head(), world.now)
        assert refused.value.refusals[0].reason is Reason.READ_ONLY


def test_a_line_under_a_mail_tells_an_old_backup_before_it_is_put_back(
    world: World, saved: Path, machine: Machine, tmp_path: Path
) -> None:
    first, newest = notes(world)[0], notes(world)[-1]
    mail = tmp_path / "thu.txt"
    with machine() as app:
        engine = app.extensions["dondoc"].engine

        def restore(line: str) -> Result:
            mail.write_text(f"Kính gửi\n\nNiêm phong nhật ký: {line}\n", "utf-8")
            return cli(app, "backup", "restore", saved, "--yes", "--checkpoint", mail)

        for line, why in (
            (newest.line, "bản sao lưu mới hơn"),
            (first.line.replace("/1 ·", "/2 ·"), "bản sao lưu mới hơn"),
            (first.line.replace(first.root, newest.root), "một lịch sử khác"),
            (first.line.replace(SIGNER.name, "evil.example"), "nhật ký khác"),
            ("(chưa có)", "không có niêm phong nào"),
            ("\n" + signed(world, 500, Signer(SIGNER.name, ANOTHER)), "không do khóa nào"),
        ):
            done = restore(line)
            assert done.exit_code == 1
            assert why in done.stderr
            with engine.connect() as conn:
                assert store.last_size(conn) == 0
        engine.dispose()

        done = restore(first.line)
        assert done.exit_code == 0, done.stderr
        assert "Máy này chưa giữ niêm phong nào" not in done.stderr


def test_what_came_from_outside_is_in_the_backup_and_no_key_is(
    world: World, log: Ledger, machine: Machine, tmp_path: Path
) -> None:
    sealed = log.sealer.seal()
    assert sealed is not None
    kept = place.keep(log.folder, place.judge(sealed.note, place.Known.of(log.folder)))
    (log.folder / place.WITNESSES).write_text(f"{WITNESS.public}\n", "ascii")
    (log.folder / "key.part").write_text("PRIVATE", "ascii")
    keys.make(log.folder / "next", SIGNER.name)
    # A head is on its way into the list.
    with (log.folder / place.LOG).open("ab") as file:
        file.write(sealed.note.encode()[:100])
    settings = world.app.extensions["dondoc"].settings
    target = tmp_path / "sao-luu.tar"
    backup.create(log.engine, settings.home, log.files, target, upgrade)
    with machine() as app:
        assert cli(app, "backup", "restore", target, "--yes").exit_code == 0
        folder = place.folder_of(app.extensions["dondoc"].settings.home)
        there = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}

        assert f"{place.OUTSIDE}/{kept.name}" in there
        assert there == {
            *(place.HEAD, place.LOG, place.WITNESSES, keys.PUBLIC),
            f"{place.OUTSIDE}/{kept.name}",
        }
        assert (folder / place.LOG).read_text("utf-8") == f"{sealed.note}\n"
        assert place.Known.of(folder).witnesses == (WITNESS.public,)


def test_a_restored_log_without_its_key_says_where_it_comes_from(
    world: World, saved: Path, machine: Machine
) -> None:
    with machine() as app:
        assert cli(app, "backup", "restore", saved, "--yes").exit_code == 0

        done = cli(app, "ledger", "seal")

        assert done.exit_code == 1
        assert "nơi cất riêng" in done.stderr
        assert "chmod 0400" in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_a_backup_is_not_put_beside_the_folder_of_another_log(
    saved: Path, machine: Machine
) -> None:
    with machine() as app:
        folder = place.folder_of(app.extensions["dondoc"].settings.home)
        keys.make(folder, "another.example/dondoc/1")

        done = cli(app, "backup", "restore", saved, "--yes")

        assert done.exit_code == 1
        assert "another.example" in done.stderr
