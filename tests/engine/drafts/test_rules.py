"""What may be done about versions of a draft, by whom, in which state: one rule for button, “Vì sao?” and route."""

from __future__ import annotations

from typing import Any

import pytest

from engine.documents import formats
from engine.documents.models import Document
from engine.drafts import rules
from engine.platform import Actor

DRAFTER = Actor(7, 1, "Người soạn")


def draft(**more: Any) -> Document:
    given = {"direction": "outgoing", "status": "draft", "frozen": False, "drafter_id": 7, "signer_id": 9,
             "signer_name": "Lê Thị Bình", "checks": {}}  # fmt: skip
    return Document(**(given | more))


@pytest.mark.parametrize(
    ("one", "two", "versions", "said"),
    [("1", "2", 2, ""), ("1", "2", 1, "mới có một bản"), ("1", "1", 2, "hai bản khác nhau")],
)
def test_two_versions_are_compared(one: str, two: str, versions: int, said: str) -> None:
    verdict = rules.may_compare(one, two, versions)
    assert bool(verdict) is (said == "")
    assert said in verdict.reason


def test_only_word_becomes_the_text_again_and_only_for_who_drafts() -> None:
    assert rules.may_take_text(DRAFTER, draft(), formats.WORD)
    assert "Chỉ lấy được nội dung của tệp Word" in rules.may_take_text(DRAFTER, draft(), formats.PDF).reason
    assert "đang được kiểm tra" in rules.may_take_text(DRAFTER, draft(status="form_check"), formats.WORD).reason
    assert "Chỉ người soạn thảo" in rules.may_take_text(Actor(8, 1, "Khác"), draft(), formats.WORD).reason


@pytest.mark.parametrize(
    ("actor", "fields", "said"),
    [
        (Actor(9, 1, "Lê Thị Bình"), {"status": "approved"}, ""),
        (Actor(3, 1, "Thay", standing_in_for=frozenset({9})), {"status": "approved"}, ""),
        (DRAFTER, {"status": "approved"}, "Văn bản do Lê Thị Bình ký."),
        (Actor(9, 1, "Lê Thị Bình"), {"status": "approval"}, "được duyệt rồi mới ký"),
        (Actor(9, 1, "Lê Thị Bình"), {"status": "signed"}, "đã ký"),
        (Actor(9, 1, "Lê Thị Bình"), {"status": "approved", "type_name": "Sao y"}, "Bản sao"),
        (Actor(9, 1, "Lê Thị Bình"), {"direction": "incoming", "status": "arrived"}, "Chỉ ký văn bản đi"),
    ],
)  # fmt: skip
def test_whom_the_draft_names_signs_it_once_it_is_approved(actor: Actor, fields: dict[str, Any], said: str) -> None:
    verdict = rules.may_sign(actor, draft(**fields))
    assert bool(verdict) is (said == "")
    assert said in verdict.reason
