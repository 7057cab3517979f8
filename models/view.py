"""How somebody likes to look at the lists: filters he keeps under a name of his own."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import At, Base, Pk


class SavedView(Base):
    """The filters of one list as they stand in its address, under a name; one person's own."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("person_id", "place", "name"),)

    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    place: Mapped[str] = mapped_column(String(40), comment="the list, as the menu names it")
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(comment="the address's question part, without its mark")
    at: Mapped[At]
