"""Signing in: one answer for every refusal, locks that grow, passwords that age."""

from __future__ import annotations

import dataclasses
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select

from engine.audit import AuditEntry
from engine.clock import FixedClock
from engine.directory import commands, signing_in
from engine.directory.models import Person
from engine.directory.signing_in import REFUSED, SignedIn
from engine.errors import InvalidInput
from engine.platform import Platform, system
from tests import builders

PASSWORD = "Mùa thu ở Mẫu 2026"


@pytest.fixture
def somebody(platform: Platform) -> Person:
    agency = builders.agency(platform)
    return builders.person(platform, agency, "agency-admin", user_name="an.nguyen", password=PASSWORD)


def sign_in(platform: Platform, name: str, password: str) -> SignedIn:
    return platform.run(system(), commands.sign_in, name, password)


def stored(platform: Platform, person: Person) -> Person:
    with platform.reading() as session:
        return session.get_one(Person, person.id)


def fail(platform: Platform, times: int) -> None:
    for _ in range(times):
        assert not sign_in(platform, "an.nguyen", "sai mật khẩu")


def test_the_right_password_signs_in_however_it_is_composed(platform: Platform, somebody: Person) -> None:
    answer = sign_in(platform, " An.Nguyen ", unicodedata.normalize("NFD", PASSWORD))

    assert answer
    assert answer.person_id == somebody.id
    assert not answer.must_change_password
    assert stored(platform, somebody).signed_in_at == platform.clock.now()


@pytest.mark.usefixtures("true_hashing")
def test_the_password_is_kept_as_argon2id_only(platform: Platform, somebody: Person) -> None:
    kept = stored(platform, somebody).password_hash
    assert kept is not None
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not sign_in(platform, "an.nguyen", "sai mật khẩu")
    assert sign_in(platform, "an.nguyen", PASSWORD)


def test_a_password_hashed_with_less_care_is_hashed_again(
    platform: Platform, somebody: Person, request: pytest.FixtureRequest
) -> None:
    before = stored(platform, somebody).password_hash
    request.getfixturevalue("true_hashing")
    assert sign_in(platform, "an.nguyen", PASSWORD)
    after = stored(platform, somebody).password_hash
    assert before is not None
    assert after is not None
    assert "m=8," in before
    assert "m=65536," in after


def test_wrong_name_wrong_password_locked_and_deactivated_get_one_answer(platform: Platform, somebody: Person) -> None:
    gone = builders.person(platform, builders.agency(platform), user_name="da.nghi", password=PASSWORD)
    platform.run(system(), commands.deactivate_person, gone.id)
    never = builders.person(platform, builders.agency(platform), user_name="chua.co")

    answers = [
        sign_in(platform, "khong.co", PASSWORD),
        sign_in(platform, "an.nguyen", "sai mật khẩu"),
        sign_in(platform, "da.nghi", PASSWORD),
        sign_in(platform, never.user_name, ""),
        sign_in(platform, "", ""),
        sign_in(platform, "x" * 10_000, "y" * 100_000),
    ]
    fail(platform, 4)
    answers.append(sign_in(platform, "an.nguyen", PASSWORD))  # right, but locked by now

    assert answers == [SignedIn(None, REFUSED)] * len(answers)


@pytest.mark.usefixtures("true_hashing")
def test_an_unknown_name_takes_as_long_as_a_wrong_password(platform: Platform, somebody: Person) -> None:
    def fastest(name: str) -> float:
        times = []
        for _ in range(3):
            begun = time.process_time()
            sign_in(platform, name, "sai mật khẩu")
            times.append(time.process_time() - begun)
        return min(times)

    known, unknown = fastest("an.nguyen"), fastest("khong.co")

    assert 0.4 < unknown / known < 2.5


@pytest.mark.usefixtures("true_hashing")
def test_the_hash_of_nobody_is_a_sound_one_that_nothing_matches() -> None:
    hasher, nobody = signing_in._hasher, signing_in._NOBODY
    assert not hasher.check_needs_rehash(nobody)
    assert nobody.split("$")[:4] == hasher.hash("x").split("$")[:4]
    assert len(nobody) == len(hasher.hash("x"))
    with pytest.raises(VerifyMismatchError):
        hasher.verify(nobody, "")


def test_failures_are_counted_although_the_answer_is_no(platform: Platform, somebody: Person) -> None:
    fail(platform, 3)
    assert stored(platform, somebody).failed_sign_ins == 3

    assert sign_in(platform, "an.nguyen", PASSWORD)
    assert stored(platform, somebody).failed_sign_ins == 0


def test_five_wrong_passwords_lock_for_a_time_that_doubles(
    platform: Platform, somebody: Person, clock: FixedClock
) -> None:
    for minutes in (15, 30, 60, 120, 120):
        fail(platform, 5)
        clock.advance(minutes=minutes - 1)
        assert not sign_in(platform, "an.nguyen", PASSWORD), minutes
        clock.advance(minutes=2)
    assert sign_in(platform, "an.nguyen", PASSWORD)


def test_trying_while_locked_does_not_lengthen_the_lock(
    platform: Platform, somebody: Person, clock: FixedClock
) -> None:
    fail(platform, 5)
    fail(platform, 20)
    clock.advance(minutes=16)

    assert sign_in(platform, "an.nguyen", PASSWORD)


def test_guessing_in_parallel_gets_no_more_tries(platform: Platform, somebody: Person) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: sign_in(platform, "an.nguyen", "sai mật khẩu"), range(12)))

    assert not sign_in(platform, "an.nguyen", PASSWORD)
    assert stored(platform, somebody).failed_sign_ins == 5


def test_an_admin_unlocks(platform: Platform, somebody: Person) -> None:
    fail(platform, 5)
    admin = builders.actor(platform, somebody)

    platform.run(admin, commands.unlock, somebody.id)

    assert sign_in(platform, "an.nguyen", PASSWORD)


def test_an_old_or_handed_out_password_must_be_changed(platform: Platform, somebody: Person, clock: FixedClock) -> None:
    clock.advance(days=179)
    assert not sign_in(platform, "an.nguyen", PASSWORD).must_change_password
    clock.advance(days=1)
    assert sign_in(platform, "an.nguyen", PASSWORD).must_change_password

    platform.run(system(), commands.reset_password, somebody.id, "Cấp lại lần 1 ạ")
    assert sign_in(platform, "an.nguyen", "Cấp lại lần 1 ạ").must_change_password
    platform.run(builders.actor(platform, somebody), commands.change_password, "Cấp lại lần 1 ạ", "Của riêng tôi 2027")
    assert not sign_in(platform, "an.nguyen", "Của riêng tôi 2027").must_change_password


def test_passwords_never_age_when_the_installation_says_so(
    platform: Platform, somebody: Person, clock: FixedClock
) -> None:
    platform.settings = dataclasses.replace(platform.settings, password_days=0)
    clock.advance(days=4000)

    assert not sign_in(platform, "an.nguyen", PASSWORD).must_change_password


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("sai mật khẩu", "Của riêng tôi 2027", "old"),
        (PASSWORD, PASSWORD, "new"),
        (PASSWORD, "ngắn quá", "new"),
        (PASSWORD, "aaaaaaaaaaaa", "new"),
        (PASSWORD, "abcdefghijkl", "new"),
        (PASSWORD, "qwertyuiop", "new"),
        (PASSWORD, "xin chào an.nguyen", "new"),
        (PASSWORD, "m" + "ậ" * 300, "new"),
    ],
)
def test_a_new_password_has_to_be_worth_it(
    platform: Platform, somebody: Person, old: str, new: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        platform.run(builders.actor(platform, somebody), commands.change_password, old, new)

    assert field in refused.value.fields
    assert sign_in(platform, "an.nguyen", PASSWORD)


def test_every_attempt_is_in_the_audit_trail_without_the_password(platform: Platform, somebody: Person) -> None:
    fail(platform, 1)
    sign_in(platform, "an.nguyen", PASSWORD)
    sign_in(platform, "khong.co", PASSWORD)

    with platform.reading() as session:
        lines = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    tried = [(line.action, line.agency_id) for line in lines if "sign" in line.action]
    assert sorted(tried, key=str) == sorted(
        [
            ("person.sign_in_refused", somebody.agency_id), ("person.signed_in", somebody.agency_id),
            ("person.sign_in_refused", None),
        ],
        key=str,
    )  # fmt: skip
    assert not [line for line in lines if PASSWORD in str(line.details) or "sai mật khẩu" in str(line.details)]
