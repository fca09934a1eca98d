"""Authorisations and levels of approval: entered by the admin, read by everybody, nothing typed lost."""

from __future__ import annotations

import re

from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn


def test_an_authorisation_is_entered_and_revoked(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    admin = sign_in(office["agency-admin"])
    sent = {
        "giver_id": office["leader"].id, "receiver_id": office["form-checker"].id, "code": "12/GUQ-SXD",
        "dated": "2026-11-23", "valid_from": "2026-11-23", "valid_to": "2026-12-31", "scope": "",
    }  # fmt: skip
    refused = admin.post("/authorisations", data=sent)
    assert refused.status_code == 422
    assert "ủy quyền ký phải giới hạn về nội dung" in refused.text
    assert 'value="12/GUQ-SXD"' in refused.text
    page = admin.post("/authorisations", data={**sent, "type_names": ["Công văn"]}, follow_redirects=True).text
    assert "đang hiệu lực" in page
    reader = sign_in(office["specialist"])
    assert "12/GUQ-SXD" in reader.get("/authorisations").text
    assert "Thu hồi…" not in reader.get("/authorisations").text
    assert reader.post("/authorisations", data={**sent, "type_names": ["Công văn"]}).status_code == 403

    found = re.search(r"/authorisations/(\d+)/revoke", page)
    assert found
    assert "Ghi lý do thu hồi" in admin.post(found[0], data={"reason": ""}, follow_redirects=True).text
    assert "đã thu hồi" in admin.post(found[0], data={"reason": "Đổi việc."}, follow_redirects=True).text


def test_levels_are_added_moved_and_removed(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    admin = sign_in(office["agency-admin"])
    assert "Chưa đặt cấp duyệt trung gian" in admin.get("/approval-levels").text
    wrong = admin.post("/approval-levels", data={"name": "Phó trưởng phòng"})
    assert wrong.status_code == 422
    assert "Chọn vai trò duyệt, hoặc chọn một người." in wrong.text
    admin.post("/approval-levels", data={"name": "Phó trưởng phòng", "role": "unit-head", "own_unit": "true"})
    page = admin.post(
        "/approval-levels", data={"name": "Chánh Văn phòng", "person_id": office["form-checker"].id},
        follow_redirects=True,
    ).text  # fmt: skip
    assert page.index("Phó trưởng phòng</b>") < page.index("Chánh Văn phòng</b>")
    up = re.search(r"/approval-levels/\d+/up", page)
    assert up
    page = admin.post(up[0], follow_redirects=True).text
    assert page.index("Chánh Văn phòng</b>") < page.index("Phó trưởng phòng</b>")
    remove = re.search(r"/approval-levels/\d+/remove", page)
    assert remove
    assert "Chánh Văn phòng</b>" not in admin.post(remove[0], follow_redirects=True).text
