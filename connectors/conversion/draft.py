"""What an administrative document says, before it becomes a page: the nine components of NĐ 30/2020, Phụ lục I."""

from __future__ import annotations

from dataclasses import dataclass

URGENCY_STAMPS = {1: "KHẨN", 2: "THƯỢNG KHẨN", 3: "HỎA TỐC", 4: "HỎA TỐC"}
"""Levels 1–4 of NĐ 30 PL VI and what their stamp says; 0 has no stamp."""

URGENCY_SIZES = {1: (20, 8), 2: (40, 8), 3: (30, 8), 4: (30, 8)}
"""Size of the stamp in millimetres, width × height (PL I.II.10.b)."""

OFFICIAL_LETTER = "Công văn"


@dataclass(frozen=True, slots=True)
class Draft:
    """One document to be laid out; texts as people wrote them, the rest of the form is the layout's work.

    `notation` is what follows the number's slash when it is known already; `capacity` the line above the title of the
    signer (KT. GIÁM ĐỐC); `addressees` fills “Kính gửi” of a công văn; `recipients` the lines of “Nơi nhận”, `kept` its
    last line after “Lưu:”. `year` is the one expected in the date, shown before the date is known.
    """

    agency_name: str
    place: str
    subject: str
    body: str
    signer_position: str
    signer_name: str
    parent_name: str = ""
    type_name: str = OFFICIAL_LETTER
    notation: str = ""
    capacity: str = ""
    addressees: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    kept: str = "VT"
    urgency: int = 0
    urgency_until: str = ""
    circulation: str = ""
    year: int | None = None

    @property
    def is_letter(self) -> bool:
        """A công văn has no kind above its subject, but “V/v …” under its number (PL I.II.5.b)."""
        return self.type_name.strip().lower() in ("công văn", "")
