"""Vietnamese text: composed (NFC), free of control characters, folded for searching, checked for old encodings."""

from __future__ import annotations

import re
import unicodedata

from engine.errors import InvalidInput

# Direction overrides and invisible characters make a subject read differently from what is stored.
_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad").union(
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
_SECRET = re.compile(r"(?<!\w)(TUYỆT\s+MẬT|TỐI\s+MẬT)(?!\w)|(?:^|[:;(\[])[ \t]*(MẬT)[ \t]*(?=$|[;)\].])", re.MULTILINE)
# Letters that TCVN3 (ABC) and VNI text leaves behind when read as Latin-1 and that Vietnamese never puts together.
_TCVN3 = re.compile(r"[µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉËª®«¬\u00ad¡§]|(?<=[a-z])[Ì-Þ]")
_VNI = re.compile(r"[aeouyAEOUY](?:[ùøûõïâêáàåãäéèúüëöÙØÛÕÏÂÊÁÀÅÃÄÉÈÚÜËÖ])|[öô][ùøûõï]|ñ|[ÖÔ][ÙØÛÕÏ]|Ñ")
# Only letters that Latin-1 lacks prove Unicode: TCVN3 writes ụ as ô and õ as â, VNI ơ as ô.
_VIETNAMESE = re.compile(r"[ăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_FEWEST_SIGNS = 2


def clean(raw: str, *, lines: bool = False) -> str:
    """Return text in NFC (LA-4.2) without control and invisible characters; line breaks stay only when `lines`."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = "".join(c for c in text if c in "\n\t" or not _is_unwanted(c))
    composed = unicodedata.normalize("NFC", kept)
    return composed.strip() if lines else " ".join(composed.split())


def fitting(field: str, label: str, raw: str, longest: int, *, required: bool = False, lines: bool = False) -> str:
    """Clean text of a field; InvalidInput names the field when it is blank though required, or too long."""
    text = clean(raw, lines=lines)
    if required and not text:
        raise InvalidInput(f"Chưa nhập {label}.", {field: f"Nhập {label}."})
    if len(text) > longest:
        sentence = f"{label[:1].upper()}{label[1:]} dài quá {longest} ký tự."
        raise InvalidInput(sentence, {field: sentence})
    return text


def fold(text: str) -> str:
    """Text as it is searched: without marks, đ as d, lower case, single spaces."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def secrecy_marks(text: str) -> tuple[str, ...]:
    """Stamps of secrecy (TUYỆT MẬT, TỐI MẬT, MẬT) that the text seems to bear; a warning, not a proof (LA-1.2)."""
    matches = _SECRET.finditer(unicodedata.normalize("NFC", text))
    found = [" ".join((match.group(1) or match.group(2)).split()) for match in matches]
    return tuple(dict.fromkeys(found))


def legacy_encoding(text: str) -> str | None:
    """Name of the 8-bit Vietnamese encoding this text seems to be written in, or None when it is Unicode (LA-4.2)."""
    if _VIETNAMESE.search(unicodedata.normalize("NFC", text)):
        return None
    letters = sum(c.isalpha() or c in "µ¸¶·¹¨»¾¼½©ª®" for c in text) or 1
    for name, signs in (("TCVN3", _TCVN3), ("VNI", _VNI)):
        found = len(signs.findall(text))
        if found >= _FEWEST_SIGNS and found / letters > 0.06:
            return name
    return None


def _is_unwanted(character: str) -> bool:
    return character in _INVISIBLE or unicodedata.category(character) in {"Cc", "Cs", "Cn", "Co"}
