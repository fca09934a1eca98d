"""Who signs by authorisation: entered within limits, checked by day and kind, never passed on; levels of approval."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.directory import commands as directory
from engine.directory.authority import commands, queries, rules
from engine.directory.authority.models import Authorisation
from engine.documents import commands as documents
from engine.documents.models import Document
from engine.errors import InvalidInput, NotAllowed
from engine.instances.answers import AgencyChoices
from engine.opinions import operations
from engine.platform import Platform, Work, system
from tests import builders

DAY = date(2026, 11, 23)


def paper(**fields: Any) -> Authorisation:
    row = {"code": "12/GUQ-SXD", "valid_from": date(2026, 11, 1), "valid_to": date(2026, 11, 30), "revoked_at": None}
    return Authorisation(**{**row, "type_names": {"only": ["Công văn"]}} | fields)


@pytest.mark.parametrize(
    ("held", "type_name", "said"),
    [
        ([paper()], "Công văn", ""),
        ([paper(type_names={})], "Quyết định", ""),
        ([paper()], "Quyết định", "số 12/GUQ-SXD chỉ cho ký thừa ủy quyền Công văn"),
        ([paper(valid_to=date(2026, 11, 22))], "Công văn", "hết hiệu lực ngày 22/11/2026"),
        ([paper(valid_from=date(2026, 11, 24))], "Công văn", "chỉ có hiệu lực từ ngày 24/11/2026"),
        ([paper(revoked_at=DAY)], "Công văn", "đã bị thu hồi"),
        ([], "Công văn", "chưa có giấy ủy quyền nào còn hiệu lực ngày 23/11/2026"),
    ],
)
def test_the_refusal_names_what_is_missing(held: list[Authorisation], type_name: str, said: str) -> None:
    verdict = rules.may_sign("Đỗ Minh Chuẩn", False, held, type_name, DAY)
    assert (bool(verdict), said in verdict.reason) == (not said, True)


@pytest.mark.parametrize(
    ("roles", "line", "own"),
    [(["leader"], "", True), ([], "KT. GIÁM ĐỐC", True), ([], "TL. GIÁM ĐỐC", True), ([], "", False),
     (["leader"], "TUQ. GIÁM ĐỐC", False)],
)  # fmt: skip
def test_a_post_signs_by_its_own_right_unless_it_is_one_by_authorisation(
    roles: list[str], line: str, own: bool
) -> None:
    assert rules.signs_by_own_right(roles, line) is own


def given(platform: Platform, office: builders.Office, **fields: Any) -> Authorisation:
    values: dict[str, Any] = {
        "giver_id": office["leader"].id, "receiver_id": office["form-checker"].id, "code": "12/GUQ-SXD", "dated": DAY,
        "type_names": ["Công văn"], "valid_from": DAY, "valid_to": date(2026, 12, 31),
    }  # fmt: skip
    admin = builders.actor(platform, office["agency-admin"])
    return platform.run(admin, commands.add_authorisation, **values | fields)


def test_an_authorisation_has_limits_and_is_not_passed_on(platform: Platform, office: builders.Office) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"type_names": [], "scope": ""}, "scope"), ({"valid_to": date(2028, 1, 1)}, "valid_to"),
        ({"valid_to": date(2026, 11, 1)}, "valid_to"), ({"receiver_id": None}, "receiver_id"),
        ({"receiver_id": office["leader"].id}, "receiver_id"), ({"code": " "}, "code"),
        ({"dated": date(2026, 12, 1)}, "dated"),
        ({"giver_id": office["form-checker"].id, "receiver_id": office["clerk"].id}, "giver_id"),
    ]  # fmt: skip
    given(platform, office)  # the receiver may sign now, and still may not let others sign
    for fields, field in wrong:
        with pytest.raises(InvalidInput) as refused:
            given(platform, office, **fields)
        assert field in refused.value.fields, fields
    with pytest.raises(NotAllowed):
        platform.run(
            builders.actor(platform, office["leader"]), commands.add_authorisation, giver_id=office["leader"].id,
            receiver_id=office["clerk"].id, code="1/GUQ", dated=DAY, valid_from=DAY, valid_to=DAY, scope="x",
        )  # fmt: skip


def sign_by(platform: Platform, document: Document, person_id: int) -> Document:
    return platform.run(system(), documents.update_fields, document.id, {"signer_id": person_id})


def test_the_signer_is_chosen_by_authorisation_and_the_line_says_so(
    platform: Platform, office: builders.Office
) -> None:
    draft, checker = builders.draft(platform, office), office["form-checker"].id
    with pytest.raises(InvalidInput) as refused:
        sign_by(platform, draft, checker)
    assert "chưa có giấy ủy quyền" in refused.value.fields["signer_id"]

    def posts(work: Work) -> int:
        head = directory.add_post(work, office.id, "Giám đốc")
        office_head = directory.add_post(work, office.id, "Chánh Văn phòng")
        directory.change_person(work, office["leader"].id, {"post_id": head.id})
        directory.change_person(work, checker, {"post_id": office_head.id})
        return office_head.id

    post = platform.run(system(), posts)
    row = given(platform, office, receiver_id=None, post_id=post)
    with platform.reading() as session:
        offered = AgencyChoices(session, office.id, platform.clock.now()).people({"role": "leader", "signs": "yes"})
    assert [option.value for option in offered] == [office["leader"].id, checker]
    assert offered[1].label.endswith("(TUQ. 12/GUQ-SXD)")

    signed = sign_by(platform, draft, checker)
    assert (signed.signer_capacity, signed.signer_position) == ("TUQ. GIÁM ĐỐC", "Chánh Văn phòng")
    with pytest.raises(InvalidInput, match="chỉ cho ký thừa ủy quyền Công văn"):
        platform.run(system(), documents.update_fields, draft.id, {"type_name": "Quyết định"})

    admin = builders.actor(platform, office["agency-admin"])
    with pytest.raises(InvalidInput, match="lý do"):
        platform.run(admin, commands.revoke_authorisation, row.id, " ")
    platform.run(admin, commands.revoke_authorisation, row.id, "Đổi phân công.")
    with platform.reading() as session:
        verdict = queries.capacity_of(session, office.id, checker, "Công văn", DAY).verdict
    assert "đã bị thu hồi" in verdict.reason


def test_levels_stand_in_their_order_for_their_kinds(platform: Platform, office: builders.Office) -> None:
    admin, leader = builders.actor(platform, office["agency-admin"]), office["leader"]
    draft = builders.draft(platform, office, signer_id=leader.id)

    def planned() -> list[tuple[str, str, int | None]]:
        def plan(work: Work) -> operations.Planned:
            return operations.plan_approval(operations.PlanApproval(draft.id), work)

        return [(each.name, each.group, each.person) for each in platform.run(system(office.id), plan).levels]

    assert planned() == []
    with pytest.raises(InvalidInput, match="Chọn vai trò"):
        platform.run(admin, commands.add_level, "Cấp một")
    first = platform.run(admin, commands.add_level, "Phó trưởng phòng", role="unit-head", own_unit=True)
    second = platform.run(admin, commands.add_level, "Chánh Văn phòng", person_id=office["form-checker"].id)
    platform.run(admin, commands.add_level, "Giám đốc", person_id=leader.id)  # signs: approving is theirs anyway
    platform.run(admin, commands.add_level, "Pháp chế", role="clerk", type_names=["Quyết định"])
    head = ("Phó trưởng phòng", f"unit-head@{office.unit.id}", None)
    checker = ("Chánh Văn phòng", f"person:{office['form-checker'].id}", office["form-checker"].id)
    assert planned() == [head, checker]
    platform.run(admin, commands.move_level, second.id)
    assert planned() == [checker, head]
    platform.run(admin, commands.remove_level, first.id)
    assert planned() == [checker]
