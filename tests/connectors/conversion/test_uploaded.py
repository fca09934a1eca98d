"""Uploaded PDFs: fields where the words stand, refusal of what can't be signed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from connectors.conversion.layout import render_draft
from connectors.conversion.uploaded import prepare_uploaded
from connectors.pdf_fields import AGENCY, DATE, NUMBER, PERSON, field_box, find_field
from connectors.pdf_fonts import typeface
from connectors.signing.authority import LocalAuthority
from connectors.signing.pades import Desk, Number, fill_number_and_seal, sign_person
from connectors.signing.verification import verify
from engine.errors import InvalidInput
from tests.connectors.conversion.conftest import LETTER

NOW = datetime(2026, 11, 20, 2, 5, 7, tzinfo=UTC)


@pytest.fixture
def scan(fonts: Path) -> bytes:
    """A page as a word processor makes it: number, date and name at their usual places."""
    face, buffer = typeface(fonts), BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    canvas.setFont(face.regular, 13)
    canvas.drawString(110, 760, "Số:        /UBND-ĐC")
    canvas.setFont(face.italic, 13)
    canvas.drawString(330, 760, "An Phú, ngày     tháng     năm 2026")
    canvas.setFont(face.bold, 13)
    canvas.drawString(380, 200, "Trần Văn Bình")
    canvas.save()
    return buffer.getvalue()


def _box(pdf: bytes, name: str, kind: str) -> tuple[float, float, float, float]:
    field = find_field(PdfFileReader(BytesIO(pdf)), name, kind)
    assert field is not None
    return field_box(field)


def test_fields_stand_where_the_words_are(scan: bytes) -> None:
    done = prepare_uploaded(scan, signer_name="Trần Văn Bình")
    number, issued = _box(done, NUMBER, "/Tx"), _box(done, DATE, "/Tx")
    assert 125 < number[0] < 140
    assert number[1] < 762 < number[3]
    assert 370 < issued[0] < 385
    person = _box(done, PERSON, "/Sig")
    assert person[1] == pytest.approx(212, abs=4)
    assert person[0] < 380 < 460 < person[2]
    assert _box(done, AGENCY, "/Sig")[0] < person[0]


def test_without_words_the_fields_go_to_the_corners() -> None:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    canvas.rect(100, 100, 50, 50)
    canvas.save()
    done = prepare_uploaded(buffer.getvalue(), signer_name="Trần Văn Bình")
    assert _box(done, NUMBER, "/Tx")[0] < 100
    assert _box(done, NUMBER, "/Tx")[1] > 700
    assert _box(done, DATE, "/Tx")[2] > 500
    person = _box(done, PERSON, "/Sig")
    assert person[0] > 300
    assert person[1] < 200


def test_prepared_pages_can_be_signed_numbered_sealed_and_verified(scan: bytes, fonts: Path, tmp_path: Path) -> None:
    authority = LocalAuthority(tmp_path, NOW)
    name = "Ủy ban nhân dân xã An Phú"
    desk = Desk(NOW, authority.timestamper(NOW), fonts)
    done = sign_person(
        prepare_uploaded(scan, signer_name="Trần Văn Bình"),
        authority.person("binh", "Trần Văn Bình", "Chủ tịch", name, NOW),
        desk,
    )
    done = fill_number_and_seal(
        done, Number("07/UBND-ĐC", date(2026, 11, 20)), authority.agency("H99.30.012", name, NOW), desk
    )
    report = verify(done, authority.trust(NOW), NOW)
    assert report.conclusion == "original"
    assert report.number == "07/UBND-ĐC"


def test_preparing_twice_changes_nothing(scan: bytes) -> None:
    done = prepare_uploaded(scan)
    assert prepare_uploaded(done) == done


def test_own_drafts_are_left_as_they_are(fonts: Path) -> None:
    own = render_draft(LETTER, fonts)
    assert prepare_uploaded(own) == own


def test_scripts_and_automatic_actions_are_taken_out(scan: bytes) -> None:
    from pypdf.generic import DictionaryObject, NameObject, TextStringObject

    writer = PdfWriter(clone_from=PdfReader(BytesIO(scan)))
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    output = BytesIO()
    writer.write(output)
    assert b"/OpenAction" in output.getvalue()
    assert "/OpenAction" not in PdfReader(BytesIO(prepare_uploaded(output.getvalue()))).trailer["/Root"]


def test_signed_files_are_refused(scan: bytes, fonts: Path, tmp_path: Path) -> None:
    authority = LocalAuthority(tmp_path, NOW)
    person = authority.person("x", "Trần Văn Bình", "Chủ tịch", "UBND", NOW)
    signed = sign_person(prepare_uploaded(scan), person, Desk(NOW, authority.timestamper(NOW), fonts))
    with pytest.raises(InvalidInput, match="đã có chữ ký số"):
        prepare_uploaded(signed)


def test_encrypted_files_are_refused(scan: bytes) -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(scan)))
    writer.encrypt("secret", algorithm="AES-256")
    output = BytesIO()
    writer.write(output)
    with pytest.raises(InvalidInput, match="mật khẩu"):
        prepare_uploaded(output.getvalue())


@pytest.mark.parametrize("bad", [b"", b"PK\x03\x04", b"%PDF-1.7\n", b"%PDF-1.7\nstartxref\n9\n%%EOF"])
def test_what_is_no_pdf_is_refused_in_words(bad: bytes) -> None:
    with pytest.raises(InvalidInput, match="không phải là PDF hợp lệ"):
        prepare_uploaded(bad)


@settings(max_examples=40, deadline=None)
@given(cut=st.floats(0, 0.99), noise=st.binary(max_size=50))
def test_damaged_files_are_refused_or_prepared_never_worse(cut: float, noise: bytes) -> None:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), invariant=1)
    canvas.drawString(110, 760, "So:")
    canvas.save()
    whole = buffer.getvalue()
    at = int(len(whole) * cut)
    damaged = whole[:at] + noise + whole[at + len(noise) :]
    try:
        done = prepare_uploaded(damaged)
    except InvalidInput:
        return
    assert find_field(PdfFileReader(BytesIO(done)), NUMBER, "/Tx") is not None
