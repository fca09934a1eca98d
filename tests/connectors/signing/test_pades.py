"""Signing: levels, what the person's signature allows, pictures where PL I wants them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pypdfium2 as pdfium
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature

from connectors.pdf_fields import AGENCY, DATE, MM, NUMBER, PERSON, field_box, find_field
from connectors.signing.authority import LocalAuthority
from connectors.signing.identity import Identity, require_usable
from connectors.signing.pades import (
    Desk,
    Number,
    annex_lines,
    fill_number_and_seal,
    sign_attachment,
    sign_person,
)
from engine.errors import BusinessError, PermanentError
from tests.connectors.signing.conftest import NOW


def _colours(pdf: bytes, box: tuple[float, float, float, float], scale: float = 2) -> list[tuple[int, int, int]]:
    """Every pixel of a rectangle of page 1 as drawn with its form fields."""
    document = pdfium.PdfDocument(pdf)
    document.init_forms()
    image = document[0].render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    x0, y0, x1, y1 = box
    upper, lower = (int(image.height - y * scale) for y in (y1, y0))
    crop = image.crop((int(x0 * scale), upper, int(x1 * scale), lower))
    document.close()
    return list(crop.get_flattened_data())


def _red(pixel: tuple[int, int, int]) -> bool:
    return pixel[0] > 150 and pixel[1] < 110 and pixel[2] < 110


def _blue(pixel: tuple[int, int, int]) -> bool:
    return pixel[2] > 110 and pixel[0] < 90 and pixel[1] < 110


def test_person_signature_survives_number_date_and_seal_as_form_filling(
    sealed: bytes, authority: LocalAuthority
) -> None:
    reader = PdfFileReader(BytesIO(sealed))
    first, second = reader.embedded_signatures
    context = authority.trust(NOW).context(NOW)
    person = validate_pdf_signature(first, context)
    assert first.field_name == PERSON
    assert person.bottom_line
    assert person.modification_level == ModificationLevel.FORM_FILLING
    agency = validate_pdf_signature(second, authority.trust(NOW).context(NOW))
    assert second.field_name == AGENCY
    assert agency.bottom_line
    assert agency.modification_level == ModificationLevel.NONE


def test_signature_is_pades_with_sha256_and_a_time_stamp(signed: bytes) -> None:
    embedded = PdfFileReader(BytesIO(signed)).embedded_signatures[0]
    assert embedded.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert embedded.md_algorithm == "sha256"
    assert any(a["type"].native == "signing_certificate_v2" for a in embedded.signer_info["signed_attrs"])
    assert any(a["type"].native == "signature_time_stamp_token" for a in embedded.signer_info["unsigned_attrs"])


def test_number_and_date_are_filled_as_the_norm_prints_them(sealed: bytes) -> None:
    reader = PdfFileReader(BytesIO(sealed))
    number, issued = find_field(reader, NUMBER, "/Tx"), find_field(reader, DATE, "/Tx")
    assert number["/V"] == "125/SXD-QLXD"
    assert issued["/V"] == "ngày 20 tháng 11 năm 2026"


@pytest.mark.parametrize(
    ("issued", "line"),
    [
        (date(2026, 2, 3), "ngày 03 tháng 02 năm 2026"),
        (date(2026, 3, 31), "ngày 31 tháng 3 năm 2026"),
        (date(2026, 12, 1), "ngày 01 tháng 12 năm 2026"),
    ],
)
def test_dates_are_padded_as_pl_1_says(issued: date, line: str) -> None:
    assert Number("05/SXD-QLXD", issued).date_line == line


def test_signature_picture_is_blue_and_only_there_after_signing(drafted: bytes, signed: bytes) -> None:
    box = field_box(find_field(PdfFileReader(BytesIO(drafted)), PERSON, "/Sig"))
    assert not any(_blue(p) for p in _colours(drafted, box))
    assert sum(_blue(p) for p in _colours(signed, box)) > 500


def test_seal_is_red_in_real_size_and_covers_a_third_of_the_signature(sealed: bytes) -> None:
    reader = PdfFileReader(BytesIO(sealed))
    person = field_box(find_field(reader, PERSON, "/Sig"))
    seal = field_box(find_field(reader, AGENCY, "/Sig"))
    assert seal[2] - seal[0] == pytest.approx(36 * MM, abs=1)
    assert seal[3] - seal[1] == pytest.approx(36 * MM, abs=1)
    overlap = (seal[2] - person[0]) / (person[2] - person[0])
    assert seal[0] < person[0]
    assert overlap == pytest.approx(1 / 3, abs=0.02)
    assert sum(_red(p) for p in _colours(sealed, seal)) > 2000


def test_filled_number_is_drawn_inside_its_field(signed: bytes, sealed: bytes) -> None:
    box = field_box(find_field(PdfFileReader(BytesIO(sealed)), NUMBER, "/Tx"))
    dark = [sum(p[0] < 100 for p in _colours(pdf, box)) for pdf in (signed, sealed)]
    assert dark[1] > dark[0] + 100
    margin = (box[2] - 1.5, box[1], box[2], box[3])
    assert not any(p[0] < 100 for p in _colours(sealed, margin)), "text reaches the field's edge: clipped"


def test_annex_shows_number_and_time_at_the_top_right_without_a_picture(
    drafted: bytes, agency: Identity, desk: Desk
) -> None:
    done = sign_attachment(drafted, "125/SXD-QLXD", agency, desk)
    field = PdfFileReader(BytesIO(done)).embedded_signatures[0].sig_field
    x0, y0, x1, y1 = field_box(field)
    assert x0 > 297
    assert y0 > 740
    pixels = _colours(done, (x0, y0, x1, y1))
    dark = sum(p[0] < 100 for p in pixels)
    assert dark > 150
    # letters drawn for screens have coloured edges, red on one side and blue on the other: on the whole they are black
    means = [sum(p[i] for p in pixels) / len(pixels) for i in range(3)]
    assert max(means) - min(means) < 2


def test_annex_text_is_the_test_vector_of_the_facts() -> None:
    at = datetime(2026, 11, 20, 2, 5, 7, tzinfo=UTC)
    assert annex_lines("125/SXD-QLXD", at) == ["125/SXD-QLXD", "20-11-2026 09:05:07 +07:00"]


def test_signing_twice_in_the_same_field_is_refused(signed: bytes, person: Identity, desk: Desk) -> None:
    with pytest.raises(PermanentError, match="đã được ký"):
        sign_person(signed, person, desk)


def test_sealing_twice_is_refused(sealed: bytes, agency: Identity, desk: Desk) -> None:
    with pytest.raises(PermanentError, match="đã được điền"):
        fill_number_and_seal(sealed, Number("126/SXD", date(2026, 11, 20)), agency, desk)


@pytest.mark.parametrize("bad", [b"", b"not a pdf", b"%PDF-1.7\n%%EOF"])
def test_what_is_no_pdf_is_a_permanent_error(bad: bytes, person: Identity, desk: Desk) -> None:
    with pytest.raises(PermanentError):
        sign_person(bad, person, desk)


def test_a_signature_image_replaces_the_drawn_one(drafted: bytes, person: Identity, desk: Desk) -> None:
    from PIL import Image

    picture = BytesIO()
    Image.new("RGBA", (400, 200), (10, 30, 200, 255)).save(picture, "PNG")
    done = sign_person(drafted, person, desk, picture.getvalue())
    box = field_box(find_field(PdfFileReader(BytesIO(done)), PERSON, "/Sig"))
    pixels = _colours(done, box)
    assert sum(_blue(p) for p in pixels) > len(pixels) / 2


def test_claimed_time_is_the_clocks_in_vietnam(signed: bytes) -> None:
    embedded: Any = PdfFileReader(BytesIO(signed)).embedded_signatures[0]
    assert embedded.self_reported_timestamp == NOW
    assert "+07" in str(embedded.sig_object["/M"])


def test_expired_or_revoked_certificates_must_not_sign(authority: LocalAuthority, person: Identity) -> None:
    chain = (person.certificate, *person.chain)
    require_usable(chain, (), NOW)
    with pytest.raises(BusinessError, match="hết hạn") as expired:
        require_usable(chain, (), datetime(2040, 1, 1, tzinfo=UTC))
    assert expired.value.code == "signing.certificate"
    with pytest.raises(BusinessError, match="thu hồi"):
        require_usable(chain, (person.serial,), NOW)
    with pytest.raises(BusinessError, match="chưa đến ngày"):
        require_usable(chain, (), datetime(2020, 1, 1, tzinfo=UTC))
