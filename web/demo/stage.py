"""People who act in the story: find their task, complete it, wait for the platform to go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import select

from engine.directory import queries as directory
from engine.directory.models import Person
from engine.errors import PlatformError
from engine.instances import commands
from engine.instances.models import Incident, Instance
from engine.platform import Actor, Platform
from engine.tasks import commands as tasks
from engine.tasks import queries as task_queries

Found = TypeVar("Found")
Say = Callable[[str], None]
PATIENCE = 90.0  # seconds the story waits for the worker before it says what it misses


class StoryStopped(PlatformError):
    """The story can't go on; the message says what was expected and what is there instead."""


class Stage:
    """One installation, seen by the people in it; `settle` lets the platform do what nobody does by hand."""

    def __init__(self, platform: Platform, say: Say, settle: Callable[[], None] | None = None) -> None:
        self.platform = platform
        self.say = say
        self.settle = settle or (lambda: time.sleep(0.15))
        self.number = 0

    def actor(self, user_name: str) -> Actor:
        """The person with this user name, as they are allowed to act now."""
        with self.platform.reading() as session:
            person_id = session.scalars(select(Person.id).where(Person.user_name == user_name)).one()
            return directory.actor_of(session, person_id, self.platform.clock.now())

    def person_id(self, user_name: str) -> int:
        """The id of the person with this user name."""
        found = self.actor(user_name).person_id
        assert found is not None
        return found

    def do(
        self, user_name: str, element: str, answers: Mapping[str, Any], sentence: str, document_id: int | None = None
    ) -> int:
        """Wait until the person has a task at the element, take it, complete it; returns the document's id."""
        actor = self.actor(user_name)
        row = self.wait_for(lambda: self._task(actor, element, document_id), f"{actor.name} có việc “{element}”")
        if row.assignee_id is None:
            self.platform.run(actor, tasks.claim_task, row.id)
        self.platform.run(actor, commands.complete_task, row.id, answers)
        self.tell(f"{actor.name}: {sentence}")
        assert row.document_id is not None
        return row.document_id

    def wait_for(self, look: Callable[[], Found | None], expected: str) -> Found:
        """Look until something is there; StoryStopped tells what was expected and which incidents are open."""
        until = time.monotonic() + PATIENCE
        while (found := look()) is None:
            if time.monotonic() > until:
                raise StoryStopped(f"Câu chuyện dừng lại: chờ {expected}, nhưng chưa có; {self._situation()}.")
            self.settle()
        return found

    def tell(self, sentence: str) -> None:
        """A line of progress."""
        self.number += 1
        self.say(f"  {self.number:2}. {sentence}")

    def _task(self, actor: Actor, element: str, document_id: int | None) -> task_queries.Row | None:
        now = self.platform.clock.now()
        with self.platform.reading() as session:
            rows = [
                *task_queries.inbox(session, actor, "mine", now, limit=200),
                *task_queries.inbox(session, actor, "groups", now, limit=200),
            ]
        return next((r for r in rows if r.element == element and document_id in (None, r.document_id)), None)

    def _situation(self) -> str:
        with self.platform.reading() as session:
            troubles = session.execute(
                select(Instance.procedure, Incident.element, Incident.message)
                .join(Instance, Instance.id == Incident.instance_id)
                .where(Incident.state == "open")
            ).all()
        return "; ".join(f"{t.procedure}/{t.element}: {t.message}" for t in troubles) or "không có sự cố nào"
