"""Verification: what is valid, what attacks look like, and that no file makes it raise."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.stamp import StaticStampStyle
from pypdf import PdfReader, PdfWriter

from connectors.pdf_fields import DATE, NUMBER, Line, draw_lines, find_field, show
from connectors.pdf_fonts import typeface
from connectors.signing.appearance import Picture
from connectors.signing.authority import LocalAuthority
from connectors.signing.identity import Identity
from connectors.signing.pades import Desk, Number, _signed, fill_number_and_seal, sign_attachment, sign_person
from connectors.signing.timestamps import LocalTimeStamper
from connectors.signing.trust import Trust
from connectors.signing.verification import verify
from tests.connectors.signing.conftest import AGENCY, NOW

LATER = NOW + timedelta(days=3)


@pytest.fixture(scope="module")
def trust(authority: LocalAuthority) -> Trust:
    return authority.trust(LATER)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    """Somebody else's authority: same names, other keys."""
    return LocalAuthority(tmp_path_factory.mktemp("stranger"), NOW)


def _update(pdf: bytes, change: Any) -> bytes:
    """Append an incremental update that `change(writer)` makes."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    change(writer)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def test_sealed_document_has_the_value_of_an_original(sealed: bytes, trust: Trust) -> None:
    report = verify(sealed, trust, LATER)
    assert (report.verdict, report.conclusion, report.proposal) == ("VALID", "original", "accept")
    assert "có giá trị pháp lý như bản gốc" in report.sentence
    person, agency = report.signatures
    assert (person.role, person.signer_name, person.signer_title) == ("person", "Nguyễn Thị Ánh Tuyết", "Phó Giám đốc")
    assert person.signer_agency == AGENCY
    assert person.coverage == "earlier_revision"
    assert person.modification == "FORM_FILLING"
    assert {"Điền: Ngày ban hành", "Điền: Số, ký hiệu văn bản"} <= set(person.changes)
    assert (agency.role, agency.signer_agency_code, agency.coverage) == ("agency", "H99.15", "whole_file")
    assert agency.changes == ()
    assert {s.time_source for s in report.signatures} == {"timestamp"}
    assert person.signed_at == "2026-11-20T09:05:07+07:00"
    assert report.number == "125/SXD-QLXD"
    assert report.issued == "ngày 20 tháng 11 năm 2026"
    assert report.test
    assert "thử nghiệm" in report.sentence


def test_report_is_json(sealed: bytes, trust: Trust) -> None:
    data = verify(sealed, trust, LATER).to_dict()
    assert json.loads(json.dumps(data, ensure_ascii=False)) == data
    assert data["word"] == "Hợp lệ"
    assert data["signatures"][0]["word"] == "Hợp lệ"
    assert data["revocation_list_at"]


def test_without_the_agency_it_is_incomplete(signed: bytes, trust: Trust) -> None:
    report = verify(signed, trust, LATER)
    assert (report.verdict, report.conclusion, report.proposal) == ("VALID", "missing-agency", "return")
    assert "thiếu chữ ký số của cơ quan" in report.sentence


def test_agency_alone_lacks_the_person(drafted: bytes, agency: Identity, desk: Desk, trust: Trust) -> None:
    done = sign_attachment(drafted, "125/SXD-QLXD", agency, desk)
    report = verify(done, trust, LATER)
    assert (report.verdict, report.conclusion) == ("VALID", "missing-person")


def test_unsigned_is_for_reference(drafted: bytes, trust: Trust) -> None:
    report = verify(drafted, trust, LATER)
    assert (report.verdict, report.conclusion, report.proposal) == ("NONE", "unsigned", "inform")
    assert "để biết, tham khảo" in report.sentence


def test_flipped_byte_in_the_text_is_invalid(sealed: bytes, trust: Trust) -> None:
    at = sealed.index(b"stream") + 200
    broken = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
    report = verify(broken, trust, LATER)
    assert report.verdict == "INVALID"
    assert report.proposal == "return"


def test_rewriting_by_another_program_is_invalid(sealed: bytes, trust: Trust) -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(sealed)))
    output = BytesIO()
    writer.write(output)
    assert verify(output.getvalue(), trust, LATER).verdict == "INVALID"


def test_stamp_in_an_incremental_update_is_invalid(sealed: bytes, trust: Trust, fonts: Path) -> None:
    picture = draw_lines(200, 40, [Line("Đã thanh toán", typeface(fonts).bold, 20)])

    def change(writer: Any) -> None:
        from pyhanko.pdf_utils.layout import BoxConstraints

        style = StaticStampStyle(background=Picture(picture))
        style.create_stamp(writer, BoxConstraints(200, 40), {}).apply(0, 100, 400)

    report = verify(_update(sealed, change), trust, LATER)
    assert report.verdict == "INVALID"
    assert all(s.modification == "OTHER" for s in report.signatures)
    assert all(s.intact for s in report.signatures), "the signed bytes are untouched; only the later change is illegal"


def test_text_replaced_by_an_incremental_update_is_invalid(sealed: bytes, trust: Trust) -> None:
    def change(writer: Any) -> None:
        page = writer.find_page_for_modification(0)[0].get_object()
        page[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
        writer.update_container(page)

    report = verify(_update(sealed, change), trust, LATER)
    assert report.verdict == "INVALID"
    assert "không được phép" in " ".join(report.reasons)


def test_number_changed_after_the_seal_is_invalid(sealed: bytes, trust: Trust, fonts: Path) -> None:
    def change(writer: Any) -> None:
        field = find_field(writer, NUMBER, "/Tx")
        field[pdf_name("/V")] = generic.pdf_string("999/SXD-QLXD")
        show(writer, field, draw_lines(80, 16, [Line("999/SXD-QLXD", typeface(fonts).regular)], paper=True))
        writer.update_container(field)

    report = verify(_update(sealed, change), trust, LATER)
    assert report.verdict == "INVALID"


def test_number_filled_by_nobody_in_particular_is_invalid(signed: bytes, trust: Trust) -> None:
    def change(writer: Any) -> None:
        field = find_field(writer, DATE, "/Tx")
        field[pdf_name("/V")] = generic.pdf_string("ngày 01 tháng 01 năm 2020")
        writer.update_container(field)

    report = verify(_update(signed, change), trust, LATER)
    assert report.verdict == "INVALID"
    assert "sau chữ ký cuối cùng" in " ".join(report.reasons)


def test_page_added_after_signing_is_invalid(sealed: bytes, trust: Trust) -> None:
    writer = PdfWriter(BytesIO(sealed), incremental=True)
    writer.add_blank_page()
    output = BytesIO()
    writer.write(output)
    assert verify(output.getvalue(), trust, LATER).verdict == "INVALID"


def test_large_later_signature_over_the_page_is_not_accepted(
    drafted: bytes, person: Identity, agency: Identity, desk: Desk, trust: Trust
) -> None:
    """Without locks a later signature field could hide the text under its picture."""

    def field(name: str, box: tuple[int, int, int, int]) -> Any:
        def work(writer: Any) -> StaticStampStyle:
            append_signature_field(writer, SigFieldSpec(name, 0, box))
            return StaticStampStyle(border_width=0)

        return work

    first = _signed(drafted, "nguoi", person, desk, field("nguoi", (300, 100, 400, 150)))
    both = _signed(first, "dau", agency, desk, field("dau", (0, 0, 590, 800)))
    report = verify(both, trust, LATER)
    assert report.verdict == "INDETERMINATE"
    assert "che phần lớn trang" in " ".join(report.reasons)
    small = _signed(first, "dau", agency, desk, field("dau", (200, 100, 300, 200)))
    assert verify(small, trust, LATER).conclusion == "original"


def test_unknown_authority_is_undecided(sealed: bytes, tmp_path: Path, authority: LocalAuthority) -> None:
    empty = Trust(())
    report = verify(sealed, empty, LATER)
    assert (report.verdict, report.proposal) == ("INDETERMINATE", "hold")
    assert "danh sách tin cậy" in " ".join(report.reasons)


def test_certificate_that_only_borrows_the_names_is_invalid(
    drafted: bytes, stranger: LocalAuthority, trust: Trust, fonts: Path
) -> None:
    person = stranger.person("tuyet", "Nguyễn Thị Ánh Tuyết", "Phó Giám đốc", AGENCY, NOW)
    seal = stranger.agency("H99.15", AGENCY, NOW)
    desk = Desk(NOW, stranger.timestamper(NOW), fonts)
    forged = fill_number_and_seal(
        sign_person(drafted, person, desk), Number("01/SXD", date(2026, 11, 20)), seal, desk
    )
    report = verify(forged, trust, LATER)
    assert report.verdict == "INVALID"
    assert "không do tổ chức đó cấp" in " ".join(report.reasons)
    assert all(s.cryptographically_valid for s in report.signatures)


def test_certificate_expired_since_stays_valid_by_the_time_stamp(sealed: bytes, authority: LocalAuthority) -> None:
    years_later = NOW + timedelta(days=5 * 365)
    report = verify(sealed, authority.trust(years_later), years_later)
    assert report.conclusion == "original"


def test_certificate_expired_and_only_a_claimed_time_is_undecided(
    drafted: bytes, person: Identity, without_stamp: Desk, authority: LocalAuthority
) -> None:
    done = sign_person(drafted, person, without_stamp)
    assert verify(done, authority.trust(LATER), LATER).signatures[0].time_source == "claimed"
    assert verify(done, authority.trust(LATER), LATER).verdict == "VALID"
    years_later = NOW + timedelta(days=5 * 365)
    report = verify(done, authority.trust(years_later), years_later)
    assert report.verdict == "INDETERMINATE"


def test_certificate_already_expired_when_signing_is_invalid(
    drafted: bytes, person: Identity, authority: LocalAuthority, fonts: Path
) -> None:
    late = NOW + timedelta(days=4 * 365)
    done = sign_person(drafted, person, Desk(late, authority.timestamper(late), fonts))
    report = verify(done, authority.trust(late), late)
    assert report.verdict == "INVALID"
    assert "hết hạn" in " ".join(report.reasons)


def test_revoked_before_signing_is_invalid_and_after_it_is_not(
    drafted: bytes, tmp_path: Path, fonts: Path
) -> None:
    own = LocalAuthority(tmp_path, NOW)
    person = own.person("x", "Trần Văn Bình", "Chủ tịch", "Ủy ban nhân dân xã An Phú", NOW)
    done = sign_person(drafted, person, Desk(NOW, own.timestamper(NOW), fonts))
    own.revoke(person.serial, NOW + timedelta(days=1))
    assert verify(done, own.trust(LATER), LATER).verdict == "VALID"
    again = LocalAuthority(tmp_path / "second", NOW)
    other = again.person("x", "Trần Văn Bình", "Chủ tịch", "Ủy ban nhân dân xã An Phú", NOW)
    again.revoke(other.serial, NOW - timedelta(hours=2))
    signed = sign_person(drafted, other, Desk(NOW, again.timestamper(NOW), fonts))
    report = verify(signed, again.trust(LATER), LATER)
    assert report.verdict == "INVALID"
    assert "thu hồi" in " ".join(report.reasons)


def test_without_a_revocation_list_it_is_undecided(sealed: bytes, trust: Trust) -> None:
    silent = Trust(trust.roots, trust.intermediates, ())
    assert verify(sealed, silent, LATER).verdict == "INDETERMINATE"
    lenient = Trust(trust.roots, trust.intermediates, (), revocation_required=False)
    assert verify(sealed, lenient, LATER).verdict == "VALID"


def test_bytes_after_the_end_are_invalid(sealed: bytes, trust: Trust) -> None:
    report = verify(sealed + b"PK\x03\x04 another file", trust, LATER)
    assert report.verdict == "INVALID"
    assert "dữ liệu lạ" in " ".join(report.reasons)


def test_blanks_after_the_end_are_no_matter(sealed: bytes, trust: Trust) -> None:
    assert verify(sealed + b"\r\n", trust, LATER).verdict == "VALID"


def test_time_stamp_of_something_else_is_invalid(
    drafted: bytes, person: Identity, authority: LocalAuthority, fonts: Path, trust: Trust
) -> None:
    class Careless(LocalTimeStamper):
        def request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
            req["message_imprint"]["hashed_message"] = b"\x00" * 32
            return super().request_tsa_response(req)

    own = authority.timestamper(NOW)
    desk = Desk(NOW, Careless(own.tsa_cert, own.tsa_key, own.certs_to_embed, NOW), fonts)
    report = verify(sign_person(drafted, person, desk), trust, LATER)
    assert report.verdict == "INVALID"
    assert "Dấu thời gian" in " ".join(report.reasons)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_truncated_file_is_a_report(sealed: bytes, trust: Trust, kept: float) -> None:
    report = verify(sealed[: int(len(sealed) * kept)], trust, LATER)
    assert report.verdict == "INVALID"
    assert report.reasons


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (b"", "INVALID"),
        (b"PK\x03\x04", "NONE"),
        (b"%PDF-1.7\n", "INVALID"),
        (b"%PDF-1.7\nstartxref\n0\n%%EOF", "INVALID"),
    ],
)
def test_what_is_no_pdf_is_a_report(content: bytes, verdict: str, trust: Trust) -> None:
    assert verify(content, trust, LATER).verdict == verdict


def test_endless_xref_chain_is_a_report(drafted: bytes, trust: Trust) -> None:
    at = drafted.rindex(b"startxref")
    start = int(drafted[at:].split()[1])
    looped = drafted[:at].replace(b"/Size", b"/Prev %d /Size" % start) + drafted[at:]
    assert verify(looped, trust, LATER).verdict in ("INVALID", "NONE")


def test_too_large_is_undecided(sealed: bytes, trust: Trust) -> None:
    report = verify(sealed, trust, LATER, largest=1000)
    assert (report.verdict, report.conclusion) == ("INDETERMINATE", "indeterminate")


def test_encrypted_is_undecided(drafted: bytes, trust: Trust) -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(drafted)))
    writer.encrypt("secret", algorithm="AES-256")
    output = BytesIO()
    writer.write(output)
    report = verify(output.getvalue(), trust, LATER)
    assert report.verdict == "INDETERMINATE"
    assert "mật khẩu" in " ".join(report.reasons)


def test_active_content_is_warned_of(drafted: bytes, trust: Trust) -> None:
    def change(writer: Any) -> None:
        action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("app.alert(1)")}
        writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject(action)
        writer.update_root()

    warnings = verify(_update(drafted, change), trust, LATER).warnings
    assert any("JavaScript" in w for w in warnings)
    assert any("tự chạy" in w for w in warnings)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400), head=st.booleans())
def test_random_bytes_never_raise(content: bytes, head: bool, trust: Trust) -> None:
    report = verify(b"%PDF-1.7\n" + content if head else content, trust, LATER)
    assert report.verdict in ("INVALID", "NONE", "INDETERMINATE")


@pytest.fixture(scope="module")
def holes(sealed: bytes) -> list[range]:
    """The holes of the signatures, which no signature covers (padding may change there)."""
    ranges = [one.byte_range for one in PdfFileReader(BytesIO(sealed)).embedded_signatures]
    return [range(int(first), int(second)) for _, first, second, _ in ranges]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_never_raises_and_never_stays_an_original_of_other_content(
    data: st.DataObject, sealed: bytes, holes: list[range], trust: Trust
) -> None:
    at = data.draw(st.integers(0, len(sealed) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda v: v != sealed[at]))
    report = verify(sealed[:at] + bytes([value]) + sealed[at + 1 :], trust, LATER)
    assert any(at in hole for hole in holes) or report.verdict != "VALID"


def test_the_report_says_when_it_was_made_in_vietnam_time(sealed: bytes, trust: Trust) -> None:
    assert verify(sealed, trust, datetime(2026, 11, 23, 2, 0, tzinfo=UTC)).checked_at == "2026-11-23T09:00:00+07:00"
