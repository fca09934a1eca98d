"""Every function the norm asks for is named once, and leads to a screen that is there or to a step that does it."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

from engine.bpmn import procedure
from engine.definitions.shipped import read_all
from tests import builders
from tests.web.conftest import SignIn
from web.handbook.functions import FUNCTIONS, carried_out

POINTS = "1.a 1.b 1.c 1.d 1.đ 1.e 1.g 1.h 1.i 1.k 1.l 1.m 1.n 1.o 2 3.b 3.c 4 5.a 5.b 5.d 5.đ 5.e 5.g 6 7 8 IV V"


def test_every_function_of_the_norm_is_named_once() -> None:
    named = [each for function in FUNCTIONS for each in function.ids]
    assert sorted(named) == sorted(f"SYS-{point}" for point in POINTS.split())


def test_each_function_leads_somewhere(province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    client = sign_in(office["agency-admin"])
    page = BeautifulSoup(client.get("/handbook/functions").text, "html.parser")
    rows = page.select(".functions > li")
    assert [str(row["id"]) for row in rows] == [function.anchor for function in FUNCTIONS]
    addresses = set()
    for row in rows:
        links = [str(link["href"]) for link in row.select("a")]
        assert re.fullmatch(r"Mục \w+(, điểm \w(, \w)*)?(; mục .+)?", row.p.text.strip(), re.IGNORECASE), row.p.text
        assert not re.search("SYS-", row.text)
        addresses.update(links)
    shut = {where for where in addresses if client.get(where).status_code != 200}
    clerk = sign_in(office["clerk"])
    assert {where for where in shut if clerk.get(where).status_code != 200} == set()


def test_what_no_screen_shows_is_done_by_a_step_of_a_shipped_procedure() -> None:
    shipped = [(each.key, each.name, procedure.compile(each.diagram).elements.values()) for each in read_all()]
    steps = carried_out(shipped)
    assert {function.anchor for function in FUNCTIONS if not function.screens} <= steps.keys()
    assert {"Nhắc văn thư", "Cho ý kiến chỉ đạo"} <= {step.name for step in steps["sys-1.l"]}
