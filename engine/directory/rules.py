"""Who may change what in the directory, and what names, codes and passwords must look like."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from engine.platform import ALLOWED, Actor, Verdict

ROLES: dict[str, str] = {
    "clerk": "Văn thư",
    "leader": "Lãnh đạo",
    "unit-head": "Trưởng phòng",
    "specialist": "Chuyên viên",
    "form-checker": "Người kiểm tra thể thức",
    "follow-up": "Người theo dõi, đôn đốc",
    "archivist": "Lưu trữ",
    "process-analyst": "Người thiết kế quy trình",
    "agency-admin": "Quản trị cơ quan",
    "provincial-admin": "Quản trị tỉnh",
}
UNIT_ROLES = frozenset({"unit-head", "specialist"})  # held in a unit, never in a whole agency
LONGEST_PASSWORD = 200
CONFIRM_RIGHTS = "confirm_rights"
"""Key of an agency's policy: whether changes of rights wait for a second person (SYS-3.c); they do unless it is off."""
STAND_IN_KINDS: dict[str, str] = {"incoming": "Văn bản đến", "outgoing": "Văn bản đi", "dossier": "Hồ sơ công việc"}
"""Kinds of work a stand-in may be limited to."""
STAND_IN_PROCEDURES: dict[str, frozenset[str]] = {
    "incoming": frozenset({"incoming-document", "resolution"}),
    "outgoing": frozenset({"outgoing-document", "dispatch-follow-up", "recall", "copying"}),
    "dossier": frozenset({"dossier-list", "dossier-loan", "dossier-disposal"}),
}
"""The procedures whose tasks belong to each kind; variants of an agency keep their procedure's key."""
_USER_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,58}[a-z0-9])?", re.ASCII)


def may_administer(actor: Actor, agency_id: int) -> Verdict:
    """Units, posts, people, roles and stand-ins of an agency: its own admin, or the installation itself."""
    if actor.is_system or ("agency-admin" in actor.roles and actor.agency_id == agency_id):
        return ALLOWED
    return Verdict(False, "Chỉ quản trị của chính cơ quan được thay đổi đơn vị, chức vụ, người dùng và vai trò.")


def may_administer_agencies(actor: Actor) -> Verdict:
    """Agencies, their codes and successors (QD28-19.1.c): the provincial admin, or the installation itself."""
    if actor.is_system or "provincial-admin" in actor.roles:
        return ALLOWED
    return Verdict(False, "Chỉ quản trị tỉnh được thêm, sửa cơ quan và mã định danh.", "QD28-19.1.c")


def may_appoint(actor: Actor, agency_id: int, role: str) -> Verdict:
    """Granting and revoking a role: the agency's admin; the provincial admin appoints admins only."""
    if role == "provincial-admin":
        return may_administer_agencies(actor)
    if role == "agency-admin" and may_administer_agencies(actor):
        return ALLOWED
    return may_administer(actor, agency_id)


def may_arrange_stand_in(actor: Actor, agency_id: int, person_id: int) -> Verdict:
    """A stand-in is named by the person who will be away, or by the agency's admin."""
    if actor.person_id == person_id and actor.acting_for_id is None:
        return ALLOWED
    if may_administer(actor, agency_id):
        return ALLOWED
    return Verdict(False, "Chỉ người vắng mặt hoặc quản trị cơ quan được cử người làm thay.")


def stands_in(actor: Actor, person_id: int | None, procedure: str) -> bool:
    """Whether somebody acts for a person in the tasks of a procedure now."""
    if person_id is None:
        return False
    limited = (kind for absent, kind in actor.stand_in_limits if absent == person_id)
    return person_id in actor.standing_in_for or any(procedure in STAND_IN_PROCEDURES[kind] for kind in limited)


def may_change_at_once(waits: bool) -> Verdict:
    """Roles and units change at once only where nobody else has to confirm it (SYS-3.c)."""
    return Verdict(not waits, "Thay đổi quyền phải chờ lãnh đạo hoặc quản trị khác xác nhận.", "SYS-3.c")


def user_name_problem(user_name: str) -> str | None:
    """Why a user name can't be used, or None."""
    if _USER_NAME.fullmatch(user_name):
        return None
    return "Tên đăng nhập gồm 1–60 ký tự: chữ thường không dấu, chữ số, dấu chấm, gạch ngang, gạch dưới."


def password_problem(password: str, *, shortest: int, user_name: str = "", full_name: str = "") -> str | None:
    """Why a password is too weak, or None (LA-14.2.b: what is changed often must stay worth it)."""
    text = unicodedata.normalize("NFC", password)
    if len(text) < shortest:
        return f"Mật khẩu phải có ít nhất {shortest} ký tự."
    if len(text) > LONGEST_PASSWORD:
        return f"Mật khẩu dài quá {LONGEST_PASSWORD} ký tự."
    lowered = text.casefold()
    if user_name and user_name.casefold() in lowered:
        return "Mật khẩu không được chứa tên đăng nhập."
    if full_name and full_name.casefold() in lowered:
        return "Mật khẩu không được chứa họ tên."
    if len(set(text)) < 5:
        return "Mật khẩu có quá ít ký tự khác nhau."
    if _in_a_row(lowered):
        return "Mật khẩu không được là một dãy ký tự liền nhau."
    return None


def _in_a_row(text: str) -> bool:
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return steps in ({1}, {-1}, {0}) or text in "qwertyuiopasdfghjklzxcvbnm"
