"""Phrases are one's own or a role's; nobody else's, and never another agency's."""

from __future__ import annotations

import pytest

from engine.directory.models import Person
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.platform import Platform
from engine.tasks import phrases
from tests import builders


def names(platform: Platform, who: Person) -> list[str]:
    with platform.reading() as session:
        return [each.name for each in phrases.phrases(session, builders.actor(platform, who))]


def test_phrases_are_kept_renamed_shared_and_removed(platform: Platform, office: builders.Office) -> None:
    leader, clerk = builders.actor(platform, office["leader"]), office["clerk"]
    first = platform.run(leader, phrases.keep_phrase, "Ý kiến chung", "Giao phòng … chủ trì.")
    platform.run(leader, phrases.keep_phrase, "Đã xem", "Đã xem.\nLưu.", "leader")
    second = builders.person(platform, office.agency, "leader")
    assert names(platform, office["leader"]) == ["Đã xem", "Ý kiến chung"]
    assert (names(platform, second), names(platform, clerk)) == (["Đã xem"], [])
    platform.run(leader, phrases.keep_phrase, "Giao chủ trì", "Giao phòng …", None, first.id)
    assert names(platform, office["leader"]) == ["Đã xem", "Giao chủ trì"]
    with pytest.raises(NotFound):
        platform.run(builders.actor(platform, clerk), phrases.forget_phrase, first.id)
    platform.run(leader, phrases.forget_phrase, first.id)
    assert names(platform, office["leader"]) == ["Đã xem"]


def test_only_who_holds_a_role_shares_with_it_and_names_are_one_persons(
    platform: Platform, office: builders.Office
) -> None:
    clerk = builders.actor(platform, office["clerk"])
    row = platform.run(clerk, phrases.keep_phrase, "Một", "Chữ", "clerk")
    with pytest.raises(NotAllowed, match="vai trò mà bạn đang giữ"):
        platform.run(clerk, phrases.keep_phrase, "Hai", "Chữ", "leader")
    with pytest.raises(InvalidInput, match="Đã có mẫu ý kiến “Một”"):
        platform.run(clerk, phrases.keep_phrase, " Một ", "Khác")
    for name, text in (("", "x"), ("x", " "), ("x" * 61, "x"), ("x", "x" * 2001)):
        with pytest.raises(InvalidInput):
            platform.run(clerk, phrases.keep_phrase, name, text)
    second = builders.actor(platform, builders.person(platform, office.agency, "clerk"))
    with pytest.raises(NotAllowed, match="Chỉ người lập"):
        platform.run(second, phrases.forget_phrase, row.id)
    admin = builders.actor(platform, builders.person(platform, office.agency, "agency-admin"))
    platform.run(admin, phrases.forget_phrase, row.id)


def test_another_agency_sees_none(platform: Platform, office: builders.Office) -> None:
    platform.run(builders.actor(platform, office["clerk"]), phrases.keep_phrase, "Một", "Chữ", "clerk")
    other = builders.agency(platform)
    assert names(platform, builders.person(platform, other, "clerk", "agency-admin")) == []
