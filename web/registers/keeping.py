"""Keeping registers: opened, renamed, closed; numbers held, released, cancelled; secondary numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.directory.models import Person
from engine.documents import kinds, queries, registers
from engine.documents.models import Document, Register, RegisterEntry
from engine.documents.prints import reading
from engine.documents.prints.rows import Line
from engine.documents.registers.numbers import format_number
from engine.errors import Conflict, InvalidInput
from engine.forms.context import FormContext
from engine.forms.form import Form
from engine.platform import Work
from web.layout.forms import again, posted, screen_form
from web.registers.routes import keeper, screen, today
from web.session import actor, platform

REGISTER = screen_form(__file__, "register")
HOLD = screen_form(__file__, "hold")
SECONDARY = screen_form(__file__, "secondary")
START = screen_form(__file__, "start")
MOST_WAITING = 300
MOST_LINES = 200

Errors = Mapping[str, str]


@screen.route("/registers/manage", methods=["GET", "POST"])
def manage() -> Any:
    """Show every register with what may be done to it, and open one."""
    who, sent, status = keeper(), None, 200
    errors: Errors = {}
    context = FormContext({"kinds": list(kinds.NAMES)})
    if request.method == "POST":
        sent = posted(REGISTER)
        try:
            answers = REGISTER.validate(sent, context)
            platform().run(who, _open, answers)
        except InvalidInput as error:
            errors, status = error.fields or {"name": str(error)}, 422
        else:
            flash(_("Đã mở sổ “%(name)s”.", name=answers["name"]), "done")
            return redirect(url_for("registers.manage"), 303)
    with platform().reading() as session:
        found = queries.registers(session, who.agency_id or 0)
    view = REGISTER.view(again(REGISTER, sent, context), context, errors)
    return render_template("registers/manage.html", registers=found, view=view), status


def _open(work: Work, answers: Mapping[str, Any]) -> Register:
    return registers.add_register(
        work, work.actor.agency_id or 0, answers["direction"], answers["name"],
        type_names=answers.get("type_names") or (), body_name=answers.get("body_name") or "",
        notation=answers.get("notation") or "", with_year=bool(answers.get("with_year")),
    )  # fmt: skip


@screen.post("/registers/<int:register_id>/rename")
def rename(register_id: int) -> Any:
    """Give a register another name."""
    return _done(
        url_for("registers.manage"), _("Đã đổi tên sổ."), registers.rename_register, register_id,
        request.form.get("name", ""),
    )  # fmt: skip


@screen.post("/registers/<int:register_id>/close")
def close(register_id: int) -> Any:
    """Take a register out of use."""
    done = _("Đã đóng sổ. Nội dung và số của sổ vẫn giữ nguyên.")
    return _done(url_for("registers.manage"), done, registers.close_register, register_id)


@screen.post("/registers/<int:register_id>/reopen")
def reopen(register_id: int) -> Any:
    """Take a closed register into use again."""
    return _done(url_for("registers.manage"), _("Đã mở lại sổ."), registers.reopen_register, register_id)


@screen.get("/registers/<int:register_id>/numbers")
def numbers(register_id: int) -> Any:
    """Show the numbers that are held, released, cancelled or secondary, and the forms to keep one."""
    keeper()
    return _numbers_page(register_id)


@screen.post("/registers/<int:register_id>/hold")
def hold(register_id: int) -> Any:
    """Keep the next number for a document to come."""

    def keep(answers: Mapping[str, Any]) -> RegisterEntry:
        return platform().run(
            keeper(), registers.hold_number, register_id, answers["note"], held_for=answers.get("held_for") or "",
            until=date.fromisoformat(answers["until"]) if answers.get("until") else None,
            document_id=answers.get("document_id"),
        )  # fmt: skip

    return _kept(register_id, "hold", HOLD, keep)


@screen.post("/registers/<int:register_id>/secondary")
def secondary(register_id: int) -> Any:
    """Keep a secondary number for a document that is entered afterwards."""

    def keep(answers: Mapping[str, Any]) -> RegisterEntry:
        return platform().run(
            keeper(), registers.hold_secondary, register_id, answers["document_id"],
            date.fromisoformat(answers["on"]), answers["reason"],
            int(answers["number"]) if answers.get("number") else None,
        )  # fmt: skip

    return _kept(register_id, "secondary", SECONDARY, keep)


@screen.post("/registers/<int:register_id>/start")
def start(register_id: int) -> Any:
    """Go on from numbers that were given outside."""

    def begin(answers: Mapping[str, Any]) -> None:
        number = int(answers["next_number"])
        platform().run(keeper(), registers.start_numbers_at, register_id, today().year, number)

    return _kept(register_id, "start", START, begin)


@screen.post("/registers/entries/<int:entry_id>/release")
def release(entry_id: int) -> Any:
    """Give up holding a number."""
    done = _("Đã thôi giữ số; số vẫn hiện trong sổ và có thể cấp cho văn bản khác.")
    return _done(_numbers_of(entry_id), done, registers.release_number, entry_id, request.form.get("reason", ""))


@screen.post("/registers/entries/<int:entry_id>/cancel")
def cancel(entry_id: int) -> Any:
    """Cancel a held or released number for good."""
    done = _("Đã hủy số; số vẫn hiện trong sổ và không dùng lại.")
    return _done(_numbers_of(entry_id), done, registers.cancel_number, entry_id, request.form.get("reason", ""))


@screen.post("/registers/entries/<int:entry_id>/keep")
def keep(entry_id: int) -> Any:
    """Give a held or released number to a document that has none."""
    document_id = request.form.get("document_id", 0, type=int)
    done = _("Văn bản sẽ nhận số này khi cấp số, vào sổ.")
    return _done(_numbers_of(entry_id), done, registers.keep_for, entry_id, document_id)


def _numbers_of(entry_id: int) -> str:
    """Return where the numbers of this line's register are kept; NotFound for another agency's."""
    keeper()
    with platform().reading() as session:
        entry = session.get(RegisterEntry, entry_id)
        register_id = entry.register_id if entry is not None else 0
        reading.register_of(session, actor(), register_id)
    return url_for("registers.numbers", register_id=register_id, year=entry.year if entry is not None else None)


def _done(back: str, sentence: str, command: Callable[..., Any], *arguments: Any) -> Any:
    """Run a command of one button; what it refuses is said on the page one came from."""
    try:
        platform().run(keeper(), command, *arguments)
    except (InvalidInput, Conflict) as error:
        flash(str(error), "late")
    else:
        flash(sentence, "done")
    return redirect(back, 303)


def _kept(register_id: int, name: str, form: Form, command: Callable[[Mapping[str, Any]], Any]) -> Any:
    """Check one of the forms of the numbers' page and carry it out; refused, the page comes back with what was sent."""
    keeper()
    with platform().reading() as session:
        found = reading.register_of(session, actor(), register_id)
        context = _context(session, found)
    sent = posted(form)
    try:
        entry = command(form.validate(sent, context))
    except (InvalidInput, Conflict) as error:
        fields = error.fields if isinstance(error, InvalidInput) else {}
        errors = fields or {form.fields[0].key: str(error)}
        return _numbers_page(register_id, name, again(form, sent, context), errors), 422
    if isinstance(entry, RegisterEntry):
        number = format_number(entry.number, entry.suffix)
        flash(_("Đã giữ số %(number)s.", number=number), "done")
    else:
        flash(_("Đã đặt số bắt đầu."), "done")
    return redirect(url_for("registers.numbers", register_id=register_id), 303)


def _numbers_page(register_id: int, wrong: str = "", sent: Any = None, errors: Errors | None = None) -> str:
    year = request.args.get("year", today().year, type=int)
    with platform().reading() as session:
        found = reading.register_of(session, actor(), register_id)
        context = _context(session, found)
        lines = _kept_lines(session, found, year)
        people = _who(session, lines)
        years = queries.register_years(session, register_id)
    views = {
        name: form.view(sent if name == wrong else None, context, dict(errors or {}) if name == wrong else {})
        for name, form in (("hold", HOLD), ("secondary", SECONDARY), ("start", START))
    }
    return render_template(
        "registers/numbers.html", register=found, year=year, years=sorted({*years, year}, reverse=True), lines=lines,
        views=views, wrong=wrong, waiting=context.data["documents"], today=today(), people=people,
        fresh=today().year not in years,
    )  # fmt: skip


def _kept_lines(session: Session, register: Register, year: int) -> list[Line]:
    """Return what isn't an ordinary line of a year: not used, or secondary; newest first."""
    query = (
        select(RegisterEntry)
        .where(RegisterEntry.register_id == register.id, RegisterEntry.year == year)
        .where(or_(RegisterEntry.state != "used", RegisterEntry.suffix != ""))
        .order_by(RegisterEntry.id.desc())
        .limit(MOST_LINES)
    )
    return reading.some_lines(session, actor(), register.direction, query)


def _who(session: Session, lines: list[Line]) -> dict[int, str]:
    """Return who kept each of these lines."""
    query = select(RegisterEntry.id, Person.full_name).join(Person, Person.id == RegisterEntry.entered_by_id)
    rows = session.execute(query.where(RegisterEntry.id.in_([line.id for line in lines])))
    return {row.id: row.full_name for row in rows}


def _context(session: Session, register: Register) -> FormContext:
    """Return the documents that still wait for a number, within what the keeper may see."""
    kept = select(RegisterEntry.document_id).where(
        RegisterEntry.state == "held", RegisterEntry.document_id.is_not(None)
    )
    query = (
        select(Document.id, Document.type_name, Document.subject)
        .where(queries.within(actor()), Document.direction == register.direction)
        .where(Document.status.in_(registers.UNNUMBERED[register.direction]), Document.destroyed_at.is_(None))
        .where(Document.id.not_in(kept))
        .order_by(Document.id.desc())
        .limit(MOST_WAITING)
    )
    waiting = [{"value": row.id, "label": f"{row.type_name}: {row.subject}"} for row in session.execute(query)]
    return FormContext({"documents": waiting}, today=today())
