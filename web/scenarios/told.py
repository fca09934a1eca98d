"""Standings, walks and coverage as the drawer gets them: plain JSON, the questions as the form people will see."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import render_template

from engine.clock import VIETNAM
from engine.definitions.scenarios import Coverage, Standing, Walked
from engine.definitions.scenarios.contents import Answered, Entry, Line, Waiting


def told_standing(found: Standing) -> dict[str, Any]:
    """Where a recording stands."""
    return {
        "sentence": found.sentence,
        "problem": found.problem,
        "steps": list(found.steps),
        "now": moment(found.now),
        "ended": found.ended,
        "waiting": [_waiting(each) for each in found.waiting],
        "answered": [_answered(each) for each in found.answered],
        "troubles": list(found.troubles),
        "elements": list(found.elements),
        "flows": list(found.flows),
        "passed": list(found.passed),
        "proposals": [dataclasses.asdict(each) for each in found.proposals],
        "openings": [dataclasses.asdict(each) for each in found.openings],
    }


def told_walk(found: Walked) -> dict[str, Any]:
    """How one scenario came out."""
    return {
        "key": found.key,
        "name": found.name,
        "passed": found.passed,
        "sentences": list(found.sentences),
        "stopped_at": found.stopped_at,
        "elements": sorted(found.elements),
        "flows": sorted(found.flows),
    }


def told_coverage(found: Coverage) -> dict[str, Any]:
    """What is covered, what isn't, and the figure in words."""
    return {
        "figure": found.figure,
        "passed_elements": list(found.passed_elements),
        "missing_elements": list(found.missing_elements),
        "passed_flows": list(found.passed_flows),
        "missing_flows": list(found.missing_flows),
    }


def moment(found: datetime | None) -> dict[str, str] | None:
    """A moment for scripts and for people."""
    if found is None:
        return None
    here = found.astimezone(VIETNAM)
    return {"iso": here.isoformat(), "said": f"{here:%H:%M} ngày {here:%d/%m/%Y}"}


def _waiting(found: Waiting) -> dict[str, Any]:
    return {
        "place": found.place,
        "nth": found.nth,
        "element": found.element,
        "kind": found.kind,
        "title": found.title,
        "lane": found.lane,
        "text": found.text,
        "due": moment(found.due),
        "who": list(found.who),
        "host": found.host,
        "held": found.held,
        "count": found.count,
        "lines": [_line(each) for each in found.lines],
        "entries": [_entry(each) for each in found.entries],
        "others": [_other(each.label, each.step) for each in found.others],
    }


def _answered(found: Answered) -> dict[str, Any]:
    return {
        "place": found.place,
        "element": found.element,
        "title": found.title,
        "operation": found.operation,
        "entries": [_entry(each) for each in found.entries],
        "others": [_other(each.label, each.step) for each in found.others],
    }


def _line(found: Line) -> dict[str, Any]:
    html = render_template("scenarios/questions.html", view=found.view) if found.view is not None else ""
    return {"label": found.label, "html": html, "sentence": found.sentence}


def _entry(found: Entry) -> dict[str, Any]:
    return {
        "name": found.name, "kind": found.kind, "value": found.value, "suggestions": list(found.suggestions),
    }  # fmt: skip


def _other(label: str, step: Mapping[str, Any]) -> dict[str, Any]:
    return {"label": label, "step": dict(step)}
