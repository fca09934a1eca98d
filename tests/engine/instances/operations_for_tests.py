"""Operations that tests put into diagrams: they add, refuse, fail as told, and remember how often they were called."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from engine.errors import BusinessError, PermanentError, TemporaryError
from engine.operations import Outside, operation, parameter
from engine.platform import Work
from engine.tasks.models import Task

calls: list[str] = []


@dataclass(frozen=True)
class Numbers:
    """Two numbers."""

    a: int = parameter("Số thứ nhất", kind="number")
    b: int = parameter("Số thứ hai", kind="number", default=1)


@dataclass(frozen=True)
class Sum:
    """Their sum."""

    total: int


@operation("test.add", version=1, name="Cộng")
def add(given: Numbers, work: Work) -> Sum:
    """Add; a negative first number is a business error after something was already written."""
    work.note("test.added", "test", given.a)
    work.send("test.outside", {"a": given.a})
    work.session.flush()
    if given.a < 0:
        raise BusinessError("negative", "Số thứ nhất không được âm.")
    return Sum(given.a + given.b)


@operation("test.outside", version=1, name="Gọi ra ngoài", outside=True)
def call_outside(given: Numbers, outside: Outside) -> Sum:
    """Answer, or fail as the number says: 1 temporarily twice, 2 for good, 3 as a business error, 4 by a bug."""
    calls.append(outside.idempotency_key)
    if given.a == 1 and calls.count(outside.idempotency_key) <= 2:
        raise TemporaryError("Máy chủ bận.")
    if given.a == 2:
        raise PermanentError("Bên nhận không tồn tại.")
    if given.a == 3:
        raise BusinessError("refused", "Bên nhận từ chối.")
    if given.a == 4:
        raise ZeroDivisionError
    return Sum(given.a + given.b)


@operation("test.open-tasks", version=1, name="Đếm việc đang chờ")
def count_open_tasks(given: Numbers, work: Work) -> Sum:
    """How many tasks are open, as an operation sees it."""
    return Sum(work.session.scalar(select(func.count()).select_from(Task).where(Task.state == "open")) or 0)


@operation("test.unlucky", version=1, name="Có lúc hỏng")
def unlucky(given: Numbers, work: Work) -> None:
    """Fail by a bug until luck was put into `calls`."""
    work.note("test.tried", "test", given.a)
    if "luck" not in calls:
        raise ZeroDivisionError
