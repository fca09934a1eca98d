"""The editor of one draft in one browser session, as the tests of the modeler hold it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, expect

from engine.definitions import drafting
from engine.definitions.models import Version
from engine.definitions.shipped import Bundle
from engine.platform import Platform, Work, system
from tests.browser.conftest import House

FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
    xmlns:acme="urn:example:acme" id="d" targetNamespace="urn:t">
  <bpmn:process id="tham-tra" name="Thẩm tra" isExecutable="true" acme:colour="blue">
    <bpmn:startEvent id="start"><bpmn:outgoing>start-to-check</bpmn:outgoing></bpmn:startEvent>
    <bpmn:serviceTask id="check" name="Kiểm tra">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="check" retries="3"/>
        <acme:note level="2"><acme:inner>giữ nguyên</acme:inner></acme:note>
      </bpmn:extensionElements>
      <bpmn:incoming>start-to-check</bpmn:incoming><bpmn:outgoing>check-to-end</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:endEvent id="end"><bpmn:incoming>check-to-end</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="start-to-check" sourceRef="start" targetRef="check"/>
    <bpmn:sequenceFlow id="check-to-end" sourceRef="check" targetRef="end"/>
  </bpmn:process>
</bpmn:definitions>"""
"""A procedure without a drawing, with elements of other tools in it."""


@dataclass
class Studio:
    """The editor of one draft in one browser session."""

    page: Page
    house: House
    draft_id: int
    complaints: list[str] = field(default_factory=list)

    @property
    def saved(self) -> Locator:
        return self.page.locator("[data-saved]")

    @property
    def problems(self) -> Locator:
        return self.page.locator("#drawer-body-problems")

    def open(self) -> None:
        self.page.goto(f"{self.house.address}/modeler/drafts/{self.draft_id}")
        self.ready()

    def ready(self) -> None:
        expect(self.page.locator("[data-studio]")).to_have_attribute("data-studio-state", "ready")

    def run(self, script: str, argument: Any = None) -> Any:
        """Evaluate `(studio, argument) => …` in the page."""
        return self.page.evaluate(
            f"async (given) => ({script})(document.querySelector('[data-studio]').studio, given)", argument
        )

    def select(self, element: str) -> None:
        self.run("(studio, id) => { studio.focus(id); studio.modeler.get('canvas').focus(); }", element)

    def change(self, element: str, **properties: str) -> None:
        """Change attributes of an element, `camunda_x` for camunda:x, as one step of undo."""
        given = {name.replace("camunda_", "camunda:"): value for name, value in properties.items()}
        self.run(
            "(studio, [id, given]) => studio.modeler.get('modeling')"
            ".updateProperties(studio.modeler.get('elementRegistry').get(id), given)",
            [element, given],
        )

    def element(self, element: str) -> Locator:
        return self.page.locator(f'.djs-element[data-element-id="{element}"]')

    def drawn(self) -> str:
        """The diagram as it is drawn now."""
        return str(self.run("async (studio) => (await studio.content()).diagram"))

    def kept(self) -> Version:
        """The draft as the database has it."""
        with self.house.platform.reading() as session:
            return session.get_one(Version, self.draft_id)

    def is_saved(self) -> None:
        expect(self.saved).to_have_attribute("data-state", "saved")

    def pick(self, *typed: str) -> None:
        """Choose from the open list by typing."""
        dialog = self.page.locator("dialog.pick")
        dialog.get_by_role("searchbox").fill(" ".join(typed))
        self.page.keyboard.press("Enter")
        expect(dialog).to_have_count(0)

    def choices(self) -> Locator:
        return self.page.locator("dialog.pick .pick-list button b")


def draft_of(platform: Platform, agency_id: int, bundle: Bundle) -> int:
    """A fresh draft of a bundle."""

    def make(work: Work) -> int:
        return drafting.add_version(work, bundle, agency_id, None, "").id

    return platform.run(system(), make)
