"""What came and went against documents that were counted by hand."""

from __future__ import annotations

from engine.instances.practice.reporting import traffic
from engine.instances.practice.reporting.scope import scope_of
from engine.instances.practice.reporting.traffic import Received, Sent, Traffic
from tests.engine.instances.practice.reporting.conftest import FOURTH, House


def test_an_agencys_quarter(house: House) -> None:
    with house.platform.reading() as session:
        found = traffic.traffic(session, scope_of(house.actor(house.counted.clerk)), FOURTH)
        before = traffic.traffic(session, scope_of(house.actor(house.counted.clerk)), FOURTH.before)
    assert found.received == Received(
        total=5, electronic=4, paper=1, registered=2, refused=2, recalled=0, resolved=2, under_way=1
    )
    assert found.refusals == {"SIG_MISSING": 1, "SIG_INVALID": 1}
    assert found.urgency_received == {0: 4, 2: 1}
    # the reply came half an hour before midnight of its last day
    assert found.sent == Sent(
        documents=2, recipients=4, electronic=2, with_paper=1, paper=1, refused=1, reminders=2, reply_on_time=1,
        reply_missing=1,
    )  # fmt: skip
    assert found.urgency_sent == {0: 1, 1: 1}
    assert (found.share_received, found.share_sent) == (0.8, 0.5)
    assert before.received.total == 1
    assert before.share_sent is None


def test_a_unit_and_a_person_see_what_is_theirs(house: House) -> None:
    with house.platform.reading() as session:
        head = traffic.traffic(session, scope_of(house.actor(house.counted.head)), FOURTH)
        own = traffic.traffic(session, scope_of(house.actor(house.counted.an)), FOURTH)
        nothing = traffic.traffic(session, scope_of(house.actor(house.counted.admin)), FOURTH)
    assert (head.received.total, head.sent.documents, head.sent.recipients) == (1, 1, 2)
    assert (own.received.total, own.sent.documents, own.sent.reply_on_time) == (1, 1, 1)
    assert nothing == Traffic()


def test_agencies_together(house: House) -> None:
    ids = frozenset({house.counted.clerk.agency_id, house.counted.other.agency_id})
    with house.platform.reading() as session:
        found = traffic.traffic_by_agency(session, ids, FOURTH)
    assert {key: each.received.total for key, each in found.items()} == {
        house.counted.clerk.agency_id: 5, house.counted.other.agency_id: 1,
    }  # fmt: skip
    together = traffic.added(list(found.values()))
    assert (together.received.total, together.urgency_received) == (6, {0: 5, 2: 1})
