"""METS manifests of a package, in the manner of E-ARK CSIP: every file with its checksum, and what it is for."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from connectors.archive.metadata import xml
from engine.clock import VIETNAM

METS = "http://www.loc.gov/METS/"
XLINK = "http://www.w3.org/1999/xlink"
CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
PROFILE = "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml"
DIVISIONS = ("Metadata", "Documentation", "Schemas", "Representations")
_TYPES = {".xml": "application/xml", ".json": "application/json"}


@dataclass(frozen=True, slots=True)
class Head:
    """What a manifest says of the package as a whole."""

    identifier: str
    package_type: str  # SIP, DIP
    made_at: datetime
    agency_name: str


def manifest(head: Head, label: str, files: Mapping[str, bytes], divisions: Mapping[str, Sequence[str]]) -> bytes:
    """A METS.xml: `files` by path relative to it, `divisions` which of them belong to which part of the package."""
    mets = f"{{{METS}}}"
    root = etree.Element(
        f"{mets}mets", nsmap={"mets": METS, "xlink": XLINK, "csip": CSIP}, OBJID=head.identifier, LABEL=label,
        TYPE="Other", PROFILE=PROFILE,
    )  # fmt: skip
    root.set(f"{{{CSIP}}}CONTENTINFORMATIONTYPE", "OTHER")
    header = etree.SubElement(
        root, f"{mets}metsHdr", CREATEDATE=head.made_at.astimezone(VIETNAM).isoformat(timespec="seconds"),
        RECORDSTATUS="NEW",
    )  # fmt: skip
    header.set(f"{{{CSIP}}}OAISPACKAGETYPE", head.package_type)
    agent = etree.SubElement(header, f"{mets}agent", ROLE="CREATOR", TYPE="ORGANIZATION")
    etree.SubElement(agent, f"{mets}name").text = head.agency_name
    ids = {path: f"file-{number:05d}" for number, path in enumerate(files, 1)}
    section = etree.SubElement(root, f"{mets}fileSec")
    for name, paths in divisions.items():
        _group(section, name, paths, files, ids)
    _map(root, divisions, ids)
    return xml(root)


def _group(
    section: etree._Element, name: str, paths: Iterable[str], files: Mapping[str, bytes], ids: Mapping[str, str]
) -> None:
    group = etree.SubElement(section, f"{{{METS}}}fileGrp", USE=name)
    for path in paths:
        content = files[path]
        file = etree.SubElement(
            group, f"{{{METS}}}file", ID=ids[path], MIMETYPE=media_type(path), SIZE=str(len(content)),
            CHECKSUM=hashlib.sha256(content).hexdigest(), CHECKSUMTYPE="SHA-256",
        )  # fmt: skip
        where = etree.SubElement(file, f"{{{METS}}}FLocat", LOCTYPE="URL")
        where.set(f"{{{XLINK}}}type", "simple")
        where.set(f"{{{XLINK}}}href", path)


def _map(root: etree._Element, divisions: Mapping[str, Sequence[str]], ids: Mapping[str, str]) -> None:
    """The map labelled CSIP, with every division, those too that hold nothing."""
    chart = etree.SubElement(root, f"{{{METS}}}structMap", TYPE="PHYSICAL", LABEL="CSIP")
    whole = etree.SubElement(chart, f"{{{METS}}}div", LABEL=root.get("OBJID", ""))
    for name in dict.fromkeys((*DIVISIONS, *divisions)):
        division = etree.SubElement(whole, f"{{{METS}}}div", LABEL=name)
        for path in divisions.get(name, ()):
            etree.SubElement(division, f"{{{METS}}}fptr", FILEID=ids[path])


def media_type(path: str) -> str:
    """The kind of a file by its name."""
    extension = path[path.rfind(".") :].lower()
    return _TYPES.get(extension) or mimetypes.guess_type(path)[0] or "application/octet-stream"
