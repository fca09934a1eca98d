"""Sign: the person (box 7c), then number, date and the agency (box 8), or an annex; PAdES with a time stamp (B-T)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle

from connectors.pdf_fields import (
    AGENCY,
    ANNEX,
    COPY,
    DATE,
    LABELS,
    MM,
    NUMBER,
    PERSON,
    Line,
    draw_lines,
    field_box,
    find_field,
    show,
)
from connectors.pdf_fonts import Typeface, typeface
from connectors.signing.appearance import (
    ANNEX_HEIGHT,
    ANNEX_WIDTH,
    draw_annex,
    draw_copy,
    draw_person,
    draw_seal,
    stamp,
)
from connectors.signing.identity import Identity
from engine.clock import VIETNAM
from engine.errors import PermanentError, PlatformError, TemporaryError

_HASH = "sha256"


@dataclass(frozen=True)
class Desk:
    """What every signature needs besides the identity: the moment, a time-stamp authority, fonts for the pictures."""

    now: datetime
    timestamper: TimeStamper
    fonts: Path

    @property
    def face(self) -> Typeface:
        """The serif typeface for texts and pictures."""
        return typeface(self.fonts)


@dataclass(frozen=True, slots=True)
class Number:
    """What the issuing function fills in: number and notation as printed (`05/BNV-VP`), and the date (ND30-15.3)."""

    code: str
    issued: date

    @property
    def date_line(self) -> str:
        """Days below ten and months 1 and 2 get a zero (PL I.II.4)."""
        month = f"{self.issued.month:02d}" if self.issued.month < 3 else str(self.issued.month)
        return f"ngày {self.issued.day:02d} tháng {month} năm {self.issued.year}"


def sign_person(pdf: bytes, identity: Identity, desk: Desk, image: bytes | None = None) -> bytes:
    """Sign in box 7c with the picture of the signature (ND30-13.7); the PDF must have the person's empty field.

    PermanentError when the field isn't there or the file can't be read, TemporaryError when no time stamp is to be had.
    """

    def work(writer: Any) -> StaticStampStyle:
        x0, y0, x1, y1 = field_box(_empty(writer, PERSON))
        return stamp(draw_person(identity.holder.name, desk.face, x1 - x0, y1 - y0, image))

    return _signed(pdf, PERSON, identity, desk, work)


def fill_number_and_seal(
    pdf: bytes, number: Number, identity: Identity, desk: Desk, image: bytes | None = None
) -> bytes:
    """Fill number and date and sign for the agency in box 8, all in one update (ND30-14, ND30-15.3).

    The person's signature stays valid: it allows exactly these fields to be filled. Errors as in `sign_person`.
    """

    def work(writer: Any) -> StaticStampStyle:
        _fill(writer, NUMBER, number.code, desk.face, italic=False)
        _fill(writer, DATE, number.date_line, desk.face, italic=True)
        _empty(writer, AGENCY)
        return stamp(draw_seal(identity.holder.name, desk.face, image))

    return _signed(pdf, AGENCY, identity, desk, work)


def annex_lines(code: str, at: datetime) -> list[str]:
    """Number and notation; date and time of signing with the zone, day first (facts 13.4)."""
    return [code, at.astimezone(VIETNAM).strftime("%d-%m-%Y %H:%M:%S +07:00")]


def sign_attachment(pdf: bytes, code: str, identity: Identity, desk: Desk) -> bytes:
    """Sign a separate attachment for the agency: text at the top right of page 1, no picture (PL I, facts 5.7)."""
    look = draw_annex(annex_lines(code, desk.now), desk.face)
    return _signed_in_words(pdf, ANNEX, (ANNEX_WIDTH, ANNEX_HEIGHT, 8 * MM), look, identity, desk)


def copy_lines(agency: str, at: datetime, clerk: str) -> list[str]:
    """Kind of copy, agency, moment (PL I, box 14), and who turned paper into data (NĐ 137/2024 Đ4)."""
    moment = at.astimezone(VIETNAM).strftime("%d-%m-%Y %H:%M:%S +07:00")
    return ["BẢN SỐ HÓA TỪ VĂN BẢN GIẤY", agency, moment, f"Người số hóa: {clerk}"]


def sign_copy(pdf: bytes, clerk: str, identity: Identity, desk: Desk) -> bytes:
    """Sign a digitised paper document for the agency: text at the top right of page 1, no picture (PL I, box 14).

    PermanentError when the file can't be read or bears this mark already, TemporaryError without a time stamp.
    """
    width, height, look = draw_copy(copy_lines(identity.holder.name, desk.now, clerk), desk.face)
    # close to the edge: four lines must stay above the national title, 20 mm down
    return _signed_in_words(pdf, COPY, (width, height, 3 * MM), look, identity, desk)


def made_copy_lines(kind: str, agency: str, at: datetime) -> list[str]:
    """What box 14 of PL I asks for: kind of copy, copying agency, moment with the zone of Vietnam."""
    return [kind.upper(), agency, at.astimezone(VIETNAM).strftime("%d-%m-%Y %H:%M:%S +07:00")]


def sign_made_copy(pdf: bytes, kind: str, identity: Identity, desk: Desk) -> bytes:
    """Sign a copy for the agency that made it: text at the top right of page 1, no picture (PL I, box 14).

    PermanentError when the file can't be read or bears a mark already, TemporaryError without a time stamp.
    """
    width, height, look = draw_copy(made_copy_lines(kind, identity.holder.name, desk.now), desk.face)
    return _signed_in_words(pdf, COPY, (width, height, 3 * MM), look, identity, desk)


def _signed_in_words(
    pdf: bytes, field: str, place: tuple[float, float, float], look: bytes, identity: Identity, desk: Desk
) -> bytes:
    """Sign with a text at the top right of page 1; `place` is its width, its height, its distance from the top."""

    def work(writer: Any) -> StaticStampStyle:
        page = writer.find_page_for_modification(0)[0].get_object()
        lock = FieldMDPSpec(FieldMDPAction.ALL)
        append_signature_field(
            writer, SigFieldSpec(field, 0, _top_right(page, *place), field_mdp_spec=lock,
                                 readable_field_name=LABELS[field])
        )  # fmt: skip
        return stamp(look)

    return _signed(pdf, field, identity, desk, work)


def _top_right(page: Any, width: float, height: float, down: float) -> tuple[int, int, int, int]:
    holder = page
    while "/MediaBox" not in holder and "/Parent" in holder:
        holder = holder["/Parent"]
    _x0, _y0, x1, y1 = (float(v) for v in holder["/MediaBox"])
    right, top = round(x1 - 15 * MM), round(y1 - down)
    return right - round(width), top - round(height), right, top


class _Signer(PdfSigner):  # type: ignore[misc,unused-ignore]
    """PdfSigner that claims the time of our clock instead of reading the machine's."""

    moment: datetime

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> Any:
        """As the base class."""
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.moment
        return session


def _signed(pdf: bytes, field: str, identity: Identity, desk: Desk, work: Callable[[Any], StaticStampStyle]) -> bytes:
    """Append one update to the file: what `work` changes, and the signature over everything."""
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        look = work(writer)
        meta = PdfSignatureMetadata(field_name=field, md_algorithm=_HASH, subfilter=SigSeedSubFilter.PADES)
        signer = _Signer(meta, identity.sign_with(), timestamper=desk.timestamper, stamp_style=look)
        signer.moment = desk.now.astimezone(VIETNAM).replace(microsecond=0)
        signed = signer.sign_pdf(writer, existing_fields_only=True)
    except PlatformError:
        raise
    except OSError as error:  # pyHanko: the time-stamp authority refused or couldn't be reached
        raise TemporaryError("Không lấy được dấu thời gian để ký.") from error
    except (PdfError, ValueError, KeyError, TypeError, RecursionError) as error:  # what an odd file makes pyHanko raise
        raise PermanentError("Không ký được tệp PDF này: cấu trúc tệp không phù hợp.") from error
    return bytes(signed.getvalue())


def _empty(writer: Any, name: str) -> Any:
    field = find_field(writer, name, "/Sig")
    if field is None:
        raise PermanentError(f"Tệp PDF không có ô “{LABELS[name]}”.")
    if "/V" in field:
        raise PermanentError(f"Ô “{LABELS[name]}” đã được ký.")
    return field


def _fill(writer: Any, name: str, value: str, face: Typeface, *, italic: bool) -> None:
    field = find_field(writer, name, "/Tx")
    if field is None:
        raise PermanentError(f"Tệp PDF không có ô “{LABELS[name]}”.")
    if "/V" in field:
        raise PermanentError(f"Ô “{LABELS[name]}” đã được điền.")
    x0, y0, x1, y1 = field_box(field)
    cut = face.italic if italic else face.regular
    size = min(13.0, 13.0 * (x1 - x0) / max(face.width(value, 13.0, cut), 1))
    field[pdf_name("/V")] = generic.pdf_string(value)
    # white paper under the text hides the blanks of an uploaded page; the words below were signed as blanks
    show(writer, field, draw_lines(x1 - x0, y1 - y0, [Line(value, cut, size)], paper=True))
    writer.update_container(field)
