"""Which answer is complete; who may ask about what."""

from __future__ import annotations

from typing import Any

import pytest

from engine.documents.models import Document
from engine.opinions import rules
from engine.opinions.models import OpinionRound
from engine.platform import Actor


@pytest.mark.parametrize(
    ("verdict", "text", "field"),
    [("agree", "", None), ("agree-with", "Sửa Điều 2.", None), ("agree-with", " ", "text"), ("disagree", "", "text"),
     ("silent", "", "verdict"), ("", "Đồng ý", "verdict")],
)  # fmt: skip
def test_an_answer_is_a_verdict_with_words_unless_it_simply_agrees(verdict: str, text: str, field: str | None) -> None:
    assert list(rules.answer_problem(verdict, text)) == ([field] if field else [])


def actor(*roles: str, person: int = 7) -> Actor:
    return Actor(person, 1, "Nguyễn Văn An", frozenset(roles))


def document(**fields: Any) -> Document:
    return Document(**{"direction": "outgoing", "status": "draft", "frozen": False, "destroyed_at": None} | fields)


def test_who_works_on_a_draft_asks_one_round_at_a_time_until_it_is_signed() -> None:
    assert rules.may_ask(actor("specialist"), document(), asking=False)
    assert "một đợt" in rules.may_ask(actor("specialist"), document(), asking=True).reason
    assert "đã ký" in rules.may_ask(actor("leader"), document(status="signed"), asking=False).reason
    assert not rules.may_ask(actor("agency-admin"), document(), asking=False)
    assert rules.may_ask(actor("unit-head"), document(direction="incoming", status="in_progress"), asking=False)


def test_only_who_asks_follows_a_round() -> None:
    assert rules.is_asker(actor("specialist"), OpinionRound(asker_id=7))
    assert not rules.is_asker(actor("leader"), OpinionRound(asker_id=8))
