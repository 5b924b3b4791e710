"""One of several processes of `ohms serve`, and how they are begun."""

import asyncio
import socket
from collections.abc import Callable

from ohms_graphql.database import open_database
from ohms_graphql.json_logging import configure_logging
from ohms_graphql.keys.master_key import master_key_of
from ohms_graphql.server import run_server
from ohms_graphql.settings import Settings
from ohms_graphql.workers import run_workers


def run_workers_of(settings: Settings, listener: socket.socket, when_ready: Callable[[], None]) -> None:
    """Prepares the database once, then serves with ``settings.workers`` processes. Raises OhmsError."""
    asyncio.run(_prepare(settings))
    run_workers(settings.workers, work, settings, listener, when_ready)


async def _prepare(settings: Settings) -> None:
    async with open_database(settings.mongodb_url or "", settings.database, master_key=master_key_of(settings)):
        pass


def work(settings: Settings, listener: socket.socket, when_ready: Callable[[], None]) -> None:
    """What a worker does."""
    from ohms_graphql.app import create_app  # noqa: PLC0415 -- heavy, and not for the parent

    configure_logging(settings.log_level, with_exception_texts=not settings.in_production)
    app = create_app(settings, build_indexes=False)
    run_server(app, listener, when_ready, settings.trusted_proxies, app.state.open_streams)
