"""The screen for cases in flight: preview, order, progress, undo."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connectors.delivery import carry_out_all
from engine.definitions import commands as definitions
from engine.definitions import drafting
from engine.definitions import queries as versions
from engine.instances import cases
from engine.instances.models import Instance
from engine.platform import Platform, Work, system
from tests import builders
from tests.web.conftest import SignIn


@pytest.fixture
def running(platform: Platform, province: builders.Province) -> Instance:
    """A case of the department that waits for the registry."""
    office = province.department
    _document, instance = platform.run(
        builders.actor(platform, office["clerk"]), cases.begin_incoming, agency_id=office.id, subject="Về việc thử",
        code="1/UBND", organ_name="UBND",
    )  # fmt: skip
    return instance


@pytest.fixture
def variant(platform: Platform, province: builders.Province, running: Instance) -> Callable[[bytes, bytes], int]:
    """Put a changed diagram in force as the department's own variant; its version's id."""

    def publish(old: bytes, new: bytes) -> int:
        def make(work: Work) -> int:
            base = running.version_id
            key = versions.version(work.session, system(), base)[1].key
            draft = drafting.start_draft(work, key, province.department.id, base)
            drafting.keep_draft(work, draft.id, 1, diagram=draft.diagram.replace(old, new))
            return definitions.publish(work, draft.id).id

        return platform.run(system(province.department.id), make)

    return publish


def test_a_preview_names_the_steps_and_the_move_is_followed_and_undone(
    platform: Platform, province: builders.Province, running: Instance, sign_in: SignIn,
    variant: Callable[[bytes, bytes], int],
) -> None:  # fmt: skip
    new = variant("Tiếp nhận văn bản".encode(), "Xem và tiếp nhận văn bản".encode())
    client = sign_in(province.department["agency-admin"])
    assert f"/flight/{running.version_id}/{new}" in client.get("/flight").text
    page = client.get(f"/flight/{running.version_id}/{new}").text
    assert "1 chuyển được, 0 không chuyển được" in page
    assert "Xem và tiếp nhận văn bản" in page
    ordered = client.post(f"/flight/{running.version_id}/{new}", data={"which": "all"})
    assert ordered.status_code == 303
    progress = client.get(ordered.headers["Location"])
    assert "Đang chuyển: 0 trên 1 hồ sơ" in progress.text
    assert "hx-get" in progress.text
    carry_out_all(platform)
    part = client.get(ordered.headers["Location"], headers={"HX-Request": "true"}).text
    assert "Đã xong 1 hồ sơ" in part
    assert "<html" not in part
    assert "hx-get" not in part
    assert "Chuyển sang phiên bản" in client.get(f"/instances/{running.id}").text
    assert client.post(ordered.headers["Location"] + "/undo").status_code == 303
    carry_out_all(platform)
    assert "Đã hoàn lại 1 hồ sơ" in client.get(ordered.headers["Location"]).text


def test_a_step_without_a_place_can_be_led_to_another(
    platform: Platform, province: builders.Province, running: Instance, sign_in: SignIn,
    variant: Callable[[bytes, bytes], int],
) -> None:  # fmt: skip
    new = variant(b'"take-in"', b'"receive"')
    client = sign_in(province.department["agency-admin"])
    page = client.get(f"/flight/{running.version_id}/{new}").text
    assert "0 chuyển được, 1 không chuyển được" in page
    assert 'name="to-take-in"' in page
    again = client.get(f"/flight/{running.version_id}/{new}?to-take-in=receive").text
    assert "1 chuyển được, 0 không chuyển được" in again
    wrong = client.get(f"/flight/{running.version_id}/{new}?to-take-in=nowhere")
    assert wrong.status_code == 422


def test_choosing_needs_a_choice_and_a_right(
    province: builders.Province, running: Instance, sign_in: SignIn, variant: Callable[[bytes, bytes], int]
) -> None:
    new = variant(b"Ti", b"Ti")
    address = f"/flight/{running.version_id}/{new}"
    admin = sign_in(province.department["agency-admin"])
    answer = admin.post(address, data={"which": "chosen"})
    assert answer.status_code == 422
    assert "Chọn ít nhất một hồ sơ" in answer.text
    clerk = sign_in(province.department["clerk"])
    assert clerk.get("/flight").status_code == 403
    assert clerk.get(address).status_code == 403
    assert clerk.post(address, data={"which": "all"}).status_code == 403
    assert sign_in(province.commune["agency-admin"]).get(address).status_code == 404
    chosen = sign_in(province.department["agency-admin"]).post(
        address, data={"which": "chosen", "case": [str(running.id)]}
    )
    assert chosen.status_code == 303
