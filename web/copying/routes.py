"""Asking for a copy of a document: which kinds are possible and why others aren't, who gets it, what for."""

from __future__ import annotations

from itertools import product
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from connectors.conversion.copies.pages import count
from engine.clock import VIETNAM
from engine.copying import queries, rules
from engine.documents import formats, kinds
from engine.documents import queries as documents
from engine.documents.models import Document
from engine.errors import Conflict, InvalidInput, NotAllowed
from engine.files import FileMissing
from engine.forms.context import FormContext
from engine.instances import cases
from engine.instances.answers import AgencyChoices
from engine.tasks import queries as worklists
from web.layout.forms import again, posted, screen_form
from web.session import actor, now, platform

screen = Blueprint("copying", __name__)
FORM = screen_form(__file__, "copy")


@screen.get("/documents/<int:document_id>/copy")
def ask(document_id: int) -> Any:
    """Show which copies of a document are possible, and the form that asks for one."""
    return _page(document_id)


@screen.post("/documents/<int:document_id>/copy")
def send(document_id: int) -> Any:
    """Ask for a copy; its procedure begins."""
    sent = posted(FORM)
    try:
        with platform().reading() as reading:
            found = documents.get(reading, actor(), document_id)
            given = FORM.validate(sent, _context(reading, found))
            _require_pages(reading, found, given)
        _row, instance = platform().run(actor(), cases.begin_copy, document_id, **_wanted(given))
    except InvalidInput as problem:
        return _page(document_id, sent, problem), 422
    except Conflict as problem:
        return _page(document_id, sent, InvalidInput(str(problem))), 409
    except NotAllowed as problem:
        return _page(document_id, sent, InvalidInput(str(problem))), 403
    with platform().reading() as reading:
        task_id = worklists.waiting_for(reading, actor(), document_id, now())
    said = _("Đã gửi đề nghị sao; lãnh đạo duyệt rồi văn thư làm bản sao.")
    flash(_("Đã bắt đầu làm bản sao.") if rules.may_approve(actor()) else said, "done")
    if task_id is not None and instance.document_id == document_id and "clerk" in actor().roles:
        return redirect(url_for("worklist.task", task_id=task_id), 303)
    return redirect(url_for("documents.document", document_id=document_id, _anchor="copies"), 303)


def _wanted(given: dict[str, Any]) -> dict[str, Any]:
    words = {name: given.get(name) or "" for name in ("kind", "form", "pages", "excerpt", "places", "purpose")}
    ids = {name: [int(each) for each in given.get(name) or ()] for name in ("recipients", "people")}
    return {**words, **ids, "amount": int(given.get("amount") or 0)}


def _require_pages(reading: Session, document: Document, given: dict[str, Any]) -> None:
    """Pages that aren't there are said now, not after a number was given; a scan nobody can open says so too."""
    wanted = rules.page_numbers(given.get("pages") or "") or []
    main = documents.main_file(reading, document.id)
    if not wanted or given.get("kind") != rules.EXCERPT or main is None or main.media_type != formats.PDF:
        return
    try:
        known = count(platform().files.get(main.file_hash))
    except FileMissing as error:
        raise InvalidInput(str(error), {"pages": str(error)}) from error
    if max(wanted) > known:
        said = _("Văn bản chỉ có %(count)s trang.", count=known)
        raise InvalidInput(said, {"pages": said})


def _context(reading: Session, document: Document) -> FormContext:
    of = queries.standing(reading, document)
    ways = [way for way in product(kinds.COPIES, rules.FORMS) if rules.may_make(of, *way)]
    data = {
        "kinds": [{"value": kind, "label": kind} for kind in kinds.COPIES if any(way[0] == kind for way in ways)],
        "forms": [{"value": form, "label": rules.FORMS[form]} for form in rules.FORMS if any(form in w for w in ways)],
    }
    return FormContext(data, AgencyChoices(reading, document.agency_id, now()), now().astimezone(VIETNAM).date())


def _page(document_id: int, sent: dict[str, Any] | None = None, problem: InvalidInput | None = None) -> str:
    with platform().reading() as reading:
        found = documents.get(reading, actor(), document_id)
        may = rules.may_copy(found, queries.replaced_by(reading, found.id))
        of = queries.standing(reading, found)
        context = _context(reading, found)
        errors = (problem.fields or {"kind": str(problem)}) if problem else {}
        form = FORM.view(again(FORM, sent, context), context, errors)
    ways = {way: rules.may_make(of, *way) for way in product(kinds.COPIES, rules.FORMS)}
    return render_template(
        "copying/ask.html", document=found, may=may, of=of, ways=ways, kinds=list(kinds.COPIES), forms=rules.FORMS,
        form=form, own=bool(rules.may_approve(actor())), possible=any(ways.values()),
    )  # fmt: skip
