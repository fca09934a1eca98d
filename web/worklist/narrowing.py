"""The filters of the inbox as words with counts; what is chosen stands in the address, so it can be kept and shared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from engine.directory.models import Unit
from engine.documents.text import fold
from engine.tasks import queries as worklists
from engine.tasks.filters import DUE, URGENCIES, Facets, Filter
from engine.tasks.queries import Box
from web.layout import words
from web.session import actor, now

LONGEST = 200
LARGEST = 2**31


@dataclass(frozen=True, slots=True)
class Choice:
    """One word to choose, or chosen: where it leads and how many tasks it leaves."""

    label: str
    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Menu:
    """Choices of one kind that are too many for a line."""

    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """The line of filters above a list."""

    total: int
    chosen: tuple[Choice, ...]
    words: tuple[Choice, ...]
    menus: tuple[Menu, ...]


def asked(given: MultiDict[str, str] | None = None) -> Filter:
    """Read what is chosen from the address, or from a form; what is no choice chooses nothing."""
    given = request.args if given is None else given
    due, step = given.get("due"), given.get("step", "")[:LONGEST]
    urgency, unit = given.get("urgency", type=int), given.get("unit", type=int)
    return Filter(
        due if due in DUE else None,
        urgency if urgency in URGENCIES else None,
        step or None,
        unit if unit is not None and 0 < unit < LARGEST else None,
    )


def here(box: Box, chosen: Filter, search: str) -> dict[str, Any]:
    """Return what the address of the list shown takes; what is nothing is left out of it."""
    return {"box": box, "q": search or None} | {each: getattr(chosen, each) for each in Filter.__dataclass_fields__}


def shown(reading: Session, box: Box, chosen: Filter, search: str) -> Shown:
    """Count the choices of a box and put them into words."""
    found = worklists.choices(reading, actor(), box, now(), wanted=chosen, search=fold(search))
    say = _sayer(reading, found)

    def choice(kind: str, value: Any, count: int, to: Any) -> Choice:
        return Choice(
            say(kind, value), count, url_for("worklist.inbox", **here(box, replace(chosen, **{kind: to}), search))
        )

    named = tuple(
        Choice(f"{_kinds()[kind]}: {each.label}" if kind in ("step", "unit") else each.label, each.count, each.address)
        for kind in chosen.chosen
        for each in (choice(kind, getattr(chosen, kind), 0, None),)
    )
    free = [kind for kind in found.choices if kind not in chosen.chosen and found.choices[kind]]
    menus = tuple(
        Menu(_kinds()[kind], tuple(choice(kind, value, count, value) for value, count in found.choices[kind]))
        for kind in free
        if kind != "due" and len(found.choices[kind]) > 1
    )
    due = found.choices["due"] if "due" in free else ()
    return Shown(found.total, named, tuple(choice("due", value, count, value) for value, count in due), menus)


def _kinds() -> dict[str, str]:
    return {"due": _("Thời hạn"), "urgency": _("Độ khẩn"), "step": _("Bước"), "unit": _("Đơn vị soạn thảo")}


def _sayer(reading: Session, found: Facets) -> Callable[[str, Any], str]:
    ids = [value for value, _count in found.choices["unit"]]
    own = select(Unit).where(Unit.id.in_(ids), Unit.agency_id == actor().agency_id)
    units = {unit.id: unit.name for unit in reading.scalars(own)} if ids else {}
    dues = {"late": _("Quá hạn"), "today": _("Đến hạn hôm nay")}

    def say(kind: str, value: Any) -> str:
        if kind == "due":
            return dues[value]
        if kind == "urgency":
            mark = words.urgency(value)
            return mark.text if mark else _("Độ khẩn thường")
        return units.get(value, _("Đơn vị khác")) if kind == "unit" else str(value)

    return say
