"""`./vanthu serve` and `./vanthu worker`: one program, with servers of our own around it where none are given."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Callable

from engine.settings import Settings
from web.launcher import logs, programs
from web.launcher.children import Child
from web.launcher.servers import provided
from web.launcher.supervisor import Stopped, Supervisor, stop_on_signal


def serve(settings: Settings, host: str, port: int, workers: int, threads: int, say: Callable[[str], None]) -> int:
    """Run the web until it is told to stop; return the exit code.

    When both servers are given this process becomes gunicorn, so that signals of an init system reach it directly.
    """
    if settings.database_url and settings.redis_url:
        proxies = "*" if settings.trusted_proxies else "127.0.0.1"
        command = programs.web_command(host, port, workers=workers, threads=threads, proxies=proxies)
        os.chdir(programs.ROOT)
        os.execve(sys.executable, command, programs.environment_of(settings))  # noqa: S606
    say(f"Web: http://{host}:{port}; nhật ký ở {settings.data_path / 'log' / 'web.log'}. Nhấn Ctrl-C để dừng.")
    return _beside_servers(
        settings, lambda ready: programs.web(ready, host, port, workers=workers, threads=threads), say
    )


def work(settings: Settings, say: Callable[[str], None]) -> int:
    """Run a worker until it is told to stop; return the exit code."""
    if settings.database_url and settings.redis_url:
        from connectors.worker import main

        here = settings.data_path.absolute(), settings.files_path.absolute()
        os.chdir(programs.ROOT)  # built fonts are found from here, wherever the person stood
        logs.configure(settings)
        return main(dataclasses.replace(settings, data_path=here[0], files_path=here[1]))
    say(f"Nhật ký ở {settings.data_path / 'log' / 'worker.log'}. Nhấn Ctrl-C để dừng.")
    return _beside_servers(settings, programs.worker, say)


def _beside_servers(settings: Settings, program: Callable[[Settings], Child], say: Callable[[str], None]) -> int:
    with provided(settings) as ready:
        supervisor = Supervisor(say)
        try:
            with stop_on_signal():
                supervisor.look_after(program(ready))
                return supervisor.watch()
        except Stopped:
            return 0
        finally:
            supervisor.stop()
