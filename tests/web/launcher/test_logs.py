"""Log lines are whole, readable and of the wanted level, whoever writes them."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.servers import ROOT

CODE = """
import logging, structlog
from engine.settings import Settings
from web.launcher import logs
logs.configure(Settings(log_level="WARNING", log_json={json}))
structlog.get_logger("vanthu.thử").warning("không gửi được", delivery=7)
structlog.get_logger("vanthu.thử").info("không ai cần")
logging.getLogger("other.library").warning("said %s", "plainly")
try:
    password = "mat-khau-cua-toi"
    assert 1 / (len(password) - 16)
except ZeroDivisionError:
    logging.getLogger("other.library").exception("broken")
"""


def lines(as_json: bool) -> list[str]:
    command = [sys.executable, "-c", CODE.replace("{json}", str(as_json))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr.strip().splitlines()


def test_json_lines_are_whole_and_keep_vietnamese():
    first, second, third = lines(as_json=True)
    assert "không gửi được" in first
    assert json.loads(first) | {"timestamp": ""} == {
        "event": "không gửi được", "delivery": 7, "level": "warning", "logger": "vanthu.thử", "timestamp": "",
    }  # fmt: skip
    assert json.loads(second)["event"] == "said plainly"
    assert "ZeroDivisionError" in json.loads(third)["exception"]


def test_plain_lines_leave_out_what_nobody_wants():
    text = "\n".join(lines(as_json=False))
    assert "không gửi được" in text
    assert "said plainly" in text
    assert "không ai cần" not in text
    assert "ZeroDivisionError" in text
    assert "mat-khau" not in text


def test_a_process_of_the_web_hands_on_the_interpreter_quickly():
    """What comes back from the database doesn't wait 5 ms for each question while another page is made."""
    code = "import sys\nfrom web.launcher import logs\nlogs.post_worker_init(None)\nprint(sys.getswitchinterval())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.001
