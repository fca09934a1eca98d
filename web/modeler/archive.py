"""A procedure as files: what an upload holds, and the zip of everything that was drawn."""

from __future__ import annotations

import io
import json
import re
import tomllib
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import IO, Any

from lxml import etree

from engine.bpmn.dialect import BPMN
from engine.bpmn.reading import read_xml
from engine.definitions.drafting import MAX_BYTES
from engine.definitions.shipped import Bundle
from engine.errors import DefinitionError, InvalidInput
from web.modeler.toml import written
from web.sent import storable

MAX_ENTRIES = 200
_ZIP = b"PK\x03\x04"
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}", re.ASCII)


def read_upload(name: str, stream: IO[bytes]) -> Bundle:
    """Read a BPMN file, or a zip of one with forms, tables and scenarios; InvalidInput says what doesn't fit.

    The diagram is kept byte by byte, so what other tools put into it stays. A zip is read within limits: what it
    claims about its sizes isn't believed.
    """
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise InvalidInput("Tệp lớn hơn 5 MB nên chưa nhập được; hãy chia quy trình hoặc bỏ bớt nội dung.")
    if content.startswith(_ZIP):
        return _from_zip(content)
    if name.lower().endswith(".zip"):
        raise InvalidInput("Tệp .zip này không mở được. Xuất lại từ nơi tạo ra nó rồi thử lại.")
    return bundle_of(content, {}, {}, {})


def bundle_of(
    diagram: bytes, forms: Mapping[str, Any], decisions: Mapping[str, str], scenarios: Mapping[str, Any]
) -> Bundle:
    """Name a bundle by the process it draws; InvalidInput when the diagram can't be read as BPMN 2.0."""
    try:
        root = read_xml(diagram)
    except DefinitionError as error:
        # what the parser said stands behind the colon, in its own language
        reason = " ".join(each.sentence.partition(":")[0].rstrip(".") + "." for each in error.findings)
        raise InvalidInput(f"Không đọc được sơ đồ trong tệp. {reason}") from error
    processes = root.findall(f"{{{BPMN}}}process")
    if etree.QName(root).namespace != BPMN or not processes:
        raise InvalidInput("Tệp không có quy trình BPMN 2.0 nào. Chọn tệp .bpmn do một trình vẽ BPMN xuất ra.")
    process = next((each for each in processes if each.get("isExecutable") == "true"), processes[0])
    key = process.get("id") or ""
    if not _KEY.fullmatch(key):
        raise InvalidInput("Mã (id) của quy trình trong tệp phải là chữ không dấu, số, gạch, dài tối đa 80 ký tự.")
    name = " ".join((process.get("name") or key).split())[:200]
    return Bundle(key, name, diagram, forms, decisions, scenarios)


def packed(bundle: Bundle) -> bytes:
    """Return a zip laid out like a folder of `processes/`; `read_upload` reads it back."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{bundle.key}.bpmn", bundle.diagram)
        for key, schema in sorted(bundle.forms.items()):
            archive.writestr(f"{key}.form.json", json.dumps(schema, ensure_ascii=False, indent=2) + "\n")
        for name, text in sorted(bundle.decisions.items()):
            archive.writestr(name if name.endswith(".dmn") else f"{name}.dmn", text)
        for name, table in sorted(bundle.scenarios.items()):
            archive.writestr(f"scenarios/{name}.toml", written(table))
    return buffer.getvalue()


def _from_zip(content: bytes) -> Bundle:
    diagrams: dict[str, bytes] = {}
    forms: dict[str, Any] = {}
    decisions: dict[str, str] = {}
    scenarios: dict[str, Any] = {}
    try:
        for path, data in _entries(content):
            name = path.name
            if name.endswith(".bpmn"):
                diagrams[name] = data
            elif name.endswith(".form.json"):
                forms[name.removesuffix(".form.json")] = json.loads(data)
            elif name.endswith(".form"):
                forms[name.removesuffix(".form")] = json.loads(data)
            elif name.endswith(".dmn"):
                decisions[name] = data.decode("utf-8")
            elif name.endswith(".toml") and path.parent.name == "scenarios":
                scenarios[path.stem] = tomllib.loads(data.decode("utf-8"))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise InvalidInput("Tệp .zip bị hỏng hoặc có mật khẩu. Xuất lại rồi thử lại.") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput("Trong tệp .zip có biểu mẫu, bảng hoặc kịch bản không đọc được.") from error
    if len(diagrams) != 1:
        raise InvalidInput(f"Tệp .zip phải có đúng một sơ đồ .bpmn; tìm thấy {len(diagrams)}.")
    if not all(isinstance(schema, dict) for schema in forms.values()):
        raise InvalidInput("Trong tệp .zip có biểu mẫu không đọc được.")
    kept = storable({"forms": forms, "decisions": decisions, "scenarios": scenarios})
    return bundle_of(next(iter(diagrams.values())), **kept)


def _entries(content: bytes) -> list[tuple[PurePosixPath, bytes]]:
    """The files of a zip, within limits counted while they are unpacked."""
    found: list[tuple[PurePosixPath, bytes]] = []
    left = 2 * MAX_BYTES
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = [each for each in archive.infolist() if not each.is_dir()]
        if len(files) > MAX_ENTRIES:
            raise InvalidInput(f"Tệp .zip có hơn {MAX_ENTRIES} tệp bên trong nên chưa nhập được.")
        for each in files:
            with archive.open(each) as stream:
                data = stream.read(left + 1)
            left -= len(data)
            if left < 0:
                raise InvalidInput("Nội dung trong tệp .zip lớn hơn 10 MB sau khi mở nên chưa nhập được.")
            found.append((PurePosixPath(each.filename), data))
    return found
