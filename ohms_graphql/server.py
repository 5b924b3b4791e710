"""Runs the application under uvicorn until it is told to stop."""

import socket
import sys
from collections.abc import Awaitable, Callable, Sequence

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ohms_graphql.access_lines import AccessLines
from ohms_graphql.access_log import AccessLog
from ohms_graphql.errors import OhmsError
from ohms_graphql.garbage import settle_garbage_collection
from ohms_graphql.gathered_writes import WholeAnswersProtocol
from ohms_graphql.graphql_sse import OpenStreams

GRACE_SECONDS = 10
_BACKLOG = 2048
_LONGEST_WEBSOCKET_MESSAGE = 1_048_576


def listening_socket(host: str, port: int) -> socket.socket:
    """Takes the port before anything slow is started; requests are refused until the server runs.

    Raises OhmsError when the port is taken or the address is not this machine's.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OhmsError(
            f"Cannot listen on {host}, port {port}: {error.strerror}. Choose another with --host and --port."
        ) from error
    return listener


def shared_listeners(listener: socket.socket, count: int) -> list[socket.socket]:
    """One socket for each of ``count`` processes, in the place of ``listener``, which is closed where the system can do it.

    Of one socket for all, whoever wakes up first takes every connection that waits. Linux shares them out among several sockets
    of the same port. The port was taken without that, so nobody else has it.
    """
    if sys.platform != "linux":
        listener.listen(_BACKLOG)
        return [listener.dup() for _ in range(count)]
    address, family = listener.getsockname(), listener.family
    listener.close()
    shared = []
    for _ in range(count):
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind(address)
        made.listen(_BACKLOG)  # from here on callers wait for the first worker
        shared.append(made)
    return shared


def run_server(
    app: ASGIApp,
    listener: socket.socket,
    when_ready: Callable[[], None],
    trusted_proxies: Sequence[str] = (),
    open_streams: OpenStreams | None = None,
) -> None:
    """Serves until a SIGINT or SIGTERM, finishes what is under way, and lets the signal go on to whoever handles it.

    ``when_ready`` is called when requests are answered; at the end ``open_streams`` are cut off first.
    What the application raises at its start is raised here.
    The client's address and scheme are taken from ``X-Forwarded-For`` and ``-Proto`` when a trusted proxy sends them.
    """
    lines = AccessLines(sys.stderr)
    watched = _WatchedStart(AccessLog(app, lines))
    config = uvicorn.Config(
        watched,
        http=WholeAnswersProtocol,
        ws="websockets-sansio",
        ws_max_size=_LONGEST_WEBSOCKET_MESSAGE,
        ws_per_message_deflate=False,  # a third of a megabyte for each socket, to make small messages a little smaller
        lifespan="on",
        log_config=None,  # ohms_graphql.json_logging has done it
        access_log=False,
        server_header=False,
        interface="asgi3",
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),  # given, so that uvicorn does not read the environment
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    try:
        _Server(config, when_ready, open_streams).run(sockets=[listener])
    except SystemExit:  # uvicorn's way to say that the application did not start
        if watched.failure is not None:
            raise watched.failure from None
        raise
    finally:
        lines.flush()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, when_ready: Callable[[], None], streams: OpenStreams | None) -> None:
        super().__init__(config)
        self._when_ready = when_ready
        self._streams = streams

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            settle_garbage_collection()
            self._when_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._streams is not None:
            self._streams.end()  # uvicorn closes websockets by itself, and waits for requests: these never end
        await super().shutdown(sockets)


class _WatchedStart:
    """Keeps what the application raised while it started: uvicorn only logs it, and as a traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.failure: Exception | None = None

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "lifespan":
            return self._app(scope, receive, send)
        return self._lifespan(scope, receive, send)

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def without_traceback(message: Message) -> None:
            await send({"type": message["type"]} if message["type"].endswith(".failed") else message)

        try:
            await self._app(scope, receive, without_traceback)
        except Exception as error:
            self.failure = error
            raise
