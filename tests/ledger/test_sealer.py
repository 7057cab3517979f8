"""The sealer gives every entry one place, signs one history, and refuses a second one."""

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, text

from ledger import keys, store, verify
from ledger.checkpoint import parse
from ledger.sealer import HEAD, PENDING, Behind, Sealed, Sealer, Unsealable
from ledger.source import database
from models.states import CycleState
from models.tables import AUDIT_ENTRY, LEDGER_CHECKPOINT, LEDGER_PLACE
from tests.ledger.conftest import SIGNER, sealer_of
from tests.make import OTHER, World
from workflow.commands.cycles import AcceptTask
from workflow.door import ajar


def everything_is_well(world: World, outside: list[str] | None = None) -> dict[str, object]:
    with database(world.engine) as source:
        found = verify.Verifier(source, [verify.Key(str(SIGNER.public))], outside or []).run()
    assert found["ok"], verify.say(found)
    return found


def unguard(conn: Connection) -> None:
    """Take the guards away."""
    if conn.dialect.name == "sqlite":
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in conn.execute(text(named)).all():
            conn.execute(text(f"DROP TRIGGER {name}"))
    else:
        for table in ("audit_entry", "ledger_place", "ledger_tile", "ledger_checkpoint"):
            conn.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))


def break_in(world: World, *statements: str) -> None:
    """What a superuser could do: the guards are taken away first."""
    with ajar("measurement"), world.engine.execution_options(write=True).begin() as conn:
        unguard(conn)
        for statement in statements:
            conn.execute(text(statement))


def entries(world: World) -> int:
    with world.engine.connect() as conn:
        counted = select(func.count()).select_from(AUDIT_ENTRY)
        return int(conn.execute(counted).scalar_one())


def test_every_entry_gets_one_place_and_the_head_covers_all(world: World, sealer: Sealer) -> None:
    first = sealer.seal()
    assert first is not None
    assert first.checkpoint.size == first.added
    assert sealer.seal() is None

    before = entries(world)
    world.bring(world.cycle(), CycleState.VERIFIED)
    second = sealer.seal()

    assert second is not None
    assert second.added == entries(world) - before >= 3
    with world.engine.connect() as conn:
        assert store.placed(conn) == store.last_size(conn) == second.checkpoint.size
    found = everything_is_well(world, [first.note, second.note])
    assert (found["size"], found["unsealed"]) == (second.checkpoint.size, 0)


def test_what_is_not_sealed_yet_is_verified_too(world: World, sealer: Sealer) -> None:
    sealer.seal()
    before = entries(world)
    world.bring(world.cycle(), CycleState.REPORTED)

    assert everything_is_well(world)["unsealed"] == entries(world) - before >= 2


def test_a_new_process_goes_on_where_the_last_one_stopped(
    world: World, sealer: Sealer, tmp_path: Path
) -> None:
    sealer.seal()
    for number in range(1, 4):
        world.cycle(year=2026 + number)
        assert sealer_of(world, tmp_path / "ledger").seal() is not None

    everything_is_well(world)


def test_two_sealers_make_one_head(world: World, sealer: Sealer, tmp_path: Path) -> None:
    sealer.seal()
    cycle = world.cycle()
    world.bring(cycle, CycleState.COMPLETED)
    both = [sealer_of(world, tmp_path / "ledger") for _ in range(4)]
    ready, made = threading.Barrier(4), []

    def go(one: Sealer) -> None:
        ready.wait()
        if sealed := one.seal():
            made.append(sealed)

    threads = [threading.Thread(target=go, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 1
    everything_is_well(world)


def test_the_key_is_for_its_owner_only(world: World, sealer: Sealer) -> None:
    path = sealer.folder / keys.KEY
    assert path.stat().st_mode & 0o777 == 0o400
    path.chmod(0o440)
    with pytest.raises(keys.BadKeyFile, match="chmod 0400"):
        sealer.seal()
    path.chmod(0o600)
    path.write_text(path.read_text("ascii").replace("PRIVATE", "PUBLIC"), "ascii")
    path.chmod(0o400)
    with pytest.raises(keys.BadKeyFile, match="hỏng"):
        sealer.seal()


def test_a_changed_history_is_not_signed(world: World, sealer: Sealer, tmp_path: Path) -> None:
    sealer.seal()
    break_in(
        world,
        "UPDATE audit_entry SET body = replace(body, 'so-chu-tri', 'so-khac') "
        "WHERE uid = (SELECT entry_uid FROM ledger_place ORDER BY position DESC LIMIT 1)",
    )
    world.cycle(year=2025)

    with pytest.raises(Unsealable) as problem:
        sealer_of(world, tmp_path / "ledger").seal()
    assert problem.value.code == "root"


def test_a_head_of_another_key_is_not_continued(
    world: World, sealer: Sealer, tmp_path: Path
) -> None:
    sealer.seal()
    world.cycle(year=2025)
    keys.make(tmp_path / "other", "example.com/dondoc/other")

    with pytest.raises(Unsealable) as problem:
        Sealer(world.engine, tmp_path / "other", lambda: world.now).seal()
    assert problem.value.code == "other_key"


def test_a_database_behind_the_head_is_not_signed(world: World, sealer: Sealer) -> None:
    sealer.seal()
    world.cycle(year=2025)
    last = sealer.seal()
    assert last is not None
    keep = last.checkpoint.size - last.added
    break_in(
        world,
        f"DELETE FROM ledger_checkpoint WHERE size > {keep}",
        f"DELETE FROM ledger_place WHERE position >= {keep}",
    )

    with pytest.raises(Behind):
        sealer.seal()


@pytest.mark.parametrize("committed", [False, True])
def test_a_cut_between_signing_and_keeping_gives_the_same_head(
    world: World, sealer: Sealer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    sealer.seal()
    world.cycle(year=2025)

    class Cut(Exception):
        pass

    def cut(*_: object, **__: object) -> None:
        raise Cut

    if committed:
        monkeypatch.setattr(sealer, "_keep", cut)
    else:
        whole = keys.write_whole

        def write_then_cut(path: Path, *args: object, **options: object) -> None:
            whole(path, *args, **options)  # type: ignore[arg-type]
            cut()

        monkeypatch.setattr(keys, "write_whole", write_then_cut)
    with pytest.raises(Cut):
        sealer.seal()
    monkeypatch.undo()
    import json

    signed = json.loads((sealer.folder / PENDING).read_text())["note"]
    # More has happened meanwhile: it must not slip into what was signed.
    world.cycle(year=2024)
    again = sealer_of(world, tmp_path / "ledger")
    finished = again.seal()

    assert finished is not None
    assert finished.note == signed
    assert (sealer.folder / HEAD).read_text("utf-8") == signed
    assert again.seal() is not None
    everything_is_well(world, [signed])


def test_a_cut_head_that_another_machine_has_passed_is_let_go(
    world: World, sealer: Sealer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one has given the same entries the same places: nothing is lost by it."""
    sealer.seal()
    world.do(AcceptTask(world.cycle(), "Đầu mối"), world.head())
    write = keys.write_whole

    def cut(path: Path, words: str, mode: int = 0o644) -> None:
        write(path, words, mode)
        if path.name == PENDING:
            raise OSError("cut")

    with monkeypatch.context() as patched:
        patched.setattr(keys, "write_whole", cut)
        with pytest.raises(OSError, match="cut"):
            sealer.seal()
    keys.save(tmp_path / "other", SIGNER)
    later = world.now + timedelta(seconds=10)  # the same head at another time is another note
    other = Sealer(world.engine, tmp_path / "other", lambda: later)
    for cycle in (world.cycle("II.3-a", OTHER), world.cycle("II.6-a")):
        assert other.seal()
        world.do(AcceptTask(cycle, "Đầu mối"), world.head(world.lead_of(cycle)))

    sealed = sealer.seal()

    assert sealed is not None
    assert not (sealer.folder / PENDING).exists()
    everything_is_well(world)


def test_whole_tiles_are_kept_and_give_proofs(world: World, sealer: Sealer) -> None:
    from ledger.tree import inclusion, leaf_hash, root_from_inclusion

    sealer.seal()
    cycle = world.cycle()
    world.bring(cycle, CycleState.IN_PROGRESS)
    from workflow.commands.cycles import UpdateProgress

    for n in range(300):
        world.do(UpdateProgress(cycle, n % 100, f"Bước {n}"), world.head())
        if n % 70 == 0:
            sealer.seal()
    last = sealer.seal()
    assert last is not None
    with world.engine.connect() as conn:
        tree = store.tree_store(conn, last.checkpoint.size)
        for position in (0, 255, 256, last.checkpoint.size - 1):
            body = store.body_at(conn, position)
            assert body is not None
            proof = inclusion(tree.nodes, position, last.checkpoint.size)
            leaf = leaf_hash(body.encode())
            root = root_from_inclusion(leaf, position, last.checkpoint.size, proof)
            assert root == last.checkpoint.root
    everything_is_well(world)


def test_an_entry_that_commits_late_is_not_forgotten(world: World, sealer: Sealer) -> None:
    """On PostgreSQL an id is given before the commit: a smaller one may appear afterwards."""
    if world.engine.dialect.name == "sqlite":
        # One writer at a time: ids appear in order, and places follow them.
        sealer.seal()
        with world.engine.connect() as conn:
            uids = conn.execute(select(AUDIT_ENTRY.c.uid).order_by(AUDIT_ENTRY.c.id)).scalars()
            assert [store.position_of(conn, uid) for uid in uids.all()] == list(
                range(store.placed(conn))
            )
        return
    cycle = world.cycle()
    sealer.seal()
    late = world.engine.connect()
    with ajar("measurement"):
        opened = late.begin()
        late.execute(
            text(
                "INSERT INTO audit_entry SELECT nextval('audit_entry_id_seq'), 'late', at, "
                "actor_id, actor_name, role, agency_code, command, object_kind, object_id, "
                "object_label, from_state, to_state, reason, 'late', leaf_hash "
                "FROM audit_entry ORDER BY id LIMIT 1"
            )
        )
    world.do(AcceptTask(cycle, "Đầu mối"), world.head())
    before = sealer.seal()
    opened.commit()
    late.close()
    after = sealer.seal()

    assert before is not None
    assert after is not None
    assert (before.added, after.added) == (2, 1) or (before.added, after.added) == (1, 1)
    with world.engine.connect() as conn:
        assert store.position_of(conn, "late") == after.checkpoint.size - 1


def test_the_rows_of_the_log_refuse_to_change(world: World, sealer: Sealer) -> None:
    from sqlalchemy.exc import DBAPIError

    sealer.seal()
    for table in ("ledger_place", "ledger_checkpoint"):
        column = "position" if table == "ledger_place" else "size"
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column} + 1"):
            with (
                pytest.raises(DBAPIError, match="append-only"),
                ajar("measurement"),
                world.engine.execution_options(write=True).begin() as conn,
            ):
                conn.execute(text(statement))


def test_the_head_is_the_newest_line_everywhere(world: World, sealer: Sealer) -> None:
    sealed = sealer.seal()
    assert sealed is not None
    with world.engine.connect() as conn:
        assert conn.execute(select(LEDGER_CHECKPOINT.c.note)).scalar_one() == sealed.note
        places = conn.execute(select(LEDGER_PLACE.c.position).order_by("position")).scalars().all()
        assert places == list(range(sealed.added))
        assert len(places) == len(conn.execute(select(AUDIT_ENTRY.c.id)).all())
    assert sealer.head() == sealed.note
    assert (sealer.folder / "checkpoints.log").read_text("utf-8") == sealed.note + "\n"
    assert parse(sealed.note)[0].origin == "example.com/dondoc/test/1"
    assert os.listdir(sealer.folder).count(PENDING) == 0


class OneTurn(threading.Event):
    """Told to stop while it waits for the next turn."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


def test_what_comes_while_it_seals_waits_for_the_next_turn(
    world: World, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless there is more than it takes at once: then it goes on."""
    sealed: list[int] = []

    def seal() -> Sealed:
        found = whole(sealer)
        assert found is not None
        sealed.append(found.added)
        if len(sealed) == 1:
            world.do(AcceptTask(world.cycle("II.6-a"), "Đầu mối"), world.head())
        return found

    whole = Sealer.seal
    monkeypatch.setattr(sealer, "seal", seal)
    sealer.run(OneTurn(), 1.0)
    assert len(sealed) == 1

    world.cycle(year=2027)
    world.cycle(year=2028)
    monkeypatch.setattr("ledger.sealer.BATCH", 4)
    sealer.run(OneTurn(), 1.0)
    assert sealed[1:-1] == [4] * (len(sealed) - 2)
    assert len(sealed) > 3
    everything_is_well(world)
