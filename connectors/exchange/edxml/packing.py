"""Files inside a message: base64, and the one-entry zip that other formats travel in."""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile

LARGEST_FILE = 50 * 1024 * 1024
MOST_RATIO = 200
_SMALL = 1024 * 1024  # below this the ratio says nothing: a short text may well shrink a lot

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "zip": "application/zip",
    "odt": "application/vnd.oasis.opendocument.text",
    "rtf": "application/rtf",
    "txt": "text/plain",
    "csv": "text/csv",
    "xml": "application/xml",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "tif": "image/tiff",
    "tiff": "image/tiff",
}
ZIP = "application/zip"
_ZIP_NAMES = frozenset({ZIP, "application/x-zip-compressed", "application/x-zip"})
# What partners' software sends as it is; everything else travels zipped.
_SENT_RAW = frozenset({"pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "zip"})
_SPACE = re.compile(rb"[\s]+")


class Unreadable(ValueError):
    """A file can't be taken out of the message; the message is a sentence for the clerk."""


def ending(name: str) -> str:
    """Return the ending of a file name, lower case, without the dot."""
    stem, dot, last = name.rpartition(".")
    return last.lower() if dot and stem else ""


def media_type_of(name: str) -> str:
    """Return the media type that belongs to a file name."""
    return MEDIA_TYPES.get(ending(name), "application/octet-stream")


def packed(name: str, media_type: str, content: bytes) -> tuple[str, bytes]:
    """Return media type and bytes as they travel: some formats as they are, others in a zip of one entry."""
    if ending(name) in _SENT_RAW:
        return media_type, content
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        # a fixed time keeps the same document the same bytes, however often it is sent
        entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, content)
    return ZIP, target.getvalue()


def encoded(content: bytes) -> str:
    """Return base64 in lines of 76."""
    return base64.encodebytes(content).decode("ascii").strip()


def decoded(raw: str, largest: int = LARGEST_FILE) -> bytes:
    """Return the bytes of base64 text, line breaks and missing padding let pass; Unreadable otherwise."""
    packed_text = _SPACE.sub(b"", raw.encode("ascii", "replace"))
    if not packed_text:
        raise Unreadable("không có nội dung")
    if len(packed_text.rstrip(b"=")) * 3 // 4 > largest:
        raise Unreadable("vượt quá giới hạn dung lượng")
    packed_text += b"=" * (-len(packed_text) % 4)
    try:
        return base64.b64decode(packed_text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("không giải mã được") from error


def unpacked(name: str, media_type: str, content: bytes, largest: int = LARGEST_FILE) -> tuple[str, bytes]:
    """Return media type and bytes of the file itself, taken out of its transport zip when there is one.

    A zip is a transport zip when it says `application/zip` while the file's own name doesn't. Unreadable when it
    holds several entries, a path, a password, or grows beyond measure.
    """
    if media_type.lower() not in _ZIP_NAMES or ending(name) == "zip":
        return media_type or media_type_of(name), content
    if not content.startswith(b"PK"):
        return media_type_of(name), content  # labelled zip, sent raw
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if _is_the_file_itself(name, archive):
                return media_type_of(name), content
            return media_type_of(name), _single(archive, largest)
    except Unreadable:
        raise
    except Exception as error:  # a damaged zip makes the standard library raise IndexError, struct.error and more
        raise Unreadable("tệp nén bị hỏng hoặc có mật khẩu") from error


def _is_the_file_itself(name: str, archive: zipfile.ZipFile) -> bool:
    inside = set(archive.namelist())
    return ending(name) not in ("", "zip") and bool(inside & {"[Content_Types].xml", "mimetype"}) and len(inside) > 1


def _single(archive: zipfile.ZipFile, largest: int) -> bytes:
    entries = archive.infolist()
    if len(entries) != 1 or entries[0].filename.endswith("/"):
        raise Unreadable(f"tệp nén truyền tải phải chứa đúng một tệp, có {len(entries)}")
    entry = entries[0]
    steps = entry.filename.replace("\\", "/").split("/")
    if len(steps) != 1 or ":" in entry.filename or entry.filename in ("", ".", ".."):
        raise Unreadable("tên trong tệp nén chứa đường dẫn")
    if entry.flag_bits & 0x1:
        raise Unreadable("tệp nén có mật khẩu")
    # the header may lie about sizes, so what really comes out is counted
    limit = min(largest, max(_SMALL, entry.compress_size * MOST_RATIO))
    with archive.open(entry) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise Unreadable("nội dung giải nén lớn bất thường")
    return content
