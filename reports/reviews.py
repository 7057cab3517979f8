"""Reviews as they are kept: frozen figures beside a count of today for the same moment."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from models.states import ReviewKind, ReviewState
from models.tables import DOCUMENT, PERSON, REVIEW
from reports.catalogue import Asked, Made, make
from reports.papers.docx_writer import write_docx
from reports.papers.names import paper_day
from reports.papers.parts import Written
from reports.papers.pdf_writer import write_pdf
from workflow.commands.reports import IssueReview, in_state
from workflow.files import FileStore
from workflow.law.errors import NotFound, Reason, Refusal, Refused
from workflow.law.facts import SYSTEM, DocumentFacts


@dataclass(frozen=True)
class ReviewFound:
    """A review with its frozen figures, and whether counting again still gives them."""

    row: dict[str, Any]
    figures: dict[str, Any]
    still_the_same: bool
    before: dict[str, Any] | None


def _select() -> Any:
    return (
        select(REVIEW, DOCUMENT.c.notation, DOCUMENT.c.issued_on, PERSON.c.name.label("frozen_by"))
        .outerjoin(DOCUMENT, DOCUMENT.c.id == REVIEW.c.document_id)
        .join(PERSON, PERSON.c.id == REVIEW.c.frozen_by_id)
    )


def listed(conn: Connection) -> Sequence[RowMapping]:
    """Every review, newest first."""
    order = (REVIEW.c.year.desc(), REVIEW.c.kind, REVIEW.c.number.desc())
    return list(conn.execute(_select().order_by(*order)).mappings())


def counted(conn: Connection, kind: ReviewKind, year: int, moment: datetime) -> Made:
    """The figures to freeze: over everything, whoever asks."""
    return make(conn, SYSTEM, kind.value, Asked(year, moment))


def review_row(conn: Connection, review_id: int) -> RowMapping:
    """A review as it is kept; NotFound when there is none."""
    row = conn.execute(_select().where(REVIEW.c.id == review_id)).mappings().first()
    if row is None:
        raise NotFound("review", str(review_id))
    return row


def review(conn: Connection, review_id: int) -> ReviewFound:
    """A review and what it is compared with; NotFound when there is none."""
    row = review_row(conn, review_id)
    kind = ReviewKind(row["kind"])
    again = counted(conn, kind, row["year"], row["cutoff_at"])
    before = conn.execute(
        select(REVIEW.c.figures)
        .where(
            REVIEW.c.plan_id == row["plan_id"],
            REVIEW.c.kind == row["kind"],
            REVIEW.c.year == row["year"] - 1,
        )
        .order_by(REVIEW.c.number.desc())
    ).scalar()
    return ReviewFound(
        dict(row),
        json.loads(row["figures"]),
        again.figures.digest() == row["figures_sha256"],
        json.loads(before) if before else None,
    )


def issued_files(conn: Connection, review_id: int, document: DocumentFacts) -> dict[str, bytes]:
    """Word and PDF with their number and day; Refused when they would not carry the frozen figures.

    The papers are laid out from figures counted for the frozen moment again.
    """
    row = review_row(conn, review_id)
    asked = Asked(row["year"], row["cutoff_at"], None, Written(json.loads(row["texts"])))
    made = make(conn, SYSTEM, row["kind"], asked)
    if made.figures.digest() != row["figures_sha256"]:
        raise Refused(Refusal(Reason.FIGURES_MOVED))
    paper = made.papers[0]
    signed = replace(paper.signature, name=document.signer_name)
    final = replace(
        paper, number=document.number, dated=paper_day(document.issued_on), signature=signed
    )
    return {"docx": write_docx(final), "pdf": write_pdf(final)}


def issuing(
    conn: Connection,
    store: FileStore,
    review_id: int,
    document: DocumentFacts,
    seen_version: int | None = None,
) -> IssueReview:
    """The act of issuing, with the files as issued already kept in the store.

    NotFound where there is no such review. An act that is refused later leaves files that nothing
    names.
    """
    # Making the files takes seconds: not for an act that will be refused.
    in_state(review_row(conn, review_id), ReviewState.SUBMITTED)
    files = issued_files(conn, review_id, document)
    kept = {kind: store.put(io.BytesIO(content)).sha256 for kind, content in files.items()}
    return IssueReview(review_id, document, kept["docx"], kept["pdf"], seen_version)
