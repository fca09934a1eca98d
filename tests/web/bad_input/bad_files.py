"""Files that nobody may bring in anywhere, and which routes take files at all."""

from __future__ import annotations

import dis
import io
import types
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from engine.forms.form import Form
from engine.intake.legacy import from_unicode
from engine.platform import Platform
from tests import builders
from tests.web.bad_input.refusals import refused
from tests.web.bad_input.shown import Shown, written
from tests.web.bad_input.test_files import BAD_FILES as BROKEN

_WORDS = '<w:document xmlns:w="w"><w:body><w:p>%s</w:p><w:p>Về việc thử</w:p></w:body></w:document>'
_ACTING = {
    "mã.pdf": b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>",
    "mở.pdf": b"/OpenAction << /S /Launch /F (cmd.exe) >>",
    "nhúng.pdf": b"/Names << /EmbeddedFiles << /Names [(a.exe) << /EF << /F 4 0 R >> >>] >> >>",
}  # fmt: skip
ACTING = [(name, builders.pdf("a").replace(b"/Pages 2 0 R", b"/Pages 2 0 R " + more)) for name, more in _ACTING.items()]
_SHEET = {"[Content_Types].xml": "<T/>", "xl/workbook.xml": "<w/>", "xl/vbaProject.bin": ""}
MACRO_TYPES = "application/vnd.ms-word.document.macroEnabled.main+xml"
BAD_FILES: list[tuple[str, bytes]] = [
    *((name, content) for name, content, _sentence in BROKEN),
    *ACTING,
    ("trang.docx", b"<!DOCTYPE html><html><script>alert(1)</script></html>"),
    ("khóa.docx", builders.compound(("EncryptedPackage", b"x" * 5_000))),
    ("cụt.docx", builders.docx()[:-30]),
    ("macro.docm", builders.package({"[Content_Types].xml": f"<T>{MACRO_TYPES}</T>", "word/document.xml": "<w/>"})),
    ("macro.xlsm", builders.package(_SHEET)),
    ("mật.docx", builders.docx(**{"word/document.xml": _WORDS % "<w:r><w:t>TỐI MẬT</w:t></w:r>"})),
    ("cũ.txt", from_unicode("Công văn về việc thực hiện nhiệm vụ", "TCVN3").encode("latin-1")),
]  # fmt: skip
# Received as it was signed by others, a PDF may act: the clerk is warned and nothing of ours opens it.
RECEIVED = {"intake.new", "intake.scan"}
# Read and told about, nothing of it kept.
ONLY_READ = {"records.check_package"}
TRIED_BESIDE = {"drafts.read", "worklist.complete", "worklist.bulk"}  # test_odd_drafts.py, test_files.py, test_bulk.py


class Files:
    """The part of a trial that brings files."""

    platform: Platform
    client: FlaskClient
    wrong: list[str]

    def refuses(self, form: Shown, field: str, name: str, content: bytes) -> None:
        """Bring a bad file: a sentence at its field, the other fields as they were typed, no row and no bytes kept."""
        if form.values.get("do") or (form.endpoint in RECEIVED and (name, content) in ACTING):
            return
        before, bytes_before = written(self.platform), kept_bytes(self.platform)
        sent = form.filled()
        sent[field] = (io.BytesIO(content), name)
        answer = self.client.post(form.action, data=sent)
        about = f"{form.endpoint} {field} {name} {answer.status_code}"
        if written(self.platform) != before or kept_bytes(self.platform) != bytes_before:
            self.wrong.append(f"{about}: something was kept")
        if form.endpoint in ONLY_READ:
            refused(answer, 200, 422, about=about)
            return
        if answer.status_code != 422:
            self.wrong.append(f"{about}: not refused")
            return
        refused(answer, 422, about=about)
        page = html.fromstring(answer.text)
        controls = page.xpath("//main//*[@name=$name]", name=field)
        if not any(each.get("aria-invalid") or "error" in each.get("aria-describedby", "") for each in controls):
            self.wrong.append(f"{about}: not told at its field")
        for other in form.texts:
            again = [each.text_content() if each.tag == "textarea" else each.get("value") or ""
                     for each in page.xpath("//main//*[@name=$name]", name=other)]  # fmt: skip
            if sent[other] not in [each.strip() for each in again]:
                self.wrong.append(f"{about}: {other} is lost")


def kept_bytes(platform: Platform) -> set[str]:
    """The names in the file store."""
    return {path.name for path in platform.files.folder.rglob("*") if path.is_file()}


def takes_files(app: Flask, endpoint: str) -> bool:
    """Whether a route reads files of the request: itself, or through the form it has somebody fill in."""
    for function in reached(app.view_functions[endpoint], set()):
        said = named(function)
        if ("request", "files") in said or ("uploads", "") in said:
            return True
        if ("posted", "") in said:
            forms = [each for each in function.__globals__.values() if isinstance(each, Form)]
            if not forms or any(question.kind == "file" for each in forms for question in each.fields):
                return True
    return False


def named(function: types.FunctionType) -> set[tuple[str, str]]:
    """What a function names of its module, each with what it takes of it right away and without."""
    found = set()
    for step, after in pairwise(dis.get_instructions(function)):
        if step.opname == "LOAD_GLOBAL":
            taken = after.argval if after.opname in ("LOAD_ATTR", "LOAD_METHOD") else ""
            found |= {(step.argval, ""), (step.argval, taken)}
    return found


def reached(function: Any, seen: set[Any]) -> Iterator[types.FunctionType]:
    """A function of the web and those it calls by name, each once; `posted` serves every form and so says nothing."""
    ours = isinstance(function, types.FunctionType) and function.__module__.startswith("web.")
    if not ours or function in seen or function.__name__ == "posted":
        return
    seen.add(function)
    yield function
    for name, attribute in named(function):
        value = function.__globals__.get(name)
        yield from reached(getattr(value, attribute, None) if isinstance(value, types.ModuleType) else value, seen)
