"""The ZIP of a dossier, laid out as a package of TT 05/2025 (facts, 11.4): the same contents give the same bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from connectors.archive import metadata
from connectors.archive.contents import Contents, evidence
from connectors.archive.mets import Head, manifest
from connectors.archive.whole import whole_pdf
from connectors.pdf_fonts import FONTS
from engine.errors import PermanentError
from engine.files import FileStore

MOST_BYTES = 512 * 1024**2
"""What all originals of a dossier may weigh together; a package is made in memory."""
LONG_AGO = (1980, 1, 1, 0, 0, 0)
REPRESENTATION = "representations/rep1/"
APPENDIX = "metadata/descriptive/PL-VI.xml"
WHOLE = "documentation/ho-so.pdf"


def make(contents: Contents, files: FileStore, fonts: Path = FONTS) -> bytes:
    """The package of a dossier; PermanentError when it is too heavy. Originals stay byte for byte what they were."""
    weight = sum(each.size for item in contents.items for each in item.originals)
    if weight > MOST_BYTES:
        raise PermanentError(f"Hồ sơ nặng {weight // 1024**2} MB, quá mức {MOST_BYTES // 1024**2} MB của một gói.")
    originals = {each.path: files.get(each.sha256) for item in contents.items for each in item.originals}
    folder = contents.identifier.replace(":", "_")
    everything = laid_out(contents, originals, whole_pdf(contents, originals, fonts))
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(everything, key=lambda each: (each != "METS.xml", each)):
            entry = zipfile.ZipInfo(f"{folder}/{path}", LONG_AGO)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, everything[path])
    return buffer.getvalue()


def laid_out(contents: Contents, originals: Mapping[str, bytes], whole: bytes) -> dict[str, bytes]:
    """Every file of the package by its path."""
    head = Head(
        contents.identifier, "SIP" if contents.purpose == "hand-over" else "DIP", contents.made_at, contents.agency_name
    )
    inner = _representation(contents, originals)
    divisions = _divisions(inner)
    inner["METS.xml"] = manifest(head, "rep1", inner, divisions)
    outer = {
        "metadata/descriptive/EAD.xml": metadata.ead(contents), APPENDIX: metadata.appendix(contents),
        "metadata/preservation/PREMIS.xml": metadata.premis(contents), WHOLE: whole,
    }  # fmt: skip
    for item in contents.items:
        report = evidence(item)
        if report is not None:
            outer[f"documentation/evidence/{item.number}-verification.json"] = report
    outer[f"{REPRESENTATION}METS.xml"] = inner["METS.xml"]
    title = f"{contents.dossier.notation} {contents.dossier.title}"
    outer["METS.xml"] = manifest(head, title, outer, _divisions(outer))
    return {**outer, **{f"{REPRESENTATION}{path}": content for path, content in inner.items()}}


def _representation(contents: Contents, originals: Mapping[str, bytes]) -> dict[str, bytes]:
    inner = {f"data/{path}": content for path, content in originals.items()}
    for item in contents.items:
        inner[f"metadata/descriptive/EAD_doc_{item.number}.xml"] = metadata.ead_of_document(contents, item)
    inner["metadata/preservation/PREMIS_rep1.xml"] = metadata.premis_of_files(contents)
    return inner


def _divisions(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Which files belong to which division of the map, by the folder they lie in."""
    names = {"metadata": "Metadata", "documentation": "Documentation", "data": "Data", "representations":
             "Representations"}  # fmt: skip
    found: dict[str, list[str]] = {}
    for path in files:
        found.setdefault(names[path.partition("/")[0]], []).append(path)
    return found
