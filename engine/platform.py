"""The one place where work begins and commits: `Platform.run(actor, command, …)`."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine import audit, inbox, occasions, outbox
from engine.clock import VIETNAM, Clock
from engine.database import ping_after_rest
from engine.errors import AlreadyTaken, NotAllowed
from engine.files import FileStore
from engine.operations import Catalog
from engine.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

DEADLOCK_TRIES = 4

_running: contextvars.ContextVar[bool] = contextvars.ContextVar("vanthu_command_running", default=False)


@dataclass(slots=True)
class SentForm:
    """The form of a page that a person's commands come by: by its key it is taken once, whoever sends it how often."""

    key: str
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Who a command runs as: a person of an agency, possibly standing in for another, or the system itself."""

    person_id: int | None
    agency_id: int | None
    name: str
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    unit_ids: frozenset[int] = frozenset()
    acting_for_id: int | None = None
    standing_in_for: frozenset[int] = frozenset()
    stand_in_groups: frozenset[str] = frozenset()  # groups of those people; kept apart from one's own
    stand_in_limits: frozenset[tuple[int, str]] = frozenset()  # (person, kind of work): stood in for in that only
    form: SentForm | None = field(default=None, compare=False)

    @property
    def is_system(self) -> bool:
        """True for timers, deliveries and other work nobody does by hand."""
        return self.person_id is None


def system(agency_id: int | None = None) -> Actor:
    """The platform acting on its own, inside one agency or (None) for the whole installation."""
    return Actor(None, agency_id, "Hệ thống")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of a rule: allowed or not, why, and the clause it rests on; true when allowed."""

    allowed: bool
    reason: str = ""
    clause: str | None = None

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Verdict(True)


@dataclass
class Work:
    """What a command may use; it lives for one transaction."""

    session: Session
    actor: Actor
    now: datetime
    catalog: Catalog
    settings: Settings
    files: FileStore
    notes: list[audit.Note] = field(default_factory=list)
    deliveries: list[outbox.Delivery] = field(default_factory=list)

    def note(
        self, action: str, subject_kind: str, subject_id: object, /, agency_id: int | None = None, **details: Any
    ) -> None:
        """Add a line to the audit trail (past tense action, e.g. `document.registered`); written as the transaction
        ends.
        """
        self.notes.append(
            audit.Note(
                self.now,
                agency_id or self.actor.agency_id,
                self.actor.person_id,
                self.actor.acting_for_id,
                self.actor.name,
                action,
                subject_kind,
                str(subject_id),
                details,
            )
        )

    def note_view(
        self, action: str, subject_kind: str, subject_id: object, /, agency_id: int | None = None, **details: Any
    ) -> None:
        """The same for looking at something: one line a day for each person, however often they look (SYS-5.a)."""
        today = self.now.astimezone(VIETNAM).date()
        subject = audit.view_of(action, subject_kind, subject_id, *details.values())
        who, acting_for = self.actor.person_id, self.actor.acting_for_id
        if who is None or audit.first_today(self.session, today, who, acting_for, subject):
            self.note(action, subject_kind, subject_id, agency_id, **details)

    def send(
        self,
        operation: str,
        given: dict[str, Any],
        *,
        agency_id: int | None = None,
        instance_id: int | None = None,
        token: str | None = None,
        index: int | None = None,
        element: str | None = None,
        not_before: datetime | None = None,
    ) -> outbox.Delivery:
        """Write an outbox row for a connector operation; it is carried out after the transaction has committed."""
        delivery = outbox.Delivery(
            agency_id=agency_id or self.actor.agency_id,
            operation=operation,
            given=given,
            instance_id=instance_id,
            token=token,
            index=index,
            element=element,
            state=outbox.WAITING,
            attempts=0,
            not_before=not_before or self.now,
            created_at=self.now,
            result={},
        )
        self.session.add(delivery)
        self.deliveries.append(delivery)
        return delivery

    def tell(self, kind: str, agency_id: int, **about: Any) -> None:
        """Write down an occasion on which people are told something, never who does it; `about` as `occasions.of`."""
        self.session.add(occasions.of(kind, agency_id, self.now, self.actor.person_id, **about))

    def require(self, verdict: Verdict) -> None:
        """Go on only when a rule allows it; else NotAllowed with the rule's own reason."""
        if not verdict:
            raise NotAllowed(verdict.reason)


class Platform:
    """Database, files, clock and catalog of one installation, and the only begin and commit in the code."""

    def __init__(
        self,
        engine: Engine,
        *,
        settings: Settings,
        clock: Clock,
        files: FileStore,
        catalog: Catalog,
        wake: Callable[[Sequence[int]], None] | None = None,
    ) -> None:
        self.engine = engine
        self._reader = engine.execution_options(postgresql_readonly=True)
        self._asker = engine.execution_options(isolation_level="AUTOCOMMIT")
        ping_after_rest(engine)
        self.settings = settings
        self.clock = clock
        self.files = files
        self.catalog = catalog
        self.wake = wake or (lambda ids: None)

    def run(
        self, actor: Actor, command: Callable[Concatenate[Work, P], R], /, *arguments: P.args, **named: P.kwargs
    ) -> R:
        """Run one command in one transaction; everything it did is committed, or (any exception) nothing is.

        Deliveries written by the command are woken after the commit; a lost wake-up is found by the sweep.
        Running a command inside a command is refused: pass `work` on instead.
        """
        if _running.get():
            raise RuntimeError(f"{command.__name__} was run inside another command; pass `work` on instead")
        for attempt in range(DEADLOCK_TRIES):
            token = _running.set(True)
            try:
                result, woken = self._once(actor, command, *arguments, **named)
                break
            except OperationalError as error:
                # two commands locked each other's rows: the database undid this one whole, so it may run again
                if attempt + 1 == DEADLOCK_TRIES or getattr(error.orig, "sqlstate", "") not in ("40P01", "40001"):
                    raise
            finally:
                _running.reset(token)
        if woken:
            self.wake(woken)
        return result

    def _once(
        self, actor: Actor, command: Callable[Concatenate[Work, P], R], /, *arguments: P.args, **named: P.kwargs
    ) -> tuple[R, list[int]]:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            work = Work(session, actor, self.clock.now(), self.catalog, self.settings, self.files)
            _take_form(work)
            result = command(work, *arguments, **named)
            session.flush()
            if work.notes:
                audit.append(session, work.notes)
            woken = [d.id for d in work.deliveries if d.not_before <= work.now]
        if actor.form is not None:
            actor.form.taken = True  # what else this request does belongs to the same sending
        return result, woken

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads: the database itself refuses it any change."""
        with Session(self._reader, expire_on_commit=False) as session:
            yield session
            session.expunge_all()  # what was read may be used afterwards, also changed, and nothing comes of it
            session.commit()  # after a rollback the driver would forget every statement it has prepared

    @contextmanager
    def asking(self) -> Iterator[Session]:
        """A session for one question that every request asks: no transaction is begun and ended around it."""
        with Session(self._asker, expire_on_commit=False) as session:
            yield session
            session.expunge_all()


def _take_form(work: Work) -> None:
    """Take the form a command comes by, with what the command does or not at all; AlreadyTaken when it was before."""
    form, person_id = work.actor.form, work.actor.person_id
    if form is None or form.taken or person_id is None:
        return
    if not inbox.take_form(work.session, person_id, form.key, work.now):
        raise AlreadyTaken("Biểu mẫu này đã được nhận ở lần gửi trước nên không làm lại lần nữa.")
