"""A little application with several workers, each of which says who it is; run as a program by test_workers.py."""

import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import typer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from ohms_graphql import cli
from ohms_graphql.errors import OhmsError
from ohms_graphql.json_logging import configure_logging
from ohms_graphql.server import listening_socket, run_server
from ohms_graphql.workers import run_workers


def work(folder: str, listener: socket.socket, when_ready: Callable[[], None]) -> None:
    """Fails when there is a file ``broken`` in the folder; writes its end down there."""
    configure_logging("INFO", with_exception_texts=False)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if (Path(folder) / "broken").exists():
            raise OhmsError("No MongoDB server answers at OHMS_MONGODB_URL.")
        yield
        (Path(folder) / f"{os.getpid()}.closed").touch()

    async def who(_request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(os.getpid()))

    run_server(Starlette(lifespan=lifespan, routes=[Route("/", who)]), listener, when_ready)


def toy(folder: str) -> None:
    configure_logging("INFO", with_exception_texts=False)
    listener = listening_socket("127.0.0.1", 0)
    port = listener.getsockname()[1]
    run_workers(2, work, folder, listener, lambda: print(port, flush=True))


if __name__ == "__main__":
    cli.app.command("toy")(toy)
    sys.argv[1:1] = ["toy"]
    typer.echo(os.getpid())
    cli.main()
