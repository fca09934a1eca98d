"""Makes the secret files of compose.yaml, once: python3 docker/make_secrets.py [FOLDER]. Standard library only."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

QUEUE_SETTINGS = """\
requirepass {password}
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
save ""
"""


def contents() -> dict[str, str]:
    """Return file name → content; the addresses hold the passwords that the servers are given."""
    database, queue = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    return {
        "database_password": database,
        "database_url": f"postgresql://vanthu:{database}@database:5432/vanthu",
        "queue_settings": QUEUE_SETTINGS.format(password=queue),
        "redis_url": f"redis://:{queue}@queue:6379/0",
        "secret_key": secrets.token_urlsafe(48),
        "mail_password": "",  # the mail server's; put in by hand where one asks for it
        "push_key": secrets.token_urlsafe(32),
    }


# What holds the same passwords is written together or not at all; what is new is added to an older installation.
TOGETHER = {"database_password", "database_url", "queue_settings", "redis_url"}


def write(folder: Path) -> list[Path]:
    """Write the files that are missing; those of TOGETHER all or none. Return those written."""
    begun = any((folder / name).exists() for name in TOGETHER)
    wanted = {
        folder / name: text
        for name, text in contents().items()
        if not (folder / name).exists() and not (begun and name in TOGETHER)
    }
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path, text in wanted.items():
        # Compose mounts the file as it is, and the servers inside run under other ids: the folder is what is closed.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
    return list(wanted)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "secrets"
    made = write(target)
    sys.stdout.write(f"{len(made)} files written to {target}\n" if made else f"{target} is complete; nothing changed\n")
