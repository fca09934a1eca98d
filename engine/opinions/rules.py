"""Who may ask for opinions on which document, who may see and urge, and what an answer must have."""

from __future__ import annotations

from engine.documents import rules as document_rules
from engine.documents.models import Document
from engine.opinions.models import OpinionRound
from engine.platform import ALLOWED, Actor, Verdict

VERDICTS: dict[str, str] = {
    "agree": "Đồng ý",
    "agree-with": "Đồng ý, có ý kiến",
    "disagree": "Không đồng ý",
    "silent": "Không trả lời",
}
HANDLINGS: dict[str, str] = {
    "accepted": "Tiếp thu",
    "partly": "Tiếp thu một phần",
    "explained": "Giải trình, giữ nguyên",
}
ENDINGS: dict[str, str] = {
    "complete": "đủ ý kiến",
    "deadline": "hết thời hạn",
    "early": "kết thúc sớm",
}
ASKERS = frozenset({"specialist", "unit-head", "leader", "clerk", "form-checker"})
MOST_ASKED = 300
NOT_AFTER = document_rules.AFTER_ISSUE | {"cancelled", "signed", "numbered", "sealed", "returned"}


def may_ask(actor: Actor, document: Document, *, asking: bool) -> Verdict:
    """Whoever works on a draft or an incoming document may ask others about it, one round at a time (ND30-23.2)."""
    if not actor.is_system and not actor.roles & ASKERS:
        return Verdict(False, "Chỉ chuyên viên, trưởng phòng, lãnh đạo và văn thư được lấy ý kiến về văn bản.")
    if document.destroyed_at is not None or document.frozen or document.status in NOT_AFTER:
        return Verdict(False, "Văn bản đã ký, phát hành, trả lại hoặc thu hồi; không lấy ý kiến được nữa.", "ND30-11")
    if asking:
        return Verdict(False, "Văn bản đang có một đợt lấy ý kiến chưa kết thúc.")
    return ALLOWED


def is_asker(actor: Actor, found: OpinionRound) -> Verdict:
    """The one who asked follows the round: urges, ends it early, explains."""
    if actor.is_system or found.asker_id == actor.person_id or found.asker_id in actor.standing_in_for:
        return ALLOWED
    return Verdict(False, "Chỉ người lấy ý kiến theo dõi, đôn đốc và tổng hợp được đợt này.")


def answer_problem(verdict: str, text: str) -> dict[str, str]:
    """What an answer lacks: one of three verdicts, and words unless it simply agrees."""
    if verdict not in VERDICTS or verdict == "silent":
        return {"verdict": "Chọn đồng ý, đồng ý có ý kiến hoặc không đồng ý."}
    if verdict != "agree" and not text.strip():
        return {"text": "Ghi rõ ý kiến."}
    return {}
