"""From what people typed into a form to process data and document fields."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import VIETNAM
from engine.definitions.queries import Ready
from engine.directory import queries as directory
from engine.directory.authority import queries as authority
from engine.documents import commands as documents
from engine.documents import queries as document_queries
from engine.documents.models import Document, Register
from engine.errors import NotFound
from engine.forms.components import Option
from engine.forms.context import FormContext
from engine.forms.context import Upload as FormUpload
from engine.forms.form import Form
from engine.opinions import commands as opinions
from engine.opinions import queries as opinion_queries
from engine.outages import commands as outages
from engine.platform import Work
from engine.records import queries as records
from engine.tasks.models import Task

BOUND = "document."
OUTAGE = "outage."  # of the outage that a case leads to its end
OPINION = "opinion."  # of the line of a fan-out that asks somebody for an opinion


@dataclass(frozen=True, slots=True)
class AgencyChoices:
    """What pickers offer inside one agency (implements engine.forms.context.Choices)."""

    session: Session
    agency_id: int
    now: datetime

    def people(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        """Active people, narrowed by `role` and `unit`; `signs` adds who signs by a written authorisation (TUQ)."""
        unit = narrowing.get("unit", "")
        found = directory.people_with(
            self.session,
            self.agency_id,
            role=narrowing.get("role") or None,
            unit_id=int(unit) if unit.isdigit() else None,
        )
        options = [Option(p.id, p.full_name) for p in found]
        return [*options, *self._authorised({p.id for p in found})] if narrowing.get("signs") else options

    def _authorised(self, known: set[int]) -> list[Option]:
        """Who signs by authorisation today, with the kinds it is limited to (ND30-13.3)."""
        options = []
        for person_id, row in authority.authorised(self.session, self.agency_id, directory.today(self.now)).items():
            if person_id not in known:
                name = directory.person(self.session, self.agency_id, person_id).full_name
                hint = ", ".join(row.type_names.get("only") or ())
                options.append(Option(person_id, f"{name} (TUQ. {row.code})", hint))
        return options

    def units(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        """Units of the agency."""
        return [Option(u.id, u.name) for u in directory.units(self.session, self.agency_id)]

    def agencies(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        """Every other agency that can receive documents."""
        return [Option(a.id, a.name) for a in directory.agencies(self.session) if a.id != self.agency_id]

    def documents(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        """Recent documents of the agency, narrowed by `direction` and `status`."""
        rows = select(Document.id, Document.code, Document.subject).where(
            Document.agency_id == self.agency_id, Document.destroyed_at.is_(None)
        )
        for name, column in (("direction", Document.direction), ("status", Document.status)):
            if narrowing.get(name):
                rows = rows.where(column.in_(narrowing[name].split(",")))
        found = self.session.execute(rows.order_by(Document.id.desc()).limit(200))
        return [Option(r.id, f"{r.code or 'Chưa có số'} · {r.subject}"[:200]) for r in found]

    def registers(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        """Registers in use, narrowed by `direction`."""
        rows = select(Register).where(Register.agency_id == self.agency_id, Register.active)
        if narrowing.get("direction"):
            rows = rows.where(Register.direction == narrowing["direction"])
        return [Option(r.id, r.name) for r in self.session.scalars(rows.order_by(Register.id))]

    def dossiers(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        """Open dossiers of the person that `keeper` names; none without one, for titles are not everybody's."""
        keeper = narrowing.get("keeper", "")
        found = records.kept_open(self.session, self.agency_id, int(keeper)) if keeper.isdigit() else []
        return [Option(row.id, f"{row.notation} · {row.title}"[:200]) for row in found]


def form_of(ready: Ready, task: Task) -> Form | None:
    """The form of a task; None when it is completed without one."""
    if not task.form:
        return None
    form = ready.read_forms.get(task.form.removesuffix(".form.json"))
    if form is None:
        raise NotFound(f"Quy trình không có biểu mẫu “{task.form}”.")
    return form


def bindings(ready: Ready, task: Task, prefix: str = BOUND) -> dict[str, str]:
    """Form key → field of the document (or opinion), for what isn't written to process data."""
    if not task.form:
        return {}
    found: dict[str, str] = {}
    stack: list[Any] = list(ready.forms.get(task.form.removesuffix(".form.json"), {}).get("components", []))
    while stack:
        component = stack.pop()
        stack.extend(component.get("components", []))
        bound = str(component.get("properties", {}).get("bind", ""))
        if bound.startswith(prefix) and component.get("key"):
            found[component["key"]] = bound.removeprefix(prefix)
    return found


def context(session: Session, ready: Ready, task: Task, given: Mapping[str, Any], now: datetime) -> FormContext:
    """What a task's form is shown with: process data, the line of a fan-out, the document's fields."""
    data: dict[str, Any] = dict(given)
    if task.document_id:
        fields = document_fields(session, task.document_id)
        data["document"] = fields
        for key, field_name in bindings(ready, task).items():
            if field_name in fields:
                data[key] = fields[field_name]
    if (request := _request(task)) is not None:
        data["opinion"] = said = opinion_queries.shown_in_form(session, request, task.agency_id)
        for key, field_name in bindings(ready, task, OPINION).items():
            data[key] = said.get(field_name) or None
    choices = AgencyChoices(session, task.agency_id, now)
    return FormContext(json.loads(json.dumps(data, default=_plain)), choices, now.astimezone(VIETNAM).date())


def _request(task: Task) -> int | None:
    """The request for an opinion that a line of a fan-out stands for."""
    found = (item.get("request") for item in task.data.values() if isinstance(item, dict))
    return next((each for each in found if isinstance(each, int)), None) if task.index is not None else None


def document_fields(session: Session, document_id: int) -> dict[str, Any]:
    """The document's columns as plain values, and its recipients, for defaults in forms."""
    document = session.get(Document, document_id)
    if document is None:
        return {}
    fields = {
        c.key: getattr(document, c.key) for c in Document.__mapper__.column_attrs if c.key not in ("folded", "version")
    }
    outgoing = document.direction == "outgoing"  # what came in has no recipients of ours
    fields["recipients"] = document_queries.recipient_ids(session, document_id) if outgoing else []
    return fields


def accept(
    work: Work, ready: Ready, task: Task, given: Mapping[str, Any], answers: Mapping[str, Any]
) -> dict[str, Any]:
    """Check the answers against the task's form; bound ones go to the document, the rest is for process data.

    InvalidInput carries a sentence per field.
    """
    form = form_of(ready, task)
    if form is None:
        return {}
    values = form.validate(answers, context(work.session, ready, task, given, work.now))
    bound = bindings(ready, task)
    for_document = {field: values.pop(key) for key, field in bound.items() if key in values}
    if for_document and task.document_id:
        documents.update_fields(work, task.document_id, {k: _uploads(v) for k, v in for_document.items()})
    for_opinion = {f: values.pop(k) for k, f in bindings(ready, task, OPINION).items() if k in values}
    if for_opinion and (request := _request(task)) is not None:
        opinions.fill(work, request, {k: _uploads(v) for k, v in for_opinion.items()})
    for_outage = {f: values.pop(k) for k, f in bindings(ready, task, OUTAGE).items() if k in values}
    if for_outage and isinstance(outage := given.get("outage"), int):
        outages.fill(work, outage, for_outage)
    return {k: v for k, v in values.items() if not _is_upload(v)}


def _is_upload(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(v, FormUpload) for v in value)


def _uploads(value: Any) -> Any:
    if not _is_upload(value):
        return value
    return [documents.Upload(u.name, u.handle if isinstance(u.handle, bytes) else u.handle.read()) for u in value]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
