"""Whatever is lost, however often: after a new epoch the log goes on, and both verifiers agree."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine, create_engine

from cli.database import upgrade
from ledger import backup, keys, place, sealer, verify
from ledger.sealer import Behind, Sealed, Unsealable
from ledger.service import Ledger
from models.database import install_manners
from models.states import CycleState
from tests.ledger.receipts import offline_page
from tests.ledger.test_both_verifiers import both, exported
from tests.ledger.test_service import break_in
from tests.make import World
from workflow.commands.cycles import UpdateProgress
from workflow.door import Door, guard
from workflow.law.errors import Refused


@pytest.fixture(scope="module")
def offline(chromium: Browser) -> Iterator[Page]:
    with offline_page(chromium) as page:
        yield page


class House:
    """A running system whose database is now and then put back from a backup."""

    def __init__(self, world: World, log: Ledger, folder: Path) -> None:
        self.world, self.log, self.folder = world, log, folder
        self.home = world.app.extensions["dondoc"].settings.home
        self.cycle = world.bring(world.cycle(), CycleState.IN_PROGRESS)
        self.engines = list[Engine]()
        self.acts = 0

    def act(self, times: int = 1) -> None:
        """So many acts, each with an entry; Refused while nothing may be written."""
        door = Door(self.log.engine, place.watch(self.log.engine, self.log.folder))
        for _ in range(times):
            self.acts += 1
            done = UpdateProgress(self.cycle, self.acts, "Lại làm")
            door.perform(done, self.world.head(), self.world.now)

    def seal(self) -> Sealed:
        sealed = self.log.sealer.seal()
        assert sealed is not None
        return sealed

    def back_up(self) -> Path:
        target = self.folder / f"sao-luu-{self.acts}.tar"
        backup.create(self.log.engine, self.home, self.log.files, target, upgrade)
        return target

    def restore(self, source: Path) -> None:
        url = f"sqlite:///{self.folder / f'restored-{len(self.engines)}.sqlite3'}"
        backup.restore(source, url, self.home, self.log.files, upgrade)
        engine = create_engine(url)
        install_manners(engine)
        guard(engine)
        self.engines.append(engine)
        self.log = Ledger(engine, self.home, self.log.files, lambda: self.world.now)

    def open_epoch(self) -> Sealed:
        """By the act that is there for it, and not before."""
        with pytest.raises(Refused):
            self.act()
        opened = self.log.new_epoch("Hỏng ổ đĩa", "12/BB-VPUBND")
        assert opened is not None
        self.act()
        self.seal()
        return opened


@pytest.fixture
def house(world: World, log: Ledger, tmp_path: Path) -> Iterator[House]:
    made = House(world, log, tmp_path)
    yield made
    for engine in made.engines:
        engine.dispose()


Verified = Callable[..., dict[str, Any]]


@pytest.fixture
def verified(house: House, offline: Page, tmp_path: Path) -> Verified:
    """What both verifiers say to who accepts no epoch, once all is well for who accepts them."""

    def look() -> dict[str, Any]:
        found = house.log.verify()
        assert found["ok"], verify.say(found)
        path, key = exported(house.log, tmp_path / "goi.zip"), house.log.key_lines()[0]
        told = both(offline, path, house.log.outside(), key, house.log.epochs())
        assert told["ok"], verify.say(told)
        return both(offline, path, house.log.outside(), key)

    return look


def codes(found: dict[str, Any]) -> set[str]:
    return {check["code"] for check in found["checks"] if not check["ok"]}


@pytest.mark.parametrize("again", ["the old backup", "the history that was given up"])
def test_a_second_loss_reaches_behind_an_earlier_epoch(
    house: House, verified: Verified, again: str
) -> None:
    """Each lost history is named; one that comes back is not taken for what took its place.

    It is longer than that one, so that its size alone would not tell.
    """
    house.seal()
    backups = {"the old backup": house.back_up()}
    house.act(9)
    house.seal()
    backups["the history that was given up"] = house.back_up()
    house.restore(backups["the old backup"])
    assert house.open_epoch().checkpoint.origin.endswith("/2")
    house.restore(backups[again])

    assert house.open_epoch().checkpoint.origin.endswith("/3")

    assert codes(verified()) == {"checkpoints.lost"}


def test_a_key_that_came_with_what_was_lost_is_told_again(house: House, verified: Verified) -> None:
    """Heads of the lost part are of the old key and of the new one; the old one is the known."""
    house.seal()
    old = house.back_up()
    house.act(5)
    house.seal()
    for reason in ("Hết hạn dùng", "Người giữ khóa nghỉ việc"):
        house.log.rotate(Door(house.log.engine), reason)
    house.act()
    house.seal()
    house.restore(old)

    house.open_epoch()

    assert codes(verified()) == {"checkpoints.lost"}
    assert len(house.log.key_lines()) == 3


@pytest.mark.parametrize("acts", [0, 4], ids=["to the last head", "to a head before"])
def test_a_seal_that_was_cut_is_lost_with_its_entries(
    house: House, verified: Verified, monkeypatch: pytest.MonkeyPatch, acts: int
) -> None:
    """Its head was signed and may have been seen: it counts as one that is missing."""
    house.seal()
    old = house.back_up()
    if acts:
        house.act(acts)
        house.seal()
    house.act(3)
    write = keys.write_whole

    def cut(path: Path, text: str, mode: int = 0o644) -> None:
        write(path, text, mode)
        if path.name == place.PENDING:
            raise OSError("cut")

    with monkeypatch.context() as patched:
        patched.setattr(sealer.keys, "write_whole", cut)
        with pytest.raises(OSError, match="cut"):
            house.seal()
    house.restore(old)
    with pytest.raises(Behind):
        house.seal()

    house.open_epoch()

    assert codes(verified()) == {"checkpoints.lost"}


class Cut(Exception):
    """The machine lost its power here."""


@pytest.fixture
def cut_at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AbstractContextManager[None]]:
    """Nothing more happens after this function of this object has been called so many times."""

    @contextmanager
    def cutting(owner: Any, name: str, calls: int) -> Iterator[None]:
        real, left = getattr(owner, name), [calls]

        def counted(*args: Any, **named: Any) -> Any:
            if not left[0]:
                raise Cut
            left[0] -= 1
            return real(*args, **named)

        with monkeypatch.context() as patched:
            patched.setattr(owner, name, counted)
            try:
                yield
            except Cut:
                return
        pytest.fail(f"{name} was not called {calls + 1} times")

    return cutting


Cutting = Callable[..., AbstractContextManager[None]]


def lost_once(house: House) -> Path:
    """A house that has lost an hour and its keys' change; the backup it was put back from."""
    house.seal()
    old = house.back_up()
    house.act(5)
    house.seal()
    house.log.rotate(Door(house.log.engine), "Hết hạn dùng")
    house.restore(old)
    return old


@pytest.mark.parametrize("restored_again", [False, True], ids=["", "restored again"])
@pytest.mark.parametrize(
    ("owner", "name", "calls"),
    [
        (Door, "perform", 0),
        (Door, "perform", 1),
        (sealer.keys, "write_whole", 0),
        (sealer.keys, "write_whole", 1),
        (sealer.keys, "write_whole", 2),
        (sealer.keys, "write_whole", 3),
    ],
)
def test_an_opening_that_was_cut_is_done_again(
    house: House,
    verified: Verified,
    cut_at: Cutting,
    owner: Any,
    name: str,
    calls: int,
    restored_again: bool,
) -> None:
    """Or begun anew, when the operator puts the same backup back once more."""
    old = lost_once(house)
    with cut_at(owner, name, calls):
        house.log.new_epoch("Hỏng ổ đĩa", "12/BB-VPUBND")

    if restored_again:
        house.restore(old)
    with contextlib.suppress(Behind):  # what was cut may have been the seal alone
        house.log.new_epoch("Hỏng ổ đĩa", "12/BB-VPUBND")
    house.act()
    house.seal()

    assert codes(verified()) == {"checkpoints.lost"}


def test_a_backup_taken_while_an_epoch_was_being_opened(
    house: House, verified: Verified, cut_at: Cutting
) -> None:
    """The entry that opens it stands, unsealed; then the epoch goes on and is lost in its turn."""
    house.seal()
    old = house.back_up()
    house.act(5)
    house.seal()
    house.restore(old)
    with cut_at(house.log.sealer, "start_epoch", 0):
        house.log.new_epoch("Hỏng ổ đĩa", "12/BB-VPUBND")
    house.acts += 1
    meanwhile = house.back_up()
    assert house.log.new_epoch("Hỏng ổ đĩa", "12/BB-VPUBND")
    house.act(3)
    house.seal()
    house.restore(meanwhile)

    assert house.open_epoch().checkpoint.origin.endswith("/3")

    assert codes(verified()) == {"checkpoints.lost"}


@pytest.mark.parametrize(
    ("owner", "name", "calls"),
    [(keys, "save", 1), (keys, "add_rotation", 0), (Door, "perform", 0), (shutil, "rmtree", 0)],
)
def test_a_change_of_keys_that_was_cut_goes_on_with_the_same_key(
    house: House, verified: Verified, cut_at: Cutting, owner: Any, name: str, calls: int
) -> None:
    house.seal()
    door = Door(house.log.engine)
    with cut_at(owner, name, calls):
        house.log.rotate(door, "Hết hạn dùng")
    with contextlib.suppress(Unsealable):  # meanwhile no head may be of the key that goes
        house.log.sealer.seal()

    house.log.rotate(door, "Hết hạn dùng")
    house.act()
    house.seal()

    assert len(house.log.key_lines()) == 2
    assert verified()["ok"]


def test_a_key_that_is_newer_than_the_backup_waits_for_a_head_that_knows_it(
    house: House, verified: Verified, tmp_path: Path
) -> None:
    """On a new machine, with the key from the safe: the head from outside brings both."""
    house.seal()
    old = house.back_up()
    house.log.rotate(Door(house.log.engine), "Hết hạn dùng")
    house.act()
    house.seal()
    key, head = (house.log.folder / name for name in (keys.KEY, place.HEAD))
    there, note = house.log, head.read_text("utf-8")
    house.home = tmp_path / "new"
    house.home.mkdir()
    house.restore(old)
    shutil.copy(key, house.log.folder / keys.KEY)
    house.act()
    with pytest.raises(Unsealable) as refused:
        house.seal()
    assert refused.value.code == "old_key"

    place.keep(house.log.folder, place.judge(note, place.Known.of(house.log.folder)))
    house.open_epoch()

    assert house.log.key_lines() == there.key_lines()
    assert codes(verified()) == {"checkpoints.lost"}


@pytest.mark.parametrize("epochs", [1, 2])
def test_a_second_machine_follows_from_backup_to_backup(
    house: House, verified: Verified, tmp_path: Path, epochs: int
) -> None:
    """What it remembers itself is older: a history that was given up, or an earlier epoch."""
    house.seal()
    old = house.back_up()
    house.act(20)
    house.seal()
    backups = [house.back_up()]
    for _ in range(epochs):
        house.restore(old)
        house.open_epoch()
        house.act(2)
        house.seal()
        backups.append(house.back_up())
    key, house.home = house.log.folder / keys.KEY, tmp_path / "second"
    house.home.mkdir()

    for source in backups:
        house.restore(source)
    shutil.copy(key, house.log.folder / keys.KEY)
    house.act()

    assert house.seal().checkpoint.origin.endswith(f"/{len(backups)}")
    assert codes(house.log.verify()) <= {"checkpoints.lost"}


def test_a_head_that_nobody_can_read_stops_nobody_from_working(world: World, log: Ledger) -> None:
    """It is for the verifier to tell; without this every page would fail."""
    cycle = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    log.sealer.seal()
    break_in(world, "UPDATE ledger_checkpoint SET note = 'x'")

    assert place.missing(log.engine, log.folder) is None
    door = Door(log.engine, place.watch(log.engine, log.folder))
    door.perform(UpdateProgress(cycle, 50, "Vẫn làm"), world.head(), world.now)
    assert not log.verify()["ok"]


@pytest.mark.parametrize(
    "body",
    [
        *("x", "[]", "null", '{"details": null}', '{"details": {"epoch": "II"}}'),
        '{"details": {"epoch": 1e999}}',
        pytest.param("[" * 20_000, id="too deep"),
    ],
)
def test_an_opening_that_nobody_can_read_opens_nothing(
    world: World, log: Ledger, body: str
) -> None:
    """Somebody with every right wrote it where the folder says another epoch than the heads."""
    cycle = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    log.sealer.seal()
    others = "at, actor_name, object_kind, object_label, leaf_hash"
    break_in(
        world,
        f"INSERT INTO audit_entry (uid, command, body, {others})"
        f" SELECT 'forged', 'open_epoch', '{body}', {others} FROM audit_entry WHERE id = 1",
    )
    (log.folder / place.EPOCH).write_text("2", "ascii")

    assert place.missing(log.engine, log.folder) is None
    door = Door(log.engine, place.watch(log.engine, log.folder))
    door.perform(UpdateProgress(cycle, 50, "Vẫn làm"), world.head(), world.now)
    assert not log.verify()["ok"]


def test_there_is_no_epoch_to_open_where_nothing_is_lost(house: House) -> None:
    house.seal()
    with pytest.raises(Behind) as refused:
        house.log.new_epoch("Thử", "1/BB")
    assert refused.value.code == "not_behind"
