"""Word files checked: what we make ourselves passes, single faults are found where they stand."""

from __future__ import annotations

import io
import random
from typing import Any

import docx
import pytest
from docx.shared import Mm, Pt, RGBColor

from connectors.conversion.checking.looking import look
from connectors.conversion.checking.rendition import rendition
from connectors.conversion.checking.word import read_word
from engine.documents import formats, kinds
from engine.documents.registers.numbers import notation
from engine.drafts.layout.checking import check
from engine.drafts.layout.sheet import Expected, Finding
from tests import builders
from tests.connectors.conversion.checking.papers import filled, paper, paragraphs, saved


def findings(content: bytes, **expected: str) -> dict[str, Finding]:
    report = check(rendition(read_word(content)).sheet, Expected(**expected))
    return {each.rule: each for each in report.findings}


def test_every_template_of_ours_passes_the_check() -> None:
    for kind in kinds.KINDS:
        passes(kind)


def passes(kind: kinds.Kind) -> None:
    wanted = notation(kind.name, "SXD", "QLXD")
    content = filled(kind.name, notation=wanted, body="")
    report = check(rendition(read_word(content)).sheet, Expected(type_name=kind.name, notation=wanted))
    assert [each.sentence for each in report.findings] == []
    assert [each.number for each in report.components if each.found is False] == []


@pytest.mark.parametrize("kind", ["Công văn", "Quyết định", "Tờ trình", "Giấy mời"])
def test_whatever_is_filled_in_no_error_is_found(kind: str) -> None:
    chance = random.Random(kind)
    for _ in range(2):
        said = "".join(chance.choice("abcđêôơư ,") for _ in range(chance.randint(3, 200))).strip() or "a"
        parts = ("Điều 1. Phạm vi.", "Căn cứ Luật Xây dựng;", "QUYẾT ĐỊNH:", "Nội dung " * 30)
        written = "\n".join(chance.choice(parts) for _ in range(chance.randint(0, 12)))
        places = tuple(chance.choice(("Như Điều 3", "UBND tỉnh (để báo cáo)")) for _ in range(chance.randint(0, 9)))
        content = filled(
            kind, notation=notation(kind, "SXD", "QLXD"), subject=said, body=written, recipients=places
        )  # fmt: skip
        report = check(rendition(read_word(content)).sheet, Expected(type_name=kind))
        assert [each.sentence for each in report.findings if each.severity == "error"] == [], (said, written, places)


@pytest.mark.parametrize(
    ("words", "rule", "severity"),
    [
        ({"NGHĨA VIỆT NAM": "NGHĨA VN"}, "nation.spelling", "error"),
        ({"CỘNG HÒA": "CỘNG HOÀ"}, "nation.spelling", "warning"),
        ({"Độc lập - Tự do - Hạnh phúc": "Độc lập – Tự do – Hạnh phúc"}, "motto.spelling", "warning"),
        ({"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM": ""}, "nation.missing", "error"),
        ({"SỞ XÂY DỰNG": "Sở Xây dựng"}, "agency.case", "error"),
        ({"Số:": "Ký hiệu"}, "number.missing", "error"),
        ({"Mẫu, ngày": "Mẫu ngày"}, "date.comma", "error"),
        ({"V/v rà soát quy hoạch khu dân cư nông thôn": ""}, "subject.missing", "error"),
        ({"Kính gửi:": "Gửi"}, "addressee.missing", "error"),
        ({"KT. GIÁM ĐỐC": "K/T GIÁM ĐỐC"}, "capacity.form", "error"),
        ({"Nguyễn Thị Ánh Tuyết": "TS. Nguyễn Thị Ánh Tuyết"}, "signer.titles", "error"),
        ({"Nơi nhận:": "Nơi nhận"}, "recipients.colon", "error"),
        ({"Nơi nhận:": "Gửi đến"}, "recipients.missing", "error"),
        ({"- Lưu: VT, QLXD.": "- Lưu VT"}, "kept.form", "error"),
        ({"- Lưu: VT, QLXD.": "- Lưu: QLXD."}, "kept.registry", "warning"),
        ({"- Lưu: VT, QLXD.": "- Các phòng."}, "kept.missing", "error"),
    ],
)
def test_a_component_that_is_wrong_is_found_where_it_stands(words: dict[str, str], rule: str, severity: str) -> None:
    found = findings(paper(words=words), type_name="Công văn")
    assert rule in found, sorted(found)
    assert found[rule].severity == severity
    assert found[rule].clause.startswith("ND30 PL I.")
    place = found[rule].place
    assert place is not None
    assert place.page == 0
    assert 0 <= place.left < place.right <= 596
    assert 0 <= place.top < place.bottom <= 843


def changed(change: Any) -> dict[str, Finding]:
    document = docx.Document(io.BytesIO(filled(body="Nội dung cần làm rõ trong văn bản này của cơ quan.\n" * 3)))
    change(document)
    return findings(saved(document))


def body(document: Any) -> list[Any]:
    return [each for each in paragraphs(document) if each.text.startswith("Nội dung cần")]


def test_paper_margins_and_letters() -> None:
    def wrong(document: Any) -> None:
        section = document.sections[0]
        section.page_width, section.page_height = Mm(216), Mm(279)
        section.left_margin, section.right_margin, section.top_margin = Mm(20), Mm(30), Mm(30)
        for each in body(document):
            each.runs[0].font.name, each.runs[0].font.size = "Arial", Pt(12)
            each.runs[0].font.color.rgb = RGBColor(200, 0, 0)
            each.paragraph_format.line_spacing = 2.0

    found = changed(wrong)
    assert {"paper.size", "margin.left", "margin.right", "margin.top", "font.face", "font.colour", "body.size",
            "body.spacing"} <= set(found)  # fmt: skip
    assert "Letter" not in found["paper.size"].sentence
    assert found["paper.size"].sentence == "Trang 1 khổ 216 × 279 mm; cần khổ A4 (210 × 297 mm)."
    assert found["font.face"].sentence == "Phông chữ Arial; cần Times New Roman."
    assert "12" in found["body.size"].sentence


def test_old_encodings_by_their_fonts() -> None:
    def wrong(document: Any) -> None:
        for each in body(document):
            each.runs[0].font.name = ".VnTime"

    assert "font.encoding" in changed(wrong)


def test_page_numbers_are_looked_for_where_the_file_says() -> None:
    def everywhere(document: Any) -> None:
        document.sections[0].different_first_page_header_footer = False

    def below(document: Any) -> None:
        section = document.sections[0]
        field = section.header.paragraphs[0]._p
        section.footer.paragraphs[0]._p.addnext(field)

    assert "pages.first" in changed(everywhere)
    assert "pages.place" in changed(below)


def test_what_the_platform_knows_is_only_compared_not_enforced() -> None:
    found = findings(paper(), type_name="Công văn", agency_name="Sở Tài chính", signer_name="Trần Văn An",
                     notation="STC-VP", place="Khác")  # fmt: skip
    assert {"agency.expected", "signer.expected", "number.expected", "date.expected-place"} <= set(found)
    assert {each.severity for each in found.values()} == {"warning"}


BOMB = "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>%s</w:document>"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 broken", "hỏng"),
        (builders.docx(), "hỏng"),
        (builders.docx(**{"word/document.xml": BOMB % ""}), "không có nội dung"),
        (builders.docx(**{"word/document.xml": BOMB % "<w:body/>"}), "không có chữ"),
        (builders.docx(**{"word/document.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "không có nội dung"),
        (builders.docx(**{"word/document.xml": BOMB % ("<w:p>" * 3000 + "</w:p>" * 3000)}), "hỏng"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "mật khẩu"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_a_sentence(content: bytes, said: str) -> None:
    looked = look(content, formats.WORD, Expected())
    assert said in looked.report["problem"]
    assert looked.report["errors"] == 0


def test_other_kinds_of_files_are_told() -> None:
    assert "Chỉ kiểm tra" in look(b"x", "application/msword", Expected()).report["problem"]
