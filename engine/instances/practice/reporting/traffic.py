"""What came and what went, electronically or on paper, refused and why; counts only (LA-11.2, QD28-11, QD28-14.3)."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Date, cast, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from engine.documents.models import Dispatch, Document
from engine.instances.practice.reporting import scope as scopes
from engine.instances.practice.reporting.periods import Period
from engine.instances.practice.reporting.scope import Scope

ELECTRONIC = ("axis", "internal")


@dataclass(frozen=True, slots=True)
class Received:
    """Incoming documents by their legal time of receipt."""

    total: int = 0
    electronic: int = 0
    paper: int = 0
    registered: int = 0
    refused: int = 0
    recalled: int = 0
    resolved: int = 0
    under_way: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """Outgoing documents by the moment of issue, and each of their recipients."""

    documents: int = 0
    recipients: int = 0
    electronic: int = 0  # nothing on paper
    with_paper: int = 0  # both, for a reason of the list (LA-5.1.c)
    paper: int = 0  # the recipient has no system
    refused: int = 0
    failed: int = 0
    recalled: int = 0
    reminders: int = 0
    reply_on_time: int = 0
    reply_late: int = 0
    reply_missing: int = 0  # asked for, not there yet


@dataclass(frozen=True, slots=True)
class Traffic:
    """Both ways of one agency or scope."""

    received: Received = field(default_factory=Received)
    sent: Sent = field(default_factory=Sent)
    refusals: dict[str, int] = field(default_factory=dict)  # by reason code
    urgency_received: dict[int, int] = field(default_factory=dict)
    urgency_sent: dict[int, int] = field(default_factory=dict)

    @property
    def share_received(self) -> float | None:
        """Part of what came electronically."""
        return self.received.electronic / self.received.total if self.received.total else None

    @property
    def share_sent(self) -> float | None:
        """Part of recipients served without any paper."""
        return self.sent.electronic / self.sent.recipients if self.sent.recipients else None


def traffic(session: Session, scope: Scope, period: Period) -> Traffic:
    """What came and went in a period within the scope."""
    found = _traffic(session, period, scopes.incoming(scope), scopes.outgoing(scope))
    return found.get(scope.agency_id, Traffic())


def traffic_by_agency(session: Session, agency_ids: frozenset[int], period: Period) -> dict[int, Traffic]:
    """The same of whole agencies, by their ids; agencies without any are left out."""
    among = (Document.agency_id.in_(sorted(agency_ids)),)
    return _traffic(session, period, among, among)


def _traffic(session: Session, period: Period, came: Any, went: Any) -> dict[int, Traffic]:
    received, refusals, urgency_in = _received(session, period, came)
    documents, urgency_out = _issued(session, period, went)
    sent = _dispatches(session, period, went)
    return {
        agency: Traffic(
            received.get(agency, Received()), Sent(documents.get(agency, 0), *sent.get(agency, ())),
            refusals.get(agency, {}), urgency_in.get(agency, {}), urgency_out.get(agency, {}),
        )
        for agency in received.keys() | documents.keys() | sent.keys()
    }  # fmt: skip


def _received(session: Session, period: Period, conditions: Any) -> tuple[dict[int, Received], Any, Any]:
    """Incoming documents by agency, by agency and reason, by agency and urgency, in one reading."""
    agency, reason, urgency = Document.agency_id, Document.refusal_code, Document.urgency
    counts = (
        func.count(), _count(Document.source.in_(ELECTRONIC)), _count(Document.source.not_in(ELECTRONIC)),
        _count(Document.arrival_number.is_not(None)), _count(Document.status == "returned"),
        _count(Document.status == "recalled"), _count(Document.status.in_(("resolved", "filed"))),
        _count(Document.status.in_(("arrived", "checked", "registered", "submitted", "directed", "in_progress"))),
    )  # fmt: skip
    sets = func.grouping_sets(tuple_(agency), tuple_(agency, reason), tuple_(agency, urgency))
    rows = (
        select(func.grouping(reason, urgency), agency, reason, urgency, *counts)
        .where(
            *conditions, Document.direction == "incoming", Document.received_at >= period.begins,
            Document.received_at < period.ends,
        )
        .group_by(sets)
    )  # fmt: skip
    totals: dict[int, Received] = {}
    refusals: dict[int, dict[str, int]] = {}
    urgencies: dict[int, dict[int, int]] = {}
    for mark, agency_id, code, level, *values in session.execute(rows):
        if mark == 3:
            totals[agency_id] = Received(*values)
        elif mark == 2:
            urgencies.setdefault(agency_id, {})[level] = values[0]
        elif values[4]:
            refusals.setdefault(agency_id, {})[code or "OTHER"] = values[4]
    return totals, refusals, urgencies


def _issued(session: Session, period: Period, conditions: Any) -> tuple[dict[int, int], dict[int, dict[int, int]]]:
    agency, urgency = Document.agency_id, Document.urgency
    rows = (
        select(agency, urgency, func.count())
        .where(
            *conditions, Document.direction == "outgoing", Document.issued_at >= period.begins,
            Document.issued_at < period.ends,
        )
        .group_by(agency, urgency)
    )  # fmt: skip
    totals: dict[int, int] = {}
    urgencies: dict[int, dict[int, int]] = {}
    for agency_id, level, count in session.execute(rows):
        totals[agency_id] = totals.get(agency_id, 0) + count
        urgencies.setdefault(agency_id, {})[level] = count
    return totals, urgencies


def _dispatches(session: Session, period: Period, conditions: Any) -> dict[int, tuple[int, ...]]:
    """Recipients of what was issued in the period; a reply is judged by the day it legally arrived (LA-9.2.d)."""
    reply = aliased(Document)
    came = cast(func.timezone("Asia/Ho_Chi_Minh", func.coalesce(reply.received_at, reply.issued_at)), Date)
    on_paper = Dispatch.paper_reason == "NO_CONNECTION"
    rows = (
        select(
            Dispatch.agency_id, func.count(), _count(Dispatch.paper_reason == ""),
            _count(Dispatch.paper_reason.not_in(("", "NO_CONNECTION"))), _count(on_paper),
            _count(Dispatch.state == "refused"), _count(Dispatch.state == "failed"),
            _count(Dispatch.state.in_(("recalled", "recalled_locally"))),
            func.coalesce(func.sum(Dispatch.reminders), 0), _count(came <= Dispatch.due_date),
            _count(came > Dispatch.due_date), _count(Dispatch.due_date.is_not(None) & Dispatch.reply_id.is_(None)),
        )
        .join(Document, Document.id == Dispatch.document_id)
        .outerjoin(reply, reply.id == Dispatch.reply_id)
        .where(
            *conditions, Document.direction == "outgoing", Document.issued_at >= period.begins,
            Document.issued_at < period.ends,
        )
        .group_by(Dispatch.agency_id)
    )  # fmt: skip
    return {row[0]: tuple(int(each) for each in row[1:]) for row in session.execute(rows)}


def _count(condition: Any) -> Any:
    return func.count().filter(condition)


def added(parts: list[Traffic]) -> Traffic:
    """Several together."""
    return Traffic(
        _added(Received, [each.received for each in parts]), _added(Sent, [each.sent for each in parts]),
        _joined([each.refusals for each in parts]), _joined([each.urgency_received for each in parts]),
        _joined([each.urgency_sent for each in parts]),
    )  # fmt: skip


def _added(kind: Any, parts: list[Any]) -> Any:
    return kind(*(sum(getattr(each, one.name) for each in parts) for one in fields(kind)))


def _joined(parts: list[dict[Any, int]]) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for part in parts:
        for key, count in part.items():
            found[key] = found.get(key, 0) + count
    return found
