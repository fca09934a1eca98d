"""Who may change a draft and keep templates, and when."""

from __future__ import annotations

from engine.documents import formats
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


def may_compare(one: str, two: str, versions: int) -> Verdict:
    """Whether two versions can be laid beside each other: there are two, and they aren't the same."""
    if versions < 2:
        return Verdict(False, "Dự thảo mới có một bản hoặc chưa có bản nào; có hai bản thì so sánh được.")
    if one == two:
        return Verdict(False, "Chọn hai bản khác nhau để so sánh.")
    return ALLOWED


def may_take_text(actor: Actor, document: Document, media_type: str) -> Verdict:
    """Whether what a version says may become the text again: by who may draft, from a Word file (ND30-10.2)."""
    verdict = may_draft(actor, document)
    if verdict and media_type != formats.WORD:
        return Verdict(False, "Chỉ lấy được nội dung của tệp Word (.docx).", "ND30-10.2")
    return verdict


def may_sign(actor: Actor, document: Document) -> Verdict:
    """Whether somebody is to sign a draft now: whom it names, once it is approved (ND30-13, ND30-14).

    The task “Ký số” is theirs then; it stands on the document's page.
    """
    if document.direction != "outgoing" or document.frozen or document.destroyed_at is not None:
        return Verdict(False, "Chỉ ký văn bản đi đang soạn thảo.", "ND30-13")
    if documents.is_copy(document):
        return Verdict(False, "Bản sao chỉ có chữ ký số của cơ quan.", "ND30-25")
    if document.status in ("draft", "content_check", "form_check", "approval"):
        return Verdict(False, "Dự thảo phải qua kiểm tra nội dung, thể thức và được duyệt rồi mới ký.", "ND30-14")
    if document.status != "approved":
        return Verdict(False, "Văn bản đã ký hoặc không còn chờ ký.", "ND30-13")
    if actor.is_system or document.signer_id in {actor.person_id, *actor.standing_in_for}:
        return ALLOWED
    return Verdict(False, f"Văn bản do {document.signer_name or 'người có thẩm quyền'} ký.", "ND30-13")


def may_keep_templates(actor: Actor) -> Verdict:
    """Templates of an agency are kept by who answers for form: the clerk, the form checker, the admin (ND30-12.2)."""
    if actor.is_system or (actor.agency_id is not None and actor.roles & KEEPERS):
        return ALLOWED
    return Verdict(
        False, "Chỉ văn thư, người kiểm tra thể thức hoặc quản trị cơ quan thay được mẫu văn bản.", "ND30-12.2"
    )
