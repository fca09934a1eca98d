"""The compose file is whole: what it names exists, secrets are files, nothing has more rights than needed."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from connectors.notification.settings import MailSettings, PushSettings
from engine.settings import Settings, helps
from tests.rules.sources import ROOT
from web import cli

DOCKER = ROOT / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker")
DOCKERFILE = (DOCKER / "Dockerfile").read_text(encoding="utf-8")


def test_the_five_services_and_the_migration_are_there():
    assert set(SERVICES) == {"database", "queue", "migrate", "web", "worker", "proxy"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_name_leads_somewhere(service: str):
    about = SERVICES[service]
    assert set(about.get("secrets", [])) <= set(COMPOSE["secrets"])
    assert set(about["networks"]) <= set(COMPOSE["networks"])
    assert set(about.get("depends_on", {})) <= set(SERVICES)
    for volume in about.get("volumes", []):
        source = volume.split(":")[0]
        assert source in COMPOSE["volumes"] or (DOCKER / source).is_file()


@pytest.mark.parametrize("service", SERVICES)
def test_health_is_asked_and_images_are_pinned(service: str):
    about = SERVICES[service]
    assert "healthcheck" in about or service == "migrate"
    assert re.search(r":(\d|\$\{VANTHU_TAG)", about["image"])
    for other, condition in about.get("depends_on", {}).items():
        wanted = "service_completed_successfully" if other == "migrate" else "service_healthy"
        assert condition["condition"] == wanted


@pytest.mark.parametrize("service", OURS)
def test_our_commands_exist_and_our_settings_are_known(service: str):
    about = SERVICES[service]
    assert cli.understand(about["command"]).command in {"migrate", "serve", "worker"}
    known = {*helps(Settings), *helps(MailSettings, "VANTHU_MAIL_"), *helps(PushSettings, PushSettings.PREFIX)}
    for variable, value in about["environment"].items():
        assert variable.removesuffix("_FILE") in known
        if variable.endswith("_FILE"):
            assert value.removeprefix("/run/secrets/") in about["secrets"]
    assert not {"VANTHU_DATABASE_URL", "VANTHU_REDIS_URL", "VANTHU_SECRET_KEY"} & set(about["environment"])


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_has_more_rights_than_needed(service: str):
    about = SERVICES[service]
    assert not about.get("privileged")
    assert about.get("network_mode") is None
    if service in OURS:
        assert about["read_only"]
        assert about["cap_drop"] == ["ALL"]
    if service != "proxy":
        assert "ports" not in about


def test_the_database_and_the_queue_are_reached_from_inside_only():
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert SERVICES["database"]["networks"] == SERVICES["queue"]["networks"] == ["inside"]


def test_every_secret_is_a_file_that_the_script_makes(tmp_path: Any):
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("make_secrets", DOCKER / "make_secrets.py")
    assert spec is not None
    assert spec.loader is not None
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    made = script.write(tmp_path / "secrets")
    assert {path.name for path in made} == set(COMPOSE["secrets"])
    assert all(each["file"] == f"secrets/{name}" for name, each in COMPOSE["secrets"].items())
    folder = tmp_path / "secrets"
    password = (folder / "database_password").read_text()
    assert f":{password}@database:" in (folder / "database_url").read_text()
    assert len((folder / "secret_key").read_text()) >= 32
    before = (folder / "secret_key").read_text()
    assert script.write(folder) == []
    assert (folder / "secret_key").read_text() == before
    assert PushSettings(key=(folder / "push_key").read_text()).key
    for name in ("push_key", "database_url"):
        (folder / name).unlink()
    assert [path.name for path in script.write(folder)] == ["push_key"]  # the address has a password that is in use


def test_the_image_runs_as_nobody_special_on_the_image_it_was_built_on():
    stages = re.findall(r"^FROM (\S+) AS (\w+)$", DOCKERFILE, re.MULTILINE)
    assert stages == [("${PYTHON_IMAGE}", "build"), ("${PYTHON_IMAGE}", "run")]
    last = DOCKERFILE.split("AS run")[1]
    assert last.index("USER vanthu") < last.index("ENTRYPOINT")
    entry = re.search(r"CMD \[(.*)\]", last)
    assert entry is not None
    assert cli.understand([word.strip(' "') for word in entry.group(1).split(",")]).command == "serve"
    assert cli.understand(["setup"]).command == "setup"


def test_the_proxy_lets_the_largest_upload_through():
    text = (DOCKER / "nginx.conf").read_text(encoding="utf-8")
    assert text.count("{") == text.count("}")
    size = re.search(r"client_max_body_size (\d+)m;", text)
    assert size is not None
    assert int(size.group(1)) * 1024 * 1024 > Settings().max_upload_bytes
    port = SERVICES["proxy"]["ports"][0].rsplit(":", 1)[1]
    assert f"listen {port};" in text
    assert "server web:8000;" in text
