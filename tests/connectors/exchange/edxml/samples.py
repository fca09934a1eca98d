"""Messages for the tests of the exchange: invented agencies, an urgent letter, its recall, its refusal."""

from __future__ import annotations

from datetime import date, datetime

from connectors.exchange.edxml import messages as m
from engine.clock import VIETNAM

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
CSV = "stt;công trình\n1;Trường Tiểu học An Phú\n2;Cầu Suối Cạn\n".encode()

CONSTRUCTION = m.Organization("000.00.15.H99", "Sở Xây dựng tỉnh Mẫu", "UBND tỉnh Mẫu", email="vanthu.sxd@example.com")
AN_PHU = m.Organization("H99.30.012", "UBND xã An Phú", "UBND tỉnh Mẫu")
BINH_MINH = m.Organization("000.00.45.H99", "UBND phường Bình Minh", telephone="0200 000 0045")
IDENTIFIER = "000.00.15.H99,2026/11/20,125/SXD-QLXD"


def letter(**changed: object) -> m.DocumentMessage:
    """A new letter of the department to two communes, one file as PDF and one that travels zipped."""
    given: dict[str, object] = {
        "sender": CONSTRUCTION,
        "recipients": (BINH_MINH, AN_PHU),
        "document_id": IDENTIFIER,
        "number": "125",
        "notation": "SXD-QLXD",
        "place": "Trung Tâm",
        "issued_on": date(2026, 11, 20),
        "type_detail": "0",
        "type_name": "Công văn",
        "subject": "V/v rà soát công trình & nhà ở <trên địa bàn>",
        "content": "Rà soát\ntheo từng xã",
        "signer": m.Signer("Nguyễn Văn Mẫu", "Phó Giám đốc", "KT. GIÁM ĐỐC"),
        "due_on": date(2026, 12, 4),
        "priority": 1,
        "copies": 1,
        "pages": 2,
        "steering": False,
        "appendixes": ("Phụ lục 01",),
        "answers": (m.Citation("H99.30.012", "45/UBND-KT", "H99.30.012,2026/11/12,45/UBND-KT", date(2026, 11, 12)),),
        "places": ("Như trên", "Lưu: VT, QLXD"),
        "hops": (m.Hop("000.00.15.H99", datetime(2026, 11, 20, 15, 42, 10, tzinfo=VIETNAM)),),
        "business": m.Business(m.NEW, "Văn bản điện tử mới", staff=m.Staff("Văn phòng", "Trần Thị Thư")),
        "files": (
            m.AttachedFile("125_SXD-QLXD.pdf", "application/pdf", PDF, "Công văn", "H99-125-1"),
            m.AttachedFile("Phu-luc-01.csv", "text/csv", CSV, "Phụ lục 01", "H99-125-2"),
        ),
    }
    return m.DocumentMessage(**(given | changed))  # type: ignore[arg-type]


def recall() -> m.DocumentMessage:
    """The recall of the letter, with the notice attached."""
    reason = "Thu hồi văn bản điện tử: sai số liệu tại Phụ lục 01"
    return letter(
        business=m.Business(m.RECALL, reason, IDENTIFIER),
        files=(m.AttachedFile("TB-thu-hoi.pdf", "application/pdf", PDF, "Thông báo thu hồi", "H99-125-R1"),),
        hops=(m.Hop("000.00.15.H99", datetime(2026, 11, 25, 8, 5, tzinfo=VIETNAM)),),
    )


def refusal(**changed: object) -> m.StatusMessage:
    """An Phú refuses the letter."""
    given: dict[str, object] = {
        "sender": AN_PHU,
        "about": m.Citation("000.00.15.H99", "125/SXD-QLXD", IDENTIFIER, date(2026, 11, 20)),
        "status": m.REFUSED,
        "description": "Thiếu chữ ký số của cơ quan ban hành; đề nghị gửi lại.",
        "at": datetime(2026, 11, 20, 16, 20, 5, tzinfo=VIETNAM),
        "staff": m.Staff("Văn phòng HĐND và UBND", "Lê Văn Nhận", "vanthu.anphu@example.com", "0900003012"),
    }
    return m.StatusMessage(**(given | changed))  # type: ignore[arg-type]
