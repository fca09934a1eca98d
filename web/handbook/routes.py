"""The handbook inside the product: chapters, and each procedure in force with its steps and clauses."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from engine.bpmn.procedure import Element
from engine.definitions import queries
from engine.errors import NotFound
from web.handbook import pages
from web.handbook.functions import FUNCTIONS, carried_out
from web.session import actor, platform

screen = Blueprint("handbook", __name__)
WORK = ("userTask", "serviceTask", "businessRuleTask", "callActivity", "manualTask", "scriptTask", "sendTask")


@screen.get("/handbook")
def contents() -> Any:
    """Show the chapters and the procedures in force for the agency."""
    with platform().reading() as reading:
        procedures = queries.in_force(reading, actor().agency_id)
    return render_template("handbook/contents.html", book=pages.BOOK, procedures=procedures)


@screen.get("/handbook/functions")
def functions() -> Any:
    """Show where each function that the norm asks for is: screens, and steps of the procedures in force."""
    with platform().reading() as reading:
        in_force = [
            queries.ready(reading, queries.current(reading, each.key, actor().agency_id))
            for each in queries.in_force(reading, actor().agency_id)
        ]
    steps = carried_out((each.key, each.name, each.procedure.elements.values()) for each in in_force)
    return render_template("handbook/functions.html", functions=FUNCTIONS, steps=steps)


@screen.get("/handbook/<slug>")
def chapter(slug: str) -> Any:
    """Show one chapter."""
    found = pages.chapter(slug)
    if found is None:
        raise NotFound(_("Sổ tay không có mục này."))
    return render_template("handbook/chapter.html", chapter=found, book=pages.BOOK)


@screen.get("/handbook/procedures/<key>")
def procedure(key: str) -> Any:
    """Show a procedure as the agency carries it out: the diagram, who does what, and on which clauses."""
    with platform().reading() as reading:
        ready = queries.ready(reading, queries.current(reading, key, actor().agency_id))
        called = {each.key for each in queries.in_force(reading, actor().agency_id)}
    lanes: dict[str, list[Element]] = {}
    elements = ready.procedure.elements
    for element in elements.values():
        if element.kind in WORK and element.name:
            around = elements.get(element.parent or "")
            lanes.setdefault(element.lane or (around.name if around is not None else ""), []).append(element)
    return render_template("handbook/procedure.html", ready=ready, lanes=lanes, called=called)


@screen.get("/handbook/procedures/<key>/diagram.bpmn")
def drawing(key: str) -> Response:
    """Return the diagram of the version in force for the agency."""
    with platform().reading() as reading:
        ready = queries.ready(reading, queries.current(reading, key, actor().agency_id))
    return Response(ready.diagram, mimetype="application/xml")


def address() -> str:
    """Where the handbook speaks of the screen that is shown now."""
    slug, section = pages.place(request.endpoint)
    return url_for("handbook.chapter", slug=slug, _anchor=section) if slug else url_for("handbook.contents")
