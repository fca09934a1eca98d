"""Signing in: argon2id, one answer for every refusal, locks that grow, passwords that age."""

from __future__ import annotations

import secrets
import unicodedata
from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION
from sqlalchemy import select

from engine.directory import queries, rules
from engine.directory.models import Person
from engine.errors import InvalidInput
from engine.platform import Work


def nobodys_hash(hasher: PasswordHasher) -> str:
    """A hash that no known password has, but that takes as long to check as any; making it takes no time."""
    salt, own = (
        b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${own}"


_hasher = PasswordHasher()  # argon2id
# Checked when there is no such person, so that an unknown name takes as long as a wrong password.
_NOBODY = nobodys_hash(_hasher)
REFUSED = (
    "Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đang tạm khóa do nhập sai nhiều lần. "
    "Kiểm tra lại, hoặc liên hệ quản trị cơ quan."
)
LONGEST_LOCK = 8  # locks double from one to the next, up to so many times the first


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The answer to a name and a password; true when somebody signed in.

    A refusal is an answer, not an exception: counting it has to be committed.
    """

    person_id: int | None
    sentence: str = ""
    must_change_password: bool = False

    def __bool__(self) -> bool:
        return self.person_id is not None


def sign_in(work: Work, user_name: str, password: str) -> SignedIn:
    """Check a name and a password; wrong name, wrong password, locked and deactivated get the same answer (LA-3.3)."""
    name = unicodedata.normalize("NFC", user_name).strip().lower()[:200]
    person = work.session.scalar(select(Person).where(Person.user_name == name))
    right = _matches(person.password_hash if person and person.password_hash else _NOBODY, password)
    if person is None:
        work.note("person.sign_in_refused", "person", "", agency_id=None, user_name=name[:60])
        return SignedIn(None, REFUSED)
    # Locked only after the slow check: of many guesses at once, those after the last allowed one are refused.
    work.session.refresh(person, with_for_update=True)
    locked = person.locked_until is not None and person.locked_until > work.now
    if locked or not person.active or queries.closed(person, work.now) or not person.password_hash or not right:
        if not locked:
            _count_failure(work, person)
        work.note("person.sign_in_refused", "person", person.id, agency_id=person.agency_id, locked=locked)
        return SignedIn(None, REFUSED)
    person.failed_sign_ins, person.locked_until, person.signed_in_at = 0, None, work.now
    if _hasher.check_needs_rehash(person.password_hash):
        person.password_hash = hashed(password)
    work.note("person.signed_in", "person", person.id, agency_id=person.agency_id)
    return SignedIn(person.id, must_change_password=password_is_due(work, person))


def change_password(work: Work, old: str, new: str) -> None:
    """Set one's own password; InvalidInput names what is wrong with the old or the new one."""
    if work.actor.person_id is None:
        raise InvalidInput("Hệ thống không có mật khẩu.")
    person = queries.person(work.session, work.actor.agency_id, work.actor.person_id)
    work.session.refresh(person, with_for_update=True)
    if person.locked_until is not None and person.locked_until > work.now:
        raise InvalidInput("Tài khoản đang tạm khóa, chưa đổi được mật khẩu.", {"old": "Tài khoản đang tạm khóa."})
    if not _matches(person.password_hash or _NOBODY, old):
        raise InvalidInput("Mật khẩu hiện tại không đúng.", {"old": "Mật khẩu hiện tại không đúng."})
    if unicodedata.normalize("NFC", old) == unicodedata.normalize("NFC", new):
        raise InvalidInput("Mật khẩu mới phải khác mật khẩu cũ.", {"new": "Mật khẩu mới phải khác mật khẩu cũ."})
    put_password(work, person, new, must_change=False)
    work.note("person.password_changed", "person", person.id, agency_id=person.agency_id)


def put_password(work: Work, person: Person, password: str, *, must_change: bool) -> None:
    """Store a new password for a person after checking that it is strong enough."""
    problem = rules.password_problem(
        password, shortest=work.settings.password_length, user_name=person.user_name, full_name=person.full_name
    )
    if problem:
        raise InvalidInput(problem, {"new": problem})
    person.password_hash = hashed(password)
    person.password_changed_at = work.now
    person.must_change_password = must_change
    person.failed_sign_ins, person.locked_until = 0, None


def password_is_due(work: Work, person: Person) -> bool:
    """Whether the password has to be changed now: handed out by an admin, or too old (LA-14.2.b)."""
    if person.must_change_password:
        return True
    if work.settings.password_days <= 0 or person.password_changed_at is None:
        return False
    return work.now - person.password_changed_at >= timedelta(days=work.settings.password_days)


def hashed(password: str) -> str:
    """An argon2id hash of a password, composed so that every keyboard gives the same characters."""
    return _hasher.hash(unicodedata.normalize("NFC", password))


def _matches(stored: str, password: str) -> bool:
    if len(password) > rules.LONGEST_PASSWORD:
        password = password[: rules.LONGEST_PASSWORD + 1]  # still wrong, and as quick as any other
    try:
        return _hasher.verify(stored, unicodedata.normalize("NFC", password))
    except (VerificationError, InvalidHashError):
        return False


def _count_failure(work: Work, person: Person) -> None:
    person.failed_sign_ins += 1
    times, rest = divmod(person.failed_sign_ins, max(work.settings.lockout_attempts, 1))
    if rest == 0:
        factor = min(2 ** (min(times, 10) - 1), LONGEST_LOCK)
        person.locked_until = work.now + timedelta(minutes=work.settings.lockout_minutes * factor)
        work.note("person.locked", "person", person.id, agency_id=person.agency_id, until=person.locked_until)
