"""Messages as bytes: the element tree of the norm, the same bytes every time, rules kept."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from lxml import etree

from connectors.exchange.edxml import messages as m
from connectors.exchange.edxml import wire
from connectors.exchange.edxml.rules import check_document, valid_code
from connectors.exchange.edxml.writing import write_document, write_status
from tests.connectors.exchange.edxml import samples


def outline(raw: bytes) -> list[str]:
    """Every element with its depth and prefix, as written."""
    lines: list[str] = []

    def visit(element: etree._Element, depth: int) -> None:
        prefix = f"{element.prefix}:" if element.prefix else ""
        lines.append("  " * depth + prefix + etree.QName(element).localname)
        assert etree.QName(element).namespace == wire.NAMESPACE
        assert len(element) or (element.text or "").strip(), "no element is written empty"
        for child in element:
            visit(child, depth + 1)

    visit(etree.fromstring(raw), 0)
    return lines


STATUS_OUTLINE = """
edXML
  edXML:edXMLEnvelope
    edXML:edXMLHeader
      edXML:MessageHeader
        edXML:From
          edXML:OrganId
          edXML:OrganizationInCharge
          edXML:OrganName
        edXML:ResponseFor
          edXML:OrganId
          edXML:Code
          edXML:PromulgationDate
          edXML:DocumentId
        edXML:StaffInfo
          edXML:Department
          edXML:Staff
          edXML:Email
          edXML:Mobile
        edXML:StatusCode
        edXML:Description
        edXML:Timestamp
"""

HEADER_ORDER = [
    "From",
    "To",
    "To",
    "DocumentId",
    "Code",
    "PromulgationInfo",
    "DocumentType",
    "Subject",
    "Content",
    "SignerInfo",
    "DueDate",
    "OtherInfo",
    "ResponseFor",
    "SteeringType",
    "ToPlaces",
]


def test_a_status_has_the_tree_of_the_norm() -> None:
    assert outline(write_status(samples.refusal())) == STATUS_OUTLINE.strip().split("\n")


def test_a_document_has_the_tree_of_the_norm() -> None:
    lines = outline(write_document(samples.letter()))
    header = lines.index("      edXML:MessageHeader")
    trace = lines.index("      edXML:TraceHeaderList")
    inner = [
        line.strip().removeprefix("edXML:") for line in lines[header + 1 : trace] if line.startswith(" " * 8 + "e")
    ]
    assert inner == HEADER_ORDER
    assert "\n".join(
        [
            "      edXML:TraceHeaderList",
            "        edXML:TraceHeader",
            "          edXML:OrganId",
            "          edXML:Timestamp",
            "        edXML:Bussiness",
            "          edXML:BussinessDocType",
            "          edXML:BussinessDocReason",
            "          edXML:Paper",
            "          edXML:StaffInfo",
            "            edXML:Department",
            "            edXML:Staff",
            "    edXML:edXMLBody",
            "      edXML:edXMLManifest",
            "        edXML:Reference",
        ]
    ) in "\n".join(lines)
    assert lines.count("    Attachment") == 2
    assert lines[lines.index("  AttachmentEncoded") :][:7] == [
        "  AttachmentEncoded",
        "    Attachment",
        "      ContentId",
        "      AttachmentName",
        "      Description",
        "      ContentType",
        "      edXML:ContentTransferEncoded",
    ]


def test_what_stands_where_on_the_wire() -> None:
    raw = write_document(samples.letter()).decode()
    assert raw.startswith(
        '<?xml version="1.0" encoding="UTF-8"?>\n<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">'
    )
    assert '<edXML:edXMLManifest version="1.0">' in raw
    assert "<edXML:PromulgationDate>2026/11/20</edXML:PromulgationDate>" in raw
    assert "<edXML:Timestamp>2026/11/20 15:42:10</edXML:Timestamp>" in raw
    assert "<edXML:Subject>V/v rà soát công trình &amp; nhà ở &lt;trên địa bàn&gt;</edXML:Subject>" in raw
    assert raw.count("cid:H99-125-2") == 2
    assert raw.count("<ContentType>application/zip</ContentType>") == 1
    assert "Signature" not in raw
    assert write_document(samples.letter()) == raw.encode()


def test_update_and_replacement_carry_what_changed() -> None:
    update = m.Business(
        m.UPDATE,
        "Bổ sung nơi nhận",
        samples.IDENTIFIER,
        content_changed=False,
        receivers_changed=True,
        receivers=(m.Receiver("H99.30.012", True), m.Receiver("000.00.45.H99", False)),
    )
    raw = write_document(samples.letter(business=update)).decode()
    assert "<edXML:DocumentInfo>0</edXML:DocumentInfo>" in raw
    assert raw.index("DocumentReceiver") < raw.index("ReceiverList") < raw.index("<edXML:ReceiverType>1<")
    replacement = m.Business(
        m.REPLACE, "Thay thế", replaces=(m.Replacement("000.00.15.H99,2026/11/19,120/SXD", ("H99.30.012",)),)
    )
    assert "<edXML:OrganIdList>" in write_document(samples.letter(business=replacement)).decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"recipients": ()}, "nơi nhận"),
        ({"recipients": (samples.AN_PHU, samples.AN_PHU)}, "trùng"),
        ({"sender": m.Organization("28.22.H17", "Sở")}, "Mã định danh"),
        ({"sender": m.Organization("000.00.15.H99")}, "tên cơ quan gửi"),
        ({"document_id": ""}, "mã định danh văn bản"),
        ({"number": ""}, "số văn bản"),
        ({"place": ""}, "địa danh"),
        ({"issued_on": None}, "ngày ban hành"),
        ({"issued_on": date(2026, 11, 24)}, "sau ngày gửi"),
        ({"due_on": date(2026, 11, 19)}, "trước ngày ban hành"),
        ({"priority": 7}, "khẩn"),
        ({"signer": m.Signer()}, "họ tên người ký"),
        ({"hops": ()}, "vết gửi"),
        ({"hops": (m.Hop("000.00.15.H99", datetime(2026, 11, 20)),)}, "thời điểm"),
        ({"files": ()}, "tệp văn bản"),
        ({"files": (m.AttachedFile("a.docx", "x/y", b"PK"),)}, "PDF"),
        ({"files": (m.AttachedFile("a.pdf", "application/pdf", None),)}, "không có nội dung"),
        ({"files": (m.AttachedFile("a.pdf", "application/pdf", samples.PDF, content_id="1"),) * 2}, "cùng mã nội dung"),
        ({"business": m.Business(m.RECALL)}, "lý do thu hồi"),
        ({"business": m.Business(m.UPDATE, "x")}, "cập nhật"),
        ({"business": m.Business(m.REPLACE, "x")}, "bị thay thế"),
        ({"business": m.Business("9", "x")}, "Loại nghiệp vụ"),
        ({"answers": (m.Citation("", "45/UBND"),)}, "phúc đáp"),
    ],
)
def test_rules_of_sending(changed: dict[str, object], said: str) -> None:
    with pytest.raises(m.MessageError, match=said) as caught:
        write_document(samples.letter(**changed), today=date(2026, 11, 23))
    assert caught.value.problems


def test_overlong_texts_are_pointed_out_not_stopped() -> None:
    message = samples.letter(subject="x" * 501, number="1" * 12)
    assert [problem.severity for problem in check_document(message)] == ["warning", "warning"]
    assert write_document(message)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"description": ""}, "lý do"),
        ({"description": "", "status": m.ARRIVED}, "nội dung trạng thái"),
        ({"description": "x" * 1001}, "1000"),
        ({"status": "77"}, "77"),
        ({"at": None}, "thời điểm"),
        ({"at": datetime(2026, 11, 20)}, "múi giờ"),
        ({"about": m.Citation("", "")}, "mã cơ quan nhận"),
    ],
)
def test_rules_of_statuses(changed: dict[str, object], said: str) -> None:
    with pytest.raises(m.MessageError, match=said):
        write_status(samples.refusal(**changed))


def test_a_file_without_an_id_gets_one_from_the_document() -> None:
    files = tuple(replace(file, content_id="") for file in samples.letter().files)
    raw = write_document(samples.letter(files=files)).decode()
    assert raw.count("cid:000-00-15-H99-2026-11-20-125-SXD-QLXD-1<") == 2


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("000.00.00.G22", True),
        ("H37.DN.001", True),
        ("28.22.H17", False),
        ("h37.dn.001", False),
        ("H41", True),
        ("H41" + ".A1" * 11, False),
        ("H99." + "A" * 31, True),
        ("H99." + "A" * 32, False),
        ("", False),
        ("H99.", False),
        ("H99\n", False),
    ],
)
def test_agency_codes_of_both_generations(code: str, valid: bool) -> None:
    assert valid_code(code) is valid
