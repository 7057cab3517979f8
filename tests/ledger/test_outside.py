"""Heads kept outside count when this log has signed them, and only then."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from ledger import issue, keys, place, store, verify
from ledger.checkpoint import Signer, head, sign
from ledger.sealer import Behind
from ledger.service import Ledger
from tests.ledger.conftest import SIGNER
from tests.ledger.test_sealer import break_in
from tests.make import World
from workflow.commands.years import OpenYear
from workflow.door import Door
from workflow.law.errors import Refused
from workflow.law.facts import SYSTEM

ANOTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
WITNESS = Signer("thanh-tra.example", ANOTHER)


def cli(app: Flask, *arguments: str | Path) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=[str(a) for a in arguments])


def signed(world: World, size: int, signer: Signer = SIGNER, origin: str = "") -> str:
    """A head of this size as this key would sign it, with a root of nothing."""
    return sign(head(origin or f"{SIGNER.name}/1", size, bytes(32), world.now), signer)


def with_a_line_of(witness: Signer, note: str, told: str | None = None) -> str:
    """The note with the line this witness would set under it, or under another text."""
    checkpoint = place.parse(told or note)[0]
    return note + sign(checkpoint, witness).rpartition("\n\n")[2]


def write(world: World, log: Ledger) -> None:
    """A business act through a door that looks whether it is closed; Refused when it is."""
    door = Door(world.engine, place.watch(world.engine, log.folder))
    door.perform(OpenYear(world.plan, 2027), SYSTEM, world.now)


# Texts somebody sends in; none of them is a head of this log.
FORGED: dict[str, tuple[Callable[[World], str], str]] = {
    "of another log": (
        lambda w: signed(w, 999_999_999, Signer("evil.example", ANOTHER), "evil.example/1"),
        "không phải của nhật ký này",
    ),
    "of another key": (
        lambda w: signed(w, 999_999_999, Signer("evil.example", ANOTHER)),
        "không do khóa nào của nhật ký này ký",
    ),
    "of another key of the same name": (
        lambda w: signed(w, 999_999_999, Signer(SIGNER.name, ANOTHER)),
        "không do khóa nào của nhật ký này ký",
    ),
    "of another log that our key has signed": (
        lambda w: signed(w, 999_999_999, origin="evil.example/1"),
        "không phải của nhật ký này",
    ),
    "of no epoch": (
        lambda w: signed(w, 999_999_999, origin=f"{SIGNER.name}/x"),
        "không phải của nhật ký này",
    ),
    "changed after it was signed": (
        lambda w: signed(w, 99).replace("\n99\n", "\n999999999\n"),
        "là giả hoặc đã hỏng",
    ),
    "badly written": (
        lambda w: signed(w, 99).replace("\n99\n", "\n099\n"),
        "viết đúng dạng",
    ),
    "nothing at all": (lambda w: "Kính gửi quý cơ quan", "không có niêm phong nào"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_text_that_is_no_head_of_ours_is_not_kept(
    world: World, log: Ledger, tmp_path: Path, name: str
) -> None:
    log.sealer.seal()
    make, why = FORGED[name]
    file = tmp_path / "forged.txt"
    file.write_text(make(world), "utf-8")

    done = cli(world.app, "ledger", "witness", "keep", file)

    assert done.exit_code == 1
    assert why in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (log.folder / place.OUTSIDE).exists()


@pytest.mark.parametrize("name", FORGED)
def test_a_text_somebody_put_there_stops_nothing_and_is_no_alarm(
    world: World, log: Ledger, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    log.sealer.seal()
    (log.folder / place.OUTSIDE).mkdir()
    make, why = FORGED[name]
    (log.folder / place.OUTSIDE / "forged.txt").write_text(make(world), "utf-8")
    (log.folder / place.OUTSIDE / "picture.png").write_bytes(b"\x89PNG\xff\xfe")
    place._say_once.cache_clear()

    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            write(world, log)

    assert log.sealer.seal() is not None
    found = log.verify()
    assert found["ok"], verify.say(found)
    told = [r.getMessage() for r in caplog.records if "forged.txt" in r.getMessage()]
    assert [why in line for line in told] == [True]


def test_a_head_of_ours_that_the_database_lacks_stops_writing_and_sealing(
    world: World, log: Ledger, tmp_path: Path
) -> None:
    log.sealer.seal()
    file = tmp_path / "ours.txt"
    file.write_text(signed(world, 500), "utf-8")

    assert cli(world.app, "ledger", "witness", "keep", file).exit_code == 0

    with pytest.raises(Refused):
        write(world, log)
    done = cli(world.app, "ledger", "seal")
    assert done.exit_code == 1
    assert "500" in done.stderr
    assert "new-epoch" in done.stderr


def test_a_head_of_a_later_epoch_is_missing_whatever_its_size(world: World, log: Ledger) -> None:
    """A backup from before the last restore: its history has been left already."""
    log.sealer.seal()
    known = place.Known.of(log.folder)
    later = place.judge(signed(world, 1, origin=f"{SIGNER.name}/2"), known)
    assert place.missing(world.engine, log.folder) is None
    place.keep(log.folder, later)

    assert place.missing(world.engine, log.folder) == later.checkpoint


def test_the_end_of_the_list_of_heads_is_a_head_from_outside(world: World, log: Ledger) -> None:
    log.sealer.seal()
    world.cycle(year=2025)
    last = log.sealer.seal()
    assert last is not None
    keep = last.checkpoint.size - last.added
    break_in(
        world,
        f"DELETE FROM ledger_checkpoint WHERE size > {keep}",
        f"DELETE FROM ledger_place WHERE position >= {keep}",
    )
    (log.folder / place.HEAD).unlink()

    assert place.missing(world.engine, log.folder) == last.checkpoint
    with pytest.raises(Behind):
        log.sealer.seal()


def test_a_key_that_was_replaced_signs_only_what_stands_before(
    world: World, log: Ledger, tmp_path: Path
) -> None:
    log.sealer.seal()
    log.rotate(world.door, "Nghi lộ khóa")
    with world.engine.connect() as conn:
        changed = store.placed(conn) - 1
    fresh = keys.load(log.folder)
    for size, signer, code in (
        (500, SIGNER, 1),
        (changed + 1, SIGNER, 1),
        (changed, SIGNER, 0),
        (changed + 1, fresh, 0),
    ):
        file = tmp_path / f"{size}-{signer is SIGNER}.txt"
        file.write_text(signed(world, size, signer), "utf-8")
        done = cli(world.app, "ledger", "witness", "keep", file)
        assert done.exit_code == code, done.stderr
        assert ("khóa đã thay" in done.stderr) == bool(code)

    old = place.judge(signed(world, 500), place.Known.of(log.folder))
    place.keep(log.folder, old)
    assert place.missing(world.engine, log.folder) is None
    newest = place.judge(signed(world, 400, fresh), place.Known.of(log.folder))
    place.keep(log.folder, newest)
    assert place.missing(world.engine, log.folder) == newest.checkpoint


def test_the_line_of_a_witness_is_believed_when_his_key_is_known(
    world: World, log: Ledger, tmp_path: Path
) -> None:
    sealed = log.sealer.seal()
    assert sealed is not None
    true = with_a_line_of(WITNESS, sealed.note)
    false = with_a_line_of(WITNESS, sealed.note, signed(world, 1))
    file = tmp_path / "signed.txt"

    def keep(note: str, *more: str) -> Result:
        file.write_text(note, "utf-8")
        return cli(world.app, "ledger", "witness", "keep", file, *more)

    unknown = keep(true)
    assert unknown.exit_code == 1
    assert "thanh-tra.example" in unknown.stderr
    assert "--key" in unknown.stderr
    assert "là giả" in keep(false, "--key", str(WITNESS.public)).stderr
    assert "--key" in keep(true, "--key", "khoa").stderr
    assert not (log.folder / place.WITNESSES).exists()

    assert keep(true, "--key", str(WITNESS.public)).exit_code == 0
    assert keep(true).exit_code == 0
    aside = Signer(f"{SIGNER.name}/rotation", ANOTHER)  # the log's own word, no witness's
    assert keep(with_a_line_of(aside, true)).exit_code == 0
    assert keep(false).exit_code == 1
    kept = {h.note for h in place.outside(log.folder, place.Known.of(log.folder))}
    assert kept == {true, with_a_line_of(aside, true)}
    assert log.verify()["ok"]


def test_what_a_witness_has_signed_is_kept_by_the_words_of_the_page(
    world: World, log: Ledger, tmp_path: Path
) -> None:
    """docs/ledger.md, copies outside, 4: ask, sign, keep."""
    log.sealer.seal()
    asked, answered = tmp_path / "asked", tmp_path / "answered"
    assert cli(world.app, "ledger", "witness", "ask", "--out", asked).exit_code == 0
    key = log.key_lines()[0]
    words = ("ledger", "witness", "sign", asked, "--state", tmp_path / "state", "--key", key)
    done = cli(world.app, *words, "--out", answered)
    assert done.exit_code == 0
    public = done.stderr.split()[-1]

    done = cli(world.app, "ledger", "witness", "keep", answered, "--key", public)

    assert done.exit_code == 0
    assert [file.read_text("utf-8") for file in (log.folder / place.OUTSIDE).iterdir()] == [
        answered.read_text("utf-8")
    ]


def test_a_receipt_is_a_head_from_outside_too(world: World, log: Ledger, tmp_path: Path) -> None:
    sealed = log.sealer.seal()
    assert sealed is not None
    with world.engine.connect() as conn:
        found = issue.receipt(conn, 0)
    assert found is not None
    assert place.signed_in(found.render()) == [sealed.note]
