"""What the tests of one process share without meaning to: what a test changes there, the next one meets."""

from __future__ import annotations

import decimal
import locale
import logging
import os
import signal
import socket
import sys
import threading
import warnings
from typing import Any

import structlog

from engine.bpmn import state as bpmn_state
from engine.operations import Catalog

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGPIPE)
CHANGING = {"PYTEST_CURRENT_TEST"}  # written by pytest itself


def shared_state() -> dict[str, Any]:
    """Return everything a test could leave changed, by the name a person would look for."""
    root = logging.getLogger()
    found: dict[str, Any] = {
        "working folder": os.getcwd(),
        "sys.path": list(sys.path),
        "locale": locale.setlocale(locale.LC_ALL),
        "socket timeout": socket.getdefaulttimeout(),
        "decimal context": _rules_of(decimal.getcontext()),
        "exception hooks": (sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning),
        "threads that would not end": [each.name for each in threading.enumerate() if not each.daemon],
        "operations of tests": [each.key for each in Catalog.registered() if each.function.__module__[:6] == "tests."],
        "state migrations": dict(bpmn_state.MIGRATIONS),
        "structlog": structlog.get_config(),
        "logging.disable": root.manager.disable,
        "root logger": (root.level, [each for each in root.handlers if not _of_pytest(each)]),
    }
    found |= {f"signal {number.name}": signal.getsignal(number) for number in SIGNALS}
    found |= {f"environment {name}": value for name, value in os.environ.items() if name not in CHANGING}
    found["environment"] = sorted(os.environ.keys() - CHANGING)
    for name, logger in list(root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger):
            found[f"logger {name}"] = (logger.disabled, logger.propagate, logger.level, list(logger.handlers))
    return found


def left_behind(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return one line per thing that is not as it was; what is new (a logger, say) is nobody's trap."""
    return [f"{name}: {before[name]} → {after.get(name)}" for name in before if after.get(name) != before[name]]


def _rules_of(context: decimal.Context) -> tuple[Any, ...]:
    """How it calculates; its flags only tell what once was rounded, and bind nobody."""
    traps = sorted(each.__name__ for each, on in context.traps.items() if on)
    return (context.prec, context.rounding, context.Emin, context.Emax, context.capitals, context.clamp, traps)


def _of_pytest(handler: logging.Handler) -> bool:
    return type(handler).__module__.startswith("_pytest.")
