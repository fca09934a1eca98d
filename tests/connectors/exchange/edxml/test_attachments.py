"""Files of a message: joined to the manifest, taken out of their zip, guarded."""

import base64
import io
import zipfile
from collections.abc import Callable

import pytest

from connectors.exchange.edxml import attachments, packing
from connectors.exchange.edxml import messages as m
from connectors.exchange.edxml.packing import Unreadable, packed, unpacked
from connectors.exchange.edxml.reading import read_message
from connectors.exchange.edxml.wire import file_name
from connectors.exchange.edxml.writing import write_document
from tests.connectors.exchange.edxml import samples


def files(raw: str) -> tuple[m.AttachedFile, ...]:
    message = read_message(raw.encode())
    assert isinstance(message, m.DocumentMessage)
    return message.files


def warnings(raw: str) -> tuple[str, ...]:
    return read_message(raw.encode()).warnings


WRITTEN = write_document(samples.letter()).decode()


@pytest.mark.parametrize("side", ["<edXML:ContentId>cid:", "<ContentId>cid:"])
def test_the_prefix_of_ids_may_stand_on_one_side_only(side: str) -> None:
    raw = WRITTEN.replace(side, side.removesuffix("cid:"))
    assert raw != WRITTEN
    assert files(raw) == samples.letter().files


def test_the_order_is_that_of_the_manifest() -> None:
    first, second = WRITTEN.index("    <Attachment>"), WRITTEN.rindex("    <Attachment>")
    end = WRITTEN.index("  </AttachmentEncoded>")
    swapped = WRITTEN[:first] + WRITTEN[second:end] + WRITTEN[first:second] + WRITTEN[end:]
    assert files(swapped) == samples.letter().files


def test_a_missing_file_is_told_not_thrown() -> None:
    raw = WRITTEN[: WRITTEN.rindex("    <Attachment>")] + WRITTEN[WRITTEN.index("  </AttachmentEncoded>") :]
    main, other = files(raw)
    assert main.content == samples.PDF
    assert (other.content, other.problem) == (None, "Thiếu tệp trong thông điệp.")


def test_ids_that_do_not_match_are_joined_by_name() -> None:
    raw = WRITTEN.replace("<ContentId>cid:H99-125-2", "<ContentId>cid:other")
    assert files(raw)[1].content == samples.CSV
    assert "ghép theo tên" in warnings(raw)[0]


def test_a_file_nobody_refers_to_comes_last() -> None:
    start, end = WRITTEN.index("        <edXML:Reference>"), WRITTEN.index("        </edXML:Reference>") + 26
    raw = WRITTEN[:start] + WRITTEN[end:]
    assert [file.name for file in files(raw)] == ["Phu-luc-01.csv", "125_SXD-QLXD.pdf"]
    assert "không được nêu" in warnings(raw)[0]


@pytest.mark.parametrize("broken", ["", "!!!!", "AAA=A", "☃" * 8])
def test_content_that_cannot_be_decoded_is_told(broken: str) -> None:
    start = WRITTEN.index(base64.b64encode(samples.PDF).decode()[:40])
    end = WRITTEN.index("</edXML:ContentTransferEncoded>", start)
    [main, other] = files(WRITTEN[:start] + broken + WRITTEN[end:])
    assert main.content is None
    assert main.problem.startswith("Tệp không")
    assert other.content == samples.CSV


def archive(fill: Callable[[zipfile.ZipFile], None]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as opened:
        fill(opened)
    return target.getvalue()


def test_formats_travel_raw_or_zipped() -> None:
    for name in ("a.pdf", "a.docx", "a.xls", "a.ZIP"):
        assert packed(name, "x/y", b"content") == ("x/y", b"content")
    media_type, content = packed("a.csv", "text/csv", samples.CSV)
    assert media_type == "application/zip"
    assert packed("a.csv", "text/csv", samples.CSV) == (media_type, content), "the same bytes every time"
    assert unpacked("a.csv", media_type, content) == ("text/csv", samples.CSV)
    assert unpacked("a.zip", media_type, content) == (media_type, content)


def test_a_word_file_zipped_as_the_official_sample_does() -> None:
    inner = archive(lambda z: (z.writestr("[Content_Types].xml", "x"), z.writestr("word/document.xml", "y"))[0])
    zipped = archive(lambda z: z.writestr("a.docx", inner))
    assert unpacked("a.docx", "application/zip", zipped)[1] == inner
    assert unpacked("a.docx", "application/zip", inner)[1] == inner, "labelled zip because it is one inside"
    assert unpacked("a.pdf", "application/zip", samples.PDF) == ("application/pdf", samples.PDF)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (archive(lambda z: None), "đúng một tệp"),
        (archive(lambda z: [z.writestr("a", "1"), z.writestr("b", "2")][0]), "đúng một tệp"),
        (archive(lambda z: z.writestr("folder/", "")), "đúng một tệp"),
        (archive(lambda z: z.writestr("../a.csv", "1")), "đường dẫn"),
        (archive(lambda z: z.writestr("/etc/passwd", "1")), "đường dẫn"),
        (archive(lambda z: z.writestr("C:a.csv", "1")), "đường dẫn"),
        (archive(lambda z: z.writestr("..\\a.csv", "1")), "đường dẫn"),
        (archive(lambda z: z.writestr("a.csv", b"\0" * 30_000_000)), "lớn bất thường"),
        (b"PK\x03\x04 broken", "bị hỏng"),
        (archive(lambda z: z.writestr("a.csv", samples.CSV))[:-30], "bị hỏng"),
        (
            archive(lambda z: z.writestr("a.csv", samples.CSV)).replace(
                b"\x14\x00\x00\x00\x08", b"\x14\x00\x01\x00\x08"
            ),
            "mật khẩu",
        ),
    ],
)
def test_hostile_zips_are_refused(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        unpacked("a.csv", "application/zip", content)


def test_a_damaged_zip_never_throws_anything_else() -> None:
    sound = archive(lambda z: z.writestr("a.csv", samples.CSV))
    outcomes = set()
    for position in range(len(sound)):
        for value in (0, 0x55, 0xFF):
            damaged = sound[:position] + bytes([value]) + sound[position + 1 :]
            try:
                outcomes.add(unpacked("a.csv", "application/zip", damaged)[0])
            except Unreadable:
                outcomes.add("refused")
    assert outcomes <= {"text/csv", "refused"}
    assert "refused" in outcomes


def test_a_file_may_not_be_larger_than_its_limit() -> None:
    assert packing.decoded(base64.b64encode(b"x" * 90).decode(), 90) == b"x" * 90
    with pytest.raises(Unreadable, match="giới hạn"):
        packing.decoded(base64.b64encode(b"x" * 91).decode(), 90)


def test_files_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "LARGEST_TOGETHER", len(samples.PDF))
    main, other = files(WRITTEN)
    assert main.content == samples.PDF
    assert other.content is None
    assert "giới hạn" in other.problem


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\Công văn.pdf", "Công văn.pdf"),
        ("a\x00b\n.pdf", "ab .pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("", "tep-3"),
        ("..", "tep-3"),
        ("con.pdf", "tep-3_con.pdf"),
        ('a<b>"c|?.pdf', "a_b__c__.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_of_files_are_made_safe(raw: str, safe: str) -> None:
    assert file_name(raw, 3) == safe
