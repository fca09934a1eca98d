"""The bell and its list: only one's own, only what one may see, read one by one or all at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select, update

from engine.directory.models import Person
from engine.documents import commands as documents
from engine.instances import cases
from engine.notices import commands, queries
from engine.notices.models import Letter, Notice
from engine.notices.rules import KINDS
from engine.platform import Platform, system
from engine.tasks.models import Task
from tests import builders
from tests.web.conftest import SignIn
from web.notices.routes import ICONS

SUBJECT = "Về việc <b>kiểm tra</b> công trình"


@pytest.fixture
def office(province: builders.Province) -> builders.Office:
    return province.department


@pytest.fixture
def task_id(platform: Platform, office: builders.Office) -> int:
    """A document that waits for the clerks; one of the leaders took it in, so that the clerk is told."""
    leader = builders.actor(platform, office["leader"])
    _document, instance = platform.run(
        leader, cases.begin_incoming, agency_id=office.id, subject=SUBJECT, code="12/UBND", organ_name="UBND",
        main_file=builders.Upload("a.pdf", builders.pdf("a")),
    )  # fmt: skip
    tell(platform)
    with platform.reading() as session:
        found = session.scalar(select(Task.id).where(Task.instance_id == instance.id))
    assert found
    return found


def tell(platform: Platform, mail: bool = False) -> None:
    """Tell what is due, as the worker does."""
    while platform.run(system(), commands.tell, mail=mail)[0]:
        pass


def page(client: FlaskClient, address: str = "/notices") -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def bell(client: FlaskClient) -> str:
    """What stands at the bell."""
    return BeautifulSoup(client.get("/tasks/counts").text, "html.parser").select_one("#bell-count").get_text()


def test_a_notice_leads_to_its_task_and_is_read_then(
    platform: Platform, office: builders.Office, sign_in: SignIn, task_id: int
) -> None:
    client = sign_in(office["clerk"])
    assert bell(client) == "1"
    found = page(client)
    assert [each.get_text(strip=True) for each in found.select("tr.day")] == ["Hôm nay"]
    row = found.select_one("tr.unread")
    assert "Nhóm của bạn có việc “Tiếp nhận văn bản” chờ nhận." in row.get_text()
    assert f"12/UBND · {SUBJECT}" in row.get_text()
    answer = client.get(row.select_one("a.row-link")["href"])
    assert answer.location == f"/tasks/{task_id}"
    assert bell(client) == ""
    assert page(client).select("tr.unread") == []
    assert "Không có thông báo chưa đọc" in page(client, "/notices?show=unread").get_text()


def test_marking_without_scripts_comes_back_and_with_them_moves_nothing_else(
    office: builders.Office, sign_in: SignIn, task_id: int
) -> None:
    client = sign_in(office["clerk"])
    form = page(client, "/notices?show=unread").select_one("td.c-do form")
    back = form.select_one("[name=back]")["value"]
    answer = client.post(form["action"], data={"do": "read", "back": back})
    assert (answer.status_code, answer.location) == (303, "/notices?show=unread")
    part = client.post(form["action"], data={"do": "unread"}, headers={"HX-Request": "true"})
    found = BeautifulSoup(part.text, "html.parser")
    assert found.select_one("tr.unread")
    assert found.select_one("#bell-count").get_text() == "1"
    assert found.select_one("html") is None


def test_all_that_was_shown_is_read_and_no_more(
    platform: Platform, office: builders.Office, sign_in: SignIn, task_id: int
) -> None:
    client = sign_in(office["clerk"])
    until = page(client).select_one("[name=until]")["value"]
    platform.run(builders.actor(platform, office["leader"]), commands.urge, task_id, "Xử lý ngay.")
    tell(platform)
    read = client.post("/notices/read", data={"until": until}, follow_redirects=True).text
    [undo] = re.findall(r'class="notice-undo" method="post" action="([^"]+)"', read)
    assert "chưa đọc" in client.post(undo, follow_redirects=True).text
    client.post("/notices/read", data={"until": until})
    assert bell(client) == "1"
    assert client.post("/notices/read", data={"until": "99999999999999999999999"}).status_code == 303
    assert client.post("/notices/read", data={"until": "x"}).status_code == 303


def test_a_notice_is_found_by_nobody_else(
    platform: Platform, office: builders.Office, sign_in: SignIn, task_id: int
) -> None:
    with platform.reading() as session:
        notice_id = session.scalar(select(Notice.id).where(Notice.person_id == office["clerk"].id))
    other = sign_in(office["leader"])
    assert other.get(f"/notices/{notice_id}").status_code == 404
    assert other.post(f"/notices/{notice_id}/read").status_code == 404
    assert bell(other) == ""


def test_a_recalled_document_leaves_no_words(
    platform: Platform, office: builders.Office, sign_in: SignIn, task_id: int
) -> None:
    client = sign_in(office["clerk"])
    platform.run(builders.actor(platform, office["leader"]), commands.urge, task_id, "Về công trình số 5.")
    tell(platform)
    assert "công trình số 5" in page(client).get_text()
    with platform.reading() as session:
        document_id = session.get_one(Task, task_id).document_id
    platform.run(system(office.id), documents.destroy, document_id, "Ban hành nhầm")
    tell(platform)
    text = page(client).get_text()
    assert "công trình" not in text
    assert "Đã hủy theo thông báo thu hồi" in text
    assert bell(client) == "1"  # the reminder is settled, the work of the group still waits


def test_what_is_no_longer_theirs_to_see_isnt_shown(
    platform: Platform, office: builders.Office, sign_in: SignIn
) -> None:
    specialist = office["specialist"]
    draft = builders.draft(platform, office, by=specialist, subject="Tờ trình kín")
    platform.run(system(office.id), _note, draft.id, specialist.id, office["clerk"].id, office["unit-head"].id)
    assert "Tờ trình kín" in page(sign_in(specialist)).get_text()
    assert "Tờ trình kín" in page(sign_in(office["clerk"])).get_text()  # clerks see every document of the agency
    hidden = page(sign_in(office["unit-head"])).get_text()
    assert "Dự thảo bị trả lại" in hidden
    assert "Tờ trình kín" not in hidden


def _note(work: Any, document_id: int, *people: int) -> None:
    for person_id in people:
        person = work.session.get_one(Person, person_id)
        work.session.add(Notice(
            agency_id=person.agency_id, person_id=person_id, kind="returned", mark="r", at=work.now,
            document_id=document_id, details={}, bell=True,
        ))  # fmt: skip


def test_a_leader_urges_from_the_page_of_the_task_and_sees_what_became_of_it(
    platform: Platform, office: builders.Office, sign_in: SignIn, task_id: int
) -> None:
    leader, clerk = sign_in(office["leader"]), sign_in(office["clerk"])
    form = page(leader, f"/tasks/{task_id}").select_one(f'form[action="/tasks/{task_id}/urge"]')
    assert form is not None
    assert page(leader, "/notices/sent").select("tbody tr") == []
    assert leader.post(form["action"], data={"message": "Trình trong sáng nay."}).status_code == 303
    tell(platform)
    assert "đôn đốc việc “Tiếp nhận văn bản”" in page(clerk).get_text()
    row = page(leader, "/notices/sent").select_one("tbody tr").get_text(" ", strip=True)
    assert office["clerk"].full_name in row
    assert "chưa đọc" in row
    assert "không gửi thư" in row
    assert "Nhập nội dung đôn đốc" not in leader.post(form["action"], data={"message": " "}).text
    assert sign_in(office["specialist"]).post(form["action"], data={"message": "Nhanh"}).status_code in (403, 404)


def test_a_letter_that_was_lost_is_shown_to_who_urged_and_to_admins(
    platform: Platform, office: builders.Office, sign_in: SignIn, task_id: int
) -> None:
    platform.run(builders.actor(platform, office["leader"]), commands.urge, task_id, "Trình ngay.")
    tell(platform)
    platform.run(system(), _lose)
    tell(platform)
    leader = page(sign_in(office["leader"]), "/notices/sent")
    assert "Thư không gửi được" in leader.get_text()
    assert "Hộp thư đầy" in leader.get_text()
    assert leader.select_one("#failed") is None
    assert "Thư đôn đốc của bạn không gửi được." in page(sign_in(office["leader"])).get_text()
    admin = page(sign_in(office["agency-admin"]), "/notices/sent")
    assert "Hộp thư đầy" in admin.select_one("#failed").find_parent("section").get_text()


def _lose(work: Any) -> None:
    """A letter whose delivery has failed for good."""
    notice = work.session.scalars(select(Notice).where(Notice.kind == "urged")).first()
    delivery = work.send("notification.send-letter", {"letter": 1}, agency_id=notice.agency_id)
    work.session.flush()
    delivery.state, delivery.last_error = "failed", "Hộp thư đầy"
    letter = Letter(
        agency_id=notice.agency_id, person_id=notice.person_id, delivery_id=delivery.id, state="waiting",
        created_at=work.now, problem="",
    )  # fmt: skip
    work.session.add(letter)
    work.session.flush()
    work.session.execute(update(Notice).where(Notice.id == notice.id).values(letter_id=letter.id))
    commands.give_up_letters(work)


def test_the_list_goes_on_behind_fifty(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    def many(work: Any) -> None:
        for number in range(queries.PAGE + 1):
            work.session.add(Notice(
                agency_id=office.id, person_id=office["clerk"].id, kind="ready", mark=str(number), at=work.now,
                details={"title": f"Bản in {number}"}, bell=True,
            ))  # fmt: skip

    platform.run(system(), many)
    client = sign_in(office["clerk"])
    first = page(client)
    assert len(first.select("a.row-link")) == queries.PAGE
    older = page(client, first.select_one("nav.pages [rel=next]")["href"])
    assert [each.get_text(strip=True) for each in older.select("tbody p")] == ["Bản in 0"]
    assert client.get("/notices?before=-1").status_code == client.get("/notices?before=x").status_code == 200


def test_every_kind_of_notice_has_its_sign() -> None:
    assert set(ICONS) == set(KINDS)
