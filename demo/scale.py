"""Multiplies the agencies of the story, for measurements only: rows are copied, not acted."""

from typing import Any

from sqlalchemy import Connection, Engine, Insert, Table, func, insert, null, select
from sqlalchemy.sql.elements import ColumnElement

from models.tables import AGENCY, CYCLE, CYCLE_PARTY, CYCLE_SPAN
from workflow.door import ajar


def multiply(engine: Engine, wanted: int) -> int:
    """Copy the cycles to invented agencies until there are about `wanted`; how many there are.

    Each copy of the register gets its own agencies (code-2, code-3 …) and keeps who supports
    whom, so that lists, searches and access rules have real work. Set-based, no audit entries.
    """
    with ajar("measurement"), engine.execution_options(write=True).connect() as conn, conn.begin():
        there = conn.execute(select(func.count()).select_from(CYCLE)).scalar_one()
        if not there:
            return 0
        last_cycle = conn.execute(select(func.max(CYCLE.c.id))).scalar_one()
        last_agency = conn.execute(select(func.max(AGENCY.c.id))).scalar_one()
        for number in range(2, max(2, round(wanted / there)) + 1):
            _copy(conn, number, last_agency, last_cycle)
        conn.exec_driver_sql("ANALYZE")
        return conn.execute(select(func.count()).select_from(CYCLE)).scalar_one()


def _copy(conn: Connection, number: int, last_agency: int, last_cycle: int) -> None:
    agencies, cycles = last_agency * (number - 1), last_cycle * (number - 1)
    conn.execute(
        _copied(
            AGENCY,
            last_agency,
            id=AGENCY.c.id + agencies,
            code=AGENCY.c.code + f"-{number}",
            name=AGENCY.c.name + f" {number}",
            short=AGENCY.c.short + f" {number}",
            position=AGENCY.c.position + agencies,
        )
    )
    conn.execute(
        _copied(
            CYCLE,
            last_cycle,
            id=CYCLE.c.id + cycles,
            agency_id=CYCLE.c.agency_id + agencies,
            report_id=null(),
        )
    )
    parties = select(
        CYCLE_PARTY.c.cycle_id + cycles, CYCLE_PARTY.c.agency_id + agencies, CYCLE_PARTY.c.role
    ).where(CYCLE_PARTY.c.cycle_id <= last_cycle)
    conn.execute(insert(CYCLE_PARTY).from_select(["cycle_id", "agency_id", "role"], parties))
    spans = select(
        CYCLE_SPAN.c.cycle_id + cycles,
        CYCLE_SPAN.c.agency_id + agencies,
        CYCLE_SPAN.c.due_on,
        CYCLE_SPAN.c.since_on,
        CYCLE_SPAN.c.until_on,
    ).where(CYCLE_SPAN.c.cycle_id <= last_cycle)
    names = ["cycle_id", "agency_id", "due_on", "since_on", "until_on"]
    conn.execute(insert(CYCLE_SPAN).from_select(names, spans))


def _copied(table: Table, last: int, **changed: ColumnElement[Any]) -> Insert:
    names = [c.name for c in table.c]
    columns = [changed.get(name, table.c[name]) for name in names]
    rows = select(*columns).where(table.c.id <= last)
    return insert(table).from_select(names, rows)
