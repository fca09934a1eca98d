"""Looks after running programs: starts again what may be started again, stops everything when something vital ends."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from web.launcher.children import Child

_MOST_RESTARTS = 3
_WITHIN_SECONDS = 60.0


class Supervisor:
    """Watches programs in the order they were added, and stops them in the opposite order."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self._restartable: list[Child] = []
        self._vital: list[Child] = []
        self._restarts: dict[str, list[float]] = {}

    def rely_on(self, child: Child) -> None:
        """Watch a program that somebody else stops; its end is the end of everything."""
        self._vital.append(child)

    def look_after(self, child: Child) -> Child:
        """Start a program, start it again when it dies, stop it at the end."""
        child.start()
        self._restartable.append(child)
        return child

    def watch(self) -> int:
        """Wait until a death ends everything; return the exit code. A signal ends the wait with Stopped."""
        while True:
            time.sleep(0.25)
            for child in self._vital:
                if not child.running:
                    self.say(f"{child.name} đã dừng ngoài dự kiến (mã {child.outcome}); nhật ký ở {child.log}.")
                    return 1
            for child in self._restartable:
                if not child.running and not self._start_again(child):
                    return 1

    def stop(self) -> None:
        """Stop what was started here, last first."""
        for child in reversed(self._restartable):
            child.stop()
        self._restartable.clear()

    def _start_again(self, child: Child) -> bool:
        now = time.monotonic()
        recent = [moment for moment in self._restarts.get(child.name, []) if now - moment < _WITHIN_SECONDS]
        if len(recent) >= _MOST_RESTARTS:
            self.say(f"{child.name} liên tục dừng (mã {child.outcome}); dừng tất cả. Nhật ký ở {child.log}.")
            return False
        self.say(f"{child.name} đã dừng ngoài dự kiến (mã {child.outcome}); đang khởi động lại.")
        self._restarts[child.name] = [*recent, now]
        child.start()
        return True


class Stopped(BaseException):
    """A signal asked for the end; not an Exception, so that nothing swallows it on the way out."""


@contextmanager
def stop_on_signal() -> Iterator[None]:
    """Turn the first Ctrl-C or polite kill into Stopped; later ones don't disturb the clean stop under way."""

    def stop(_number: int, _frame: object) -> None:
        for sign in before:
            signal.signal(sign, signal.SIG_IGN)
        raise Stopped

    signs = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {sign: signal.getsignal(sign) for sign in signs}
    for sign in signs:
        signal.signal(sign, stop)
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
