"""The stage says what it waits for, and what is there instead, when the story can't go on."""

from __future__ import annotations

import pytest

from engine.platform import Platform
from web.demo import stage as module
from web.demo.stage import Stage, StoryStopped

pytestmark = pytest.mark.timeout(300)


def test_waiting_ends_with_what_was_expected(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    stage = Stage(platform, lambda line: None, lambda: None)
    with pytest.raises(StoryStopped, match="chờ văn bản đến, nhưng chưa có; không có sự cố nào"):
        stage.wait_for(lambda: None, "văn bản đến")


def test_a_task_nobody_has_is_named_with_its_person(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    stage = Stage(platform, lambda line: None, lambda: None)
    with pytest.raises(StoryStopped, match="Trần Thị Thư có việc “recall-document”"):
        stage.do("vanthu.sxd", "recall-document", {}, "thu hồi")


def test_settling_goes_on_until_it_is_there(platform: Platform) -> None:
    looked: list[int] = []
    stage = Stage(platform, lambda line: None, lambda: looked.append(1))
    assert stage.wait_for(lambda: "có" if len(looked) == 3 else None, "ba lần") == "có"


def test_lines_are_numbered(platform: Platform) -> None:
    lines: list[str] = []
    stage = Stage(platform, lines.append)
    stage.tell("Một")
    stage.tell("Hai")
    assert lines == ["   1. Một", "   2. Hai"]
