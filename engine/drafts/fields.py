"""The fields a template names between double brackets: [[Trích yếu]]; a name in capitals asks for capitals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.documents.text import fold

PLACE = re.compile(r"\[\[\s*([^\[\]]{1,60}?)\s*\]\]")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, what is put there, whether it makes paragraphs of its own."""

    name: str
    about: str
    many: bool = False
    needed: bool = False


FIELDS: tuple[Field, ...] = (
    Field("Cơ quan chủ quản", "Tên cơ quan chủ quản trực tiếp"),
    Field("Tên cơ quan", "Tên cơ quan ban hành", needed=True),
    Field("Số", "Số văn bản; để trống khi chưa cấp số"),
    Field("Ký hiệu", "Ký hiệu theo tên loại, cơ quan, đơn vị soạn thảo", needed=True),
    Field("Địa danh", "Địa danh của cơ quan", needed=True),
    Field("Năm", "Năm ban hành dự kiến"),
    Field("Tên loại", "Tên loại văn bản"),
    Field("Trích yếu", "Trích yếu nội dung", needed=True),
    Field("Kính gửi", "Nơi nhận chính, mỗi nơi một dòng", many=True),
    Field("Nội dung", "Nội dung đã nhập, mỗi đoạn một dòng", many=True, needed=True),
    Field("Quyền hạn", "Dòng TM., KT., TL., TUQ. của người ký"),
    Field("Chức vụ", "Chức vụ người ký", needed=True),
    Field("Họ tên", "Họ và tên người ký", needed=True),
    Field("Nơi nhận", "Các nơi nhận, mỗi nơi một dòng", many=True, needed=True),
    Field("Lưu", "Nơi lưu, ví dụ VT, QLXD", needed=True),
)
_BY_NAME = {fold(each.name): each for each in FIELDS}

Values = Mapping[str, str | Sequence[str]]
"""Field name → what is put there; a list for fields of many paragraphs."""


def field_named(written: str) -> Field | None:
    """The field of this name, with or without marks, in any case; None for none of ours."""
    return _BY_NAME.get(fold(written))


def named_in(text: str) -> list[str]:
    """Names between double brackets, as they are written."""
    return PLACE.findall(text)


def unknown(names: Sequence[str]) -> list[str]:
    """Those that are no fields, each once."""
    return [each for each in dict.fromkeys(names) if field_named(each) is None]


def lacking(names: Sequence[str]) -> list[str]:
    """Fields a template should have and doesn't."""
    known = {fold(each) for each in names}
    return [each.name for each in FIELDS if each.needed and fold(each.name) not in known]


def value_of(values: Values, written: str) -> list[str]:
    """Lines to put in the place of a name; a name in capitals asks for capitals."""
    field = field_named(written)
    if field is None:
        return []
    given = values.get(field.name, "")
    lines = [given] if isinstance(given, str) else list(given)
    shouted = written.upper() == written
    return [each.upper() if shouted else each for each in lines]
