"""Untrusted bytes to a tree that is read by local names only: no DTD, no entities, no network, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from connectors.exchange.edxml import wire
from connectors.exchange.edxml.messages import MessageError

LARGEST_MESSAGE = 80 * 1024 * 1024  # 50 MB of files in base64, and the header
_MOST_ELEMENTS = 20_000
_DEEPEST = 40
_BEGIN = re.compile(rb"<\?xml[\s]|<(?:[A-Za-z_][\w.-]*:)?edXML[\s/>]")
_PROLOG = re.compile(rb"<\?xml[^>]{0,200}\?>")


@dataclass(frozen=True, slots=True)
class Node:
    """An element seen through its local name; the doubled s of “Bussiness” doesn't matter on reading."""

    element: etree._Element

    def children(self, name: str) -> Iterator[Node]:
        """Yield the children of that local name, in order."""
        return (Node(child) for child in self.element if _local(child) == name)

    def child(self, name: str) -> Node | None:
        """Return the first child of that local name that has something in it, else the first, else None."""
        found = list(self.children(name))
        return next(
            (node for node in found if len(node.element) or (node.element.text or "").strip()), next(iter(found), None)
        )

    def text(self, name: str, *, lines: bool = False) -> str:
        """Return the clean text of a child, "" when there is none."""
        child = self.child(name)
        return "" if child is None else wire.text(child.element.text, lines=lines)

    def own_text(self) -> str:
        """Return the raw text of this element."""
        return self.element.text or ""

    def find(self, name: str) -> Iterator[Node]:
        """Yield this element and its descendants of that local name."""
        return (Node(element) for element in self.element.iter() if _local(element) == name)


def parse(raw: bytes) -> tuple[Node, tuple[str, ...]]:
    """Return the root of a message and what was let pass; MessageError when it isn't edXML or isn't safe to read."""
    warnings: list[str] = []
    if len(raw) > LARGEST_MESSAGE:
        raise MessageError("too-large", f"Thông điệp lớn hơn {LARGEST_MESSAGE // (1024 * 1024)} MB.")
    begin = _BEGIN.search(raw, 0, 4096)
    if begin is None:
        raise MessageError("not-edxml", "Nội dung nhận được không phải là thông điệp edXML.")
    if raw[: begin.start()].removeprefix(b"\xef\xbb\xbf").strip():
        warnings.append("Có ký tự lạ trước phần mở đầu của thông điệp; đã bỏ qua.")
    root = _tree(raw[begin.start() :])
    if _local(root) != "edXML":
        raise MessageError("not-edxml", "Nội dung nhận được không phải là thông điệp edXML.")
    if etree.QName(root).namespace != wire.NAMESPACE:
        warnings.append("Thông điệp không dùng không gian tên của QCVN 102:2016.")
    return Node(root), tuple(warnings)


def _tree(raw: bytes) -> etree._Element:
    body = _PROLOG.sub(b"", raw, count=1) if raw.startswith(b"<?xml") else raw
    # the norm says UTF-8, whatever the prolog claims; huge_tree because one text may be a whole file
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=True, remove_comments=True, remove_pis=True, recover=False,
    )  # fmt: skip
    if b"<!DOCTYPE" in body[:100_000] or b"<!ENTITY" in body[:100_000]:
        raise MessageError("dtd", "Thông điệp có phần khai báo DTD, không được phép.")
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MessageError("not-xml", "Thông điệp không phải là XML đúng cú pháp UTF-8.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise MessageError("dtd", "Thông điệp có phần khai báo DTD, không được phép.")
    _measure(root)
    return root


def _measure(root: etree._Element) -> None:
    count = 0
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > _DEEPEST or count > _MOST_ELEMENTS or not isinstance(element.tag, str):
            raise MessageError("shape", "Thông điệp có cấu trúc bất thường.")


def _local(element: etree._Element) -> str:
    tag: object = element.tag  # comments and entities have a function there
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2].replace("Bussiness", "Business")
