"""Another agency's ids lead nowhere, on every route there is; a new route can't be forgotten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from engine.definitions import drafting, waivers
from engine.definitions import queries as definitions
from engine.directory import commands as directory
from engine.directory import rights
from engine.directory.authority import commands as authority
from engine.directory.models import RoleGrant
from engine.documents import commands
from engine.documents import queries as documents
from engine.documents.models import Assignment
from engine.documents.prints import orders
from engine.documents.prints.reading import Selection
from engine.documents.searching import asking
from engine.documents.searching import commands as searching
from engine.drafts import commands as drafts
from engine.instances import cases
from engine.instances.models import Incident, Instance
from engine.instances.moving import commands as moving
from engine.instances.practice.reporting import schedules
from engine.instances.practice.reporting.models import ReportFile
from engine.intake import clearing
from engine.intake import commands as intake
from engine.notices import pushing
from engine.notices.models import Notice
from engine.opinions import commands as opinions
from engine.outages import commands as outages
from engine.outages.commands import Announcement
from engine.platform import Actor, Platform, Work, system
from engine.records import commands as records
from engine.records import handover
from engine.records import queries as dossiers
from engine.tasks.filters import Filter
from engine.tasks.kept import keep_filter
from engine.tasks.models import Task
from engine.tasks.phrases import keep_phrase
from engine.tasks.succession import commands as succession
from tests import builders, papers
from tests.web.conftest import SignIn
from web.session import OPEN

# What a route may take in its address; a new name has to be taught here.
NOT_IDS = {
    "name": "tep.pdf",
    "extension": "csv",
    "key": "incoming-document",
    "direction": "incoming",
    "filename": "manifest.json",
    "slug": "work",
    "kind_slug": "quyet-dinh",
    "page": 0,
    "year": 2026,
    "month": 11,
    "number": 24,
    "kind": "holiday",
    "format": "pdf",
    "what": "year",
    "step": "close",
    "decision": "confirm",
    "about": "minutes",
    "turn": "submit",
}
# What belongs to one person alone is found by nobody else, of the same agency either.
OF_ONE_PERSON = {"registers.print_file", "notices.open_notice"}
OF_NOBODY = {"notices.stream"}  # it never ends
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
EVERY_ROLE = ("clerk", "leader", "form-checker", "agency-admin", "process-analyst")


@pytest.fixture
def ids(platform: Platform, province: builders.Province) -> dict[str, int]:
    """One of everything that belongs to the department."""
    office = province.department
    clerk = builders.actor(platform, office["clerk"])
    document, instance = platform.run(
        clerk, cases.begin_incoming, agency_id=office.id, subject="Văn bản của Sở", code="1/UBND", organ_name="UBND",
        main_file=builders.Upload("van-ban.pdf", builders.pdf("a")),
    )  # fmt: skip
    stand_in = platform.run(
        builders.actor(platform, office["leader"]), directory.add_stand_in, office["leader"].id, office["clerk"].id,
        valid_from=platform.clock.now(), valid_to=platform.clock.now().replace(month=12),
    )  # fmt: skip

    def trouble(work: Work) -> int:
        incident = Incident(
            agency_id=office.id, instance_id=instance.id, element="take-in", token="t", kind="operation",
            message="Hỏng", state="open", raised_at=work.now, note="",
        )  # fmt: skip
        work.session.add(incident)
        work.session.flush()
        return incident.id

    incident_id = platform.run(system(office.id), trouble)
    with platform.reading() as session:
        task_id = session.scalar(select(Task.id).where(Task.instance_id == instance.id))
        grant_id = session.scalar(select(RoleGrant.id).where(RoleGrant.person_id == office["leader"].id))
        file_id = documents.attachments(session, document.id)[0].id
    assert office.registers
    assert task_id
    assert grant_id
    procedures = procedures_of(platform, office, instance.id)
    admin = builders.actor(platform, builders.person(platform, office.agency, "provincial-admin"))
    notice_id = platform.run(system(office.id), notice, office["leader"].id)
    line_id = platform.run(system(office.id), line, document.id, office.unit.id)
    waiver = platform.run(admin, waivers.grant, "law.filed", "incoming-document", office.id, "Thử")
    return (
        procedures
        | {"waiver_id": waiver.id}
        | asked(platform, office, document.id)
        | {
            "document_id": document.id,
            "file_id": file_id,
            "instance_id": instance.id,
            "task_id": task_id,
            "incident_id": incident_id,
            "person_id": office["leader"].id,
            "unit_id": office.unit.id,
            "register_id": office.registers[0].id,
            "grant_id": grant_id,
            "row_id": stand_in.id,
            "notice_id": notice_id,
            "line_id": line_id,
        }
        | platform.run(clerk, on_schedule)
        | drafted(platform, clerk, office)
        | scanned(platform, clerk)
        | own(platform, clerk)
        | registered(platform, clerk, document.id, office)
        | kept(platform, clerk, document.id)
        | people(platform, office)
    )


def stopped(work: Work) -> int:
    """An outage that is over."""
    since = work.now - timedelta(hours=2)
    given = Announcement("Mất điện", since, work.now, "Nhận giấy", "Nhập sau", restarted_at=work.now)
    return outages.announce(work, given).id


def own(platform: Platform, clerk: Actor) -> dict[str, int]:
    """What somebody keeps for themselves: a filter of the inbox, a search, words."""
    filter_id = platform.run(clerk, keep_filter, "Quá hạn", "groups", Filter(due="late"), "", "clerk").id
    saved = platform.run(clerk, searching.save_search, "Văn bản của tôi", asking.Criteria(text="của sở"))
    phrase = platform.run(clerk, keep_phrase, "Đã xem", "Đã xem, lưu.", "clerk")
    return {"filter_id": filter_id, "saved_id": saved.id, "phrase_id": phrase.id}


def scanned(platform: Platform, clerk: Actor) -> dict[str, int]:
    """A scan that has been read, a kept form."""
    scan = builders.Upload("quét.pdf", builders.pdf("giấy"))
    [taken] = platform.run(clerk, intake.take_in, [scan])
    pages = {
        "file_hash": platform.files.put(scan.content),
        "pages": 24,
        "pictures": [platform.files.put(papers.scanned())] * 24,
        "text": "",
    }
    read = {NOT_IDS["name"]: {"value": "x", "confidence": 1, "page": 0, "box": [0.1, 0.1, 0.2, 0.2], "said": "x"}}
    platform.run(clerk, intake.keep_read, taken.id, proposals=read, **pages)
    form_id = platform.run(clerk, intake.keep_form, "Mẫu", {"organ_name": "UBND"}).id
    return {"scan_id": taken.id, "form_id": form_id}


def people(platform: Platform, office: builders.Office) -> dict[str, int]:
    """A change of rights that waits, a hand-over that was made, an outage that is over."""
    leaver = builders.person(platform, office.agency, "specialist", unit=office.unit)
    admin = builders.actor(platform, office["agency-admin"])
    change = platform.run(admin, rights.ask_grant, leaver.id, "clerk")
    stamped = builders.Upload("nham.txt", "MẬT\nBảng mật độ".encode())
    cleared = platform.run(builders.actor(platform, office["clerk"]), clearing.ask_for_file, stamped, "Là tên cột")
    made = platform.run(admin, succession.hand_over, leaver.id, {"all": office["clerk"].id}, cause="move")
    assert change
    outage_id = platform.run(admin, stopped)
    return {
        "change_id": change.id, "clearance_id": cleared.id, "hand_over_id": made.id, "outage_id": outage_id,
    }  # fmt: skip


def asked(platform: Platform, office: builders.Office, document_id: int) -> dict[str, int]:
    """A round of opinions on the document, an authorisation to sign, a level of approval."""

    def ask(work: Work) -> dict[str, int]:
        leader, head = office["leader"].id, office["unit-head"].id
        due = work.now.date().replace(month=12)
        row = opinions.open_round(work, document_id, leader, "Góp ý", [head], [], due)
        given = authority.add_authorisation(
            work, giver_id=leader, receiver_id=head, code="1/GUQ", dated=work.now.date(), valid_from=work.now.date(),
            valid_to=due, scope="Công tác văn thư",
        )  # fmt: skip
        level = authority.add_level(work, "Trưởng phòng", role="unit-head")
        return {"round_id": row.id, "authorisation_id": given.id, "level_id": level.id}

    return platform.run(builders.actor(platform, office["agency-admin"]), ask)


def notice(work: Work, person_id: int) -> int:
    """Something one person was told."""
    row = Notice(
        agency_id=work.actor.agency_id, person_id=person_id, kind="ready", mark="1", at=work.now, details={}, bell=True
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    return row.id


def drafted(platform: Platform, clerk: Actor, office: builders.Office) -> dict[str, int]:
    """A draft with a version, its layout checked, and a template of the agency."""
    document = builders.draft(platform, office)

    def make(work: Work) -> int:
        version = drafts.add_version(work, document.id, builders.Upload("du-thao.pdf", builders.pdf("d")), "Thử")
        report = {"pages": [[595, 842]], "findings": [], "errors": 0, "warnings": 0}
        drafts.record_check(work, document.id, version.id, report, {"0": work.files.put(b"picture")})
        return version.id

    file_id = platform.run(builders.actor(platform, office["specialist"]), make)
    upload = builders.Upload("mau.docx", builders.docx())
    template = platform.run(clerk, drafts.keep_template, "Quyết định", upload)
    return {"outgoing_id": document.id, "draft_file_id": file_id, "template_id": template.id}


def on_schedule(work: Work) -> dict[str, int]:
    """A report on schedule with its file, and a browser of the clerk's."""
    schedule = schedules.add_schedule(work, "quarterly", "quarter", [work.actor.person_id or 0])
    report = ReportFile(
        agency_id=work.actor.agency_id, schedule_id=schedule.id, kind="quarterly", period="2026-Q3", receivers=[],
        state="done", files={"pdf": work.files.put(b"pdf")}, problem="", ordered_at=work.now, made_at=work.now,
    )  # fmt: skip
    work.session.add(report)
    work.session.flush()
    browser = pushing.register(work, "https://push.example.net/1", "key", "secret", "Firefox")
    return {"schedule_id": schedule.id, "report_id": report.id, "subscription_id": browser.id}


def line(work: Work, document_id: int, unit_id: int) -> int:
    """A line of an instruction."""
    row = Assignment(
        document_id=document_id, unit_id=unit_id, part="support", state="open", note="", created_at=work.now
    )
    work.session.add(row)
    work.session.flush()
    return row.id


def registered(platform: Platform, clerk: Actor, document_id: int, office: builders.Office) -> dict[str, int]:
    """The document in the register, a number held, a print ordered."""
    assert office.registers
    incoming, outgoing = office.registers

    def enter(work: Work) -> dict[str, int]:
        commands.check(work, document_id)
        commands.register_incoming(work, document_id)
        held = commands.hold_number(work, outgoing.id, "Chờ ký")
        year = Selection(incoming.id, "incoming", date(2026, 1, 1), date(2026, 12, 31))
        return {"entry_id": held.id, "print_id": orders.order_print(work, orders.Order(year, "pdf")).id}

    return platform.run(clerk, enter)


def kept(platform: Platform, clerk: Actor, document_id: int) -> dict[str, int]:
    """The document in a dossier, another dossier closed, its package made."""

    def keep(work: Work) -> dict[str, int]:
        year = work.now.year
        row = records.add_dossier(work, title="Hồ sơ của Sở", year=year, retention_years=10)
        done = records.add_dossier(work, title="Hồ sơ đã xong", year=year, retention_years=10)
        records.put(work, row.id, [document_id])
        done.state = "closed"
        work.session.flush()
        offered = records.add_dossier(work, title="Hồ sơ nộp lưu", year=year, retention_years=10)
        offered.state = "offered"
        work.session.flush()
        minutes = handover.receive_many(work, [offered.id])[0]
        package = handover.order_package(work, done.id)
        handover.finish_package(work, package.id, work.files.put(b"zip"), 3, {})
        line = dossiers.lines(work.session, work.actor, row.id)[0]
        return {"dossier_id": row.id, "line_id": line.entry.id, "package_id": package.id,
                "paper_id": minutes.id}  # fmt: skip

    return platform.run(clerk, keep)


def procedures_of(platform: Platform, office: builders.Office, instance_id: int) -> dict[str, int]:
    """A variant in force, a draft of it and a move of cases to it; `old_id` is the shipped version they run on."""
    analyst = builders.actor(platform, builders.person(platform, office.agency, "process-analyst"))

    def make(work: Work) -> dict[str, int]:
        shipped = work.session.get_one(Instance, instance_id).version_id
        key = definitions.version(work.session, analyst, shipped)[1].key
        draft = drafting.start_draft(work, key, office.id, shipped)
        variant = drafting.start_draft(work, key, office.id, shipped)
        variant.state = "published"
        work.session.flush()
        moved = moving.begin_migration(work, shipped, variant.id)
        return {
            "version_id": variant.id, "draft_id": draft.id, "other_id": draft.id, "old_id": shipped,
            "new_id": variant.id, "migration_id": moved.id,
        }  # fmt: skip

    return platform.run(analyst, make)


def rules(app: Flask) -> list[Rule]:
    """Every route that takes something in its address and isn't open to the world."""
    return [rule for rule in app.url_map.iter_rules() if rule.arguments and rule.endpoint not in OPEN]


def address(app: Flask, rule: Rule, ids: dict[str, int]) -> str:
    """The address of a route with these ids; KeyError for an argument nobody has taught the test."""
    values: dict[str, Any] = {name: ids[name] if name in ids else NOT_IDS[name] for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def test_another_agencys_ids_are_not_found_on_any_route(
    app: Flask, platform: Platform, province: builders.Province, ids: dict[str, int], sign_in: SignIn
) -> None:
    stranger = builders.person(platform, province.commune.agency, *EVERY_ROLE)
    client = sign_in(stranger)
    body = {"person": str(stranger.id), "reason": "Thử", "do": "unlock", "decision": "accept", "role": "clerk"}
    found = {}
    for rule in rules(app):
        if not rule.arguments - set(NOT_IDS):
            continue
        where = address(app, rule, ids)
        for method in sorted((rule.methods or set()) & METHODS):
            answer = client.open(where, method=method, data=None if method == "GET" else body)
            if answer.status_code != 404:
                found[f"{method} {rule.rule}"] = answer.status_code
    assert found == {}


def test_ones_own_ids_are_found(
    app: Flask, platform: Platform, province: builders.Province, ids: dict[str, int], sign_in: SignIn
) -> None:
    # without this the test above would pass on addresses that are wrong for everybody
    client = sign_in(builders.person(platform, province.department.agency, *EVERY_ROLE))
    wrong = {}
    for rule in rules(app):
        if "GET" in (rule.methods or set()) and rule.endpoint not in OF_ONE_PERSON:
            status = client.get(address(app, rule, ids), follow_redirects=True).status_code
            if status != 200:
                wrong[rule.rule] = status
    assert wrong == {}


def test_every_route_asks_for_sign_in(app: Flask, ids: dict[str, int]) -> None:
    client = app.test_client()
    open_to_all = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN:
            continue
        for method in sorted((rule.methods or set()) & METHODS):
            answer = client.open(address(app, rule, ids), method=method)
            if answer.status_code != 302 or not answer.headers["Location"].startswith("/sign-in"):
                open_to_all[f"{method} {rule.rule}"] = answer.status_code
    assert open_to_all == {}


def test_a_colleague_outside_the_case_does_not_see_its_document(
    platform: Platform, province: builders.Province, ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(builders.person(platform, province.department.agency, "specialist", unit=province.department.unit))
    assert client.get(f"/documents/{ids['document_id']}").status_code == 404
    assert client.get(f"/documents/{ids['document_id']}/files/{ids['file_id']}/x.pdf").status_code == 404
    assert f"/documents/{ids['document_id']}" not in client.get("/search?q=van+ban+cua+so").text
    assert "Văn bản của Sở" not in client.get("/documents/incoming").text


def test_colleagues_outside_the_case_find_no_trace_on_any_route(
    app: Flask, platform: Platform, province: builders.Province, ids: dict[str, int], sign_in: SignIn
) -> None:
    """Only what somebody may see, whatever they open: pages, lists, prints, reports, exports (issue 4, §8)."""
    office = province.department
    roles = ("specialist", "process-analyst", "archivist", "agency-admin")  # none of them sees it by the role
    client = sign_in(builders.person(platform, office.agency, *roles, unit=builders.unit(platform, office.agency)))
    traces = ("Văn bản của Sở", "Rà soát quy hoạch", "1/UBND")
    told = {}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in OPEN | OF_NOBODY:
            continue
        answer = client.get(address(app, rule, ids))
        if answer.status_code == 200 and (found := [each for each in traces if each in said_in(answer)]):
            told[rule.rule] = found
    assert told == {}


def said_in(answer: TestResponse) -> str:
    """What an answer says: a page, or the text of a table or paper."""
    return answer.get_data().decode(errors="ignore")


def test_a_file_is_not_found_under_another_document(
    platform: Platform, province: builders.Province, ids: dict[str, int], sign_in: SignIn
) -> None:
    other = builders.arrived(platform, province.department)
    client = sign_in(province.department["clerk"])
    assert client.get(f"/documents/{other.id}/files/{ids['file_id']}/x.pdf").status_code == 404
