"""Reading a package back: every file is there, is what the manifests say, and nothing else is; bombs are refused."""

from __future__ import annotations

import hashlib
import lzma
import posixpath
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from connectors.archive.mets import METS, XLINK

MOST_FILES = 50_000
MOST_BYTES = 4 * 1024**3
MOST_RATIO = 300
"""How much larger a file may become than it is in the ZIP; only what is larger than a megabyte is asked."""
MOST_MANIFEST = 64 * 1024**2
PIECE = 1024**2
APPENDIX = "metadata/descriptive/PL-VI.xml"
UNREADABLE = (
    zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zlib.error, lzma.LZMAError,
)  # fmt: skip
DATA = "representations/rep1/data/"


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a package isn't what it says: `unreadable`, `refused`, `missing`, `changed`, `extra`, `contradicts`."""

    path: str
    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Report:
    """What reading a package back found; whole when nothing differs."""

    identifier: str
    documents: int
    files: int
    differences: tuple[Difference, ...]

    @property
    def whole(self) -> bool:
        """Whether every file is there as it was, and nothing else."""
        return not self.differences


class Refused(Exception):
    """The package isn't looked into any further."""

    def __init__(self, difference: Difference) -> None:
        super().__init__(difference.sentence)
        self.difference = difference


def verify(content: bytes, sha256: str | None = None) -> Report:
    """Read a package back; `sha256` is what the whole should be, where known. Bad packages raise nothing."""
    found: list[Difference] = []
    if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256:
        found.append(Difference("", "changed", "Mã kiểm tra của cả gói không khớp."))
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            folder, entries = _safe(archive)
            reader = _Reader(archive, folder, entries, found)
            reader.follow("")
            return reader.report()
    except Refused as refused:
        return Report("", 0, 0, (*found, refused.difference))
    except UNREADABLE as error:
        sentence = f"Gói không đọc được: {type(error).__name__}."
        return Report("", 0, 0, (*found, Difference("", "unreadable", sentence)))


def _refuse(path: str, sentence: str) -> Refused:
    return Refused(Difference(path, "refused", sentence))


def _safe(archive: zipfile.ZipFile) -> tuple[str, dict[str, zipfile.ZipInfo]]:
    """The one folder of the package and its entries by path below it; Refused for whatever could do harm."""
    listed = archive.infolist()
    if len(listed) > MOST_FILES:
        raise _refuse("", f"Gói có quá {MOST_FILES} tệp.")
    entries: dict[str, zipfile.ZipInfo] = {}
    total = 0
    for each in listed:
        _harmless(each)
        if each.is_dir():
            continue
        if each.filename in entries:
            raise _refuse(each.filename, "Hai tệp trong gói trùng tên.")
        total += each.file_size
        if total > MOST_BYTES:
            raise _refuse(each.filename, "Gói giải nén ra quá lớn.")
        entries[each.filename] = each
    folders = {path.partition("/")[0] for path in entries}
    if len(folders) != 1 or any("/" not in path for path in entries):
        raise _refuse("", "Gói phải có đúng một thư mục gốc.")
    [folder] = folders
    return folder, {path.partition("/")[2]: each for path, each in entries.items()}


def _harmless(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    parts = name.rstrip("/").split("/")
    if name.startswith("/") or "\\" in name or ":" in name or "\0" in name or any(p in ("", ".", "..") for p in parts):
        raise _refuse(name, "Đường dẫn trong gói đi ra ngoài gói hoặc không hợp lệ.")
    if entry.flag_bits & 0x1:
        raise _refuse(name, "Tệp trong gói bị mã hóa.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refuse(name, "Gói có liên kết thay cho tệp.")
    if entry.file_size > PIECE and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        raise _refuse(name, "Tệp nén bất thường, giải nén ra quá lớn.")


@dataclass
class _Reader:
    """Follows the manifests from the outermost in, and marks off every file they name."""

    archive: zipfile.ZipFile
    folder: str
    entries: dict[str, zipfile.ZipInfo]
    found: list[Difference]

    def __post_init__(self) -> None:
        self.named: set[str] = set()
        self.identifier = ""

    def follow(self, base: str) -> None:
        """Compare what a manifest lists with what is there; go into the manifests it names."""
        path = f"{base}METS.xml"
        self.named.add(path)
        root = self._tree(path)
        if root is None:
            return
        if not base:
            self.identifier = root.get("OBJID", "")
            if self.identifier.replace(":", "_") != self.folder:
                self._differs(path, "contradicts", "Tên thư mục không khớp mã của gói.")
        inner = []
        for href, size, checksum in _listed(root):
            where = base + href
            if posixpath.normpath(where) != where or where.startswith(("/", "..")):
                self._differs(where, "refused", "Bảng kê chỉ ra ngoài gói.")
                continue
            if where in self.named:
                self._differs(where, "contradicts", "Bảng kê nêu một tệp hai lần.")
                continue
            self._compare(where, size, checksum)
            if where.endswith("/METS.xml"):
                inner.append(where)
            else:
                self.named.add(where)
        for where in inner:
            if where in self.entries:
                self.follow(where.removesuffix("METS.xml"))

    def report(self) -> Report:
        """What was found, with what nobody named and what the metadata say otherwise."""
        for path in sorted(set(self.entries) - self.named):
            self._differs(path, "extra", "Tệp không có trong bảng kê của gói.")
        documents = self._agree()
        files = sum(path.startswith(DATA) for path in self.entries)
        return Report(self.identifier, documents, files, tuple(self.found))

    def _agree(self) -> int:
        """Compare the metadata with the originals; how many documents there are."""
        root = self._tree(APPENDIX)
        if root is None:
            return 0
        documents = root.findall("Documents/Document")
        told = root.findtext("DocTotal")
        if told and told != str(len(documents)):
            self._differs(APPENDIX, "contradicts", f"Hồ sơ ghi {told} văn bản nhưng có {len(documents)}.")
        originals: set[str] = set()
        for file in root.iterfind("Documents/Document/Files/File"):
            path = DATA + file.get("name", "")
            originals.add(path)
            entry = self.entries.get(path)
            if entry is None:
                self._differs(path, "missing", "Siêu dữ liệu nêu tệp không có trong gói.")
            elif self._sum(entry) != file.get("sha256"):
                self._differs(path, "contradicts", "Tệp gốc không khớp mã kiểm tra trong siêu dữ liệu.")
        for path in sorted(self.entries):
            if path.startswith(DATA) and path not in originals:
                self._differs(path, "contradicts", "Tệp gốc không thuộc văn bản nào trong siêu dữ liệu.")
        return len(documents)

    def _compare(self, path: str, size: str, checksum: str) -> None:
        entry = self.entries.get(path)
        if entry is None:
            self._differs(path, "missing", "Thiếu tệp có trong bảng kê.")
        elif str(entry.file_size) != size or self._sum(entry) != checksum:
            self._differs(path, "changed", "Tệp không còn như khi đóng gói (mã kiểm tra không khớp).")

    def _sum(self, entry: zipfile.ZipInfo) -> str:
        """SHA-256 of an entry, read in pieces and no further than it says it is long; empty when it can't be read."""
        digest, left = hashlib.sha256(), entry.file_size
        try:
            with self.archive.open(entry) as file:
                while piece := file.read(PIECE):
                    left -= len(piece)
                    if left < 0:
                        return ""
                    digest.update(piece)
        except UNREADABLE:
            return ""
        return digest.hexdigest()

    def _tree(self, path: str) -> etree._Element | None:
        """An XML file of the package without entities or network; None, and why, when there is none."""
        entry = self.entries.get(path)
        if entry is None:
            self._differs(path, "missing", "Gói thiếu tệp bắt buộc này.")
            return None
        if entry.file_size > MOST_MANIFEST:
            raise _refuse(path, "Bảng kê lớn bất thường.")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            raw = self.archive.read(entry)
            if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
                raise _refuse(path, "Tệp XML có phần khai báo DTD, không được phép.")
            return etree.fromstring(raw, parser)
        except (etree.XMLSyntaxError, *UNREADABLE):
            self._differs(path, "unreadable", "Tệp XML không đọc được.")
            return None

    def _differs(self, path: str, kind: str, sentence: str) -> None:
        self.found.append(Difference(path, kind, sentence))


def _listed(root: etree._Element) -> Iterator[tuple[str, str, str]]:
    """Path, size and checksum of every file a manifest lists."""
    for file in root.iter(f"{{{METS}}}file"):
        where = file.find(f"{{{METS}}}FLocat")
        href = where.get(f"{{{XLINK}}}href", "") if where is not None else ""
        yield href, file.get("SIZE", ""), file.get("CHECKSUM", "")
