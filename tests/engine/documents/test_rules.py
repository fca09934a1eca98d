"""Rules as pure answers: order, editing, displayed states whatever the order of messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.documents import rules
from engine.documents.models import Document
from engine.documents.rules import StatusMessage, displayed_state

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def messages(*codes: str) -> list[StatusMessage]:
    return [StatusMessage(code, NOON + timedelta(minutes=n), n) for n, code in enumerate(codes)]


def document(direction: str, status: str, **fields: object) -> Document:
    return Document(direction=direction, status=status, frozen=False, **fields)


def test_the_outgoing_way_through_is_the_only_way() -> None:
    way = [
        "draft",
        "content_check",
        "form_check",
        "approval",
        "approved",
        "signed",
        "numbered",
        "sealed",
        "issued",
        "closed",
    ]

    for here, following in pairwise(way):
        assert rules.may_become(document("outgoing", here), following)
    for index, here in enumerate(way):
        for jump in way[index + 2 :]:
            assert not rules.may_become(document("outgoing", here), jump), f"{here} → {jump}"


@pytest.mark.parametrize("status", ["issued", "closed", "recalled"])
def test_nothing_leads_back_from_issue(status: str) -> None:
    for before in ("draft", "content_check", "approval", "approved", "signed", "numbered", "sealed", "cancelled"):
        assert not rules.may_become(document("outgoing", status), before)


def test_an_incoming_document_may_be_recalled_from_anywhere_but_only_once() -> None:
    for status in set(rules._INCOMING) - {"recalled"}:
        assert rules.may_become(document("incoming", status), "recalled")
    assert not rules.may_become(document("incoming", "recalled"), "recalled")


def test_every_refusal_has_a_sentence() -> None:
    for direction, table in (("outgoing", rules._OUTGOING), ("incoming", rules._INCOMING)):
        for here in table:
            for there in table:
                verdict = rules.may_become(document(direction, here), there)
                assert verdict.allowed or (verdict.reason.endswith(".") and verdict.clause)


@pytest.mark.parametrize("order", list(permutations(["01", "03", "04", "05"])))
def test_progress_shows_the_highest_however_the_messages_come(order: tuple[str, ...]) -> None:
    sent = {code: NOON + timedelta(minutes=int(code)) for code in order}
    arrived = [StatusMessage(code, sent[code], n) for n, code in enumerate(order)]

    assert displayed_state("sent", arrived) == "processing"


@given(st.lists(st.sampled_from(["01", "02", "03", "04", "05", "06", "13", "15", "16", "77", ""]), max_size=12))
def test_unknown_codes_change_nothing_and_repeats_neither(codes: list[str]) -> None:
    shown = displayed_state("sent", messages(*codes))

    assert displayed_state("sent", messages(*[c for c in codes if c not in ("77", "")])) == shown
    doubled = [StatusMessage(m.code, m.at, order) for order, m in enumerate([*messages(*codes), *messages(*codes)])]
    if not {"13", "15", "16"} & set(codes):
        assert displayed_state("sent", doubled) == shown


@given(st.lists(st.sampled_from(["01", "03", "04", "05", "06"]), min_size=1, max_size=10))
def test_a_later_message_never_lowers_the_state(codes: list[str]) -> None:
    ladder = ["arrived", "accepted", "assigned", "processing", "done"]
    shown = [ladder.index(displayed_state("sent", messages(*codes[: n + 1]))) for n in range(len(codes))]

    assert shown == sorted(shown)


@pytest.mark.parametrize("state", ["planned", "queued", "sending", "failed", "sent", "paper"])
def test_without_messages_the_transport_decides(state: str) -> None:
    assert displayed_state(state, []) == state


def test_a_recall_is_final_once_agreed_and_open_once_denied() -> None:
    assert displayed_state("sent", messages("01", "03", "13", "15", "06")) == "recalled"
    assert displayed_state("sent", messages("13", "16", "13")) == "recall_asked"
    assert displayed_state("sent", messages("13", "16", "13", "15")) == "recalled"


def test_a_reply_needs_deadline_and_requirement() -> None:
    assert set(rules.reply_problem(True, None, " ")) == {"due_date", "reply_requirement"}
    assert rules.reply_problem(True, NOON.date(), "Báo cáo") == {}
    assert rules.reply_problem(False, None, "") == {}
