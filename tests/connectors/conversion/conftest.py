"""Fonts, a draft, and ways to read a laid-out page."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.conversion.draft import Draft
from connectors.pdf_fonts import FONTS

LETTER = Draft(
    agency_name="Sở Xây dựng",
    parent_name="Ủy ban nhân dân tỉnh Mẫu",
    place="Mẫu",
    subject="rà soát quy hoạch khu dân cư nông thôn",
    notation="SXD-QLXD",
    year=2026,
    addressees=("Ủy ban nhân dân xã An Phú", "Ủy ban nhân dân phường Bình Minh"),
    body="Sở Xây dựng đề nghị các địa phương rà soát quy hoạch.\nGửi báo cáo trước ngày 05 tháng 12 năm 2026.",
    recipients=("Như trên", "UBND tỉnh (báo cáo)"),
    kept="VT, QLXD",
    capacity="KT. Giám đốc",
    signer_position="Phó Giám đốc",
    signer_name="Nguyễn Thị Ánh Tuyết",
)


@pytest.fixture(scope="session")
def fonts() -> Path:
    """The typeface that set-up fetches."""
    return FONTS
