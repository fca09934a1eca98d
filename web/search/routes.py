"""The page of search: what is asked, a page of what is found, kept searches, chosen columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.directory import queries as directory
from engine.documents import kinds
from engine.documents import queries as documents
from engine.documents.searching import asking, commands, excerpts, queries
from engine.errors import Conflict, InvalidInput
from web.search import columns
from web.session import actor, now, platform

screen = Blueprint("search", __name__)


@screen.get("/search")
def results() -> Any:
    """Find documents by every field and by content, within what the person may see (SYS-6)."""
    if (saved_id := request.args.get("saved", type=int)) is not None:
        with platform().reading() as reading:
            kept = queries.saved_search(reading, actor().person_id, min(saved_id, 2**63 - 1)).criteria
        return redirect(url_for("search.results", **{name: str(value) for name, value in kept.items()}))
    problems: Mapping[str, str] = {}
    try:
        criteria = asked()
    except InvalidInput as error:
        criteria, problems = asking.Criteria(), error.fields
    after = request.args.get("after", "")[:40]
    refresh()
    with platform().reading() as reading:
        page = queries.Page((), "")
        if criteria.asked and not problems:
            page = queries.find(reading, actor(), criteria, after=after)
        count = len(page.documents) or None
        if after:
            count = None
        elif page.after:
            count = (
                page.count if page.count is not None else queries.count(reading, actor(), criteria, loose=page.loose)
            )
        wanted = asking.terms(criteria.text)
        shown = columns.shown(queries.chosen_columns(reading, actor().person_id or 0))
        registers, units = choices(reading)
        return render_template(
            "search/search.html", criteria=criteria, typed=request.args, problems=problems, page=page, count=count,
            most=queries.COUNTED, rows=_rows(reading, page, wanted, shown), columns=shown,
            all_columns=columns.COLUMNS, always=columns.ALWAYS, words=kinds, asking=asking,
            saved=queries.saved_searches(reading, actor().person_id or 0), after=after,
            registers_said=registers, units_said=units, kinds_said=[(name, name) for name in kinds.NAMES],
        ), 422 if problems else 200  # fmt: skip


def asked() -> asking.Criteria:
    """Return what the address asks for; a text longer than can be meant is cut, other odd values are InvalidInput."""
    return asking.read({**request.args.to_dict(), "q": request.args.get("q", "")[: asking.LONGEST_TEXT]})


def refresh() -> None:
    """Make the words of what has just been entered, so that it is found at once; usually nothing is due."""
    agency_id = actor().agency_id
    if agency_id is not None:
        with platform().asking() as reading:
            due = queries.words_due(reading, agency_id)
        if due:
            platform().run(actor(), commands.refresh, agency_id)


def _rows(reading: Session, page: queries.Page, wanted: tuple[asking.Term, ...], shown: list[columns.Column]) -> Any:
    names = columns.names_for(reading, page.documents)
    pieces = excerpts.of_documents(reading, page.documents, wanted)
    sign = excerpts.pattern(wanted)
    return [
        {
            "document": row,
            "cells": {
                each.name: excerpts.marked(each.said(row, names), sign if each.asked else None) for each in shown
            },
            "excerpt": pieces.get(row.id, []),
        }
        for row in page.documents
    ]


def choices(reading: Session) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return the registers and the units that can be chosen, by id."""
    agency_id = actor().agency_id or 0
    units = directory.units(reading, agency_id, directory.today(now()))
    return [(row.id, row.name) for row in documents.registers(reading, agency_id)], [
        (row.id, row.name) for row in units
    ]


# --- What a person keeps ---------------------------------------------------------------------------------------


@screen.post("/search/saved")
def save() -> Any:
    """Keep the search under a name."""
    criteria = asking.read(request.form)
    try:
        row = platform().run(actor(), commands.save_search, request.form.get("name", ""), criteria)
        flash(_("Đã lưu tìm kiếm “%(name)s”.", name=row.name), "done")
    except InvalidInput as error:
        flash(str(error), "late")
    return redirect(url_for("search.results", **criteria.plain()), 303)


@screen.post("/search/saved/<int:saved_id>/rename")
def rename(saved_id: int) -> Any:
    """Give a kept search another name."""
    try:
        row = platform().run(actor(), commands.rename_search, saved_id, request.form.get("name", ""))
        flash(_("Đã đổi tên thành “%(name)s”.", name=row.name), "done")
    except (InvalidInput, Conflict) as error:
        flash(str(error), "late")
    return redirect(url_for("search.results"), 303)


@screen.post("/search/saved/<int:saved_id>/delete")
def forget(saved_id: int) -> Any:
    """Delete a kept search."""
    platform().run(actor(), commands.forget_search, saved_id)
    flash(_("Đã xóa tìm kiếm đã lưu."), "done")
    return redirect(url_for("search.results"), 303)


@screen.post("/search/columns")
def choose() -> Any:
    """Remember the columns the person wants to see."""
    known = [column.name for column in columns.COLUMNS]
    chosen = [name for name in known if name in request.form.getlist("column")]
    platform().run(actor(), commands.choose_columns, chosen)
    try:
        criteria = asking.read(request.form).plain()
    except InvalidInput:
        criteria = {}
    return redirect(url_for("search.results", **criteria), 303)
