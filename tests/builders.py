"""Small makers of what tests need: a province, an agency, a person, a document; everything through real commands."""

from __future__ import annotations

import io
import itertools
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import engine.audit
import engine.definitions.models
import engine.drafts.models
import engine.inbox
import engine.instances.models
import engine.notices.models
import engine.occasions
import engine.outbox
import engine.tasks.models  # noqa: F401
from engine.clock import Clock
from engine.database import connect
from engine.directory import calendars
from engine.directory import commands as directory
from engine.directory import queries as directory_queries
from engine.directory.models import Agency, Person, Unit
from engine.documents import commands as documents
from engine.documents.commands import Upload
from engine.documents.models import Document, Register
from engine.files import FileStore
from engine.operations import Catalog
from engine.platform import Actor, Platform, Work, system
from engine.settings import Settings

_count = itertools.count(1)
SINCE = date(2020, 1, 1)
DOCX_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def platform(settings: Settings, clock: Clock, folder: Path) -> Platform:
    """A platform on a test's own database; `engine.dispose()` it afterwards."""
    return Platform(
        connect(settings.database_url),
        settings=settings,
        clock=clock,
        files=FileStore(folder),
        catalog=Catalog.registered(),
    )


def actor(platform: Platform, person: Person | int) -> Actor:
    """A person as the actor of a command, with the roles held at the platform's present."""
    person_id = person if isinstance(person, int) else person.id
    with platform.reading() as session:
        return directory_queries.actor_of(session, person_id, platform.clock.now())


# --- Directory ------------------------------------------------------------------------------------------------


def agency(platform: Platform, name: str = "", **more: Any) -> Agency:
    """An agency with one QCVN code (`code=None`: with none)."""
    return platform.run(system(), _agency, name, **more)


def unit(platform: Platform, agency: Agency, name: str = "", *, abbreviation: str = "") -> Unit:
    """A unit of an agency."""
    return platform.run(system(), _unit, agency, name, abbreviation)


def person(platform: Platform, agency: Agency, *roles: str, **more: Any) -> Person:
    """A person with roles; `more`: unit, full_name, user_name, post_id, password (hashing one takes time)."""
    return platform.run(system(), _person, agency, *roles, **more)


def registers(platform: Platform, agency: Agency) -> tuple[Register, Register]:
    """The two registers every agency needs: incoming and outgoing."""
    return platform.run(system(), _registers, agency)


def _agency(work: Work, name: str = "", *, abbreviation: str = "", code: str | None = "", **more: Any) -> Agency:
    number = next(_count)
    if code == "":
        code = f"000.{number // 100 % 100:02d}.{number % 100:02d}.H99"
    codes = {} if code is None else {"QCVN2016": code}
    return directory.add_agency(
        work,
        name or f"Cơ quan số {number}",
        abbreviation=abbreviation or f"CQ{number}",
        codes=codes,
        valid_from=SINCE,
        **more,
    )


def _unit(work: Work, agency: Agency, name: str = "", abbreviation: str = "") -> Unit:
    number = next(_count)
    return directory.add_unit(
        work, agency.id, name or f"Phòng số {number}", abbreviation=abbreviation or f"P{number}", valid_from=SINCE
    )


def _person(
    work: Work,
    agency: Agency,
    *roles: str,
    unit: Unit | None = None,
    full_name: str = "",
    user_name: str = "",
    **more: Any,
) -> Person:
    number = next(_count)
    made = directory.add_person(
        work, agency.id, full_name or f"Nguyễn Văn {number}", user_name=user_name or f"nguoi{number}",
        unit_id=unit.id if unit else None, must_change_password=False, **more,
    )  # fmt: skip
    for role in roles:
        directory.grant_role(work, made.id, role)
    return made


def _registers(work: Work, agency: Agency) -> tuple[Register, Register]:
    return (
        documents.add_register(work, agency.id, "incoming", "Sổ văn bản đến"),
        documents.add_register(work, agency.id, "outgoing", "Sổ văn bản đi"),
    )


@dataclass
class Office:
    """An agency with the people a case needs, by role; `head` and `specialist` belong to `unit`."""

    agency: Agency
    unit: Unit
    people: dict[str, Person] = field(default_factory=dict)
    registers: tuple[Register, Register] | None = None

    @property
    def id(self) -> int:
        """The agency's id."""
        return self.agency.id

    def __getitem__(self, role: str) -> Person:
        return self.people[role]


@dataclass
class Province:
    """The invented tỉnh Mẫu: a department that sends, a commune that answers, a ward that refuses."""

    department: Office
    commune: Office
    ward: Office
    admin: Person


OFFICE_ROLES = ("clerk", "leader", "unit-head", "specialist", "form-checker", "agency-admin")


def office(platform: Platform, name: str = "", **more: Any) -> Office:
    """An agency with one unit, one person per role and both registers."""
    return platform.run(system(), _office, name, **more)


def _office(work: Work, name: str = "", *, unit_name: str = "", unit_abbreviation: str = "", **more: Any) -> Office:
    agency = _agency(work, name, **more)
    unit = _unit(work, agency, unit_name, unit_abbreviation)
    people = {role: _person(work, agency, role, unit=unit) for role in OFFICE_ROLES}
    return Office(agency, unit, people, _registers(work, agency))


def province(platform: Platform) -> Province:
    """Sở Xây dựng, UBND xã An Phú, UBND phường Bình Minh, one calendar for all, and a provincial admin."""
    calendar = platform.run(system(), calendars.add_calendar, "Lịch làm việc tỉnh Mẫu")
    common = {"calendar_id": calendar.id, "parent_name": "UBND TỈNH MẪU"}
    department = office(
        platform, "Sở Xây dựng", abbreviation="SXD", code="000.00.15.H99", place="Mẫu",
        unit_name="Phòng Quản lý xây dựng", unit_abbreviation="QLXD", **common,
    )  # fmt: skip
    commune = office(
        platform, "UBND xã An Phú", abbreviation="UBND", code="012.00.30.H99", place="An Phú",
        unit_name="Phòng Kinh tế", unit_abbreviation="KT", **common,
    )  # fmt: skip
    ward = office(
        platform, "UBND phường Bình Minh", abbreviation="UBND", code="000.00.45.H99", place="Bình Minh",
        unit_name="Phòng Kinh tế, Hạ tầng và Đô thị", unit_abbreviation="KTHTĐT", **common,
    )  # fmt: skip
    admin = person(platform, department.agency, "provincial-admin")
    return Province(department, commune, ward, admin)


# --- Documents ------------------------------------------------------------------------------------------------


def draft(platform: Platform, office: Office, *, by: Person | None = None, **fields: Any) -> Document:
    """A draft of the office's specialist (or of `by`)."""
    drafter = by or office["specialist"]
    values: dict[str, Any] = {"subject": "Rà soát quy hoạch xây dựng", "unit_id": office.unit.id} | fields
    return platform.run(actor(platform, drafter), documents.create_draft, agency_id=office.id, **values)


def arrived(platform: Platform, office: Office, **fields: Any) -> Document:
    """An incoming document that has just arrived over the axis, with a PDF."""
    number = next(_count)
    values: dict[str, Any] = {
        "subject": "Báo cáo tình hình trật tự xây dựng", "source": "axis", "code": f"{number}/UBND-KT",
        "identifier": f"000.00.77.H99,2026/11/20,{number}/UBND-KT", "organ_id": "000.00.77.H99",
        "organ_name": "UBND xã Bên Kia", "main_file": Upload("cong-van.pdf", pdf(str(number))),
    } | fields  # fmt: skip
    return platform.run(system(office.id), documents.create_incoming, agency_id=office.id, **values)


def registered(platform: Platform, office: Office, **fields: Any) -> Document:
    """An incoming document that has been checked and entered in the register."""
    document = arrived(platform, office, **fields)

    def enter(work: Work) -> Document:
        documents.check(work, document.id)
        documents.register_incoming(work, document.id)
        return work.session.get_one(Document, document.id)

    return platform.run(actor(platform, office["clerk"]), enter)


def signed(platform: Platform, office: Office, **fields: Any) -> Document:
    """An outgoing document taken through checks and approval, with a (make-believe) personal signature."""
    document = draft(platform, office, **fields)

    def sign(work: Work) -> Document:
        for status in ("content_check", "form_check", "approval", "approved"):
            documents.set_status(work, document.id, status)
        sha256 = work.files.put(pdf(f"signed {document.id}"))
        return documents.record_signature(work, document.id, sha256, "van-ban.pdf", work.now)

    return platform.run(system(office.id), sign)


def sealed(platform: Platform, office: Office, **fields: Any) -> Document:
    """An outgoing document with number and agency seal, ready to be issued."""
    document = signed(platform, office, **fields)

    def seal(work: Work) -> Document:
        documents.number_outgoing(work, document.id)
        sha256 = work.files.put(pdf(f"sealed {document.id}"))
        return documents.record_seal(work, document.id, sha256, "van-ban.pdf", work.now)

    return platform.run(system(office.id), seal)


def issued(platform: Platform, office: Office, recipients: Sequence[int] = (), **fields: Any) -> Document:
    """An outgoing document issued to some agencies."""
    document = sealed(platform, office, recipients=list(recipients), **fields)

    def send(work: Work) -> Document:
        documents.issue(work, document.id)
        return work.session.get_one(Document, document.id)

    return platform.run(system(office.id), send)


# --- Files ----------------------------------------------------------------------------------------------------


def pdf(text: str = "Nội dung") -> bytes:
    """A small whole PDF whose bytes differ with the text."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>",
    ]
    out, offsets = bytearray(b"%PDF-1.7\n%" + text.encode("utf-8").hex().encode() + b"\n"), []
    for number, part in enumerate(parts, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + part + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    out += f"trailer\n<< /Size {len(parts) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def package(entries: dict[str, bytes | str]) -> bytes:
    """A zip of these entries, in this order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def docx(**extra: bytes | str) -> bytes:
    """A package with the parts that make a docx."""
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{DOCX_TYPES}"/></Types>'
    return package({"[Content_Types].xml": types, "word/document.xml": "<w:document/>", **extra})


def compound(*streams: tuple[str, bytes]) -> bytes:
    """An OLE compound file (doc, xls) with these streams, each stored in whole sectors."""
    size = 512
    bodies = [content.ljust(-(-max(len(content), 1) // size) * size, b"\0") for _, content in streams]
    directory_sectors = -(-(len(streams) + 1) // 4)
    first = 1 + directory_sectors
    fat = [0xFFFFFFFD] + [i + 1 for i in range(1, directory_sectors)] + [0xFFFFFFFE]
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0)]
    for (name, _), body in zip(streams, bodies, strict=True):
        sectors = len(body) // size
        entries.append(_entry(name, 2, first, len(body)))
        fat += [first + i + 1 for i in range(sectors - 1)] + [0xFFFFFFFE]
        first += sectors
    listing = b"".join(entries).ljust(directory_sectors * size, b"\0")
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(size, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *([0xFFFFFFFF] * 108))
    return header + table + listing + b"".join(bodies)


def _entry(name: str, kind: int, start: int, length: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    body = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1) + struct.pack("<III", *([0xFFFFFFFF] * 3))
    return body + bytes(16 + 4 + 16) + struct.pack("<IQ", start, length)
