"""Commendation: a campaign with its criteria, the minutes of its council, and nominations."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import At, Base, Pk
from models.states import AwardForm, CampaignKind, NominationState, NomineeKind


class AwardCampaign(Base):
    """One round of commendation for a period of years."""

    __tablename__ = "award_campaign"
    __table_args__ = (UniqueConstraint("kind", "first_year", "last_year"),)

    id: Mapped[Pk]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    kind: Mapped[CampaignKind] = mapped_column(String(20))
    first_year: Mapped[int]
    last_year: Mapped[int]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[At]
    minutes_collectives: Mapped[int | None] = mapped_column(comment="counts the council agreed on")
    minutes_individuals: Mapped[int | None]
    minutes_members: Mapped[int | None]
    minutes_present: Mapped[int | None]
    minutes_chair: Mapped[str | None]
    minutes_secretary: Mapped[str | None]
    minutes_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    version: Mapped[int] = mapped_column(default=1)


class AwardCriterion(Base):
    """A criterion of a campaign with its legal basis: data that people may change."""

    __tablename__ = "award_criterion"
    __table_args__ = (UniqueConstraint("campaign_id", "code"),)

    id: Mapped[Pk]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("award_campaign.id"))
    code: Mapped[str] = mapped_column(String(40), comment="which fact it looks at")
    text: Mapped[str]
    basis: Mapped[str] = mapped_column(comment="legal basis, with its date")
    bound: Mapped[str] = mapped_column(String(20), comment="decimal the fact is held against")
    is_active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)


class Nomination(Base):
    """A collective or person proposed: name, post, unit and achievement, nothing more personal."""

    __tablename__ = "nomination"
    __table_args__ = (Index("ix_nomination_campaign", "campaign_id", "state"),)

    id: Mapped[Pk]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("award_campaign.id"))
    kind: Mapped[NomineeKind] = mapped_column(String(20))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), comment="whose own they are")
    proposed_by_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    salutation: Mapped[str | None] = mapped_column(String(10), comment="Ông or Bà")
    name: Mapped[str]
    post: Mapped[str | None]
    unit: Mapped[str | None]
    is_leader: Mapped[bool] = mapped_column(default=False)
    achievement: Mapped[str]
    form: Mapped[AwardForm] = mapped_column(String(20))
    state: Mapped[NominationState] = mapped_column(String(20))
    facts: Mapped[str] = mapped_column(comment="what spoke for and against, as JSON, when proposed")
    facts_at: Mapped[At]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[At]
    cleared_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    cleared_at: Mapped[datetime | None] = mapped_column(comment="exclusion checklist confirmed")
    appraised_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    appraised_at: Mapped[datetime | None]
    opinion: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    published_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(comment="of the last return or withdrawal")
    version: Mapped[int] = mapped_column(default=1)
