"""Tables of documents, attachments, links, registers, dispatches, instructions and who takes part.

Field names follow NĐ 30/2020 Phụ lục VI (section 5.9 of the facts).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key


class Document(Base):
    """One document as one agency holds it: the sender's and each receiver's are different rows."""

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint("direction in ('incoming','outgoing')", name="direction"),
        CheckConstraint("secrecy = 'none'", name="not_secret"),  # LA-1.2: secret content never enters
        Index("ix_document_list", "agency_id", "direction", "id"),
        Index("ix_document_newest", "agency_id", "id"),
        Index("ix_document_identifier", "agency_id", "identifier"),
        Index("ix_document_code", "agency_id", "code", "organ_id"),
        Index("ix_document_raw_hash", "raw_hash", postgresql_where="raw_hash is not null"),
        Index("ix_document_received", "agency_id", "received_at", postgresql_where="direction = 'incoming'"),
        Index(
            "ix_document_sent_out",
            "agency_id",
            "issued_at",
            postgresql_where="direction = 'outgoing' and issued_at is not null",
        ),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    direction: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(30))
    identifier: Mapped[str | None] = mapped_column(String(200))  # mã định danh văn bản, opaque when incoming
    type_name: Mapped[str] = mapped_column(String(100), default="Công văn")
    code_number: Mapped[str | None] = mapped_column(String(20))
    code_notation: Mapped[str | None] = mapped_column(String(60))
    code: Mapped[str | None] = mapped_column(String(90))  # “125/SXD-QLXD” as one string, for search and display
    issued_date: Mapped[date | None]
    organ_id: Mapped[str | None] = mapped_column(String(64))  # code of the issuing agency
    organ_name: Mapped[str] = mapped_column(String(200), default="")
    subject: Mapped[str] = mapped_column(String(500))
    language: Mapped[str] = mapped_column(String(30), default="Tiếng Việt")
    page_amount: Mapped[int | None]
    description: Mapped[str] = mapped_column(String(500), default="")
    urgency: Mapped[int] = mapped_column(default=0)  # 0 thường 1 khẩn 2 thượng khẩn 3 hỏa tốc 4 hỏa tốc hẹn giờ
    secrecy: Mapped[str] = mapped_column(String(20), default="none")
    due_date: Mapped[date | None]
    signer_position: Mapped[str] = mapped_column(String(100), default="")
    signer_name: Mapped[str] = mapped_column(String(100), default="")
    signer_capacity: Mapped[str] = mapped_column(String(100), default="")
    # outgoing
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))  # drafting unit
    drafter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    body: Mapped[str] = mapped_column(Text, default="")
    reply_required: Mapped[bool] = mapped_column(default=False)
    reply_requirement: Mapped[str] = mapped_column(Text, default="")  # LA-9.2.d
    issued_amount: Mapped[int | None]
    to_places: Mapped[str] = mapped_column(String(1000), default="")
    person_signed_at: Mapped[datetime | None]
    issued_at: Mapped[datetime | None]
    # incoming
    source: Mapped[str] = mapped_column(String(10), default="drafted")  # axis, internal, paper, drafted
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    entered_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]  # legal time of receipt (LA-10.2)
    arrival_date: Mapped[date | None]
    arrival_number: Mapped[int | None]
    calendar_version: Mapped[int | None]
    raw_hash: Mapped[str | None] = mapped_column(String(64))  # the message as it came, kept as evidence
    verification: Mapped[Json]  # report of the signature check
    checks: Mapped[Json]  # report of completeness, duplicates, formats
    refusal_code: Mapped[str] = mapped_column(String(30), default="", server_default="")
    refusal_reason: Mapped[str] = mapped_column(String(1000), default="")
    result: Mapped[str] = mapped_column(Text, default="")  # how it was resolved
    resolution: Mapped[str] = mapped_column(String(20), default="")  # answer, information, result
    # life
    frozen: Mapped[bool] = mapped_column(default=False)  # recalled at the issuer (SYS-8)
    destroyed_at: Mapped[datetime | None]
    tombstone: Mapped[Json]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    folded: Mapped[str] = mapped_column(Text, default="")
    file_organ_id: Mapped[str | None] = mapped_column(String(64))
    file_catalog: Mapped[int | None]
    file_notation: Mapped[str | None] = mapped_column(String(60))
    doc_ordinal: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class Attachment(Base):
    """A file of a document; a newer version replaces an older of the same name and part, nothing is overwritten."""

    __tablename__ = "attachment"
    __table_args__ = (CheckConstraint("part in ('main','annex','draft','notice','opinion','summary')", name="part"),)

    id: Mapped[Key]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    part: Mapped[str] = mapped_column(String(10))
    number: Mapped[int] = mapped_column(default=1)  # order within the part
    version: Mapped[int] = mapped_column(default=1)
    current: Mapped[bool] = mapped_column(default=True)
    file_hash: Mapped[str] = mapped_column(String(64), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    origin: Mapped[str] = mapped_column(String(20), default="uploaded")  # uploaded, rendered, signed, sealed, received
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class DraftText(Base):
    """The typed text of a draft as it was after one change; nothing is overwritten (ND30-10.3)."""

    __tablename__ = "draft_text"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    id: Mapped[Key]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    number: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(500), default="")  # where it was taken from, when it wasn't typed
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class DraftReason(Base):
    """Why a version of a draft was made; a file without a row was made by a step of the procedure."""

    __tablename__ = "draft_reason"

    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String(500), default="")
    template: Mapped[str] = mapped_column(String(200), default="")  # the template it was filled from, in words


class LayoutCheck(Base):
    """What the check of form and layout found in one file of a document; checked again, it is written anew."""

    __tablename__ = "layout_check"
    __table_args__ = (CheckConstraint("state in ('waiting','done','failed')", name="state"),)

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    report: Mapped[Json]  # engine.drafts.layout.checking.plain
    pictures: Mapped[Json]  # page → hash of its picture
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    checked_at: Mapped[datetime | None]


class DocumentLink(Base):
    """Two documents of one agency that belong together; an answer is linked both ways (LA-9.2.đ)."""

    __tablename__ = "document_link"
    __table_args__ = (UniqueConstraint("from_id", "to_id", "kind"),)

    id: Mapped[Key]
    from_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # answers, replaces, corrects, recalls, concerns
    created_at: Mapped[datetime]


class Register(Base):
    """A register (sổ) of an agency: numbers run 1 … per year, one series for paper and electronic (ND30-15.1, 22.2)."""

    __tablename__ = "register"

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    direction: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))
    type_names: Mapped[Json]  # {"only": ["Quyết định"]} or {}: which kinds go here
    body_name: Mapped[str] = mapped_column(String(200), default="", server_default="")  # an advisory body's own series
    notation: Mapped[str] = mapped_column(String(60), default="")  # template, e.g. "{kind}-{agency}"
    with_year: Mapped[bool] = mapped_column(default=False)  # legal normative documents: 23/2019/QĐ-UBND
    active: Mapped[bool] = mapped_column(default=True)


class RegisterYear(Base):
    """The next free number of a register in a year; its row lock makes numbers consecutive without gap."""

    __tablename__ = "register_year"

    register_id: Mapped[int] = mapped_column(ForeignKey("register.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_number: Mapped[int] = mapped_column(default=1)


class RegisterEntry(Base):
    """One line of a register; a cancelled number stays visible and is never used again.

    A secondary number (123a) stands behind the number of its day, for what is entered afterwards. A held line with a
    document waits for it: the document takes it when it is numbered or registered.
    """

    __tablename__ = "register_entry"
    __table_args__ = (
        UniqueConstraint("register_id", "year", "number", "suffix"),
        CheckConstraint("state in ('used','held','released','cancelled')", name="state"),
        Index("ix_register_entry_dated", "register_id", "dated"),
    )

    id: Mapped[Key]
    register_id: Mapped[int] = mapped_column(ForeignKey("register.id"))
    year: Mapped[int]
    number: Mapped[int]
    suffix: Mapped[str] = mapped_column(String(2), default="", server_default="")
    dated: Mapped[date]  # the day the number stands for; its year is the document's
    state: Mapped[str] = mapped_column(String(10), default="used")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
    held_for: Mapped[str] = mapped_column(String(200), default="", server_default="")  # unit or person, in words
    held_until: Mapped[date | None]
    settled_at: Mapped[datetime | None]  # when a held number was used, released or cancelled
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class PrintedBook(Base):
    """A print too long to be waited for: made by a worker, kept as a file of one person until it expires."""

    __tablename__ = "printed_book"
    __table_args__ = (CheckConstraint("state in ('waiting','making','done','failed')", name="state"),)

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    given: Mapped[Json]  # which book, period and format: engine.documents.prints.orders.Order
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    rows_made: Mapped[int] = mapped_column(default=0)
    rows_total: Mapped[int]
    file_hash: Mapped[str | None] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(255), default="")
    size: Mapped[int | None]
    problem: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Dispatch(Base):
    """One recipient of an outgoing document, and how far it got there (LA-9.3)."""

    __tablename__ = "dispatch"
    __table_args__ = (
        UniqueConstraint("document_id", "recipient_code"),
        Index("ix_dispatch_due", "agency_id", "due_date", postgresql_where="due_date is not null and reply_id is null"),
        Index("ix_dispatch_reply", "reply_id", postgresql_where="reply_id is not null"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    recipient_code: Mapped[str] = mapped_column(String(64))
    recipient_name: Mapped[str] = mapped_column(String(200))
    for_action: Mapped[bool] = mapped_column(default=True)  # else for information
    paper_reason: Mapped[str] = mapped_column(String(300), default="")  # LA-5.1.c, LA-6.2
    state: Mapped[str] = mapped_column(String(20), default="queued")
    reason: Mapped[str] = mapped_column(String(1000), default="")
    transport_id: Mapped[str | None] = mapped_column(String(200))
    issued_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]  # legal: issued and success report present (LA-10.1)
    due_date: Mapped[date | None]
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    reminders: Mapped[int] = mapped_column(default=0)
    late_at: Mapped[datetime | None]  # when its reply was first found late


class DispatchStatus(Base):
    """A status message about a dispatch, every one kept, in whatever order they came."""

    __tablename__ = "dispatch_status"

    id: Mapped[Key]
    dispatch_id: Mapped[int] = mapped_column(ForeignKey("dispatch.id"), index=True)
    code: Mapped[str] = mapped_column(String(10))
    description: Mapped[str] = mapped_column(String(1000), default="")
    staff: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]  # as the sender of the status says
    arrived_at: Mapped[datetime]
    raw_hash: Mapped[str | None] = mapped_column(String(64))


class Instruction(Base):
    """A leader's instruction on an incoming document (bút phê, ND30-23.4)."""

    __tablename__ = "instruction"

    id: Mapped[Key]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]  # its step was taken back; kept as evidence


class Assignment(Base):
    """Who resolves: exactly one lead (chủ trì), supporters (phối hợp), others for information (để biết), ND30-23.2."""

    __tablename__ = "assignment"
    __table_args__ = (CheckConstraint("part in ('lead','support','inform')", name="part"),)

    id: Mapped[Key]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    instruction_id: Mapped[int | None] = mapped_column(ForeignKey("instruction.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    part: Mapped[str] = mapped_column(String(10))
    due_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(20), default="open")  # open, done, returned, replaced
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]  # first looked at by the person, or by somebody of the unit


class Opinion(Base):
    """What somebody said on a draft or a case: checks, approvals, returns, contributions of supporters."""

    __tablename__ = "opinion"

    id: Mapped[Key]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(40))  # content-check, form-check, approval, support, return, extension
    verdict: Mapped[str] = mapped_column(String(20), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    judged_hash: Mapped[str | None] = mapped_column(String(64))  # what lay before who judged: a file, or the text
    judged_name: Mapped[str] = mapped_column(String(255), default="", server_default="")
    judged_version: Mapped[int | None]
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]  # its step was taken back; kept as evidence


class Party(Base):
    """Who takes part in a document and so may see it: the one place scope is read from besides agency-wide roles."""

    __tablename__ = "party"
    __table_args__ = (
        UniqueConstraint("document_id", "person_id", "unit_id", postgresql_nulls_not_distinct=True),
        Index("ix_party_person", "person_id", "document_id"),
        Index("ix_party_unit", "unit_id", "document_id"),
    )

    id: Mapped[Key]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    reason: Mapped[str] = mapped_column(String(40), default="")
    since: Mapped[datetime]
