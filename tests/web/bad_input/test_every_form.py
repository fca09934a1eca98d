"""Every form that any page shows, found by machine: sent twice it is done once, and nothing typed gets in unseen."""

from __future__ import annotations

import re
from itertools import cycle, islice, product
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import text

from engine.platform import Platform
from tests import builders
from tests.web.bad_input.bad_files import BAD_FILES, TRIED_BESIDE, Files, takes_files
from tests.web.bad_input.refusals import EVERY_ROLE, HOSTILE, refused
from tests.web.bad_input.shown import TYPED, Shown, shown_forms, tried, written
from tests.web.bad_input.test_markup import harmless
from tests.web.bad_input.test_policy import strict
from tests.web.conftest import SignIn
from tests.web.test_tenancy import ids  # noqa: F401 - a fixture

ROLES = (*EVERY_ROLE, "archivist", "provincial-admin")
OF_THE_SESSION = {"directory.sign_in", "directory.sign_out", "directory.change_password", "layout.language"}
TOLD = "Biểu mẫu này đã được nhận ở lần gửi trước"
# Sent again as it stands, the command itself says what it has become, or a file comes back once more.
ANSWERED_BY_ITSELF = {"worklist/task.html", "registers/print.html", "intake/new.html"}
ITSELF = {"worklist.complete", "registers.print_register", "intake.new", "intake.scan", "intake.confirm"}
# What the furnished office can't do even once: a procedure, a file or a state that isn't there.
NEVER_DONE = {
    "archive.loans", "clearing.ask", "copying.send", "drafting.template", "instances.retry", "modeler.bring",
    "opinions.ask", "outages.new", "reports.add_schedule",
}  # fmt: skip
# Questions that aren't asked as the form is filled in, so that nothing typed there counts.
NOT_ASKED = {
    ("worklist.complete", "reason"), ("registers.manage", "body_name"), ("registers.manage", "notation"),
    ("intake.new", "late_reason"), ("intake.new", "arrived_at"), ("intake.new", "form_name"),
    ("intake.scan", "late_reason"), ("intake.scan", "arrived_at"), ("intake.scan", "form_name"),
}  # fmt: skip
IMPOSSIBLE_DAYS = ("31/02/2026", "29/02/2027", "00/00/0000", "01/01/0001", "31/12/9999", "tomorrow")
ODD_NUMBERS = ("0", "-1", "1000000000", "99999999999999999999", "1e9", "١٢", "１２")
LONG = "đ" * 30_000
SLY = HOSTILE + " \u202eabc\u2066\x07"


NUMBERS = {"count", "amount", "page_amount", "year"}


def a_day(name: str, value: str) -> bool:
    """Whether a field takes a day, by what it holds or people type into it."""
    return name == "restarted_at" or bool(re.match(r"\d\d/\d\d/\d{4}", value.strip() or TYPED.get(name, "")))


@pytest.fixture
def client(platform: Platform, province: builders.Province, sign_in: SignIn) -> FlaskClient:
    """The browser of somebody to whom every page shows its forms."""
    office = province.department
    return sign_in(builders.person(platform, office.agency, *ROLES, unit=office.unit, full_name="Người Đủ Vai"))


def test_every_form_of_every_page(
    app: Flask,
    platform: Platform,
    client: FlaskClient,
    ids: dict[str, int],  # noqa: F811
) -> None:
    """One walk over all pages, which is what costs: the policy of each, then each of their forms tried."""
    seen: list[str] = []
    forms = shown_forms(app, client, ids, lambda answer, where: seen.extend([where] * strict(answer, where)))
    assert len(seen) > 80
    assert len(forms) > 70
    wrong: list[str] = []
    done: set[str] = set()
    files = cycle(BAD_FILES)  # each entry takes its turn; that all are refused is proven by test_files, test_formats
    with tried(platform) as again:
        trial = Trial(platform, client, wrong)
        for form in forms:
            if form.endpoint in OF_THE_SESSION:
                continue
            if trial.twice(form):
                done.add(form.endpoint)
            again()
            for typed in trial.odd(form):
                trial.told(form, typed)
                again()
            words = trial.words(form)
            unmarked = trial.told(form, dict.fromkeys(words, LONG)) if words else []
            again()
            for name in unmarked if len(words) > 1 else []:  # a command tells one field at a time
                trial.told(form, {name: LONG})
                again()
            trial.sly(form)
            again()
            for field, (name, content) in product(form.files, islice(files, 2)):
                trial.refuses(form, field, name, content)
                again()
    assert wrong == []
    assert {each.endpoint for each in forms} - OF_THE_SESSION - done == NEVER_DONE
    with_files = {each.endpoint for each in forms if each.files} | TRIED_BESIDE
    assert {endpoint for endpoint in app.view_functions if takes_files(app, endpoint)} == with_files


class Trial(Files):
    """A person at a browser, and what was found wrong so far."""

    def __init__(self, platform: Platform, client: FlaskClient, wrong: list[str]) -> None:
        self.platform, self.client, self.wrong = platform, client, wrong
        self.days, self.numbers = cycle(IMPOSSIBLE_DAYS), cycle(ODD_NUMBERS)

    def said(self) -> list[tuple[str, str]]:
        """What the next page would say on top, taken off."""
        with self.client.session_transaction() as session:
            found: list[tuple[str, str]] = session.pop("_flashes", [])
        return found

    def twice(self, form: Shown) -> bool:
        """Send a form twice, as a double click does: nothing happens again, and words say so; whether it was done."""
        first = form.post(self.client)
        self.said()
        if first.status_code >= 400:
            refused(first, first.status_code, about=form)
            return False
        before = written(self.platform)
        second = form.post(self.client)
        words = self.said()
        if written(self.platform) != before:
            self.wrong.append(f"{form.endpoint} is done twice")
        if form.endpoint not in ITSELF and "taken_form" in before and first.status_code < 400:
            once = second.status_code == 303 and any(TOLD in sentence for _tone, sentence in words)
            if not once and before["taken_form"][0]:
                self.wrong.append(f"{form.endpoint} doesn't say that it was taken: {second.status_code} {words}")
        return True

    def odd(self, form: Shown) -> list[dict[str, str]]:
        """Days that can't be and numbers nobody means, in the fields that take them, in turn."""
        found = []
        for name, value in self.asked(form).items():
            if a_day(name, value):
                hour = " 07:00" if name.endswith("_at") else ""
                found += [{name: day + hour * day[0].isdigit()} for day in islice(self.days, 1)]
            elif name in NUMBERS:
                found += [{name: number} for number in islice(self.numbers, 1)]
        return found

    def words(self, form: Shown) -> list[str]:
        """Its fields that take words."""
        return [name for name, value in self.asked(form).items() if not a_day(name, value) and name not in NUMBERS]

    def asked(self, form: Shown) -> dict[str, str]:
        """Its text fields that count as it is filled in."""
        do = form.values.get("do")
        if do == ["reset"]:
            return {}
        if do == ["keep-form"]:
            return {"form_name": ""}
        return {name: value for name, value in form.texts.items() if (form.endpoint, name) not in NOT_ASKED}

    def told(self, form: Shown, typed: dict[str, str]) -> list[str]:
        """Send a form with wrong fields: a sentence, what was typed is still there, nothing is kept.

        Names of fields at which nothing is said.
        """
        before = written(self.platform)
        answer = form.post(self.client, **typed)
        about = f"{form.endpoint} {[(name, value[:20]) for name, value in typed.items()]} {answer.status_code}"
        late = any(tone == "late" for tone, _sentence in self.said())
        if written(self.platform) != before:
            self.wrong.append(f"{about}: something was kept")
        if late and answer.status_code == 303:
            return []  # told on top of the page it came from; the browser offers what was typed (typed.js)
        if not 400 <= answer.status_code < 500:
            self.wrong.append(f"{about}: not refused")
            return []
        refused(answer, answer.status_code, about=about)
        unmarked = []
        page = html.fromstring(answer.text)
        for name, value in typed.items():
            fields = page.xpath("//main//*[@name=$name]", name=name)
            if not fields:
                continue  # told on a page of its own that leads back to the form
            if value not in [
                (each.text_content() if each.tag == "textarea" else each.get("value") or "").strip() for each in fields
            ]:
                self.wrong.append(f"{about}: what was typed in {name} is lost")
            if not any(each.get("aria-invalid") or "error" in each.get("aria-describedby", "") for each in fields):
                unmarked.append(name)
        if len(unmarked) == len(typed) and form.endpoint not in NEVER_DONE:
            self.wrong.append(f"{about}: not told at its field")
        return unmarked

    def sly(self, form: Shown) -> None:
        """Type markup and signs that turn the reading round into all fields of words: text on the page, signs gone."""
        words = [name for name, value in form.texts.items() if not (value.strip() or TYPED.get(name))]
        if not words:
            return
        before = written(self.platform)
        answer = form.post(self.client, **dict.fromkeys(words, SLY))
        if answer.status_code >= 500:
            self.wrong.append(f"{form.endpoint}: {answer.status_code} for {words}")
        if answer.location:
            answer = self.client.get(answer.location)
        if answer.mimetype == "text/html" and answer.text.strip():
            harmless(answer.text, form.endpoint)
        changed = [name for name, now in written(self.platform).items() if now != before[name]]
        with self.platform.reading() as session:
            for table in changed:
                rows = text(f"select count(*) from \"{table}\" t where t::text ~ '[\u202e\u2066\x07]'")
                if session.scalar(rows):
                    self.wrong.append(f"{form.endpoint}: signs nobody sees are kept in {table}")


def test_every_form_carries_a_key_that_is_taken_once() -> None:
    """Forms that no furnished page shows too: each has its token, and with it its key."""
    without, sent_again = [], set()
    folder = Path("web")
    for path in sorted(folder.rglob("*.html")):
        if "node_modules" in path.parts or "static" in path.parts:
            continue
        source = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", source, re.DOTALL):
            if "token(again=true)" in form:
                sent_again.add(str(path.relative_to(folder)))
            elif "token()" not in form:
                without.append(f"{path}: {form[:80]}")
    assert without == []
    assert sent_again == ANSWERED_BY_ITSELF
