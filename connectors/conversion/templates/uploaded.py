"""An agency's own template: only what can be filled in and brings nothing else along is taken."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from connectors.conversion.checking.looking import look
from connectors.conversion.draft import Draft
from connectors.conversion.templates.filling import fill, members, names_in, values_of
from engine.documents import formats
from engine.documents.registers.numbers import notation
from engine.drafts.fields import lacking, unknown
from engine.drafts.layout.sheet import Expected
from engine.errors import InvalidInput

_OUTSIDE = re.compile(rb"<[^<>]*TargetMode\s*=\s*[\"']External[\"'][^<>]*>", re.IGNORECASE)
_LINK = re.compile(rb"/relationships/hyperlink[\"']", re.IGNORECASE)
_FOREIGN = ("word/embeddings/", "word/activeX/", "customUI/")


def checked_template(content: bytes, file_name: str, type_name: str, *, largest: int) -> dict[str, Any]:
    """What the check of layout finds in a template filled with samples; InvalidInput says why it isn't taken.

    Refused: other files than Word, macros, embedded objects, what Word would fetch from elsewhere, unknown fields.
    """
    found = formats.accepted(content, file_name, largest=largest, field="file")
    if found.media_type != formats.WORD:
        raise InvalidInput("Mẫu phải là tệp Word (.docx).", {"file": "Chọn tệp Word (.docx)."})
    filled = fill(content, values_of(sample(type_name)))  # also tells whether it can be opened at all
    _refuse_foreign(content)
    names = names_in(content)
    if wrong := unknown(names):
        said = ", ".join(f"[[{each}]]" for each in wrong[:5])
        raise _refused(f"Mẫu có trường không dùng được: {said}. Xem danh sách trường ở trang này rồi sửa lại.")
    if not names:
        raise _refused("Mẫu chưa có trường nào để điền, ví dụ [[Trích yếu]]. Tải mẫu chuẩn về rồi sửa từ đó.")
    looked = look(filled, formats.WORD, Expected(type_name=type_name))
    return {**looked.report, "lacking": lacking(names)}


def sample(type_name: str) -> Draft:
    """An invented document of a kind, to see what a template becomes."""
    return Draft(
        agency_name="Sở Xây dựng", parent_name="Ủy ban nhân dân tỉnh Mẫu", place="Mẫu", type_name=type_name,
        subject="rà soát quy hoạch khu dân cư", body="", notation=notation(type_name, "SXD", "QLXD"), year=2026,
        capacity="KT. GIÁM ĐỐC", signer_position="Phó Giám đốc", signer_name="Nguyễn Văn Mẫu",
        addressees=("Ủy ban nhân dân xã An Phú",), recipients=("Như trên",), kept="VT, QLXD",
    )  # fmt: skip


def _refused(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, {"file": sentence})


def _refuse_foreign(content: bytes) -> None:
    """Nothing that Word would run, open or fetch by itself when the template is opened."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name, part in members(archive):
            if name.startswith(_FOREIGN):
                raise _refused("Mẫu có đối tượng nhúng; bỏ đối tượng đó rồi tải lại.")
            if name.endswith(".rels") and any(not _LINK.search(each) for each in _OUTSIDE.findall(part)):
                raise _refused("Mẫu lấy nội dung từ nơi khác (mẫu gốc, ảnh liên kết); bỏ liên kết đó rồi tải lại.")
