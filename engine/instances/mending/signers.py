"""Another signer for a draft whose signer can't sign any more; who has the approval or signature now is asked anew."""

from __future__ import annotations

from engine.directory import queries as directory
from engine.documents import editing
from engine.documents import queries as documents
from engine.documents.models import Document
from engine.documents.text import fitting
from engine.drafts import signers
from engine.errors import Conflict, InvalidInput
from engine.instances.commands import receive_message
from engine.instances.queries import waited_for
from engine.platform import Work

CHANGED = "signer-changed"
LONGEST_REASON = 500


def choose_signer(work: Work, document_id: int, signer_id: int | None, reason: str = "") -> Document:
    """Name who signs a draft, with the capacity they have today; the case goes to them (the message `signer-changed`).

    What was approved for another signer has to be approved again (ND30-11). NotAllowed says who may; InvalidInput
    names the field; Conflict when the running procedure has no way back from where it stands.
    """
    document = documents.locked(work, document_id, "outgoing")
    work.require(signers.may_choose(work.actor, document))
    if signer_id is None:
        raise InvalidInput("Chọn người ký.", {"signer_id": "Chọn người ký."})
    on = directory.today(work.now)
    why = fitting("reason", "lý do", reason, LONGEST_REASON)
    before, stopped = document.signer_id, not signers.problem(work.session, document, on)
    if signer_id == before and not stopped:
        raise InvalidInput("Người này đang là người ký.", {"signer_id": "Chọn người khác với người ký hiện nay."})
    if directory.person(work.session, document.agency_id, signer_id).closes_on is not None:
        said = "Người này đã bàn giao công việc để nghỉ; chọn người khác."
        raise InvalidInput(said, {"signer_id": said})
    document.signer_id = signer_id
    editing.name_signer(work, document)
    waiting = waited_for(work.session, document.agency_id, CHANGED, str(document.id))
    if document.status == "approved":
        if not waiting:
            raise Conflict("Quy trình đang chạy chưa có bước đổi người ký; người giữ việc ký trả dự thảo để trình lại.")
        editing.set_status(work, document.id, "approval")
    work.note(
        "document.signer_changed", "document", document.id, document.agency_id, before=before, after=signer_id,
        reason=why,
    )  # fmt: skip
    if waiting:
        receive_message(work, document.agency_id, CHANGED, str(document.id), {"signer": signer_id})
    return document
