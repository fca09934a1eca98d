"""What travels between agencies: a document with its files, or the status of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from engine.errors import PermanentError

NEW, RECALL, UPDATE, REPLACE = "0", "1", "2", "3"

ARRIVED, REFUSED, ACCEPTED, ASSIGNED, PROCESSING, DONE = "01", "02", "03", "04", "05", "06"
TAKE_BACK, AGREED, DENIED = "13", "15", "16"

STATUS_NAMES: Mapping[str, str] = {
    ARRIVED: "đã đến",
    REFUSED: "từ chối tiếp nhận (trả lại)",
    ACCEPTED: "đã tiếp nhận",
    ASSIGNED: "đã chuyển xử lý",
    PROCESSING: "đang xử lý",
    DONE: "đã hoàn thành",
    TAKE_BACK: "lấy lại",
    AGREED: "đồng ý cập nhật hoặc lấy lại",
    DENIED: "từ chối cập nhật hoặc lấy lại",
}


class MessageError(PermanentError):
    """A message can't be read or may not be written; `code` says which rule, `problems` every sentence."""

    def __init__(self, code: str, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.problems = problems or (message,)


@dataclass(frozen=True, slots=True)
class Organization:
    """An agency as a message names it; `code` is a string of either generation, never judged on receipt."""

    code: str
    name: str = ""
    in_charge: str = ""
    address: str = ""
    email: str = ""
    telephone: str = ""
    fax: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """Another document as a message names it: agency, full number such as `45/UBND-KT`, identifier, day."""

    code: str
    number: str
    document_id: str = ""
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed: capacity line (`KT. GIÁM ĐỐC`), title, name."""

    full_name: str = ""
    position: str = ""
    competence: str = ""


@dataclass(frozen=True, slots=True)
class Staff:
    """The person who handles the exchange at one side."""

    department: str = ""
    name: str = ""
    email: str = ""
    mobile: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """One station of the message and when it passed; the axis adds its own."""

    code: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receiver:
    """A recipient added to, or taken off, an updated document."""

    code: str
    added: bool


@dataclass(frozen=True, slots=True)
class Replacement:
    """A document that this one replaces, and for which recipients."""

    document_id: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Business:
    """Why the message is sent: new document, recall, update, replacement (kept raw when unknown)."""

    kind: str = NEW
    reason: str = ""
    document_id: str = ""
    paper: bool = False
    staff: Staff = Staff()
    content_changed: bool | None = None
    receivers_changed: bool | None = None
    receivers: tuple[Receiver, ...] = ()
    replaces: tuple[Replacement, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file in a message. `content` is None, with `problem` in words, when it is missing or can't be decoded."""

    name: str
    media_type: str
    content: bytes | None
    description: str = ""
    content_id: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DocumentMessage:
    """A document on its way: the header of edXML, its trace, its files (the first is the main document)."""

    sender: Organization
    recipients: tuple[Organization, ...]
    document_id: str
    number: str
    notation: str
    issued_on: date | None
    subject: str
    type_name: str
    business: Business
    place: str = ""
    type_code: str = "1"
    type_detail: str = ""
    content: str = ""
    signer: Signer = Signer()
    due_on: date | None = None
    priority: int = 0
    sphere: str = ""
    typist: str = ""
    copies: int | None = None
    pages: int | None = None
    steering: bool | None = None
    appendixes: tuple[str, ...] = ()
    answers: tuple[Citation, ...] = ()
    steering_type: str = "1"
    places: tuple[str, ...] = ()
    hops: tuple[Hop, ...] = ()
    files: tuple[AttachedFile, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)  # elements of other systems, read and kept, not written
    warnings: tuple[str, ...] = ()  # what the reader let pass

    @property
    def full_number(self) -> str:
        """Number and notation as people write them, `125/SXD-QLXD`."""
        return "/".join(part for part in (self.number, self.notation) if part)

    @property
    def sent_at(self) -> datetime | None:
        """When the first station passed it on."""
        return next((hop.at for hop in self.hops if hop.at is not None), None)

    @property
    def concerns(self) -> str:
        """Identifier of the document a recall or update is about; both places it may stand in are looked at."""
        return self.business.document_id or self.document_id


@dataclass(frozen=True, slots=True)
class StatusMessage:
    """How far a document got; `about.code` is whom the status is for (QD28-10.2.h)."""

    sender: Organization
    about: Citation
    status: str
    description: str
    at: datetime | None
    staff: Staff = Staff()
    warnings: tuple[str, ...] = ()

    @property
    def status_name(self) -> str:
        """The status in words; codes nobody has defined stay visible."""
        return STATUS_NAMES.get(self.status, f"khác (mã {self.status})")
