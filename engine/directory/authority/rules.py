"""When somebody may sign: by their own right, or by an authorisation that covers the day and the kind (ND30-13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from engine.directory.authority.models import ApprovalLevel, Authorisation
from engine.platform import ALLOWED, Verdict

BY_POST = ("TM.", "KT.", "Q.", "TL.")
"""Capacities a post itself gives: on behalf, deputy, acting, by order (ND30 PL I.II.7.b)."""
TUQ = "TUQ."
LONGEST_DAYS = 366


def signs_by_own_right(roles: Iterable[str], capacity: str) -> bool:
    """Whether somebody signs without an authorisation: a leader, or by a capacity of the post (ND30-13.1, 13.2, 13.4).

    A post whose line begins with TUQ. gives nothing by itself: that is what an authorisation is for.
    """
    line = capacity.strip().upper()
    return not line.startswith(TUQ) and ("leader" in roles or line.startswith(BY_POST))


def covers(row: Authorisation | ApprovalLevel, type_name: str) -> bool:
    """Whether a row is about a kind of document; one that names none is about all."""
    only = row.type_names.get("only") or ()
    return not only or type_name.casefold() in {str(each).casefold() for each in only}


def in_force(row: Authorisation, on: date) -> bool:
    """Whether an authorisation counts on a day: both its ends included, not revoked."""
    return row.revoked_at is None and row.valid_from <= on <= row.valid_to


def state(row: Authorisation, on: date) -> str:
    """`current`, `coming`, `over` or `revoked`."""
    if row.revoked_at is not None:
        return "revoked"
    return "current" if in_force(row, on) else "coming" if row.valid_from > on else "over"


def may_sign(name: str, own_right: bool, held: Sequence[Authorisation], type_name: str, on: date) -> Verdict:
    """Whether somebody may sign a document of this kind on a day; the refusal names what is missing (ND30-13.3)."""
    if own_right or any(in_force(row, on) and covers(row, type_name) for row in held):
        return ALLOWED
    return Verdict(False, f"{name} không ký được “{type_name}”: {_missing(held, type_name, on)}", "ND30-13.3")


def _missing(held: Sequence[Authorisation], type_name: str, on: date) -> str:
    for row in held:
        if in_force(row, on):
            only = ", ".join(row.type_names.get("only") or ())
            return f"giấy ủy quyền số {row.code} chỉ cho ký thừa ủy quyền {only}."
    for row in held:
        said = {
            "revoked": "đã bị thu hồi", "over": f"hết hiệu lực ngày {row.valid_to:%d/%m/%Y}",
            "coming": f"chỉ có hiệu lực từ ngày {row.valid_from:%d/%m/%Y}",
        }[state(row, on)]  # fmt: skip
        return f"giấy ủy quyền số {row.code} {said}."
    return (
        f"không giữ chức vụ có thẩm quyền ký và chưa có giấy ủy quyền nào còn hiệu lực ngày {on:%d/%m/%Y}. "
        "Quản trị cơ quan ghi giấy ủy quyền ở mục Ủy quyền ký."
    )
