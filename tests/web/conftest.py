"""Fixtures of the web: an app on a province of its own, and people who are signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from engine.clock import FixedClock
from engine.definitions import commands as definitions
from engine.definitions.shipped import Bundle
from engine.directory.models import Person
from engine.platform import Platform, Work, system
from tests import builders
from tests.conftest import NOW
from tests.furnished import Furnished, furnished
from tests.played import installation
from tests.servers import TestServers
from web.app import create_app

SignIn = Callable[[Person], FlaskClient]

FORM = {
    "type": "default",
    "id": "accept",
    "components": [
        {
            "type": "radio", "id": "decision", "key": "decision", "label": "Quyết định", "validate": {"required": True},
            "values": [{"value": "accept", "label": "Tiếp nhận"}, {"value": "refuse", "label": "Từ chối tiếp nhận"}],
        },
        {
            "type": "textfield", "id": "reason", "key": "reason", "label": "Lý do", "validate": {"required": True},
            "conditional": {"hide": '=decision != "refuse"'},
        },
    ],
}  # fmt: skip


def procedure(key: str, group: str) -> Bundle:
    """A procedure of one task for a group: start, `take-in` with a form, end."""
    diagram = f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions" targetNamespace="http://example.com/{key}">
  <bpmn:process id="{key}" name="Quy trình thử" isExecutable="true">
    <bpmn:startEvent id="begin"><bpmn:outgoing>begin-to-take-in</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="take-in" name="Tiếp nhận văn bản" camunda:candidateGroups="{group}" camunda:formRef="accept">
      <bpmn:documentation>Xem văn bản rồi quyết định.</bpmn:documentation>
      <bpmn:incoming>begin-to-take-in</bpmn:incoming><bpmn:outgoing>take-in-to-end</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="done"><bpmn:incoming>take-in-to-end</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="begin-to-take-in" sourceRef="begin" targetRef="take-in" />
    <bpmn:sequenceFlow id="take-in-to-end" sourceRef="take-in" targetRef="done" />
  </bpmn:process>
</bpmn:definitions>"""
    return Bundle(key, "Quy trình thử", diagram.encode(), {"accept": FORM}, {})


def publish(work: Work, bundle: Bundle) -> None:
    """Put a procedure in force for every agency."""
    definitions.publish(work, definitions.save_draft(work, bundle, None, None).id)


def furnish(platform: Platform) -> builders.Province:
    """Put two small procedures in force in the invented province."""
    platform.run(system(), publish, procedure("incoming-document", "clerk"))
    platform.run(system(), publish, procedure("outgoing-document", "specialist"))
    return builders.province(platform)


@pytest.fixture(scope="session")
def made_province(
    servers: TestServers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    """A database with the province in it, made once and copied by every test of this folder."""
    clock = FixedClock(NOW)
    with furnished(servers, template_database, clock, tmp_path_factory.mktemp("province"), furnish) as made:
        yield made


@pytest.fixture
def platform(made_province: Furnished, redis_url: str, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    """A platform of this test alone, with the province and two small procedures in force."""
    with made_province.copied() as url:
        made = builders.platform(installation(url, tmp_path, redis_url), clock, tmp_path / "files")
        yield made
        made.engine.dispose()


@pytest.fixture
def province(platform: Platform, made_province: Furnished) -> builders.Province:
    """The invented province."""
    province: builders.Province = made_province.made()
    return province


class Compiled(BytecodeCache):
    """Templates as they were compiled for the app of an earlier test: a source is known by its name and its words."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what is known of a template."""
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what has just been compiled."""
        self._known[bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()


@pytest.fixture
def app(platform: Platform) -> Flask:
    """The web of the platform; form tokens are off, test_session turns them on."""
    made = create_app(platform.settings, platform)
    made.jinja_env.bytecode_cache = COMPILED
    made.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return made


@pytest.fixture
def sign_in(app: Flask, platform: Platform) -> SignIn:
    """Give a client that is signed in as a person, without the time a password takes."""

    def enter(person: Person) -> FlaskClient:
        client = app.test_client()
        moment = platform.clock.now().timestamp()
        with client.session_transaction() as session:
            changed = person.password_changed_at
            session.update(person=person.id, since=moment, seen=moment, stamp=changed.isoformat() if changed else "")
        return client

    return enter
