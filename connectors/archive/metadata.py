"""Metadata as XML: the fields of NĐ 30/2020 PL VI, EAD per dossier and document (TT 05/2025 names), PREMIS.

Exact attribute values of EAD and PREMIS are provisional until the circular's annex has been read (facts, 11.4).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from lxml import etree

from connectors.archive.contents import Contents, Item
from connectors.pdf_fonts import composed
from engine.clock import VIETNAM

PREMIS = "http://www.loc.gov/premis/v3"
DESTROYED = "Văn bản đã bị hủy theo thông báo thu hồi"


def xml(root: etree._Element) -> bytes:
    """An element as a file."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def put(parent: etree._Element, name: str, value: object = None) -> etree._Element:
    """Add an element; dates as ISO, nothing as an empty element, letters that XML can't hold left out."""
    found = etree.SubElement(parent, name)
    if isinstance(value, datetime):
        found.text = value.astimezone(VIETNAM).isoformat()
    elif isinstance(value, date):
        found.text = value.isoformat()
    elif value is not None:
        found.text = composed(str(value))
    return found


def several(parent: etree._Element, values: Iterable[tuple[str, Any]]) -> None:
    """Add several elements in order."""
    for name, value in values:
        put(parent, name, value)


# --- NĐ 30/2020 PL VI -----------------------------------------------------------------------------------------


def appendix(contents: Contents) -> bytes:
    """The dossier and its documents in the fields of PL VI Part II."""
    root = etree.Element("CaseFile")
    row = contents.dossier
    _file_code(root, contents)
    several(root, (
        ("Title", row.title), ("Maintenance", contents.maintenance), ("Rights", row.rights),
        ("Creator", contents.keeper), ("Language", row.language), ("StartDate", row.start_date),
        ("EndDate", row.end_date), ("DocTotal", row.doc_total), ("PageTotal", row.page_total),
        ("Description", row.description),
    ))  # fmt: skip
    documents = etree.SubElement(root, "Documents")
    for item in contents.items:
        _document(etree.SubElement(documents, "Document"), contents, item)
    return xml(root)


def _file_code(parent: etree._Element, contents: Contents) -> None:
    code = etree.SubElement(parent, "FileCode")
    row = contents.dossier
    several(code, (("OrganId", contents.agency_code), ("FileCatalog", row.year), ("FileNotation", row.notation)))


def _document(parent: etree._Element, contents: Contents, item: Item) -> None:
    row = item.document
    parent.set("direction", row.direction)
    _file_code(parent, contents)
    several(parent, (
        ("DocOrdinal", item.entry.ordinal), ("TypeName", row.type_name), ("CodeNumber", row.code_number),
        ("CodeNotation", row.code_notation), ("IssuedDate", row.issued_date), ("OrganName", row.organ_name),
        ("Subject", said(item)), ("Language", row.language), ("PageAmount", row.page_amount),
        ("Description", row.description),
    ))  # fmt: skip
    if row.direction == "incoming":
        several(parent, (("ArrivalDate", row.arrival_date), ("ArrivalNumber", row.arrival_number)))
    signer = etree.SubElement(parent, "SignerInfo")
    several(signer, (("Position", row.signer_position), ("FullName", row.signer_name)))
    for code, name in item.recipients:
        several(etree.SubElement(parent, "To"), (("OrganId", code), ("OrganName", name)))
    several(parent, (("Priority", row.urgency), ("ToPlaces", row.to_places)))
    if row.direction == "incoming":
        put(parent, "TraceHeaderList", "\n".join(item.trace))
    else:
        put(parent, "IssuedAmount", row.issued_amount)
    put(parent, "DueDate", row.due_date)
    files = etree.SubElement(parent, "Files")
    for each in item.originals:
        file = etree.SubElement(files, "File", name=each.path, sha256=each.sha256, size=str(each.size), part=each.part)
        file.text = composed(each.name)


def said(item: Item) -> str:
    """A document's subject; of a destroyed one nothing is told."""
    return item.document.subject if item.document.destroyed_at is None else DESTROYED


# --- EAD ------------------------------------------------------------------------------------------------------


def ead(contents: Contents) -> bytes:
    """The dossier in the names of TT 05/2025."""
    row = contents.dossier
    root = etree.Element("ead")
    level = etree.SubElement(root, "archdesc", level="file")
    several(level, (
        ("arcFileCode", file_code(contents)), ("title", row.title), ("maintenance", contents.maintenance),
        ("mode", row.rights), ("language", row.language), ("startDate", row.start_date), ("endDate", row.end_date),
        ("keyword", None), ("totalDoc", row.doc_total), ("numberOfPaper", None), ("numberOfPage", row.page_total),
        ("format", "Điện tử"), ("inforSign", row.notation), ("confidenceLevel", "Gốc điện tử"),
        ("paperFileCode", None), ("description", row.description), ("riskRecovery", "0"),
        ("riskRecoveryStatus", None),
    ))  # fmt: skip
    return xml(root)


def ead_of_document(contents: Contents, item: Item) -> bytes:
    """A document in the names of TT 05/2025."""
    row = item.document
    root = etree.Element("ead")
    level = etree.SubElement(root, "archdesc", level="item")
    several(level, (
        ("docCode", row.identifier or f"{file_code(contents)}.{item.number}"), ("arcFileCode", file_code(contents)),
        ("docOrdinal", item.entry.ordinal), ("typeName", row.type_name), ("codeNumber", row.code_number),
        ("codeNotation", row.code_notation), ("issuedDate", row.issued_date), ("organName", row.organ_name),
        ("subject", said(item)), ("language", row.language), ("numberOfPage", row.page_amount),
        ("inforSign", row.code), ("keyword", None), ("mode", contents.dossier.rights),
        ("confidenceLevel", "Gốc điện tử" if row.source != "paper" else "Số hóa"),
        ("autograph", "\n".join(item.trace)), ("format", "Điện tử"), ("process", row.status), ("riskRecovery", "0"),
        ("riskRecoveryStatus", None), ("description", row.description),
    ))  # fmt: skip
    return xml(root)


def file_code(contents: Contents) -> str:
    """OrganId, year and notation as one."""
    return f"{contents.agency_code}.{contents.dossier.year}.{contents.dossier.notation}"


# --- PREMIS ---------------------------------------------------------------------------------------------------


def premis(contents: Contents) -> bytes:
    """What happened to the dossier, with who and when."""
    root = _premis()
    for event in contents.events:
        about = etree.SubElement(root, f"{{{PREMIS}}}event")
        put(about, f"{{{PREMIS}}}eventType", event.action)
        put(about, f"{{{PREMIS}}}eventDateTime", event.at)
        agent = etree.SubElement(about, f"{{{PREMIS}}}linkingAgentIdentifier")
        several(agent, ((f"{{{PREMIS}}}linkingAgentIdentifierType", "name"),
                        (f"{{{PREMIS}}}linkingAgentIdentifierValue", event.who)))  # fmt: skip
    return xml(root)


def premis_of_files(contents: Contents) -> bytes:
    """Every original with its checksum, size, format and name."""
    root = _premis()
    for item in contents.items:
        for each in item.originals:
            about = etree.SubElement(root, f"{{{PREMIS}}}object")
            name = etree.SubElement(about, f"{{{PREMIS}}}objectIdentifier")
            several(name, ((f"{{{PREMIS}}}objectIdentifierType", "path"),
                           (f"{{{PREMIS}}}objectIdentifierValue", f"data/{each.path}")))  # fmt: skip
            traits = etree.SubElement(about, f"{{{PREMIS}}}objectCharacteristics")
            fixity = etree.SubElement(traits, f"{{{PREMIS}}}fixity")
            several(fixity, ((f"{{{PREMIS}}}messageDigestAlgorithm", "SHA-256"),
                             (f"{{{PREMIS}}}messageDigest", each.sha256)))  # fmt: skip
            put(traits, f"{{{PREMIS}}}size", each.size)
            put(about, f"{{{PREMIS}}}originalName", each.name)
    return xml(root)


def _premis() -> etree._Element:
    return etree.Element(f"{{{PREMIS}}}premis", nsmap={"premis": PREMIS}, version="3.0")
