"""Enter and revoke authorisations to sign, set the levels of approval; for the agency's admin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from engine.directory import queries as directory
from engine.directory import rules as directory_rules
from engine.directory.authority import queries, rules
from engine.directory.authority.models import ApprovalLevel, Authorisation
from engine.directory.models import Post
from engine.errors import InvalidInput, NotFound
from engine.platform import Work

LEVEL_ROLES = ("unit-head", "leader", "form-checker", "clerk")
MOST_LEVELS = 10


def add_authorisation(
    work: Work, *, giver_id: int, code: str, dated: date, valid_from: date, valid_to: date,
    receiver_id: int | None = None, post_id: int | None = None, type_names: Sequence[str] = (), scope: str = "",
) -> Authorisation:  # fmt: skip
    """Enter a written authorisation; limited in time and content, never passed on (ND30-13.3)."""
    agency_id = work.actor.agency_id or 0
    work.require(directory_rules.may_administer(work.actor, agency_id))
    giver = directory.person(work.session, agency_id, giver_id)
    problems = _problems(code, scope, type_names, dated, valid_from, valid_to)
    if not queries.signs_by_own_right(work.session, giver, directory.today(work.now)):
        problems["giver_id"] = (
            f"{giver.full_name} không có thẩm quyền ký của chính mình nên không ủy quyền được; "
            "người được ủy quyền không được ủy quyền lại."
        )
    problems |= _receiver_problem(work, agency_id, giver_id, receiver_id, post_id)
    if problems:
        raise InvalidInput(" ".join(problems.values()), problems)
    row = Authorisation(
        agency_id=agency_id, giver_id=giver_id, receiver_id=receiver_id, post_id=post_id, code=" ".join(code.split()),
        dated=dated, type_names={"only": list(type_names)} if type_names else {}, scope=" ".join(scope.split()),
        valid_from=valid_from, valid_to=valid_to, created_at=work.now, created_by_id=work.actor.person_id,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    work.note("authorisation.added", "authorisation", row.id, agency_id, code=row.code, giver=giver_id,
              receiver=receiver_id, post=post_id, until=valid_to)  # fmt: skip
    return row


def _problems(
    code: str, scope: str, type_names: Sequence[str], dated: date, valid_from: date, valid_to: date
) -> dict[str, str]:
    found = {}
    if not code.strip() or len(code) > 90:
        found["code"] = "Nhập số, ký hiệu của giấy ủy quyền, tối đa 90 ký tự."
    if not scope.strip() and not type_names:
        found["scope"] = "Ghi phạm vi nội dung, hoặc chọn loại văn bản: ủy quyền ký phải giới hạn về nội dung."
    if len(scope) > 500:
        found["scope"] = "Phạm vi nội dung dài quá 500 ký tự."
    if valid_to < valid_from:
        found["valid_to"] = "Ngày hết hiệu lực phải từ ngày bắt đầu trở đi."
    elif (valid_to - valid_from).days > rules.LONGEST_DAYS:
        found["valid_to"] = "Ủy quyền ký phải có thời hạn, tối đa một năm; hết hạn thì lập giấy mới."
    if dated > valid_from:
        found["dated"] = "Giấy ủy quyền phải ký trước hoặc trong ngày bắt đầu có hiệu lực."
    return found


def _receiver_problem(
    work: Work, agency_id: int, giver_id: int, receiver_id: int | None, post_id: int | None
) -> dict[str, str]:
    if (receiver_id is None) == (post_id is None):
        return {"receiver_id": "Chọn người được ủy quyền, hoặc chức vụ được ủy quyền."}
    if post_id is not None:
        post = work.session.get(Post, post_id)
        return {} if post is not None and post.agency_id == agency_id else {"post_id": "Chọn chức vụ của cơ quan."}
    receiver = directory.person(work.session, agency_id, receiver_id or 0)
    if receiver_id == giver_id:
        return {"receiver_id": "Người được ủy quyền phải là người khác."}
    return {} if receiver.active else {"receiver_id": "Người này đã ngừng công tác."}


def revoke_authorisation(work: Work, row_id: int, reason: str) -> Authorisation:
    """End an authorisation at once, with the reason; what was signed under it stays signed."""
    row = queries.authorisation(work.session, work.actor.agency_id, row_id)
    work.require(directory_rules.may_administer(work.actor, row.agency_id))
    said = " ".join(reason.split())
    if not said or len(said) > 500:
        raise InvalidInput("Ghi lý do thu hồi.", {"reason": "Ghi lý do thu hồi, tối đa 500 ký tự."})
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by_id, row.reason = work.now, work.actor.person_id, said
        work.note("authorisation.revoked", "authorisation", row.id, row.agency_id, code=row.code, reason=said)
    return row


def add_level(
    work: Work, name: str, *, role: str = "", own_unit: bool = False, person_id: int | None = None,
    type_names: Sequence[str] = (),
) -> ApprovalLevel:  # fmt: skip
    """Set one more level of approval, after those there are; InvalidInput by field."""
    agency_id = work.actor.agency_id or 0
    work.require(directory_rules.may_administer(work.actor, agency_id))
    problems = {}
    if not name.strip() or len(name) > 100:
        problems["name"] = "Nhập tên cấp duyệt, tối đa 100 ký tự."
    if person_id is None and role not in LEVEL_ROLES:
        problems["role"] = "Chọn vai trò duyệt, hoặc chọn một người."
    there = queries.levels(work.session, agency_id)
    if len(there) >= MOST_LEVELS:
        problems["name"] = f"Đã có {MOST_LEVELS} cấp duyệt; bỏ bớt trước khi thêm."
    if problems:
        raise InvalidInput(" ".join(problems.values()), problems)
    if person_id is not None:
        directory.person(work.session, agency_id, person_id)
    row = ApprovalLevel(
        agency_id=agency_id, position=max((each.position for each in there), default=0) + 1,
        name=" ".join(name.split()), role="" if person_id is not None else role,
        own_unit=own_unit and person_id is None, person_id=person_id,
        type_names={"only": list(type_names)} if type_names else {},
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    work.note("approval_level.added", "agency", agency_id, agency_id, level=row.name)
    return row


def move_level(work: Work, row_id: int) -> None:
    """Put a level before the one that stands before it; the first stays where it is."""
    row = _level(work, row_id)
    before = [each for each in queries.levels(work.session, row.agency_id) if each.position < row.position]
    if before:
        row.position, before[-1].position = before[-1].position, row.position
        work.note("approval_level.moved", "agency", row.agency_id, row.agency_id, level=row.name)


def remove_level(work: Work, row_id: int) -> None:
    """Take a level away; cases that stand at it go on as they were planned."""
    row = _level(work, row_id)
    work.note("approval_level.removed", "agency", row.agency_id, row.agency_id, level=row.name)
    work.session.delete(row)


def _level(work: Work, row_id: int) -> ApprovalLevel:
    row = work.session.get(ApprovalLevel, row_id)
    if row is None or row.agency_id != work.actor.agency_id:
        raise NotFound("Không tìm thấy cấp duyệt này.")
    work.require(directory_rules.may_administer(work.actor, row.agency_id))
    return row
