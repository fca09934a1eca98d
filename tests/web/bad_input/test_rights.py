"""Whoever is no analyst gets 403 on every route of the screens where procedures are drawn, published and moved."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import Rule

from engine.platform import Platform
from tests import builders
from tests.web.bad_input.refusals import refused, unchanged
from tests.web.conftest import SignIn
from tests.web.test_tenancy import METHODS, address, ids  # noqa: F401 - a fixture

SCREENS = {"modeler", "drafts", "scenarios", "versions", "adaptation", "flight", "practice", "waivers"}
# Answers to these would be given to an analyst; bodies are right, so that only the right is missing.
BODIES = {"reason": "Thử", "version": "1", "line": "own", "rule": "law.filed", "procedure": "incoming-document",
          "old": "1", "new": "1", "do": "all", "step": "own", "other": "1"}  # fmt: skip


def drawn(app: Flask) -> list[Rule]:
    """Every route of those screens."""
    found = [rule for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in SCREENS]
    assert {rule.endpoint.partition(".")[0] for rule in found} == SCREENS
    return found


@pytest.mark.parametrize("roles", [(), ("clerk", "leader", "unit-head", "specialist", "form-checker")])
def test_without_a_reading_role_every_route_is_forbidden(
    app: Flask, platform: Platform, province: builders.Province, ids: dict[str, int], sign_in: SignIn,  # noqa: F811
    roles: tuple[str, ...],
) -> None:  # fmt: skip
    office = province.department
    client = sign_in(builders.person(platform, office.agency, *roles, unit=office.unit))
    with unchanged(platform):
        for rule in drawn(app):
            for method in sorted((rule.methods or set()) & METHODS):
                where = address(app, rule, ids)
                scripted = rule.endpoint.startswith(("drafts", "scenarios"))
                sent = {"json": {"edition": 1}} if scripted else {"data": BODIES}
                answer = client.open(where, method=method, **({} if method == "GET" else sent))  # type: ignore[arg-type]
                refused(answer, 403, about=f"{method} {rule.rule}")
