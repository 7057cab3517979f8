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
from ledger.sealer import Sealer
from ledger.source import database
from models.database import install_manners
from tests.ledger.conftest import SIGNER, sealer_of
from tests.ledger.scene import heads
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
