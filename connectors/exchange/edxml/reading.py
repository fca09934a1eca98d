"""Bytes from outside to a message: tolerant of order, prefixes and gaps, strict about safety."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from connectors.exchange.edxml import messages as m
from connectors.exchange.edxml import wire
from connectors.exchange.edxml.attachments import read_files
from connectors.exchange.edxml.nodes import Node, parse

_MOST_RECIPIENTS = 2_000
_MOST_LISTED = 500
_FOREIGN = ("ReplyFors", "ReferenceCodes")


def read_message(raw: bytes) -> m.DocumentMessage | m.StatusMessage:
    """Return the message in `raw`; MessageError when it isn't edXML, isn't safe, or says nothing usable.

    What is merely unusual is let pass and listed in `warnings`; files that can't be decoded come with a `problem`,
    because a clerk has to see and refuse them (QD28-9.1a).
    """
    root, warnings = parse(raw)
    notes = list(warnings)
    header = _header(root)
    status = header.text("StatusCode")
    if status:
        return _status(header, status, notes)
    return _document(root, header, notes)


def _header(root: Node) -> Node:
    # some systems hang a status under `Status` instead of `MessageHeader`
    found = [node for name in ("MessageHeader", "Status") for node in root.find(name) if len(node.element)]
    with_status = [node for node in found if node.text("StatusCode")]
    if not found:
        raise m.MessageError("no-header", "Thông điệp không có phần đầu (MessageHeader).")
    return (with_status or found)[0]


def _status(header: Node, status: str, notes: list[str]) -> m.StatusMessage:
    sender = _organization(header.child("From"))
    about = _citation(header.child("ResponseFor"), notes)
    if not sender.code or not (about.document_id or about.number):
        raise m.MessageError("status", "Thông điệp trạng thái không nói rõ cơ quan gửi hoặc văn bản nào.")
    code = status.zfill(2) if status.isascii() and status.isdigit() else status
    return m.StatusMessage(
        sender=sender,
        about=about,
        status=code[:10],
        description=header.text("Description", lines=True),
        at=_moment(header, "Timestamp", notes),
        staff=_staff(header.child("StaffInfo")),
        warnings=tuple(notes),
    )


def _document(root: Node, header: Node, notes: list[str]) -> m.DocumentMessage:
    trace = next(root.find("TraceHeaderList"), None)
    other = header.child("OtherInfo")
    code = header.child("Code")
    issue = header.child("PromulgationInfo")
    kind = header.child("DocumentType")
    number, notation = _number(code)
    message = m.DocumentMessage(
        sender=_organization(header.child("From")),
        recipients=tuple(_organization(node) for node in _some(header.children("To"), _MOST_RECIPIENTS)),
        document_id=header.text("DocumentId"),
        number=number,
        notation=notation,
        place=_text(issue, "Place"),
        issued_on=_day(issue, "PromulgationDate", notes),
        type_code=_text(kind, "Type"),
        type_detail=_text(kind, "TypeDetail"),
        type_name=_text(kind, "TypeName"),
        subject=header.text("Subject"),
        content=header.text("Content", lines=True),
        signer=_signer(header.child("SignerInfo")),
        due_on=_day(header, "DueDate", notes),
        priority=_priority(other),
        sphere=_text(other, "SphereOfPromulgation"),
        typist=_text(other, "TyperNotation"),
        copies=_whole(other, "PromulgationAmount"),
        pages=_whole(other, "PageAmount"),
        steering=_flag(_text(other, "Direction")),
        appendixes=_texts(_text_list(other, "Appendixes", "Appendix")),
        answers=tuple(_citation(node, notes) for node in _some(header.children("ResponseFor"), _MOST_LISTED)),
        steering_type=header.text("SteeringType"),
        places=_texts(_text_list(header, "ToPlaces", "Place")),
        hops=_hops(trace, notes),
        business=_business(trace, notes),
        files=read_files(root, notes),
        kept=_kept(header, other),
        warnings=(),
    )
    return _complete(message, notes)


def _complete(message: m.DocumentMessage, notes: list[str]) -> m.DocumentMessage:
    if not message.sender.code:
        raise m.MessageError("no-sender", "Thông điệp không nói rõ cơ quan gửi.")
    if not message.document_id and not message.full_number:
        raise m.MessageError("no-identity", "Thông điệp không có mã định danh và số, ký hiệu văn bản.")
    for what, value in (
        ("ngày ban hành", message.issued_on),
        ("trích yếu", message.subject),
        ("nơi nhận", message.recipients),
    ):
        if not value:
            notes.append(f"Thông điệp thiếu {what}.")
    return replace(message, warnings=tuple(dict.fromkeys(notes)))


def _number(code: Node | None) -> tuple[str, str]:
    number, notation = _text(code, "CodeNumber"), _text(code, "CodeNotation")
    if code is not None and not (number or notation):
        number = wire.text(code.own_text())
    if number and not notation and "/" in number:
        number, _, notation = number.partition("/")
    elif number and notation.startswith(f"{number}/"):
        notation = notation[len(number) + 1 :]  # some write the full number into the notation
    return number, notation


def _organization(node: Node | None) -> m.Organization:
    return m.Organization(
        code=_text(node, "OrganId"),
        name=_text(node, "OrganName"),
        in_charge=_text(node, "OrganizationInCharge"),
        address=_text(node, "OrganAdd"),
        email=_text(node, "Email"),
        telephone=_text(node, "Telephone"),
        fax=_text(node, "Fax"),
        website=_text(node, "Website"),
    )


def _citation(node: Node | None, notes: list[str]) -> m.Citation:
    number = _text(node, "Code")
    inner = node.child("Code") if node is not None else None
    if not number and inner is not None:
        number = "/".join(part for part in _number(inner) if part)  # split as in a header
    return m.Citation(_text(node, "OrganId"), number, _text(node, "DocumentId"), _day(node, "PromulgationDate", notes))


def _signer(node: Node | None) -> m.Signer:
    return m.Signer(_text(node, "FullName"), _text(node, "Position"), _text(node, "Competence"))


def _staff(node: Node | None) -> m.Staff:
    return m.Staff(_text(node, "Department"), _text(node, "Staff"), _text(node, "Email"), _text(node, "Mobile"))


def _hops(trace: Node | None, notes: list[str]) -> tuple[m.Hop, ...]:
    if trace is None:
        return ()
    headers = _some(trace.children("TraceHeader"), _MOST_LISTED)
    return tuple(m.Hop(node.text("OrganId"), _moment(node, "Timestamp", notes)) for node in headers)


def _business(trace: Node | None, notes: list[str]) -> m.Business:
    node = next(trace.find("Business"), None) if trace is not None else None
    if node is None:
        notes.append("Thông điệp không ghi loại nghiệp vụ; coi là văn bản mới.")
        return m.Business()
    info = node.child("BusinessDocumentInfo")
    receivers = _text_list(info, "ReceiverList", "Receiver")
    replaced = _text_list(node, "ReplacementInfoList", "ReplacementInfo")
    return m.Business(
        kind=node.text("BusinessDocType")[:10].lstrip("0") or m.NEW,
        reason=node.text("BusinessDocReason", lines=True),
        document_id=node.text("DocumentId"),
        paper=_flag(node.text("Paper")) or False,
        staff=_staff(node.child("StaffInfo")),
        content_changed=_flag(_text(info, "DocumentInfo")),
        receivers_changed=_flag(_text(info, "DocumentReceiver")),
        receivers=tuple(m.Receiver(r.text("OrganId"), r.text("ReceiverType") == "1") for r in receivers),
        replaces=tuple(
            m.Replacement(r.text("DocumentId"), _texts(_text_list(r, "OrganIdList", "OrganId"))) for r in replaced
        ),
    )


def _kept(header: Node, other: Node | None) -> dict[str, str]:
    kept = {"ApplicationType": header.text("ApplicationType")}
    task = header.child("ResponseForTask")
    kept["TaskCode"] = (
        ", ".join(_texts(list(_some(task.children("TaskCode"), _MOST_LISTED)))) if task is not None else ""
    )
    for name in _FOREIGN:
        node = other.child(name) if other is not None else None
        kept[name] = (
            wire.text(" ".join(str(part) for part in node.element.itertext()))[:2000] if node is not None else ""
        )
    return {name: value for name, value in kept.items() if value}


def _text(node: Node | None, name: str) -> str:
    return "" if node is None else node.text(name)


def _text_list(node: Node | None, outer: str, inner: str) -> list[Node]:
    held = node.child(outer) if node is not None else None
    return [] if held is None else list(_some(held.children(inner), _MOST_LISTED))


def _texts(nodes: list[Node]) -> tuple[str, ...]:
    return tuple(text for text in (wire.text(node.own_text()) for node in nodes) if text)


def _some(nodes: Iterator[Node], most: int) -> Iterator[Node]:
    for number, node in enumerate(nodes):
        if number >= most:
            raise m.MessageError("shape", f"Thông điệp có danh sách dài quá {most} mục.")
        yield node


def _day(node: Node | None, name: str, notes: list[str]) -> date | None:
    raw = _text(node, name)
    day = wire.read_day(raw)
    if raw and day is None:
        notes.append(f"Không đọc được ngày “{raw[:40]}”.")
    return day


def _moment(node: Node, name: str, notes: list[str]) -> datetime | None:
    raw = node.text(name)
    moment = wire.read_moment(raw)
    if raw and moment is None:
        notes.append(f"Không đọc được thời điểm “{raw[:40]}”.")
    return moment


def _priority(other: Node | None) -> int:
    raw = _text(other, "Priority")
    return int(raw) if raw in ("0", "1", "2", "3", "4") else 0


def _whole(node: Node | None, name: str) -> int | None:
    raw = _text(node, name)
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 9 else None


def _flag(raw: str) -> bool | None:
    if raw.lower() in ("1", "true"):
        return True
    return False if raw.lower() in ("0", "false") else None
