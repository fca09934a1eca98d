"""Drafts: begun from a version, saved by editions, set aside; nobody overwrites anybody unseen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.audit import AuditEntry
from engine.clock import FixedClock
from engine.definitions import commands, drafting, queries
from engine.definitions.models import Version
from engine.definitions.shipped import Bundle
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.platform import Actor, Platform, system
from engine.settings import Settings
from tests import builders
from tests.engine.definitions.test_commands import ONE as XML

EMPTY: dict[str, object] = {"name": "Thường", "step": []}


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    made = builders.platform(settings, clock, tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def province(platform: Platform) -> builders.Province:
    return builders.province(platform)


def analyst(office: builders.Office, *roles: str) -> Actor:
    person = office["clerk"]
    return Actor(person.id, office.agency.id, person.full_name, frozenset(roles or ("process-analyst",)))


def shipped(platform: Platform) -> Version:
    bundle = Bundle("one", "Một", XML, {}, {}, {"thường": EMPTY})
    draft = platform.run(system(), commands.save_draft, bundle, None, None)
    return platform.run(system(), commands.publish, draft.id)


def test_a_draft_begins_as_a_copy_and_knows_its_base(platform: Platform, province: builders.Province):
    base = shipped(platform)
    who = analyst(province.department)
    draft = platform.run(who, drafting.start_draft, "one", who.agency_id, base.id, "Thêm bước thẩm tra")
    assert (draft.state, draft.based_on_id, draft.number) == ("draft", base.id, 1)
    assert (draft.diagram, draft.scenarios, draft.content_hash) == (base.diagram, base.scenarios, base.content_hash)


def test_saving_counts_editions_and_keeps_what_is_not_given(platform: Platform, province: builders.Province):
    base = shipped(platform)
    who = analyst(province.department)
    draft = platform.run(who, drafting.start_draft, "one", who.agency_id, base.id)
    kept = platform.run(who, drafting.keep_draft, draft.id, 1, forms={"f": {"components": []}})
    assert (kept.edition, kept.diagram, kept.forms) == (2, XML, {"f": {"components": []}})
    assert kept.content_hash != base.content_hash


def test_what_cannot_be_run_yet_is_kept_all_the_same(platform: Platform, province: builders.Province):
    who = analyst(province.department)
    draft = platform.run(who, drafting.start_draft, "one", who.agency_id, shipped(platform).id)
    assert platform.run(who, drafting.keep_draft, draft.id, 1, diagram=b"<half").diagram == b"<half"


def test_who_saves_an_older_edition_is_told_who_was_faster(platform: Platform, province: builders.Province):
    who = analyst(province.department)
    draft = platform.run(who, drafting.start_draft, "one", who.agency_id, shipped(platform).id)
    platform.run(who, drafting.keep_draft, draft.id, 1, diagram=b"<mine")
    with pytest.raises(Conflict, match=who.name):
        platform.run(who, drafting.keep_draft, draft.id, 1, diagram=b"<other")
    with platform.reading() as session:
        assert session.get_one(Version, draft.id).diagram == b"<mine"


def test_too_large_a_draft_is_refused_in_words(platform: Platform, province: builders.Province):
    who = analyst(province.department)
    draft = platform.run(who, drafting.start_draft, "one", who.agency_id, shipped(platform).id)
    with pytest.raises(InvalidInput, match="5 MB"):
        platform.run(who, drafting.keep_draft, draft.id, 1, diagram=b"x" * (drafting.MAX_BYTES + 1))
    with pytest.raises(InvalidInput, match="5 MB"):
        platform.run(who, drafting.keep_draft, draft.id, 1, forms={"f": "x" * drafting.MAX_BYTES})


def test_a_discarded_draft_leaves_the_lists_and_stays_in_the_audit(platform: Platform, province: builders.Province):
    who = analyst(province.department)
    draft = platform.run(who, drafting.start_draft, "one", who.agency_id, shipped(platform).id)
    platform.run(who, drafting.discard_draft, draft.id, "Làm lại")
    with platform.reading() as session:
        own = [line for line in queries.overview(session, who) if line.definition.agency_id == who.agency_id]
        assert own[0].drafts == ()
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "version.discarded")).one()
    with pytest.raises(Conflict):
        platform.run(who, drafting.keep_draft, draft.id, 1, diagram=XML)


def test_another_agency_sees_neither_draft_nor_variant(platform: Platform, province: builders.Province):
    who, other = analyst(province.department), analyst(province.commune)
    base = shipped(platform)
    draft = platform.run(who, drafting.start_draft, "one", who.agency_id, base.id)
    with platform.reading() as session:
        assert [line.definition.agency_id for line in queries.overview(session, other)] == [None]
        with pytest.raises(NotFound):
            queries.version(session, other, draft.id)
    with pytest.raises(NotFound):
        platform.run(other, drafting.keep_draft, draft.id, 1, diagram=XML)
    with pytest.raises(NotAllowed):
        platform.run(other, drafting.start_draft, "one", who.agency_id, base.id)
    with pytest.raises(NotFound):
        platform.run(other, drafting.start_draft, "one", other.agency_id, draft.id)


def test_without_a_role_nothing_is_read(platform: Platform, province: builders.Province):
    nobody = analyst(province.department, "clerk")
    with platform.reading() as session, pytest.raises(NotAllowed):
        queries.overview(session, nobody)


def test_shipped_lines_are_the_provincial_admins(platform: Platform, province: builders.Province):
    base = shipped(platform)
    with pytest.raises(NotAllowed):
        platform.run(analyst(province.department), drafting.start_draft, "one", None, base.id)
    chief = analyst(province.department, "provincial-admin")
    assert platform.run(chief, drafting.start_draft, "one", None, base.id).number == 2
