"""`records.collect` in a diagram: as the person who chose, into an open dossier, or an error that can be caught."""

from __future__ import annotations

import pytest

from connectors.catalog import catalog
from engine.errors import BusinessError
from engine.platform import Platform, Work, system
from engine.records import commands, queries
from engine.records.operations import Collect, Collected, collect
from tests import builders
from tests.builders import Office, actor


def call(platform: Platform, office: Office, **given: int | None) -> Collected:
    def run(work: Work) -> Collected:
        before = work.actor
        try:
            return collect(Collect(**given), work)  # type: ignore[arg-type]
        finally:
            assert work.actor is before

    return platform.run(system(office.id), run)


def test_a_document_is_collected_as_the_person_who_chose(platform: Platform, office: Office, other: Office) -> None:
    document = builders.registered(platform, office)
    clerk = office["clerk"]
    row = platform.run(actor(platform, clerk), commands.add_dossier, title="Hồ sơ", year=2026, retention_years=5)
    assert call(platform, office, document=document.id, dossier=None) == Collected("", 0)
    assert call(platform, office, document=document.id, dossier=row.id, person=clerk.id) == Collected("01.QLXD", 1)
    assert call(platform, office, document=document.id, dossier=row.id, person=clerk.id).added == 0
    for person in (office["specialist"].id, other["clerk"].id):
        with pytest.raises(BusinessError):
            call(platform, office, document=document.id, dossier=row.id, person=person)
    platform.run(actor(platform, clerk), commands.freeze, row.id, "Thanh tra")
    with pytest.raises(BusinessError, match="đang bị khóa") as refused:
        call(platform, office, document=document.id, dossier=row.id, person=clerk.id)
    assert refused.value.code == "records.refused"
    with platform.reading() as session:
        assert len(queries.documents_in(session, row.id)) == 1


def test_diagrams_may_name_it() -> None:
    found = next(each for each in catalog() if each.key == "records.collect")
    assert [each.name for each in found.parameters] == ["document", "dossier", "person"]
    assert not found.outside
