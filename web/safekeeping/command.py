"""`./vanthu backup` and `./vanthu restore`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from engine.clock import SystemClock
from engine.settings import Settings

Say = Callable[[str], None]


def back_up(settings: Settings, options: argparse.Namespace, version: str, say: Say) -> int:
    """Make a copy, or check those that are there; 1 when something isn't whole."""
    from engine.errors import InvalidInput
    from web.launcher.servers import provided
    from web.safekeeping import making, manifest

    target = Path(options.folder)
    if options.keep is not None and options.keep < 1:
        raise InvalidInput("Giữ lại ít nhất một bản sao lưu: --keep từ 1 trở lên.")
    if options.check:
        wrong = [line for each in manifest.copies(target) for line in making.check(target, each)]
        for line in wrong:
            say(line)
        count = len(manifest.copies(target))
        say(f"{count} bản sao lưu, {len(wrong)} chỗ không còn nguyên vẹn.")
        return 1 if wrong or not count else 0
    with provided(settings) as reached:
        made = making.make(reached, target, SystemClock(), version)
    say(f"Đã sao lưu vào {made.folder}: cơ sở dữ liệu và {made.files} tệp ({made.fresh} tệp mới).")
    for sha256 in made.damaged:
        say(f"Tệp {sha256} trong kho không còn nguyên vẹn nên không sao lưu; lấy lại từ bản sao lưu trước.")
    if options.keep:
        gone, dropped = making.prune(target, options.keep)
        if gone:
            say(f"Đã bỏ {len(gone)} bản sao lưu cũ và {dropped} tệp không bản nào còn cần.")
    return 1 if made.damaged else 0


def restore(settings: Settings, options: argparse.Namespace, say: Say) -> int:
    """Bring a copy back into an empty database and verify the audit trail; 1 when it doesn't hold."""
    from web.launcher.administration import verify_audit
    from web.launcher.servers import provided
    from web.safekeeping import restoring

    target = Path(options.folder)
    folder = target / options.copy if options.copy else restoring.newest(target)
    with provided(settings) as reached:
        found = restoring.restore(reached, target, folder)
        sound, lines = verify_audit(reached)
    say(f"Đã phục hồi bản sao lưu {folder.name} (phiên bản {found.version}): cơ sở dữ liệu và {len(found.files)} tệp.")
    for line in lines:
        say(line)
    return 0 if sound else 1
