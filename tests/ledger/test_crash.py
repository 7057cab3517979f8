"""A seal cut or failing at any of its steps leaves one history, and the next run goes on.

Every file call and every statement of a seal is counted; then, once for each, the process is
killed there, and once for each the call fails with EIO.
"""

import errno
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event

from ledger import keys, verify
from ledger.sealer import LOG, PENDING, Sealer
from ledger.service import Ledger
from ledger.source import database
from models.database import install_manners
from tests.ledger.conftest import SIGNER, sealer_of
from tests.ledger.scene import full_after, heads
from tests.make import World
from workflow.commands.ledger import TakeExport
from workflow.door import guard
from workflow.law.facts import SYSTEM

Act = Callable[[], None]


@contextmanager
def watched(engine: Any, at_each: Act) -> Iterator[None]:
    """at_each is called before every file call and statement of this process, and after commits."""
    whole = {name: getattr(os, name) for name in ("open", "fsync", "replace", "unlink")}
    path_open, path_unlink = Path.open, Path.unlink

    def wrap(call: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            at_each()
            return call(*args, **options)

        return step

    def on_statement(*_: Any) -> None:
        at_each()

    for name, call in whole.items():
        setattr(os, name, wrap(call))
    Path.open = wrap(path_open)  # type: ignore[method-assign]
    Path.unlink = wrap(path_unlink)  # type: ignore[method-assign]
    event.listen(engine, "before_cursor_execute", on_statement)
    event.listen(engine, "commit", on_statement)
    try:
        yield
    finally:
        for name, call in whole.items():
            setattr(os, name, call)
        Path.open, Path.unlink = path_open, path_unlink  # type: ignore[method-assign]
        event.remove(engine, "before_cursor_execute", on_statement)
        event.remove(engine, "commit", on_statement)


def countdown(step: int, harm: Act) -> tuple[Act, Callable[[], bool]]:
    """What does its harm the n-th time it is called; whether it has come to that."""
    left = step

    def at_each() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            harm()

    return at_each, lambda: left <= 0


def killed(world: World, folder: Path, step: int) -> bool:
    """Seal in a process of its own that is killed at its n-th step; whether there was one."""
    world.engine.dispose()
    child = os.fork()
    if child == 0:
        code = 3
        try:
            engine = create_engine(world.engine.url)
            install_manners(engine)
            guard(engine)
            at_each, _ = countdown(step, lambda: os.kill(os.getpid(), signal.SIGKILL))
            with watched(engine, at_each):
                Sealer(engine, folder, lambda: world.now).seal()
            code = 0
        finally:
            os._exit(code)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in (0, -signal.SIGKILL)
    return ended != 0


def failed(world: World, folder: Path, step: int) -> bool:
    """Seal with an error of the disk at the n-th step; whether there was one."""

    def fail() -> None:
        raise OSError(errno.EIO, "I/O error")

    at_each, has_come = countdown(step, fail)
    with suppress(OSError, keys.BadKeyFile), watched(world.engine, at_each):
        Sealer(world.engine, folder, lambda: world.now).seal()
    return has_come()


@pytest.mark.parametrize("harmed", [killed, failed], ids=["SIGKILL", "EIO"])
def test_a_seal_harmed_at_any_step_leaves_one_history(
    world: World, tmp_path: Path, harmed: Callable[[World, Path, int], bool]
) -> None:
    folder = tmp_path / "ledger"
    sealer_of(world, folder).seal()
    seen: dict[int, str] = {}
    step, was_harmed = 0, True
    while was_harmed:
        step += 1
        world.do(TakeExport(f"{step}/QĐ-TTr", "Tất cả"), SYSTEM)
        was_harmed = harmed(world, folder, step)
        # The sealer after the cut finishes what was signed, then seals the rest.
        after = sealer_of(world, folder)
        while after.seal():
            pass
        for note in heads(world, folder):
            size = verify.Note(note).size
            assert seen.setdefault(size, note) == note, f"two heads of {size} after step {step}"
        assert step < 200
    assert step > 10
    with database(world.engine) as source:
        key = verify.Key(str(SIGNER.public))
        found = verify.Verifier(source, [key], sorted(seen.values())).run()
    assert found["ok"], verify.say(found)


def test_an_append_that_was_cut_harms_no_head_and_is_no_alarm(world: World, log: Ledger) -> None:
    """A short write, a full disk, a power cut: at any byte of the line that was to be added."""
    sealed = log.sealer.seal()
    assert sealed is not None
    assert log.verify_and_tell(world.door)["ok"]
    notes, path = [sealed.note], log.folder / LOG
    length = len(f"{sealed.note}\n".encode())
    signature = sealed.note.encode().index("\u2014".encode())
    for count in (0, 1, 100, signature, signature + 1, length - 2, length - 1):
        world.do(TakeExport(f"{count}/QĐ-TTr", "Tất cả"), SYSTEM)
        before = path.stat().st_size
        with full_after(count), pytest.raises(OSError, match="File too large"):
            log.sealer.seal()
        assert path.stat().st_size == before + count
        assert (log.folder / PENDING).exists()
        for found in (log.verify_new(), log.verify_whole()):
            assert found is None or found["ok"], f"after {count} bytes: {verify.say(found)}"

        again = log.sealer.seal()

        assert again is not None
        notes.append(again.note)
        assert path.read_text("utf-8") == "".join(f"{n}\n" for n in notes)
    found = log.verify()
    assert found["ok"], verify.say(found)


def test_a_head_that_was_remembered_and_went_is_put_back(world: World, log: Ledger) -> None:
    """What the file system loses of a file that was not synced is its end."""
    first = log.sealer.seal()
    world.cycle(year=2025)
    second = log.sealer.seal()
    world.cycle(year=2024)
    path = log.folder / LOG
    path.write_bytes(path.read_bytes()[:-100])

    third = log.sealer.seal()

    assert first is not None
    assert second is not None
    assert third is not None
    told = "".join(f"{sealed.note}\n" for sealed in (first, second, third))
    assert path.read_text("utf-8") == told


def test_a_head_that_was_added_but_not_remembered_is_added_once(
    world: World, log: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = keys.write_whole

    def fail_at_the_head(path: Path, *args: Any, **options: Any) -> None:
        if path.name == "head":
            raise OSError(errno.EIO, "I/O error")
        whole(path, *args, **options)

    monkeypatch.setattr(keys, "write_whole", fail_at_the_head)
    with pytest.raises(OSError, match="I/O error"):
        log.sealer.seal()
    monkeypatch.undo()
    sealed = log.sealer.seal()

    assert sealed is not None
    assert (log.folder / LOG).read_text("utf-8") == f"{sealed.note}\n"


@pytest.mark.parametrize("tail", ["", "x", "\n\n", "khac\n\n", "\0" * 90])
def test_what_is_no_whole_head_at_the_end_is_taken_back(
    world: World, log: Ledger, tail: str
) -> None:
    sealed = log.sealer.seal()
    assert sealed is not None
    with (log.folder / LOG).open("ab") as file:
        file.write(tail.encode())
    world.cycle(year=2025)
    again = log.sealer.seal()

    assert again is not None
    told = "".join(f"{s.note}\n" for s in (sealed, again))
    assert (log.folder / LOG).read_text("utf-8") == told


def test_a_head_changed_in_place_is_not_taken_for_a_cut(world: World, log: Ledger) -> None:
    log.sealer.seal()
    path = log.folder / LOG
    path.write_text(path.read_text("utf-8").replace("\ntime 2026", "\ntime 2027"), "utf-8")

    found = log.verify()

    assert not found["ok"]
    assert not {c["name"]: c for c in found["checks"]}["checkpoints"]["ok"]
