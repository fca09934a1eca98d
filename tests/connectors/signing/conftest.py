"""A test authority, a draft laid out, signed and sealed: made once, as bytes don't change."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from connectors.conversion.draft import Draft
from connectors.conversion.layout import render_draft
from connectors.pdf_fonts import FONTS
from connectors.signing.authority import LocalAuthority
from connectors.signing.identity import Identity
from connectors.signing.pades import Desk, Number, fill_number_and_seal, sign_person

NOW = datetime(2026, 11, 20, 2, 5, 7, tzinfo=UTC)
AGENCY = "Sở Xây dựng tỉnh Mẫu"

DRAFT = Draft(
    agency_name="Sở Xây dựng", parent_name="Ủy ban nhân dân tỉnh Mẫu", place="Mẫu",
    subject="rà soát quy hoạch khu dân cư nông thôn", notation="SXD-QLXD", year=2026,
    addressees=("Ủy ban nhân dân xã An Phú", "Ủy ban nhân dân phường Bình Minh"),
    body="Sở Xây dựng đề nghị các địa phương rà soát quy hoạch.\nGửi báo cáo trước ngày 05 tháng 12 năm 2026.",
    recipients=("Như trên", "UBND tỉnh (báo cáo)"), kept="VT, QLXD",
    capacity="KT. Giám đốc", signer_position="Phó Giám đốc", signer_name="Nguyễn Thị Ánh Tuyết",
)


@pytest.fixture(scope="session")
def fonts() -> Path:
    """The typeface that set-up fetches."""
    return FONTS


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    """A test authority nobody else uses."""
    return LocalAuthority(tmp_path_factory.mktemp("authority"), NOW)


@pytest.fixture(scope="session")
def person(authority: LocalAuthority) -> Identity:
    """The deputy director who signs."""
    return authority.person("tuyet", "Nguyễn Thị Ánh Tuyết", "Phó Giám đốc", AGENCY, NOW)


@pytest.fixture(scope="session")
def agency(authority: LocalAuthority) -> Identity:
    """The department's seal."""
    return authority.agency("H99.15", AGENCY, NOW)


@pytest.fixture(scope="session")
def desk(authority: LocalAuthority, fonts: Path) -> Desk:
    """What signing needs, at a fixed moment."""
    return Desk(NOW, authority.timestamper(NOW), fonts)


@pytest.fixture(scope="session")
def drafted(fonts: Path) -> bytes:
    """The draft as PDF, unsigned."""
    return render_draft(DRAFT, fonts)


@pytest.fixture(scope="session")
def signed(drafted: bytes, person: Identity, desk: Desk) -> bytes:
    """Signed by the person."""
    return sign_person(drafted, person, desk)


@pytest.fixture(scope="session")
def sealed(signed: bytes, agency: Identity, desk: Desk) -> bytes:
    """Signed by the person, numbered, dated and sealed."""
    return fill_number_and_seal(signed, Number("125/SXD-QLXD", date(2026, 11, 20)), agency, desk)


@pytest.fixture
def without_stamp(authority: LocalAuthority, fonts: Path) -> Desk:
    """Signing without a time-stamp authority: B-B only, the time is a claim."""
    return dataclasses.replace(Desk(NOW, authority.timestamper(NOW), fonts), timestamper=None)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def no_loop_left() -> None:
    """pyHanko runs its own event loop; a running one here would hide that."""
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
