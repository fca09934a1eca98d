"""Under whose name a server runs: our own, or an unprivileged one when we are root (PostgreSQL refuses root)."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Account:
    """A user and group a server is started as."""

    user: int
    group: int

    @property
    def foreign(self) -> bool:
        """Tell whether this is somebody else than who we are."""
        return self.user != os.geteuid()

    def own(self, path: Path) -> None:
        """Give `path` to the account; does nothing when it is ours."""
        if self.foreign:
            os.chown(path, self.user, self.group)

    def make_folder(self, path: Path, mode: int = 0o700) -> Path:
        """Make a folder that belongs to the account, parents ours; return it."""
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        self.own(path)
        return path

    def write(self, path: Path, text: str) -> None:
        """Write a file only the account can read."""
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        self.own(path)


def server_account() -> Account:
    """Return who servers run as: ourselves, or `nobody` (else `daemon`) when we are root."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for name in ("nobody", "daemon"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    return Account(65534, 65534)


def searchable(path: Path, account: Account) -> bool:
    """Tell whether the account can reach `path` through all of its parents."""
    if not account.foreign:
        return True
    for parent in path.resolve().parents:
        try:
            mode = parent.stat().st_mode
        except OSError:
            return False
        if not mode & stat.S_IXOTH:
            return False
    return True


def copy_for(account: Account, source: Path, target: Path) -> Path:
    """Copy a tree of programs to where the account can reach it, once; return the copy."""
    if not account.foreign or target.exists():
        return target
    fresh = target.with_name(f"{target.name}.new-{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(source, fresh, symlinks=True)
    try:
        fresh.rename(target)
    except OSError:  # somebody else was faster
        shutil.rmtree(fresh, ignore_errors=True)
    return target


def preparation(account: Account | None, farewell: int = signal.SIGTERM) -> Callable[[], None]:
    """Return what a child does before it becomes the server: change its name, and ask to be told when we die.

    The kernel clears the wish when the user changes, so the order matters; it is tied to the starting thread,
    so start servers from the main one. Where there is no prctl (macOS) servers are found again at the next start.
    """
    library = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None
    parent = os.getpid()

    def prepare() -> None:
        if account is not None and account.foreign:
            os.setgroups([])
            os.setgid(account.group)
            os.setuid(account.user)
        if library is not None:
            library.prctl(_PR_SET_PDEATHSIG, int(farewell), 0, 0, 0)
            if os.getppid() != parent:
                os.kill(os.getpid(), farewell)

    return prepare
