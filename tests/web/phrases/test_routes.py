"""Phrases as people keep, change and remove them, and as a form asks for them."""

from __future__ import annotations

from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn


def test_a_phrase_is_kept_offered_renamed_and_removed(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    client = sign_in(office["clerk"])
    assert "Chưa có mẫu ý kiến nào" in client.get("/phrases").text
    refused = client.post("/phrases", data={"name": "", "text": "Đã xem <b>và</b> chuyển", "role": ""})
    assert (refused.status_code, "Nhập tên mẫu ý kiến." in refused.text) == (422, True)
    assert "Đã xem &lt;b&gt;và&lt;/b&gt; chuyển" in refused.text
    kept = {"name": "Chuyển phòng", "text": "Chuyển phòng … xử lý.", "role": "clerk"}
    assert "Đã lưu mẫu ý kiến" in client.post("/phrases", data=kept, follow_redirects=True).text
    second = sign_in(builders.person(platform, office.agency, "clerk"))
    assert second.get("/phrases/offered").json == [
        {"name": "Chuyển phòng", "text": "Chuyển phòng … xử lý.", "shared": True}
    ]
    assert "Vì sao không sửa được?" in second.get("/phrases").text
    assert sign_in(office["specialist"]).get("/phrases/offered").json == []
    again = client.post("/phrases", data=kept, headers={"X-Requested-With": "phrases"})
    assert (again.status_code, again.json) == (422, {"problem": "Đã có mẫu ý kiến “Chuyển phòng”; đặt tên khác."})
    phrase = client.get("/phrases").text.split("?edit=")[1].split("#")[0]
    client.post("/phrases", data={**kept, "phrase": phrase, "name": "Chuyển", "role": ""})
    assert second.get("/phrases/offered").json == []
    client.post(f"/phrases/{phrase}/delete")
    assert client.get("/phrases/offered").json == []
