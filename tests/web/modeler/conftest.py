"""Analysts of two agencies and a draft of the first."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from engine.definitions import drafting, queries
from engine.definitions.models import Version
from engine.directory.models import Person
from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn

KEY = "incoming-document"


@dataclass
class Studio:
    """A department's draft of the shipped procedure, its analyst, and others who come by."""

    platform: Platform
    analyst: Person
    stranger: Person
    clerk: Person
    provincial: Person
    draft_id: int
    shipped_id: int
    sign_in: SignIn

    @property
    def client(self) -> FlaskClient:
        """The analyst's browser."""
        return self.sign_in(self.analyst)

    def version(self) -> Version:
        """The draft as the database has it now."""
        with self.platform.reading() as session:
            return session.get_one(Version, self.draft_id)


@pytest.fixture
def studio(platform: Platform, province: builders.Province, sign_in: SignIn) -> Studio:
    """The department's analyst has begun a draft."""
    agency = province.department.agency
    analyst = builders.person(platform, agency, "process-analyst", full_name="Trần Thị Vẽ")
    with platform.reading() as session:
        shipped = queries.current(session, KEY, agency.id)
    draft = platform.run(builders.actor(platform, analyst), drafting.start_draft, KEY, agency.id, shipped, "Thêm bước")
    return Studio(
        platform,
        analyst,
        builders.person(platform, province.commune.agency, "process-analyst"),
        province.department["clerk"],
        builders.person(platform, agency, "provincial-admin"),
        draft.id,
        shipped,
        sign_in,
    )
