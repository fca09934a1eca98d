"""Who may change a draft and keep templates, and when."""

from __future__ import annotations

from engine.documents import rules as documents
from engine.documents.models import Document
from engine.platform import ALLOWED, Actor, Verdict

KEEPERS = frozenset({"clerk", "agency-admin", "form-checker"})


def may_draft(actor: Actor, document: Document) -> Verdict:
    """Whether somebody may add a version of a draft: its drafter or the head of its unit, while it is being drafted.

    What is being checked stays as it is until it is given back (ND30-10.3).
    """
    if document.direction != "outgoing":
        return Verdict(False, "Chỉ văn bản đi mới có dự thảo.")
    editable = documents.may_edit(document, ("files",))
    if not editable:
        return editable
    if document.status != "draft":
        said = "Dự thảo đang được kiểm tra, trình duyệt; muốn sửa thì chờ trả lại người soạn thảo."
        return Verdict(False, said, "ND30-10.3")
    if actor.is_system or document.drafter_id in {actor.person_id, *actor.standing_in_for}:
        return ALLOWED
    if document.unit_id is not None and f"unit-head@{document.unit_id}" in actor.groups | actor.stand_in_groups:
        return ALLOWED
    return Verdict(False, "Chỉ người soạn thảo hoặc trưởng đơn vị soạn thảo thêm được bản dự thảo.", "ND30-10.2")


def may_keep_templates(actor: Actor) -> Verdict:
    """Templates of an agency are kept by who answers for form: the clerk, the form checker, the admin (ND30-12.2)."""
    if actor.is_system or (actor.agency_id is not None and actor.roles & KEEPERS):
        return ALLOWED
    return Verdict(
        False, "Chỉ văn thư, người kiểm tra thể thức hoặc quản trị cơ quan thay được mẫu văn bản.", "ND30-12.2"
    )
