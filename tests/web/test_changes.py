"""What an act changed, as an inspector reads it, beside what the log and the bundle hold."""

import pytest
from sqlalchemy import event

from ledger.verify import NOT_EVIDENCE
from models.base import Base
from models.states import CycleState, Role
from tests.make import INSPECTORATE, World
from tests.web.conftest import Open
from tests.web.reader import words
from tests.web.test_audit_pages import entry_of
from web.audit import changes, labels

EVIDENCE = [t for t in Base.metadata.sorted_tables if t.name not in NOT_EVIDENCE]


def test_every_table_and_column_of_evidence_has_a_label() -> None:
    columns = {(t.name, c.name) for t in EVIDENCE for c in t.columns}

    assert [t.name for t in EVIDENCE if t.name not in labels.TABLES] == []
    assert [
        f"{table}.{column}"
        for table, column in sorted(columns)
        if f"{table}.{column}" not in labels.COLUMNS and column not in labels.COLUMNS
    ] == []


def test_no_label_is_left_of_a_table_or_column_that_is_gone() -> None:
    known = {c.name for t in EVIDENCE for c in t.columns}
    known |= {f"{t.name}.{c.name}" for t in EVIDENCE for c in t.columns}

    assert set(labels.TABLES) - {t.name for t in EVIDENCE} == set()
    assert set(labels.COLUMNS) - known == set()


def test_a_change_is_read_in_words_with_the_raw_value_below(world: World, as_: Open) -> None:
    world.bring(world.cycle(), CycleState.REPORTED)
    reader = as_(world.person(Role.INSPECTOR, INSPECTORATE))

    page = reader.get(f"/audit/{entry_of(world, 'report')}")

    cells = [words(cell) for cell in page.all("td")]
    assert "Trạng thái state" in cells
    assert "Đang thực hiện in_progress" in cells
    assert "Đã báo cáo – chờ xác nhận reported" in cells
    assert "Tư cách ký capacity" in cells
    assert "Gửi lần đầu đúng hạn first_sent_on_time" in cells
    assert "Có true" in cells
    assert any(cell.startswith("Người head2.so-chu-tri ") for cell in cells)
    assert any(cell.endswith(":00 02/03/2026 2026-03-02T05:00:00.000Z") for cell in cells)
    heads = [words(h) for h in page.all("h3")]
    assert any(h.startswith("Văn bản thêm mới · document ") for h in heads)
    assert any(h.startswith("Kỳ thực hiện sửa · cycle ") for h in heads)


def test_the_names_of_an_entry_are_asked_in_one_statement(world: World, as_: Open) -> None:
    world.bring(world.cycle(), CycleState.REPORTED)
    reader = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    asked: list[str] = []
    event.listen(
        world.engine,
        "before_cursor_execute",
        lambda conn, cursor, statement, *_: asked.append(statement),
    )

    reader.get(f"/audit/{entry_of(world, 'report')}")

    assert sum("UNION ALL" in statement for statement in asked) == 1


@pytest.mark.parametrize(
    ("table", "column", "raw"),
    [
        ("gone_table", "state", "draft"),
        ("cycle", "gone_column", "2026-01-01"),
        ("cycle", "state", "a state of another time"),
        ("cycle", "due_on", "not a day"),
        ("budget_line", "asked", "not a number"),
    ],
)
def test_what_is_not_understood_stays_as_it_is(
    world: World, table: str, column: str, raw: str
) -> None:
    change = {"table": table, "id": 1, "after": {column: raw}}

    with world.app.test_request_context():
        (row,) = changes.rows_of([change], {})

    assert row.lines[0].after == changes.Value(raw)
    assert row.is_new


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("attachment", "size", 1536, "2 KB"),
        ("cycle", "percent", 80, "80%"),
        ("budget_line", "asked", "3900.50", "3.900,5"),
        ("indicator_value", "kind", "estimate", "Ước"),
        ("cycle", "quality", "met", "Đạt"),
        ("cycle", "due_on", "2026-12-14", "14/12/2026"),
    ],
)
def test_values_are_said_as_people_write_them(
    world: World, table: str, column: str, value: object, said: str
) -> None:
    change = {"table": table, "id": 1, "before": {column: None}, "after": {column: value}}

    with world.app.test_request_context():
        (row,) = changes.rows_of([change], {})

    assert row.lines[0].before is None
    assert row.lines[0].after == changes.Value(said, str(value))


def test_of_a_very_long_entry_the_rest_is_in_the_record(
    world: World, as_: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.bring(world.cycle(), CycleState.REPORTED)
    monkeypatch.setattr(changes, "MOST_ROWS", 1)

    page = as_(world.person(Role.INSPECTOR, INSPECTORATE)).get(
        f"/audit/{entry_of(world, 'report')}"
    )

    assert "dòng dữ liệu nữa, ghi đủ trong bản ghi gốc" in page.text
