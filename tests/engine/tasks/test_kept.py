"""Kept filters of the inbox: one's own and a role's, each with what it finds for whoever looks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.directory import commands as directory
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.platform import Actor, Platform, system
from engine.tasks import kept
from engine.tasks.filters import Filter
from engine.tasks.models import Task, TaskCandidate
from tests import builders

LATE = Filter(due="late")


@pytest.fixture
def office(platform: Platform) -> builders.Office:
    """An agency whose clerks have two tasks, one of them late."""
    made = builders.office(platform)
    for hours in (-1, 30):
        platform.run(system(), _wait, made.id, builders.arrived(platform, made).id, hours)
    return made


def _wait(work: Any, agency_id: int, document_id: int, hours: int) -> None:
    task = Task(
        agency_id=agency_id, instance_id=1, token="t", data={}, element="e", name="Xử lý", procedure="p", answers={},
        document_id=document_id, created_at=work.now, due_at=work.now + timedelta(hours=hours),
    )  # fmt: skip
    work.session.add(task)
    work.session.flush()
    work.session.add(TaskCandidate(task_id=task.id, group="clerk", agency_id=agency_id))


def seen(platform: Platform, actor: Actor) -> dict[str, int]:
    """What somebody has in the sidebar, with its counts."""
    with platform.reading() as session:
        found = kept.kept_filters(session, actor)
        counts = kept.kept_counts(session, actor, found, platform.clock.now())
    return {each.name: counts[each.id] for each in found}


def test_ones_own_is_counted_for_oneself_and_seen_by_nobody_else(platform: Platform, office: builders.Office) -> None:
    clerk = builders.actor(platform, office["clerk"])
    platform.run(clerk, kept.keep_filter, "Quá hạn", "groups", LATE, "")
    platform.run(clerk, kept.keep_filter, "Trật tự", "groups", Filter(), "TRAT TU")
    assert seen(platform, clerk) == {"Quá hạn": 1, "Trật tự": 2}
    platform.run(clerk, kept.keep_filter, "Quá hạn", "groups", Filter(due="today"), "")  # the same name: other choices
    assert seen(platform, clerk)["Quá hạn"] == 0
    other = builders.actor(platform, builders.person(platform, office.agency, "clerk"))
    assert seen(platform, other) == {}


def test_a_shared_one_is_seen_by_its_role_in_the_agency(platform: Platform, office: builders.Office) -> None:
    clerk = builders.actor(platform, office["clerk"])
    row = platform.run(clerk, kept.keep_filter, "Chung", "groups", LATE, "", "clerk")
    colleague = builders.actor(platform, builders.person(platform, office.agency, "clerk"))
    stranger = builders.actor(platform, builders.office(platform)["clerk"])
    assert (seen(platform, colleague), seen(platform, stranger)) == ({"Chung": 1}, {})
    assert seen(platform, builders.actor(platform, office["leader"])) == {}
    for who, error in ((colleague, NotAllowed), (stranger, NotFound), (_leader(platform, office), NotFound)):
        with pytest.raises(error):
            platform.run(who, kept.forget_filter, row.id)
    with platform.reading() as session, pytest.raises(NotFound):
        kept.kept_filter(session, stranger, row.id)
    platform.run(builders.actor(platform, office["agency-admin"]), kept.forget_filter, row.id)
    assert seen(platform, clerk) == {}


def _leader(platform: Platform, office: builders.Office) -> Actor:
    return builders.actor(platform, office["leader"])


def test_it_is_shared_with_a_role_one_holds(platform: Platform, office: builders.Office) -> None:
    clerk = builders.actor(platform, office["clerk"])
    for role in ("leader", "nonsense"):
        with pytest.raises(NotAllowed):
            platform.run(clerk, kept.keep_filter, "Chung", "groups", LATE, "", role)
    admin = builders.actor(platform, office["agency-admin"])
    platform.run(admin, kept.keep_filter, "Của lãnh đạo", "mine", LATE, "", "leader")
    assert seen(platform, _leader(platform, office)) == {"Của lãnh đạo": 0}
    platform.run(system(), directory.grant_role, office["specialist"].id, "leader")
    assert seen(platform, builders.actor(platform, office["specialist"])) == {"Của lãnh đạo": 0}


@pytest.mark.parametrize(
    ("name", "box", "wanted"),
    [("", "mine", LATE), ("x" * 61, "mine", LATE), ("Tên", "nothing", LATE), ("Tên", "mine", Filter())],
)
def test_what_is_no_filter_is_refused(
    platform: Platform, office: builders.Office, name: str, box: str, wanted: Filter
) -> None:
    with pytest.raises(InvalidInput):
        platform.run(builders.actor(platform, office["clerk"]), kept.keep_filter, name, box, wanted, "")


def test_there_is_an_end_to_keeping(platform: Platform, office: builders.Office) -> None:
    clerk = builders.actor(platform, office["clerk"])
    for number in range(kept.MOST):
        platform.run(clerk, kept.keep_filter, f"Số {number}", "mine", LATE, "")
    with pytest.raises(InvalidInput):
        platform.run(clerk, kept.keep_filter, "Một nữa", "mine", LATE, "")
    assert len(seen(platform, clerk)) == kept.MOST
