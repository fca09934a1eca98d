"""What a new version would do to the cases that run: tried with the real core on copies, nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn import run
from engine.definitions import queries as definitions
from engine.definitions.queries import Ready
from engine.errors import Conflict, PlatformError
from engine.instances.models import Instance
from engine.instances.timing.functions import functions
from engine.platform import Actor

MAX_TRIED = 5_000  # cases of one preview; with more, the first ones stand for the rest and the page says so
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Route:
    """Where tokens at one element would go, and how many cases that concerns."""

    element: str
    name: str
    target: str
    target_name: str
    cases: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why cases can't be moved; `instances` names them."""

    element: str
    name: str
    sentence: str
    instances: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """What moving would do: `total` running cases, of which `tried` were tried and `movable` would go over."""

    total: int
    tried: int
    movable: int
    routes: tuple[Route, ...]
    refusals: tuple[Refusal, ...]
    added: tuple[
        tuple[str, int], ...
    ]  # timers, messages and signals that would be waited for anew, with how many cases
    dropped: int  # waits at the border of a task that the new version no longer has
    gone: frozenset[str]  # elements where cases stand that the new version hasn't got under that name


@dataclass(frozen=True, slots=True)
class _Present:
    session: Session
    now: datetime


def running(session: Session, agency_id: int | None, version_id: int) -> int:
    """How many cases of an agency run on a version; of all agencies when `agency_id` is None."""
    rows = select(func.count()).where(Instance.version_id == version_id, Instance.status == "running")
    return session.scalar(rows if agency_id is None else rows.where(Instance.agency_id == agency_id)) or 0


def impact(
    session: Session, actor: Actor, old: Ready, new: Ready, now: datetime, renamed: Mapping[str, str] = NOTHING
) -> Impact:
    """Try every running case of the actor's agency on the new version; `renamed` maps old element ids to new ones."""
    agency_id = actor.agency_id or 0
    callables = functions(_Present(session, now), agency_id)
    cases = session.execute(
        select(Instance.id, Instance.state)
        .where(Instance.agency_id == agency_id, Instance.version_id == old.version_id, Instance.status == "running")
        .order_by(Instance.id)
        .limit(MAX_TRIED)
    )
    tally = _Tally(old, new)
    for instance_id, state in cases:
        before = {place.token: place.element for place in run.places(old.procedure, state)}
        try:
            step = run.move(new.procedure, state, now, callables, renamed)
        except PlatformError as error:
            tally.refuse(instance_id, before, renamed, error)
            continue
        tally.take(before, step)
    return tally.result(running(session, agency_id, old.version_id))


class _Tally:
    """Counts cases by what would become of them."""

    def __init__(self, old: Ready, new: Ready) -> None:
        self.old, self.new = old, new
        self.routes: Counter[tuple[str, str]] = Counter()
        self.added: Counter[str] = Counter()
        self.refused: dict[tuple[str, str], list[int]] = {}
        self.gone: set[str] = set()
        self.tried = self.movable = self.dropped = 0

    def take(self, before: Mapping[str, str], step: run.Step) -> None:
        """A case that would go over."""
        after = {place.token: place.element for place in run.places(self.new.procedure, step.state)}
        self.tried, self.movable = self.tried + 1, self.movable + 1
        self.routes.update({(element, after.get(token, element)) for token, element in before.items()})
        self.added.update({wait.element for wait in step.opened})
        self.dropped += len(step.closed)

    def refuse(
        self, instance_id: int, before: Mapping[str, str], renamed: Mapping[str, str], error: PlatformError
    ) -> None:
        """A case that can't go over, told at the first element that has no place."""
        self.tried += 1
        lost = sorted({e for e in before.values() if renamed.get(e, e) not in self.new.procedure.elements})
        self.gone.update(lost)
        element = lost[0] if lost else next(iter(before.values()), "")
        self.refused.setdefault((element, str(error)), []).append(instance_id)

    def result(self, total: int) -> Impact:
        """Everything counted, the most frequent first."""
        return Impact(
            total,
            self.tried,
            self.movable,
            tuple(
                Route(element, _name(self.old, element), target, _name(self.new, target), number)
                for (element, target), number in self.routes.most_common()
            ),
            tuple(
                Refusal(element, _name(self.old, element), sentence, tuple(ids))
                for (element, sentence), ids in sorted(self.refused.items(), key=lambda each: -len(each[1]))
            ),
            tuple((_name(self.new, element), number) for element, number in self.added.most_common()),
            self.dropped,
            frozenset(self.gone),
        )


def _name(ready: Ready, element: str) -> str:
    found = ready.procedure.elements.get(element)
    return found.name or element if found is not None else element


def readied(session: Session, actor: Actor, old_id: int, new_id: int) -> tuple[Ready, Ready]:
    """Both versions, parsed; the new one may still be a draft.

    NotFound when one isn't the actor's to see, Conflict when they are of different procedures, DefinitionError when the
    draft can't be run.
    """
    _old_version, old_line = definitions.version(session, actor, old_id)
    version, line = definitions.version(session, actor, new_id)
    if old_line.key != line.key:
        raise Conflict("Hai phiên bản thuộc hai quy trình khác nhau nên không chuyển hồ sơ được.")
    # a draft changes under the same id, so its parsed form is never kept
    drafted = version.state == "draft"
    new = definitions.parse(version, line.key, line.name) if drafted else definitions.ready(session, new_id)
    return definitions.ready(session, old_id), new
