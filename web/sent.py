"""What comes from outside as JSON or in a file: only values that the database keeps and that come back unchanged."""

from __future__ import annotations

from typing import Any

from flask import request

from engine.bpmn.step import plain
from engine.errors import InvalidInput

# Keys by which an object in a browser changes all other objects; the libraries of the editor copy keys about.
_TAKEN = frozenset({"__proto__", "constructor", "prototype"})
# Under these a form names the places its answers are written to.
_PLACES = frozenset({"key", "path", "id"})


def body() -> dict[str, Any]:
    """The JSON object of this request; InvalidInput when there is none, or it holds what nobody can have typed."""
    try:
        sent = request.get_json(silent=True)
    except RecursionError:
        sent = None
    if not isinstance(sent, dict):
        raise InvalidInput("Máy chủ không đọc được nội dung gửi lên. Tải lại trang rồi tiếp tục.")
    return storable(sent)


def storable(value: dict[str, Any]) -> dict[str, Any]:
    """A copy that JSON in the database can hold, times as text; InvalidInput says what in it can't be kept."""
    try:
        kept: dict[str, Any] = plain(value)
    except ValueError as error:
        raise InvalidInput(f"Nội dung gửi lên có giá trị không lưu được: {error}. Sửa lại rồi lưu.") from error
    _refuse_taken(kept)
    return kept


def _refuse_taken(value: Any) -> None:
    """InvalidInput for a key, or the name of a place, that browsers keep for themselves; `plain` bounded the depth."""
    if isinstance(value, list):
        for each in value:
            _refuse_taken(each)
    elif isinstance(value, dict):
        places = [step for name in _PLACES if isinstance(place := value.get(name), str) for step in place.split(".")]
        for name in _TAKEN.intersection([*value, *places]):
            raise InvalidInput(f"Tên “{name}” là từ dành riêng của trình duyệt; hãy đặt tên khác rồi lưu.")
        for each in value.values():
            _refuse_taken(each)
