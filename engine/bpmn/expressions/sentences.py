"""What the CEL library reports, said in Vietnamese."""

from __future__ import annotations

import re

_PLACE = re.compile(r"<input>:(\d+):(\d+):")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '\((.*?)\)'")
_NO_VALUE = re.compile(r'No value with name "([^"]*)"')
_NO_KEY = re.compile(r'Key not found in map : "?([^"]*)"?')
_NO_OVERLOAD = re.compile(r"No matching overloads found : ([^(\s]+)(?:\((.*)\))?")
_RESERVED = re.compile(r"reserved identifier: (\w+)")

_KINDS = {
    "string": "chữ",
    "int": "số nguyên",
    "int64": "số nguyên",
    "uint": "số nguyên không dấu",
    "uint64": "số nguyên không dấu",
    "double": "số thập phân",
    "bool": "đúng/sai",
    "timestamp": "mốc thời gian",
    "google.protobuf.Timestamp": "mốc thời gian",
    "duration": "khoảng thời gian",
    "google.protobuf.Duration": "khoảng thời gian",
    "list": "danh sách",
    "map": "nhóm giá trị",
    "null": "giá trị rỗng",
    "null_type": "giá trị rỗng",
}


def at_compile(message: str) -> str:
    """One sentence for what the parser or the type check found, with the place where it is known."""
    if found := _UNDECLARED.search(message):
        return f"hàm {found[1]}() không có."
    if faults := list(_OVERLOAD.finditer(message)):
        found = next((each for each in faults if not _only_mixed(each)), faults[0])
        return _mismatch(found[1], found[2])
    if found := _RESERVED.search(message):
        return f"“{found[1]}” là từ dành riêng, hãy đặt tên khác."
    if "recursion" in message or "Exceeded" in message:
        return "lồng nhau quá nhiều lớp, hãy tách thành nhiều bước."
    if found := _PLACE.search(message):
        return f"viết sai ở ký tự thứ {found[2]}" + (f", dòng {found[1]}." if found[1] != "1" else ".")
    return "viết sai, hãy kiểm tra lại."


def only_mixed_branches(message: str) -> bool:
    """Whether all the type check minds is that the two branches of `? :` differ in type."""
    faults = [line for line in message.splitlines() if "ERROR:" in line]
    mixed = [line for line in faults if (found := _OVERLOAD.search(line)) and _only_mixed(found)]
    return 0 < len(mixed) == len(faults)


def _only_mixed(found: re.Match[str]) -> bool:
    return found[1] == "_?_:_" and found[2].split(",")[0] in ("bool", "dyn")


def at_evaluation(message: str) -> str:
    """One sentence for why an expression could not be worked out."""
    if found := _NO_VALUE.search(message):
        return f"biến “{found[1]}” chưa có giá trị."
    if found := _NO_KEY.search(message):
        return f"không có mục “{found[1]}”."
    if found := _NO_OVERLOAD.search(message):
        return _mismatch(found[1], found[2] or "")
    if "divide by zero" in message or "modulus by zero" in message:
        return "chia cho 0."
    if "overflow" in message or "out of range" in message:
        return "số quá lớn."
    if "Iteration budget" in message:
        return "lặp quá nhiều lần."
    if "Timestamp" in message:
        return "chữ không phải là mốc thời gian dạng 2026-11-23T08:00:00+07:00."
    if "Duration" in message:
        return "chữ không phải là khoảng thời gian dạng 2h30m."
    if "Index error" in message:
        return "danh sách không có phần tử ở vị trí này."
    if "non-message" in message or "container type" in message:
        return "giá trị này không có mục bên trong."
    return "không tính được với dữ liệu hiện có."


def _mismatch(operator: str, kinds: str) -> str:
    if operator in ("<jump_condition>", "!_", "_&&_", "_||_", "_?_:_"):
        return "điều kiện phải cho kết quả đúng hoặc sai."
    named = [_KINDS.get(kind.strip().split("(")[0], kind.strip()) for kind in kinds.split(",") if kind.strip()]
    sign = operator.strip("@_") if operator.startswith(("_", "@")) else f"{operator}()"
    if not named:
        return f"không dùng được phép {sign} với các giá trị này."
    hint = ", hãy đổi số nguyên bằng double()" if set(named) == {"số nguyên", "số thập phân"} else ""
    return f"không dùng được phép {sign} cho {' và '.join(named)}{hint}."
