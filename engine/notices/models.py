"""Tables of notices, of what people have chosen about them, and of the letters they were sent in."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key


class Notice(Base):
    """What one person is told; it names rows and says nothing of a document, so that a recall leaves nothing here."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "mark"),
        Index("ix_notice_person", "person_id", "id", postgresql_where="bell"),
        Index("ix_notice_unread", "person_id", "id", postgresql_where="bell and read_at is null"),
        Index("ix_notice_unread_task", "task_id", postgresql_where="task_id is not null and read_at is null"),
        Index("ix_notice_mail", "mail_at", postgresql_where="mail_at is not null and letter_id is null"),
        Index("ix_notice_letter", "letter_id", postgresql_where="letter_id is not null"),
        Index("ix_notice_by", "by_id", "id", postgresql_where="kind = 'urged'"),
        Index("ix_notice_at", "at"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))
    mark: Mapped[str] = mapped_column(String(60))  # what it tells: the same is told to a person once
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    task_id: Mapped[int | None]
    document_id: Mapped[int | None]
    instance_id: Mapped[int | None]
    details: Mapped[Json]  # who is stood in for, the name of a recipient, the words of a reminder
    bell: Mapped[bool]
    read_at: Mapped[datetime | None]
    mail_at: Mapped[datetime | None]  # when it goes into a letter; None: never
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))


class Letter(Base):
    """One e-mail with the notices that were due for a person; how it fared is also told to who reminded them."""

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint("state in ('waiting','sent','failed')", name="state"),
        Index("ix_letter_waiting", "delivery_id", postgresql_where="state = 'waiting'"),
        Index("ix_letter_failed", "agency_id", "id", postgresql_where="state = 'failed'"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    delivery_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text, default="")


class NoticePreference(Base):
    """What a person has chosen: channels by kind of notice, how often letters come, when they don't."""

    __tablename__ = "notice_preference"
    __table_args__ = (CheckConstraint("digest in ('at-once','hourly','morning')", name="digest"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    channels: Mapped[Json]  # kind → channels; a kind that isn't there has its defaults
    digest: Mapped[str] = mapped_column(String(10))
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_until: Mapped[time | None] = mapped_column(Time)
    working_days_only: Mapped[bool]


class PushSubscription(Base):
    """One browser of a person that takes notices while the page is closed; what the browser's own service gave it."""

    __tablename__ = "push_subscription"
    __table_args__ = (UniqueConstraint("endpoint"),)

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    endpoint: Mapped[str] = mapped_column(String(1000))
    public_key: Mapped[str] = mapped_column(String(100))  # of the browser, base64url (RFC 8291)
    secret: Mapped[str] = mapped_column(String(40))  # shared with the browser, base64url
    browser: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
