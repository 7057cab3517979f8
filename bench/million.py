"""A log of any size: the life of one cycle, told through the door, and told again of others."""

import copy
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.sealer import Sealer
from models.tables import metadata
from tests.make import OTHER, World
from workflow import canonical
from workflow.commands.cycles import AcceptTask, CompleteCycle, UpdateProgress
from workflow.commands.results import VerifyResult

TASK = "II.3-a"
NOTE = "Đã ban hành kế hoạch năm, đang triển khai tại các đơn vị; vướng mắc ở khâu kinh phí."
RESULT = (
    "Đã tổ chức 12 lớp tập huấn cho 480 cán bộ cấp xã, đạt 100 % kế hoạch; đã thẩm định và trình "
    "ban hành 3 văn bản hướng dẫn, kiểm tra thực tế tại 9 huyện, thị xã, thành phố của tỉnh. "
)
TOKENS = 8_000_000_000_000_000  # numbers that stand in no entry by themselves
LIVES_AT_ONCE = 1000
Row = tuple[str, int]


@dataclass
class Life:
    """What one cycle has left: its entries as text with gaps, and its rows in every table."""

    entries: list[tuple[str, dict[str, Any]]]  # the body with gaps; the columns beside it
    rows: dict[str, list[dict[str, Any]]]
    first_year: int


def live(world: World) -> int:
    """One cycle from its assignment to its end; its number."""
    cycle = world.cycle(TASK, OTHER)
    head, judge = world.head(OTHER, 2), world.judge_of(cycle)
    world.do(AcceptTask(cycle, "Ngô Công Tâm"), head)
    for percent in (20, 45, 70, 90):
        world.do(UpdateProgress(cycle, percent, NOTE), head)
    report = world.report(cycle, result=RESULT * 3, difficulties=NOTE, proposals=NOTE)
    world.do(report, head)
    world.do(VerifyResult(cycle), judge)
    world.do(CompleteCycle(cycle, world.document("9/BC-UBND")), world.chairman)
    return cycle


def _gap(table: str, row_id: Any) -> str:
    return f"{table}_{row_id}"


def life_of(db: sqlite3.Connection, cycle: int) -> Life:
    """The life as it stands in the database."""
    found = db.execute(
        "SELECT * FROM audit_entry WHERE object_kind = 'cycle' AND object_id = ? ORDER BY id",
        [cycle],
    )
    names = [d[0] for d in found.description]
    told = [dict(zip(names, row, strict=True)) for row in found]
    bodies = [json.loads(entry["body"]) for entry in told]
    ids = list(dict.fromkeys((c["table"], c["id"]) for b in bodies for c in b["changes"]))
    rows: dict[str, list[dict[str, Any]]] = {}
    for table, row_id in ids:
        (row,) = (found := db.execute(f"SELECT * FROM {table} WHERE id = ?", [row_id])).fetchall()
        columns = [d[0] for d in found.description]
        rows.setdefault(table, []).append(dict(zip(columns, row, strict=True)))
    entries = [
        (_with_gaps(body, entry["uid"], ids), entry)
        for body, entry in zip(bodies, told, strict=True)
    ]
    return Life(entries, rows, rows["cycle"][0]["year"])


def _with_gaps(body: dict[str, Any], uid: str, ids: list[Row]) -> str:
    """The canonical text with %(name)s for whatever is another in another life."""
    body, gaps = copy.deepcopy(body), dict[str, str]()

    def token(name: str) -> int:
        number = TOKENS + len(gaps)
        gaps[str(number)] = name
        return number

    body["object"]["id"] = token(_gap("cycle", body["object"]["id"]))
    for change in body["changes"]:
        change["id"] = token(_gap(change["table"], change["id"]))
        for values in (change.get("before"), change.get("after")):
            for column, value in (values or {}).items():
                if (column.removesuffix("_id"), value) in ids and column.endswith("_id"):
                    values[column] = token(_gap(column.removesuffix("_id"), value))
                elif (change["table"], column) == ("cycle", "year"):
                    values[column] = token("year")
    text = canonical.encode(body).replace("%", "%%").replace(uid, "%(uid)s")
    for number, name in gaps.items():
        text = text.replace(number, f"%({name})s")
    return text


def tell_again(db: sqlite3.Connection, life: Life, lives: int) -> None:
    """So many more cycles with a life like this: rows with numbers and a year of their own."""
    last = {t: db.execute(f"SELECT max(id) FROM {t}").fetchone()[0] for t in life.rows}
    (entry_id,) = db.execute("SELECT max(id) FROM audit_entry").fetchone()
    for start in range(1, lives + 1, LIVES_AT_ONCE):
        entries, rows = [], {table: list[list[Any]]() for table in life.rows}
        for number in range(start, min(start + LIVES_AT_ONCE, lives + 1)):
            values: dict[str, Any] = {"year": life.first_year + number}
            for table, there in life.rows.items():
                for row in there:
                    last[table] += 1
                    values[_gap(table, row["id"])] = last[table]
            for table, there in life.rows.items():
                rows[table] += [_row_again(table, row, values) for row in there]
            for text, columns in life.entries:
                entry_id += 1
                values["uid"] = uid = f"{entry_id:032x}"
                body = text % values
                fresh = {"id": entry_id, "uid": uid, "body": body}
                fresh["leaf_hash"] = canonical.leaf_hash(body)
                fresh["object_id"] = values[_gap("cycle", columns["object_id"])]
                entries.append([*(columns | fresh).values()])
        for table, made in (*rows.items(), ("audit_entry", entries)):
            marks = ", ".join("?" * len(made[0]))
            db.executemany(f"INSERT INTO {table} VALUES ({marks})", made)


def _row_again(table: str, row: dict[str, Any], values: dict[str, Any]) -> list[Any]:
    again = []
    for column, value in row.items():
        if (table, column) == ("cycle", "year"):
            value = values["year"]
        elif column == "id":
            value = values[_gap(table, value)]
        elif column.endswith("_id") and column.removesuffix("_id") in metadata.tables:
            value = values.get(_gap(column.removesuffix("_id"), value), value)
        again.append(value)
    return again


def fill(world: World, sealer: Sealer, entries: int) -> int:
    """A log of about this many entries, sealed; how many there are."""
    file = Path(str(world.engine.url.database))
    cycle = live(world)
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        life = life_of(db, cycle)
        (there,) = db.execute("SELECT count(*) FROM audit_entry").fetchone()
        db.execute("PRAGMA synchronous=OFF")
        db.execute("BEGIN")
        tell_again(db, life, max(0, -(-(entries - there) // len(life.entries))))
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = 0
    while sealed := sealer.seal():
        size = sealed.checkpoint.size
    return size
