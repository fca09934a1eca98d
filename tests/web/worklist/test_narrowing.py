"""Filters of the inbox: words with counts, kept in the address."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from engine.clock import FixedClock
from engine.platform import Platform, Work, system
from engine.tasks.models import Task
from tests import builders
from tests.web.conftest import SignIn
from tests.web.worklist.test_routes import arrive


@pytest.fixture
def office(platform: Platform, province: builders.Province, clock: FixedClock) -> builders.Office:
    """The department with five tasks of its registry: two late, one of them urgent; one due today; two later."""
    office = province.department
    due = (-2, -1, 1, 30, 40)
    ids = [arrive(platform, office, f"Việc {number}", urgency=3 * (number in (0, 3)))[1] for number in range(5)]

    def set_due(work: Work) -> None:
        for task_id, hours in zip(ids, due, strict=True):
            work.session.get_one(Task, task_id).due_at = clock.now() + timedelta(hours=hours)

    platform.run(system(), set_due)
    return office


def subjects(page: str) -> list[str]:
    """The rows shown."""
    return re.findall(r"row-link[^>]*>Việc (\d)", page)


def test_choices_are_words_with_counts_and_addresses(office: builders.Office, sign_in: SignIn) -> None:
    client = sign_in(office["clerk"])
    page = client.get("/?box=groups").text
    assert re.search(r'href="/\?box=groups&amp;due=late">Quá hạn <span class="figures quiet">2<', page)
    assert re.search(r'due=today">Đến hạn hôm nay <span class="figures quiet">1<', page)
    assert re.search(r'urgency=3"><span class="label">Hỏa tốc</span><span class="figures quiet end">2<', page)
    assert subjects(client.get("/?box=groups&due=late").text) == ["0", "1"]
    both = client.get("/?box=groups&due=late&urgency=3").text
    assert subjects(both) == ["0"]
    assert "1 trong 5 việc" in both
    assert re.search(r'class="facet chosen" href="/\?box=groups&amp;urgency=3">Quá hạn', both)
    assert 'name="due" value="late"' in both
    assert subjects(client.get("/?box=groups&step=Tiếp nhận văn bản&q=viec 3").text) == ["3"]
    assert "Không có việc nào khớp các điều kiện đã chọn." in client.get("/?box=groups&step=Bước lạ").text


def test_counts_come_anew_without_the_list(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    client = sign_in(office["clerk"])
    arrive(platform, office, "Việc 9", urgency=3)
    news = client.get("/tasks/news?box=groups&shown=5&urgency=3").text
    assert "Có 1 việc mới" in news
    assert 'href="/?box=groups&amp;urgency=3">Tải lại danh sách' in news
    assert 'id="facets" hx-swap-oob="innerHTML"' in news
    assert "row-link" not in news


@pytest.mark.parametrize("asked", ["due=never", "urgency=9", "urgency=x", "unit=-1", "unit=99999999999", "step="])
def test_what_is_no_choice_chooses_nothing(office: builders.Office, sign_in: SignIn, asked: str) -> None:
    page = sign_in(office["clerk"]).get(f"/?box=groups&{asked}").text
    assert len(subjects(page)) == 5
    assert "facet chosen" not in page


def test_another_agencys_units_have_no_name(
    province: builders.Province, office: builders.Office, sign_in: SignIn
) -> None:
    unit = province.commune.unit
    page = sign_in(office["clerk"]).get(f"/?box=groups&unit={unit.id}").text
    assert "Đơn vị soạn thảo: Đơn vị khác" in page
    assert unit.name not in page


def test_markup_in_a_choice_stays_text(office: builders.Office, sign_in: SignIn) -> None:
    assert "<script>alert" not in sign_in(office["clerk"]).get("/?step=<script>alert(1)</script>").text
