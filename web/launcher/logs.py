"""How the platform's processes write their logs; gunicorn loads this file as its configuration."""

from __future__ import annotations

import gc
import logging
import sys
from typing import Any

import structlog

from engine.settings import Settings

SWITCH_SECONDS = 0.0005


def configure(settings: Settings) -> None:
    """Send everything to standard error, one line each, as JSON when the installation wants it."""
    level = getattr(logging, settings.log_level.upper(), logging.INFO)
    renderer: structlog.typing.Processor
    if settings.log_json:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)  # Vietnamese stays readable
    else:
        # without the values of local variables: what people wrote, and passwords, stay out of the log
        renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    trace: list[structlog.typing.Processor] = [structlog.processors.format_exc_info] if settings.log_json else []
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *trace, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def post_worker_init(worker: Any) -> None:
    """Let gunicorn call this in each of its processes, before the first request."""
    from web.notices.stream import Process  # loaded by now; the head process reads this file too and has no use for it

    configure(Settings.from_environment())
    # A thread that comes back from the database waits for the interpreter as long as another computes: by default 5 ms
    # for each of the twenty-odd questions of a page, which doubled the median of every page with 50 people at work.
    sys.setswitchinterval(SWITCH_SECONDS)
    # What is loaded now stays for good: looking through it again for rubbish stops every thread for 40 ms.
    gc.collect()
    gc.freeze()
    Process.stopping = staticmethod(lambda: not worker.alive)
