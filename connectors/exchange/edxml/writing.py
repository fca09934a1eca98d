"""A message as bytes, in the order and with the prefixes of the official samples; broken rules are refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from xml.sax.saxutils import escape

from connectors.exchange.edxml import messages as m
from connectors.exchange.edxml import wire
from connectors.exchange.edxml.packing import encoded, packed
from connectors.exchange.edxml.rules import Problem, check_document, check_status

_PREFIX = "edXML:"
_SLUG = re.compile(r"[^A-Za-z0-9]+")


def write_document(message: m.DocumentMessage, today: date | None = None) -> bytes:
    """Return the edXML of a document message; MessageError names every rule it breaks.

    The same message always gives the same bytes, so sending again is seen to be the same.
    """
    _refuse(check_document(message, today))
    page = _Page()
    files = [_Packed(message, number, file) for number, file in enumerate(message.files, start=1)]
    with page.inside("edXML", xmlns=wire.NAMESPACE):
        with page.inside("edXML:edXMLEnvelope", **{"xmlns:edXML": wire.NAMESPACE}):
            with page.inside("edXML:edXMLHeader"):
                _document_header(page, message)
                _trace(page, message)
            with page.inside("edXML:edXMLBody"), page.inside("edXML:edXMLManifest", version="1.0"):
                for file in files:
                    file.reference(page)
        if files:
            with page.inside("AttachmentEncoded"):
                for file in files:
                    file.attachment(page)
    return page.to_bytes()


def write_status(message: m.StatusMessage) -> bytes:
    """Return the edXML of a status message; MessageError names every rule it breaks."""
    _refuse(check_status(message))
    page = _Page()
    with (
        page.inside("edXML", xmlns=wire.NAMESPACE),
        page.inside("edXML:edXMLEnvelope", **{"xmlns:edXML": wire.NAMESPACE}),
        page.inside("edXML:edXMLHeader"),
        page.inside("edXML:MessageHeader"),
    ):
        _organization(page, "From", message.sender)
        with page.inside("edXML:ResponseFor"):
            page.put("OrganId", message.about.code)
            page.put("Code", message.about.number)
            page.put_day("PromulgationDate", message.about.issued_on)
            page.put("DocumentId", message.about.document_id)
        _staff(page, message.staff)
        page.put("StatusCode", message.status)
        page.put("Description", message.description, lines=True)
        assert message.at is not None
        page.put("Timestamp", wire.moment(message.at))
    return page.to_bytes()


def _refuse(problems: Iterable[Problem]) -> None:
    sentences = tuple(problem.sentence for problem in problems if problem.severity == "error")
    if sentences:
        raise m.MessageError("message-rules", " ".join(sentences), sentences)


class _Page:
    """Lines of XML; nothing empty is ever put on it."""

    def __init__(self) -> None:
        self._lines: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>']
        self._depth = 0

    def to_bytes(self) -> bytes:
        return ("\n".join(self._lines) + "\n").encode("utf-8")

    def line(self, text: str) -> None:
        self._lines.append("  " * self._depth + text)

    def block(self, text: str) -> None:
        """Write text of many lines as it is."""
        self._lines.append(text)

    @contextmanager
    def inside(self, tag: str, **attributes: str) -> Iterator[None]:
        """Write an element around what is put meanwhile; it is left out when nothing was, unless it has attributes."""
        begin = len(self._lines)
        self.line("<" + tag + "".join(f' {name}="{value}"' for name, value in attributes.items()) + ">")
        self._depth += 1
        yield
        self._depth -= 1
        if len(self._lines) == begin + 1 and not attributes:
            self._lines.pop()
        else:
            self.line(f"</{tag}>")

    def put(self, name: str, value: str | int | None, *, prefix: str = _PREFIX, lines: bool = False) -> None:
        """Write one element with text, when there is any."""
        text = wire.text(str(value), lines=lines) if value is not None else ""
        if text:
            self.line(f"<{prefix}{name}>{escape(text)}</{prefix}{name}>")

    def put_day(self, name: str, day: date | None) -> None:
        """Write a day, when there is one."""
        self.put(name, wire.day(day) if day is not None else None)


def _document_header(page: _Page, message: m.DocumentMessage) -> None:
    with page.inside("edXML:MessageHeader"):
        _organization(page, "From", message.sender)
        for recipient in message.recipients:
            _organization(page, "To", recipient)
        page.put("DocumentId", message.document_id)
        with page.inside("edXML:Code"):
            page.put("CodeNumber", message.number)
            page.put("CodeNotation", message.notation)
        with page.inside("edXML:PromulgationInfo"):
            page.put("Place", message.place)
            page.put_day("PromulgationDate", message.issued_on)
        with page.inside("edXML:DocumentType"):
            page.put("Type", message.type_code)
            page.put("TypeDetail", message.type_detail)
            page.put("TypeName", message.type_name)
        page.put("Subject", message.subject)
        page.put("Content", message.content, lines=True)
        with page.inside("edXML:SignerInfo"):
            page.put("Competence", message.signer.competence)
            page.put("Position", message.signer.position)
            page.put("FullName", message.signer.full_name)
        page.put_day("DueDate", message.due_on)
        _other_info(page, message)
        for citation in message.answers:
            with page.inside("edXML:ResponseFor"):
                page.put("OrganId", citation.code)
                page.put("Code", citation.number)
                page.put("DocumentId", citation.document_id)
                page.put_day("PromulgationDate", citation.issued_on)
        page.put("SteeringType", message.steering_type)
        with page.inside("edXML:ToPlaces"):
            for place in message.places:
                page.put("Place", place)


def _other_info(page: _Page, message: m.DocumentMessage) -> None:
    with page.inside("edXML:OtherInfo"):
        page.put("Priority", message.priority)
        page.put("SphereOfPromulgation", message.sphere)
        page.put("TyperNotation", message.typist)
        page.put("PromulgationAmount", message.copies)
        page.put("PageAmount", message.pages)
        page.put("Direction", None if message.steering is None else str(message.steering).lower())
        with page.inside("edXML:Appendixes"):
            for appendix in message.appendixes:
                page.put("Appendix", appendix)


def _organization(page: _Page, name: str, organization: m.Organization) -> None:
    with page.inside(f"edXML:{name}"):
        page.put("OrganId", organization.code)
        page.put("OrganizationInCharge", organization.in_charge)
        page.put("OrganName", organization.name)
        page.put("OrganAdd", organization.address)
        page.put("Email", organization.email)
        page.put("Telephone", organization.telephone)
        page.put("Fax", organization.fax)
        page.put("Website", organization.website)


def _staff(page: _Page, staff: m.Staff) -> None:
    with page.inside("edXML:StaffInfo"):
        page.put("Department", staff.department)
        page.put("Staff", staff.name)
        page.put("Email", staff.email)
        page.put("Mobile", staff.mobile)


def _trace(page: _Page, message: m.DocumentMessage) -> None:
    business = message.business
    with page.inside("edXML:TraceHeaderList"):
        for hop in message.hops:
            with page.inside("edXML:TraceHeader"):
                page.put("OrganId", hop.code)
                page.put("Timestamp", wire.moment(hop.at) if hop.at is not None else None)
        # “Bussiness” is how the norm's schema spells it
        with page.inside("edXML:Bussiness"):
            page.put("DocumentId", business.document_id)
            page.put("BussinessDocType", business.kind)
            page.put("BussinessDocReason", business.reason, lines=True)
            page.put("Paper", int(business.paper))
            _update(page, business)
            _replacements(page, business)
            _staff(page, business.staff)


def _update(page: _Page, business: m.Business) -> None:
    with page.inside("edXML:BussinessDocumentInfo"):
        page.put("DocumentInfo", None if business.content_changed is None else int(business.content_changed))
        page.put("DocumentReceiver", None if business.receivers_changed is None else int(business.receivers_changed))
        with page.inside("edXML:ReceiverList"):
            for receiver in business.receivers:
                with page.inside("edXML:Receiver"):
                    page.put("OrganId", receiver.code)
                    page.put("ReceiverType", int(receiver.added))


def _replacements(page: _Page, business: m.Business) -> None:
    with page.inside("edXML:ReplacementInfoList"):
        for replaced in business.replaces:
            with page.inside("edXML:ReplacementInfo"):
                page.put("DocumentId", replaced.document_id)
                with page.inside("edXML:OrganIdList"):
                    for code in replaced.codes:
                        page.put("OrganId", code)


class _Packed:
    """One file as it travels: named in the manifest, carried behind the envelope, joined by its content id."""

    def __init__(self, message: m.DocumentMessage, number: int, file: m.AttachedFile) -> None:
        assert file.content is not None
        slug = _SLUG.sub("-", message.document_id).strip("-") or "van-ban"
        self._id = "cid:" + (wire.content_id(file.content_id) or f"{slug}-{number}")
        self._name = wire.file_name(file.name, number)
        self._description = file.description
        self._media_type, self._content = packed(self._name, file.media_type, file.content)

    def reference(self, page: _Page) -> None:
        with page.inside("edXML:Reference"):
            page.put("ContentId", self._id)
            page.put("ContentType", self._media_type)
            page.put("Description", self._description)
            page.put("AttachmentName", self._name)

    def attachment(self, page: _Page) -> None:
        with page.inside("Attachment"):
            page.put("ContentId", self._id, prefix="")
            page.put("AttachmentName", self._name, prefix="")
            page.put("Description", self._description, prefix="")
            page.put("ContentType", self._media_type, prefix="")
            page.line(f'<edXML:ContentTransferEncoded xmlns:edXML="{wire.NAMESPACE}">')
            page.block(encoded(self._content))
            page.line("</edXML:ContentTransferEncoded>")
