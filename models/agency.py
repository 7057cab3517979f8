"""Agencies: who exists, under which name, from when until when."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Pk


class Agency(Base):
    """A body that leads, supports, verifies or decides. Never deleted: it ends on a day."""

    __tablename__ = "agency"

    id: Mapped[Pk]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str]
    short: Mapped[str]
    kind: Mapped[str] = mapped_column(String(40))
    is_vertical: Mapped[bool] = mapped_column(default=False)
    is_asked: Mapped[bool] = mapped_column(
        default=False, comment="asked, not ordered: mass organisations and vertical bodies"
    )
    source: Mapped[str] = mapped_column(String(20), comment="document | public-fact | person")
    note: Mapped[str | None]
    search: Mapped[str] = mapped_column(comment="folded name, short name and code")
    position: Mapped[int] = mapped_column(comment="protocol order, not alphabetical")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
