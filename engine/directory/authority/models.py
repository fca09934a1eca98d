"""Tables of authorisations to sign (TUQ) and of levels of approval."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key


class Authorisation(Base):
    """A written authorisation to sign for somebody (thừa ủy quyền): limited in time and content (ND30-13.3)."""

    __tablename__ = "authorisation"
    __table_args__ = (
        CheckConstraint("valid_to >= valid_from", name="period"),
        CheckConstraint("(receiver_id is null) <> (post_id is null)", name="one_receiver"),
        Index("ix_authorisation_agency", "agency_id", "valid_to"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    giver_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    receiver_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))  # whoever holds this post
    code: Mapped[str] = mapped_column(String(90))  # number of the authorising document: 12/GUQ-SXD
    dated: Mapped[date]
    type_names: Mapped[Json]  # {"only": ["Công văn"]} or {}: every kind
    scope: Mapped[str] = mapped_column(String(500), default="")  # the content it is limited to, in words
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")  # why it was revoked


class ApprovalLevel(Base):
    """One level a draft of certain kinds passes, after its form check and before the signer's approval."""

    __tablename__ = "approval_level"
    __table_args__ = (Index("ix_approval_level_agency", "agency_id", "position"),)

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))  # “Chánh Văn phòng duyệt”
    role: Mapped[str] = mapped_column(String(40), default="")
    own_unit: Mapped[bool] = mapped_column(default=False)  # the role in the drafting unit, not in the whole agency
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    type_names: Mapped[Json]  # as with authorisations
