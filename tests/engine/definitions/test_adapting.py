"""What a variant goes back to, whether its base moved on, and taking the newer base over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.clock import FixedClock
from engine.definitions import adapting, commands, drafting, queries
from engine.definitions.models import Version
from engine.definitions.shipped import Bundle
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.platform import Platform, Work, system
from engine.settings import Settings
from tests import builders
from tests.bpmn_text import END, START, chain, process, user


def bundle(*names: str) -> Bundle:
    """A procedure of these tasks in a row, named as they are called."""
    diagram = process("one", [START, *(user(name) for name in names), END, chain("start", *names, "end")])
    return Bundle("one", "Một", diagram, {}, {})


BASE = bundle("work")


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    made = builders.platform(settings, clock, tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def office(platform: Platform) -> builders.Office:
    return builders.office(platform)


def ship(platform: Platform, content: Bundle) -> int:
    def make(work: Work) -> int:
        return commands.publish(work, drafting.add_version(work, content, None, None, "").id).id

    return platform.run(system(), make)


def adapt(platform: Platform, office: builders.Office, content: Bundle, based_on: int) -> int:
    def make(work: Work) -> int:
        return commands.publish(work, drafting.add_version(work, content, office.id, based_on, "").id).id

    return platform.run(system(), make)


def base_and_newer(platform: Platform, version_id: int) -> tuple[int | None, int | None]:
    with platform.reading() as session:
        version = session.get_one(Version, version_id)
        base, newer = adapting.base_of(session, version), adapting.moved_on(session, version)
        return base.id if base else None, newer.id if newer else None


def named(content: Bundle, name: str) -> Bundle:
    said = f'id="work" name="{name}"'.encode()
    return replace(content, diagram=content.diagram.replace(b'id="work" name="work"', said))


def test_a_variant_goes_back_to_the_shared_version_through_its_own_earlier_ones(
    platform: Platform, office: builders.Office
) -> None:
    shared = ship(platform, BASE)
    first = adapt(platform, office, named(BASE, "Riêng"), shared)
    second = adapt(platform, office, named(BASE, "Riêng hơn"), first)
    assert base_and_newer(platform, second) == (shared, None)
    assert base_and_newer(platform, shared) == (None, None)
    newer = ship(platform, bundle("work", "more"))
    assert base_and_newer(platform, second) == (shared, newer)
    assert base_and_newer(platform, adapt(platform, office, BASE, newer)) == (newer, None)


def test_a_new_version_with_the_same_content_is_no_move(platform: Platform, office: builders.Office) -> None:
    variant = adapt(platform, office, named(BASE, "Riêng"), ship(platform, BASE))
    ship(platform, BASE)
    assert base_and_newer(platform, variant)[1] is None


def test_a_procedure_of_the_agencys_own_has_no_base(platform: Platform, office: builders.Office) -> None:
    def make(work: Work) -> int:
        return commands.publish(work, drafting.add_version(work, BASE, office.id, None, "").id).id

    version_id = platform.run(system(), make)
    assert base_and_newer(platform, version_id) == (None, None)
    with pytest.raises(Conflict, match="Không có quy trình dùng chung"):
        platform.run(builders.actor(platform, office["agency-admin"]), commands.retire, version_id, "Thôi")


def test_taking_over_wants_the_right_the_seen_base_and_every_answer(
    platform: Platform, office: builders.Office
) -> None:
    shared = ship(platform, named(BASE, "Làm"))
    variant = adapt(platform, office, named(BASE, "Làm riêng"), shared)
    newer = ship(platform, named(bundle("work", "more"), "Làm mới"))
    admin, clerk = (builders.actor(platform, office[role]) for role in ("agency-admin", "clerk"))
    stranger = builders.actor(platform, builders.office(platform)["agency-admin"])
    key = "diagram::work:@name"
    with pytest.raises(NotAllowed):
        platform.run(clerk, adapting.take_over, variant, newer, 1, {key: "mine"})
    with pytest.raises(NotFound):
        platform.run(stranger, adapting.take_over, variant, newer, 1, {key: "mine"})
    with pytest.raises(Conflict):
        platform.run(admin, adapting.take_over, variant, shared, 1, {key: "mine"})
    with pytest.raises(Conflict):
        platform.run(admin, adapting.take_over, variant, newer, 2, {key: "mine"})
    with pytest.raises(InvalidInput, match="xung đột"):
        platform.run(admin, adapting.take_over, variant, newer, 1, {})
    made = platform.run(admin, adapting.take_over, variant, newer, 1, {key: "mine"})
    assert (made.state, made.based_on_id, made.created_by_id) == ("draft", newer, admin.person_id)
    assert 'name="Làm riêng"' in made.diagram.decode()
    assert 'id="more"' in made.diagram.decode()


def test_a_retired_variant_leaves_who_when_and_why(platform: Platform, office: builders.Office) -> None:
    shared = ship(platform, BASE)
    variant = adapt(platform, office, named(BASE, "Riêng"), shared)
    admin = builders.actor(platform, office["agency-admin"])
    with pytest.raises(InvalidInput):
        platform.run(admin, commands.retire, variant, " ")
    platform.run(admin, commands.retire, variant, "Dùng bản chung")
    with platform.reading() as session:
        ending = adapting.endings(session, [variant, shared])
        assert ending.keys() == {variant}
        assert (ending[variant].who, ending[variant].reason) == (admin.name, "Dùng bản chung")
        assert queries.current(session, "one", office.id) == shared


def test_the_shared_version_ends_only_when_nobody_needs_it(platform: Platform, office: builders.Office) -> None:
    shared = ship(platform, BASE)
    admin = builders.actor(platform, builders.person(platform, office.agency, "provincial-admin"))
    with pytest.raises(Conflict, match="Có 1 cơ quan đang dùng"):
        platform.run(admin, commands.retire, shared, "Thôi")
    adapt(platform, office, named(BASE, "Riêng"), shared)
    assert platform.run(admin, commands.retire, shared, "Thôi").state == "retired"
