"""`./vanthu demo`: servers, schema, web and worker on one machine; the story played on the first start."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

from engine.settings import Settings
from web.launcher import programs
from web.launcher.account import server_account
from web.launcher.schema import is_newest
from web.launcher.servers import Servers, announce, claim, forget, home_of, ours_in
from web.launcher.supervisor import Stopped, Supervisor, stop_on_signal

USUAL_PORT = 8000
_BEGUN, _PLAYED = "story.begun", "story.played"


@dataclasses.dataclass(frozen=True)
class DemoOptions:
    """What the person wants of this start."""

    host: str = "127.0.0.1"
    port: int | None = None
    reset: bool = False
    play: bool = True
    once: bool = False
    """Stop after the story and the summary instead of waiting for Ctrl-C; for tests and screenshots."""


def run(settings: Settings, options: DemoOptions, say: Callable[[str], None]) -> int:
    """Start everything, play the story if it was not played, print where things are, watch; return the exit code."""
    data = settings.data_path.absolute()
    settings = dataclasses.replace(settings, data_path=data, files_path=settings.files_path.absolute())
    os.chdir(programs.ROOT)  # built fonts are found from here, wherever the person stood
    with claim(data), stop_on_signal():
        if options.reset or (_interrupted(data) and not settings.database_url):
            forget(data)
        port = programs.choose_port(options.host, options.port, USUAL_PORT, say)
        settings = dataclasses.replace(settings, base_url=f"http://{_shown(options.host)}:{port}")
        servers, supervisor = Servers(data), Supervisor(say)
        try:
            say("Khởi động cơ sở dữ liệu và hàng đợi…")
            settings = servers.start(settings)
            announce(data, settings)
            for child in servers.children:
                supervisor.rely_on(child)
            return _start(settings, options, supervisor, port, say)
        except Stopped:
            return 0
        finally:
            say("Đang dừng…")
            supervisor.stop()
            servers.stop()
            say(f"Đã dừng. Dữ liệu còn nguyên ở {data}")


def _start(
    settings: Settings, options: DemoOptions, supervisor: Supervisor, port: int, say: Callable[[str], None]
) -> int:
    if not is_newest(settings.database_url):
        from engine.schema import upgrade

        upgrade(settings.database_url)
    web = supervisor.look_after(programs.web(settings, options.host, port))
    supervisor.look_after(programs.worker(settings))
    programs.wait_until_healthy(web, options.host, port)
    if options.play:
        _play(settings, say)
    for line in summary(settings, with_accounts=(settings.data_path / _PLAYED).exists()):
        say(line)
    if options.once:
        return 0
    say("Nhấn Ctrl-C để dừng.")
    return supervisor.watch()


def _play(settings: Settings, say: Callable[[str], None]) -> None:
    begun, played = settings.data_path / _BEGUN, settings.data_path / _PLAYED
    if played.exists():
        return
    from web.demo.play import play

    say("Lần đầu: tạo tỉnh mẫu và chạy trọn câu chuyện văn bản…")
    begun.touch()
    play(settings, say)
    played.touch()


def _interrupted(data: Path) -> bool:
    # Nobody was told an account before the story was over, so nobody's work is lost by starting over.
    return (data / _BEGUN).exists() and not (data / _PLAYED).exists()


def summary(settings: Settings, *, with_accounts: bool) -> list[str]:
    """Return what the person wants to know: address, accounts, where files lie."""
    lines = ["", f"Vanthu đang chạy: {settings.base_url}", ""]
    if with_accounts:
        from web.demo.sample import accounts

        lines += ["Tài khoản dùng thử:", *(f"  {line}" for line in accounts()), ""]
    out = settings.data_path / "out"
    if out.is_dir():
        lines.append(f"Văn bản đã ký (PDF), thông điệp edXML: {out}")
    return [*lines, f"Tệp của văn bản: {settings.files_path}", f"Nhật ký: {settings.data_path / 'log'}", ""]


def _shown(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104


def data_exists(data: Path) -> bool:
    """Tell whether there is anything a reset would delete."""
    return any(path.name != "log" for path in ours_in(data)) or _elsewhere(data)


def _elsewhere(data: Path) -> bool:
    home = home_of(data.absolute(), server_account())
    return home != data.absolute() and home.exists()
