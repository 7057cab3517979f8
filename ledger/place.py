"""Where the log keeps what is not in the database, and whether the two still belong together.

A head from outside is text until a key of this log is seen to have signed it. What is not signed
so neither stops the house nor speaks against it: it is said once and left aside.
"""

import hashlib
import json
import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from ledger import keys, store
from ledger.checkpoint import (
    BadNote,
    Checkpoint,
    PublicKey,
    Rotation,
    parse,
    successors,
    verify,
)
from models.tables import AUDIT_ENTRY, LEDGER_PLACE

log = logging.getLogger("dondoc.ledger")

HEAD, PENDING, LOG, EPOCH = "head", "pending", "checkpoints.log", "epoch"
OUTSIDE = "outside"  # heads that others kept, brought back: any file with signed heads in it
WITNESSES = "witness-keys"  # who may sign beside this log, a public key a line
LOOK_AGAIN_SECONDS = 2.0
TAIL = 8192  # bytes; several times what one head takes
DASH = "\u2014 ".encode()
SIGNED = re.compile(r"^\S+\n\d+\n[\w+/=]+\ntime \S+\n\n(?:\u2014 \S+ \S+\n)+", re.M)


class Stranger(Exception):
    """Why a text is no head of this log: one sentence for the operator."""


@dataclass(frozen=True)
class Known:
    """Whose signatures count: the keys of this log, the first one first, and its witnesses."""

    ours: tuple[PublicKey, ...]
    witnesses: tuple[PublicKey, ...] = ()

    @classmethod
    def of(cls, folder: Path) -> "Known":
        """Those of a log's folder; nobody where it was never sealed."""
        path = folder / WITNESSES
        lines = path.read_text("ascii").split() if path.exists() else []
        return cls(keys.public_keys(folder), tuple(PublicKey.parse(line) for line in lines))


@dataclass(frozen=True)
class Head:
    """A head that a key of this log has signed: its text, and the number of that key.

    `rotations` lead to that key from the last one that is known here.
    """

    note: str
    checkpoint: Checkpoint
    key: int
    rotations: tuple[Rotation, ...] = ()

    @property
    def order(self) -> tuple[int, int]:
        """A later epoch comes after every size of the one before."""
        return epoch_of(self.checkpoint.origin), self.checkpoint.size


def folder_of(home: Path) -> Path:
    """The log's own folder in the data folder."""
    return home / "ledger"


def epoch_of(origin: str) -> int:
    """Which history of the log an origin names; 0 when it names none."""
    number = origin.rpartition("/")[2]
    return int(number) if re.fullmatch(r"[1-9][0-9]{0,8}", number) else 0


def epoch(folder: Path) -> int:
    """Which history this is: 1, and one more after each restore that lost entries."""
    path = folder / EPOCH
    return int(path.read_text("ascii")) if path.exists() else 1


# ------------------------------------------------------------------------ checkpoints.log


def whole(data: bytes) -> bytes:
    """What stands in `checkpoints.log` without what an append that was cut has left.

    Each head ends with its lines of signature and a blank line; only what follows the last of
    these is taken away. What was changed in place stays, for the verifiers to find.
    """
    end = data.rfind(b"\n\n")
    while end >= 0:
        start = data.rfind(b"\n\n", 0, end)
        if data.startswith(DASH, start + 2 if start >= 0 else 0):
            return data[: end + 2]
        end = start
    return b""


def end_of(folder: Path) -> tuple[int, str | None]:
    """Where the last whole head of `checkpoints.log` ends, and that head; (0, None) for none."""
    path = folder / LOG
    if not path.exists():
        return 0, None
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start = max(0, size - TAIL)
        file.seek(start)
        tail = whole(file.read())
    found = [*SIGNED.finditer(tail.decode("utf-8", "replace"))]
    return start + len(tail) if tail else 0, found[-1][0] if found else None


# ------------------------------------------------------------------------ heads from outside


def signed_in(text: str) -> list[str]:
    """Whatever looks like a signed head in a text: a note, a receipt, a file of many heads."""
    return SIGNED.findall(text.replace("\r\n", "\n") + "\n")


@lru_cache(maxsize=4096)
def judge(note: str, known: Known) -> Head:
    """The head this text is; Stranger unless a key of this log has signed it.

    So may a key that the last known one has signed for in the note's own lines: the log was given
    a new key after what is known here. A line of a known witness must be true as well. A line of
    anybody else says nothing.
    """
    try:
        checkpoint, lines = parse(note)
    except BadNote:
        raise Stranger("Không phải một niêm phong viết đúng dạng.") from None
    what = f"Niêm phong {checkpoint.size} mục của {checkpoint.origin}"
    name = checkpoint.origin.rpartition("/")[0]
    if not any(key.name == name for key in known.ours) or not epoch_of(checkpoint.origin):
        log_name = known.ours[0].name if known.ours else "chưa có khóa"
        raise Stranger(f"{what} không phải của nhật ký này ({log_name}).")
    signers = {(line, raw[:4]) for line, raw in lines}
    rotations = successors(lines, known.ours[-1])
    ours = (*known.ours, *(r.new for r in rotations))
    mine = [n for n, k in enumerate(ours) if (k.name, k.key_id) in signers]
    if not mine:
        raise Stranger(f"{what} không do khóa nào của nhật ký này ký.")
    beside = [k for k in known.witnesses if (k.name, k.key_id) in signers]
    for key in [*(ours[n] for n in mine), *beside]:
        try:
            verify(note, key)
        except BadNote:
            raise Stranger(f"{what}: chữ ký mang tên {key.name} là giả hoặc đã hỏng.") from None
    return Head(note, checkpoint, mine[-1], rotations)


def unknown_signers(note: str, known: Known) -> list[str]:
    """Who has signed beside the log and cannot be checked, because nobody has named his key."""
    told = {(k.name, k.key_id) for k in (*known.ours, *known.witnesses)}
    own = tuple(f"{key.name}/" for key in known.ours)  # what the log says beside its signature
    return [
        name
        for name, raw in parse(note)[1]
        if (name, raw[:4]) not in told and not name.startswith(own)
    ]


def outside(folder: Path, known: Known) -> Iterator[Head]:
    """The heads others kept; what is not ours is left aside, and said."""
    for file in sorted((folder / OUTSIDE).glob("*")):
        if not file.is_file():
            continue
        notes = signed_in(file.read_text("utf-8", "replace"))
        if not notes:
            _say_once(f"Bỏ qua {file}: không có niêm phong nào trong tệp.")
        for note in notes:
            try:
                yield judge(note, known)
            except Stranger as problem:
                _say_once(f"Bỏ qua {file}: {problem}")


@lru_cache(maxsize=256)
def _say_once(sentence: str) -> None:
    """The folder is read every two seconds, and a warning is not news the second time."""
    log.warning("%s", sentence)


def keep(folder: Path, head: Head) -> Path:
    """Keep a head among those from outside; its file, named by size and content.

    So are the keys its lines lead to: they are the log's own, by the word of the last one known.
    """
    for rotation in head.rotations:
        keys.add_rotation(folder, rotation)
    digest = hashlib.sha256(head.note.encode()).hexdigest()[:8]
    path = folder / OUTSIDE / f"{head.checkpoint.size}-{digest}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    keys.write_whole(path, head.note)
    return path


def heads(folder: Path) -> Iterator[Head]:
    """Every head known outside the database that may be the newest."""
    known = Known.of(folder)
    own = folder / HEAD
    for note in (own.read_text("utf-8") if own.exists() else None, end_of(folder)[1]):
        if note is not None:
            try:
                yield judge(note, known)
            except Stranger as problem:
                _say_once(f"{folder}: {problem}")
    yield from outside(folder, known)


def outlived(conn: Connection, head: Head, known: Known) -> int | None:
    """Where its key had been replaced before this head, by what the database says; or None.

    A key is changed because somebody else may have it: what it signs afterwards is worth nothing.
    """
    if head.key >= len(known.ours) - 1:
        return None
    changes = conn.execute(
        select(LEDGER_PLACE.c.position)
        .join(AUDIT_ENTRY, AUDIT_ENTRY.c.uid == LEDGER_PLACE.c.entry_uid)
        .where(AUDIT_ENTRY.c.command == "rotate_key")
        .order_by(LEDGER_PLACE.c.position)
    ).scalars()
    changed: int | None = next(iter(changes.all()[head.key :]), None)
    return changed if changed is not None and head.checkpoint.size > changed else None


def openings(conn: Connection) -> list[int]:
    """The epochs that are opened by entries which still wait for their place, in their order.

    What does not read as an entry of the door opens none; the verifier tells it.
    """
    bodies = conn.execute(
        select(AUDIT_ENTRY.c.body)
        .outerjoin(LEDGER_PLACE, LEDGER_PLACE.c.entry_uid == AUDIT_ENTRY.c.uid)
        .where(AUDIT_ENTRY.c.command == "open_epoch", LEDGER_PLACE.c.entry_uid.is_(None))
        .order_by(AUDIT_ENTRY.c.id)
    ).scalars()
    found = []
    for body in bodies:
        with suppress(ValueError, TypeError, LookupError, ArithmeticError, RecursionError):
            found.append(int(json.loads(body)["details"]["epoch"]))
    return found


def reached(conn: Connection, folder: Path) -> tuple[int, int]:
    """How far this database has come: its epoch, and the size of its newest head.

    Before the first head of an epoch the folder tells it, with the entry that opens it; the folder
    alone does not: another database may have been put in the place of that one.
    """
    present, note, size = epoch(folder), store.last_note(conn), store.last_size(conn)
    try:
        there = (epoch_of(parse(note)[0].origin) or 1) if note else 1
    except BadNote:
        return present, size  # for the verifier to tell; nothing is older by it
    waiting = openings(conn) if there != present else []
    return (present, size + len(waiting)) if present in waiting else (there, size)


def missing_from(conn: Connection, folder: Path) -> Checkpoint | None:
    """The outside head this database has not reached: it is older than what was once signed."""
    known, outside_heads = Known.of(folder), list(heads(folder))
    here = reached(conn, folder)  # after the files: a seal is in the database first
    found = [head for head in outside_heads if head.order[0] >= here[0]]
    for head in sorted(found, key=lambda h: h.order, reverse=True):
        if head.order <= here:
            return None
        changed = outlived(conn, head, known)
        if changed is None:
            return head.checkpoint
        _say_once(
            f"Bỏ qua niêm phong {head.checkpoint.size} mục: khóa ký nó đã bị thay ở mục #{changed}."
        )
    return None


def lost_from(conn: Connection, folder: Path, notes: Iterable[str]) -> list[str]:
    """Of these notes the newest of each epoch that this database has not reached, oldest first.

    What an epoch before the database's own has lost, an entry in it has told; one that waits for
    its place has told it as well.
    """
    known, here = Known.of(folder), reached(conn, folder)
    if waiting := openings(conn):
        here = max(here[0], *waiting), store.last_size(conn) + len(waiting)
    told: dict[int, list[tuple[int, str]]] = {}
    for note in notes:
        try:
            checkpoint = parse(note)[0]
        except BadNote:
            continue
        order = epoch_of(checkpoint.origin), checkpoint.size
        if order > here:
            told.setdefault(order[0], []).append((order[1], note))
    lost = []
    for _, sizes in sorted(told.items()):
        for _, note in sorted(sizes, reverse=True):
            with suppress(Stranger):
                if outlived(conn, judge(note, known), known) is None:
                    lost.append(note)
                    break
    return lost


def missing(engine: Engine, folder: Path) -> Checkpoint | None:
    """The same, with a connection of its own."""
    with engine.connect() as conn:
        return missing_from(conn, folder)


def watch(engine: Engine, folder: Path) -> Callable[[], str | None]:
    """A function that says why nothing may be written now; it looks again every two seconds."""
    seen: tuple[float, str | None] | None = None

    def why() -> str | None:
        nonlocal seen
        clock = time.monotonic()
        if seen is None or clock - seen[0] > LOOK_AGAIN_SECONDS:
            gone = missing(engine, folder)
            told = None if gone is None else f"{gone.size} mục, niêm phong lúc {gone.at}"
            seen = (clock, told)
        return seen[1]

    return why
