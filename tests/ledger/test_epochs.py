"""Whatever is lost, however often: after a new epoch the log goes on, and both verifiers agree."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine, create_engine

from cli.database import upgrade
from ledger import backup, keys, place, sealer, verify
from ledger.sealer import Behind, Sealed
from ledger.service import Ledger
from models.database import install_manners
from models.states import CycleState
from tests.ledger.receipts import offline_page
from tests.ledger.test_both_verifiers import both, exported
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
    """What both verifiers say, with every head that was ever signed, by the first key."""

    def look(accepted: int) -> dict[str, Any]:
        found = house.log.verify()
        assert found["ok"], verify.say(found)
        path, key = exported(house.log, tmp_path / "goi.zip"), house.log.key_lines()[0]
        told = both(offline, path, house.log.outside(), key, [accepted])
        assert told["ok"], verify.say(told)
        return both(offline, path, house.log.outside(), key)

    return look


def codes(found: dict[str, Any]) -> set[str]:
    return {check["code"] for check in found["checks"] if not check["ok"]}


def test_a_backup_from_before_an_earlier_epoch_is_gone_on_from(
    house: House, verified: Verified
) -> None:
    """Both histories that came after it are lost, and both are named."""
    house.seal()
    old = house.back_up()
    house.act(5)
    house.seal()
    house.restore(old)
    assert house.open_epoch().checkpoint.origin.endswith("/2")
    house.restore(old)

    assert house.open_epoch().checkpoint.origin.endswith("/3")

    assert codes(verified(accepted=3)) == {"checkpoints.lost"}


def test_a_history_that_was_given_up_comes_back(house: House, verified: Verified) -> None:
    """It is longer than the one that took its place, and is not taken for it."""
    house.seal()
    old = house.back_up()
    house.act(9)
    house.seal()
    found_again = house.back_up()
    house.restore(old)
    assert house.open_epoch().checkpoint.origin.endswith("/2")
    house.restore(found_again)

    assert house.open_epoch().checkpoint.origin.endswith("/3")

    assert codes(verified(accepted=3)) == {"checkpoints.lost"}


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

    assert codes(verified(accepted=2)) == {"checkpoints.lost"}
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

    assert codes(verified(accepted=2)) == {"checkpoints.lost"}


def test_there_is_no_epoch_to_open_where_nothing_is_lost(house: House) -> None:
    house.seal()
    with pytest.raises(Behind) as refused:
        house.log.new_epoch("Thử", "1/BB")
    assert refused.value.code == "not_behind"
