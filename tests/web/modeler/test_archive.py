"""Procedures as files: what is read, what is refused, and that nothing in a file is lost."""

from __future__ import annotations

import io
import tomllib
import zipfile

import pytest

from engine.definitions.shipped import PROCESSES, Bundle, read_all
from engine.errors import InvalidInput
from tests import builders
from web.modeler import archive

BARE = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t">
  <bpmn:process id="tham-tra" name="Th\xe1\xba\xa9m tra" isExecutable="true"/>
</bpmn:definitions>"""


def read(content: bytes, name: str = "x.bpmn") -> Bundle:
    return archive.read_upload(name, io.BytesIO(content))


def test_a_diagram_alone_is_kept_byte_by_byte():
    foreign = BARE.replace(b"<bpmn:process ", b'<bpmn:process xmlns:z="urn:zeebe" z:keep="me" ')
    bundle = read(foreign)
    assert (bundle.key, bundle.name, bundle.diagram) == ("tham-tra", "Thẩm tra", foreign)


@pytest.mark.parametrize("bundle", list(read_all(PROCESSES)), ids=lambda each: each.key)
def test_every_shipped_procedure_goes_out_and_in_again_unchanged(bundle: Bundle):
    again = read(archive.packed(bundle), "p.zip")
    assert again.content_hash == bundle.content_hash
    assert (again.key, again.name) == (bundle.key, bundle.name)


def test_the_executable_process_gives_the_key():
    two = BARE.replace(b"</bpmn:definitions>", b'<bpmn:process id="other"/></bpmn:definitions>')
    assert read(two).key == "tham-tra"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Không đọc được"),
        (b"not xml", "Không đọc được"),
        (b"<html/>", "Tệp không có quy trình"),
        (b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]><d>&a;</d>', "Không đọc được"),
        (BARE.replace(b'id="tham-tra"', b'id="../../x"'), "Mã"),
        (BARE.replace(b"bpmn:process", b"bpmn:collaboration"), "Tệp không có quy trình"),
        (b"x" * (5 * 1024 * 1024 + 1), "5 MB"),
    ],
)
def test_what_is_no_diagram_is_refused_in_words(content: bytes, words: str):
    with pytest.raises(InvalidInput, match=words):
        read(content)


def test_a_zip_is_read_within_limits():
    bomb = builders.package({"a.bpmn": BARE})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.bpmn", BARE)
        file.writestr("zeros.dmn", b"0" * (11 * 1024 * 1024))
    assert len(packed.getvalue()) < 100_000
    assert read(bomb, "a.zip").key == "tham-tra"
    with pytest.raises(InvalidInput, match="10 MB"):
        read(packed.getvalue(), "a.zip")
    many = builders.package({"a.bpmn": BARE, **{f"{n}.txt": b"" for n in range(201)}})
    with pytest.raises(InvalidInput, match="200 tệp"):
        read(many, "a.zip")


@pytest.mark.parametrize(
    "entries",
    [
        {},
        {"a.bpmn": BARE, "b.bpmn": BARE},
        {"a.bpmn": BARE, "f.form.json": b"{"},
        {"a.bpmn": BARE, "f.form.json": b"[]"},
        {"a.bpmn": BARE, "t.dmn": b"\xff\xfe"},
        {"a.bpmn": BARE, "scenarios/s.toml": b"= ="},
        {"a.bpmn": BARE, "f.form.json": b"[" * 100_000},
    ],
)
def test_a_zip_with_something_unreadable_is_refused(entries: dict[str, bytes | str]):
    with pytest.raises(InvalidInput):
        read(builders.package(entries), "a.zip")


def test_a_broken_zip_is_refused():
    whole = builders.package({"a.bpmn": BARE})
    for broken in (whole[: len(whole) // 2], b"PK\x03\x04" + b"\0" * 50):
        with pytest.raises(InvalidInput, match=r"\.zip"):
            read(broken, "a.zip")
    with pytest.raises(InvalidInput, match=r"\.zip"):
        read(b"no zip", "a.zip")


def test_a_lying_size_is_not_believed():
    whole = bytearray(builders.package({"a.bpmn": BARE}))
    place = whole.rindex(b"PK\x01\x02")
    whole[place + 24 : place + 28] = (1).to_bytes(4, "little")
    with pytest.raises(InvalidInput):
        read(bytes(whole), "a.zip")


def test_scenarios_leave_as_tables():
    bundle = Bundle("tham-tra", "Thẩm tra", BARE, {}, {}, {"thử": {"data": {"a": 1}, "step": [{"at": "x"}]}})
    with zipfile.ZipFile(io.BytesIO(archive.packed(bundle))) as file:
        assert tomllib.loads(file.read("scenarios/thử.toml").decode()) == bundle.scenarios["thử"]
