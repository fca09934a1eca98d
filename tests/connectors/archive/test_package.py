"""A package holds everything: originals byte for byte, checksums, metadata in the names of the norm, one PDF."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

import pypdfium2
from lxml import etree

from connectors.archive import contents, package, verification
from connectors.archive.mets import METS
from engine.documents.models import Attachment
from engine.errors import PlatformError
from engine.platform import Platform
from engine.records import commands, handover
from engine.records.models import ArchivePackage, Dossier
from tests.builders import Office, actor
from tests.connectors.archive.conftest import ANNEX, ASKED, carry_out

FIELDS_OF_FILE = [
    "FileCode", "Title", "Maintenance", "Rights", "Creator", "Language", "StartDate", "EndDate", "DocTotal",
    "PageTotal", "Description", "Documents",
]  # fmt: skip
FIELDS_OF_INCOMING = [
    "FileCode", "DocOrdinal", "TypeName", "CodeNumber", "CodeNotation", "IssuedDate", "OrganName", "Subject",
    "Language", "PageAmount", "Description", "ArrivalDate", "ArrivalNumber", "SignerInfo", "Priority", "ToPlaces",
    "TraceHeaderList", "DueDate", "Files",
]  # fmt: skip


def opened(platform: Platform, made: ArchivePackage) -> dict[str, bytes]:
    assert made.state == "done", made.problem
    assert made.file_hash
    with zipfile.ZipFile(io.BytesIO(platform.files.get(made.file_hash))) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def test_the_layout_and_the_originals(platform: Platform, make: Any) -> None:
    made = make()
    files = opened(platform, made)
    data = {name: content for name, content in files.items() if name.startswith(verification.DATA)}
    assert [name.removeprefix(verification.DATA) for name in sorted(data)] == [
        "0001-01-bieu-mau.docx", "0002-01-Cong-van-den.pdf", "0002-02-Phu-luc-so-1.pdf", "0003-01-van-ban.pdf",
    ]  # fmt: skip
    assert data[f"{verification.DATA}0002-01-Cong-van-den.pdf"] == ASKED
    assert data[f"{verification.DATA}0002-02-Phu-luc-so-1.pdf"] == ANNEX
    assert {
        "METS.xml", "metadata/descriptive/EAD.xml", "metadata/descriptive/PL-VI.xml",
        "metadata/preservation/PREMIS.xml", "documentation/ho-so.pdf",
        "documentation/evidence/0002-verification.json", "representations/rep1/METS.xml",
        "representations/rep1/metadata/descriptive/EAD_doc_0001.xml",
        "representations/rep1/metadata/preservation/PREMIS_rep1.xml",
    } <= set(files)  # fmt: skip
    assert json.loads(files["documentation/evidence/0002-verification.json"])["verdict"] == "valid"
    assert made.counts == {"documents": 3, "files": 4}
    mets = etree.fromstring(files["METS.xml"])
    assert mets.get("OBJID") == made.identifier
    header = mets.find(f"{{{METS}}}metsHdr")
    assert header is not None
    assert header.get("RECORDSTATUS") == "NEW"
    assert header.get("CREATEDATE", "").endswith("+07:00")
    assert {each.get("LABEL") for each in mets.iter(f"{{{METS}}}div")} >= {"Metadata", "Schemas", "Representations"}


def test_metadata_in_the_names_of_the_norm(platform: Platform, make: Any) -> None:
    root = etree.fromstring(opened(platform, make())["metadata/descriptive/PL-VI.xml"])
    assert [each.tag for each in root] == FIELDS_OF_FILE
    assert root.findtext("FileCode/OrganId") == "000.00.15.H99"
    assert root.findtext("FileCode/FileNotation") == "01.QLXD"
    assert (root.findtext("Maintenance"), root.findtext("DocTotal")) == ("Vĩnh viễn", "3")
    asked = root.findall("Documents/Document")[1]
    assert [each.tag for each in asked] == FIELDS_OF_INCOMING
    assert asked.findtext("Subject") == "Hỏi về <quy hoạch> & đất đai"
    assert asked.findtext("IssuedDate") == "2026-03-04"
    assert "Giao phòng xem xét" in str(asked.findtext("TraceHeaderList"))
    file = asked.find("Files/File")
    assert file is not None
    assert file.get("sha256") == hashlib.sha256(ASKED).hexdigest()


def test_one_pdf_in_order_of_time_with_an_index(platform: Platform, make: Any) -> None:
    document = pypdfium2.PdfDocument(opened(platform, make())["documentation/ho-so.pdf"])
    pages = [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    bookmarks = [each.get_title() for each in document.get_toc()]
    document.close()
    assert "MỤC LỤC VĂN BẢN TRONG HỒ SƠ" in pages[0]
    assert pages[0].index("Gửi biểu mẫu") < pages[0].index("Hỏi về") < pages[0].index("Trả lời về")
    assert "không phải PDF" in pages[1]
    assert pages[2:5] == ["Asked one", "Asked two", "Annex"]
    assert bookmarks[0] == "Mục lục văn bản"
    assert len(bookmarks) == 5


def test_the_same_contents_give_the_same_bytes(platform: Platform, office: Office, make: Any) -> None:
    made = make()
    with platform.reading() as session:
        row = session.get_one(ArchivePackage, made.id)
        found = contents.gather(session, actor(platform, office["clerk"]), row, row.created_at)
    found = contents.Contents(**{name: getattr(found, name) for name in found.__slots__} | {"events": ()})
    assert package.make(found, platform.files) == package.make(found, platform.files)


def test_what_is_gone_since_the_order_fails_in_words(platform: Platform, office: Office, dossier: Dossier) -> None:
    clerk = actor(platform, office["clerk"])
    ordered = platform.run(clerk, handover.order_package, dossier.id)
    platform.run(clerk, commands.reopen, dossier.id, "Bổ sung")
    carry_out(platform, ordered)
    with platform.reading() as session:
        row = session.get_one(ArchivePackage, ordered.id)
    assert (row.state, row.problem) == ("failed", "Kết thúc hồ sơ trước khi xuất.")


def test_a_lost_original_fails_the_package(platform: Platform, office: Office, dossier: Dossier) -> None:
    ordered = platform.run(actor(platform, office["clerk"]), handover.order_package, dossier.id)
    with platform.reading() as session:
        lost = session.query(Attachment).filter(Attachment.file_name == "Phụ lục số 1.pdf").one()
    platform.files.remove(lost.file_hash)
    carry_out(platform, ordered)
    with platform.reading() as session:
        row = session.get_one(ArchivePackage, ordered.id)
    assert (row.state, row.problem) == ("failed", "Không tìm thấy tệp trong kho lưu trữ.")


def test_a_hand_over_is_a_submission(platform: Platform, office: Office, dossier: Dossier) -> None:
    clerk = actor(platform, office["clerk"])
    platform.run(clerk, handover.offer, dossier.id)
    ordered = platform.run(clerk, handover.receive, dossier.id)
    carry_out(platform, ordered)
    with platform.reading() as session:
        row = session.get_one(ArchivePackage, ordered.id)
    assert b'OAISPACKAGETYPE="SIP"' in opened(platform, row)["METS.xml"]
    assert issubclass(verification.Refused, Exception)
    assert not issubclass(verification.Refused, PlatformError)  # never leaves the module
