"""Names written in capitals, as heads of documents have them, turned into names as people write them; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.documents.text import clean, fold

_STARTS = (
    "BỘ", "SỞ", "UBND", "ỦY BAN", "UỶ BAN", "HĐND", "HỘI ĐỒNG", "CỤC", "TỔNG CỤC", "CHI CỤC", "VĂN PHÒNG", "BAN",
    "PHÒNG", "TRUNG TÂM", "CÔNG TY", "TRƯỜNG", "VIỆN", "BỆNH VIỆN", "THANH TRA", "CÔNG AN", "TÒA ÁN", "TOÀ ÁN",
    "KHO BẠC", "BẢO HIỂM", "LIÊN ĐOÀN", "ĐOÀN", "HỘI", "TẬP ĐOÀN", "TỔNG CÔNG TY", "NGÂN HÀNG", "CHÍNH PHỦ",
    "THỦ TƯỚNG", "ĐẠI HỌC", "HỌC VIỆN", "ĐÀI", "BÁO", "MẶT TRẬN", "TỔNG", "KIỂM TOÁN", "THUẾ", "HẢI QUAN", "TỈNH ỦY",
    "THÀNH ỦY", "ĐẢNG", "CHI NHÁNH", "QUỸ", "LIÊN HIỆP",
)  # fmt: skip
_PLACES = ("tỉnh", "thành phố", "quận", "huyện", "thị xã", "thị trấn", "xã", "phường", "đặc khu")
_HEADS = ("sở", "bộ", "phòng", "cục", "chi cục", "ban", "trung tâm", "viện", "công ty", "trường", "vụ", "chi cục")
_SMALL = re.compile(r"^(và|của|cho|các|về|với)$")
_ABBREVIATION = re.compile(r"^(UBND|HĐND|TNHH|MTTQ|TP|QLDA|VP|MTV)\.?$")


def is_agency_start(text: str) -> bool:
    """Whether a line in capitals begins the name of an agency rather than going on with the line above."""
    line = fold(clean(text)) + " "
    return any(line.startswith(fold(start) + " ") for start in _STARTS)


def agency_named(said: str, parent: str, known: Sequence[str]) -> str | None:
    """The one known agency that is meant by a head in capitals; None when none or several may be."""
    said_folded, parent_folded = _folded(said), _folded(parent)
    whole = [name for name in known if _folded(name) == said_folded]
    if whole:
        return whole[0]
    place = parent_folded.removeprefix("uy ban nhan dan ")
    nearer = [name for name in known if parent_folded and _folded(name) == f"{said_folded} {place}"]
    if nearer:
        return nearer[0]
    longer = [name for name in known if len(said_folded) > 5 and _folded(name).startswith(said_folded + " ")]
    return longer[0] if len(longer) == 1 else None


def _folded(name: str) -> str:
    text = fold(clean(name))
    return re.sub(r"\bubnd\b", "uy ban nhan dan", re.sub(r"\bhdnd\b", "hoi dong nhan dan", text))


def proper_name(capitals: str) -> str:
    """“ỦY BAN NHÂN DÂN XÃ AN PHÚ” → “Ủy ban nhân dân xã An Phú”, “PHÓ GIÁM ĐỐC” → “Phó Giám đốc”."""
    words = _spelled(clean(capitals)).split()
    lower = [word if _ABBREVIATION.match(word) else word.lower() for word in words]
    text = " ".join(lower)
    for place in _PLACES:
        text = re.sub(rf"\b({place}) (.+)$", _titled, text)
    for head in (*_HEADS, "phó", "chi nhánh"):
        text = re.sub(rf"^({head}) (\w)", lambda found: f"{found[1]} {found[2].upper()}", text)
    return text[:1].upper() + text[1:]


def _spelled(capitals: str) -> str:
    """The word a name begins with as it is spelled, whatever marks the reader has lost: SƠ → SỞ."""
    for start in sorted(_STARTS, key=len, reverse=True):
        head = capitals[: len(start)]
        if capitals.upper() == capitals and fold(head) == fold(start) and capitals[len(start) :][:1] in ("", " "):
            return start + capitals[len(start) :]
    return capitals


def _titled(found: re.Match[str]) -> str:
    rest = [word if _SMALL.match(word) or word in _PLACES else word[:1].upper() + word[1:] for word in found[2].split()]
    return f"{found[1]} {' '.join(rest)}"
