"""What the log remembers: the place of each entry, the tiles, the signed heads; inspections."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SECRET, At, Base, Pk


class LedgerPlace(Base):
    """The place of an entry in the log, given by the sealer: from 0 and without a gap."""

    __tablename__ = "ledger_place"

    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    entry_uid: Mapped[str] = mapped_column(String(32), ForeignKey("audit_entry.uid"), unique=True)


class LedgerTile(Base):
    """256 hashes of one level of the tree, whole; what is not whole yet is worked out."""

    __tablename__ = "ledger_tile"

    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    tile: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerCheckpoint(Base):
    """A signed head of the log. `note` is the signed text; the other columns help to search."""

    __tablename__ = "ledger_checkpoint"

    size: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(String(200))
    root: Mapped[str] = mapped_column(String(64))
    at: Mapped[At]
    note: Mapped[str]


class LedgerCheck(Base):
    """What the system found when it verified itself. Found evil is an entry as well."""

    __tablename__ = "ledger_check"

    id: Mapped[Pk]
    kind: Mapped[str] = mapped_column(String(20), comment="whole | increment")
    started_at: Mapped[At] = mapped_column(index=True)
    ended_at: Mapped[At]
    size: Mapped[int] = mapped_column(comment="entries with a place that were looked at")
    is_ok: Mapped[bool]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class Inspection(Base):
    """A case folder: one inspection decision with its scope and period (Luật Thanh tra)."""

    __tablename__ = "inspection"

    id: Mapped[Pk]
    decision: Mapped[str] = mapped_column(comment="12/QĐ-TTr")
    decided_on: Mapped[date]
    scope: Mapped[str]
    period_from: Mapped[date]
    period_to: Mapped[date]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    opened_at: Mapped[At]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class InspectionQuestion(Base):
    """A search of the log that is kept, to be asked again."""

    __tablename__ = "inspection_question"

    id: Mapped[Pk]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"), index=True)
    name: Mapped[str]
    query: Mapped[str] = mapped_column(comment="the address's question part, without its mark")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[At]


class InspectionNote(Base):
    """A note of one inspector for himself: its words stay out of the trail."""

    __tablename__ = "inspection_note"

    id: Mapped[Pk]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"), index=True)
    text: Mapped[str] = mapped_column(info=SECRET)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[At]


class InspectionFinding(Base):
    """What the inspection found, and what it proposes."""

    __tablename__ = "inspection_finding"

    id: Mapped[Pk]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"), index=True)
    text: Mapped[str]
    proposal: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[At]


class FindingEntry(Base):
    """A finding points to the entry it rests on."""

    __tablename__ = "finding_entry"
    __table_args__ = (UniqueConstraint("finding_id", "entry_uid"),)

    id: Mapped[Pk]
    finding_id: Mapped[int] = mapped_column(ForeignKey("inspection_finding.id"))
    entry_uid: Mapped[str] = mapped_column(String(32), ForeignKey("audit_entry.uid"))
