"""How our own programs are started: the web under gunicorn, the worker, and what they are told."""

from __future__ import annotations

import http.client
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from engine.settings import Settings, environment_with
from web.launcher.children import Child, LaunchError

ROOT = Path(__file__).resolve().parent.parent.parent


def web_command(host: str, port: int, *, workers: int = 1, threads: int = 16, proxies: str = "127.0.0.1") -> list[str]:
    """Return the command line of the web: threads, because an open event stream holds one."""
    # The heartbeat file belongs in memory: on a slow disk it would make gunicorn kill healthy workers.
    heartbeat = ["--worker-tmp-dir", "/dev/shm"] if os.access("/dev/shm", os.W_OK) else []  # noqa: S108
    return [
        sys.executable, "-P", "-m", "gunicorn", "--config", "python:web.launcher.logs", "--bind", f"{host}:{port}",
        "--workers", str(workers), "--worker-class", "gthread", "--threads", str(threads), "--timeout", "90",
        "--graceful-timeout", "15", "--no-control-socket", "--forwarded-allow-ips", proxies, "--error-logfile", "-",
        *heartbeat, "web.app:create_app()",
    ]  # fmt: skip


def worker_command() -> list[str]:
    """Return the command line of a worker."""
    return [sys.executable, "-P", "-m", "web.cli", "worker"]


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the environment that makes another program of ours read these very settings."""
    return environment_with(
        PYTHONPATH=str(ROOT),
        PYTHONUNBUFFERED="1",
        VANTHU_ENVIRONMENT=settings.environment,
        VANTHU_BASE_URL=settings.base_url,
        VANTHU_DATA_PATH=str(settings.data_path.absolute()),
        VANTHU_FILES_PATH=str(settings.files_path.absolute()),
        VANTHU_DATABASE_URL=settings.database_url,
        VANTHU_REDIS_URL=settings.redis_url,
        VANTHU_SECRET_KEY=settings.secret_key,
    )


def web(settings: Settings, host: str, port: int, *, workers: int = 1, threads: int = 16) -> Child:
    """Return the web as a child, not yet started."""
    log = settings.data_path / "log" / "web.log"
    command = web_command(host, port, workers=workers, threads=threads)
    return Child("web", command, log, environment=environment_of(settings), folder=ROOT)


def worker(settings: Settings) -> Child:
    """Return a worker as a child, not yet started."""
    log = settings.data_path / "log" / "worker.log"
    return Child("worker", worker_command(), log, environment=environment_of(settings), folder=ROOT)


def wait_until_healthy(child: Child, host: str, port: int, seconds: float = 120.0) -> None:
    """Wait until /healthz answers 200; LaunchError with the end of the log when it doesn't."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not child.running:
            raise LaunchError(f"Web không khởi động được (mã {child.outcome}); xem nhật ký ở {child.log}")
        if _healthy(host, port):
            return
        time.sleep(0.05)
    raise LaunchError(f"Web không trả lời sau {seconds:.0f} giây; xem nhật ký ở {child.log}")


def _healthy(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1" if host in ("0.0.0.0", "") else host, port, timeout=5)  # noqa: S104
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def port_is_free(host: str, port: int) -> bool:
    """Tell whether nobody listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose_port(host: str, wanted: int | None, usual: int, say: Callable[[str], None]) -> int:
    """Return the wanted port, or the usual one, or the next free after it; LaunchError when the wanted one is taken."""
    if wanted is not None:
        if not port_is_free(host, wanted):
            raise LaunchError(f"Cổng {wanted} đang được chương trình khác dùng; chọn cổng khác bằng --port.")
        return wanted
    for port in range(usual, usual + 50):
        if port_is_free(host, port):
            if port != usual:
                say(f"Cổng {usual} đang được dùng; chuyển sang cổng {port}.")
            return port
    raise LaunchError(f"Không có cổng trống từ {usual} đến {usual + 49}; chọn cổng khác bằng --port.")
