"""The office calendar on its screen: read by everybody, changed by its admins, with the deadlines that move."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from engine.clock import VIETNAM
from engine.definitions import commands, drafting, queries
from engine.directory import calendars
from engine.directory.models import Agency
from engine.platform import Platform, Work, system
from tests import builders
from tests.web.conftest import SignIn
from tests.web.worklist.test_routes import arrive


@pytest.fixture
def office(province: builders.Province) -> builders.Office:
    """The department."""
    return province.department


@pytest.fixture
def own(platform: Platform, office: builders.Office) -> int:
    """A calendar of the department's own."""
    return platform.run(builders.actor(platform, office["agency-admin"]), calendars.take_own).id


@pytest.fixture
def timed(platform: Platform, office: builders.Office) -> None:
    """Taking in is due two office hours after receipt."""
    due = b' camunda:dueDate="${office_deadline(received_at, \'PT2H\')}"'

    def make(work: Work) -> None:
        base = queries.current(work.session, "incoming-document", office.id)
        draft = drafting.start_draft(work, "incoming-document", office.id, base)
        diagram = draft.diagram.replace(b'<bpmn:userTask id="take-in"', b'<bpmn:userTask id="take-in"' + due)
        drafting.keep_draft(work, draft.id, draft.edition, diagram=diagram)
        commands.publish(work, draft.id)

    platform.run(system(office.id), make)


def test_everybody_reads_it_and_only_its_admin_changes_it(office: builders.Office, own: int, sign_in: SignIn) -> None:
    page = sign_in(office["clerk"]).get("/calendar?year=2026").text
    assert "Ngày Văn hóa Việt Nam" in page
    assert "07:00–11:30, 13:30–17:00" in page
    assert "Đổi giờ làm việc" not in page
    assert sign_in(office["clerk"]).post("/calendar/years", data={"year": "2028"}).status_code == 403
    assert "Đổi giờ làm việc" in sign_in(office["agency-admin"]).get("/calendar").text


def test_a_shared_calendar_is_copied_before_it_is_changed(
    platform: Platform, province: builders.Province, office: builders.Office, sign_in: SignIn
) -> None:
    client = sign_in(office["agency-admin"])
    assert "Lịch làm việc này dùng chung" in client.get("/calendar").text
    day = {"day": "2026-12-24", "kind": "local", "source": "Thông báo 5", "hours": "07:00-11:30"}
    assert client.post("/calendar/days", data=day).status_code == 403
    assert client.post("/calendar/own").status_code == 303
    assert client.post("/calendar/days", data=day).status_code == 303
    with platform.reading() as session:
        theirs = {each.id: calendars.office_calendar(session, each.id) for each in session.scalars(select(Agency))}
    hours = {agency_id: len(each.hours_on(date(2026, 12, 24))) for agency_id, each in theirs.items()}
    assert hours[office.id] == 1
    assert {count for agency_id, count in hours.items() if agency_id != office.id} == {2}
    assert client.post("/calendar/own").status_code == 409


def test_a_change_shows_the_deadlines_it_moves(
    platform: Platform, office: builders.Office, own: int, timed: None, sign_in: SignIn
) -> None:
    _document, task_id = arrive(platform, office, "Về việc rà soát quy hoạch")
    client = sign_in(office["agency-admin"])
    before = sign_in(office["clerk"]).get(f"/tasks/{task_id}/deadline").text
    assert "2 giờ làm việc" in before
    day = platform.clock.now().astimezone(VIETNAM).date()
    answer = client.post("/calendar/days", data={"day": day.isoformat(), "kind": "holiday", "source": "Nghỉ bão"})
    assert answer.status_code == 200
    assert "1 việc đổi hạn theo lịch mới" in answer.text
    after = sign_in(office["clerk"]).get(f"/tasks/{task_id}/deadline").text
    assert "Nghỉ lễ: Nghỉ bão" in after
    assert "Hạn đang áp dụng khác" not in after


def test_new_hours_begin_on_their_day(office: builders.Office, own: int, sign_in: SignIn) -> None:
    client = sign_in(office["agency-admin"])
    sent = {"since": "2026-12-01", "morning": "7h30-11:30", "afternoon": "13:00 – 17:00"}
    assert client.post("/calendar/hours", data=sent).status_code == 303
    assert "07:30–11:30, 13:00–17:00" in client.get("/calendar").text


@pytest.mark.parametrize(
    "sent",
    [
        {"since": "2026-12-01", "morning": "sáng"},
        {"since": "2026-12-01", "morning": "11:30-07:00"},
        {"since": "2026-12-01", "morning": "25:00-26:00"},
        {"since": "2026-12-01"},
        {"since": "", "morning": "07:00-11:30"},
        {"since": "2026-02-30", "morning": "07:00-11:30"},
    ],
)
def test_wrong_hours_are_told_at_the_field_and_kept(
    office: builders.Office, own: int, sign_in: SignIn, sent: dict[str, str]
) -> None:
    client = sign_in(office["agency-admin"])
    answer = client.post("/calendar/hours", data=sent)
    assert answer.status_code == 422
    assert sent.get("morning", "") in answer.text
    assert "07:00–11:30, 13:30–17:00" in client.get("/calendar").text


def test_a_computed_day_is_confirmed_or_taken_out(office: builders.Office, own: int, sign_in: SignIn) -> None:
    client = sign_in(office["agency-admin"])
    where = "/calendar/days/2026/11/24/holiday"
    assert client.post(where, data={"do": "confirm"}).status_code == 303
    assert client.post(where, data={"do": "dance"}).status_code == 422
    assert client.post(where, data={"do": "remove"}).status_code in (200, 303)
    assert client.post(where, data={"do": "remove"}).status_code == 404
    assert client.post("/calendar/days/2026/2/30/holiday", data={"do": "remove"}).status_code == 404
    assert client.post(f"/calendar/days/{9**18}/1/1/holiday", data={"do": "remove"}).status_code == 404
    assert client.get("/calendar?year=1").status_code == 422
