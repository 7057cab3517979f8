"""T-08: a seal cut or failing at any of its steps leaves one history, and the next run goes on.

Every file call and every statement of a seal is counted; then, once for each, the process is
killed there, and once for each the call fails with EIO.
"""

import errno
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, select

from ledger import verify
from ledger.sealer import Sealer
from ledger.source import database
from models.database import install_manners
from models.tables import LEDGER_CHECKPOINT
from tests.ledger.conftest import SIGNER, sealer_of
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


def seal_in_child(world: World, folder: Path, step: int, harm: Act) -> int:
    """Seal in a process of its own, in which the n-th step does its harm; how it ended."""
    address = world.engine.url.render_as_string(hide_password=False)
    child = os.fork()
    if child == 0:
        code = 3
        try:
            engine = create_engine(address)
            install_manners(engine)
            guard(engine)
            left = step

            def at_each() -> None:
                nonlocal left
                left -= 1
                if left == 0:
                    harm()

            with watched(engine, at_each):
                Sealer(engine, folder, lambda: world.now).seal()
            code = 0 if left <= 0 else 1
        except BaseException:
            code = 2
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail() -> None:
    raise OSError(errno.EIO, "I/O error")


def heads(world: World, folder: Path) -> set[str]:
    """Every head that left the process in any way."""
    with world.engine.connect() as conn:
        found = set(conn.execute(select(LEDGER_CHECKPOINT.c.note)).scalars())
    log = folder / "checkpoints.log"
    if log.exists():
        found |= set(verify.notes_in(log.read_text("utf-8")))
    if (folder / "head").exists():
        found.add((folder / "head").read_text("utf-8"))
    return found


@pytest.mark.parametrize("harm", [kill, fail], ids=["SIGKILL", "EIO"])
def test_a_seal_harmed_at_any_step_leaves_one_history(
    world: World, tmp_path: Path, harm: Act
) -> None:
    folder = tmp_path / "ledger"
    sealer_of(world, folder).seal()
    seen: dict[int, str] = {}
    step, ended = 0, 2
    world.engine.dispose()
    while ended != 1:
        step += 1
        world.do(TakeExport(f"{step}/QĐ-TTr", "Tất cả"), SYSTEM)
        world.engine.dispose()
        ended = seal_in_child(world, folder, step, harm)
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
