"""Somebody whom every role is given, and a task that asks every kind of question."""

from __future__ import annotations

import dataclasses

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.directory.models import Person
from engine.instances import cases
from engine.platform import Platform, system
from engine.tasks.models import Task
from tests import builders
from tests.web.bad_input.refusals import EVERY_ROLE, RICH
from tests.web.conftest import SignIn, procedure, publish


@pytest.fixture
def office(province: builders.Province) -> builders.Office:
    """The department."""
    return province.department


@pytest.fixture
def all_round(platform: Platform, office: builders.Office) -> Person:
    """Somebody with every role: what is refused is refused for what it is, not for who asks."""
    return builders.person(platform, office.agency, *EVERY_ROLE, unit=office.unit, full_name="Người Đủ Vai")


@pytest.fixture
def client(all_round: Person, sign_in: SignIn) -> FlaskClient:
    """The browser of somebody with every role."""
    return sign_in(all_round)


@pytest.fixture
def task_id(platform: Platform, office: builders.Office) -> int:
    """An open task that asks every kind of question."""
    bundle = dataclasses.replace(procedure("incoming-document", "clerk"), forms={"accept": RICH})
    platform.run(system(), publish, bundle)
    clerk = builders.actor(platform, office["clerk"])
    _, instance = platform.run(
        clerk, cases.begin_incoming, agency_id=office.id, subject="Văn bản thử", code="9/UBND",
        organ_name="UBND xã Bên Kia", main_file=builders.Upload("van-ban.pdf", builders.pdf("m")),
    )  # fmt: skip
    with platform.reading() as session:
        return session.scalars(select(Task.id).where(Task.instance_id == instance.id)).one()
