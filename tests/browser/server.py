"""An ASGI app on a free port of 127.0.0.1, served by uvicorn in a thread, for tests that drive a browser."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from ohms_graphql.gathered_writes import WholeAnswersProtocol


def free_port() -> int:
    """For an application that must know its address before it is made. Another process could take the port meanwhile."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def served(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """Runs the app, its lifespan included; yields http://127.0.0.1:PORT and stops the server at the end."""
    # As it is shipped (``ohms_graphql.server``), but that open sockets are cut after a second.
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        http=WholeAnswersProtocol,
        ws="websockets-sansio",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="uvicorn for the browser", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{_port(server, thread)}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)


def _port(server: uvicorn.Server, thread: threading.Thread) -> int:
    end = time.monotonic() + 60
    while not server.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise RuntimeError("the server did not start")
        time.sleep(0.02)
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port
