"""The commands answer with sentences and exit codes."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from engine.settings import Settings
from tests.rules.sources import ROOT
from tests.servers import plain
from web import cli

CLEAN = ROOT / "processes" / "resolution" / "resolution.bpmn"
BROKEN = """<?xml version="1.0"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="vanthu">
  <bpmn:process id="p" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>f</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="f" sourceRef="start" targetRef="stuck" />
    <bpmn:task id="stuck"><bpmn:incoming>f</bpmn:incoming></bpmn:task>
  </bpmn:process>
</bpmn:definitions>"""


@pytest.fixture
def installation(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation that commands find through the environment."""
    for name in ("environment", "database_url", "redis_url", "secret_key", "data_path"):
        monkeypatch.setenv(f"VANTHU_{name.upper()}", str(getattr(settings, name)))
    return settings


def test_a_clean_diagram_has_no_findings(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["check", str(CLEAN)]) == 0
    assert capsys.readouterr().out == ""


def test_findings_are_told_one_a_line_with_element_rule_and_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "broken.bpmn"
    file.write_text(BROKEN, encoding="utf-8")
    assert cli.main(["check", str(file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines
    for line in lines:
        element, rule, sentence = line.split("  ", 2)
        assert element
        assert rule == rule.lower()
        assert sentence.endswith(".")
    assert cli.main(["check", str(CLEAN), str(file)]) == 1
    assert all(line.startswith(f"{file}: ") for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize(
    "content", [b"", b"not xml", b"\xff\xfe\x00", b"<html/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"]
)
def test_what_is_no_diagram_is_a_finding_too(tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "odd.bpmn"
    file.write_bytes(content)
    assert cli.main(["check", str(file)]) == 1
    shown = capsys.readouterr()
    assert shown.out + shown.err
    assert "Lỗi ngoài dự kiến" not in shown.err


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["check", str(tmp_path / "nothing.bpmn")]) == 2
    assert "Không đọc được" in capsys.readouterr().err
    assert cli.main(["check", str(tmp_path)]) == 2


def test_the_schema_is_told_and_brought_up(
    empty_database_url: str, installation: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert cli.main(["migrate", "--check"]) == 0
    monkeypatch.setenv("VANTHU_DATABASE_URL", empty_database_url)
    assert cli.main(["migrate", "--check"]) == 1
    assert "chạy ./vanthu migrate" in capsys.readouterr().out
    assert cli.main(["migrate"]) == 0
    assert cli.main(["migrate", "--check"]) == 0


def test_an_admin_is_made_once_and_the_audit_trail_holds(
    installation: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    password = tmp_path / "password"
    password.write_text("một mật khẩu đủ dài 2026\n", encoding="utf-8")
    command = ["create-admin", "--login", "quantri", "--name", "Trần Thị Quản", "--password-file", str(password)]
    assert cli.main(command) == 1
    assert "--agency-name" in capsys.readouterr().err
    assert cli.main([*command, "--agency-name", "Ủy ban nhân dân tỉnh Mẫu", "--agency", "H99"]) == 0
    assert "quantri" in capsys.readouterr().out
    assert cli.main(command) == 1
    assert "đã có người dùng" in capsys.readouterr().err
    assert cli.main(["audit-verify"]) == 0
    assert "nguyên vẹn" in capsys.readouterr().out


def test_a_changed_audit_line_is_found(installation: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    password = tmp_path / "password"
    password.write_text("một mật khẩu đủ dài 2026\n", encoding="utf-8")
    cli.main(
        ["create-admin", "--login", "quantri", "--name", "Trần Thị Quản", "--password-file", str(password),
         "--agency-name", "Ủy ban nhân dân tỉnh Mẫu"]
    )  # fmt: skip
    with psycopg.connect(plain(installation.database_url), autocommit=True) as connection:
        # Past the guards, as a thief with the password would.
        connection.execute("set session_replication_role = replica")
        connection.execute("update audit_entry set person_name = 'người khác' where sequence = 1")
    assert cli.main(["audit-verify"]) == 1
    assert "KHÔNG nguyên vẹn" in capsys.readouterr().out


def test_settings_are_listed_without_secrets(installation: Settings, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["settings"]) == 0
    shown = capsys.readouterr().out
    assert "VANTHU_SWEEP_SECONDS" in shown
    assert installation.secret_key not in shown
    assert installation.database_url not in shown


def test_a_wrong_setting_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("VANTHU_SWEEP_SECONDS", "soon")
    assert cli.main(["settings"]) == 1
    assert capsys.readouterr().err.startswith("vanthu: VANTHU_SWEEP_SECONDS")


def test_a_bug_is_told_with_where_its_trace_is(
    installation: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(cli, "run_settings", lambda options: 1 / 0)
    assert cli.main(["settings"]) == 1
    shown = capsys.readouterr().err
    assert "Traceback" not in shown
    assert "ZeroDivisionError" in (installation.data_path / "log" / "command.log").read_text(encoding="utf-8")


def test_the_demo_data_are_deleted_only_when_somebody_agrees(
    installation: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (installation.data_path / "postgresql").mkdir()
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert cli.main(["demo", "--reset"]) == 1
    assert "Giữ nguyên dữ liệu" in capsys.readouterr().out
    assert (installation.data_path / "postgresql").exists()
