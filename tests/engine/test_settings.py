"""Settings come from the environment or from secret files, and say in words what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.settings import Settings, SettingsError, helps, read_settings, setting

SECRETS = {
    "VANTHU_ENVIRONMENT": "production",
    "VANTHU_DATABASE_URL": "postgresql://db/vanthu",
    "VANTHU_REDIS_URL": "redis://queue/0",
    "VANTHU_SECRET_KEY": "k" * 40,
}


def test_defaults_run_the_demo():
    settings = Settings.from_environment({})
    assert settings.environment == "demo"
    assert settings.files_path == Path(".var/files")


def test_values_are_read_by_type():
    settings = Settings.from_environment(
        {"VANTHU_SWEEP_SECONDS": "7", "VANTHU_LOG_JSON": "yes", "VANTHU_FILES_PATH": "/somewhere/with space"}
    )
    assert (settings.sweep_seconds, settings.log_json, settings.files_path) == (7, True, Path("/somewhere/with space"))


def test_a_secret_may_come_from_a_file_and_the_variable_wins(tmp_path: Path):
    secret = tmp_path / "key"
    secret.write_text("from the file\n", encoding="utf-8")
    assert Settings.from_environment({"VANTHU_SECRET_KEY_FILE": str(secret)}).secret_key == "from the file"
    both = {"VANTHU_SECRET_KEY_FILE": str(secret), "VANTHU_SECRET_KEY": "given"}
    assert Settings.from_environment(both).secret_key == "given"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"VANTHU_SWEEP_SECONDS": "soon"}, "VANTHU_SWEEP_SECONDS = “soon” không phải là số nguyên"),
        ({"VANTHU_LOG_JSON": "perhaps"}, "không phải là true hoặc false"),
        ({"VANTHU_ENVIRONMENT": "staging"}, "chọn một trong: demo, production, test"),
        ({"VANTHU_SECRET_KEY_FILE": "/nowhere/at/all"}, "VANTHU_SECRET_KEY_FILE trỏ tới /nowhere/at/all"),
        ({"VANTHU_LEASE_SECONDS": "200"}, "VANTHU_LEASE_SECONDS phải lớn hơn"),
        ({**SECRETS, "VANTHU_SECRET_KEY": "short"}, "ít nhất 32 ký tự"),
        ({**SECRETS, "VANTHU_REDIS_URL": ""}, "Thiếu VANTHU_REDIS_URL"),
    ],
)
def test_what_is_wrong_is_said_with_the_variable(given: dict[str, str], words: str):
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(given)
    assert words in str(caught.value)


def test_production_runs_with_its_secrets_and_shows_none_of_them():
    settings = Settings.from_environment(SECRETS)
    shown = repr(settings)
    assert settings.environment == "production"
    assert "k" * 40 not in shown
    assert "postgresql://" not in shown


def test_every_setting_has_a_line_of_help():
    assert all(text.strip() and "\n" not in text for text in helps(Settings).values())


def test_a_connector_reads_its_own_settings_by_prefix():
    @dataclass(frozen=True)
    class Axis:
        address: str = setting("address of the axis")
        port: int | None = setting("port", default=None)

    given = {"VANTHU_AXIS_ADDRESS": "axis.example", "VANTHU_AXIS_PORT": "8443"}
    assert read_settings(Axis, "VANTHU_AXIS_", given) == Axis("axis.example", 8443)
    with pytest.raises(SettingsError, match="VANTHU_AXIS_ADDRESS"):
        read_settings(Axis, "VANTHU_AXIS_", {})
