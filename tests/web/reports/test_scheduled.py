"""Reports on schedule on their screen: listed, ordered, refused at the field, files only for whom they are."""

from __future__ import annotations

from bs4 import BeautifulSoup

from connectors.delivery import carry_out_all
from engine.clock import FixedClock
from engine.instances.practice.reporting import schedules
from engine.platform import Platform, system
from tests import builders
from tests.web.conftest import SignIn


def test_a_schedule_is_made_and_its_reports_are_taken_away(
    platform: Platform, province: builders.Province, sign_in: SignIn, clock: FixedClock
) -> None:
    office = province.department
    clerk = sign_in(office["clerk"])
    assert "phải lập hằng quý" in clerk.get("/reports/scheduled").text
    sent = {"kind": "quarterly", "every": "quarter", "receivers": [str(office["specialist"].id)]}
    page = clerk.post("/reports/schedules", data=sent, follow_redirects=True).text
    assert office["specialist"].full_name in page
    assert clerk.post("/reports/schedules", data=sent).status_code == 409
    clock.advance(days=60)
    platform.run(system(), schedules.order_due)
    carry_out_all(platform)
    clerk = sign_in(office["clerk"])
    page = clerk.get("/reports/scheduled").text
    [excel, pdf] = [a["href"] for a in BeautifulSoup(page, "html.parser").select(".made-files a")]
    assert (clerk.get(excel).data[:2], clerk.get(pdf).data[:4]) == (b"PK", b"%PDF")
    specialist = sign_in(office["specialist"])
    assert specialist.get(pdf).status_code == 200
    assert "Lập lịch mới" not in specialist.get("/reports/scheduled").text
    assert sign_in(office["form-checker"]).get(pdf).status_code == 404
    assert sign_in(province.commune["clerk"]).get(pdf).status_code == 404
    assert "Chưa có lịch" in clerk.post("/reports/schedules/1/end", follow_redirects=True).text


def test_what_is_wrong_is_said_at_the_field_and_kept(province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    clerk = sign_in(office["clerk"])
    answer = clerk.post("/reports/schedules", data={"kind": "published", "every": "month"})
    found = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert "Chọn ít nhất một người nhận" in found.select_one("#receivers-error").get_text()
    assert found.select_one("#kind option[selected]")["value"] == "published"
    refused = sign_in(office["specialist"]).post("/reports/schedules", data={"kind": "quarterly", "every": "month"})
    assert refused.status_code == 403
