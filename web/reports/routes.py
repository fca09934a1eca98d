"""Reports of a period beside the one before: timeliness, the periodic form, figures that may be published."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, has_request_context, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from connectors.conversion.reports import sheets as figures
from connectors.conversion.reports import wording
from engine.clock import VIETNAM
from engine.directory.models import Unit
from engine.documents import kinds
from engine.errors import InvalidInput
from engine.forms.notation import read_date
from engine.instances.practice.reporting import periods, reports
from engine.instances.practice.reporting import scope as scopes
from engine.instances.practice.reporting.periods import Period
from engine.instances.practice.reporting.scope import Scope
from web.reports import charts
from web.session import actor, now, platform

screen = Blueprint("reports", __name__)


def _say(sentence: str, **values: Any) -> str:
    """Say a sentence of a report in the language of the page; outside of one as it is."""
    return _(sentence, **values) if has_request_context() else wording.plain(sentence, **values)


wording.speak_with(_say)


@screen.get("/reports")
def index() -> Any:
    """Show what was done in time, by one dimension, as bars and as a table."""
    period, subject = chosen_period(), chosen_subject()
    with platform().reading() as reading:
        found = reports.report(reading, actor(), period, now(), subject)
        whose = said_scope(reading, found.scope)
    by = chosen_dimension(found.scope)
    return render_template(
        "reports/index.html", found=found, whose=whose, by=by, subject=subject, subjects=figures.subjects(),
        dimensions=open_dimensions(found.scope), sheet=figures.timeliness(found, by, subject),
        both=charts.timeliness(figures.two_periods(found), empty_too=True),
        bars=charts.timeliness(found.work.by.get(by, ())),
        most=charts.MOST, **shared(period, subject=subject, by=by),
    )  # fmt: skip


@screen.get("/reports/quarterly")
def quarterly() -> Any:
    """Show the form of the periodic report (LA-11.3, LA-14.4)."""
    period = chosen_period()
    with platform().reading() as reading:
        found = reports.report(reading, actor(), period, now())
        whose = said_scope(reading, found.scope)
    shares = [
        (_("Nhận điện tử, kỳ này"), found.traffic.share_received),
        (_("Nhận điện tử, kỳ trước"), found.traffic_before.share_received),
        (_("Gửi điện tử, kỳ này"), found.traffic.share_sent),
        (_("Gửi điện tử, kỳ trước"), found.traffic_before.share_sent),
        (_("Đúng hạn, kỳ này"), found.work.total.share),
        (_("Đúng hạn, kỳ trước"), found.work_before.total.share),
    ]
    return render_template(
        "reports/quarterly.html", found=found, whose=whose, sheet=figures.quarterly(found), bars=charts.shares(shares),
        refusals=charts.refusals(found.traffic, kinds.REFUSAL_REASONS), **shared(period),
    )  # fmt: skip


@screen.get("/reports/published")
def published() -> Any:
    """Show the counts that may be published, agency by agency for the province's admin (LA-11.2)."""
    period = chosen_period()
    with platform().reading() as reading:
        found = reports.published(reading, actor(), period, now())
    return render_template(
        "reports/published.html", sheet=figures.published(found), bars=charts.timeliness(figures.public_lines(found)),
        all_agencies=bool(scopes.may_compare_agencies(actor())), most=charts.MOST, **shared(period),
    )  # fmt: skip


def chosen_period() -> Period:
    """Return the period the address asks for."""
    today = now().astimezone(VIETNAM).date()
    given = {name: request.args.get(name, "")[:20] for name in ("period", "since", "until")}
    since, until = (day.isoformat() if (day := read_date(given[name])) else given[name] for name in ("since", "until"))
    return periods.chosen(given["period"], since, until, today)


def chosen_subject() -> str:
    """Return what is counted in time."""
    return request.args.get("subject", "tasks")


def open_dimensions(scope: Scope) -> dict[str, str]:
    """Return what the person may break figures down by: nobody else stands in one's own."""
    found = figures.dimensions()
    return {name: title for name, title in found.items() if scope.level != "person" or name not in ("unit", "person")}


def chosen_dimension(scope: Scope) -> str:
    """Return what the figures are broken down by."""
    found = open_dimensions(scope)
    by = request.args.get("by", next(iter(found)))
    if by not in found:
        raise InvalidInput(_("Báo cáo không chia được theo tiêu chí này; hãy chọn tiêu chí khác."))
    return by


def said_scope(reading: Session, scope: Scope) -> str:
    """Return whose work is counted, in words."""
    if scope.level == "agency":
        return _("Toàn cơ quan")
    if scope.unit_ids is None:
        return _("Việc của %(name)s", name=actor().name)
    names = sorted(unit.name for each in scope.unit_ids if (unit := reading.get(Unit, each)) is not None)
    return ", ".join(names)


def shared(period: Period, **chosen: str) -> dict[str, Any]:
    """Return what all three screens show: periods to choose, the way to files and to each other."""
    asked = {"period": period.key, **chosen}
    if period.key == periods.RANGE:
        asked |= {"since": period.first.isoformat(), "until": period.last.isoformat()}
    return {
        "period": period, "choices": periods.choices(now().astimezone(VIETNAM).date()), "asked": asked,
        "agency_name": g.agency.name, "may_publish": bool(scopes.may_publish(actor())), "legend": charts.legend(),
        "chosen": chosen, "said": figures.said,
    }  # fmt: skip
