"""Templates: filled word for word, whatever Word has done to the names; what is foreign is refused."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest

from connectors.conversion.templates.filling import fill, names_in, values_of
from connectors.conversion.templates.standard import standard_template
from connectors.conversion.templates.uploaded import checked_template
from engine.documents import kinds
from engine.drafts import fields
from engine.errors import InvalidInput
from tests import builders
from tests.connectors.conversion.checking.papers import draft, filled, paragraphs, saved

LARGEST = 5 * 1024 * 1024


def lines(content: bytes) -> list[str]:
    return [each.text for each in paragraphs(docx.Document(io.BytesIO(content))) if each.text.strip()]


def made(*texts: str) -> Any:
    document = docx.Document()
    for text in texts:
        document.add_paragraph(text)
    return document


def test_a_letter_says_what_the_document_says() -> None:
    said = lines(filled(body="Điều thứ nhất.\n\nĐiều thứ hai.", kept="VT, QLXD."))
    for wanted in ("ỦY BAN NHÂN DÂN TỈNH MẪU", "SỞ XÂY DỰNG", "Số:         /SXD-QLXD", "Kính gửi:", "- Như trên;",
                   "- Ủy ban nhân dân xã An Phú;", "- Ủy ban nhân dân phường Bình Minh.", "Điều thứ nhất.",
                   "Điều thứ hai./.", "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Nguyễn Thị Ánh Tuyết", "- Lưu: VT, QLXD.",
                   "V/v rà soát quy hoạch khu dân cư nông thôn"):  # fmt: skip
        assert wanted in said
    assert not any("[[" in each for each in said)


def test_one_addressee_stands_beside_its_label_and_no_capacity_leaves_no_gap() -> None:
    said = lines(filled(addressees=("UBND tỉnh",), capacity=""))
    assert "Kính gửi: UBND tỉnh" in said
    assert "KT. GIÁM ĐỐC" not in said


def test_names_that_word_has_spread_over_runs_are_found() -> None:
    document = made("")
    paragraph = document.paragraphs[0]
    for piece, bold in (("V/v [", None), ("[Trích", True), (" yếu", None), ("]] của [[TÊN CƠ QUAN]]", True)):
        paragraph.add_run(piece).bold = bold
    content = saved(document)
    assert names_in(content) == ["Trích yếu", "TÊN CƠ QUAN"]
    assert lines(fill(content, {"Trích yếu": "rà soát <b>&", "Tên cơ quan": "Sở Xây dựng"})) == [
        "V/v rà soát <b>& của SỞ XÂY DỰNG"
    ]


def test_every_kind_names_only_fields_there_are_and_all_that_are_needed() -> None:
    for kind in kinds.KINDS[::6]:
        names = names_in(standard_template(kind.name))
        assert fields.unknown(names) == []
        assert fields.lacking(names) == []


def test_the_standard_template_is_taken_back_and_found_right() -> None:
    report = checked_template(standard_template("Quyết định"), "a.docx", "Quyết định", largest=LARGEST)
    assert (report["errors"], report["warnings"], report["lacking"]) == (0, 0, [])


def with_part(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(standard_template("Công văn"))) as old, zipfile.ZipFile(buffer, "w") as new:
        for each in old.namelist():
            new.writestr(each, old.read(each))
        new.writestr(name, content)
    return buffer.getvalue()


RELATION = (
    b'<Relationships><Relationship Id="r" Type="http://x/relationships/%s" Target="http://a.vn" '
    b'TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (saved(made("[[Trích yếu]] [[Không có trường này]]")), "[[Không có trường này]]"),
        (saved(made("Không có gì để điền")), "chưa có trường nào"),
        (with_part("word/vbaProject.bin", b"x"), "macro"),
        (with_part("word/embeddings/a.bin", b"x"), "đối tượng nhúng"),
        (with_part("word/_rels/a.xml.rels", RELATION % b"attachedTemplate"), "nơi khác"),
        (builders.pdf("x"), "tệp Word"),
        (b"PK\x03\x04 broken", "hỏng"),
        (builders.docx(), "hỏng"),
        (b"", "rỗng"),
    ],
)
def test_what_is_foreign_or_broken_is_refused_at_its_field(content: bytes, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_template(content, "mau.docx", "Công văn", largest=LARGEST)
    assert said in f"{refused.value} {refused.value.fields['file']}"


def test_a_link_in_a_template_is_no_danger() -> None:
    content = with_part("word/_rels/a.xml.rels", RELATION % b"hyperlink")
    assert checked_template(content, "mau.docx", "Công văn", largest=LARGEST)["errors"] == 0


def test_values_never_become_markup_or_names() -> None:
    values = values_of(draft(subject="[[Họ tên]] </w:t><x/>", body="a & b"))
    said = lines(fill(standard_template("Công văn"), values))
    assert "V/v [[Họ tên]] </w:t><x/>" in said
    assert "a & b./." in said
