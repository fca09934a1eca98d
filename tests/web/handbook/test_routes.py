"""The handbook speaks of every screen, and shows procedures as the agency carries them out."""

from __future__ import annotations

from bs4 import BeautifulSoup

from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn
from web.app import create_app
from web.handbook.pages import ABOUT, BOOK, CHAPTERS

# answered to other programs, inside another page, or the handbook itself
NO_SCREENS = {
    "static", "layout.alive", "layout.ready", "worklist.counts", "worklist.news", "instances.drawing", "documents.file",
    "notices.stream", "notices.open_notice", "intake.reading", "intake.piece", "intake.page_picture",
    "drafts.content", "drafts.export_diagram", "drafts.export_everything", "modeler.palette", "scenarios.listing",
    "versions.choose", "versions.drawing", "practice.index", "search.export", "handbook.contents", "handbook.chapter",
    "handbook.functions",
    "handbook.procedure", "handbook.drawing", "registers.print_file", "registers.slip_pdf",
    "registers.slip_word", "registers.stamp_file",
    "registers.stamped_copy", "reports.export", "reports.made_file", "notices.push_worker",
    "phrases.offered",
    "opinions.live", "opinions.summary", "records.contents_file", "records.list_file", "records.package_file",
    "archive.paper_file", "archive.loan_book", "succession.minutes_file", "outages.report_file",
    "outages.entered_file",
    "drafting.picture", "drafting.standard", "drafting.edition",
}  # fmt: skip


def sections(slug: str) -> set[str]:
    page = BeautifulSoup((CHAPTERS / f"{slug}.html").read_text(encoding="utf-8"), "html.parser")
    return {str(each["id"]) for each in page.select("section[id]") if each.h2 and each.p}


def test_every_screen_has_its_page(platform: Platform) -> None:
    rules = create_app(platform.settings, platform).url_map.iter_rules()
    screens = {rule.endpoint for rule in rules if "GET" in (rule.methods or set())} - NO_SCREENS
    assert screens == set(ABOUT)


def test_every_page_is_there_and_about_something() -> None:
    written = {f"{each.slug}#{section}" for each in BOOK for section in sections(each.slug)}
    assert set(ABOUT.values()) == written


def test_the_link_on_a_screen_leads_to_its_part(province: builders.Province, sign_in: SignIn) -> None:
    client = sign_in(province.department["clerk"])
    page = BeautifulSoup(client.get("/documents/incoming").text, "html.parser")
    link = page.find("a", string=lambda text: text is not None and "Sổ tay về trang này" in text)
    link = link or next(each for each in page.select("a") if "Sổ tay về trang này" in each.text)
    assert link["href"] == "/handbook/documents#lists"
    assert client.get(str(link["href"])).status_code == 200
    assert client.get("/handbook/nothing").status_code == 404


def test_a_procedure_is_told_step_by_step_with_its_clauses(province: builders.Province, sign_in: SignIn) -> None:
    client = sign_in(province.department["specialist"])
    contents = BeautifulSoup(client.get("/handbook").text, "html.parser")
    addresses = [str(each["href"]) for each in contents.select('a[href^="/handbook/procedures/"]')]
    assert addresses
    for where in addresses:
        page = client.get(where)
        assert page.status_code == 200
        assert client.get(f"{where}/diagram.bpmn").data.startswith(b"<?xml")
    assert client.get("/handbook/procedures/none").status_code == 404
