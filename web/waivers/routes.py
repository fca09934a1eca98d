"""Rules of law for people: the catalogue with where each is set aside; a provincial admin grants and revokes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.bpmn.checks import law
from engine.bpmn.checks.law.clauses import cite
from engine.clock import VIETNAM
from engine.definitions import queries, waivers
from engine.directory import queries as directory
from engine.errors import Conflict, InvalidInput, NotAllowed
from engine.forms.context import FormContext
from web.layout.forms import posted, screen_form
from web.session import actor, now, platform

screen = Blueprint("waivers", __name__)
FORM = screen_form(__file__, "waiver")


@dataclass(frozen=True, slots=True)
class Line:
    """A rule with its clauses in words and the waivers of it."""

    rule: law.LawRule
    cited: str
    standing: tuple[waivers.Row, ...]
    past: tuple[waivers.Row, ...]


@screen.get("/waivers")
def index() -> Any:
    """List every rule by the order of the work, or only those that are set aside somewhere."""
    with platform().reading() as reading:
        rows = waivers.overview(reading, actor())
    only = request.args.get("show") == "waived"
    chapters = [(title, lines) for title, rules in law.CHAPTERS if (lines := tuple(_lines(rules, rows, only)))]
    return render_template(
        "waivers/index.html", chapters=chapters, only=only, total=len(law.catalogue()),
        waived=len({row.waiver.rule for row in rows if row.in_force}), may_waive=bool(waivers.may_waive(actor())),
    )  # fmt: skip


@screen.route("/waivers/new", methods=["GET", "POST"])
def new() -> Any:
    """Set a rule aside for a procedure, with the reason."""
    allowed = waivers.may_waive(actor())
    if not allowed:
        raise NotAllowed(allowed.reason)
    rule = next((each for each in law.catalogue() if each.id == request.args.get("rule")), None)
    if rule is None:
        return redirect(url_for("waivers.index"))
    sent, errors, status, context = None, {}, 200, _context()
    if request.method == "POST":
        sent = posted(FORM)
        try:
            platform().run(actor(), waivers.grant, rule.id, **_answers(FORM.validate(sent, context)))
        except (InvalidInput, Conflict) as error:
            fields = error.fields if isinstance(error, InvalidInput) else {}
            errors, status = fields or {"key": str(error)}, error.status
        else:
            flash(_("Đã miễn áp dụng quy tắc. Cảnh báo vẫn hiện kèm lý do."), "done")
            return redirect(url_for("waivers.index", show="waived", _anchor=rule.id), 303)
    view = FORM.view(sent, context, errors)
    return render_template("waivers/grant.html", rule=rule, cited=_cited(rule), view=view), status


@screen.post("/waivers/<int:waiver_id>/revoke")
def revoke(waiver_id: int) -> Any:
    """Let the rule apply again."""
    queries.require_reader(actor())
    waiver = platform().run(actor(), waivers.revoke, waiver_id)
    flash(_("Quy tắc được áp dụng trở lại."), "done")
    return redirect(url_for("waivers.index", _anchor=waiver.rule), 303)


def _cited(rule: law.LawRule) -> str:
    text = "; ".join(cite(clause) for clause in rule.clauses)
    return text[:1].upper() + text[1:]


def _lines(rules: Sequence[law.LawRule], rows: Sequence[waivers.Row], only: bool) -> Iterator[Line]:
    for rule in rules:
        own = [row for row in rows if row.waiver.rule == rule.id]
        standing = tuple(row for row in own if row.in_force)
        if standing or not only:
            past = tuple(row for row in own if not row.in_force)
            yield Line(rule, _cited(rule), standing, past)


def _context() -> FormContext:
    with platform().reading() as reading:
        procedures = waivers.procedures(reading)
        agencies = directory.agencies(reading, now().astimezone(VIETNAM).date(), on_platform=True)
    named = sorted(procedures.items(), key=lambda pair: pair[1])
    return FormContext(
        {
            "procedures": [{"value": key, "label": name} for key, name in named],
            "agencies": [{"value": agency.id, "label": agency.name} for agency in agencies],
        }
    )


def _answers(answers: dict[str, Any]) -> dict[str, Any]:
    return {"key": answers["key"], "agency_id": answers.get("agency_id") or None, "reason": answers["reason"]}
