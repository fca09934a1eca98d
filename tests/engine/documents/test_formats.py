"""Files are judged by their content: what is allowed passes, disguises and traps don't."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.documents import formats
from engine.errors import InvalidInput
from tests import builders, papers
from tests.builders import compound, docx, package, pdf

ODT = "application/vnd.oasis.opendocument.text"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(40) + b"\xff\xd9"
TIFF = b"II*\x00\x08\x00\x00\x00" + bytes(64)
BOF = struct.pack("<HH", 0x0809, 16) + bytes(16)
FIB = b"\xec\xa5" + bytes(1020)

ALLOWED = {
    "cong-van.pdf": (pdf(), "pdf"),
    "ghi-chu.txt": ("Ghi chú tiếng Việt có dấu.\n".encode(), "txt"),
    "ghi-chu-utf16.txt": ("Ghi chú tiếng Việt".encode("utf-16"), "txt"),
    "bang.csv": ("số;tên\n1;Nguyễn\n".encode(), "csv"),
    "thu.rtf": (rb"{\rtf1\ansi xin chao}", "rtf"),
    "du-thao.docx": (docx(), "docx"),
    "bang.xlsx": (package({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}), "xlsx"),
    "du-thao.odt": (package({"mimetype": ODT, "content.xml": "<x/>"}), "odt"),
    "bang.ods": (package({"mimetype": ODT.replace("text", "spreadsheet"), "content.xml": "<x/>"}), "ods"),
    "cu.doc": (compound(("WordDocument", FIB)), "doc"),
    "cu.xls": (compound(("Workbook", BOF + bytes(4))), "xls"),
    "anh.png": (PNG, "png"),
    "anh.jpeg": (JPEG, "jpg"),
    "quet.tiff": (TIFF, "tif"),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_every_allowed_format_is_recognised_by_content(name: str) -> None:
    content, extension = ALLOWED[name]

    found = formats.inspect(content, name)

    assert (found.problem, found.extension, found.file_name) == ("", extension, name)


@pytest.mark.parametrize("name", ALLOWED)
def test_the_name_decides_nothing(name: str) -> None:
    content, extension = ALLOWED[name]

    found = formats.inspect(content, "phong-bi.exe")

    if extension != "csv":  # a table without its name is just text
        assert found.extension == extension
    assert found.accepted
    assert found.file_name == f"phong-bi.exe.{found.extension}"
    assert any("không đúng với nội dung" in warning for warning in found.warnings)


REFUSED = {
    "empty": (b"", "Tệp rỗng"),
    "program": (b"MZ" + bytes(200), "danh mục"),
    "elf": (b"\x7fELF" + bytes(200), "danh mục"),
    "video": (b"\x00\x00\x00\x18ftypmp42" + bytes(200), "danh mục"),
    "gif": (b"GIF89a" + bytes(200), "danh mục"),
    "plain zip": (package({"a.txt": "x"}), "Tệp nén không phải"),
    "presentation": (package({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": ""}), "Chỉ nhận văn bản"),
    "docx with macros": (docx(**{"word/vbaProject.bin": b"x"}), "macro"),
    "docm by type": (package({"[Content_Types].xml": "macroEnabled", "word/document.xml": ""}), "macro"),
    "odt with macros": (package({"mimetype": ODT, "content.xml": "", "Basic/script-lc.xml": ""}), "macro"),
    "encrypted odt": (
        package({"mimetype": ODT, "content.xml": "", "META-INF/manifest.xml": "<m:encryption-data/>"}), "mật khẩu",
    ),
    "odp": (package({"mimetype": ODT.replace("text", "presentation"), "content.xml": ""}), "Chỉ nhận văn bản"),
    "encrypted docx": (compound(("EncryptedPackage", b"x" * 600)), "mật khẩu"),
    "encrypted doc": (compound(("WordDocument", FIB[:10] + b"\x00\x01" + FIB[12:])), "mật khẩu"),
    "encrypted xls": (compound(("Workbook", BOF + struct.pack("<HH", 0x2F, 54) + bytes(54))), "mật khẩu"),
    "doc with macros": (compound(("WordDocument", FIB), ("_VBA_PROJECT", b"x")), "macro"),
    "msi": (compound(("SummaryInformation", b"x")), "Chỉ nhận văn bản"),
    "encrypted pdf": (pdf().replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 9 0 R"), "mật khẩu"),
    "cut pdf": (pdf()[:-20], "không đầy đủ"),
    "pdf that is also a zip": (pdf() + package({"a.txt": "x"}) , "Tệp trộn hai định dạng|không đầy đủ"),
    "something before a pdf": (b"GIF89a" + pdf(), "Tệp trộn hai định dạng"),
    "pdf that is also a page": (pdf().replace(b"-1.7\n", b"-1.7\n<html><script>alert(1)</script>\n"), "trang web"),
    "image that is also a zip": (JPEG[:-2] + package({"a.txt": "x"}) + b"\xff\xd9", "Tệp trộn hai định dạng|đầy đủ"),
    "cut image": (JPEG[:-2], "không đầy đủ"),
    "html": (b"<!DOCTYPE html><script>alert(1)</script>", "trang web"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "trang web"),
    "xml": (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "trang web"),
    "rtf with an object": (rb"{\rtf1{\object\objdata 0105}}", "nhúng đối tượng"),
    "tcvn3": ("Céng hoµ x· héi chñ nghÜa ViÖt Nam §éc lËp".encode("latin-1"), "bảng mã cũ TCVN3"),
    "binary": (bytes(range(1, 120)) * 3, "Không nhận diện|không dùng bảng mã"),
    "broken zip": (docx()[:-30], "bị hỏng"),
    "broken ole": (compound(("WordDocument", FIB))[:520], "bị hỏng|Chỉ nhận"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_disguises_traps_and_broken_files_are_refused_in_words(case: str) -> None:
    content, sentence = REFUSED[case]

    with pytest.raises(InvalidInput, match=sentence) as refused:
        formats.accepted(content, "tep-gui-kem.pdf")

    assert "tep-gui-kem.pdf" in refused.value.fields["files"]


def test_a_zip_bomb_is_refused_without_unpacking_it() -> None:
    many = package({"[Content_Types].xml": "<Types/>", "word/document.xml": "", **{f"x{i}": "" for i in range(5001)}})

    assert "quá nhiều" in formats.inspect(many, "bom.docx").problem


def test_a_file_over_the_limit_is_refused() -> None:
    assert "lớn quá 1 MB" in formats.inspect(b"a" * (1024 * 1024 + 1), "to.txt", largest=1024 * 1024).problem


def test_active_parts_of_a_pdf_are_told() -> None:
    found = formats.inspect(pdf().replace(b"/Pages 2 0 R", b"/Pages 2 0 R /OpenAction << /S /JavaScript >>"), "a.pdf")

    assert found.accepted
    assert found.warnings == ("Tệp PDF có thành phần hoạt động: JavaScript.",)


def test_text_in_an_old_encoding_stored_as_unicode_is_told() -> None:
    found = formats.inspect("Céng hoµ x· héi chñ nghÜa ViÖt Nam §éc lËp".encode(), "a.txt")

    assert found.warnings == ("Nội dung có vẻ dùng bảng mã cũ TCVN3.",)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\Tài liệu\\báo cáo.pdf", "báo cáo.pdf"), ("a\x00b\u202e.pdf", "ab.pdf"),
        ("  .. ", "tep"), ("", "tep"), ('tên<>:"|?*.docx', "tên_______.docx"), ("x" * 300 + ".pdf", "x" * 188 + ".pdf"),
    ],
)  # fmt: skip
def test_names_are_made_safe(given: str, kept: str) -> None:
    assert formats.safe_name(given) == kept


STARTS = (b"", b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")


@given(st.binary(max_size=400), st.text(max_size=30), st.sampled_from(STARTS))
def test_no_bytes_whatever_make_it_fail(content: bytes, name: str, start: bytes) -> None:
    found = formats.inspect(start + content, name)

    assert found.accepted or found.problem
    assert found.file_name


def test_builders_make_whole_files() -> None:
    assert formats.inspect(builders.pdf("x"), "x.pdf").accepted


STAMPED = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"


def word(*lines: str) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    text = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    return builders.docx(**{"word/document.xml": f'<w:document xmlns:w="{space}"><w:body>{text}</w:body></w:document>'})


@pytest.mark.parametrize(
    ("lines", "marks"),
    [
        ((STAMPED, "TỐI MẬT", "Kính gửi: Sở Xây dựng"), ("TỐI MẬT",)),
        ((STAMPED, "TUYỆT  MẬT"), ("TUYỆT MẬT",)),
        ((STAMPED, "(MẬT)"), ("MẬT",)),
        ((STAMPED, "Về việc bảo vệ bí mật nhà nước độ TỐI MẬT"), ()),
        ((STAMPED, "Bí mật", "mật"), ()),
        ((*["Nội dung"] * 40, "MẬT"), ()),  # a list of levels far down is no stamp
    ],
)
def test_a_stamp_of_secrecy_is_a_line_of_its_own_at_the_top(lines: tuple[str, ...], marks: tuple[str, ...]) -> None:
    assert formats.stamps(word(*lines), formats.WORD) == marks
    assert formats.stamps("\n".join(lines).encode(), "text/plain") == marks


def test_a_stamped_file_is_refused_at_its_field_with_the_way_out() -> None:
    with pytest.raises(InvalidInput) as refused:
        formats.accepted(word(STAMPED, "MẬT"), "tờ trình.docx", field="main_file")
    assert "đường văn bản giấy" in refused.value.fields["main_file"]
    assert formats.stamps(b"%PDF-1.7 broken", formats.PDF) == ()


def test_a_stamped_pdf_is_seen() -> None:
    assert formats.stamps(papers.paper(secrecy="TỐI MẬT"), formats.PDF) == ("TỐI MẬT",)
    assert formats.stamps(papers.paper(), formats.PDF) == ()
