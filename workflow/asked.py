"""Everything people have asked of each other about one cycle, in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from models.states import ExtensionStatus, ReportStatus
from models.tables import (
    AGENCY,
    DOCUMENT,
    EXPLANATION,
    EXTENSION,
    FLAG,
    PERSON,
    REPORT,
    SUPPORT_REQUEST,
    URGING,
)

ASKER, ANSWERER = PERSON.alias("asker"), PERSON.alias("answerer")
PAPER, DECISION = DOCUMENT.alias("paper"), DOCUMENT.alias("decision")


@dataclass(frozen=True)
class AskedOf:
    """Requests and marks of one cycle, the oldest first."""

    extensions: Sequence[RowMapping]
    urgings: Sequence[RowMapping]
    explanations: Sequence[RowMapping]
    supports: Sequence[RowMapping]
    flags: Sequence[RowMapping]

    @property
    def open_extension(self) -> RowMapping | None:
        """The request that waits for its decision."""
        return next((e for e in self.extensions if e["status"] == ExtensionStatus.ASKED), None)

    @property
    def open_explanation(self) -> RowMapping | None:
        """The question that waits for its answer."""
        return next((e for e in self.explanations if e["answered_at"] is None), None)

    @property
    def open_supports(self) -> Sequence[RowMapping]:
        """Parts that have not come."""
        return [s for s in self.supports if s["answered_at"] is None]


def of_cycle(conn: Connection, cycle_id: int) -> AskedOf:
    """What was asked of a cycle the reader is known to see."""

    def rows(statement: Any) -> Sequence[RowMapping]:
        return list(conn.execute(statement).mappings())

    extensions = (
        select(
            EXTENSION,
            PAPER.c.notation.label("notation"),
            PAPER.c.issued_on.label("issued_on"),
            DECISION.c.notation.label("decision_notation"),
            DECISION.c.issued_on.label("decision_on"),
            ASKER.c.name.label("asked_by"),
            ANSWERER.c.name.label("decided_by"),
        )
        .outerjoin(PAPER, PAPER.c.id == EXTENSION.c.document_id)
        .outerjoin(DECISION, DECISION.c.id == EXTENSION.c.decision_document_id)
        .outerjoin(ASKER, ASKER.c.id == EXTENSION.c.asked_by_id)
        .outerjoin(ANSWERER, ANSWERER.c.id == EXTENSION.c.decided_by_id)
        .where(EXTENSION.c.cycle_id == cycle_id)
        .order_by(EXTENSION.c.number)
    )
    # The next report answers an urging, also one that was returned afterwards; not one taken back.
    reported = (
        select(REPORT.c.submitted_at)
        .where(
            REPORT.c.cycle_id == URGING.c.cycle_id,
            REPORT.c.submitted_at > URGING.c.at,
            REPORT.c.status != ReportStatus.WITHDRAWN.value,
        )
        .order_by(REPORT.c.submitted_at)
        .limit(1)
        .scalar_subquery()
    )
    urgings = (
        select(
            URGING,
            reported.label("answered_at"),
            PAPER.c.notation,
            PAPER.c.issued_on,
            ASKER.c.name.label("by_name"),
        )
        .outerjoin(PAPER, PAPER.c.id == URGING.c.document_id)
        .join(ASKER, ASKER.c.id == URGING.c.by_id)
        .where(URGING.c.cycle_id == cycle_id)
        .order_by(URGING.c.number)
    )
    explanations = (
        select(EXPLANATION, ASKER.c.name.label("asked_by"), ANSWERER.c.name.label("answered_by"))
        .join(ASKER, ASKER.c.id == EXPLANATION.c.asked_by_id)
        .outerjoin(ANSWERER, ANSWERER.c.id == EXPLANATION.c.answered_by_id)
        .where(EXPLANATION.c.cycle_id == cycle_id)
        .order_by(EXPLANATION.c.id)
    )
    supports = (
        select(
            SUPPORT_REQUEST,
            AGENCY.c.code.label("agency_code"),
            AGENCY.c.short.label("agency_short"),
            AGENCY.c.name.label("agency_name"),
            ASKER.c.name.label("asked_by"),
        )
        .join(AGENCY, AGENCY.c.id == SUPPORT_REQUEST.c.agency_id)
        .join(ASKER, ASKER.c.id == SUPPORT_REQUEST.c.asked_by_id)
        .where(SUPPORT_REQUEST.c.cycle_id == cycle_id)
        .order_by(SUPPORT_REQUEST.c.due_on, SUPPORT_REQUEST.c.id)
    )
    flags = (
        select(FLAG, ASKER.c.name.label("by_name"))
        .join(ASKER, ASKER.c.id == FLAG.c.by_id)
        .where(FLAG.c.cycle_id == cycle_id, FLAG.c.lowered_at.is_(None))
        .order_by(FLAG.c.id)
    )
    return AskedOf(rows(extensions), rows(urgings), rows(explanations), rows(supports), rows(flags))
