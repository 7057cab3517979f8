"""Closing a year: every verified cycle of it is completed on the decision of UBND, at once."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, RowMapping, select

from models.states import CycleState, Disposition
from models.tables import CYCLE
from workflow.access import cycle_for
from workflow.commands.cycles import keep_document
from workflow.commands.years import plan_by_code
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.law.errors import Refused
from workflow.law.facts import Details, DocumentFacts
from workflow.law.machine import decide
from workflow.law.transitions import EVENTS, Command


def verified_cycles(conn: Connection, plan_id: int, year: int) -> list[RowMapping]:
    """Cycles of the year whose result is verified and that are not closed yet."""
    return list(
        conn.execute(
            select(CYCLE.c.id, CYCLE.c.task_id, CYCLE.c.agency_id)
            .where(
                CYCLE.c.plan_id == plan_id,
                CYCLE.c.year == year,
                CYCLE.c.state == CycleState.VERIFIED.value,
                CYCLE.c.disposition == Disposition.ACTIVE.value,
            )
            .order_by(CYCLE.c.id)
        ).mappings()
    )


@dataclass(frozen=True)
class CloseYear:
    """Row 8 for a whole year. What the law does not let this person complete stays as it is."""

    plan_code: str
    year: int
    document: DocumentFacts


@handles(CloseYear)
def close_year(tx: Transaction, c: CloseYear) -> Outcome:
    plan = plan_by_code(tx.conn, c.plan_code)
    document_id: int | None = None
    closed, left = 0, 0
    refused: Refused | None = None
    for row in verified_cycles(tx.conn, plan["id"], c.year):
        found = cycle_for(tx.conn, tx.actor, row["id"], tx.today)
        try:
            permit = decide(
                Command.COMPLETE, tx.actor, found.facts, tx.today, Details(document=c.document)
            )
        except Refused as why:
            left, refused = left + 1, why
            continue
        tx.note(
            Entry(
                Command.COMPLETE.value, EVENTS[Command.COMPLETE], "cycle", row["id"],
                found.label, permit.membership, capacity=c.document.capacity.value,
                from_state=found.facts.state.value, to_state=permit.target.value,
                version_before=found.facts.version, version_after=found.facts.version + 1,
                document=asdict(c.document), details={"year": c.year},
            )
        )  # fmt: skip
        if document_id is None:
            document_id = keep_document(tx, c.document)
        tx.update(
            CYCLE, found.row, state=permit.target.value, completed_at=tx.now, changed_at=tx.now
        )
        closed += 1
    if refused is not None and not closed:
        raise refused
    return Outcome("plan", plan["id"], {"year": c.year, "closed": closed, "left": left})


def to_close(conn: Connection, plan_code: str, year: int) -> int:
    """How many cycles closing the year would complete at most, for a dry run."""
    return len(verified_cycles(conn, plan_by_code(conn, plan_code)["id"], year))
