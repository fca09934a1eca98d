"""Every way a package may differ from what it says is told; what could do harm isn't opened."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from connectors.archive import verification
from connectors.archive.verification import DATA, Report, verify

Files = dict[str, bytes]
ORIGINAL = f"{DATA}0002-01-Cong-van-den.pdf"
REP = "representations/rep1/METS.xml"


def unpacked(content: bytes) -> tuple[str, Files]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        return names[0].partition("/")[0], {name.partition("/")[2]: archive.read(name) for name in names}


def packed(folder: str, files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, each in files.items():
            archive.writestr(f"{folder}/{path}", each)
    return buffer.getvalue()


def changed(content: bytes, change: Callable[[Files], None]) -> Report:
    folder, files = unpacked(content)
    change(files)
    return verify(packed(folder, files))


def told(report: Report) -> set[tuple[str, str]]:
    return {(each.path, each.kind) for each in report.differences}


def replace(path: str, old: bytes, new: bytes) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        assert old in files[path]
        files[path] = files[path].replace(old, new, 1)

    return change


def add(path: str, content: bytes) -> Callable[[Files], None]:
    return lambda files: files.update({path: content})


def drop(path: str) -> Callable[[Files], None]:
    return lambda files: files.pop(path) and None


def test_a_whole_package_is_whole(content: bytes) -> None:
    report = verify(content)
    assert report.whole, report.differences
    assert (report.documents, report.files) == (3, 4)
    assert report.identifier.startswith("urn:uuid:")
    assert told(verify(content, "0" * 64)) == {("", "changed")}
    folder, files = unpacked(content)
    assert verify(packed(folder, files)).whole


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (replace(ORIGINAL, b"%PDF-1.", b"%PDF-2."), {(ORIGINAL, "changed"), (ORIGINAL, "contradicts")}),
        (drop(ORIGINAL), {(ORIGINAL, "missing")}),
        (add(f"{DATA}0009-01-them.pdf", b"%PDF-"), {
            (f"{DATA}0009-01-them.pdf", "extra"), (f"{DATA}0009-01-them.pdf", "contradicts")}),
        (add("virus.exe", b"MZ"), {("virus.exe", "extra")}),
        (drop("METS.xml"), {("METS.xml", "missing")}),
        (replace("METS.xml", b"<mets:mets", b"<mets:mest"), {("METS.xml", "unreadable")}),
        (replace("metadata/descriptive/PL-VI.xml", "Vĩnh viễn".encode(), b"5 n\xc4\x83m"), {
            ("metadata/descriptive/PL-VI.xml", "changed")}),
        (replace("metadata/descriptive/PL-VI.xml", b"<DocTotal>3", b"<DocTotal>4"), {
            ("metadata/descriptive/PL-VI.xml", "changed"), ("metadata/descriptive/PL-VI.xml", "contradicts")}),
        (drop("documentation/evidence/0002-verification.json"), {
            ("documentation/evidence/0002-verification.json", "missing")}),
        (replace(REP, b'CHECKSUM="', b'CHECKSUM="0'), {(REP, "changed")}),
        (replace("METS.xml", b'xlink:href="documentation/ho-so.pdf"', b'xlink:href="../../etc/passwd"'), {
            ("../../etc/passwd", "refused"), ("documentation/ho-so.pdf", "extra")}),
        (replace("METS.xml", b"<mets:metsHdr", b"<!DOCTYPE x><mets:metsHdr"), {("METS.xml", "refused")}),
    ],
)  # fmt: skip
def test_every_difference_is_told(content: bytes, change: Any, expected: set[tuple[str, str]]) -> None:
    assert expected <= told(changed(content, change))


@pytest.mark.parametrize("name", ["../x", "/etc/x", "p/../x", "p//x", "p\\x", "C:/x", "p/./x"])
def test_paths_that_lead_out_are_refused(name: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("p/METS.xml")
        entry.filename = name
        archive.writestr(entry, b"x")
    assert [each.kind for each in verify(buffer.getvalue()).differences] == ["refused"]


def test_bombs_links_doubles_and_crowds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed("p", {"METS.xml": bytes(20 * 1024**2)})
    assert [each.kind for each in verify(bomb).differences] == ["refused"]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("p/METS.xml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, b"/etc/passwd")
    assert "liên kết" in verify(buffer.getvalue()).differences[0].sentence
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("p/a", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("p/a", b"2")
    assert "trùng tên" in verify(buffer.getvalue()).differences[0].sentence
    assert "một thư mục gốc" in verify(packed("p/q", {}) or b"").differences[0].sentence
    monkeypatch.setattr(verification, "MOST_FILES", 2)
    assert "quá 2 tệp" in verify(packed("p", {str(n): b"" for n in range(3)})).differences[0].sentence
    monkeypatch.setattr(verification, "MOST_BYTES", 10)
    assert "quá lớn" in verify(packed("p", {"a": b"x" * 11})).differences[0].sentence


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_package_is_said_to_be_unreadable(content: bytes) -> None:
    assert [each.kind for each in verify(content).differences] == ["unreadable"]


def test_a_damaged_package_never_raises(content: bytes) -> None:
    for place in range(100, len(content), max(len(content) // 60, 1)):
        damaged = content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
        assert not verify(damaged, "0" * 64).whole
        verify(content[:place])
