"""The servers keep their data, die with their launcher, and leave other programs alone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from engine.settings import Settings
from tests.servers import ROOT, plain
from web.launcher.children import LaunchError, alive, program_of
from web.launcher.servers import Servers, announce, claim, forget, home_of, provided, running_in

pytestmark = pytest.mark.slow  # programs are started


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Ask again and again until the condition holds or time is up."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def put_row(settings: Settings) -> None:
    with psycopg.connect(plain(settings.database_url)) as connection:
        connection.execute("drop table if exists kept")
        connection.execute("create table kept (word text)")
        connection.execute("insert into kept values ('giữ lại')")


def row(settings: Settings) -> str:
    with psycopg.connect(plain(settings.database_url)) as connection:
        found = connection.execute("select word from kept").fetchone()
        assert found is not None
        return str(found[0])


def test_data_survive_a_clean_stop(used_data: Path):
    servers = Servers(used_data)
    settings = servers.start(Settings(data_path=used_data))
    put_row(settings)
    with redis.Redis.from_url(settings.redis_url) as queue:
        queue.set("kept", "too")
    pids = [child.pid for child in servers.children]
    servers.stop()
    assert not any(pid and alive(pid) and "vanthu-launcher" in program_of(pid) for pid in pids)
    again = servers.start(Settings(data_path=used_data))
    try:
        assert row(again) == "giữ lại"
        assert again.secret_key == settings.secret_key
        with redis.Redis.from_url(again.redis_url) as queue:
            assert queue.get("kept") == b"too"
    finally:
        servers.stop()


def test_nobody_else_can_read_the_secrets_or_sign_in_without(used_data: Path):
    servers = Servers(used_data)
    settings = servers.start(Settings(data_path=used_data))
    try:
        with claim(used_data):
            announce(used_data, settings)
            for name in ("postgresql.password", "secret.key", "running.json", "valkey/valkey.conf"):
                assert stat.S_IMODE((servers.home / name).stat().st_mode) == 0o600, name
        without = plain(settings.database_url).replace(settings.database_url.split(":")[2].split("@")[0], "wrong")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(without)
        port = int(settings.redis_url.rsplit(":", 1)[1].split("/")[0])
        once = Retry(NoBackoff(), 0)
        with redis.Redis(port=port, retry=once) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
    finally:
        servers.stop()


def test_the_demo_writes_to_disk_and_evicts_nothing(used_data: Path):
    servers = Servers(used_data)
    settings = servers.start(Settings(data_path=used_data))
    try:
        with psycopg.connect(plain(settings.database_url)) as connection:
            assert connection.execute("show fsync").fetchone() == ("on",)
            assert connection.execute("show listen_addresses").fetchone() == ("127.0.0.1",)
        with redis.Redis.from_url(settings.redis_url) as queue:
            assert queue.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
            assert queue.config_get("appendonly")["appendonly"] == "yes"
    finally:
        servers.stop()


LAUNCHER = """
import sys, time
from pathlib import Path
from engine.settings import Settings
from web.launcher.servers import Servers
servers = Servers(Path(sys.argv[1]))
settings = servers.start(Settings(data_path=Path(sys.argv[1])))
print(settings.database_url, *[child.pid for child in servers.children], flush=True)
time.sleep(600)
"""


def test_servers_of_a_killed_launcher_end_and_the_next_start_goes_on(used_data: Path):
    with subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(used_data)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as launcher:
        assert launcher.stdout is not None
        url, *pids = launcher.stdout.readline().split()
        put_row(Settings(database_url=url))
        launcher.kill()
    servers = Servers(used_data)
    settings = servers.start(Settings(data_path=used_data))  # may meet the old ones still on their way out
    try:
        assert row(settings) == "giữ lại"
        assert wait_for(lambda: not any(str(used_data) in program_of(int(pid)) for pid in pids))
    finally:
        servers.stop()


def test_a_stale_pid_file_is_seen_through_and_its_process_left_alone(used_data: Path):
    servers = Servers(used_data)
    servers.start(Settings(data_path=used_data))
    servers.stop()
    for name in ("postgresql/postmaster.pid", "valkey/valkey.pid"):
        (servers.home / name).write_text(f"{os.getpid()}\n{servers.home}/postgresql\n1\n1\n\n127.0.0.1\n")
    servers.start(Settings(data_path=used_data))
    servers.stop()
    assert alive(os.getpid())


def test_given_servers_are_not_started(data: Path):
    given = Settings(data_path=data, database_url="postgresql://db/x", redis_url="redis://queue/0")
    servers = Servers(data)
    assert servers.start(given).database_url == "postgresql://db/x"
    assert servers.children == []
    with provided(given) as settings:
        assert settings is given


def test_other_commands_use_the_servers_that_run(data: Path):
    ours = Settings(
        data_path=data, database_url="postgresql://db/x", redis_url="redis://queue/0", base_url="http://here:1"
    )
    with claim(data):
        announce(data, ours)
        with provided(Settings(data_path=data)) as settings:
            assert (settings.database_url, settings.redis_url) == (ours.database_url, ours.redis_url)
        with pytest.raises(LaunchError, match="đang chạy ở thư mục dữ liệu này rồi"), claim(data):
            pass
    assert running_in(data) is None


def test_a_note_left_by_a_killed_launcher_is_not_believed(data: Path):
    announce(data, Settings(data_path=data, database_url="postgresql://db/x", redis_url="redis://queue/0"))
    (data / "launcher.lock").touch()
    assert running_in(data) is None


def test_a_command_alone_starts_and_stops_its_own_servers(used_data: Path):
    with (
        provided(Settings(data_path=used_data)) as settings,
        psycopg.connect(plain(settings.database_url)) as connection,
    ):
        assert connection.execute("select 1").fetchone() == (1,)
        assert running_in(used_data) is None  # nobody else is told: they stop with this command
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(plain(settings.database_url))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands servers to another account")
def test_as_root_servers_run_unprivileged_even_in_a_closed_folder(data: Path):
    closed = data / "closed"
    closed.mkdir(mode=0o700)
    inside = closed / "data"
    servers = Servers(inside, durable=False)  # on a true disk, for which making a cluster takes long
    settings = servers.start(Settings(data_path=inside))
    try:
        assert home_of(inside, servers.account) == servers.home != inside
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        for child in servers.children:
            assert child.pid is not None
            assert Path(f"/proc/{child.pid}").stat().st_uid == servers.account.user != 0
        with psycopg.connect(plain(settings.database_url)) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        servers.stop()
        forget(inside)
    assert not servers.home.exists()


def test_data_of_another_version_are_refused_in_words(data: Path):
    servers = Servers(data)
    (servers.home / "postgresql").mkdir(parents=True)
    (servers.home / "postgresql/PG_VERSION").write_text("12\n")
    with pytest.raises(LaunchError, match="do PostgreSQL 12 tạo"):
        servers.start(Settings(data_path=data))
    assert servers.children == []


def test_a_cluster_that_was_interrupted_while_made_is_made_anew(data: Path):
    servers = Servers(data)
    half = servers.home / "postgresql.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    servers.start(Settings(data_path=data))
    servers.stop()
    assert not any(child.running for child in servers.children)


def test_a_reset_deletes_what_is_ours_and_nothing_else(data: Path):
    for name in ("files", "authority"):
        (data / name).mkdir()
    for name in ("secret.key", "story.played", "thư của mẹ.txt"):
        (data / name).write_text("x")
    forget(data)
    assert [path.name for path in data.iterdir()] == ["thư của mẹ.txt"]
