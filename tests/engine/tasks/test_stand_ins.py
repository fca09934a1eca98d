"""Stand-ins for one kind of work: what they find in their box, may finish, may read, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.directory import commands as directory
from engine.documents import commands as documents
from engine.documents import queries
from engine.documents.prints import slip
from engine.errors import InvalidInput, NotFound
from engine.platform import Actor, Platform, Work, system
from engine.tasks import rules
from engine.tasks.models import Task
from engine.tasks.queries import inbox
from tests import builders
from tests.builders import Office, actor


def standing_in(platform: Platform, office: Office, *kinds: str) -> Actor:
    """The form checker's colleague, who acts for the unit head in these kinds of work."""
    other = builders.person(platform, office.agency, "specialist", unit=builders.unit(platform, office.agency))

    def name(work: Work) -> None:
        directory.add_stand_in(
            work, office["specialist"].id, other.id, valid_from=work.now, valid_to=work.now + timedelta(days=3),
            kinds=kinds,
        )  # fmt: skip

    platform.run(system(office.id), name)
    return actor(platform, other)


def waiting(platform: Platform, office: Office, procedure: str) -> Task:
    def open_it(work: Work) -> Task:
        task = Task(
            agency_id=office.id, instance_id=1, token=procedure, data={}, element="e", name="Xử lý", answers={},
            procedure=procedure, created_at=work.now, assignee_id=office["specialist"].id,
        )  # fmt: skip
        work.session.add(task)
        work.session.flush()
        return task

    return platform.run(system(office.id), open_it)


def test_only_the_chosen_kind_of_work_is_theirs(platform: Platform, office: Office) -> None:
    incoming, outgoing = (waiting(platform, office, key) for key in ("resolution", "outgoing-document"))
    who = standing_in(platform, office, "incoming")
    with platform.reading() as session:
        found = [row.id for row in inbox(session, who, "stand-in", platform.clock.now())]
    assert found == [incoming.id]
    assert rules.may_complete(who, incoming, frozenset())
    assert not rules.may_complete(who, outgoing, frozenset())
    assert who.standing_in_for == frozenset()  # nothing else follows from it


def test_documents_of_that_kind_are_read(platform: Platform, office: Office) -> None:
    draft = builders.draft(platform, office)
    with platform.reading() as session:
        assert queries.get(session, standing_in(platform, office, "outgoing"), draft.id)
        with pytest.raises(NotFound):
            queries.get(session, standing_in(platform, office, "incoming", "dossier"), draft.id)


def test_all_kinds_are_everything_and_unknown_ones_are_refused(platform: Platform, office: Office) -> None:
    who = standing_in(platform, office, "incoming", "outgoing", "dossier")
    assert who.standing_in_for == {office["specialist"].id}
    with pytest.raises(InvalidInput):
        standing_in(platform, office, "holiday")


def test_both_names_stand_on_the_slip(platform: Platform, office: Office) -> None:
    document = builders.registered(platform, office)
    deputy = replace(actor(platform, office["clerk"]), acting_for_id=office["leader"].id)
    platform.run(deputy, documents.instruct, document.id, lead_unit=office.unit.id, text="Xử lý ngay")
    with platform.reading() as session:
        made = slip.slip_of(session, actor(platform, office["clerk"]), document.id)
    said = str(made)
    assert f"{office['clerk'].full_name} (thay {office['leader'].full_name})" in said
