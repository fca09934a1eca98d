"""What files say is read, bounded; whatever is wrong with a file is told in a sentence, never an error."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from pypdf import PdfReader, PdfWriter

from connectors.conversion import reading, tables
from connectors.conversion.reading import Read, read
from connectors.scanning.pages import join
from engine.documents import formats
from tests import builders, papers

ODT = "application/vnd.oasis.opendocument.text"


def pdf() -> bytes:
    table = tables.Table("Khu tái định cư Bình Minh", ("Về đất đai",), (tables.Column("Cột", 10),), (("Ô chữ",),))
    return tables.write_pdf(table)


def word() -> bytes:
    document = Document()
    document.add_paragraph("Khu tái định cư")
    document.add_table(1, 2).cell(0, 1).text = "Bình Minh"
    document.sections[0].header.paragraphs[0].text = "Đầu trang"
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def sheet() -> bytes:
    workbook = Workbook()
    first, second = workbook.worksheets[0], workbook.create_sheet("Hai")
    first["A1"], first["B2"], second["C3"] = "Khu tái định cư", 123456, "Bình Minh"
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def test_pdf_word_and_excel_are_read() -> None:
    for content, media_type, said in (
        (pdf(), formats.PDF, ("Khu tái định cư Bình Minh", "Ô chữ")),
        (word(), formats.WORD, ("Khu tái định cư\n", "Bình Minh", "Đầu trang")),
        (sheet(), formats.EXCEL, ("Khu tái định cư", "123456", "Bình Minh")),
        ("Đất đai".encode("utf-8-sig"), "text/plain", ("Đất đai",)),
        (builders.package({"content.xml": "<d xmlns:t='x'><t:p>Đất <t:s>đai</t:s></t:p></d>"}), ODT, ("Đất đai",)),
    ):
        found = read(content, media_type)
        assert found.state == "read", (media_type, found)
        for each in said:
            assert each in found.text, (media_type, each)


def locked_pdf() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    writer.encrypt("mật khẩu", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def named(**parts: bytes | str) -> bytes:
    return builders.package({"word/document.xml": "<d/>", **parts})


@pytest.mark.parametrize(
    ("content", "media_type", "state", "said"),
    [
        (locked_pdf, formats.PDF, "failed", "mật khẩu"),
        (lambda: pdf()[:300], formats.PDF, "failed", "hỏng"),
        (lambda: b"", formats.PDF, "failed", "hỏng"),
        (builders.pdf, formats.PDF, "empty", "không có chữ"),
        (lambda: b"PK\x03\x04 rest", formats.WORD, "failed", "hỏng"),
        (lambda: word()[:-200], formats.WORD, "failed", "hỏng"),
        (named, formats.WORD, "empty", "không có chữ"),
        (lambda: builders.package({"word/document.xml": "<a><b></a>"}), formats.WORD, "failed", "hỏng"),
        (lambda: "Đ".encode("utf-16"), "text/plain", "failed", "Unicode"),
        (lambda: b"\x89PNG", "image/png", "empty", "chờ nhận dạng"),
        (lambda: b"anything", "application/x-unknown", "empty", "chưa đọc được"),
    ],
)
def test_what_cannot_be_read_says_why(content, media_type: str, state: str, said: str) -> None:  # type: ignore[no-untyped-def]
    found = read(content(), media_type)
    assert (found.state, found.text) == (state, "")
    assert said in found.note


def test_entities_are_not_followed(tmp_path) -> None:  # type: ignore[no-untyped-def]
    secret = tmp_path / "secret.txt"
    secret.write_text("bí mật", encoding="utf-8")
    for doctype in (f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]>', '<!DOCTYPE d [<!ENTITY x "bí mật">]>'):
        body = f"<?xml version='1.0'?>{doctype}<d><t>Chữ &x;</t></d>"
        assert "bí mật" not in read(builders.package({"word/document.xml": body}), formats.WORD).text


def test_a_bomb_stops_where_enough_was_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 200_000)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<d>" + b"<t>a</t>" * 2_000_000 + b"</d>")
    assert len(buffer.getvalue()) < 60_000
    assert read(buffer.getvalue(), formats.WORD) == Read("failed", "", "Nội dung giải nén quá lớn nên không đọc.")


def test_laughing_entities_cost_nothing() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<!DOCTYPE d [<!ENTITY l0 "ha">{laughs}]><d><t>&l11;</t></d>'
    assert len(read(builders.package({"word/document.xml": body}), formats.WORD).text) < 100


def test_too_many_members_are_refused() -> None:
    many = builders.package({f"word/header{number}.xml": "<d/>" for number in range(reading.MOST_MEMBERS + 1)})
    assert "quá nhiều thành phần" in read(many, formats.WORD).note


def test_a_long_text_is_cut_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONGEST_CONTENT", 10)
    found = read(word(), formats.WORD)
    assert (found.state, len(found.text)) == ("partly", 10)
    assert "10 ký tự đầu" in found.note


@given(st.binary(max_size=300), st.sampled_from([formats.PDF, formats.WORD, formats.EXCEL, ODT, "text/csv"]))
def test_no_bytes_raise(content: bytes, media_type: str) -> None:
    assert read(content, media_type).state in ("read", "partly", "empty", "failed")


def test_text_in_an_old_encoding_is_read_as_unicode() -> None:
    document = Document()
    document.add_paragraph("VÒ viÖc b¸o c¸o kÕt qu¶ thùc hiÖn nhiÖm vô quý III")
    buffer = io.BytesIO()
    document.save(buffer)
    found = read(buffer.getvalue(), formats.WORD)
    assert "Về việc báo cáo kết quả thực hiện nhiệm vụ quý III" in found.text
    assert (found.state, found.note) == ("read", "Nội dung dùng bảng mã cũ TCVN3 (ABC).")


def test_a_scan_is_told_from_empty_paper() -> None:
    assert read(join([papers.scanned()]), formats.PDF).picture
    assert not read(builders.pdf("x"), formats.PDF).picture
    assert read(papers.scanned(), "image/jpeg").picture
