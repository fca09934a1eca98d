"""Old 8-bit Vietnamese text, TCVN3 (ABC) and VNI, turned into Unicode and back; pure (LA-4.2).

Such text reaches us as letters of Latin-1: bytes that somebody's program has taken for Western European. TCVN3 has one
byte per letter and, apart from seven, no capitals with marks: those were lower-case letters in a font of capitals, so
they come back in lower case. VNI writes a mark as a letter behind the vowel.
"""

from __future__ import annotations

import re
import unicodedata

from engine.documents.text import legacy_encoding

NAMES = {"TCVN3": "TCVN3 (ABC)", "VNI": "VNI"}
_TCVN3_LOWER = {
    "à": 0xB5, "ả": 0xB6, "ã": 0xB7, "á": 0xB8, "ạ": 0xB9, "ă": 0xA8, "ằ": 0xBB, "ẳ": 0xBC, "ẵ": 0xBD, "ắ": 0xBE,
    "ặ": 0xC6, "â": 0xA9, "ầ": 0xC7, "ẩ": 0xC8, "ẫ": 0xC9, "ấ": 0xCA, "ậ": 0xCB, "đ": 0xAE, "è": 0xCC, "ẻ": 0xCE,
    "ẽ": 0xCF, "é": 0xD0, "ẹ": 0xD1, "ê": 0xAA, "ề": 0xD2, "ể": 0xD3, "ễ": 0xD4, "ế": 0xD5, "ệ": 0xD6, "ì": 0xD7,
    "ỉ": 0xD8, "ĩ": 0xDC, "í": 0xDD, "ị": 0xDE, "ò": 0xDF, "ỏ": 0xE1, "õ": 0xE2, "ó": 0xE3, "ọ": 0xE4, "ô": 0xAB,
    "ồ": 0xE5, "ổ": 0xE6, "ỗ": 0xE7, "ố": 0xE8, "ộ": 0xE9, "ơ": 0xAC, "ờ": 0xEA, "ở": 0xEB, "ỡ": 0xEC, "ớ": 0xED,
    "ợ": 0xEE, "ù": 0xEF, "ủ": 0xF1, "ũ": 0xF2, "ú": 0xF3, "ụ": 0xF4, "ư": 0xAD, "ừ": 0xF5, "ử": 0xF6, "ữ": 0xF7,
    "ứ": 0xF8, "ự": 0xF9, "ỳ": 0xFA, "ỷ": 0xFB, "ỹ": 0xFC, "ý": 0xFD, "ỵ": 0xFE,
}  # fmt: skip
_TCVN3_UPPER = {"Ă": 0xA1, "Â": 0xA2, "Ê": 0xA3, "Ô": 0xA4, "Ơ": 0xA5, "Ư": 0xA6, "Đ": 0xA7}
_TO_TCVN3 = {letter: chr(code) for letter, code in (_TCVN3_LOWER | _TCVN3_UPPER).items()}
_FROM_TCVN3 = {code: letter for letter, code in _TO_TCVN3.items()}

# Marks behind a vowel as VNI writes them: tone on a plain vowel, on â ê ô, on ă; ơ and ư are letters of their own.
_TONES = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
_ROOFED = {"": "â", "\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}
_BREVE = {"": "ê", "\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
_VNI_OWN = {
    "đ": "ñ", "ơ": "ô", "ư": "ö", "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î",
}  # fmt: skip


def _vni_table() -> dict[str, str]:
    """Every Vietnamese letter with marks, and how VNI writes it."""
    table = dict(_VNI_OWN)
    for vowel in "aeouy":
        for tone, sign in _TONES.items():
            letter = unicodedata.normalize("NFC", vowel + tone)
            table.setdefault(letter, vowel + sign)
    for vowel in "aeo":
        for tone, sign in _ROOFED.items():
            table[unicodedata.normalize("NFC", vowel + "\u0302" + tone)] = vowel + sign
    for tone, sign in _BREVE.items():
        table[unicodedata.normalize("NFC", "a\u0306" + tone)] = "a" + sign
    for vowel, base in (("o", "ô"), ("u", "ö")):
        for tone, sign in _TONES.items():
            table[unicodedata.normalize("NFC", vowel + "\u031b" + tone)] = base + sign
    return table | {letter.upper(): written.upper() for letter, written in table.items()}


_TO_VNI = _vni_table()
_FROM_VNI = {written: letter for letter, written in _TO_VNI.items()}
# typists and converters mix cases within a letter and its mark: “Aù”
_FROM_VNI |= {
    written[0].upper() + written[1]: letter.upper() for written, letter in list(_FROM_VNI.items()) if len(written) == 2
}
_VNI_LETTER = re.compile("|".join(sorted(map(re.escape, _FROM_VNI), key=len, reverse=True)))


def to_unicode(text: str, encoding: str) -> str:
    """Old text as Unicode (NFC); whatever isn't of the encoding stays. ValueError for an encoding nobody knows."""
    if encoding == "TCVN3":
        return "".join(_FROM_TCVN3.get(sign, sign) for sign in text)
    if encoding == "VNI":
        return _VNI_LETTER.sub(lambda found: _FROM_VNI[found.group()], text)
    raise ValueError(encoding)


def from_unicode(text: str, encoding: str) -> str:
    """Unicode as old text; TCVN3 has no capitals with two marks and writes them in lower case."""
    composed = unicodedata.normalize("NFC", text)
    if encoding == "TCVN3":
        return "".join(_TO_TCVN3.get(sign, _TO_TCVN3.get(sign.lower(), sign)) for sign in composed)
    if encoding == "VNI":
        return "".join(_TO_VNI.get(sign, sign) for sign in composed)
    raise ValueError(encoding)


def converted(raw: str) -> tuple[str, str] | None:
    """The encoding old text seems to be in, and the text as Unicode; None when it is Unicode already."""
    encoding = legacy_encoding(raw)
    return (encoding, to_unicode(raw, encoding)) if encoding else None


def decoded(content: bytes) -> tuple[str, str] | None:
    """A text file in an old encoding: which one, and what it says; None when it is Unicode or no such text."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return converted(content.decode("latin-1"))
    return None
