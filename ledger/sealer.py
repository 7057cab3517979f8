"""The sealer: gives each entry its place, signs the head, and never signs two histories.

What it signs it first writes down for itself (`pending`), then commits, then remembers as its
`head`. Cut anywhere, the next run finishes the same head: a signed note is never replaced by
another of the same size. It knows its own last head from its own file, not from the database.
"""

import json
import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock
from sqlalchemy import Connection, Engine, insert, select, text

from ledger import keys, lag, place, store
from ledger.checkpoint import BadNote, Checkpoint, Signer, head, parse, sign, verify
from ledger.place import EPOCH, HEAD, LOG, PENDING
from ledger.tiles import HEIGHT, WIDTH, reduce
from ledger.tree import Range, leaf_hash
from ledger.tree import root as tree_root
from models.tables import AUDIT_ENTRY, LEDGER_CHECKPOINT, LEDGER_PLACE, LEDGER_TILE
from workflow.door import ajar

log = logging.getLogger("dondoc.sealer")

EVERY_SECONDS = 10.0
BATCH = 20_000
# Entries take their id just before they commit; who is later than this is found by the sweep.
LATE_SECONDS, SWEEP_SECONDS = 60.0, 3600.0
ADVISORY_LOCK = 2940_0004
ELSE = (
    "Hãy khôi phục bản sao lưu mới hơn; nếu không còn, chạy ledger new-epoch --reason … "
    "--document …."
)


class Unsealable(Exception):
    """Why nothing was signed: a code, and one line for the operator."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class Behind(Unsealable):
    """The database is older than the newest head this log has signed."""


@dataclass(frozen=True)
class Sealed:
    """A new head and how many entries it added."""

    checkpoint: Checkpoint
    note: str
    added: int


class Edge:
    """The right edge of the tree: its range, and the tiles that are not whole yet."""

    def __init__(self, conn: Connection, size: int) -> None:
        tree = store.tree_store(conn, size)
        try:
            edge, end = [], 0
            for level in range(size.bit_length() - 1, -1, -1):
                if size >> level & 1:
                    edge.append(tree.nodes(level, end >> level))
                    end += 1 << level
            self.range = Range(size, edge)
            self.open = [
                tree.tile(level, (size >> HEIGHT * level) // WIDTH)
                if (size >> HEIGHT * level) % WIDTH
                else []
                for level in range(max(1, (size.bit_length() + HEIGHT - 1) // HEIGHT))
            ]
        except (KeyError, IndexError):
            raise Unsealable("tree_broken", "Cây băm trong cơ sở dữ liệu thiếu phần.") from None

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """The next leaf; the tiles it makes whole, as (level, index, bytes)."""
        self.range.append(leaf)
        whole: list[tuple[int, int, bytes]] = []
        level, size = 0, self.range.size
        while True:
            if level == len(self.open):
                self.open.append([])
            self.open[level] = [*self.open[level], leaf] if level else self._grown(leaf)
            if len(self.open[level]) < WIDTH:
                return whole
            size //= WIDTH
            whole.append((level, size - 1, b"".join(self.open[level])))
            leaf, self.open[level] = reduce(self.open[level]), []
            level += 1

    def _grown(self, leaf: bytes) -> list[bytes]:
        self.open[0].append(leaf)
        return self.open[0]


class Sealer:
    """One log in one folder. seal() may be called by any number of processes at once."""

    def __init__(self, engine: Engine, folder: Path, now: Callable[[], datetime]) -> None:
        self._engine = engine.execution_options(write=True)
        self.folder, self._now = folder, now
        self._edge: Edge | None = None
        self._low = self._before = self._seen = 0
        self._seen_at = self._swept_at = float("-inf")

    # ------------------------------------------------------------------ its own memory

    def head(self) -> str | None:
        """The last head it remembers to have signed."""
        path = self.folder / HEAD
        return path.read_text("utf-8") if path.exists() else None

    def epoch(self) -> int:
        """Which history this is: 1, and one more after each restore that lost entries."""
        return place.epoch(self.folder)

    def start_epoch(self, number: int, checkpoint_note: str | None) -> None:
        """Forget the head that was lost with the old history; the database's own is the head."""
        with self.alone():
            if checkpoint_note is not None:
                keys.write_whole(self.folder / HEAD, checkpoint_note)
            else:
                (self.folder / HEAD).unlink(missing_ok=True)
            (self.folder / PENDING).unlink(missing_ok=True)
            # The last: until then the house is behind, and opening the epoch can be done again.
            keys.write_whole(self.folder / EPOCH, f"{number}\n")
            self._edge = None

    def alone(self) -> FileLock:
        """Nobody seals this log while it is held."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder / "lock")

    # ------------------------------------------------------------------ sealing

    def seal(self) -> Sealed | None:
        """Give places to what has none and sign; None when there is nothing new. Unsealable."""
        with self.alone():
            signer = keys.load(self.folder)
            try:
                waiting = self._pending()
                return (self._finish(*waiting) if waiting else None) or self._seal(signer)
            except BaseException:
                self._edge = None  # what stands in memory may be ahead of what was kept
                raise

    def _pending(self) -> tuple[str, list[str]] | None:
        path = self.folder / PENDING
        if not path.exists():
            return None
        told = json.loads(path.read_text("utf-8"))
        return told["note"], told["uids"]

    def _seal(self, signer: Signer) -> Sealed | None:
        with ajar("sealing"), self._engine.connect() as conn, conn.begin():
            self._take_turns(conn)
            if gone := place.missing_from(conn, self.folder):
                raise Behind(
                    "behind",
                    f"Cơ sở dữ liệu có {store.last_size(conn)} mục, cũ hơn niêm phong {gone.size} "
                    f"mục lúc {gone.at} ({gone.origin}). {ELSE}",
                )
            edge = self._trusted_edge(conn, signer)
            fresh = self._unsealed(conn)
            if not fresh:
                return None
            epoch, _ = place.reached(conn, self.folder)
            if self._begins(conn, epoch):
                fresh = self._epoch_first(conn, fresh)
            self._must_be_the_key_of(fresh, signer)
            uids = [uid for uid, _ in fresh]
            self._insert(conn, edge, fresh)
            name = f"{signer.name}/{epoch}"
            checkpoint = head(name, edge.range.size, edge.range.root(), self._now())
            note = sign(checkpoint, signer, keys.rotations(self.folder))
            self._insert_note(conn, checkpoint, note)
            keys.write_whole(
                self.folder / PENDING, json.dumps({"note": note, "uids": uids}), mode=0o600
            )
        return self._keep(checkpoint, note, len(uids))

    def _finish(self, note: str, uids: list[str]) -> Sealed | None:
        """Bring a head that was signed before a cut to where it belongs: the same, or none.

        None where another sealer has brought the same history further meanwhile.
        """
        checkpoint, _ = parse(note)
        with ajar("sealing"), self._engine.connect() as conn, conn.begin():
            self._take_turns(conn)
            if store.note_at(conn, checkpoint.size) == note:
                return self._keep(checkpoint, note, len(uids))
            if store.last_size(conn) > checkpoint.size:
                tree = store.tree_store(conn, checkpoint.size)
                if tree_root(tree.nodes, checkpoint.size) == checkpoint.root:
                    (self.folder / PENDING).unlink()
                    return None
            if store.placed(conn) + len(uids) != checkpoint.size:
                raise self._unfinished(note)
            edge = self._edge_at(conn, store.placed(conn))
            bodies = {
                uid: body
                for start in range(0, len(uids), 500)
                for uid, body in conn.execute(
                    select(AUDIT_ENTRY.c.uid, AUDIT_ENTRY.c.body).where(
                        AUDIT_ENTRY.c.uid.in_(uids[start : start + 500])
                    )
                )
            }
            if bodies.keys() != set(uids):
                raise self._unfinished(note)
            self._insert(conn, edge, [(uid, bodies[uid]) for uid in uids])
            if edge.range.root() != checkpoint.root:
                raise Unsealable("changed", "Mục đang niêm phong dở đã bị sửa.")
            self._insert_note(conn, checkpoint, note)
        return self._keep(checkpoint, note, len(uids))

    def _unfinished(self, note: str) -> Behind:
        """What a cut seal has signed is gone: a head like one that came back from outside.

        It may have been seen in the database that went, so nothing is written until it is settled.
        """
        place.keep(self.folder, place.judge(note, place.Known.of(self.folder)))
        return Behind("behind", f"Mục đã ký niêm phong không còn trong cơ sở dữ liệu. {ELSE}")

    def _keep(self, checkpoint: Checkpoint, note: str, added: int) -> Sealed:
        self._append(note)
        keys.write_whole(self.folder / HEAD, note)
        (self.folder / PENDING).unlink()
        return Sealed(checkpoint, note, added)

    def _append(self, note: str) -> None:
        """The head at the end of `checkpoints.log`, once, in one write that lasts.

        What an append that was cut has left is taken back first. Its head was not remembered yet
        and comes again here; the head remembered before it is put back if it went too.
        """
        path = self.folder / LOG
        is_new = not path.exists()
        with path.open("ab") as file:
            end, last = place.end_of(self.folder)
            lost = None
            if file.tell() > end:
                file.truncate(end)
                lost = self.head()
            if last != note:
                again = f"{lost}\n" if lost not in (None, last, note) else ""
                file.write(f"{again}{note}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            keys.sync_folder(self.folder)

    def _take_turns(self, conn: Connection) -> None:
        """A sealer on another machine waits here; SQLite's writer lock does the same."""
        if conn.dialect.name == "postgresql":
            conn.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))

    def _trusted_edge(self, conn: Connection, signer: Signer) -> Edge:
        """The tree's edge in the database, once it agrees with the last head of our own."""
        own, there = self.head(), store.last_note(conn)
        if (known := keys.public_keys(self.folder)) and known[-1] != signer.public:
            raise Unsealable(
                "old_key",
                "Tệp khóa không phải khóa mới nhất mà nhật ký này biết. Nếu đang đổi khóa dở, chạy "
                "lại ledger rotate-key; nếu khóa mới hơn dữ liệu khôi phục, đưa về một niêm phong "
                "mới (ledger witness keep).",
            )
        placed, signed = store.placed(conn), store.last_size(conn)
        if placed != signed:
            raise Unsealable("places", f"Có {placed} mục được đánh số nhưng chỉ ký tới {signed}.")
        newest = None
        if there is not None:
            try:
                newest = verify(there, signer.public)
            except BadNote:
                mine = own == there  # signed with the key before this one
                if not mine:
                    raise Unsealable(
                        "other_key", "Niêm phong mới nhất trong cơ sở dữ liệu không do khóa này ký."
                    ) from None
                newest = parse(there)[0]
            if newest.size != signed:
                raise Unsealable("columns", "Cột kích thước khác với văn bản niêm phong.")
        if own is not None and newest is not None:
            given_up = place.epoch_of(parse(own)[0].origin) < place.epoch_of(newest.origin)
            own = None if given_up else own  # a later epoch has told what became of it
        if own is not None:
            last = parse(own)[0]
            if newest is None or newest.size < last.size:
                raise Behind(
                    "behind",
                    f"Cơ sở dữ liệu cũ hơn niêm phong đã ký: có {signed}, đã ký {last.size} mục.",
                )
            if newest.size == last.size and newest.root != last.root:
                raise Unsealable("fork", "Hai niêm phong khác nhau ở cùng một kích thước.")
        edge = self._edge_at(conn, placed)
        if newest is not None and edge.range.root() != newest.root:
            raise Unsealable("root", "Gốc cây băm tính lại khác gốc đã ký.")
        if own is not None and last.size < placed:
            tree = store.tree_store(conn, last.size)
            if tree_root(tree.nodes, last.size) != last.root:
                raise Unsealable("inconsistent", "Lịch sử không nối tiếp niêm phong đã ký.")
        return edge

    def _edge_at(self, conn: Connection, size: int) -> Edge:
        if self._edge is None or self._edge.range.size != size:
            self._edge = Edge(conn, size)
        return self._edge

    def _unsealed(self, conn: Connection) -> list[tuple[str, str]]:
        """Entries without a place, in the order of their ids.

        A snapshot that shows an entry shows every entry its writer had seen, so whatever is
        visible now may be numbered now: no entry can come to stand before one it rests on.
        """
        clock = time.monotonic()
        if clock - self._swept_at > SWEEP_SECONDS:
            self._low, self._swept_at, self._seen_at = 0, clock, clock
        elif clock - self._seen_at > LATE_SECONDS:
            self._low, self._before, self._seen_at = self._before, self._seen, clock
        rows = conn.execute(
            text(
                "SELECT id, uid, body FROM audit_entry a WHERE id > :low AND NOT EXISTS "
                "(SELECT 1 FROM ledger_place p WHERE p.entry_uid = a.uid) ORDER BY id LIMIT :n"
            ),
            {"low": self._low, "n": BATCH},
        ).all()
        if rows:
            self._seen = max(self._seen, rows[-1].id)
        return [(row.uid, row.body) for row in rows]

    def _begins(self, conn: Connection, epoch: int) -> bool:
        """No head of this epoch is signed yet."""
        there = store.last_note(conn)
        return epoch > 1 and (there is None or place.epoch_of(parse(there)[0].origin) != epoch)

    def _must_be_the_key_of(self, fresh: list[tuple[str, str]], signer: Signer) -> None:
        """A change of keys is sealed by the new one; Unsealable when it was cut before it came."""
        told = [json.loads(body) for _, body in fresh if '"command":"rotate_key"' in body]
        new = [body["details"]["new"] for body in told if body["command"] == "rotate_key"]
        if new and new[-1] != str(signer.public):
            raise Unsealable("rotating", "Đang đổi khóa dở: chạy lại ledger rotate-key --reason ….")

    def _epoch_first(self, conn: Connection, fresh: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """What says that a tail was lost, and why, stands before whatever came after the loss.

        The keys that came with that tail are told behind it: the next head is of the last of them.
        None of these changes a row, so nothing rests on an entry they overtake.
        """
        said = [
            (row.uid, row.body)
            for row in conn.execute(
                text(
                    "SELECT uid, body FROM audit_entry a WHERE command IN ('open_epoch', "
                    "'rotate_key') AND NOT EXISTS (SELECT 1 FROM ledger_place p WHERE "
                    "p.entry_uid = a.uid) ORDER BY command, id"
                )
            )
        ]
        return [*said, *(one for one in fresh if one not in said)][:BATCH]

    def _insert(self, conn: Connection, edge: Edge, fresh: list[tuple[str, str]]) -> None:
        start = edge.range.size
        whole = [tile for _, body in fresh for tile in edge.append(leaf_hash(body.encode()))]
        conn.execute(
            insert(LEDGER_PLACE),
            [{"position": start + i, "entry_uid": uid} for i, (uid, _) in enumerate(fresh)],
        )
        if whole:
            conn.execute(
                insert(LEDGER_TILE), [{"level": v, "tile": i, "hashes": h} for v, i, h in whole]
            )

    def _insert_note(self, conn: Connection, checkpoint: Checkpoint, note: str) -> None:
        conn.execute(
            insert(LEDGER_CHECKPOINT),
            {
                "size": checkpoint.size,
                "origin": checkpoint.origin,
                "root": checkpoint.root.hex(),
                "at": datetime.fromisoformat(checkpoint.at),
                "note": note,
            },
        )

    def run(self, stop: threading.Event, every: float = EVERY_SECONDS) -> None:
        """Seal until told to stop; a refusal is said once, shown on pages, and tried again.

        What comes while it seals waits for the next turn: a head every few milliseconds would
        prove nothing more, and take the writers' time.
        """
        said = ""
        while not stop.is_set():
            try:
                sealed = self.seal()
                while sealed is not None and sealed.added == BATCH:
                    sealed = self.seal()
                lag.forget_obstacle(self.folder)
                said = ""
            except Unsealable as problem:
                if str(problem) != said:
                    log.error("%s: %s", problem.code, problem)
                said = str(problem)
                self._held_up(problem.code, said)
            except keys.BadKeyFile as problem:
                if str(problem) != said:
                    log.error("key: %s", problem)
                said = str(problem)
                self._held_up("key", said)
            except Exception as problem:
                log.exception("sealing failed; tried again in %s seconds", every)
                self._held_up("failed", f"Lỗi khi niêm phong: {type(problem).__name__}.")
            with suppress(KeyboardInterrupt):
                stop.wait(every)

    def _held_up(self, code: str, why: str) -> None:
        # A disk that takes nothing must not end the sealer; the waiting entries tell of it as well.
        with suppress(OSError):
            lag.keep_obstacle(self.folder, code, why, self._now())
