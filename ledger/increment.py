"""The hourly look at a long log: what is new since the last look, and where that one had ended.

Where it had ended is told by a file that is not believed: the tree at that size must still come to
the root under a signed head, which must still stand at the end of what was read of
`checkpoints.log`. What was changed further back is for the look at the whole, every night.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ledger import keys, place, store
from ledger.sealer import LOG, Edge, Unsealable
from ledger.source import Database, plain
from ledger.verify import (
    ABOUT_THE_LOG,
    NOT_EVIDENCE,
    Bad,
    Findings,
    Fold,
    Key,
    Note,
    answer,
    check_move,
    judge,
    notes_in,
    same,
)
from models.tables import metadata

POSITION = "verified"  # beside the log's folder, which is the sealer's and nobody else's to write
IDS_AT_ONCE = 500


@dataclass(frozen=True)
class Position:
    """Until where all was well: so many entries under this head, so many bytes of the log."""

    size: int
    note: str
    read: int

    def keep(self, home: Path) -> None:
        keys.write_whole(home / POSITION, json.dumps(asdict(self)))

    @classmethod
    def kept(cls, home: Path) -> "Position | None":
        """None when there is none that can be read."""
        try:
            told = json.loads((home / POSITION).read_text("utf-8"))
            return cls(int(told["size"]), str(told["note"]), int(told["read"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None


class Gone(Exception):
    """The last look did not end where it says: only a look at the whole can tell why."""


def heads_since(folder: Path, position: Position) -> tuple[list[str], int]:
    """The heads that were signed since, and how far that is in the file; Gone."""
    tail = f"{position.note}\n".encode()
    start = position.read - len(tail)
    try:
        with (folder / LOG).open("rb") as file:
            file.seek(max(0, start))
            is_there, fresh = file.read(len(tail)) == tail, place.whole(file.read())
    except OSError:
        raise Gone from None
    if start < 0 or not is_there:
        raise Gone
    return [n for n in notes_in(fresh.decode("utf-8")) if n.strip()], position.read + len(fresh)


def look(
    source: Database, folder: Path, position: Position, key: Key
) -> tuple[dict[str, Any], Position]:
    """Checks 1 to 5 and 7 of what is new, and where this look has ended; Gone."""
    heads, read = heads_since(folder, position)
    try:
        edge = Edge(source.conn, position.size).range
    except Unsealable:
        raise Gone from None
    then = Note(position.note)
    if edge.root() != then.root or then.size != position.size or not then.signed_by(key):
        raise Gone
    found, fold, roots = Findings(), Fold(is_whole=False), {position.size: then.root}
    expected, unsealed = position.size, 0
    for row in source.entries(position.size):
        where = row[3] if row[0] is None else row[0]
        unsealed += row[0] is None
        if row[0] is not None and row[0] != expected:
            found.bad("numbering", min(row[0], expected), "numbering.gap", f"Thiếu #{expected}.")
            expected = row[0]
        expected += row[0] is not None
        if row[1] is None:
            found.bad("numbering", where, "numbering.no_entry", f"Số #{where} không có mục.")
            continue
        leaf, wrong, body = judge(row)
        for one in wrong:
            found.bad(*one)
        if row[0] is not None:
            edge.append(leaf)
            roots[edge.size] = edge.root()
        if body is None:
            continue
        if body["command"] in ABOUT_THE_LOG:
            raise Gone  # another key or epoch from here on: that takes the whole
        try:
            check_move(body, fold)
            for change in body["changes"]:
                fold.apply(change, where)
        except Bad as problem:
            found.bad("state", where, problem.code, f"Mục #{where}: {problem.message}")
        except (KeyError, TypeError, AttributeError):
            found.bad("canonical", where, "canonical.shape", f"Mục #{where} có phần sai dạng.")
    inside = [text for *_, text in source.checkpoints(position.size)]
    _heads(dict.fromkeys([*inside, *heads]), key, roots, expected, found)
    if expected > store.last_size(source.conn):
        found.bad("checkpoints", expected, "checkpoints.unsigned", "Có số mà không có niêm phong.")
    _rows(source, fold, found)
    is_further = heads and not found.first
    ended = Position(Note(heads[-1]).size, heads[-1], read) if is_further else position
    found.skipped["attachments"] = "Chỉ kiểm phần mới: tệp được kiểm mỗi đêm."
    return answer(found, expected, unsealed), ended


def _heads(
    notes: Iterable[str], key: Key, roots: dict[int, bytes], size: int, found: Findings
) -> None:
    """Every new head is signed and is the root at its size."""
    for text in notes:
        try:
            note = Note(text)
        except Bad as problem:
            found.bad("checkpoints", None, problem.code, problem.message)
            continue
        what = f"Niêm phong lúc {note.at}, {note.size} mục"
        if not note.signed_by(key):
            found.bad("checkpoints", None, "checkpoints.signature", f"{what}: chữ ký không đúng.")
        elif note.size > size:
            found.bad("checkpoints", size, "checkpoints.missing", f"{what}: chỉ còn {size} mục.")
        elif roots.get(note.size) != note.root:
            found.bad("checkpoints", None, "checkpoints.root", f"{what}: gốc khác.")


def _rows(source: Database, fold: Fold, found: Findings) -> None:
    """The rows the new entries speak of are as these have left them."""
    is_whole = found.is_log_whole

    def bad(where: Any, code: str, message: str) -> None:
        found.bad("state", where if is_whole else None, code, message)

    for name in (n for n in fold.rows if n in metadata.tables and n not in NOT_EVIDENCE):
        table, left, gone = metadata.tables[name], fold.rows[name], fold.gone[name]
        ids = [*left, *(row_id for row_id in gone if row_id not in left)]
        kept: dict[Any, Any] = {}
        for start in range(0, len(ids), IDS_AT_ONCE):
            some = select(table).where(table.c.id.in_(ids[start : start + IDS_AT_ONCE]))
            kept |= {row["id"]: row for row in source.conn.execute(some).mappings()}
        for row_id in ids:
            row, where = kept.get(row_id), left[row_id][0] if row_id in left else gone[row_id]
            if (row is None) != (row_id not in left):
                bad(where, "state.gone", f"Dòng {name} số {row_id} đã mất.")
            if row is None or row_id not in left:
                continue
            for column, value in fold.written(name, row_id).items():
                if column not in row or not same(value, plain(row[column])):
                    said = f"{name} số {row_id}: cột {column} khác với các mục (mục cuối #{where})."
                    bad(where, "state.row", said)
                    break
