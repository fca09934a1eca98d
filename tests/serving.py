"""A WSGI application on loopback, in threads of the test's own process."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from web.notices import stream

_ANSWER = "tests.answer"


class _Closing(WSGIRequestHandler):
    """Closes an answer that nobody waits for any more; Werkzeug leaves its file open when a browser turns away."""

    def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:
        close = getattr((environ or {}).get(_ANSWER), "close", None)
        if close:
            close()


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve an application for the length of a block; gives its address."""

    def remembered(environ: dict[str, Any], start_response: Any) -> Any:
        environ[_ANSWER] = app(environ, start_response)
        return environ[_ANSWER]

    server = make_server("127.0.0.1", 0, remembered, threaded=True, request_handler=_Closing)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
        _end_streams()


def _end_streams() -> None:
    """Wait until no stream of events asks the database any more; its thread belongs to nobody."""
    gc.collect()  # what a test's client dropped without closing it
    before, stream.Process.stopping = stream.Process.stopping, staticmethod(lambda: True)
    places = [stream._places.acquire(timeout=10) for _ in range(stream.MOST)]
    stream.Process.stopping = staticmethod(before)
    for held in places:
        if held:
            stream._places.release()
    assert all(places), "a stream doesn't end"
