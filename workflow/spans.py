"""Keeps from when until when each deadline was running, beside every change of a cycle."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, select

from models.states import Disposition
from models.tables import CYCLE_SPAN
from workflow.door import Entry, Transaction
from workflow.law.deadlines import OPEN_STATES


def running_towards(cycle: Mapping[str, Any] | RowMapping) -> date | None:
    """The day an open, active cycle runs towards; None when no clock runs."""
    if cycle["state"] in OPEN_STATES and cycle["disposition"] == Disposition.ACTIVE:
        due: date | None = cycle["effective_due_on"]
        return due
    return None


def follow(
    tx: Transaction,
    before: Mapping[str, Any] | RowMapping,
    after: Mapping[str, Any],
    entry: Entry | None = None,
) -> None:
    """A cycle went from `before` to `after`: stop its span, begin the next."""
    was, runs = running_towards(before), running_towards(after)
    if was == runs:
        return
    if was is not None:
        _stop(tx, before["id"], entry)
    if runs is not None:
        _begin(tx, after, runs, entry)


def hand_over(tx: Transaction, cycle: Mapping[str, Any]) -> None:
    """Another agency leads from today: what runs, runs for it."""
    runs = running_towards(cycle)
    if runs is not None:
        _stop(tx, cycle["id"], None)
        _begin(tx, cycle, runs, None)


def _stop(tx: Transaction, cycle_id: int, entry: Entry | None) -> None:
    running = (CYCLE_SPAN.c.cycle_id == cycle_id, CYCLE_SPAN.c.until_on.is_(None))
    for span in tx.rows(select(CYCLE_SPAN).where(*running)):
        tx.update(CYCLE_SPAN, span, until_on=tx.today, entry=entry)


def _begin(tx: Transaction, cycle: Mapping[str, Any], runs: date, entry: Entry | None) -> None:
    tx.insert(
        CYCLE_SPAN,
        cycle_id=cycle["id"],
        agency_id=cycle["agency_id"],
        due_on=runs,
        since_on=tx.today,
        entry=entry,
    )
