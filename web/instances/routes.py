"""Running procedures: the list, one run with its live diagram, incidents to be settled."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.definitions import queries as definitions
from engine.documents import queries as documents
from engine.errors import Conflict, InvalidInput, NotFound, RequestError
from engine.instances import commands, queries, rules
from engine.instances.mending import commands as mending
from engine.instances.mending import corrections
from engine.instances.mending.corrections import Field
from engine.instances.models import Incident, Instance
from engine.tasks import queries as worklists
from web.session import actor, now, platform

screen = Blueprint("instances", __name__)
PAGE = 50
OVERSEERS = frozenset({"agency-admin", "provincial-admin", "process-analyst"})
STATUSES = ("running", "ended", "cancelled")


@screen.get("/instances")
def index() -> Any:
    """List the runs of the agency, newest first."""
    _overseers_only()
    status, before = request.args.get("status"), request.args.get("before", type=int)
    with platform().reading() as reading:
        rows = queries.instances(
            reading, actor(), status=status if status in STATUSES else None, limit=PAGE + 1, before=before
        )
        names = _names(reading, {row.id for row in rows})
    return render_template("instances/index.html", rows=rows[:PAGE], more=len(rows) > PAGE, status=status, names=names)


@screen.get("/instances/<int:instance_id>")
def instance(instance_id: int) -> Any:
    """Show one run: where it stands on its diagram, what it waits for, what happened, what is wrong."""
    with platform().reading() as reading:
        found = _visible(reading, instance_id)
        ready = definitions.ready(reading, found.version_id)
        open_incidents = reading.scalars(
            select(Incident).where(Incident.instance_id == instance_id, Incident.state == "open").order_by(Incident.id)
        ).all()
        course = queries.course(reading, found)
        page = {
            "events": course.events,
            "tokens": course.tokens,
            "visited": course.visited,
            "waits": queries.waits(reading, instance_id),
            "document": documents.seen(reading, actor(), found.document_id),
            "called": reading.scalars(
                select(Instance).where(Instance.parent_id == instance_id).order_by(Instance.id)
            ).all(),
            "tasks": [row for row in worklists.open_on(reading, found.document_id) if row[0].instance_id == instance_id]
            if found.document_id
            else [],
        }
        called_names = {each.version_id: definitions.ready(reading, each.version_id).name for each in page["called"]}
    names = {element.id: element.name or element.id for element in ready.procedure.elements.values()}
    return render_template(
        "instances/instance.html", instance=found, ready=ready, names=names, incidents=open_incidents,
        called_names=called_names,
        may_mend=rules.may_mend(actor(), found.agency_id), **page,
    )  # fmt: skip


@screen.get("/instances/<int:instance_id>/diagram.bpmn")
def drawing(instance_id: int) -> Response:
    """Return the diagram of the version the run is pinned to."""
    with platform().reading() as reading:
        found = _visible(reading, instance_id)
        xml, _names_of = queries.diagram(reading, found.version_id)
        version_id = found.version_id
    answer = Response(xml, mimetype="application/xml")
    answer.set_etag(f"version-{version_id}")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)


@screen.post("/instances/<int:instance_id>/cancel")
def cancel(instance_id: int) -> Any:
    """Stop a run by hand, with a reason."""
    with platform().reading() as reading:
        queries.instance(reading, actor(), instance_id)
    reason = request.form.get("reason", "").strip()
    if not reason:
        raise InvalidInput(_("Ghi lý do dừng quy trình rồi gửi lại."))
    platform().run(actor(), commands.cancel_instance, instance_id, reason)
    flash(_("Đã dừng quy trình."), "done")
    return redirect(url_for("instances.instance", instance_id=instance_id), 303)


@screen.get("/incidents")
def incidents() -> Any:
    """List what can't go on without an admin."""
    if not rules.may_mend(actor(), actor().agency_id or 0):
        raise NotFound(_("Trang này dành cho quản trị cơ quan."))
    with platform().reading() as reading:
        rows = queries.incidents(reading, actor())
        names = _names(reading, {row.id for _incident, row in rows})
    return render_template("instances/incidents.html", rows=rows, names=names, at=now())


@screen.get("/incidents/<int:incident_id>")
def mend(incident_id: int) -> Any:
    """Show one incident with the data of its step, to be corrected or gone without."""
    return _mend_page(incident_id)


@screen.post("/incidents/<int:incident_id>/retry")
def retry(incident_id: int) -> Any:
    """Try again what failed, with the data as corrected; what is wrong is told and nothing typed is lost."""
    try:
        patch = _corrected(incident_id) if request.form.get("edited") else {}
        platform().run(actor(), mending.retry_incident, incident_id, patch)
    except (InvalidInput, Conflict) as error:
        return _mend_page(incident_id, error, "retry"), error.status
    flash(_("Đã cho chạy lại. Kết quả hiện ở hồ sơ quy trình."), "done")
    return redirect(url_for("instances.incidents"), 303)


@screen.post("/incidents/<int:incident_id>/skip")
def skip(incident_id: int) -> Any:
    """Go on without what failed, with a result given by hand; result and reason go into the audit trail."""
    reason = request.form.get("reason", "").strip()
    try:
        if not reason:
            sentence = _("Ghi lý do bỏ qua bước này rồi gửi lại.")
            raise InvalidInput(sentence, {"reason": sentence})
        with platform().reading() as reading:
            fields = mending.trouble(reading, actor(), platform().catalog, incident_id).result_fields
        result = _typed(fields, "r-")
        platform().run(actor(), mending.skip_incident, incident_id, reason, result)
    except (InvalidInput, Conflict) as error:
        return _mend_page(incident_id, error, "skip"), error.status
    flash(_("Đã bỏ qua bước này; quy trình đi tiếp."), "done")
    return redirect(url_for("instances.incidents"), 303)


def _corrected(incident_id: int) -> dict[str, Any]:
    with platform().reading() as reading:
        fields = mending.trouble(reading, actor(), platform().catalog, incident_id).fields
    sent = request.form
    extra = corrections.added(sent.get("new_name", ""), sent.get("new_kind", ""), sent.get("new_value", ""))
    return _typed(fields, "v-") | extra


def _typed(fields: Iterable[Field], prefix: str) -> dict[str, Any]:
    sent = {name.removeprefix(prefix): value for name, value in request.form.items() if name.startswith(prefix)}
    try:
        return corrections.read(fields, sent)
    except InvalidInput as error:
        raise InvalidInput(str(error), {prefix + name: said for name, said in error.fields.items()}) from error


def _mend_page(incident_id: int, error: RequestError | None = None, doing: str = "") -> str:
    with platform().reading() as reading:
        trouble = mending.trouble(reading, actor(), platform().catalog, incident_id)
    fields = error.fields if isinstance(error, InvalidInput) else {}
    shown = {name for name in fields if name in request.form}
    problems = {name if name in shown else "": said for name, said in fields.items()} or (
        {"": str(error)} if error else {}
    )
    element = trouble.ready.procedure.elements.get(trouble.incident.element)
    return render_template(
        "instances/mend.html", trouble=trouble, doing=doing, problems=problems, sent=request.form if error else None,
        name=element.name or element.id if element else trouble.incident.element,
    )  # fmt: skip


def _overseers_only() -> None:
    if not actor().roles & OVERSEERS:
        raise NotFound(_("Trang này dành cho quản trị và người thiết kế quy trình."))


def _visible(reading: Session, instance_id: int) -> Instance:
    """A run of the own agency, for overseers and for whoever has or had a task in it or may see its document."""
    found = queries.instance(reading, actor(), instance_id)
    if actor().roles & OVERSEERS or queries.takes_part(reading, actor(), instance_id):
        return found
    raise NotFound(_("Không tìm thấy lượt chạy quy trình này."))


def _names(reading: Session, ids: set[int]) -> dict[int, tuple[str, dict[str, str]]]:
    """Instance id → procedure's name, and its elements' names."""
    found: dict[int, tuple[str, dict[str, str]]] = {}
    for row in reading.execute(select(Instance.id, Instance.version_id).where(Instance.id.in_(ids))):
        ready = definitions.ready(reading, row.version_id)
        found[row.id] = (ready.name, {e.id: e.name or e.id for e in ready.procedure.elements.values()})
    return found
