"""What an operator does to an installation from the command line."""

from __future__ import annotations

from sqlalchemy import select

from connectors.assembly import make_platform
from engine import audit
from engine.clock import VIETNAM
from engine.definitions import commands as definitions
from engine.directory import calendars, commands
from engine.directory.models import Agency, AgencyCode
from engine.documents.commands import open_usual_registers
from engine.errors import InvalidInput, NotFound
from engine.platform import Work, system
from engine.schema import upgrade
from engine.settings import Settings

_SCHEME = "QCVN2016"


def create_admin(
    settings: Settings, login: str, name: str, password: str, agency_code: str | None, agency_name: str | None
) -> str:
    """Make a person who administers the province and their agency; return a sentence that says so.

    The agency is the one with the code; else the first one there is; else a new one of that name.
    """
    upgrade(settings.database_url)
    platform = make_platform(settings)
    try:
        platform.run(system(), definitions.load_shipped)
        person, agency = platform.run(system(), _appoint, login, name, password, agency_code, agency_name)
    finally:
        platform.engine.dispose()
    return f"Đã tạo tài khoản “{person}” quản trị tỉnh, thuộc {agency}. Người dùng phải đổi mật khẩu khi đăng nhập."


def load_procedures(settings: Settings) -> list[str]:
    """Put in force the shipped procedures whose content is new here; their keys. Running cases keep their versions."""
    platform = make_platform(settings)
    try:
        return platform.run(system(), definitions.load_shipped)
    finally:
        platform.engine.dispose()


def _appoint(
    work: Work, login: str, name: str, password: str, agency_code: str | None, agency_name: str | None
) -> tuple[str, str]:
    agency = _agency(work, agency_code, agency_name)
    _equip(work, agency)
    person = commands.add_person(work, agency.id, name, user_name=login, password=password)
    for role in ("provincial-admin", "agency-admin"):
        commands.grant_role(work, person.id, role)
    return person.user_name, agency.name


def _agency(work: Work, code: str | None, name: str | None) -> Agency:
    if name is None:
        wanted = select(Agency).order_by(Agency.id)
        if code is not None:
            wanted = wanted.join(AgencyCode, AgencyCode.agency_id == Agency.id).where(AgencyCode.code == code)
        found = work.session.scalars(wanted.limit(1)).first()
        if found is not None:
            return found
        if code is not None:
            raise NotFound(f"Không có cơ quan nào mang mã {code}. Thêm --agency-name để tạo mới.")
        raise InvalidInput("Chưa có cơ quan nào. Thêm --agency-name (và --agency) để tạo cơ quan đầu tiên.")
    initials = "".join(word[0] for word in name.split() if word[0].isalpha()).upper()
    return commands.add_agency(work, name, abbreviation=initials[:30], codes={_SCHEME: code} if code else None)


def _equip(work: Work, agency: Agency) -> None:
    """Give an agency what its first document needs: office hours and registers. What it has stays."""
    if agency.calendar_id is None and agency.parent_id is None:
        year = work.now.astimezone(VIETNAM).year
        calendar = calendars.add_calendar(work, f"Lịch làm việc {agency.name}"[:200], years=(year, year + 1))
        agency.calendar_id = calendar.id
    open_usual_registers(work, agency.id)


def verify_audit(settings: Settings) -> tuple[bool, list[str]]:
    """Walk every audit chain and compare with its ends laid down outside; whether all hold, and lines that say so."""
    from connectors import anchoring  # with all it takes to check signatures

    platform = make_platform(settings)
    try:
        with platform.reading() as session:
            breaks = [f"Chuỗi {each.chain}, dòng {each.sequence}: {each.sentence}" for each in audit.verify(session)]
            breaks += anchoring.breaks(platform, session)
            count = audit.count(session)
    finally:
        platform.engine.dispose()
    if breaks:
        return False, [*breaks, f"Nhật ký kiểm toán KHÔNG nguyên vẹn: {len(breaks)} chỗ sai trong {count} dòng."]
    return True, [f"Nhật ký kiểm toán nguyên vẹn: {count} dòng."]
