"""Runs localstripe, a stateful stand-in for Stripe that we did not write, on a free port of loopback, and prints the port."""

import asyncio
import socket

from aiohttp import web
from localstripe import resources, server


async def _run() -> None:
    resources.Store.dump_to_disk = lambda _store: None  # it would write to a file that all of them share
    runner = web.AppRunner(server.app)
    await runner.setup()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        await web.SockSite(runner, listener).start()
        print(listener.getsockname()[1], flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_run())
