"""Backup and restore: database, attachments and the log's own folder, taken while people write.

The database is copied in one snapshot. Attachments only ever appear and are named by content, so
whatever the snapshot speaks of is there when they are copied after it. A head is in the database
before it is in the log's folder, so the folder is copied before: a backup never lacks what its own
folder has seen.
"""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, func, insert, select, text

from ledger import keys, place, store
from models.database import install_guards, install_manners
from models.tables import metadata
from workflow.door import ajar

DATABASE, MANIFEST = "database.sqlite3", "manifest.json"
ROWS_AT_ONCE = 1000
LINE = re.compile(r"(\S+)\s+·\s+(\d{1,16})\s+(?:·\s+)?([0-9a-f]{64})\b")  # workflow/seals.py
Migrate = Callable[[str], None]


class BadBackup(Exception):
    """Why a backup cannot be taken or put back; one line for the operator."""


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as conn:
        if engine.dialect.name == "postgresql":
            conn = conn.execution_options(isolation_level="REPEATABLE READ")
        with conn.begin():
            yield conn


def _copy(source: Connection, target: Engine) -> dict[str, int]:
    """Every row of every table, in the order foreign keys ask for; how many there were."""
    counts = {}
    with ajar("migration"), target.execution_options(write=True).begin() as conn:
        for table in metadata.sorted_tables:
            there = 0
            rows = source.execute(
                select(table), execution_options={"yield_per": ROWS_AT_ONCE}
            ).mappings()
            for part in rows.partitions(ROWS_AT_ONCE):
                conn.execute(insert(table), [dict(row) for row in part])
                there += len(part)
            counts[table.name] = there
        if target.dialect.name == "postgresql":
            for table in metadata.sorted_tables:
                _restart(conn, table)
    return counts


def _restart(conn: Connection, table: Table) -> None:
    """The next row gets the next number."""
    if "id" not in table.c:
        return
    name = conn.execute(text("SELECT pg_get_serial_sequence(:t, 'id')"), {"t": table.name}).scalar()
    if name:
        last = conn.execute(select(func.max(table.c.id))).scalar()
        conn.execute(
            text("SELECT setval(:s, :n, :used)"), {"s": name, "n": last or 1, "used": bool(last)}
        )


def create(
    engine: Engine, home: Path, files: Path, target: Path, migrate: Migrate
) -> dict[str, Any]:
    """Write one tar file; what is in it. A file that is there already is never overwritten."""
    if target.exists():
        raise BadBackup(f"{target} đã có: chọn tên khác.")
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        folder = Path(name)
        copy, log = folder / DATABASE, folder / "ledger"
        _copy_log(place.folder_of(home), log)
        with _snapshot(engine) as conn:
            size, note = store.last_size(conn), store.last_note(conn)
            if engine.dialect.name == "sqlite":
                # One statement in the reader's snapshot: writers go on meanwhile.
                with ajar("migration"):
                    conn.exec_driver_sql("COMMIT")
                    conn.exec_driver_sql("VACUUM INTO ?", (str(copy),))
                    conn.exec_driver_sql("BEGIN")
                counts = _counts(copy)
            else:
                migrate(f"sqlite:///{copy}")
                made = create_engine(f"sqlite:///{copy}")
                install_manners(made)
                counts = _copy(conn, made)
                made.dispose()
                with closing(sqlite3.connect(copy)) as db:
                    db.execute("PRAGMA journal_mode=DELETE")
        manifest = {"size": size, "note": note, "tables": counts, "from": engine.dialect.name}
        manifest["files"] = sum(1 for _ in files.glob("??/*")) if files.exists() else 0
        manifest["sha256"] = _digest(copy)
        (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
        half = folder / "backup.tar"
        with tarfile.open(half, "w") as tar:
            tar.add(folder / MANIFEST, MANIFEST)
            tar.add(copy, DATABASE)
            if files.exists():
                tar.add(files, "files")
            tar.add(log, "ledger")
        with half.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(half, target)
    return manifest


def _copy_log(log: Path, into: Path) -> None:
    """The log's folder and what came back from outside, but nothing that can sign.

    Whoever finds the backup must not find a key: neither the present one nor one that is being
    made (`next/`, `*.part`).
    """
    for part in (log, log / place.OUTSIDE):
        target = into / part.relative_to(log)
        target.mkdir(parents=True)
        for path in sorted(part.glob("*")):
            if path.name in (keys.KEY, "lock", place.PENDING) or path.suffix == ".part":
                continue
            if path.is_file():
                shutil.copyfile(path, target / path.name)
    signed = into / place.LOG
    if signed.exists():
        signed.write_bytes(place.whole(signed.read_bytes()))  # a head may be on its way into it


def _counts(copy: Path) -> dict[str, int]:
    with closing(sqlite3.connect(copy)) as db:
        return {t.name: db.execute(_counting(t)).fetchone()[0] for t in metadata.sorted_tables}


def _counting(table: Table) -> str:
    return f'SELECT count(*) FROM "{table.name}"'  # noqa: S608 (a name of our own)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def restore(
    source: Path,
    url: str,
    home: Path,
    files: Path,
    migrate: Migrate,
    outside: Iterable[str] = (),
) -> tuple[dict[str, Any], Path | None]:
    """Put a backup in the place of the database; the manifest, and where the old one went (SQLite).

    The log's own folder stays as it is: it knows what was signed after the backup was taken, and
    that is what makes an older database read-only. So do the heads in the texts from outside.
    Before anything is replaced, BadBackup says which text is no head of this log, or is a line of
    a mail that the backup does not reach.
    """
    with tempfile.TemporaryDirectory(dir=home) as name, tarfile.open(source) as tar:
        folder = Path(name)
        try:
            _unpack(tar, folder.resolve())
            manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        except (tarfile.TarError, OSError, ValueError) as problem:
            raise BadBackup(f"{source} không phải bản sao lưu, hoặc đã hỏng.") from problem
        copy = folder / DATABASE
        if _digest(copy) != manifest["sha256"]:
            raise BadBackup("Cơ sở dữ liệu trong bản sao lưu không còn nguyên.")
        log, saved = place.folder_of(home), folder / "ledger"
        here, there = keys.public_keys(log), keys.public_keys(saved)
        if here and there and here[0] != there[0]:
            raise BadBackup(
                f"{log} là thư mục của nhật ký khác ({here[0].name}): hãy chuyển nó đi nơi khác "
                "rồi khôi phục lại."
            )
        known = place.Known.of(log if here else saved)
        told = [head for text in outside for head in _heads_in(text, known, copy)]
        aside = _put_back(copy, url, manifest, migrate)
        _merge(folder / "files", files)
        for path in sorted(saved.rglob("*")):
            into = log / path.relative_to(saved)
            if path.is_file() and not into.exists():
                into.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, into)
        for head in told:
            place.keep(log, head)
    return manifest, aside


def _heads_in(text: str, known: place.Known, copy: Path) -> list[place.Head]:
    """The signed heads of a text; a line without a signature must fit the backup as it is.

    Such a line is what stands under a mail. Nobody has signed it, so it is not kept to stop the
    house later: he who puts the backup back sees at once whether it is the one he is looking for.
    """
    notes, lines = place.signed_in(text), LINE.findall(text)
    if not notes and not lines:
        raise BadBackup(
            "Tệp đưa vào không có niêm phong nào: cần văn bản niêm phong đã ký, hoặc dòng "
            "«nguồn · số mục · mã gốc» ở cuối thư."
        )
    try:
        found = [place.judge(note, known) for note in notes]
    except place.Stranger as problem:
        raise BadBackup(str(problem)) from None
    for origin, size, root in lines:
        _must_hold(copy, known, origin, int(size), root)
    return found


def _must_hold(copy: Path, known: place.Known, origin: str, size: int, root: str) -> None:
    if not any(origin == f"{key.name}/{place.epoch_of(origin)}" for key in known.ours):
        raise BadBackup(f"Dòng «{origin} · {size}» là của nhật ký khác.")
    with closing(sqlite3.connect(copy)) as db:
        heads = db.execute("SELECT size, origin, root FROM ledger_checkpoint ORDER BY size")
        there = {head[0]: head[1:] for head in heads}
    last = max(there, default=0)
    present = place.epoch_of(there[last][0]) if there else 1
    if place.epoch_of(origin) < present:
        return  # of a history before this one, whose loss has its entry
    if (place.epoch_of(origin), size) > (present, last):
        raise BadBackup(
            f"Bản sao lưu chỉ tới mục {last}, mà dòng «{origin} · {size}» cho biết đã niêm phong "
            f"{size} mục. Hãy dùng bản sao lưu mới hơn. Nếu không còn bản nào mới hơn, thay dòng "
            "này bằng một niêm phong có chữ ký (mã QR trên văn bản, biên nhận, tệp của cơ quan "
            "chứng kiến): hệ thống sẽ chỉ cho đọc tới khi mở kỳ mới."
        )
    if there.get(size, ("", ""))[1] != root:
        raise BadBackup(
            f"Bản sao lưu không có niêm phong «{origin} · {size}» với mã gốc ghi ở dòng ấy: lịch "
            "sử trong bản sao lưu là một lịch sử khác."
        )


def _unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """Plain files and folders, inside this folder and nowhere else; ValueError for anything else.

    tarfile's own filters came with Python 3.11.4, and Debian 12 has 3.11.2.
    """
    for member in tar:
        target = (folder / member.name).resolve()
        if not target.is_relative_to(folder) or not (member.isfile() or member.isdir()):
            raise ValueError(f"{member.name} is no file of a backup")
        if member.isdir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        content = tar.extractfile(member)
        if content is None:
            raise ValueError(f"{member.name} has no content")
        with content, target.open("wb") as file:
            shutil.copyfileobj(content, file)


def _put_back(copy: Path, url: str, manifest: dict[str, Any], migrate: Migrate) -> Path | None:
    engine = create_engine(url)
    install_manners(engine)
    try:
        if engine.dialect.name == "sqlite":
            file = Path(str(engine.url.database))
            engine.dispose()
            aside = None
            if file.exists():
                with closing(sqlite3.connect(file)) as db:
                    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                aside = file.with_name(f"{file.name}.before-{manifest['sha256'][:8]}")
                os.replace(file, aside)
            for rest in ("-wal", "-shm"):
                Path(f"{file}{rest}").unlink(missing_ok=True)
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(copy, file)
            return aside
        migrate(url)
        migrate(f"sqlite:///{copy}")  # it may have been taken by an older release
        there = create_engine(f"sqlite:///{copy}")
        install_manners(there)
        with engine.connect() as conn:
            filled = [
                t.name for t in metadata.sorted_tables if conn.execute(select(t).limit(1)).first()
            ]
        if filled:
            raise BadBackup("Chỉ khôi phục vào cơ sở dữ liệu PostgreSQL còn trống.")
        with there.connect() as conn:
            _copy(conn, engine)
        there.dispose()
        with ajar("migration"), engine.begin() as conn:
            install_guards(conn)
        return None
    finally:
        engine.dispose()


def _merge(source: Path, target: Path) -> None:
    """Attachments by content: what is there already is the same."""
    for path in sorted(source.glob("??/*")) if source.exists() else []:
        into = target / path.parent.name / path.name
        if not into.exists():
            into.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, into)
