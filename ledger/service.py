"""The log as the system's other parts use it: its key, its sealer, its own verification."""

import base64
import json
import logging
import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, func, insert, select

from ledger import increment, keys, lag, place, store, verify
from ledger.checkpoint import Rotation, Signer, parse
from ledger.sealer import LOG, Behind, Sealed, Sealer
from ledger.source import database
from models.tables import AUDIT_ENTRY, LEDGER_CHECK, LEDGER_CHECKPOINT
from workflow import canonical
from workflow.commands.ledger import OpenEpoch, RecordTampering, RecordUnsealed, RotateKey
from workflow.door import Door, Origin, ajar
from workflow.law.facts import SYSTEM

log = logging.getLogger("dondoc.ledger")
CLI = Origin("cli")
SMALL = 200_000  # entries; some twenty seconds of one processor
HEAD_COSTS = 20  # as much as so many entries: a signature is checked in Python
NOT_VERIFIED = "not_verified"  # a look that could not be made
LOOKED_BACK = 50  # tellings of one kind; one bad thing has a few at most
SILENT = "Bộ niêm phong không chạy, hoặc không cho biết vì sao."


class Ledger:
    """One log: the database it is in, the folder with what must not be in the database."""

    def __init__(
        self,
        engine: Engine,
        home: Path,
        files: Path,
        now: Callable[[], datetime],
        base_url: str | None = None,
    ) -> None:
        self.engine, self.home, self.files, self._now = engine, home, files, now
        self.folder = place.folder_of(home)
        self._host = (urlsplit(base_url).hostname if base_url else None) or "localhost"
        self.sealer = Sealer(engine, self.folder, now)

    def ensure_key(self) -> bool:
        """A key when this log has none and never had; True when one was made now."""
        if (self.folder / keys.KEY).exists():
            return False
        with self.engine.connect() as conn:
            if store.last_size(conn) or keys.public_keys(self.folder):
                return False
        keys.make(self.folder, keys.new_name(self._host))
        return True

    def key_lines(self) -> list[str]:
        """The public key lines, the first one first."""
        return [str(key) for key in keys.public_keys(self.folder)]

    def fingerprint(self) -> str | None:
        """The first key as it is compared by eye."""
        lines = self.key_lines()
        return verify.Key(lines[0]).fingerprint if lines else None

    def outside(self, extra: Iterable[Path] = ()) -> list[str]:
        """Every head known outside the database."""
        path = self.folder / LOG
        signed = place.whole(path.read_bytes()) if path.exists() else b""
        files = [signed.decode("utf-8", "replace"), *(f.read_text("utf-8") for f in extra)]
        kept = [n for text in files for n in verify.notes_in(text) if n.strip()]
        return kept + [h.note for h in place.outside(self.folder, place.Known.of(self.folder))]

    # ------------------------------------------------------------------ verification

    def is_small(self) -> bool:
        """Few enough entries and heads to look at all of them every hour."""
        with self.engine.connect() as conn:
            heads = conn.execute(select(func.count()).select_from(LEDGER_CHECKPOINT)).scalar() or 0
            return store.placed(conn) + HEAD_COSTS * heads <= SMALL

    def verify(self, extra: Iterable[Path] = (), given: Iterable[str] = ()) -> dict[str, Any]:
        """All seven checks on the living database."""
        return self.verify_against(self.outside(extra), given)

    def verify_against(self, heads: Iterable[str], given: Iterable[str] = ()) -> dict[str, Any]:
        """The same, against these heads only."""
        trusted = [verify.Key(k) for k in list(given) or self.key_lines()[:1]]
        with database(self.engine, self.files) as source:
            return verify.Verifier(source, trusted, heads, accepted=self.epochs()).run()

    def verify_whole(self) -> dict[str, Any]:
        """The whole log; where all is well the next look at what is new begins."""
        path = self.folder / LOG
        read, _ = place.end_of(self.folder)  # what comes meanwhile is new
        found = self.verify()
        if found["ok"] and read:
            with path.open("rb") as file:
                *_, last = (n for n in verify.notes_in(file.read(read).decode()) if n.strip())
            increment.Position(verify.Note(last).size, last, read).keep(self.home)
        return found

    def verify_new(self) -> dict[str, Any] | None:
        """What is new since the last look that found nothing; None when it takes the whole."""
        position, lines = increment.Position.kept(self.home), self.key_lines()
        if position is None or not lines:
            return None
        key = verify.Key(lines[-1])
        try:
            with database(self.engine) as source:
                found, ended = increment.look(source, self.folder, position, key)
        except (increment.Gone, verify.Bad):
            return None
        if ended != position:
            ended.keep(self.home)
        return found

    def verify_and_tell(self, door: Door, whole: bool = True) -> dict[str, Any]:
        """The scheduler's turn: verify, remember the answer, and say it aloud when it is bad.

        Whether it was said is asked of the trail, so that what could not be said is said next time.
        A look that cannot be made is bad as well, the second time in a row: then it is no hiccup.
        """
        started, failed_before = self._now(), self._could_not_look()
        try:
            # After a look that could not be made only one at the whole can tell that all is well.
            new = None if whole or failed_before else self.verify_new()
            found = self.verify_whole() if new is None else new
        except Exception as problem:
            said = problem.message if isinstance(problem, verify.Bad) else type(problem).__name__
            message = f"Không kiểm chứng được: {said}"
            bad = [{"name": NOT_VERIFIED, "code": NOT_VERIFIED, "message": message}]
            self._remember("whole", started, 0, bad)
            if failed_before:
                self._tell(door, 0, bad)
            raise
        bad = [c for c in found["checks"] if not c["ok"]]
        self._remember("whole" if new is None else "increment", started, found["size"], bad)
        if bad:
            self._tell(door, found["size"], bad)
        return found

    def _could_not_look(self) -> bool:
        """The look before this one could not be made."""
        newest = select(LEDGER_CHECK.c.findings).order_by(LEDGER_CHECK.c.id.desc()).limit(1)
        with self.engine.connect() as conn:
            return any(c["code"] == NOT_VERIFIED for c in conn.execute(newest).scalar() or [])

    def _remember(self, kind: str, started: datetime, size: int, bad: list[dict[str, Any]]) -> None:
        with (
            ajar("sealing"),
            self.engine.execution_options(write=True).connect() as conn,
            conn.begin(),
        ):
            conn.execute(
                insert(LEDGER_CHECK),
                {
                    "kind": kind,
                    "started_at": started,
                    "ended_at": self._now(),
                    "size": size,
                    "is_ok": not bad,
                    "findings": bad,
                },
            )

    def _tell(self, door: Door, size: int, bad: list[dict[str, Any]]) -> None:
        """Inspectors and VP UBND are told once of the same, as long as it stands."""
        findings = {c["name"]: c["message"] for c in bad}
        with self.engine.connect() as conn:
            since = store.bad_since(conn)
            is_told = _stands_there(
                conn, "record_tampering", {"since": since, "findings": findings}
            )
        if not is_told and since is not None:
            log.error("tampering: %s", json.dumps(bad, ensure_ascii=False))
            command = RecordTampering(size, tuple(findings.items()), since)
            door.perform(command, SYSTEM, self._now())

    def tell_if_unsealed(self, door: Door) -> lag.Lag:
        """The scheduler's turn: entries that wait too long for their seal are told of, once."""
        with self.engine.connect() as conn:
            found, now = lag.of(conn, self.folder), self._now()
            if found.since is None or not found.is_long(now):
                return found
            is_told = _stands_there(conn, "record_unsealed", {"since": found.since})
        if not is_told:
            why = found.obstacle.why if found.obstacle else SILENT
            log.error("unsealed since %s: %s", found.since.isoformat(), why)
            door.perform(RecordUnsealed(found.since, why), SYSTEM, now)
        return found

    def epochs(self) -> range:
        """The epochs that were opened here, on the machine that has the key: nobody else's word."""
        return range(2, self.sealer.epoch() + 1)

    # ------------------------------------------------------------------ key and epoch

    def rotate(self, door: Door, reason: str) -> Sealed | None:
        """Go on with a new key: the old one signs for it, then seals for the last time.

        Cut anywhere and run again, it goes on with the same new key.
        """
        old, coming = keys.load(self.folder), self.folder / "next"
        fresh = keys.load(coming) if (coming / keys.KEY).exists() else keys.make(coming, old.name)
        if fresh.public != old.public:
            self._replace(door, old, fresh, reason)
        shutil.rmtree(coming)
        return self.sealer.seal()

    def _replace(self, door: Door, old: Signer, fresh: Signer, reason: str) -> None:
        rotation = Rotation.by(old, fresh.public)
        signature = base64.b64encode(rotation.signature).decode()
        command = RotateKey(str(old.public), str(fresh.public), signature, reason)
        with self.engine.connect() as conn:
            is_said = _stands_there(conn, "rotate_key", {"new": command.new})
        # What stands before the change is sealed by the old key, the change itself by the new.
        while not is_said and self.sealer.seal():
            pass
        with self.sealer.alone():  # or another sealer signs the change with the key that went
            if not is_said:
                door.perform(command, SYSTEM, self._now(), origin=CLI)
            keys.add_rotation(self.folder, rotation)
            keys.save(self.folder, fresh)

    def new_epoch(self, reason: str, document: str) -> Sealed | None:
        """Go on after a restore that lost entries; Behind.code tells when there is no need.

        The first entry of the epoch names the newest lost head of each history that was lost, for
        this may not be the first loss. Keys that came with what was lost are told again.
        """
        lost, opened = list[str](), list[int]()
        try:
            while self.sealer.seal():
                pass
        except Behind:
            with self.engine.connect() as conn:
                opened = place.openings(conn)  # by a run before this one, which was cut
                lost = place.lost_from(conn, self.folder, self._all_outside())
                kept, there = store.last_size(conn) + len(opened), store.last_note(conn)
        if not lost and not opened:
            raise Behind("not_behind", "Cơ sở dữ liệu không thiếu niêm phong nào: không cần mở kỳ.")
        epoch = place.epoch_of(parse(lost[-1])[0].origin) + 1 if lost else opened[-1]
        with self.engine.connect() as conn:
            untold = [
                rotation
                for rotation in keys.rotations(self.folder)
                if not _stands_there(conn, "rotate_key", {"new": str(rotation.new)})
            ]
        # This door does not ask whether it is closed: this is the act that opens it again.
        door = Door(self.engine)
        if lost:
            opening = OpenEpoch(epoch, lost[-1], tuple(lost[:-1]), kept, reason, document)
            door.perform(opening, SYSTEM, self._now(), origin=CLI)
        for rotation in untold:
            signature = base64.b64encode(rotation.signature).decode()
            again = RotateKey(str(rotation.old), str(rotation.new), signature, reason)
            door.perform(again, SYSTEM, self._now(), origin=CLI)
        self.sealer.start_epoch(epoch, there)
        return self.sealer.seal()

    def _all_outside(self) -> list[str]:
        head = self.sealer.head()
        return [*([head] if head else []), *self.outside()]


def _stands_there(conn: Connection, command: str, details: Mapping[str, Any]) -> bool:
    """Whether the trail holds an entry of this command that says this."""
    entry = AUDIT_ENTRY.c
    some = select(entry.body).where(entry.command == command).order_by(entry.id.desc())
    said = json.loads(canonical.encode(details))
    return any(
        said.items() <= json.loads(body)["details"].items()
        for body in conn.execute(some.limit(LOOKED_BACK)).scalars()
    )
